package command

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// noCommand is the error about a word that is no command below parent. Below
// the root an application may be meant.
func noCommand(word string, parent *cobra.Command) error {
	var names []string
	for _, command := range parent.Commands() {
		names = append(names, command.Name())
	}
	if !parent.HasParent() {
		names = append(names, appNames()...)
	}
	return fmt.Errorf("there is no command %q%s", word, suggest(word, names, seeHelp(parent)))
}

func seeHelp(command *cobra.Command) string {
	return fmt.Sprintf("; %s --help lists them all", command.CommandPath())
}

// noArgs is for commands that take none.
func noArgs(command *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments, but got %q", command.Name(), args[0])
	}
	return nil
}

// flagError says in our words what is wrong with a flag.
func flagError(command *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var wrong *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		typed := "--" + unknown.GetSpecifiedName()
		if letters := unknown.GetSpecifiedShortnames(); letters != "" {
			typed = "-" + letters // of one who is used to Go's own commands
		}
		var names []string
		command.Flags().VisitAll(func(flag *pflag.Flag) { names = append(names, "--"+flag.Name) })
		return fmt.Errorf("there is no flag %s%s", typed, suggest(typed, names, seeHelp(command)))
	case errors.As(err, &missing):
		flag := missing.GetFlag()
		return fmt.Errorf("--%s wants a value: %s", flag.Name, takes(flag))
	case errors.As(err, &wrong):
		flag, hint := wrong.GetFlag(), ""
		if c, ok := flag.Value.(*choice); ok {
			hint = suggest(wrong.GetValue(), c.words, "")
		}
		return fmt.Errorf("--%s takes %s, not %q%s", flag.Name, takes(flag), wrong.GetValue(), hint)
	}
	return err
}

// takes tells what can be the value of a flag.
func takes(flag *pflag.Flag) string {
	if c, ok := flag.Value.(*choice); ok {
		last := len(c.words) - 1
		return strings.Join(c.words[:last], ", ") + " or " + c.words[last]
	}
	if b, ok := flag.Value.(interface{ takes() string }); ok {
		return b.takes()
	}
	switch flag.Value.Type() {
	case "host:port":
		return "host:port, such as " + defaultAddr
	case "int":
		return "a number"
	case "duration":
		return "a duration, such as 10ms or 2s"
	case "string", "stringArray":
		placeholder, _ := pflag.UnquoteUsage(flag)
		return placeholder
	}
	return "true or false"
}
