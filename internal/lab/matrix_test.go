package lab_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"barewire/internal/check"
	"barewire/internal/lab"
)

// TestMatrix wants a server with a mistake to fail every check that promises to
// catch it, and the server without one to pass them all.
func TestMatrix(t *testing.T) {
	others := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, others) })
	mistakes, checks := append(lab.Mistakes(), lab.Mistake{}), lab.Checks()
	told := 0
	rows, err := lab.Matrix(t.Context(), mistakes, checks, func(done, of int) {
		if told++; done != told || of != len(mistakes)*len(checks) {
			t.Errorf("told that %d of %d are done, want %d of %d", done, of, told, len(mistakes)*len(checks))
		}
	})
	if err != nil || len(rows) != len(mistakes) || told != len(mistakes)*len(checks) {
		t.Fatalf("%d rows and %v after %d checks, want %d rows", len(rows), err, told, len(mistakes))
	}
	for i, row := range rows {
		if row.Mistake.Name != mistakes[i].Name {
			t.Errorf("row %d is of %v, want %v", i, row.Mistake, mistakes[i])
		}
		promised, _ := row.Split()
		for _, c := range lab.Promised(row.Mistake) {
			if !slices.Contains(promised, c.ID) {
				t.Errorf("%s promises to catch %s, and passes", c.ID, row.Mistake.Name)
			}
		}
	}
	for _, result := range rows[len(rows)-1].Failed {
		t.Errorf("the server without a mistake fails %s: %s", result.Check.ID, result.Wrong)
	}
	if err := lab.Judge(rows); err != nil {
		t.Error(err)
	}
}

// TestCatches wants a promise for each mistake, and none for what is no mistake.
func TestCatches(t *testing.T) {
	for _, mistake := range lab.Mistakes() {
		if len(lab.Promised(mistake)) == 0 {
			t.Errorf("no check promises to catch %s", mistake.Name)
		}
	}
	for _, c := range check.All() {
		for i, name := range c.Catches {
			if _, found := lab.Find(name); !found || slices.Index(c.Catches, name) != i {
				t.Errorf("%s promises to catch %q, which is no mistake or said twice", c.ID, name)
			}
		}
	}
}

// TestJudge has a mistake that is none, one that another check happens to catch and
// not the one that promised to, and a right server that is not right.
func TestJudge(t *testing.T) {
	excess := find(t, "excess")
	harmless := lab.Mistake{Name: "harmless"}
	otherwise := lab.Mistake{Name: "excess", Put: find(t, "blocking").Put}
	for _, test := range []struct {
		mistake lab.Mistake
		checks  []string
		want    string
	}{
		{excess, []string{"01.1"}, ""},
		{harmless, []string{"01.1"}, "no check catches harmless"},
		{otherwise, []string{"01.1", "01.3"}, "01.1 promised to catch excess, and did not"},
		{lab.Mistake{Put: excess.Put}, []string{"01.1"}, "the server without a mistake fails 01.1"},
	} {
		var checks []*check.Check
		for _, id := range test.checks {
			checks = append(checks, check.Find(id))
		}
		rows, err := lab.Matrix(t.Context(), []lab.Mistake{test.mistake}, checks, func(int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := lab.Judge(rows); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("Judge says %q, want %q", got, test.want)
		}
	}
}

func TestMatrixCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	rows, err := lab.Matrix(ctx, lab.Mistakes(), lab.Checks(), func(int, int) {})
	if rows != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("Matrix = %v, %v, want %v", rows, err, context.Canceled)
	}
}
