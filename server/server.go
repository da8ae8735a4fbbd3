// Package server puts the ten steps together.
//
//	listen.Accept ─ connection ─┬─ read requestline headers body │ environ call response keepalive ─┬─ goodbye
//	                            └──────────────────── the next request ──────────────────────────────┘
//
// What a step decides stands in the step; here is only what none of them can
// know: the order (pipeline.go), what stands around a step (stages.go), the life of
// a connection (connection.go), its memory (desk.go), its deadlines (read.go,
// write.go), and starting and stopping (this file). What an application has of the
// body ends with its answer (input.go). Errors become answers in explain.go.
// Whoever wants to see it all gets events (events.go, watch.go).
package server

import (
	"context"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	listen "barewire/steps/01_listen"
	read "barewire/steps/02_read"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	response "barewire/steps/09_response"
)

// A Server serves one application. New makes one; set its fields before Serve.
type Server struct {
	App       wsgi.Application
	Pipeline  []Stage
	Limits    Limits
	Deadlines Deadlines
	Errors    io.Writer        // wsgi.errors, when nobody watches
	Now       func() time.Time // the clock of the Date field
	Goodbye   func(net.Conn)   // closes a connection, step 01

	// Observe is told what happens, as it happens, by many goroutines at once.
	// It must not block: put a Ring before anything slow. Nil costs nothing.
	Observe func(Event)
	// Watch is asked at the first byte of a request whether Observe is told of it.
	// So who cannot keep up still gets whole requests. Nil means of all.
	Watch func() bool
	// Gate is asked before each stage, and may block as long as it likes: each
	// deadline is set behind it. Meanwhile left tells whether the client has
	// left. Shutdown waits for the requests at the gate too, so let them go first.
	Gate func(place Place, stage Stage, left func() bool)
	// AfterChunk is asked like Gate, in the middle of 08 or 09: when a chunk is sent and
	// the answer is not whole yet, before the application is asked for more. It is
	// asked only of requests that Observe is told of.
	AfterChunk func(place Place, stage Stage, chunk int, left func() bool)

	// Remember spares a head that is the same as the one before, byte for byte, steps
	// 02 to 07: what they made of it is known. False has them do it again.
	// Who puts another function in the place of one of them wants that.
	Remember bool

	places chan struct{} // as many as there may be connections
	desks  *sync.Pool    // of *desk
	date   func() string // the Date field of this moment
	*life
}

// A life is what goes on in a server, also while Swap puts another in its place.
type life struct {
	connections atomic.Int64 // how many there were, to number them
	requests    atomic.Int64
	stopped     atomic.Bool   // the server stops
	stop        chan struct{} // closed then

	mutex     sync.Mutex
	current   *Server       // serves the connections that come
	swapped   chan struct{} // closed when another does
	open      map[*connection]bool
	listeners []net.Listener
	serving   sync.WaitGroup
}

// Limits bound what strangers may send.
type Limits struct {
	Head        read.Limits
	Body        body.Limits
	Connections int // at one time; further ones wait in the kernel's queue
	Requests    int // on one connection, so that its place goes round; the last answer says close
}

// Deadlines bound how long they may take.
type Deadlines struct {
	Idle  time.Duration // until a request begins
	Head  time.Duration // until its head is complete
	Body  time.Duration // for each 16 KiB of its body, counting only what the server waits
	Write time.Duration // for each write of its answer, of 256 KiB at most
}

