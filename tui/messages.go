package tui

import (
	"time"

	"barewire/server"

	tea "github.com/charmbracelet/bubbletea"
)

// What can happen, besides keys and the size of the window.
type (
	// eventsMsg brings what the server told since the last one.
	eventsMsg []server.Event

	// heldMsg tells that requests are held, or go on.
	heldMsg struct{}

	// tickMsg comes every second, for the clocks.
	tickMsg time.Time

	// toldMsg is one sentence for the user: what a command has done.
	toldMsg struct {
		text  string
		wrong bool
		late  bool // not about what is being done now: it can wait
	}
)

func tick() tea.Cmd {
	return tea.Tick(time.Second, func(now time.Time) tea.Msg { return tickMsg(now) })
}

// told is a command that only says something.
func told(text string) tea.Cmd { return func() tea.Msg { return toldMsg{text: text} } }

// failed is a command that says what went wrong.
func failed(err error) tea.Cmd {
	return func() tea.Msg { return toldMsg{text: err.Error(), wrong: true} }
}
