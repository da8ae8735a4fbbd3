package learn

import (
	"barewire/tui/cells"

	tea "github.com/charmbracelet/bubbletea"
)

// open unfolds an answer in the chapter, or shows all of what came of a check.
func (m *Model) open() tea.Cmd {
	c := m.chapter()
	if i := m.fold(); i >= 0 {
		fold := c.lines[i].fold
		c.open[fold] = !c.open[fold]
		top := c.top
		c.set(c.width)
		c.top = top
		return nil
	}
	if m.selection() == nil {
		return told("There is nothing here to look at.")
	}
	rows := m.detail(m.layout.width-4, true)
	m.sheet = rowSheet("check "+m.selected, func(int) []cells.Row { return rows })
	return nil
}

// fold returns the line of the chapter that enter folds or unfolds, -1 if it means
// the check.
func (m *Model) fold() int {
	if m.focus == onChecks && m.selection() != nil {
		return -1
	}
	return m.chapter().nextFold(m.layout.chapter.rows)
}

// opens is what enter does now, "" for nothing.
func (m *Model) opens() string {
	c := m.chapter()
	switch i := m.fold(); {
	case i >= 0 && c.open[c.lines[i].fold]:
		return "fold"
	case i >= 0:
		return "unfold"
	case m.selection() != nil:
		return "detail"
	}
	return ""
}

// close ends the search, or shows both panes again. Only when there is nothing to
// close does it stop the run.
func (m *Model) close() tea.Cmd {
	switch {
	case m.chapter().found >= 0:
		m.chapter().found = -1
	case m.share != even:
		m.share = even
	case m.run != nil:
		return m.cancel()
	}
	return nil
}

// closes is what esc does now, "" for nothing.
func (m *Model) closes() string {
	switch {
	case m.chapter().found >= 0:
		return "end search"
	case m.share != even:
		return "both panes"
	case m.run != nil:
		return "stop"
	}
	return ""
}

func (m *Model) cancel() tea.Cmd {
	m.stop()
	return told("Stopped. r runs the checks again.")
}
