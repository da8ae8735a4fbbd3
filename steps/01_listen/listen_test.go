package listen_test

import (
	"errors"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	listen "barewire/steps/01_listen"
)

// patience is how long a test waits for what should happen at once, before it
// says that it did not.
const patience = 8 * time.Second

func TestAcceptHandsOverEachCaller(t *testing.T) {
	listener := listenOnLoopback(t)
	go listen.Accept(listener, func(conn net.Conn) {
		go func() {
			_, _ = io.Copy(conn, conn)
			_ = conn.Close()
		}()
	})
	// The first stays on the line while the others call.
	for _, word := range []string{"one", "two", "three"} {
		conn := dial(t, listener)
		if _, err := io.WriteString(conn, word); err != nil {
			t.Fatal(err)
		}
		echo := make([]byte, len(word))
		if _, err := io.ReadFull(conn, echo); err != nil || string(echo) != word {
			t.Errorf("caller %s got %q, %v, want its own word back", word, echo, err)
		}
	}
}

func TestAcceptReturnsWhenTheListenerIsClosed(t *testing.T) {
	listener := listenOnLoopback(t)
	returned := make(chan struct{})
	go func() {
		listen.Accept(listener, func(conn net.Conn) { _ = conn.Close() })
		close(returned)
	}()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-returned:
	case <-time.After(patience):
		t.Error("Accept goes on after the listener was closed")
	}
}

func TestAcceptSurvivesFailures(t *testing.T) {
	listener := &scriptedListener{t: t, script: []error{
		&net.OpError{Op: "accept", Net: "tcp", Err: syscall.ECONNABORTED},
		nil,
		&net.OpError{Op: "accept", Net: "tcp", Err: syscall.EMFILE},
		errors.New("what nobody thought of"),
		nil,
	}}
	var served atomic.Int32
	listen.Accept(listener, func(net.Conn) { served.Add(1) })
	if served.Load() != 2 || len(listener.script) != 0 {
		t.Errorf("Accept served %d callers and left %d accepts, want 2 and 0 (for a go too many see TestAcceptWaitsForServe)",
			served.Load(), len(listener.script))
	}
}

// The callers are served one after another, and Accept comes back when the last
// of them is done.
func TestAcceptWaitsForServe(t *testing.T) {
	const callers = 3
	listener := &scriptedListener{t: t, script: make([]error, callers)}
	var begun, done, early atomic.Int32
	listen.Accept(listener, func(net.Conn) {
		if begun.Add(1) != done.Load()+1 {
			early.Add(1)
		}
		time.Sleep(10 * time.Millisecond) // an Accept that does not wait goes on meanwhile
		done.Add(1)
	})
	if done.Load() != callers || early.Load() != 0 {
		t.Errorf("when Accept came back, serve was done with %d of %d callers, and was called %d times while it worked for another: call serve(conn) without go",
			done.Load(), callers, early.Load())
	}
}

// A scriptedListener fails as its script says, hands out a connection for each
// nil, and is closed in the end.
type scriptedListener struct {
	net.Listener
	t      *testing.T
	script []error
	closed int // accepts since then
}

func (l *scriptedListener) Accept() (net.Conn, error) {
	if len(l.script) == 0 {
		if l.closed++; l.closed > 10 {
			l.t.Fatal("the listener is closed, and Accept goes on") // or the test would not end
		}
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: net.ErrClosed}
	}
	err := l.script[0]
	l.script = l.script[1:]
	if err != nil {
		return nil, err
	}
	return &net.TCPConn{}, nil
}

func listenOnLoopback(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

func dial(t *testing.T, listener net.Listener) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return conn.(*net.TCPConn)
}
