// Package apptest calls an application as a server would, but without a
// connection, so that a test can look at what it said.
package apptest

import (
	"bufio"
	"io"
	"strings"

	"barewire/server"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
)

// An Answer is all that an application said.
type Answer struct {
	Status  string
	Headers wsgi.Headers
	Chunks  []string // without the empty ones, which nobody gets to see
	Err     error    // of start_response or of the Body, whichever ended the answer
}

// Run calls app by way of server.Run.
func Run(app wsgi.Application, environ wsgi.Environ) Answer {
	output, err := server.Run(app, environ)
	answer := Answer{Status: output.Status, Headers: output.Headers, Err: err}
	for _, chunk := range output.Chunks {
		answer.Chunks = append(answer.Chunks, string(chunk))
	}
	return answer
}

// Input is the wsgi.input of a request whose body has these bytes on the wire:
// step 05 over a connection that ends behind them.
func Input(framing body.Framing, wire string) wsgi.Input {
	limits := body.Limits{Bytes: 1 << 20, Line: 1 << 10, Trailer: 1 << 10}
	return body.NewReader(bufio.NewReader(strings.NewReader(wire)), io.Discard, framing, limits)
}
