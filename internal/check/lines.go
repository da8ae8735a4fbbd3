package check

import (
	"bytes"
	"io"
)

// maxLine bounds a line of output: an event of a server that tells its own, whose
// bytes JSON spells with up to six letters each, fits. A longer one is cut in two.
const maxLine = 1 << 20

// A lines writer hands over what is written line by line, and passes on those
// lines that are words of the program.
type lines struct {
	each  func(line []byte) (word bool)
	words io.Writer
	begun []byte
}

func (l *lines) Write(printed []byte) (int, error) {
	for part := range bytes.Lines(printed) {
		l.begun = append(l.begun, part...)
		if bytes.HasSuffix(part, []byte("\n")) || len(l.begun) > maxLine {
			l.end()
		}
	}
	return len(printed), nil
}

// end hands over the line that is begun, if there is one.
func (l *lines) end() {
	line := l.begun
	l.begun = nil
	if len(line) > 0 && l.each(line) {
		_, _ = l.words.Write(line) // which keeps it, and cannot fail
	}
}
