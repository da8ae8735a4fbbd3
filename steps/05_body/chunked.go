package body

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	read "barewire/steps/02_read"
	headers "barewire/steps/04_headers"
	"barewire/steps/refuse"
)

// nextChunk reads the line before a chunk and returns the chunk's size. After
// the last chunk it reads the trailer section, and returns io.EOF.
//
//	chunked-body = *chunk last-chunk trailer-section CRLF            RFC 9112 §7.1
//	chunk        = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
//	last-chunk   = 1*("0") [ chunk-ext ] CRLF
func (b *Reader) nextChunk() (int64, error) {
	if b.total > 0 {
		// Behind the data of the chunk before there is a CRLF, and only that.
		end, err := b.r.Peek(len("\r\n"))
		if err != nil {
			return 0, brokenOff(err)
		}
		if string(end) != "\r\n" {
			return 0, bad("CRLF follows the data of a chunk", "RFC 9112 §7.1", string(end))
		}
		_, _ = b.r.Discard(len(end)) // buffered: cannot fail
	}
	line, err := b.nextLine(b.limits.Line)
	if errors.Is(err, read.ErrTooLong) {
		err = bad(fmt.Sprintf("the line before a chunk has at most %d bytes here", b.limits.Line), "RFC 9112 §7.1.1", line)
	}
	if err != nil {
		return 0, err
	}
	size, err := chunkSize(line)
	b.beside += max(0, int64(len(line)-maxDigits))
	switch {
	case err != nil:
		return 0, err
	case b.beside > b.total+int64(b.limits.Trailer):
		return 0, bad(fmt.Sprintf("the extensions of all chunks have at most %d bytes more than the content here", b.limits.Trailer), "RFC 9112 §7.1.1", line)
	case size == 0:
		return 0, b.trailer()
	case size > b.limits.Bytes-b.total:
		return 0, tooLarge(b.limits.Bytes)
	}
	b.total += size
	return size, nil
}

// maxDigits is as much of a line as any size needs. What a client sends beyond it,
// extensions or zeros, is paid for by content: or else a body of bytes, each with a
// page of extensions, would be a hundred times as large as its bound.
const maxDigits = len("7fffffffffffffff")

// chunkSize reads the line before a chunk, given without its CRLF. What its
// extensions mean nobody has agreed on, so they are checked and dropped.
//
//	chunk-size = 1*HEXDIG   RFC 9112 §7.1
func chunkSize(line string) (int64, error) {
	end := strings.IndexAny(line, "; \t")
	if end < 0 {
		end = len(line)
	}
	size, err := strconv.ParseUint(line[:end], 16, 63)
	switch {
	case errors.Is(err, strconv.ErrSyntax):
		return 0, bad("the size of a chunk is hex digits", "RFC 9112 §7.1", line)
	case !extensions.MatchString(line[end:]):
		return 0, bad("after the size of a chunk come extensions, ;name=value, or nothing", "RFC 9112 §7.1.1", line)
	}
	return int64(size), nil // of a number too large for it, the largest
}

// extensions matches what may follow a chunk's size.
//
//	chunk-ext = *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )   RFC 9112 §7.1.1
var extensions = regexp.MustCompile(
	"^(?:[ \t]*;[ \t]*" + token + "(?:[ \t]*=[ \t]*(?:" + token + "|" + quotedString + "))?)*$")

const (
	token = "[-!#$%&'*+.^_`|~0-9A-Za-z]+" // RFC 9110 §5.6.2

	// qdtext is text without controls, quotes and backslashes; a backslash may
	// stand before any byte that is no control. RFC 9110 §5.6.4
	quotedString = `"(?:[^\x00-\x08\x0a-\x1f\x7f"\\]|\\[^\x00-\x08\x0a-\x1f\x7f])*"`
)

// trailer reads the fields after the last chunk, checks and drops them, and
// returns io.EOF behind the empty line that ends the body.
//
//	trailer-section = *( field-line CRLF )   RFC 9112 §7.1.2
func (b *Reader) trailer() error {
	room := b.limits.Trailer
	for {
		line, err := b.nextLine(room)
		switch {
		case errors.Is(err, read.ErrTooLong):
			return refuse.Because(refuse.HeadTooLarge, fmt.Sprintf("a trailer section has at most %d bytes here", b.limits.Trailer), "RFC 9110 §5.4", []byte(line))
		case err != nil:
			return err
		case line == "":
			return io.EOF
		}
		if _, err := headers.ParseLine(line); err != nil {
			return err
		}
		room -= len(line) + len("\r\n")
	}
}

// nextLine reads a line between chunks and returns it without its CRLF.
func (b *Reader) nextLine(limit int) (string, error) {
	line, err := read.Line(b.r, limit, b.line[:0])
	b.line = line
	if err != nil && !errors.Is(err, read.ErrTooLong) {
		err = brokenOff(err)
	}
	return strings.TrimSuffix(string(line), "\r\n"), err
}
