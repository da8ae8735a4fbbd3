package listen_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	listen "barewire/steps/01_listen"
)

// The client is still sending when the server has answered and says goodbye.
// With a bare conn.Close it would get a reset instead of the answer's end.
func TestGoodbyeDeliversTheAnswer(t *testing.T) {
	answer := bytes.Repeat([]byte("answer\n"), 100_000)
	listener := listenOnLoopback(t)
	go listen.Accept(listener, func(conn net.Conn) {
		_, _ = io.ReadFull(conn, make([]byte, 1)) // the rest of it stays unread
		_, _ = conn.Write(answer)
		listen.Goodbye(conn)
	})

	conn := dial(t, listener)
	sent := make(chan error)
	go func() {
		_, err := conn.Write(make([]byte, 4<<20))
		sent <- errors.Join(err, conn.CloseWrite())
	}()
	got, err := io.ReadAll(conn)
	if err != nil || !bytes.Equal(got, answer) {
		t.Errorf("the client got %d bytes and %v, want %d and no error", len(got), err, len(answer))
	}
	if err := <-sent; err != nil {
		t.Errorf("the client could not send all it had: %v", err)
	}
}

// Nobody may keep the server by staying on the line.
func TestGoodbyeEnds(t *testing.T) {
	clients := []struct {
		name string
		talk func(conn *net.TCPConn)
	}{
		{"though the client never closes", func(*net.TCPConn) {}},
		{"though the client never stops", func(conn *net.TCPConn) {
			_, _ = io.Copy(onlyWriter{conn}, forever{})
		}},
		{"when the client closes", func(conn *net.TCPConn) { _ = conn.Close() }},
	}
	for _, client := range clients {
		t.Run(client.name, func(t *testing.T) {
			t.Parallel()
			listener := listenOnLoopback(t)
			ended := make(chan struct{})
			go listen.Accept(listener, func(conn net.Conn) {
				listen.Goodbye(conn)
				if _, err := conn.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
					t.Errorf("after Goodbye, Write gives %v, want %v", err, net.ErrClosed)
				}
				close(ended)
			})
			conn := dial(t, listener)
			go client.talk(conn)
			select {
			case <-ended:
			case <-time.After(patience):
				t.Error("Goodbye goes on")
			}
		})
	}
}

// What Goodbye does, in order, on connections that fail at one point or another.
func TestGoodbyeInOrder(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		name string
		conn *scriptedConn
		want string
	}{
		{"the client closes at once", &scriptedConn{}, "CloseWrite SetReadDeadline Read Close"},
		{"the client talks a little", &scriptedConn{input: "xx"}, "CloseWrite SetReadDeadline Read Read Read Close"},
		{"the client is silent", &scriptedConn{end: os.ErrDeadlineExceeded}, "CloseWrite SetReadDeadline Read Close"},
		{"the half close fails", &scriptedConn{closeWrite: broken, input: "xx"}, "CloseWrite Close"},
		{"the deadline fails", &scriptedConn{deadline: broken, input: "xx"}, "CloseWrite SetReadDeadline Close"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.conn.t = t
			listen.Goodbye(test.conn)
			if got := strings.Join(test.conn.calls, " "); got != test.want {
				t.Errorf("Goodbye calls %s, want %s", got, test.want)
			}
		})
	}
}

// A client that is faster than the clock is stopped too.
func TestGoodbyeBoundsTheBytes(t *testing.T) {
	conn := &endlessConn{}
	listen.Goodbye(conn)
	if conn.read >= enough {
		t.Errorf("Goodbye reads %d bytes and goes on", conn.read)
	}
}

// Some connections have no half close. Then there is nothing to wait for.
func TestGoodbyeWithoutHalfClose(t *testing.T) {
	scripted := &scriptedConn{t: t, input: "xx"}
	listen.Goodbye(struct{ net.Conn }{scripted})
	if got := strings.Join(scripted.calls, " "); got != "Close" {
		t.Errorf("Goodbye calls %s, want Close", got)
	}
}

// A scriptedConn writes down what is done to it.
type scriptedConn struct {
	net.Conn
	t                    *testing.T
	closeWrite, deadline error  // what these methods return
	input                string // what the client still says, a byte for each read
	end                  error  // what comes after it, io.EOF if nothing else is said
	calls                []string
}

func (c *scriptedConn) CloseWrite() error {
	c.calls = append(c.calls, "CloseWrite")
	return c.closeWrite
}

func (c *scriptedConn) SetReadDeadline(time.Time) error {
	c.calls = append(c.calls, "SetReadDeadline")
	return c.deadline
}

func (c *scriptedConn) Read(p []byte) (int, error) {
	if c.calls = append(c.calls, "Read"); len(c.calls) > 100 {
		c.t.Fatal("Read gives an error, and Goodbye reads on") // or the test would not end
	}
	switch {
	case c.input != "":
		n := copy(p, c.input[:1])
		c.input = c.input[1:]
		return n, nil
	case c.end != nil:
		return 0, c.end
	}
	return 0, io.EOF
}

func (c *scriptedConn) Close() error {
	c.calls = append(c.calls, "Close")
	return nil
}

// enough is more than any goodbye should take.
const enough = 1 << 30

// An endlessConn has more to say, whenever it is asked.
type endlessConn struct {
	scriptedConn
	read int
}

func (c *endlessConn) Read(p []byte) (int, error) {
	if c.read >= enough {
		return 0, io.EOF // or the test would not end
	}
	c.read += len(p)
	return len(p), nil
}

// forever is what a client says that never stops.
type forever struct{}

func (forever) Read(p []byte) (int, error) { return len(p), nil }

// onlyWriter hides a connection's short cuts for copying.
type onlyWriter struct{ io.Writer }
