package workshop

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// The files that are ours and not the learner's.
const (
	private      = ".workshop"
	progressFile = private + "/progress.json"
	lockFile     = private + "/lock"
	keptFolder   = private + "/kept"
)

// Progress is what a workspace remembers of its learner.
type Progress struct {
	Step    int             `json:"step"` // the one in hand
	Given   []int           `json:"given,omitempty"`
	Passed  []int           `json:"passed,omitempty"`
	Skipped []int           `json:"skipped,omitempty"`
	Failing map[int]int     `json:"failing,omitempty"` // steps whose core holds, and how many of their own tests fail
	Results map[string]bool `json:"results"`           // of checks, by ID: what came out last
	Hints   map[string]int  `json:"hints"`             // how many of a check's hints were shown
	Failed  *Failure        `json:"failed,omitempty"`  // in the last run
	Place   json.RawMessage `json:"place,omitempty"`   // where the workshop screen was left, in its own words
}

// A Failure is what failed first in a run: one of the tests, or else a check.
type Failure struct {
	Step  int    `json:"step"`
	Check string `json:"check,omitempty"` // its ID
	Test  string `json:"test,omitempty"`  // its name; "" when no test failed
	Where Fault  `json:"where,omitzero"`  // as far as the test tells
}

// maxHints is how many hints a check has.
const maxHints = 3

func newProgress(given []int) Progress {
	p := Progress{Given: given, Results: map[string]bool{}, Hints: map[string]int{}}
	p.Step = p.Next(0)
	return p
}

// Next returns the first step after another that is still to do; when there is
// none, the first of all; and when all is done, the last step.
func (p *Progress) Next(after int) int {
	first := 0
	for _, step := range Steps() {
		switch {
		case p.Done(step.Number):
		case step.Number > after:
			return step.Number
		case first == 0:
			first = step.Number
		}
	}
	if first == 0 {
		return len(Steps())
	}
	return first
}

// AllDone tells whether there is nothing left to do at all.
func (p *Progress) AllDone() bool {
	return !slices.ContainsFunc(Steps(), func(step Step) bool { return !p.Done(step.Number) })
}

// Done tells whether there is nothing left to do in a step.
func (p *Progress) Done(step int) bool {
	return step == contract || slices.Contains(p.Given, step) || slices.Contains(p.Passed, step) || slices.Contains(p.Skipped, step)
}

// open notes that the core checks of a step hold while some of its own tests fail.
// It stays in hand, but the learner may go on.
func (p *Progress) open(step, failing int) {
	p.forget(step)
	if p.Failing == nil {
		p.Failing = map[int]int{}
	}
	p.Failing[step] = failing
}

// goOn takes a step in hand when it is the next, and the way there is open.
func (p *Progress) goOn(step int) {
	if p.Failing[p.Step] > 0 && step == p.Next(p.Step) {
		p.Step = step
	}
}

// Pass notes that the core checks and the tests of a step hold, and goes on when
// it was in hand.
func (p *Progress) Pass(step int) {
	p.forget(step)
	p.Passed = append(p.Passed, step)
	slices.Sort(p.Passed)
	if p.Step == step {
		p.Step = p.Next(step)
	}
}

// skip notes that a step is not to be done, and goes on when it was in hand.
func (p *Progress) skip(step int) {
	p.forget(step)
	p.Skipped = append(p.Skipped, step)
	slices.Sort(p.Skipped)
	if p.Step == step {
		p.Step = p.Next(step)
	}
}

// forget makes a step one that is still to do.
func (p *Progress) forget(step int) {
	is := func(other int) bool { return other == step }
	p.Given = slices.DeleteFunc(slices.Clone(p.Given), is)
	p.Passed = slices.DeleteFunc(slices.Clone(p.Passed), is)
	p.Skipped = slices.DeleteFunc(slices.Clone(p.Skipped), is)
	delete(p.Failing, step)
}

// Update changes the progress, as it is in the file now: another barewire may
// have written there since. Meanwhile none does, unless the file system has no locks.
func (w *Workspace) Update(change func(*Progress)) (notice string, err error) {
	if err := os.MkdirAll(w.path(private), 0o755); err != nil {
		return "", err
	}
	if unlock, err := lockedfile.MutexAt(w.path(lockFile)).Lock(); err == nil {
		defer unlock()
	}
	latest, notice, err := w.load()
	if err != nil {
		return notice, err
	}
	if notice == "" {
		w.Progress = latest // and else what is remembered here is better
	}
	change(&w.Progress)
	return notice, w.save()
}

// NextHint notes that one more hint of a check is shown, and returns its
// number, from 1; after the last hint it stays at that.
func (w *Workspace) NextHint(id string) (number int, notice string, err error) {
	notice, err = w.Update(func(p *Progress) { p.Hints[id] = min(p.Hints[id]+1, maxHints) })
	return w.Progress.Hints[id], notice, err
}

// load reads the progress. A file that is broken is kept aside, and a sentence
// says so; one that is lost is begun anew without a word, as after git clone.
func (w *Workspace) load() (p Progress, notice string, err error) {
	text, err := os.ReadFile(w.path(progressFile))
	if errors.Is(err, fs.ErrNotExist) {
		return newProgress(nil), "", nil
	}
	p = newProgress(nil)
	if err == nil && json.Unmarshal(text, &p) == nil && p.sound() {
		return p, "", nil
	}
	aside := ""
	for n := 1; ; n++ {
		aside = fmt.Sprintf("%s.broken-%d", progressFile, n)
		if _, err := os.Lstat(w.path(aside)); err != nil {
			break // as a rule because there is none
		}
	}
	if err := os.Rename(w.path(progressFile), w.path(aside)); err != nil {
		return Progress{}, "", err
	}
	return newProgress(nil), fmt.Sprintf("%s is damaged; it is kept as %s, and begun anew.", progressFile, aside), nil
}

// sound tells whether what was read can be what was written.
func (p *Progress) sound() bool {
	for _, step := range slices.Concat([]int{p.Step}, p.Given, p.Passed, p.Skipped, slices.Collect(maps.Keys(p.Failing))) {
		if checkStep(step) != nil {
			return false
		}
	}
	if p.Failed != nil && checkStep(p.Failed.Step) != nil {
		return false
	}
	return p.Results != nil && p.Hints != nil // JSON's null
}

// save writes the progress, whole or not at all.
func (w *Workspace) save() error {
	text, err := json.MarshalIndent(w.Progress, "", "\t")
	if err != nil {
		return err
	}
	return w.replace(progressFile, append(text, '\n'))
}
