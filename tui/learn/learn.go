// Package learn is the workshop screen: the chapter of a step on one side, the
// state of its checks on the other. It runs them again when a file is saved, and
// otherwise it stays where the learner left it.
//
// A [Model] is drawn from values and changes by messages only; what it needs of a
// workspace are functions in [Config]. Read layout.go for the parts of the screen,
// then model.go, messages.go and draw.go; chapter.go, code.go and inline.go set a
// chapter, checks.go, tally.go and failure.go draw the other pane. What keys do is in
// press.go, open.go, hints.go, asking.go and edit.go, a run of the checks is in
// running.go, a text that takes a while to come in fetching.go, what lies over the
// panes in over.go, and the last two lines are in foot.go. plain.go is for those
// who have no terminal.
package learn

import (
	"context"
	"io"
	"path/filepath"
	"time"

	"barewire/internal/check"
	"barewire/internal/saved"
	"barewire/internal/workshop"
	"barewire/tui/cells"

	tea "github.com/charmbracelet/bubbletea"
)

// Config is what the screen is told about where it stands. Its functions are called
// by several goroutines.
type Config struct {
	Dir    string // of the workspace; what is edited and watched is below it
	Theme  cells.Theme
	Now    func() time.Time // the clock; nil for that of the system
	Editor string           // with its arguments, as in $EDITOR; "" for none
	Manual bool             // nothing runs before it is asked for
	Place  Place            // where the learner was
	Keep   func(Place) error

	Checks     []*check.Check           // all that there are
	Chapter    func(step int) string    // as Markdown; "" where there is none yet
	Progress   func() workshop.Progress // how far the learner has come
	Written    func() []int             // the steps that are begun, for R
	Output     func() string            // what the learner's program has printed
	Hint       func(id string) error    // notes that one more is shown
	Difference func(step int) ([]byte, error)
	Reveal     func(out io.Writer, step int, ask workshop.Ask) error
	Skip       func(out io.Writer, step int, ask workshop.Ask) error

	Check func(ctx context.Context, step int, tell func(workshop.Event)) error

	// Either may be nil. Watch says a check to the learner's server, and returns the
	// trace of it; Mistake returns what is to be known of a step's classic mistake.
	Watch   func(ctx context.Context, step int, id string) (string, error)
	Mistake func(ctx context.Context, step int) (string, error)

	until context.Context // what the screen starts ends with it
}

// A Place is where a learner is.
type Place struct {
	Step  int         `json:"step"`
	Check string      `json:"check,omitempty"` // the selected one
	Lines map[int]int `json:"lines,omitempty"` // of each chapter: the line at the top of the window
}

func (c Config) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

func (c Config) context() context.Context {
	if c.until != nil {
		return c.until
	}
	return context.Background()
}

// sources are the Go files of a workspace, and go.mod.
func sources(dir string) saved.Files {
	return saved.Files{
		Folders: []string{dir},
		Is:      func(path string) bool { return filepath.Ext(path) == ".go" || filepath.Base(path) == "go.mod" },
	}
}

// Run shows the screen until the learner quits, or the context ends. Keys come from
// the terminal. No check is still running when it returns.
func Run(ctx context.Context, config Config, out io.Writer) error {
	return run(ctx, New(config), tea.WithInputTTY(), tea.WithOutput(out), tea.WithAltScreen())
}

func run(ctx context.Context, model Model, options ...tea.ProgramOption) error {
	ctx, leave := context.WithCancel(ctx)
	model.config.until = ctx
	config := model.config
	program := tea.NewProgram(model, append(options, tea.WithoutSignalHandler())...)
	files := sources(config.Dir)
	watching, known := make(chan struct{}), files.Scan()
	go func() {
		defer close(watching)
		if !config.Manual {
			files.Watch(ctx, known, func([]string) { program.Send(savedMsg{}) }, func(why string) { program.Send(watchedMsg{why}) })
		}
	}()
	stop := context.AfterFunc(ctx, program.Quit)
	last, err := program.Run()
	stop()
	leave()
	<-watching
	model.started.Wait()
	if last, is := last.(Model); is && config.Keep != nil {
		if kept := config.Keep(last.place()); err == nil {
			err = kept
		}
	}
	return err
}
