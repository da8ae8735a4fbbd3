package gohandler_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"barewire/apps/gohandler"
	"barewire/internal/apptest"
	"barewire/server"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
)

// request returns the environ of a GET, with some variables changed.
func request(variables wsgi.Environ) wsgi.Environ {
	environ := wsgi.Environ{
		"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/", "QUERY_STRING": "", "SERVER_PROTOCOL": "HTTP/1.1",
		"wsgi.url_scheme": "http", "wsgi.input": apptest.Input(body.Framing{}, ""), "wsgi.errors": io.Discard,
	}
	maps.Copy(environ, variables)
	return environ
}

// run calls a handler as an application, without a server.
func run(handler http.HandlerFunc, variables wsgi.Environ) apptest.Answer {
	return apptest.Run(gohandler.Application(handler), request(variables))
}

func TestRequest(t *testing.T) {
	tests := []struct {
		name      string
		variables wsgi.Environ
		show      func(r *http.Request) string
		want      string
	}{
		{"method and version", wsgi.Environ{"REQUEST_METHOD": "PUT", "SERVER_PROTOCOL": "HTTP/1.0", "CONTENT_LENGTH": "0"},
			func(r *http.Request) string { return fmt.Sprintf("%s %s %v", r.Method, r.Proto, r.ProtoAtLeast(1, 1)) }, "PUT HTTP/1.0 false"},
		{"a version of HTTP/2", wsgi.Environ{"SERVER_PROTOCOL": "HTTP/2.0"},
			func(r *http.Request) string { return fmt.Sprint(r.ProtoMajor, r.ProtoMinor) }, "2 0"},
		{"the target as it was sent", wsgi.Environ{"PATH_INFO": "/a/b", "QUERY_STRING": "x=1", "REQUEST_URI": "/a%2Fb?x=1"}, target, "/a%2Fb?x=1 | /a/b | /a%2Fb | x=1"},
		{"no REQUEST_URI", wsgi.Environ{"PATH_INFO": "/a b", "QUERY_STRING": "x=1"}, target, "/a%20b?x=1 | /a b |  | x=1"},
		{"no REQUEST_URI, mounted", wsgi.Environ{"SCRIPT_NAME": "/app", "PATH_INFO": "/a b"}, target, "/app/a%20b | /a b |  | "},
		{"mounted: no prefix", wsgi.Environ{"SCRIPT_NAME": "/app", "PATH_INFO": "/x", "REQUEST_URI": "/app/x"}, target, "/app/x | /x |  | "},
		{"mounted: no prefix, nor in the raw path", wsgi.Environ{"SCRIPT_NAME": "/app", "PATH_INFO": "/x/y", "REQUEST_URI": "/app/x%2Fy"}, target, "/app/x%2Fy | /x/y | /x%2Fy | "},
		{"mounted: the prefix itself", wsgi.Environ{"SCRIPT_NAME": "/app", "PATH_INFO": "", "REQUEST_URI": "/app"}, target, "/app |  |  | "},
		{"a prefix that was spelt in another way", wsgi.Environ{"SCRIPT_NAME": "/a/b", "PATH_INFO": "/x/y", "REQUEST_URI": "/a%2Fb/x%2Fy"}, target, "/a%2Fb/x%2Fy | /x/y |  | "},
		{"a middleware that changed the path", wsgi.Environ{"PATH_INFO": "/new", "REQUEST_URI": "/o%2Fld"}, target, "/o%2Fld | /new |  | "},
		{"a target that is no URL", wsgi.Environ{"PATH_INFO": "/x", "QUERY_STRING": "y", "REQUEST_URI": "x"}, target, "x | /x |  | y"},
		{"OPTIONS *", wsgi.Environ{"REQUEST_METHOD": "OPTIONS", "PATH_INFO": "", "REQUEST_URI": "*"}, target, "* | * |  | "},
		{"host and fields", wsgi.Environ{"HTTP_HOST": "a.example", "HTTP_X_ONE_TWO": "3", "CONTENT_TYPE": "a/b", "CONTENT_LENGTH": "0", "wsgi.version": [2]int{1, 0}, "HTTP_NUMBER": 1},
			func(r *http.Request) string { return fmt.Sprint(r.Host, r.Header) }, "a.examplemap[Content-Length:[0] Content-Type:[a/b] X-One-Two:[3]]"},
		{"no type and no length, said with nothing", wsgi.Environ{"CONTENT_TYPE": "", "CONTENT_LENGTH": "", "HTTP_X": ""},
			func(r *http.Request) string { return fmt.Sprint(r.Header, r.ContentLength) }, "map[X:[]] 0"},
		{"the client", wsgi.Environ{"REMOTE_ADDR": "::1", "REMOTE_PORT": "1234"}, func(r *http.Request) string { return r.RemoteAddr }, "[::1]:1234"},
		{"a client without a port", wsgi.Environ{"REMOTE_ADDR": "/run/socket"}, func(r *http.Request) string { return r.RemoteAddr }, "/run/socket"},
		{"http", nil, func(r *http.Request) string { return fmt.Sprint(r.TLS != nil) }, "false"},
		{"https", wsgi.Environ{"wsgi.url_scheme": "https"}, func(r *http.Request) string { return fmt.Sprint(r.TLS != nil && r.TLS.HandshakeComplete) }, "true"},
		{"a body", wsgi.Environ{"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "4", "wsgi.input": apptest.Input(body.Framing{Length: 4}, "textmore")}, content, `4 "text" <nil>`},
		{"a body in chunks", wsgi.Environ{"REQUEST_METHOD": "POST", "wsgi.input": apptest.Input(body.Framing{Chunked: true}, "4\r\ntext\r\n0\r\n\r\n")}, content, `-1 "text" <nil>`},
		{"a body in chunks of a GET", wsgi.Environ{"wsgi.input": apptest.Input(body.Framing{Chunked: true}, "4\r\ntext\r\n0\r\n\r\n")}, content, `-1 "text" <nil>`},
		{"no body of a GET", nil, content, `0 "" <nil>`},
		{"no body of a POST, said", wsgi.Environ{"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "0"}, content, `0 "" <nil>`},
		{"no body of a POST, not said", wsgi.Environ{"REQUEST_METHOD": "POST"}, content, `-1 "" <nil>`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			run(func(_ http.ResponseWriter, r *http.Request) { got = test.show(r) }, test.variables)
			if got != test.want {
				t.Errorf("the handler sees %s, want %s", got, test.want)
			}
		})
	}
}

func target(r *http.Request) string {
	return fmt.Sprintf("%s | %s | %s | %s", r.RequestURI, r.URL.Path, r.URL.RawPath, r.URL.RawQuery)
}

func content(r *http.Request) string {
	text, err := io.ReadAll(r.Body)
	return fmt.Sprintf("%d %q %v", r.ContentLength, text, err)
}

// A body that breaks off is an error for the handler, be it at the first byte.
func TestBrokenBody(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		var got error
		run(func(_ http.ResponseWriter, r *http.Request) { _, got = io.ReadAll(r.Body) },
			wsgi.Environ{"REQUEST_METHOD": method, "wsgi.input": apptest.Input(body.Framing{Chunked: true}, "nothing like a chunk")})
		if got == nil {
			t.Errorf("%s: the handler reads a broken body without an error", method)
		}
	}
}

// A client that waits to be asked for its body is asked when the handler reads,
// and not before: by then it may have said no.
func TestExpect(t *testing.T) {
	for _, method := range []string{"GET", "DELETE", "POST"} {
		var asked strings.Builder
		wire := bufio.NewReader(strings.NewReader("4\r\ntext\r\n0\r\n\r\n"))
		input := body.NewReader(wire, &asked, body.Framing{Chunked: true, Continue: true}, body.Limits{Bytes: 1 << 10, Line: 1 << 10, Trailer: 1 << 10})
		run(func(_ http.ResponseWriter, r *http.Request) {
			if asked.Len() > 0 {
				t.Errorf("%s: the client was asked for its body before the handler was", method)
			}
			if got, want := content(r), `-1 "text" <nil>`; got != want {
				t.Errorf("%s: the handler sees %s, want %s", method, got, want)
			}
		}, wsgi.Environ{"REQUEST_METHOD": method, "HTTP_EXPECT": "100-continue", "wsgi.input": input})
		if asked.Len() == 0 {
			t.Errorf("%s: the client was not asked for its body at all", method)
		}
	}
}

// As behind net/http, a closed body is not read, whatever is left of it.
func TestClosedBody(t *testing.T) {
	for _, variables := range []wsgi.Environ{
		{"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "4", "wsgi.input": apptest.Input(body.Framing{Length: 4}, "text")},
		{"REQUEST_METHOD": "POST", "wsgi.input": apptest.Input(body.Framing{Chunked: true}, "4\r\ntext\r\n0\r\n\r\n")},
		{"REQUEST_METHOD": "GET", "wsgi.input": apptest.Input(body.Framing{Chunked: true}, "4\r\ntext\r\n0\r\n\r\n")},
	} {
		run(func(_ http.ResponseWriter, r *http.Request) {
			if err := r.Body.Close(); err != nil {
				t.Errorf("Close() = %v, want nil", err)
			}
			if n, err := r.Body.Read(make([]byte, 9)); n > 0 || err != http.ErrBodyReadAfterClose {
				t.Errorf("%s: behind Close the handler reads %d bytes and %v, want %v", r.Method, n, err, http.ErrBodyReadAfterClose)
			}
		}, variables)
	}
}

// What net/http says of answers is compared in the differential test; here are
// the calls and chunks, which no client sees.
func TestChunks(t *testing.T) {
	full := strings.Repeat("x", 2048)
	tests := []struct {
		name   string
		serve  http.HandlerFunc
		status string
		length string
		chunks []string
	}{
		{"nothing is said", func(http.ResponseWriter, *http.Request) {}, "200 OK", "0", nil},
		{"small writes are one chunk", func(w http.ResponseWriter, _ *http.Request) { say(w, "a"); say(w, "b") }, "200 OK", "2", []string{"ab"}},
		{"a full buffer waits for its end", func(w http.ResponseWriter, _ *http.Request) { say(w, full[1:]); say(w, "b") }, "200 OK", "2048", []string{full[1:] + "b"}},
		{"one byte more is two chunks", func(w http.ResponseWriter, _ *http.Request) { say(w, full); say(w, "b") }, "200 OK", "", []string{full, "b"}},
		{"a large write is not copied", func(w http.ResponseWriter, _ *http.Request) { say(w, full+full) }, "200 OK", "", []string{full + full}},
		{"Flush is a chunk", func(w http.ResponseWriter, _ *http.Request) { say(w, "a"); w.(http.Flusher).Flush(); say(w, "b") }, "200 OK", "", []string{"a", "b"}},
		{"Flush of nothing is none", func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush(); say(w, "b") }, "200 OK", "", []string{"b"}},
		{"interim answers are not the answer", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(103)
			w.WriteHeader(201)
			w.WriteHeader(500)
		}, "201 Created", "0", nil},
		{"204 has no length", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "4")
			w.WriteHeader(204)
		}, "204 No Content", "", nil},
		{"a status of its own", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(299) }, "299 status code 299", "0", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := run(test.serve, nil)
			length := ""
			for _, header := range got.Headers {
				if header[0] == "Content-Length" {
					length = header[1]
				}
			}
			if got.Err != nil || got.Status != test.status || length != test.length || !slices.Equal(got.Chunks, test.chunks) {
				t.Errorf("got %q, length %q, %d chunks %.40q, %v, want %q, %q, %d chunks %.40q", got.Status, length, len(got.Chunks), got.Chunks, got.Err, test.status, test.length, len(test.chunks), test.chunks)
			}
		})
	}
}

