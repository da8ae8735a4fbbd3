package filter_test

import (
	"testing"

	"barewire/tui/filter"
)

func TestFind(t *testing.T) {
	lines := []string{"Host: x", "Accept: */*", "", "accept: text", "Ä"}
	for _, test := range []struct {
		name, text string
		from       int
		back       bool
		want       int
	}{
		{"next", "accept", 0, false, 1},
		{"not the line itself", "accept", 1, false, 3},
		{"on from the top", "accept", 3, false, 1},
		{"the line itself last", "host", 0, false, 0},
		{"back", "accept", 3, true, 1},
		{"back from the bottom", "accept", 1, true, 3},
		{"back to the line itself", "host", 0, true, 0},
		{"from no line", "host", -1, false, 0},
		{"from behind the lines", "host", 5, false, 0},
		{"back from no line", "x", -1, true, 3},
		{"back from behind the lines", "x", 5, true, 3},
		{"a capital", "Accept", 1, false, 1},
		{"a capital that is not there", "ACCEPT", 0, false, -1},
		{"nowhere", "cookie", 0, false, -1},
		{"no text", "", 0, false, -1},
		{"a letter beyond A to Z", "ä", 0, false, -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := filter.Find(lines, test.text, test.from, test.back); got != test.want {
				t.Errorf("Find(%q, %q, %d, %v) = %d, want %d", lines, test.text, test.from, test.back, got, test.want)
			}
		})
	}
	if got := filter.Find(nil, "x", 0, false); got != -1 {
		t.Errorf("Find in no lines = %d, want -1", got)
	}
}

func TestIndex(t *testing.T) {
	for _, test := range []struct {
		line, text string
		want       int
	}{
		{"Hello, Ada", "ada", 7},
		{"Hello, Ada", "Ada", 7},
		{"Hello, ada", "Ada", -1},
		{"aab", "ab", 1},
		{"ab", "abc", -1},
		{"\xe4\xc4", "\xc4", 1},
		{"@[`{", "`", 2},
		{"x", "", 0},
	} {
		if got := filter.Index(test.line, test.text); got != test.want {
			t.Errorf("Index(%q, %q) = %d, want %d", test.line, test.text, got, test.want)
		}
		if got := filter.Index([]byte(test.line), test.text); got != test.want {
			t.Errorf("Index of the bytes %q, %q = %d, want %d", test.line, test.text, got, test.want)
		}
	}
}
