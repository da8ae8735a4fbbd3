package call_test

import (
	"errors"
	"fmt"

	wsgi "barewire/steps/06_wsgi"
	call "barewire/steps/08_call"
	"barewire/steps/refuse"
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
	var refusal *refuse.Error
	if errors.As(answer.Ready(), &refusal) {
		fmt.Printf("%s, %s, got %q\n", refusal.Status, refusal.Section, refusal.Got)
	}
	// Output: 500 Internal Server Error, PEP 3333, The start_response() Callable, got "Connection: close"
}
