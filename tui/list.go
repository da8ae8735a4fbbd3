package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"barewire/server/trace"
	"barewire/tui/cells"
	"barewire/tui/history"
)

// A list shows exchanges, one in a row.
type list struct {
	exchanges []*history.Exchange // those that the filter lets through
	selected  int                 // index of the cursor
	top       int                 // index of the first row
	follow    bool                // the cursor goes along with the newest
	held      map[int]heldRequest // by number
	focused   bool
	now       time.Time
}

// A heldRequest stands before a step, or in one behind a chunk.
type heldRequest struct {
	step    int
	chunk   int // 0 before a step
	since   time.Time
	leftAt  time.Time // when its client did, if it has
	waiting bool      // behind another one, and never stepped
}

func (h heldRequest) left() bool { return !h.leftAt.IsZero() }

// where tells where it stands.
func (h heldRequest) where() string {
	if h.chunk > 0 {
		return fmt.Sprintf("in %s, after chunk %d", stepName(h.step), h.chunk)
	}
	return "before " + stepName(h.step)
}

// waited is how long the client has been waiting, or had until it left.
func (h heldRequest) waited(now time.Time) string {
	if h.left() {
		now = h.leftAt
	}
	return clock(now.Sub(h.since))
}

// find puts the cursor on an exchange, if it is there. The window goes along, so
// that nothing moves when the oldest are forgotten.
func (l *list) find(x *history.Exchange) {
	if i := slices.Index(l.exchanges, x); i >= 0 {
		l.top += i - l.selected
		l.selected = i
	}
}

// toNumber puts the cursor on the exchange of that number, if it is there.
func (l *list) toNumber(number int) {
	if i := slices.IndexFunc(l.exchanges, func(x *history.Exchange) bool { return x.Number == number }); i >= 0 {
		l.selected = i
	}
}

// scroll moves the window so that the cursor is in it.
func (l *list) scroll(rows int) {
	l.selected = max(min(l.selected, len(l.exchanges)-1), 0)
	l.top = max(min(l.top, l.selected, len(l.exchanges)-rows), l.selected-rows+1, 0)
}

// draw returns the heading and so many rows.
func (l *list) draw(layout layout) []cells.Row {
	widths := listWidths(layout.width)
	quiet := func(text string) cells.Row { return cells.Text(cells.Quiet, text) }
	rows := []cells.Row{widths.row(nil, quiet("no"), quiet("on"), quiet("method"), quiet("target"), quiet("answer"),
		quiet("in"), quiet("out"), quiet("time"), nil)}
	for i := l.top; i < l.top+layout.list; i++ {
		if i < len(l.exchanges) {
			row := l.exchange(l.exchanges[i], i == l.selected, widths)
			if l.focused && i == l.selected {
				row = row.Marked(cells.Cursor)
			}
			rows = append(rows, row)
		} else {
			rows = append(rows, nil)
		}
	}
	return rows
}

// exchange draws one row. Only what came of it has a colour; the rest is as it
// was sent.
func (l *list) exchange(x *history.Exchange, selected bool, widths widths) cells.Row {
	plain := func(text string) cells.Row { return cells.Text(cells.Plain, text) }
	cursor, number := nothing, plain(shortNumber(x.Number))
	if selected {
		cursor = cells.Text(cells.Held, "▸")
	}
	if x.Marked {
		number = cells.Text(cells.Held, "*"+shortNumber(x.Number))
	}
	role, answer, took, remark := cells.Plain, x.Outcome(), trace.Overall(x.Took), x.Remark()
	if x.Wrong() {
		role = cells.Wrong
	}
	if !x.Done {
		took = trace.Overall(max(l.now.Sub(x.Began), x.Took))
	}
	if held, is := l.held[x.Number]; is {
		role, answer, took = cells.Held, fmt.Sprintf("‖ held %02d", held.step), held.waited(l.now)
		if held.waiting {
			answer = fmt.Sprintf("· waits %02d", held.step)
		}
		if remark = "the client waits"; held.left() {
			remark = "the client has left"
		}
	}
	if x.Note != "" {
		remark = x.Note
	}
	if cells.Width(remark) > widths.remark {
		remark, _, _ = strings.Cut(remark, "; ") // what it meant for the connection
	}
	return widths.row(cursor, number, plain(fmt.Sprintf("c%d", x.Conn)), plain(x.Method()), plain(x.Target()),
		cells.Text(role, answer), plain(bytesOf(x.In)), plain(bytesOf(x.Out)), plain(took), cells.Text(role, remark))
}

// shortNumber is a number in four columns: of a large one the end, which tells it
// from its neighbours. The rule below has all of it.
func shortNumber(number int) string {
	if number < 10_000 {
		return fmt.Sprint(number)
	}
	return fmt.Sprintf("…%03d", number%1000)
}

// nothing is a row, or a column, without text.
var nothing cells.Row

// widths are those of the columns that depend on the screen.
type widths struct{ target, answer, in, out, time, remark int }

func listWidths(width int) widths {
	switch {
	case width < 72:
		return widths{target: width - 40, answer: 12, time: 9} // no room for sizes
	case width < 110:
		return widths{target: width - 54, answer: 12, in: 6, out: 8, time: 9}
	}
	more := max(width-120, 0) / 2
	wider := min(more, 16) // for the long ones: 431 Request Header Fields Too Large
	return widths{target: 30 + more - wider, answer: 12 + wider, in: 6, out: 8, time: 10, remark: width - 88 - more}
}

// row puts the columns beside each other, numbers to the right.
func (w widths) row(cursor, number, on, method, target, answer, in, out, took, remark cells.Row) cells.Row {
	return cells.Columns(
		cells.Column{Width: 1, Row: cursor},
		cells.Column{Width: -4, Row: number},
		cells.Column{Width: 2},
		cells.Column{Width: 5, Row: on},
		cells.Column{Width: 6, Row: method},
		cells.Column{Width: 1},
		cells.Column{Width: w.target - 1, Row: target},
		cells.Column{Width: 1},
		cells.Column{Width: w.answer - 1, Row: answer},
		cells.Column{Width: 1},
		cells.Column{Width: -w.in, Row: in},
		cells.Column{Width: -w.out, Row: out},
		cells.Column{Width: -w.time, Row: took},
		cells.Column{Width: min(w.remark, 3)},
		cells.Column{Width: w.remark, Row: remark},
	)
}
