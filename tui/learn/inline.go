package learn

import (
	"regexp"
	"strings"

	"barewire/tui/cells"
)

// inline is what Markdown has inside a line: code, bold, emphasis, a link.
var inline = regexp.MustCompile("`` (.+?) ``|`([^`]+)`|\\*\\*([^*]+)\\*\\*|\\*([^*\\s][^*]*)\\*|\\[([^\\]]+)\\]\\([^)\\s]+\\)")

// spans takes the marks of Markdown off a text, and gives it those of the screen.
func spans(text string) (row cells.Row) {
	for {
		match := inline.FindStringSubmatchIndex(text)
		if match == nil {
			return append(row, cells.Span{Text: text})
		}
		row = append(row, cells.Span{Text: text[:match[0]]})
		for group := 1; group <= inline.NumSubexp(); group++ {
			from, to := match[2*group], match[2*group+1]
			if from < 0 {
				continue
			}
			mark := cells.None
			if group == 3 || group == 4 {
				mark = cells.Bold
			}
			row = append(row, cells.Span{Text: text[from:to], Mark: mark})
		}
		text = text[match[1]:]
	}
}

// wrap breaks a row into rows at its blanks. Blanks inside a line stay as they
// are, for two of them in a request line mean something.
func wrap(row cells.Row, width int) (rows []cells.Row) {
	var line, word cells.Row
	lineWidth, wordWidth, blanks := 0, 0, 0
	put := func() {
		if len(word) == 0 {
			return
		}
		if len(line) > 0 && lineWidth+blanks+wordWidth > width {
			rows, line, lineWidth, blanks = append(rows, line), nil, 0, 0
		}
		if blanks > 0 {
			line = append(line, cells.Span{Text: strings.Repeat(" ", blanks), Role: word[0].Role})
		}
		line, lineWidth = append(line, word...), lineWidth+blanks+wordWidth
		word, wordWidth, blanks = nil, 0, 0
	}
	for _, span := range row {
		for i, piece := range strings.Split(span.Text, " ") {
			if i > 0 {
				put()
				blanks++
			}
			for _, piece := range pieces(piece, width) {
				if wordWidth > 0 && wordWidth+cells.Width(piece) > width {
					put()
				}
				word = append(word, cells.Span{Text: piece, Role: span.Role, Mark: span.Mark})
				wordWidth += cells.Width(piece)
			}
		}
	}
	put()
	return append(rows, line)
}

// pieces cuts a word that has no room in a line of its own; of one that has, it
// returns the word, and of no word nothing.
func pieces(word string, width int) (cut []string) {
	for cells.Width(word) > width {
		runes, n := []rune(word), 1
		for n < len(runes) && cells.Width(string(runes[:n+1])) <= width {
			n++
		}
		cut, word = append(cut, string(runes[:n])), string(runes[n:])
		if len(runes) == n {
			break // it is one rune
		}
	}
	if word != "" {
		cut = append(cut, word)
	}
	return cut
}

// wrapText is for text of one role.
func wrapText(role cells.Role, text string, width int) []cells.Row {
	return wrap(cells.Text(role, text), max(width, 1))
}
