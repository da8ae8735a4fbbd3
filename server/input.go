package server

import (
	"errors"
	"sync"

	wsgi "barewire/steps/06_wsgi"
)

// errOver is what is left to read when the exchange is over.
var errOver = errors.New("server: the answer is over, and with it wsgi.input")

// An input is wsgi.input in the hands of the application, which may leave it with a
// goroutine and forget it there. So it ends with the answer: what the client sends
// then is its next request. Before, one reads at a time, and an answer that begins
// waits for a read that is under way.
type input struct {
	mutex  sync.Mutex
	reader wsgi.Input // nil when it is over
}

func (i *input) Read(p []byte) (int, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if i.reader == nil {
		return 0, errOver
	}
	return i.reader.Read(p)
}

func (i *input) ReadLine(max int) ([]byte, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if i.reader == nil {
		return nil, errOver
	}
	return i.reader.ReadLine(max)
}

// Lines lets go of the lock while a line is in the hands of the application.
func (i *input) Lines(yield func(line []byte, err error) bool) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if i.reader == nil {
		i.pass(yield, nil, errOver)
		return
	}
	i.reader.Lines(func(line []byte, err error) bool {
		more := i.pass(yield, line, err) && err == nil
		if more && i.reader == nil { // meanwhile
			i.pass(yield, nil, errOver)
			return false
		}
		return more
	})
}

func (i *input) pass(yield func([]byte, error) bool, line []byte, err error) bool {
	i.mutex.Unlock()
	defer i.mutex.Lock()
	return yield(line, err)
}

// end takes the input away from the application, which may not have come by one.
func (i *input) end() {
	if i == nil {
		return
	}
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.reader = nil
}
