package lab_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"barewire/apps/check"
	"barewire/internal/lab"
	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// patience is how long a test waits for what must happen. It is a safety net:
// nothing is expected to take that long, and nothing to be faster.
const patience = 20 * time.Second

// now is the moment of every answer, the example of RFC 9110 §6.6.1.
func now() time.Time { return time.Date(1994, 11, 15, 8, 12, 31, 0, time.UTC) }

// What answers hold, so that a row of a table shows the rest.
const (
	begin = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
	stamp = "Date: Tue, 15 Nov 1994 08:12:31 GMT\r\nServer: barewire\r\n\r\n"

	// Of these answers the rest does not matter.
	no     = "HTTP/1.1 400 Bad Request\r\n"
	failed = "HTTP/1.1 500 Internal Server Error\r\n"
)

// ok is an answer with this body.
func ok(body string) string {
	return fmt.Sprintf(begin+"Content-Length: %d\r\n"+stamp+"%s", len(body), body)
}

// tell is check:App, and at /tell an application that tells what it was told.
func tell(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	path := environ.Text("PATH_INFO")
	if !strings.HasPrefix(path, "/tell") {
		return check.App(environ, start)
	}
	body, err := io.ReadAll(environ.Input())
	if err != nil {
		return wsgi.Fail(err)
	}
	start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
	return wsgi.Text(fmt.Sprintf("%q a=%q z=%q body=%q\n", path, environ.Text("HTTP_X_A"), environ.Text("HTTP_X_Z"), body))
}

// find returns a mistake that must be there.
func find(t *testing.T, name string) lab.Mistake {
	t.Helper()
	mistake, found := lab.Find(name)
	if !found {
		t.Fatalf("there is no mistake %q", name)
	}
	return mistake
}

// start serves app on the loopback until the test is over, with what the settings
// make of the server. It returns the address.
func start(t *testing.T, app wsgi.Application, settings ...func(*server.Server)) string {
	t.Helper()
	others := goleak.IgnoreCurrent()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(app)
	s.Now, s.Errors = now, io.Discard
	for _, set := range settings {
		set(s)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		s.Serve(listener)
	}()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown = %v, want nil: connections are left", err)
		}
		<-served
		goleak.VerifyNone(t, others)
	})
	return listener.Addr().String()
}

// A client is one end of a connection, in the hands of a test.
type client struct {
	*net.TCPConn
	t *testing.T
}

func dial(t *testing.T, addr string) client {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return client{conn.(*net.TCPConn), t}
}

// say sends text in one write.
func (c client) say(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		c.t.Fatalf("cannot send %.80q: %v", text, err)
	}
}

// hear reads what the server says next, and wants it to be this.
func (c client) hear(want string) {
	c.t.Helper()
	got := make([]byte, len(want))
	n, err := io.ReadFull(c, got)
	if string(got[:n]) != want {
		c.t.Fatalf("the server says\n%q and %v, want\n%q", got[:n], err, want)
	}
}

// ask says something, and that it is all, and returns all that comes back.
func ask(t *testing.T, addr, text string) string {
	t.Helper()
	c := dial(t, addr)
	c.say(text)
	if err := c.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("after %q: %v", got, err)
	}
	return string(got)
}

func TestFind(t *testing.T) {
	for _, mistake := range lab.Mistakes() {
		if got := find(t, mistake.Name); got.String() != fmt.Sprintf("mistake %s at step %02d", mistake.Name, mistake.Step) {
			t.Errorf("Find(%q) = %v", mistake.Name, got)
		}
		for _, sentence := range []string{mistake.About, mistake.Curl} {
			if !strings.HasSuffix(sentence, ".") || strings.ToUpper(sentence[:1]) != sentence[:1] {
				t.Errorf("%s: %q is no sentence", mistake.Name, sentence)
			}
		}
	}
	if none, found := lab.Find("nosuch"); found || none.String() != "" {
		t.Errorf("Find(nosuch) = %v, %v, want nothing", none, found)
	}
	if !slices.IsSortedFunc(lab.Mistakes(), func(a, b lab.Mistake) int { return a.Step - b.Step }) {
		t.Error("the mistakes are not in the order of their steps")
	}
}

// TestOneServer keeps a mistake out of every other server.
func TestOneServer(t *testing.T) {
	const send = "GET  /tell HTTP/1.1\r\nHost: x\r\n\r\n"
	start(t, tell, find(t, "split-line").Put)
	if got := ask(t, start(t, tell), send); !strings.HasPrefix(got, no) {
		t.Errorf("beside a server with a mistake, another says\n%q, want\n%q", got, no)
	}
}

// reset tells whether a connection ended with RST.
func reset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// TestWatched wants whoever watches to see a server with a mistake at work like any
// other: each step, and each byte of the answer.
func TestWatched(t *testing.T) {
	for _, mistake := range lab.Mistakes() {
		t.Run(mistake.Name, func(t *testing.T) {
			events := make(chan server.Event, 100)
			observe := func(s *server.Server) { s.Observe = func(event server.Event) { events <- event } }
			got := ask(t, start(t, tell, mistake.Put, observe), "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			var steps []int
			sent := ""
			for event := range events {
				switch event := event.(type) {
				case server.Passed:
					steps = append(steps, event.Step)
				case server.Sent:
					sent += string(event.Bytes)
				case server.Chunk:
					if event.Size != len("check\n") {
						t.Errorf("a chunk of %d bytes, want %d", event.Size, len("check\n"))
					}
				case server.Gone:
					close(events)
				}
			}
			if want := []int{2, 3, 4, 5, 7, 8, 9, 10}; !slices.Equal(steps, want) {
				t.Errorf("passed the steps %v, want %v", steps, want)
			}
			if sent != got {
				t.Errorf("sent %q, but the client got %q", sent, got)
			}
		})
	}
}
