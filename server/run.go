package server

import (
	"errors"

	wsgi "barewire/steps/06_wsgi"
	call "barewire/steps/08_call"
)

// An Output is what an application said when it was run without a connection.
type Output struct {
	Status  string
	Headers wsgi.Headers
	Chunks  [][]byte // those that are not empty, written or yielded
}

// Run calls app once, in memory, and returns what it said. It is the smallest
// server there can be: no socket, no HTTP, only the contract. The environ needs
// no more keys than app asks for.
//
// The error is that of the application: it failed, it broke a rule of step 08,
// or it never called start_response. The Body is closed in any case. A panic
// passes through.
func Run(app wsgi.Application, environ wsgi.Environ) (output Output, err error) {
	send := func(answer *call.Answer, chunk []byte) error {
		if len(chunk) == 0 {
			return nil
		}
		if err := answer.Ready(); err != nil {
			return err
		}
		answer.Sent = true // as if: what came before is final now
		output.Chunks = append(output.Chunks, append([]byte(nil), chunk...))
		return nil
	}
	answer := call.Application(app, environ, send)
	defer func() {
		output.Status, output.Headers = answer.Status, answer.Headers
		err = errors.Join(err, answer.Body.Close())
	}()
	for chunk, err := range answer.Body.Chunks {
		if err == nil {
			answer.Lock() // as write does, which may be in use elsewhere
			err = send(answer, chunk)
			answer.Unlock()
		}
		if err != nil {
			return output, err
		}
	}
	return output, answer.Ready()
}
