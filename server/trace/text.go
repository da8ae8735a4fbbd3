// Package trace shows what happens in a server: as plain annotated text, in the
// manner of the tutorials, or as JSON with all there is to know. Both are made
// of the same events.
//
// The text has the wire on the left and notes on the right:
//
//	== request 1 on connection 1 from 127.0.0.1:53124 ==============================
//	Request:                                            02 read        164 B   31 µs
//	< POST /hello?x=1 HTTP/1.1                          03 requestline          4 µs
//
// A line is printed when its step is done. Those of two requests never mix:
// when another one speaks in between, its header comes first, and the first
// one's again when it goes on.
//
// Read text.go first: which event is for whom. Then, in the order of the steps,
// head.go, body.go, environ.go, application.go, answer.go and authors.go. Bytes
// become lines in packet.go, inbox.go, lines.go and excerpt.go; lines get their columns in
// layout.go, and escape.go sees to it that none reaches the terminal raw. The
// other form is json.go.
package trace

import (
	"fmt"
	"io"
	"net"
	"time"

	"barewire/server"
)

// Text writes events as annotated text. It takes them one at a time.
type Text struct {
	Out     io.Writer
	App     string // the application's name
	Curl    bool   // arrows as curl -v draws them: > is what the client says
	Environ bool   // every variable, not only those that the client chose
	Body    bool   // every line of a body and every call, not only the first ones
	Color   bool   // colours tell client, application and server apart
	Wire    bool   // the events are those of a relay, who may tell of a request without step 02

	clients map[int]*client // by connection
	shown   int             // the number of the request whose header came last
	err     error           // of the first write that failed
}

// A client is what Text remembers of a connection.
type client struct {
	address  string
	inbox    inbox
	exchange *exchange // the one in hand, from step 02 on
	unread   int       // the number of the request whose head step 02 has not read yet
}

// Write shows an event. The error is that of a write to Out that failed; what
// comes after it is lost.
func (t *Text) Write(event server.Event) error {
	place := event.Where()
	switch event := event.(type) {
	case server.Opened:
		t.client(place.Conn).address = Address(event.Client)
	case server.Received:
		t.received(t.client(place.Conn), event)
	case server.Passed:
		if event.Step == 2 {
			t.headRead(t.client(place.Conn), event)
		} else if x := t.inHand(place); x != nil {
			t.passed(x, event)
		}
	case server.Ended:
		t.ended(event)
	case server.Gone:
		t.gone(event)
	case server.Dropped:
		t.dropped(event)
	default:
		if x := t.inHand(place); x != nil {
			t.happened(x, event)
		} else if x := t.onWire(place); x != nil {
			t.happened(x, event)
		} else if noted, is := event.(server.Noted); is {
			// An application may go on when its answer is out.
			t.noted(&exchange{conn: place.Conn, request: place.Request, client: &client{}}, noted)
		}
	}
	return t.err
}

// client returns what is known of a connection, which may be nothing yet.
func (t *Text) client(number int) *client {
	c := t.clients[number]
	if c == nil {
		c = &client{}
		if t.clients == nil {
			t.clients = make(map[int]*client)
		}
		t.clients[number] = c
	}
	return c
}

// inHand returns the exchange that an event is about: nil when it is over, or
// when its beginning was dropped.
func (t *Text) inHand(place server.Place) *exchange {
	c := t.clients[place.Conn]
	if c == nil || c.exchange == nil || c.exchange.request != place.Request {
		return nil
	}
	return c.exchange
}

// received takes bytes from a client. Those of a head are shown when a step has
// read them, those of a body at once.
func (t *Text) received(c *client, event server.Received) {
	c.inbox.receive(event)
	if c.exchange == nil {
		c.unread = event.Request
	}
	if c.exchange != nil && c.exchange.framed {
		t.bodyArrives(c.exchange, event.Bytes, event.Size)
	} else {
		c.inbox.keep(event.Bytes)
	}
}

// passed shows what a step has made, or why it made nothing.
func (t *Text) passed(x *exchange, event server.Passed) {
	switch event.Step {
	case 3:
		t.requestLine(x, event)
	case 4:
		t.headersParsed(x, event)
	case 5:
		t.bodyFramed(x, event)
	case 7:
		t.environFilled(x, event)
	case 8:
		t.appCalled(x, event)
	case 9:
		t.responseSent(x, event)
	case 10:
		x.keepalive = note{padded("10 keepalive"+padded(Brief(event.Took), timeWidth), noteWidth), quiet}
	}
}

