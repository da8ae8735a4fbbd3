//go:build linux

package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// results are all figures of a run.
type results struct {
	Machine string
	Date    string
	Pinned  bool // servers on one core, load on another
	Rounds  int
	Load    string
	Python  bool `json:",omitempty"` // of servers of Python's applications
	Peers   []string
	Rows    []*figures
	Failed  map[string]string `json:",omitempty"` // row and server, and why
	Ideas   []idea            `json:",omitempty"`
}

// figures are those of one row: of each server one for each round, null when it
// could not be measured.
type figures struct {
	Name    string
	Unit    string
	Figures map[string][]*float64
	row     row
}

// yardstick is whom the others are compared with.
const yardstick = "net/http"

func (r *results) yardstick() string {
	if r.Python {
		return gunicorn
	}
	return yardstick
}

func newResults(b *bench) *results {
	r := &results{
		Machine: machine(),
		Date:    time.Now().Format(time.DateOnly),
		Pinned:  b.pinned,
		Rounds:  b.rounds,
		Load:    "its own load generator",
		Failed:  make(map[string]string),
		Ideas:   b.ideas,
		Python:  b.python,
	}
	if b.wrk {
		r.Load = "wrk for a request that stays the same on connections that stay, its own load generator for the rest"
	}
	for _, p := range b.peers {
		r.Peers = append(r.Peers, p.name)
	}
	for _, row := range b.rows {
		f := &figures{Name: row.name, Unit: row.unit, Figures: make(map[string][]*float64), row: row}
		for _, p := range b.peers {
			if row.suits(p) {
				f.Figures[p.name] = make([]*float64, b.rounds)
			}
		}
		r.Rows = append(r.Rows, f)
	}
	return r
}

func (r *results) find(row row) *figures {
	return r.Rows[slices.IndexFunc(r.Rows, func(f *figures) bool { return f.Name == row.name })]
}

func (r *results) add(row row, p peer, round int, value float64) {
	r.find(row).Figures[p.name][round] = &value
}

func (r *results) fail(row row, p peer, err error) { r.Failed[row.name+", "+p.name] = err.Error() }

// median is the middle one, or the mean of the two in the middle.
func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// middle is the median of what a server has in a row.
func (f *figures) middle(peer string) float64 {
	var values []float64
	for _, value := range f.Figures[peer] {
		if value != nil {
			values = append(values, *value)
		}
	}
	return median(values)
}

// ratio compares a server with another, round by round, and returns the median.
func (f *figures) ratio(peer, yardstick string) float64 {
	var values []float64
	for round, value := range f.Figures[peer] {
		base := f.Figures[yardstick][round]
		switch {
		case value == nil || base == nil:
		case f.row.shown == asWork:
			values = append(values, *base / *value)
		case f.row.shown == throughput:
			values = append(values, *value / *base)
		}
	}
	return median(values)
}

// figure writes a value with as many digits as mean something.
func figure(value float64, unit string) string {
	var text string
	switch size := math.Abs(value); {
	case math.IsNaN(value):
		return ""
	case size >= 100 || size == math.Trunc(size):
		text = fmt.Sprintf("%.0f", value)
	case size >= 10:
		text = fmt.Sprintf("%.1f", value)
	default:
		text = fmt.Sprintf("%.2f", value)
	}
	if unit == "" {
		return text
	}
	return text + " " + unit
}

// A grid is a table of texts, with its title.
type grid struct {
	title string
	words int // columns that are no figures
	lines [][]string
}

// grids are the tables: all in comparison, what the ratios are made of, and how
// it grows.
func (r *results) grids() []grid {
	if len(r.Ideas) > 0 {
		return r.ideaGrids()
	}
	header := append([]string{""}, r.Peers...)
	grids := []grid{
		{"Beside other servers", 1, [][]string{header}},
		{"What the ratios are made of", 1, [][]string{header}},
		{"Growth", 1, [][]string{header}},
	}
	if r.Python {
		grids[0].title, grids[1].title = "Beside other servers of Python", "What these ratios are made of"
	}
	for _, f := range r.Rows {
		compared, plain := []string{f.Name}, []string{f.Name}
		for _, peer := range r.Peers {
			plain = append(plain, figure(f.middle(peer), f.Unit))
			ratio := f.ratio(peer, r.yardstick())
			if math.IsNaN(ratio) {
				compared = append(compared, "")
			} else {
				compared = append(compared, fmt.Sprintf("%.2f", ratio))
			}
		}
		switch {
		case f.row.growth:
			grids[2].lines = append(grids[2].lines, plain)
		case f.row.shown == plainly:
			grids[0].lines = append(grids[0].lines, plain)
		default:
			grids[0].lines = append(grids[0].lines, compared)
			grids[1].lines = append(grids[1].lines, plain)
		}
	}
	grids = slices.DeleteFunc(grids, func(g grid) bool { return len(g.lines) == 1 })
	for _, g := range grids {
		g.narrow()
	}
	return grids
}

// narrow leaves out the servers that nothing was asked of.
func (g grid) narrow() {
	for column := len(g.lines[0]) - 1; column > 0; column-- {
		if slices.ContainsFunc(g.lines[1:], func(line []string) bool { return line[column] != "" }) {
			continue
		}
		for i, line := range g.lines {
			g.lines[i] = slices.Delete(slices.Clone(line), column, column+1)
		}
	}
}

// circumstances say what the figures depend on.
func (r *results) circumstances() string {
	where := "server on one core, load on another"
	switch {
	case r.Python:
		where = "two workers of each server, which share all cores with the load"
	case !r.Pinned:
		where = "server and load not kept apart, for there are not two cores to choose"
	}
	return fmt.Sprintf("%s, %s; %s; medians of %d interleaved rounds; load by %s.", r.Date, r.Machine, where, r.Rounds, r.Load)
}

// failures are what could not be measured, one in a line.
func (r *results) failures() (lines []string) {
	for _, what := range slices.Sorted(maps.Keys(r.Failed)) {
		why, _, _ := strings.Cut(r.Failed[what], "\n")
		lines = append(lines, "Not measured: "+what+": "+why)
	}
	return lines
}

// text is for a terminal.
func (r *results) text() string {
	var out strings.Builder
	fmt.Fprintln(&out, r.circumstances())
	for _, g := range r.grids() {
		fmt.Fprintf(&out, "\n%s\n", g.title)
		columns := tabwriter.NewWriter(&out, 0, 0, 3, ' ', 0)
		for _, line := range g.lines {
			fmt.Fprintln(columns, strings.Join(line, "\t"))
		}
		_ = columns.Flush() // a Builder takes everything
	}
	for _, line := range r.failures() {
		fmt.Fprintf(&out, "\n%s", line)
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}

// markdown is for docs/performance.md.
func (r *results) markdown() string {
	var out strings.Builder
	fmt.Fprintln(&out, r.circumstances())
	for _, g := range r.grids() {
		fmt.Fprintf(&out, "\n### %s\n\n", g.title)
		for i, line := range g.lines {
			fmt.Fprintf(&out, "| %s |\n", strings.Join(line, " | "))
			if i == 0 {
				fmt.Fprintf(&out, "|%s%s\n", strings.Repeat("---|", g.words), strings.Repeat("--:|", len(line)-g.words))
			}
		}
	}
	for i, line := range r.failures() {
		if i == 0 {
			fmt.Fprintln(&out)
		}
		fmt.Fprintf(&out, "- %s\n", line)
	}
	return out.String()
}
