package tui

import (
	"fmt"

	"barewire/tui/cells"
	"barewire/tui/explain"
	"barewire/tui/history"
)

// A page shows what the ladder stands on: the whole request on the wire, or one
// step. It is a list of rows with a cursor.
type page struct {
	exchange *history.Exchange
	step     int // 0 for the whole request
	app      string
	layout   layout
	curl     bool // arrows as curl -v draws them
	bytes    byteMode
	focused  bool
	cursor   int           // row
	column   int           // byte of it, where it shows bytes
	top      int           // first row that is shown
	held     *heldRequest  // when it stands somewhere
	marked   history.Range // bytes that belong to what the cursor is on
	inAnswer bool          // of the answer

	made  []pageRow // the rows as they were made last,
	asked pageKey   // for this
}

// A pageKey is all that the rows of a page depend on.
type pageKey struct {
	exchange *history.Exchange
	events   int
	done     bool
	step     int
	layout   layout
	curl     bool
	bytes    byteMode
	held     [2]int // step and chunk
}

// A byteMode is a way to show bytes.
type byteMode int

const (
	asText byteMode = iota
	withLineEnds
	asHex
	byteModes
)

// A pageRow is a row, and what it is about.
type pageRow struct {
	cells.Row
	about subject
	wire  *wireLine // what it was made of, if bytes of it can be marked
	hex   *hexRow   // the same, where it shows bytes
}

// A subject is what the cursor can be on: it can be explained, copied, and traced
// to the bytes that it was made of.
type subject struct {
	kind     explain.Kind
	name     string // to explain; "" for nothing
	value    string // to copy
	ranges   []history.Range
	inAnswer bool
	step     int    // that used it, 0 for none
	hint     string // where it comes from, in a sentence
}

// draw returns the rows that are seen.
func (p *page) draw() []cells.Row {
	all := p.rows()
	p.scroll(len(all))
	var rows []cells.Row
	for i := p.top; i < min(p.top+p.height(), len(all)); i++ {
		rows = append(rows, p.row(all[i], p.focused && i == p.cursor))
	}
	if p.step == 7 {
		for len(rows) < p.height() {
			rows = append(rows, nil)
		}
		rows = append(rows, p.origin())
	}
	return rows
}

// row draws a row as it is now: with the cursor on it or not, and its bytes marked.
func (p *page) row(row pageRow, cursor bool) cells.Row {
	switch {
	case row.hex != nil && cursor:
		return p.hexRow(row.hex, p.marked, p.inRow(row.hex))
	case row.hex != nil && p.marked != (history.Range{}):
		return p.hexRow(row.hex, p.marked, -1)
	case row.wire != nil && p.marked != (history.Range{}):
		row.Row = p.wireRow(*row.wire, p.marked)
	}
	if cursor {
		return row.Row.Fit(p.layout.page()).Marked(cells.Cursor)
	}
	return row.Row
}

// height returns how many rows of the page are seen. Below those of the environ
// there is the line that a variable came from.
func (p *page) height() int {
	if p.step == 7 {
		return max(p.layout.body-1, 1)
	}
	return p.layout.body
}

// origin is the line of the request that the variable under the cursor came from,
// its bytes marked.
func (p *page) origin() cells.Row {
	arrow := "< "
	if p.curl {
		arrow = "> "
	}
	for _, line := range p.exchange.RequestLines() {
		if line.From <= p.marked.From && p.marked.From < line.To && p.marked != (history.Range{}) {
			return p.lineText(arrow, line, p.marked)
		}
	}
	return cells.Text(cells.Quiet, "tab, and the cursor on a variable shows its bytes here")
}

// stop returns the row where the cursor stops on its way: the next one that is not
// blank, or, at the end of the page, the last one before.
func (p *page) stop(row, by int) int {
	rows := p.rows()
	row = max(min(row, len(rows)-1), 0)
	step := 1
	if by < 0 {
		step = -1
	}
	for range 2 {
		for i := row; 0 <= i && i < len(rows); i += step {
			if rows[i].Row.Width() > 0 {
				return i
			}
		}
		step = -step
	}
	return row
}

