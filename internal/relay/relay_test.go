package relay

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"barewire/server"

	"github.com/google/go-cmp/cmp"
)

// guard is when a test that hangs is given up.
const guard = time.Minute

// start puts a relay before a server that does serve with each connection, in the
// order in which they come. end stops it and returns what was told.
func start(t *testing.T, serve func(conn *net.TCPConn)) (addr string, end func() []server.Event) {
	t.Helper()
	target, listener := loopback(t), loopback(t)
	go func() {
		for {
			conn, err := target.Accept()
			if err != nil {
				return
			}
			_ = conn.SetDeadline(time.Now().Add(guard))
			serve(conn.(*net.TCPConn))
		}
	}()
	var mutex sync.Mutex
	var told []server.Event
	relay := &Relay{To: target.Addr().String(), Observe: func(event server.Event) {
		mutex.Lock()
		defer mutex.Unlock()
		told = append(told, event)
	}}
	served := make(chan struct{})
	go func() {
		defer close(served)
		relay.Serve(listener)
	}()
	return listener.Addr().String(), func() []server.Event {
		_ = listener.Close()
		<-served
		relay.serving.Wait() // everybody has left by now; or the test hangs, and says where
		relay.Close()
		return told
	}
}

func loopback(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

func dial(t *testing.T, addr string) *net.TCPConn {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, guard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(guard))
	return conn.(*net.TCPConn)
}

// said joins the bytes of one way, on one connection.
func said(events []server.Event, conn int) (client, answer []byte) {
	for _, event := range events {
		if event.Where().Conn != conn {
			continue
		}
		switch event := event.(type) {
		case server.Received:
			client = append(client, event.Bytes...)
		case server.Sent:
			answer = append(answer, event.Bytes...)
		}
	}
	return client, answer
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// The client says that it is done, and the server answers after that.
func TestClientHalfCloses(t *testing.T) {
	addr, end := start(t, func(conn *net.TCPConn) {
		defer conn.Close()
		heard, err := io.ReadAll(conn)
		check(t, err)
		_, err = conn.Write(append([]byte("heard "), heard...))
		check(t, err)
	})
	conn := dial(t, addr)
	_, err := conn.Write([]byte("all of it"))
	check(t, err)
	check(t, conn.CloseWrite())
	answer, err := io.ReadAll(conn)
	if string(answer) != "heard all of it" || err != nil {
		t.Errorf("the answer is %q, %v", answer, err)
	}
	check(t, conn.Close())
	if client, answer := said(end(), 1); string(client) != "all of it" || string(answer) != "heard all of it" {
		t.Errorf("told were %q and %q", client, answer)
	}
}

// The server says that it is done, and the client goes on after that.
func TestServerHalfCloses(t *testing.T) {
	heard := make(chan []byte, 1)
	addr, end := start(t, func(conn *net.TCPConn) {
		defer conn.Close()
		_, err := conn.Write([]byte("bye"))
		check(t, err)
		check(t, conn.CloseWrite())
		late, err := io.ReadAll(conn)
		check(t, err)
		heard <- late
	})
	conn := dial(t, addr)
	answer, err := io.ReadAll(conn)
	if string(answer) != "bye" || err != nil {
		t.Errorf("the answer is %q, %v", answer, err)
	}
	_, err = conn.Write([]byte("not yet"))
	check(t, err)
	check(t, conn.Close())
	if late := <-heard; string(late) != "not yet" {
		t.Errorf("the server heard %q", late)
	}
	end()
}

func TestReset(t *testing.T) {
	t.Run("of the server", func(t *testing.T) {
		addr, end := start(t, func(conn *net.TCPConn) {
			_, err := io.ReadFull(conn, make([]byte, 3))
			check(t, err)
			reset(conn)
		})
		conn := dial(t, addr)
		_, err := conn.Write([]byte("ask"))
		check(t, err)
		if _, err := io.ReadAll(conn); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("the client sees %v, want a reset", err)
		}
		end()
	})
	t.Run("of the client", func(t *testing.T) {
		seen := make(chan error, 1)
		addr, end := start(t, func(conn *net.TCPConn) {
			defer conn.Close()
			_, err := io.ReadAll(conn)
			seen <- err
		})
		conn := dial(t, addr)
		_, err := conn.Write([]byte("ask"))
		check(t, err)
		reset(conn)
		if err := <-seen; !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("the server sees %v, want a reset", err)
		}
		end()
	})
	t.Run("nobody is there", func(t *testing.T) {
		listener := loopback(t)
		to := listener.Addr().String()
		check(t, listener.Close())
		before := loopback(t)
		gone := make(chan struct{})
		relay := &Relay{To: to, Observe: func(event server.Event) {
			if _, is := event.(server.Gone); is {
				close(gone)
			}
		}}
		go relay.Serve(before)
		conn, err := net.DialTimeout("tcp", before.Addr().String(), guard)
		if err == nil { // or else it has come already
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(guard))
			_, err = io.ReadAll(conn)
		}
		if !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("the client sees %v, want a reset", err)
		}
		<-gone
	})
}

