// Package response is step 09: How is it said?
//
// In comes an answer: a status, headers and a body that yields chunks. Out go
// bytes. The head is made at the first chunk that is not empty, and not a
// moment earlier: until then the application may change its mind unseen, or
// fail and leave room for an honest 500. From then on it is final.
//
// Above all the head says where the body ends, and there is one way for each
// case ([Frame]). The length, when it is known: declared by the application, or
// because there is a single chunk. Otherwise chunked, each chunk with its size
// in front, so that it can leave when it is yielded. HTTP/1.0 knows no chunks;
// there the body ends with the connection.
//
// What the head says is a promise, and this step keeps it: not one byte more
// than the declared length goes out, and fewer are an error that the client can
// see. HEAD, 204 and 304 have no body, whatever the application yields.
//
// A large file need not pass through our hands at all: of a [wsgi.File] with a
// length this step makes the head, and leaves the rest to the connection. Of any
// File it sends as much as was declared; more in it is no surplus.
//
// Left out on purpose: compression, ranges, and "Trailer".
//
// Read writer.go, then pieces.go, file.go, framing.go and head.go, then demo/main.go.
//
// RFC 9112 §6 (framing), RFC 9110 §6.6.1 (Date), §9.3.2 (HEAD), §8.6
// (Content-Length); PEP 3333 "Handling the Content-Length Header".
// Next: step 10 keepalive.
package response
