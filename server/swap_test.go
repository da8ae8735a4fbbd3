package server_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"barewire/apps/hello"
	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// TestSwap changes a server that runs. A connection that is open goes on as it was;
// those that come meet the change, and the numbers go on.
func TestSwap(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(hello.App)
	s.Errors = io.Discard
	var numbers []int
	opened := make(chan int, 3)
	s.Observe = func(event server.Event) {
		if event, is := event.(server.Opened); is {
			opened <- event.Conn
		}
	}
	go s.Serve(listener)
	t.Cleanup(func() {
		if err := s.Shutdown(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		numbers = append(numbers, <-opened)
		return conn
	}
	ask := func(conn net.Conn, want string) {
		t.Helper()
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		answer := make([]byte, 4096)
		n, err := conn.Read(answer)
		if err != nil || !strings.HasSuffix(string(answer[:n]), want) {
			t.Errorf("the answer is %q, %v; want %q at its end", answer[:n], err, want)
		}
	}

	before := dial()
	ask(before, "Hello, world!\n")
	s.Swap(func(s *server.Server) {
		s.App = func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", nil)
			return wsgi.Text("another\n")
		}
	})
	during := dial()
	ask(during, "another\n")
	ask(before, "Hello, world!\n")
	s.Swap(nil)
	ask(dial(), "Hello, world!\n")
	ask(during, "another\n")
	for i, number := range numbers {
		if number != i+1 {
			t.Errorf("connection %d has the number %d", i+1, number)
		}
	}
}

// TestSwapFreesTheQueue changes a server that is full. Who waits for a place gets one
// of the new server.
func TestSwapFreesTheQueue(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(hello.App)
	s.Errors = io.Discard
	go s.Serve(listener)
	t.Cleanup(func() {
		if err := s.Shutdown(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	s.Swap(func(s *server.Server) { s.Limits.Connections = 1 })
	for range 2 { // one is served, and one stands before the door
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	s.Swap(nil)
	if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil { // for a test that would hang
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(conn); err != nil || !strings.HasSuffix(string(answer), "Hello, world!\n") {
		t.Errorf("the answer is %q, %v", answer, err)
	}
}
