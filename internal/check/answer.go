package check

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"barewire/server/trace"
)

// A fault is what is wrong with what came back.
type fault struct {
	at       int    // the first wrong byte in all that came on the connection; -1 for none
	expected string // one line; "" for what the check wants of the answer
	wrong    string // one sentence
}

// A reply is an answer, and where its parts stand in all that came.
type reply struct {
	Answer
	start  int   // of the status line
	fields []int // of each field line
	blank  int   // of the line that ends the head
	chunks []span
	end    int
	broke  bool // it ended before all that its head promised was there
}

// A span is a part of the body that came in one piece.
type span struct{ body, raw int }

// offset returns where byte i of the body stands in all that came. Behind the
// last byte it is where the next one would be.
func (r *reply) offset(i int) int {
	at := r.blank + len("\r\n") + i
	for _, chunk := range r.chunks {
		if chunk.body <= i {
			at = chunk.raw + i - chunk.body
		}
	}
	return at
}

// A parser reads one answer, to the letter of RFC 9112: what a lenient client
// forgives is a fault here.
type parser struct {
	wire  *wire
	limit time.Duration
	until time.Time
	at    int // the next byte
}

// maxInterim is how many interim answers may come before one that is none.
const maxInterim = 32

// answer reads the next answer on the wire. Interim answers are passed over, but
// for a 100 (Continue) that is wanted itself: a client must be able to read those
// that it did not expect. RFC 9110 §15.2
func (w *wire) answer(head, interim bool, limit time.Duration) (*reply, *fault) {
	p := &parser{wire: w, limit: limit, until: time.Now().Add(limit), at: w.next}
	for passed := 0; ; passed++ {
		r, wrong := p.head()
		if wrong == nil {
			wrong = p.body(r, head)
		}
		w.next = p.at
		got, _ := w.came()
		r.end = p.at
		r.Raw = got[r.start:r.end]
		switch {
		case wrong != nil || r.Status[0] != '1' || r.Status == "100" && interim:
			return r, wrong
		case passed == maxInterim:
			return r, &fault{r.start, "", fmt.Sprintf("more than %d interim answers come before the answer", maxInterim)}
		}
	}
}

// need waits until n bytes are there, and returns them. Of fewer it returns
// those that came, and a fault.
func (p *parser) need(n int) ([]byte, *fault) {
	for {
		got, _ := p.wire.came()
		if len(got)-p.at >= n {
			return got[p.at : p.at+n], nil
		}
		if err := p.wire.more(len(got), p.until); err != nil {
			got, _ = p.wire.came()
			if len(got)-p.at >= n {
				continue
			}
			return got[p.at:], p.ran(err, len(got))
		}
	}
}

// ran tells of an answer that stops too early, behind have bytes.
func (p *parser) ran(err error, have int) *fault {
	how := ""
	switch nothing := have == p.wire.next; {
	case err == os.ErrDeadlineExceeded && nothing:
		how = "nothing comes back within " + trace.Spell(p.limit)
	case err == os.ErrDeadlineExceeded:
		how = "the answer is not complete after " + trace.Spell(p.limit)
	case err == io.EOF && nothing:
		how = "the connection was closed without an answer"
	case err == io.EOF:
		how = "the connection was closed in the middle of the answer"
	case isReset(err) && nothing:
		how = "the connection was reset without an answer"
	case isReset(err):
		how = "the connection was reset in the middle of the answer"
	default:
		how = "the connection broke off: " + err.Error()
	}
	if err == os.ErrDeadlineExceeded {
		p.wire.waited = p.limit
	}
	return &fault{at: have, wrong: how}
}

