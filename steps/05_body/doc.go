// Package body is step 05: How long is the body?
//
// In come the header fields; out comes a [Framing], which says where the body
// ends, and a [Reader] that an application reads it with: wsgi.input. On the
// connection the next request follows without a gap, so a server that is wrong
// about the length by one byte is wrong about everything behind it.
//
// A body is as long as Content-Length says, or it comes in chunks, each with
// its length in front, or there is none. A request that says both is refused:
// of two servers in a row, each might believe a different one.
//
// The Reader takes bytes from the connection only when the application asks.
// That is back-pressure for free, and it is the moment for 100 Continue: a
// client that sent "Expect: 100-continue" waits for that word before it sends
// a large body. A body that ends early is an error to whoever reads it, never
// a quiet end: half a file must not look like a file.
//
// Left out on purpose: gzip and the other transfer codings, which nobody sends
// in requests (501), and the trailer fields after the last chunk, which are
// checked and dropped.
//
// Read framing.go, then reader.go, then chunked.go, then demo/main.go.
//
// RFC 9112 §6 (body), §7.1 (chunked), RFC 9110 §8.6 (Content-Length), §10.1.1
// (Expect). Next: step 06 wsgi, the contract with the application.
package body
