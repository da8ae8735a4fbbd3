package send_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"barewire/internal/send"
)

const get = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"

// TestTranscript has a server for each row, and compares the whole transcript.
// The servers read all of the request before they answer, where not said
// otherwise, and what they do at the end is what the last line tells.
func TestTranscript(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		request send.Request
		server  func(conn *net.TCPConn, seen *screen)
		want    string
	}{
		{
			"one write, one read, FIN",
			send.Request{Bytes: []byte(get)},
			answer(len(get), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi\n"),
			`
sending 32 B to SERVER   < the client says   > the server says
< GET /hello HTTP/1.1                               write 1                 32 B
< Host: x
<
> HTTP/1.1 200 OK                                   read 1                  41 B
> Content-Length: 3
>
> hi\n
== the server closed the connection (FIN)
`},
		{
			"arrows as curl draws them",
			send.Request{Bytes: []byte(get), Curl: true},
			answer(len(get), "HTTP/1.1 204 No Content\r\n\r\n"),
			`
sending 32 B to SERVER   > the client says   < the server says
> GET /hello HTTP/1.1                               write 1                 32 B
> Host: x
>
< HTTP/1.1 204 No Content                           read 1                  27 B
<
== the server closed the connection (FIN)
`},
		{
			"a request in pieces",
			send.Request{Bytes: []byte(get), Piece: 17, Pause: time.Millisecond},
			answer(len(get), "ok"),
			`
sending 32 B to SERVER   < the client says   > the server says
< GET /hello HTTP/1                                 write 1                 17 B
< .1                                                write 2 from byte 18    15 B
< Host: x
<
> ok                                                read 1                   2 B
== the server closed the connection (FIN)
`},
		{
			"pieces that cut a line end",
			send.Request{Bytes: []byte("a: b\r\n\r\n"), Piece: 5},
			answer(8, "ok"),
			`
sending 8 B to SERVER   < the client says   > the server says
< a: b\r                                            write 1                  5 B
< \n                                                write 2 from byte 6      3 B
<
> ok                                                read 1                   2 B
== the server closed the connection (FIN)
`},
		{
			"one byte at a time",
			send.Request{Bytes: []byte("hi\r\n"), Piece: 1},
			answer(4, "ok"),
			`
sending 4 B to SERVER   < the client says   > the server says
< h                                                 write 1                  1 B
< i                                                 write 2 from byte 2      1 B
< \r                                                write 3 from byte 3      1 B
< \n                                                write 4 from byte 4      1 B
> ok                                                read 1                   2 B
== the server closed the connection (FIN)
`},
		{
			"an answer in two reads, cut inside a line",
			send.Request{Bytes: []byte(get)},
			func(conn *net.TCPConn, seen *screen) {
				read(conn, len(get))
				write(conn, "HTTP/1.1 200 OK\r\nServer: ")
				seen.await("read 1")
				write(conn, "barewire\r\n\r\n")
			},
			`
sending 32 B to SERVER   < the client says   > the server says
< GET /hello HTTP/1.1                               write 1                 32 B
< Host: x
<
> HTTP/1.1 200 OK                                   read 1                  25 B
> Server:SPACE
> barewire                                          read 2 from byte 9      12 B
>
== the server closed the connection (FIN)
`},
		{
			"bare line ends",
			send.Request{Bytes: []byte("GET / HTTP/1.1\nHost: x\ry\r\r\n\n")},
			answer(28, "one\ntwo\rthree"),
			`
sending 28 B to SERVER   < the client says   > the server says
< GET / HTTP/1.1\n                                  write 1                 28 B
< Host: x\ry\r
< \n
> one\n                                             read 1                  13 B
> two\rthree
== the server closed the connection (FIN)
`},
		{
			"hostile bytes from both sides",
			send.Request{Bytes: []byte("\x00\xff\u202e\r\n")},
			answer(7, "\x1b[2J\u009b\x9b\u200b\tno terminal é obeys\r\n"),
			`
sending 7 B to SERVER   < the client says   > the server says
< \x00\xff\u202e                                    write 1                  7 B
> \x1b[2J\u009b\x9b\u200b\tno terminal é obeys      read 1                  33 B
== the server closed the connection (FIN)
`},
		{
			"a line longer than the column",
			send.Request{Bytes: []byte("GET /" + strings.Repeat("a", 60) + "\r\n")},
			answer(67, "ok"),
			`
sending 67 B to SERVER   < the client says   > the server says
< GET /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  write 1                 67 B
> ok                                                read 1                   2 B
== the server closed the connection (FIN)
`},
		{
			"a very long line",
			send.Request{Bytes: []byte(strings.Repeat("a", 8000) + "\r\n")},
			answer(8002, "ok"),
			`
sending 8002 B to SERVER   < the client says   > the server says
< ` + strings.Repeat("a", 300) + `… 7700 B more  write 1               8002 B
> ok                                                read 1                   2 B
== the server closed the connection (FIN)
`},
		{
			"a reset",
			send.Request{Bytes: []byte("hi\r\n")},
			func(conn *net.TCPConn, _ *screen) {
				read(conn, 4)
				reset(conn)
			},
			`
sending 4 B to SERVER   < the client says   > the server says
< hi                                                write 1                  4 B
== the server reset the connection (RST)
`},
		{
			"a reset behind an answer",
			send.Request{Bytes: []byte("hi\r\n")},
			func(conn *net.TCPConn, seen *screen) {
				read(conn, 4)
				write(conn, "ok")
				seen.await("read 1")
				reset(conn)
			},
			`
sending 4 B to SERVER   < the client says   > the server says
< hi                                                write 1                  4 B
> ok                                                read 1                   2 B
== the server reset the connection (RST)
`},
		{
			"a connection that stays open",
			send.Request{Bytes: []byte("hi\r\n"), Wait: 100 * time.Millisecond},
			func(conn *net.TCPConn, seen *screen) {
				read(conn, 4)
				seen.await("so we leave")
			},
			`
sending 4 B to SERVER   < the client says   > the server says
< hi                                                write 1                  4 B
== still open after 100 ms of silence, so we leave
`},
		{
			"half a close",
			send.Request{Bytes: []byte("hi\r\n"), HalfClose: true},
			func(conn *net.TCPConn, _ *screen) {
				got, err := io.ReadAll(conn) // ends when the client is done
				write(conn, fmt.Sprintf("%d %v", len(got), err))
			},
			`
sending 4 B and FIN to SERVER   < the client says   > the server says
< hi                                                write 1                  4 B
> 4 <nil>                                           read 1                   7 B
== the server closed the connection (FIN)
`},
		{
			"half a close of nothing",
			send.Request{HalfClose: true},
			func(conn *net.TCPConn, _ *screen) {
				got, err := io.ReadAll(conn)
				write(conn, fmt.Sprintf("%d %v", len(got), err))
			},
			`
sending 0 B and FIN to SERVER   < the client says   > the server says
> 0 <nil>                                           read 1                   7 B
== the server closed the connection (FIN)
`},
		{
			"nothing to say",
			send.Request{},
			answer(0, "who is there?\n"),
			`
sending 0 B to SERVER   < the client says   > the server says
> who is there?\n                                   read 1                  14 B
== the server closed the connection (FIN)
`},
		{
			"an answer before the last piece",
			send.Request{Bytes: []byte("BAD\r\nHost: x\r\n"), Piece: 5, Pause: time.Hour},
			answer(5, "HTTP/1.1 400 Bad Request\r\n"),
			`
sending 14 B to SERVER   < the client says   > the server says
< BAD                                               write 1                  5 B
> HTTP/1.1 400 Bad Request                          read 1                  26 B
== 5 of 14 B were sent
== the server closed the connection (FIN)
`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := do(t, test.request, test.server)
			if err != nil {
				t.Errorf("Do = %v, want no error", err)
			}
			want := strings.ReplaceAll(strings.TrimPrefix(test.want, "\n"), "SPACE", " ")
			if got != want {
				t.Errorf("Do prints\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestUploadRefusedEarly checks that an answer in the middle of a long upload
// is seen, whatever becomes of the upload.
func TestUploadRefusedEarly(t *testing.T) {
	t.Parallel()
	const refusal = "HTTP/1.1 413 Content Too Large\r\n\r\n"
	upload := bytes.Repeat([]byte("x"), 1<<20)
	tests := []struct {
		name   string
		server func(conn *net.TCPConn, seen *screen)
		ending string // the lines behind the answer, numbers replaced by N
	}{
		{
			"and drained",
			func(conn *net.TCPConn, _ *screen) {
				read(conn, 4096)
				write(conn, refusal)
				_ = conn.CloseWrite()
				_, _ = io.Copy(io.Discard, conn)
			},
			`^== the server closed the connection \(FIN\)\n$`,
		},
		{
			"and reset",
			func(conn *net.TCPConn, seen *screen) {
				read(conn, 4096)
				write(conn, refusal)
				seen.await("413")
				reset(conn)
			},
			// How much the kernel took from us before is its own affair.
			`^(== \d+ of 1048576 B were sent\n)?== the server reset the connection \(RST\)\n$`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := do(t, send.Request{Bytes: upload}, test.server)
			if err != nil {
				t.Errorf("Do = %v, want no error", err)
			}
			const answer = `
> HTTP/1.1 413 Content Too Large                    read 1                  34 B
>
`
			_, ending, found := strings.Cut(got, answer)
			if !found || !regexp.MustCompile(test.ending).MatchString(ending) {
				t.Errorf("Do prints\n%s\nwant the answer\n%s\nand behind it %s", got, answer, test.ending)
			}
		})
	}
}

// TestReadsWhileItWrites meets a server that says more than any buffer holds
// before it listens. Would the client not read meanwhile, neither could go on.
func TestReadsWhileItWrites(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 32<<20)
	got, err := do(t, send.Request{Bytes: []byte(large)}, func(conn *net.TCPConn, _ *screen) {
		write(conn, large)
		read(conn, len(large))
		write(conn, "\r\nat last\r\n")
	})
	if err != nil || !strings.Contains(got, "\n> at last\n") || !strings.HasSuffix(got, "\n== the server closed the connection (FIN)\n") {
		t.Errorf("Do = %v, and prints at the end\n%s", err, got[max(0, len(got)-500):])
	}
}

// TestServerThatDoesNotListen checks that a write that cannot go on ends too.
func TestServerThatDoesNotListen(t *testing.T) {
	t.Parallel()
	request := send.Request{Bytes: make([]byte, 64<<20), Wait: 100 * time.Millisecond}
	got, err := do(t, request, func(_ *net.TCPConn, seen *screen) { seen.await("so we leave") })
	want := regexp.MustCompile(`\n== \d+ of 67108864 B were sent\n== still open after 100 ms of silence, so we leave\n$`)
	if err != nil || !want.MatchString(got) {
		t.Errorf("Do = %v, and prints\n%s\nwant at its end %s", err, got, want)
	}
}

// TestWaitsTwoSeconds checks how long a silent server is listened to when
// nobody said how long. This one has a word to say first.
func TestWaitsTwoSeconds(t *testing.T) {
	t.Parallel()
	seen := &screen{}
	addr := serve(t, func(conn *net.TCPConn) {
		write(conn, "ok")
		seen.await("so we leave")
	})
	err := send.Do(context.Background(), send.Request{Addr: addr}, seen)
	const want = `
> ok                                                read 1                   2 B
== still open after 2 s of silence, so we leave
`
	if err != nil || !strings.HasSuffix(seen.String(), want) {
		t.Errorf("Do = %v, and prints\n%s\nwant at its end %s", err, seen, want)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	seen := &screen{}
	addr := serve(t, func(conn *net.TCPConn) {
		read(conn, 2)
		cancel()
		read(conn, 1) // until the client is gone
	})
	request := send.Request{Addr: addr, Bytes: []byte("hi"), Wait: time.Hour}
	if err := send.Do(ctx, request, seen); !errors.Is(err, context.Canceled) {
		t.Errorf("Do = %v, want %v", err, context.Canceled)
	}
}

// TestNobodyThere calls port 0, where nobody can listen.
func TestNobodyThere(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := send.Do(context.Background(), send.Request{Addr: "127.0.0.1:0"}, &out); err == nil || out.Len() > 0 {
		t.Errorf("Do = %v, and prints %q, want an error only", err, out.String())
	}
}

func TestOutFails(t *testing.T) {
	t.Parallel()
	addr := serve(t, func(conn *net.TCPConn) { read(conn, 2) })
	reader, out := io.Pipe()
	_ = reader.Close()
	if err := send.Do(context.Background(), send.Request{Addr: addr, Bytes: []byte("hi")}, out); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Do = %v, want %v", err, io.ErrClosedPipe)
	}
}

// do starts a server for one connection and returns what Do prints, with
// SERVER in place of the address. Where silence is not the point, it is waited
// for as long as a slow machine may need.
func do(t *testing.T, request send.Request, server func(*net.TCPConn, *screen)) (string, error) {
	seen := &screen{}
	request.Wait = cmp.Or(request.Wait, time.Minute)
	request.Addr = serve(t, func(conn *net.TCPConn) { server(conn, seen) })
	err := send.Do(context.Background(), request, seen)
	return strings.Replace(seen.String(), request.Addr, "SERVER", 1), err
}

// serve hands one connection to handle, and closes it behind it.
func serve(t *testing.T, handle func(*net.TCPConn)) (addr string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := listener.Accept()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(30 * time.Second)) // or a failing test would hang
		handle(conn.(*net.TCPConn))
	}()
	t.Cleanup(func() {
		<-done
		_ = listener.Close()
	})
	return listener.Addr().String()
}

// answer is a server that reads size bytes, answers, and closes.
func answer(size int, text string) func(*net.TCPConn, *screen) {
	return func(conn *net.TCPConn, _ *screen) {
		read(conn, size)
		write(conn, text)
	}
}

// read, write and reset do not look at errors: the transcript would show them.
func read(conn *net.TCPConn, size int)     { _, _ = io.CopyN(io.Discard, conn, int64(size)) }
func write(conn *net.TCPConn, text string) { _, _ = io.WriteString(conn, text) }
func reset(conn *net.TCPConn)              { _, _ = conn.SetLinger(0), conn.Close() }

// A screen keeps what is printed, and lets a server wait for it.
type screen struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (s *screen) await(text string) {
	for deadline := time.Now().Add(30 * time.Second); !strings.Contains(s.String(), text) && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
}
