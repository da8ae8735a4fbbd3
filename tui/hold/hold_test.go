package hold_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
	"barewire/tui/hold"
)

// patience is how long a test waits for what must happen.
const patience = 10 * time.Second

const (
	get     = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
	getLast = "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	postTo  = "POST /static/form?x=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
	refused = "GET /hello\r\n\r\n"
	hello   = "HTTP/1.1 200 OK\r\n"
)

func hi(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	start("200 OK", nil)
	return wsgi.Text("hi\n")
}

// A site is a server behind a Gate.
type site struct {
	*server.Server
	gate *hold.Gate
	addr string
}

// start serves app behind a Gate until the test is over. Then the Gate is closed,
// the server must be able to stop, and no goroutine may be left.
func start(t *testing.T, app wsgi.Application, settings ...func(*site)) *site {
	t.Helper()
	others := goleak.IgnoreCurrent()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &site{server.New(app), hold.New(), listener.Addr().String()}
	s.Errors = io.Discard
	s.Gate, s.AfterChunk, s.Observe = s.gate.Pass, s.gate.PassChunk, s.gate.Observe
	for _, set := range settings {
		set(s)
	}
	served := make(chan struct{})
	go func() {
		s.Serve(listener)
		close(served)
	}()
	t.Cleanup(func() {
		s.stop(t)
		<-served
		goleak.VerifyNone(t, others)
	})
	return s
}

func (s *site) stop(t *testing.T) {
	t.Helper()
	s.gate.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown = %v, want nil: requests are left", err)
	}
}

// A client is one end of a connection.
type client struct {
	*net.TCPConn
	t *testing.T
}

// say connects a client, which says this. It leaves before the server stops.
func (s *site) say(t *testing.T, text string) client {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	c := client{conn.(*net.TCPConn), t}
	c.say(text)
	return c
}

func (c client) say(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		c.t.Fatal(err)
	}
}

// gets wants an answer that begins so, and then the end of the connection.
func (c client) gets(beginning string) {
	c.t.Helper()
	got, err := io.ReadAll(c)
	if err != nil || !strings.HasPrefix(string(got), beginning) {
		c.t.Errorf("the client gets %q and %v, want %q", got, err, beginning)
	}
	_ = c.Close()
}

// hears wants an answer that begins so, on a connection that stays.
func (c client) hears(beginning string) {
	c.t.Helper()
	got := make([]byte, 1024)
	n, err := io.ReadAtLeast(c, got, len(beginning))
	if !strings.HasPrefix(string(got[:n]), beginning) {
		c.t.Errorf("the client hears %q and %v, want %q", got[:n], err, beginning)
	}
}

// until waits until what is held is so, told of each change.
func (s *site) until(t *testing.T, so func([]hold.Held) bool, what string) []hold.Held {
	t.Helper()
	for late := time.After(patience); ; {
		held := s.gate.Held()
		if so(held) {
			return held
		}
		select {
		case <-s.gate.Changed():
		case <-late:
			t.Fatalf("waited for nothing: %s; held are %+v", what, held)
		}
	}
}

// stands waits until requests stand like this: "1 before 03, 2 before 07".
func (s *site) stands(t *testing.T, want string) []hold.Held {
	t.Helper()
	return s.until(t, func(held []hold.Held) bool { return told(held) == want }, want)
}

func told(held []hold.Held) string {
	var text []string
	for _, h := range held {
		if h.Chunk > 0 {
			text = append(text, fmt.Sprintf("%d in %02d behind chunk %d", h.Request, h.Step, h.Chunk))
			continue
		}
		text = append(text, fmt.Sprintf("%d before %02d", h.Request, h.Step))
	}
	return strings.Join(text, ", ")
}

