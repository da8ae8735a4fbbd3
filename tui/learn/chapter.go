package learn

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"barewire/tui/cells"
)

// A line is one row of a chapter.
type line struct {
	cells.Row
	source int // the line of the Markdown that it begins in, from 0
	fold   int // of an answer's heading: its number, from 1
}

// A typesetter makes rows of the Markdown that our chapters are written in:
// headings, paragraphs, code, lists, tables, and answers that can be folded.
type typesetter struct {
	text  []string
	width int
	open  map[int]bool // the answers that are unfolded
	at    int          // the line of text that is looked at
	folds int          // answers met so far
	lines []line
}

// typeset returns a chapter in rows of a width.
func typeset(markdown string, width int, open map[int]bool) []line {
	s := &typesetter{text: strings.Split(strings.TrimSpace(markdown), "\n"), width: width, open: open}
	s.add(nil)
	for s.at < len(s.text) {
		s.block()
	}
	for len(s.lines) > 1 && len(s.lines[len(s.lines)-1].Row) == 0 {
		s.lines = s.lines[:len(s.lines)-1]
	}
	return s.lines
}

var (
	listItem  = regexp.MustCompile(`^( *)([-*+]|\d+\.) +(.*)$`)
	summary   = regexp.MustCompile(`^<details>(?:<summary>(.*)</summary>)?`)
	tableRule = regexp.MustCompile(`^\|[-:| ]+\|$`)
)

// startsBlock tells that a line is no part of the paragraph before it.
func startsBlock(text string) bool {
	for _, start := range []string{"#", "```", "<!--", "<details>", "</details>", "|", "!["} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return strings.TrimSpace(text) == "" || listItem.MatchString(text)
}

// block sets the block that begins here.
func (s *typesetter) block() {
	text := s.text[s.at]
	switch item := listItem.FindStringSubmatch(text); {
	case strings.TrimSpace(text) == "":
		s.blank()
		s.at++
	case strings.HasPrefix(text, "# "): // it is the title of the screen already
		s.at++
	case strings.HasPrefix(text, "#"):
		s.add(cells.Row{{Text: strings.TrimLeft(text, "# "), Mark: cells.Bold}})
		s.at++
	case strings.HasPrefix(text, "```"):
		s.code()
	case strings.HasPrefix(text, "<!--"):
		for !strings.Contains(s.text[s.at], "-->") && s.at+1 < len(s.text) {
			s.at++
		}
		s.at++
	case strings.HasPrefix(text, "<details>"):
		s.answer()
	case strings.HasPrefix(text, "</details>"):
		s.at++
	case strings.HasPrefix(text, "|"):
		s.table()
	case strings.HasPrefix(text, "!["):
		alt, _, _ := strings.Cut(text[2:], "]")
		s.add(cells.Text(cells.Quiet, "picture: "+alt))
		s.at++
	case item != nil:
		s.paragraph(item[3], cells.Row{{Text: item[1] + "  " + strings.TrimSuffix(item[2], ".") + "  "}})
	default:
		s.paragraph(text, nil)
	}
}

func (s *typesetter) add(row cells.Row) {
	s.lines = append(s.lines, line{Row: row, source: s.at})
}

// blank adds an empty row, but never three, and none below the first.
func (s *typesetter) blank() {
	if n := len(s.lines); n > 1 && (len(s.lines[n-1].Row) > 0 || len(s.lines[n-2].Row) > 0) {
		s.add(nil)
	}
}

// paragraph joins lines up to the next block, and breaks them anew: behind a sign
// where it is an item of a list. A line that ends in \ stays a line.
func (s *typesetter) paragraph(first string, sign cells.Row) {
	start := s.at
	texts := []string{strings.TrimSpace(first)}
	for s.at++; s.at < len(s.text) && !startsBlock(s.text[s.at]); s.at++ {
		next, last := strings.TrimSpace(s.text[s.at]), &texts[len(texts)-1]
		if broken, is := strings.CutSuffix(*last, `\`); is {
			*last = broken
			texts = append(texts, next)
		} else {
			*last += " " + next
		}
	}
	indent := sign.Width()
	for _, text := range texts {
		for _, row := range wrap(spans(text), max(s.width-indent, 1)) {
			s.lines = append(s.lines, line{Row: append(sign[:len(sign):len(sign)], row...), source: start})
			if indent > 0 {
				sign = cells.Row{{Text: strings.Repeat(" ", indent)}}
			}
		}
	}
}

// answer sets what a reader is to predict first: its heading alone, or all of it.
func (s *typesetter) answer() {
	s.folds++
	fold := s.folds
	title := "Look"
	if match := summary.FindStringSubmatch(s.text[s.at]); match[1] != "" {
		title = match[1]
	}
	sign := "+ "
	if s.open[fold] {
		sign = "- "
	}
	s.lines = append(s.lines, line{Row: cells.Row{{Text: "     " + sign + title, Mark: cells.Bold}}, source: s.at, fold: fold})
	for s.at++; s.at < len(s.text) && !strings.HasPrefix(s.text[s.at], "</details>"); {
		if s.open[fold] {
			s.block()
		} else {
			s.at++
		}
	}
	for s.open[fold] && len(s.lines[len(s.lines)-1].Row) == 0 {
		s.lines = s.lines[:len(s.lines)-1]
	}
	s.at++
}

// table sets a table with its columns under each other. Where they are too wide,
// the widest are made narrower, and what is in them is wrapped.
func (s *typesetter) table() {
	var table [][]cells.Row
	var widths []int
	start := s.at
	for ; s.at < len(s.text) && strings.HasPrefix(s.text[s.at], "|"); s.at++ {
		if tableRule.MatchString(strings.TrimSpace(s.text[s.at])) {
			continue
		}
		var row []cells.Row
		for i, text := range strings.Split(strings.Trim(strings.TrimSpace(s.text[s.at]), "|"), "|") {
			cell := spans(strings.TrimSpace(text))
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], cell.Width())
			row = append(row, cell)
		}
		table = append(table, row)
	}
	const gap = 2
	total := gap * (len(widths) - 1)
	for _, width := range widths {
		total += width
	}
	for ; total > s.width && slices.Max(widths) > 1; total-- {
		widths[slices.Index(widths, slices.Max(widths))]--
	}
	for _, row := range table {
		rows := 1
		wrapped := make([][]cells.Row, len(row))
		for i, cell := range row {
			wrapped[i] = wrap(cell, widths[i])
			rows = max(rows, len(wrapped[i]))
		}
		for n := range rows {
			var columns []cells.Column
			for i := range row {
				columns = append(columns, cells.Column{Width: widths[i], Row: at(wrapped[i], n)}, cells.Column{Width: gap})
			}
			s.lines = append(s.lines, line{Row: cells.Columns(columns[:len(columns)-1]...), source: start})
		}
	}
}

// noChapter says where the chapter will be.
func noChapter(folder, file string) string {
	return fmt.Sprintf("The chapter of this step will be docs/%s. It is not written yet.\n\nYour task stands in the comments of %s.", file, folder)
}
