//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// An idea is something that makes Barewire faster, or smaller. What it gains is
// measured by taking it away: the rest stays as it is.
type idea struct {
	Name  string // read it behind "without"
	What  string
	Rows  []string // where it shows
	edits []edit   // take it away
}

// An edit replaces a text that occurs once in a file.
type edit struct{ file, old, new string }

// ideas are in the order in which a request meets them.
var ideas = []idea{
	{
		Name: "one read",
		What: "Where a request is awaited, its bytes are taken by the call that finds out whether there are any.",
		edits: []edit{{"server/socket_unix.go",
			`	n, err := syscall.Read(int(fd), c.arrivals[:])
	for err == syscall.EINTR {
		n, err = syscall.Read(int(fd), c.arrivals[:])
	}
`, `	n, err := peek(fd)
	for err == syscall.EINTR {
		n, err = peek(fd)
	}
`}, {"server/socket_unix.go",
			`c.first, c.ended = c.arrivals[:max(n, 0)], n == 0`,
			`c.ended = n == 0`,
		}, {"server/socket_unix.go", `len(c.first) > 0`, `!c.ended`}},
		Rows: []string{"keep-alive, 64 connections, work", "new connection per request, work"},
	},
	{
		Name:  "lent desks",
		What:  "A connection that waits for a request gives back the memory in which requests are worked on.",
		edits: []edit{{"server/socket_unix.go", "\t\tc.rise()\n\t\treturn false\n", "\t\treturn false\n"}},
		Rows:  []string{"memory per idle connection (of 10,000)", "4,096 connections, work"},
	},
	{
		Name:  "remembered heads",
		What:  "What the steps have made of a head is remembered: the next three ideas together.",
		edits: []edit{{"server/server.go", `Remember:  true,`, `Remember:  false,`}},
		Rows: []string{
			"keep-alive, 64 connections, work", "the same with 13 browser headers, work", "a browser that asks for another target each time, work",
			"in memory, Host only", "in memory, browser headers", "in memory, browser headers, allocations",
		},
	},
	{
		Name:  "heads that repeat",
		What:  "A head that is the one before, byte for byte, is not parsed.",
		edits: []edit{{"server/stages.go", `if x.conn.repeats() {`, `if false {`}},
		Rows:  []string{"the same with 13 browser headers, work", "in memory, Host only", "in memory, browser headers"},
	},
	{
		Name:  "fields that repeat",
		What:  "Behind another request line, field lines that are those before are not parsed.",
		edits: []edit{{"server/stages.go", `x.sameFields || x.conn.repeatsFields(lines, x.Line);`, `x.sameFields;`}},
		Rows: []string{
			"a browser that asks for another target each time, work",
			"in memory, another target each time", "in memory, another target each time, allocations",
		},
	},
	{
		Name: "a cloned environ",
		What: "The environ of fields that are known is a copy of the one before, and not filled anew.",
		edits: []edit{{"server/stages.go", `		if !x.sameFields {
			x.Environ`, `		if true {
			x.Environ`}},
		Rows: []string{"the same with 13 browser headers, work", "in memory, browser headers", "in memory, browser headers, allocations"},
	},
	{
		Name: "one copy of the fields",
		What: "All names and values of a head share one piece of memory.",
		edits: []edit{
			{"steps/04_headers/headers.go", "import (\n", "import (\n\t\"bytes\"\n"},
			{"steps/04_headers/headers.go", `	text := string(lines) // all names and values share this memory
	for line := range strings.SplitSeq(text, "\r\n") {
		if line == "" {
			break
		}
		field, err := ParseLine(line)
`, `	for line := range bytes.SplitSeq(lines, []byte("\r\n")) {
		if len(line) == 0 {
			break
		}
		field, err := ParseLine(string(line))
`}},
		Rows: []string{"in memory, another cookie each time", "in memory, another cookie each time, allocations"},
	},
	{
		Name: "names in one go",
		What: "HTTP_USER_AGENT is made of User-Agent with one allocation.",
		edits: []edit{{"steps/07_environ/fields.go",
			`add(environ, variable(field.Name), field.Value, ", ")`,
			`add(environ, "HTTP_"+strings.ToUpper(strings.ReplaceAll(field.Name, "-", "_")), field.Value, ", ")`,
		}},
		Rows: []string{"in memory, another cookie each time", "in memory, another cookie each time, allocations"},
	},
	{
		Name: "a map of the right size",
		What: "The map of an environ is told how many keys it will have.",
		edits: []edit{
			{"server/stages.go", `make(wsgi.Environ, 24+len(x.Fields)), nil`, `make(wsgi.Environ), nil`},
			{"server/desk.go", `known := make(wsgi.Environ, 24+len(x.Fields))`, `known := make(wsgi.Environ)`},
		},
		Rows: []string{"in memory, another cookie each time", "in memory, another cookie each time, allocations"},
	},
	{
		Name:  "one Date a second",
		What:  "The Date of an answer is made once for all answers of a second.",
		edits: []edit{{"server/server.go", `if date == "" || second != now.Unix() {`, `if date == "" || second != now.Unix() || true {`}},
		Rows:  []string{"keep-alive, 64 connections, work", "in memory, Host only"},
	},
	{
		Name: "one write",
		What: "Head and chunk are put together, and leave with one call.",
		edits: []edit{{"steps/09_response/pieces.go", `		out := append(append(before, chunk...), after...)
		w.Buf = out[:0]
		if len(out) > 0 {
			_, err = w.Conn.Write(out)
		}
`, `		w.Buf = before[:0]
		for _, piece := range [][]byte{before, chunk, after} {
			if err == nil && len(piece) > 0 {
				_, err = w.Conn.Write(piece)
			}
		}
`}},
		Rows: []string{"keep-alive, 64 connections, work", "new connection per request, work"},
	},
	{
		Name:  "held answers",
		What:  "Answers to requests that came together leave together.",
		edits: []edit{{"server/write.go", `wait := c.followed && !c.watched`, `wait := false`}},
		Rows:  []string{"pipelined 16 deep, work"},
	},
	{
		Name:  "large chunks from where they are",
		What:  "A large chunk is not copied behind the line that tells its size.",
		edits: []edit{{"steps/09_response/pieces.go", `if len(chunk) < large {`, `if true {`}},
		Rows:  []string{"1 GiB answer, work", "memory growth during a 1 GiB answer"},
	},
	{
		Name:  "writev",
		What:  "A large chunk, the line in front of it and the end behind it leave with one call.",
		edits: []edit{{"server/write.go", `!c.watched && size <= maxWrite`, `!c.watched && size == 0`}},
		Rows:  []string{"1 GiB answer, work"},
	},
}

