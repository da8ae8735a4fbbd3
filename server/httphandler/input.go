package httphandler

import (
	"bufio"
	"io"
)

// maxLine bounds the lines that Lines yields, as in step 05.
const maxLine = 64 << 10

// An input is wsgi.input over the body of an http.Request. Step 05 cannot read
// it: net/http has taken the chunks apart already. What is left to do are lines.
type input struct{ *bufio.Reader }

// ReadLine reads one line with its line end, or max bytes of it. After the last
// line the error is io.EOF.
func (in input) ReadLine(max int) ([]byte, error) {
	var line []byte
	for len(line) < max {
		c, err := in.ReadByte()
		if err == io.EOF && len(line) > 0 {
			break // the last line, without a line end
		}
		if err != nil {
			return line, err
		}
		line = append(line, c)
		if c == '\n' {
			break
		}
	}
	return line, nil
}

// Lines yields the body line by line, a line of more than 64 KiB in pieces. An
// error is yielded once, last.
func (in input) Lines(yield func(line []byte, err error) bool) {
	for {
		line, err := in.ReadLine(maxLine)
		if err == io.EOF || !yield(line, err) || err != nil {
			return
		}
	}
}
