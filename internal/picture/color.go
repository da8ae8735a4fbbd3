package picture

import (
	"fmt"
	"image/color"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/cellbuf"
)

// A theme has the colours that no sequence sets.
type theme struct{ text, screen, edge color.RGBA }

var (
	dark  = theme{text: rgb(0xd5d9e0), screen: rgb(0x171a1f), edge: rgb(0x3a3f48)}
	light = theme{text: rgb(0x24292f), screen: rgb(0xffffff), edge: rgb(0xc8ced6)}
)

// palette has the 16 colours that every terminal chooses by itself. Of these the
// first eight can be read on white, the others on black.
var palette = [16]color.RGBA{
	rgb(0x1c2026), rgb(0xb3261e), rgb(0x2f7d32), rgb(0x8a5a00), rgb(0x1f5fb4), rgb(0x8a3fa0), rgb(0x0b6e99), rgb(0xb4bac4),
	rgb(0x6b7280), rgb(0xe8787f), rgb(0x9ac87f), rgb(0xe5b95c), rgb(0x79a8e8), rgb(0xc79be0), rgb(0x6cb6d9), rgb(0xf5f7fa),
}

// colors returns the colours of text and of what is behind it.
func (t theme) colors(style cellbuf.Style) (ink, paper color.RGBA) {
	ink, paper = resolve(style.Fg, t.text), resolve(style.Bg, t.screen)
	if style.Attrs.Contains(cellbuf.FaintAttr) {
		ink = mix(ink, paper)
	}
	if style.Attrs.Contains(cellbuf.ReverseAttr) {
		return paper, ink
	}
	return ink, paper
}

// resolve returns a colour of a sequence, or the default if none was set.
func resolve(set ansi.Color, otherwise color.RGBA) color.RGBA {
	switch set := set.(type) {
	case nil:
		return otherwise
	case ansi.BasicColor:
		return palette[set]
	case ansi.IndexedColor:
		if int(set) < len(palette) {
			return palette[set]
		}
	}
	return color.RGBAModel.Convert(set).(color.RGBA)
}

// mix makes text faint: two parts of the one colour, and one of the other.
func mix(ink, paper color.RGBA) color.RGBA {
	part := func(ink, paper uint8) uint8 { return uint8((2*int(ink) + int(paper)) / 3) }
	return color.RGBA{part(ink.R, paper.R), part(ink.G, paper.G), part(ink.B, paper.B), 0xff}
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 0xff}
}

// hex writes a colour as SVG does.
func hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
