// Package cells puts text into the columns of a terminal.
//
// A pane makes rows of spans, plain values that say what a text means and not
// how it looks. A [Pen] paints them: in colour or without, in Unicode or ASCII,
// each row exactly as wide as it must be. Nothing reaches the terminal but by
// Paint, so what a stranger has sent is made harmless there, and in no other
// place.
//
// Read cells.go, then pen.go, then glyphs.go.
package cells

import (
	"strconv"
	"strings"
	"unicode"

	"barewire/server/trace"

	"github.com/charmbracelet/x/ansi"
)

// A Role is what a text means.
type Role int

const (
	Plain  Role = iota // all is well needs no colour
	Client             // bytes that came from the client, and values made of them
	App                // what the application said
	Server             // what the server added by itself
	Held               // paused, waiting
	Wrong              // refused, failed, dropped
	Quiet              // headings, brackets, times
	roles
)

// A Mark is put over a role.
type Mark int

const (
	None   Mark = iota
	Bold        // a heading
	Linked      // belongs to what the cursor is on: underlined
	Cursor      // what the cursor is on: reversed
)

// A Span is text of one meaning. Its runes may be anything.
type Span struct {
	Text string
	Role Role
	Mark Mark
}

// A Row is one line of the screen, or of a pane.
type Row []Span

// Text returns a Row of one Span.
func Text(role Role, text string) Row { return Row{{Text: text, Role: role}} }

// Width returns how many columns a text takes once it is made harmless.
func Width(text string) int { return ansi.StringWidth(Harmless(text)) }

// Width returns how many columns the row takes if nothing is cut off.
func (r Row) Width() int {
	width := 0
	for _, span := range r {
		width += Width(span.Text)
	}
	return width
}

// Fit returns the row in exactly so many columns: what is too long is cut off and
// ends in an ellipsis, what is too short is padded.
func (r Row) Fit(width int) Row {
	var fitted Row
	gap := width - r.Width()
	left := width
	if gap < 0 {
		left = max(width, 1) - 1 // and one for the ellipsis
	}
	for _, span := range r {
		whole := Harmless(span.Text)
		span.Text = ansi.Truncate(whole, left, "")
		left -= ansi.StringWidth(span.Text)
		if span.Text != whole {
			span.Text += strings.Repeat("…", min(max(width, 0), 1)) + strings.Repeat(" ", left)
			return append(fitted, span)
		}
		fitted = append(fitted, span)
	}
	return append(fitted, Span{Text: strings.Repeat(" ", max(gap, 0))})
}

// Marked returns the row with a mark over all of it.
func (r Row) Marked(mark Mark) Row {
	marked := make(Row, len(r))
	for i, span := range r {
		span.Mark = mark
		marked[i] = span
	}
	return marked
}

// Columns puts cells beside each other, each as wide as it says; a negative width
// puts its text at the right end.
func Columns(columns ...Column) Row {
	var row Row
	for _, column := range columns {
		width := max(column.Width, -column.Width)
		cell := column.Row.Fit(width)
		if gap := width - column.Row.Width(); column.Width < 0 && gap > 0 {
			cell = append(Row{{Text: strings.Repeat(" ", gap)}}, column.Row.Fit(width-gap)...)
		}
		row = append(row, cell...)
	}
	return row
}

// A Column is a cell of Columns.
type Column struct {
	Width int
	Row   Row
}

// Harmless makes text fit for a terminal, and of a width that all terminals agree
// upon: a rune that joins the one before it is spelt out.
func Harmless(text string) string {
	if isPlain(text) {
		return text
	}
	text = trace.Escape([]byte(text))
	if !strings.ContainsFunc(text, joins) {
		return text
	}
	var apart strings.Builder
	for _, r := range text {
		if joins(r) {
			apart.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			apart.WriteRune(r)
		}
	}
	return apart.String()
}

// isPlain tells that text is ASCII that prints as itself, as most text is: it need
// not be looked at twice.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// joins tells whether a rune may be drawn as one with its neighbour: accents and
// other marks, the halves of flags, the skin tones of emoji, the parts of Hangul.
func joins(r rune) bool { return r >= 0x300 && unicode.In(r, unicode.M, joining) }

var joining = &unicode.RangeTable{
	R16: []unicode.Range16{{Lo: 0x1100, Hi: 0x11ff, Stride: 1}, {Lo: 0xa960, Hi: 0xa97f, Stride: 1}, {Lo: 0xd7b0, Hi: 0xd7ff, Stride: 1}},
	R32: []unicode.Range32{{Lo: 0x1f1e6, Hi: 0x1f1ff, Stride: 1}, {Lo: 0x1f3fb, Hi: 0x1f3ff, Stride: 1}},
}
