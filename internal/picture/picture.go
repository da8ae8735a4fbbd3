// Package picture draws the screen of a terminal as SVG, for README and docs.
//
// A picture shows text as text, in whatever monospaced font a browser has. No
// two of these are equally wide, so each piece of text says where it begins and
// how much room it takes, and the columns stay where the terminal has them.
// There is nothing else in a picture: no script, no font, nothing to fetch. The
// same screen always makes the same bytes.
//
// Read picture.go, then screen.go, then color.go.
package picture

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/color"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/cellbuf"
)

// Options is what a screen does not tell about itself.
type Options struct {
	Columns, Rows int    // the size of the screen; what does not fit is cut off
	Dark          bool   // the background is
	Title         string // stands in the title bar
}

// Lengths are in CSS pixels. Most monospaced fonts are 0.6 as wide as they are
// high, so that glyphs hardly need to be stretched.
const (
	fontSize   = 15
	cellWidth  = 9
	cellHeight = 18
	baseline   = 14 // of a cell, from its top
	margin     = 14 // around the cells
	titleBar   = 32
)

const fonts = `ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace`

// SVG draws a screen: lines with ANSI escape sequences, as the View of a model
// has them. It knows colours, bold, faint, underlined and reversed; all other
// sequences and control characters leave no trace.
func SVG(screen string, options Options) []byte {
	theme := light
	if options.Dark {
		theme = dark
	}
	width := options.Columns*cellWidth + 2*margin
	height := titleBar + options.Rows*cellHeight + 2*margin

	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %d">`+"\n", width, height, height)
	fmt.Fprintf(&out, "<title>%s</title>\n", escape(options.Title))
	fmt.Fprintf(&out, `<rect x=".5" y=".5" width="%d" height="%d" rx="8" fill="%s" stroke="%s"/>`+"\n", width-1, height-1, hex(theme.screen), hex(theme.edge))
	fmt.Fprintf(&out, `<path d="M1 %d.5H%d" stroke="%s"/>`+"\n", titleBar, width-1, hex(theme.edge))
	fmt.Fprintf(&out, `<g font-family="%s" font-size="%d" fill="%s">`+"\n", fonts, fontSize, hex(theme.text))
	title := ansi.Truncate(options.Title, options.Columns, "…")
	fmt.Fprintf(&out, `<text x="%d" y="21" text-anchor="middle" font-size="13" fill="%s">%s</text>`+"\n", width/2, hex(mix(theme.text, theme.screen)), escape(title))
	for row, line := range read(screen, options.Columns, options.Rows) {
		drawLine(&out, line, titleBar+margin+row*cellHeight, theme)
	}
	out.WriteString("</g>\n</svg>\n")
	return out.Bytes()
}

// drawLine draws one line of the screen, whose top is at y.
func drawLine(out *bytes.Buffer, line []glyph, y int, theme theme) {
	for run := range split(line, sameStyle) {
		style := run[0].style
		ink, paper := theme.colors(style)
		x, width := extent(run)
		if paper != theme.screen {
			fmt.Fprintf(out, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>`+"\n", x, y, width, cellHeight, hex(paper))
		}
		for piece := range split(run, sameText) {
			drawText(out, trim(piece), y+baseline, attributes(style, ink, theme))
		}
		if style.UlStyle != cellbuf.NoUnderline {
			fmt.Fprintf(out, `<rect x="%d" y="%d" width="%d" height="1" fill="%s"/>`+"\n", x, y+baseline+2, width, hex(ink))
		}
	}
}

// drawText draws one piece of text.
func drawText(out *bytes.Buffer, piece []glyph, y int, attributes string) {
	if len(piece) == 0 {
		return
	}
	x, width := extent(piece)
	fmt.Fprintf(out, `<text x="%d" y="%d" textLength="%d" lengthAdjust="spacingAndGlyphs"%s>`, x, y, width, attributes)
	for _, glyph := range piece {
		out.WriteString(escape(lineEnds.Replace(glyph.text)))
	}
	out.WriteString("</text>\n")
}

// lineEnds spells signs that few fonts have. What they look like there, two small
// letters, textLength makes of the two.
var lineEnds = strings.NewReplacer("␍", "CR", "␊", "LF")

// extent returns where glyphs begin, and how wide they are together.
func extent(glyphs []glyph) (x, width int) {
	first, last := glyphs[0], glyphs[len(glyphs)-1]
	return margin + first.column*cellWidth, (last.column + last.width - first.column) * cellWidth
}

// attributes says how text differs from plain text.
func attributes(style cellbuf.Style, ink color.RGBA, theme theme) (text string) {
	if style.Attrs.Contains(cellbuf.BoldAttr) {
		text += ` font-weight="bold"`
	}
	if ink != theme.text {
		text += fmt.Sprintf(` fill="%s"`, hex(ink))
	}
	return text
}

// escape makes text safe inside an element. What XML cannot say becomes U+FFFD.
func escape(text string) string {
	var escaped strings.Builder
	_ = xml.EscapeText(&escaped, []byte(text)) // a Builder takes all
	return escaped.String()
}
