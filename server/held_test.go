package server_test

import (
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"

	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
	response "barewire/steps/09_response"
)

// A lame connection lets ten bytes of its first write through, and then all of the
// others: what a write deadline does to a client that takes its time.
type lame struct {
	net.Conn
	once   sync.Once
	failed chan struct{} // closed by the first write
}

func (l *lame) Write(p []byte) (n int, err error) {
	l.once.Do(func() {
		n, _ = l.Conn.Write(p[:10])
		err = os.ErrDeadlineExceeded
		close(l.failed)
	})
	if err != nil {
		return n, err
	}
	return l.Conn.Write(p)
}

func (l *lame) SetLinger(seconds int) error { return l.Conn.(*net.TCPConn).SetLinger(seconds) }

// Answers to requests that came together leave together. When that fails, nothing
// else may leave behind it: the client would take the middle of one answer for the
// end of another. And nobody waits for what can no longer be answered.
func TestABrokenWriteLeavesNoHole(t *testing.T) {
	const held = "GET /held HTTP/1.1\r\nHost: x\r\n\r\n"
	tests := []struct{ name, next string }{
		{"by a small answer", "GET /small HTTP/1.1\r\nHost: x\r\n\r\n"},
		{"by one that does not fit behind it", "GET /full HTTP/1.1\r\nHost: x\r\n\r\n"},
		{"by one that is not copied", "GET /large HTTP/1.1\r\nHost: x\r\n\r\n"},
		{"by a file", "GET /file HTTP/1.1\r\nHost: x\r\n\r\n"},
		{"by one that comes after its time", "GET /late HTTP/1.1\r\nHost: x\r\n\r\n"},
		{"by a body that is read", post + "Content-Length: 5\r\n\r\n"},
		{"by a body that is read after its time", "POST /later HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"},
		{"by half a head", "GET /half"},
	}
	for _, test := range tests {
		t.Run("followed "+test.name, func(t *testing.T) {
			file, err := os.Open("held_test.go")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = file.Close() })
			failed := make(chan struct{})
			s := startBehind(t, func(conn net.Conn) net.Conn { return &lame{Conn: conn, failed: failed} },
				func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
					switch environ.Text("PATH_INFO") {
					case "/full":
						return say(start, strings.Repeat("x", 16<<10-100))
					case "/large":
						return say(start, strings.Repeat("x", 100<<10))
					case "/file":
						start("200 OK", textPlain)
						return environ.FileWrapper()(file, 0)
					case "/late":
						<-failed // what is held waits for nobody so long
					case "/later":
						<-failed
						_ = start("200 OK", textPlain)([]byte("x")) // waits until the server knows, too
					}
					return reader(environ, start)
				},
				func(s *server.Server) {
					s.Deadlines.Idle, s.Deadlines.Head, s.Deadlines.Body = 10*patience, 10*patience, 10*patience
				})
			c := s.dial(t)
			c.say(held + test.next)
			c.wantRest(ok[:10], fin)
		})
	}
}

// An answer that ends with the connection may be held, too: it has been said, its
// head says close, and then it fails to leave. The end is not that of the answer.
func TestABrokenWriteIsNoEnd(t *testing.T) {
	failed := make(chan struct{})
	s := startBehind(t, func(conn net.Conn) net.Conn { return &lame{Conn: conn, failed: failed} },
		func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", textPlain)
			return wsgi.Stream(func(yield func([]byte, error) bool) {
				yield([]byte("whole"), nil)
				<-failed
			})
		})
	c := s.dial(t)
	c.say("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n")
	c.wantRest(ok[:10], rst)
}

// An application may read in one goroutine while another sends its answer: the
// client here brings its whole body before it takes a byte of the answer, and more
// of both than the kernel keeps.
func TestReadingWhileTheAnswerStreams(t *testing.T) {
	const size = 24 << 20
	s := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		whole := make(chan error, 1)
		go func() {
			_, err := io.CopyN(io.Discard, environ.Input(), size)
			whole <- err
		}()
		start("200 OK", textPlain)
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			chunk := make([]byte, 10<<10)
			for sent := 0; ; sent += len(chunk) {
				select {
				case err := <-whole:
					if err != nil {
						yield(nil, err)
						return
					}
					yield([]byte("whole"), nil)
					return
				default:
				}
				if !yield(chunk, nil) {
					return
				}
			}
		})
	})
	c := s.dial(t)
	c.say("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 25165824\r\n\r\n")
	piece := strings.Repeat("x", 64<<10)
	for range size / len(piece) {
		c.say(piece)
	}
	got, end := c.rest()
	if want := "5\r\nwhole\r\n0\r\n\r\n"; !strings.HasSuffix(got, want) || end != fin {
		t.Errorf("the server ends with %q and %s, want %q and %s", got[max(0, len(got)-40):], end, want, fin)
	}
}

// A write that somebody has kept is refused when the connection is gone, also by a
// server whose step 09 forgets that the body is over. No other client hears of it.
func TestAWriteBehindTheEnd(t *testing.T) {
	var late wsgi.Write
	gone := make(chan struct{}, 10)
	s := start(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		late = start("200 OK", textPlain)
		if err := late([]byte("in time\n")); err != nil {
			t.Error(err)
		}
		return wsgi.List{}
	}, swap("response", server.SendResponse(response.MissingLastChunk)), func(s *server.Server) {
		s.Watch = func() bool { return false } // only to know of the end
		s.Observe = func(event server.Event) {
			if _, is := event.(server.Gone); is {
				gone <- struct{}{}
			}
		}
	})
	_ = s.ask(t, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	await(t, gone, "the connection ends")
	next := s.dial(t)
	next.say(follower[:10])
	if err := late([]byte("late\n")); err == nil {
		t.Error("a write is accepted when nobody is left")
	}
	next.say(follower[10:])
	next.wantRest(followed, fin)
}