// In a pause a request stops before each step from 03 on, and next runs one.
func TestNextRunsOneStep(t *testing.T) {
	tests := []struct {
		name, send string
		want       []int
		answer     string
	}{
		{"a request", getLast, []int{3, 4, 5, 7, 8, 9, 10}, hello},
		{"one that is refused, up to its explanation", refused, []int{3, 8, 9, 10}, "HTTP/1.1 400 "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var ran []int
			s := start(t, hi, func(s *site) {
				s.Observe = func(event server.Event) {
					s.gate.Observe(event)
					if passed, is := event.(server.Passed); is {
						ran = append(ran, passed.Step)
					}
				}
			})
			s.gate.Pause(true)
			c := s.say(t, test.send)
			for _, step := range test.want {
				s.stands(t, fmt.Sprintf("1 before %02d", step))
				s.gate.Next(1)
			}
			c.gets(test.answer)
			s.stop(t)
			if diff := cmp.Diff(append([]int{2}, test.want...), ran); diff != "" {
				t.Errorf("steps that ran: -want +got\n%s", diff)
			}
		})
	}
}

// streams yields chunks, and tells when it is asked for each.
func streams(asked chan<- int, chunks ...string) wsgi.Application {
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			for i, chunk := range chunks {
				asked <- i + 1
				if !yield([]byte(chunk), nil) {
					return
				}
			}
		})
	}
}

// A request that is stepped stops behind each chunk that was sent too, before the
// application is asked for the next one. One that is let go does not.
func TestNextSendsOneChunk(t *testing.T) {
	asked := make(chan int, 9)
	s := start(t, streams(asked, "one", "", "three", "four"))
	s.gate.SetBreaks([]hold.Break{{Step: 9}})
	c := s.say(t, getLast)
	s.stands(t, "1 before 09")
	for _, step := range []struct {
		stands string
		asked  int
	}{
		{"1 in 09 behind chunk 1", 1},
		{"1 in 09 behind chunk 3", 3}, // of the second one nothing was sent
	} {
		s.gate.Next(1)
		held := s.stands(t, step.stands)
		if held[0].By != (hold.Break{}) || held[0].Waiting {
			t.Errorf("%+v is said to be stopped by a breakpoint, or to wait", held[0])
		}
		for last := 0; last != step.asked; {
			last = <-asked
		}
		if len(asked) > 0 {
			t.Errorf("behind chunk %d the application is asked for the next one", step.asked)
		}
	}
	s.gate.LetGo(1)
	c.gets(hello)
}

// An answer that is whole is not held behind its last chunk: none follows.
func TestWholeAnswerIsNotHeldInTheMiddle(t *testing.T) {
	tests := []struct {
		name string
		app  wsgi.Application
		send string
		want []string
	}{
		{"one chunk of a known length", hi, getLast, []string{"1 before 09", "1 before 10"}},
		{"a Content-Length", func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", wsgi.Headers{{"Content-Length", "6"}})
			return wsgi.List{[]byte("one"), []byte("two")}
		}, getLast, []string{"1 before 09", "1 in 09 behind chunk 1", "1 before 10"}},
		{"HEAD", streams(make(chan int, 9), "one", "two"), "HEAD" + getLast[3:], []string{"1 before 09", "1 before 10"}},
		{"write", func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			write := start("200 OK", nil)
			if err := write([]byte("one")); err != nil {
				return wsgi.Fail(err)
			}
			return wsgi.Text("two")
		}, getLast, []string{"1 in 08 behind chunk 1", "1 before 09", "1 in 09 behind chunk 2", "1 before 10"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := start(t, test.app)
			s.gate.SetBreaks([]hold.Break{{Step: 8}})
			c := s.say(t, test.send)
			s.stands(t, "1 before 08")
			for _, want := range test.want {
				s.gate.Next(1)
				s.stands(t, want)
			}
			s.gate.Next(1)
			c.gets(hello)
		})
	}
}

