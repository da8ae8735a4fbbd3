package workshop

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"barewire/internal/check"
)

// A State is how far a step has come, in a word.
type State string

const (
	Given    State = "given"
	Passed   State = "passed"
	Skipped  State = "skipped"
	Revealed State = "revealed" // the reference is in place
	Holding  State = "the core holds"
	Begun    State = "begun"
	Empty    State = "not written yet"
)

// State tells how far a step has come. What was passed once counts as passed,
// until Reset.
func (w *Workspace) State(step int) (State, error) {
	if err := checkStep(step); err != nil {
		return "", err
	}
	p := &w.Progress
	isTheirs := func(c change) bool { return exercise(c.name) > 0 }
	switch {
	case step == contract || slices.Contains(p.Given, step):
		return Given, nil
	case slices.Contains(p.Skipped, step):
		return Skipped, nil
	}
	changes, err := w.changes(step, true)
	switch {
	case err != nil:
		return "", err
	case !slices.ContainsFunc(changes, isTheirs):
		return Revealed, nil
	case slices.Contains(p.Passed, step):
		return Passed, nil
	case p.Failing[step] > 0:
		return Holding, nil
	}
	changes, err = w.changes(step, false)
	if slices.ContainsFunc(changes, func(c change) bool { return isTheirs(c) && !isBlank(c.mine) }) {
		return Begun, err
	}
	return Empty, err
}

func isBlank(text []byte) bool { return len(bytes.TrimSpace(text)) == 0 }

// List shows the ten steps, and where the learner is.
func (w *Workspace) List(out io.Writer, ascii bool) error {
	signs := signsFor(ascii)
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, step := range Steps() {
		state, err := w.State(step.Number)
		if err != nil {
			return err
		}
		sign, words := signs.idle, string(state)
		if failing := w.Progress.Failing[step.Number]; failing > 0 {
			sign = signs.open
			words += fmt.Sprintf(", %s", fails(failing))
		}
		switch {
		case step.Number == w.Progress.Step && !w.Progress.Done(step.Number):
			sign, words = signs.here, words+", you are here"
		case w.Progress.Done(step.Number):
			sign = signs.good
		}
		fmt.Fprintf(table, "%02d %s %s\t%s\t%s\t%s\n", step.Number, sign, step.Name, step.Question, words, w.tally(step.Number))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(text.String()) {
		fmt.Fprintln(out, strings.TrimRight(line, " \n"))
	}
	return nil
}

// tally counts the checks of a step that ran, and those that held.
func (w *Workspace) tally(step int) string {
	ran, held := 0, 0
	for id, ok := range w.Progress.Results {
		if strings.HasPrefix(id, fmt.Sprintf("%02d.", step)) {
			ran++
			if ok {
				held++
			}
		}
	}
	if ran == 0 {
		return ""
	}
	text := fmt.Sprintf("%d of %d checks hold", held, ran)
	for _, later := range Later(step) {
		if _, ran := w.Progress.Results[later.first]; !ran {
			text += fmt.Sprintf(", %d more with step %02d", later.Count, later.Step)
		}
	}
	return text
}

// fails tells how many tests do.
func fails(tests int) string {
	if tests == 1 {
		return "1 test fails"
	}
	return fmt.Sprintf("%d tests fail", tests)
}

// A Wait is how many checks of a step wait for a later one.
type Wait struct {
	Step, Count int
	first       string // the ID of one
}

// Later counts the checks of a step that need more of the server than that step,
// by the steps that bring it.
func Later(step int) (found []Wait) {
	for _, c := range check.Of(step) {
		if c.Holds() == step {
			continue
		}
		i := slices.IndexFunc(found, func(w Wait) bool { return w.Step == c.Holds() })
		if i < 0 {
			i = len(found)
			found = append(found, Wait{Step: c.Holds(), first: c.ID})
		}
		found[i].Count++
	}
	slices.SortFunc(found, func(a, b Wait) int { return a.Step - b.Step })
	return found
}

// signs are the marks in front of a line.
type signs struct{ good, bad, idle, here, open string }

func signsFor(ascii bool) signs {
	if ascii {
		return signs{good: "+", bad: "x", idle: "-", here: ">", open: "!"}
	}
	return signs{good: "✓", bad: "✗", idle: "·", here: "▸", open: "!"}
}
