package check

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"barewire/server/trace"
)

const (
	nameWidth = 12 // of "came back" and the others
	wireWidth = 66 // of a line of bytes beside them
	wireLines = 12 // that are shown of a side
)

// Text writes the picture of a result: what was said, what came back with a
// caret under the first wrong byte, and what helps. Nothing from the network is
// written raw.
func (r Result) Text(w io.Writer) error {
	p := &printer{out: w}
	p.print(fmt.Sprintf("%s  %s\n", r.Check.ID, r.Check.Name))
	section := r.Check.Section
	if r.Check.Stricter {
		section += ", and stricter than it"
	}
	p.print(section + "\n\n")

	switch {
	case r.Skipped != "":
		p.row("not run", r.Skipped)
		return p.err
	case r.Passed:
		p.row("passed", "in "+trace.Spell(r.Took))
		return p.err
	}
	p.side("sent", r.Sent, -1, 0, 0)
	if r.Cut != "" {
		p.row("cut", r.Cut)
	}
	p.row("expected", r.Expected)
	p.side("came back", r.Got, r.At, r.Before, r.After)
	p.row("wrong", r.Wrong)
	if r.Ended != "" { // it had begun
		p.row("ended", r.Ended)
	}
	p.row("alive", map[bool]string{true: "yes", false: "no"}[r.Alive])
	p.print("\n")
	if hint := r.Check.Hints[0]; hint != "" {
		p.row("first hint", hint)
	}
	p.row("again with", "barewire send "+r.Check.ID)
	if r.Check.Curl != "" {
		p.row("or with", CurlLine(r.Check.Curl, r.Addr))
	}
	return p.err
}

// A printer remembers the first error.
type printer struct {
	out io.Writer
	err error
}

func (p *printer) print(text string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.out, text)
	}
}

func (p *printer) row(name, text string) {
	p.print(strings.TrimRight(fmt.Sprintf("%-*s%s", nameWidth, name, text), " ") + "\n")
}

// side shows one direction of the connection line by line, with a caret under
// the byte at an offset. Lines far before it are left out, and many behind it. What
// is said here stands between so many other bytes.
func (p *printer) side(name string, said []byte, at, before, after int) {
	if len(said) == 0 {
		p.row(name, "nothing")
		return
	}
	marked := -1 // where the line with the caret begins
	first := 0
	if at >= 0 {
		marked = lineStart(said, min(at, len(said)-1))
		first = marked
		for lines := 1; lines < wireLines && first > 0; lines++ {
			first = lineStart(said, first-1)
		}
	}
	if before+first > 0 {
		p.row(name, fmt.Sprintf("… %d B before", before+first))
		name = ""
	}
	start := first
	for lines := 0; lines < wireLines && start < len(said); lines++ {
		line := said[start:]
		if end := bytes.IndexByte(line, '\n'); end >= 0 {
			line = line[:end+1]
		}
		if start == marked {
			text, column := window(line, at-start)
			p.row(name, text)
			p.row("", strings.Repeat(" ", column)+caret(before+at, before+len(said)+after))
		} else {
			text, _ := window(line, 0)
			p.row(name, text)
		}
		name = ""
		start += len(line)
	}
	if rest := len(said) - start + after; rest > 0 {
		p.row("", fmt.Sprintf("… %d B more", rest))
	}
}

// lineStart returns where the line begins that has the byte at an offset.
func lineStart(said []byte, at int) int { return bytes.LastIndexByte(said[:at], '\n') + 1 }

// Caret is what the picture says below the byte that [Result.At] counts.
func (r Result) Caret() string { return caret(r.Before+r.At, r.Before+len(r.Got)+r.After) }

// caret points at a byte, or behind the last: nothing that came is wrong, and what
// should have come or happened then is told beside it.
func caret(at, came int) string {
	if at == came {
		return fmt.Sprintf("^ right up to here, %d B", came)
	}
	return fmt.Sprintf("^ first wrong byte, %d", at+1)
}

// window shows the part of a line around byte at, and returns in which column
// that byte stands. What Escape spells out is wider than a byte.
func window(line []byte, at int) (text string, column int) {
	before := ""
	if at > wireWidth/2 && len(line) > wireWidth {
		cut := at - wireWidth/2
		before, line, at = "…", line[cut:], wireWidth/2
	}
	after := ""
	if len(line) > max(wireWidth, at+1) {
		line, after = line[:max(wireWidth, at+1)], "…"
	}
	head := before + trace.EscapeLine(line[:at])
	return head + trace.EscapeLine(line[at:]) + after, utf8.RuneCountInString(head)
}

// urlInCurl is where the address of the server goes, with the quote before it if
// there is one, and the rest of the word.
var urlInCurl = regexp.MustCompile(`(['"]?)\bURL\b([^\s'"]*)`)

// CurlLine fills in the address of the server. A URL is quoted, for a shell gives
// ? and & a meaning of their own.
func CurlLine(curl, addr string) string {
	return urlInCurl.ReplaceAllStringFunc(curl, func(word string) string {
		part := urlInCurl.FindStringSubmatch(word)
		url := "http://" + addr + part[2]
		if part[1] != "" {
			return part[1] + url
		}
		return "'" + url + "'"
	})
}
