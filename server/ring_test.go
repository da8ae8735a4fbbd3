package server_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"barewire/server"
)

// note is a small event that can be told from others.
func note(text string) server.Event { return server.Noted{Text: text} }

// next takes what a Ring has, as text.
func next(ring *server.Ring) string {
	var texts []string
	for _, event := range ring.Next() {
		switch event := event.(type) {
		case server.Noted:
			texts = append(texts, event.Text)
		case server.Dropped:
			texts = append(texts, fmt.Sprintf("(%d dropped)", event.Count))
		}
	}
	return strings.Join(texts, " ")
}

func wantNext(t *testing.T, ring *server.Ring, want string) {
	t.Helper()
	if got := next(ring); got != want {
		t.Errorf("Next = %q, want %q", got, want)
	}
}

func TestRingKeepsTheOrder(t *testing.T) {
	ring := server.NewRing(1 << 20)
	ring.Observe(note("one"))
	ring.Observe(note("two"))
	wantNext(t, ring, "one two")
	ring.Observe(note("three"))
	ring.Close()
	wantNext(t, ring, "three")
	wantNext(t, ring, "")
}

// What does not fit is dropped, and the watcher is told in the place where it
// would have been.
func TestRingIsBounded(t *testing.T) {
	large := note(strings.Repeat("x", 5000))
	ring := server.NewRing(5000)
	ring.Observe(note("one"))
	ring.Observe(large)
	ring.Observe(large)
	ring.Observe(note("two"))
	ring.Observe(large)
	wantNext(t, ring, "one (2 dropped) two (1 dropped)")

	// Taken out, it leaves its room to others.
	for range 3 {
		ring.Observe(note(strings.Repeat("y", 3000)))
		ring.Observe(note(strings.Repeat("z", 3000)))
		wantNext(t, ring, strings.Repeat("y", 3000)+" (1 dropped)")
	}

	// Nobody has to come for it: a Ring that is never emptied does not grow.
	for range 1000 {
		ring.Observe(note("more"))
	}
	ring.Close()
	kept, dropped := 0, 0
	for _, event := range ring.Next() {
		if gap, is := event.(server.Dropped); is {
			dropped += gap.Count
		} else {
			kept++
		}
	}
	if kept == 0 || kept > 5000/len("more") || kept+dropped != 1000 {
		t.Errorf("of 1000 events the Ring kept %d and dropped %d", kept, dropped)
	}
}

// All that strangers can make large counts, in whatever event it is.
func TestRingCounts(t *testing.T) {
	long := strings.Repeat("x", 1000)
	fields := []server.Field{{server.Bytes(long), server.Bytes(long)}}
	events := map[string]server.Event{
		"Received":       server.Received{Bytes: server.Bytes(long)},
		"Sent":           server.Sent{Bytes: server.Bytes(long)},
		"Noted":          server.Noted{Text: long},
		"Started":        server.Started{Headers: fields},
		"Passed Line":    server.Passed{Line: &server.Line{Target: long}},
		"Passed Head":    server.Passed{Head: server.Bytes(long)},
		"Passed Fields":  server.Passed{Fields: fields},
		"Passed Environ": server.Passed{Environ: map[string]string{"A": long}},
	}
	for name, event := range events {
		ring := server.NewRing(1000)
		ring.Observe(event)
		ring.Close()
		if got := next(ring); got != "(1 dropped)" {
			t.Errorf("a Ring for 1000 bytes takes %s of 1000 bytes and more: Next = %q", name, got)
		}
	}
}

// What is passed over elsewhere is told, too.
func TestRingPassOver(t *testing.T) {
	ring := server.NewRing(1000)
	ring.PassOver()
	ring.PassOver()
	ring.Close()
	events := ring.Next()
	if len(events) != 1 || events[0].(server.Dropped).Requests != 2 {
		t.Errorf("Next = %+v, want 2 requests that were passed over", events)
	}
}

// Next waits until there is something, or nothing more to come.
func TestRingWaits(t *testing.T) {
	defer goleak.VerifyNone(t)
	ring := server.NewRing(1 << 20)
	got := make(chan string)
	go func() {
		defer close(got)
		for text := next(ring); text != ""; text = next(ring) {
			got <- text
		}
	}()
	for _, want := range []string{"one", "two"} {
		ring.Observe(note(want))
		if text := <-got; text != want {
			t.Errorf("Next = %q, want %q", text, want)
		}
	}
	ring.Close()
	if text, more := <-got; more {
		t.Errorf("Next = %q when the Ring is closed, want nothing", text)
	}
}

// Many observe, one takes. What each of them said stays in order, and nothing
// is lost that is not counted.
func TestRingOfMany(t *testing.T) {
	const observers, events = 8, 1000
	ring := server.NewRing(100 << 10)
	var observing sync.WaitGroup
	for observer := range observers {
		observing.Add(1)
		go func() {
			defer observing.Done()
			for i := range events {
				ring.Observe(server.Ended{Place: server.Place{Conn: observer}, In: int64(i + 1)})
			}
		}()
	}
	go func() {
		observing.Wait()
		ring.Close()
	}()
	total, last := 0, make([]int64, observers)
	for taken := ring.Next(); len(taken) > 0; taken = ring.Next() {
		for _, event := range taken {
			switch event := event.(type) {
			case server.Ended:
				total++
				if event.In <= last[event.Conn] {
					t.Fatalf("observer %d: %d comes after %d", event.Conn, event.In, last[event.Conn])
				}
				last[event.Conn] = event.In
			case server.Dropped:
				total += event.Count
			}
		}
	}
	if want := observers * events; total != want {
		t.Errorf("%d events were taken or counted as dropped, want %d", total, want)
	}
}
