package learn

import (
	"fmt"
	"slices"

	"barewire/internal/check"
	"barewire/server/trace"
	"barewire/tui/cells"
)

// foretaste is how many of the full checks are listed before they run.
const foretaste = 2

// listed returns the checks that are listed. As long as the core is red, the full
// ones that never ran are a foretaste.
func (m *Model) listed() (checks []*check.Check) {
	unknown := 0
	tally := m.tally()
	for _, c := range m.checksOf(m.step) {
		if m.failing && !m.isFailing(c) {
			continue
		}
		if !c.Core && !m.isKnown(c) && tally.core < tally.coreOf {
			if unknown++; unknown > foretaste {
				continue
			}
		}
		checks = append(checks, c)
	}
	return checks
}

// selectedIn returns where the selected check is in a list, -1 if it is not.
func (m *Model) selectedIn(checks []*check.Check) int {
	return slices.IndexFunc(checks, func(c *check.Check) bool { return c.ID == m.selected })
}

// selection returns the selected check, nil if there is none.
func (m *Model) selection() *check.Check {
	checks := m.checksOf(m.step)
	if i := m.selectedIn(checks); i >= 0 {
		return checks[i]
	}
	return nil
}

// selectFailing selects the first check of the step that fails, if there is one.
func (m *Model) selectFailing() bool {
	checks := m.checksOf(m.step)
	i := slices.IndexFunc(checks, m.isFailing)
	if i >= 0 {
		m.selected = checks[i].ID
	}
	return i >= 0
}

// list draws the checks, one in a row, and what is told of the selected one where
// it stands. It returns which rows are about that.
func (m *Model) list() (rows []cells.Row, from, to int) {
	checks := m.listed()
	widest := 0
	for _, c := range checks {
		widest = max(widest, len(c.ID))
	}
	for _, c := range checks {
		selected := c.ID == m.selected
		if selected {
			from = len(rows)
		}
		rows = append(rows, m.checkRow(c, selected, widest))
		if selected {
			if !m.layout.wide {
				brief, hint := m.brief(c), m.newestHint(c, m.hinted(c))
				if len(hint) > 0 && len(brief)+len(hint) > m.tellRoom() {
					rows = append(rows, m.withHint(brief, c, "    …")...)
				} else {
					rows = append(append(rows, brief...), hint...)
				}
			}
			to = len(rows)
		}
	}
	switch all := m.checksOf(m.step); {
	case len(all) == 0:
		rows = wrapText(cells.Quiet, "This step has no checks over the socket. Its own tests decide.", m.layout.checks.width-1)
	case m.failing && len(checks) == 0:
		rows = wrapText(cells.Quiet, "No check fails; f lists them all.", m.layout.checks.width-1)
	case !m.failing && len(checks) < len(all):
		rows = append(rows, cells.Text(cells.Quiet, fmt.Sprintf("· %3d more   they run when the core is green", len(all)-len(checks))))
	}
	if later := m.later(); later != "" && !m.layout.wide {
		rows = append(rows, cells.Text(cells.Quiet, "· "+later))
	}
	if len(checks) > 0 && checks[len(checks)-1].ID == m.selected {
		to = len(rows) // what is below the last one is seen with it
	}
	return rows, from, to
}

// checkRow draws a check, its ID in so many columns. What is not of the last run is
// faint.
func (m *Model) checkRow(c *check.Check, selected bool, id int) cells.Row {
	sign, role, rest := "·", cells.Quiet, cells.Quiet
	outcome, ran := m.standing(c.Holds()).results[c.ID]
	switch {
	case m.isFailing(c):
		sign, role, rest = "✗", cells.Wrong, cells.Plain
	case m.holds(c.ID, c.Holds()) == 1:
		sign, role, rest = "✓", cells.Plain, cells.Plain
	}
	if !ran || outcome.old {
		role, rest = cells.Quiet, cells.Quiet
	}
	kind := "full"
	if c.Core {
		kind = "core"
	}
	mark := cells.None
	if selected && m.focus == onChecks {
		mark = cells.Cursor
	}
	row := cells.Row{{Text: sign, Role: role}, {Text: " "}, {Text: fmt.Sprintf("%-*s  %s  %s", id, c.ID, kind, c.Name), Role: rest, Mark: mark}}
	if selected && !m.layout.wide {
		section := cells.Text(cells.Quiet, " "+m.spelt(c.Section)+" ")
		row = append(row.Fit(max(m.layout.checks.width-section.Width(), 0)), section...)
	}
	return row.Fit(m.layout.checks.width)
}

