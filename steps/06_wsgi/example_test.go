package wsgi_test

import (
	"errors"
	"fmt"
	"io"
	"strings"

	wsgi "barewire/steps/06_wsgi"
)

// serve calls an application as a server does, and prints what comes of it.
func serve(app wsgi.Application, environ wsgi.Environ) {
	start := func(status string, headers wsgi.Headers, cause ...error) wsgi.Write {
		fmt.Println(status, headers)
		return func(chunk []byte) error {
			fmt.Printf("%s", chunk)
			return nil
		}
	}
	body := app(environ, start)
	for chunk, err := range body.Chunks {
		if err != nil {
			fmt.Println("error:", err)
			break
		}
		fmt.Printf("%s", chunk)
	}
	if err := body.Close(); err != nil {
		fmt.Println("error:", err)
	}
}

// An application is a function: it calls start and returns a body.
func ExampleApplication() {
	hello := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
		return wsgi.Text("Hello from " + environ.Text("PATH_INFO") + "\n")
	}

	serve(hello, wsgi.Environ{"PATH_INFO": "/here"})
	// Output:
	// 200 OK [[Content-Type text/plain]]
	// Hello from /here
}

// What is a generator in Python is a Stream here, and yield is its argument.
// Nothing of it runs before the first chunk is asked for, start included.
func ExampleStream() {
	count := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
			for n := range 3 {
				if !yield(fmt.Appendln(nil, n), nil) {
					return
				}
			}
		})
	}

	serve(count, nil)
	// Output:
	// 200 OK [[Content-Type text/plain]]
	// 0
	// 1
	// 2
}

// A Greeting is an application as a class: NewGreeting is the application, and
// the instance that it returns is what the server iterates over.
type Greeting struct {
	environ wsgi.Environ
	start   wsgi.StartResponse
}

func NewGreeting(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	return Greeting{environ, start}
}

func (g Greeting) Chunks(yield func([]byte, error) bool) {
	g.start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
	yield([]byte("Hello, "+g.environ.Text("QUERY_STRING")+"\n"), nil)
}

func (g Greeting) Close() error {
	fmt.Println("closed")
	return nil
}

// Any type with Chunks and Close is a Body.
func ExampleBody() {
	serve(NewGreeting, wsgi.Environ{"QUERY_STRING": "ada"})
	// Output:
	// 200 OK [[Content-Type text/plain]]
	// Hello, ada
	// closed
}

// Older applications print their answer. They do it with write.
func ExampleWrite() {
	printing := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		write := start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
		if err := write([]byte("printed, ")); err != nil {
			return wsgi.Fail(err)
		}
		return wsgi.Text("returned\n")
	}

	serve(printing, nil)
	// Output:
	// 200 OK [[Content-Type text/plain]]
	// printed, returned
}

// upper wraps a Body by embedding it: Chunks it does itself, and Close is the
// wrapped one's.
type upper struct{ wsgi.Body }

func (u upper) Chunks(yield func([]byte, error) bool) {
	for chunk, err := range u.Body.Chunks {
		if !yield([]byte(strings.ToUpper(string(chunk))), err) {
			return
		}
	}
}

// A middleware is an application that calls another one.
func ExampleBody_middleware() {
	loud := func(app wsgi.Application) wsgi.Application {
		return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			return upper{app(environ, start)}
		}
	}

	serve(loud(NewGreeting), wsgi.Environ{"QUERY_STRING": "ada"})
	// Output:
	// 200 OK [[Content-Type text/plain]]
	// HELLO, ADA
	// closed
}

// Python raises; an application here returns Fail.
func ExampleFail() {
	broken := func(wsgi.Environ, wsgi.StartResponse) wsgi.Body {
		return wsgi.Fail(errors.New("the database is away"))
	}

	serve(broken, nil)
	// Output: error: the database is away
}

// Where the error comes late, start has a cause, and replaces what was said.
func ExampleStartResponse() {
	regret := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		start("503 Service Unavailable", nil, errors.New("the database is away"))
		return wsgi.Text("Come back later.\n")
	}

	serve(regret, nil)
	// Output:
	// 200 OK []
	// 503 Service Unavailable []
	// Come back later.
}

func ExampleFile() {
	file := io.NopCloser(strings.NewReader("what is in the file"))
	body := wsgi.File{Reader: file, Closer: file, BlockSize: 10}
	for chunk, err := range body.Chunks {
		fmt.Printf("%q %v\n", chunk, err)
	}
	// Output:
	// "what is in" <nil>
	// " the file" <nil>
}

func ExampleRepr() {
	fmt.Println(wsgi.Repr("PATH_INFO", "/it's\x00"))
	fmt.Println(wsgi.Repr("wsgi.version", [2]int{1, 0}))
	fmt.Println(wsgi.Repr("wsgi.run_once", false))
	fmt.Println(wsgi.Repr("wsgi.input", strings.NewReader("")))
	// Output:
	// "/it's\x00"
	// (1, 0)
	// False
	// <wsgi.input>
}
