package server_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	wsgi "barewire/steps/06_wsgi"
)

// Two hundred requests are inside the application when the server stops. Each gets
// its answer, all of it.
func TestShutdownLosesNoneOf200(t *testing.T) {
	const clients = 200
	called, may := make(chan struct{}, clients), make(chan struct{})
	s := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		called <- struct{}{}
		<-may
		return say(start, long(environ.Text("QUERY_STRING")))
	})
	var asked []client
	for n := range clients {
		c := s.dial(t)
		c.say(fmt.Sprintf("GET /?%d HTTP/1.1\r\nHost: x\r\n\r\n", n))
		asked = append(asked, c)
	}
	for range clients {
		await(t, called, "the application is called for each")
	}
	stopped := stopping(t, s, context.Background())
	select {
	case err := <-stopped:
		t.Errorf("Shutdown = %v before a request is served", err)
	default:
	}
	close(may)
	for n, c := range asked {
		text := long(fmt.Sprint(n))
		c.wantRest(fmt.Sprintf("%s%sContent-Length: %d\r\n%s%s\r\n%s", ok, plain, len(text), stamp, bye, text), fin)
		_ = c.Close()
	}
	if err := <-stopped; err != nil {
		t.Errorf("Shutdown = %v, want nil", err)
	}
}

// long is a text that takes several packets, and that no other token has.
func long(token string) string { return strings.Repeat(token+"\n", 4000) }

// The server stops while requests are on their way to it, from clients who go on as
// long as somebody listens. Each request is answered whole or not at all: half an
// answer never comes.
func TestShutdownUnderLoad(t *testing.T) {
	const (
		each   = 12 // clients of a kind
		warmth = 5  // answers that each has had before the server stops
	)
	kinds := []hurried{
		{"keep-alive", 1, true},
		{"pipelined", 8, true},
		{"a new connection for each request", 1, false},
	}
	s := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		return say(start, long(environ.Text("QUERY_STRING")))
	})
	var clients sync.WaitGroup
	warm := make(chan struct{}, len(kinds)*each)
	for k, kind := range kinds {
		for n := range each {
			clients.Add(1)
			go func() {
				defer clients.Done()
				had := 0
				err := kind.ask(s.addr, fmt.Sprintf("%d-%d", k, n), func() {
					if had++; had == warmth {
						warm <- struct{}{}
					}
				})
				if err != nil {
					t.Errorf("%s: %v", kind.name, err)
				}
			}()
		}
	}
	for range len(kinds) * each {
		await(t, warm, "each client is answered")
	}
	s.stop(t)
	clients.Wait()
}

// A hurried client asks for one text after another.
type hurried struct {
	name   string
	atOnce int  // requests in one write
	stays  bool // on its connection
}

// ask asks until nobody listens, and tells of each right answer.
func (h hurried) ask(addr, token string, answered func()) error {
	for n := 0; ; n++ {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return nil
		}
		err = errors.Join(h.converse(conn, fmt.Sprintf("%s-%d", token, n), answered), conn.Close())
		if err != nil {
			return err
		}
	}
}

// converse asks until the server ends the connection, which it may do behind an
// answer, but not inside one.
func (h hurried) converse(conn net.Conn, token string, answered func()) error {
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	r := bufio.NewReader(conn)
	for round := 0; round == 0 || h.stays; round++ {
		var requests string
		text := func(n int) string { return fmt.Sprintf("%s-%d-%d", token, round, n) }
		for n := range h.atOnce {
			requests += "GET /?" + text(n) + " HTTP/1.1\r\nHost: x\r\n\r\n"
		}
		_, _ = io.WriteString(conn, requests) // reading tells whether it went well
		for n := range h.atOnce {
			switch _, err := r.Peek(1); {
			case errors.Is(err, os.ErrDeadlineExceeded):
				return errors.New("the connection neither goes on nor ends")
			case err != nil:
				return nil
			}
			answer, err := http.ReadResponse(r, nil)
			if err != nil {
				return fmt.Errorf("half a head: %w", err)
			}
			if got, err := io.ReadAll(answer.Body); string(got) != long(text(n)) || err != nil {
				return fmt.Errorf("to %s the server says %d bytes, %.80q, and %v", text(n), len(got), got, err)
			}
			answered()
			if answer.Close {
				return nil
			}
		}
	}
	return nil
}
