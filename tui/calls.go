package tui

import (
	"fmt"
	"strings"
	"time"

	"barewire/server"
	"barewire/server/trace"
	"barewire/tui/cells"
	"barewire/tui/explain"
)

// maxCalls is how many calls, or reads, are listed; of more, how many they are.
const maxCalls = 200

// calls is the page of step 08: what the application did, in the order of time.
func (p *page) calls() []pageRow { return append(p.callRows(), p.closeRow()...) }

// closeRow is the last thing that happens to a body: the server closes it, or the
// worker has, and says so.
func (p *page) closeRow() []pageRow {
	at, end := p.exchange.Steps[9].At, p.exchange.LastTurn()
	if end != nil {
		at = end.At
	}
	if at.IsZero() || p.exchange.ExplainedBy > 0 {
		return p.turnsRow()
	}
	return append([]pageRow{p.withWorker(p.callRow(at, cells.App, "  ", "close()"), end)}, p.turnsRow()...)
}

// callRows lists what the application did, with the time when it did it.
func (p *page) callRows() []pageRow {
	x := p.exchange
	if !x.Called() {
		return nil
	}
	rows := append(p.workerHeading(), p.callRow(x.Steps[7].At, cells.App, "", p.app+"(environ, start_response)"))
	left, more := maxCalls, 0
	room := func() bool {
		if left--; left < 0 {
			more++
		}
		return left >= 0
	}
	var reads readCalls
	var worked *server.Worked // what the next event comes of
	flush := func() {
		rows = append(rows, p.readRow(&reads)...)
		if worked != nil && room() {
			rows = append(rows, p.workerRow(*worked))
		}
		worked = nil
	}
	for _, event := range x.Events {
		switch event := event.(type) {
		case server.Passed:
			if event.Step >= 8 && x.ExplainedBy > 0 && (event.Refused != nil || event.Error != "") {
				flush()
				return append(rows, p.brokenRows(event)...)
			}
		case server.InputRead:
			reads.add(event, worked)
			worked = nil
		case server.Worked:
			if worked != nil || event.Did != "read" && event.Did != "readline" {
				flush()
			}
			if event.Did != "end" { // which closeRow shows
				worked = &event
			}
		case server.Started, server.Chunk, server.Noted:
			rows = append(rows, p.readRow(&reads)...)
			if room() {
				rows = append(rows, p.saidRows(event, worked)...)
			}
			worked = nil
		}
	}
	flush()
	if more > 0 {
		rows = append(rows, quiet("  … %s", count(more, "more call", "more calls")))
	}
	return rows
}

// saidRows is something that the application said, and what a worker did for it.
func (p *page) saidRows(event server.Event, worked *server.Worked) []pageRow {
	var row pageRow
	switch event := event.(type) {
	case server.Started:
		row = p.callRow(event.At, cells.App, "  ", startCall(event))
		if worked != nil {
			return append(p.stackRows(worked.Stack), p.withWorker(row, worked))
		}
		row.about = subject{kind: explain.Status, name: event.Status, value: event.Status}
	case server.Chunk:
		name := fmt.Sprintf("chunk %d", event.Number)
		if event.Written {
			name = fmt.Sprintf("write(chunk %d)", event.Number)
		}
		row = p.sizeRow(event.At, name, int64(event.Size))
	case server.Noted:
		text := strings.TrimRight(event.Text, "\r\n")
		switch {
		case event.Error && p.exchange.Worker > 0:
			return p.errorRows(event.At, text, worked)
		case event.Error:
			text = "wsgi.errors: " + text
		default:
			text = "note: " + text
		}
		row = p.callRow(event.At, cells.App, "  ", text)
	}
	return []pageRow{p.withWorker(row, worked)}
}

// brokenRows are the end of an application that failed before its head was out. The
// answer is then the server's: what is started and yielded behind it explains.
func (p *page) brokenRows(event server.Passed) []pageRow {
	why := event.Error
	if event.Refused != nil {
		why = event.Refused.Rule
	}
	rows := []pageRow{p.callRow(event.At, cells.Wrong, "  ", why)}
	if event.Step == 9 {
		rows = append(rows, p.callRow(event.At, cells.App, "  ", "close()"))
	}
	return append(rows, quiet("  What the client gets is the server's explanation."))
}

// callRow is a call and its time.
func (p *page) callRow(at time.Time, role cells.Role, indent, text string) pageRow {
	return pageRow{
		Row:   p.timedRow(role, indent+text, p.since(at)),
		about: subject{value: text, kind: explain.Step, name: "08"},
	}
}

func (p *page) timedRow(role cells.Role, text, when string) cells.Row {
	room := p.layout.text + 1 + whoWidth
	if p.layout.becomes > 0 && !p.lanes() {
		room += 9 // some way into the third column, where the eye finds it
	}
	return cells.Columns(
		cells.Column{Width: room - cells.Width(when) - 1, Row: cells.Text(role, text)},
		cells.Column{Width: -cells.Width(when) - 1, Row: cells.Text(cells.Quiet, when)},
	)
}

// sizeRow is a call that moved bytes.
func (p *page) sizeRow(at time.Time, name string, size int64) pageRow {
	return p.callRow(at, cells.App, "  ", fmt.Sprintf("%-26s %13s", name, trace.Count(int(size), "byte", "bytes")))
}

// readCalls are reads of wsgi.input that follow each other: what is one read() in
// Python is many here.
type readCalls struct {
	call   string
	size   int64
	first  time.Time
	worked *server.Worked // by whom, all its turns in one
}

func (r *readCalls) add(read server.InputRead, worked *server.Worked) {
	if r.call == "" {
		r.call, r.first = read.Call, read.At
	}
	r.size += int64(read.Size)
	switch {
	case worked == nil:
	case r.worked == nil:
		once := *worked
		r.worked = &once
	default:
		r.worked.Took += worked.Took
	}
}

// readRow lists the reads so far, if there are any.
func (p *page) readRow(reads *readCalls) []pageRow {
	if reads.call == "" {
		return nil
	}
	row := p.withWorker(p.sizeRow(reads.first, "wsgi.input."+reads.call+"()", reads.size), reads.worked)
	*reads = readCalls{}
	return []pageRow{row}
}

// startCall writes a call of start_response in a few words.
func startCall(event server.Started) string {
	call := fmt.Sprintf("start_response('%s', %s", event.Status, trace.Count(len(event.Headers), "header", "headers"))
	if event.Cause != "" {
		call += ", exc_info"
	}
	return call + ")"
}
