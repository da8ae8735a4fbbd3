package command

import (
	"errors"
	"fmt"

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
}

func newRecord(path string) (*record, error) {
	if path == "" {
		return nil, nil
	}
	file, err := trace.NewRecord(path)
	if err != nil {
		return nil, err
	}
	return &record{file, path}, nil
}

// alsoTake has the record take the events of a server, before those who watch it
// already. Then every request is watched. If the record ends, complain says why.
func (r *record) alsoTake(s *server.Server, complain func(error)) {
	if r == nil {
		return
	}
	watcher := s.Observe
	s.Watch = nil
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
			text := show.text(world, "application")
			if err := trace.Open(args[0], text.Write); err != nil {
				return failure{err}
			}
			return nil
		}
		seen := history.New(history.Usual)
		err := trace.Open(args[0], func(event server.Event) error { seen.Add(event); return nil })
		if err != nil && len(seen.Exchanges) == 0 {
			return failure{err}
		}
		config := tui.Config{
			App:       args[0],
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
