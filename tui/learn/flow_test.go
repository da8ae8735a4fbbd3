package learn

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"barewire/internal/workshop"
	"barewire/tui/cells"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
	"go.uber.org/goleak"
)

// soon is how long a test waits for what must come.
const soon = 20 * time.Second

// writeFile writes a file below a folder, and the folders that it needs.
func writeFile(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	// in one move, or half a file could be seen
	if err := os.WriteFile(path+"~", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+"~", path); err != nil {
		t.Fatal(err)
	}
}

func sampleFolder(t *testing.T) string {
	dir := t.TempDir()
	writeFile(t, dir, "go.mod", "module workshop\n")
	writeFile(t, dir, "steps/03/a.go", "package a")
	writeFile(t, dir, "steps/04/c.go", "package c")
	return dir
}

// A sitting is somebody before the screen: all of it but the terminal and the
// runner is real.
type sitting struct {
	t      *testing.T
	dir    string
	keys   io.Writer
	screen *screenOutput
	leave  context.CancelFunc
	ended  chan error
	kept   chan Place

	mutex sync.Mutex
	run   func(ctx context.Context, tell func(workshop.Event)) error // what the next run does
}

func sit(t *testing.T) *sitting {
	t.Helper()
	others := []goleak.Option{
		goleak.IgnoreCurrent(),
		// A tick that is under way when the screen is left comes to its end.
		goleak.IgnoreAnyFunction("github.com/charmbracelet/bubbletea.Tick.func1"),
		goleak.IgnoreAnyFunction("github.com/charmbracelet/bubbletea.(*Program).execBatchMsg"),
	}
	in, keys := io.Pipe()
	ctx, leave := context.WithCancel(t.Context())
	s := &sitting{t: t, dir: sampleFolder(t), keys: keys, screen: &screenOutput{}, leave: leave, ended: make(chan error, 1), kept: make(chan Place, 10)}
	checks := sampleChecks()
	s.runs(func(_ context.Context, tell func(workshop.Event)) error {
		for _, event := range sampleRun(checks) {
			tell(event)
		}
		return nil
	})
	config := Config{
		Dir:      s.dir,
		Theme:    cells.Theme{Profile: termenv.Ascii},
		Checks:   checks,
		Chapter:  func(int) string { return sampleChapter },
		Progress: func() workshop.Progress { return sampleProgress(nil) },
		Keep: func(place Place) error {
			s.kept <- place
			return nil
		},
		Check: func(ctx context.Context, _ int, tell func(workshop.Event)) error {
			s.mutex.Lock()
			run := s.run
			s.mutex.Unlock()
			return run(ctx, tell)
		},
	}
	model := New(config)
	model.layout.width, model.layout.height = 120, 40 // a pipe has no size
	go func() {
		s.ended <- run(ctx, model, tea.WithInput(in), tea.WithOutput(s.screen), tea.WithAltScreen())
	}()
	t.Cleanup(func() {
		leave()
		_ = keys.Close()
		goleak.VerifyNone(t, others...)
	})
	return s
}

func (s *sitting) runs(run func(ctx context.Context, tell func(workshop.Event)) error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.run = run
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

// isOver waits until the screen is left, and wants the terminal as it was.
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

// The checks run when the screen opens and when a file is saved; a run can be
// stopped; and what was looked at is kept.
func TestFlow(t *testing.T) {
	s := sit(t)
	s.sees("03 requestline: What do they want?")
	s.sees("✗ 03.4")
	s.sees("^ first wrong byte, 10")

	fault := workshop.Fault{File: "steps/03/a.go", Line: 31, Text: "undefined: parts"}
	s.runs(func(_ context.Context, tell func(workshop.Event)) error {
		tell(workshop.Building{})
		tell(workshop.Built{Errors: []workshop.Fault{fault}})
		return nil
	})
	writeFile(t, s.dir, "steps/03/a.go", "package a // 2")
	s.sees("does not build")
	s.sees("steps/03/a.go:31")

	began := make(chan struct{})
	s.runs(func(ctx context.Context, tell func(workshop.Event)) error {
		tell(workshop.Building{})
		close(began)
		<-ctx.Done()
		return ctx.Err()
	})
	s.press("r")
	<-began
	s.sees("building step 03")
	s.press("\x03")
	s.sees("Stopped.")
	s.press("]")
	s.sees("04 headers: What else did they say?")
	if place := <-s.kept; place.Step != 4 {
		t.Errorf("kept on the way: %v", place)
	}
	s.press("q")
	s.isOver()
	if place := <-s.kept; place.Step != 4 {
		t.Errorf("kept at the end: %v", place)
	}
}

// The context ends when the process is told to: the run that is under way ends too,
// before Run returns.
func TestFlowEnds(t *testing.T) {
	s := sit(t)
	s.sees("first wrong byte")
	began, over := make(chan struct{}), false
	s.runs(func(ctx context.Context, tell func(workshop.Event)) error {
		close(began)
		<-ctx.Done()
		over = true
		return ctx.Err()
	})
	s.press("r")
	<-began
	s.leave()
	s.isOver()
	if !over {
		t.Error("the run is still under way")
	}
}
