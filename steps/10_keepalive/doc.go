// Package keepalive is step 10: Is there more to come?
//
// A connection is expensive to open, so HTTP/1.1 keeps it for the next request
// unless somebody says close; in HTTP/1.0 somebody has to say keep-alive. In
// come the request and what is left of its body, out comes yes or no, twice.
//
// [Persist] is asked before step 09 makes the head, because the head has to
// say it. [Next] is asked when the answer is out. Whatever the application did
// not read of the body lies on the connection, in front of the next request: a
// server that forgets it takes the body of one request for the head of the
// next. So Next reads the rest and drops it, up to a bound; when more is to
// come, it is cheaper to close the connection.
//
// There is nothing to do for pipelining, where a client sends requests without
// waiting for answers. They wait in the bufio.Reader, and are answered in turn.
//
// Left out on purpose: Upgrade, and the Keep-Alive field with its hints.
//
// Read keepalive.go, then demo/main.go, which is the whole server.
//
// RFC 9112 §9.3 (persistence), §9.3.2 (pipelining), §9.6 (closing).
// There is no next step. The server is these ten packages in a loop:
// server/pipeline.go.
package keepalive
