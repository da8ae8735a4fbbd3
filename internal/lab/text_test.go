package lab_test

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"barewire/internal/check"
	"barewire/internal/lab"
)

var update = flag.Bool("update", false, "write the mistakes into the README")

func TestJSON(t *testing.T) {
	const want = `{"mistake":"fixed-date","step":9,"about":"It makes the Date once, when it starts.",` +
		`"curl":"With -i, the same Date again a minute later.","caught_by":["09.6"],"others":[]}
{"mistake":"","caught_by":[],"others":[]}
`
	var got strings.Builder
	caught := []check.Result{{Check: check.Find("09.6")}}
	for _, row := range []lab.Row{{Mistake: find(t, "fixed-date"), Failed: caught}, {}} {
		if err := lab.JSON(&got, row); err != nil {
			t.Fatal(err)
		}
	}
	if got.String() != want {
		t.Errorf("the lines are\n%s, want\n%s", &got, want)
	}
}

// TestREADME compares the table in the README with the mistakes and checks that
// there are. What the table says is proved by TestMatrix.
func TestREADME(t *testing.T) {
	const readme = "../../README.md"
	page, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- the mistakes: go test ./internal/lab -update writes them -->\n", "<!-- the end of the mistakes -->\n"
	before, rest, begins := bytes.Cut(page, []byte(begin))
	said, after, ends := bytes.Cut(rest, []byte(end))
	if !begins || !ends {
		t.Fatalf("%s has no %q and %q", readme, begin, end)
	}
	truth := lab.Markdown(lab.Mistakes())
	diff := cmp.Diff(strings.Split(string(said), "\n"), strings.Split(truth, "\n"))
	switch {
	case diff == "":
	case *update:
		mended := bytes.Join([][]byte{before, []byte(begin), []byte(truth), []byte(end), after}, nil)
		if err := os.WriteFile(readme, mended, 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is stale (-said +true); go test ./internal/lab -update mends it\n%s", readme, diff)
	}
}
