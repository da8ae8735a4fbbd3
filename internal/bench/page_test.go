//go:build linux

package main

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the tables of the kept runs into docs/performance.md")

const page = "../../docs/performance.md"

// The tables of the page are those of three runs, whose figures are kept beside this
// test: go run . -json results.json, and with -ideas and -python those of the others.
func TestPage(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	got := string(text)
	for _, file := range []string{"results.json", "ideas.json", "python.json"} {
		begin, end := "<!-- bench: "+file+" -->\n", "<!-- end -->"
		before, rest, begins := strings.Cut(got, begin)
		table, after, ends := strings.Cut(rest, end)
		if !begins || !ends {
			t.Fatalf("%s has no %q with %q behind it", page, begin, end)
		}
		want := kept(t, file).markdown()
		switch {
		case strings.TrimSpace(table) == strings.TrimSpace(want):
		case *update:
			got = before + begin + want + end + after
		default:
			t.Errorf("the tables of %s in %s are others; go test -run Page -update", file, page)
		}
	}
	if *update {
		if err := os.WriteFile(page, []byte(got), 0o666); err != nil {
			t.Error(err)
		}
	}
}

// kept reads the figures of a run. How a row is shown stands in the tables of rows.
func kept(t *testing.T, file string) *results {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := new(results)
	if err := json.Unmarshal(text, r); err != nil {
		t.Fatal(err)
	}
	rows := slices.Concat(table, ideaRows, pythonRows)
	for _, f := range r.Rows {
		i := slices.IndexFunc(rows, func(row row) bool { return row.name == f.Name })
		if i < 0 {
			t.Fatalf("%s has the row %q, which nobody measures any more", file, f.Name)
		}
		f.row = rows[i]
	}
	return r
}
