package command

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/rogpeppe/go-internal/diff"
)

const (
	besides = 120 // columns, from which on two answers stand side by side
	narrow  = 80  // when nobody knows the width
)

// columns is how wide the user's screen is.
func (w World) columns() int {
	if width, err := strconv.Atoi(w.Env("COLUMNS")); err == nil && width > 0 {
		return width
	}
	if width := w.terminal().Width; width > 0 {
		return width
	}
	return narrow
}

// ofClient is where the demos say who has called.
var ofClient = regexp.MustCompile(`(127\.0\.0\.1:|REMOTE_PORT = ')\d+`)

// portFree returns the lines without the ports, which are others each time.
func (a answer) portFree() (lines []string) {
	_, port, _ := net.SplitHostPort(a.addr) // it has been called there
	own := regexp.MustCompile(`\b` + port + `\b`)
	for _, line := range a.lines {
		line = ofClient.ReplaceAllString(line, "${1}PORT")
		lines = append(lines, own.ReplaceAllString(line, "PORT"))
	}
	return lines
}

// A pair is a line of each answer, by number; -1 where one has none.
type pair struct {
	left, right int
	same        bool
}

// hunk is where a unified diff goes on, with the number of the left line.
var hunk = regexp.MustCompile(`^@@ -(\d+),\d+ \+\d+,\d+ @@`)

// align puts the lines beside each other that two texts have in common, as a
// unified diff finds them, and between these the lines that differ.
func align(left, right []string) (pairs []pair) {
	i, j := 0, 0 // the lines that are next
	same := func() {
		pairs = append(pairs, pair{i, j, true})
		i, j = i+1, j+1
	}
	lefts, rights := 0, 0 // lines that differ, and stand beside nothing yet
	differ := func() {
		for k := range max(lefts, rights) {
			one := pair{left: -1, right: -1}
			if k < lefts {
				one.left = i - lefts + k
			}
			if k < rights {
				one.right = j - rights + k
			}
			pairs = append(pairs, one)
		}
		lefts, rights = 0, 0
	}
	text := diff.Diff("", []byte(strings.Join(left, "\n")+"\n"), "", []byte(strings.Join(right, "\n")+"\n"))
	_, text, _ = bytes.Cut(text, []byte("\n+++ \n"))
	for line := range bytes.Lines(text) {
		switch line[0] {
		case '-':
			i, lefts = i+1, lefts+1
		case '+':
			j, rights = j+1, rights+1
		case ' ':
			differ()
			same()
		case '@':
			differ()
			from, _ := strconv.Atoi(string(hunk.FindSubmatch(line)[1])) // digits
			for i < from-1 {
				same()
			}
		}
	}
	differ()
	for i < len(left) {
		same()
	}
	return pairs
}

// mark is what stands in the margin.
func mark(p pair) string {
	if p.same {
		return " "
	}
	return "!"
}

func title(a answer) string { return fmt.Sprintf("step %02d %s", a.step.Number, a.step.Name) }

// printPairs prints two answers, side by side where there is room.
func printPairs(out io.Writer, width int, pairs []pair, left, right answer) error {
	var text strings.Builder
	if width >= besides {
		sideBySide(&text, width, pairs, left, right)
	} else {
		fmt.Fprintf(&text, "  %s\n", title(left))
		for _, pair := range pairs {
			if pair.left >= 0 {
				row(&text, mark(pair), left.lines[pair.left])
			}
		}
		fmt.Fprintf(&text, "\n  %s\n", title(right))
		for _, pair := range pairs {
			if pair.right >= 0 {
				row(&text, mark(pair), right.lines[pair.right])
			}
		}
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// row writes a line behind its margin.
func row(out *strings.Builder, mark, text string) {
	fmt.Fprintln(out, strings.TrimRight(mark+" "+text, " "))
}

func sideBySide(out *strings.Builder, width int, pairs []pair, left, right answer) {
	half := (width - len("! ") - len("  ")) / 2
	line := func(mark, l, r string) {
		row(out, mark, l+strings.Repeat(" ", max(0, half-ansi.StringWidth(l)))+"  "+r)
	}
	line(" ", title(left), title(right))
	for _, pair := range pairs {
		l, r := cell(left.lines, pair.left, half), cell(right.lines, pair.right, half)
		for k := range max(len(l), len(r)) {
			line(mark(pair), lineOf(l, k), lineOf(r, k))
		}
	}
}

// note is what the transcript says beside a line, behind many spaces.
var note = regexp.MustCompile(` {2,}((?:write|read) \d+(?: from byte \d+)?) +(\d+ B)$`)

// cell breaks a line into as many as its column needs.
func cell(lines []string, n, width int) []string {
	if n < 0 {
		return nil
	}
	text := lines[n]
	if ansi.StringWidth(text) > width {
		text = note.ReplaceAllString(text, "  $1  $2")
	}
	return strings.Split(ansi.Hardwrap(text, width, true), "\n")
}

func lineOf(cell []string, n int) string {
	if n < len(cell) {
		return cell[n]
	}
	return ""
}
