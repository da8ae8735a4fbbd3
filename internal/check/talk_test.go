package check

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"reflect"
	"strings"
	"testing"
	"time"
)

// passes runs a check that must pass.
func passes(t *testing.T, target Target, check *Check) {
	t.Helper()
	if result := Run(context.Background(), target, check); !result.Passed {
		var text strings.Builder
		if err := result.Text(&text); err != nil {
			t.Error(err)
		}
		t.Errorf("it failed:\n%s", text.String())
	}
}

// failing runs a check that must fail.
func failing(t *testing.T, target Target, check *Check, wrong string) Result {
	t.Helper()
	result := Run(context.Background(), target, check)
	if result.Passed || result.Wrong != wrong {
		t.Errorf("passed %v, wrong %q, want %q", result.Passed, result.Wrong, wrong)
	}
	return result
}

// answers is a listener that serves its connections with talk, all at the same
// time or one after the other. Unlike fake it reads no head.
func answers(t *testing.T, atOnce bool, talk func(*net.TCPConn)) Target {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serve := func() {
				defer conn.Close()
				talk(conn.(*net.TCPConn))
			}
			if atOnce {
				go serve()
			} else {
				serve()
			}
		}
	}()
	return Target{Addr: listener.Addr().String(), Demo: 98, Quiet: hang}
}

// echoHeads answers each request on a connection with its head, until the client is
// done.
func echoHeads(conn *net.TCPConn) {
	request := bufio.NewReader(conn)
	for head := readHead(request); head != ""; head = readHead(request) {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		for line := range strings.Lines(head) {
			_, _ = fmt.Fprintf(conn, "%x\r\n%s\r\n", len(line), line)
		}
		_, _ = io.WriteString(conn, "0\r\n\r\n")
	}
}

func TestReverseOrder(t *testing.T) {
	check := &Check{ID: "98.1", Say: []Piece{
		{On: 0}, {On: 1},
		{On: 1, Bytes: "GET /1 HTTP/1.1\r\n\r\n"}, {On: 1, Await: true},
		{On: 0, Bytes: "GET /0 HTTP/1.1\r\n\r\n"},
	}, Want: []Want{{On: 0, Has: []string{"/0"}}, {On: 1, Has: []string{"/1"}}}}
	passes(t, answers(t, true, echoHeads), check)

	// An accept queue is no concurrency.
	check.Limit = 200 * time.Millisecond
	result := failing(t, answers(t, false, echoHeads), check, "nothing comes back within 200 ms")
	if result.On != 1 || string(result.Sent) != "GET /1 HTTP/1.1\r\n\r\n" {
		t.Errorf("the failing connection is %d, on which was sent %q", result.On, result.Sent)
	}
}

func TestPipeline(t *testing.T) {
	check := &Check{ID: "98.1", Cut: true, Ends: Open,
		Say:  []Piece{{Bytes: "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n"}},
		Want: []Want{{Has: []string{"/1"}}, {Has: []string{"/2"}}}}
	target := answers(t, true, echoHeads)
	target.Quiet = defaultQuiet // it stays open, and each time that takes as long
	passes(t, target, check)
}

func TestHalfClose(t *testing.T) {
	all := func(conn *net.TCPConn) {
		said, err := io.ReadAll(conn) // which returns when the client is done
		if err == nil {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n"+string(said))
		}
	}
	check := &Check{ID: "98.1", Cut: true, Ends: Closed,
		Say:  []Piece{{Bytes: "a"}, {Bytes: "bcd", Half: true}},
		Want: []Want{{Body: Text("abcd")}}}
	passes(t, answers(t, true, all), check)
}

// A Want with a status and None is content with either.
func TestEither(t *testing.T) {
	check := ask(Want{Status: "400 408", None: true})
	check.Ends = Closed
	server := func(talk func(*net.TCPConn, *bufio.Reader)) Target {
		target := fake(t, talk)
		target.Demo = 99 // which need not answer when it is asked whether it lives
		return target
	}
	passes(t, server(saysAndCloses("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")), check)
	passes(t, server(saysAndCloses("")), check)
	failing(t, server(saysAndCloses("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")), check, "the status is 200")
	failing(t, server(saysAndCloses("HTTP/1.1 4")), check, "the connection was closed in the middle of the answer")
	failing(t, server(saysAndResets("")), check, "the connection was reset")
	check.Limit = 200 * time.Millisecond
	result := failing(t, server(says("")), check, "nothing comes back within 200 ms")
	if want := "HTTP/1.1 400 or 408, or the end of the connection"; result.Expected != want {
		t.Errorf("expected %q, want %q", result.Expected, want)
	}
}

