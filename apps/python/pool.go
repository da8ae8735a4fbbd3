package python

import (
	"errors"
	"fmt"
	"io"
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
	idle     chan *worker
	closing  chan struct{}
	keepers  sync.WaitGroup // one for each worker
	close    func()
}

// Start starts the workers and returns when each of them has the application.
func Start(settings Settings) (*Pool, error) {
	p := &Pool{
		settings: settings,
		// Twice as many: one that has just ended may still be in it beside the one
		// that replaces it.
		idle:    make(chan *worker, 2*settings.Workers),
		closing: make(chan struct{}),
	}
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
		p.idle <- w
		select {
		case <-w.ended:
		case <-p.closing:
			w.leave()
			return
		}
		p.forgetEnded()
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

// forgetEnded takes those that have ended out of the idle ones.
func (p *Pool) forgetEnded() {
	for range len(p.idle) {
		select {
		case w := <-p.idle:
			p.release(w)
		default:
		}
	}
}

var errNobody = errors.New("python: no worker is free")

// take waits for a worker.
func (p *Pool) take() (*worker, error) {
	for {
		var w *worker
		select {
		case w = <-p.idle:
		default:
			var patience <-chan time.Time // never, without a timeout
			if p.settings.Timeout > 0 {
				timer := time.NewTimer(p.settings.Timeout)
				defer timer.Stop()
				patience = timer.C
			}
			select {
			case w = <-p.idle:
			case <-patience:
				return nil, errNobody
			case <-p.closing:
				return nil, errNobody
			}
		}
		if !w.hasEnded() {
			return w, nil
		}
	}
}

// release gives back a worker.
func (p *Pool) release(w *worker) {
	if !w.hasEnded() {
		p.idle <- w
	}
}

func (w *worker) hasEnded() bool {
	select {
	case <-w.ended:
		return true
	default:
		return false
	}
}
