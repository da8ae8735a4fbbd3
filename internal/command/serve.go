package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os/signal"
	"strings"
	"time"

	"barewire/internal/lab"
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
	addr     listening
	protocol *choice
	composition
	display
	bounds
	pause   bool
	record  string
	mistake lab.Mistake // the zero one for none
}

// A display is how to show what happens.
type display struct {
	trace   *choice
	view    *choice
	environ *choice
	body    *choice
	color   *choice
	theme   *choice
	ascii   bool
}

func newDisplay(traces ...string) display {
	return display{
		trace:   newChoice(traces...),
		view:    newChoice("server", "curl"),
		environ: newChoice("client", "all"),
		body:    newChoice("short", "all"),
		color:   newChoice("auto", "always", "never"),
		theme:   newChoice("auto", "light", "dark"),
	}
}

// addTo makes it flags of a command.
func (d *display) addTo(command *cobra.Command) {
	d.trace.addTo(command, "trace", "how to show it: auto is tui, the live screen, on a terminal, and else plain")
	d.view.addTo(command, "view", "whose arrows: with curl, > is what the client says")
	d.environ.addTo(command, "environ", "variables in the plain trace: those of the client, or all")
	d.body.addTo(command, "body", "lines of a body in the plain trace: the first eight, or all")
	d.color.addTo(command, "color", "colours")
	d.theme.addTo(command, "theme", "the background of the live screen")
	command.Flags().BoolVar(&d.ascii, "ascii", false, "no signs but ASCII on the live screen")
}

// text is the plain trace of an application.
func (d display) text(world World, app string) *trace.Text {
	return &trace.Text{
		Out:     world.Out,
		App:     app,
		Curl:    d.view.word == "curl",
		Environ: d.environ.word == "all",
		Body:    d.body.word == "all",
		Color:   world.colors(d.color.word),
	}
}

func serveCommand(world World) *cobra.Command {
	flags := serveFlags{addr: listening{defaultAddr}, protocol: newChoice(overHTTP, overUWSGI, overFastCGI), display: newDisplay("auto", "tui", "plain", "json", "none"), bounds: newBounds()}
	flags.workers = newWorkers(world)
	var mistake string
	serve := &cobra.Command{
		Use:   "serve [APP]",
		Short: "Serve an application and watch it (what barewire does by itself)",
		Long: `Serve an application and show what client and server say to each other.

APP is package:Name, one of those that "barewire apps" lists. Without one it is
` + defaultApp + `.

An application in Python is file.py:callable, or module:callable as with other
servers, where the callable may be a factory, create_app(). Of a file alone it is
application, app or create_app(). For a module that is not here, but installed,
say python:module:callable.`,
		Example: `  barewire serve hello:App
  curl -d name=ada 'http://127.0.0.1:8888/hello?x=1'

  barewire serve hello:App --mount /shop=demo:App --with log,catch

  barewire serve app.py --workers 4`,
	}
	serve.RunE = func(command *cobra.Command, args []string) error {
		name := defaultApp
		if len(args) > 0 {
			name = args[0]
		}
		if len(args) > 1 {
			return fmt.Errorf("one application is served at a time, and these are %d: %s", len(args), strings.Join(args, " "))
		}
		defer flags.workers.stop()
		app, err := flags.workers.find(name, world)
		if err != nil {
			return err
		}
		whole, err := flags.compose(app, world)
		if err != nil {
			return err
		}
		if flags.workers.reload {
			if len(flags.workers.served) == 0 {
				return fmt.Errorf("--reload is for applications in Python, and %s is none", whole.name)
			}
			flags.workers.watch()
		}
		if flags.mistake, err = findMistake(mistake); err != nil {
			return err
		}
		if err := flags.checkProtocol(command, mistake); err != nil {
			return err
		}
		switch {
		case flags.protocol.word == overFastCGI: // has no trace
		case world.wantsScreen("tui"):
		case world.OutTerminal && flags.trace.word != "plain":
			fmt.Fprintln(world.Err, "barewire: TERM is dumb, so this is the plain trace")
		case flags.trace.word == "tui":
			fmt.Fprintln(world.Err, "barewire: there is no terminal for the live screen, so this is the plain trace")
		}
		if flags.pause && !world.wantsScreen(flags.trace.word) {
			return errors.New("--pause holds requests on the live screen, and there is none without a terminal")
		}
		listener, err := listenAt(flags.addr.address, world, command, app)
		if err != nil {
			return err
		}
		if flags.protocol.word == overFastCGI {
			return serveFastCGI(command.Context(), world, whole, listener)
		}
		return serveApp(command.Context(), world, whole, listener, flags)
	}
	serve.ValidArgsFunction = completeApps
	serve.Flags().Var(&flags.addr, "addr", "where to listen: port 0 is any free one, unix:/PATH is a Unix socket")
	flags.protocol.addTo(serve, "protocol", "what to speak: uwsgi and fastcgi are for a proxy before us")
	flags.composition.addTo(serve)
	flags.workers.addTo(serve)
	flags.display.addTo(serve)
	flags.bounds.addTo(serve)
	addMistake(serve, &mistake)
	serve.Flags().BoolVar(&flags.pause, "pause", false, "hold requests before each step from the start; needs the live screen")
	serve.Flags().StringVar(&flags.record, "record", "", "write all that happens to a new `FILE`, for barewire open")
	return serve
}

