package poke

import (
	"bytes"
	"time"

	"barewire/server/trace"
)

// A Cut is a way to send a request in pieces.
type Cut struct {
	Name   string
	Script []Move
}

// Pauses between two pieces. TCP keeps the bytes in order, not the writes apart:
// a piece is read by itself when the server is quicker than the next one.
const (
	hurry  = 2 * time.Millisecond
	breath = 20 * time.Millisecond
	later  = time.Second
)

// maxCuts bounds the pieces: behind so many, the rest comes at once.
const maxCuts = 500

// Whole returns the script that says a request in one write.
func Whole(request []byte) []Move { return []Move{{Say: request}} }

// Cuts returns the ways to send a request in pieces that are worth trying, and
// last the half close behind it. To a server that reads as step 02 does they are
// all the same. Those that would not cut this request are left out; a packet of uwsgi
// has no lines to be cut at.
func Cuts(request []byte) (cuts []Cut) {
	add := func(name string, pause time.Duration, at ...int) {
		if script := cutAt(request, at, pause); len(script) > 1 {
			cuts = append(cuts, Cut{name, script})
		}
	}
	add("byte by byte", hurry, everyByte(request)...)
	var ends []int
	head := -1
	if !trace.IsPacket(request) {
		ends, head = lineEnds(request), bytes.Index(request, []byte("\r\n\r\n"))
	}
	add("before every CRLF", breath, shifted(ends, 0)...)
	add("inside every CRLF", breath, shifted(ends, 1)...)
	add("after every CRLF", breath, shifted(ends, 2)...)
	if len(ends) > 0 {
		add("inside the request line", later, ends[0]/2)
	}
	if head >= 0 {
		add("before the empty line", later, head+2)
		add("inside the empty line", later, head+3)
		add("head now, body later", later, head+4)
	}
	add("the last byte later", later, len(request)-1)
	return append(cuts, Cut{"whole, and a half close behind it", append(Whole(request), Move{HalfClose: true})})
}

// cutAt says the bytes in pieces that begin at these offsets, which ascend, with
// a pause between two. No piece is empty.
func cutAt(request []byte, offsets []int, between time.Duration) (script []Move) {
	from := 0
	for _, offset := range offsets[:min(len(offsets), maxCuts)] {
		if from < offset && offset < len(request) {
			script = append(script, Move{Say: request[from:offset]}, Move{Wait: between})
			from = offset
		}
	}
	return append(script, Move{Say: request[from:]})
}

// lineEnds returns where each CRLF begins.
func lineEnds(request []byte) (ends []int) {
	for at := 0; ; {
		next := bytes.Index(request[at:], []byte("\r\n"))
		if next < 0 {
			return ends
		}
		ends = append(ends, at+next)
		at += next + 2
	}
}

func shifted(offsets []int, by int) (moved []int) {
	for _, offset := range offsets {
		moved = append(moved, offset+by)
	}
	return moved
}

// everyByte returns the offset of each byte but the first.
func everyByte[Text string | []byte](request Text) (offsets []int) {
	for offset := 1; offset < len(request); offset++ {
		offsets = append(offsets, offset)
	}
	return offsets
}
