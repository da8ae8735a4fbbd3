package read

import (
	"bufio"
	"bytes"
	"errors"

	"barewire/steps/refuse"
)

// ErrTooLong tells that a line did not end within its bound.
var ErrTooLong = errors.New("read: the line is too long")

// Line takes the next line from r and appends it to buf, with its CRLF. It
// looks at bytes as they arrive and not only once the line is complete: a line
// that never ends gives ErrTooLong as soon as it has more than limit bytes.
func Line(r *bufio.Reader, limit int, buf []byte) ([]byte, error) {
	start := len(buf)
	for {
		if _, err := r.Peek(1); err != nil {
			return buf, err
		}
		arrived, _ := r.Peek(r.Buffered()) // what is there already: cannot fail
		end := bytes.IndexByte(arrived, '\n')
		if end >= 0 {
			arrived = arrived[:end+1]
		}
		room := limit - (len(buf) - start)
		piece := arrived[:min(len(arrived), room)]
		buf = append(buf, piece...)
		_, _ = r.Discard(len(piece)) // the same
		switch {
		case len(piece) < len(arrived):
			return buf, ErrTooLong
		case end >= 0:
			return buf, checkLine(buf[start:])
		}
	}
}

// checkLine refuses what no line may hold, wherever it stands.
//
// A recipient may take a bare LF as a line end, and read a bare CR as a space.
// We do neither: whoever stood before us may have decided otherwise.
// RFC 9112 §2.2
func checkLine(line []byte) error {
	text, ok := bytes.CutSuffix(line, []byte("\r\n"))
	switch {
	case !ok:
		return refuse.Because(refuse.BadRequest, "a line ends with CRLF, not with LF alone", "RFC 9112 §2.2", line)
	case bytes.IndexByte(text, '\r') >= 0:
		return refuse.Because(refuse.BadRequest, "CR stands only before LF", "RFC 9112 §2.2", line)
	case bytes.IndexByte(text, 0) >= 0:
		return refuse.Because(refuse.BadRequest, "no line holds a NUL byte", "RFC 9110 §5.5", line)
	}
	return nil
}
