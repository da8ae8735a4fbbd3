package poke_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"barewire/tui/poke"
)

// meet starts a server for one connection, and closes it behind handle.
func meet(t *testing.T, handle func(conn *net.TCPConn)) (address string) {
	t.Helper()
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

// read and write do not look at errors: the Outcome would show them.
func read(conn net.Conn, size int)     { _, _ = io.CopyN(io.Discard, conn, int64(size)) }
func write(conn net.Conn, text string) { _, _ = io.WriteString(conn, text) }

func say(text string) poke.Move { return poke.Move{Say: []byte(text)} }

func TestSendEndings(t *testing.T) {
	gone := make(chan struct{})
	tests := []struct {
		name    string
		script  []poke.Move
		silence time.Duration
		server  func(conn *net.TCPConn)
		back    string
		sent    int
		want    poke.Ending
		words   string
	}{
		{
			"the server closes", []poke.Move{say("hi")}, time.Minute,
			func(conn *net.TCPConn) { read(conn, 2); write(conn, "ho") },
			"ho", 2, poke.Closed, "the server closed the connection (FIN)",
		},
		{
			"the server resets", []poke.Move{say("hi")}, time.Minute,
			func(conn *net.TCPConn) { read(conn, 2); _ = conn.SetLinger(0) },
			"", 2, poke.Reset, "the server reset the connection (RST)",
		},
		{
			"the server is silent", []poke.Move{say("hi")}, 50 * time.Millisecond,
			func(conn *net.TCPConn) { read(conn, 2); read(conn, 1) },
			"", 2, poke.StillOpen, "still open after 50ms of silence, so we left",
		},
		{
			"the client says that it is done", []poke.Move{say("hi"), {HalfClose: true}}, time.Minute,
			func(conn *net.TCPConn) {
				heard, _ := io.ReadAll(conn)
				write(conn, strings.ToUpper(string(heard)))
			},
			"HI", 2, poke.Closed, "the server closed the connection (FIN)",
		},
		{
			"the client leaves", []poke.Move{say("hi"), {Leave: true}}, time.Minute,
			func(conn *net.TCPConn) { _, _ = io.ReadAll(conn); close(gone) },
			"", 2, poke.Left, "we left",
		},
		{
			"the server does not wait for the rest", []poke.Move{say("hi"), {Wait: time.Hour}, say("there")}, time.Minute,
			func(conn *net.TCPConn) { read(conn, 2); write(conn, "no") },
			"no", 2, poke.Closed, "the server closed the connection (FIN)",
		},
		{
			"the client waits for an answer", []poke.Move{say("hi"), {Await: time.Hour}, say("there"), {Await: time.Hour}}, time.Minute,
			func(conn *net.TCPConn) {
				read(conn, 2)
				write(conn, "one")
				read(conn, 5)
				write(conn, "two")
			},
			"onetwo", 7, poke.Closed, "the server closed the connection (FIN)",
		},
		{
			"the client waits for an answer that does not come", []poke.Move{say("hi"), {Await: time.Millisecond}, say("there")}, time.Minute,
			func(conn *net.TCPConn) { read(conn, 7) },
			"", 7, poke.Closed, "the server closed the connection (FIN)",
		},
		{
			"what came before a word is no answer to it", []poke.Move{say("1"), {Await: time.Hour}, {Wait: 40 * time.Millisecond}, say("2"), {Await: time.Hour}, say("3")}, time.Minute,
			func(conn *net.TCPConn) {
				read(conn, 1)
				write(conn, "a")
				time.Sleep(20 * time.Millisecond)
				write(conn, "b") // late: the first Await is over
				read(conn, 1)
				_ = conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
				n, _ := conn.Read(make([]byte, 1))
				_ = conn.SetReadDeadline(time.Now().Add(30 * time.Second))
				write(conn, fmt.Sprint(n))
				read(conn, 1-n)
			},
			"ab0", 3, poke.Closed, "the server closed the connection (FIN)",
		},
		{
			"the server speaks first, and nothing is said", nil, time.Minute,
			func(conn *net.TCPConn) { write(conn, "who is there?") },
			"who is there?", 0, poke.Closed, "the server closed the connection (FIN)",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := poke.Server{Address: meet(t, test.server), Silence: test.silence}
			outcome, err := server.Send(context.Background(), test.script)
			if err != nil {
				t.Fatalf("Send = %v, want no error", err)
			}
			if string(outcome.Bytes()) != test.back || outcome.Size != int64(len(test.back)) {
				t.Errorf("came back %q, %d bytes, want %q", outcome.Bytes(), outcome.Size, test.back)
			}
			if outcome.Sent != test.sent || outcome.Total != len(said(test.script)) {
				t.Errorf("sent %d of %d bytes, want %d of %d", outcome.Sent, outcome.Total, test.sent, len(said(test.script)))
			}
			if outcome.Ending != test.want || outcome.Ended() != test.words {
				t.Errorf("the end is %d, %q, want %d, %q", outcome.Ending, outcome.Ended(), test.want, test.words)
			}
		})
	}
	<-gone // the server has noticed
}

