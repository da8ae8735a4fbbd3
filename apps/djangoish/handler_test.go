package djangoish_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"barewire/apps/djangoish"
	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

// only is a handler whose every path has this view.
func only(view djangoish.View, middleware ...djangoish.Middleware) *djangoish.Handler {
	return djangoish.NewHandler([]djangoish.URL{
		djangoish.Path("", view, "root"),
		djangoish.Path("<str:anything>", view, "anything"),
	}, middleware...)
}

func ok(*djangoish.Request) (*djangoish.Response, error) { return djangoish.HTML(200, "ok"), nil }

// The chain is loaded from the inside to the outside, once. A request goes
// through it from the outside to the inside.
func TestChain(t *testing.T) {
	var said []string
	layer := func(name string) djangoish.Middleware {
		return func(getResponse djangoish.GetResponse) djangoish.View {
			said = append(said, "load "+name)
			return func(request *djangoish.Request) (*djangoish.Response, error) {
				said = append(said, "into "+name)
				response := getResponse(request)
				said = append(said, fmt.Sprintf("out of %s with %d", name, response.StatusCode))
				return response, nil
			}
		}
	}
	handler := only(ok, layer("first"), layer("second"), layer("third"))
	if want := []string{"load third", "load second", "load first"}; !slices.Equal(said, want) {
		t.Errorf("NewHandler does %q, want %q", said, want)
	}
	for range 2 {
		said = nil
		apptest.Run(handler.Call, request(nil))
		want := []string{"into first", "into second", "into third", "out of third with 200", "out of second with 200", "out of first with 200"}
		if !slices.Equal(said, want) {
			t.Errorf("a request does %q, want %q", said, want)
		}
	}
}

func TestFailures(t *testing.T) {
	view := func(response *djangoish.Response, err error) djangoish.View {
		return func(*djangoish.Request) (*djangoish.Response, error) { return response, err }
	}
	panics := func(*djangoish.Request) (*djangoish.Response, error) { panic("no \x1b more") }
	tests := []struct {
		name   string
		view   djangoish.View
		status string
		body   string
		logged string // the beginning
	}{
		{"not found", view(nil, djangoish.Refusal(404)), "404 Not Found", "<h1>Not Found</h1>\n", ""},
		{"forbidden, for a reason", view(nil, fmt.Errorf("you: %w", djangoish.Refusal(403))), "403 Forbidden", "<h1>Forbidden</h1>\n", ""},
		{"a bad request", view(nil, djangoish.Refusal(400)), "400 Bad Request", "<h1>Bad Request</h1>\n", ""},
		{"an error beside a response", view(djangoish.HTML(200, "ok"), djangoish.Refusal(404)), "404 Not Found", "<h1>Not Found</h1>\n", ""},
		{"an error", view(nil, errors.New("the disk \x1b is full")), "500 Internal Server Error", "<h1>Internal Server Error</h1>\n", `djangoish: "the disk \x1b is full"` + "\n"},
		{"a panic", panics, "500 Internal Server Error", "<h1>Internal Server Error</h1>\n", `djangoish: "panic: no \x1b more"` + "\ngoroutine "},
		{"nothing", view(nil, nil), "500 Internal Server Error", "<h1>Internal Server Error</h1>\n", `djangoish: "a view returned neither a response nor an error"` + "\n"},
		{"a status that few have heard of", view(djangoish.HTML(299, "ok"), nil), "299 Unknown Status Code", "ok", ""},
	}
	for _, test := range tests {
		inMiddleware := func(djangoish.GetResponse) djangoish.View { return test.view }
		for where, makeHandler := range map[string]func(outer djangoish.Middleware) *djangoish.Handler{
			"of a view":       func(outer djangoish.Middleware) *djangoish.Handler { return only(test.view, outer) },
			"of a middleware": func(outer djangoish.Middleware) *djangoish.Handler { return only(ok, outer, inMiddleware) },
		} {
			t.Run(test.name+" "+where, func(t *testing.T) {
				seen := 0
				handler := makeHandler(func(getResponse djangoish.GetResponse) djangoish.View {
					return func(request *djangoish.Request) (*djangoish.Response, error) {
						response := getResponse(request)
						seen = response.StatusCode
						return response, nil
					}
				})
				var log strings.Builder
				got := apptest.Run(handler.Call, request(wsgi.Environ{"wsgi.errors": &log}))
				if got.Err != nil || got.Status != test.status || strings.Join(got.Chunks, "") != test.body {
					t.Errorf("the answer is %q, %q, %v, want %q, %q", got.Status, got.Chunks, got.Err, test.status, test.body)
				}
				if want := test.status[:3]; fmt.Sprint(seen) != want {
					t.Errorf("the middleware outside sees %d, want %s", seen, want)
				}
				if !strings.HasPrefix(log.String(), test.logged) || test.logged == "" && log.Len() > 0 {
					t.Errorf("wsgi.errors gets %q, want %q first", &log, test.logged)
				}
			})
		}
	}
}

