package server_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
	"barewire/steps/refuse"
)

func ExampleRun() {
	app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
		return wsgi.Text("Request method: " + environ.Text("REQUEST_METHOD"))
	}
	output, err := server.Run(app, wsgi.Environ{"REQUEST_METHOD": "GET"})
	fmt.Println(output.Status, output.Headers, err)
	fmt.Printf("%s\n", output.Chunks)
	// Output:
	// 200 OK [[Content-Type text/plain]] <nil>
	// [Request method: GET]
}

// A closing is a Body that counts how often it is closed.
type closing struct {
	wsgi.Body
	closed *int
	err    error
}

func (c closing) Close() error {
	*c.closed++
	return c.err
}

func TestRun(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		name   string
		app    func(start wsgi.StartResponse) wsgi.Body
		close  error
		status string
		chunks string // joined with |
		err    error
	}{
		{"a list", func(start wsgi.StartResponse) wsgi.Body {
			start("200 OK", nil)
			return wsgi.List{[]byte("a"), nil, []byte("b")}
		}, nil, "200 OK", "a|b", nil},
		{"an empty chunk before a late start", func(start wsgi.StartResponse) wsgi.Body {
			return wsgi.Stream(func(yield func([]byte, error) bool) {
				yield(nil, nil)
				start("200 OK", nil)
				yield([]byte("a"), nil)
			})
		}, nil, "200 OK", "a", nil},
		{"a late start", func(start wsgi.StartResponse) wsgi.Body {
			return wsgi.Stream(func(yield func([]byte, error) bool) {
				start("404 Not Found", nil)
				yield([]byte("a"), nil)
			})
		}, nil, "404 Not Found", "a", nil},
		{"write", func(start wsgi.StartResponse) wsgi.Body {
			if err := start("200 OK", nil)([]byte("a")); err != nil {
				return wsgi.Fail(err)
			}
			return wsgi.Text("b")
		}, nil, "200 OK", "a|b", nil},
		{"no chunk", func(start wsgi.StartResponse) wsgi.Body {
			start("204 No Content", nil)
			return wsgi.List{}
		}, nil, "204 No Content", "", nil},
		{"an answer replaced in time", func(start wsgi.StartResponse) wsgi.Body {
			start("200 OK", nil)
			start("500 Oh", nil, broken)
			return wsgi.Text("a")
		}, nil, "500 Oh", "a", nil},
		{"an answer replaced too late", func(start wsgi.StartResponse) wsgi.Body {
			return wsgi.Stream(func(yield func([]byte, error) bool) {
				start("200 OK", nil)
				if yield([]byte("a"), nil) {
					start("500 Oh", nil, broken)
					yield([]byte("b"), nil)
				}
			})
		}, nil, "200 OK", "a", broken},
		{"no start", func(wsgi.StartResponse) wsgi.Body { return wsgi.List{} }, nil, "", "", new(refuse.Error)},
		{"a bad status", func(start wsgi.StartResponse) wsgi.Body {
			start("200", nil)
			return wsgi.Text("a")
		}, nil, "200", "", new(refuse.Error)},
		{"a failure behind a chunk", func(start wsgi.StartResponse) wsgi.Body {
			start("200 OK", nil)
			return wsgi.Stream(func(yield func([]byte, error) bool) {
				if yield([]byte("a"), nil) {
					yield(nil, broken)
				}
			})
		}, nil, "200 OK", "a", broken},
		{"a failure of close", func(start wsgi.StartResponse) wsgi.Body {
			start("200 OK", nil)
			return wsgi.Text("a")
		}, broken, "200 OK", "a", broken},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			closed := 0
			output, err := server.Run(func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				return closing{test.app(start), &closed, test.close}
			}, nil)
			var chunks []string
			for _, chunk := range output.Chunks {
				chunks = append(chunks, string(chunk))
			}
			if got := strings.Join(chunks, "|"); output.Status != test.status || got != test.chunks {
				t.Errorf("Run = %q, %q, want %q, %q", output.Status, got, test.status, test.chunks)
			}
			refusal := new(refuse.Error)
			if wanted := errors.As(test.err, &refusal); wanted && !errors.As(err, &refusal) || !wanted && !errors.Is(err, test.err) {
				t.Errorf("Run gives the error %v, want %v", err, test.err)
			}
			if closed != 1 {
				t.Errorf("the body is closed %d times, want once", closed)
			}
		})
	}
}

// A chunk is the application's again when yield returns.
func TestRunCopiesChunks(t *testing.T) {
	output, err := server.Run(func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			chunk := []byte("a")
			if yield(chunk, nil) {
				chunk[0] = 'b'
				yield(chunk, nil)
			}
		})
	}, nil)
	if err != nil || string(output.Chunks[0]) != "a" || string(output.Chunks[1]) != "b" {
		t.Errorf("Run = %q, %v, want a and b", output.Chunks, err)
	}
}

func TestRunClosesOnPanic(t *testing.T) {
	closed := 0
	defer func() {
		if value := recover(); value != "boom" || closed != 1 {
			t.Errorf("Run panics with %v and closes %d times, want boom and once", value, closed)
		}
	}()
	_, err := server.Run(func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		return closing{wsgi.Stream(func(func([]byte, error) bool) { panic("boom") }), &closed, nil}
	}, nil)
	t.Errorf("Run returns %v, want a panic", err)
}
