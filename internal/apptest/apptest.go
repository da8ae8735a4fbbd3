// Package apptest calls an application as a server would, but without a
// connection, so that a test can look at what it said.
package apptest

import (
	"bufio"
	"io"
	"strings"

	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	call "barewire/steps/08_call"
)

// An Answer is all that an application said.
type Answer struct {
	Status  string
	Headers wsgi.Headers
	Chunks  []string // without the empty ones, which nobody gets to see
	Err     error    // of start_response or of the Body, whichever ended the answer
}

// Run calls app by way of step 08, which checks what it says, takes chunk after
// chunk, and closes the Body.
func Run(app wsgi.Application, environ wsgi.Environ) Answer {
	var chunks []string
	send := func(answer *call.Answer, chunk []byte) error {
		if len(chunk) == 0 {
			return nil
		}
		chunks = append(chunks, string(chunk))
		return answer.Ready()
	}
	answer := call.Application(app, environ, send)
	err := take(answer, send)
	if failure := answer.Body.Close(); err == nil {
		err = failure
	}
	return Answer{answer.Status, answer.Headers, chunks, err}
}

// take ranges over the body until its end or the first error.
func take(answer *call.Answer, send func(*call.Answer, []byte) error) error {
	for chunk, err := range answer.Body.Chunks {
		if err == nil {
			err = send(answer, chunk)
		}
		if err != nil {
			return err
		}
	}
	return answer.Ready()
}

// Input is the wsgi.input of a request whose body has these bytes on the wire:
// step 05 over a connection that ends behind them.
func Input(framing body.Framing, wire string) wsgi.Input {
	limits := body.Limits{Bytes: 1 << 20, Line: 1 << 10, Trailer: 1 << 10}
	return body.NewReader(bufio.NewReader(strings.NewReader(wire)), io.Discard, framing, limits)
}
