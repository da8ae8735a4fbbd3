package check_test

import (
	"context"
	"io"
	"net"
	"testing"

	app "barewire/apps/check"
	"barewire/internal/check"
	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// The whole server keeps every rule that does not need the text of one demo.
func TestWholeServer(t *testing.T) {
	t.Parallel()
	run(t, check.Target{Addr: serve(t), App: true}, func(c *check.Check) bool { return c.Needs != check.Demo })
}

// serve serves check:App until the test is over.
func serve(t *testing.T) (addr string) {
	t.Helper()
	return serveApp(t, app.App)
}

func serveApp(t *testing.T, app wsgi.Application) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(app)
	s.Errors = io.Discard // some paths fail on purpose
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Serve(listener)
	}()
	t.Cleanup(func() {
		now, cancel := context.WithCancel(context.Background())
		cancel()
		_ = s.Shutdown(now) // which cuts what a failed check has left open
		<-ended
	})
	return listener.Addr().String()
}
