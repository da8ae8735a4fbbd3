package learn

import (
	"strings"

	"barewire/tui/cells"
	"barewire/tui/over"

	tea "github.com/charmbracelet/bubbletea"
)

// What lies over the panes.
type (
	sheet = over.Sheet[*Model]
	menu  = over.Menu[*Model]
	input = over.Input[*Model]
)

// A question is answered with y; anything else is a no.
type question struct {
	text string
	yes  func(m *Model) tea.Cmd
}

// over draws what is over the panes, under a rule that names it.
func (m *Model) over() []cells.Row {
	if m.sheet != nil {
		return m.sheet.Draw(m, m.layout.width, m.overRows())
	}
	return m.menu.Draw(m.layout.width, m.overRows())
}

// overRows is how many rows are seen of it.
func (m *Model) overRows() int {
	const others = 5 // title, steps, rule, hint, keys
	return m.layout.height - others
}

// rowSheet is a sheet of rows that are made for the room that they have.
func rowSheet(title string, rows func(width int) []cells.Row) *sheet {
	return &sheet{Title: title, Rows: func(_ *Model, width int) (indented []cells.Row) {
		const margin = 2
		for _, row := range rows(width - 2*margin) {
			indented = append(indented, append(cells.Row{{Text: strings.Repeat(" ", margin)}}, row...))
		}
		return indented
	}}
}

// textSheet is a sheet of lines, each with its role, which are wrapped where they
// are too wide.
func textSheet(title, text string, role func(line string) cells.Role) *sheet {
	lines := strings.Split(text, "\n")
	return rowSheet(title, func(width int) (rows []cells.Row) {
		for _, line := range lines {
			rows = append(rows, wrapText(role(line), tabs(strings.TrimRight(line, "\r")), width)...)
		}
		return rows
	})
}

func plain(string) cells.Role { return cells.Plain }

// inDiff is the role of a line in a difference.
func inDiff(line string) cells.Role {
	switch {
	case strings.HasPrefix(line, "+"):
		return cells.App
	case strings.HasPrefix(line, "-"):
		return cells.Wrong
	case strings.HasPrefix(line, "@@"):
		return cells.Quiet
	}
	return cells.Plain
}
