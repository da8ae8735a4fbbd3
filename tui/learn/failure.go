package learn

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"barewire/internal/check"
	"barewire/server/trace"
	"barewire/tui/cells"

	"github.com/charmbracelet/x/ansi"
)

const (
	briefIndent, briefName = 4, 11 // of what stands in the list
	detailName             = 12
	fewLines               = 6 // of a side, beside the chapter
	lastWords              = 3 // lines of what the program printed
)

// A telling puts names and texts under each other.
type telling struct {
	pen    cells.Pen
	indent int // of all
	name   int // columns of a name
	width  int
	rows   []cells.Row
}

// room returns how many columns a text has.
func (t *telling) room() int { return max(t.width-t.indent-t.name, 8) }

// row adds a text beside its name, in rows of its own where it is long.
func (t *telling) row(name, text string) {
	for _, row := range wrapText(cells.Plain, text, t.room()) {
		t.put(name, row)
		name = ""
	}
}

// put adds a row, cut off where there is no more room.
func (t *telling) put(name string, text cells.Row) {
	if text.Width() > t.room() {
		text = text.Fit(t.room())
	}
	label := fmt.Sprintf("%*s%-*s", t.indent, "", t.name, name)
	t.rows = append(t.rows, append(cells.Row{{Text: label, Role: cells.Quiet}}, text...))
}

// brief tells of a check that failed in few rows, below its name in the list.
func (m *Model) brief(c *check.Check) []cells.Row {
	outcome, ran := m.standing(c.Holds()).results[c.ID]
	t := &telling{pen: m.pen, indent: briefIndent, name: briefName, width: m.layout.checks.width - 2}
	switch {
	case !ran || outcome.Passed:
	case outcome.Skipped != "":
		t.row("not run", outcome.Skipped)
	default:
		t.put("you sent", cells.Text(cells.Client, t.start(outcome.Sent)))
		t.row("expected", outcome.Expected)
		t.bytes("came back", outcome.Result)
		if outcome.Wrong != "" {
			t.row("wrong", outcome.Wrong)
		}
	}
	return t.rows
}

// detail tells all that is known of the selected check; of what came back, unless
// all is wanted, as much as is needed.
func (m *Model) detail(width int, all bool) []cells.Row {
	c := m.selection()
	if c == nil {
		return nil
	}
	t := &telling{pen: m.pen, name: detailName, width: width}
	t.rows = wrap(cells.Row{{Text: c.ID + "  " + c.Name, Mark: cells.Bold}}, width)
	section := ", must"
	if c.Stricter {
		section = ", and stricter than it"
	}
	t.rows = append(t.rows, cells.Text(cells.Quiet, m.spelt(c.Section)+section), nil)
	outcome, ran := m.standing(c.Holds()).results[c.ID]
	switch {
	case !ran && m.isKnown(c):
		t.row("before", map[bool]string{true: "it failed; r runs it again", false: "it passed; r runs it again"}[m.isFailing(c)])
	case !ran:
		t.row("not run", "it waits for its turn")
	case outcome.Skipped != "":
		t.row("not run", outcome.Skipped)
	case outcome.Passed:
		t.row("passed", "in "+trace.Overall(outcome.Took))
	default:
		t.failure(outcome.Result, all)
	}
	if hints := m.hinted(c); hints > 0 {
		t.rows = append(t.rows, nil)
		for i := range hints {
			t.rows = append(t.rows, hintRows(c, i+1, width)...)
		}
	}
	if said := m.output(); ran && !outcome.Passed && said != "" {
		lines := strings.Split(strings.TrimRight(said, "\n"), "\n")
		t.rows = append(t.rows, nil, cells.Text(cells.Quiet, "your program said"))
		unseen := max(len(lines)-lastWords, 0)
		if unseen > 0 {
			t.rows = append(t.rows, cells.Text(cells.Quiet, fmt.Sprintf("… %s above (t)", trace.Count(unseen, "more line", "more lines"))))
		}
		for _, line := range lines[unseen:] {
			t.rows = append(t.rows, wrapText(cells.Plain, tabs(line), width)...)
		}
	}
	return t.rows
}

