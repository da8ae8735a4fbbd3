// Package over is what lies over a screen for a while: a [Sheet] to be read, a
// [Menu] to choose from, an [Input] to type into; and the line of keys at the end of
// the screen. It knows nothing of the screens that use it: what a choice or a typed
// line does is theirs, and takes their model, M.
//
// Press takes a key and says what became of it. Draw returns rows.
package over

import (
	"strings"

	"barewire/tui/cells"
)

// rule is the line above a sheet or a menu. It names it.
func rule(title string, width int) cells.Row {
	const right = " esc closes ─"
	room := max(width-cells.Width(right)-4, 0)
	named := cells.Row{{Text: title, Mark: cells.Bold}}
	if named.Width() > room {
		named = named.Fit(room)
	}
	left := append(cells.Text(cells.Quiet, "─ "), named...)
	left = append(left, cells.Span{Text: " ", Role: cells.Quiet})
	line := strings.Repeat("─", max(width-left.Width()-cells.Width(right), 0))
	return append(left, cells.Span{Text: line + right, Role: cells.Quiet})
}

// KeyLine is the last line of a screen: keys and what they do, in turn. Those at the
// right end always stay; of the others, the last ones go where there is no room.
func KeyLine(left, right []string, width int) cells.Row {
	row, end := keyWords(left), keyWords(right)
	const perKey = 3
	for len(row) > 0 && row.Width()+end.Width() > width {
		row = row[:len(row)-perKey]
	}
	gap := strings.Repeat(" ", max(width-row.Width()-end.Width(), 0))
	return append(append(row, cells.Span{Text: gap}), end...)
}

func keyWords(words []string) (row cells.Row) {
	for i := 0; i+1 < len(words); i += 2 {
		row = append(row, cells.Span{Text: " "}, cells.Span{Text: words[i], Mark: cells.Bold}, cells.Span{Text: " " + words[i+1] + " ", Role: cells.Quiet})
	}
	return row
}
