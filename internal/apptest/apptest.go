// Package apptest runs applications for their tests: Run without a connection,
// to look at what they say, Serve and Get with the real server.
package apptest

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

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

// Serve serves app at url until stop is called, or the test is over. Then all that
// was asked has been answered, and no connection is left.
func Serve(t *testing.T, app wsgi.Application) (url string, stop func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(app)
	go s.Serve(listener)
	stop = sync.OnceFunc(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return "http://" + listener.Addr().String(), stop
}

// Get asks a server of app for a path. It returns the status and the whole body.
func Get(t *testing.T, app wsgi.Application, path string) (status, text string) {
	t.Helper()
	url, _ := Serve(t, app)
	response, err := http.Get(url + path)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return response.Status, string(all)
}

// Input is the wsgi.input of a request whose body has these bytes on the wire:
// step 05 over a connection that ends behind them.
func Input(framing body.Framing, wire string) wsgi.Input {
	limits := body.Limits{Bytes: 1 << 20, Line: 1 << 10, Trailer: 1 << 10}
	return body.NewReader(bufio.NewReader(strings.NewReader(wire)), io.Discard, framing, limits)
}
