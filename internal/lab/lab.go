// Package lab puts the classic mistakes into the server that runs.
//
// Each step's mistake.go holds the wrong versions of that step. Here they get their
// names, and each a way into a server: one stage is swapped, or one policy.
// Nothing else in Barewire knows of them.
//
// Read lab.go, then mistakes.go, which is the list.
package lab

import (
	"fmt"
	"slices"

	"barewire/server"
)

// A Mistake is one thing that a server can do wrong.
type Mistake struct {
	Name  string
	Step  int                  // the step that does it wrong
	About string               // what it does, as a sentence
	Curl  string               // what curl will say, as a sentence
	Put   func(*server.Server) // puts it in, before the server serves
}

// String tells which mistake it is, and where; of the zero one nothing.
func (m Mistake) String() string {
	if m.Name == "" {
		return ""
	}
	return fmt.Sprintf("mistake %s at step %02d", m.Name, m.Step)
}

// Find returns the mistake of that name, and whether there is one.
func Find(name string) (Mistake, bool) {
	mistakes := Mistakes()
	i := slices.IndexFunc(mistakes, func(m Mistake) bool { return m.Name == name })
	if i < 0 {
		return Mistake{}, false
	}
	return mistakes[i], true
}

// swap puts another function in the place of a stage.
func swap(number int, do func(*server.Exchange) error) func(*server.Server) {
	return func(s *server.Server) {
		s.Pipeline = slices.Clone(s.Pipeline)
		i := slices.IndexFunc(s.Pipeline, func(stage server.Stage) bool { return stage.Number == number })
		s.Pipeline[i].Do = do
		s.Remember = false // a mistake is made again for each request
	}
}