// Five megabytes each way at one time: no way waits for the other.
func TestBothWaysAtOnce(t *testing.T) {
	const size = 5 << 20
	up, down := bytes.Repeat([]byte("upwards\n"), size/8), bytes.Repeat([]byte("down\n"), size/5)
	exchange := func(conn *net.TCPConn, say, hear []byte) {
		sent := make(chan error, 1)
		go func() {
			_, err := conn.Write(say)
			sent <- errors.Join(err, conn.CloseWrite())
		}()
		heard, err := io.ReadAll(conn)
		check(t, errors.Join(err, <-sent))
		if !bytes.Equal(heard, hear) {
			t.Errorf("%d bytes were heard, want %d, the same", len(heard), len(hear))
		}
	}
	addr, end := start(t, func(conn *net.TCPConn) {
		defer conn.Close()
		exchange(conn, down, up)
	})
	conn := dial(t, addr)
	exchange(conn, up, down)
	check(t, conn.Close())
	if client, answer := said(end(), 1); !bytes.Equal(client, up) || !bytes.Equal(answer, down) {
		t.Errorf("told were %d and %d bytes, want %d and %d, the same", len(client), len(answer), len(up), len(down))
	}
}

// Many connections, used in reverse order: the server has them in the order in
// which they were made, and each event is told of its own.
func TestManyConnections(t *testing.T) {
	const many = 100
	number := 0
	addr, end := start(t, func(conn *net.TCPConn) {
		number++
		mine := number
		go func() {
			defer conn.Close()
			heard, err := io.ReadAll(conn)
			check(t, err)
			_, err = fmt.Fprintf(conn, "%d says %s", mine, heard)
			check(t, err)
		}()
	})
	var clients []*net.TCPConn
	for range many {
		clients = append(clients, dial(t, addr))
	}
	for i := many; i > 0; i-- {
		conn := clients[i-1]
		_, err := fmt.Fprintf(conn, "I am %d", i)
		check(t, err)
		check(t, conn.CloseWrite())
		answer, err := io.ReadAll(conn)
		if want := fmt.Sprintf("%d says I am %d", i, i); string(answer) != want || err != nil {
			t.Errorf("the answer is %q, %v, want %q", answer, err, want)
		}
		check(t, conn.Close())
	}
	events := end()
	for i := 1; i <= many; i++ {
		if _, answer := said(events, i); string(answer) != fmt.Sprintf("%d says I am %d", i, i) {
			t.Errorf("of connection %d was told %q", i, answer)
		}
	}
	for _, event := range events {
		if gone, is := event.(server.Gone); is && gone.Request != 0 {
			t.Errorf("%+v belongs to a request", gone)
		}
	}
}

