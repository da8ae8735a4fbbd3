package command_test

import (
	"io"
	"strings"
	"testing"

	"barewire/internal/command"
)

// On a terminal lab waits for Enter before it tells what curl says.
func TestLabAsks(t *testing.T) {
	var screen strings.Builder
	asked := "" // what the screen shows when lab reads the keys
	status := command.Main([]string{"lab", "runes-as-bytes"}, command.World{
		Name: "barewire",
		In: keys(func(p []byte) (int, error) {
			asked = screen.String()
			return copy(p, "\n"), nil
		}),
		Out: &screen, Err: io.Discard, OutTerminal: true,
	})
	const (
		question = "runes-as-bytes, step 09\nIt counts characters for Content-Length, and sends their bytes.\n\nWhat will curl say? Enter shows it."
		answer   = "The end of the page is missing, one byte for each é.\n\n09.8  "
	)
	if asked != question {
		t.Errorf("before Enter lab says %q, want %q", asked, question)
	}
	if rest := strings.TrimPrefix(screen.String(), question); !strings.HasPrefix(rest, answer) || status != 0 {
		t.Errorf("behind Enter lab says %q and exits with %d, want %q at its beginning", rest, status, answer)
	}
}

type keys func(p []byte) (int, error)

func (k keys) Read(p []byte) (int, error) { return k(p) }
