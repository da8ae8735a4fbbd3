package command

import (
	"fmt"
	"io"

	"barewire/internal/check"
	"barewire/internal/workshop"
	"barewire/server/trace"

	"github.com/spf13/cobra"
)

func listCommand(world World) *cobra.Command {
	var ascii bool
	list := &cobra.Command{
		Use:   "list",
		Short: "List the ten steps, and where you are",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			w, err := workspace(world)
			if err != nil {
				return err
			}
			return failed(w.List(world.Out, ascii))
		},
	}
	list.Flags().BoolVar(&ascii, "ascii", false, "no signs but ASCII")
	return list
}

func hintCommand(world World) *cobra.Command {
	return &cobra.Command{
		Use:   "hint [N|N.k]",
		Short: "Give the next of the three hints for a check",
		Long: `Give the next hint for a check, from a nudge to nearly the answer. Without an
argument it is the check that failed first in the last run; of a step, the first
of its checks that failed. Where only a test failed, it says which.`,
		Example: `  barewire hint 03.4
  barewire hint 3`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("hint takes one step or check, such as 3 or 03.4")
			}
			if len(args) == 0 {
				return nil
			}
			_, err := findStep(args[0])
			if checkID.MatchString(args[0]) {
				_, err = findCheck(args[0])
			}
			return err
		},
		RunE: func(_ *cobra.Command, args []string) error {
			w, err := workspace(world)
			if err != nil {
				return err
			}
			c, failure, err := wantsHint(w, args)
			switch {
			case err != nil:
				return err
			case c == nil:
				return failed(testHint(world.Out, failure))
			}
			return giveHint(world, w, c)
		},
		ValidArgsFunction: completeChecks,
	}
}

// wantsHint returns the check that is named, or that failed: first of all in the
// last run, if that was of the step that is named. Where only a test did, that is
// the failure.
func wantsHint(w *workshop.Workspace, args []string) (*check.Check, *workshop.Failure, error) {
	last, step := w.Progress.Failed, w.Progress.Step
	if len(args) > 0 {
		if checkID.MatchString(args[0]) {
			c, err := findCheck(args[0])
			return c, nil, err
		}
		named, err := findStep(args[0])
		if err != nil {
			return nil, nil, err
		}
		if step = named.Number; last != nil && last.Step != step {
			last = nil
		}
	}
	if last != nil && (last.Test != "" || check.Find(last.Check) != nil) {
		return check.Find(last.Check), last, nil
	}
	all := check.Of(step)
	for _, c := range all {
		if held, ran := w.Progress.Results[c.ID]; ran && !held {
			return c, nil, nil
		}
	}
	if len(all) == 0 {
		return nil, nil, failure{fmt.Errorf("step %02d has no checks: it is types, and given", step)}
	}
	return nil, nil, failure{fmt.Errorf("no check of step %02d has failed so far; barewire check %d runs them, and barewire hint %s is about one of them", step, step, all[0].ID)}
}

// giveHint shows the next hint for a check.
func giveHint(world World, w *workshop.Workspace, c *check.Check) error {
	number, notice, err := w.NextHint(c.ID)
	if notice != "" {
		fmt.Fprintf(world.Err, "barewire: %s\n", notice)
	}
	if err != nil {
		return failure{err}
	}
	fmt.Fprintf(world.Out, "%s  %s\nhint %d of %d   %s\n", c.ID, c.Name, number, len(c.Hints), c.Hints[number-1])
	if number == len(c.Hints) {
		fmt.Fprintf(world.Out, "It is the last one. barewire reveal %d shows the reference.\n", c.Step())
	}
	return nil
}

// testHint tells which test failed first, for which there are no hints but what it
// says itself.
func testHint(out io.Writer, failure *workshop.Failure) error {
	_, err := fmt.Fprintf(out, "No check of step %02d failed when it ran last, but %s did.\n", failure.Step, failure.Test)
	if where := failure.Where; err == nil && where.Text != "" {
		_, err = fmt.Fprintln(out, "    "+trace.Escape([]byte(spell(where))))
	}
	return err
}

func revealCommand(world World) *cobra.Command {
	return changing(world, "reveal N", "Show the difference to the reference, and put that in place",
		`Show what would make your step the reference. After a yes the reference is put
in place, and each of your files is kept beside it, as NAME.go.mine-1.`,
		(*workshop.Workspace).Reveal)
}

func resetCommand(world World) *cobra.Command {
	return changing(world, "reset N", "Begin a step anew, and keep what is there",
		`Take the bodies out of a step again, with its tests and its demo as they were.
Your files are copied into .workshop/kept first.`,
		(*workshop.Workspace).Reset)
}

func skipCommand(world World) *cobra.Command {
	return changing(world, "skip N", "Go on without a step",
		`Go on with the next step. The later ones stand on this one, so after a yes the
reference is put in its place; your files are copied into .workshop/kept first.`,
		func(w *workshop.Workspace, out io.Writer, step int, ask workshop.Ask) error {
			err := w.Skip(out, step, ask)
			if err == nil && w.Progress.AllDone() {
				_, err = io.WriteString(out, finale)
			}
			return err
		})
}

// changing is a command that asks, and then changes the files of a step.
func changing(world World, use, short, long string, change func(*workshop.Workspace, io.Writer, int, workshop.Ask) error) *cobra.Command {
	var yes bool
	command := &cobra.Command{
		Use:               use,
		Short:             short,
		Long:              long,
		Args:              oneStep,
		ValidArgsFunction: completeSteps,
		RunE: func(command *cobra.Command, args []string) error {
			step, err := findStep(args[0])
			if err != nil {
				return err
			}
			w, err := workspace(world)
			if err != nil {
				return err
			}
			ask, err := asker(world, yes)
			if err != nil {
				return err
			}
			return failed(change(w, world.Out, step.Number, ask))
		},
	}
	command.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return command
}

// failed makes an error one of the world.
func failed(err error) error {
	if err != nil {
		return failure{err}
	}
	return nil
}
