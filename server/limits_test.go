package server_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// brief is short for a deadline. The tests wait for it to pass, and nothing in
// them has to be faster than it.
const brief = 80 * time.Millisecond

// Who says nothing gets no answer: there is nothing to answer.
func TestIdle(t *testing.T) {
	// The clients that say something have said it before the deadline begins.
	shortIdle := func(said chan struct{}) func(s *server.Server) {
		return func(s *server.Server) {
			s.Deadlines.Idle = brief
			s.Observe = func(event server.Event) {
				if _, opened := event.(server.Opened); opened {
					<-said
				}
			}
		}
	}
	t.Run("from the start", func(t *testing.T) {
		said := make(chan struct{})
		c := start(t, hi, shortIdle(said)).dial(t)
		close(said)
		c.wantRest("", fin)
	})
	t.Run("behind a request", func(t *testing.T) {
		said := make(chan struct{})
		c := start(t, hi, shortIdle(said)).dial(t)
		c.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		close(said)
		c.wantRest(ok+plain+"Content-Length: 3\r\n"+stamp+"\r\nhi\n", fin)
	})
	// The deadline is the client's, not the application's.
	t.Run("not while the application works", func(t *testing.T) {
		said := make(chan struct{})
		c := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			time.Sleep(2 * brief)
			return reader(environ, start)
		}, shortIdle(said)).dial(t)
		c.say(post + "Connection: close\r\nContent-Length: 5\r\n\r\nhello")
		close(said)
		c.wantRest(ok+plain+"Content-Length: 8\r\n"+stamp+bye+"\r\n\"hello\"\n", fin)
	})
	// An empty line is no request yet.
	t.Run("behind an empty line", func(t *testing.T) {
		c := start(t, hi, func(s *server.Server) { s.Deadlines.Head = brief }).dial(t)
		c.say("\r\n")
		c.wantRest("", fin)
	})
}

// Who takes too long is told so.
func TestTooSlow(t *testing.T) {
	lateHead := refusal{"", "", "408 Request Timeout", "02 read", "the head did not arrive in time", "RFC 9110 §15.5.9", ""}.row().want
	lateBody := refusal{"", "", "408 Request Timeout", "05 body", "the body did not arrive in time", "RFC 9110 §15.5.9", ""}.row().want
	slow := func(s *server.Server) { s.Deadlines.Head, s.Deadlines.Body = brief, brief }

	t.Run("a head that stops", func(t *testing.T) {
		c := start(t, hi, slow).dial(t)
		c.say("GET / HTTP/1.1\r\nHo")
		c.wantRest(lateHead, fin)
	})
	// The deadline is for the whole head: a byte now and then does not move it.
	t.Run("a head that drips", func(t *testing.T) {
		c := start(t, hi, slow).dial(t)
		c.say("GET / HTTP/1.1\r\nHost: x\r\nA: ")
		stop := drip(c)
		c.wantRest(lateHead, fin)
		stop()
	})
	t.Run("a body that stops", func(t *testing.T) {
		c := start(t, reader, slow).dial(t)
		c.say(post + "Content-Length: 5\r\n\r\nhell")
		c.wantRest(lateBody, fin)
	})
	// A byte now and then is no progress.
	t.Run("a body that drips", func(t *testing.T) {
		c := start(t, reader, slow).dial(t)
		c.say(post + "Content-Length: 5000\r\n\r\n")
		stop := drip(c)
		c.wantRest(lateBody, fin)
		stop()
	})
	t.Run("a body that drips in chunks", func(t *testing.T) {
		c := start(t, reader, slow).dial(t)
		c.say(post + "Transfer-Encoding: chunked\r\n\r\nfff\r\n")
		stop := drip(c)
		c.wantRest(lateBody, fin)
		stop()
	})
	t.Run("a body that stops, and nobody cares", func(t *testing.T) {
		c := start(t, swallower, slow).dial(t)
		c.say(post + "Content-Length: 5\r\n\r\nhell")
		c.wantRest(lateBody, fin)
	})
	// The answer is out, and what is left of the body never comes: no next
	// request can be found on this connection.
	t.Run("a body that stops, and nobody reads", func(t *testing.T) {
		c := start(t, hi, slow).dial(t)
		c.say(post + "Content-Length: 5\r\n\r\nhell")
		c.wantRest(ok+plain+"Content-Length: 3\r\n"+stamp+"\r\nhi\n", fin)
	})
}

