package server

import (
	"bufio"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"

	headers "barewire/steps/04_headers"
	environ "barewire/steps/07_environ"
	response "barewire/steps/09_response"
)

// A connection is one client's, with what its requests have in common. It is
// the net.Conn too that the steps read and write: every read and every write
// goes through here, where it gets its deadline and is shown to the watcher.
type connection struct {
	net.Conn
	server      *Server
	number      int
	request     int           // the number of the one in hand, 0 between two
	reader      *bufio.Reader // what is in it and unread is the leftover
	here, there environ.Endpoint
	readEach    time.Duration // how long one read may take; 0: a deadline stands
	in, out     int64         // bytes read and written
	early       atomic.Bool   // it waits for a request, or for the end of its head
	watched     bool          // the observer is told of the request in hand

	// Memory that each request takes over from the one before.
	head   []byte
	fields []headers.Field
	buf    []byte
}

func newConnection(s *Server, conn net.Conn) *connection {
	c := &connection{
		Conn:   conn,
		server: s,
		number: int(s.connections.Add(1)),
		here:   environ.EndpointOf(conn.LocalAddr()),
		there:  environ.EndpointOf(conn.RemoteAddr()),
	}
	c.reader = bufio.NewReader(c)
	return c
}

// serve answers the requests of a connection, one after another.
func (c *connection) serve() {
	if c.server.Observe != nil {
		c.server.Observe(Opened{c.place(), Endpoint(c.there), Endpoint(c.here)})
	}
	x := &Exchange{Keep: true}
	defer func() { c.end(x) }() // deferred, for an application may end its goroutine
	for x.Keep && c.wait() {
		x = &Exchange{conn: c, app: c.server.App, watch: newWatch(c)}
		c.server.run(x, 2)
		x.watch.ended(x)
	}
}

// end closes the connection behind its last exchange.
func (c *connection) end(x *Exchange) {
	if x.Writer != nil && x.Writer.Framing == response.UntilClose && !x.Writer.Whole {
		reset(c.Conn)
	} else {
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
	if c.reader.Buffered() == 0 {
		c.early.Store(true)
		defer c.early.Store(false)
		c.readWithin(c.server.Deadlines.Idle)
		if _, err := c.reader.Peek(1); err != nil {
			return false
		}
	}
	c.begin()
	return true
}

// begin gives the request its number, at its first byte.
func (c *connection) begin() {
	if c.request == 0 {
		c.request = int(c.server.requests.Add(1))
		c.watched = c.server.Observe != nil && (c.server.Watch == nil || c.server.Watch())
	}
}

// readWithin says when the reads that follow must be done, all of them.
func (c *connection) readWithin(limit time.Duration) {
	c.readEach = 0
	// A connection that takes no deadline is a dead one; reading will tell.
	_ = c.Conn.SetReadDeadline(time.Now().Add(limit))
	if c.early.Load() && c.server.stopping() {
		// Shutdown may have come before the line above, and had no effect.
		_ = c.Conn.SetReadDeadline(time.Now().Add(min(limit, grace)))
	}
}

// consumed counts the bytes that were read and used: the leftover belongs to
// the next request.
func (c *connection) consumed() int64 { return c.in - int64(c.reader.Buffered()) }

// Read reads from the client.
func (c *connection) Read(p []byte) (int, error) {
	if c.readEach > 0 {
		if err := c.Conn.SetReadDeadline(time.Now().Add(c.readEach)); err != nil {
			return 0, err
		}
	}
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.in += int64(n)
		c.begin()
		if c.watched {
			c.server.Observe(Received{c.place(), copied(p[:n]), n})
		}
	}
	return n, err
}

// maxWrite bounds one write: a client that is slow but steady has to take so
// much before the deadline, and then gets a new one.
const maxWrite = 256 << 10

// Write writes to the client.
func (c *connection) Write(p []byte) (written int, err error) {
	for err == nil && written < len(p) {
		piece := p[written:min(len(p), written+maxWrite)]
		if err = c.Conn.SetWriteDeadline(time.Now().Add(c.server.Deadlines.Write)); err != nil {
			break
		}
		var n int
		n, err = c.Conn.Write(piece)
		written += n
		c.out += int64(n)
		if n > 0 && c.watched {
			c.server.Observe(Sent{Place: c.place(), Bytes: copied(piece[:n]), Size: n})
		}
	}
	return written, err
}

// ReadFrom writes what it reads from r, for io.Copy. A file it leaves to the
// TCP connection below, piece by piece, so that each has a deadline: the kernel
// takes the bytes where it can, and no one else sees them.
func (c *connection) ReadFrom(r io.Reader) (total int64, err error) {
	tcp, toTCP := c.Conn.(*net.TCPConn)
	limited, ok := r.(*io.LimitedReader)
	if ok {
		_, ok = limited.R.(*os.File)
	}
	if !toTCP || !ok {
		return io.Copy(struct{ io.Writer }{c}, r)
	}
	for err == nil && limited.N > 0 {
		if err = c.Conn.SetWriteDeadline(time.Now().Add(c.server.Deadlines.Write)); err != nil {
			break
		}
		var n int64
		n, err = tcp.ReadFrom(io.LimitReader(limited.R, min(limited.N, maxWrite)))
		if n == 0 {
			break // the file is shorter than it was
		}
		limited.N -= n
		total += n
		c.out += n
		if c.watched {
			c.server.Observe(Sent{Place: c.place(), Size: int(n), File: true})
		}
	}
	return total, err
}

// place tells where and when something happens.
func (c *connection) place() Place { return Place{c.number, c.request, time.Now()} }

// reset closes a connection so that the client cannot take what it has for the
// whole: where only the end of the connection ends a body, a proper end would
// be a lie. RFC 9112 §8
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // or else it ends properly, which cannot be helped
	}
	_ = conn.Close()
}
