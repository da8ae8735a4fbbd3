package trace

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Where things stand: the wire from column 1 to 50, notes from 53 to 80.
const (
	noteColumn = 52 // the columns before the notes
	sizeWidth  = 20 // of a note, up to the end of its size
	timeWidth  = 8  // of its time, one space at least included
	noteWidth  = sizeWidth + timeWidth
	lineWidth  = noteColumn + noteWidth
)

// A role is whose words they are. As colour it is an SGR parameter.
type role string

const (
	plain      role = ""
	fromClient role = "36" // cyan
	fromApp    role = "32" // green
	fromServer role = "35" // magenta
	wrong      role = "31" // red
	quiet      role = "2"  // faint
)

// A row is one line of the text: what is said, and what there is to note.
type row struct {
	wire string
	role role
	note note
}

// A note stands to the right. Spaces in front of it move its column.
type note struct {
	text string
	role role
}

// remark is a note that belongs to no step.
func remark(text string) note { return note{"   " + text, quiet} }

// step is the note of a step that is done: its number and name, what came out,
// and its time.
func step(label, result string, took time.Duration) note {
	return columns(label, result, Brief(took))
}

// columns puts the parts of a note below those of other notes. One that is too
// long takes the room of the next.
func columns(label, result, took string) note {
	text := label
	if result != "" {
		text += padded(result, sizeWidth-utf8.RuneCountInString(text))
	}
	if took != "" {
		text += padded(took, noteWidth-utf8.RuneCountInString(text))
	}
	return note{text, quiet}
}

// padded puts spaces before a word, one at least.
func padded(word string, width int) string {
	return strings.Repeat(" ", max(width-utf8.RuneCountInString(word), 1)) + word
}

// Brief is a time as the notes have it: in seven columns at most.
func Brief(d time.Duration) string {
	switch {
	case d == -1: // see server.Passed
		return "-"
	case d < time.Microsecond:
		return fmt.Sprintf("%.1f µs", max(d, 0).Seconds()*1e6)
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < 100*time.Millisecond:
		return fmt.Sprintf("%.1f ms", d.Truncate(100*time.Microsecond).Seconds()*1e3)
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 100*time.Second:
		return fmt.Sprintf("%.2f s", d.Truncate(10*time.Millisecond).Seconds())
	case d < 24*time.Hour:
		return fmt.Sprintf("%.0f s", d.Truncate(time.Second).Seconds())
	}
	return "> 1 day"
}

// Overall is a time as the end of an exchange has it.
func Overall(d time.Duration) string {
	switch {
	case d < 100*time.Millisecond:
		return fmt.Sprintf("%.2f ms", d.Seconds()*1e3)
	case d < time.Second:
		return fmt.Sprintf("%.1f ms", d.Seconds()*1e3)
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

// Spell is a time that somebody chose, as people write it: 2 s, 300 ms.
func Spell(d time.Duration) string {
	if d%time.Second == 0 {
		return fmt.Sprintf("%d s", d/time.Second)
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

func bytesOf(size int64) string { return fmt.Sprintf("%d B", size) }

// Count says "1 field" and "5 fields".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// print writes rows of an exchange, under its header.
func (t *Text) print(x *exchange, rows ...row) {
	if len(rows) == 0 {
		return
	}
	if t.shown != x.request {
		t.shown = x.request
		t.header(x)
		if rows[0] == (row{}) {
			rows = rows[1:] // a gap is there already
		}
	}
	for _, row := range rows {
		t.write(row)
	}
}

func (t *Text) header(x *exchange) {
	header := fmt.Sprintf("== request %d on connection %d ", x.request, x.conn)
	if x.client.address != "" {
		header += "from " + x.client.address + " "
	}
	t.write(row{})
	t.write(row{wire: header + strings.Repeat("=", max(lineWidth-utf8.RuneCountInString(header), 2))})
}

// write puts a row into its columns, unless an earlier one could not be
// written. All text passes here, so here it is made fit for a terminal.
func (t *Text) write(row row) {
	wire := Escape([]byte(strings.TrimRight(row.wire, " ")))
	line := t.paint(row.role, wire)
	if text := strings.TrimLeft(row.note.text, " "); text != "" {
		// What is too long for its column pushes the note, but never joins it.
		column := noteColumn + len(row.note.text) - len(text)
		gap := max(column-utf8.RuneCountInString(wire), 2)
		line += strings.Repeat(" ", gap) + t.paint(row.note.role, Escape([]byte(text)))
	}
	if t.err == nil {
		_, t.err = fmt.Fprintln(t.Out, line)
	}
}

func (t *Text) paint(role role, text string) string {
	if !t.Color || role == plain || text == "" {
		return text
	}
	return "\x1b[" + string(role) + "m" + text + "\x1b[0m"
}