// Who brings 16 KiB now and then has patience again each time, if all of it takes
// longer than the deadline.
func TestABodyThatComesSteadily(t *testing.T) {
	const pieces = 14
	c := start(t, counter, func(s *server.Server) { s.Deadlines.Body = 10 * brief }).dial(t)
	c.say(post + fmt.Sprintf("Connection: close\r\nContent-Length: %d\r\n\r\n", pieces*16<<10))
	for range pieces {
		time.Sleep(brief)
		c.say(strings.Repeat("x", 16<<10))
	}
	c.wantRest(ok+plain+"Content-Length: 7\r\n"+stamp+bye+"\r\n229376\n", fin)
}

// What the application does between two reads is not the client's fault.
func TestABodyThatIsReadSlowly(t *testing.T) {
	const deadline = 5 * brief
	c := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		if _, err := io.CopyN(io.Discard, environ.Input(), 5000); err != nil {
			return wsgi.Fail(err)
		}
		time.Sleep(deadline + brief)
		return counter(environ, start)
	}, func(s *server.Server) { s.Deadlines.Body = deadline }).dial(t)
	c.say(post + "Connection: close\r\nContent-Length: 15000\r\n\r\n" + strings.Repeat("x", 15000))
	c.wantRest(ok+plain+"Content-Length: 6\r\n"+stamp+bye+"\r\n10000\n", fin)
}

// counter answers with the number of bytes that it reads.
func counter(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	n, err := io.Copy(io.Discard, environ.Input())
	if err != nil {
		return wsgi.Fail(err)
	}
	return say(start, fmt.Sprintln(n))
}

// The answer is out. What is left of the body may take the time of one deadline, in
// all, before the next request: a byte now and then does not move it.
func TestALeftBodyThatDrips(t *testing.T) {
	c := start(t, hi, func(s *server.Server) { s.Deadlines.Body = brief }).dial(t)
	c.say(post + "Content-Length: 5000\r\n\r\n")
	stop := drip(c)
	c.wantRest(ok+plain+"Content-Length: 3\r\n"+stamp+"\r\nhi\n", fin)
	stop()
}

// drip sends a byte now and then.
func drip(c client) (stop func()) {
	var dripping sync.WaitGroup
	dripping.Add(1)
	stopped := make(chan struct{})
	go func() {
		defer dripping.Done()
		for {
			select {
			case <-stopped:
				return
			case <-time.After(brief / 10):
				_, _ = io.WriteString(c, "a") // whether the server still listens or not
			}
		}
	}()
	return func() {
		close(stopped)
		dripping.Wait()
	}
}

// Who never reads cannot keep an application for ever.
func TestAClientThatNeverReads(t *testing.T) {
	stopped := make(chan struct{})
	s := start(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			defer close(stopped)
			chunk := []byte(strings.Repeat("x", 1<<20))
			for yield(chunk, nil) {
			}
		})
	}, func(s *server.Server) { s.Deadlines.Write = brief })
	c := s.dial(t)
	c.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	await(t, stopped, "yield tells the application to stop")
	s.alive(t)
}

// Nor can who takes a byte now and then, when the application writes little at a
// time, and each write has a deadline of its own.
func TestAClientThatReadsAByteNowAndThen(t *testing.T) {
	stopped := make(chan struct{})
	s := start(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			defer close(stopped)
			chunk := []byte(strings.Repeat("x", 100))
			for yield(chunk, nil) {
			}
		})
	}, func(s *server.Server) { s.Deadlines.Write = brief })
	c := s.dial(t)
	c.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	for took := make([]byte, 1); ; {
		select {
		case <-stopped:
			s.alive(t)
			return
		case <-time.After(brief / 10):
			if _, err := c.Read(took); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatal("the application is kept for as long as the client likes")
			}
		}
	}
}

