package history_test

import (
	"strings"
	"testing"
	"time"

	"barewire/server"
	"barewire/tui/history"
)

// The worker's time is that of its turns, and the server's that of its steps without
// those that they count as theirs: 08 all, and 09 what comes behind the last chunk.
func TestTurns(t *testing.T) {
	turn := func(did string) server.Event {
		return server.Worked{Place: at(1, 1, 3), Process: 7, Did: did, Took: 10 * time.Millisecond}
	}
	chunk := func(written bool) server.Event {
		return server.Chunk{Place: at(1, 1, 3), Number: 1, Size: 1, Written: written}
	}
	step := func(number, took int) server.Event {
		return server.Passed{Place: at(1, 1, 3), Step: number, Took: time.Duration(took) * time.Millisecond}
	}
	tests := []struct {
		name           string
		events         []server.Event
		worker, server time.Duration // in milliseconds
	}{
		{"nothing", nil, 0, 1},
		{"all at once", []server.Event{turn("answer"), step(8, 12), chunk(false), step(9, 3)}, 10, 1 + 2 + 3},
		{"a generator", []server.Event{turn("start_response"), turn("returned"), step(8, 22), turn("chunk"), chunk(false), turn("chunk"), chunk(false), turn("end"), step(9, 13)}, 50, 1 + 2 + 3},
		{"write", []server.Event{turn("write"), chunk(true), turn("answer"), step(8, 22), chunk(false), turn("end"), step(9, 13)}, 30, 1 + 2 + 3},
		{"clocks that differ", []server.Event{turn("answer"), step(8, 9), step(9, -1)}, 10, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := remember(history.Usual, opened(1), received(1, 1, get), headOf(1, 1, get))
			for _, event := range test.events {
				h.Add(event)
			}
			worker, server := h.Exchanges[0].Turns()
			if worker != test.worker*time.Millisecond || server != test.server*time.Millisecond {
				t.Errorf("the worker took %v and the server %v, want %d ms and %d ms", worker, server, test.worker, test.server)
			}
		})
	}
}

// Of a worker that does a lot not all is kept, and its time is right all the same.
func TestWorkerIsBounded(t *testing.T) {
	h := remember(history.Limits{Exchanges: 10, Bytes: 1 << 20, Body: 1 << 10}, opened(1), received(1, 1, get), headOf(1, 1, get))
	const turns = 20_000
	for range turns {
		h.Add(server.Worked{Place: at(1, 1, 3), Process: 7, Did: "chunk", Took: time.Millisecond})
	}
	x := h.Exchanges[0]
	if worker, _ := x.Turns(); worker != turns*time.Millisecond || len(x.Events)+x.Missing != turns+2 || x.Missing < turns/3 {
		t.Errorf("the worker took %v, %d events are kept and %d are not", worker, len(x.Events), x.Missing)
	}
	if x.LastTurn() != nil {
		t.Error("it has not ended, and is said to have")
	}
	ended(h, 1)
	begun(h, 2)
	h.Add(server.Worked{Place: at(2, 2, 3), Process: 7, Did: "start_response", Stack: strings.Repeat("x", 2<<20)})
	ended(h, 2)
	if len(h.Exchanges) != 0 {
		t.Errorf("a stack of 2 MiB is kept, and there is room for 1: %d exchanges", len(h.Exchanges))
	}
}
