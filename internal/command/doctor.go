package command

import (
	"os"
	"strings"

	"barewire/internal/workshop"

	"github.com/charmbracelet/x/term"
	"github.com/muesli/termenv"
	"github.com/spf13/cobra"
)

func doctorCommand(world World) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Look at all that the workshop needs, and say what to do",
		Args:  noArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx, restore := interruptible(command.Context())
			defer restore()
			return failed(workshop.Doctor(ctx, world.Out, ".", world.terminal()))
		},
	}
}

// terminal tells what the user looks at.
func (w World) terminal() (t workshop.Terminal) {
	out, isFile := w.Out.(*os.File)
	if t.Is = isFile && w.OutTerminal; t.Is {
		t.Width, t.Height, _ = term.GetSize(out.Fd()) // 0 where nobody knows
	}
	if w.colors("auto") {
		t.Colors = map[termenv.Profile]int{termenv.ANSI: 16, termenv.ANSI256: 256, termenv.TrueColor: 1 << 24}[termenv.NewOutput(w.Out).EnvColorProfile()]
	}
	for _, key := range []string{"LC_ALL", "LC_CTYPE", "LANG"} { // the first that is set counts
		if locale := w.Env(key); locale != "" {
			locale = strings.ToUpper(locale)
			t.UTF8 = strings.HasSuffix(locale, ".UTF-8") || strings.HasSuffix(locale, ".UTF8")
			break
		}
	}
	return t
}
