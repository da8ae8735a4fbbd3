package command

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"text/tabwriter"

	"barewire/internal/check"
)

// A chosen is which checks were asked for. The zero value is all of them.
type chosen struct {
	step  int            // those of a step
	about []*check.Check // those of a section, or one
}

func (c chosen) checks() []*check.Check {
	switch {
	case c.about != nil:
		return c.about
	case c.step > 0:
		return check.Of(c.step)
	}
	return check.All()
}

var (
	isNumber = regexp.MustCompile(`^\d+$`)

	// RFC 9112 §3.2, PEP 3333 "Error Handling", and what people type for it.
	isSection = regexp.MustCompile(`^(?i)(RFC|PEP)\s*(\d+)\s*(?:§|section\s)?\s*(.*)$`)
)

// choose reads a step, a check or a section.
func choose(words string) (c chosen, err error) {
	section := isSection.FindStringSubmatch(words)
	switch {
	case words == "":
		return c, nil
	case isNumber.MatchString(words):
		step, err := findStep(words)
		return chosen{step: step.Number}, err
	case checkID.MatchString(words):
		one, err := findCheck(words)
		return chosen{about: []*check.Check{one}}, err
	case section != nil:
		c.about = aboutSection(strings.ToUpper(section[1])+" "+section[2], strings.Trim(section[3], `"`))
		if c.about == nil {
			return c, fmt.Errorf("no check is about %s; check --list tells the section of each", words)
		}
		return c, nil
	}
	return c, fmt.Errorf("there is no check %q%s", words, suggestStep(words, "; name a step (3), a check (03.4) or a section (RFC 9112 §3)"))
}

// aboutSection returns the checks of a document, or of a section of it with all
// that is below: a number, or a part of a title.
func aboutSection(document, section string) (found []*check.Check) {
	numbered := section != "" && section[0] >= '0' && section[0] <= '9'
	for _, c := range check.All() {
		where, ok := strings.CutPrefix(c.Section, document+" ")
		number := strings.TrimPrefix(where, "§")
		switch {
		case !ok:
		case !numbered && strings.Contains(strings.ToLower(where), strings.ToLower(section)),
			numbered && (number == section || strings.HasPrefix(number, section+".")):
			found = append(found, c)
		}
	}
	return found
}

// listChecks lists checks, and runs none.
func listChecks(out io.Writer, checks []*check.Check) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, c := range checks {
		where := c.Section
		if c.Stricter {
			where += ", and stricter"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", c.ID, kind(c), c.Name, where)
	}
	return table.Flush()
}

func kind(c *check.Check) string {
	if c.Core {
		return "core"
	}
	return "full"
}
