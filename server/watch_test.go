package server

import (
	"io"
	"testing"

	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	call "barewire/steps/08_call"
)

// A watcher who is not there costs nothing: what the watch of nobody is asked
// to wrap, it returns as it is, and it allocates nothing.
func TestNobodyWatches(t *testing.T) {
	var (
		c      = &connection{server: New(nil)}
		x      = &Exchange{conn: c}
		stage  = Pipeline()[0]
		input  = &body.Reader{}
		called = 0
		app    = func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { called++; return nil }
		send   = func(*call.Answer, []byte) error { called++; return nil }
	)
	allocations := testing.AllocsPerRun(100, func() {
		w := newWatch(c)
		w.enter(stage)
		w.ended(x)
		w.note()("nobody hears this")
		w.app(app)(nil, nil)
		_ = w.send(send, new(bool))(nil, nil)
		if w.input(input) != wsgi.Input(input) || w.errors(io.Discard) != io.Discard {
			t.Error("the watch of nobody wraps something")
		}
	})
	if allocations != 0 {
		t.Errorf("watching for nobody allocates %v times, want never", allocations)
	}
	if called != 2*101 { // and once before it counts
		t.Errorf("%d calls arrive, want %d", called, 2*101)
	}
}