// failure tells what was said, what came back, and how it ended.
func (t *telling) failure(r check.Result, all bool) {
	t.side("you sent", check.Result{Got: r.Sent, At: -1}, cells.Client, all)
	if r.Cut != "" {
		t.row("cut", r.Cut)
	}
	t.row("expected", r.Expected)
	t.side("came back", r, cells.Plain, all)
	if r.Wrong != "" {
		t.row("wrong", r.Wrong)
	}
	if r.Ended != "" { // it had begun
		t.row("ended", r.Ended)
	}
	t.row("alive", map[bool]string{true: "yes", false: "no"}[r.Alive])
	t.rows = append(t.rows, nil)
	t.row("again with", "barewire send "+r.Check.ID)
	if r.Check.Curl != "" && r.Addr != "" {
		t.row("or with", check.CurlLine(r.Check.Curl, r.Addr))
	}
}

// side shows what came back line by line, up to the first wrong byte, with a caret
// under it.
func (t *telling) side(name string, r check.Result, role cells.Role, all bool) {
	if len(r.Got) == 0 {
		t.put(name, cells.Text(cells.Quiet, "nothing"))
		return
	}
	lines := slices.Collect(bytes.Lines(r.Got))
	first, end := 0, min(len(lines), fewLines)
	marked := -1
	for i, start := 0, 0; i < len(lines) && r.At >= start; i++ {
		marked, start = i, start+len(lines[i])
	}
	if marked >= 0 {
		first, end = max(marked-fewLines+1, 0), marked+1
	}
	if all {
		first, end = 0, len(lines)
	}
	start := 0
	for i, line := range lines[:end] {
		if before := r.Before + start; i == first && before > 0 {
			t.put(name, cells.Text(cells.Quiet, fmt.Sprintf("… %d B before", before)))
			name = ""
		}
		switch {
		case i < first:
		case i == marked:
			t.marked(name, line, r.At-start, r.Caret(), role)
			name = ""
		default:
			t.put(name, cells.Text(role, t.start(line)))
			name = ""
		}
		start += len(line)
	}
	switch {
	case end < len(lines) && marked < 0:
		t.put("", cells.Text(cells.Quiet, fmt.Sprintf("… %d more", len(lines)-end)))
	case all && r.After > 0:
		t.put("", cells.Text(cells.Quiet, fmt.Sprintf("… %d B more", r.After)))
	}
}

// bytes shows what came back in a single row, and a caret under the first wrong byte.
func (t *telling) bytes(name string, r check.Result) {
	switch {
	case len(r.Got) == 0:
		t.put(name, cells.Text(cells.Quiet, "nothing"))
	case r.At < 0:
		t.put(name, cells.Text(cells.Plain, t.start(r.Got)))
	default:
		t.marked(name, r.Got, r.At, r.Caret(), cells.Plain)
	}
}

// marked shows a line with a caret under a byte of it, and what is said there. Of a
// long line the part around that byte is seen.
func (t *telling) marked(name string, line []byte, at int, caret string, role cells.Role) {
	at = min(at, len(line))
	before, from := "", 0
	if at > t.room() || t.columns(trace.EscapeLine(line[:at])) > t.room()-2 {
		before, from = "…", max(at-t.room()/2, 0)
	}
	for from < at && t.columns(before+trace.EscapeLine(line[from:at])) > t.room()-2 {
		from++ // what is spelt out is wider than a byte
	}
	head := before + trace.EscapeLine(line[from:at])
	row := cells.Row{{Text: head, Role: role}}
	if at < len(line) {
		row = append(row, cells.Span{Text: trace.EscapeLine(line[at : at+1]), Role: cells.Wrong}, cells.Span{Text: t.start(line[at+1:]), Role: role})
	}
	t.put(name, row)
	column := t.columns(head)
	if column+len(caret) > t.room() {
		caret = strings.TrimPrefix(caret, "^ ") + " ^"
		column = max(column-len(caret)+1, 0)
	}
	t.put("", cells.Row{{Text: strings.Repeat(" ", column) + caret, Role: cells.Wrong}})
}

// start shows as much of some bytes as there may be room for.
func (t *telling) start(b []byte) string { return trace.EscapeLine(b[:min(len(b), 4*t.room())]) }

// columns returns how many columns a text takes once it is painted: in ASCII some
// signs are wider.
func (t *telling) columns(text string) int {
	painted := t.pen.Paint(cells.Text(cells.Plain, text+"^"), 10*len(text)+1)
	return ansi.StringWidth(strings.TrimRight(painted, " ")) - 1
}
