package picture

import (
	"iter"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/cellbuf"
)

// A glyph is what a terminal draws into one cell, or into two.
type glyph struct {
	text          string
	column, width int // the first column is 0
	style         cellbuf.Style
}

// read returns the glyphs of each line.
func read(screen string, columns, rows int) [][]glyph {
	lines := make([][]glyph, rows)
	parser := ansi.NewParser()
	var style cellbuf.Style
	for row, column := 0, 0; len(screen) > 0 && row < rows; {
		text, width, size, _ := ansi.DecodeSequence(screen, ansi.NormalState, parser)
		switch {
		case text == "\n":
			row, column = row+1, 0
		case ansi.HasCsiPrefix(text) && parser.Command() == 'm':
			cellbuf.ReadStyle(parser.Params(), &style)
		case width > 0 && column+width <= columns:
			lines[row] = append(lines[row], glyph{text, column, width, style})
		}
		column += width
		screen = screen[size:]
	}
	return lines
}

// split cuts glyphs between neighbours that are not the same.
func split(glyphs []glyph, same func(a, b glyph) bool) iter.Seq[[]glyph] {
	return func(yield func([]glyph) bool) {
		from := 0
		for i := range glyphs {
			if i+1 == len(glyphs) || !same(glyphs[i], glyphs[i+1]) {
				if !yield(glyphs[from : i+1]) {
					return
				}
				from = i + 1
			}
		}
	}
}

// sameStyle tells whether one background or underline serves both.
func sameStyle(a, b glyph) bool { return a.style == b.style }

// sameText tells whether two neighbours can be in one piece of text. They have to
// be equally wide in every font: a sign that the font lacks comes from another
// one, which has its own idea. And of blanks in a row a browser shows only one.
func sameText(a, b glyph) bool {
	if a.text == b.text {
		return a.text != " "
	}
	return isASCII(a) && isASCII(b)
}

func isASCII(g glyph) bool { return g.text[0] < 0x80 }

// trim drops the blanks at both ends, which show nothing.
func trim(glyphs []glyph) []glyph {
	for len(glyphs) > 0 && glyphs[0].text == " " {
		glyphs = glyphs[1:]
	}
	for len(glyphs) > 0 && glyphs[len(glyphs)-1].text == " " {
		glyphs = glyphs[:len(glyphs)-1]
	}
	return glyphs
}
