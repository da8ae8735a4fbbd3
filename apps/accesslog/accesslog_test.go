package accesslog_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"barewire/apps/accesslog"
	"barewire/apps/hello"
	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

// ticking returns a clock that goes on 1.5 ms whenever somebody looks at it.
func ticking() func() time.Time {
	now := time.Date(2026, 3, 31, 12, 54, 48, 0, time.FixedZone("", 2*60*60))
	return func() time.Time {
		defer func() { now = now.Add(1500 * time.Microsecond) }()
		return now
	}
}

func request(more wsgi.Environ) wsgi.Environ {
	environ := wsgi.Environ{
		"REMOTE_ADDR":     "127.0.0.1",
		"REQUEST_METHOD":  "GET",
		"REQUEST_URI":     "/?x=1",
		"SERVER_PROTOCOL": "HTTP/1.1",
	}
	for key, value := range more {
		environ[key] = value
	}
	return environ
}

func text(status, text string) wsgi.Application {
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start(status, nil)
		return wsgi.Text(text)
	}
}

func TestLine(t *testing.T) {
	const when = "[31/Mar/2026:12:54:48 +0200]"
	tests := []struct {
		name    string
		environ wsgi.Environ
		app     wsgi.Application
		want    string
	}{
		{"a request", nil, text("200 OK", "hello"),
			`127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" 200 5 "-" "-" 0.001500`},
		{"where from, and with what", wsgi.Environ{"HTTP_REFERER": "http://h/", "HTTP_USER_AGENT": "curl/7.88.1"}, text("404 Not Found", "no"),
			`127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" 404 2 "http://h/" "curl/7.88.1" 0.001500`},
		{"nothing sent", nil, text("204 No Content", ""),
			`127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" 204 - "-" "-" 0.001500`},
		{"HEAD", wsgi.Environ{"REQUEST_METHOD": "HEAD"}, text("200 OK", "hello"),
			`127.0.0.1 - - ` + when + ` "HEAD /?x=1 HTTP/1.1" 200 - "-" "-" 0.001500`},
		{"no address", wsgi.Environ{"REMOTE_ADDR": ""}, text("200 OK", "hello"),
			`- - - ` + when + ` "GET /?x=1 HTTP/1.1" 200 5 "-" "-" 0.001500`},
		{"a hostile client", wsgi.Environ{"HTTP_USER_AGENT": "a\" \\ \x1b[2J\r\n\xff"}, text("200 OK", "hello"),
			`127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" 200 5 "-" "a\" \\ \x1b[2J\x0d\x0a\xff" 0.001500`},
		{"write and yield", nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			if err := start("200 OK", nil)([]byte("abc")); err != nil {
				return wsgi.Fail(err)
			}
			return wsgi.List{[]byte("de"), []byte("f")}
		}, `127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" 200 6 "-" "-" 0.001500`},
		{"an answer replaced in time", nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", nil)
			start("500 Oh", nil, io.ErrUnexpectedEOF)
			return wsgi.Text("a")
		}, `127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" 500 1 "-" "-" 0.001500`},
		{"an answer replaced too late", nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			return wsgi.Stream(func(yield func([]byte, error) bool) {
				start("200 OK", nil)
				if yield([]byte("a"), nil) {
					start("500 Oh", nil, io.ErrUnexpectedEOF)
				}
			})
		}, `127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" 200 1 "-" "-" 0.001500`},
		{"what follows a cause that came too late", nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			return wsgi.Stream(func(yield func([]byte, error) bool) {
				start("200 OK", nil)
				if yield([]byte("a"), nil) {
					start("500 Oh", nil, io.ErrUnexpectedEOF)
					yield([]byte("nobody gets that"), nil)
				}
			})
		}, `127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" 200 1 "-" "-" 0.001500`},
		{"a chunk that the server refuses", nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			return wsgi.Text("early")
		}, `127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" - - "-" "-" 0.001500`},
		{"a write that the server refuses", nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			write := start("200 OK", nil)
			start("200 OK", nil)
			return wsgi.Fail(write([]byte("hello")))
		}, `127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" 500 - "-" "-" 0.001500`},
		{"205 with what is not sent", nil, text("205 Reset Content", "hello"),
			`127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" 205 - "-" "-" 0.001500`},
		{"304 with what is not sent", nil, text("304 Not Modified", "hello"),
			`127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" 304 - "-" "-" 0.001500`},
		{"204 with what is not sent", nil, text("204 No Content", "hello"),
			`127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" 204 - "-" "-" 0.001500`},
		{"more than the Content-Length", nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", wsgi.Headers{{"content-length", "3"}})
			return wsgi.Text("hello")
		}, `127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" 200 3 "-" "-" 0.001500`},
		{"a failure, for which the server answers", nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", nil)
			return wsgi.Fail(io.ErrUnexpectedEOF)
		}, `127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" 500 - "-" "-" 0.001500`},
		{"a failure when bytes are out", nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", nil)
			return wsgi.Stream(func(yield func([]byte, error) bool) {
				if yield([]byte("a"), nil) {
					yield(nil, io.ErrUnexpectedEOF)
				}
			})
		}, `127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" 200 1 "-" "-" 0.001500`},
		{"a file of a known length", nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", wsgi.Headers{{"Content-Length", "3"}})
			return wsgi.File{Reader: strings.NewReader("hello"), Closer: io.NopCloser(nil)}
		}, `127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" 200 3 "-" "-" 0.001500`},
		{"HEAD of a file", wsgi.Environ{"REQUEST_METHOD": "HEAD"}, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", wsgi.Headers{{"Content-Length", "3"}})
			return wsgi.File{Reader: strings.NewReader("hello"), Closer: io.NopCloser(nil)}
		}, `127.0.0.1 - - ` + when + ` "HEAD /?x=1 HTTP/1.1" 200 - "-" "-" 0.001500`},
		{"a file of no known length", nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", nil)
			return wsgi.File{Reader: strings.NewReader("hello"), Closer: io.NopCloser(nil), BlockSize: 2}
		}, `127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" 200 5 "-" "-" 0.001500`},
		{"no start", nil, func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return wsgi.List{} },
			`127.0.0.1 - - ` + when + ` "GET /?x=1 HTTP/1.1" - - "-" "-" 0.001500`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			apptest.Run(accesslog.Log{Out: &out, Now: ticking()}.Around(test.app), request(test.environ))
			if got := out.String(); got != test.want+"\n" {
				t.Errorf("the log = %s, want %s", got, test.want)
			}
		})
	}
}

