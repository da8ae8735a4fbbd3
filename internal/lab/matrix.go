package lab

import (
	"cmp"
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	app "barewire/apps/check"
	"barewire/internal/check"
	"barewire/server"
)

// A Row tells which checks a server with a mistake fails.
type Row struct {
	Mistake Mistake
	Failed  []check.Result // in the order of the checks
	Missed  []string       // IDs of the checks that promise to catch it, and passed
}

// Split parts the IDs of the checks that failed: those that promise to catch the
// mistake, and the others, which happen to.
func (row Row) Split() (promised, others []string) {
	promised, others = []string{}, []string{} // in JSON they are never null
	for _, result := range row.Failed {
		if slices.Contains(result.Check.Catches, row.Mistake.Name) {
			promised = append(promised, result.Check.ID)
		} else {
			others = append(others, result.Check.ID)
		}
	}
	return promised, others
}

// Checks returns the checks that can be run on the whole server: all but those that
// need the text of a demo.
func Checks() []*check.Check {
	return slices.DeleteFunc(check.All(), func(c *check.Check) bool { return c.Needs == check.Demo })
}

// Promised returns those of them that promise to catch a mistake.
func Promised(mistake Mistake) []*check.Check {
	return slices.DeleteFunc(Checks(), func(c *check.Check) bool { return !slices.Contains(c.Catches, mistake.Name) })
}

// atOnce is how many checks are run at a time. For most of their time they wait.
const atOnce = 96

// Matrix runs each check, of those that Checks returns, against a server with each
// mistake. It returns a row for each mistake; the zero Mistake is none, so nothing
// should fail there. After each check tell is told how many are done, by one
// goroutine at a time.
//
// Each time the server is a new one, so no check can disturb another, and many can
// run at once. The longest waits for a deadline of the server, 15 seconds; it goes
// first, and the others are run meanwhile.
func Matrix(ctx context.Context, mistakes []Mistake, checks []*check.Check, tell func(done, of int)) ([]Row, error) {
	m := &matrix{results: make(map[pair]check.Result), of: len(mistakes) * len(checks), tell: tell}
	ordered := slices.Clone(checks)
	slices.SortStableFunc(ordered, func(a, b *check.Check) int { return cmp.Compare(pauses(b), pauses(a)) })

	var running sync.WaitGroup
	room := make(chan struct{}, atOnce)
	for _, c := range ordered {
		for i, mistake := range mistakes {
			for range places(c) {
				room <- struct{}{}
			}
			running.Add(1)
			go func() {
				defer running.Done()
				m.try(ctx, pair{i, c}, mistake)
				for range places(c) {
					<-room
				}
			}()
		}
	}
	running.Wait()
	if err := cmp.Or(ctx.Err(), m.err); err != nil {
		return nil, err
	}
	rows := make([]Row, len(mistakes))
	for i, mistake := range mistakes {
		rows[i].Mistake = mistake
		for _, c := range checks {
			switch result := m.results[pair{i, c}]; {
			case !result.Passed:
				rows[i].Failed = append(rows[i].Failed, result)
			case slices.Contains(c.Catches, mistake.Name):
				rows[i].Missed = append(rows[i].Missed, c.ID)
			}
		}
	}
	return rows, nil
}

// A matrix is one under way.
type matrix struct {
	counting sync.Mutex // held by a check that has the closed bodies counted
	tell     func(done, of int)
	of       int

	mutex   sync.Mutex
	results map[pair]check.Result
	err     error
}

// A pair is a mistake, by its number, and a check.
type pair struct {
	mistake int
	check   *check.Check
}

// try runs one check against a server with one mistake, and writes down the result.
func (m *matrix) try(ctx context.Context, p pair, mistake Mistake) {
	if counts(p.check) {
		m.counting.Lock()
		defer m.counting.Unlock()
	}
	result, err := run(ctx, mistake, p.check)
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.err = cmp.Or(m.err, err)
	m.results[p] = result
	m.tell(len(m.results), m.of)
}

// run serves check:App with a mistake for as long as a check takes.
func run(ctx context.Context, mistake Mistake, c *check.Check) (check.Result, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return check.Result{}, err
	}
	s := server.New(app.App)
	s.Errors = io.Discard // some paths fail on purpose
	if mistake.Put != nil {
		mistake.Put(s)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		s.Serve(listener)
	}()
	defer func() {
		now, cancel := context.WithCancel(ctx)
		cancel()
		_ = s.Shutdown(now) // which cuts what a failed check has left open
		<-served
	}()
	return check.Run(ctx, check.Target{Addr: listener.Addr().String(), App: true}, c), nil
}

// places is how many of them a check counts for. One that is said again in pieces
// has many connections at a time.
func places(c *check.Check) int {
	if c.Cut {
		return 8
	}
	return 1
}

// pauses is how long the client of a check is silent on purpose.
func pauses(c *check.Check) (all time.Duration) {
	for _, piece := range c.Say {
		all += piece.After
	}
	return all
}

// counts tells of a check that asks how many bodies were closed. The application
// counts them for the whole process, whichever server they came from.
func counts(c *check.Check) bool {
	return slices.ContainsFunc(c.Say, func(piece check.Piece) bool { return strings.HasPrefix(piece.Bytes, "GET /closed ") })
}