// Who is slow but reads on is sent everything, if the chunk takes as long as
// many deadlines.
func TestAClientThatReadsSlowly(t *testing.T) {
	const size = 32 << 20
	s := start(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		return wsgi.List{make([]byte, size)}
	}, func(s *server.Server) { s.Deadlines.Write = 10 * brief })
	c := s.dial(t)
	c.say("GET / HTTP/1.0\r\n\r\n")
	got, buf := 0, make([]byte, 1<<20)
	for {
		n, err := io.ReadFull(c, buf)
		got += n
		if err != nil {
			break
		}
		time.Sleep(brief / 2)
	}
	if got < size {
		t.Errorf("a slow client gets %d bytes, want a head and %d", got, size)
	}
}

// The limit is the server's, however many listeners it has.
func TestConnectionsLimitOfTwoListeners(t *testing.T) {
	called, may := make(chan struct{}, 2), make(chan struct{})
	s := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		called <- struct{}{}
		<-may
		return hi(environ, start)
	}, func(s *server.Server) { s.Limits.Connections = 1 })
	second, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() { s.Serve(second); close(served) }()

	const get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	first := s.dial(t)
	first.say(get)
	await(t, called, "the application is called")
	other := (&site{Server: s.Server, addr: second.Addr().String()}).dial(t)
	other.say(get)
	select {
	case <-called:
		t.Error("two connections are served at a time, want one")
	case <-time.After(brief):
	}
	close(may)
	first.hear(ok + plain + "Content-Length: 3\r\n" + stamp + "\r\nhi\n")
	_ = first.Close()
	other.hear(ok + plain + "Content-Length: 3\r\n" + stamp + "\r\nhi\n")
	_ = other.Close()
	s.stop(t)
	await(t, served, "the other Serve returns")
}

// With room for two connections, a third has to wait until one of them leaves.
func TestConnectionsLimit(t *testing.T) {
	var (
		mutex      sync.Mutex
		open, most int
	)
	s := start(t, hi, func(s *server.Server) {
		s.Limits.Connections = 2
		s.Observe = func(event server.Event) {
			mutex.Lock()
			defer mutex.Unlock()
			switch event.(type) {
			case server.Opened:
				open++
				most = max(most, open)
			case server.Gone:
				open--
			}
		}
	})
	const (
		get  = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
		want = ok + plain + "Content-Length: 3\r\n" + stamp + "\r\nhi\n"
	)
	var clients []client
	for range 6 {
		c := s.dial(t)
		c.say(get) // waits with the client for the server
		clients = append(clients, c)
	}
	clients[0].hear(want)
	for i, c := range clients[1:] {
		c.hear(want)
		_ = clients[i].Close() // the one before c, in whose place the next is served
	}
	_ = clients[5].Close()
	s.stop(t)
	if most != 2 || open != 0 {
		t.Errorf("at most %d connections were open at a time, and %d are still, want 2 and 0", most, open)
	}
}

// The last request of a connection is answered like the others, but for the word
// that it was the last. What lies behind it is not answered.
func TestRequestsLimit(t *testing.T) {
	const (
		get    = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
		answer = ok + plain + "Content-Length: 3\r\n" + stamp + "\r\nhi\n"
		last   = ok + plain + "Content-Length: 3\r\n" + stamp + bye + "\r\nhi\n"
	)
	tests := []struct {
		limit int
		want  string
	}{
		{1, last},
		{2, answer + last},
		{3, answer + answer + last},
	}
	for _, test := range tests {
		s := start(t, hi, func(s *server.Server) { s.Limits.Requests = test.limit })
		for range 2 { // each connection has as many
			c := s.dial(t)
			c.say(strings.Repeat(get, test.limit) + follower)
			c.wantRest(test.want, fin)
		}
	}
}
