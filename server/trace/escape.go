package trace

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Escape makes bytes from the network fit for a terminal.
//
// A terminal obeys what it is sent: an ESC can move the cursor up and paint
// over the line that tells the truth, a bidi control can turn a line's letters
// round, a zero-width rune hides in a name. So only what prints as itself stays
// as it is; the rest is spelt out as Go would: \n, \x1b, \u200b. A byte that is
// no UTF-8 is \xNN.
//
// A backslash stays a backslash, so a client that sends the two letters \n looks
// like one that sends a line end. This text is for eyes; the JSON trace is exact.
func Escape(b []byte) string {
	var out strings.Builder
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&out, `\x%02x`, b[0])
		case r == '\t':
			out.WriteString(`\t`)
		case r == '\n':
			out.WriteString(`\n`)
		case r == '\r':
			out.WriteString(`\r`)
		case r < utf8.RuneSelf && !unicode.IsPrint(r):
			fmt.Fprintf(&out, `\x%02x`, r)
		case printable(r):
			out.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&out, `\U%08x`, r)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
		b = b[size:]
	}
	return out.String()
}

// EscapeLine is Escape, with line ends as signs of their own: ␍ and ␊.
func EscapeLine(b []byte) string {
	var out strings.Builder
	for {
		i := bytes.IndexAny(b, "\r\n")
		if i < 0 {
			return out.String() + Escape(b)
		}
		out.WriteString(Escape(b[:i]))
		out.WriteString(map[byte]string{'\r': "␍", '\n': "␊"}[b[i]])
		b = b[i+1:]
	}
}

// printable tells whether a terminal shows a rune as itself, and does nothing
// else with it.
func printable(r rune) bool {
	return unicode.IsPrint(r) && !unicode.In(r, invisible...)
}

// invisible lists what counts as a letter, a mark or a symbol, and yet prints
// as nothing. (The controls, bidi and most zero-width runes do not get so far:
// for unicode.IsPrint they are not printable.)
var invisible = []*unicode.RangeTable{
	unicode.Other_Default_Ignorable_Code_Point, // Hangul fillers, the grapheme joiner
	unicode.Variation_Selector,
	{R16: []unicode.Range16{{Lo: 0x2800, Hi: 0x2800, Stride: 1}}}, // a Braille cell without a dot
}
