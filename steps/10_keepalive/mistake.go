package keepalive

import (
	"bufio"

	body "barewire/steps/05_body"
)

// DropsPipelined makes a new bufio.Reader for each request, and that is to throw
// away what the old one had read ahead. A client that sends the next request
// before it has the answer, as HTTP/1.1 allows, waits for answers that nobody
// will give.
func DropsPipelined(input *body.Reader, r *bufio.Reader) bool {
	more := Next(input)
	_, _ = r.Discard(r.Buffered())
	return more
}

// NoDrain goes on with the next request at once. What the application did not read
// of the body is taken for that request: a 400 for an honest client, and for
// another kind a request that it can hide in a form.
func NoDrain(*body.Reader) bool { return true }
