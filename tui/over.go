package tui

import (
	"strings"

	"barewire/server/trace"
	"barewire/tui/cells"
	"barewire/tui/over"
)

// What lies over the page.
type (
	sheet = over.Sheet[*Model]
	menu  = over.Menu[*Model]
	item  = over.Item[*Model]
	input = over.Input[*Model]
)

// over draws what is over the page, under a rule that names it.
func (m *Model) over() []cells.Row {
	if m.menu != nil {
		return m.menu.Draw(m.layout.width, m.layout.body)
	}
	return m.sheet.Draw(m, m.layout.width, m.layout.body)
}

// textSheet is a sheet of lines, which are wrapped where they are too wide.
func textSheet(title string, lines ...string) *sheet {
	return &sheet{Title: title, Rows: func(_ *Model, width int) (rows []cells.Row) {
		for _, line := range lines {
			for _, row := range wrappedLine(line, width-4) {
				rows = append(rows, cells.Row{{Text: "  " + row}})
			}
		}
		return rows
	}}
}

// wrappedLine breaks a line that is too wide at its blanks, if it has some.
func wrappedLine(line string, width int) []string {
	if cells.Width(line) <= width {
		return []string{line}
	}
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	var lines []string
	for _, row := range wrapped(cells.Plain, line[len(indent):], width-len(indent)) {
		lines = append(lines, indent+row.Row[0].Text)
	}
	return lines
}

// count is said of many things.
var count = trace.Count
