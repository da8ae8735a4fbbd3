package command

import (
	"strconv"
	"strings"
	"testing"

	"barewire/internal/check"
	"barewire/internal/lab"
)

// labRows are what lab.Matrix could return.
func labRows() []lab.Row {
	failed := func(ids ...string) (results []check.Result) {
		for _, id := range ids {
			results = append(results, check.Result{Check: check.Find(id)})
		}
		return results
	}
	found := func(name string) lab.Mistake {
		mistake, _ := lab.Find(name)
		return mistake
	}
	return []lab.Row{
		{Mistake: found("blocking"), Failed: failed("01.1", "01.3", "01.4", "01.5")},
		{Mistake: found("no-deadline"), Failed: failed("02.1", "02.20")},
		{Mistake: found("fixed-date"), Failed: failed("09.6")},
		{Mistake: found("no-close"), Failed: failed("01.1", "01.2")},
		{Mistake: found("no-drain")},
		{},
	}
}

const labTable = `    mistake             caught by
01  blocking            01.3 01.4 and 2 others
    It serves one connection at a time, and the others wait in the queue.
02  no-deadline         02.20 and 1 other
    It waits for ever for a head, so a client that sends a byte an hour keeps
    its place.
09  fixed-date          09.6
    It makes the Date once, when it starts.
09  no-close            01.1 01.2, none of which promises it
    It never calls the Close of a body.
10  no-drain            nothing
    It takes the unread rest of a body for the next request.
`

func TestLabShows(t *testing.T) {
	for _, test := range []struct {
		json bool
		rows []lab.Row
		want string // at the beginning
		end  string
		err  string
	}{
		{false, labRows(), labTable, labTable, "no check catches no-drain"},
		{false, labRows()[:4], labTable[:400], "\nEach is caught. The server without a mistake passes all " + strconv.Itoa(len(lab.Checks())) + " checks.\n", ""},
		{true, labRows()[4:], `{"mistake":"no-drain","step":10,`, `{"mistake":"","caught_by":[],"others":[]}` + "\n", "no check catches no-drain"},
		{true, labRows()[2:3], `{"mistake":"fixed-date","step":9,`, `"caught_by":["09.6"],"others":[]}` + "\n", ""},
	} {
		var got strings.Builder
		message := ""
		if err := (labs{World{Out: &got}, test.json}).show(test.rows); err != nil {
			message = err.Error()
		}
		if !strings.HasPrefix(got.String(), test.want) || !strings.HasSuffix(got.String(), test.end) || message != test.err {
			t.Errorf("lab shows\n%s and the error %q, want\n%s…%s and %q", &got, message, test.want, test.end, test.err)
		}
	}
}
