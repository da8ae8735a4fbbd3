package relay

import (
	"bytes"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"barewire/server"
	"barewire/server/trace"
	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	environ "barewire/steps/07_environ"
)

// A wire finds the exchanges in what goes by on one connection.
//
// A request begins with the client's first bytes, and the next one with its first
// bytes after the server has spoken, unless the body is not over yet: 100 Continue
// and an early answer are no end of it. Requests that were sent without waiting
// for an answer count as one, for whoever only watches cannot tell which part of
// the answers is whose.
type wire struct {
	relay  *Relay
	number int

	mutex sync.Mutex // both ways are told in one order
	exchange
}

// An exchange is what went by of one request and its answer.
type exchange struct {
	request int // its number, 0 before the first
	began   time.Time
	in, out int64
	over    bool

	head    []byte // of the request, until the steps have read it
	read    bool   // which they have, or refused to
	line    requestline.Line
	framed  bool // it is known how long the body is
	body    trace.Body
	several bool // bytes came behind the body: further requests

	spoken   bool   // the server has begun its answer, interim ones aside
	start    []byte // of the answer, until its head is complete
	answered bool   // which it is
	answer   trace.Body
	keep     bool // the connection goes on behind it
}

// maxHead bounds what is kept of a head, and maxCopy what an event holds.
const maxHead, maxCopy = 64 << 10, 64 << 10

func newWire(r *Relay, client *net.TCPConn) *wire {
	w := &wire{relay: r, number: int(r.opened.Add(1))}
	there, here := environ.EndpointOf(client.RemoteAddr()), environ.EndpointOf(client.LocalAddr())
	r.Observe(server.Opened{Place: w.place(), Client: server.Endpoint(there), Server: server.Endpoint(here)})
	return w
}

// place tells where and when something happens.
func (w *wire) place() server.Place {
	return server.Place{Conn: w.number, Request: w.request, At: time.Now()}
}

// received takes bytes of the client's.
func (w *wire) received(piece []byte) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.request == 0 || w.spoken && w.whole() {
		w.finish(true)
		w.begin()
	}
	w.in += int64(len(piece))
	w.relay.Observe(server.Received{Place: w.place(), Bytes: copied(piece), Size: len(piece)})
	w.readRequest(piece)
}

// sent takes bytes of the server's.
func (w *wire) sent(piece []byte) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.request == 0 {
		// It speaks first, as if to a request of no bytes.
		w.begin()
		w.relay.Observe(server.Received{Place: w.place(), Bytes: server.Bytes{}})
	}
	w.out += int64(len(piece))
	w.relay.Observe(server.Sent{Place: w.place(), Bytes: copied(piece), Size: len(piece)})
	if w.over {
		w.note(trace.Count(len(piece), "byte", "bytes") + " behind the end of the answer")
		return
	}
	w.readAnswer(piece)
	if w.answered && w.answer.Over() && w.framed && w.whole() && !w.several {
		w.finish(w.keep)
	}
}

// whole tells whether the request is over, as far as anybody can know.
func (w *wire) whole() bool { return !w.framed || w.body.Over() }

// end tells that the server says no more.
func (w *wire) end(keep bool) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.finish(keep)
}

// gone tells that the connection is over.
func (w *wire) gone() {
	w.end(false)
	w.relay.Observe(server.Gone{Place: server.Place{Conn: w.number, At: time.Now()}})
}

func (w *wire) begin() {
	w.exchange = exchange{request: int(w.relay.requests.Add(1)), began: time.Now()}
}

// finish ends the exchange in hand, if there is one.
func (w *wire) finish(keep bool) {
	if w.request == 0 || w.over {
		return
	}
	w.over = true
	w.relay.Observe(server.Ended{Place: w.place(), In: w.in, Out: w.out, Took: time.Since(w.began), Keep: keep})
}

func (w *wire) note(text string) {
	w.relay.Observe(server.Noted{Place: w.place(), Text: text})
}

var emptyLine = []byte("\r\n\r\n")

// readAnswer follows the answer up to its end.
func (w *wire) readAnswer(piece []byte) {
	for !w.answered {
		room := min(len(piece), maxHead-len(w.start))
		w.start = append(w.start, piece[:room]...)
		interim := bytes.HasPrefix(w.start, []byte("HTTP/1.1 1")) && !bytes.HasPrefix(w.start, []byte("HTTP/1.1 101"))
		w.spoken = !interim
		head, behind, whole := bytes.Cut(w.start, emptyLine)
		if !whole {
			return
		}
		piece, w.start = slices.Concat(behind, piece[room:]), nil
		if !interim {
			w.answered = true
			w.frameAnswer(head)
		} else if len(piece) == 0 {
			return
		}
	}
	w.answer.Add(piece, len(piece))
}

// frameAnswer reads in the head of the answer how its body ends. RFC 9112 §6.3
func (w *wire) frameAnswer(head []byte) {
	line, rest, _ := bytes.Cut(head, []byte("\r\n"))
	version, status, _ := strings.Cut(string(line), " ")
	fields, _ := headers.Parse(append(rest, emptyLine...), nil) // those that are some
	w.answer.UntilClose()
	w.keep = version == "HTTP/1.1"
	for _, field := range fields {
		length, err := strconv.ParseInt(field.Value, 10, 64)
		switch {
		case field.Is("Transfer-Encoding"):
			w.answer.InChunks()
		case field.Is("Content-Length") && err == nil:
			w.answer.OfLength(length)
		case field.Is("Connection"):
			w.keep = w.keep && !headers.EqualFold(field.Value, "close") || headers.EqualFold(field.Value, "keep-alive")
		}
	}
	code, _, _ := strings.Cut(status, " ")
	if w.line.Method == "HEAD" || code == "204" || code == "304" {
		w.answer.OfLength(0)
	}
}

func copied(piece []byte) server.Bytes {
	return append(server.Bytes{}, piece[:min(len(piece), maxCopy)]...)
}
