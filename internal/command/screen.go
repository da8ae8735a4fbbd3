package command

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync/atomic"

	"barewire/internal/lab"
	"barewire/server"
	"barewire/server/trace"
	"barewire/tui"
	"barewire/tui/cells"
	"barewire/tui/export"
	"barewire/tui/hold"

	"github.com/muesli/termenv"
)

// wantsScreen tells whether to open the live screen: when it is asked for, or when
// nothing is and there is a terminal for it.
func (w World) wantsScreen(trace string) bool {
	able := w.OutTerminal && w.Env("TERM") != "dumb"
	return able && (trace == "tui" || trace == "auto")
}

// screenBytes is how much waits for the screen to be drawn again: more than anyone
// can read, and little enough to be counted in no time.
const screenBytes = 512 << 10

// serveOnScreen serves until the user quits the screen, or the context ends. What
// is left to say can be said when the server has stopped.
func serveOnScreen(ctx context.Context, world World, s *server.Server, app app, listener net.Listener, flags serveFlags, record *record) (summary func(), err error) {
	gate, ring := hold.New(), server.NewRing(screenBytes)
	if record != nil {
		ring = server.NewRing(ringBytes) // every request is watched, and comes here too
	}
	gate.Pause(flags.pause)
	s.Gate, s.AfterChunk = gate.Pass, gate.PassChunk
	var requests, errors atomic.Int64
	s.Observe = func(event server.Event) {
		if passed, is := event.(server.Passed); is && (passed.Refused != nil || passed.Error != "") {
			errors.Add(1)
		}
		gate.Observe(event)
		ring.Observe(event)
	}
	s.Watch = ring.Room
	messages := make(chan string, 2)
	flags.workers.says.show(messages)
	record.alsoTake(s, ring, func(err error) { messages <- err.Error() })
	room := s.Watch
	s.Watch = func() bool {
		requests.Add(1)
		// Whoever steps or looks out for a request must not miss it.
		return gate.Paused() || len(gate.Breaks()) > 0 || room()
	}
	s.Errors = io.Discard // of requests that are watched it is on the screen
	s.Swap(flags.mistake.Put)
	go s.Serve(listener)
	protocol := flags.protocol.word
	var offered []tui.Mistake
	if protocol == overHTTP { // which all of them are about
		protocol, offered = "", mistakes(s)
	}
	err = tui.Run(ctx, tui.Config{
		App:   app.name,
		URL:   place(flags.protocol.word, listener.Addr()),
		Theme: world.theme(flags.display),
		Curl:  flags.view.word == "curl",
		Gate:  gate,
		Next:  ring.Next,

		Protocol:  protocol,
		Messages:  messages,
		Record:    flags.record,
		Mistake:   flags.mistake.Name,
		Mistakes:  offered,
		Clipboard: export.Clipboard{Terminal: world.Out, Tmux: world.Env("TMUX") != ""},
		Version:   version(),
	}, world.Out)
	flags.workers.says.show(nil)
	gate.Close() // or else the stop would wait for those that are held
	ring.Close()
	if err != nil {
		err = failure{err}
	}
	return func() {
		for len(messages) > 0 {
			fmt.Fprintf(world.Err, "barewire: %s\n", <-messages)
		}
		fmt.Fprintf(world.Out, "%s, %s\n", trace.Count(int(requests.Load()), "request", "requests"), trace.Count(int(errors.Load()), "error", "errors"))
	}, err
}

// mistakes are those that can be put into a server while it runs.
func mistakes(s *server.Server) (all []tui.Mistake) {
	for _, mistake := range lab.Mistakes() {
		all = append(all, tui.Mistake{
			Name: mistake.Name, Step: mistake.Step, About: mistake.About, Curl: mistake.Curl,
			Put: func(in bool) {
				if in {
					s.Swap(mistake.Put)
				} else {
					s.Swap(nil)
				}
			},
		})
	}
	return all
}

// theme says what the terminal can show. It is asked before the screen opens, for
// its answer comes where the keys do.
func (w World) theme(d display) cells.Theme {
	output := termenv.NewOutput(w.Out)
	theme := cells.Theme{Profile: output.EnvColorProfile(), ASCII: d.ascii, Dark: d.theme.word == "dark"}
	if d.theme.word == "auto" {
		theme.Dark = output.HasDarkBackground()
	}
	if !w.colors(d.color.word) {
		theme.Profile, theme.NoColor = termenv.ANSI, true
	}
	return theme
}
