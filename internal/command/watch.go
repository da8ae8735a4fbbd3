package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"barewire/internal/check"
	"barewire/internal/relay"
	"barewire/server/trace"

	"github.com/spf13/cobra"
)

// environment is added to that of the program. Python keeps back what it prints
// where that is no terminal, unless it is told not to.
var environment = []string{"BAREWIRE_EVENTS=1", "PYTHONUNBUFFERED=1"}

// watchFlags are what can be asked of watch.
type watchFlags struct {
	addr address
	display
	record string
}

func watchCommand(world World) *cobra.Command {
	flags := watchFlags{addr: defaultAddr, display: newDisplay("auto", "tui", "plain", "json", "none")}
	watch := &cobra.Command{
		Use:   "watch [flags] -- COMMAND [ARG...]",
		Short: "Start any server and watch what goes over its wire",
		Long: `Start a server, in any language, stand before it on another address, and show
what clients and it say to each other.

The server finds its port in place of {port}, or it says itself where it listens:
"listening on http://HOST:PORT". BAREWIRE_EVENTS=1 is in its environment, and a
server that then writes the JSON events of barewire to standard output has its
own steps shown, as the one that barewire init makes.`,
		Example: `  barewire watch -- python3 -m http.server {port} --bind 127.0.0.1
  barewire watch -- go run . 127.0.0.1:0`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("watch takes the command of a server, as in: barewire watch -- python3 -m http.server {port} --bind 127.0.0.1")
			}
			return nil
		},
	}
	watch.RunE = func(command *cobra.Command, args []string) error {
		if flags.trace.word == "tui" && !world.wantsScreen("tui") {
			fmt.Fprintln(world.Err, "barewire: there is no terminal for the live screen, so this is the plain trace")
		}
		listener, err := listenBefore(flags.addr, world, args)
		if err != nil {
			return failure{err}
		}
		defer listener.Close()
		record, err := newRecord(flags.record, "")
		if err != nil {
			return failure{err}
		}
		defer record.close(world)
		return watchProgram(command.Context(), world, listener, record, flags, args)
	}
	watch.Flags().SetInterspersed(false) // what follows the command is its own
	watch.Flags().Var(&flags.addr, "addr", "where to listen; port 0 is any free one")
	flags.display.addTo(watch)
	watch.Flags().StringVar(&flags.record, "record", "", "write all that happens to a new `FILE`, for barewire open")
	return watch
}

// listenBefore opens the socket of the relay.
func listenBefore(addr address, world World, command []string) (net.Listener, error) {
	listener, err := net.Listen("tcp", string(addr))
	if errors.Is(err, syscall.EADDRINUSE) {
		if free, freeErr := freePort(addr); freeErr == nil {
			err = fmt.Errorf("%s is already in use; this works: %s watch --addr %s -- %s", addr, world.Name, free.quoted(), inWords(command))
		}
	}
	return listener, err
}

// inWords is a command as it is shown.
func inWords(command []string) string { return trace.Escape([]byte(strings.Join(command, " "))) }

// watchProgram watches a program until it ends, or the user has seen enough.
func watchProgram(ctx context.Context, world World, listener net.Listener, record *record, flags watchFlags, command []string) error {
	// Signals stay ours to the end: the program has to be ended too, and has a few
	// seconds for that at most.
	ctx, restore := signal.NotifyContext(ctx, endSignals()...)
	defer restore()

	seen := newWatched(command, record)
	slow := time.AfterFunc(3*time.Second, func() {
		fmt.Fprintf(world.Err, "waiting for %s to listen; Ctrl-C stops\n", seen.name)
	})
	program, err := check.Launch{Command: command, Env: environment, Line: seen.line}.Start(ctx)
	slow.Stop()
	switch {
	case errors.Is(err, context.Canceled):
		return nil
	case errors.Is(err, exec.ErrNotFound):
		return failure{fmt.Errorf("there is no program %s", inWords(command[:1]))}
	case err != nil:
		return failure{err}
	}
	defer program.Stop() // on every way out

	between := &relay.Relay{To: program.Addr, Observe: seen.relayed}
	go between.Serve(listener)
	if world.wantsScreen(flags.trace.word) {
		err = seen.onScreen(ctx, world, url(listener.Addr()), flags, program)
	} else {
		show := seen.inText(world, url(listener.Addr()), flags)
		select {
		case <-ctx.Done():
		case <-program.Done():
		}
		if world.OutTerminal {
			fmt.Fprintln(world.Out) // behind the ^C that the terminal shows
		}
		defer show()
	}
	died := ctx.Err() == nil && program.Alive() != nil
	_ = listener.Close()
	program.Stop()
	between.Close()
	seen.close()
	if died {
		err = errors.Join(err, errors.New(program.Epitaph()))
	}
	if err != nil {
		return failure{err}
	}
	return nil
}
