package command

import "testing"

func TestChoice(t *testing.T) {
	c := newChoice("plain", "json", "none")
	if got, want := c.String(), "plain"; got != want {
		t.Errorf("without Set, String() = %q, want %q", got, want)
	}
	if got, want := c.Type(), "plain|json|none"; got != want {
		t.Errorf("Type() = %q, want %q", got, want)
	}
	for _, test := range []struct {
		word  string
		valid bool
		after string
	}{
		{"json", true, "json"},
		{"", false, "json"},
		{"JSON", false, "json"},
		{"jso", false, "json"},
		{"plain|json", false, "json"},
		{"none", true, "none"},
		{"plain", true, "plain"},
	} {
		err := c.Set(test.word)
		if (err == nil) != test.valid || c.String() != test.after {
			t.Errorf("Set(%q) = %v, then String() = %q; want valid: %v, %q", test.word, err, c, test.valid, test.after)
		}
	}
}
