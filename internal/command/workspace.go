package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"barewire/internal/check"
	"barewire/internal/workshop"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

// workspace opens the one that we are in.
func workspace(world World) (*workshop.Workspace, error) {
	w, notice, err := workshop.Open(".")
	if err != nil {
		return nil, failure{err}
	}
	if notice != "" {
		fmt.Fprintf(world.Err, "barewire: %s\n", notice)
	}
	return w, nil
}

// interruptible is a context that ends when we are told to. Signals stay ours to the
// end: the programs that were started have to be ended too, and have a few seconds
// for that at most.
func interruptible(ctx context.Context) (context.Context, func()) {
	// Of SIGPIPE we would die too: where nobody reads on, a write fails instead. It
	// is not ignored, for the programs would inherit that.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	return signal.NotifyContext(ctx, endSignals()...)
}

// endSignals are those that tell us to end.
func endSignals() []os.Signal {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		ends = append(ends, syscall.SIGHUP) // the terminal is gone
	}
	return ends
}

// findStep reads the number of a step.
func findStep(word string) (workshop.Step, error) {
	steps := workshop.Steps()
	number, err := strconv.Atoi(word)
	switch {
	case err == nil && number >= 1 && number <= len(steps):
		return steps[number-1], nil
	case err == nil:
		return workshop.Step{}, fmt.Errorf("there is no step %s; the steps are 1 to %d", word, len(steps))
	}
	return workshop.Step{}, fmt.Errorf("there is no step %q%s", word, suggestStep(word, "; a step is a number, such as 3"))
}

// suggestStep ends a sentence about a word that is not the number of a step. Its
// name is near, though it is no argument: that would be one more thing to know.
func suggestStep(word, otherwise string) string {
	var names []string
	for _, step := range workshop.Steps() {
		names = append(names, step.Name)
	}
	name := nearest(strings.TrimLeft(word, "0123456789_"), names)
	if i := slices.Index(names, name); i >= 0 {
		return fmt.Sprintf("; did you mean %d, %s?", i+1, name)
	}
	return otherwise
}

var checkID = regexp.MustCompile(`^0*(\d+)\.0*(\d+)$`)

// findCheck reads the ID of a check, in which a zero may be missing: 3.4.
func findCheck(word string) (*check.Check, error) {
	match := checkID.FindStringSubmatch(word)
	if match == nil {
		return nil, fmt.Errorf("there is no check %q; a check is a step, a dot and a number, such as 03.4", word)
	}
	step, err := findStep(match[1])
	if err != nil {
		return nil, err
	}
	if found := check.Find(fmt.Sprintf("%02d.%s", step.Number, match[2])); found != nil {
		return found, nil
	}
	all := check.Of(step.Number)
	if len(all) == 0 {
		return nil, fmt.Errorf("step %02d has no checks: it is types, of which no socket tells", step.Number)
	}
	return nil, fmt.Errorf("there is no check %s; those of step %02d are %s to %s", word, step.Number, all[0].ID, all[len(all)-1].ID)
}

// oneStep is for commands that take a step.
func oneStep(command *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%s takes the number of one step, such as 3", command.Name())
	}
	_, err := findStep(args[0])
	return err
}

// completeSteps offers the steps to the shell.
func completeSteps(_ *cobra.Command, args []string, _ string) (words []string, _ cobra.ShellCompDirective) {
	if len(args) == 0 {
		for _, step := range workshop.Steps() {
			words = append(words, fmt.Sprintf("%d\t%s", step.Number, step.Name))
		}
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}

// completeChecks offers the steps and the checks.
func completeChecks(command *cobra.Command, args []string, word string) (words []string, _ cobra.ShellCompDirective) {
	words, directive := completeSteps(command, args, word)
	if len(args) == 0 {
		for _, c := range check.All() {
			words = append(words, c.ID+"\t"+c.Name)
		}
	}
	return words, directive
}

// asker returns how to ask the user. Without a terminal nobody could answer, so
// there --yes has to.
func asker(world World, yes bool) (workshop.Ask, error) {
	if yes {
		return func(string) bool { return true }, nil
	}
	if in, is := world.In.(*os.File); !is || !isatty.IsTerminal(in.Fd()) {
		return nil, failure{errors.New("this asks before it changes a file, and there is no terminal; --yes answers")}
	}
	in := bufio.NewReader(world.In)
	return func(question string) bool {
		fmt.Fprintf(world.Err, "%s [y/N] ", question) // the rest may go into a file
		answer, err := in.ReadString('\n')
		if err != nil { // Ctrl-D is a no too, and leaves us on that line
			fmt.Fprintln(world.Err)
			return false
		}
		answer = strings.ToLower(strings.TrimSpace(answer))
		return answer == "y" || answer == "yes"
	}, nil
}
