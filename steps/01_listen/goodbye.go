package listen

import (
	"io"
	"net"
	"time"
)

// How long, and for how much, Goodbye listens to a client that still talks.
const (
	lingerTime  = 2 * time.Second
	lingerBytes = 32 << 20
)

// Goodbye closes a connection so that the client gets the whole answer.
//
// Closing a socket that holds unread input makes TCP send a reset, and a
// reset lets the client's kernel throw away an answer it has not read yet. So
// the server first says that it is done (half close), then reads and drops
// what the client still sends, within bounds, and closes when the client has
// said that it is done too. RFC 9112 §9.6
func Goodbye(conn net.Conn) {
	// Nothing here can be mended: whatever fails, the connection ends.
	defer conn.Close()
	half, ok := conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	if conn.SetReadDeadline(time.Now().Add(lingerTime)) != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, conn, lingerBytes)
}
