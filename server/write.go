package server

import (
	"io"
	"net"
	"os"
	"time"
)

// maxWrite bounds one write: a client that is slow but steady has to take so
// much before the deadline, and then gets a new one.
//
// Small writes have a deadline each, and yet a client that takes a byte now and
// then cannot keep an application: they fill the kernel's buffer, and the write
// that finds it full is not let go on for a byte, but for kilobytes. Linux waits
// for a third of its buffer.
const maxWrite = 256 << 10

// Answers to requests that came together leave together: up to maxHeld bytes wait
// for the next answer, when its request is here already, but not for longer than
// holdFor, whatever an application does meanwhile. PEP 3333, "Buffering and Streaming"
const (
	maxHeld = 16 << 10
	holdFor = time.Millisecond
)

// Write writes to the client, or leaves that to the next answer.
func (c *connection) Write(p []byte) (int, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	wait := c.followed && !c.watched
	switch {
	case c.broken != nil:
		return 0, c.broken
	case c.desk == nil:
		return 0, net.ErrClosed
	case (wait || len(c.held) > 0) && len(c.held)+len(p) <= maxHeld:
		c.hold(p)
		if !wait {
			c.sendHeld()
		}
		return len(p), c.broken
	}
	if c.sendHeld(); c.broken != nil {
		return 0, c.broken
	}
	return c.write(p, c.watched)
}

// hold keeps bytes for later.
func (c *connection) hold(p []byte) {
	switch {
	case len(c.held) > 0:
	case c.late == nil:
		c.late = time.AfterFunc(holdFor, func() { _ = c.flush() }) // the next write tells
	default:
		c.late.Reset(holdFor)
	}
	c.held = append(c.held, p...)
	c.holding.Store(true)
}

// flush sends what is held, and tells what became of it, also when a timer has sent it.
// When nothing is held, it waits for no write that is under way.
func (c *connection) flush() error {
	if !c.holding.Load() {
		return nil
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.sendHeld()
	return c.broken
}

// sendHeld sends what is held, for who has the lock.
func (c *connection) sendHeld() {
	if c.broken == nil && c.holding.Swap(false) {
		c.late.Stop()
		_, c.broken = c.write(c.held, false)
		c.held = c.held[:0]
		c.holding.Store(c.broken != nil) // for flush
	}
}

// write writes to the client, and shows it to the watcher, if there is one.
func (c *connection) write(p []byte, watched bool) (written int, err error) {
	for err == nil && written < len(p) {
		piece := p[written:min(len(p), written+maxWrite)]
		if err = c.setWriteDeadline(); err != nil {
			break
		}
		var n int
		n, err = c.Conn.Write(piece)
		written += n
		c.out += int64(n)
		if n > 0 && watched {
			c.server.Observe(Sent{Place: c.place(), Bytes: copied(piece[:n]), Size: n})
		}
	}
	return written, err
}

// setWriteDeadline sets the deadline for one write.
func (c *connection) setWriteDeadline() error {
	return c.Conn.SetWriteDeadline(time.Now().Add(c.server.Deadlines.Write))
}

// WriteBuffers writes pieces that follow each other. As long as nobody watches and
// one deadline is enough, they take one call (writev).
func (c *connection) WriteBuffers(pieces *net.Buffers) (written int64, err error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.sendHeld(); c.broken != nil {
		return 0, c.broken
	}
	size := 0
	for _, piece := range *pieces {
		size += len(piece)
	}
	if !c.watched && size <= maxWrite {
		if err = c.setWriteDeadline(); err == nil {
			written, err = pieces.WriteTo(c.Conn)
			c.out += written
		}
		return written, err
	}
	for _, piece := range *pieces {
		n, err := c.write(piece, c.watched)
		written += int64(n)
		if err != nil {
			return written, err
		}
	}
	return written, nil
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
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.sendHeld(); c.broken != nil {
		return 0, c.broken
	}
	for err == nil && limited.N > 0 {
		if err = c.setWriteDeadline(); err != nil {
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
