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

// closeRow is the last thing that happens to a body: the server closes it.
func (p *page) closeRow() []pageRow {
	if at := p.exchange.Steps[9].At; !at.IsZero() && p.exchange.ExplainedBy == 0 {
		return []pageRow{p.callRow(at, cells.App, "  ", "close()")}
	}
	return nil
}

// callRows lists what the application did, with the time when it did it.
func (p *page) callRows() []pageRow {
	x := p.exchange
	if !x.Called() {
		return nil
	}
	rows := []pageRow{p.callRow(x.Steps[7].At, cells.App, "", p.app+"(environ, start_response)")}
	left, more := maxCalls, 0
	var reads readCalls
	for _, event := range x.Events {
		if read, is := event.(server.InputRead); is {
			reads.add(read)
			continue
		}
		switch event.(type) {
		case server.Started, server.Chunk, server.Noted:
			rows = append(rows, p.readRow(&reads)...)
			if left--; left < 0 {
				more++
				continue
			}
		}
		switch event := event.(type) {
		case server.Passed:
			if event.Step >= 8 && x.ExplainedBy > 0 && (event.Refused != nil || event.Error != "") {
				return append(append(rows, p.readRow(&reads)...), p.brokenRows(event)...)
			}
		case server.Started:
			row := p.callRow(event.At, cells.App, "  ", startCall(event))
			row.about = subject{kind: explain.Status, name: event.Status, value: event.Status}
			rows = append(rows, row)
		case server.Chunk:
			name := fmt.Sprintf("chunk %d", event.Number)
			if event.Written {
				name = fmt.Sprintf("write(chunk %d)", event.Number)
			}
			rows = append(rows, p.sizeRow(event.At, name, int64(event.Size)))
		case server.Noted:
			name := "note: "
			if event.Error {
				name = "wsgi.errors: "
			}
			rows = append(rows, p.callRow(event.At, cells.App, "  ", name+strings.TrimRight(event.Text, "\r\n")))
		}
	}
	rows = append(rows, p.readRow(&reads)...)
	if more > 0 {
		rows = append(rows, quiet("  … %s", count(more, "more call", "more calls")))
	}
	return rows
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
	since := p.since(at)
	room := p.layout.text + 1 + whoWidth
	if p.layout.becomes > 0 {
		room += 9 // some way into the third column, where the eye finds it
	}
	return pageRow{Row: cells.Columns(
		cells.Column{Width: room - cells.Width(since) - 1, Row: cells.Text(role, indent+text)},
		cells.Column{Width: -cells.Width(since) - 1, Row: cells.Text(cells.Quiet, since)},
	), about: subject{value: text, kind: explain.Step, name: "08"}}
}

// sizeRow is a call that moved bytes.
func (p *page) sizeRow(at time.Time, name string, size int64) pageRow {
	return p.callRow(at, cells.App, "  ", fmt.Sprintf("%-26s %13s", name, trace.Count(int(size), "byte", "bytes")))
}

// readCalls are reads of wsgi.input that follow each other: what is one read() in
// Python is many here.
type readCalls struct {
	call  string
	size  int64
	first time.Time
}

func (r *readCalls) add(read server.InputRead) {
	if r.call == "" {
		r.call, r.first = read.Call, read.At
	}
	r.size += int64(read.Size)
}

// readRow lists the reads so far, if there are any.
func (p *page) readRow(reads *readCalls) []pageRow {
	if reads.call == "" {
		return nil
	}
	row := p.sizeRow(reads.first, "wsgi.input."+reads.call+"()", reads.size)
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