// fewRows is the room for tests that fail while a check fails too.
const fewRows = 4

// heading returns the rows of the pane above the list: what is wrong with the
// program as a whole.
func (m *Model) heading() (rows []cells.Row) {
	width := m.layout.checks.width
	s := m.standing(m.step)
	if m.layout.wide {
		rows = append(rows, m.wideCounts())
		if later := m.later(); later != "" {
			rows = append(rows, cells.Text(cells.Quiet, later))
		}
		rows = append(rows, nil)
	}
	var wrong []cells.Row
	switch {
	case s.trouble != nil:
		for i, row := range wrapText(cells.Wrong, "✗ "+s.trouble.kind+"  "+s.trouble.about, width-5) {
			if i > 0 {
				row = append(cells.Row{{Text: "    "}}, row...)
			}
			wrong = append(wrong, row)
		}
		for i, fault := range s.trouble.faults {
			wrong = append(wrong, cells.Row{{Text: "    " + placeOf(fault), Role: cells.Wrong}})
			if i > 0 && fault.Text == s.trouble.faults[i-1].Text {
				continue // the lines of one panic
			}
			for _, row := range wrapText(cells.Plain, fault.Text, width-7) {
				wrong = append(wrong, append(cells.Row{{Text: "      "}}, row...))
			}
		}
	case s.notWritten:
		wrong = wrapText(cells.Held, fmt.Sprintf("Step %02d is not written yet.", m.step), width-1)
	default:
		return rows
	}
	most := max(m.layout.checks.rows/2-1, 1)
	if s.trouble != nil && s.trouble.kind == tests && slices.ContainsFunc(m.checksOf(m.step), m.isFailing) {
		most = min(most, fewRows) // the check says more
		if !m.layout.wide {
			return append(rows, wrong[0])
		}
	}
	if len(wrong) > most {
		more := trace.Count(len(wrong)-most, "more line", "more lines")
		wrong = append(wrong[:most], cells.Text(cells.Quiet, "    … "+more+" with t"))
	}
	if m.layout.wide {
		wrong = append(wrong, nil)
	}
	return append(rows, wrong...)
}

// listRows returns how many rows the list may take below a heading. Beside a
// chapter it leaves room for what is told of the selected check.
func (m *Model) listRows(heading int) int {
	room := max(m.layout.checks.rows-heading, 1)
	if m.layout.wide {
		room = min(room, max(m.layout.checks.rows*2/5, 1))
	}
	return room
}

// scrollChecks moves the window of the list so that the selected check is in it.
func (m *Model) scrollChecks() {
	rows, from, to := m.list()
	room := m.listRows(len(m.heading()))
	m.checksTop = max(min(m.checksTop, len(rows)-room), 0)
	m.checksTop = min(max(m.checksTop, to-room), from)
}

// drawChecks returns the rows of the pane, and a column before them: there is the
// cursor for those who see no reversed text.
func (m *Model) drawChecks() (rows []cells.Row) {
	cursor := cells.Quiet
	if m.focus == onChecks {
		cursor = cells.Held
	}
	add := func(row cells.Row, sign string) {
		rows = append(rows, append(cells.Row{{Text: sign, Role: cursor}}, row...))
	}
	for _, row := range m.heading() {
		add(row, " ")
	}
	list, selected, _ := m.list()
	room, cursorSeen := m.listRows(len(rows)), m.selectedIn(m.listed()) >= 0
	for i := m.checksTop; i < min(m.checksTop+room, len(list)); i++ {
		if i == selected && cursorSeen {
			add(list[i], "▸")
		} else {
			add(list[i], " ")
		}
	}
	if !m.layout.wide {
		return rows
	}
	add(nil, " ")
	detail := m.detail(m.layout.checks.width, false)
	if len(detail) > m.tellRoom() {
		detail = m.withHint(detail, m.selection(), "… all of it with enter")
	}
	for _, row := range detail {
		add(row, " ")
	}
	return rows
}
