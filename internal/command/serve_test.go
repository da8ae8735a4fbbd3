package command

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestColors(t *testing.T) {
	for _, test := range []struct {
		name     string
		terminal bool
		env      map[string]string
		choice   string
		want     bool
	}{
		{"a terminal", true, nil, "auto", true},
		{"no terminal", false, nil, "auto", false},
		{"NO_COLOR", true, map[string]string{"NO_COLOR": "1"}, "auto", false},
		{"NO_COLOR of any text", true, map[string]string{"NO_COLOR": "0"}, "auto", false},
		{"NO_COLOR that is empty", true, map[string]string{"NO_COLOR": ""}, "auto", true},
		{"a terminal that cannot", true, map[string]string{"TERM": "dumb"}, "auto", false},
		{"a terminal that can", true, map[string]string{"TERM": "xterm"}, "auto", true},
		{"always", false, map[string]string{"NO_COLOR": "1", "TERM": "dumb"}, "always", true},
		{"never", true, nil, "never", false},
	} {
		world := World{OutTerminal: test.terminal, Env: func(key string) string { return test.env[key] }}
		if got := world.colors(test.choice); got != test.want {
			t.Errorf("%s: colors(%q) = %v, want %v", test.name, test.choice, got, test.want)
		}
	}
}

// TestEscaped writes to wsgi.errors what a stranger may have sent.
func TestEscaped(t *testing.T) {
	for _, test := range []struct {
		name string
		text string
		want string
	}{
		{"a line", "it failed\n", "it failed\n"},
		{"no end of line", "it failed", "it failed\n"},
		{"lines", "one\r\n\ntwo\n", "one\n\ntwo\n"},
		{"nothing", "", ""},
		{"an escape sequence", "\x1b[2J\n", "\\x1b[2J\n"},
		{"a line drawn over", "evil\rgood\n", "evil\\rgood\n"},
		{"bidi and zero width", "a\u202eb\u200b\n", "a\\u202eb\\u200b\n"},
		{"no text", "\xff\x00\n", "\\xff\\x00\n"},
		{"a language", "café\n", "café\n"},
	} {
		var out strings.Builder
		n, err := io.WriteString(escaped{&out}, test.text)
		if n != len(test.text) || err != nil || out.String() != test.want {
			t.Errorf("%s: Write(%q) = %d, %v, and writes %q; want %q", test.name, test.text, n, err, out.String(), test.want)
		}
	}
}

func TestEscapedTellsWhatFails(t *testing.T) {
	broken := errors.New("broken")
	reader, writer := io.Pipe()
	if err := reader.CloseWithError(broken); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(escaped{writer}, "line\n"); err != broken {
		t.Errorf("Write to a broken writer = %v, want %v", err, broken)
	}
}
