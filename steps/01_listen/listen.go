package listen

import (
	"errors"
	"net"
	"time"
)

// retry is how long Accept waits after an accept that failed.
const retry = 50 * time.Millisecond

// Accept waits for callers and hands each connection to serve. It returns
// when the listener is closed, and only then.
//
// It waits for serve to return before it takes the next connection: a serve
// that talks to its client starts a goroutine for that, or everybody else
// stands in the queue meanwhile.
func Accept(listener net.Listener, serve func(net.Conn)) {
	for {
		conn, err := listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			// A caller who hung up while waiting, or no file descriptor left
			// (EMFILE): either passes, and must not end the server.
			time.Sleep(retry)
		default:
			serve(conn)
		}
	}
}