// What was said in advance counts for chunks too.
func TestNextInAdvanceOfAChunk(t *testing.T) {
	asked := make(chan int)
	s := start(t, streams(asked, "one", "two", "three"))
	s.gate.SetBreaks([]hold.Break{{Step: 9}})
	c := s.say(t, getLast)
	s.stands(t, "1 before 09")
	s.gate.Next(1)
	s.gate.Next(1)
	<-asked
	<-asked
	s.stands(t, "1 in 09 behind chunk 2")
	s.gate.LetGo(1)
	<-asked
	c.gets(hello)
}

// A goroutine of the application may write while its request stands: then it stands
// too, and both go on together.
func TestGoroutineStandsToo(t *testing.T) {
	may, arrives, written := make(chan struct{}), make(chan struct{}, 9), make(chan error, 1)
	s := start(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		write := start("200 OK", nil)
		go func() {
			<-may
			written <- write([]byte("one"))
		}()
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			if err := <-written; err == nil {
				yield([]byte("two"), nil)
			}
		})
	}, func(s *site) {
		s.AfterChunk = func(place server.Place, stage server.Stage, chunk int, left func() bool) {
			arrives <- struct{}{}
			s.gate.PassChunk(place, stage, chunk, left)
		}
	})
	s.gate.SetBreaks([]hold.Break{{Step: 9}})
	c := s.say(t, getLast)
	s.stands(t, "1 before 09")
	close(may)
	<-arrives
	s.stands(t, "1 before 09")
	if len(written) > 0 {
		t.Error("a goroutine goes on while its request stands")
	}
	s.gate.LetGo(1)
	c.gets(hello)
}

// A client that leaves in the middle of an answer is noticed there.
func TestClientLeavesBehindAChunk(t *testing.T) {
	clock := newClock()
	s := start(t, streams(make(chan int, 9), "one", "two"), clock.on)
	s.gate.SetBreaks([]hold.Break{{Step: 9}})
	c := s.say(t, getLast)
	s.stands(t, "1 before 09")
	s.gate.Next(1)
	s.stands(t, "1 in 09 behind chunk 1")
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	for late := time.Now().Add(patience); !s.gate.Held()[0].Left(); {
		if time.Now().After(late) {
			t.Fatal("a client that left is not said to have left")
		}
		select {
		case clock.tick <- clock.time():
		case <-time.After(time.Millisecond):
		}
	}
	s.gate.LetGo(1)
}

// Closed, a Gate lets those go that stand in the middle of an answer.
func TestCloseBehindAChunk(t *testing.T) {
	s := start(t, streams(make(chan int, 9), "one", "two"))
	s.gate.SetBreaks([]hold.Break{{Step: 9}})
	c := s.say(t, getLast)
	s.stands(t, "1 before 09")
	s.gate.Next(1)
	s.stands(t, "1 in 09 behind chunk 1")
	s.gate.Close()
	c.gets(hello)
}

// As long as a request stands, nothing runs, and its own next is not another's.
func TestNextIsForOneRequest(t *testing.T) {
	s := start(t, hi)
	s.gate.Pause(true)
	first := s.say(t, getLast)
	s.stands(t, "1 before 03")
	second := s.say(t, getLast)
	s.stands(t, "1 before 03, 2 before 03")
	s.gate.Next(2)
	s.stands(t, "1 before 03, 2 before 04")
	s.gate.Next(3) // nobody
	s.gate.Next(1)
	s.stands(t, "1 before 04, 2 before 04")
	s.gate.LetAllGo()
	first.gets(hello)
	second.gets(hello)
}

// Requests under way go on in a pause: one whose head has only begun, and one
// that is with the application.
func TestPauseIsForNewRequests(t *testing.T) {
	called, may := make(chan struct{}), make(chan struct{})
	began := make(chan struct{}, 2)
	s := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		called <- struct{}{}
		<-may
		return hi(environ, start)
	}, func(s *site) {
		s.Gate = func(place server.Place, stage server.Stage, left func() bool) {
			s.gate.Pass(place, stage, left)
			if stage.Number == 2 {
				began <- struct{}{}
			}
		}
	})
	inside := s.say(t, getLast)
	<-called
	slow := s.say(t, getLast[:20])
	<-began
	<-began
	s.gate.Pause(true)
	slow.say(getLast[20:])
	<-called
	if held := s.gate.Held(); len(held) != 0 {
		t.Errorf("held are %+v, want none", held)
	}
	held := s.say(t, getLast)
	s.stands(t, "3 before 03")
	close(may)
	inside.gets(hello)
	slow.gets(hello)
	s.gate.LetGo(3)
	<-called
	held.gets(hello)
}

