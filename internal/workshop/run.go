package workshop

import (
	"cmp"
	"context"
	"maps"
	"os"
	"slices"
	"time"

	"barewire/internal/check"
)

// Run checks a step as it is now: it builds it, runs its own tests, starts its
// demo and asks that over a socket. The full checks run once the core holds,
// and at step 10 those too that need an application, against the whole server.
// What happens is told as it happens; at the end the progress is written.
//
// When ctx is cancelled, all that was started ends, and nothing is written.
func (w *Workspace) Run(ctx context.Context, step int, tell func(Event)) error {
	core, full := checksOf(step)
	return w.run(ctx, step, tell, len(core), len(full), func(r *run) error {
		if ok, err := r.build(ctx, full); !ok {
			return err
		}
		if written, err := r.test(ctx); !written {
			return err
		}
		r.ask(ctx, core, full)
		return nil
	})
}

// RunOnly runs these checks against the step's demo and, if it has to be, the
// whole server, and counts all of them as full ones. The step's own tests are not
// run, so it cannot pass that way.
func (w *Workspace) RunOnly(ctx context.Context, step int, checks []*check.Check, tell func(Event)) error {
	return w.run(ctx, step, tell, 0, len(checks), func(r *run) error {
		if ok, err := r.build(ctx, checks); !ok {
			return err
		}
		r.ask(ctx, nil, appsLast(checks))
		return nil
	})
}

// checksOf returns the checks that a step has to pass. At the last one these are
// all that wait for it, for it makes the server whole.
func checksOf(step int) (core, full []*check.Check) {
	for _, c := range check.All() {
		switch {
		case c.Holds() != step:
		case c.Core:
			core = append(core, c)
		default:
			full = append(full, c)
		}
	}
	return core, appsLast(full)
}

// appsLast puts those checks last that need another program, and of each kind those
// that take long.
func appsLast(checks []*check.Check) []*check.Check {
	turn := func(c *check.Check) (turn int) {
		if c.Needs == check.App {
			turn = 2
		}
		if c.Pauses() > 5*time.Second {
			turn++
		}
		return turn
	}
	sorted := slices.Clone(checks)
	slices.SortStableFunc(sorted, func(a, b *check.Check) int { return turn(a) - turn(b) })
	return sorted
}

// A run is a step that is being checked.
type run struct {
	Finished
	dir     string // of the workspace
	folder  string // of the step: "steps/03_requestline"
	temp    string // for what is built
	tell    func(Event)
	results map[string]bool
	failed  *Failure
	number  int // of the check that is under way
	toGo    int // checks that wait for the core
}

func (w *Workspace) run(ctx context.Context, step int, tell func(Event), core, full int, do func(*run) error) error {
	folder, err := folderOf(step)
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "barewire-check-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	started := time.Now()
	r := &run{dir: w.Dir, folder: folder, temp: temp, tell: tell, results: map[string]bool{}}
	r.Step, r.CoreOf, r.FullOf = step, core, full
	err = do(r)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	if err := w.note(r); err != nil {
		return err
	}
	r.Took = time.Since(started)
	tell(r.Finished)
	return nil
}

// note writes the progress.
func (w *Workspace) note(r *run) (err error) {
	core := r.CoreOf > 0 && r.Core == r.CoreOf
	r.Passed = r.Tests && (core || r.Step == contract)
	r.Notice, err = w.Update(func(p *Progress) {
		maps.Copy(p.Results, r.results)
		given := r.Step == contract || slices.Contains(p.Given, r.Step)
		r.Before = given || slices.Contains(p.Passed, r.Step)
		switch {
		case r.Before:
		case r.Passed:
			p.Pass(r.Step)
		case core && r.TestsFailed > 0:
			p.open(r.Step, r.TestsFailed)
			r.Open = true
		}
		p.goOn(r.Step)
		whole := r.CoreOf > 0 || r.Step == contract
		if r.failed != nil || whole || p.Failed != nil && r.results[p.Failed.Check] {
			p.Failed = r.failed
		}
	})
	return err
}

