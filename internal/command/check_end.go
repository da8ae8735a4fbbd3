package command

import (
	"errors"
	"fmt"
	"strings"

	"barewire/internal/check"
	"barewire/internal/workshop"
)

// end shows the first failures, and what comes next. The error tells what failed.
func (l *lesson) end(w *workshop.Workspace) error {
	err := l.pictures(func(result check.Result) check.Result {
		result.Addr = defaultAddr // where barewire run listens
		return result
	})
	if err := errors.Join(l.unsaid, err); err != nil {
		return err
	}
	if len(l.failed) > 0 && !l.json {
		if err := l.advise(w); err != nil {
			return err
		}
	}
	if !l.json {
		l.next(w)
	}
	if n := len(l.failed); n > 0 {
		l.wrong = append(l.wrong, count(n, "check")+" failed")
	}
	if l.wrong != nil {
		if !l.json {
			fmt.Fprintln(l.out)
		}
		return fmt.Errorf("%s", strings.Join(l.wrong, "; "))
	}
	return nil
}

// next tells what comes behind a step.
func (l *lesson) next(w *workshop.Workspace) {
	next := workshop.Steps()[w.Progress.Step-1]
	switch {
	case l.last.Open:
		fmt.Fprintf(l.out, "\nThe core of step %02d holds; of its tests %s. It is passed when they pass too.\n", l.last.Step, fails(l.last.TestsFailed))
		if on := w.Progress.Next(l.last.Step); on != l.last.Step {
			next = workshop.Steps()[on-1]
			fmt.Fprintf(l.out, "The next chapter is open, %02d %s; to go on there first   barewire check %d\n", on, next.Name, on)
		}
	case !l.last.Passed || l.last.Before:
	case w.Progress.AllDone():
		fmt.Fprintf(l.out, "\nStep %02d is passed.\n%s", l.last.Step, finale)
	default:
		fmt.Fprintf(l.out, "\nStep %02d is passed. Next is %02d %s: %s\n", l.last.Step, next.Number, next.Name, next.Question)
	}
}

// fails tells how many tests do.
func fails(tests int) string {
	if tests == 1 {
		return "1 fails"
	}
	return fmt.Sprintf("%d fail", tests)
}

// finale is what there is to do when nothing is left to do.
const finale = `
All ten steps are done, and your server is whole. What now?

    go run .                                  it serves an application
    barewire watch -- go run . 127.0.0.1:0    your ten steps at work, on the live screen
    barewire check 'RFC 9112'                 all that the RFC asks of it
    barewire lab                              the classic mistakes, and what catches them
`

// advise tells how to go on with the check that failed first. The first hint was
// shown with each that was pictured, so the second is the next.
func (l *lesson) advise(w *workshop.Workspace) error {
	_, err := w.Update(func(p *workshop.Progress) {
		for _, result := range l.failed[:min(pictured, len(l.failed))] {
			id := result.Check.ID
			p.Hints[id] = max(p.Hints[id], 1)
		}
	})
	if err != nil {
		return err
	}
	c := l.failed[0].Check
	start := fmt.Sprintf("barewire run %d", c.Holds())
	if c.Needs == check.App {
		start = "go run ."
	}
	fmt.Fprintf(l.out, "\nStart it for that with   %s\n", start)
	if next := w.Progress.Hints[c.ID] + 1; next <= len(c.Hints) {
		fmt.Fprintf(l.out, "Hint %d of %d is ready     barewire hint %s\n", next, len(c.Hints), c.ID)
	}
	return nil
}
