package body

import (
	"bufio"
	"io"

	headers "barewire/steps/04_headers"
)

// BodyInHead reads the body from the connection, and forgets that a part of it
// has come with the head and lies in the head's buffer. So it waits for bytes that
// it already has: curl -d hangs, for curl sends head and body in one go; a
// client that sends them apart gets its answer, and the mistake is not found.
func BodyInHead(r *bufio.Reader, w io.Writer, framing Framing, limits Limits) *Reader {
	_, _ = r.Discard(r.Buffered()) // forgotten
	return NewReader(r, w, framing, limits)
}

// NoChunked knows Content-Length and nothing else. A chunked body has none, so
// it counts as empty and stays on the connection, where the next request is read:
// whoever writes the body writes a request that no proxy in front has seen.
func NoChunked(_ string, fields []headers.Field, limits Limits) (Framing, error) {
	for _, field := range fields {
		if field.Is("Content-Length") {
			length, err := contentLength(field.Value, -1, limits.Bytes)
			return Framing{Length: length}, err
		}
	}
	return Framing{}, nil
}
