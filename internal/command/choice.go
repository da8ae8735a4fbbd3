package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// A choice is a flag that takes one of a few words. The first is the default.
type choice struct {
	words []string
	word  string
}

func newChoice(words ...string) *choice { return &choice{words, words[0]} }

// addTo makes it a flag of a command, words offered to the shell included.
func (c *choice) addTo(command *cobra.Command, name, usage string) {
	command.Flags().Var(c, name, usage)
	offer := cobra.FixedCompletions(c.words, cobra.ShellCompDirectiveNoFileComp)
	if err := command.RegisterFlagCompletionFunc(name, offer); err != nil {
		panic(err) // a flag of that name was just made
	}
}

func (c *choice) String() string { return c.word }
func (c *choice) Type() string   { return strings.Join(c.words, "|") }

func (c *choice) Set(word string) error {
	if !slices.Contains(c.words, word) {
		return fmt.Errorf("%q is not %s", word, c.Type())
	}
	c.word = word
	return nil
}