// A server refuses the fields that are its own. A handler may set them.
func TestHopByHop(t *testing.T) {
	got := run(func(w http.ResponseWriter, _ *http.Request) {
		for _, name := range []string{"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
			"TE", "Trailer", "Trailers", "Transfer-Encoding", "Upgrade"} {
			w.Header().Set(name, "x")
		}
	}, nil)
	if want := (wsgi.Headers{{"Content-Length", "0"}}); got.Err != nil || !slices.Equal(got.Headers, want) {
		t.Errorf("headers = %q, %v, want %q", got.Headers, got.Err, want)
	}
}

func TestHeaderValues(t *testing.T) {
	got := run(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Space", " \t around  ")
		w.Header().Set("X-Lines", "one\r\ntwo\n")
		w.Header()["X-Many"] = []string{"b", "", "a"}
		w.Header()["X-None"] = nil
	}, nil)
	want := wsgi.Headers{{"Content-Length", "0"}, {"X-Lines", "one  two"}, {"X-Many", "b"}, {"X-Many", ""}, {"X-Many", "a"}, {"X-Space", "around"}}
	if got.Err != nil || !slices.Equal(got.Headers, want) {
		t.Errorf("headers = %q, %v, want %q", got.Headers, got.Err, want)
	}
}

// When the server takes no more, each further write of the handler fails, and
// yield is not called again.
func TestClientGone(t *testing.T) {
	var errs []error
	app := gohandler.Application(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		controller := http.NewResponseController(w)
		for range 3 {
			_, err := io.WriteString(w, strings.Repeat("x", 5000))
			errs = append(errs, err, controller.Flush())
			w.(http.Flusher).Flush()
		}
	}))
	yields := 0
	app(request(nil), func(string, wsgi.Headers, ...error) wsgi.Write { return nil }).Chunks(func([]byte, error) bool {
		yields++
		return false
	})
	if yields != 1 {
		t.Errorf("yield is called %d times, want once: it returned false", yields)
	}
	for i, err := range errs {
		if err == nil {
			t.Errorf("error %d of %d is nil, want one for ever", i, len(errs))
		}
	}
}