// serveApp serves until it is told to stop.
func serveApp(ctx context.Context, world World, app app, listener net.Listener, flags serveFlags) error {
	ctx, restore := signal.NotifyContext(ctx, endSignals()...)
	defer restore()

	s := server.New(app.serve)
	flags.bounds.put(s)
	putProtocol(flags.protocol.word, s)
	s.Errors = escaped{world.Err}
	record, err := newRecord(flags.record, app.name)
	if err != nil {
		return failure{errors.Join(err, listener.Close())}
	}
	var stopTrace func()
	if world.wantsScreen(flags.trace.word) {
		stopTrace, err = serveOnScreen(ctx, world, s, app, listener, flags, record)
	} else {
		var ring *server.Ring
		ring, stopTrace = startTrace(world, s, app, flags, place(flags.protocol.word, listener.Addr()))
		record.alsoTake(s, ring, func(err error) { fmt.Fprintf(world.Err, "barewire: %v\n", err) })
		s.Swap(flags.mistake.Put)
		go s.Serve(listener)
		<-ctx.Done()
		if world.OutTerminal {
			fmt.Fprintln(world.Out) // behind the ^C that the terminal shows
		}
	}
	restore() // so that a second Ctrl-C ends it at once

	hurry := time.AfterFunc(time.Second, func() {
		fmt.Fprintln(world.Err, "stopping: waiting for connections to end; Ctrl-C stops at once")
	})
	defer hurry.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	unfinished := s.Shutdown(ctx)
	stopTrace()
	record.close(world)
	if unfinished != nil {
		fmt.Fprintf(world.Err, "barewire: some requests were not finished after %v and are cut off\n", stopWithin)
	}
	return err
}

// startTrace says where the server listens and begins to show what happens, which
// comes through the ring. The function that it returns shows the rest, and stops.
func startTrace(world World, s *server.Server, app app, flags serveFlags, url string) (ring *server.Ring, stop func()) {
	if flags.trace.word == "json" {
		fmt.Fprintf(world.Err, "listening on %s\n", url)
	} else {
		fmt.Fprintf(world.Out, "listening on %s\n", url)
	}
	served := app.name
	if mistake := flags.mistake.String(); mistake != "" {
		served += "   " + mistake
	}
	var sink interface{ Write(server.Event) error }
	switch flags.trace.word {
	case "none":
		fmt.Fprintf(world.Out, "serving %s   Ctrl-C stops\n", served)
		return nil, func() {}
	case "json":
		sink = trace.JSON{Out: world.Out}
	default:
		arrows := "< the client says   > the server says"
		if flags.view.word == "curl" {
			arrows = "> the client says   < the server says"
		}
		fmt.Fprintf(world.Out, "serving %s   %s   Ctrl-C stops\n", served, arrows)
		sink = flags.text(world, app.name)
	}
	ring = server.NewRing(ringBytes)
	s.Observe, s.Watch = ring.Observe, ring.Room
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
	return ring, func() {
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