// A kept connection on which nothing is asked is not held. Its next request is.
func TestIdleConnectionIsNotHeld(t *testing.T) {
	s := start(t, hi)
	c := s.say(t, get)
	c.hears(hello)
	s.gate.Pause(true)
	held := s.say(t, getLast)
	s.stands(t, "2 before 03")
	c.say(getLast)
	s.stands(t, "2 before 03, 3 before 03")
	s.gate.LetGo(3)
	c.gets(hello)
	s.stands(t, "2 before 03")
	s.gate.LetGo(2)
	held.gets(hello)
}

// The next request of a connection whose first was let go is a new one.
func TestPipelinedRequestIsNew(t *testing.T) {
	s := start(t, hi)
	s.gate.Pause(true)
	c := s.say(t, get+getLast)
	s.stands(t, "1 before 03")
	s.gate.LetGo(1)
	s.stands(t, "2 before 03")
	s.gate.LetGo(2)
	c.gets(hello)
}

// When the pause is over, those that stand still stand, and new ones do not stop;
// nor does one that began in the pause and had not stopped yet.
func TestPauseEnds(t *testing.T) {
	began := make(chan struct{}, 9)
	s := start(t, hi, func(s *site) {
		s.Gate = func(place server.Place, stage server.Stage, left func() bool) {
			s.gate.Pass(place, stage, left)
			if stage.Number == 2 {
				began <- struct{}{}
			}
		}
	})
	s.gate.Pause(true)
	if !s.gate.Paused() {
		t.Error("Paused = false in a pause")
	}
	held := s.say(t, getLast)
	s.stands(t, "1 before 03")
	slow := s.say(t, getLast[:20])
	<-began
	<-began
	s.gate.Pause(false)
	if s.gate.Paused() {
		t.Error("Paused = true after the pause")
	}
	s.gate.Pause(true) // another pause: the slow one is under way
	slow.say(getLast[20:])
	slow.gets(hello)
	s.gate.Pause(false)
	s.say(t, getLast).gets(hello)
	s.stands(t, "1 before 03")
	s.gate.Next(1)
	s.stands(t, "1 before 04")
	s.gate.LetGo(1)
	held.gets(hello)
}

// A request can be let go while it runs a step.
func TestLetGoWhileAStepRuns(t *testing.T) {
	called, may := make(chan struct{}), make(chan struct{})
	s := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		close(called)
		<-may
		return hi(environ, start)
	})
	s.gate.SetBreaks([]hold.Break{{Step: 8}})
	c := s.say(t, getLast)
	s.stands(t, "1 before 08")
	s.gate.Next(1)
	<-called
	s.gate.LetGo(1)
	close(may)
	c.gets(hello)
}

