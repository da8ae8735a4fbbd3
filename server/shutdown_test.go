package server_test

import (
	"context"
	"errors"
	"net"
	"testing"

	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// waiting is an application that tells when it was called, and answers when it
// may.
func waiting() (app wsgi.Application, called, may chan struct{}) {
	called, may = make(chan struct{}), make(chan struct{})
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		close(called)
		<-may
		return hi(environ, start)
	}, called, may
}

// stopping begins to stop a server, and returns when it has begun.
func stopping(t *testing.T, s *site, ctx context.Context) (stopped chan error) {
	stopped = make(chan error, 1)
	go func() { stopped <- s.Shutdown(ctx) }()
	await(t, s.served, "Serve returns")
	return stopped
}

func TestShutdownEndsIdleConnections(t *testing.T) {
	s := start(t, hi)
	fresh, used := s.dial(t), s.dial(t)
	used.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	used.hear(ok + plain + "Content-Length: 3\r\n" + stamp + "\r\nhi\n")
	stopped := stopping(t, s, context.Background())
	used.wantRest("", fin)
	_ = used.Close()
	if got, _ := fresh.rest(); got != "" {
		t.Errorf("a client that said nothing is told %q", got)
	}
	_ = fresh.Close()
	if err := <-stopped; err != nil {
		t.Errorf("Shutdown = %v, want nil", err)
	}
}

// Half a head is no request that the server could finish. Its client is told.
func TestShutdownDoesNotWaitForAHead(t *testing.T) {
	heard := make(chan struct{}, 1)
	s := start(t, hi, func(s *server.Server) {
		s.Deadlines.Head = 10 * patience
		s.Observe = func(event server.Event) {
			if _, ok := event.(server.Received); ok {
				heard <- struct{}{}
			}
		}
	})
	c := s.dial(t)
	c.say("GET / HTTP/1.1\r\nHo")
	await(t, heard, "the server reads the half head")
	stopped := stopping(t, s, context.Background())
	c.wantRest(refusal{"", "", "408 Request Timeout", "02 read", "the head did not arrive in time", "RFC 9110 §15.5.9", ""}.row().want, fin)
	_ = c.Close()
	if err := <-stopped; err != nil {
		t.Errorf("Shutdown = %v, want nil", err)
	}
}

// Whoever is being served is served to the end, and told that it is the end,
// while new clients find nobody.
func TestShutdownLetsRequestsFinish(t *testing.T) {
	app, called, may := waiting()
	s := start(t, app)
	c := s.dial(t)
	c.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	await(t, called, "the application is called")
	stopped := stopping(t, s, context.Background())
	if conn, err := net.Dial("tcp", s.addr); err == nil {
		_ = conn.Close()
		t.Error("a server that stops takes a new connection")
	}
	select {
	case err := <-stopped:
		t.Errorf("Shutdown = %v before the request is served", err)
	default:
	}
	close(may)
	c.wantRest(ok+plain+"Content-Length: 3\r\n"+stamp+bye+"\r\nhi\n", fin)
	_ = c.Close()
	if err := <-stopped; err != nil {
		t.Errorf("Shutdown = %v, want nil", err)
	}
}

// A request that was sent before the server stopped may not have reached it
// yet. It is not lost, even if the server has not begun to wait for it.
func TestShutdownLosesNoRequest(t *testing.T) {
	opened, hold := make(chan struct{}), make(chan struct{})
	s := start(t, hi, func(s *server.Server) {
		s.Observe = func(event server.Event) {
			if _, is := event.(server.Opened); is {
				close(opened)
				<-hold
			}
		}
	})
	c := s.dial(t)
	c.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	await(t, opened, "the connection is accepted")
	stopped := stopping(t, s, context.Background())
	close(hold)
	c.wantRest(ok+plain+"Content-Length: 3\r\n"+stamp+bye+"\r\nhi\n", fin)
	_ = c.Close()
	if err := <-stopped; err != nil {
		t.Errorf("Shutdown = %v, want nil", err)
	}
}

// Not everybody can be waited for. When the context is done, connections are
// cut, and a body that only the end of its connection ends is seen to be cut.
func TestShutdownCutsWhatHangs(t *testing.T) {
	tests := []struct {
		name string
		send string
		app  func(may chan struct{}) wsgi.Application
		want string
		cut  ending
	}{
		{
			"an application that reads", post + "Content-Length: 5\r\n\r\n",
			func(chan struct{}) wsgi.Application { return reader },
			"", rst,
		},
		{
			"an application that streams until the end", "GET / HTTP/1.0\r\n\r\n",
			func(may chan struct{}) wsgi.Application {
				return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
					start("200 OK", nil)
					return wsgi.Stream(func(yield func([]byte, error) bool) {
						yield([]byte("one\n"), nil)
						<-may
						yield([]byte("two\n"), nil)
					})
				}
			},
			ok + stamp + bye + "\r\none\n", rst,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			may := make(chan struct{})
			called := make(chan struct{})
			s := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				close(called)
				return test.app(may)(environ, start)
			})
			c := s.dial(t)
			c.say(test.send)
			await(t, called, "the application is called")
			c.hear(test.want)
			ctx, cancel := context.WithCancel(context.Background())
			stopped := stopping(t, s, ctx)
			cancel()
			if err := <-stopped; !errors.Is(err, context.Canceled) {
				t.Errorf("Shutdown = %v, want %v", err, context.Canceled)
			}
			c.wantRest("", test.cut)
			close(may)
		})
	}
}

// A server that is full stops like any other, though somebody waits to be let in.
func TestShutdownWhenFull(t *testing.T) {
	app, called, may := waiting()
	s := start(t, app, func(s *server.Server) { s.Limits.Connections = 1 })
	served, waits := s.dial(t), s.dial(t)
	served.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	await(t, called, "the application is called")
	stopped := stopping(t, s, context.Background())
	if got, _ := waits.rest(); got != "" {
		t.Errorf("who waited is told %q", got)
	}
	close(may)
	served.wantRest(ok+plain+"Content-Length: 3\r\n"+stamp+bye+"\r\nhi\n", fin)
	_ = served.Close()
	if err := <-stopped; err != nil {
		t.Errorf("Shutdown = %v, want nil", err)
	}
}

// Stopping twice is no mistake, and neither is serving when it is too late.
func TestShutdownTwice(t *testing.T) {
	s := start(t, hi)
	s.stop(t)
	s.stop(t) // and start does so once more

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		s.Serve(listener)
		close(served)
	}()
	await(t, served, "Serve returns when the server was stopped before")
	if conn, err := net.Dial("tcp", listener.Addr().String()); err == nil {
		_ = conn.Close()
		t.Error("the listener is still open")
	}
}

// One server may serve several listeners, and stops all of them.
func TestShutdownOfTwoListeners(t *testing.T) {
	s := start(t, hi)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	other := &site{s.Server, listener.Addr().String(), make(chan struct{})}
	go func() {
		s.Serve(listener)
		close(other.served)
	}()
	s.alive(t)
	other.alive(t)
	s.stop(t)
	await(t, other.served, "Serve returns for the other listener")
}
