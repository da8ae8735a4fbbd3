//go:build linux

package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestIdeas checks that each idea can be taken away: what is to be replaced stands
// in its file, and what is left compiles.
func TestIdeas(t *testing.T) {
	ctx := context.Background()
	root, err := repository(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, idea := range ideas {
		t.Run(idea.Name, func(t *testing.T) {
			dir := t.TempDir()
			flag, err := overlay(root, dir, idea.edits)
			if err != nil {
				t.Fatal(err)
			}
			// The edits are in the server and in the steps, which it imports. Not to
			// link a program saves most of the time.
			if err := build(ctx, filepath.Join(root, "server"), filepath.Join(dir, "server.a"), flag); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestIdeaRows checks that each idea shows somewhere, in rows where less is better,
// and can be told from the others.
func TestIdeaRows(t *testing.T) {
	var names []string
	for _, idea := range ideas {
		names = append(names, idea.Name)
		if len(idea.Rows) == 0 || len(idea.edits) == 0 {
			t.Errorf("%s: %d edits show in %d rows, want some", idea.Name, len(idea.edits), len(idea.Rows))
		}
		for _, name := range idea.Rows {
			n := slices.IndexFunc(ideaRows, func(r row) bool { return r.name == name })
			switch {
			case n < 0:
				t.Errorf("%s: there is no row %q", idea.Name, name)
			case ideaRows[n].shown == throughput || ideaRows[n].growth || !ideaRows[n].suits(peer{name: whole}):
				t.Errorf("%s: the row %q is no cost of Barewire", idea.Name, name)
			}
		}
	}
	slices.Sort(names)
	if distinct := slices.Compact(slices.Clone(names)); len(distinct) != len(names) {
		t.Errorf("two ideas have one name: %q", names)
	}
}

func TestOverlay(t *testing.T) {
	root := t.TempDir()
	const original = "one, two, two\n"
	if err := os.WriteFile(filepath.Join(root, "a.go"), []byte(original), 0o666); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		edits []edit
		want  string // "" when it fails
		fails string
	}{
		{"one edit", []edit{{"a.go", "one", "1"}}, "1, two, two\n", ""},
		{"two in one file", []edit{{"a.go", "one", "1"}, {"a.go", ", two\n", ", 2\n"}}, "1, two, 2\n", ""},
		{"a text that is gone", []edit{{"a.go", "three", "3"}}, "", `a.go has this 0 times, want it once: "three"`},
		{"a text that stands twice", []edit{{"a.go", "two", "2"}}, "", `a.go has this 2 times, want it once: "two"`},
		{"a file that is gone", []edit{{"b.go", "one", "1"}}, "", "no such file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := overlay(root, dir, test.edits)
			if test.fails != "" {
				if err == nil || !strings.Contains(err.Error(), test.fails) {
					t.Errorf("overlay fails with %v, want %q", err, test.fails)
				}
				return
			}
			got, _ := os.ReadFile(filepath.Join(dir, "0.go")) // none is wrong too
			if err != nil || string(got) != test.want {
				t.Errorf("overlay writes %q, %v, want %q", got, err, test.want)
			}
		})
	}
	if got, err := os.ReadFile(filepath.Join(root, "a.go")); err != nil || string(got) != original {
		t.Errorf("the file itself has become %q, %v", got, err)
	}
}

// TestIdeaTable shows a gain, one that is the median of the rounds, a memory that
// shrinks, and rows that only one of the ideas shows in.
func TestIdeaTable(t *testing.T) {
	haste, thrift := idea{Name: "haste", What: "It hurries."}, idea{Name: "thrift", What: "It saves."}
	b := &bench{rounds: 3, ideas: []idea{haste, thrift}}
	b.peers = []peer{{name: whole}, {name: haste.without()}, {name: thrift.without()}}
	everyone := func(peer) bool { return true }
	b.rows = []row{
		{name: "keep-alive, work", unit: "µs", shown: asWork, suits: everyone},
		{name: "memory", unit: "kB", suits: func(p peer) bool { return p.name != haste.without() }},
	}
	r := newResults(b)
	r.Machine, r.Date = "a machine", "2001-02-03"
	for round, values := range [][]float64{{10, 15, 10}, {20, 24, 18}, {10, 30, 10}} {
		for n, value := range values {
			r.add(b.rows[0], b.peers[n], round, value)
		}
		r.add(b.rows[1], b.peers[0], round, -4)
		r.add(b.rows[1], b.peers[2], round, 4)
	}
	want := `2001-02-03, a machine; server and load not kept apart, for there are not two cores to choose; medians of 3 interleaved rounds; load by its own load generator.

### What each idea gains

| idea |  | with it | without it | gain |
|---|---|--:|--:|--:|
| haste | keep-alive, work | 10 µs | 24 µs | 1.50 |
| thrift | keep-alive, work | 10 µs | 10 µs | 1.00 |
|  | memory | -4 kB | 4 kB |  |

### The ideas

| idea | what it is |
|---|---|
| haste | It hurries. |
| thrift | It saves. |
`
	if got := r.markdown(); got != want {
		t.Errorf("the tables are\n%s\nwant\n%s", got, want)
	}
}