// Where a breakpoint stops a request that is let go each time.
func TestBreaks(t *testing.T) {
	panics := func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { panic("no") }
	tests := []struct {
		name   string
		breaks []hold.Break
		app    wsgi.Application
		send   string
		want   []int
	}{
		{"none", nil, hi, getLast, nil},
		{"the zero one", []hold.Break{{}}, hi, getLast, nil},
		{"a step", []hold.Break{{Step: 7}}, hi, getLast, []int{7}},
		{"step 02, where a pause stops nobody", []hold.Break{{Step: 2}}, hi, getLast, []int{2}},
		{"two steps", []hold.Break{{Step: 10}, {Step: 4}}, hi, getLast, []int{4, 10}},
		{"06, where nothing stops", []hold.Break{{Step: 6}}, hi, getLast, nil},
		{"a step that is not reached", []hold.Break{{Step: 4}}, hi, refused, nil},
		{"a step that the explanation takes again", []hold.Break{{Step: 8}}, panics, getLast, []int{8, 8}},
		{"an error, which there is not", []hold.Break{{OnError: true}}, hi, getLast, nil},
		{"a refusal", []hold.Break{{OnError: true}}, hi, refused, []int{8}},
		{"a panic", []hold.Break{{OnError: true}}, panics, getLast, []int{8}},
		{"a method", []hold.Break{{Method: "POST"}}, hi, postTo, []int{4}},
		{"another method", []hold.Break{{Method: "POST"}}, hi, getLast, nil},
		{"a method in small letters is another", []hold.Break{{Method: "post"}}, hi, postTo, nil},
		{"a method that is not known yet", []hold.Break{{Step: 3, Method: "POST"}}, hi, postTo, nil},
		{"a path", []hold.Break{{Path: "/hello"}}, hi, getLast, []int{4}},
		{"a path, not its beginning", []hold.Break{{Path: "/static"}}, hi, postTo, nil},
		{"the beginning of a path", []hold.Break{{Path: "/static/*"}}, hi, postTo, []int{4}},
		{"a path without its query", []hold.Break{{Path: "/static/form"}}, hi, postTo, []int{4}},
		{"method and path, one of them true", []hold.Break{{Method: "POST", Path: "/hello"}}, hi, postTo, nil},
		{"method, path and step", []hold.Break{{Step: 9, Method: "POST", Path: "/static/form"}}, hi, postTo, []int{9}},
		{"an error of one method", []hold.Break{{OnError: true, Method: "POST"}}, hi, refused, nil},
		{"two at one place", []hold.Break{{Step: 4}, {Method: "GET"}}, hi, getLast, []int{4}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := start(t, test.app)
			s.gate.SetBreaks(test.breaks)
			c := s.say(t, test.send)
			var after time.Time
			for _, step := range test.want {
				want := fmt.Sprintf("1 before %02d", step)
				held := s.until(t, func(held []hold.Held) bool {
					return told(held) == want && held[0].Since.After(after)
				}, want)
				after = held[0].Since
				if held[0].By == (hold.Break{}) || held[0].Waiting {
					t.Errorf("%+v is not said to be stopped by a breakpoint", held[0])
				}
				s.gate.LetGo(1)
			}
			c.gets("HTTP/1.1 ")
			if held := s.gate.Held(); len(held) != 0 {
				t.Errorf("held are %+v, want none", held)
			}
		})
	}
}

// From a breakpoint on, a request is in the user's hand; other requests are not.
func TestBreakTakesARequestInHand(t *testing.T) {
	s := start(t, hi)
	breaks := []hold.Break{{Step: 8, Method: "POST"}}
	s.gate.SetBreaks(breaks)
	if diff := cmp.Diff(breaks, s.gate.Breaks()); diff != "" {
		t.Errorf("Breaks: -want +got\n%s", diff)
	}
	c := s.say(t, postTo)
	held := s.stands(t, "1 before 08")
	if held[0].By != breaks[0] {
		t.Errorf("stopped by %+v, want %+v", held[0].By, breaks[0])
	}
	s.say(t, getLast).gets(hello)
	s.gate.SetBreaks(nil)
	for _, want := range []string{"1 before 09", "1 before 10"} {
		s.gate.Next(1)
		held = s.stands(t, want)
		if held[0].By != (hold.Break{}) {
			t.Errorf("%s: stopped by %+v, want none", want, held[0].By)
		}
	}
	s.gate.Next(1)
	c.gets(hello)
}

