package listen

import "net"

// NoGoodbye closes at once, as a deferred conn.Close() does. While the client is
// still sending, that is a reset, and a reset may throw away an answer that was
// not read yet. A large file is refused, and the client never learns why: over a
// network, all that curl has to say is "Connection reset by peer".
func NoGoodbye(conn net.Conn) { _ = conn.Close() }

// The other mistake of this step, blocking, is no code but the lack of two
// letters: a serve without a go in it, called by Accept. Then one client is served
// at a time, and one who connects and says nothing stops the server for all.
