package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"barewire/tui/cells"
	"barewire/tui/explain"
	"barewire/tui/history"
)

// A hexRow is a row of bytes, each with its author. The cursor stands on one of
// them.
type hexRow struct {
	from     int64 // of the stream
	bytes    []byte
	authors  []history.Author
	inAnswer bool
}

// hex shows the bytes of both directions, each in the colour of its author.
func (p *page) hex() []pageRow {
	var rows []pageRow
	if p.step != 9 {
		rows = append(rows, quiet("what the client said"))
		rows = append(rows, p.dump(p.exchange.Request(), p.exchange.RequestLines(), false)...)
		rows = append(rows, pageRow{})
	}
	if p.step != 2 {
		rows = append(rows, quiet("what the server said"))
		rows = append(rows, p.dump(p.exchange.Answer(), p.exchange.AnswerLines(), true)...)
	}
	return rows
}

// perRow is how many bytes a row shows: as many as there is room for.
func (p *page) perRow() int {
	const most, columns = 16, 3 + 1 // two digits and a blank, and the letter
	if p.layout.page() >= hexMargin+most*columns+2 {
		return most
	}
	return most / 2
}

// hexMargin is the room of a row's number.
const hexMargin = 8

func (p *page) dump(stream history.Stream, lines []history.Line, inAnswer bool) []pageRow {
	var rows []pageRow
	perRow := p.perRow()
	shown := min(len(stream.Bytes), maxLines*16)
	for from := 0; from < shown; from += perRow {
		row := &hexRow{from: int64(from), bytes: stream.Bytes[from:min(from+perRow, shown)], inAnswer: inAnswer}
		for i := range row.bytes {
			for len(lines) > 1 && lines[0].To <= int64(from+i) {
				lines = lines[1:]
			}
			row.authors = append(row.authors, lines[0].AuthorOf(int64(from+i)))
		}
		rows = append(rows, pageRow{Row: p.hexRow(row, history.Range{}, -1), hex: row})
	}
	if missing := stream.Size - int64(shown); missing > 0 {
		rows = append(rows, quiet("… %d more bytes", missing))
	}
	return rows
}

// hexRow draws a row, with these bytes marked, and the cursor on one of it, or on
// none: -1.
func (p *page) hexRow(line *hexRow, marked history.Range, cursor int) cells.Row {
	row := cells.Text(cells.Quiet, fmt.Sprintf("%6x  ", line.from))
	text := cells.Text(cells.Quiet, " ")
	perRow := p.perRow()
	for i := range perRow {
		if i == perRow/2 {
			row = append(row, cells.Span{Text: " "})
		}
		if i >= len(line.bytes) {
			row = append(row, cells.Span{Text: "   "})
			continue
		}
		role, mark := roleOf(line.authors[i]), cells.None
		switch at := line.from + int64(i); {
		case i == cursor:
			mark = cells.Cursor
		case line.inAnswer == p.inAnswer && marked.From <= at && at < marked.To:
			mark = cells.Linked
		}
		row = append(row, cells.Span{Text: fmt.Sprintf("%02x", line.bytes[i]), Role: role, Mark: mark}, cells.Span{Text: " "})
		text = append(text, cells.Span{Text: letter(line.bytes[i]), Role: role, Mark: mark})
	}
	return append(row, text...)
}

// letter is a byte as text, a dot for one that is not printable.
func letter(b byte) string {
	if b < ' ' || b > '~' {
		return "."
	}
	return string(rune(b))
}

// moveInRow moves the cursor by one byte, and tells whether it could: the bytes of
// the rows before and after follow on.
func (p *page) moveInRow(by int) bool {
	rows := p.rows()
	if p.cursor >= len(rows) || rows[p.cursor].hex == nil {
		return false
	}
	p.column = p.inRow(rows[p.cursor].hex) + by
	next := p.cursor + by
	switch {
	case 0 <= p.column && p.column < len(rows[p.cursor].hex.bytes):
	case 0 <= next && next < len(rows) && rows[next].hex != nil:
		p.cursor = next
		p.column = max(-by, 0) * (len(rows[next].hex.bytes) - 1)
	default:
		p.column -= by
	}
	return true
}

// inRow is the byte of a row that the cursor is on: in a short one, the last.
func (p *page) inRow(row *hexRow) int { return max(min(p.column, len(row.bytes)-1), 0) }

// byteSubject is what a byte is about: what was made of it, or who has said it.
func (p *page) byteSubject(row *hexRow) subject {
	i := p.inRow(row)
	at := row.from + int64(i)
	lines := p.exchange.RequestLines()
	if row.inAnswer {
		lines = p.exchange.AnswerLines()
	}
	n := slices.IndexFunc(lines, func(line history.Line) bool { return line.From <= at && at < line.To })
	if n < 0 {
		return subject{}
	}
	about := p.lineSubject(lines[n])
	name := fmt.Sprintf("Byte %d, %02x", at+1, row.bytes[i])
	if about.value = fmt.Sprintf("%02x", row.bytes[i]); letter(row.bytes[i]) != "." {
		name += " " + letter(row.bytes[i])
	}
	if row.inAnswer {
		about.hint = fmt.Sprintf("%s: %s.", name, saidBy(lines[n], at))
		return about
	}
	var keys []string
	var of history.Range // the fewest bytes that made one of them
	for _, value := range p.exchange.Values() {
		for _, r := range value.Ranges {
			if r.From > at || at >= r.To {
				continue
			}
			keys = append(keys, value.Key)
			if of == (history.Range{}) || r.To-r.From < of.To-of.From {
				of = r
				about.kind, about.name, about.ranges = explain.Key, value.Key, []history.Range{r}
			}
		}
	}
	switch {
	case keys != nil:
		about.hint = fmt.Sprintf("%s: step %s used it; it is in %s.", name, lines[n].Who, strings.Join(keys, " and "))
	case lines[n].Who == "05":
		about.hint = name + ": step 05 used it; it is in the body, wsgi.input."
	default:
		about.hint = fmt.Sprintf("%s: step %s used it, and nothing was made of it.", name, cmp.Or(lines[n].Who, "02"))
	}
	return about
}

// saidBy tells who has said a byte of the answer.
func saidBy(line history.Line, at int64) string {
	if line.AuthorOf(at) == history.App {
		return "the application said it, " + line.What
	}
	if line.Author == history.App {
		return "the server said it, behind " + line.What
	}
	return "the server said it, " + cmp.Or(line.What, "by itself")
}
