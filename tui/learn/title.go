package learn

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"barewire/server/trace"
	"barewire/tui/cells"
)

// title is the first line: the step and its question, and how far one has come.
func (m *Model) title() cells.Row {
	step := m.steps[m.step-1]
	left := cells.Row{{Text: " "}}
	if m.layout.wide {
		left = cells.Row{{Text: " barewire learn", Mark: cells.Bold}, {Text: "  "}}
	}
	left = append(left, cells.Span{Text: fmt.Sprintf("%02d %s: %s", step.Number, step.Name, step.Question), Mark: cells.Bold})
	var core, coreOf, full, fullOf int
	for _, c := range m.config.Checks {
		holds := m.holds(c.ID, c.Holds())
		if c.Core {
			coreOf++
			core += holds
		} else {
			fullOf++
			full += holds
		}
	}
	text := fmt.Sprintf("step %d of %d  core %d of %d", m.step, len(m.steps), core, coreOf)
	if m.layout.wide {
		text += fmt.Sprintf("  full %d of %d", full, fullOf)
	}
	right := cells.Row{{Text: "  " + text + " "}}
	return append(left.Fit(max(m.layout.width-right.Width(), 0)), right...)
}

// ladder is the second line: the steps. The contract is no work, so it is left out
// as long as nobody looks at it.
func (m *Model) ladder() cells.Row {
	for _, form := range []struct {
		named bool
		gap   string
	}{{m.layout.wide, "   "}, {false, "   "}, {false, " "}} {
		var row cells.Row
		for _, step := range m.steps {
			if step.Name == "wsgi" && m.step != step.Number {
				continue
			}
			text := fmt.Sprintf("%02d", step.Number)
			if form.named && step.Number < len(m.steps) {
				text += " " + step.Name
			}
			sign, role, mark := "·", cells.Plain, cells.None
			switch {
			case step.Number == m.step:
				sign, role, mark = "▸", cells.Held, cells.Bold
			case slices.Contains(m.progress.Skipped, step.Number):
				sign = "–"
			case m.progress.Done(step.Number):
				sign = "✓"
			case m.progress.Failing[step.Number] > 0:
				sign = "!" // where there is only ASCII, ~ and + say something else
			}
			gap := form.gap
			if len(row) == 0 {
				gap = " "
			}
			row = append(row, cells.Span{Text: gap}, cells.Span{Text: text + " " + sign, Role: role, Mark: mark})
		}
		if row.Width() <= m.layout.width {
			return row
		}
	}
	return nil // the smallest screen has room for the last form
}

// rule is a line with something said at both ends.
func (m *Model) rule(left, right string) cells.Row {
	line := m.layout.width - cells.Width(left) - cells.Width(right) - 6
	text := "─ " + left + " " + strings.Repeat("─", max(line, 0)) + " " + right + " ─"
	role := cells.Quiet
	if m.run != nil {
		role = cells.Held
	}
	return cells.Text(role, text)
}

// wideRule is above both panes.
func (m *Model) wideRule() cells.Row {
	left := m.where()
	if len(m.chapter().lines) <= m.layout.chapter.rows {
		left = fmt.Sprintf("chapter %02d", m.step)
	}
	return m.rule(left, "checks: "+m.news())
}

// where tells how much of the chapter has been seen.
func (m *Model) where() string {
	c := m.chapter()
	seen := min(c.top+m.layout.chapter.rows, len(c.lines))
	percent := (200*seen + len(c.lines)) / (2 * len(c.lines))
	return fmt.Sprintf("chapter %02d, %d %%", m.step, percent)
}

// news is what was done last, or is being done.
func (m *Model) news() string {
	if m.run != nil {
		news := m.run.news(m.now)
		if m.run.of > 0 && m.closes() == "stop" {
			news += ", esc stops"
		}
		return news
	}
	var said []string
	switch {
	case m.polled && !m.layout.wide:
		said = append(said, "polled")
	case !m.saved.IsZero():
		said = append(said, "saved "+ago(m.now.Sub(m.saved))+" ago")
	case m.config.Manual:
		said = append(said, "run by hand")
	}
	s := m.standing(m.step)
	switch {
	case s.trouble != nil && s.trouble.kind == build:
		said = append(said, "does not build")
	case s.notWritten:
		said = append(said, "not written yet")
	case s.finished != nil:
		said = append(said, fmt.Sprintf("%d run in %.1f s", s.finished.Ran, s.finished.Took.Seconds()))
	}
	if m.polled && m.layout.wide {
		said = append([]string{"looked at once a second"}, said...)
	}
	if len(said) == 0 {
		return "none run yet"
	}
	return strings.Join(said, ", ")
}

// ago is how long something is past.
func ago(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return trace.Count(int(d.Hours()), "hour", "hours")
}