// line reads a line up to its CRLF, which is not part of the result. There are
// only such bytes in it as may stand in the value of a field: HTAB, SP, VCHAR
// and obs-text. RFC 9110 §5.5
func (p *parser) line(what string, room *int) ([]byte, *fault) {
	for n := 0; ; n++ {
		if n >= *room {
			return nil, &fault{p.at + n, fmt.Sprintf("at most %d B", maxHead), what + " does not end"}
		}
		line, short := p.need(n + 1)
		if short != nil {
			return line, short
		}
		switch b := line[n]; {
		case b == '\r':
			line, short := p.need(n + 2)
			if short != nil {
				return line, short
			}
			if line[n+1] != '\n' {
				return line[:n], &fault{p.at + n + 1, "LF behind CR", "a CR stands alone in " + what}
			}
			p.at += n + 2
			*room -= n + 2
			return line[:n], nil
		case b == '\n':
			return line[:n], &fault{p.at + n, "CRLF", what + " ends with LF alone"}
		case b < ' ' && b != '\t', b == 0x7f:
			return line[:n], &fault{p.at + n, "text", fmt.Sprintf("the byte 0x%02x stands in %s", b, what)}
		}
	}
}

// head reads the status line and the fields.
func (p *parser) head() (*reply, *fault) {
	r := &reply{start: p.at, blank: p.at}
	room := maxHead
	line, short := p.line("the status line", &room)
	if wrong := r.statusLine(line, short == nil); wrong != nil {
		return r, wrong
	}
	if short != nil {
		return r, short
	}
	for {
		r.blank = p.at
		line, short := p.line("a field line", &room)
		if short != nil {
			return r, short
		}
		if len(line) == 0 {
			return r, nil
		}
		name, value, wrong := field(line, r.blank)
		if wrong != nil {
			return r, wrong
		}
		r.fields = append(r.fields, r.blank)
		r.Fields = append(r.Fields, [2]string{name, value})
	}
}

// statusLine takes the parts out of
//
//	status-line  = HTTP-version SP status-code SP [ reason-phrase ]   RFC 9112 §4
//	HTTP-version = "HTTP/" DIGIT "." DIGIT                            RFC 9112 §2.3
//
// Of a line that is not whole it judges what is there.
func (r *reply) statusLine(line []byte, whole bool) *fault {
	const pattern = "HTTP/1.d ddd "
	for i := range len(pattern) {
		if i == len(line) {
			if whole {
				return &fault{r.start + i, "HTTP/1.1, a space, three digits, a space", "the status line ends too early"}
			}
			return nil // it can become right yet
		}
		right := line[i] == pattern[i]
		if pattern[i] == 'd' {
			right = line[i] >= '0' && line[i] <= '9'
		}
		switch i {
		case len("HTTP/1."):
			right = line[i] == '0' || line[i] == '1'
		case len("HTTP/1.1 "):
			right = line[i] >= '1' && line[i] <= '5' // RFC 9110 §15
		}
		if !right {
			return &fault{r.start + i, "HTTP/1.1, a space, three digits, a space", "this is no status line: " + quote(line)}
		}
	}
	r.Version, r.Status, r.Reason = string(line[:8]), string(line[9:12]), string(line[13:])
	return nil
}

// field takes the parts out of a line that stands at an offset.
//
//	field-line = field-name ":" OWS field-value OWS   RFC 9112 §5
//	field-name = token                                RFC 9110 §5.1
func field(line []byte, at int) (name, value string, wrong *fault) {
	n := tokenLength(line)
	switch {
	case n == len(line):
		return "", "", &fault{at + n, "a name, a colon, a value", "a field line without a colon: " + quote(line)}
	case n == 0 && (line[0] == ' ' || line[0] == '\t'):
		return "", "", &fault{at, "the name of a field", "a line that begins with a space continues nothing: " + quote(line)}
	case n == 0 || line[n] != ':':
		return "", "", &fault{at + n, "a name, a colon, a value", "a byte that no name may have: " + quote(line)}
	}
	return string(line[:n]), strings.Trim(string(line[n+1:]), " \t"), nil
}

// tokenLength returns how many bytes at the beginning are a token. RFC 9110 §5.6.2
func tokenLength(b []byte) int {
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
		case bytes.IndexByte([]byte("!#$%&'*+-.^_`|~"), c) >= 0:
		default:
			return i
		}
	}
	return len(b)
}

// quote shows bytes from the network within a sentence.
func quote(b []byte) string {
	const longest = 60
	if len(b) > longest {
		return `"` + trace.Escape(b[:longest]) + `…"`
	}
	return `"` + trace.Escape(b) + `"`
}

// digits reads a number as it stands in Content-Length: digits and nothing else.
func digits(text string) (n int, ok bool) {
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}
