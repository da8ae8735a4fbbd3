// Package hold stops requests between two steps, and lets them go.
//
// A Gate has two ears and one hand. A server asks its Pass before each step, and its
// PassChunk behind each chunk, and tells its Observe what has happened; the screen
// says which requests shall stop.
// The goroutine that waits is the connection's own: nothing here runs by itself.
//
// Read gate.go first: which request stops, and what lets it go. Then break.go,
// which tells what a breakpoint meets.
package hold

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"barewire/server"
)

// A Gate holds requests before a step, and those that are stepped behind a chunk too.
// It is for many goroutines at a time, and for one server: it needs to be its Gate,
// its AfterChunk and, before anything that may drop events, its Observe.
//
//	gate := hold.New()
//	s.Gate, s.AfterChunk = gate.Pass, gate.PassChunk
//	s.Observe = func(event server.Event) { gate.Observe(event); ring.Observe(event) }
//	…
//	gate.Close() // or else Shutdown waits for those that are held
//	err := s.Shutdown(ctx)
type Gate struct {
	// The clock, which a test sets before the first request.
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time

	changed chan struct{}

	// busy tells that any of this can stop or concern a request. When it does not,
	// no request waits for the mutex.
	busy     atomic.Bool
	mutex    sync.Mutex
	paused   bool
	closed   bool
	breaks   []Break
	requests map[int]*request // by connection: each has one at a time, and Observe learns of its end
}

// New returns a Gate that holds nothing.
func New() *Gate {
	return &Gate{
		Now:      time.Now,
		After:    time.After,
		changed:  make(chan struct{}, 1),
		requests: make(map[int]*request),
	}
}

// A request is what a Gate knows of one that is under way.
type request struct {
	number, conn int
	method, path string // "" until step 03 has told
	failed       bool   // the step behind it has
	fresh        bool   // it began in a pause, which is not over
	mine         bool   // it is in the user's hand, and stops before each step and behind each chunk
	stepped      bool   // the user has said next
	ahead        int    // how often they said it before it stood again
	met          []Break

	standing chan struct{} // closed to let it pass; nil while it does not stand
	step     int           // it stands before, or in
	chunk    int           // it stands behind, 0 before a step
	by       Break         // what stopped it there
	first    time.Time     // when it was stopped for the first time
	since    time.Time     // when it was stopped here
	leftAt   time.Time
}

// firstHeld is the step before which a pause first stops a request. Before it
// nobody can tell one request from another.
const firstHeld = 3

// look is how often a request that stands looks whether its client has left.
const look = time.Second

// Pass returns when the request may go on with a step. It is a Server's Gate.
func (g *Gate) Pass(place server.Place, stage server.Stage, left func() bool) {
	r, standing := g.stop(place, stage)
	g.wait(r, standing, left)
}

// PassChunk returns when the request may go on behind a chunk, in the middle of a
// step. It is a Server's AfterChunk.
func (g *Gate) PassChunk(place server.Place, stage server.Stage, chunk int, left func() bool) {
	r, standing := g.stopBehind(place, stage, chunk)
	g.wait(r, standing, left)
}

// wait waits until a request no longer stands.
func (g *Gate) wait(r *request, standing <-chan struct{}, left func() bool) {
	for standing != nil {
		var again <-chan time.Time // nil waits forever: who has left does not come back
		if left() {
			g.hasLeft(r)
		} else {
			again = g.After(look)
		}
		select {
		case <-standing:
			return
		case <-again:
		}
	}
}

// stop decides whether a request stops before a step.
func (g *Gate) stop(place server.Place, stage server.Stage) (*request, <-chan struct{}) {
	if !g.busy.Load() {
		return nil, nil
	}
	g.mutex.Lock()
	defer g.mutex.Unlock()
	r := g.requests[place.Conn]
	if r != nil && r.number != place.Request {
		r = nil // of one that nobody observed, the end was not told
	}
	switch {
	case g.closed || r == nil && !g.paused && len(g.breaks) == 0:
		return nil, nil
	case r == nil:
		// One that has come further was under way before the pause.
		r = &request{number: place.Request, conn: place.Conn, fresh: g.paused && stage.Number == 2}
		g.requests[place.Conn] = r
	}
	breakpoint, met := r.meets(g.breaks, stage.Number)
	r.failed = false
	paused := r.fresh && stage.Number >= firstHeld
	if !met && !paused && !r.mine {
		return nil, nil
	}
	return r, g.stand(r, stage.Number, 0, breakpoint)
}

// stopBehind decides whether a request stops behind a chunk: if it is in the user's
// hand.
func (g *Gate) stopBehind(place server.Place, stage server.Stage, chunk int) (*request, <-chan struct{}) {
	if !g.busy.Load() {
		return nil, nil
	}
	g.mutex.Lock()
	defer g.mutex.Unlock()
	r := g.requests[place.Conn]
	if r == nil || r.number != place.Request || !r.mine {
		return nil, nil
	}
	return r, g.stand(r, stage.Number, chunk, Break{})
}

