package learn

import (
	"time"

	"barewire/internal/workshop"
	"barewire/tui/over"

	tea "github.com/charmbracelet/bubbletea"
)

// What can happen, besides keys and the size of the window.
type (
	// tickMsg comes every second, for what is said to be so long ago.
	tickMsg time.Time

	// spinMsg turns the sign of what is under way.
	spinMsg struct{ spinner *spinner }

	// runMsg asks for a run of the step that is looked at.
	runMsg struct{}

	// savedMsg tells that a file was saved.
	savedMsg struct{}

	// watchedMsg tells that no events come, and why.
	watchedMsg struct{ why string }

	// happenedMsg brings an event of a run.
	happenedMsg struct {
		run   *running
		step  int
		event workshop.Event
	}

	// fetchedMsg brings a text that took a while.
	fetchedMsg struct {
		fetching *fetching
		text     string
		err      error
	}

	// endedMsg tells that a run is over.
	endedMsg struct {
		run *running
		err error
	}

	// toldMsg is one sentence for the learner: what a command has done.
	toldMsg struct {
		text  string
		wrong bool
	}

	// sheetMsg brings a text to be read, and a question about it.
	sheetMsg struct {
		sheet *over.Sheet[*Model] // by its own name: Go 1.24 cannot compile the alias here
		ask   *question
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
