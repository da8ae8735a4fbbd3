package server_test

import (
	"io"
	"net"
	"testing"
	"time"

	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// BenchmarkExchange measures a request and its answer on a connection that is
// kept, from the first byte read to the last one written. The network is left
// out: the connection is a piece of memory.
func BenchmarkExchange(b *testing.B) {
	requests := []struct {
		name string
		send string
		app  wsgi.Application
	}{
		{"GET", "GET /hello HTTP/1.1\r\nHost: localhost:8888\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n", hi},
		{"POST", "POST /hello HTTP/1.1\r\nHost: localhost:8888\r\nContent-Length: 5\r\n\r\nhello", reader},
	}
	watchers := []struct {
		name string
		set  func(*server.Server)
	}{
		{"unwatched", unwatched},
		{"watched", watched},
	}
	for _, request := range requests {
		for _, watcher := range watchers {
			b.Run(request.name+"/"+watcher.name, func(b *testing.B) {
				s := server.New(request.app)
				watcher.set(s)
				conn := &memory{request: request.send, left: b.N, closed: make(chan struct{}, 2)}
				listener := make(lone, 1)
				listener <- conn
				b.ReportAllocs()
				b.ResetTimer()
				go s.Serve(listener)
				<-conn.closed
				close(listener)
			})
		}
	}
}

// A memory is a connection whose client says the same request again and again,
// and listens to nobody.
type memory struct {
	net.Conn
	request string
	rest    string // of the one begun
	left    int
	closed  chan struct{}
}

func (m *memory) Read(p []byte) (int, error) {
	if m.rest == "" {
		if m.left == 0 {
			return 0, io.EOF
		}
		m.rest = m.request
		m.left--
	}
	n := copy(p, m.rest)
	m.rest = m.rest[n:]
	return n, nil
}

func (m *memory) Write(p []byte) (int, error) { return len(p), nil }

func (m *memory) Close() error {
	m.closed <- struct{}{} // by Goodbye, and once more by the server
	return nil
}

func (m *memory) LocalAddr() net.Addr              { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8888} }
func (m *memory) RemoteAddr() net.Addr             { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 53124} }
func (m *memory) SetReadDeadline(time.Time) error  { return nil }
func (m *memory) SetWriteDeadline(time.Time) error { return nil }

// A lone listener has the connections that are put into it.
type lone chan net.Conn

func (l lone) Accept() (net.Conn, error) {
	conn, ok := <-l
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (lone) Close() error   { return nil }
func (lone) Addr() net.Addr { return &net.TCPAddr{} }
