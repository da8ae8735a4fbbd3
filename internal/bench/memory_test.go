//go:build linux

package main

import (
	"bytes"
	"maps"
	"slices"
	"testing"
)

// BenchmarkInMemory measures a request and its answer without the network.
func BenchmarkInMemory(b *testing.B) {
	for _, what := range slices.Sorted(maps.Keys(said)) {
		requests := said[what]()
		for _, name := range slices.Sorted(maps.Keys(inMemory)) {
			b.Run(what+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				exchange(inMemory[name], requests, b.N)
			})
		}
	}
}

// TestInMemory checks that each server answers each request, so that what is
// measured is what it says.
func TestInMemory(t *testing.T) {
	const times = 100
	for name, serve := range inMemory {
		conn := &heard{memory: &memory{requests: []string{browser("/"), bare}, left: times, closed: make(chan struct{})}}
		listener := make(lone, 1)
		listener <- conn
		go serve(listener)
		<-conn.closed
		close(listener)
		if got := bytes.Count(conn.said, greeting); got != times {
			t.Errorf("%s answers %d of %d requests", name, got, times)
		}
		if got := bytes.Count(conn.said, ok); got != times {
			t.Errorf("%s says %d times 200 OK, want %d", name, got, times)
		}
	}
}

// A heard memory keeps what is said to it.
type heard struct {
	*memory
	said []byte
}

func (h *heard) Write(p []byte) (int, error) {
	h.said = append(h.said, p...)
	return len(p), nil
}
