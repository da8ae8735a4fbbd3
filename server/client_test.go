package server_test

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// patience is how long a test waits for what must happen. It is a safety net:
// nothing is expected to take that long, and nothing to be faster.
const patience = 10 * time.Second

// now is the moment of every answer, the example of RFC 9110 §6.6.1.
func now() time.Time { return time.Date(1994, 11, 15, 8, 12, 31, 0, time.UTC) }

// What most answers hold, so that a row of a table shows the rest.
const (
	ok    = "HTTP/1.1 200 OK\r\n"
	plain = "Content-Type: text/plain\r\n"
	stamp = "Date: Tue, 15 Nov 1994 08:12:31 GMT\r\nServer: barewire\r\n"
	bye   = "Connection: close\r\n"
)

// A site is a server with an address.
type site struct {
	*server.Server
	addr   string
	served chan struct{} // closed when Serve has returned
}

// start serves app on the loopback until the test is over. Then the server
// must be able to stop without force, and none of its goroutines may be left.
func start(t testing.TB, app wsgi.Application, settings ...func(*server.Server)) *site {
	t.Helper()
	others := goleak.IgnoreCurrent()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &site{server.New(withFollower(app)), listener.Addr().String(), make(chan struct{})}
	s.Now = now
	s.Errors = io.Discard
	for _, set := range settings {
		set(s.Server)
	}
	go func() {
		s.Serve(listener)
		close(s.served)
	}()
	t.Cleanup(func() {
		s.stop(t)
		goleak.VerifyNone(t, others)
	})
	return s
}

// stop waits for the server to stop.
func (s *site) stop(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown = %v, want nil: connections are left", err)
	}
	await(t, s.served, "Serve returns")
}

// await waits for something that must happen.
func await(t testing.TB, happened <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-happened:
	case <-time.After(patience):
		t.Fatalf("waited for nothing: %s", what)
	}
}

// A client is one end of a connection, in the hands of a test.
type client struct {
	*net.TCPConn
	t testing.TB
}

// dial connects a client, which leaves at the end of the test if not before.
func (s *site) dial(t testing.TB) client {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
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

// An ending is how the server's side of a connection ends.
type ending string

const (
	fin ending = "FIN" // that was all
	rst ending = "RST" // that was not all
)

// rest reads what is left, up to the end.
func (c client) rest() (string, ending) {
	c.t.Helper()
	got, err := io.ReadAll(c)
	switch {
	case err == nil:
		return string(got), fin
	case errors.Is(err, syscall.ECONNRESET):
		return string(got), rst
	}
	c.t.Fatalf("after %q the connection neither goes on nor ends: %v", got, err)
	return "", ""
}

// wantRest wants these bytes, and then this end.
func (c client) wantRest(want string, then ending) {
	c.t.Helper()
	if got, end := c.rest(); got != want || end != then {
		c.t.Errorf("the server says\n%q and %s, want\n%q and %s", got, end, want, then)
	}
}

// ask sends one request, which says Connection: close, and returns all of the
// answer.
func (s *site) ask(t testing.TB, request string) string {
	t.Helper()
	c := s.dial(t)
	c.say(request)
	answer, _ := c.rest()
	_ = c.Close()
	return answer
}

// alive wants the server to answer on a new connection.
func (s *site) alive(t testing.TB) {
	t.Helper()
	if got := s.ask(t, follower); got != followed {
		t.Errorf("after that, the next client gets\n%q, want\n%q", got, followed)
	}
}

// The follower is a request that comes right behind another, in the same write.
// Whether it is answered tells whether the connection was kept.
const (
	follower = "GET /follower HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	followed = ok + plain + "Content-Length: 10\r\n" + stamp + bye + "\r\nfollowing\n"
)

// withFollower answers the follower, and leaves the rest to app.
func withFollower(app wsgi.Application) wsgi.Application {
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		if environ.Text("PATH_INFO") == "/follower" {
			return say(start, "following\n")
		}
		return app(environ, start)
	}
}
