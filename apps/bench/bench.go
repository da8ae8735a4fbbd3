// Package bench is what make bench measures the server with.
//
// An application that does nothing is a ruler: what a request costs is then the
// server's. So the answer to / is made once, and so are its headers. The other
// two paths move bodies of any size through 64 KiB.
//
//	curl -i 'http://127.0.0.1:8888/'
//	curl -o /dev/null 'http://127.0.0.1:8888/stream'
//	curl --data-binary @README.md 'http://127.0.0.1:8888/upload'
package bench

import (
	"fmt"
	"io"

	wsgi "barewire/steps/06_wsgi"
)

const (
	blockSize = 64 << 10
	// streamBlocks of them are 1 GiB.
	streamBlocks = 1 << 30 / blockSize
)

var (
	plain  = wsgi.Headers{{"Content-Type", "text/plain"}}
	binary = wsgi.Headers{{"Content-Type", "application/octet-stream"}}

	// Of a list of one chunk the server tells the Content-Length.
	hello wsgi.Body = wsgi.List{[]byte("Hello world!\n")}
)

// App says hello at /, yields 1 GiB at /stream, and counts what is sent to
// /upload.
func App(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	method := environ.Text("REQUEST_METHOD")
	if method == "HEAD" {
		method = "GET" // whose answer it asks for, without the body
	}
	switch method + " " + environ.Text("PATH_INFO") {
	case "GET /":
		start("200 OK", plain)
		return hello
	case "GET /stream":
		start("200 OK", binary)
		return stream(streamBlocks)
	case "POST /upload":
		return count(environ.Input(), start)
	}
	start("404 Not Found", plain)
	return wsgi.Text("Here are GET /, GET /stream and POST /upload.\n")
}

// stream yields the same block again and again.
func stream(blocks int) wsgi.Stream {
	return func(yield func([]byte, error) bool) {
		block := make([]byte, blockSize)
		for range blocks {
			if !yield(block, nil) {
				return
			}
		}
	}
}

// count answers with how many bytes the body has.
func count(input wsgi.Input, start wsgi.StartResponse) wsgi.Body {
	var total int64
	block := make([]byte, blockSize)
	for {
		n, err := input.Read(block)
		total += int64(n)
		if err == io.EOF {
			break
		}
		if err != nil {
			return wsgi.Fail(err)
		}
	}
	start("200 OK", plain)
	return wsgi.Text(fmt.Sprintf("%d\n", total))
}
