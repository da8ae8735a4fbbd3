package command

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"barewire/server"
	"barewire/server/trace"
	"barewire/tui"
	"barewire/tui/export"
	"barewire/tui/history"

	"github.com/spf13/cobra"
)

// A record is a file that takes all that happens. A nil record takes nothing.
type record struct {
	*trace.Record
	path string
	app  string // the application's name, "" where nobody knows it
}

func newRecord(path, app string) (*record, error) {
	if path == "" {
		return nil, nil
	}
	file, err := trace.NewRecord(path)
	if err != nil {
		return nil, err
	}
	return &record{file, path, app}, nil
}

// Write writes an event, and of a connection also which application is behind it.
func (r *record) Write(event server.Event) error {
	if opened, is := event.(server.Opened); is {
		opened.App = cmp.Or(r.app, opened.App)
		event = opened
	}
	return r.Record.Write(event)
}

// alsoTake has the record take the events of a server, before those who watch it
// already: through a ring, or nobody, for nil. From then on it is the record that
// has to have room for a request. If it ends, complain says why.
func (r *record) alsoTake(s *server.Server, others *server.Ring, complain func(error)) {
	if r == nil {
		return
	}
	watcher := s.Observe
	s.Watch = func() bool {
		room := r.Room()
		if !room && others != nil {
			others.PassOver()
		}
		return room
	}
	s.Observe = func(event server.Event) {
		if err := r.Write(event); err != nil {
			complain(err)
		}
		if watcher != nil {
			watcher(event)
		}
	}
}

// close ends the record, and says where it is.
func (r *record) close(world World) {
	if r == nil {
		return
	}
	if err := r.Close(); err != nil {
		fmt.Fprintf(world.Err, "barewire: %v\n", err)
	}
	fmt.Fprintf(world.Err, "the record is %s; barewire open shows it\n", r.path)
	events, requests := r.Missing()
	var missing []string
	if requests > 0 {
		missing = append(missing, trace.Count(requests, "request", "requests"))
	}
	if events > 0 {
		missing = append(missing, trace.Count(events, "event", "events")+" of others")
	}
	if missing != nil {
		fmt.Fprintf(world.Err, "the disk was slower than the server, so it lacks %s\n", strings.Join(missing, " and "))
	}
}

// nameless is what an application is called whose name nobody knows.
const nameless = "application"

// appOf is the name of the application that an event tells, or else the one that was
// told before.
func appOf(event server.Event, before string) string {
	if opened, is := event.(server.Opened); is && opened.App != "" {
		return opened.App
	}
	return before
}

// readRecord remembers what is in a record. Of a long one it says how far it is.
func readRecord(world World, path string, seen *history.History) (app string, err error) {
	const step = 50_000
	events := 0
	app = nameless
	err = trace.Open(path, func(event server.Event) error {
		seen.Add(event)
		app = appOf(event, app)
		if events++; events%step == 0 {
			fmt.Fprintf(world.Err, "\rreading %s: %d events", path, events)
		}
		return nil
	})
	if events >= step {
		fmt.Fprintln(world.Err)
	}
	seen.End()
	return app, err
}

func openCommand(world World) *cobra.Command {
	show := newDisplay("auto", "tui", "plain")
	var to address
	open := &cobra.Command{
		Use:   "open FILE",
		Short: "Show a record again, without a server",
		Long: `Show what "barewire --record FILE" has written, on the live screen or as the
plain trace. With --to, its requests can be sent again to a server.`,
		Example: `  barewire open trace.jsonl
  barewire open trace.jsonl --trace plain | less`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("open takes one file, which barewire --record has written")
			}
			return nil
		},
	}
	open.RunE = func(command *cobra.Command, args []string) error {
		if !world.wantsScreen(show.trace.word) {
			text := show.text(world, nameless)
			err := trace.Open(args[0], func(event server.Event) error {
				text.App = appOf(event, text.App)
				return text.Write(event)
			})
			if err != nil {
				return failure{err}
			}
			return nil
		}
		seen := history.New(history.Usual)
		app, err := readRecord(world, args[0], seen)
		if err != nil && len(seen.Exchanges) == 0 {
			return failure{err}
		}
		messages := make(chan string, 1)
		if err != nil {
			messages <- err.Error()
		}
		config := tui.Config{
			Messages:  messages,
			App:       app,
			Title:     args[0],
			Theme:     world.theme(show),
			Curl:      show.view.word == "curl",
			Clipboard: export.Clipboard{Terminal: world.Out, Tmux: world.Env("TMUX") != ""},
			Version:   version(),
		}
		if to != "" {
			config.URL = "http://" + string(to)
		}
		if screenErr := tui.Open(command.Context(), config, seen, world.Out); screenErr != nil || err != nil {
			return failure{errors.Join(screenErr, err)}
		}
		return nil
	}
	open.Flags().Var(&to, "to", "the server that requests are sent to again")
	show.addTo(open)
	return open
}
