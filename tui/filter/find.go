package filter

import "strings"

// Find returns the line in which a text is found next, -1 if there is none. It
// looks at the lines behind the line from, or before it when it goes back; at the
// end it goes on from the other end, and looks at the line from last. If there is
// no line from, it begins at the top, or going back at the bottom.
//
// Small letters find capitals too, a capital finds itself only.
func Find(lines []string, text string, from int, back bool) int {
	step, last := 1, len(lines)-1
	if back {
		step, last = -1, 0
	}
	if from < 0 || from >= len(lines) {
		from = last
	}
	for i := 1; text != "" && i <= len(lines); i++ {
		number := (from + step*i + len(lines)) % len(lines)
		if Index(lines[number], text) >= 0 {
			return number
		}
	}
	return -1
}

// Index returns where in a line a text is found first, -1 if it is not. It is as
// long there as the text itself: len(text) bytes.
//
// Small letters find capitals too, a capital finds itself only; letters beyond
// A to Z are bytes.
func Index[T string | []byte](line T, text string) int {
	return index(line, text, !strings.ContainsAny(text, capitals))
}

const capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// index finds a text, without regard to case if anyCase is set.
func index[T string | []byte](in T, text string, anyCase bool) int {
	for i := 0; i+len(text) <= len(in); i++ {
		n := 0
		for n < len(text) && (in[i+n] == text[n] || anyCase && small(in[i+n]) == small(text[n])) {
			n++
		}
		if n == len(text) {
			return i
		}
	}
	return -1
}

func small(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
