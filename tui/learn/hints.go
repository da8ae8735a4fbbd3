package learn

import (
	"fmt"
	"slices"

	"barewire/internal/check"
	"barewire/tui/cells"

	tea "github.com/charmbracelet/bubbletea"
)

// hinted returns how many hints of a check were shown.
func (m *Model) hinted(c *check.Check) int { return min(m.progress.Hints[c.ID], len(c.Hints)) }

// nextHint shows one more hint of the selected check. Where that does not fail, it
// goes to the first one that does.
func (m *Model) nextHint() tea.Cmd {
	c := m.selection()
	switch {
	case c == nil || !m.isFailing(c):
		if !m.selectFailing() {
			return told("No check of this step fails, so there is nothing to hint at.")
		}
		return told(m.selected + " is the first that fails. H shows a hint for it.")
	case m.hinted(c) == len(c.Hints):
		return told("All hints of this check are shown. A shows the answer.")
	}
	hint, next, text := m.config.Hint, m.hinted(c)+1, ""
	if len(m.newestHint(c, next)) > m.tellRoom() {
		text = fmt.Sprintf("Hint %d of %d: %s", next, len(c.Hints), c.Hints[next-1])
	}
	width := m.layout.width
	return func() tea.Msg {
		if err := hint(c.ID); err != nil {
			return toldMsg{text: err.Error(), wrong: true}
		}
		if cells.Width(text) >= width {
			return sheetMsg{textSheet(fmt.Sprintf("hint %d of %d for %s", next, len(c.Hints), c.ID), c.Hints[next-1], plain), nil}
		}
		return toldMsg{text: text}
	}
}

// hintRows draws a hint under its number.
func hintRows(c *check.Check, number, width int) []cells.Row {
	heading := cells.Text(cells.Quiet, fmt.Sprintf("hint %d of %d", number, len(c.Hints)))
	return append([]cells.Row{heading}, wrapText(cells.Plain, c.Hints[number-1], width)...)
}

// newestHint draws the hint of a number as it stands with what is told of the check.
func (m *Model) newestHint(c *check.Check, number int) []cells.Row {
	if number == 0 {
		return nil
	}
	if m.layout.wide {
		return hintRows(c, number, m.layout.checks.width)
	}
	t := &telling{pen: m.pen, indent: briefIndent, name: briefName, width: m.layout.checks.width - 2}
	t.row(fmt.Sprintf("hint %d", number), c.Hints[number-1])
	return t.rows
}

// tellRoom returns how many rows there are for what is told of the selected check.
func (m *Model) tellRoom() int {
	heading := len(m.heading())
	switch {
	case m.share == whole && m.focus == onChapter:
		return 0
	case m.layout.wide:
		list, _, _ := m.list()
		return m.layout.checks.rows - heading - min(m.listRows(heading), len(list)) - 1
	}
	return m.listRows(heading) - 1
}

// withHint cuts off what is told of a check, where there is no room for all of it,
// and keeps the newest hint in sight.
func (m *Model) withHint(rows []cells.Row, c *check.Check, more string) []cells.Row {
	hint, room := m.newestHint(c, m.hinted(c)), m.tellRoom()
	seen := room - 1 // and what says that there is more
	if len(hint) > 0 && !slices.ContainsFunc(rows[:max(seen-len(hint)+1, 0)], func(row cells.Row) bool { return slices.Equal(row, hint[0]) }) {
		seen -= len(hint)
	} else {
		hint = nil // it is seen where it stands
	}
	switch {
	case seen >= 0:
		rows = append(slices.Clip(rows[:seen]), cells.Text(cells.Quiet, more))
		return append(rows, hint...)
	case room >= len(hint) && len(hint) > 0:
		return hint
	}
	return rows[:max(min(room, len(rows)), 0)]
}

// hintReady says how many hints there are for a check that fails, and how the
// server took it.
func (m *Model) hintReady(c *check.Check) string {
	text := "All hints are shown; A shows the answer."
	if next := m.hinted(c) + 1; next <= len(c.Hints) {
		text = fmt.Sprintf("Hint %d of %d is ready (H).", next, len(c.Hints))
	}
	if outcome, ran := m.standing(m.step).results[c.ID]; ran {
		text += map[bool]string{true: " Your server is still alive.", false: " Your server did not survive it."}[outcome.Alive]
	}
	return text
}