// What the server writes apart is read apart, when the client says something in
// between.
func TestSendKeepsReadsApart(t *testing.T) {
	address := meet(t, func(conn *net.TCPConn) {
		write(conn, "one")
		read(conn, 1)
		write(conn, "two")
	})
	script := []poke.Move{{Await: time.Minute}, say("x")}
	outcome, err := poke.Server{Address: address, Silence: time.Minute}.Send(context.Background(), script)
	if err != nil || len(outcome.Reads) != 2 || string(outcome.Reads[0].Bytes) != "one" || string(outcome.Reads[1].Bytes) != "two" {
		t.Errorf("Send = %q, %v, want two reads", outcome.Reads, err)
	}
	if len(outcome.Reads) == 2 && outcome.Reads[1].At < outcome.Reads[0].At {
		t.Errorf("read at %v, then at %v", outcome.Reads[0].At, outcome.Reads[1].At)
	}
}

// A server may talk without end. So much is kept, and so much is listened to.
func TestSendIsBounded(t *testing.T) {
	block := bytes.Repeat([]byte("x"), 64<<10)
	address := meet(t, func(conn *net.TCPConn) {
		for {
			if _, err := conn.Write(block); err != nil {
				return
			}
		}
	})
	outcome, err := poke.Server{Address: address}.Send(context.Background(), nil)
	if err != nil || outcome.Ending != poke.Enough || len(outcome.Bytes()) != 256<<10 || outcome.Size <= 16<<20 || outcome.Size > 17<<20 {
		t.Errorf("Send = %v, %d bytes kept of %d, %s", err, len(outcome.Bytes()), outcome.Size, outcome.Ended())
	}
}

// While somebody holds the request, the server's silence does not count, and
// neither does a silence in which it was let go.
func TestSendWaitsWhileHeld(t *testing.T) {
	const silence = 10 * time.Millisecond
	var asked atomic.Int32
	letGo := make(chan struct{})
	address := meet(t, func(conn *net.TCPConn) {
		read(conn, 2)
		<-letGo
		write(conn, "at last")
	})
	server := poke.Server{Address: address, Silence: silence, Held: func() bool {
		switch asked.Add(1) {
		case 3:
			return false // let go, and it gets one more silence to answer in
		case 4:
			close(letGo) // it has answered late
			return true
		}
		return true
	}}
	outcome, err := server.Send(context.Background(), []poke.Move{say("hi")})
	if err != nil || string(outcome.Bytes()) != "at last" || outcome.Ending != poke.Closed {
		t.Errorf("Send = %q, %v, %s, want the answer", outcome.Bytes(), err, outcome.Ended())
	}
}

func TestSendErrors(t *testing.T) {
	t.Run("nobody is there", func(t *testing.T) {
		if _, err := (poke.Server{Address: "127.0.0.1:0"}).Send(context.Background(), nil); err == nil {
			t.Error("Send = nil, want an error")
		}
	})
	t.Run("somebody cancels", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		address := meet(t, func(conn *net.TCPConn) {
			write(conn, "wait")
			read(conn, 2)
			cancel()
			read(conn, 1) // until the client is gone
		})
		script := []poke.Move{{Await: time.Minute}, say("hi"), {Wait: time.Hour}}
		outcome, err := poke.Server{Address: address, Silence: time.Hour}.Send(ctx, script)
		if !errors.Is(err, context.Canceled) || string(outcome.Bytes()) != "wait" {
			t.Errorf("Send = %q, %v, want what came before, and %v", outcome.Bytes(), err, context.Canceled)
		}
	})
}
