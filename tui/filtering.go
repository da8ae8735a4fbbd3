package tui

import (
	"barewire/tui/filter"
	"barewire/tui/history"
)

// A filtering picks exchanges, and remembers what it found of each, so that only
// what has changed is looked at again.
type filtering struct {
	filter   filter.Filter
	verdicts map[*history.Exchange]verdict
}

// A verdict holds as long as nothing more has happened.
type verdict struct {
	events int
	note   string
	picked bool
}

// pick returns the exchanges that pass, in a list of their own.
func (f *filtering) pick(exchanges []*history.Exchange) []*history.Exchange {
	if f.filter.String() == "" {
		return append([]*history.Exchange(nil), exchanges...)
	}
	var picked []*history.Exchange
	verdicts := make(map[*history.Exchange]verdict, len(exchanges))
	for _, x := range exchanges {
		v, known := f.verdicts[x]
		if !known || v.events != len(x.Events) || v.note != x.Note {
			v = verdict{len(x.Events), x.Note, f.filter.Match(x)}
		}
		verdicts[x] = v
		if v.picked {
			picked = append(picked, x)
		}
	}
	f.verdicts = verdicts
	return picked
}
