package call_test

import (
	"fmt"

	wsgi "barewire/steps/06_wsgi"
	call "barewire/steps/08_call"
)

func ExampleApplication() {
	app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Content-Length", "3"}})
		return wsgi.Text("hi\n")
	}

	answer := call.Application(app, wsgi.Environ{}, nil)
	fmt.Println(answer.Status, answer.Headers, answer.Length)
	// Output: 200 OK [[Content-Length 3]] 3
}

// start has no result that could say no. The Answer remembers.
func ExampleAnswer_Ready() {
	app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Connection", "close"}})
		return wsgi.Text("hi\n")
	}

	answer := call.Application(app, wsgi.Environ{}, nil)
	fmt.Println(answer.Ready())
	// Output: 500 Internal Server Error: hop-by-hop headers belong to the server (PEP 3333, The start_response() Callable), got "Connection: close"
}