// A file counts how often it is closed, into a log of what happens.
type file struct {
	io.Reader
	log *events
}

func (f file) Close() error {
	f.log.add("file closed")
	return nil
}

// events are what happened, in order.
type events struct {
	mutex sync.Mutex
	list  []string
}

func (e *events) add(event string) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.list = append(e.list, event)
}

// watched is a handler with one view, whose signals go to the log.
func watched(log *events, view djangoish.View) *djangoish.Handler {
	handler := only(view)
	handler.RequestStarted.Connect(func(wsgi.Environ) { log.add("started") })
	handler.RequestFinished.Connect(func(wsgi.Environ) { log.add("finished") })
	return handler
}

var errDisk = errors.New("the disk is gone")

// brokenFile fails behind its first bytes.
func brokenFile() io.Reader {
	return io.MultiReader(strings.NewReader("one"), readerFunc(func([]byte) (int, error) { return 0, errDisk }))
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func noStart(string, wsgi.Headers, ...error) wsgi.Write { return nil }

// Whatever becomes of a request, it starts once and finishes once, after its
// file is closed, which happens once.
func TestSignals(t *testing.T) {
	plainly := wsgi.Environ{}
	wrapped := wsgi.Environ{"wsgi.file_wrapper": wrapper}
	toTheEnd := func(app wsgi.Application, environ wsgi.Environ) { apptest.Run(app, environ) }
	unasked := func(app wsgi.Application, environ wsgi.Environ) {
		if err := app(environ, noStart).Close(); err != nil {
			panic(err)
		}
	}
	oneChunk := func(app wsgi.Application, environ wsgi.Environ) {
		body := app(environ, noStart)
		for _, err := range body.Chunks {
			if err != nil {
				panic(err)
			}
			break
		}
		if err := body.Close(); err != nil {
			panic(err)
		}
	}
	text := func(*events) djangoish.View { return ok }
	fails := func(*events) djangoish.View {
		return func(*djangoish.Request) (*djangoish.Response, error) { return nil, errDisk }
	}
	panics := func(*events) djangoish.View {
		return func(*djangoish.Request) (*djangoish.Response, error) { panic("no more") }
	}
	opens := func(open func() io.Reader) func(*events) djangoish.View {
		return func(log *events) djangoish.View {
			return func(*djangoish.Request) (*djangoish.Response, error) {
				return &djangoish.Response{StatusCode: 200, File: file{open(), log}}, nil
			}
		}
	}
	whole := opens(func() io.Reader { return strings.NewReader("one") })
	broken := opens(brokenFile)

	short := []string{"started", "finished"}
	closed := []string{"started", "file closed", "finished"}
	tests := []struct {
		name    string
		view    func(*events) djangoish.View
		environ wsgi.Environ
		serve   func(wsgi.Application, wsgi.Environ)
		want    []string
	}{
		{"text", text, plainly, toTheEnd, short},
		{"text, and the client is gone before it", text, plainly, unasked, short},
		{"text, and the client is gone in it", text, plainly, oneChunk, short},
		{"an error", fails, plainly, toTheEnd, short},
		{"a panic", panics, plainly, toTheEnd, short},
		{"a file", whole, plainly, toTheEnd, closed},
		{"a file, and the client is gone before it", whole, plainly, unasked, closed},
		{"a file, and the client is gone in it", whole, plainly, oneChunk, closed},
		{"a file that breaks off", broken, plainly, toTheEnd, closed},
		{"a wrapped file", whole, wrapped, toTheEnd, closed},
		{"a wrapped file, and the client is gone before it", whole, wrapped, unasked, closed},
		{"a wrapped file, and the client is gone in it", whole, wrapped, oneChunk, closed},
		{"a wrapped file that breaks off", broken, wrapped, toTheEnd, closed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var log events
			test.serve(watched(&log, test.view(&log)).Call, request(test.environ))
			if !slices.Equal(log.list, test.want) {
				t.Errorf("what happens is %q, want %q", log.list, test.want)
			}
		})
	}
}

// The same from a real client: one that asks for the head only, and one that
// leaves in the middle of an endless file.
func TestSignalsOverASocket(t *testing.T) {
	endless := readerFunc(func(p []byte) (int, error) { return len(p), nil })
	tests := []struct {
		name, ask string
		read      int64 // bytes of the answer, before the client leaves
	}{
		{"HEAD", "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 1 << 20},
		{"the client leaves", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 1000},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var log events
			url, stop := apptest.Serve(t, watched(&log, func(*djangoish.Request) (*djangoish.Response, error) {
				return &djangoish.Response{StatusCode: 200, File: file{endless, &log}}, nil
			}).Call)
			conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(conn, test.ask); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(io.LimitReader(conn, test.read))
			if err != nil || !strings.HasPrefix(string(got), "HTTP/1.1 200 OK\r\n") {
				t.Errorf("the client gets %.50q, %v, want 200 OK", got, err)
			}
			if err := conn.Close(); err != nil {
				t.Error(err)
			}
			stop()
			if want := []string{"started", "file closed", "finished"}; !slices.Equal(log.list, want) {
				t.Errorf("what happens is %q, want %q", log.list, want)
			}
		})
	}
}

