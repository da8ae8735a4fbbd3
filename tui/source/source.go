// Package source finds the lines of the steps that made what the screen shows.
//
// A value of the environ, a line that the server wrote, a step: each has one
// line of source where it is made. The lines are found in the syntax of the
// embedded files, so they move with the code, and are those of the program that
// runs.
//
// Read source.go, then find.go.
package source

import (
	"cmp"
	"fmt"
	"strings"
)

// A Place is a line of source. The zero Place is nowhere.
type Place struct {
	File string // as the repository names it: steps/07_environ/environ.go
	Line int    // the first is 1
}

// String writes a place as compilers and editors do.
func (p Place) String() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// Where returns the line of step 07 that puts a variable into the environ. All
// header fields without a variable of their own share one line. A variable that
// the step does not make is nowhere: barewire.note is the server's.
//
// One thing the name alone does not tell. The HTTP_HOST of a target in absolute
// form comes from that target (RFC 9112 §3.2.2); what is returned is the line
// for the Host field, as almost all requests have it.
func Where(key string) Place {
	variables := found().variables
	if place, own := variables[key]; own {
		return place
	}
	if strings.HasPrefix(key, "HTTP_") {
		return variables["HTTP_"]
	}
	return Place{}
}

// Step returns the line where a step begins: its main function, or in 06, the
// contract, the type of an application.
func Step(number int) Place { return found().steps[number] }

// Packet returns what Step does, for a packet of uwsgi: some steps are others there.
func Packet(number int) Place { return cmp.Or(found().packets[number], Step(number)) }

// Status returns the line of step 09 that writes the application's status.
func Status() Place { return found().status }

// Header returns the line of step 09 that adds a header of the server's own. A
// header that only an application can set is nowhere. Case does not matter.
func Header(name string) Place { return found().headers[strings.ToLower(name)] }

// Lines returns the line of a place, and at most so many before and behind it,
// with four blanks for each tab. The line itself is the one with index
// min(around, place.Line-1). Of nowhere there are none.
func Lines(place Place, around int) []string {
	text, err := read(place.File)
	if err != nil {
		return nil
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	lines = lines[max(place.Line-1-around, 0):min(place.Line+around, len(lines))]
	for i, line := range lines {
		lines[i] = strings.ReplaceAll(line, "\t", "    ")
	}
	return lines
}
