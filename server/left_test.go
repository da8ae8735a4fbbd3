//go:build unix && !aix

package server_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"testing"
	"time"

	"barewire/server"
)

// A doorman is a Gate that stops each request before step 03, until its client
// has left or he is told to let it go.
type doorman struct {
	there chan bool     // he asked, and this is what he was told
	open  chan struct{} // closed when all may pass
}

func newDoorman() doorman { return doorman{make(chan bool), make(chan struct{})} }

func (d doorman) gate(_ server.Place, stage server.Stage, left func() bool) {
	if stage.Number != 3 {
		return
	}
	for {
		gone := left()
		select {
		case d.there <- !gone:
		case <-d.open:
			return
		}
	}
}

// sees waits until the client is seen to be there, or to have left. It takes a
// moment until the kernel on this side knows of a farewell.
func (d doorman) sees(t *testing.T, want bool) {
	t.Helper()
	<-d.there // an old answer: he looked, and then waited to tell
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		select {
		case there := <-d.there:
			if there == want {
				return
			}
		case <-time.After(patience):
		}
	}
	t.Fatalf("the client is not seen to be there: %v", want)
}

// Whoever holds a request can see whether its client has left meanwhile.
func TestLeftWhileHeld(t *testing.T) {
	const get = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	tests := []struct {
		name  string
		say   string // behind the head that stands at the gate
		leave func(t *testing.T, c client)
		there bool
	}{
		{"it waits", "", func(*testing.T, client) {}, true},
		{"it says more", "and more", func(*testing.T, client) {}, true},
		{"it closes", "", func(t *testing.T, c client) { failing(t, c.Close()) }, false},
		{"it closes its own direction", "", func(t *testing.T, c client) { failing(t, c.CloseWrite()) }, false},
		{"it resets", "", func(t *testing.T, c client) { failing(t, c.SetLinger(0), c.Close()) }, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			door := newDoorman()
			// The deadline of the head passes at the gate, and is no farewell.
			s := start(t, hi, func(s *server.Server) { s.Gate, s.Deadlines.Head = door.gate, brief })
			c := s.dial(t)
			c.say(get)
			door.sees(t, true)
			if test.say != "" {
				c.say(test.say)
			}
			test.leave(t, c)
			if test.there {
				time.Sleep(2 * brief)
			}
			door.sees(t, test.there)
			close(door.open)
		})
	}
}

func failing(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// To look whether the client has left takes no byte from it.
func TestLookingTakesNothing(t *testing.T) {
	door := newDoorman()
	s := start(t, reader, func(s *server.Server) { s.Gate = door.gate })
	c := s.dial(t)
	c.say(post + "Connection: close\r\nContent-Length: 5\r\n\r\n")
	door.sees(t, true)
	c.say("hello")
	for range 10 {
		door.sees(t, true)
	}
	close(door.open)
	c.wantRest(ok+plain+"Content-Length: 8\r\n"+stamp+bye+"\r\n\"hello\"\n", fin)
}

// A Unix socket has clients that leave, too.
func TestLeftOnAUnixSocket(t *testing.T) {
	door := newDoorman()
	s := start(t, hi, func(s *server.Server) { s.Gate = door.gate })
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		s.Serve(listener)
		close(served)
	}()
	conn, err := net.Dial("unix", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte("GET / HTTP/1.0\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	door.sees(t, true)
	failing(t, conn.Close())
	door.sees(t, false)
	close(door.open)
	s.stop(t)
	await(t, served, "Serve returns")
}

// Nobody lets the request go, and Shutdown ends all the same when its context
// does. Whoever holds it sees then that its connection is cut.
func TestShutdownCutsWhatIsHeld(t *testing.T) {
	door := newDoorman()
	s := start(t, hi, func(s *server.Server) { s.Gate = door.gate })
	c := s.dial(t)
	c.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	door.sees(t, true)
	ctx, cancel := context.WithCancel(context.Background())
	stopped := stopping(t, s, ctx)
	door.sees(t, true) // it has not left, and Shutdown waits for it
	cancel()
	if err := <-stopped; !errors.Is(err, context.Canceled) {
		t.Errorf("Shutdown = %v, want %v", err, context.Canceled)
	}
	c.wantRest("", rst)
	door.sees(t, false)
	close(door.open)
}
