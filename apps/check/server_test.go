package check_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"barewire/apps/check"
	"barewire/server"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// serve serves App until the test is over, and returns its address.
func serve(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(check.App)
	s.Errors = io.Discard
	s.Now = func() time.Time { return time.Date(1994, 11, 15, 8, 12, 31, 0, time.UTC) }
	go s.Serve(listener)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// say opens a connection, sends bytes, and returns all that comes back.
func say(t *testing.T, addr, bytes string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, bytes); err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(conn)
	if err != nil {
		t.Fatalf("after %q: %v", all, err)
	}
	return string(all)
}

// request asks for a path and says that no request follows.
func request(method, target string) string {
	return method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
}

// The paths whose point is what the server puts on the wire.
func TestOnTheWire(t *testing.T) {
	const (
		plain = "Content-Type: text/plain\r\n"
		stamp = "Date: Tue, 15 Nov 1994 08:12:31 GMT\r\nServer: barewire\r\n"
		end   = "Connection: close\r\n\r\n"
		ok    = "HTTP/1.1 200 OK\r\n"
		pages = "Transfer-Encoding: chunked\r\n"
	)
	length := func(n int) string { return fmt.Sprintf("Content-Length: %d\r\n", n) }
	tests := []struct{ method, target, want string }{
		{"GET", "/", ok + plain + length(6) + stamp + end + "check\n"},
		{"GET", "/utf8", ok + "Content-Type: text/plain; charset=utf-8\r\n" + length(6) + stamp + end + "caf\xc3\xa9\n"},
		{"GET", "/stream?n=2", ok + plain + pages + stamp + end + "8\r\nchunk 1\n\r\n8\r\nchunk 2\n\r\n0\r\n\r\n"},
		{"GET", "/empty", ok + plain + pages + stamp + end + "2\r\nx\n\r\n0\r\n\r\n"},
		{"GET", "/nothing", ok + plain + length(0) + stamp + end},
		{"GET", "/late", ok + plain + pages + stamp + end + "5\r\nlate\n\r\n0\r\n\r\n"},
		{"GET", "/write", ok + plain + pages + stamp + end + "8\r\nwritten\n\r\n8\r\nyielded\n\r\n0\r\n\r\n"},
		{"GET", "/short", ok + plain + length(10) + stamp + end + "short"},
		{"GET", "/long", ok + plain + length(5) + stamp + end + "longe"},
		{"GET", "/head", ok + plain + length(6) + stamp + end + "head!\n"},
		{"HEAD", "/head", ok + plain + length(6) + stamp + end},
		{"GET", "/big?n=12", ok + plain + length(12) + stamp + end + "012345678901"},
		{"HEAD", "/big?n=1073741824", ok + plain + length(1<<30) + stamp + end},
		{"GET", "/status", "HTTP/1.1 204 No Content\r\n" + plain + stamp + end},
		{"GET", "/length", "HTTP/1.1 304 Not Modified\r\n" + plain + length(7) + stamp + end},
		{"GET", "/date", ok + plain + "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" + length(5) + "Server: barewire\r\n" + end + "date\n"},
		{"GET", "/replace", "HTTP/1.1 500 Internal Server Error\r\n" + plain + length(9) + stamp + end + "replaced\n"},
		{"GET", "/failmid", ok + plain + pages + stamp + end + "7\r\nbefore\n\r\n"},
		{"GET", "/toolate", ok + plain + pages + stamp + end + "7\r\nbefore\n\r\n"},
	}
	addr := serve(t)
	for _, test := range tests {
		if got := say(t, addr, request(test.method, test.target)); !sameFields(got, test.want) {
			t.Errorf("%s %s is answered\n%q, want\n%q", test.method, test.target, got, test.want)
		}
	}
}

// sameFields compares two responses; the order of their fields does not matter.
func sameFields(got, want string) bool {
	gotHead, gotBody, _ := strings.Cut(got, "\r\n\r\n")
	wantHead, wantBody, _ := strings.Cut(want, "\r\n\r\n")
	return gotBody == wantBody && sorted(gotHead) == sorted(wantHead)
}

// What breaks the contract before the head is out becomes a 500.
func TestBrokenOnTheWire(t *testing.T) {
	addr := serve(t)
	for _, path := range []string{"/crlf", "/hop", "/badstatus", "/twice", "/nostart", "/fail", "/emptyfail", "/status?code=100", "/status?code=600"} {
		got := say(t, addr, request("GET", path))
		if !strings.HasPrefix(got, "HTTP/1.1 500 Internal Server Error\r\n") || strings.Contains(got, "\nInjected") {
			t.Errorf("GET %s is answered %q, want 500", path, got)
		}
	}
}

// /closed counts each body of /close: after GET, after HEAD, and in a row of
// requests on one connection.
func TestClosed(t *testing.T) {
	addr := serve(t)
	_, before, _ := strings.Cut(say(t, addr, request("GET", "/closed")), "\r\n\r\n")
	get := "GET /close HTTP/1.1\r\nHost: x\r\n\r\n"
	got := say(t, addr, get+strings.Replace(get, "GET", "HEAD", 1)+get+request("GET", "/closed"))
	var n int
	if _, err := fmt.Sscan(before, &n); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("\r\n\r\n%d\n", n+3); !strings.HasSuffix(got, want) {
		t.Errorf("after three answers of /close the end is %q, want %q", got, want)
	}
	if got := strings.Count(got, "close\n"); got != 2 {
		t.Errorf("the body came %d times, want 2: HEAD has none", got)
	}
}

// Two wait at the same time, and each gets its own name.
func TestSlow(t *testing.T) {
	addr := serve(t)
	began := time.Now()
	first, second := make(chan string, 1), make(chan string, 1)
	go func() { first <- say(t, addr, request("GET", "/slow?ms=50&name=ada")) }()
	go func() { second <- say(t, addr, request("GET", "/slow?ms=50&name=bob")) }()
	if got := <-first; !strings.HasSuffix(got, "\r\n\r\nada\n") {
		t.Errorf("ada is answered %q", got)
	}
	if got := <-second; !strings.HasSuffix(got, "\r\n\r\nbob\n") {
		t.Errorf("bob is answered %q", got)
	}
	if took := time.Since(began); took < 50*time.Millisecond {
		t.Errorf("both took %v, want 50 ms or more", took)
	}
}

// What a request leaves of its body is not taken for the next request.
func TestLeftOver(t *testing.T) {
	addr := serve(t)
	post := "POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nping"
	got := say(t, addr, post+strings.Replace(post, "/unread", "/first?n=2", 1)+request("GET", "/"))
	bodies := []string{"\r\n\r\nunread\n", "\r\n\r\npi", "\r\n\r\ncheck\n"}
	for _, body := range bodies {
		_, rest, found := strings.Cut(got, body)
		if !found {
			t.Fatalf("%q lacks %q", got, body)
		}
		got = rest
	}
	if got != "" {
		t.Errorf("behind the answers comes %q", got)
	}
}

// A body in chunks is read to its end.
func TestChunkedBody(t *testing.T) {
	addr := serve(t)
	got := say(t, addr, "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\npi\r\n2\r\nng\r\n0\r\n\r\n")
	if !strings.HasSuffix(got, "\r\n\r\nping") {
		t.Errorf("the answer is %q, want ping", got)
	}
}
