// Package echo returns exactly the body it got.
//
// It shows the two iterations of the contract meeting: an application reads
// wsgi.input block by block, and yields block by block, so a body of any size
// passes through the same few kilobytes of memory.
//
// An echo begins before its question has ended. A client that sends much has to
// read meanwhile, as curl does, or both sides wait for each other.
//
//	curl --data-binary @README.md 'http://127.0.0.1:8888/'
package echo

import (
	"cmp"
	"io"

	wsgi "barewire/steps/06_wsgi"
)

// App answers with the body of the request, under the Content-Type it came with.
func App(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	contentType := cmp.Or(environ.Text("CONTENT_TYPE"), "application/octet-stream")
	return wsgi.Stream(func(yield func([]byte, error) bool) {
		block := make([]byte, 32<<10)
		for started := false; ; started = true {
			n, err := environ.Input().Read(block)
			if err != nil && err != io.EOF {
				yield(nil, err)
				return
			}
			if !started {
				// Not before the first read: a body that is refused there can
				// still be answered with a 400 or a 413.
				start("200 OK", wsgi.Headers{{"Content-Type", contentType}})
			}
			if !yield(block[:n], nil) || err == io.EOF {
				return
			}
		}
	})
}