// happened shows what happens inside a step.
func (t *Text) happened(x *exchange, event server.Event) {
	switch event := event.(type) {
	case server.InputRead:
		t.inputRead(x, event)
	case server.Started:
		t.started(x, event)
	case server.Chunk:
		t.chunk(x, event)
	case server.Noted:
		t.noted(x, event)
	case server.Worked:
		t.worked(x, event)
	case server.Sent:
		t.sent(x, event)
	}
}

func (t *Text) ended(event server.Ended) {
	c := t.client(event.Conn)
	x := t.inHand(event.Place)
	if x == nil {
		x = t.onWire(event.Place)
	}
	if x != nil {
		t.outcome(x, event)
		c.inbox.nextRequest()
	} else {
		c.inbox = inbox{} // nobody knows which of its bytes are left over
	}
	c.exchange, c.unread = nil, 0
}

// gone forgets a client. An exchange that is still in hand has no end: its
// application has ended the goroutine.
func (t *Text) gone(event server.Gone) {
	if x := t.client(event.Conn).exchange; x != nil {
		t.print(x, row{fmt.Sprintf("== broken off, connection %d closes", event.Conn), wrong, note{}})
	}
	delete(t.clients, event.Conn)
}

// dropped tells of a gap. What was under way may have lost its middle or its
// end, so it is forgotten; nor does what Text remembers grow by it.
func (t *Text) dropped(event server.Dropped) {
	if event.Requests > 0 {
		requests := Count(event.Requests, "request is", "requests are")
		t.write(row{})
		t.write(row{"== " + requests + " not shown: the server is faster than this trace", wrong, note{}})
		t.shown = 0
	}
	if event.Count == 0 {
		return
	}
	t.clients, t.shown = nil, 0
	events := Count(event.Count, "event was", "events were")
	t.write(row{})
	t.write(row{"== " + events + " dropped: the server is faster than this trace", wrong, note{}})
	t.write(row{"    Of the requests that were under way nothing more is shown.", wrong, note{}})
}

// Address shows an endpoint. One on a Unix socket has no port, and a client there has
// no name as a rule, for which the kernel says @.
func Address(endpoint server.Endpoint) string {
	switch {
	case endpoint.Host == "@":
		return "a Unix socket"
	case endpoint.Port == "":
		return endpoint.Host
	}
	return net.JoinHostPort(endpoint.Host, endpoint.Port)
}

// An exchange is what Text remembers of one request and its answer.
type exchange struct {
	conn, request int
	client        *client
	wire          bool // nobody knows how the answer was made

	// What the client says: head.go, body.go.
	lines    [][]byte // of the head, not shown yet
	packet   bool     // it is one of uwsgi
	headSize int
	at       int64 // how many bytes of the request were shown
	left     bool  // the client left inside the head
	method   string
	fields   []server.Field
	framed   bool // step 05 told how the body ends
	body     Body
	bodyNote note // for the next line of the body

	// What the application does: application.go.
	calling   bool  // step 08 is in hand,
	waiting   []row // and this waits for its end
	reads     reads // that are not listed yet
	hasRead   bool
	bodyBroke bool // while it read
	listed    int  // reads and chunks
	unlisted  int  // more of them
	headers   []server.Field
	chunk     server.Chunk  // made last
	worker    bool          // it has one, a process of its own,
	turns     time.Duration // which took so long,
	turn      time.Duration // and so long since a row told it last
	chunkTook string        // what it took for chunk

	// What the server says: answer.go.
	refusedBy  int    // the step whose error became the answer, 0 for none
	told       string // the reason that was given last
	answerHead []byte // nil until it is sent
	status     string
	noBody     string // why the answer has none
	held       []byte // its body, while it waits for step 09
	answering  bool   // its head was shown
	answer     Body
	sent       int64
	fromFile   bool // the bytes that were sent last
	cutOff     bool // it did not end as it should
	keepalive  note // of step 10
}

// arrows returns the signs of what the client says and what the server says.
func (t *Text) arrows() (client, server string) {
	if t.Curl {
		return "> ", "< "
	}
	return "< ", "> "
}
