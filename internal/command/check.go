package command

import (
	"context"
	"errors"
	"io"
	"strings"

	checkapp "barewire/apps/check"

	"github.com/spf13/cobra"
)

// checkFlags are what can be asked of check.
type checkFlags struct {
	run   string
	addr  address
	json  bool
	list  bool
	wsgi  bool
	ascii bool
	board board
}

func checkCommand(world World) *cobra.Command {
	var flags checkFlags
	command := &cobra.Command{
		Use:   "check [N|N.k|SECTION]",
		Short: "Check a step of yours, or any server, over a socket",
		Long: `Check what a server answers to which bytes. In a workspace it is your step N, or
the one that you are at: its own tests run first, then the core checks against
its demo, then the full ones. It is passed when its tests pass and the core holds.
With --run or --addr it is any server in any language. The exit status is 1
when something failed.

The argument is a step (3), a check (03.4) or a section ("RFC 9112 §3").

On a server of your own, what is stricter than the RFC is marked, and fails
nothing. Checks of what an application is told need check:App: for servers in
Go it is "barewire serve check:App", for those in Python the file that --wsgi
prints. A program that takes its port as {port} is first called and hung up on,
to see whether it listens.

With --json there is one object a line for each check: id, name, section, core,
stricter, passed, skipped (why it was not run), alive (the server, afterwards)
and took_ms; of a failure also connection, sent, got, got_bytes, at (the first
wrong byte of got, from 0), expected, wrong, cut (how it was sent in pieces) and
ended. Bytes that are no UTF-8 are written as base64:...

With --report the IDs of the checks that ran are sent to a board, with whether
each passed, under the name of --as or $USER; nothing else is sent, and nothing
without it. "barewire serve classroom:App" is such a board.`,
		Example: `  barewire check 3
  barewire check 'RFC 9112 §3' --list
  barewire check --run 'python3 server.py {port}'
  barewire check 7 --addr 127.0.0.1:8888 --json
  barewire check --report http://127.0.0.1:8888 --as ada`,
		RunE: func(command *cobra.Command, args []string) error {
			chosen, err := choose(strings.Join(args, " "))
			if err != nil {
				return err
			}
			if err := flags.agree(); err != nil {
				return err
			}
			if err := flags.board.agree(world, !flags.list && !flags.wsgi); err != nil {
				return err
			}
			switch {
			case flags.wsgi:
				_, err := io.WriteString(world.Out, checkapp.Python)
				return failed(err)
			case flags.list:
				return failed(listChecks(flags.out(world), chosen.checks()))
			}
			ctx, restore := interruptible(command.Context())
			defer restore()
			ctx, stop := context.WithCancel(ctx)
			defer stop()
			out := &outlet{to: world.Out, stop: stop}
			world.Out = out
			run := checkWorkspace
			if flags.run != "" || flags.addr != "" {
				run = checkForeign
			}
			err = run(ctx, world, flags, chosen)
			if out.err != nil {
				return failure{out.err} // which ended it
			}
			return err
		},
		ValidArgsFunction: completeChecks,
	}
	command.Flags().StringVar(&flags.run, "run", "", "start a server and check it: `COMMAND`, in which {port} is a free port")
	command.Flags().Var(&flags.addr, "addr", "check the server that listens there")
	command.Flags().BoolVar(&flags.json, "json", false, "print results for programs, an object a line")
	command.Flags().BoolVar(&flags.list, "list", false, "list checks, and run none")
	command.Flags().BoolVar(&flags.wsgi, "wsgi", false, "print check:App as a file for WSGI servers in Python")
	command.Flags().BoolVar(&flags.ascii, "ascii", false, "no signs but ASCII")
	flags.board.addTo(command.Flags())
	return command
}

// agree tells of flags that contradict each other.
func (f checkFlags) agree() error {
	switch {
	case f.run != "" && f.addr != "":
		return errors.New("--run starts a server and --addr names one; say one of the two")
	case f.list && f.json:
		return errors.New("--json prints results, and --list runs nothing; say one of the two")
	}
	return nil
}

// An outlet writes until a write fails. Then nobody reads on, and all stops.
type outlet struct {
	to   io.Writer
	stop func()
	err  error
}

func (o *outlet) Write(text []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.to.Write(text)
	if o.err = err; err != nil {
		o.stop()
	}
	return n, err
}

// out is where results are printed.
func (f checkFlags) out(world World) io.Writer {
	if f.ascii {
		return asciiOnly{world.Out}
	}
	return world.Out
}
