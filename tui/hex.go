package tui

import (
	"fmt"

	"barewire/tui/cells"
	"barewire/tui/history"
)

// hex shows the bytes of both directions, sixteen in a row, each in the colour of
// its author.
func (p *page) hex() []pageRow {
	var rows []pageRow
	if p.step != 9 {
		rows = append(rows, quiet("what the client said"))
		rows = append(rows, dump(p.exchange.Request(), p.exchange.RequestLines())...)
		rows = append(rows, pageRow{})
	}
	if p.step != 2 {
		rows = append(rows, quiet("what the server said"))
		rows = append(rows, dump(p.exchange.Answer(), p.exchange.AnswerLines())...)
	}
	return rows
}

// perRow is how many bytes a row shows.
const perRow = 16

func dump(stream history.Stream, lines []history.Line) []pageRow {
	var rows []pageRow
	const shown = maxLines * perRow
	for from := 0; from < min(len(stream.Bytes), shown); from += perRow {
		piece := stream.Bytes[from:min(from+perRow, len(stream.Bytes))]
		row := cells.Text(cells.Quiet, fmt.Sprintf("%6x  ", from))
		text := cells.Text(cells.Quiet, " ")
		for i := range perRow {
			if i == perRow/2 {
				row = append(row, cells.Span{Text: " "})
			}
			if i >= len(piece) {
				row = append(row, cells.Span{Text: "   "})
				continue
			}
			for len(lines) > 1 && lines[0].To <= int64(from+i) {
				lines = lines[1:]
			}
			role := roleOf(lines[0].Author)
			row = append(row, cells.Span{Text: fmt.Sprintf("%02x ", piece[i]), Role: role})
			text = append(text, cells.Span{Text: letter(piece[i]), Role: role})
		}
		about := subject{value: fmt.Sprintf("% x", piece), hint: fmt.Sprintf("Bytes %d to %d.", from+1, from+len(piece))}
		rows = append(rows, pageRow{Row: append(row, text...), about: about})
	}
	if missing := stream.Size - int64(min(len(stream.Bytes), shown)); missing > 0 {
		rows = append(rows, quiet("… %d more bytes", missing))
	}
	return rows
}

// letter is a byte as text, a dot for one that is not printable.
func letter(b byte) string {
	if b < ' ' || b > '~' {
		return "."
	}
	return string(rune(b))
}