// What a handler keeps of its ResponseWriter is of no use when it has returned:
// the server is done with the answer.
func TestAfterTheEnd(t *testing.T) {
	var kept http.ResponseWriter
	var ctx context.Context
	got := run(func(w http.ResponseWriter, r *http.Request) {
		kept, ctx = w, r.Context()
		if ctx.Err() != nil {
			t.Error("the context is done while the handler runs")
		}
		say(w, "in time")
	}, nil)
	if want := []string{"in time"}; !slices.Equal(got.Chunks, want) || ctx.Err() == nil {
		t.Errorf("chunks = %q, the context's error %v, want %q, and an error", got.Chunks, ctx.Err(), want)
	}
	kept.(http.Flusher).Flush()
	for _, size := range []int{1, 5000} {
		if _, err := kept.Write(make([]byte, size)); err == nil {
			t.Errorf("a write of %d bytes after the end succeeds", size)
		}
	}
	if err := http.NewResponseController(kept).Flush(); err == nil {
		t.Error("a Flush after the end succeeds")
	}
}

// A panic is the server's business, and comes to it as it is. What was in the
// buffer is not the answer then.
func TestPanic(t *testing.T) {
	errBug := errors.New("bug")
	tests := []struct {
		name string
		what any
	}{
		{"a bug", errBug},
		{"http.ErrAbortHandler", http.ErrAbortHandler},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var kept http.ResponseWriter
			app := gohandler.Application(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				kept = w
				say(w, "half")
				panic(test.what)
			}))
			defer func() {
				if got := recover(); got != test.what {
					t.Errorf("the server gets the panic %v, want %v", got, test.what)
				}
				kept.(http.Flusher).Flush() // must not start or yield; the test would fail below
			}()
			output, err := server.Run(app, request(nil))
			t.Errorf("Run = %v, %v, want a panic", output, err)
		})
	}
}

