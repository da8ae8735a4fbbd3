package server_test

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// A tape is a connection without a network, whose client was recorded before. It
// says its pieces, one a read, and then end: io.EOF when it has no more to say, or
// another error when it is gone. So a test can cut where it likes, and thousands
// of times.
type tape struct {
	net.Conn // for its addresses and its deadlines, which never come
	pieces   []string
	end      error
	said     strings.Builder // by the server
	polite   bool            // the server ended it with a FIN, and so as if that was all
	closed   chan struct{}
	once     sync.Once // Close is called by Goodbye, and once more by the server
}

func recorded(end error, pieces ...string) *tape {
	conn, _ := net.Pipe()
	return &tape{Conn: conn, pieces: pieces, end: end, closed: make(chan struct{})}
}

func (t *tape) Read(p []byte) (int, error) {
	for len(t.pieces) > 0 && t.pieces[0] == "" {
		t.pieces = t.pieces[1:]
	}
	if len(t.pieces) == 0 {
		return 0, t.end
	}
	n := copy(p, t.pieces[0])
	t.pieces[0] = t.pieces[0][n:]
	return n, nil
}

func (t *tape) Write(p []byte) (int, error) { return t.said.Write(p) }

func (t *tape) CloseWrite() error {
	t.polite = true
	return nil
}

func (t *tape) Close() error {
	t.once.Do(func() { close(t.closed) })
	return t.Conn.Close()
}

// A player serves tapes.
type player chan net.Conn

// startTapes serves app on tapes until the test is over.
func startTapes(t testing.TB, app wsgi.Application, settings ...func(*server.Server)) player {
	t.Helper()
	s := server.New(withFollower(app))
	s.Now = now
	s.Errors = io.Discard
	for _, set := range settings {
		set(s)
	}
	tapes, served := make(lone), make(chan struct{})
	go func() {
		s.Serve(tapes)
		close(served)
	}()
	t.Cleanup(func() {
		close(tapes)
		await(t, served, "Serve returns")
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown = %v, want nil: connections are left", err)
		}
	})
	return player(tapes)
}

// play returns what the server says to a client that says these pieces and then
// ends so.
func (p player) play(t testing.TB, end error, pieces ...string) string {
	t.Helper()
	return p.whole(t, recorded(end, pieces...)).said.String()
}

// whole plays a tape to its end.
func (p player) whole(t testing.TB, tape *tape) *tape {
	t.Helper()
	p <- tape
	await(t, tape.closed, "the server closes the connection")
	return tape
}
