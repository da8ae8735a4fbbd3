package check_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"barewire/internal/check"
)

// A section is one of an RFC's, or a heading of PEP 3333.
var section = regexp.MustCompile(`^(RFC \d{4} §\d+(\.\d+)*|PEP 3333 "[^"]+")$`)

func TestNumbers(t *testing.T) {
	number := map[int]int{} // of the step's check before
	core := map[int]int{}
	for _, c := range check.All() {
		step := c.Step()
		number[step]++
		if want := fmt.Sprintf("%02d.%d", step, number[step]); c.ID != want {
			t.Errorf("%s, %q, stands where %s should", c.ID, c.Name, want)
		}
		if !c.Core {
			continue
		}
		if core[step]++; core[step] != number[step] {
			t.Errorf("%s is core and stands behind one that is not", c.ID)
		}
	}
	for _, step := range []int{1, 2, 3, 4, 5, 7, 8, 9, 10} {
		if core[step] < 3 || core[step] > 5 {
			t.Errorf("step %02d has %d core checks, want three to five", step, core[step])
		}
		delete(core, step)
	}
	if len(core) > 0 {
		t.Errorf("there are core checks of no step: %v", core)
	}
	if n := len(check.All()); n < 128 {
		t.Errorf("there are %d checks, want 128 at least", n)
	}
}

func TestWords(t *testing.T) {
	names := map[string]string{}
	for _, c := range check.All() {
		if before := names[c.Name]; before != "" {
			t.Errorf("%s and %s are both called %q", before, c.ID, c.Name)
		}
		names[c.Name] = c.ID
		if c.Name == "" || strings.HasSuffix(c.Name, ".") {
			t.Errorf("%s: the name %q is no sentence without a full stop", c.ID, c.Name)
		}
		if !section.MatchString(c.Section) {
			t.Errorf("%s: %q is no section", c.ID, c.Section)
		}
		for i, hint := range c.Hints {
			if len(hint) < 10 || slices.Index(c.Hints[:], hint) != i {
				t.Errorf("%s: hint %d is %q", c.ID, i+1, hint)
			}
		}
	}
}

// Each curl line calls the server, and in quotes once its address is filled in.
func TestCurl(t *testing.T) {
	for _, c := range check.All() {
		if c.Curl == "" {
			continue
		}
		line := check.CurlLine(c.Curl, "127.0.0.1:8888")
		quoted := strings.Contains(line, "'http://127.0.0.1:8888") || strings.Contains(line, `"http://127.0.0.1:8888`)
		if !strings.Contains(line, "curl ") || !quoted || strings.Contains(line, "URL") {
			t.Errorf("%s: %s becomes %s", c.ID, c.Curl, line)
		}
	}
}

// A check that wants nothing, or says nothing on a connection that it wants
// something on, could not fail.
func TestCanFail(t *testing.T) {
	for _, c := range check.All() {
		if len(c.Want) == 0 {
			t.Errorf("%s wants nothing", c.ID)
		}
		for _, want := range c.Want {
			if !slices.ContainsFunc(c.Say, func(piece check.Piece) bool { return piece.On == want.On }) {
				t.Errorf("%s wants an answer on connection %d, and says nothing there", c.ID, want.On)
			}
		}
		if c.Needs == check.App && c.Holds() != 10 {
			t.Errorf("%s needs check:App, so it holds from step 10 on, not %02d", c.ID, c.Holds())
		}
	}
}
