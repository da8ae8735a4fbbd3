package tui

import (
	"strings"

	"barewire/server/trace"
	"barewire/tui/cells"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
)

// A sheet is a text over the page, to be read and closed.
type sheet struct {
	title string
	lines []string
	build func(m *Model) []cells.Row // makes rows in place of lines, where they have roles
	top   int
}

// A menu offers something to choose from.
type menu struct {
	title  string
	items  []item
	cursor int
	top    int
}

// An item of a menu: what it is called, what it is about, and what it does.
type item struct {
	name, about string
	do          func(m *Model) tea.Cmd
}

// An input takes a line of text.
type input struct {
	prompt string
	field  textinput.Model
	accept func(m *Model, text string) tea.Cmd
}

func newInput(prompt, text string, accept func(*Model, string) tea.Cmd) *input {
	field := textinput.New()
	field.Prompt = ""
	field.SetValue(text)
	field.CursorEnd()
	field.Focus()
	return &input{prompt: prompt, field: field, accept: accept}
}

// draw shows what is typed, and what was wrong with it. Of a text that is longer
// than the line the part with the cursor is seen.
func (i *input) draw(message toldMsg, width int) cells.Row {
	typed, at := []rune(i.field.Value()), i.field.Position()
	row := cells.Row{{Text: " " + i.prompt + " ", Role: cells.Held}}
	room := width - row.Width() - 2
	from := 0
	for from < at && cells.Width(string(typed[from:at])) > room {
		from++
	}
	row = append(row, cells.Span{Text: string(typed[from:at])})
	if at < len(typed) {
		row = append(row, cells.Span{Text: string(typed[at]), Mark: cells.Cursor}, cells.Span{Text: string(typed[at+1:])})
	} else {
		row = append(row, cells.Span{Text: " ", Mark: cells.Cursor})
	}
	role := cells.Quiet
	if message.wrong {
		role = cells.Wrong
	}
	return append(row, cells.Span{Text: "   " + message.text, Role: role})
}

// over draws what is over the page, under a rule that names it.
func (m *Model) over() []cells.Row {
	if m.menu != nil {
		return m.menu.draw(m.layout)
	}
	return m.sheet.draw(m)
}

func overRule(title string, width int) cells.Row {
	const right = " esc closes ─"
	room := max(width-cells.Width(right)-4, 0)
	named := cells.Row{{Text: title, Mark: cells.Bold}}
	if named.Width() > room {
		named = named.Fit(room)
	}
	left := append(cells.Text(cells.Quiet, "─ "), named...)
	left = append(left, cells.Span{Text: " ", Role: cells.Quiet})
	line := strings.Repeat("─", max(width-left.Width()-cells.Width(right), 0))
	return append(left, cells.Span{Text: line + right, Role: cells.Quiet})
}

func (s *sheet) draw(m *Model) []cells.Row {
	layout := m.layout
	var rows []cells.Row
	if s.build != nil {
		rows = s.build(m)
	} else {
		for _, line := range s.lines {
			for _, row := range wrappedLine(line, layout.width-4) {
				rows = append(rows, cells.Row{{Text: "  " + row}})
			}
		}
	}
	s.top = max(min(s.top, len(rows)-layout.body), 0)
	shown := []cells.Row{overRule(s.title, layout.width)}
	return append(shown, rows[s.top:min(s.top+layout.body, len(rows))]...)
}

// wrappedLine breaks a line that is too wide at its blanks, if it has some.
func wrappedLine(line string, width int) []string {
	if cells.Width(line) <= width {
		return []string{line}
	}
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	var lines []string
	for _, row := range wrapped(cells.Plain, line, width-len(indent)) {
		lines = append(lines, indent+row.Row[0].Text)
	}
	return lines
}

func (s *menu) draw(layout layout) []cells.Row {
	s.cursor = max(min(s.cursor, len(s.items)-1), 0)
	s.top = max(min(s.top, s.cursor, len(s.items)-layout.body), s.cursor-layout.body+1, 0)
	name := 0
	for _, item := range s.items {
		name = max(name, cells.Width(item.name))
	}
	name = min(name, layout.width/2)
	rows := []cells.Row{overRule(s.title, layout.width)}
	for i := s.top; i < min(s.top+layout.body, len(s.items)); i++ {
		cursor, mark := "  ", cells.None
		if i == s.cursor {
			cursor, mark = "▸ ", cells.Cursor
		}
		rows = append(rows, cells.Columns(
			cells.Column{Width: 2, Row: cells.Text(cells.Held, cursor)},
			cells.Column{Width: name, Row: cells.Row{{Text: s.items[i].name, Mark: mark}}},
			cells.Column{Width: 3},
			cells.Column{Width: max(layout.width-name-5, 0), Row: cells.Text(cells.Quiet, s.items[i].about)},
		))
	}
	return rows
}

// count is said of many things.
var count = trace.Count
