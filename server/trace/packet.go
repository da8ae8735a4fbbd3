package trace

import (
	"bytes"
	"slices"
)

// HeadLines cuts a head into what stands on a line of its own: lines, or the pairs
// of a uwsgi packet. That begins with NUL, as no line may.
func HeadLines(head []byte) [][]byte {
	if !IsPacket(head) {
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

// IsPacket tells whether a head is a packet of uwsgi.
func IsPacket(head []byte) bool { return len(head) > 0 && head[0] == 0 }

// Pair cuts one of the lines that HeadLines returns of a packet, the first one aside.
// There is none where the lengths do not add up.
func Pair(line []byte) (name, value []byte, found bool) {
	size := texts(line, 1)
	if size < 2 || len(line) < size+2 {
		return nil, nil, false
	}
	value = line[size+2:]
	return line[2:size], value, len(value) == int(line[size])+int(line[size+1])<<8
}

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
