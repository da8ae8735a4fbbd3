package command

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"barewire/internal/lab"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

func labCommand(world World) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "lab [MISTAKE]",
		Short: "Show which checks catch which classic mistakes",
		Long: `Put each classic mistake into a server, one at a time, run all checks against it,
and show which of them catch it. It takes half a minute.

Of one mistake show what it does, what curl says to it, and how the checks that
promise to catch it see it.`,
		Example: `  barewire lab
  barewire lab excess`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("lab takes one mistake at most, but got %q too", args[1])
			}
			return nil
		},
		ValidArgsFunction: completeMistakes,
		RunE: func(command *cobra.Command, args []string) error {
			name := ""
			if len(args) > 0 {
				name = args[0]
			}
			mistake, err := findMistake(name)
			if err != nil {
				return err
			}
			l := labs{world, asJSON}
			if name == "" {
				err = l.all(command.Context())
			} else {
				err = l.one(command.Context(), mistake)
			}
			if err != nil {
				return failure{err}
			}
			return nil
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "a JSON object on each line")
	return command
}

// completeMistakes offers the names of the mistakes to the shell.
func completeMistakes(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, mistake := range lab.Mistakes() {
		names = append(names, mistake.Name+"\t"+mistake.About)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// labs shows mistakes.
type labs struct {
	world World
	json  bool
}

// all tries every mistake, and a server without one.
func (l labs) all(ctx context.Context) error {
	rows, err := lab.Matrix(ctx, append(lab.Mistakes(), lab.Mistake{}), lab.Checks(), l.count())
	if err != nil {
		return err
	}
	return l.show(rows)
}

// show shows which checks catch each mistake. In JSON the server without a mistake
// has a line too.
func (l labs) show(rows []lab.Row) error {
	if l.json {
		for _, row := range rows {
			if err := lab.JSON(l.world.Out, row); err != nil {
				return err
			}
		}
		return lab.Judge(rows)
	}
	if err := writeTable(l.world.Out, rows); err != nil {
		return err
	}
	if err := lab.Judge(rows); err != nil {
		return err
	}
	_, err := fmt.Fprintf(l.world.Out, "\nEach is caught. The server without a mistake passes all %d checks.\n", len(lab.Checks()))
	return err
}

// one shows a mistake, and what the checks that promise to catch it see.
func (l labs) one(ctx context.Context, mistake lab.Mistake) error {
	if !l.json {
		if err := l.ask(mistake); err != nil {
			return err
		}
	}
	rows, err := lab.Matrix(ctx, []lab.Mistake{mistake}, lab.Promised(mistake), l.count())
	if err != nil {
		return err
	}
	for _, result := range rows[0].Failed {
		result.Addr = defaultAddr // of a server to try it on, and not of one that has ended
		if l.json {
			err = json.NewEncoder(l.world.Out).Encode(result)
		} else if _, err = fmt.Fprintln(l.world.Out); err == nil {
			err = result.Text(l.world.Out)
		}
		if err != nil {
			return err
		}
	}
	if err := lab.Judge(rows); err != nil || l.json {
		return err
	}
	_, err = fmt.Fprintf(l.world.Out, "\nTo try it, start   %s serve check:App --mistake %s\n", l.world.Name, mistake.Name)
	return err
}

// ask tells what a mistake does, and what curl says to it. On a terminal the
// reader may think first.
func (l labs) ask(mistake lab.Mistake) error {
	fmt.Fprintf(l.world.Out, "%s, step %02d\n%s\n\nWhat will curl say?", mistake.Name, mistake.Step, paragraph(mistake.About))
	if l.world.OutTerminal {
		fmt.Fprint(l.world.Out, " Enter shows it.")
		if _, err := bufio.NewReader(l.world.In).ReadString('\n'); err != nil && err != io.EOF {
			return err
		}
	} else {
		fmt.Fprintln(l.world.Out)
	}
	_, err := fmt.Fprintln(l.world.Out, paragraph(mistake.Curl))
	return err
}

// count returns what shows on a terminal how many checks are done.
func (l labs) count() func(done, of int) {
	file, isFile := l.world.Err.(*os.File)
	if !isFile || !isatty.IsTerminal(file.Fd()) {
		return func(int, int) {}
	}
	return func(done, of int) {
		if done < of {
			fmt.Fprintf(file, "\r%d of %d checks", done, of)
		} else {
			fmt.Fprint(file, "\r\x1b[K") // the count has done its work
		}
	}
}
