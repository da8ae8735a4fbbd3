package command

import (
	"fmt"
	"strings"

	"barewire/internal/lab"

	"github.com/spf13/cobra"
)

// addMistake makes the name of a mistake a flag of a command.
func addMistake(command *cobra.Command, name *string) {
	command.Flags().StringVar(name, "mistake", "", "serve with a classic mistake in one of the steps: `NAME`")
	if err := command.RegisterFlagCompletionFunc("mistake", completeMistakes); err != nil {
		panic(err) // a flag of that name was just made
	}
}

// findMistake returns the mistake of that name; for "" the zero one.
func findMistake(name string) (lab.Mistake, error) {
	mistake, found := lab.Find(name)
	if found || name == "" {
		return mistake, nil
	}
	var names []string
	for _, mistake := range lab.Mistakes() {
		names = append(names, mistake.Name)
	}
	return lab.Mistake{}, fmt.Errorf("there is no mistake %q%s", name, suggest(name, names, "; there are "+strings.Join(names, ", ")))
}