// ask starts the demo for the checks that it can answer, and then the whole
// server for the others. It goes no further than the core, if that does not hold.
func (r *run) ask(ctx context.Context, core, full []*check.Check) {
	apps := slices.IndexFunc(full, func(c *check.Check) bool { return c.Needs == check.App })
	if apps < 0 {
		apps = len(full)
	}
	if len(core)+apps > 0 {
		demo := r.start(ctx, check.Target{Demo: r.Step}, "demo", "127.0.0.1:0")
		if demo == nil {
			return
		}
		defer demo.Stop()
		r.toGo = len(full)
		if !demo.say(ctx, core) || r.Core < r.CoreOf {
			return
		}
		r.toGo, r.number = 0, 0
		if !demo.say(ctx, full[:apps]) {
			return
		}
	}
	if apps == len(full) {
		return
	}
	if server := r.start(ctx, check.Target{App: true}, "server", serveChecks...); server != nil {
		defer server.Stop()
		server.say(ctx, full[apps:])
	}
}

// serveChecks has the whole server serve what the checks ask.
var serveChecks = []string{"-trace", "none", "127.0.0.1:0", "check:App"}

// An asked is a program of the learner's that the checks are run on.
type asked struct {
	*check.Program
	*run
	target check.Target
}

// start starts a program that was built, nil if it does not come to listen.
func (r *run) start(ctx context.Context, target check.Target, name string, args ...string) *asked {
	program, err := check.Start(ctx, r.dir, append([]string{r.binary(name)}, args...))
	if err != nil {
		if ctx.Err() == nil {
			r.tell(r.died(err.Error()))
		}
		return nil
	}
	target.Addr, target.Alive = program.Addr, program.Alive
	r.tell(Listening{program.Addr})
	return &asked{program, r, target}
}

// say runs checks, until the program dies. Of one that met an emptied function
// its end is told, and not the check that it failed by that.
func (a *asked) say(ctx context.Context, checks []*check.Check) bool {
	for _, c := range checks {
		a.number++
		a.tell(Checking{c, a.number, a.of(), a.toGo})
		result := check.Run(ctx, a.target, c)
		if ctx.Err() != nil {
			return false
		}
		dead := a.ended(result)
		var died Died
		if dead {
			result.Alive = false // it may have lived a moment longer than the check
			died = a.died(string(a.Output()))
		}
		if !died.NotWritten {
			a.count(result)
			a.tell(Checked{result})
		}
		if dead {
			a.tell(died)
			return false
		}
	}
	a.run.Output = string(a.Output())
	return true
}

// of is how many checks there are of the kind that is under way.
func (r *run) of() int {
	if r.toGo > 0 || r.FullOf == 0 {
		return r.CoreOf
	}
	return r.FullOf
}

func (r *run) count(result check.Result) {
	r.Ran++
	r.results[result.Check.ID] = result.Passed
	if !result.Passed && result.Skipped == "" {
		r.fails().Check = cmp.Or(r.failed.Check, result.Check.ID)
	}
	switch {
	case result.Passed && result.Check.Core && r.CoreOf > 0:
		r.Core++
	case result.Passed:
		r.Full++
	}
}

// fails is what failed in the run.
func (r *run) fails() *Failure {
	if r.failed == nil {
		r.failed = &Failure{Step: r.Step}
	}
	return r.failed
}

// ended tells whether the program has ended. One that panics ends its connections
// first, so after an answer that never came it is given the time to die.
func (a *asked) ended(result check.Result) bool {
	wait := 0
	if !result.Passed && (len(result.Got) == 0 || !result.Alive) {
		wait = 50
	}
	for ; wait > 0 && a.Alive() == nil; wait-- {
		time.Sleep(20 * time.Millisecond)
	}
	return a.Alive() != nil
}

func (r *run) died(output string) Died {
	sentence := isUnwritten.FindString(output)
	return Died{NotWritten: sentence != "", Sentence: sentence, Output: output, Faults: faults(output, r.folder)}
}
