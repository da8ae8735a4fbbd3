package trace

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A stream cuts the body of one direction into lines. It knows content from
// framing, and trusts what it sees: where a body breaks a rule, a step tells.
type stream struct {
	part    part // what the next byte is
	chunked bool
	left    int64 // bytes of content up to the end of the body, or of the chunk
	begun   line  // not complete yet
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

// A line is what one row shows of a body.
type line struct {
	part    part   // of its first byte
	bytes   []byte // as they are on the wire
	summary string // stands in for bytes that are not shown
	framing string // what it says about the content; "" when it is content
	goesOn  bool   // in the next row
	size    int64  // bytes on the wire
	content int64  // bytes of content among them
}

const lastChunk = "last chunk"

const (
	maxContent = 256     // bytes of content in a row, or one rune more
	maxFraming = 8 << 10 // bytes in a line of framing; no server reads longer ones
)

func (s *stream) ofLength(length int64) {
	s.part, s.left = beyond, length
	if length > 0 {
		s.part = content
	}
}

func (s *stream) untilClose() { s.ofLength(math.MaxInt64) }

func (s *stream) inChunks() { s.part, s.chunked = chunkSize, true }

// add takes bytes of the wire, and returns the lines that they complete and the
// bytes behind the body. Of many bytes only the first were copied; size is how
// many there were.
func (s *stream) add(p []byte, size int) (lines []line, behind []byte) {
	missing := int64(size - len(p))
	for len(p) > 0 && s.part != beyond {
		if s.full(p[0]) {
			s.begun.goesOn = true
			lines = append(lines, s.flush()...)
		}
		n := s.reach(p)
		if s.append(p[:n]) {
			lines = append(lines, s.flush()...)
		}
		p = p[n:]
	}
	if missing > 0 && s.part == content {
		lines = append(lines, s.flush()...)
		lines = append(lines, line{summary: "… " + bytesOf(missing) + " that the trace does not keep", size: missing, content: missing})
		s.passContent(missing)
	}
	return lines, p
}

// full tells whether the row of the line that is begun has no room for the next
// byte. A rune and a line end are not cut off from what they belong to.
func (s *stream) full(next byte) bool {
	over := len(s.begun.bytes) - maxContent
	belongs := !utf8.RuneStart(next) || next == '\r' || next == '\n'
	return s.part == content && over >= 0 && (!belongs || over >= utf8.UTFMax)
}

// reach tells how many of these bytes belong to the line that is begun.
func (s *stream) reach(p []byte) int {
	room := int64(maxFraming - len(s.begun.bytes))
	if s.part == content {
		room = min(int64(max(maxContent-len(s.begun.bytes), 1)), s.left)
	}
	p = p[:min(int64(len(p)), room)]
	if end := bytes.IndexByte(p, '\n'); end >= 0 {
		return end + 1
	}
	return len(p)
}

// append adds to the line that is begun, and tells whether it is complete.
func (s *stream) append(p []byte) bool {
	if len(s.begun.bytes) == 0 {
		s.begun.part = s.part
	}
	s.begun.bytes = append(s.begun.bytes, p...)
	s.begun.size += int64(len(p))
	ended := p[len(p)-1] == '\n'
	switch {
	case s.part == content:
		s.begun.content += int64(len(p))
		s.passContent(int64(len(p)))
	case ended:
		s.passFraming()
	case len(s.begun.bytes) == maxFraming:
		s.part = beyond
	}
	return ended || s.part == beyond
}

func (s *stream) passContent(size int64) {
	s.left -= size
	switch {
	case s.left > 0:
	case s.chunked:
		s.part = chunkEnd
	default:
		s.part = beyond
	}
}

// passFraming finds out what follows a line of framing.
//
//	chunked-body = *chunk last-chunk trailer-section CRLF   RFC 9112 §7.1
func (s *stream) passFraming() {
	text := strings.TrimRight(string(s.begun.bytes), "\r\n")
	switch s.part {
	case chunkSize:
		digits, _, _ := strings.Cut(text, ";")
		size, err := strconv.ParseUint(strings.TrimSpace(digits), 16, 63)
		switch {
		case err != nil:
			s.part = beyond
		case size == 0:
			s.part, s.begun.framing = trailer, lastChunk
		default:
			s.part, s.left, s.begun.framing = content, int64(size), "chunk of "+bytesOf(int64(size))
		}
	case chunkEnd:
		s.part = chunkSize
		if s.begun.part == chunkEnd {
			s.begun.framing = "end of chunk"
		}
	case trailer:
		s.begun.framing = "trailer"
		if text == "" {
			s.part, s.begun.framing = beyond, "end of body"
		}
	}
}

// flush returns the line that is begun as it is, if there is one.
func (s *stream) flush() []line {
	if len(s.begun.bytes) == 0 {
		return nil
	}
	begun := s.begun
	s.begun = line{}
	return []line{begun}
}

// end ends the body where it is, and returns the line that was begun.
func (s *stream) end() []line {
	s.part = beyond
	return s.flush()
}

// endsWithin tells whether a number of bytes is all there is to come.
func (s *stream) endsWithin(size int) bool {
	return s.part == beyond || s.part == content && !s.chunked && int64(size) >= s.left
}

// pick returns those lines that are shown. Where the body is over, a last one
// stands for the others.
func (s *stream) pick(lines []line, all bool) []line {
	picked := s.excerpt.pick(lines, all)
	if s.part == beyond {
		picked = append(picked, s.excerpt.summary()...)
	}
	return picked
}

// text is how a row shows a line. What ends it is left out: the row ends too.
func (l line) text() string {
	switch {
	case l.summary != "":
		return l.summary
	case l.goesOn:
		return string(l.bytes) + "…"
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(l.bytes), "\n"), "\r")
}
