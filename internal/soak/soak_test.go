package soak

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"barewire/server"
	"barewire/server/trace"
)

var soak = flag.Duration("soak", 0, "how long to soak; 0 is a few rounds")

const (
	// patience bounds what must happen. Nothing is expected to take that long.
	patience = time.Minute
	// slack is how much memory may come and go: that of the runtime, and of what
	// was pooled. One kilobyte left by each bad client is more within a minute.
	slack = 4 << 20
)

// A mode is who watches meanwhile. To be told costs other code than not to be.
type mode struct {
	name  string
	watch func(*server.Server, *server.Ring)
}

var modes = []mode{
	{"nobody watches", func(*server.Server, *server.Ring) {}},
	{"every request is watched", func(s *server.Server, ring *server.Ring) {
		s.Observe = ring.Observe
	}},
	{"every other request is watched", func(s *server.Server, ring *server.Ring) {
		var asked atomic.Int64
		s.Observe, s.Watch = ring.Observe, func() bool { return asked.Add(1)%2 == 0 && ring.Room() }
	}},
}

// The time is shared out among the modes. Without one, that in the middle is left out:
// the last has something of both.
func TestSoak(t *testing.T) {
	for i, mode := range modes {
		if *soak == 0 && i == 1 {
			continue
		}
		t.Run(mode.name, func(t *testing.T) { mode.run(t, *soak/time.Duration(len(modes))) })
	}
}

// run soaks for so long, or for the rounds of each kind.
func (m mode) run(t *testing.T, long time.Duration) {
	others := goleak.IgnoreCurrent()
	ring, told := server.NewRing(1<<20), make(chan struct{})
	go func() {
		defer close(told)
		show(ring)
	}()
	s := serve(t, func(s *server.Server) { m.watch(s, ring) })

	// The good ones alone, so that what is made once is there.
	before := take()
	s.visit(good, 0)
	s.settle(before)
	before.memory = take().memory

	stop := s.report(long)
	s.visit(all, long)
	stop()
	after := s.settle(before)
	t.Logf("%s\nbefore: %v\n after: %v", s.tally(), before, after)

	s.stop()
	ring.Close()
	<-told
	goleak.VerifyNone(t, others)
}

// show draws what is in the ring as the plain trace, which nobody reads.
func show(ring *server.Ring) {
	text := trace.Text{Out: nowhere{}}
	for {
		events := ring.Next()
		if len(events) == 0 {
			return
		}
		for _, event := range events {
			_ = text.Write(event) // nowhere takes everything
		}
	}
}

type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

// A measure is what the process holds.
type measure struct {
	goroutines  int
	descriptors int    // 0 where nobody can tell
	memory      uint64 // of the heap and of stacks, in use
}

func take() measure {
	runtime.GC()
	runtime.GC() // a pool lets go at the second
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return measure{runtime.NumGoroutine(), descriptors(), memory.HeapAlloc + memory.StackInuse}
}

// descriptors counts what is in /dev/fd, which Unix has.
func descriptors() int {
	open, _ := os.ReadDir("/dev/fd") // and else none are counted
	return len(open)
}

func (m measure) String() string {
	return fmt.Sprintf("%d goroutines, %d descriptors, %d kB", m.goroutines, m.descriptors, m.memory>>10)
}

// settle waits until there is no more than there was, and returns what there is.
func (s *site) settle(before measure) measure {
	s.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		now := take()
		if now.goroutines <= before.goroutines && now.descriptors <= before.descriptors && now.memory <= before.memory+slack {
			return now
		}
		if time.Now().After(deadline) {
			var stacks bytes.Buffer
			_ = pprof.Lookup("goroutine").WriteTo(&stacks, 1) // a buffer takes everything
			s.t.Fatalf("all have left, and there are still %v; there were %v\n%s", now, before, &stacks)
		}
	}
}
