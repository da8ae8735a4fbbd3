package requestline_test

import (
	"fmt"

	requestline "barewire/steps/03_requestline"
)

func ExampleParse() {
	line, err := requestline.Parse([]byte("GET /hello?x=1 HTTP/1.1"))
	fmt.Println(line.Method, line.Path, line.Query, line.Version, err)
	// Output:
	// GET /hello x=1 HTTP/1.1 <nil>
}

// One space too many, and the line has an empty target and four parts.
func ExampleParse_refused() {
	_, err := requestline.Parse([]byte("GET  / HTTP/1.1"))
	fmt.Println(err)
	// Output:
	// 400 Bad Request: a request line is a method, a target and a version, with exactly one space between them (RFC 9112 §3), got "GET  / HTTP/1.1"
}