func TestNoStatus(t *testing.T) {
	for _, code := range []int{0, 99, 1000} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("WriteHeader(%d) does not panic", code)
				}
			}()
			run(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }, nil)
		}()
	}
}

// The files of a form are temporary: they go when the handler has returned.
func TestFormFiles(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	t.Setenv("TMP", folder) // so it is called on Windows
	var wire bytes.Buffer
	form := multipart.NewWriter(&wire)
	part, err := form.CreateFormFile("f", "x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(make([]byte, 1<<10)); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	files := func() int {
		entries, err := os.ReadDir(os.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	run(func(_ http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1); err != nil {
			t.Error(err)
		}
		if n := files(); n != 1 {
			t.Errorf("the form has %d temporary files, want 1", n)
		}
	}, wsgi.Environ{
		"REQUEST_METHOD": "POST", "CONTENT_TYPE": form.FormDataContentType(), "CONTENT_LENGTH": fmt.Sprint(wire.Len()),
		"wsgi.input": apptest.Input(body.Framing{Length: int64(wire.Len())}, wire.String()),
	})
	if n := files(); n != 0 {
		t.Errorf("%d temporary files are left, want none", n)
	}
}

// Each Flush of a handler arrives before the handler goes on: it waits until the
// client has said so.
func TestFlushArrives(t *testing.T) {
	read := make(chan struct{})
	url, _ := apptest.Serve(t, gohandler.Application(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for line := range 3 {
			say(w, fmt.Sprintln("line", line))
			w.(http.Flusher).Flush()
			<-read
		}
	})))
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(response.Body)
	for line := range 3 {
		if want := fmt.Sprint("line ", line); !lines.Scan() || lines.Text() != want {
			t.Errorf("got %q, %v, want %q", lines.Text(), lines.Err(), want)
		}
		read <- struct{}{}
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
}

