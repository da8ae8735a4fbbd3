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
	idle    []*worker // the last to come goes first: it is still warm
	waiting []*turn   // there are none while a worker is idle
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
		close(p.closing)
		p.keepers.Wait()
	})
	// The first alone: what is wrong with the application is said once.
	first, err := newWorker(settings)
	if err != nil {
		return nil, err
	}
	p.employ(first)

	var others sync.WaitGroup
	problems := make([]error, settings.Workers-1)
	for i := range problems {
		others.Add(1)
		go func() {
			defer others.Done()
			var w *worker
			if w, problems[i] = newWorker(settings); w != nil {
				p.employ(w)
			}
		}()
	}
	others.Wait()
	for _, problem := range problems {
		if problem != nil {
			p.Close()
			return nil, problem
		}
	}
	return p, nil
}

// Close ends the workers, and waits for it. What they have in hands is lost.
func (p *Pool) Close() { p.close() }

// employ gives a worker its keeper.
func (p *Pool) employ(w *worker) {
	p.keepers.Add(1)
	go func() {
		defer p.keepers.Done()
		p.keep(w)
	}()
}

// The pause before a worker is replaced grows while they end young.
const (
	firstPause = 50 * time.Millisecond
	lastPause  = 5 * time.Second
	grownUp    = 10 * time.Second
)

// keep offers a worker, and a new one in its place each time that it has ended.
func (p *Pool) keep(w *worker) {
	pause := firstPause
	for {
		born := time.Now()
		p.release(w)
		select {
		case <-w.ended:
		case <-p.closing:
			w.leave()
			return
		}
		p.forget(w)
		if time.Since(born) > grownUp {
			pause = firstPause
		}
		if w = p.replace(&pause); w == nil {
			return
		}
	}
}

// replace starts a worker, again and again until there is one, or the pool closes.
func (p *Pool) replace(pause *time.Duration) *worker {
	for {
		select {
		case <-time.After(*pause):
		case <-p.closing:
			return nil
		}
		*pause = min(2**pause, lastPause)
		w, err := newWorker(p.settings)
		if err == nil {
			return w
		}
		fmt.Fprintf(p.settings.Errors, "barewire: a Python worker cannot be replaced: %v\n", err)
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
	if w.hasEnded() {
		p.mutex.Unlock()
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

func (w *worker) hasEnded() bool {
	select {
	case <-w.ended:
		return true
	default:
		return false
	}
}
