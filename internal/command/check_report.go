package command

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"barewire/internal/check"
	"barewire/server/trace"
)

const (
	pictured = 2  // failures that are shown with their bytes
	saidMost = 10 // lines of what a program said

	lineWidth = 75 // of a row and its note, without what is around them
)

// A report prints results as they come.
type report struct {
	out    io.Writer
	json   bool
	live   bool // a line of progress comes and goes
	colors bool

	passed, failed, milder []check.Result // milder: failed, and the RFC allows it
	skipped                int

	clock *clock // of what is under way, nil for none
}

func newReport(world World, flags checkFlags) *report {
	return &report{
		out:    flags.out(world),
		json:   flags.json,
		live:   world.OutTerminal && !flags.json && world.Env("TERM") != "dumb",
		colors: world.colors("auto"),
	}
}

// doing shows what is under way and for how long, until the next line.
func (r *report) doing(format string, args ...any) {
	if r.live {
		r.idle()
		r.clock = startClock(r.out, fmt.Sprintf("%.70s", fmt.Sprintf(format, args...)))
	}
}

// idle tells that nothing is under way any more.
func (r *report) idle() {
	if r.clock != nil {
		r.clock.stop()
		r.clock = nil
	}
}

// asking shows which check is under way, and how long its pauses are, if they are.
func (r *report) asking(number, of int, c *check.Check) {
	long := ""
	if isSlow(c) {
		long = fmt.Sprintf(" (takes %d s)", int(c.Pauses().Round(time.Second).Seconds()))
	}
	row := fmt.Sprintf("%d of %d   %s  %s", number, of, c.ID, c.Name)
	r.doing("%.*s%s", 70-len(long), row, long)
}

// line prints a line behind a sign.
func (r *report) line(sign, format string, args ...any) {
	if r.json {
		return
	}
	r.idle()
	if sign == "✗" && r.colors {
		sign = "\x1b[31m✗\x1b[39m"
	}
	fmt.Fprintln(r.out, strings.TrimRight(fmt.Sprintf(" %s %s", sign, fmt.Sprintf(format, args...)), " "))
}

// noted prints a line with a note at its right, at the end of 80 columns if both
// have room there.
func (r *report) noted(sign, row, note string) {
	r.line(sign, "%-*s  %s", max(0, lineWidth-utf8.RuneCountInString(note)), row, note)
}

// below prints lines that belong to the one above.
func (r *report) below(lines ...string) {
	for _, line := range lines {
		r.line(" ", "    %s", trace.Escape([]byte(line)))
	}
}

// result prints how a check went. A milder server is one that does what the RFC
// lets it do, and we do not.
func (r *report) result(result check.Result, milder bool) error {
	c := result.Check
	row := fmt.Sprintf("%-6s %s  %s", c.ID, kind(c), c.Name)
	switch {
	case result.Skipped != "":
		r.skipped++
		r.noted("·", row, result.Skipped)
	case result.Passed:
		r.passed = append(r.passed, result)
		r.line("✓", "%s", row)
	case milder:
		r.milder = append(r.milder, result)
		r.noted("·", row, "stricter than "+c.Section)
	default:
		r.failed = append(r.failed, result)
		r.noted("✗", row, c.Section)
	}
	if r.json {
		return json.NewEncoder(r.out).Encode(result)
	}
	return nil
}

// pictures shows the first failures with their bytes, and names the others. What
// changes a result before it is shown is given.
func (r *report) pictures(change func(check.Result) check.Result) error {
	shown := slices.Concat(r.failed, r.milder)
	if len(r.failed) > 0 {
		shown = r.failed
	}
	if r.json || len(shown) == 0 {
		return nil
	}
	for _, result := range shown[:min(pictured, len(shown))] {
		result = change(result)
		var picture strings.Builder
		if err := result.Text(&picture); err != nil {
			return err
		}
		again := "barewire send " + result.Check.ID
		there := again
		if result.Addr != defaultAddr {
			there += " --to " + result.Addr
		}
		fmt.Fprintf(r.out, "\n%s", strings.Replace(picture.String(), again+"\n", there+"\n", 1))
	}
	if rest := shown[min(pictured, len(shown)):]; len(rest) > 0 {
		var ids []string
		for _, result := range rest {
			ids = append(ids, result.Check.ID)
		}
		fmt.Fprintf(r.out, "\nAs much is shown of each of these alone: %s\n", strings.Join(ids, ", "))
	}
	return nil
}

// said prints the last lines of what a program said.
func (r *report) said(output string) {
	lines := strings.Split(cmp.Or(strings.TrimSpace(output), "(it printed nothing)"), "\n")
	if len(lines) > saidMost {
		r.below("…")
		lines = lines[len(lines)-saidMost:]
	}
	for _, line := range lines {
		r.below(strings.TrimRight(line, "\r"))
	}
}

// count writes a number of things.
func count(n int, one string) string { return trace.Count(n, one, one+"s") }

// An asciiOnly writer writes our signs in ASCII.
type asciiOnly struct{ to io.Writer }

var inASCII = strings.NewReplacer("✓", "+", "✗", "x", "·", ".", "▸", ">", "…", "~", "␍", `\r`, "␊", `\n`, "§", "section ")

func (a asciiOnly) Write(text []byte) (int, error) {
	if _, err := inASCII.WriteString(a.to, string(text)); err != nil {
		return 0, err
	}
	return len(text), nil
}
