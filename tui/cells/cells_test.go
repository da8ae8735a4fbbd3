package cells_test

import (
	"strings"
	"testing"

	"barewire/tui/cells"

	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

func plain(row cells.Row) string {
	var text strings.Builder
	for _, span := range row {
		text.WriteString(span.Text)
	}
	return text.String()
}

func TestFit(t *testing.T) {
	for _, test := range []struct {
		name  string
		row   cells.Row
		width int
		want  string
	}{
		{"short", cells.Text(cells.Plain, "ab"), 4, "ab  "},
		{"exact", cells.Text(cells.Plain, "abcd"), 4, "abcd"},
		{"long", cells.Text(cells.Plain, "abcde"), 4, "abc…"},
		{"no room", cells.Text(cells.Plain, "abc"), 0, ""},
		{"room for the ellipsis", cells.Text(cells.Plain, "abc"), 1, "…"},
		{"spans", cells.Row{{Text: "ab"}, {Text: "cd"}}, 5, "abcd "},
		{"cut in the second span", cells.Row{{Text: "ab"}, {Text: "cd"}}, 3, "ab…"},
		{"cut where a span ends", cells.Row{{Text: "abc"}, {Text: "d"}, {Text: "e"}}, 4, "abc…"},
		{"wide runes", cells.Text(cells.Plain, "日本語"), 6, "日本語"},
		{"a wide rune that does not fit", cells.Text(cells.Plain, "日本語"), 4, "日… "},
		{"a tab and an escape", cells.Text(cells.Plain, "\t\x1b[2J"), 12, `\t\x1b[2J   `},
		{"nothing", nil, 3, "   "},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := plain(test.row.Fit(test.width)); got != test.want {
				t.Errorf("Fit(%d) = %q, want %q", test.width, got, test.want)
			}
		})
	}
}

func TestColumns(t *testing.T) {
	row := cells.Columns(
		cells.Column{Width: 4, Row: cells.Text(cells.Plain, "ab")},
		cells.Column{Width: -5, Row: cells.Text(cells.Plain, "12")},
		cells.Column{Width: -2, Row: cells.Text(cells.Plain, "123")},
	)
	if got, want := plain(row), "ab     121…"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestPaint(t *testing.T) {
	row := cells.Row{{Text: "│ ", Role: cells.Quiet}, {Text: "x", Role: cells.Wrong, Mark: cells.Cursor}, {Text: "µs…"}}
	for _, test := range []struct {
		name  string
		theme cells.Theme
		want  string
	}{
		{"no colours", cells.Theme{Profile: termenv.Ascii}, "│ xµs… "},
		{"ASCII", cells.Theme{Profile: termenv.Ascii, ASCII: true}, "| xus~ "},
		{"16 colours on dark", cells.Theme{Profile: termenv.ANSI, Dark: true}, "\x1b[2m│ \x1b[0m\x1b[7;91mx\x1b[0mµs… "},
		{"16 colours on light", cells.Theme{Profile: termenv.ANSI}, "\x1b[2m│ \x1b[0m\x1b[7;31mx\x1b[0mµs… "},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := cells.NewPen(test.theme).Paint(row, 7); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// Whatever a stranger sends, a row is as wide as it must be, and what the Pen did
// not put there is no escape sequence.
func FuzzPaint(f *testing.F) {
	f.Add("plain", 10)
	f.Add("\x1b]52;c;AAAA\x07\x9b31m", 20)
	f.Add("日本語\u200b\u202e\t\r\n", 7)
	f.Add("e\u0301👩‍👩‍👧🇩🇪", 5)
	pen := cells.NewPen(cells.Theme{Profile: termenv.Ascii})
	f.Fuzz(func(t *testing.T, text string, width int) {
		width = min(max(width, 0), 200)
		painted := pen.Paint(cells.Row{{Text: text, Role: cells.Client}, {Text: text, Role: cells.Wrong}}, width)
		if got := ansi.StringWidth(painted); got != width {
			t.Errorf("%q in %d columns takes %d: %q", text, width, got, painted)
		}
		if strings.ContainsAny(painted, "\x1b\x07\r\n\t\x00\u009b") {
			t.Errorf("%q is painted as %q", text, painted)
		}
	})
}
