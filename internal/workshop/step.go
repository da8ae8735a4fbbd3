package workshop

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Ask puts a question to the learner; anything but a clear yes is a no.
type Ask func(question string) bool

// Reset begins a step anew: its functions have no bodies again, its tests and
// its demo are as they were. What stood there is kept.
func (w *Workspace) Reset(out io.Writer, step int, ask Ask) error {
	changes, err := w.changes(step, false)
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		fmt.Fprintf(out, "Step %02d is as it was at the beginning; there is nothing to reset.\n", step)
		return w.change(out, func(p *Progress) { p.begin(step) })
	}
	for _, c := range changes {
		fmt.Fprintf(out, "  %s\n", c.name)
	}
	if !ask(fmt.Sprintf("Begin step %02d anew? These files are copied to %s first.", step, keptFolder)) {
		fmt.Fprintln(out, "Nothing was changed.")
		return nil
	}
	// Again, for an editor may have saved while the question stood.
	if changes, err = w.changes(step, false); err != nil {
		return err
	}
	kept, err := w.put(changes)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Step %02d begins anew.%s\n", step, keptAt(kept))
	if kept != "" {
		fmt.Fprintf(out, "To have it back, type in the folder of the workspace: cp -r %s/. .\n", kept)
	}
	return w.change(out, func(p *Progress) { p.begin(step) })
}

// Skip goes on without a step. The later ones are built on it, so the reference is
// put there.
func (w *Workspace) Skip(out io.Writer, step int, ask Ask) error {
	state, err := w.State(step)
	if err != nil {
		return err
	}
	if w.Progress.Done(step) {
		return fmt.Errorf("step %02d is %s; there is nothing to skip", step, state)
	}
	changes, err := w.changes(step, true)
	if err != nil {
		return err
	}
	if len(changes) > 0 {
		if !ask(fmt.Sprintf("Skip step %02d? The reference is put in its place, for the later steps stand on it. Your files are copied to %s first.", step, keptFolder)) {
			fmt.Fprintln(out, "Nothing was changed.")
			return nil
		}
		if changes, err = w.changes(step, true); err != nil {
			return err
		}
		kept, err := w.put(changes)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "The reference is in place.%s\n", keptAt(kept))
	}
	if err := w.change(out, func(p *Progress) { p.skip(step) }); err != nil {
		return err
	}
	if w.Progress.AllDone() {
		fmt.Fprintf(out, "Step %02d is skipped. There is no step left to do.\n", step)
		return nil
	}
	fmt.Fprintf(out, "Step %02d is skipped. You are at step %02d.\n", step, w.Progress.Step)
	return nil
}

// Reveal shows the difference between a step and the reference. After a yes it
// puts the reference in place, and keeps each file of the learner's beside it.
func (w *Workspace) Reveal(out io.Writer, step int, ask Ask) error {
	changes, err := w.changes(step, true)
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		fmt.Fprintf(out, "Step %02d is the reference, to the byte.\n", step)
		return nil
	}
	if _, err := out.Write(differences(changes)); err != nil {
		return err
	}
	if !ask(fmt.Sprintf("Put the reference in place of step %02d? Each of your files is kept beside it, as NAME.go.mine-1.", step)) {
		fmt.Fprintln(out, "Nothing was changed.")
		return nil
	}
	if changes, err = w.changes(step, true); err != nil {
		return err
	}
	untouched, err := files(nil)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if c.mine == nil || bytes.Equal(c.mine, untouched[c.name]) {
			continue // no work of theirs is in it
		}
		kept, err := w.beside(c.name, "mine", c.mine)
		if err != nil {
			return fmt.Errorf("nothing was replaced, for no copy could be made: %w", err)
		}
		fmt.Fprintf(out, "Yours is kept as %s.\n", kept)
	}
	if err := w.replaceAll(changes); err != nil {
		return err
	}
	fmt.Fprintf(out, "The reference of step %02d is in place.\n", step)
	return nil
}

// Difference is the unified diff from the learner's step to the reference, nil
// when they are the same.
func (w *Workspace) Difference(step int) ([]byte, error) {
	changes, err := w.changes(step, true)
	return differences(changes), err
}

func differences(changes []change) (text []byte) {
	for _, c := range changes {
		text = append(text, diff.Diff("yours/"+c.name, c.mine, "reference/"+c.name, c.want)...)
	}
	return text
}

func keptAt(kept string) string {
	if kept == "" {
		return ""
	}
	return " What stood there is kept in " + kept + "."
}

// begin takes a step in hand that is to be done once more.
func (p *Progress) begin(step int) {
	if step == contract {
		return
	}
	p.forget(step)
	p.Step = step
	for id := range p.Results {
		if strings.HasPrefix(id, fmt.Sprintf("%02d.", step)) {
			delete(p.Results, id)
		}
	}
}

// change updates the progress, and prints the notice if there is one.
func (w *Workspace) change(out io.Writer, change func(*Progress)) error {
	notice, err := w.Update(change)
	if notice != "" {
		fmt.Fprintln(out, notice)
	}
	return err
}
