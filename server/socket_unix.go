//go:build unix && !aix

package server

import (
	"net"
	"syscall"
)

// A socket is what can be asked of a connection below the level of net.Conn.
type socket struct {
	syscall.RawConn // nil when there is none
	takeFirst       func(fd uintptr) (done bool)
}

func (c *connection) newSocket() socket {
	switch conn := c.Conn.(type) { // nothing around one, which may read in its own way
	case *net.TCPConn, *net.UnixConn:
		if raw, err := conn.(syscall.Conn).SyscallConn(); err == nil {
			return socket{raw, c.takeFirst}
		}
	}
	return socket{}
}

// arrived waits for the first bytes of a request, and tells whether there are any.
// Who has to wait does so without a desk.
func (c *connection) arrived() bool {
	if c.socket.RawConn == nil {
		c.sit()
		return true // Read will wait
	}
	return c.flush() == nil && c.setReadDeadline() == nil &&
		c.socket.Read(c.socket.takeFirst) == nil && len(c.first) > 0
}

// takeFirst sits down and takes what is there. When nothing is, it rises again, and
// will be asked once more when something has come.
func (c *connection) takeFirst(fd uintptr) bool {
	c.sit()
	n, err := syscall.Read(int(fd), c.arrivals[:])
	for err == syscall.EINTR {
		n, err = syscall.Read(int(fd), c.arrivals[:])
	}
	if err == syscall.EAGAIN {
		c.rise()
		return false
	}
	c.first, c.ended = c.arrivals[:max(n, 0)], n == 0
	return true
}

// peek tells what a read would, and takes nothing.
func peek(fd uintptr) (n int, err error) {
	n, _, err = syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	return n, err
}

// left tells whether the client has left, while nobody reads from it: whether
// the end of its bytes is the next thing to read. It looks, and takes none.
//
// A client that has closed only its own direction, and still listens, counts as
// one that left: TCP says the same of both. What is sent and not read yet hides
// the end behind it; then nobody can tell.
func (c *connection) left() bool {
	if c.socket.RawConn == nil {
		return false
	}
	left := false
	// Not Read, which would fail when a deadline has passed.
	err := c.socket.Control(func(fd uintptr) {
		n, err := peek(fd)
		switch err {
		case nil:
			left = n == 0
		case syscall.EAGAIN, syscall.EINTR:
			// Nothing has come.
		default:
			left = true // reset, or timed out by TCP itself
		}
	})
	return left || err != nil // closed on our side: Shutdown has cut it
}
