package learn

import (
	"fmt"
	"strings"

	"barewire/tui/cells"
)

// View draws the screen.
func (m Model) View() string {
	width, height := m.layout.width, m.layout.height
	switch {
	case width == 0:
		return ""
	case width < minWidth || height < minHeight:
		return m.pen.Paint(cells.Text(cells.Plain, fmt.Sprintf("barewire needs %dx%d, this is %dx%d", minWidth, minHeight, width, height)), width)
	}
	rows := []cells.Row{m.title(), m.ladder()}
	switch {
	case m.sheet != nil || m.menu != nil:
		rows = append(rows, m.over()...)
	case m.layout.wide:
		rows = append(rows, m.beside()...)
	default:
		rows = append(rows, m.below()...)
	}
	for len(rows) < height-2 {
		rows = append(rows, nil)
	}
	rows = append(rows[:height-2], m.hint(), m.keyLine())
	lines := make([]string, len(rows))
	for i, row := range rows {
		lines[i] = m.pen.Paint(row, width)
	}
	return strings.Join(lines, "\n")
}

// beside draws the panes beside each other.
func (m *Model) beside() []cells.Row {
	rows := []cells.Row{m.wideRule()}
	chapter, checks := m.drawChapter(), m.drawChecks()
	for i := range m.layout.chapter.rows {
		var row cells.Row
		if m.share != whole || m.focus == onChapter {
			row = append(cells.Row{{Text: " "}}, at(chapter, i).Fit(m.layout.chapter.width)...)
		}
		if m.share != whole {
			row = append(row, cells.Span{Text: "  "})
		}
		if m.share != whole || m.focus == onChecks {
			row = append(row, at(checks, i)...)
		}
		rows = append(rows, row)
	}
	return rows
}

// below draws one pane below the other.
func (m *Model) below() (rows []cells.Row) {
	if room := m.layout.chapter.rows; room > 0 {
		chapter := m.drawChapter()
		for i := range room {
			rows = append(rows, append(cells.Row{{Text: " "}}, at(chapter, i)...))
		}
		where := cells.Text(cells.Quiet, m.where())
		rows = append(rows, cells.Columns(cells.Column{Width: -(m.layout.width - 1), Row: where}))
	}
	if room := m.layout.checks.rows; room > 0 {
		rows = append(rows, m.rule(m.counts(), m.news()))
		checks := m.drawChecks()
		for i := range room {
			rows = append(rows, at(checks, i))
		}
	}
	return rows
}

// drawChapter returns the lines of the chapter that are seen.
func (m *Model) drawChapter() (rows []cells.Row) {
	c := m.chapter()
	next := m.fold()
	for i := c.top; i < min(c.top+m.layout.chapter.rows, len(c.lines)); i++ {
		row := c.lines[i].Row
		if i == next {
			row = append(row[:len(row):len(row)], cells.Span{Text: " (enter)", Role: cells.Quiet})
		}
		if i == c.found {
			row = row.Marked(cells.Linked)
		}
		rows = append(rows, row)
	}
	return rows
}
