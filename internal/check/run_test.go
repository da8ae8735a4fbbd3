package check

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// hang is how long a test waits for what must come. Nothing is measured with it.
const hang = 20 * time.Second

// fake runs a fake server: talk has each connection, behind the head of the
// first request. It closes what talk leaves open.
func fake(t *testing.T, talk func(conn *net.TCPConn, request *bufio.Reader)) Target {
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
			go func() {
				defer conn.Close()
				request := bufio.NewReader(conn)
				readHead(request)
				talk(conn.(*net.TCPConn), request)
			}()
		}
	}()
	return Target{Addr: listener.Addr().String(), Quiet: hang}
}

func readHead(request *bufio.Reader) (head string) {
	for !strings.HasSuffix(head, "\r\n\r\n") {
		line, err := request.ReadString('\n')
		head += line
		if err != nil {
			break
		}
	}
	return head
}

// says is a server that says this and closes when the client has closed.
func says(answer string) func(*net.TCPConn, *bufio.Reader) {
	return func(conn *net.TCPConn, request *bufio.Reader) {
		_, _ = io.WriteString(conn, answer)
		_, _ = io.Copy(io.Discard, request)
	}
}

// saysAndCloses is a server that says this and closes at once.
func saysAndCloses(answer string) func(*net.TCPConn, *bufio.Reader) {
	return func(conn *net.TCPConn, request *bufio.Reader) { _, _ = io.WriteString(conn, answer) }
}

// saysAndResets is a server that says this, and then RST.
func saysAndResets(answer string) func(*net.TCPConn, *bufio.Reader) {
	return func(conn *net.TCPConn, request *bufio.Reader) {
		_, _ = io.WriteString(conn, answer)
		_ = conn.SetLinger(0)
	}
}

const (
	plainGet    = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	helloAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
)

// ask returns a check of one request and one answer.
func ask(want Want) *Check {
	return &Check{ID: "99.1", Name: "a test", Section: "RFC 9112 §0", Say: []Piece{{Bytes: plainGet}}, Want: []Want{want}}
}

func TestEndings(t *testing.T) {
	late := func(conn *net.TCPConn, request *bufio.Reader) {
		_, _ = io.WriteString(conn, helloAnswer)
		time.Sleep(100 * time.Millisecond)
		_, _ = io.WriteString(conn, "twelve bytes")
	}
	silent := func(conn *net.TCPConn, request *bufio.Reader) { _, _ = io.Copy(io.Discard, request) }
	for _, test := range []struct {
		name  string
		talk  func(*net.TCPConn, *bufio.Reader)
		ends  Ending
		want  Want
		limit time.Duration
		wrong string // "" when it passes
		at    int
		ended string
	}{
		{name: "closed", talk: saysAndCloses(helloAnswer), ends: Closed, ended: "closed"},
		{name: "closed is fine", talk: saysAndCloses(helloAnswer), ended: "closed"},
		{name: "open", talk: says(helloAnswer), ends: Open, ended: "closed"},
		{name: "open is fine", talk: says(helloAnswer), ended: "closed"},
		{name: "closed though wanted open", talk: saysAndCloses(helloAnswer), ends: Open,
			wrong: "the server closed the connection", at: len(helloAnswer), ended: "closed"},
		{name: "open though wanted closed", talk: says(helloAnswer), ends: Closed, limit: 300 * time.Millisecond,
			wrong: "the connection stays open", at: len(helloAnswer), ended: "still open after 300 ms"},
		{name: "reset", talk: saysAndResets(helloAnswer), wrong: "the connection was reset", at: len(helloAnswer), ended: "reset"},
		{name: "reset though wanted closed", talk: saysAndResets(helloAnswer), ends: Closed, wrong: "the connection was reset", at: len(helloAnswer), ended: "reset"},
		{name: "reset though wanted open", talk: saysAndResets(helloAnswer), ends: Open, wrong: "the connection was reset", at: len(helloAnswer), ended: "reset"},
		{name: "dropped", talk: saysAndResets(helloAnswer), ends: Dropped, ended: "reset"},
		{name: "surplus", talk: saysAndCloses(helloAnswer + "!"), wrong: "1 B came behind the last answer", at: len(helloAnswer), ended: "closed"},
		{name: "surplus late", talk: late, wrong: "12 B came behind the last answer", at: len(helloAnswer), ended: "closed"},
		{name: "surplus late though wanted closed", talk: late, ends: Closed, wrong: "12 B came behind the last answer", at: len(helloAnswer), ended: "closed"},
		{name: "surplus late though wanted open", talk: late, ends: Open, wrong: "12 B came behind the last answer", at: len(helloAnswer), ended: "closed"},
		{name: "a second answer", talk: saysAndCloses(helloAnswer + helloAnswer), wrong: "43 B came behind the last answer", at: len(helloAnswer), ended: "closed"},
		{name: "never answers", talk: silent, limit: 50 * time.Millisecond, wrong: "nothing comes back within 50 ms", at: 0, ended: "still open after 50 ms"},
		{name: "no answer", talk: saysAndCloses(""), wrong: "the connection was closed without an answer", at: 0, ended: "closed"},
		{name: "no answer but a reset", talk: saysAndResets(""), wrong: "the connection was reset without an answer", at: 0, ended: "reset"},
		{name: "none wanted, none came", talk: saysAndCloses(""), want: Want{None: true}, ended: "closed"},
		{name: "none wanted, one came", talk: saysAndCloses(helloAnswer), want: Want{None: true}, wrong: "an answer came all the same", at: 0, ended: "closed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			target := fake(t, test.talk)
			target.Alive = func() error { return nil }
			target.Demo = 98 // of which it is enough that it takes connections
			check := ask(test.want)
			check.ID, check.Ends, check.Limit = "98.1", test.ends, test.limit
			result := Run(context.Background(), target, check)
			if test.wrong == "" {
				test.at = -1
			}
			if result.Passed != (test.wrong == "") || result.Wrong != test.wrong || result.At != test.at || result.Ended != test.ended || !result.Alive {
				t.Errorf("got passed %v, wrong %q at %d, ended %q, alive %v", result.Passed, result.Wrong, result.At, result.Ended, result.Alive)
				t.Errorf("want wrong %q at %d, ended %q", test.wrong, test.at, test.ended)
			}
			if string(result.Sent) != plainGet {
				t.Errorf("sent %q", result.Sent)
			}
		})
	}
}

func TestDeadServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		listener.Close() // one request was all it could bear
		readHead(bufio.NewReader(conn))
		_, _ = io.WriteString(conn, helloAnswer)
		conn.Close()
	}()
	target := Target{Addr: listener.Addr().String()}
	result := Run(context.Background(), target, ask(Want{Status: "200"}))
	if result.Passed || result.Alive || !strings.HasPrefix(result.Wrong, "afterwards the server is dead: ") {
		t.Errorf("of a server that died: %+v", result)
	}
	result = Run(context.Background(), target, ask(Want{Status: "200"}))
	if result.Passed || result.Alive || result.At != -1 || !strings.HasPrefix(result.Wrong, "there is no connection: ") {
		t.Errorf("of no server: %+v", result)
	}
}

func TestMuteServerIsDead(t *testing.T) {
	target := fake(t, saysAndCloses(""))
	result := Run(context.Background(), target, ask(Want{None: true}))
	if result.Passed || result.Alive {
		t.Errorf("a server that answers nothing lives: %+v", result)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	target := fake(t, func(conn *net.TCPConn, request *bufio.Reader) {
		cancel()
		_, _ = io.Copy(io.Discard, request)
	})
	check := ask(Want{})
	check.Limit = time.Hour
	if result := Run(ctx, target, check); result.Skipped == "" || result.Passed {
		t.Errorf("cancelled, and got %+v", result)
	}
}

func TestSkips(t *testing.T) {
	for _, test := range []struct {
		check  Check
		target Target
		runs   bool
	}{
		{Check{ID: "03.1"}, Target{}, true},
		{Check{ID: "03.1"}, Target{Demo: 3}, true},
		{Check{ID: "03.1"}, Target{Demo: 10}, true},
		{Check{ID: "03.1"}, Target{Demo: 2}, false},
		{Check{ID: "03.1", From: 5}, Target{Demo: 4}, false},
		{Check{ID: "03.1", From: 5}, Target{}, true},
		{Check{ID: "03.1", Needs: Demo}, Target{Demo: 3}, true},
		{Check{ID: "03.1", Needs: Demo}, Target{Demo: 4}, false},
		{Check{ID: "03.1", Needs: Demo}, Target{}, false},
		{Check{ID: "03.1", Needs: App, From: 10}, Target{}, false},
		{Check{ID: "03.1", Needs: App, From: 10}, Target{Demo: 10}, false},
		{Check{ID: "03.1", Needs: App, From: 10}, Target{App: true}, true},
	} {
		if why := test.target.skips(&test.check); (why == "") != test.runs {
			t.Errorf("%+v on %+v: %q", test.check, test.target, why)
		}
	}
}

func TestProbe(t *testing.T) {
	for answer, want := range map[string]bool{
		helloAnswer: false,
		"HTTP/1.1 200 OK\r\n\r\n{\"PATH_INFO\": \"/environ\", \"REQUEST_METHOD\": \"GET\"}": true,
		"HTTP/1.1 200 OK\r\n\r\n{}": false,
		"SSH-2.0\r\n":               false,
		"":                          false,
	} {
		target := fake(t, saysAndCloses(answer))
		if app, err := Probe(context.Background(), target.Addr); app != want || err != nil {
			t.Errorf("Probe of %q = %v, %v", answer, app, err)
		}
	}
}
