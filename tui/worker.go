package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"barewire/server"
	"barewire/server/trace"
	"barewire/tui/cells"
	"barewire/tui/explain"

	"github.com/charmbracelet/x/ansi"
)

// An application may live in processes of its own, the workers. What one does is the
// second lane of the calls: from 110 columns on it stands in the third column, and
// elsewhere between the others.

// workerWords tell what a worker has done, as it would say of itself behind "worker
// 4242", by what the event says.
var workerWords = map[string]string{
	"environ":        "is handed the environ",
	"read":           "reads the body",
	"readline":       "reads a line of the body",
	"start_response": "calls start_response",
	"write":          "writes a chunk",
	"chunk":          "yields a chunk",
	"errors":         "writes to wsgi.errors",
	"note":           "notes something",
	"returned":       "returns its iterable",
	"answer":         "returns it all at once",
	"file":           "hands over a file",
	"failed":         "raises an exception",
	"end":            "is done, and free again",
}

func inWords(did string) string {
	if words := workerWords[did]; words != "" {
		return words
	}
	return did // of a record that knows more
}

// lanes tells whether the worker has a column of its own.
func (p *page) lanes() bool { return p.exchange.Worker > 0 && p.layout.becomes > 0 }

// workerTitle is the heading of its lane.
func (p *page) workerTitle() string { return fmt.Sprintf("Python worker %d", p.exchange.Worker) }

// workerHeading stands above the calls.
func (p *page) workerHeading() []pageRow {
	if p.exchange.Worker == 0 {
		return nil
	}
	row := heading(p.workerTitle(), "", p.layout.page())
	if p.lanes() {
		row.Row = p.besides(cells.Text(cells.Quiet, "the server"), cells.Row{{Text: p.workerTitle(), Mark: cells.Bold}}, "its turn")
	}
	row.about = workerSubject("worker", fmt.Sprint(p.exchange.Worker))
	return []pageRow{row}
}

// besides puts the two lanes beside each other, and a time at the right end.
func (p *page) besides(left, worker cells.Row, took string) cells.Row {
	return cells.Columns(
		cells.Column{Width: p.layout.text + beside, Row: left},
		cells.Column{Width: becomesSpace},
		cells.Column{Width: max(p.layout.becomes-turnWidth, 0), Row: worker},
		cells.Column{Width: -min(p.layout.becomes, turnWidth), Row: cells.Text(cells.Quiet, took)},
	)
}

// turnWidth is the room of a turn's time.
const turnWidth = 9

// workerRow is something that the worker did and no other row tells of.
func (p *page) workerRow(worked server.Worked) pageRow {
	row := p.callRow(worked.At, cells.App, "  ", inWords(worked.Did))
	switch {
	case worked.Did == "environ" && p.lanes():
		row = p.sizeRow(worked.At, "environ", int64(worked.Size))
	case worked.Did == "environ":
		row = p.sizeRow(worked.At, inWords(worked.Did), int64(worked.Size))
	case p.lanes():
		row = p.callRow(worked.At, cells.App, "", "")
	}
	return p.withWorker(row, &worked)
}

// withWorker puts what the worker did beside the row that tells what came of it.
func (p *page) withWorker(row pageRow, worked *server.Worked) pageRow {
	if worked == nil {
		return row
	}
	row.about = workerSubject(worked.Did, row.about.value)
	if p.lanes() {
		turn := ""
		if worked.Did != "environ" {
			turn = trace.Brief(worked.Took)
		}
		row.Row = p.besides(row.Row, cells.Text(cells.App, inWords(worked.Did)), turn)
	}
	return row
}

func workerSubject(name, value string) subject {
	return subject{kind: explain.Worker, name: name, value: value}
}

// stackRows are the calls that led to start_response.
func (p *page) stackRows(stack string) []pageRow {
	if stack == "" {
		return nil
	}
	width, most, indent := p.layout.page()-2, 3, "  "
	if p.lanes() {
		width, most, indent = p.layout.becomes, 6, ""
	}
	var rows []pageRow
	for _, line := range stackLines(strings.Split(stack, "\n"), width, most) {
		row := said(cells.App, "%s%s", indent, line)
		if p.lanes() {
			row.Row = cells.Columns(cells.Column{Width: p.layout.text + beside + becomesSpace}, cells.Column{Width: p.layout.becomes, Row: row.Row})
		}
		row.about = workerSubject("stack", stack+"\nstart_response")
		rows = append(rows, row)
	}
	return rows
}

// stackLines writes a stack with arrows, in lines that break before one. Where there
// is no room for all of it, its middle is left out, and never its end: that is where
// the application answers.
func stackLines(calls []string, width, most int) []string {
	if more := len(calls) - maxStack; more > 0 {
		calls = append(append(slices.Clone(calls[:maxStack/2]), "…"), calls[maxStack/2+more:]...)
	}
	calls = append(slices.Clone(calls), "start_response")
	for i := len(calls) - 1; i > 0; i-- {
		// Of a class that is the same as before the name is enough.
		if dot := strings.LastIndex(calls[i], "."); dot >= 0 && strings.HasPrefix(calls[i-1], calls[i][:dot+1]) {
			calls[i] = calls[i][dot+1:]
		}
	}
	for i, call := range calls {
		calls[i] = shortCall(call, width-cells.Width("→ "))
	}
	lines := arrowLines(calls, width)
	for kept := len(calls) - 1; len(lines) > most && kept > 0; kept-- {
		first := (kept - 1) / 2
		short := append(append(slices.Clone(calls[:first]), "…"), calls[len(calls)-kept+first:]...)
		lines = arrowLines(short, width)
	}
	return lines
}

