package trace

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"barewire/server"
)

// headRead shows step 02, and begins an exchange. The lines of the head come
// with the steps that read them, unless they do not get so far.
func (t *Text) headRead(c *client, event server.Passed) {
	x := &exchange{
		conn:     event.Conn,
		request:  event.Request,
		client:   c,
		wire:     event.Took < 0,
		lines:    HeadLines(event.Head),
		packet:   IsPacket(event.Head),
		headSize: len(event.Head),
	}
	c.exchange, c.unread = x, 0
	empty := c.inbox.emptyLine(event.Head)
	c.inbox.take(len(empty) + len(event.Head))

	done := step("02 read", "left over", event.Took) // by the request before
	if span, found := c.inbox.readsBefore(int64(len(empty)) + 1); found {
		done = step(span.label(), bytesOf(span.size), event.Took)
	}
	t.print(x, row{"Request:", quiet, done})
	if len(empty) > 0 {
		t.headLine(x, empty, remark("an empty line, let pass"))
	}
	x.left = event.Error != ""
	if event.Refused != nil || x.left {
		t.brokenHead(x, len(x.lines)-1, event)
	}
}

// brokenHead shows all lines of a head that came to nothing, with the reason
// under the bad one.
func (t *Text) brokenHead(x *exchange, bad int, event server.Passed) {
	for i, line := range x.lines {
		if i == bad {
			t.headLine(x, line, failed(event))
			t.because(x, ruleOf(event.Refused, event.Error))
		} else {
			t.headLine(x, line)
		}
	}
	if len(x.lines) == 0 {
		t.print(x, row{note: failed(event)})
	}
	x.lines = nil
	x.refusedBy = event.Step
}

// headLine shows a line of the head.
func (t *Text) headLine(x *exchange, line []byte, notes ...note) {
	arrow, _ := t.arrows()
	t.clientSays(x, arrow+headText(line), int64(len(line)), notes...)
}

// requestLine shows step 03. In a packet it has no line of its own, but looks among
// all pairs; what stands before them is for step 02.
func (t *Text) requestLine(x *exchange, event server.Passed) {
	if event.Line != nil {
		x.method = event.Line.Method
	}
	switch {
	case event.Refused != nil && x.packet:
		t.brokenHead(x, len(x.lines)-1, event)
	case event.Refused != nil:
		t.brokenHead(x, 0, event)
	case len(x.lines) > 0 && x.packet:
		pairs := remark(Count(x.headSize-len(x.lines[0]), "byte", "bytes") + " of pairs")
		t.headLine(x, x.lines[0], pairs, step("03 requestline", "", event.Took))
		x.lines = x.lines[1:]
	case len(x.lines) > 0:
		t.headLine(x, x.lines[0], step("03 requestline", "", event.Took))
		x.lines = x.lines[1:]
	}
}

// headersParsed shows step 04.
func (t *Text) headersParsed(x *exchange, event server.Passed) {
	x.fields = event.Fields
	if event.Refused != nil {
		t.brokenHead(x, x.badField(event.Refused), event)
		return
	}
	for i, line := range x.lines {
		var notes []note
		if i == 0 {
			notes = append(notes, step("04 headers", Count(len(x.fields), "field", "fields"), event.Took))
		}
		if i < len(x.fields) {
			notes = append(notes, announces(x.fields[i])...)
		}
		if i == len(x.lines)-1 {
			notes = append(notes, remark("head ends: "+bytesOf(int64(x.headSize))))
		}
		t.headLine(x, line, notes...)
	}
	x.lines = nil
}

// badField tells which line step 04 refused. The fields that it has parsed are
// fine by themselves, so it is the next. If none is left, it is about Host: one
// of those there are, or, at the empty line, that there is none.
func (x *exchange) badField(refused *server.Refusal) int {
	if len(x.fields) < len(x.lines)-1 {
		return len(x.fields)
	}
	for i, field := range slices.Backward(x.fields) {
		host := "Host: " + string(field[1])
		if strings.EqualFold(string(field[0]), "Host") && strings.Contains(host, string(refused.Got)) {
			return i
		}
	}
	return len(x.lines) - 1
}

// announces notes what a field says about the body.
func announces(field server.Field) []note {
	name, value := string(field[0]), string(field[1])
	switch {
	case strings.EqualFold(name, "Content-Length"):
		if length, err := strconv.Atoi(value); err == nil {
			return []note{remark(Count(length, "byte", "bytes") + " will follow")}
		}
	case strings.EqualFold(name, "Transfer-Encoding"):
		return []note{remark("chunks will follow")}
	}
	return nil
}

// failed is the note of a step at which a request came to its end.
func failed(event server.Passed) note {
	verdict := "left"
	if event.Refused != nil {
		code, _, _ := strings.Cut(event.Refused.Status, " ")
		verdict = "refused, " + code
	}
	failed := columns(fmt.Sprintf("%02d %s", event.Step, verdict), "", Brief(event.Took))
	failed.role = wrong
	return failed
}

// clientSays shows a row that stands for size bytes of the client's, and the
// reads that began there. The first note is beside it, others below.
func (t *Text) clientSays(x *exchange, wire string, size int64, notes ...note) {
	x.at += size
	if span, found := x.client.inbox.readsBefore(x.at); found {
		notes = append(notes, columns(span.label(), bytesOf(span.size), ""))
	}
	rows := []row{{wire: wire, role: fromClient}}
	for i, note := range notes {
		if i > 0 {
			rows = append(rows, row{})
		}
		rows[i].note = note
	}
	t.tell(x, rows...)
}

// headText shows a line of a head. Only CRLF is its end: anything else is spelt
// out, and so is a space that nobody would see.
func headText(line []byte) string {
	text := strings.TrimSuffix(string(line), "\r\n")
	if seen, hidden := strings.CutSuffix(text, " "); hidden {
		return seen + `\x20`
	}
	return text
}
