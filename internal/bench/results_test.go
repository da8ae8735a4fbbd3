//go:build linux

package main

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestMedian(t *testing.T) {
	tests := []struct {
		name   string
		values []float64
		want   float64
	}{
		{"one", []float64{3}, 3},
		{"the middle, not the mean", []float64{100, 1, 2}, 2},
		{"between two", []float64{4, 1, 2, 100}, 3},
	}
	for _, test := range tests {
		if got := median(test.values); got != test.want {
			t.Errorf("%s: median(%v) = %v, want %v", test.name, test.values, got, test.want)
		}
	}
	if got := median(nil); !math.IsNaN(got) {
		t.Errorf("the median of nothing is %v, want none", got)
	}
}

func TestFigure(t *testing.T) {
	tests := []struct {
		value float64
		unit  string
		want  string
	}{
		{0, "", "0"},
		{1.754, "", "1.75"},
		{5.678, "kB", "5.68 kB"},
		{19.84, "kB", "19.8 kB"},
		{1457.2, "ns", "1457 ns"},
		{-12.34, "kB", "-12.3 kB"},
		{math.NaN(), "ns", ""},
	}
	for _, test := range tests {
		if got := figure(test.value, test.unit); got != test.want {
			t.Errorf("figure(%v, %q) = %q, want %q", test.value, test.unit, got, test.want)
		}
	}
}

// example is a run of two rounds, in which much went well.
func example() *results {
	everyone := func(peer) bool { return true }
	b := &bench{rounds: 2, peers: []peer{{name: "Barewire"}, {name: "net/http"}, {name: "nginx", stranger: true}}}
	b.rows = []row{
		{name: "keep-alive, work", unit: "µs", shown: asWork, suits: everyone},
		{name: "upload", unit: "MB/s", shown: throughput, suits: ours},
		{name: "memory", unit: "kB", suits: ours},
		{name: "64 connections", unit: "requests/s", growth: true, suits: ours},
	}
	r := newResults(b)
	r.Machine, r.Date = "a machine", "2001-02-03"
	for i, figures := range [][][]float64{
		{{5, 7}, {10, 14}, {4, 0}},
		{{300, 500}, {200, 0}},
		{{5.5, 6.5}, {20, 20}},
		{{90_000, 92_000}, {80_000, 80_000}},
	} {
		for j, rounds := range figures {
			for round, value := range rounds {
				if value == 0 {
					r.fail(b.rows[i], b.peers[j], errors.New("it fell over\nthere"))
					continue
				}
				r.add(b.rows[i], b.peers[j], round, value)
			}
		}
	}
	return r
}

// TestMarkdown shows a ratio of each kind, a figure, one that is missing, and
// what is not asked of a stranger.
func TestMarkdown(t *testing.T) {
	want := `2001-02-03, a machine; server and load not kept apart, for there are not two cores to choose; medians of 2 interleaved rounds; load by its own load generator.

### Beside other servers

|  | Barewire | net/http | nginx |
|---|--:|--:|--:|
| keep-alive, work | 2.00 | 1.00 | 2.50 |
| upload | 1.50 | 1.00 |  |
| memory | 6 kB | 20 kB |  |

### What the ratios are made of

|  | Barewire | net/http | nginx |
|---|--:|--:|--:|
| keep-alive, work | 6 µs | 12 µs | 4 µs |
| upload | 400 MB/s | 200 MB/s |  |

### Growth

|  | Barewire | net/http |
|---|--:|--:|
| 64 connections | 91000 requests/s | 80000 requests/s |

- Not measured: keep-alive, work, nginx: it fell over
- Not measured: upload, net/http: it fell over
`
	if got := example().markdown(); got != want {
		t.Errorf("the tables are\n%s\nwant\n%s", got, want)
	}
}

// TestText has the same cells.
func TestText(t *testing.T) {
	text := example().text()
	for _, want := range []string{"Beside other servers\n", "keep-alive, work   2.00       1.00       2.50\n", "Not measured: keep-alive, work, nginx: it fell over\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

// TestTable checks that each row can be told from the others and finds its place.
func TestTable(t *testing.T) {
	var names []string
	for _, row := range table {
		names = append(names, row.name)
		if row.shown != plainly && !row.suits(peer{name: yardstick}) {
			t.Errorf("%s: it compares with net/http, which is not asked", row.name)
		}
	}
	slices.Sort(names)
	if distinct := slices.Compact(slices.Clone(names)); len(distinct) != len(names) {
		t.Errorf("two rows have one name: %q", names)
	}
}
