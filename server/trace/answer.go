package trace

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"barewire/server"
)

// sent shows bytes of the answer. If they are all of it, they wait: step 09 is
// about to tell its time.
func (t *Text) sent(x *exchange, event server.Sent) {
	p, size := event.Bytes, event.Size
	t.unexplained(x)
	if x.answerHead == nil {
		if bytes.HasPrefix(p, []byte("HTTP/1.1 100 ")) {
			t.interim(x, p)
			return
		}
		p = x.cutHead(p)
		size -= len(x.answerHead)
	}
	x.sent += int64(event.Size)
	x.fromFile = event.File
	if !x.answering {
		switch {
		case x.wire:
			t.answerBegins(x, note{})
		case x.answer.endsWithin(len(p)):
			x.held = p
			return
		default:
			t.answerBegins(x, note{"09 response", quiet})
		}
	}
	t.answerArrives(x, p, size)
}

// interim shows 100 Continue, which is no answer yet.
func (t *Text) interim(x *exchange, head []byte) {
	t.listReads(x)
	_, arrow := t.arrows()
	why := remark("server: the app reads")
	for line := range bytes.Lines(head) {
		t.tell(x, row{arrow + headText(line), fromServer, why})
		why = note{}
	}
}

// cutHead takes the head of the answer from the front of p, reads in it how the
// body ends, and returns what follows.
func (x *exchange) cutHead(p []byte) []byte {
	head, rest, whole := bytes.Cut(p, []byte("\r\n\r\n"))
	if whole {
		head = p[:len(head)+len("\r\n\r\n")]
	}
	x.answerHead = head
	lines := strings.Split(string(head), "\r\n")
	_, x.status, _ = strings.Cut(lines[0], " ")
	x.answer.UntilClose()
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		switch {
		case strings.EqualFold(name, "Transfer-Encoding"):
			x.answer.InChunks()
		case strings.EqualFold(name, "Content-Length"):
			if length, err := strconv.ParseInt(value, 10, 64); err == nil {
				x.answer.OfLength(length)
			}
		}
	}
	switch code, _, _ := strings.Cut(x.status, " "); {
	case x.method == "HEAD":
		x.noBody = "no body, as HEAD asks"
	case code == "204" || code == "304":
		x.noBody = "no body, as " + code + " says"
	}
	if x.noBody != "" {
		x.answer.OfLength(0)
	}
	return rest
}

// answerBegins shows the head of the answer, and who wrote each line.
func (t *Text) answerBegins(x *exchange, note note) {
	if x.calling {
		t.listReads(x)
		t.application(x, "")
	}
	t.countCalls(x)
	x.answering = true
	t.print(x, row{}, row{"Response:", quiet, note})
	_, arrow := t.arrows()
	lines := slices.Collect(bytes.Lines(x.answerHead))
	for i, author := range x.authors(lines) {
		t.print(x, row{arrow + headText(lines[i]), author.role, remark(author.note)})
	}
	if x.noBody != "" {
		t.print(x, row{note: remark(x.noBody)})
	}
}

// answerArrives shows bytes of the answer's body. A line that does not end is
// shown too: a write is to be seen when it is made.
func (t *Text) answerArrives(x *exchange, p []byte, size int) {
	lines, behind := x.answer.Add(p, size)
	t.answerLines(x, append(lines, x.answer.Flush()...))
	t.surplus(x, behind)
}

func (t *Text) answerLines(x *exchange, lines []Line) {
	_, arrow := t.arrows()
	for _, line := range x.answer.pick(lines, t.Body) {
		author := x.author(line)
		t.print(x, row{arrow + line.Text(), author.role, remark(author.note)})
	}
}

// responseSent shows step 09: an answer that was held, or the end of one.
func (t *Text) responseSent(x *exchange, event server.Passed) {
	t.listReads(x)
	explained := x.refusedBy != 0
	done := step("09 response", bytesOf(x.sent), event.Took)
	if x.answerHead == nil {
		done = note{} // there is no response
	} else if !x.answering {
		t.answerBegins(x, done)
		t.answerArrives(x, x.held, len(x.held))
		done = note{}
	}
	x.cutOff = x.answering && x.answer.part != beyond && (event.Refused != nil || event.Error != "")
	t.answerLines(x, x.answer.End())
	t.failure(x, event)
	if x.answering {
		t.print(x, row{})
	}
	if !explained {
		t.print(x, row{"  close()", fromApp, done})
	}
	// What comes now only makes room for the next request.
	t.bodyLines(x, x.body.Flush())
	x.bodyNote = remark("the app did not read it")
}

// outcome shows what came of it all, and of the connection.
func (t *Text) outcome(x *exchange, event server.Ended) {
	t.listReads(x)
	t.unexplained(x)
	if x.wire {
		t.answerLines(x, x.answer.End())
	}
	t.bodyLines(x, x.body.End())
	t.countCalls(x)
	if unread := len(x.client.inbox.bytes); unread > 0 && !event.Keep {
		arrow, _ := t.arrows()
		t.print(x, row{wire: arrow + "… " + bytesOf(int64(unread)) + " that were not looked at", role: quiet})
	}
	outcome, role := x.status+" in ", plain
	switch {
	case x.left:
		outcome, role = "left at 02 after ", wrong
	case x.status == "":
		outcome, role = "no answer after ", wrong
	case x.cutOff:
		outcome, role = x.status+", cut off after ", wrong
	case x.refusedBy != 0:
		role = wrong
	}
	if x.worker {
		t.print(x, row{"  Python's part", quiet, columns("", "", Brief(x.turns))})
	}
	stays := "closes"
	if event.Keep {
		stays = "stays open"
	}
	wire := fmt.Sprintf("== %s%s, connection %d %s", outcome, Overall(event.Took), x.conn, stays)
	t.print(x, row{wire, role, x.keepalive})
}
