package uwsgi

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	read "barewire/steps/02_read"
	"barewire/steps/refuse"
)

const (
	beginning = 4  // bytes before the pairs: modifier1, the size in two, modifier2
	ofProxy   = 32 // pairs that may come beside those for the lines of a head

	section = "The uwsgi Protocol"
)

// Packet takes the next packet from r, and not a byte of the body behind it. It
// appends it to buf, which is empty: only its memory is used.
//
// The limits are those of a head: a pair counts as a line. A size has 16 bits, so
// no packet has more than 65,535 bytes of pairs, whatever the limit. What Packet
// returns without an error is pairs to its end.
//
//	packet = modifier1 size modifier2 *pair   ; all numbers little-endian
//	pair   = size name size value
func Packet(r *bufio.Reader, limits read.Limits, buf []byte) ([]byte, error) {
	packet, err := take(r, beginning, buf)
	if err == nil {
		size := number(packet[1:])
		switch {
		case packet[0] != 0:
			return packet, refuse.Because(refuse.BadRequest, "a request for an application has modifier1 0; is this uwsgi?", section, packet)
		case size > limits.Bytes:
			return packet, refuse.Because(refuse.HeadTooLarge, fmt.Sprintf("a packet has at most %d bytes of pairs here", limits.Bytes), section, nil)
		}
		packet, err = take(r, size, packet)
	}
	switch {
	case errors.Is(err, io.EOF):
		return packet, fmt.Errorf("uwsgi: the proxy left inside the packet: %w", io.ErrUnexpectedEOF)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return packet, refuse.Because(refuse.RequestTimeout, "the packet did not arrive in time", "RFC 9110 §15.5.9", nil)
	case err != nil:
		return packet, err
	}
	return packet, checkPairs(packet[beginning:], limits)
}

// take appends the next n bytes of r, as they arrive: who promises many and sends
// none costs nothing.
func take(r *bufio.Reader, n int, buf []byte) ([]byte, error) {
	for n > 0 {
		if _, err := r.Peek(1); err != nil {
			return buf, err
		}
		piece, _ := r.Peek(min(r.Buffered(), n)) // what is there already: cannot fail
		buf = append(buf, piece...)
		_, _ = r.Discard(len(piece)) // the same
		n -= len(piece)
	}
	return buf, nil
}

// checkPairs makes sure that the lengths add up, and that there are not too many.
func checkPairs(rest []byte, limits read.Limits) error {
	for count := 1; len(rest) > 0; count++ {
		name, behind, named := cut(rest)
		value, behind, valued := cut(behind)
		switch {
		case !named || !valued || len(name) == 0:
			return refuse.Because(refuse.BadRequest, "a packet is pairs of a name and a value, to its last byte", section, rest)
		case len(name)+len(value) > limits.Line:
			return refuse.Because(refuse.HeadTooLarge, fmt.Sprintf("a pair has at most %d bytes here", limits.Line), section, name)
		case count > limits.Lines+ofProxy:
			return refuse.Because(refuse.HeadTooLarge, fmt.Sprintf("a packet has at most %d pairs here", limits.Lines+ofProxy), section, nil)
		}
		rest = behind
	}
	return nil
}

// cut cuts off the first text of b, which has its length before it.
func cut(b []byte) (text, rest []byte, found bool) {
	if len(b) < 2 || len(b)-2 < number(b) {
		return nil, nil, false
	}
	end := 2 + number(b)
	return b[2:end], b[end:], true
}

// number reads 16 bits, the low ones first.
func number(b []byte) int { return int(b[0]) | int(b[1])<<8 }

// pairs yields the pairs of a packet that Packet has returned.
func pairs(packet []byte) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for rest := packet[beginning:]; len(rest) > 0; {
			var name, value []byte
			name, rest, _ = cut(rest)
			value, rest, _ = cut(rest)
			if !yield(string(name), string(value)) {
				return
			}
		}
	}
}