// Those wait that a pause has stopped and nobody has stepped.
func TestWaiting(t *testing.T) {
	s := start(t, hi)
	s.gate.Pause(true)
	s.gate.SetBreaks([]hold.Break{{Step: 2}})
	first := s.say(t, getLast)
	s.stands(t, "1 before 02")
	s.gate.SetBreaks(nil)
	second := s.say(t, getLast)
	s.stands(t, "1 before 02, 2 before 03")
	third := s.say(t, getLast)
	s.stands(t, "1 before 02, 2 before 03, 3 before 03")
	s.gate.Next(3)
	var waiting []bool
	for _, held := range s.stands(t, "1 before 02, 2 before 03, 3 before 04") {
		waiting = append(waiting, held.Waiting)
	}
	if diff := cmp.Diff([]bool{false, true, false}, waiting); diff != "" {
		t.Errorf("waiting: -want +got\n%s", diff)
	}
	s.gate.LetAllGo()
	first.gets(hello)
	second.gets(hello)
	third.gets(hello)
	s.say(t, "GET / HTTP/1.1\r\n\r\n")
	s.stands(t, "4 before 03") // the pause goes on
}

// A clock is set by the test, and ticks when it says so.
type clock struct {
	mutex sync.Mutex
	now   time.Time
	asked []time.Duration
	tick  chan time.Time
}

func newClock() *clock {
	return &clock{now: time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC), tick: make(chan time.Time)}
}

func (c *clock) on(s *site) { s.gate.Now, s.gate.After = c.time, c.after }

func (c *clock) time() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.now
}

func (c *clock) after(d time.Duration) <-chan time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.asked = append(c.asked, d)
	return c.tick
}

func (c *clock) pass(d time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.now = c.now.Add(d)
}

// Since when a request stands, and for how long its client has waited.
func TestHeldSince(t *testing.T) {
	clock := newClock()
	s := start(t, hi, clock.on)
	began := clock.time()
	s.gate.Pause(true)
	c := s.say(t, getLast)
	s.stands(t, "1 before 03")
	clock.pass(time.Minute)
	s.gate.Next(1)
	got := s.stands(t, "1 before 04")
	want := []hold.Held{{Request: 1, Conn: 1, Step: 4, Since: began.Add(time.Minute), First: began}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	s.gate.LetGo(1)
	c.gets(hello)
}

// A client that gives up is shown as one that left, and its request still stands,
// in the user's hand.
func TestClientLeaves(t *testing.T) {
	clock := newClock()
	s := start(t, hi, clock.on)
	s.gate.Pause(true)
	c := s.say(t, getLast)
	if held := s.stands(t, "1 before 03"); held[0].Left() {
		t.Error("a client that waits is said to have left")
	}
	clock.pass(42 * time.Second)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	var held []hold.Held
	for late := time.Now().Add(patience); time.Now().Before(late); {
		select {
		case clock.tick <- clock.time():
		case <-time.After(time.Millisecond): // nobody looks: it is known
		}
		if held = s.stands(t, "1 before 03"); held[0].Left() {
			break
		}
	}
	if !held[0].Left() {
		t.Fatal("a client that left is not said to have left")
	}
	if got := held[0].LeftAt.Sub(held[0].First); got != 42*time.Second {
		t.Errorf("the client left after %v, want 42 s", got)
	}
	clock.pass(time.Second)
	s.gate.Next(1)
	held = s.stands(t, "1 before 04")
	if got := held[0].LeftAt.Sub(held[0].First); got != 42*time.Second {
		t.Errorf("before the next step the client left after %v, want 42 s", got)
	}
	s.gate.LetGo(1)
}

// Whether a client has left is looked up when its request stops, then once a
// second, and no more when it has.
func TestLooksOnceASecond(t *testing.T) {
	gate, clock := hold.New(), newClock()
	gate.Now, gate.After = clock.time, clock.after
	gate.Pause(true)
	looks := make(chan int)
	passed := make(chan struct{})
	go func() {
		defer close(passed)
		count := 0
		gate.Pass(server.Place{Conn: 1, Request: 1}, server.Stage{Number: 2}, nil) // where it begins
		gate.Pass(server.Place{Conn: 1, Request: 1}, server.Stage{Number: 3}, func() bool {
			count++
			looks <- count
			return count == 3
		})
	}()
	for look := 1; look <= 3; look++ {
		if look > 1 {
			clock.tick <- clock.time()
		}
		if got := <-looks; got != look {
			t.Fatalf("look %d is the %dth", look, got)
		}
	}
	if diff := cmp.Diff([]time.Duration{time.Second, time.Second}, clock.asked); diff != "" {
		t.Errorf("waits between two looks: -want +got\n%s", diff)
	}
	gate.Next(1)
	<-passed
}

// Closed, a Gate lets all go and holds nobody any more: the server can stop.
func TestClose(t *testing.T) {
	s := start(t, hi)
	s.gate.Pause(true)
	s.gate.SetBreaks([]hold.Break{{Step: 8}})
	first := s.say(t, getLast)
	s.stands(t, "1 before 03")
	second := s.say(t, getLast)
	s.stands(t, "1 before 03, 2 before 03")
	s.gate.Close()
	s.gate.Pause(true) // too late
	first.gets(hello)
	second.gets(hello)
	s.say(t, getLast).gets(hello)
	if held := s.gate.Held(); len(held) != 0 || s.gate.Paused() {
		t.Errorf("a closed Gate holds %+v, paused: %v", held, s.gate.Paused())
	}
	s.gate.Close() // once more is no mistake
}

// Requests that are over are forgotten, in whatever way they ended.
func TestForgets(t *testing.T) {
	s := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		if environ.Text("REQUEST_METHOD") == "POST" {
			runtime.Goexit()
		}
		return hi(environ, start)
	})
	s.say(t, get+get+getLast).gets(hello)
	s.say(t, refused).gets("HTTP/1.1 400 ")
	s.say(t, postTo).gets("")
	kept := s.say(t, get)
	kept.hears(hello)
	c := s.say(t, "GET / HT")
	_ = c.Close()
	for late := time.Now().Add(patience); s.gate.Known() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("the Gate knows of %d requests, and all are over", s.gate.Known())
		}
	}
}

