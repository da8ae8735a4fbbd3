package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"barewire/internal/check"
	"barewire/internal/send"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func sendCommand(world World) *cobra.Command {
	var request send.Request
	to := address(defaultAddr)
	view := newChoice("server", "curl")
	command := &cobra.Command{
		Use:   "send FILE|-|CHECK",
		Short: "Send raw bytes to a server and show every read",
		Long: `Send the bytes of a file, or of standard input, to a server as they are, and
show what comes back, read by read, and how the connection ended. It knows no
HTTP, so it can send what curl refuses to.

Of a check, such as 03.4, it sends the bytes on as many connections and with
such pauses as the check does; barewire check --list tells them all.`,
		Example: `  printf 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' | barewire send -
  barewire send request.http --piece 1 --pause 10ms
  barewire send 03.4`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("send takes one file, - for standard input, or a check such as 03.4")
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) (err error) {
			if request.Piece < 0 || request.Pause < 0 || request.Wait < 0 {
				return fmt.Errorf("--piece, --pause and --wait take no negative numbers")
			}
			request.Addr = string(to)
			request.Curl = view.word == "curl"
			if checkID.MatchString(args[0]) {
				c, err := findCheck(args[0])
				if err != nil {
					return err
				}
				for _, name := range []string{"piece", "pause", "half-close"} {
					if command.Flags().Changed(name) {
						return fmt.Errorf("--%s is for a file; a check says itself how it is sent", name)
					}
				}
				title := fmt.Sprintf("%s  %s, %s", c.ID, c.Name, c.Section)
				return reached(send.Play(command.Context(), request, title, movesOf(c), world.Out), world, to)
			}
			if args[0] == "-" {
				request.Bytes, err = io.ReadAll(world.In)
			} else {
				request.Bytes, err = os.ReadFile(args[0])
			}
			if err != nil {
				return failure{err}
			}
			return reached(send.Do(command.Context(), request, world.Out), world, to)
		},
	}
	command.Flags().Var(&to, "to", "where the server listens")
	command.Flags().SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if name == "addr" {
			name = "to" // as check calls it
		}
		return pflag.NormalizedName(name)
	})
	command.Flags().IntVar(&request.Piece, "piece", 0, "send so many `bytes` with each write; 0 sends all with one")
	command.Flags().DurationVar(&request.Pause, "pause", 0, "wait between two writes")
	command.Flags().BoolVar(&request.HalfClose, "half-close", false, "say after the last byte that there is no more, as nc -N does")
	command.Flags().DurationVar(&request.Wait, "wait", 2*time.Second, "leave a server that is silent for so long")
	view.addTo(command, "view", "whose arrows: with curl, > is what the client says")
	return command
}

// movesOf are what a check says, and how.
func movesOf(c *check.Check) (moves []send.Move) {
	for _, piece := range c.Say {
		moves = append(moves, send.Move{On: piece.On, Bytes: []byte(piece.Bytes), After: piece.After, Await: piece.Await, Half: piece.Half, Leave: piece.Leave})
	}
	return moves
}

// reached tells what to do when nobody listens.
func reached(err error, world World, to address) error {
	if errors.Is(err, syscall.ECONNREFUSED) {
		err = fmt.Errorf("nobody listens at %s; in another terminal, start %s --addr %s", to, world.Name, to.quoted())
	}
	return failed(err)
}