// What is told of one connection: what the client says and what the server
// answers, in turn, and the events in short.
func TestExchanges(t *testing.T) {
	const (
		get     = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
		post    = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"
		chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
		ok      = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
		passed  = " 02 03 04 05"
	)
	for name, test := range map[string]struct {
		turns []string // client, server, client, …
		want  string
	}{
		"one request":              {[]string{get, ok}, "r1" + passed + " s1 e1+"},
		"two on one connection":    {[]string{get, ok, get, ok}, "r1" + passed + " s1 e1+ r2" + passed + " s2 e2+"},
		"a head in pieces":         {[]string{get[:9], "", get[9:25], "", get[25:], ok}, "r1 r1 r1" + passed + " s1 e1+"},
		"a body":                   {[]string{post, "", "body", ok}, "r1" + passed + " r1 s1 e1+"},
		"an early answer":          {[]string{post, ok, "body", "", get, ok}, "r1" + passed + " s1 r1 e1+ r2" + passed + " s2 e2+"},
		"a body in chunks":         {[]string{chunked, "", "2\r\nab\r\n0\r\n\r\n", ok}, "r1" + passed + " r1 s1 e1+"},
		"100 Continue":             {[]string{post, "HTTP/1.1 100 Continue\r\n\r\n", "body", ok}, "r1" + passed + " s1 r1 s1 e1+"},
		"pipelined, so one":        {[]string{get + get, ok, "", ok, get, ok}, "r1" + passed + " s1 s1 e1+ r2" + passed + " s2 e2+"},
		"it says that it closes":   {[]string{get, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"}, "r1" + passed + " s1 e1-"},
		"HTTP/1.0 ends by closing": {[]string{get, "HTTP/1.0 200 OK\r\n\r\nto the end"}, "r1" + passed + " s1 e1-"},
		"HEAD":                     {[]string{"HEAD" + get[3:], "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"}, "r1" + passed + " s1 e1+"},
		"204":                      {[]string{get, "HTTP/1.1 204 No Content\r\n\r\n"}, "r1" + passed + " s1 e1+"},
		"an answer in chunks":      {[]string{get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", "", "0\r\n\r\n"}, "r1" + passed + " s1 s1 e1+"},
		"an answer in pieces":      {[]string{get, ok[:20], "", ok[20:]}, "r1" + passed + " s1 s1 e1+"},
		"surplus bytes":            {[]string{get, ok, "", "surplus"}, "r1" + passed + " s1 e1+ s1 (7 bytes behind the end of the answer)"},
		"the server speaks first":  {[]string{"", "hello\r\n"}, "r1 s1 e1-"},
		"no answer":                {[]string{get}, "r1" + passed + " e1-"},
		"not a word":               {nil, ""},
		"refused at 02":            {[]string{"GET / HTTP/1.1\n\n", ok, get, ok}, "r1 (the reference refuses this at 02: a line ends with CRLF, not with LF alone (RFC 9112 §2.2)) s1 e1+ r2" + passed + " s2 e2+"},
		"refused at 03":            {[]string{"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", ok}, "r1 02 (the reference refuses this at 03: a request line is a method, a target and a version, with exactly one space between them (RFC 9112 §3)) s1 e1-"},
		"refused at 04":            {[]string{"GET / HTTP/1.1\r\n\r\n", ok}, "r1 02 03 (the reference refuses this at 04: a request in HTTP/1.1 has a Host field (RFC 9112 §3.2)) s1 e1-"},
		"refused at 05":            {[]string{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", ok}, "r1 02 03 04 (the reference refuses this at 05: Content-Length is decimal digits (RFC 9110 §8.6)) s1 e1-"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := play(t, test.turns); got != test.want {
				t.Errorf("told was\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// play has client and server speak in turn, each when it has heard the other: so
// every turn is one read.
func play(t *testing.T, turns []string) string {
	var told string
	w := &wire{number: 1, relay: &Relay{Observe: func(event server.Event) {
		place := event.Where()
		word := ""
		switch event := event.(type) {
		case server.Received:
			word = fmt.Sprintf("r%d", place.Request)
		case server.Sent:
			word = fmt.Sprintf("s%d", place.Request)
		case server.Passed:
			word = fmt.Sprintf("%02d", event.Step)
			if event.Took != untimed {
				t.Errorf("step %02d has a time: %v", event.Step, event.Took)
			}
		case server.Noted:
			word = "(" + event.Text + ")"
		case server.Ended:
			word = fmt.Sprintf("e%d%s", place.Request, map[bool]string{true: "+", false: "-"}[event.Keep])
		case server.Gone:
			return
		}
		if told != "" {
			told += " "
		}
		told += word
	}}}
	for i, turn := range turns {
		switch {
		case turn == "":
		case i%2 == 0:
			w.received([]byte(turn))
		default:
			w.sent([]byte(turn))
		}
	}
	w.gone()
	return told
}

// What the steps made is told whole, and it is theirs.
func TestWhatTheStepsMake(t *testing.T) {
	var told []server.Passed
	w := &wire{number: 1, relay: &Relay{Observe: func(event server.Event) {
		if passed, is := event.(server.Passed); is {
			passed.Place = server.Place{}
			told = append(told, passed)
		}
	}}}
	const head = "POST /a?b=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"
	piece := []byte(head + "body")
	w.received(piece)
	clear(piece) // the relay's memory is used again
	w.sent([]byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
	w.received([]byte("GET /other HTTP/1.1\r\nHost: y\r\n\r\n"))
	want := []server.Passed{
		{Step: 2, Name: "read", Took: -1, Head: server.Bytes(head)},
		{Step: 3, Name: "requestline", Took: -1, Line: &server.Line{Method: "POST", Target: "/a?b=1", Version: "HTTP/1.1", Path: "/a", Query: "b=1"}},
		{Step: 4, Name: "headers", Took: -1, Fields: []server.Field{{server.Bytes("Host"), server.Bytes("x")}, {server.Bytes("Content-Length"), server.Bytes("4")}}},
		{Step: 5, Name: "body", Took: -1, Framing: &server.Framing{Length: 4}},
	}
	if diff := cmp.Diff(want, told[:min(4, len(told))]); diff != "" {
		t.Error(diff)
	}
}
