package over

import (
	"barewire/tui/cells"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// A Sheet is a text to be read and closed.
type Sheet[M any] struct {
	Title string
	Rows  func(m M, width int) []cells.Row // all of it, on a screen of this width
	top   int
}

// An Outcome is what became of a key.
type Outcome int

const (
	Unknown Outcome = iota // it means nothing here
	Stays
	Closes
	Quits
)

// Press moves through the text, of which so many rows are seen, or tells that the
// sheet is to be closed: by esc, q or enter, or by a key that opened it.
func (s *Sheet[M]) Press(msg tea.KeyMsg, page int, openers ...key.Binding) Outcome {
	by, moves := Moved(msg, page)
	switch {
	case moves:
		s.top = max(s.top+by, 0)
		return Stays
	case key.Matches(msg, Quit):
		return Quits
	case key.Matches(msg, dismiss, open), key.Matches(msg, openers...):
		return Closes
	}
	return Unknown
}

// Draw returns the rule, and as many rows of the text as there is room for below it.
func (s *Sheet[M]) Draw(m M, width, room int) []cells.Row {
	rows := s.Rows(m, width)
	s.top = max(min(s.top, len(rows)-room), 0)
	return append([]cells.Row{rule(s.Title, width)}, rows[s.top:min(s.top+room, len(rows))]...)
}
