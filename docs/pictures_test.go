package docs_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"barewire/internal/picture"
	"barewire/internal/session"
	"barewire/server"
	"barewire/tui"
	"barewire/tui/cells"
	"barewire/tui/hold"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
)

// The pictures of the live screen: how each is reached, with keys from the
// keyboard, and how large it is.
var pictures = []struct {
	name          string
	columns, rows int
	reach         func(s *screen)
}{
	{"live-80", 80, 24, func(s *screen) { s.tell(session.All()...) }},
	{"live-120", 120, 40, func(s *screen) { s.tell(session.All()...) }},
	{"provenance", 120, 40, func(s *screen) {
		s.tell(session.All()...)
		s.press("tab", "tab", "down", "down", "down", "down") // to QUERY_STRING
	}},
	{"environ", 120, 40, func(s *screen) {
		s.tell(session.All()...)
		s.press("7", "tab", "tab", "down", "down", "down", "down", "down")
	}},
	{"explain", 80, 24, func(s *screen) {
		s.tell(session.All()...)
		s.press("tab", "tab", "down", "i")
	}},
	{"held", 80, 24, hold07},
	{"send", 120, 40, func(s *screen) {
		s.tell(session.All()...)
		s.press("s")
	}},
	{"python", 120, 24, func(s *screen) {
		s.tell(session.Flask(1)...)
		s.press("8")
	}},
}

// TestPictures draws each picture and compares it with the file that the pages
// show. After a change, make pictures draws the files again.
func TestPictures(t *testing.T) {
	for _, p := range pictures {
		t.Run(p.name, func(t *testing.T) {
			app := "hello:App"
			if p.name == "python" {
				app = session.PythonApp
			}
			s := newScreen(t, app, p.columns, p.rows)
			p.reach(s)
			comparePicture(t, p.name, s.model.View(), picture.Options{Columns: p.columns, Rows: p.rows, Dark: true, Title: "barewire " + app})
		})
	}
	t.Run("learn", func(t *testing.T) {
		const columns, rows = 120, 40
		comparePicture(t, "learn", learner(t, columns, rows).View(), picture.Options{Columns: columns, Rows: rows, Dark: true, Title: "barewire learn"})
	})
}

func comparePicture(t *testing.T, name, view string, options picture.Options) {
	t.Helper()
	drawn := picture.SVG(view, options)
	path := filepath.Join("pictures", name+".svg")
	if *update {
		if err := os.WriteFile(path, drawn, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	shown, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; make pictures draws it", err)
	}
	if !bytes.Equal(shown, drawn) {
		t.Errorf("docs/%s is stale: the screen looks otherwise now; make pictures draws it again", path)
	}
}

// A screen is the model in the hands of a test. Its clock stands still, and it
// has a server that plays what is told of requests.
type screen struct {
	t       *testing.T
	model   tea.Model
	gate    *hold.Gate
	now     time.Time
	events  chan server.Event
	serving sync.WaitGroup
}

func newScreen(t *testing.T, app string, columns, rows int) *screen {
	s := &screen{t: t, gate: hold.New(), now: session.Began.Add(10 * time.Second), events: make(chan server.Event)}
	s.gate.Now = func() time.Time { return s.now }
	t.Cleanup(func() {
		s.gate.Close()
		s.serving.Wait()
	})
	s.model = tui.New(tui.Config{
		App:   app,
		URL:   "http://127.0.0.1:8888",
		Theme: cells.Theme{Dark: true, Profile: termenv.TrueColor},
		Gate:  s.gate,
		Now:   func() time.Time { return s.now },
	})
	s.update(tea.WindowSizeMsg{Width: columns, Height: rows})
	return s
}

func (s *screen) update(msg tea.Msg) { s.model, _ = s.model.Update(msg) }

// tell tells the screen what has happened, or without events that it has to look
// at the gate.
func (s *screen) tell(events ...server.Event) { s.update(tui.Events(events)) }

// press presses keys.
func (s *screen) press(keys ...string) {
	named := map[string]tea.KeyType{"tab": tea.KeyTab, "down": tea.KeyDown, "space": tea.KeySpace}
	for _, key := range keys {
		if kind, is := named[key]; is {
			s.update(tea.KeyMsg{Type: kind, Runes: []rune(" ")})
		} else {
			s.update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(key)})
		}
	}
}

// hold07 has two requests arrive in a pause, and takes the first to step 07. Its
// client waits for 42 seconds.
func hold07(s *screen) {
	const first, second = 6, 7
	for _, event := range session.All() {
		if event.Where().Conn < first {
			s.tell(event)
		}
	}
	s.press("p")
	s.arrive(first)
	for _, step := range []int{4, 5, 7} {
		s.press("space")
		s.until(first, step)
	}
	s.arrive(second)
	s.now = session.Began.Add((first-1)*time.Second + 42*time.Second)
	s.tell()
}

// arrive has a request come, as a server would tell of it, and stop before 03.
func (s *screen) arrive(number int) {
	request := session.Post(number)
	s.now = request[0].Where().At
	over := s.t.Context().Done()
	s.serving.Add(1)
	go func() {
		defer s.serving.Done()
		for _, event := range request {
			if passed, is := event.(server.Passed); is {
				s.gate.Pass(passed.Place, server.Stage{Number: passed.Step}, func() bool { return false })
			}
			s.gate.Observe(event)
			select {
			case s.events <- event:
			case <-over:
				return
			}
		}
	}()
	s.until(number, 3)
}

// until tells the screen what happens, until a request stands before a step.
func (s *screen) until(number, step int) {
	for !slices.ContainsFunc(s.gate.Held(), func(h hold.Held) bool { return h.Request == number && h.Step == step }) {
		select {
		case event := <-s.events:
			s.tell(event)
		case <-s.gate.Changed():
		}
	}
	s.tell() // that it was stopped
}
