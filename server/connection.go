package server

import (
	"net"
	"sync"
	"sync/atomic"
	"time"

	environ "barewire/steps/07_environ"
	response "barewire/steps/09_response"
)

// A connection is one client's, with what its requests have in common. It is
// the net.Conn too that the steps read and write: every read and every write
// goes through here, where it gets its deadline and is shown to the watcher.
type connection struct {
	net.Conn
	*desk       // nil while it waits for a request
	server      *Server
	number      int
	request     int // the number of the one in hand, 0 between two
	requests    int // how many there were here, with the one in hand
	here, there environ.Endpoint
	in, out     int64 // bytes read and written
	ended       bool  // the client's end of the stream was read
	watched     bool  // the observer is told of the request in hand
	followed    bool  // the next request is here already
	socket      socket

	hurrying sync.Mutex
	early    bool // it waits for a request, or for the end of its head

	readLimit time.Duration // for the reads that follow, all of them
	readUntil time.Time     // the end of it, once a read has begun
	patience  time.Duration // how long the server still waits for what is owed
	owed      int           // bytes of a body that must come meanwhile; 0: readLimit counts

	holding atomic.Bool // there are answers that wait for the next, or that could not leave
	mutex   sync.Mutex  // around what follows, for a timer writes too
	late    *time.Timer // sends what is held
	broken  error       // why nothing can be written any more
}

func newConnection(s *Server, conn net.Conn) *connection {
	c := &connection{
		Conn:   conn,
		server: s,
		number: int(s.connections.Add(1)),
		here:   environ.EndpointOf(conn.LocalAddr()),
		there:  environ.EndpointOf(conn.RemoteAddr()),
	}
	c.socket = c.newSocket()
	return c
}

// serve answers the requests of a connection, one after another.
func (c *connection) serve() {
	if c.server.Observe != nil {
		c.server.Observe(Opened{Place: c.place(), Client: Endpoint(c.there), Server: Endpoint(c.here)})
	}
	defer c.end() // deferred, for an application may end its goroutine
	for keep := true; keep && c.wait(); {
		x := &c.exchange
		*x = Exchange{conn: c, app: c.server.App, watch: newWatch(c)}
		c.server.run(x, 2)
		x.watch.ended(x)
		keep = x.Keep
	}
}

// end closes the connection behind its last exchange.
func (c *connection) end() {
	c.mutex.Lock() // a timer may be writing
	c.sendHeld()
	broken := c.broken != nil
	c.mutex.Unlock()
	lie := false // what a proper end would be
	if c.desk != nil {
		w := c.exchange.Writer
		lie = w != nil && w.Framing == response.UntilClose && (broken || !w.Whole)
	}
	c.rise()
	switch {
	case lie:
		reset(c.Conn)
	case c.ended:
		_ = c.Conn.Close() // whatever the client sent is read, so TCP will not reset it
	default:
		c.server.Goodbye(c.Conn)
	}
	c.request = 0
	if c.server.Observe != nil {
		c.server.Observe(Gone{c.place()})
	}
}

// wait waits for the first byte of the next request. There is none when the
// client has left, was silent for too long, or the server is about to stop.
func (c *connection) wait() bool {
	c.request = 0
	if c.desk == nil || c.reader.Buffered() == 0 {
		c.setEarly(true)
		defer c.setEarly(false)
		c.readWithin(c.server.Deadlines.Idle)
		if !c.arrived() {
			return false
		}
		if _, err := c.reader.Peek(1); err != nil {
			return false
		}
	}
	c.beginRequest()
	return true
}

// beginRequest gives the request its number, at its first byte.
func (c *connection) beginRequest() {
	if c.request != 0 {
		return
	}
	c.request = int(c.server.requests.Add(1))
	c.requests++
	c.followed = false
	c.watched = c.server.Observe != nil && (c.server.Watch == nil || c.server.Watch())
	if c.watched {
		// What is held is not this one's, nor what a timer sends just now.
		c.mutex.Lock()
		defer c.mutex.Unlock()
		c.sendHeld()
	}
}

// setEarly says whether the connection has nothing to lose.
func (c *connection) setEarly(early bool) {
	c.hurrying.Lock()
	defer c.hurrying.Unlock()
	c.early = early
}

// hurry gives a connection that has nothing to lose a little time, when the server
// stops: not none, for its request may be on the way from the kernel.
func (c *connection) hurry() {
	c.hurrying.Lock()
	defer c.hurrying.Unlock()
	if c.early {
		_ = c.SetReadDeadline(time.Now().Add(grace)) // a dead one needs none
	}
}

// consumed counts the bytes that were read and used: the leftover belongs to
// the next request.
func (c *connection) consumed() int64 { return c.in - int64(c.reader.Buffered()) }

// place tells where and when something happens.
func (c *connection) place() Place { return Place{c.number, c.request, time.Now()} }

// reset closes a connection so that the client cannot take what it has for the
// whole: where only the end of the connection ends a body, a proper end would
// be a lie. RFC 9112 §8
func reset(conn net.Conn) {
	if tcp, ok := conn.(interface{ SetLinger(int) error }); ok {
		_ = tcp.SetLinger(0) // or else it ends properly, which cannot be helped
	}
	_ = conn.Close()
}
