package body

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"

	"barewire/steps/refuse"
)

// maxLine bounds the lines that Lines yields.
const maxLine = 64 << 10

var errAnswered = errors.New("body: the answer began before the body was asked for, so the client does not send it")

// A Reader reads one body and never a byte behind it. It is the wsgi.input of
// PEP 3333: io.ReadFull is Python's read(size), io.ReadAll its read(), ReadLine
// its readline(size), and ranging over Lines is iterating.
type Reader struct {
	r       *bufio.Reader
	w       io.Writer // where 100 Continue goes; nil when no one waits for it
	limits  Limits
	chunked bool
	total   int64  // bytes of content in the chunks begun so far
	beside  int64  // bytes of what stands beside their sizes
	left    int64  // bytes left of the body, or of this chunk
	line    []byte // memory for the lines between chunks
	err     error  // how the body ended: io.EOF when all of it was read
}

// NewReader returns the Reader for a body that comes next on r. To w goes
// 100 Continue, when the client waits for it and the application first reads.
func NewReader(r *bufio.Reader, w io.Writer, framing Framing, limits Limits) *Reader {
	b := &Reader{r: r, limits: limits, chunked: framing.Chunked, left: framing.Length}
	if framing.Continue {
		b.w = w
	}
	return b
}

// Read reads up to len(p) bytes of the body. It returns io.EOF only after the
// last one; a body that breaks off or breaks a rule gives a *refuse.Error.
func (b *Reader) Read(p []byte) (int, error) {
	if err := b.more(); err != nil || len(p) == 0 {
		return 0, err
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if err != nil && b.left > 0 { // with the last byte, it is no error of the body
		b.err = brokenOff(err)
	}
	return n, b.err
}

// ReadLine reads one line with its line end, or as much of it as fits into max
// bytes. After the last line the error is io.EOF.
func (b *Reader) ReadLine(max int) ([]byte, error) {
	var line []byte
	for len(line) < max {
		if err := b.more(); err != nil {
			if err == io.EOF && len(line) > 0 {
				break // the last line, without a line end
			}
			return line, err
		}
		if _, err := b.r.Peek(1); err != nil {
			b.err = brokenOff(err)
			return line, b.err
		}
		piece, _ := b.r.Peek(int(min(int64(b.r.Buffered()), b.left, int64(max-len(line)))))
		end := bytes.IndexByte(piece, '\n')
		if end >= 0 {
			piece = piece[:end+1]
		}
		line = append(line, piece...)
		_, _ = b.r.Discard(len(piece)) // buffered: cannot fail
		b.left -= int64(len(piece))
		if end >= 0 {
			break
		}
	}
	return line, nil
}

// Lines yields the body line by line. A line of more than 64 KiB comes in
// pieces, or a client that sends no line end could fill the memory. An error
// is yielded once, last.
func (b *Reader) Lines(yield func(line []byte, err error) bool) {
	for {
		line, err := b.ReadLine(maxLine)
		if err == io.EOF || !yield(line, err) || err != nil {
			return
		}
	}
}

// more makes sure that a byte of the body is yet to come, or says why not.
func (b *Reader) more() error {
	if b.err == nil && b.w != nil {
		if b.r.Buffered() == 0 { // else the client did not wait, RFC 9110 §10.1.1
			_, b.err = io.WriteString(b.w, "HTTP/1.1 100 Continue\r\n\r\n")
		}
		b.w = nil
	}
	if b.err == nil && b.left == 0 {
		b.err = io.EOF
		if b.chunked {
			b.left, b.err = b.nextChunk()
		}
	}
	return b.err
}

// Err returns what broke the body, nil if nothing did so far.
func (b *Reader) Err() error {
	if b.err == io.EOF {
		return nil
	}
	return b.err
}

// Waiting tells whether the client still waits for 100 Continue.
func (b *Reader) Waiting() bool { return b.w != nil }

// Left returns how many bytes of content are unread, or -1 when no one knows.
func (b *Reader) Left() int64 {
	if b.chunked && b.err != io.EOF {
		return -1
	}
	return b.left
}

// Answered tells the Reader that the final answer begins. After it there is no
// 100 Continue; a client that still waits will not send the body.
func (b *Reader) Answered() {
	if b.w != nil && b.r.Buffered() == 0 {
		b.err = errAnswered
	}
	b.w = nil
}

// brokenOff turns the end of the connection into what it means inside a body.
func brokenOff(err error) error {
	switch {
	case errors.Is(err, io.EOF):
		return bad("the body ended early", "RFC 9112 §8", "")
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refuse.Because(refuse.RequestTimeout, "the body did not arrive in time", "RFC 9110 §15.5.9", nil)
	}
	return err
}
