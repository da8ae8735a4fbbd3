package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"barewire/docs"
	"barewire/internal/check"
	"barewire/internal/lab"
	"barewire/internal/workshop"
	"barewire/server"
	"barewire/server/trace"
	"barewire/tui/cells"
	"barewire/tui/learn"

	"github.com/spf13/cobra"
)

func learnCommand(world World) *cobra.Command {
	show := newDisplay("auto", "tui", "plain")
	manual := false
	command := &cobra.Command{
		Use:   "learn [DIR]",
		Short: "The workshop: the chapter of a step, and the state of its checks",
		Long: `The workshop screen: the chapter of the step that you are at on one side, the
state of its checks on the other. They run again when you save a file. Without a
terminal the same comes as text, once.

DIR is in a workspace, as barewire init makes one; without it, the folder where
you stand is.`,
		Example: `  barewire init server && cd server
  barewire learn`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return errors.New("learn takes one folder, which is in a workspace")
			}
			return nil
		},
	}
	command.RunE = func(command *cobra.Command, args []string) error {
		w, notice, err := workshop.Open(strings.Join(append(args, "."), "/"))
		if err != nil {
			return failure{err}
		}
		if notice != "" {
			fmt.Fprintf(world.Err, "barewire: %s\n", notice)
		}
		ctx, restore := interruptible(command.Context())
		defer restore()
		d := &desk{workspace: w}
		config := d.config(world, show)
		config.Manual = manual
		if world.wantsScreen(show.trace.word) {
			config.Theme = world.theme(show)
			err = learn.Run(ctx, config, world.Out)
		} else {
			err = learn.Plain(ctx, config, world.Out)
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			return failure{err}
		}
		return nil
	}
	command.Flags().BoolVar(&manual, "manual", false, "run the checks only when asked to")
	show.addTo(command)
	return command
}

// A desk is where a learner works: a workspace in the hands of the screen, which
// asks for several things at a time.
type desk struct {
	mutex     sync.Mutex
	workspace *workshop.Workspace
	output    string // what the learner's program has printed last
}

func (d *desk) config(world World, show display) learn.Config {
	dir := d.workspace.Dir
	config := learn.Config{
		Dir:        dir,
		Theme:      cells.Theme{ASCII: show.ascii},
		Editor:     world.Env("EDITOR"),
		Keep:       d.keep,
		Checks:     check.All(),
		Chapter:    chapter,
		Progress:   d.progress,
		Written:    d.written,
		Output:     d.printed,
		Hint:       d.hint,
		Difference: d.workspace.Difference,
		Reveal: func(out io.Writer, step int, ask workshop.Ask) error {
			return d.change((*workshop.Workspace).Reveal, out, step, ask)
		},
		Skip: func(out io.Writer, step int, ask workshop.Ask) error {
			return d.change((*workshop.Workspace).Skip, out, step, ask)
		},
		Check:   d.check,
		Watch:   d.watch,
		Mistake: mistakesOf,
	}
	if len(d.workspace.Progress.Place) > 0 {
		// A place that cannot be read is none: the screen begins at the step in hand.
		_ = json.Unmarshal(d.workspace.Progress.Place, &config.Place)
	}
	return config
}

// fresh is the workspace as it is on the disk now. The mutex is held.
func (d *desk) fresh() *workshop.Workspace {
	if w, _, err := workshop.Open(d.workspace.Dir); err == nil {
		d.workspace = w
	}
	return d.workspace
}

func (d *desk) progress() workshop.Progress {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.fresh().Progress
}

// written are the steps in which there is something to check.
func (d *desk) written() []int {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	steps := []int{}
	for _, step := range workshop.Steps() {
		if state, err := d.workspace.State(step.Number); err == nil && state != workshop.Empty {
			steps = append(steps, step.Number)
		}
	}
	return steps
}

func (d *desk) printed() string {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.output
}

func (d *desk) keep(place learn.Place) error {
	text, err := json.Marshal(place)
	if err != nil {
		return err
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	_, err = d.fresh().Update(func(p *workshop.Progress) { p.Place = text })
	return err
}

func (d *desk) hint(id string) error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	_, _, err := d.fresh().NextHint(id)
	return err
}

func (d *desk) change(change func(*workshop.Workspace, io.Writer, int, workshop.Ask) error, out io.Writer, step int, ask workshop.Ask) error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return change(d.fresh(), out, step, ask)
}

// check runs the checks of a step, on a workspace of its own: it takes seconds, and
// the screen goes on asking meanwhile.
func (d *desk) check(ctx context.Context, step int, tell func(workshop.Event)) error {
	w, _, err := workshop.Open(d.workspace.Dir)
	if err != nil {
		return err
	}
	return w.Run(ctx, step, func(event workshop.Event) {
		switch event := event.(type) {
		case workshop.Tested:
			d.says(event.Output)
		case workshop.Died:
			d.says(event.Output)
		case workshop.Finished:
			if event.Output != "" {
				d.says(event.Output)
			}
		}
		tell(event)
	})
}

func (d *desk) says(output string) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.output = output
}

// watch says a check to the learner's server, and returns the trace.
func (d *desk) watch(ctx context.Context, step int, id string) (string, error) {
	c := check.Find(id)
	if c == nil {
		return "", fmt.Errorf("there is no check %s", id)
	}
	ring := server.NewRing(ringBytes)
	err := d.workspace.Trace(ctx, step, c, ring.Observe)
	if err != nil {
		return "", err
	}
	ring.Close()
	var out bytes.Buffer
	text := trace.Text{Out: &out, App: "your server", Wire: true}
	for _, event := range ring.Next() {
		if err := text.Write(event); err != nil {
			return "", err
		}
	}
	return out.String(), nil
}

// chapter returns that of a step.
func chapter(step int) string {
	names, err := fs.Glob(docs.Chapters, fmt.Sprintf("%02d_*.md", step))
	if err != nil || len(names) == 0 {
		return ""
	}
	text, _ := docs.Chapters.ReadFile(names[0]) // which is there
	return string(text)
}

// isSlow tells whether a check has pauses that nobody wants to sit through.
func isSlow(c *check.Check) bool { return c.Pauses() > 2*time.Second }

// mistakesOf tells of the classic mistakes of a step, and shows on a server that
// makes them what a check sees.
func mistakesOf(ctx context.Context, step int) (string, error) {
	var out bytes.Buffer
	for _, mistake := range lab.Mistakes() {
		if mistake.Step != step {
			continue
		}
		fmt.Fprintf(&out, "%s\n%s\n\nWhat will curl say? %s\n\n", mistake.Name, mistake.About, mistake.Curl)
		promised := slices.DeleteFunc(lab.Promised(mistake), isSlow)
		rows, err := lab.Matrix(ctx, []lab.Mistake{mistake}, promised[:min(1, len(promised))], func(int, int) {})
		if err != nil {
			return "", err
		}
		for _, result := range rows[0].Failed {
			result.Addr = defaultAddr
			if err := result.Text(&out); err != nil {
				return "", err
			}
		}
		fmt.Fprintf(&out, "\nTo try it, start   barewire serve check:App --mistake %s\n\n", mistake.Name)
	}
	if out.Len() == 0 {
		return "", fmt.Errorf("step %02d has no mistake in the lab", step)
	}
	return out.String(), nil
}
