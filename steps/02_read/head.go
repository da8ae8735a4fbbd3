package read

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"barewire/steps/refuse"
)

// Limits bound one head.
type Limits struct {
	Line  int // bytes of one line, its CRLF included
	Lines int // lines, the request line and the empty line included
	Bytes int // bytes in all
}

// Head takes the next head from r, up to and including its empty line, and not
// a byte more. It appends it to buf, which is empty: only its memory is used. One
// empty line before it is skipped, and counts as nothing.
//
// The error is io.EOF when the client closed, or stayed silent until the
// deadline, before its first byte: nobody is waiting for an answer. It wraps
// io.ErrUnexpectedEOF when the client left inside the head. A head that breaks
// a rule gives a *refuse.Error. In any case the bytes taken so far are returned.
//
//	HTTP-message = start-line CRLF *( field-line CRLF ) CRLF [ message-body ]   RFC 9112 §2.1
func Head(r *bufio.Reader, limits Limits, buf []byte) ([]byte, error) {
	head, err := Line(r, min(limits.Line, limits.Bytes), buf)
	if err == nil && string(head) == "\r\n" {
		// Some old clients end a body with one CRLF too many. RFC 9112 §2.2
		head, err = Line(r, min(limits.Line, limits.Bytes), buf)
	}
	start := 0 // of the line read last
	for lines := 1; err == nil; lines++ {
		switch {
		case string(head) == "\r\n":
			return head, refuse.Because(refuse.BadRequest, "a request begins with a request line, not with empty lines", "RFC 9112 §2.2", head)
		case bytes.HasSuffix(head, []byte("\r\n\r\n")):
			return head, nil
		case lines == limits.Lines:
			return head, refuse.Because(refuse.HeadTooLarge, fmt.Sprintf("a head has at most %d lines here", limits.Lines), "RFC 9110 §5.4", nil)
		}
		start = len(head)
		head, err = Line(r, min(limits.Line, limits.Bytes-start), head)
	}
	switch {
	case len(head) == 0 && (errors.Is(err, io.EOF) || errors.Is(err, os.ErrDeadlineExceeded)):
		return head, io.EOF
	case errors.Is(err, io.EOF):
		return head, fmt.Errorf("read: the client left inside the head: %w", io.ErrUnexpectedEOF)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return head, refuse.Because(refuse.RequestTimeout, "the head did not arrive in time", "RFC 9110 §15.5.9", nil)
	case errors.Is(err, ErrTooLong) && start == 0:
		return head, refuse.Because(refuse.URITooLong, fmt.Sprintf("a request line has at most %d bytes here", min(limits.Line, limits.Bytes)), "RFC 9112 §3", head)
	case errors.Is(err, ErrTooLong):
		return head, refuse.Because(refuse.HeadTooLarge, fmt.Sprintf("a line has at most %d bytes here, and a head %d", limits.Line, limits.Bytes), "RFC 9110 §5.4", head[start:])
	}
	return head, err
}
