// Package tui is the live screen: it shows what a server does while it does it,
// holds a request between any two steps, and tells where each byte came from.
//
// A [Model] is drawn from values and changes by messages only. Read layout.go
// for the parts of the screen, then model.go; list.go, ladder.go and page.go draw
// the three panes, and the pages of the steps are in wire.go, environ.go,
// calls.go, steps.go, held.go and hex.go. What keys do is in press.go, over the
// page comes what is in over.go, and the last two lines are in foot.go.
//
// The packages below know nothing of a screen: history remembers, hold stops
// requests, cells paints, explain, filter, poke, export and source do what their
// names say.
package tui

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"barewire/server"
	"barewire/tui/cells"
	"barewire/tui/export"
	"barewire/tui/history"
	"barewire/tui/hold"
	"barewire/tui/poke"

	tea "github.com/charmbracelet/bubbletea"
)

// Config is what the screen is told about where it stands.
type Config struct {
	App       string // the name of the application
	Title     string // what stands at the top in its place; "" for the name
	URL       string // where the server listens; "" for a record
	Protocol  string // what it speaks to a proxy, such as uwsgi; "" for HTTP
	Theme     cells.Theme
	Curl      bool                  // arrows as curl -v draws them
	Gate      *hold.Gate            // nil for a record, which cannot be held
	Next      func() []server.Event // waits for events; none when there are no more
	Messages  <-chan string         // sentences for the user; may be nil
	Now       func() time.Time      // the clock; nil for that of the system
	Folder    string                // where exports are put; "" is where the user stands
	Clipboard export.Clipboard
	Version   string // of this program, for exports
	Watched   string // of a program that is not our server, what is known of it, in a sentence
	Record    string // the file that is written meanwhile, "" for none
	Mistake   string // the one that the server makes from the beginning, "" for none
	Mistakes  []Mistake

	until context.Context // what the screen starts ends with it; nil for never
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

// example is the curl line that a first visitor is to type.
func (c Config) example() string {
	path, onUnix := strings.CutPrefix(c.URL, poke.OnUnix)
	switch {
	case c.Protocol != "": // which curl does not speak
		return "curl 'http://localhost/'   # or where its proxy is"
	case onUnix:
		return fmt.Sprintf("curl --unix-socket %s 'http://localhost/'", export.Quote(path))
	case c.App == "hello:App":
		return fmt.Sprintf("curl -d name=ada '%s/hello?x=1'", c.URL)
	}
	return fmt.Sprintf("curl '%s/'", c.URL)
}

// Events is the message that something has happened.
func Events(events []server.Event) tea.Msg { return eventsMsg(events) }

// frame is how long the screen rests between two drawings, at least.
const frame = time.Second / 30

// Run shows the screen until the user quits, or the context ends. Keys come from
// the terminal. The error is that of the terminal, or a bug in here.
func Run(ctx context.Context, config Config, out io.Writer) error {
	config.until = ctx
	return run(ctx, New(config), tea.WithInputTTY(), tea.WithOutput(out))
}

// Open shows a record that is over.
func Open(ctx context.Context, config Config, h *history.History, out io.Writer) error {
	config.until = ctx
	return run(ctx, load(config, h), tea.WithInputTTY(), tea.WithOutput(out))
}

func run(ctx context.Context, model Model, options ...tea.ProgramOption) error {
	config := model.config
	program := tea.NewProgram(model, append(options, tea.WithAltScreen(), tea.WithoutSignalHandler())...)
	stop := make(chan struct{})
	if config.Next != nil {
		go pump(program, config)
	}
	if config.Gate != nil {
		go watchGate(program, config.Gate, stop)
	}
	go passMessages(program, config.Messages, stop)
	go func() {
		select {
		case <-ctx.Done():
			program.Quit()
		case <-stop:
		}
	}()
	_, err := program.Run()
	close(stop)
	return err
}

// pump hands over events, thirty times in a second at most. What happens in the
// meantime is in the next load: nothing but this goroutine ever waits for the
// screen.
func pump(program *tea.Program, config Config) {
	for {
		events := config.Next()
		if len(events) == 0 {
			return
		}
		program.Send(eventsMsg(events))
		time.Sleep(frame)
	}
}

// passMessages shows sentences of others.
func passMessages(program *tea.Program, messages <-chan string, stop chan struct{}) {
	for {
		select {
		case text := <-messages:
			program.Send(toldMsg{text: text, wrong: true})
		case <-stop:
			return
		}
	}
}

// watchGate tells when a request is held, or goes on.
func watchGate(program *tea.Program, gate *hold.Gate, stop chan struct{}) {
	for {
		select {
		case <-gate.Changed():
			program.Send(heldMsg{})
		case <-stop:
			return
		}
	}
}

// load returns the screen with a record in it.
func load(config Config, h *history.History) Model {
	m := New(config)
	m.history = h
	m.list.follow = false
	m.refresh()
	return m
}

// folder is where exports go: where the user stands, unless something else is said.
func (c Config) folder() string {
	if c.Folder != "" {
		return c.Folder
	}
	if here, err := os.Getwd(); err == nil {
		return here
	}
	return os.TempDir()
}