// stand has a request stand here, unless the user has said next already. It may
// stand, when a goroutine of the application has written a chunk: then both go on
// together.
func (g *Gate) stand(r *request, step, chunk int, by Break) <-chan struct{} {
	switch {
	case r.standing != nil:
		return r.standing
	case r.mine && r.ahead > 0:
		r.ahead--
		return nil
	}
	r.mine, r.fresh = true, false
	r.by, r.step, r.chunk, r.since = by, step, chunk, g.Now()
	if r.first.IsZero() {
		r.first = r.since
	}
	r.standing = make(chan struct{})
	g.tell()
	return r.standing
}

// hasLeft notes that the client of a request has left.
func (g *Gate) hasLeft(r *request) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if r.leftAt.IsZero() {
		r.leftAt = g.Now()
		g.tell()
	}
}

// Observe learns from an event: what a request wants, that a step has failed,
// that a request is over. It blocks no longer than it takes to note that.
func (g *Gate) Observe(event server.Event) {
	if !g.busy.Load() {
		return
	}
	switch e := event.(type) {
	case server.Passed:
		if e.Line != nil || e.Refused != nil || e.Error != "" {
			g.passed(e)
		}
	case server.Ended, server.Gone:
		// Gone too: an application may end its goroutine, and then nothing ends
		// the request.
		g.mutex.Lock()
		defer g.mutex.Unlock()
		delete(g.requests, e.Where().Conn)
		g.settle()
	}
}

// settle notes whether there is anything to stop or to look after.
func (g *Gate) settle() { g.busy.Store(g.paused || len(g.breaks) > 0 || len(g.requests) > 0) }

func (g *Gate) passed(e server.Passed) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	r := g.requests[e.Conn]
	if r == nil {
		return // a closed Gate knows of none
	}
	r.failed = e.Refused != nil || e.Error != ""
	if e.Line != nil {
		r.method, r.path = e.Line.Method, e.Line.Path
	}
}

// Pause holds requests that begin from now on, before each step from 03 on, or
// no longer does. Those under way go on. Those that stand already stay: LetGo
// is for them.
func (g *Gate) Pause(on bool) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.closed {
		return
	}
	g.paused = on
	if !on {
		for _, r := range g.requests {
			r.fresh = false
		}
	}
	g.settle()
	g.tell()
}

// Paused tells whether new requests are held.
func (g *Gate) Paused() bool {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return g.paused
}

// Next lets a request run the step before which it stands, or go on behind its chunk.
// Then it stops again. Said while the request still runs, it counts for the next stop. A
// request that is not in the user's hand is left alone, and the answer is false.
func (g *Gate) Next(request int) (inHand bool) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	for _, r := range g.requests {
		switch {
		case r.number != request || !r.mine:
		case r.standing == nil:
			r.ahead++
			inHand = true
		default:
			r.stepped = true
			g.release(r)
			inHand = true
		}
	}
	return inHand
}

// LetGo lets a request run, to its end or to the next breakpoint that it meets.
func (g *Gate) LetGo(request int) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	for _, r := range g.requests {
		if r.number == request {
			g.letGo(r)
		}
	}
}

// LetAllGo does that for every request that is held. A pause goes on: it holds
// those that come.
func (g *Gate) LetAllGo() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	for _, r := range g.requests {
		g.letGo(r)
	}
}

// letGo takes a request out of the user's hand, also while it runs a step.
func (g *Gate) letGo(r *request) {
	r.mine = false
	if r.standing != nil {
		g.release(r)
	}
}

func (g *Gate) release(r *request) {
	close(r.standing)
	r.standing = nil
	g.tell()
}

// Close lets all requests go, for good, and holds no more. A server that stops
// needs it first.
func (g *Gate) Close() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.closed, g.paused = true, false
	for _, r := range g.requests {
		g.letGo(r)
	}
	clear(g.requests)
	g.settle()
	g.tell()
}

// Held is a request that stands before a step, or in one behind a chunk.
type Held struct {
	Request, Conn int
	Step          int       // it stands before, or in
	Chunk         int       // it stands behind, 0 before a step
	Since         time.Time // it stands there
	First         time.Time // when it was stopped for the first time
	LeftAt        time.Time // when its client was found to have left; zero while it is there
	Waiting       bool      // a pause has stopped it, and nobody has said next yet
	By            Break     // the breakpoint that stopped it here; the zero Break if none did
}

// Left tells whether the client has left. One that closed only its own direction
// counts as one that left.
func (h Held) Left() bool { return !h.LeftAt.IsZero() }

// Held returns the requests that stand, in the order of their numbers.
func (g *Gate) Held() []Held {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	var held []Held
	for _, r := range g.requests {
		if r.standing == nil {
			continue
		}
		held = append(held, Held{
			Request: r.number,
			Conn:    r.conn,
			Step:    r.step,
			Chunk:   r.chunk,
			Since:   r.since,
			First:   r.first,
			LeftAt:  r.leftAt,
			Waiting: !r.stepped && len(r.met) == 0,
			By:      r.by,
		})
	}
	slices.SortFunc(held, func(a, b Held) int { return cmp.Compare(a.Request, b.Request) })
	return held
}

// Changed gets a value when anything of this may have changed since the last one
// was taken: what is held, whether new ones are, or the breakpoints. It is for
// one reader.
func (g *Gate) Changed() <-chan struct{} { return g.changed }

func (g *Gate) tell() {
	select {
	case g.changed <- struct{}{}:
	default: // it is said already
	}
}
