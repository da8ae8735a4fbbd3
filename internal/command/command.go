// Package command is the command line of barewire.
//
// Main parses it and runs one command. Each command has a file of its own;
// errors are one sentence on stderr, with exit status 2 for a command line that
// cannot be meant, and 1 for one that could not be carried out.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	_ "barewire/internal/command/unasked" // before any other library of the screen

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

// A World is what a command can touch besides the network.
type World struct {
	Name        string // how the user calls this program
	In          io.Reader
	Out, Err    io.Writer
	OutTerminal bool // Out is a terminal
	Env         func(key string) string
}

// System is the World of this process.
func System() World {
	name := "barewire"
	if strings.Contains(os.Args[0], "go-build") {
		name = "go run ."
	}
	out := os.Stdout.Fd()
	return World{
		Name:        name,
		In:          os.Stdin,
		Out:         os.Stdout,
		Err:         os.Stderr,
		OutTerminal: isatty.IsTerminal(out) || isatty.IsCygwinTerminal(out),
		Env:         os.Getenv,
	}
}

// Main runs the command with these arguments and returns its exit status.
func Main(args []string, world World) int {
	root := rootCommand(world)
	root.SetArgs(args)
	root.SetIn(world.In)
	root.SetOut(world.Out)
	root.SetErr(world.Err)
	err := root.ExecuteContext(context.Background())
	if err == nil {
		return 0
	}
	if !errors.Is(err, syscall.EPIPE) { // head has seen enough, and nothing is wrong
		fmt.Fprintf(world.Err, "barewire: %v\n", err)
	}
	var failed failure
	if errors.As(err, &failed) {
		return 1
	}
	return 2
}

// A failure is an error of the world; all others are of the command line.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

func rootCommand(world World) *cobra.Command {
	root := &cobra.Command{
		Use:   "barewire [APP]",
		Short: "A web server to learn from: it shows what client, server and application say",
		Long: `Barewire serves an application and shows what client and server say to each
other, line by line, with the step of the server that read or wrote it.

Without a command it serves: barewire, barewire serve and barewire demo:App do
the same. In a second terminal, type   curl 'http://127.0.0.1:8888/'`,
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: world.Name},
		Args:          cobra.ArbitraryArgs,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetVersionTemplate("{{.Version}}")
	root.SetUsageTemplate(underHeadings(root.UsageTemplate()))
	root.SetFlagErrorFunc(flagError)
	serve := serveCommand(world)
	addGroup(root, "Serve and watch:", serve, appsCommand(world), openCommand(world), sendCommand(world), cgiCommand(world), labCommand(world))
	addGroup(root, "Write your own:", initCommand(world), learnCommand(world), listCommand(world), checkCommand(world), hintCommand(world), revealCommand(world),
		resetCommand(world), skipCommand(world), runCommand(world), diffCommand(world), watchCommand(world), doctorCommand(world))
	root.AddCommand(versionCommand(world))

	// The root is serve under another name, so it has its flags and its work.
	root.Flags().AddFlagSet(serve.Flags())
	root.Example = serve.Example
	root.ValidArgsFunction = serve.ValidArgsFunction
	root.RunE = func(root *cobra.Command, args []string) error {
		if len(args) > 0 && !strings.Contains(args[0], ":") && !strings.HasSuffix(args[0], ".py") {
			return noCommand(args[0], root)
		}
		return serve.RunE(root, args)
	}

	// Cobra brings these two along. They forgive wrong words; we do not.
	root.InitDefaultHelpCmd()
	help, _, _ := root.Find([]string{"help"})
	help.Args = func(_ *cobra.Command, args []string) error {
		if _, unknown, _ := root.Find(args); len(unknown) > 0 {
			return noCommand(unknown[0], root)
		}
		return nil
	}
	root.InitDefaultCompletionCmd()
	completion, _, _ := root.Find([]string{"completion"})
	completion.Short = "Print the script that lets your shell complete barewire"
	completion.Args = cobra.ArbitraryArgs
	completion.RunE = func(completion *cobra.Command, args []string) error {
		if len(args) > 0 {
			return noCommand(args[0], completion)
		}
		return completion.Help()
	}
	return root
}

// addGroup adds commands that stand together in the help.
func addGroup(root *cobra.Command, title string, commands ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: title, Title: title})
	for _, command := range commands {
		command.GroupID = title
	}
	root.AddCommand(commands...)
}