// What the application says goes through unchanged: status, headers, chunks,
// errors, and the number of chunks.
func TestTransparent(t *testing.T) {
	broken := errors.New("broken")
	app := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"X", "y"}})
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			if yield([]byte("a"), nil) {
				yield(nil, broken)
			}
		})
	}
	log := accesslog.Log{Out: io.Discard, Now: time.Now}
	got := apptest.Run(log.Around(app), request(nil))
	if got.Status != "200 OK" || !slices.Equal(got.Headers, wsgi.Headers{{"X", "y"}}) || !slices.Equal(got.Chunks, []string{"a"}) || !errors.Is(got.Err, broken) {
		t.Errorf("behind the log the answer is %+v", got)
	}
	body := log.Around(text("200 OK", "hello"))(request(nil), func(string, wsgi.Headers, ...error) wsgi.Write { return nil })
	if list, ok := body.(interface{ Len() int }); !ok || list.Len() != 1 {
		t.Errorf("behind the log a list of one chunk is %T", body)
	}
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	sends := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Content-Length", "0"}})
		return wsgi.File{Reader: file, Closer: file, BlockSize: 7}
	}
	body = log.Around(sends)(request(nil), func(string, wsgi.Headers, ...error) wsgi.Write { return nil })
	if behind, ok := body.(wsgi.File); !ok || behind.Reader != file || behind.BlockSize != 7 {
		t.Errorf("behind the log a file is %#v, and no server can send it by itself", body)
	}
	if err := body.Close(); err != nil || file.Close() == nil {
		t.Errorf("Close() = %v, and the file is still open", err)
	}
	none := func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return nil }
	if body := log.Around(none)(request(nil), nil); body != nil {
		t.Errorf("behind the log no body is %T", body)
	}
}

// A log on a full disk does not fail the answer, but is told.
// Who names no writer finds the lines in wsgi.errors.
func TestLogToErrors(t *testing.T) {
	var errs strings.Builder
	apptest.Run(accesslog.Log{Now: time.Now}.Around(text("200 OK", "a")), request(wsgi.Environ{"wsgi.errors": &errs}))
	if got := errs.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, `" 200 1 "`) {
		t.Errorf("wsgi.errors = %q, want the line of one request", got)
	}
}

func TestLogThatCannotBeWritten(t *testing.T) {
	closed, err := os.CreateTemp(t.TempDir(), "log")
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	var errs strings.Builder
	got := apptest.Run(accesslog.Log{Out: closed, Now: time.Now}.Around(text("200 OK", "a")), request(wsgi.Environ{"wsgi.errors": &errs}))
	if got.Err != nil || !strings.HasPrefix(errs.String(), "accesslog: ") {
		t.Errorf("the answer fails with %v, and wsgi.errors gets %q", got.Err, &errs)
	}
}

// The published format, field by field, from a real exchange.
var combined = regexp.MustCompile(`^127\.0\.0\.1 - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "GET /\?name=ada HTTP/1\.1" 200 12 "-" "Go-http-client/1\.1" \d+\.\d{6}\n$`)

func TestOverASocket(t *testing.T) {
	var log locked
	url, stop := apptest.Serve(t, accesslog.Log{Out: &log, Now: time.Now}.Around(hello.App))
	response, err := http.Get(url + "/?name=ada")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil || string(body) != "Hello, ada!\n" || response.ContentLength != 12 {
		t.Errorf("behind the log the client gets %q of %d bytes, %v", body, response.ContentLength, err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	stop()
	if got := log.String(); !combined.MatchString(got) {
		t.Errorf("the log = %q, want a line like %s", got, combined)
	}
}

// A locked buffer is written to by the server while the test goes on.
type locked struct {
	mutex sync.Mutex
	bytes bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.bytes.Write(p)
}

func (l *locked) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.bytes.String()
}
