package learn

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"barewire/internal/workshop"
	"barewire/server/trace"
	"barewire/tui/filter"
	"barewire/tui/over"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// askCommand does what keys mean that ask for help.
func (m *Model) askCommand(msg tea.KeyMsg) tea.Cmd {
	switch {
	case key.Matches(msg, keys.Hint):
		return m.nextHint()
	case key.Matches(msg, keys.Answer):
		return m.answer()
	case key.Matches(msg, keys.Output):
		return m.showOutput()
	case key.Matches(msg, keys.Watch):
		return m.watchCheck()
	case key.Matches(msg, keys.Mistake):
		if m.config.Mistake == nil {
			return told("The mistakes are not here: barewire lab lists them.")
		}
		step := m.step
		return m.fetch("the classic mistake of "+m.stepName(), func(ctx context.Context) (string, error) { return m.config.Mistake(ctx, step) })
	}
	return told(fmt.Sprintf("%s does nothing here; ? lists the keys.", msg))
}

func (m *Model) stepName() string {
	step := m.steps[m.step-1]
	return fmt.Sprintf("%02d %s", step.Number, step.Name)
}

// answer shows the difference between the learner's step and the reference, and
// asks whether to put that in place.
func (m *Model) answer() tea.Cmd {
	step, name := m.step, m.stepName()
	return func() tea.Msg {
		text, err := m.config.Difference(step)
		switch {
		case err != nil:
			return toldMsg{text: err.Error(), wrong: true}
		case len(text) == 0:
			return toldMsg{text: fmt.Sprintf("Step %02d is the reference, to the byte.", step)}
		}
		return sheetMsg{
			textSheet("the answer to "+name+": - is yours, + is the reference", strings.TrimRight(string(text), "\n"), inDiff),
			&question{"Put the reference in place? Your files are kept beside it. y/N", func(m *Model) tea.Cmd {
				return changing(func(out io.Writer, ask workshop.Ask) error { return m.config.Reveal(out, step, ask) })
			}},
		}
	}
}

// skip asks whether to go on without this step. The later ones stand on it, so the
// reference comes with that.
func (m *Model) skip() tea.Cmd {
	step := m.step
	if m.progress.Done(step) {
		return told(fmt.Sprintf("Step %02d is done; there is nothing to skip.", step))
	}
	m.ask = &question{fmt.Sprintf("Skip step %02d, and put the reference in its place? Your files are kept. y/N", step), func(m *Model) tea.Cmd {
		return changing(func(out io.Writer, ask workshop.Ask) error { return m.config.Skip(out, step, ask) })
	}}
	return nil
}

// changing changes the workspace, as the learner has agreed to, and says what was
// done. What is printed before the question was on the screen already. It is not
// left to a command: nobody may quit in the middle of it.
func changing(change func(out io.Writer, ask workshop.Ask) error) tea.Cmd {
	var said bytes.Buffer
	if err := change(&said, func(string) bool { said.Reset(); return true }); err != nil {
		return failed(err)
	}
	return told(strings.ReplaceAll(strings.TrimSpace(said.String()), "\n", " "))
}

// output is what the learner's program has printed.
func (m *Model) output() string {
	if said := m.standing(m.step).output; said != "" || m.config.Output == nil {
		return said
	}
	return m.config.Output()
}

// showOutput shows what is wrong with the program, and what it has printed.
func (m *Model) showOutput() tea.Cmd {
	var lines []string
	if trouble := m.standing(m.step).trouble; trouble != nil {
		lines = append(lines, trouble.kind+": "+trouble.about)
		for _, fault := range trouble.faults {
			lines = append(lines, placeOf(fault)+": "+fault.Text)
		}
		lines = append(lines, "")
	}
	if said := strings.TrimRight(m.output(), "\n"); said != "" {
		lines = append(lines, strings.Split(said, "\n")...)
	}
	if len(lines) == 0 {
		return told("Your program has printed nothing yet.")
	}
	m.sheet = textSheet("what your program printed, "+trace.Count(len(lines), "line", "lines"), strings.Join(lines, "\n"), plain)
	return nil
}

// watchCheck says the selected check to the learner's server once more, and shows
// the trace.
func (m *Model) watchCheck() tea.Cmd {
	c := m.selection()
	switch {
	case m.config.Watch == nil:
		return told("The trace is not here: barewire watch shows your server at work.")
	case c == nil:
		return told("Select a check first: tab goes to them.")
	}
	step := m.step
	return m.fetch("the requests of "+c.ID, func(ctx context.Context) (string, error) { return m.config.Watch(ctx, step, c.ID) })
}

// find looks for a text in the chapter, from what is seen on.
func (m *Model) find(text string) tea.Cmd {
	m.search = cmp.Or(text, m.search)
	return m.findFrom(m.chapter().top-1, false)
}

// findFrom looks for the text behind a line, or before it.
func (m *Model) findFrom(from int, back bool) tea.Cmd {
	if m.search == "" {
		return told("Type / and what to look for.")
	}
	c := m.chapter()
	var lines []string
	for _, line := range c.lines {
		var text strings.Builder
		for _, span := range line.Row {
			text.WriteString(span.Text)
		}
		lines = append(lines, text.String())
	}
	found := filter.Find(lines, m.search, from, back)
	if found < 0 {
		return failed(fmt.Errorf("%q is not in this chapter", m.search))
	}
	c.found = found
	if found < c.top || found >= c.top+m.layout.chapter.rows {
		c.top = max(found-m.layout.chapter.rows/3, 0)
	}
	return nil
}

// commandMenu offers every command by name, and what has no key.
func (m *Model) commandMenu() *menu {
	list := over.Commands(groups, (*Model).press)
	list.Items = append(list.Items, over.Item[*Model]{Name: "skip this step", Do: (*Model).skip})
	return list
}
