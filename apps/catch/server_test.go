package catch_test

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"barewire/apps/catch"
	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// patience is a safety net: nothing is expected to take that long.
const patience = 10 * time.Second

const (
	ok     = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
	failed = "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\n"
	stream = "Transfer-Encoding: chunked\r\n"
	stamp  = "Date: Tue, 15 Nov 1994 08:12:31 GMT\r\nServer: barewire\r\n"
	bye    = "Connection: close\r\n\r\n"
)

// dial serves app until the test is over, and connects a client. The stop
// function waits for the server to be done with it.
func dial(t *testing.T, app wsgi.Application, settings ...func(*server.Server)) (conn *net.TCPConn, stop func()) {
	t.Helper()
	others := goleak.IgnoreCurrent()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(app)
	s.Errors = io.Discard
	s.Now = func() time.Time { return time.Date(1994, 11, 15, 8, 12, 31, 0, time.UTC) }
	for _, set := range settings {
		set(s)
	}
	go s.Serve(listener)
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := client.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown = %v, want nil", err)
		}
		goleak.VerifyNone(t, others)
	})
	t.Cleanup(stop)
	return client.(*net.TCPConn), stop
}

func say(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
}

// TestOnTheWire shows every byte that a client gets.
func TestOnTheWire(t *testing.T) {
	starting := func(body wsgi.Body) func(wsgi.StartResponse) wsgi.Body {
		return func(start wsgi.StartResponse) wsgi.Body {
			start("200 OK", plain)
			return body
		}
	}
	tests := []struct {
		name   string
		method string
		app    func(wsgi.StartResponse) wsgi.Body
		want   string
		closed int
	}{
		{"all is well", "GET", starting(chunks(well, "one", "two")),
			ok + stream + stamp + bye + "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n", 1},
		{"an error before the head", "GET", starting(chunks(yieldsErr)),
			failed + stream + stamp + bye + "d\r\nServer error\n\r\n0\r\n\r\n", 1},
		{"a panic before the head", "GET", starting(chunks(panics, "")),
			failed + stream + stamp + bye + "d\r\nServer error\n\r\n0\r\n\r\n", 1},
		{"a panic before the head, to HEAD", "HEAD", starting(chunks(panics)),
			failed + stamp + bye, 1},
		{"a panic while called", "GET", func(start wsgi.StartResponse) wsgi.Body {
			start("200 OK", plain)
			panic("no more")
		}, failed + "Content-Length: 13\r\n" + stamp + bye + "Server error\n", 0},
		{"an error after the head, which is not to be taken for the end", "GET", starting(chunks(yieldsErr, "one")),
			ok + stream + stamp + bye + "3\r\none\r\n", 1},
		{"a panic after the head", "GET", starting(chunks(panics, "one")),
			ok + stream + stamp + bye + "3\r\none\r\n", 1},
		{"a panic after a length", "GET", func(start wsgi.StartResponse) wsgi.Body {
			start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}, {"Content-Length", "9"}})
			return chunks(panics, "one")
		}, ok + "Content-Length: 9\r\n" + stamp + bye + "one", 1},
		{"a panic while called, after a write", "GET", func(start wsgi.StartResponse) wsgi.Body {
			if err := start("200 OK", plain)([]byte("one")); err != nil {
				return wsgi.Fail(err)
			}
			panic("no more")
		}, ok + stream + stamp + bye + "3\r\none\r\n", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			closed := 0
			conn, stop := dial(t, catch.Errors(func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				return counted{test.app(start), &closed}
			}, false))
			say(t, conn, test.method+" / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			got, err := io.ReadAll(conn)
			if string(got) != test.want || err != nil {
				t.Errorf("the client gets\n%q and %v, want\n%q", got, err, test.want)
			}
			stop()
			if closed != test.closed {
				t.Errorf("the body was closed %d times, want %d", closed, test.closed)
			}
		})
	}
}

// TestClientLeaves checks that a client who leaves is no failure of the
// application: it is not asked for more, nothing is logged, the body is closed.
func TestClientLeaves(t *testing.T) {
	var log strings.Builder
	closed := 0
	endless := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", plain)
		return counted{wsgi.Stream(func(yield func([]byte, error) bool) {
			for yield(make([]byte, 64<<10), nil) {
			}
		}), &closed}
	}
	app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		environ["wsgi.errors"] = &log
		return catch.Errors(endless, true)(environ, start)
	}
	conn, stop := dial(t, app)
	say(t, conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if _, err := io.ReadFull(conn, make([]byte, 100<<10)); err != nil {
		t.Fatal(err)
	}
	stop()
	if log.Len() > 0 {
		t.Errorf("the log = %q, want nothing", &log)
	}
	if closed != 1 {
		t.Errorf("the body was closed %d times, want once", closed)
	}
}

// TestPanicInYield lets the server's side panic, as the first chunk goes out.
// It is the server that recovers then.
func TestPanicInYield(t *testing.T) {
	var ended []string // errors of step 09
	started, closed := 0, 0
	app := catch.Errors(func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", plain)
		return counted{chunks(well, "one", "two"), &closed}
	}, true)
	conn, stop := dial(t, app, func(s *server.Server) {
		s.Observe = func(event server.Event) {
			switch event := event.(type) {
			case server.Started:
				started++
			case server.Passed:
				if event.Step == 9 {
					ended = append(ended, event.Error)
				}
			case server.Sent:
				panic("the observer is ill")
			}
		}
	})
	say(t, conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if got, err := io.ReadAll(conn); err != nil || !strings.HasSuffix(string(got), "3\r\none\r\n") {
		t.Errorf("the client gets %q and %v, want the first chunk and no more", got, err)
	}
	stop()
	if len(ended) != 1 || !strings.HasSuffix(ended[0], "the observer is ill") {
		t.Errorf("step 09 ends with %q, want the panic", ended)
	}
	if started != 1 || closed != 1 {
		t.Errorf("start_response was called %d times and Close %d times, want once each", started, closed)
	}
}
