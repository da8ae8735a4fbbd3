package over

import (
	"strings"

	"barewire/tui/cells"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
)

// A Menu offers something to choose from.
type Menu[M any] struct {
	Title  string
	Items  []Item[M]
	cursor int
	top    int
}

// An Item of a menu: what it is called, what it is about, and what it does.
type Item[M any] struct {
	Name, About string
	Do          func(m M) tea.Cmd
}

// Press moves the cursor, by pages of so many rows, or tells that the menu is to be
// closed: with the item that was chosen, if one was.
func (s *Menu[M]) Press(msg tea.KeyMsg, page int) (Outcome, *Item[M]) {
	by, moves := Moved(msg, page)
	switch {
	case moves:
		s.cursor = max(min(s.cursor+by, len(s.Items)-1), 0)
		return Stays, nil
	case key.Matches(msg, Quit):
		return Quits, nil
	case key.Matches(msg, dismiss):
		return Closes, nil
	case key.Matches(msg, open) && len(s.Items) > 0:
		return Closes, &s.Items[s.cursor]
	}
	return Unknown, nil
}

// Draw returns the rule, the items around the cursor, and in the last of so many rows
// the beginning of a sentence about an item that needs two.
func (s *Menu[M]) Draw(width, room int) []cells.Row {
	seen := max(room-1, 1)
	s.top = max(min(s.top, s.cursor, len(s.Items)-seen), s.cursor-seen+1, 0)
	name := 0
	for _, item := range s.Items {
		name = max(name, cells.Width(item.Name))
	}
	name = min(name, width/2)
	rows := []cells.Row{rule(s.Title, width)}
	for i := s.top; i < min(s.top+seen, len(s.Items)); i++ {
		cursor, mark := "  ", cells.None
		if i == s.cursor {
			cursor, mark = "▸ ", cells.Cursor
		}
		rows = append(rows, cells.Columns(
			cells.Column{Width: 2, Row: cells.Text(cells.Held, cursor)},
			cells.Column{Width: name, Row: cells.Row{{Text: s.Items[i].Name, Mark: mark}}},
			cells.Column{Width: 3},
			cells.Column{Width: max(width-name-5, 0), Row: cells.Text(cells.Quiet, s.Items[i].About)},
		))
	}
	for len(rows) < room {
		rows = append(rows, nil)
	}
	first, _ := s.sentence(width)
	return append(rows, first)
}

// Hint is what the item under the cursor is about, or the end of that: the line
// below the menu.
func (s *Menu[M]) Hint(width int) cells.Row {
	_, second := s.sentence(width)
	return second
}

func (s *Menu[M]) sentence(width int) (first, second cells.Row) {
	if len(s.Items) == 0 {
		return nil, nil
	}
	lines := strings.Split(ansi.Wrap(cells.Harmless(s.Items[s.cursor].About), max(width-2, 1), ""), "\n")
	if len(lines) == 1 {
		return nil, cells.Text(cells.Quiet, " "+lines[0])
	}
	return cells.Text(cells.Quiet, " "+lines[0]), cells.Text(cells.Quiet, " "+lines[1])
}