// ideaRows are what ideas can show in: the table, and what is of little interest for
// other servers.
var ideaRows = slices.Concat(table, []row{
	{"4,096 connections, work", "µs", asWork, false, ours, work(load{4096, 1, []string{bare}, false}, false)},
	{"1 GiB answer, work", "ms", asWork, false, ours, answerWork},
	{"in memory, another target each time", "ns", plainly, false, residents, nanoseconds("another target each time")},
	{"in memory, another target each time, allocations", "", plainly, false, residents, allocations("another target each time")},
	{"in memory, another cookie each time", "ns", plainly, false, residents, nanoseconds("another cookie each time")},
	{"in memory, another cookie each time, allocations", "", plainly, false, residents, allocations("another cookie each time")},
})

// answerWork is the CPU time that a large answer takes.
func answerWork(b *bench, p peer) (float64, error) {
	return with(b, p, func(server *process) (float64, error) {
		if _, err := answerSize(server.addr, bare); err != nil {
			return 0, err
		}
		used := server.cpu()
		err := moveOne(server, download)
		return float64((server.cpu() - used).Nanoseconds()) / 1e6, err
	})
}

// whole is Barewire with all its ideas, and what it is without one is compared with it.
const whole = "Barewire"

// without is the name of Barewire without an idea.
func (i idea) without() string { return "without " + i.Name }

