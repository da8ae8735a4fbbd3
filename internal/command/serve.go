package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"barewire/server"
	"barewire/server/trace"

	"github.com/spf13/cobra"
)

const (
	defaultApp = "demo:App"

	// ringBytes is how much of a trace waits for whoever reads it.
	ringBytes = 16 << 20
	// stopWithin is how long a polite stop may take.
	stopWithin = 10 * time.Second
)

// serveFlags are what can be asked of serve.
type serveFlags struct {
	addr address
	composition
	trace   *choice
	view    *choice
	environ *choice
	body    *choice
	color   *choice
}

func serveCommand(world World) *cobra.Command {
	flags := serveFlags{
		addr:    defaultAddr,
		trace:   newChoice("plain", "json", "none"),
		view:    newChoice("server", "curl"),
		environ: newChoice("client", "all"),
		body:    newChoice("short", "all"),
		color:   newChoice("auto", "always", "never"),
	}
	serve := &cobra.Command{
		Use:   "serve [APP]",
		Short: "Serve an application and watch it (what barewire does by itself)",
		Long: `Serve an application and show what client and server say to each other.

APP is package:Name, one of those that "barewire apps" lists. Without one it is
` + defaultApp + `.`,
		Example: `  barewire serve hello:App
  curl -d name=ada 'http://127.0.0.1:8888/hello?x=1'

  barewire serve hello:App --mount /shop=demo:App --with log,catch`,
	}
	serve.RunE = func(command *cobra.Command, args []string) error {
		name := defaultApp
		if len(args) > 0 {
			name = args[0]
		}
		if len(args) > 1 {
			return fmt.Errorf("one application is served at a time, and these are %d: %s", len(args), strings.Join(args, " "))
		}
		app, err := findApp(name, world)
		if err != nil {
			return err
		}
		whole, err := flags.compose(app, world)
		if err != nil {
			return err
		}
		listener, err := listenAt(flags.addr, world, command, app)
		if err != nil {
			return err
		}
		serveApp(command.Context(), world, whole, listener, flags)
		return nil
	}
	serve.ValidArgsFunction = completeApps
	serve.Flags().Var(&flags.addr, "addr", "where to listen; port 0 is any free one")
	flags.composition.addTo(serve)
	flags.trace.addTo(serve, "trace", "what to show")
	flags.view.addTo(serve, "view", "whose arrows: with curl, > is what the client says")
	flags.environ.addTo(serve, "environ", "variables to show: those of the client, or all")
	flags.body.addTo(serve, "body", "lines of a body to show: the first eight, or all")
	flags.color.addTo(serve, "color", "colours in the plain trace")
	return serve
}

// serveApp serves until it is told to stop.
func serveApp(ctx context.Context, world World, app app, listener net.Listener, flags serveFlags) {
	ctx, restore := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer restore()

	s := server.New(app.serve)
	s.Errors = escaped{world.Err}
	stopTrace := startTrace(world, s, app, flags, url(listener.Addr()))
	go s.Serve(listener)
	<-ctx.Done()
	restore() // so that a second Ctrl-C ends it at once
	if world.OutTerminal {
		fmt.Fprintln(world.Out) // behind the ^C that the terminal shows
	}

	hurry := time.AfterFunc(time.Second, func() {
		fmt.Fprintln(world.Err, "stopping: waiting for connections to end; Ctrl-C stops at once")
	})
	defer hurry.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	err := s.Shutdown(ctx)
	stopTrace()
	if err != nil {
		fmt.Fprintf(world.Err, "barewire: some requests were not finished after %v and are cut off\n", stopWithin)
	}
}

// startTrace says where the server listens and begins to show what happens. The
// function that it returns shows the rest, and stops.
func startTrace(world World, s *server.Server, app app, flags serveFlags, url string) (stop func()) {
	if flags.trace.word == "json" {
		fmt.Fprintf(world.Err, "listening on %s\n", url)
	} else {
		fmt.Fprintf(world.Out, "listening on %s\n", url)
	}
	var sink interface{ Write(server.Event) error }
	switch flags.trace.word {
	case "none":
		fmt.Fprintf(world.Out, "serving %s   Ctrl-C stops\n", app.name)
		return func() {}
	case "json":
		sink = trace.JSON{Out: world.Out}
	case "plain":
		arrows := "< the client says   > the server says"
		if flags.view.word == "curl" {
			arrows = "> the client says   < the server says"
		}
		fmt.Fprintf(world.Out, "serving %s   %s   Ctrl-C stops\n", app.name, arrows)
		sink = &trace.Text{
			Out:     world.Out,
			App:     app.name,
			Curl:    flags.view.word == "curl",
			Environ: flags.environ.word == "all",
			Body:    flags.body.word == "all",
			Color:   world.colors(flags.color.word),
		}
	}
	ring := server.NewRing(ringBytes)
	s.Observe = ring.Observe
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			events := ring.Next()
			if len(events) == 0 {
				return
			}
			for _, event := range events {
				if err := sink.Write(event); err != nil {
					ring.Close()
					fmt.Fprintf(world.Err, "barewire: the trace ends here, the server goes on: %v\n", err)
					return
				}
			}
		}
	}()
	return func() {
		ring.Close()
		<-done
	}
}

// colors tells whether to use them. NO_COLOR, when set and not empty, means no:
// https://no-color.org
func (w World) colors(choice string) bool {
	switch choice {
	case "always":
		return true
	case "never":
		return false
	}
	return w.OutTerminal && w.Env("NO_COLOR") == "" && w.Env("TERM") != "dumb"
}

// An escaped writer makes lines fit for a terminal: what an application writes
// to wsgi.errors may hold what a stranger sent it.
type escaped struct{ to io.Writer }

func (e escaped) Write(text []byte) (int, error) {
	for line := range bytes.Lines(text) {
		if _, err := fmt.Fprintln(e.to, trace.Escape(bytes.TrimRight(line, "\r\n"))); err != nil {
			return 0, err
		}
	}
	return len(text), nil
}
