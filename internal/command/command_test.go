package command_test

import (
	"strings"
	"testing"

	"barewire/internal/command"
)

// TestName checks that the advice can be typed as it stands, also by one who
// has not installed barewire.
func TestName(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"nonsense", `barewire: there is no command "nonsense"; go run . --help lists them all` + "\n"},
		{"serve nonsense", `barewire: there is no application "nonsense"; go run . apps lists them all` + "\n"},
		{"apps --nonsense", `barewire: there is no flag --nonsense; go run . apps --help lists them all` + "\n"},
	} {
		var out, errs strings.Builder
		status := command.Main(strings.Fields(test.args), command.World{Name: "go run .", Out: &out, Err: &errs})
		if status != 2 || out.String() != "" || errs.String() != test.want {
			t.Errorf("%s: exit status %d, stdout %q, stderr %q; want 2, nothing, %q", test.args, status, out.String(), errs.String(), test.want)
		}
	}
}
