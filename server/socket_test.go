package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// startBehind serves app as start does, but on connections that wrap has had in its
// hands, as a tunnel or a meter has them.
func startBehind(t *testing.T, wrap func(net.Conn) net.Conn, app wsgi.Application, settings ...func(*server.Server)) *site {
	t.Helper()
	s := start(t, app, settings...)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = listener.Addr().String()
	served := make(chan struct{})
	go func() {
		s.Serve(wrapping{listener, wrap})
		close(served)
	}()
	t.Cleanup(func() {
		s.stop(t)
		await(t, served, "Serve returns")
	})
	return s
}

// A wrapping listener puts each connection into another.
type wrapping struct {
	net.Listener
	wrap func(net.Conn) net.Conn
}

func (w wrapping) Accept() (net.Conn, error) {
	conn, err := w.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return w.wrap(conn), nil
}

// A scrambled connection has another alphabet, and all that net.TCPConn has besides.
type scrambled struct{ *net.TCPConn }

func (s scrambled) Read(p []byte) (int, error) {
	n, err := s.TCPConn.Read(p)
	scramble(p[:n])
	return n, err
}

func scramble(p []byte) {
	for i := range p {
		p[i] ^= 0x20
	}
}

// A connection that reads in its own way is read in that way, though there is a
// socket below it that could be read without it.
func TestAConnectionReadsInItsOwnWay(t *testing.T) {
	s := startBehind(t, func(conn net.Conn) net.Conn { return scrambled{conn.(*net.TCPConn)} }, told)
	c := s.dial(t)
	for _, last := range []string{"", bye} {
		request := []byte("GET /a HTTP/1.1\r\nHost: x\r\n" + last + "\r\n")
		scramble(request)
		c.say(string(request))
		c.hear(ok + plain + "Content-Length: 16\r\n" + stamp + last + "\r\nGET \"/a\" \"\" \"x\"\n")
	}
	c.wantRest("", fin)
}

// A pipe has no writev, and a write waits until somebody reads it, also one of no
// bytes, which nobody waits for. Answers of all sizes and framings come through.
func TestAnswersThroughAPipe(t *testing.T) {
	theirs, ours := net.Pipe()
	if err := theirs.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	var size int
	startTapes(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		text := strings.Repeat("x", size)
		if environ.Text("PATH_INFO") == "/stream" {
			return streams(text, "", text)(environ, start)
		}
		return say(start, text)
	}) <- ours
	r := bufio.NewReader(theirs)
	for _, test := range []struct {
		path  string
		size  int
		times int
	}{
		{"/text", 0, 1}, {"/text", 5, 1}, {"/text", 20_000, 1}, {"/text", 600_000, 1},
		{"/stream", 5, 2}, {"/stream", 20_000, 2}, {"/stream", 600_000, 2},
	} {
		size = test.size
		if _, err := io.WriteString(theirs, "GET "+test.path+" HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatalf("before %s of %d bytes the server does not read: %v", test.path, test.size, err)
		}
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatalf("%s of %d bytes: %v", test.path, test.size, err)
		}
		got, err := io.Copy(io.Discard, answer.Body)
		if want := int64(test.times * test.size); got != want || err != nil {
			t.Fatalf("%s has %d bytes and %v, want %d", test.path, got, err, want)
		}
	}
	_ = theirs.Close()
}

// Whoever asked for close should say no more. When one does all the same, for old
// clients end what they say with an empty line, the bytes meet a connection that is
// closed, and TCP's answer to that takes away what is still on its way. So a large
// answer is followed by a goodbye that listens.
func TestALateLineCostsNothing(t *testing.T) {
	const size = 300_000 // more than the client's kernel takes unread
	text := strings.Repeat("x", size)
	said := make(chan struct{}, 2) // it is all written
	s := start(t, answers("200 OK", textPlain, text), func(s *server.Server) {
		goodbye := s.Goodbye
		s.Goodbye = func(conn net.Conn) {
			said <- struct{}{}
			goodbye(conn)
		}
		s.Observe = func(event server.Event) {
			if _, is := event.(server.Gone); is {
				said <- struct{}{}
			}
		}
	})
	c := s.dial(t)
	c.say("GET / HTTP/1.0\r\n\r\n")
	await(t, said, "the answer is written")
	c.say("\r\n")
	got, end := c.rest()
	if want := ok + plain + fmt.Sprintf("Content-Length: %d\r\n", size) + stamp + bye + "\r\n" + text; got != want || end != fin {
		t.Errorf("the server says %d bytes and %s, want %d and %s", len(got), end, len(want), fin)
	}
}