// New returns a server for app, with bounds that suit a public place.
func New(app wsgi.Application) *Server {
	s := &Server{
		App:      app,
		Pipeline: Pipeline(),
		Limits: Limits{
			Head:        read.Limits{Line: 8 << 10, Lines: 100 + 2, Bytes: 64 << 10},
			Body:        body.Limits{Bytes: 1 << 30, Line: 256, Trailer: 8 << 10},
			Connections: 8192,
			// Enough to be no cost, and for who pipelines no loss worth a word:
			// what lies behind the last request is not answered.
			Requests: 100_000,
		},
		Deadlines: Deadlines{Idle: time.Minute, Head: 15 * time.Second, Body: 30 * time.Second, Write: 30 * time.Second},
		Errors:    os.Stderr,
		Now:       time.Now,
		Remember:  true,
		desks:     new(sync.Pool),
		Goodbye:   listen.Goodbye,
		life:      &life{stop: make(chan struct{}), swapped: make(chan struct{}), open: make(map[*connection]bool)},
	}
	s.date = dates(func() time.Time { return s.Now() })
	s.current = s
	return s
}

// dates returns a function that makes the Date field of each second once.
func dates(now func() time.Time) func() string {
	var (
		mutex  sync.Mutex
		second int64
		date   string
	)
	return func() string {
		now := now()
		mutex.Lock()
		defer mutex.Unlock()
		if date == "" || second != now.Unix() {
			second, date = now.Unix(), response.Date(now)
		}
		return date
	}
}

// Swap has the connections that come from now on served by a copy of the server
// that change has changed; nil has them served as before. Those that are open go on
// as they were.
func (s *Server) Swap(change func(*Server)) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.current = s
	if change != nil {
		next := *s
		next.places, next.desks = nil, new(sync.Pool)
		change(&next)
		next.date = dates(next.Now)
		s.current = &next
	}
	close(s.swapped)
	s.swapped = make(chan struct{})
}

// place waits until there is room for one more connection, and returns the server
// that is to serve it.
func (s *Server) place() *Server {
	for {
		s.mutex.Lock()
		next, swapped := s.current, s.swapped
		if next.places == nil {
			next.places = make(chan struct{}, next.Limits.Connections)
		}
		s.mutex.Unlock()
		select {
		case next.places <- struct{}{}:
			return next
		case <-swapped:
		case <-s.stop:
			return next // which takes no more
		}
	}
}

// Serve serves the connections of a listener until the server is stopped. It
// may run for several listeners.
func (s *Server) Serve(listener net.Listener) {
	s.mutex.Lock()
	s.listeners = append(s.listeners, listener)
	if s.stopping() {
		_ = listener.Close() // so that Accept ends at once
	}
	s.mutex.Unlock()
	listen.Accept(listener, func(conn net.Conn) {
		s := s.place()
		c := newConnection(s, conn)
		if !s.admit(c) {
			_ = conn.Close() // the server stops; nothing was read, nothing is lost
			return
		}
		go func() {
			defer func() { <-s.places }()
			defer s.dismiss(c) // also when an application ends its goroutine
			c.serve()
		}()
	})
}

// admit counts a connection among the open ones, unless the server stops.
func (s *Server) admit(c *connection) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.stopping() {
		return false
	}
	s.open[c] = true
	s.serving.Add(1)
	return true
}

func (s *Server) dismiss(c *connection) {
	_ = c.Close() // again, as a rule
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.open, c)
	s.serving.Done()
}

// Shutdown stops the server politely: it takes no new connections, ends those
// that wait for a request, and lets the others finish theirs. When the context
// is done first, it cuts what is left and returns the context's error.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mutex.Lock()
	if !s.stopped.Swap(true) {
		close(s.stop)
	}
	for _, listener := range s.listeners {
		_ = listener.Close() // closed is what it shall be
	}
	for c := range s.open {
		c.hurry()
	}
	s.mutex.Unlock()

	finished := make(chan struct{})
	go func() {
		s.serving.Wait()
		close(finished)
	}()
	select {
	case <-finished:
		return nil
	case <-ctx.Done():
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for c := range s.open {
		reset(c.Conn)
	}
	return ctx.Err()
}

// grace is how long a connection without a whole request has when the server
// stops.
const grace = 100 * time.Millisecond

func (s *Server) stopping() bool { return s.stopped.Load() }
