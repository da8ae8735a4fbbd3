package command

import (
	"errors"
	"fmt"
	"strings"

	"barewire/internal/workshop"

	"github.com/spf13/cobra"
)

func initCommand(world World) *cobra.Command {
	var given []string
	start := &cobra.Command{
		Use:   "init DIR",
		Short: "Make a workspace: your own server, with the steps still to write",
		Long: `Make a folder with a Go module of your own: the ten steps without the bodies of
their functions, and everything else that a server needs. Its tests, its demos
and its README are there too. It needs no network, and nothing of Barewire.`,
		Example: `  barewire init myserver
  barewire init myserver --given 05,10`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("init takes one new folder, such as myserver")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			var whole []int
			for _, word := range given {
				step, err := findStep(word)
				if err != nil {
					return fmt.Errorf("--given: %w", err)
				}
				whole = append(whole, step.Number)
			}
			if err := workshop.Init(args[0], whole); err != nil {
				return failure{err}
			}
			fmt.Fprintf(world.Out, "Your workspace is ready. Type\n\n    cd %s\n    barewire learn\n\n", shellWord(args[0]))
			fmt.Fprintln(world.Out, "for the first chapter. README.md there tells the rest.")
			return nil
		},
	}
	start.Flags().StringSliceVar(&given, "given", nil, "steps that are there already, written: `05,10`")
	return start
}

// shellWord quotes a path for the shell, where it has to.
func shellWord(path string) string {
	if strings.ContainsFunc(path, func(r rune) bool { return !strings.ContainsRune("/._-+,:@%", r) && (r < '0' || r > 'z') }) {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
