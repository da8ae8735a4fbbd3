package trace

import (
	"bytes"
	"slices"
)

// HeadLines cuts a head into what stands on a line of its own: lines, or the pairs
// of a uwsgi packet. That begins with NUL, as no line may.
func HeadLines(head []byte) [][]byte {
	if !isPacket(head) {
		return slices.Collect(bytes.Lines(head))
	}
	const beginning = 4 // bytes before the pairs
	lines := [][]byte{head[:min(beginning, len(head))]}
	for rest := head[len(lines[0]):]; len(rest) > 0; {
		size := texts(rest, 2)
		lines = append(lines, rest[:size])
		rest = rest[size:]
	}
	return lines
}

func isPacket(head []byte) bool { return len(head) > 0 && head[0] == 0 }

// texts returns how many bytes the next texts take, each with its length in 16 bits,
// the low ones first, before it; all that is left where the lengths do not add up.
func texts(b []byte, count int) (size int) {
	for range count {
		if len(b)-size < 2 {
			return len(b)
		}
		size += 2 + int(b[size]) + int(b[size+1])<<8
	}
	return min(size, len(b))
}
