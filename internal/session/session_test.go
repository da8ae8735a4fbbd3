package session_test

import (
	"testing"
	"time"

	"barewire/internal/session"
	"barewire/tui/history"
)

// The exchanges are those in the list of every picture.
func TestAll(t *testing.T) {
	h := history.New(history.Usual)
	for _, event := range session.All() {
		h.Add(event)
	}
	type row struct {
		number, conn            int
		method, target, outcome string
		in, out                 int64
		took                    time.Duration
		remark                  string
	}
	want := []row{
		{1, 1, "GET", "/", "200 OK", 78, 134, 210 * time.Microsecond, "connection kept"},
		{2, 2, "GET", "/hello", "400 at 04", 23, 270, 90 * time.Microsecond, "no Host field; connection closed"},
		{3, 3, "HEAD", "/", "200 OK", 79, 120, 120 * time.Microsecond, "no body, as HEAD asks"},
		{4, 4, "-", "-", "left at 02", 16, 0, 3020 * time.Millisecond, "client left inside the head"},
		{5, 5, "GET", "/", "200 OK", 512, 134, 180 * time.Microsecond, "connection kept"},
		{6, 6, "POST", "/hello?x=1", "200 OK", 164, 132, 122 * time.Microsecond, "connection kept"},
	}
	if len(h.Exchanges) != len(want) || h.Errors != 2 {
		t.Fatalf("there are %d exchanges and %d errors, want %d and 2", len(h.Exchanges), h.Errors, len(want))
	}
	for i, x := range h.Exchanges {
		got := row{x.Number, x.Conn, x.Method(), x.Target(), x.Outcome(), x.In, x.Out, x.Took, x.Remark()}
		if got != want[i] {
			t.Errorf("exchange %d is %v, want %v", i+1, got, want[i])
		}
		if in, out := x.Request().Size, x.Answer().Size; in != x.In || out != x.Out {
			t.Errorf("of exchange %d the events have %d and %d bytes, want %d and %d", i+1, in, out, x.In, x.Out)
		}
	}
}

// Those with a worker are whole too.
func TestWorkers(t *testing.T) {
	h := history.New(history.Usual)
	for _, event := range append(session.Flask(1), session.Failed(2)...) {
		h.Add(event)
	}
	for i, want := range []struct {
		outcome        string
		worker, server time.Duration
	}{
		{"200 OK", 1942 * time.Microsecond, 110 * time.Microsecond},
		{"500 Internal Server Error", 770 * time.Microsecond, 98 * time.Microsecond},
	} {
		x := h.Exchanges[i]
		if in, out := x.Request().Size, x.Answer().Size; !x.Done || x.Gap || in != x.In || out != x.Out {
			t.Errorf("of exchange %d the events have %d and %d bytes, want %d and %d", i+1, in, out, x.In, x.Out)
		}
		worker, server := x.Turns()
		if x.Outcome() != want.outcome || worker != want.worker || server != want.server || x.Worker != session.Worker {
			t.Errorf("exchange %d is %q, took the worker %d %v and the server %v, want %+v", i+1, x.Outcome(), x.Worker, worker, server, want)
		}
	}
}
