package picture_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"barewire/internal/picture"
)

// A drawn element is one text or one rectangle, with what places it.
type drawn struct{ name, x, width, fill, text string }

// draw draws one line, and returns what is inside of the window.
func draw(t *testing.T, line string) []drawn {
	t.Helper()
	svg := picture.SVG(line, picture.Options{Columns: 20, Rows: 1, Dark: true, Title: "t"})
	decoder := xml.NewDecoder(strings.NewReader(string(svg)))
	var all []drawn
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("this is no XML: %v\n%s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			d := drawn{name: token.Name.Local}
			for _, a := range token.Attr {
				switch a.Name.Local {
				case "x":
					d.x = a.Value
				case "width", "textLength":
					d.width = a.Value
				case "fill":
					d.fill = a.Value
				}
			}
			all = append(all, d)
		case xml.CharData:
			if len(all) > 0 {
				all[len(all)-1].text += string(token)
			}
		}
	}
}

// find returns the element with this text.
func find(t *testing.T, all []drawn, text string) drawn {
	t.Helper()
	for _, d := range all {
		if strings.TrimSpace(d.text) == text {
			return d
		}
	}
	t.Fatalf("%q is not in the picture: %v", text, all)
	return drawn{}
}

// Cells are nine wide, and begin fourteen from the left.
func TestColumns(t *testing.T) {
	for _, test := range []struct{ name, line, text, x, width string }{
		{"at the left", "ab", "ab", "14", "18"},
		{"behind many blanks, which a browser would join", "a          b", "b", "113", ""},
		{"behind wide runes", "日本 x", "x", "59", ""},
		{"markup is text", "<b>&", "<b>&", "14", "36"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := find(t, draw(t, test.line), test.text)
			if got.x != test.x || test.width != "" && got.width != test.width {
				t.Errorf("%q is at %s and %s wide, want %s and %s", test.text, got.x, got.width, test.x, test.width)
			}
		})
	}
}

// Reversed text stands on a rectangle of its own.
func TestReverse(t *testing.T) {
	plain, reversed := draw(t, "ab cd"), draw(t, "ab \x1b[7mcd\x1b[0m")
	count := func(all []drawn) (rects int) {
		for _, d := range all {
			if d.name == "rect" {
				rects++
			}
		}
		return rects
	}
	if count(reversed) != count(plain)+1 {
		t.Errorf("%d rectangles with reversed text, %d without; want one more", count(reversed), count(plain))
	}
}

// The same screen makes the same bytes, and no escape sequence is among them.
func TestBytes(t *testing.T) {
	const screen = "\x1b[1mbold\x1b[0m \x1b[38;2;108;182;217mcolour\x1b[0m \x1b[2mfaint\x1b[0m"
	options := picture.Options{Columns: 30, Rows: 2, Dark: true, Title: "t"}
	first, second := string(picture.SVG(screen, options)), string(picture.SVG(screen, options))
	if first != second {
		t.Error("two pictures of one screen differ")
	}
	for _, unwanted := range []string{"\x1b", "<script", "href", "url("} {
		if strings.Contains(first, unwanted) {
			t.Errorf("there is %q in the picture", unwanted)
		}
	}
	if !strings.Contains(strings.ToLower(first), "#6cb6d9") {
		t.Error("the colour is not in the picture")
	}
}

// A line end is drawn as its letters, in the room of one sign.
func TestLineEnds(t *testing.T) {
	svg := string(picture.SVG("x␍␊", picture.Options{Columns: 3, Rows: 1}))
	for _, want := range []string{">CR</text>", ">LF</text>"} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s\nhas no %s", svg, want)
		}
	}
}
