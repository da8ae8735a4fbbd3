// Package read is step 02: Where does the head end?
//
// In comes the connection, a stream without marks; out comes the head of one
// request: everything up to and including the empty line. TCP cuts the stream
// where it likes, so this step goes on reading until it has seen the end, and
// it keeps its hands off what follows. Those bytes, the leftover, stay in the
// bufio.Reader: they are the body, or already the next request.
//
// A stranger decides how much there is to read, so [Limits] does not let them:
// a head has a bound in bytes and in lines. And a line ends with CRLF, nothing
// else. A server that also took a bare LF would see two requests where the
// proxy before it saw one, which is how requests are smuggled.
//
// Left out on purpose: what the lines mean. A deadline too: that is set on the
// connection, and arrives here as an error like any other.
//
// Read head.go, then line.go, then demo/main.go.
//
// RFC 9112 §2.1 (the message), §2.2 (how to parse it), §3 and RFC 9110 §5.4
// (bounds). Next: step 03 requestline, which reads the first line.
package read
