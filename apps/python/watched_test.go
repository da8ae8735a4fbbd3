//go:build unix

package python_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"barewire/apps/python"
	"barewire/internal/apptest"
	"barewire/server"
	wsgi "barewire/steps/06_wsgi"

	"github.com/google/go-cmp/cmp"
)

// An audience is wsgi.errors where somebody watches.
type audience struct {
	notebook
	slow  time.Duration // to see that a worker has the environ
	stack string        // at start_response
	took  time.Duration // all turns
}

func (a *audience) Worked(_ int, did string, _ int, took time.Duration, stack string) {
	a.stack += stack
	a.took += took
	if did == "environ" {
		time.Sleep(a.slow)
	}
}

// A log is what a server tells its watcher.
type log struct {
	sync.Mutex
	events []server.Event
}

func (l *log) add(event server.Event) {
	l.Lock()
	defer l.Unlock()
	l.events = append(l.events, event)
}

// talk serves an application, watched where there is a log, and returns all bytes
// that a client reads. It asks twice, if the connection is still open by then.
func talk(t *testing.T, app wsgi.Application, log *log, method, rest string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(app)
	s.Errors = io.Discard
	s.Now = func() time.Time { return time.Unix(0, 0) }
	if log != nil {
		s.Observe = log.add
	}
	go s.Serve(listener)
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	var answers strings.Builder
	reader := bufio.NewReader(io.TeeReader(conn, &answers))
	for range 2 {
		if _, err := io.WriteString(conn, method+" "+rest); err != nil {
			break // it was closed
		}
		response, err := http.ReadResponse(reader, &http.Request{Method: method})
		if err != nil {
			break
		}
		_, _ = io.Copy(io.Discard, response.Body) // it may be cut off
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	return answers.String()
}

// TestWatched checks what is told, and in which order: that of Python before what
// comes of it, and the application's return before its first chunk.
func TestWatched(t *testing.T) {
	pool, _ := start(t, python.Settings{App: "testdata/site.py"})
	pid := pid(t, pool)
	tests := []struct{ name, path, text, want string }{
		{"a list", "/hello", "", `
			environ
			start_response < application < hello
			start
			answer
			08
			chunk 1
			09`},
		{"a generator", "/late", "", `
			environ
			returned
			08
			start_response < late
			start
			chunk
			chunk 1
			chunk
			chunk 2
			end
			09`},
		{"a chunk of the length that was announced", "/counted", "", `
			environ
			start_response < application < counted
			start
			returned
			08
			answer
			chunk 1
			errors
			noted
			end
			09`},
		{"write", "/written", "", `
			environ
			start_response < application < written
			start
			write
			chunk 1
			returned
			08
			chunk
			chunk 2
			end
			09`},
		{"the body", "/echo", "ada", `
			environ
			start_response < application < echo
			start
			read
			input
			read
			input
			answer
			08
			chunk 1
			09`},
		{"a file", "/file?raw", "", `
			environ
			start_response < application < file
			start
			file
			08
			chunk 1
			errors
			noted
			end
			09`},
		{"a note", "/noted", "", `
			environ
			note
			noted
			start_response < application < noted < hello
			start
			answer
			08
			chunk 1
			09`},
		{"another start", "/regret", "", `
			environ
			start_response < application < regret
			start
			start_response < application < regret
			start
			answer
			08
			chunk 1
			09`},
		{"an exception", "/fails", "", `
			environ
			failed
			noted
			start
			08
			chunk 1
			09`},
		{"an exception in a generator", "/failslate", "", `
			environ
			returned
			08
			start_response < failslate
			start
			failed
			noted
			start
			chunk 1
			09`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			log := new(log)
			talk(t, pool.Application, log, "POST", fmt.Sprintf("%s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", test.path, len(test.text), test.text))
			var got []string
			for _, event := range log.events {
				switch event := event.(type) {
				case server.Worked:
					if event.Process != pid || event.Size <= 0 || event.Took < 0 || (event.Took == 0) != (event.Did == "environ") {
						t.Errorf("%+v, want the process %d, a size, and a time unless it is its first", event, pid)
					}
					calls := append([]string{event.Did}, strings.Fields(event.Stack)...)
					got = append(got, strings.Join(calls, " < "))
				case server.Started:
					got = append(got, "start")
				case server.InputRead:
					got = append(got, "input")
				case server.Chunk:
					got = append(got, fmt.Sprintf("chunk %d", event.Number))
				case server.Noted:
					got = append(got, "noted")
				case server.Passed:
					if event.Step == 8 || event.Step == 9 {
						got = append(got, fmt.Sprintf("%02d", event.Step))
					}
				}
			}
			want := strings.Split(strings.ReplaceAll(test.want, "\t", ""), "\n")[1:]
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWatchedAnswers checks that watching changes no byte of an answer, nor
// whether another one may follow on the connection.
func TestWatchedAnswers(t *testing.T) {
	pool, _ := start(t, python.Settings{App: "testdata/site.py"})
	paths := []string{
		"/hello", "/parts", "/noted", "/nothing", "/late", "/echo", "/lines", "/written", "/regret", "/toolate", "/twice", "/nevercalled",
		"/nobytes", "/notype", "/empty", "/noticed", "/failslate", "/failsinside", "/startless", "/fails", "/leaves", "/closed", "/counted",
		"/badlyclosed", "/surplus", "/file?open", "/file?begun", "/file?archive", "/unstarted", "/unicode", "/deep",
	}
	requests := []struct{ method, rest string }{
		{"GET", " HTTP/1.1\r\nHost: a\r\nX-Name: b\r\n\r\n"},
		{"HEAD", " HTTP/1.1\r\nHost: a\r\nX-Name: b\r\n\r\n"},
		{"POST", " HTTP/1.1\r\nHost: a\r\nX-Name: b\r\nContent-Length: 12\r\n\r\none\ntwo\nthre"},
		{"GET", " HTTP/1.0\r\nX-Name: b\r\n\r\n"},
		{"GET", " HTTP/1.0\r\nX-Name: b\r\nConnection: keep-alive\r\n\r\n"},
	}
	for _, path := range paths {
		for _, request := range requests {
			want := talk(t, pool.Application, nil, request.method, path+request.rest)
			if got := talk(t, pool.Application, new(log), request.method, path+request.rest); got != want || want == "" {
				t.Errorf("%s %q is answered, watched, with\n%q\nwant what it is otherwise,\n%q", request.method, path+request.rest, got, want)
			}
		}
	}
}

// TestTurn checks that the time of a worker is what it took, and not what was left of
// it when we looked.
func TestTurn(t *testing.T) {
	pool, _ := start(t, python.Settings{App: "testdata/site.py"})
	errors := &audience{slow: 100 * time.Millisecond}
	apptest.Run(pool.Application, environ("/slow", "", errors))
	if errors.took < 50*time.Millisecond {
		t.Errorf("a worker that sleeps for 50 ms took %v", errors.took)
	}
}

// TestStack checks what is told of the calls that led to start_response.
func TestStack(t *testing.T) {
	deep := append([]string{"application"}, slices.Repeat([]string{"deep"}, 19)...)
	deep = append(append(deep, "(13 more)"), slices.Repeat([]string{"deep"}, 19)...)
	deep = append(deep, "hello")
	tests := []struct {
		app, module, path string
		want              []string
	}{
		{"framework_flask.py", "flask", "/", []string{"Flask.__call__", "Flask.wsgi_app", "Response.__call__"}},
		{"framework_django.py", "django", "/", []string{"WSGIHandler.__call__"}},
		{"framework_bottle.py", "bottle", "/", []string{"Bottle.__call__", "Bottle.wsgi"}},
		{"site.py", "wsgiref", "/deep", deep},
	}
	for _, test := range tests {
		t.Run(test.app, func(t *testing.T) {
			program := needPython(t, test.module)
			pool, _ := start(t, python.Settings{App: "testdata/" + test.app, Python: program})
			errors := new(audience)
			environ := environ(test.path, "", errors)
			environ["SERVER_NAME"], environ["SERVER_PORT"], environ["wsgi.url_scheme"], environ["REQUEST_METHOD"] = "a", "80", "http", "GET"
			environ["QUERY_STRING"], environ["SCRIPT_NAME"] = "", ""
			apptest.Run(pool.Application, environ)
			if diff := cmp.Diff(test.want, strings.Split(errors.stack, "\n")); diff != "" {
				t.Errorf("the stack (-want +got):\n%s\n%s", diff, errors)
			}
		})
	}
}
