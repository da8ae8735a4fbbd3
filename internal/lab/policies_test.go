package lab_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"barewire/internal/lab"
	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// told are mistakes that take more than one write of bytes to show. Each test is
// run with the right server, where wrong is false and put does nothing, and
// with the wrong one.
var told = map[string]func(t *testing.T, put func(*server.Server), wrong bool){
	"blocking":     testBlocking,
	"no-goodbye":   testNoGoodbye,
	"no-deadline":  testNoDeadline,
	"shared-state": testSharedState,
	"fixed-date":   testFixedDate,
	"no-close":     testNoClose,
	"buffers":      testBuffers,
}

func TestTold(t *testing.T) {
	for name, test := range told {
		t.Run(name, func(t *testing.T) {
			t.Run("right", func(t *testing.T) { test(t, func(*server.Server) {}, false) })
			t.Run("wrong", func(t *testing.T) { test(t, find(t, name).Put, true) })
		})
	}
}

// TestAll wants each mistake to have a test.
func TestAll(t *testing.T) {
	for _, mistake := range lab.Mistakes() {
		_, isTold := told[mistake.Name]
		isSeen := slices.ContainsFunc(seen, func(row row) bool { return row.mistake == mistake.Name })
		if !isTold && !isSeen {
			t.Errorf("no test shows %s", mistake.Name)
		}
	}
}

// get is a request for a path.
func get(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n" }

// A client who has its answer and stays keeps the others out.
func testBlocking(t *testing.T, put func(*server.Server), wrong bool) {
	var second atomic.Bool // the second client was served
	addr := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		if environ.Text("PATH_INFO") == "/second" {
			second.Store(true)
		}
		return tell(environ, start)
	}, put)
	a, b := dial(t, addr), dial(t, addr)
	a.say(get("/"))
	a.hear(ok("check\n"))
	b.say(get("/second"))
	if !wrong {
		b.hear("HTTP/1.1 404 Not Found\r\n") // while the first is there
		return
	}
	for range 100 { // the first has its way, as long as it likes
		a.say(get("/"))
		a.hear(ok("check\n"))
	}
	if second.Load() {
		t.Error("the second client was served while the first was there")
	}
	_ = a.Close()
	b.hear("HTTP/1.1 404 Not Found\r\n")
}

// What the client still sends makes a connection that is closed at once end with
// a reset.
func testNoGoodbye(t *testing.T, put func(*server.Server), wrong bool) {
	c := dial(t, start(t, tell, put))
	sent := make(chan error, 1)
	go func() {
		_, err := io.WriteString(c, "BAD\r\n\r\n"+strings.Repeat("x", 1<<20))
		if err == nil {
			err = c.CloseWrite()
		}
		sent <- err
	}()
	got, err := io.ReadAll(c)
	if sending := <-sent; reset(err) || reset(sending) {
		if !wrong {
			t.Errorf("after %q the connection ended with a reset: %v, %v", got, err, sending)
		}
		return
	}
	if wrong || !strings.HasPrefix(string(got), no) || err != nil {
		t.Errorf("the server says\n%q and %v, want a reset: %v", got, err, wrong)
	}
}

// The deadline for a head has passed as soon as it began.
func testNoDeadline(t *testing.T, put func(*server.Server), wrong bool) {
	short := func(s *server.Server) { s.Deadlines.Head = time.Nanosecond }
	c := dial(t, start(t, tell, short, put))
	c.say("GET / HT")
	if !wrong {
		c.hear("HTTP/1.1 408 Request Timeout\r\n")
		return
	}
	c.say("TP/1.1\r\nHost: x\r\n\r\n")
	c.hear(ok("check\n"))
}

// The first client waits inside the application until the second has its answer.
func testSharedState(t *testing.T, put func(*server.Server), wrong bool) {
	entered, leave := make(chan bool), make(chan bool)
	addr := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		if environ.Text("PATH_INFO") == "/first" {
			entered <- true
			<-leave
		}
		start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
		return wsgi.Text(environ.Text("QUERY_STRING") + "\n")
	}, put)
	a, b := dial(t, addr), dial(t, addr)
	a.say(get("/first?name=ada"))
	<-entered
	b.say(get("/?name=bob"))
	b.hear(ok("name=bob\n"))
	leave <- true
	if wrong {
		a.hear(ok("name=bob\n"))
	} else {
		a.hear(ok("name=ada\n"))
	}
}

// TestSharedStateAtOnce has many requests at a time, for the race detector: the
// process must live, whatever the answers are.
func TestSharedStateAtOnce(t *testing.T) {
	addr := start(t, tell, find(t, "shared-state").Put)
	var clients sync.WaitGroup
	for i := range 16 {
		c := dial(t, addr)
		clients.Add(1)
		go func() {
			defer clients.Done()
			for range 20 {
				if _, err := io.WriteString(c, get(fmt.Sprintf("/slow?ms=0&name=%02d", i))); err != nil {
					t.Error(err)
				}
				answer := make([]byte, len(ok("00\n")))
				if _, err := io.ReadFull(c, answer); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	clients.Wait()
}

// The clock goes on by a second each time that it is asked.
func testFixedDate(t *testing.T, put func(*server.Server), wrong bool) {
	var seconds atomic.Int64
	ticking := func(s *server.Server) {
		s.Now = func() time.Time { return now().Add(time.Duration(seconds.Add(1)) * time.Second) }
	}
	c := dial(t, start(t, tell, ticking, put))
	for _, at := range []string{"32", "33"} {
		if wrong {
			at = "32"
		}
		c.say(get("/"))
		c.hear(strings.Replace(ok("check\n"), ":31 GMT", ":"+at+" GMT", 1))
	}
}

// The application makes its second chunk when the client has the first.
func testBuffers(t *testing.T, put func(*server.Server), wrong bool) {
	heard, yielded := make(chan bool), make(chan bool, 1)
	c := dial(t, start(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			if yield([]byte("first\n"), nil) {
				yielded <- true // nothing of it was sent before, or all
				<-heard
				yield([]byte("second\n"), nil)
			}
		})
	}, put))
	c.say(get("/"))
	const head, first, second = begin + "Transfer-Encoding: chunked\r\n" + stamp, "6\r\nfirst\n\r\n", "7\r\nsecond\n\r\n0\r\n\r\n"
	<-yielded
	if !wrong {
		c.hear(head + first)
		heard <- true
		c.hear(second)
		return
	}
	if err := c.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(make([]byte, 1)); n > 0 || !os.IsTimeout(err) {
		t.Errorf("of a body that is not all there yet, %d bytes came and %v", n, err)
	}
	heard <- true
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	c.hear(head + first + second)
}

// A body is closed before the next request on its connection is read.
func testNoClose(t *testing.T, put func(*server.Server), wrong bool) {
	c := dial(t, start(t, tell, put))
	r := bufio.NewReader(c)
	closed := func() (times int) {
		c.say(get("/closed"))
		for line := ""; line != "\r\n"; {
			var err error
			if line, err = r.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := fmt.Fscanln(r, &times); err != nil {
			t.Fatal(err)
		}
		return times
	}
	before := closed()
	c.say(get("/close"))
	c.hear(ok("close\n"))
	if got, want := closed()-before, map[bool]int{false: 1, true: 0}[wrong]; got != want {
		t.Errorf("the body was closed %d times, want %d", got, want)
	}
}
