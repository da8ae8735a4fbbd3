package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"barewire/internal/send"

	"github.com/spf13/cobra"
)

func sendCommand(world World) *cobra.Command {
	var request send.Request
	to := address(defaultAddr)
	view := newChoice("server", "curl")
	command := &cobra.Command{
		Use:   "send FILE|-",
		Short: "Send raw bytes to a server and show every read",
		Long: `Send the bytes of a file, or of standard input, to a server as they are, and
show what comes back, read by read, and how the connection ended. It knows no
HTTP, so it can send what curl refuses to.`,
		Example: `  printf 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' | barewire send -
  barewire send request.http --piece 1 --pause 10ms`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("send takes one file, or - for standard input")
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) (err error) {
			if request.Piece < 0 || request.Pause < 0 || request.Wait < 0 {
				return fmt.Errorf("--piece, --pause and --wait take no negative numbers")
			}
			if args[0] == "-" {
				request.Bytes, err = io.ReadAll(world.In)
			} else {
				request.Bytes, err = os.ReadFile(args[0])
			}
			if err != nil {
				return failure{err}
			}
			request.Addr = string(to)
			request.Curl = view.word == "curl"
			err = send.Do(command.Context(), request, world.Out)
			if errors.Is(err, syscall.ECONNREFUSED) {
				err = fmt.Errorf("nobody listens at %s; in another terminal, start %s --addr %s", to, world.Name, to.quoted())
			}
			if err != nil {
				return failure{err}
			}
			return nil
		},
	}
	command.Flags().Var(&to, "to", "where the server listens")
	command.Flags().IntVar(&request.Piece, "piece", 0, "send so many `bytes` with each write; 0 sends all with one")
	command.Flags().DurationVar(&request.Pause, "pause", 0, "wait between two writes")
	command.Flags().BoolVar(&request.HalfClose, "half-close", false, "say after the last byte that there is no more, as nc -N does")
	command.Flags().DurationVar(&request.Wait, "wait", 2*time.Second, "leave a server that is silent for so long")
	view.addTo(command, "view", "whose arrows: with curl, > is what the client says")
	return command
}