// scroll moves the window so that the cursor is in it.
func (p *page) scroll(rows int) {
	p.cursor = max(min(p.cursor, rows-1), 0)
	height := p.height()
	p.top = max(min(p.top, p.cursor, rows-height), p.cursor-height+1, 0)
}

// subject returns what the cursor is on.
func (p *page) subject() subject {
	rows := p.rows()
	switch {
	case p.cursor < 0 || p.cursor >= len(rows):
		return subject{}
	case rows[p.cursor].hex != nil:
		return p.byteSubject(rows[p.cursor].hex)
	}
	return rows[p.cursor].about
}

// rows returns the rows of the page. They are made anew only when something they
// depend on has changed.
func (p *page) rows() []pageRow {
	x, held := p.exchange, [2]int{}
	if p.held != nil {
		held = [2]int{p.held.step, p.held.chunk}
	}
	asked := pageKey{x, len(x.Events), x.Done, p.step, p.layout, p.curl, p.bytes, held}
	if p.made == nil || asked != p.asked {
		p.made, p.asked = p.make(), asked
	}
	return p.made
}

func (p *page) make() []pageRow {
	switch {
	case p.bytes == asHex && (p.step == 0 || p.step == 2 || p.step == 9):
		return p.hex()
	case p.step == 0:
		return p.wire()
	}
	rows := []pageRow{heading(stepName(p.step), stepQuestions[p.step], p.layout.page()), {}}
	rows[0].about = subject{kind: explain.Step, name: fmt.Sprintf("%02d", p.step)}
	if p.held != nil && p.held.step == p.step {
		if p.held.chunk > 0 {
			return append(rows, p.behindChunk()...)
		}
		return append(rows, p.about()...)
	}
	steps := map[int]func() []pageRow{
		1: p.listen, 2: p.read, 3: p.requestLine, 4: p.fields, 5: p.body, 6: p.contract,
		7: p.environ, 8: p.calls, 9: p.response, 10: p.keepalive,
	}
	rows = append(rows, p.failure()...)
	return append(rows, steps[p.step]()...)
}

// heading is a title with a word at the right end.
func heading(left, right string, width int) pageRow {
	return pageRow{Row: cells.Columns(
		cells.Column{Width: max(width-cells.Width(right), 0), Row: cells.Row{{Text: left, Mark: cells.Bold}}},
		cells.Column{Width: cells.Width(right), Row: cells.Text(cells.Quiet, right)},
	)}
}

// quiet and said are rows of text.
func quiet(format string, a ...any) pageRow {
	return pageRow{Row: cells.Text(cells.Quiet, fmt.Sprintf(format, a...))}
}

func said(role cells.Role, format string, a ...any) pageRow {
	return pageRow{Row: cells.Text(role, fmt.Sprintf(format, a...))}
}

// mark notes which bytes belong to what the cursor is on.
func (p *page) mark() {
	p.marked, p.inAnswer = history.Range{}, false
	if about := p.subject(); p.focused && len(about.ranges) > 0 {
		p.marked, p.inAnswer = about.ranges[0], about.inAnswer
	}
}

// failure tells why a step did not go on.
func (p *page) failure() []pageRow {
	step := p.exchange.Steps[p.step]
	if step.State != history.Failed {
		return nil
	}
	if step.Refusal == nil {
		return append(wrapped(cells.Wrong, step.Error, p.layout.page()), pageRow{})
	}
	rows := []pageRow{said(cells.Wrong, "refused, %s", step.Refusal.Status)}
	rows = append(rows, wrapped(cells.Wrong, step.Refusal.Rule, p.layout.page())...)
	rows = append(rows, quiet("%s", step.Refusal.Section))
	if len(step.Refusal.Got) > 0 {
		rows = append(rows, pageRow{Row: cells.Row{{Text: "got  ", Role: cells.Quiet}, {Text: string(step.Refusal.Got), Role: cells.Client}}})
	}
	return append(rows, pageRow{})
}
