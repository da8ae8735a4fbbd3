package docs_test

import (
	"context"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"barewire/apps/hello"
	"barewire/internal/check"
	"barewire/internal/lab"
	"barewire/internal/session"
	"barewire/internal/workshop"
	"barewire/server"
	"barewire/tui/cells"
	"barewire/tui/learn"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
)

// learner shows step 03 on the workshop screen, in the hands of somebody who splits
// the request line at any white space. The checks are real, and so is what comes
// back.
func learner(t *testing.T, columns, rows int) tea.Model {
	now := session.Began
	var model tea.Model = learn.New(learn.Config{
		Dir:      t.TempDir(),
		Theme:    cells.Theme{Dark: true, Profile: termenv.TrueColor},
		Now:      func() time.Time { return now },
		Editor:   "vi",
		Place:    learn.Place{Step: 3},
		Checks:   check.All(),
		Chapter:  func(int) string { return chapterOf(t, "03_requestline.md") },
		Progress: func() workshop.Progress { return workshop.Progress{Step: 3, Passed: []int{1, 2}} },
		Written:  func() []int { return []int{1, 2, 3} },
		Output:   func() string { return "" },
		Check:    func(_ context.Context, _ int, tell func(workshop.Event)) error { splitsLines(t, tell); return nil },
	})
	update := func(msg tea.Msg) (cmd tea.Cmd) {
		model, cmd = model.Update(msg)
		return cmd
	}
	update(tea.WindowSizeMsg{Width: columns, Height: rows})
	// A run begins with two commands at a time, of which the first waits for what
	// happens; from then on there is one after each event.
	for cmd := update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("r")}); cmd != nil; {
		msg := cmd()
		if batch, is := msg.(tea.BatchMsg); is {
			msg = batch[0]()
		}
		if msg == nil {
			break
		}
		cmd = update(msg)
	}
	return model
}

func chapterOf(t *testing.T, name string) string {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// splitsLines runs the core checks of step 03 on a server with that mistake.
func splitsLines(t *testing.T, tell func(workshop.Event)) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Error(err)
		return
	}
	s := server.New(hello.App)
	s.Errors, s.Now = io.Discard, func() time.Time { return session.Began }
	mistake, _ := lab.Find("split-line")
	s.Swap(mistake.Put)
	go s.Serve(listener)
	defer func() {
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	finished := workshop.Finished{Step: 3, Tests: true, Took: 800 * time.Millisecond, FullOf: len(check.Of(3))}
	for _, c := range check.Of(3) {
		if !c.Core {
			continue
		}
		result := check.Run(t.Context(), check.Target{Addr: listener.Addr().String()}, c)
		if c.Needs == check.Demo {
			result = check.Result{Check: c, Passed: true, Alive: true} // the demo's own text
		}
		result.Addr = "127.0.0.1:40517"
		tell(workshop.Checked{Result: result})
		finished.CoreOf, finished.FullOf, finished.Ran = finished.CoreOf+1, finished.FullOf-1, finished.Ran+1
		if result.Passed {
			finished.Core++
		}
	}
	tell(finished)
}
