package learn

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"unicode"

	"barewire/internal/check"
	"barewire/internal/workshop"

	"github.com/charmbracelet/x/ansi"
)

var attacks = []string{
	"plain text",
	"\x1b[2J\x1b]0;title\x07\x9b31m\r\n\t\x00\x7f",
	"\u202e\u200b\ufeff e\u0301 日本語 👩‍👩‍👧🇩🇪 \xff\xfe",
	"```\n<details>\n| a | b |\n1. \x1b[0m\n# \x1b",
	"\n\n\n\n",
	"",
}

// Whatever the learner's program, the compiler or a file says: the screen is as
// large as it must be, and no escape sequence is on it.
func FuzzHostile(f *testing.F) {
	for _, attack := range attacks {
		f.Add(attack, 5, uint8(80), uint8(24), false)
		f.Add(attack, 0, uint8(120), uint8(40), true)
		f.Add(attack, 2, uint8(50), uint8(12), true)
	}
	f.Fuzz(func(t *testing.T, text string, at int, width, height uint8, ascii bool) {
		columns, lines := max(int(width), minWidth), max(int(height), minHeight)
		d := newDesk(t, columns, lines, func(c *Config) {
			c.Theme.ASCII = ascii
			c.Chapter = func(int) string { return text }
			c.Output = func() string { return text }
			c.Difference = func(int) ([]byte, error) { return []byte("+" + text), nil }
		})
		got := []byte(strings.Repeat(text, 3))
		result := check.Result{
			Check: checkOf(d, "03.4"), Sent: []byte(text), Got: got, At: min(max(at, -1), len(got)),
			Expected: text, Wrong: text, Ended: text, Cut: text, Addr: text,
		}
		result.Check.Name, result.Check.Section, result.Check.Curl, result.Check.Hints = text, text, "curl URL", [3]string{text, text, text}
		d.hints["03.4"] = 3
		fault := workshop.Fault{File: text, Line: at, Column: at, Text: text}
		d.happen(3, workshop.Building{}, workshop.Built{}, workshop.Tested{Failed: []string{text}, Output: text, Faults: []workshop.Fault{fault}}, workshop.Checked{Result: result})
		for _, key := range []string{"", "tab", "enter", "esc", "t", "esc", "A", "n", "w", "esc", "+", "tab", "-", "enter"} {
			if key != "" {
				d.press(key)
			}
			view := strings.Split(d.View(), "\n")
			if len(view) != lines {
				t.Fatalf("after %q there are %d lines of %d", key, len(view), lines)
			}
			for _, line := range view {
				if got := ansi.StringWidth(line); got != columns {
					t.Errorf("after %q a line takes %d columns of %d: %q", key, got, columns, line)
				}
				harmless(t, line, ascii)
			}
		}
		var out bytes.Buffer
		config := d.config
		config.Check = func(_ context.Context, _ int, tell func(workshop.Event)) error {
			tell(workshop.Tested{Failed: []string{text}, Output: text, Faults: []workshop.Fault{fault}})
			tell(workshop.Checked{Result: result})
			return nil
		}
		if err := Plain(t.Context(), config, &out); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			harmless(t, strings.TrimSuffix(line, "\n"), ascii)
		}
	})
}

// harmless wants a line without control characters, and in ASCII nothing else.
func harmless(t *testing.T, line string, ascii bool) {
	t.Helper()
	for _, r := range line {
		if unicode.IsControl(r) || r == '\u202e' || r == '\u200b' || ascii && r > '~' {
			t.Fatalf("%q has %U", line, r)
		}
	}
}