// chooseIdeas has Barewire compared with itself without each idea, in the rows where
// that one shows.
func (b *bench) chooseIdeas(temp string, rows, wanted *regexp.Regexp) error {
	for _, idea := range ideas {
		idea.Rows = slices.DeleteFunc(slices.Clone(idea.Rows), func(name string) bool { return !rows.MatchString(name) })
		if wanted.MatchString(idea.Name) && len(idea.Rows) > 0 {
			b.ideas = append(b.ideas, idea)
		}
	}
	for _, row := range ideaRows {
		row.suits = func(p peer) bool {
			return slices.ContainsFunc(b.ideas, func(i idea) bool {
				return (p.name == whole || p.name == i.without()) && slices.Contains(i.Rows, row.name)
			})
		}
		if row.suits(peer{name: whole}) {
			b.rows = append(b.rows, row)
		}
	}
	root, err := repository(b.ctx)
	if err != nil || len(b.rows) == 0 {
		return err
	}
	p, err := b.buildEdited(root, filepath.Join(temp, "0"), nil)
	if err != nil {
		return err
	}
	p.name = whole
	b.peers = append(b.peers, p)
	for n, idea := range b.ideas {
		fmt.Fprintf(os.Stderr, "building Barewire %s\n", idea.without())
		p, err := b.buildEdited(root, filepath.Join(temp, fmt.Sprint(n+1)), idea.edits)
		if err != nil {
			return fmt.Errorf("%s %s: %w", whole, idea.without(), err)
		}
		p.name = idea.without()
		b.peers = append(b.peers, p)
	}
	return nil
}

// buildEdited builds a Barewire, and a bench that has it in memory, into a new
// directory, and sees whether it serves.
func (b *bench) buildEdited(root, dir string, edits []edit) (peer, error) {
	if err := os.Mkdir(dir, 0o777); err != nil {
		return peer{}, err
	}
	flag, err := overlay(root, dir, edits)
	if err != nil {
		return peer{}, err
	}
	server, memory := filepath.Join(dir, "barewire"), filepath.Join(dir, "bench")
	if err := build(b.ctx, root, server, flag); err != nil {
		return peer{}, err
	}
	if err := build(b.ctx, filepath.Join(root, "internal/bench"), memory, flag); err != nil {
		return peer{}, err
	}
	p := peer{command: func(string) []string { return serveBench(server) }, bench: memory}
	_, err = with(b, p, func(server *process) (float64, error) {
		_, err := answerSize(server.addr, browser("/")) // or what is measured would be nothing
		return 0, err
	})
	return p, err
}

// overlay writes the files that are edited into a directory, and returns the flag
// that makes the go command read those. So the repository itself stays as it is.
func overlay(root, dir string, edits []edit) (flag string, err error) {
	texts := make(map[string]string)
	for _, edit := range edits {
		text, edited := texts[edit.file]
		if !edited {
			original, err := os.ReadFile(filepath.Join(root, edit.file))
			if err != nil {
				return "", err
			}
			text = string(original)
		}
		if n := strings.Count(text, edit.old); n != 1 {
			return "", fmt.Errorf("%s has this %d times, want it once: %q", edit.file, n, edit.old)
		}
		texts[edit.file] = strings.Replace(text, edit.old, edit.new, 1)
	}
	replace := make(map[string]string)
	for file, text := range texts {
		edited := filepath.Join(dir, fmt.Sprintf("%d.go", len(replace)))
		if err := os.WriteFile(edited, []byte(text), 0o666); err != nil {
			return "", err
		}
		replace[filepath.Join(root, file)] = edited
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "overlay.json")
	return "-overlay=" + file, os.WriteFile(file, list, 0o666)
}

// gain tells how much better Barewire is with an idea than without it, round by
// round, and returns the median.
func (f *figures) gain(i idea) float64 {
	var values []float64
	for round, without := range f.Figures[i.without()] {
		with := f.Figures[whole][round]
		if with == nil || without == nil || *with <= 0 || *without <= 0 {
			continue // memory may shrink, of which there is no share
		}
		values = append(values, *without / *with)
	}
	return median(values)
}

// ideaGrids are what the ideas gain, and what they are.
func (r *results) ideaGrids() []grid {
	gains := grid{"What each idea gains", 2, [][]string{{"idea", "", "with it", "without it", "gain"}}}
	meant := grid{"The ideas", 2, [][]string{{"idea", "what it is"}}}
	for _, idea := range r.Ideas {
		name := idea.Name
		for _, f := range r.Rows {
			if _, asked := f.Figures[idea.without()]; !asked {
				continue
			}
			line := []string{name, f.Name, figure(f.middle(whole), f.Unit), figure(f.middle(idea.without()), f.Unit), ""}
			if gain := f.gain(idea); !math.IsNaN(gain) {
				line[4] = fmt.Sprintf("%.2f", gain)
			}
			gains.lines = append(gains.lines, line)
			name = "" // once is enough
		}
		meant.lines = append(meant.lines, []string{idea.Name, idea.What})
	}
	return []grid{gains, meant}
}