// shortCall cuts the beginning of a name that is too long.
func shortCall(name string, width int) string {
	if over := cells.Width(name) - width; over > 0 {
		return ansi.TruncateLeft(cells.Harmless(name), over+1, "…")
	}
	return name
}

// maxStack is how many calls are looked at.
const maxStack = 50

func arrowLines(calls []string, width int) []string {
	lines := []string{calls[0]}
	for _, call := range calls[1:] {
		last := &lines[len(lines)-1]
		if longer := *last + " → " + call; cells.Width(longer) <= width {
			*last = longer
		} else {
			lines = append(lines, "→ "+call)
		}
	}
	return lines
}

// errorRows are what came by wsgi.errors from a worker, line by line: Python's
// tracebacks have many.
func (p *page) errorRows(at time.Time, text string, worked *server.Worked) []pageRow {
	role, name := cells.App, "wsgi.errors: "
	if isTraceback(text) {
		role = cells.Wrong
	}
	if worked != nil && worked.Did == "failed" && !p.lanes() {
		name = inWords(worked.Did) + ": "
	}
	if !strings.Contains(text, "\n") {
		return []pageRow{p.withWorker(p.callRow(at, role, "  ", name+text), worked)}
	}
	first := p.withWorker(p.callRow(at, role, "  ", strings.TrimSpace(name)), worked)
	first.about.value = text
	rows := []pageRow{first}
	lines := strings.Split(text, "\n")
	if cut := len(lines) - maxTraceback; cut > 0 {
		rows = append(rows, quiet("    … %s; enter shows them", count(cut, "more line", "more lines")))
		lines = lines[cut:] // the end of a traceback says most
	}
	for _, line := range lines {
		pieces := atBlanks("    "+strings.TrimRight(line, "\r"), p.layout.page())
		if len(pieces) > maxPieces {
			pieces = append(pieces[:maxPieces-1], "    …")
		}
		for _, piece := range pieces {
			rows = append(rows, pageRow{Row: cells.Text(role, piece), about: first.about})
		}
	}
	return rows
}

// maxTraceback is how many lines of one are shown, and maxPieces how many rows one of
// them may take.
const maxTraceback, maxPieces = 60, 5

// atBlanks breaks a line at blanks, and in a word only where it must: of the name of a
// file no hyphen is a place to break at. What goes on is indented as the line is.
func atBlanks(line string, width int) (pieces []string) {
	rest := cells.Harmless(line)
	indent := rest[:len(rest)-len(strings.TrimLeft(rest, " "))]
	for cells.Width(rest) > width && len(pieces) < maxPieces {
		piece := ansi.Truncate(rest, width, "")
		if blank := strings.LastIndexByte(piece, ' '); blank > len(indent) && rest[len(piece)] != ' ' {
			piece = piece[:blank]
		}
		if len(piece) <= len(indent) {
			break // there is no room for more than the indent
		}
		pieces = append(pieces, piece)
		rest = indent + strings.TrimLeft(rest[len(piece):], " ")
	}
	return append(pieces, rest)
}

func isTraceback(text string) bool {
	return strings.Contains(text, "Traceback (most recent call last):")
}

// turnsRow tells how long the worker took, and how long the server.
func (p *page) turnsRow() []pageRow {
	if p.exchange.Worker == 0 || !p.exchange.Done {
		return nil
	}
	row := said(cells.Plain, "  %s", p.turns())
	if p.lanes() {
		worker, server := p.exchange.Turns()
		row = p.callRow(time.Time{}, cells.Plain, "", "")
		row.Row = p.besides(p.timedRow(cells.Plain, "the server, all its steps", trace.Brief(server)), cells.Text(cells.Plain, "Python, all its turns"), trace.Brief(worker))
	}
	row.about = workerSubject("turns", p.turns())
	return []pageRow{row}
}

// turns is that in words.
func (p *page) turns() string {
	worker, server := p.exchange.Turns()
	return fmt.Sprintf("Python %s, server %s", trace.Brief(worker), trace.Brief(server))
}

// workerRows tell of the worker where there is no room for all calls: between the
// request and its answer.
func (p *page) workerRows() []pageRow {
	x := p.exchange
	if x.Worker == 0 {
		return nil
	}
	times := ""
	if x.Done {
		times = p.turns()
	}
	row := heading(p.workerTitle(), times, p.layout.page())
	below := cells.Width(p.workerTitle()+" "+times) > p.layout.page()
	if below {
		row = heading(p.workerTitle(), "", p.layout.page())
	}
	row.about = workerSubject("worker", fmt.Sprint(x.Worker))
	rows := append([]pageRow{{}, row}, p.stackRows(strings.Join(x.Stack(), "\n"))...)
	for _, event := range x.Events {
		if noted, is := event.(server.Noted); is && isTraceback(noted.Text) {
			lines := strings.Split(strings.TrimRight(noted.Text, "\r\n"), "\n")
			raised := said(cells.Wrong, "  %s", lines[len(lines)-1])
			raised.about = workerSubject("failed", noted.Text)
			rows = append(rows, raised)
		}
	}
	if below {
		rows = append(rows, p.turnsRow()...)
	}
	return rows
}
