package tui

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"barewire/internal/session"
	"barewire/tui/cells"
	"barewire/tui/hold"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"
)

var update = flag.Bool("update", false, "write what is true into the golden files")

// A screen is a Model in the hands of a test.
type screen struct {
	Model
	t *testing.T
}

func newScreen(t *testing.T, width, height int) *screen {
	s := &screen{t: t, Model: New(Config{
		App:   "hello:App",
		URL:   "http://127.0.0.1:8888",
		Theme: cells.Theme{Profile: termenv.Ascii},
		Gate:  hold.New(),
		Now:   func() time.Time { return session.Began.Add(10 * time.Second) },
	})}
	s.send(tea.WindowSizeMsg{Width: width, Height: height})
	return s
}

// send sends a message, and whatever its command says.
func (s *screen) send(msg tea.Msg) {
	s.t.Helper()
	model, cmd := s.Update(msg)
	s.Model = model.(Model)
	if cmd == nil {
		return
	}
	if said := cmd(); said != nil {
		if _, is := said.(toldMsg); is {
			s.send(said)
		}
	}
}

// press presses keys, by the names that they have in Bubble Tea.
func (s *screen) press(keys ...string) {
	s.t.Helper()
	for _, key := range keys {
		msg := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(key)}
		for kind := tea.KeyType(-120); kind <= 127; kind++ {
			if key != "" && len([]rune(key)) > 1 && kind.String() == key {
				msg = tea.KeyMsg{Type: kind}
			}
		}
		if key == " " {
			msg = tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}}
		}
		s.send(msg)
	}
}

// golden compares what is on the screen with a file.
func (s *screen) golden(name string) {
	s.t.Helper()
	path := filepath.Join("testdata", strings.ReplaceAll(name, " ", "_")+".golden")
	var got strings.Builder
	for line := range strings.Lines(s.View() + "\n") {
		got.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
			s.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		s.t.Errorf("the screen is not %s (-want +got):\n%s", path, diff)
	}
}

// The sizes that the pictures have.
var sizes = map[string][2]int{"80x24": {80, 24}, "120x40": {120, 40}, "160x48": {160, 48}}

// Of an application in Python the screen shows the worker too.
func TestWorkerScreens(t *testing.T) {
	for size, dimensions := range sizes {
		for _, test := range []struct {
			name string
			keys []string
		}{
			{name: "worker", keys: []string{"up"}},
			{name: "worker call", keys: []string{"up", "8"}},
			{name: "worker failed"},
			{name: "worker failed call", keys: []string{"8"}},
			{name: "worker explain", keys: []string{"up", "8", "tab", "tab", "down", "down", "down", "down", "down", "i"}},
		} {
			t.Run(size+" "+test.name, func(t *testing.T) {
				s := workerScreen(t, dimensions[0], dimensions[1])
				s.press(test.keys...)
				s.golden(size + " " + test.name)
			})
		}
	}
}

// workerScreen is a screen with what a worker has answered.
func workerScreen(t *testing.T, width, height int) *screen {
	t.Helper()
	s := newScreen(t, width, height)
	s.config.App = session.PythonApp
	s.send(eventsMsg(slices.Concat(session.Flask(1), session.Failed(2))))
	return s
}

func TestScreens(t *testing.T) {
	for size, dimensions := range sizes {
		for _, test := range []struct {
			name  string
			quiet bool
			keys  []string
		}{
			{name: "empty", quiet: true},
			{name: "live"},
			{name: "refused", keys: []string{"{", "{"}},
			{name: "environ", keys: []string{"7"}},
			{name: "origin", keys: []string{"7", "tab", "tab", "down", "down", "down", "down", "down"}},
			{name: "step 03", keys: []string{"3", "tab", "tab"}},
			{name: "call", keys: []string{"8"}},
			{name: "hex", keys: []string{"x", "x"}},
			{name: "page", keys: []string{"tab", "tab", "down"}},
			{name: "help", keys: []string{"?"}},
			{name: "explain", keys: []string{"tab", "tab", "down", "i"}},
		} {
			t.Run(size+" "+test.name, func(t *testing.T) {
				s := newScreen(t, dimensions[0], dimensions[1])
				if !test.quiet {
					s.send(eventsMsg(session.All()))
				}
				s.press(test.keys...)
				s.golden(size + " " + test.name)
			})
		}
	}
}
