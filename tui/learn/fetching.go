package learn

import (
	"context"
	"errors"
	"strings"

	"barewire/tui/cells"

	tea "github.com/charmbracelet/bubbletea"
)

// A fetching is a text that is on its way: a program has to be built and asked for
// it. Its sheet is open meanwhile, and to close that is to stop it.
type fetching struct {
	spinner
	cancel context.CancelFunc
	got    chan tea.Msg // the text, or why there is none
}

// fetch gets a text that may take a while, and shows it. The screen does not end
// before what was started for it has.
func (m *Model) fetch(title string, get func(context.Context) (string, error)) tea.Cmd {
	ctx, cancel := context.WithCancel(m.config.context())
	f := &fetching{cancel: cancel, got: make(chan tea.Msg, 1)}
	m.fetching = f
	m.sheet = rowSheet(title, func(int) []cells.Row {
		return []cells.Row{nil, cells.Text(cells.Held, f.sign()+" a server is asked for it; esc stops")}
	})
	started := m.started
	started.Add(1)
	go func() {
		defer started.Done()
		defer cancel()
		text, err := get(ctx)
		f.got <- fetchedMsg{f, text, err}
	}()
	return tea.Batch(func() tea.Msg { return <-f.got }, f.spin())
}

// fetched shows the text. One that nobody waits for any more is late.
func (m *Model) fetched(msg fetchedMsg) {
	if msg.fetching != m.fetching {
		return
	}
	m.fetching = nil
	if msg.err != nil {
		m.sheet = nil
		m.message = toldMsg{text: firstLine(msg.err), wrong: !errors.Is(msg.err, context.Canceled)}
		return
	}
	m.sheet = textSheet(m.sheet.Title, strings.TrimRight(msg.text, "\n"), plain)
}

// stopFetching closes the sheet of a text that has not come yet.
func (m *Model) stopFetching() tea.Cmd {
	m.fetching.cancel()
	m.fetching, m.sheet = nil, nil
	return told("Stopped.")
}

// firstLine is what there is room for of an error.
func firstLine(err error) string {
	first, _, _ := strings.Cut(err.Error(), "\n")
	return first
}
