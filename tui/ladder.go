package tui

import (
	"fmt"
	"strings"
	"time"

	"barewire/server/trace"
	"barewire/tui/cells"
	"barewire/tui/history"
)

// A ladder shows the ten steps of one exchange, with the whole request above
// them. It is the table of contents of the page.
type ladder struct {
	exchange *history.Exchange
	selected int // 0 the whole request, or a step
	held     *heldRequest
	focused  bool
	now      time.Time
}

func (l *ladder) draw(width int) []cells.Row {
	took := trace.Brief(l.exchange.Took)
	switch {
	case l.held != nil:
		took = "" // the clock stands below
	case !l.exchange.Done:
		took = trace.Brief(max(l.now.Sub(l.exchange.Began), l.exchange.Took))
	}
	rows := []cells.Row{l.rung(0, " ", cells.Plain, "whole request", took, width)}
	for number := 1; number <= 10; number++ {
		rows = append(rows, l.step(number, width))
	}
	return rows
}

// step draws one of the ten. 01 heads the connection and has no time of its own;
// 06 is the line between server and application.
func (l *ladder) step(number, width int) cells.Row {
	name, step := stepName(number), l.exchange.Steps[number]
	switch {
	case number == 6:
		return l.line(name, width)
	case l.held != nil && l.held.step == number:
		return l.rung(number, "‖", cells.Held, name, l.held.waited(l.now), width)
	case step.State == history.Failed:
		return l.rung(number, "✗", cells.Wrong, name, trace.Brief(step.Took), width)
	case number == 8 && l.exchange.ExplainedBy > 0 && !l.exchange.Called():
		return l.rung(number, "·", cells.Quiet, name, "", width) // what was called explains
	case number == l.running():
		return l.rung(number, "…", cells.Plain, name, "now", width)
	case step.State == history.Passed && number == 1:
		return l.rung(number, "✓", cells.Plain, name, "-", width)
	case step.State == history.Passed:
		return l.rung(number, "✓", cells.Plain, name, trace.Brief(step.Took), width)
	}
	return l.rung(number, "·", cells.Quiet, name, "", width)
}

// running returns the step that is in hand, 0 when none is.
func (l *ladder) running() int {
	if l.exchange.Done || l.held != nil || l.exchange.Steps[2].Took < 0 { // which nobody tells of
		return 0
	}
	last := 0
	for number, step := range l.exchange.Steps {
		if step.State != history.Ahead {
			last = number
		}
	}
	if last == 5 {
		last = 6 // which is no work
	}
	return last + 1
}

// line is 06: no work, and no time.
func (l *ladder) line(name string, width int) cells.Row {
	cursor, mark := l.cursor(6)
	return cells.Row{
		{Text: cursor, Role: cells.Held},
		{Text: "  "},
		{Text: name, Role: cells.Quiet, Mark: mark},
		{Text: " " + strings.Repeat("┄", max(width-4-len(name), 0)), Role: cells.Quiet},
	}
}

// cursor tells how a rung shows whether the cursor is on it.
func (l *ladder) cursor(number int) (sign string, mark cells.Mark) {
	switch {
	case number != l.selected:
		return " ", cells.None
	case l.focused:
		return "▸", cells.Cursor
	}
	return "▸", cells.None
}

// rung is the cursor, a sign, a name, and a time at the right end.
func (l *ladder) rung(number int, sign string, role cells.Role, name, took string, width int) cells.Row {
	cursor, mark := l.cursor(number)
	return cells.Columns(
		cells.Column{Width: 1, Row: cells.Text(cells.Held, cursor)},
		cells.Column{Width: 2, Row: cells.Text(role, sign)},
		cells.Column{Width: width - 3 - timeWidth, Row: cells.Row{{Text: name, Role: role, Mark: mark}}},
		cells.Column{Width: -timeWidth, Row: cells.Text(cells.Quiet, took)},
	)
}

// timeWidth is the room of a time in the ladder.
const timeWidth = 7

// rule is the line above ladder and page: which request this is, and whose arrows
// these are, or how long somebody has been waiting.
func (l *ladder) rule(width int, curl bool) cells.Row {
	x, right, role := l.exchange, "< client says   > server says", cells.Quiet
	if curl {
		right = "> client says   < server says"
	}
	if l.held != nil {
		role = cells.Held
		right = fmt.Sprintf("held %s   the client waits %s", l.held.where(), l.held.waited(l.now))
		if l.held.left() {
			right = fmt.Sprintf("held %s   the client left after %s", l.held.where(), l.held.waited(l.now))
		}
	}
	title := fmt.Sprintf("%d %s %s", x.Number, x.Method(), x.Target())
	room := max(width-8-cells.Width(right), 0)
	titled := cells.Text(cells.Plain, title)
	if titled.Width() > room {
		titled = titled.Fit(room)
	}
	line := strings.Repeat("─", max(width-6-titled.Width()-cells.Width(right), 0))
	row := cells.Row{{Text: "─ ", Role: cells.Quiet}}
	row = append(row, titled.Marked(cells.Bold)...)
	return append(row, cells.Span{Text: " " + line + " ", Role: cells.Quiet}, cells.Span{Text: right, Role: role}, cells.Span{Text: " ─", Role: cells.Quiet})
}