func TestApp(t *testing.T) {
	url, _ := apptest.Serve(t, gohandler.App)
	form := func(text string) (string, io.Reader) { return "POST", strings.NewReader(text) }
	get := func(string) (string, io.Reader) { return "GET", nil }
	tests := []struct {
		name, path string
		ask        func(string) (string, io.Reader)
		form       string
		header     string // Range
		status     int
		body       string
	}{
		{"hello", "/", get, "", "", 200, "Hello, world!\n"},
		{"hello, ada", "/?name=ada", get, "", "", 200, "Hello, ada!\n"},
		{"a form", "/form", form, "name=ada", "", 200, "Hello, ada!\n"},
		{"a broken form", "/form", form, "name=%zz", "", 400, "This is no form.\n"},
		{"a form that is too large", "/form", form, "name=" + strings.Repeat("x", 64<<10), "", 400, "This is no form.\n"},
		{"a stream", "/stream", get, "", "", 200, "line 1 of 3\nline 2 of 3\nline 3 of 3\n"},
		{"a file", "/file", get, "", "", 200, "What a handler knows about files, net/http does.\n"},
		{"a part of it", "/file", get, "", "bytes=0-3", 206, "What"},
		{"a redirect", "/old", get, "", "", 200, "What a handler knows about files, net/http does.\n"},
		{"the wrong method", "/form", get, "", "", 405, "Method Not Allowed\n"},
		{"nothing", "/nowhere", get, "", "", 404, "404 page not found\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			method, content := test.ask(test.form)
			request, err := http.NewRequest(method, url+test.path, content)
			if err != nil {
				t.Fatal(err)
			}
			if content != nil {
				request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			if test.header != "" {
				request.Header.Set("Range", test.header)
			}
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(response.Body)
			if err != nil || response.StatusCode != test.status || string(got) != test.body {
				t.Errorf("%s %s = %d %q, %v, want %d %q", method, test.path, response.StatusCode, got, err, test.status, test.body)
			}
			if err := response.Body.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func ExampleApplication() {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "yes"})
		if _, err := fmt.Fprintf(w, "%s asks for %s\n", r.Header.Get("User-Agent"), r.URL); err != nil {
			fmt.Println(err)
		}
	})
	environ := wsgi.Environ{
		"REQUEST_METHOD": "GET", "SERVER_PROTOCOL": "HTTP/1.1", "PATH_INFO": "/hello", "QUERY_STRING": "x=1",
		"HTTP_USER_AGENT": "curl", "CONTENT_LENGTH": "0",
	}
	output, err := server.Run(gohandler.Application(handler), environ)
	fmt.Println(output.Status, err)
	for _, header := range output.Headers {
		fmt.Println(header)
	}
	fmt.Printf("%s", output.Chunks[0])
	// Output:
	// 200 OK <nil>
	// [Content-Length 25]
	// [Content-Type text/plain; charset=utf-8]
	// [Set-Cookie seen=yes]
	// curl asks for /hello?x=1
}
