package learn

import (
	"regexp"
	"strings"

	"barewire/tui/cells"
)

const (
	codeIndent = 4
	codeHang   = 2  // of what goes on in a further row, beyond its line
	remarkRoom = 20 // columns of a comment that goes on below itself, at least
)

// code sets a block of code. Lines that are too wide are broken; but those of a
// drawing are cut off, for broken they would show nothing. A wide drawing moves to
// the left before that.
func (s *typesetter) code() {
	first := s.at + 1
	last := first
	for last < len(s.text) && !strings.HasPrefix(s.text[last], "```") {
		last++
	}
	indent := codeIndent
	drawn := strings.ContainsAny(strings.Join(s.text[first:last], ""), "┌└│─→")
	for _, text := range s.text[first:last] {
		if drawn {
			indent = max(min(indent, s.width-cells.Width(tabs(text))), 0)
		}
	}
	blanks := strings.Repeat(" ", indent)
	for s.at = first; s.at < last; s.at++ {
		text := tabs(s.text[s.at])
		if drawn && cells.Width(text) > s.width-indent {
			s.add(cells.Row{{Text: blanks + text}}.Fit(s.width))
			continue
		}
		for _, row := range codeRows(text, max(s.width-indent, 1)) {
			s.add(append(cells.Row{{Text: blanks}}, row...))
		}
	}
	s.at++
}

// tabs are four columns, as in most pictures of Go.
func tabs(text string) string { return strings.ReplaceAll(text, "\t", "    ") }

// codeRows breaks a line of code at its blanks, where it is too wide. What goes on
// hangs: below a comment, if it is one and there is room, or behind the line's start.
func codeRows(text string, width int) []cells.Row {
	text = squeezed(text, width)
	if cells.Width(text) <= width {
		return []cells.Row{{{Text: text}}}
	}
	start := min(len(text)-len(strings.TrimLeft(text, " ")), width/2)
	text = strings.TrimLeft(text, " ")
	first := ""
	for _, span := range wrapText(cells.Plain, text, width-start)[0] {
		first += span.Text
	}
	if bare, is := strings.CutSuffix(first, " //"); is {
		first = strings.TrimRight(bare, " ") // a comment is not torn off its sign
	}
	rows := []cells.Row{{{Text: strings.Repeat(" ", start) + first}}}
	hang := min(start+codeHang, width/2)
	if before, _, is := strings.Cut(first, "// "); is && width-start-cells.Width(before) >= remarkRoom {
		hang = start + cells.Width(before+"// ")
	}
	for _, row := range wrapText(cells.Plain, strings.TrimLeft(text[len(first):], " "), width-hang) {
		rows = append(rows, append(cells.Row{{Text: strings.Repeat(" ", hang)}}, row...))
	}
	return rows
}

// gap is what sets a comment, a time or a section apart from what stands before it.
var gap = regexp.MustCompile(`\S( {3,})\S`)

// squeezed makes the widest gaps of a line narrower, as long as it is too wide. So
// what stands at its right end stays beside it, and in its column.
func squeezed(text string, width int) string {
	text = strings.TrimRight(text, " ")
	for over := cells.Width(text) - width; over > 0; over = cells.Width(text) - width {
		from, to := 0, 0
		for _, found := range gap.FindAllStringSubmatchIndex(text, -1) {
			if found[3]-found[2] > to-from {
				from, to = found[2], found[3]
			}
		}
		if to == 0 {
			break
		}
		text = text[:from] + text[from+min(over, to-from-2):]
	}
	return text
}
