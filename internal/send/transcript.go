package send

import (
	"bytes"
	"fmt"
	"io"
	"sync"

	"barewire/server/trace"
)

// Where things stand in a line: the wire up to column 50, notes from 53 to 80,
// as in the server's own trace.
const (
	wireWidth = 50
	noteWidth = 28
)

// longest is how many bytes of a line are shown. A body of a megabyte may be
// one line.
const longest = 300

// A transcript shows both sides of a connection, line by line. Writing and
// reading go on at the same time, so it is safe for both.
type transcript struct {
	mu     sync.Mutex
	out    io.Writer
	err    error // of the first write to out that failed
	client side
	server side
	last   string // the connection that was shown last
}

// A side is one direction of the connection.
type side struct {
	arrow string
	verb  string
	count int    // writes or reads so far
	open  int    // bytes of the line that has not ended yet
	on    string // the connection, where there are several
}

func newTranscript(out io.Writer, curl bool) *transcript {
	t := &transcript{out: out, client: side{arrow: "<", verb: "write"}, server: side{arrow: ">", verb: "read"}}
	if curl {
		t.client.arrow, t.server.arrow = ">", "<"
	}
	return t
}

// begin says what will happen, and whose arrows these are. The FIN is told here
// because nobody could tell later whether it or the answer came first.
func (t *transcript) begin(request Request) {
	what := fmt.Sprintf("%d B", len(request.Bytes))
	if request.HalfClose {
		what += " and FIN"
	}
	t.print(fmt.Sprintf("sending %s to %s   %s the client says   %s the server says",
		what, request.Addr, t.client.arrow, t.server.arrow))
}

func (t *transcript) wrote(piece []byte) { t.show(&t.client, piece) }

func (t *transcript) read(piece []byte) { t.show(&t.server, piece) }

// tell says something about the connection, not about what is said on it.
func (t *transcript) tell(text string) { t.tellOf("", text) }

// tellOf says it of one of several.
func (t *transcript) tellOf(on, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.turnTo(on)
	t.print("== " + text)
}

// turnTo names the connection that the next lines are about, if that changes.
func (t *transcript) turnTo(on string) {
	if on != t.last {
		t.print("== " + on)
		t.last = on
	}
}

// show prints the lines of one write or read, with a note beside the first. If
// the one before it ended inside a line, the note tells where this one goes on.
func (t *transcript) show(s *side, piece []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.turnTo(s.on)
	s.count++
	note := fmt.Sprintf("%s %d", s.verb, s.count)
	if s.open > 0 {
		note += fmt.Sprintf(" from byte %d", s.open+1)
	}
	size := fmt.Sprintf(" %d B", len(piece))
	note += fmt.Sprintf("%*s", max(0, noteWidth-len(note)), size)

	for line := range bytes.Lines(piece) {
		wire := s.arrow
		if shown := text(line); shown != "" {
			wire += " " + shown
		}
		if note != "" {
			wire = fmt.Sprintf("%-*s  %s", wireWidth, wire, note)
		}
		t.print(wire)
		note = ""
		s.open += len(line)
		if bytes.HasSuffix(line, []byte("\n")) {
			s.open = 0
		}
	}
}

// text shows a line. CRLF is how a line ends, so it shows as the line's end; a
// CR or LF that stands alone is what the experiment is about, and is spelt out.
func text(line []byte) string {
	line = bytes.TrimSuffix(line, []byte("\r\n"))
	more := ""
	if hidden := len(line) - longest; hidden > 0 {
		line, more = line[:longest], fmt.Sprintf("… %d B more", hidden)
	}
	return trace.Escape(line) + more
}

func (t *transcript) print(line string) {
	_, err := fmt.Fprintln(t.out, line)
	if t.err == nil {
		t.err = err
	}
}
