package tui

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"barewire/apps/hello"
	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
	"barewire/tui/cells"
	"barewire/tui/hold"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
	"go.uber.org/goleak"
)

// A sitting is somebody before the screen of a server: all of it but the
// terminal is real.
type sitting struct {
	t      *testing.T
	addr   string
	keys   io.Writer
	screen *screenOutput
	leave  context.CancelFunc
	ended  chan error
}

// sit opens a screen. When the test is over it must have been left, and nothing
// of it may still run.
func sit(t *testing.T) *sitting {
	t.Helper()
	return sitBefore(t, hello.App)
}

func sitBefore(t *testing.T, app wsgi.Application) *sitting {
	t.Helper()
	// A tick that is under way when the screen is left comes to its end.
	others := []goleak.Option{goleak.IgnoreCurrent(), goleak.IgnoreAnyFunction("github.com/charmbracelet/bubbletea.Tick.func1")}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gate, ring := hold.New(), server.NewRing(1<<20)
	served := server.New(app)
	served.Errors = io.Discard
	served.Gate, served.AfterChunk = gate.Pass, gate.PassChunk
	served.Observe = func(event server.Event) {
		gate.Observe(event)
		ring.Observe(event)
	}
	serving := make(chan struct{})
	go func() {
		served.Serve(listener)
		close(serving)
	}()

	model := New(Config{
		App:   "hello:App",
		URL:   "http://" + listener.Addr().String(),
		Theme: cells.Theme{Profile: termenv.Ascii},
		Gate:  gate,
		Next:  ring.Next,
	})
	model.layout = newLayout(120, 40) // a pipe has no size
	in, keys := io.Pipe()
	ctx, leave := context.WithCancel(t.Context())
	s := &sitting{t: t, addr: listener.Addr().String(), keys: keys, screen: &screenOutput{}, leave: leave, ended: make(chan error, 1)}
	go func() {
		s.ended <- run(ctx, model, tea.WithInput(in), tea.WithOutput(s.screen))
	}()
	t.Cleanup(func() {
		leave()
		gate.Close()
		ring.Close()
		_ = keys.Close()
		ctx, cancel := context.WithTimeout(context.Background(), soon)
		defer cancel()
		if err := served.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		<-serving
		goleak.VerifyNone(t, others...)
	})
	return s
}

// screenOutput is what the screen has written.
type screenOutput struct {
	mutex sync.Mutex
	all   strings.Builder
	seen  int // bytes
}

func (o *screenOutput) Write(text []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.all.Write(text)
}

// find looks for a text in what was written since the last one that was found.
func (o *screenOutput) find(text string) bool {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	at := strings.Index(o.all.String()[o.seen:], text)
	if at >= 0 {
		o.seen += at + len(text)
	}
	return at >= 0
}

func (o *screenOutput) String() string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.all.String()
}

// sees waits until a text is drawn.
func (s *sitting) sees(text string) {
	s.t.Helper()
	for deadline := time.Now().Add(soon); !s.screen.find(text); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("in %v the screen does not show %q behind what was seen:\n%q", soon, text, s.screen)
		}
	}
}

func (s *sitting) press(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.keys, keys); err != nil {
		s.t.Fatal(err)
	}
}

// get sends a request; what comes back comes later.
func (s *sitting) get(path string) <-chan string {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
		s.t.Fatal(err)
	}
	answer := make(chan string, 1)
	go func() {
		defer conn.Close()
		text, _ := io.ReadAll(conn)
		answer <- string(text)
	}()
	return answer
}

// gets wants an answer that begins with 200 OK.
func (s *sitting) gets(answer <-chan string) {
	s.t.Helper()
	select {
	case text := <-answer:
		if !strings.HasPrefix(text, "HTTP/1.1 200 OK\r\n") {
			s.t.Errorf("the client gets %q", text)
		}
	case <-time.After(soon):
		s.t.Fatalf("the client gets no answer; the screen is\n%q", s.screen)
	}
}

// isOver waits until the screen is left, and wants the terminal as it was: the
// other screen is gone, and the cursor is back.
func (s *sitting) isOver() {
	s.t.Helper()
	select {
	case end := <-s.ended:
		if end != nil {
			s.t.Errorf("the screen ends with %v", end)
		}
	case <-time.After(soon):
		s.t.Fatal("the screen is not left")
	}
	for _, sequence := range []string{"\x1b[?1049l", "\x1b[?25h"} {
		if !strings.Contains(s.screen.String(), sequence) {
			s.t.Errorf("%q is not written", sequence)
		}
	}
}

func TestFlowHold(t *testing.T) {
	s := sit(t)
	s.sees("Nothing has arrived yet")
	s.gets(s.get("/first"))
	s.sees("/first")
	s.sees("200 OK")

	s.press("p")
	s.sees("PAUSE ON")
	answer := s.get("/second")
	s.sees("‖ held 03")
	s.press(" ")
	s.sees("held before 04 headers")
	for _, step := range []string{"05 body", "07 environ"} {
		s.press(" ")
		s.sees("held before " + step)
	}
	select {
	case text := <-answer:
		t.Fatalf("the request is held, and the client gets %q", text)
	default:
	}
	s.press("c")
	s.gets(answer)
	s.sees("200 OK")
	s.press("q")
	s.isOver()
}

func TestFlowHoldBehindChunks(t *testing.T) {
	s := sitBefore(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		return wsgi.List{[]byte("one\n"), []byte("two\n"), []byte("three\n")}
	})
	s.sees("Nothing has arrived yet")
	s.press("b")
	s.sees("breakpoints")
	s.press("G\x1b[A\x1b[A\x1b[A") // the last steps stand above method and path
	s.sees("▸ before 09 response")
	s.press("\r")
	s.sees("1 breakpoint")
	answer := s.get("/chunks")
	s.sees("held before 09 response")
	s.press(" ")
	s.sees("held in 09 response, after chunk 1")
	s.press(" ")
	s.sees("after chunk 2")
	select {
	case text := <-answer:
		t.Fatalf("the request is held, and the client gets %q", text)
	default:
	}
	s.press("c")
	s.gets(answer)
	s.press("Q")
	s.isOver()
}

func TestFlowSend(t *testing.T) {
	s := sit(t)
	s.sees("Nothing has arrived yet")
	s.press("s")
	s.sees("a GET")
	s.press("\r")
	s.sees("200 OK")
	s.press("s")
	s.sees("send a request")
	s.press("G")
	s.sees("▸ a body that is never finished")
	s.press("\x1b") // not that one, it takes a minute
	s.sees("whole request")
	s.press("Q")
	s.isOver()
}

// The context ends when the process is told to: also while a request is held.
func TestFlowEnds(t *testing.T) {
	s := sit(t)
	s.sees("Nothing has arrived yet")
	s.press("p")
	s.sees("PAUSE ON")
	s.get("/held")
	s.sees("‖ held 03")
	s.leave()
	s.isOver()
}
