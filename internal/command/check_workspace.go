package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"barewire/internal/check"
	"barewire/internal/workshop"
)

// checkWorkspace checks the learner's own steps.
func checkWorkspace(ctx context.Context, world World, flags checkFlags, chosen chosen) error {
	w, err := workspace(world)
	if errors.Is(err, workshop.ErrNone) {
		return failure{errors.New("this is no workspace: barewire init DIR makes one, and --addr HOST:PORT checks any server")}
	}
	if err != nil {
		return err
	}
	l := &lesson{report: newReport(world, flags)}
	defer flags.board.tell(ctx, world, l.report)
	if chosen.about == nil {
		step := chosen.step
		if step == 0 {
			step = w.Progress.Step
		}
		l.step(step)
		err = w.Run(ctx, step, l.tell)
	}
	for _, group := range bySteps(chosen.about) {
		step := group[0].Holds()
		l.step(step)
		state, unreadable := w.State(step)
		if state == workshop.Empty && len(chosen.about) > 1 {
			l.line("·", "%s", state) // of a section this is no failure
			continue
		}
		err = errors.Join(err, unreadable, w.RunOnly(ctx, step, group, l.tell))
	}
	l.idle()
	switch {
	case ctx.Err() != nil:
		return failure{errors.New("the check was cancelled")}
	case err != nil:
		return failure{err}
	}
	return failed(l.end(w))
}

// bySteps puts those checks together that ask the same program.
func bySteps(checks []*check.Check) (groups [][]*check.Check) {
	for _, step := range workshop.Steps() {
		group := slices.DeleteFunc(slices.Clone(checks), func(c *check.Check) bool { return c.Holds() != step.Number })
		if len(group) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

// A lesson reports on a step of the learner's.
type lesson struct {
	*report
	unsaid error    // what could not be printed
	wrong  []string // what failed, as the end of a sentence
	waits  int      // checks that wait for the core
	last   workshop.Finished
}

func (l *lesson) step(number int) {
	step := workshop.Steps()[number-1]
	if !l.json {
		fmt.Fprintf(l.out, "%02d %s: %s\n", step.Number, step.Name, step.Question)
	}
}

// tell prints what happens.
func (l *lesson) tell(event workshop.Event) {
	switch event := event.(type) {
	case workshop.Building:
		l.doing("building")
	case workshop.Built:
		if event.Errors != nil {
			l.line("✗", "it does not build")
			l.places(event.Errors)
			l.wrong = append(l.wrong, "it does not build")
		} else {
			l.doing("testing")
		}
	case workshop.Tested:
		l.tested(event)
	case workshop.Listening:
		l.doing("asking %s", event.Addr)
	case workshop.Checking:
		l.waits = event.FullToGo
		l.asking(event.Number, event.Of, event.Check)
	case workshop.Checked:
		l.unsaid = errors.Join(l.unsaid, l.result(event.Result, false))
	case workshop.Died:
		l.died(event)
	case workshop.Finished:
		l.last = event
		if l.waits > 0 {
			l.line("·", "%d more     they run when the core holds", l.waits)
		}
		if event.Ran > 0 && event.CoreOf > 0 {
			for _, later := range workshop.Later(event.Step) {
				l.line("·", "%d more     of this step, to run with step %02d", later.Count, later.Step)
			}
			l.line(" ", "core %d of %d, full %d of %d", event.Core, event.CoreOf, event.Full, event.FullOf)
		}
		l.idle()
	}
}

func (l *lesson) tested(tested workshop.Tested) {
	switch {
	case tested.NotWritten:
		l.unwritten(tested.Sentence, tested.Faults)
	case tested.Passed:
		l.line("✓", "%-11s pass", "its tests")
	default:
		l.line("✗", "%-11s %s", "its tests", named(tested.Failed))
		l.places(tested.Faults)
		if tested.Faults == nil {
			l.said(tested.Output)
		}
		if tested.Stopped {
			l.below("the tests behind it did not run")
		}
		l.wrong = append(l.wrong, "its tests fail")
	}
}

func (l *lesson) died(died workshop.Died) {
	if died.NotWritten {
		l.unwritten(died.Sentence, died.Faults)
		return
	}
	l.line("✗", "your server ended; it said last")
	l.said(died.Output)
	l.wrong = append(l.wrong, "your server ended by itself")
}

// namedTests is how many tests have room in a row.
const namedTests = 4

// named names the first tests that failed, and counts the others. A part of a test
// is in its name.
func named(failed []string) string {
	whole := slices.DeleteFunc(slices.Clone(failed), func(name string) bool { return strings.Contains(name, "/") })
	switch {
	case len(failed) == 0:
		return "one of them ended the program"
	case len(whole) == 0:
		whole = failed // a part that did not end
	}
	names := strings.Join(whole[:min(namedTests, len(whole))], ", ")
	if more := len(whole) - namedTests; more > 0 {
		names += " and " + count(more, "more test")
	}
	return names
}

// unwritten tells where to begin.
func (l *lesson) unwritten(sentence string, faults []workshop.Fault) {
	l.line("·", "%s", sentence)
	for _, fault := range faults {
		if !strings.HasSuffix(fault.File, "_test.go") {
			l.below(fmt.Sprintf("the first that was called is at %s:%d; doc.go there tells what to read first", fault.File, fault.Line))
			break
		}
	}
	l.wrong = append(l.wrong, sentence)
}

// places prints the first faults, each with where it is.
func (l *lesson) places(faults []workshop.Fault) {
	for i, fault := range faults {
		if i == saidMost {
			l.below("and " + count(len(faults)-i, "more line"))
			break
		}
		for line := range strings.Lines(spell(fault)) {
			l.below(strings.TrimRight(line, "\r\n"))
		}
	}
}

// spell writes where something is wrong, and what.
func spell(fault workshop.Fault) string {
	place := fault.File
	if fault.Line > 0 {
		place += fmt.Sprintf(":%d", fault.Line)
	}
	if fault.Column > 0 {
		place += fmt.Sprintf(":%d", fault.Column)
	}
	return strings.TrimLeft(place+"  "+fault.Text, " ")
}
