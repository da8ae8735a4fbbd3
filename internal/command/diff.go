package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"barewire/internal/check"
	"barewire/internal/send"
	"barewire/internal/workshop"
	"barewire/server/trace"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"
)

// smallGet is asked when nothing else is given. It does not say close, so the
// answer shows too what a server makes of the connection.
const smallGet = "GET /hello?x=1 HTTP/1.1\r\nHost: x\r\n\r\n"

const (
	diffLimit = 30 * time.Second // for an answer
	maxAnswer = 256 << 10        // bytes of a transcript
)

func diffCommand(world World) *cobra.Command {
	var file string
	command := &cobra.Command{
		Use:   "diff N M",
		Short: "Show what two steps make of the same bytes",
		Long: `Show how the demos of two steps differ: first their code, as a unified diff, and
then what each answers to the same bytes, read by read. Lines that differ have
a ! in the margin; the ports always differ, so PORT stands for each. From 120 columns
on the answers stand side by side; COLUMNS sets the width.

In a workspace it is your code, and your steps that answer; in a checkout of
Barewire it is the code there. Anywhere else only the code is shown, as this
program was built from it.`,
		Example: `  barewire diff 4 5
  printf 'GET / HTTP/1.1\r\n\r\n' | barewire diff 03 04 --request -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fmt.Errorf("diff takes the numbers of two steps, such as 04 05")
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			left, err := findStep(args[0])
			if err != nil {
				return err
			}
			right, err := findStep(args[1])
			if err != nil {
				return err
			}
			if left == right {
				return fmt.Errorf("diff compares two steps, and these are both %d", left.Number)
			}
			request, err := diffRequest(world, file)
			if err != nil {
				return failure{err}
			}
			home, err := findHome(world)
			if err != nil {
				return failure{err}
			}
			ctx, restore := interruptible(command.Context())
			defer restore()
			if err := diffCode(world.Out, home, left, right); err != nil {
				return failure{err}
			}
			err = diffAnswers(ctx, world, home, left, right, request)
			if ctx.Err() != nil {
				err = errors.New("it was cancelled")
			}
			return failed(err)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 1 {
				args = nil // the second is a step too
			}
			return completeSteps(nil, args, word)
		},
	}
	command.Flags().StringVar(&file, "request", "", "send the bytes of `FILE`, or of standard input (-), instead of a small GET")
	return command
}

// diffRequest reads what both are asked.
func diffRequest(world World, file string) ([]byte, error) {
	switch file {
	case "":
		return []byte(smallGet), nil
	case "-":
		return io.ReadAll(world.In)
	}
	return os.ReadFile(file)
}

// diffCode prints how the code of the demos differs.
func diffCode(out io.Writer, home *home, left, right workshop.Step) error {
	from, fromCode, err := home.demo(left)
	if err != nil {
		return err
	}
	to, toCode, err := home.demo(right)
	if err != nil {
		return err
	}
	text := diff.Diff(from, fromCode, to, toCode)
	_, text, _ = bytes.Cut(text, []byte("\n")) // which names both, as do the next two lines
	_, err = fmt.Fprintf(out, "%s\n", text)
	return err
}

// diffAnswers prints what both demos answer to the same bytes.
func diffAnswers(ctx context.Context, world World, home *home, left, right workshop.Step, request []byte) error {
	from, err := home.ask(ctx, left, request)
	if err != nil {
		return err
	}
	to, err := home.ask(ctx, right, request)
	if err != nil {
		return err
	}
	from.lines, to.lines = from.portFree(), to.portFree()
	return printPairs(world.Out, world.columns(), align(from.lines, to.lines), from, to)
}

var isPanic = regexp.MustCompile(`(?m)^panic: .*$`)

// An answer is what was said to a demo, and what it said.
type answer struct {
	step  workshop.Step
	addr  string
	lines []string
}

// ask builds a demo, starts it, and sends it the request.
func (h *home) ask(ctx context.Context, step workshop.Step, request []byte) (a answer, err error) {
	binary, remove, err := h.build(ctx, step)
	if err != nil {
		return a, err
	}
	defer remove()
	program, err := check.Start(ctx, h.dir, []string{binary, "127.0.0.1:0"})
	if err != nil {
		return a, fmt.Errorf("the demo of step %02d does not start: %w", step.Number, err)
	}
	defer program.Stop()
	limited, cancel := context.WithTimeout(ctx, diffLimit)
	defer cancel()
	transcript := &bounded{left: maxAnswer, full: cancel}
	err = send.Do(limited, send.Request{Addr: program.Addr, Bytes: request}, transcript)
	switch {
	case limited.Err() != nil:
		fmt.Fprintln(&transcript.Buffer, "== it says more than we wait for, so we leave")
	case err != nil:
		return a, err
	}
	a = answer{step, program.Addr, strings.Split(strings.TrimSuffix(transcript.String(), "\n"), "\n")}
	// Who panics ends its connections first, and then itself.
	if !strings.Contains(transcript.String(), "\n> ") {
		select {
		case <-program.Done():
			end := program.Epitaph()
			if panicked := isPanic.Find(program.Output()); panicked != nil { // the stack below it is longer than the last words
				end = "the program has ended; " + trace.Escape(panicked)
			}
			a.lines = append(a.lines, "== "+end)
		case <-time.After(time.Second):
		}
	}
	return a, nil
}

// A bounded buffer says when it is full, and takes no more.
type bounded struct {
	bytes.Buffer
	left int
	full func()
}

func (b *bounded) Write(text []byte) (int, error) {
	if len(text) > b.left {
		b.left = 0
		b.full()
		return len(text), nil
	}
	b.left -= len(text)
	return b.Buffer.Write(text)
}