// However much changes, one word of it waits.
func TestChanged(t *testing.T) {
	gate := hold.New()
	select {
	case <-gate.Changed():
		t.Error("nothing has changed yet")
	default:
	}
	for _, change := range []struct {
		name string
		do   func()
	}{
		{"Pause", func() { gate.Pause(true) }},
		{"SetBreaks", func() { gate.SetBreaks(nil) }},
		{"many", func() { gate.Pause(false); gate.Pause(true); gate.Pause(false) }},
		{"Close", gate.Close},
	} {
		change.do()
		select {
		case <-gate.Changed():
		default:
			t.Errorf("%s is not told", change.name)
		}
		select {
		case <-gate.Changed():
			t.Errorf("%s is told twice", change.name)
		default:
		}
	}
}

// Many requests, and a user who does everything at once: all get their answer.
func TestCrowd(t *testing.T) {
	s := start(t, hi)
	s.gate.Pause(true)
	s.gate.SetBreaks([]hold.Break{{Step: 8}, {Method: "GET"}, {OnError: true}})
	const crowd = 40
	clients := make([]client, crowd)
	for i := range clients {
		clients[i] = s.say(t, []string{getLast, postTo, refused}[i%3])
	}
	var answered sync.WaitGroup
	for _, c := range clients {
		answered.Add(1)
		go func() {
			defer answered.Done()
			c.gets("HTTP/1.1 ")
		}()
	}
	done := make(chan struct{})
	go func() {
		answered.Wait()
		close(done)
	}()
	for round := 0; ; round++ {
		select {
		case <-done:
			return
		case <-s.gate.Changed():
		case <-time.After(time.Millisecond):
		}
		for _, held := range s.gate.Held() {
			if (held.Request+round)%5 == 0 {
				s.gate.LetGo(held.Request)
			} else {
				s.gate.Next(held.Request)
			}
		}
	}
}
