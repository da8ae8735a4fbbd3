package trace

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Body cuts the body of one direction into lines. It knows content from
// framing, and trusts what it sees: where a body breaks a rule, a step tells.
type Body struct {
	part    part // what the next byte is
	chunked bool
	left    int64 // bytes of content up to the end of the body, or of the chunk
	begun   Line  // not complete yet
	excerpt excerpt
}

// A part is what a byte of a body is.
type part int

const (
	beyond part = iota // the body is over, or there is none
	content
	chunkSize
	chunkEnd
	trailer
)

// A Line is what one row shows of a body.
type Line struct {
	part    part   // of its first byte
	Bytes   []byte // as they are on the wire
	Summary string // stands in for bytes that are not shown
	Framing string // what it says about the content; "" when it is content
	GoesOn  bool   // in the next row
	Size    int64  // bytes on the wire
	Content int64  // bytes of content among them
}

const lastChunk = "last chunk"

const (
	maxContent = 256     // bytes of content in a row, or one rune more
	maxFraming = 8 << 10 // bytes in a line of framing; no server reads longer ones
)

// OfLength says that it has so many bytes.
func (b *Body) OfLength(length int64) {
	b.part, b.left = beyond, length
	if length > 0 {
		b.part = content
	}
}

// UntilClose says that it ends with the connection.
func (b *Body) UntilClose() { b.OfLength(math.MaxInt64) }

// InChunks says that it comes in chunks.
func (b *Body) InChunks() { b.part, b.chunked = chunkSize, true }

// Add takes bytes of the wire, and returns the lines that they complete and the
// bytes behind the body. Of many bytes only the first were copied; size is how
// many there were.
func (b *Body) Add(p []byte, size int) (lines []Line, behind []byte) {
	missing := int64(size - len(p))
	for len(p) > 0 && b.part != beyond {
		if b.full(p[0]) {
			b.begun.GoesOn = true
			lines = append(lines, b.Flush()...)
		}
		n := b.reach(p)
		if b.append(p[:n]) {
			lines = append(lines, b.Flush()...)
		}
		p = p[n:]
	}
	if missing > 0 && b.part == content {
		lines = append(lines, b.Flush()...)
		lines = append(lines, Line{Summary: "… " + bytesOf(missing) + " that the trace does not keep", Size: missing, Content: missing})
		b.passContent(missing)
	}
	return lines, p
}

// full tells whether the row of the line that is begun has no room for the next
// byte. A rune and a line end are not cut off from what they belong to.
func (b *Body) full(next byte) bool {
	over := len(b.begun.Bytes) - maxContent
	belongs := !utf8.RuneStart(next) || next == '\r' || next == '\n'
	return b.part == content && over >= 0 && (!belongs || over >= utf8.UTFMax)
}

// reach tells how many of these bytes belong to the line that is begun.
func (b *Body) reach(p []byte) int {
	room := int64(maxFraming - len(b.begun.Bytes))
	if b.part == content {
		room = min(int64(max(maxContent-len(b.begun.Bytes), 1)), b.left)
	}
	p = p[:min(int64(len(p)), room)]
	if end := bytes.IndexByte(p, '\n'); end >= 0 {
		return end + 1
	}
	return len(p)
}

// append adds to the line that is begun, and tells whether it is complete.
func (b *Body) append(p []byte) bool {
	if len(b.begun.Bytes) == 0 {
		b.begun.part = b.part
	}
	b.begun.Bytes = append(b.begun.Bytes, p...)
	b.begun.Size += int64(len(p))
	ended := p[len(p)-1] == '\n'
	switch {
	case b.part == content:
		b.begun.Content += int64(len(p))
		b.passContent(int64(len(p)))
	case ended:
		b.passFraming()
	case len(b.begun.Bytes) == maxFraming:
		b.part = beyond
	}
	return ended || b.part == beyond
}

func (b *Body) passContent(size int64) {
	b.left -= size
	switch {
	case b.left > 0:
	case b.chunked:
		b.part = chunkEnd
	default:
		b.part = beyond
	}
}

// passFraming finds out what follows a line of framing.
//
//	chunked-body = *chunk last-chunk trailer-section CRLF   RFC 9112 §7.1
func (b *Body) passFraming() {
	text := strings.TrimRight(string(b.begun.Bytes), "\r\n")
	switch b.part {
	case chunkSize:
		digits, _, _ := strings.Cut(text, ";")
		size, err := strconv.ParseUint(strings.TrimSpace(digits), 16, 63)
		switch {
		case err != nil:
			b.part = beyond
		case size == 0:
			b.part, b.begun.Framing = trailer, lastChunk
		default:
			b.part, b.left, b.begun.Framing = content, int64(size), "chunk of "+bytesOf(int64(size))
		}
	case chunkEnd:
		b.part = chunkSize
		if b.begun.part == chunkEnd {
			b.begun.Framing = "end of chunk"
		}
	case trailer:
		b.begun.Framing = "trailer"
		if text == "" {
			b.part, b.begun.Framing = beyond, "end of body"
		}
	}
}

// Flush returns the line that is begun as it is, if there is one.
func (b *Body) Flush() []Line {
	if len(b.begun.Bytes) == 0 {
		return nil
	}
	begun := b.begun
	b.begun = Line{}
	return []Line{begun}
}

// End ends the body where it is, and returns the line that was begun.
func (b *Body) End() []Line {
	b.part = beyond
	return b.Flush()
}

// Over tells whether nothing of it is to come.
func (b *Body) Over() bool { return b.part == beyond }

// endsWithin tells whether a number of bytes is all there is to come.
func (b *Body) endsWithin(size int) bool {
	return b.part == beyond || b.part == content && !b.chunked && int64(size) >= b.left
}

// pick returns those lines that are shown. Where the body is over, a last one
// stands for the others.
func (b *Body) pick(lines []Line, all bool) []Line {
	picked := b.excerpt.pick(lines, all)
	if b.part == beyond {
		picked = append(picked, b.excerpt.summary()...)
	}
	return picked
}

// Text is how a row shows a line. What ends it is left out: the row ends too.
func (l Line) Text() string {
	switch {
	case l.Summary != "":
		return l.Summary
	case l.GoesOn:
		return string(l.Bytes) + "…"
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(l.Bytes), "\n"), "\r")
}