var wrapper = wsgi.FileWrapper(func(file io.ReadCloser, blockSize int) wsgi.Body {
	return wsgi.File{Reader: file, Closer: file, BlockSize: blockSize}
})

// A server with a wrapper gets the file, any other its chunks.
func TestFileWrapper(t *testing.T) {
	var log events
	content := strings.Repeat("0123456789abcdef", 1<<13) // two blocks
	handler := only(func(request *djangoish.Request) (*djangoish.Response, error) {
		if request.PathInfo == "/text" {
			return djangoish.HTML(200, "text"), nil
		}
		return &djangoish.Response{StatusCode: 200, File: file{strings.NewReader(content), &log}}, nil
	})
	tests := []struct {
		name, path string
		environ    wsgi.Environ
		wraps      int
		want       string
	}{
		{"a file and a wrapper", "/", wsgi.Environ{}, 1, content},
		{"a file and no wrapper", "/", wsgi.Environ{"wsgi.file_wrapper": nil}, 0, content},
		{"no file and a wrapper", "/text", wsgi.Environ{}, 0, "text"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			wraps := 0
			environ := request(wsgi.Environ{
				"PATH_INFO": test.path,
				"wsgi.file_wrapper": wsgi.FileWrapper(func(file io.ReadCloser, blockSize int) wsgi.Body {
					wraps++
					return wrapper(file, blockSize)
				}),
			})
			for key, value := range test.environ {
				environ[key] = value
			}
			got := apptest.Run(handler.Call, environ)
			if body := strings.Join(got.Chunks, ""); got.Err != nil || body != test.want || wraps != test.wraps {
				t.Errorf("the answer has %d bytes, %v, from %d wrappers, want %d bytes from %d", len(body), got.Err, wraps, len(test.want), test.wraps)
			}
		})
	}
}

// A file that breaks off breaks the answer, and what Close says is said.
func TestErrorsOfAFile(t *testing.T) {
	for name, environ := range map[string]wsgi.Environ{"chunks": nil, "wrapper": {"wsgi.file_wrapper": wrapper}} {
		handler := only(func(*djangoish.Request) (*djangoish.Response, error) {
			return &djangoish.Response{StatusCode: 200, File: stuck{brokenFile()}}, nil
		})
		got := apptest.Run(handler.Call, request(environ))
		if !errors.Is(got.Err, errDisk) || !errors.Is(got.Err, errStuck) {
			t.Errorf("by %s the answer ends with %v, want %v and %v", name, got.Err, errDisk, errStuck)
		}
	}
}

var errStuck = errors.New("it does not close")

// A stuck file does not close.
type stuck struct{ io.Reader }

func (stuck) Close() error { return errStuck }

func ExampleHandler() {
	hello := func(request *djangoish.Request) (*djangoish.Response, error) {
		return djangoish.HTML(200, "Hello, "+request.Args["name"]+"!"), nil
	}
	handler := djangoish.NewHandler([]djangoish.URL{djangoish.Path("hello/<str:name>/", hello, "hello")})
	for _, path := range []string{"/hello/ada/", "/hello/"} {
		answer := apptest.Run(handler.Call, wsgi.Environ{"PATH_INFO": path})
		fmt.Printf("%s %q\n", answer.Status, answer.Chunks)
	}
	// Output:
	// 200 OK ["Hello, ada!"]
	// 404 Not Found ["<h1>Not Found</h1>\n"]
}

func ExampleMiddleware() {
	closed := func(getResponse djangoish.GetResponse) djangoish.View {
		return func(request *djangoish.Request) (*djangoish.Response, error) {
			if request.PathInfo == "/closed" {
				return nil, djangoish.Refusal(403)
			}
			return getResponse(request), nil
		}
	}
	handler := only(ok, closed)
	for _, path := range []string{"/open", "/closed"} {
		fmt.Println(apptest.Run(handler.Call, wsgi.Environ{"PATH_INFO": path}).Status)
	}
	// Output:
	// 200 OK
	// 403 Forbidden
}

func ExampleSignal() {
	handler := only(ok)
	handler.RequestStarted.Connect(func(wsgi.Environ) { fmt.Println("request_started") })
	handler.RequestFinished.Connect(func(wsgi.Environ) { fmt.Println("request_finished") })
	body := handler.Call(wsgi.Environ{}, noStart)
	for chunk, err := range body.Chunks {
		fmt.Printf("the server sends %q, %v\n", chunk, err)
	}
	fmt.Println("the server closes the body:", body.Close())
	// Output:
	// request_started
	// the server sends "ok", <nil>
	// request_finished
	// the server closes the body: <nil>
}