func TestLeave(t *testing.T) {
	errs := make(chan error, 1)
	target := answers(t, true, func(conn *net.TCPConn) {
		if said, err := io.ReadAll(conn); len(said) > 0 {
			errs <- err
		}
	})
	passes(t, target, &Check{ID: "98.1", Say: []Piece{{Bytes: "GET ", Leave: true}}})
	select {
	case err := <-errs:
		if !isReset(err) {
			t.Errorf("the server saw %v, not a reset", err)
		}
	case <-time.After(hang):
		t.Error("the client did not leave")
	}
}

func TestContinue(t *testing.T) {
	target := fake(t, func(conn *net.TCPConn, request *bufio.Reader) {
		_, _ = io.WriteString(conn, "HTTP/1.1 100 Continue\r\n\r\n")
		body := make([]byte, 2)
		if _, err := io.ReadFull(request, body); err == nil {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n"+string(body))
		}
	})
	target.Demo = 98
	say := []Piece{{Bytes: plainGet}, {Await: true, Bytes: "ok"}}
	passes(t, target, &Check{ID: "98.1", Say: say, Want: []Want{{Status: "200", Body: Text("ok")}}})
	passes(t, target, &Check{ID: "98.1", Say: say, Want: []Want{{Status: "100"}, {Status: "200", Body: Text("ok")}}})
	failing(t, target, &Check{ID: "98.1", Say: say, Want: []Want{{Status: "417"}}}, "the status is 200")
}

// A server that takes its first read for the whole request fails as soon as the
// request comes in two.
func TestCutByteByByte(t *testing.T) {
	target := answers(t, true, func(conn *net.TCPConn) {
		n, _ := conn.Read(make([]byte, 1024))
		status := "HTTP/1.1 200 OK\r\n\r\n"
		if n < len(plainGet) {
			status = "HTTP/1.1 400 Bad Request\r\n\r\n"
		}
		_, _ = io.WriteString(conn, status)
		_ = conn.CloseWrite()
		_, _ = io.Copy(io.Discard, conn)
	})
	check := ask(Want{Status: "200"})
	check.ID = "98.1"
	passes(t, target, check)
	check.Cut = true
	if result := failing(t, target, check, "the status is 400"); result.Cut != "byte by byte" || result.At != len("HTTP/1.1 ") {
		t.Errorf("got %+v", result)
	}
}

// A server that can join many reads, but not two.
func TestCutInTwo(t *testing.T) {
	target := answers(t, true, func(conn *net.TCPConn) {
		reads := 0
		for size := 0; size < len(plainGet); reads++ {
			n, err := conn.Read(make([]byte, 1024))
			if err != nil {
				return
			}
			size += n
		}
		_, _ = io.WriteString(conn, map[bool]string{true: "HTTP/1.1 500 \r\n\r\n", false: "HTTP/1.1 200 \r\n\r\n"}[reads == 2])
	})
	check := ask(Want{Status: "200"})
	check.ID, check.Cut = "98.1", true
	if result := failing(t, target, check, "the status is 500"); !strings.HasPrefix(result.Cut, "in two behind byte ") {
		t.Errorf("it was cut %q", result.Cut)
	}
}

func TestCuts(t *testing.T) {
	say := []Piece{{Bytes: "abc", Await: true, After: 1}, {On: 1, Bytes: "de", Half: true}, {Bytes: ""}}
	got := inPieces(say, 1)
	want := []Piece{
		{Bytes: "a", Await: true, After: 1}, {Bytes: "b", After: cutPause}, {Bytes: "c", After: cutPause},
		{On: 1, Bytes: "d"}, {On: 1, Bytes: "e", After: cutPause, Half: true}, {},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("byte by byte: %+v", got)
	}
	for at, want := range map[int][]string{
		1: {"a", "bc", "de", ""}, 2: {"ab", "c", "de", ""}, 3: {"abc", "de", ""}, 4: {"abc", "d", "e", ""},
	} {
		var got []string
		for _, piece := range cutAt(say, []int{at}) {
			got = append(got, piece.Bytes)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("cut at %d: %q, want %q", at, got, want)
		}
	}
	want = []Piece{
		{Bytes: "a", Await: true, After: 1}, {Bytes: "b", After: cutPause}, {Bytes: "c", After: cutPause},
		{On: 1, Bytes: "d"}, {On: 1, Bytes: "e", After: cutPause, Half: true}, {},
	}
	if got := cutAt(say, []int{1, 2, 3, 4, 9}); !reflect.DeepEqual(got, want) {
		t.Errorf("cut at several places: %+v", got)
	}
}
