// Package history remembers what happened in a server: the exchanges, each with
// all that was told about it. It is made of events, as they come live or out of
// a record, and it is what the screen shows.
//
// Read history.go first: which event belongs to which exchange, and what is
// forgotten. Then exchange.go, which tells what is known of one, and stream.go
// and lines.go: its bytes, and who wrote them.
package history

import (
	"bytes"
	"slices"

	"barewire/server"
)

// Limits bound what a History remembers.
type Limits struct {
	Exchanges int   // the oldest are forgotten
	Bytes     int64 // of all events together, about; then too
	Body      int64 // bytes kept of what one exchange reads, and of what it writes
}

// Usual are limits for a screen.
var Usual = Limits{Exchanges: 10_000, Bytes: 64 << 20, Body: 256 << 10}

// A History is what is remembered. It is no good for two goroutines at a time.
type History struct {
	Exchanges []*Exchange // in the order in which they began
	Keep      *Exchange   // is not forgotten while somebody looks at it; may be nil
	Requests  int         // exchanges that began, with those that are forgotten
	Errors    int         // of these, the ones that went wrong
	Dropped   int         // events that were lost on their way here
	Unseen    int         // requests that nobody had time to watch

	limits Limits
	size   int64
	conns  map[int]*connection
}

// New returns a History that remembers nothing yet.
func New(limits Limits) *History {
	return &History{limits: limits, conns: make(map[int]*connection)}
}

// A connection is what its exchanges have in common.
type connection struct {
	opened   server.Opened
	exchange *Exchange // the last one; nil before the first
	tail     []byte    // the last bytes that arrived, and all that the server may not have used
	leftover []byte    // those that arrived with it, and belong to the next
}

// Add takes in an event. Each belongs to the exchange of its number; those
// between two tell of the connection.
func (h *History) Add(event server.Event) {
	place := event.Where()
	switch event := event.(type) {
	case server.Opened:
		h.conns[place.Conn] = &connection{opened: event}
		return
	case server.Gone:
		h.gone(place)
		return
	case server.Dropped:
		h.Unseen += event.Requests
		if event.Requests > 0 {
			h.unseen()
		}
		if event.Count > 0 {
			h.Dropped += event.Count
			h.lost()
		}
		return
	}
	x := h.exchange(place, event)
	if x == nil || x.forgotten {
		return // nobody knows its beginning, or remembers it
	}
	c := h.conns[place.Conn]
	if received, is := event.(server.Received); is {
		c.tail = received.Bytes
	}
	arrived := x.In
	before, wrong := x.size, x.Wrong()
	x.add(event, h.limits.Body)
	h.size += x.size - before
	if !wrong && x.Wrong() {
		h.Errors++
	}
	if ended, is := event.(server.Ended); is {
		behind := min(max(arrived-ended.In, 0), int64(len(c.tail)))
		c.leftover = bytes.Clone(c.tail[int64(len(c.tail))-behind:])
	}
	h.forget()
}

// exchange returns the exchange of a place, which may begin right now: with its
// first bytes, or, when these came along with the request before, with its head.
func (h *History) exchange(place server.Place, event server.Event) *Exchange {
	c, known := h.conns[place.Conn]
	if known && c.exchange != nil && c.exchange.Number >= place.Request {
		if c.exchange.Number > place.Request {
			return nil // an application goes on when its answer is out
		}
		return c.exchange
	}
	passed, isPassed := event.(server.Passed)
	_, isReceived := event.(server.Received)
	switch {
	case place.Request == 0:
		return nil
	case isPassed && passed.Step == 2:
		if !known || len(c.leftover) == 0 { // the events before it were lost
			known = false
			c = &connection{leftover: passed.Head}
			h.conns[place.Conn] = c
		}
	case !known || !isReceived:
		return nil
	}
	h.Requests++
	x := &Exchange{
		Number:  place.Request,
		Conn:    place.Conn,
		Client:  c.opened.Client,
		Server:  c.opened.Server,
		Began:   place.At.Add(-passed.Took),
		Carried: c.leftover,
		Gap:     !known,
		In:      int64(len(c.leftover)),
		ordinal: h.Requests,
	}
	c.exchange, c.leftover = x, nil
	h.Exchanges = append(h.Exchanges, x)
	return x
}

// gone ends a connection. An exchange that is under way has no end of its own.
func (h *History) gone(place server.Place) {
	if c := h.conns[place.Conn]; c != nil && c.exchange != nil && !c.exchange.Done {
		wrong := c.exchange.Wrong()
		c.exchange.brokenOff(place)
		if !wrong && c.exchange.Wrong() {
			h.Errors++
		}
	}
	delete(h.conns, place.Conn)
}

// End tells that no more events come, as at the end of a record: nobody will see how
// that which is under way ends.
func (h *History) End() { h.lost() }

// lost forgets what was under way when events were lost: its middle or its end
// may be among them.
func (h *History) lost() {
	for _, c := range h.conns {
		if c.exchange != nil && !c.exchange.Done {
			c.exchange.Gap, c.exchange.Done = true, true
		}
	}
	clear(h.conns)
}

// unseen forgets connections that have bytes left over: these may have been the
// request that nobody watched.
func (h *History) unseen() {
	for number, c := range h.conns {
		if len(c.leftover) > 0 {
			delete(h.conns, number)
		}
	}
}

// forget keeps to the limits. What is under way is never forgotten, for more of
// it is to come.
func (h *History) forget() {
	kept := h.Exchanges
	for i := 0; i < len(kept) && (len(kept) > h.limits.Exchanges || h.size > h.limits.Bytes); {
		if !kept[i].Done || kept[i].Marked || kept[i] == h.Keep {
			i++
			continue
		}
		h.drop(kept[i])
		copy(kept[1:], kept[:i]) // those have to stay
		kept[0] = nil
		kept = kept[1:]
	}
	h.Exchanges = kept
}

// drop ends the memory of an exchange. An application that goes on behind the
// end of its answer does not bring it back.
func (h *History) drop(x *Exchange) {
	h.size -= x.size
	x.forgotten = true
}

// Clear forgets all but what is under way, and what is to stay.
func (h *History) Clear(stays func(*Exchange) bool) {
	kept := h.Exchanges[:0:0]
	for _, x := range h.Exchanges {
		if !x.Done || stays(x) {
			kept = append(kept, x)
		} else {
			h.drop(x)
		}
	}
	h.Exchanges = kept
}

// Since returns the first exchange behind so many, of those that are remembered;
// nil if there is none.
func (h *History) Since(requests int) *Exchange {
	i, _ := slices.BinarySearchFunc(h.Exchanges, requests+1, func(x *Exchange, ordinal int) int { return x.ordinal - ordinal })
	if i == len(h.Exchanges) {
		return nil
	}
	return h.Exchanges[i]
}
