package server

import (
	"bufio"
	"bytes"

	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	environ "barewire/steps/07_environ"
)

// A desk is where a request is worked on: memory that the next one, of this
// connection or another, takes over. A connection that waits for a request has
// none, so that ten thousand of them cost little.
type desk struct {
	arrivals [4 << 10]byte // where the first bytes of a request are put,
	first    []byte        // those of them that the reader has not taken yet
	reader   *bufio.Reader // what is in it and unread is the leftover
	head     []byte
	buf      []byte // of the answer
	held     []byte // answers that wait for the next, whose request is here already

	exchange    Exchange
	beginAnswer func() (keep bool, err error) // its method begin

	// The head that was here before, if it came as far as step 07, and what the
	// steps made of it. The same bytes mean the same, and browsers repeat themselves.
	known   bool
	before  []byte
	line    requestline.Line
	fields  []headers.Field
	framing body.Framing
	environ wsgi.Environ // of the same; nil until the fields have come twice

	endpointsOf *connection // whose are in environ
}

// repeats takes the next head, if it is the one before again, byte for byte.
func (d *desk) repeats() bool {
	if !d.known {
		return false
	}
	arrived, _ := d.reader.Peek(min(len(d.before), d.reader.Buffered()))
	if !bytes.Equal(arrived, d.before) {
		return false
	}
	_, _ = d.reader.Discard(len(d.before)) // buffered: cannot fail
	return true
}

// repeatsFields tells whether the field lines of a head are those before again, and
// mean the same.
func (d *desk) repeatsFields(lines []byte, line requestline.Line) bool {
	_, before, _ := bytes.Cut(d.before, []byte("\r\n"))
	return d.known && bytes.Equal(lines, before) && line.Version == d.line.Version && line.Authority == d.line.Authority
}

// knownEnviron returns the environ of a request whose fields are those before, but for
// its streams. Of the one before only that is filled anew which has changed.
func (d *desk) knownEnviron(x *Exchange, fill func(wsgi.Environ, environ.Request)) wsgi.Environ {
	if d.environ == nil {
		known := make(wsgi.Environ, 24+len(x.Fields))
		fill(known, environ.Request{Line: x.Line, Fields: x.Fields, Framing: x.Framing})
		d.environ, d.endpointsOf = known, nil
	}
	if !x.sameLine {
		environ.FillLine(d.environ, x.Line)
	}
	if d.endpointsOf != x.conn {
		environ.FillEndpoints(d.environ, x.conn.here, x.conn.there)
		d.endpointsOf = x.conn
	}
	return d.environ
}

// remember keeps what the steps have made of a head.
func (c *connection) remember(x *Exchange) {
	if !x.sameLine {
		// The two take turns: the next head is read over the one before last.
		c.head, c.before = c.before, x.Head
		c.line, c.known = x.Line, c.server.Remember
	}
}

// sit gives the connection a desk.
func (c *connection) sit() {
	if c.desk != nil {
		return
	}
	d, ok := c.server.desks.Get().(*desk)
	if !ok {
		d = &desk{reader: new(bufio.Reader)}
		d.beginAnswer = d.exchange.begin
	}
	d.reader.Reset(c)
	c.mutex.Lock()
	c.desk = d
	c.mutex.Unlock()
}

// maxKept bounds the memory that a desk keeps of a giant answer.
const maxKept = 64 << 10

// rise leaves the desk to others.
func (c *connection) rise() {
	d := c.desk
	if d == nil {
		return
	}
	c.mutex.Lock()
	c.desk = nil
	c.mutex.Unlock()
	d.first, d.exchange = nil, Exchange{}
	d.reader.Reset(nil)
	if cap(d.buf) > maxKept {
		d.buf = nil
	}
	c.server.desks.Put(d)
}
