//go:build linux

package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// TestMain is one of the servers when the program starts itself.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "-serve" {
		_ = serve(os.Args[2], "")
		return
	}
	os.Exit(m.Run())
}

// TestPeers checks that all servers are asked for the same: they answer alike.
func TestPeers(t *testing.T) {
	b := &bench{ctx: context.Background(), second: 20 * time.Millisecond}
	peers, err := installed(b.ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range peers {
		t.Run(p.name, func(t *testing.T) {
			server, err := b.start(p)
			if err != nil {
				t.Fatal(err)
			}
			defer server.stop()
			wantAnswer(t, server, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "Hello world!\n", !p.stranger)
			wantAnswer(t, server, last, "Hello world!\n", !p.stranger)
			wantAnswer(t, server, browser("/?page=0001"), "Hello world!\n", !p.stranger)
			if !p.stranger {
				wantAnswer(t, server, "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", "5\n", true)
			}
			wantLoads(t, b, server)
			if cpu, err := server.cpu(), server.memoryKnown(); cpu == 0 || err != nil {
				t.Errorf("it has used %v of CPU time and %v, want some", cpu, err)
			}
		})
	}
}

// memoryKnown tells why the memory cannot be measured.
func (s *process) memoryKnown() error {
	_, err := s.memory()
	return err
}

// wantAnswer asks on a connection of its own.
func wantAnswer(t *testing.T, server *process, request, want string, stamped bool) {
	t.Helper()
	conn, err := dial(server.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 || string(text) != want || answer.ContentLength != int64(len(want)) {
		t.Errorf("%q is answered %s with %q of %d bytes and %v, want 200 OK with %q", request, answer.Status, text, answer.ContentLength, err, want)
	}
	if got := answer.Header.Get("Content-Type"); got != "text/plain" {
		t.Errorf("%q is answered with the type %q, want text/plain", request, got)
	}
	if stamped && (answer.Header.Get("Date") == "" || answer.Header.Get("Server") == "") {
		t.Errorf("%q is answered without Date or Server: %v", request, answer.Header)
	}
}

// wantLoads wants each load that suits a server to be answered.
func wantLoads(t *testing.T, b *bench, server *process) {
	t.Helper()
	loads := []load{{3, 1, []string{last}, true}}
	if !server.peer.closes {
		loads = append(loads, load{3, 1, []string{bare}, false}, load{3, 1, wanderer(), false})
	}
	if !server.peer.stranger {
		loads = append(loads, load{3, 16, []string{bare}, false})
	}
	for _, l := range loads {
		answers, took, _, err := l.drive(b.ctx, server, b.second)
		for answers == 0 && err == nil { // on a machine that is busy
			answers, took, _, err = l.drive(b.ctx, server, b.second)
		}
		if err != nil || took <= 0 {
			t.Errorf("%d clients, %d deep, closing %v: %v", l.clients, l.depth, l.closing, err)
		}
	}
}

// TestWrongAnswers has a load meet servers that do not do what they should.
func TestWrongAnswers(t *testing.T) {
	const good = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello world!\n"
	tests := []struct {
		name    string
		answers []string // the first is that of the question before the load
		closing bool
		want    string
	}{
		{"an error", []string{"HTTP/1.1 500 Oops\r\nContent-Length: 13\r\n\r\nHello world!\n"}, false, "a wrong answer"},
		{"an error later", []string{good, "HTTP/1.1 500 No\r\nContent-Length: 13\r\n\r\nHello world!\n"}, false, "a wrong answer"},
		{"another text", []string{good, strings.Replace(good, "world", "there", 1)}, false, "a wrong answer"},
		{"too much", []string{good, good + "!"}, false, "longer than the first"},
		{"too little", []string{good, good[:20]}, false, "closes after 20 of 52 bytes"},
		{"an end that was not asked for", []string{good, good}, false, "closes after 0 of 52 bytes"},
		{"an end too early", []string{good, good[:20]}, true, "closes after 20 of 52 bytes"},
		{"no length", []string{"HTTP/1.1 200 OK\r\n\r\nHello world!\n"}, false, "does not tell its length"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := &process{addr: says(t, test.answers), pid: os.Getpid()}
			l := load{1, 1, []string{bare}, test.closing}
			_, _, _, err := l.drive(context.Background(), server, patience)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the load ends with %v, want %q", err, test.want)
			}
		})
	}
}

// says listens, and gives one answer on each connection, in this order; the last
// again and again.
func says(t *testing.T, answers []string) (addr string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for i := 0; ; i++ {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			// An error is seen by the client too.
			_, _ = conn.Read(make([]byte, 1<<10))
			_, _ = io.WriteString(conn, answers[min(i, len(answers)-1)])
			_ = conn.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, conn)
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}
