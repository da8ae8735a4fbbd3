//go:build unix && !aix

package server

import "syscall"

// left tells whether the client has left, while nobody reads from it: whether
// the end of its bytes is the next thing to read. It looks, and takes none.
//
// A client that has closed only its own direction, and still listens, counts as
// one that left: TCP says the same of both. What is sent and not read yet hides
// the end behind it; then nobody can tell.
func (c *connection) left() bool {
	socket, ok := c.Conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return true
	}
	left := false
	// Not raw.Read, which would fail when a deadline has passed.
	err = raw.Control(func(fd uintptr) {
		n, _, err := syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
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
