package send_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"barewire/internal/send"
)

// TestPlay has a client with two connections, of which the second speaks first.
func TestPlay(t *testing.T) {
	t.Parallel()
	addr := serveAll(t, func(conn net.Conn) {
		lines := bufio.NewScanner(conn)
		for lines.Scan() {
			write(conn.(*net.TCPConn), "you say "+lines.Text()+"\r\n")
		}
	})
	seen := &screen{}
	err := send.Play(context.Background(), send.Request{Addr: addr, Wait: time.Minute}, "99.1  two clients, RFC 0 §0", []send.Move{
		{On: 0},
		{On: 1, Bytes: []byte("one\r\n")},
		{On: 1, Await: true, Bytes: []byte("two\r\n"), Half: true},
		{On: 0, After: time.Second, Bytes: []byte("three\r\n")}, // behind the answer to two
		{On: 0, Await: true, Leave: true},
	}, seen)
	const want = `99.1  two clients, RFC 0 §0
sending 17 B to SERVER   < the client says   > the server says
== connection 2
< one                                               write 1                  5 B
> you say one                                       read 1                  13 B
< two                                               write 2                  5 B
== we say that there is no more (FIN)
> you say two                                       read 2                  13 B
== connection 1
< three                                             write 1                  7 B
> you say three                                     read 1                  15 B
== we leave (RST)
== connection 2
== the server closed the connection (FIN)
`
	if got := strings.Replace(seen.String(), addr, "SERVER", 1); err != nil || got != want {
		t.Errorf("Play = %v, and prints\n%s\nwant\n%s", err, got, want)
	}
}

func TestPlayNobodyThere(t *testing.T) {
	t.Parallel()
	err := send.Play(context.Background(), send.Request{Addr: "127.0.0.1:0"}, "", []send.Move{{Bytes: []byte("hi")}}, io.Discard)
	if err == nil {
		t.Error("Play = nil, want an error")
	}
}

func TestPlayCancelled(t *testing.T) {
	t.Parallel()
	addr := serveAll(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	err := send.Play(ctx, send.Request{Addr: addr, Wait: time.Hour}, "", []send.Move{{Bytes: []byte("hi")}}, io.Discard)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Play = %v, want %v", err, context.Canceled)
	}
}

// serveAll hands each connection to handle, and closes it behind it.
func serveAll(t *testing.T, handle func(net.Conn)) (addr string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				handle(conn)
			}()
		}
	}()
	return listener.Addr().String()
}
