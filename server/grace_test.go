package server_test

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"barewire/server"
)

// A punctual connection has its read deadlines pass through the hands of a test.
type punctual struct {
	net.Conn
	set func(until time.Time, set func(time.Time) error) error
}

func (p punctual) SetReadDeadline(until time.Time) error { return p.set(until, p.Conn.SetReadDeadline) }

// Shutdown comes between the server's decision to wait for a request and the
// deadline of that. The longer one, which comes last, does not stay.
func TestShutdownWhileADeadlineIsSet(t *testing.T) {
	var sets atomic.Int32
	waits, hurried := make(chan struct{}), make(chan struct{})
	s := startBehind(t, func(conn net.Conn) net.Conn {
		return punctual{conn, func(until time.Time, set func(time.Time) error) error {
			switch sets.Add(1) {
			case 1:
				close(waits)
				<-hurried
				return set(until)
			case 2: // Shutdown's
				defer close(hurried)
			}
			return set(until)
		}}
	}, told)
	c := s.dial(t)
	await(t, waits, "the server waits for a request")
	stopped := stopping(t, s, context.Background())
	c.wantRest("", fin)
	_ = c.Close()
	if err := <-stopped; err != nil {
		t.Errorf("Shutdown = %v, want nil", err)
	}
}

// Shutdown finds a connection that waits for a request, and is about to hurry it.
// In that moment the request comes, and waits for its body: that has all of its time.
func TestShutdownHurriesNoBody(t *testing.T) {
	waits, hurries, may := make(chan struct{}, 1), make(chan struct{}), make(chan struct{})
	reads := make(chan struct{}, 1)
	var once sync.Once
	s := startBehind(t, func(conn net.Conn) net.Conn {
		return punctual{conn, func(until time.Time, set func(time.Time) error) error {
			told := waits
			select {
			case <-hurries:
				told = reads
			default:
			}
			if time.Until(until) < time.Second { // so it is Shutdown's
				once.Do(func() {
					close(hurries)
					<-may
				})
				return set(until)
			}
			defer func() {
				select {
				case told <- struct{}{}:
				default: // it is known already
				}
			}()
			return set(until)
		}}
	}, reader)
	c := s.dial(t)
	await(t, waits, "the server waits for a request")
	stopped := stopping(t, s, context.Background())
	await(t, hurries, "Shutdown comes")
	c.say(post + "Content-Length: 5\r\n\r\n")
	select {
	case <-reads: // the body
	case <-time.After(brief): // or it waits until Shutdown has seen to it
	}
	close(may)
	time.Sleep(3 * brief) // longer than who is hurried has
	c.say("hello")
	c.wantRest(ok+plain+"Content-Length: 8\r\n"+stamp+bye+"\r\n\"hello\"\n", fin)
	_ = c.Close()
	if err := <-stopped; err != nil {
		t.Errorf("Shutdown = %v, want nil", err)
	}
}

// The time that is left to half a head is not given again for each byte of it.
func TestShutdownDoesNotWaitForDrips(t *testing.T) {
	heard := make(chan struct{}, 1)
	s := start(t, hi, func(s *server.Server) {
		s.Deadlines.Head = 10 * patience
		s.Limits.Head.Line, s.Limits.Head.Bytes = 1<<20, 1<<20
		s.Observe = func(event server.Event) {
			if _, is := event.(server.Received); is {
				select {
				case heard <- struct{}{}:
				default: // once is enough
				}
			}
		}
	})
	c := s.dial(t)
	c.say("GET / HTTP/1.1\r\nHost: x\r\nA: ")
	await(t, heard, "the server reads half a head")
	stop := drip(c)
	stopped := stopping(t, s, context.Background())
	c.wantRest(refusal{"", "", "408 Request Timeout", "02 read", "the head did not arrive in time", "RFC 9110 §15.5.9", ""}.row().want, fin)
	stop()
	_ = c.Close()
	if err := <-stopped; err != nil {
		t.Errorf("Shutdown = %v, want nil", err)
	}
}
