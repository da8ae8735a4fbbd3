package validator

import (
	"bytes"
	"io"

	wsgi "barewire/steps/06_wsgi"
)

// patience is how often in a row Read may return nothing. Package bufio has the
// same.
const patience = 100

// An input is wsgi.input, between the server that made it and an application
// that reads it.
type input struct {
	from    wsgi.Input
	request *request
	idle    int  // how often in a row Read has returned nothing
	ended   bool // it has said that there is nothing more
}

// Read reads from the server's input.
func (i *input) Read(p []byte) (int, error) {
	n, err := i.from.Read(p)
	if n < 0 || n > len(p) {
		return 0, i.request.fail(readCount.broken("%d of %d bytes", n, len(p)))
	}
	if i.ended && n > 0 {
		return 0, i.request.fail(endStays.broken("%d bytes", n))
	}
	i.idle++
	if n > 0 || err != nil || len(p) == 0 {
		i.idle = 0
	}
	if i.idle == patience {
		return 0, i.request.fail(readGoesOn.broken("neither, %d times", patience))
	}
	i.ended = i.ended || err == io.EOF
	return n, err
}

// ReadLine reads a line from the server's input.
func (i *input) ReadLine(max int) ([]byte, error) {
	if max < 0 {
		return nil, i.request.fail(lineSize.broken("%d", max))
	}
	line, err := i.from.ReadLine(max)
	if len(line) > max {
		return nil, i.request.fail(lineFits.broken("%d bytes, asked for %d", len(line), max))
	}
	if violation := i.checkLine(line, err); violation != nil && max > 0 {
		return nil, i.request.fail(violation)
	}
	i.ended = i.ended || err == io.EOF
	return line, err
}

// checkLine checks a line of any length.
func (i *input) checkLine(line []byte, err error) *Violation {
	end := bytes.IndexByte(line, '\n')
	switch {
	case i.ended && len(line) > 0:
		return endStays.broken("%d bytes", len(line))
	case end >= 0 && end < len(line)-1:
		return lineIsOne.broken("%.80s", line)
	case len(line) == 0 && err == nil:
		return lineGoesOn.broken("")
	}
	return nil
}

// Lines yields the lines of the server's input. It does not range over them, or
// Go itself would stop a server that goes on too long, with a panic.
func (i *input) Lines(yield func(line []byte, err error) bool) {
	over := false
	i.from.Lines(func(line []byte, err error) bool {
		if over {
			i.request.report(linesEnd.broken("%d bytes", len(line)))
			return false
		}
		if violation := i.checkLine(line, err); violation != nil {
			line, err = nil, i.request.fail(violation)
		}
		over = !yield(line, err) || err != nil
		return !over
	})
	i.ended = i.ended || !over
}

// Close is there to be found by an application that looks for it.
func (i *input) Close() error {
	return i.request.fail(streamsOpen.broken("Close of wsgi.input"))
}

// An errorStream is wsgi.errors.
type errorStream struct {
	io.Writer
	request *request
}

// Close is there for the same reason.
func (e *errorStream) Close() error {
	return e.request.fail(streamsOpen.broken("Close of wsgi.errors"))
}
