package trace

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

const (
	maxCalls   = 16 // reads and chunks that are listed, unless all are asked for
	maxWaiting = 64 // rows that wait for step 08
)

// tell shows rows of the application's part. They wait until step 08 is done,
// for its line comes first; but not for ever.
func (t *Text) tell(x *exchange, rows ...row) {
	if !x.calling {
		t.print(x, rows...)
		return
	}
	x.waiting = append(x.waiting, rows...)
	if len(x.waiting) >= maxWaiting {
		t.application(x, "")
	}
}

// application begins the application's part: when step 08 is done, or when
// something cannot wait for that and for its time.
func (t *Text) application(x *exchange, took string) {
	x.calling = false
	t.print(x, row{}, row{"Application:", quiet, t.call(took)})
	t.print(x, x.waiting...)
	x.waiting = nil
}

// call is the note of step 08.
func (t *Text) call(took string) note {
	const room = sizeWidth - len("08 call ")
	name := t.App
	if runes := []rune(name); len(runes) > room {
		name = string(runes[:room-1]) + "…"
	}
	return columns("08 call", name, took)
}

// appCalled shows step 08.
func (t *Text) appCalled(x *exchange, event server.Passed) {
	if x.refusedBy != 0 {
		return // what was called is the explanation
	}
	t.listReads(x)
	if x.calling {
		t.application(x, Brief(event.Took))
	} else {
		t.print(x, row{note: t.call(Brief(event.Took))})
	}
	t.failure(x, event)
}

// failure tells that the application failed, in step 08 or 09. As long as
// nothing is sent, this becomes the answer.
func (t *Text) failure(x *exchange, event server.Passed) {
	if event.Refused == nil && event.Error == "" {
		return
	}
	t.because(x, reasonOf(event.Refused, event.Error))
	if x.answerHead == nil {
		x.refusedBy = event.Step
		if x.bodyBroke {
			x.refusedBy = 5 // whatever the application made of it
		}
	}
}

// worked shows what a worker was handed, and there the calls that led to
// start_response.
func (t *Text) worked(x *exchange, event server.Worked) {
	x.worker = true
	x.turns += event.Took
	x.turn += event.Took
	if event.Did == "environ" {
		wire := fmt.Sprintf("  environ, to Python worker %d", event.Process)
		t.tell(x, row{wire, fromServer, columns("", bytesOf(int64(event.Size)), "")})
	}
	if event.Stack == "" || x.refusedBy != 0 {
		return
	}
	t.listReads(x)
	lines := ledBy(event.Stack)
	for _, line := range lines[:len(lines)-1] {
		t.tell(x, row{line, fromApp, note{}})
	}
	t.tell(x, row{lines[len(lines)-1], fromApp, columns("", "", x.tookTurn())})
}

// tookTurn is how long a worker took for what a row tells; "" when there is none.
func (x *exchange) tookTurn() string {
	took := x.turn
	x.turn = 0
	if took <= 0 {
		return ""
	}
	return Brief(took)
}

// ledBy puts an arrow behind each call, and before its time breaks the line.
func ledBy(stack string) (lines []string) {
	const width = noteColumn + sizeWidth - 2
	line := " "
	for call := range strings.SplitSeq(stack, "\n") {
		next := " " + call + " →"
		if line != " " && utf8.RuneCountInString(line+next) > width {
			lines = append(lines, line)
			line = "   "
		}
		line += next
	}
	return append(lines, line)
}

// started shows a call of start_response, as Python would write it.
func (t *Text) started(x *exchange, event server.Started) {
	if x.refusedBy != 0 {
		return
	}
	t.listReads(x)
	if x.answerHead == nil {
		x.headers = event.Headers
	}
	for _, line := range startResponse(event) {
		t.tell(x, row{line, fromApp, note{}})
	}
	t.because(x, event.Cause)
}

// startResponse writes the call on one line, or, when that would be too long,
// with one header below the other.
func startResponse(event server.Started) []string {
	var headers []string
	for _, header := range event.Headers {
		headers = append(headers, fmt.Sprintf("(%s, %s)", wsgi.Repr("", string(header[0])), wsgi.Repr("", string(header[1]))))
	}
	begin, end := fmt.Sprintf("  start_response(%s, [", wsgi.Repr("", event.Status)), "])"
	if event.Cause != "" {
		end = "], exc_info)"
	}
	line := begin + strings.Join(headers, ", ") + end
	if utf8.RuneCountInString(line) <= lineWidth {
		return []string{line}
	}
	indent := strings.Repeat(" ", utf8.RuneCountInString(begin))
	return strings.Split(begin+strings.Join(headers, ",\n"+indent)+end, "\n")
}

// chunk shows a chunk that the application made. Once the answer has begun, its
// lines tell of it.
func (t *Text) chunk(x *exchange, event server.Chunk) {
	x.chunk, x.chunkTook = event, x.tookTurn()
	if x.refusedBy != 0 || x.answering && event.Size > 0 {
		return
	}
	label := fmt.Sprintf("chunk %d", event.Number)
	if event.Written {
		label = fmt.Sprintf("write(chunk %d)", event.Number)
	}
	t.listReads(x)
	t.list(x, label, int64(event.Size), x.chunkTook)
	x.chunkTook = ""
}

// noted shows a word from the application, in all its lines.
func (t *Text) noted(x *exchange, event server.Noted) {
	t.listReads(x)
	label := "  note: "
	if event.Error {
		label = "  wsgi.errors: "
	}
	for line := range strings.Lines(event.Text) {
		t.tell(x, row{label + strings.TrimRight(line, "\r\n"), fromApp, note{}})
	}
}

// reads are calls of wsgi.input that follow each other.
type reads struct {
	call  string // "read" or "readline"; "" when there are none
	times int
	size  int64
}

// inputRead adds up what the application reads, for what is one read() in
// Python is many here.
func (t *Text) inputRead(x *exchange, event server.InputRead) {
	if x.reads.call != event.Call {
		t.listReads(x)
		x.reads.call = event.Call
	}
	if event.Size > 0 {
		x.reads.times++
		x.reads.size += int64(event.Size)
	}
	if event.Refused != nil || event.Error != "" {
		x.bodyBroke = true
		t.bodyLines(x, x.body.End())
		t.listReads(x)
		t.because(x, reasonOf(event.Refused, event.Error))
	}
}

// listReads lists the reads that were added up. One that only finds the end is
// listed when there was no other.
func (t *Text) listReads(x *exchange) {
	sum := x.reads
	x.reads = reads{}
	if sum.call == "" || sum.times == 0 && x.hasRead {
		return
	}
	x.hasRead = true
	what := "wsgi.input." + sum.call + "()"
	if sum.call == "readline" && sum.times > 1 {
		what += fmt.Sprintf(", %d times", sum.times)
	}
	t.list(x, what, sum.size, "")
}

// list lists something that the application did, as long as there is room.
func (t *Text) list(x *exchange, what string, size int64, took string) {
	if x.listed == maxCalls && !t.Body {
		x.unlisted++
		return
	}
	x.listed++
	t.tell(x, row{"  " + what, fromApp, columns("", bytesOf(size), took)})
}

// countCalls tells how many were not listed since it was told last.
func (t *Text) countCalls(x *exchange) {
	if x.unlisted > 0 {
		calls := Count(x.unlisted, "more read or chunk", "more reads and chunks")
		t.tell(x, row{wire: "  … " + calls + " (--body all)", role: quiet})
		x.unlisted = 0
	}
}
