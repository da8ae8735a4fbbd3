package server

import (
	"sync"
	"time"
)

// A Ring stands between the connections, which must not wait, and one watcher,
// who may be slow. It holds a bounded number of bytes; what does not fit is
// counted and dropped, and the watcher is told.
type Ring struct {
	limit int

	mutex   sync.Mutex
	filled  sync.Cond
	events  []Event
	size    int
	dropped Dropped // since the last event, without a place
	closed  bool
}

// NewRing returns a Ring for about limit bytes of events.
func NewRing(limit int) *Ring {
	r := &Ring{limit: limit}
	r.filled.L = &r.mutex
	return r
}

// Observe takes an event, or drops it. It is a Server's Observe.
func (r *Ring) Observe(event Event) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	size := sizeOf(event)
	if r.closed || r.size+size > r.limit {
		r.dropped.Count++
		return
	}
	r.tell()
	r.events = append(r.events, event)
	r.size += size
	r.filled.Signal()
}

// Room tells whether there is room for another request. It is a Server's Watch,
// and leaves the other half of the Ring to those that are under way.
func (r *Ring) Room() bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.size < r.limit/2 {
		return true
	}
	r.dropped.Requests++
	return false
}

// PassOver counts a request that this watcher is not told of, for a reason that
// lies elsewhere.
func (r *Ring) PassOver() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.dropped.Requests++
}

// tell puts what was dropped in its place among the events.
func (r *Ring) tell() {
	if r.dropped != (Dropped{}) {
		r.dropped.At = time.Now()
		r.events = append(r.events, r.dropped)
		r.dropped = Dropped{}
	}
}

// Next waits for events and returns all there are; none when the Ring is closed
// and empty.
func (r *Ring) Next() []Event {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for len(r.events) == 0 && !r.closed {
		r.filled.Wait()
	}
	r.tell()
	events := r.events
	r.events, r.size = nil, 0
	return events
}

// Close lets the watcher take what is left, and no more.
func (r *Ring) Close() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.closed = true
	r.filled.Broadcast()
}

// sizeOf estimates what an event takes: mostly what strangers put into it.
func sizeOf(event Event) int {
	size := 200
	switch event := event.(type) {
	case Received:
		size += len(event.Bytes)
	case Sent:
		size += len(event.Bytes)
	case Noted:
		size += len(event.Text)
	case Worked:
		size += len(event.Stack)
	case Started:
		size += sizeOfFields(event.Headers)
	case Passed:
		size += len(event.Head) + sizeOfFields(event.Fields)
		if event.Line != nil {
			size += len(event.Line.Target)
		}
		for key, value := range event.Environ {
			size += 32 + len(key) + len(value)
		}
	}
	return size
}

func sizeOfFields(fields []Field) (size int) {
	for _, field := range fields {
		size += 48 + len(field[0]) + len(field[1])
	}
	return size
}
