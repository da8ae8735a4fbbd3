package command

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"

	"barewire/internal/workshop"

	"github.com/spf13/cobra"
)

func runCommand(world World) *cobra.Command {
	addr := address(defaultAddr)
	run := &cobra.Command{
		Use:               "run N",
		Short:             "Run your server as it is after a step, without judging it",
		Args:              oneStep,
		ValidArgsFunction: completeSteps,
		RunE: func(_ *cobra.Command, args []string) error {
			step, err := findStep(args[0])
			if err != nil {
				return err
			}
			w, err := workspace(world)
			if err != nil {
				return err
			}
			return runDemo(world, w, step.Number, addr)
		},
	}
	run.Flags().Var(&addr, "addr", "where to listen; port 0 is any free one")
	return run
}

// runDemo builds a demo and runs it. go run would keep some signals to itself.
func runDemo(world World, w *workshop.Workspace, step int, addr address) error {
	demo, err := workshop.Demo(step)
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "barewire-run-")
	if err != nil {
		return failure{err}
	}
	defer os.RemoveAll(temp)
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, endSignals()...)
	defer signal.Stop(signals)

	binary := filepath.Join(temp, "demo.exe") // Windows insists on the ending
	told, err := attend(world, signals, w.Dir, "go", "build", "-trimpath", "-buildvcs=false", "-o", binary, demo)
	if err == nil && !told {
		told, err = attend(world, signals, w.Dir, binary, string(addr))
	}
	if err != nil && !told {
		return failure{fmt.Errorf("the demo of step %02d ended: %w", step, err)}
	}
	return nil
}

// attend runs a program to its end, on our terminal, and passes signals on to it.
// It tells whether there was one.
func attend(world World, signals <-chan os.Signal, dir, name string, args ...string) (told bool, err error) {
	program := exec.Command(name, args...)
	program.Dir = dir
	program.Stdin, program.Stdout, program.Stderr = world.In, world.Out, world.Err
	if err := program.Start(); err != nil {
		return false, err
	}
	ended := make(chan error, 1)
	go func() { ended <- program.Wait() }()
	for {
		select {
		case signal := <-signals:
			told = true
			_ = program.Process.Signal(signal) // it may have ended, and Windows has told it already
		case err := <-ended:
			return told, err
		}
	}
}
