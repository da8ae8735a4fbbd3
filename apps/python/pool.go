package python

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// Settings are what can be chosen.
type Settings struct {
	App     string        // file.py:callable or package.module:callable, see worker.py
	Python  string        // the program
	Workers int           // how many, at least one
	Timeout time.Duration // for each thing that Python says, 0 for as long as it likes
	Debug   bool          // tell the client what went wrong, and where
	Reload  bool          // its source will change, so that what Python keeps of it compiled could be old
	Errors  io.Writer     // what workers print, and what becomes of them; many write to it at a time
}

// A Pool is an application in workers. It has as many at all times, but for those
// that are being replaced.
type Pool struct {
	settings Settings
	closing  chan struct{}
	keepers  sync.WaitGroup // one for each worker
	close    func()

	mutex   sync.Mutex
	crew    *crew     // those who are at work now
	idle    []*worker // of them; the last to come goes first: it is still warm
	waiting []*turn   // there are none while a worker is idle
}

// A crew is the workers that were started together, and those in their place.
type crew struct {
	dismissed chan struct{} // closed when another one has come
}

// A turn is a request that waits for a worker.
type turn struct {
	frame []byte       // its environ
	taken chan *worker // by whom
	err   error        // what came of sending it
}

// Start starts the workers and returns when each of them has the application.
func Start(settings Settings) (*Pool, error) {
	p := &Pool{settings: settings, closing: make(chan struct{})}
	p.close = sync.OnceFunc(func() {
		p.mutex.Lock()
		close(p.closing)
		p.mutex.Unlock()
		p.keepers.Wait()
	})
	if err := p.Reload(); err != nil {
		return nil, err
	}
	return p, nil
}

// Close ends the workers, and waits for it. What they have in hands is lost.
func (p *Pool) Close() { p.close() }

// Reload puts new workers, which import the application anew, in the place of those
// that there are. Those finish what they have in hands; what begins when Reload has
// returned is for the new ones. Where they cannot be had all stays as it is, and the
// error tells why. One Reload may run at a time.
func (p *Pool) Reload() error {
	workers, err := p.hire()
	if err == nil && !p.change(workers) {
		err = errClosed
	}
	if err != nil {
		for _, w := range workers {
			w.leave()
		}
	}
	return err
}

// hire starts a worker, and then the others at a time: what is wrong with the
// application is said once. With an error come those that did start.
func (p *Pool) hire() ([]*worker, error) {
	first, err := newWorker(p.settings, p.closing)
	if err != nil {
		return nil, err
	}
	var others sync.WaitGroup
	workers, problems := make([]*worker, p.settings.Workers), make([]error, p.settings.Workers)
	workers[0] = first
	for i := 1; i < len(workers); i++ {
		others.Add(1)
		go func() {
			defer others.Done()
			workers[i], problems[i] = newWorker(p.settings, p.closing)
		}()
	}
	others.Wait()
	for _, problem := range problems {
		if problem != nil {
			err = problem
		}
	}
	return slices.DeleteFunc(workers, func(w *worker) bool { return w == nil }), err
}

// change has these workers instead of all others, unless the pool closes.
func (p *Pool) change(workers []*worker) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if isClosed(p.closing) {
		return false
	}
	if p.crew != nil {
		close(p.crew.dismissed)
	}
	for _, w := range p.idle {
		go w.leave() // its keeper waits for it
	}
	p.crew, p.idle = &crew{make(chan struct{})}, nil
	for _, w := range workers {
		w.crew = p.crew
		p.keepers.Add(1)
		go func() {
			defer p.keepers.Done()
			p.keep(w)
		}()
	}
	return true
}

// The pause before a worker is replaced grows while they end without an answer.
const (
	firstPause = 50 * time.Millisecond
	lastPause  = 5 * time.Second
)

// keep offers a worker, and a new one in its place each time that it has ended, until
// its crew is dismissed.
func (p *Pool) keep(w *worker) {
	pause := firstPause
	for {
		p.release(w)
		select {
		case <-w.ended:
		case <-p.closing:
			w.leave()
			return
		}
		p.forget(w)
		if w.useful.Load() {
			pause = firstPause
		}
		if w = p.replace(w.crew, &pause); w == nil {
			return
		}
	}
}

// replace starts a worker, again and again until there is one, or none is needed.
func (p *Pool) replace(crew *crew, pause *time.Duration) *worker {
	for {
		select {
		case <-time.After(*pause):
		case <-crew.dismissed:
			return nil
		case <-p.closing:
			return nil
		}
		*pause = min(2**pause, lastPause)
		w, err := newWorker(p.settings, p.closing)
		switch {
		case err == nil:
			w.crew = crew
			return w
		case !errors.Is(err, errClosed):
			fmt.Fprintf(p.settings.Errors, "barewire: a Python worker cannot be replaced: %v\n", err)
		}
	}
}

// forget takes a worker that has ended out of the idle ones.
func (p *Pool) forget(w *worker) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.idle = slices.DeleteFunc(p.idle, func(idle *worker) bool { return idle == w })
}

var errNobody = errors.New("python: no worker is free")

// hand gives an environ to a worker, once there is one. With the error of a worker
// that did not take it comes that worker.
func (p *Pool) hand(frame []byte) (*worker, error) {
	p.mutex.Lock()
	if last := len(p.idle) - 1; last >= 0 {
		w := p.idle[last]
		p.idle = p.idle[:last]
		p.mutex.Unlock()
		return w, w.send(frame)
	}
	t := &turn{frame: frame, taken: make(chan *worker, 1)}
	p.waiting = append(p.waiting, t)
	p.mutex.Unlock()

	var patience <-chan time.Time // never, without a timeout
	if p.settings.Timeout > 0 {
		timer := time.NewTimer(p.settings.Timeout)
		defer timer.Stop()
		patience = timer.C
	}
	select {
	case w := <-t.taken:
		return w, t.err
	case <-patience:
	case <-p.closing:
	}
	if p.withdraw(t) {
		return nil, errNobody
	}
	return <-t.taken, t.err // it has one by now
}

// withdraw tells whether a request still waited; now it does not.
func (p *Pool) withdraw(t *turn) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	before := len(p.waiting)
	p.waiting = slices.DeleteFunc(p.waiting, func(waiting *turn) bool { return waiting == t })
	return len(p.waiting) < before
}

// release gives back a worker. The request that waits longest is handed to it right
// here, so that Python does not wait while we send the answer that it just gave.
func (p *Pool) release(w *worker) {
	p.mutex.Lock()
	if isClosed(w.ended) {
		p.mutex.Unlock()
		return
	}
	if w.crew != p.crew {
		p.mutex.Unlock()
		go w.leave() // its keeper waits for it
		return
	}
	if len(p.waiting) == 0 {
		p.idle = append(p.idle, w)
		p.mutex.Unlock()
		return
	}
	t := p.waiting[0]
	p.waiting = slices.Delete(p.waiting, 0, 1)
	p.mutex.Unlock()
	t.err = w.send(t.frame)
	t.taken <- w
}

func isClosed(channel <-chan struct{}) bool {
	select {
	case <-channel:
		return true
	default:
		return false
	}
}
