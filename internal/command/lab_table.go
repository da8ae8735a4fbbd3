package command

import (
	"fmt"
	"io"
	"strings"

	"barewire/internal/lab"

	"github.com/charmbracelet/x/ansi"
)

// The columns of the table: the step, the name, the checks.
const (
	tableWidth = 80
	nameAt     = 4
	checksAt   = 24
)

// writeTable writes a row for each mistake: the checks that promise to catch it, how
// many others do, and what it does.
func writeTable(out io.Writer, rows []lab.Row) error {
	text := "    mistake             caught by\n"
	for _, row := range rows {
		if row.Mistake.Name == "" {
			continue // of a right server there is nothing to tell here
		}
		text += fmt.Sprintf("%02d  %-18s  %s\n", row.Mistake.Step, row.Mistake.Name, hanging(caughtBy(row), checksAt))
		text += strings.Repeat(" ", nameAt) + hanging(row.Mistake.About, nameAt) + "\n"
	}
	_, err := io.WriteString(out, text)
	return err
}

// caughtBy says which checks caught a mistake.
func caughtBy(row lab.Row) string {
	promised, others := row.Split()
	switch names := strings.Join(promised, " "); {
	case len(row.Failed) == 0:
		return "nothing"
	case len(promised) == 0:
		return strings.Join(others, " ") + ", none of which promises it"
	case len(others) == 0:
		return names
	case len(others) == 1:
		return names + " and 1 other"
	default:
		return fmt.Sprintf("%s and %d others", names, len(others))
	}
}

// paragraph breaks a text into lines that a terminal has room for.
func paragraph(text string) string { return hanging(text, 0) }

// hanging breaks a text into lines that begin at a column, but for the first.
func hanging(text string, column int) string {
	lines := ansi.Wordwrap(text, tableWidth-column, "")
	return strings.ReplaceAll(lines, "\n", "\n"+strings.Repeat(" ", column))
}
