package workshop

import (
	"context"
	"errors"
	"net"
	"os"

	"barewire/internal/check"
	"barewire/internal/relay"
	"barewire/server"
)

// Trace says a check to the learner's program once more, and tells what goes over
// the wire. Nobody judges it, and nothing is noted.
func (w *Workspace) Trace(ctx context.Context, step int, c *check.Check, observe func(server.Event)) error {
	folder, err := folderOf(step)
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "barewire-trace-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	failed := errors.New("it does not compile; the checks tell where")
	r := &run{dir: w.Dir, folder: folder, temp: temp, tell: func(event Event) {
		if died, is := event.(Died); is {
			failed = errors.New("the program ended before it listened: " + died.Sentence)
		}
	}}
	if ok, err := r.build(ctx, []*check.Check{c}); !ok {
		return errors.Join(err, failed)
	}
	target, name, args := check.Target{Demo: step}, "demo", []string{"127.0.0.1:0"}
	if c.Needs == check.App {
		target, name, args = check.Target{App: true}, "server", serveChecks
	}
	program := r.start(ctx, target, name, args...)
	if program == nil {
		return errors.Join(ctx.Err(), failed)
	}
	defer program.Stop()

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	between := &relay.Relay{To: program.Addr, Observe: observe}
	go between.Serve(listener)
	once := *c
	once.Cut = false // one telling is enough
	program.target.Addr = listener.Addr().String()
	check.Run(ctx, program.target, &once)
	err = listener.Close()
	between.Close()
	return errors.Join(err, ctx.Err())
}
