package cells

import (
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// A Pen paints rows for one kind of terminal.
type Pen struct {
	ascii  bool
	styles [roles]lipgloss.Style
	plain  lipgloss.Style
}

// Theme is what a Pen is made for.
type Theme struct {
	Dark    bool            // the background is
	Profile termenv.Profile // how many colours there are; termenv.Ascii for a terminal that can do nothing
	NoColor bool            // bold, underlined and reversed text only
	ASCII   bool            // no signs but ASCII
}

// NewPen returns a Pen for a theme.
func NewPen(theme Theme) Pen {
	renderer := lipgloss.NewRenderer(io.Discard)
	renderer.SetColorProfile(theme.Profile)
	renderer.SetHasDarkBackground(theme.Dark)
	pen := Pen{ascii: theme.ASCII, plain: renderer.NewStyle()}
	for role, color := range palette {
		style := renderer.NewStyle()
		switch {
		case Role(role) == Plain || theme.NoColor && Role(role) != Quiet:
		case Role(role) == Quiet:
			style = style.Faint(true)
		default:
			style = style.Foreground(color)
		}
		if Role(role) == Held {
			style = style.Bold(true)
		}
		pen.styles[role] = style
	}
	return pen
}

// palette has a colour for each role but Plain and Quiet: for true colour and for
// 16 colours, on dark and on light.
var palette = [roles]lipgloss.TerminalColor{
	Client: shade("#6cb6d9", "14", "#0b6e99", "6"),
	App:    shade("#9ac87f", "10", "#2f7d32", "2"),
	Server: shade("#b3a5e0", "13", "#5b45a8", "5"),
	Held:   shade("#e5b95c", "11", "#8a5a00", "3"),
	Wrong:  shade("#e8787f", "9", "#b3261e", "1"),
}

func shade(dark, dark16, light, light16 string) lipgloss.TerminalColor {
	return lipgloss.CompleteAdaptiveColor{
		Dark:  lipgloss.CompleteColor{TrueColor: dark, ANSI256: dark, ANSI: dark16},
		Light: lipgloss.CompleteColor{TrueColor: light, ANSI256: light, ANSI: light16},
	}
}

// Paint returns the row as the terminal takes it, in exactly so many columns.
func (p Pen) Paint(row Row, width int) string {
	if p.ascii {
		row = row.toASCII()
	}
	var line strings.Builder
	for _, span := range row.Fit(width) {
		text := span.Text
		if p.ascii {
			text = toASCII(text) // the ellipsis of Fit
		}
		style := p.styles[span.Role]
		switch span.Mark {
		case Bold:
			style = style.Bold(true)
		case Linked:
			style = style.Underline(true)
		case Cursor:
			style = style.Reverse(true)
		}
		line.WriteString(style.Render(text))
	}
	return line.String()
}

// toASCII replaces the signs before the columns are counted, for some take more
// room in ASCII.
func (r Row) toASCII() Row {
	replaced := make(Row, len(r))
	for i, span := range r {
		span.Text = toASCII(Harmless(span.Text))
		replaced[i] = span
	}
	return replaced
}
