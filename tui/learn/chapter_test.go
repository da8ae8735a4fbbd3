package learn

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"barewire/tui/cells"

	"github.com/google/go-cmp/cmp"
)

func textOf(row cells.Row) string {
	var text strings.Builder
	for _, span := range row {
		text.WriteString(span.Text)
	}
	return text.String()
}

func typesetText(markdown string, width int, open map[int]bool) (rows []string) {
	for _, line := range typeset(markdown, width, open) {
		rows = append(rows, strings.TrimRight(textOf(line.Row), " "))
	}
	return rows
}

func TestTypeset(t *testing.T) {
	for _, test := range []struct {
		name, markdown string
		open           map[int]bool
		want           []string
	}{
		{"a paragraph", "one two three four five\nsix", nil, []string{"", "one two three four", "five six"}},
		{"blanks that mean something", "GET  /hello is\ntwo", nil, []string{"", "GET  /hello is two"}},
		{"a line that stays a line", "one\\\ntwo", nil, []string{"", "one", "two"}},
		{"headings", "# title\n\n## two\n\ntext", nil, []string{"", "two", "", "text"}},
		{"marks", "a **bold** `co*de` and [a link](x.md)", nil, []string{"", "a bold co*de and a", "link"}},
		{"a list", "so:\n1. one two three four\n   five\n- six", nil, []string{"", "so:", "  1  one two three", "     four five", "  -  six"}},
		{"code", "```go\nx\n  y\n```", nil, []string{"", "    x", "      y"}},
		{"code with a tab", "```\n\tx\n```", nil, []string{"", "        x"}},
		{"a time far to the right", "```\nreading it         9 µs\n```", nil, []string{"", "    reading it  9 µs"}},
		{"the widest gap gives way", "```\na      b   c 9 µs\n```", nil, []string{"", "    a     b   c 9 µs"}},
		{"code that is too wide", "```\n123456789 123456789 12345\n```", nil, []string{"", "    123456789", "      123456789", "      12345"}},
		{"a word of code that is too wide", "```\n12345678901234567\n```", nil, []string{"", "    1234567890123456", "      7"}},
		{"code that hangs below its start", "```\n  f(123456, 1234567)\n```", nil, []string{"", "      f(123456,", "        1234567)"}},
		{"a comment with its sign", "```\ng(1234567890) // why\n```", nil, []string{"", "    g(1234567890)", "      // why"}},
		{"a wide drawing is cut off", "```\n┌──────────────────────┐\n└\n```", nil, []string{"", "┌──────────────────…", "└"}},
		{"a comment", "<!-- from: x\ny -->\ntext", nil, []string{"", "text"}},
		{"a folded answer", "1. what?\n\n<details><summary>Look</summary>\n\nthat\n\n</details>\n\nmore", nil,
			[]string{"", "  1  what?", "", "     + Look", "", "more"}},
		{"an unfolded answer", "<details><summary>Look</summary>\n\nthat\n\n</details>\nmore", map[int]bool{1: true},
			[]string{"", "     - Look", "", "that", "more"}},
		{"an answer that never ends", "<details>\nthat", nil, []string{"", "     + Look"}},
		{"a table", "| a | what |\n|---|---|\n| `xx` | one two three four |", nil,
			[]string{"", "a   what", "xx  one two three", "    four"}},
		{"a word that is too long", "12345678901234567890123", nil, []string{"", "12345678901234567890", "123"}},
		{"a picture", "![what it shows](x.svg)", nil, []string{"", "picture: what it shows"}},
		{"code that never ends", "```\nx", nil, []string{"", "    x"}},
		{"nothing", "", nil, []string{""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, typesetText(test.markdown, 20, test.open)); diff != "" {
				t.Errorf("typeset(%q) (-want +got):\n%s", test.markdown, diff)
			}
		})
	}
}

// A comment beside code goes on below itself.
func TestCommentInCode(t *testing.T) {
	want := []string{"", "    x := 1  // one two three four five", "               six seven"}
	if diff := cmp.Diff(want, typesetText("```go\nx := 1          // one two three four five six seven\n```", 40, nil)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Each chapter that we have: no row is too wide, and nothing that is said gets lost.
func TestTypesetOurs(t *testing.T) {
	paths, err := filepath.Glob("../../docs/[0-9][0-9]_*.md")
	if err != nil || len(paths) == 0 {
		t.Fatal("there is no chapter: ", err)
	}
	open := map[int]bool{}
	for fold := range 20 {
		open[fold+1] = true
	}
	letters := func(text string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(" \n`*_|-+.\\()[]#<>", r) {
				return -1
			}
			return r
		}, text)
	}
	for _, path := range paths {
		markdown, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, width := range []int{40, 69, prose} {
			var all strings.Builder
			for _, line := range typeset(string(markdown), width, open) {
				if line.Width() > width {
					t.Errorf("%s takes %d of %d columns: %q", path, line.Width(), width, textOf(line.Row))
				}
				all.WriteString(textOf(line.Row))
			}
			said := letters(all.String())
			drawings := ""
			for i, block := range strings.Split(string(markdown), "```") {
				if i%2 == 1 && strings.ContainsAny(block, "┌└│─→") {
					drawings += block
				}
			}
			for _, line := range strings.Split(string(markdown), "\n") {
				if cells.Width(line) > width && strings.Contains(drawings, line) {
					continue // it is cut off
				}
				if strings.ContainsAny(line, "[]<|\t") || strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "```") {
					continue // a link, a table, and what is no text
				}
				if want := letters(line); !strings.Contains(said, want) {
					t.Errorf("%s in %d columns has lost %q", path, width, line)
				}
			}
		}
	}
}
