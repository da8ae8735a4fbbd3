package call

import (
	"errors"
	"slices"
	"sync"

	wsgi "barewire/steps/06_wsgi"
	"barewire/steps/refuse"
)

// An Answer is what an application answers, as far as it is known by now.
type Answer struct {
	Status  string       // "200 OK"; "" until start_response is called
	Headers wsgi.Headers // as the application gave them
	Length  int64        // the Content-Length among them, -1 when there is none
	Body    wsgi.Body    // what the application returned; nil until then
	Sent    bool         // the head is out: status and headers are final
	Err     error        // why the answer cannot be given, or go on

	// An application may have goroutines. Whoever adds to the answer, or sends of
	// it, holds this lock, so all they can spoil is the answer itself.
	sync.Mutex
	lost bool // the application ended before it returned a body
}

var (
	errNoStart = refuse.Because(refuse.ServerError, "an application calls start_response before its first chunk", "PEP 3333, The start_response() Callable", nil)
	errNoBody  = refuse.Because(refuse.ServerError, "an application returns a body, if only an empty one", "PEP 3333, Specification Overview", nil)
	errLost    = errors.New("call: the application ended before it returned a body")
)

// Application calls app and returns its answer. Chunks that app writes, rather
// than returns, go to send, one at a time.
func Application(app wsgi.Application, environ wsgi.Environ, send func(*Answer, []byte) error) *Answer {
	answer := &Answer{Length: -1}
	defer func() {
		answer.Lock()
		defer answer.Unlock()
		answer.lost = answer.Body == nil // it panics; who still has write must not answer in its place
	}()
	answer.Body = app(environ, func(status string, headers wsgi.Headers, cause ...error) wsgi.Write {
		answer.Lock()
		defer answer.Unlock()
		answer.Err = answer.start(status, headers, errors.Join(cause...))
		return func(chunk []byte) error {
			answer.Lock()
			defer answer.Unlock()
			return send(answer, chunk)
		}
	})
	if answer.Body == nil {
		answer.Body = wsgi.Fail(errNoBody)
	}
	return answer
}

// start is start_response. PEP 3333, "The start_response() Callable"
func (a *Answer) start(status string, headers wsgi.Headers, cause error) error {
	switch {
	case cause != nil && a.Sent:
		return cause // too late to say anything else
	case cause == nil && a.Status != "":
		return broken("start_response is called again only with a cause, the error that made the first answer wrong", status)
	}
	// A copy, for what is checked here must not change until it is sent.
	a.Status, a.Headers = status, slices.Clone(headers)
	if err := checkStatus(status); err != nil {
		return err
	}
	var err error
	a.Length, err = checkHeaders(a.Headers)
	return err
}

// Ready tells why no chunk can be sent now: nil when one can.
func (a *Answer) Ready() error {
	if a.lost {
		return errLost
	}
	if a.Err == nil && a.Status == "" {
		return errNoStart
	}
	return a.Err
}
