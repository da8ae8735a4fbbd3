package trace

import (
	"bytes"
	"fmt"
	"slices"

	"barewire/server"
)

// An inbox is what a client has said since its last request ended: bytes that
// no line shows yet, and which reads brought them.
type inbox struct {
	bytes  []byte
	size   int64 // received in all, with what the last request left over
	reads  int
	spans  []span // of reads that no line shows yet
	lineAt int64  // where the last line begins, as far as it is known
}

// A span is the reads that began in one line. The first read of a request has
// a span for itself: it stands above the lines.
type span struct {
	at          int64 // where it begins, in bytes
	first, last int   // reads, counted from 1
	size        int64 // of these reads
}

const (
	maxPending = 128 << 10 // bytes of an inbox: a head, and a leftover
	maxSpans   = 128       // a head has fewer lines
)

// receive takes note of a read.
func (in *inbox) receive(event server.Received) {
	at := in.size
	in.size += int64(event.Size)
	in.reads++
	read := span{at, in.reads, in.reads, int64(event.Size)}
	if n := len(in.spans); n > 0 && (in.inLastLine(in.spans[n-1]) || n == maxSpans) {
		in.spans[n-1].join(read)
	} else {
		in.spans = append(in.spans, read)
	}
	if end := bytes.LastIndexByte(event.Bytes, '\n'); end >= 0 {
		in.lineAt = at + int64(end) + 1
	}
}

func (in *inbox) inLastLine(s span) bool { return s.at >= in.lineAt && s.first > 1 }

func (s *span) join(next span) {
	s.last = next.last
	s.size += next.size
}

// keep puts bytes aside until a line shows them.
func (in *inbox) keep(p []byte) {
	in.bytes = append(in.bytes, p[:min(len(p), maxPending-len(in.bytes))]...)
}

// emptyLine returns the line in front of a head that step 02 let pass, if there
// is one.
func (in *inbox) emptyLine(head []byte) []byte {
	line := []byte("\r\n")
	if bytes.HasPrefix(in.bytes, slices.Concat(line, head[:min(len(head), 2)])) {
		return line
	}
	return nil
}

// take removes bytes from the front.
func (in *inbox) take(size int) {
	in.bytes = in.bytes[min(size, len(in.bytes)):]
}

// readsBefore takes out the reads that began before a byte, as one span, if
// there are any.
func (in *inbox) readsBefore(at int64) (all span, found bool) {
	for len(in.spans) > 0 && in.spans[0].at < at {
		if found {
			all.join(in.spans[0])
		} else {
			all, found = in.spans[0], true
		}
		in.spans = in.spans[1:]
	}
	return all, found
}

// nextRequest begins anew with what is left over.
func (in *inbox) nextRequest() {
	*in = inbox{bytes: bytes.Clone(in.bytes), size: int64(len(in.bytes))}
}

// label names the reads; of one alone the number says nothing.
func (s span) label() string {
	switch {
	case s.last > s.first:
		return fmt.Sprintf("02 reads %d-%d", s.first, s.last)
	case s.first > 1:
		return fmt.Sprintf("02 read %d", s.first)
	}
	return "02 read"
}
