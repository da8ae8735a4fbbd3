package workshop

import (
	"time"

	"barewire/internal/check"
)

// An Event is what happens while a step is checked. It is told as it happens, by
// one goroutine.
type Event interface{ event() }

type (
	// Building tells that the step, its tests and its demo are compiled.
	Building struct{}

	// Built tells that they were; or what the compiler said against it.
	Built struct{ Errors []Fault }

	// Tested tells how the step's own tests went. Where one failed, or an emptied
	// function was met, so it is said here.
	Tested struct {
		Passed     bool
		Failed     []string // names of tests; one that calls os.Exit has none
		Stopped    bool     // a test panicked or did not end, so those behind it did not run
		NotWritten bool     // a function of the step is still empty
		Sentence   string   // and this is what it says
		Output     string   // what the tests printed, bounded; of what passed nothing
		Faults     []Fault  // the lines that the output names
	}

	// Listening tells that the learner's program runs, and where it listens.
	Listening struct{ Addr string }

	// Checking tells which check is under way.
	Checking struct {
		Check    *check.Check
		Number   int // from 1
		Of       int
		FullToGo int // checks that wait for the core
	}

	// Checked tells how it went.
	Checked struct{ Result check.Result }

	// Died tells that the learner's program ended by itself.
	Died struct {
		NotWritten bool   // it met a function that is still empty
		Sentence   string // and this is what it says
		Output     string // its last words, bounded
		Faults     []Fault
	}

	// Finished is the last event of a run that was not cancelled.
	Finished struct {
		Step           int
		Core, CoreOf   int // that hold, of how many
		Full, FullOf   int
		Tests          bool // the step's own tests pass
		TestsFailed    int  // how many of them do not
		Ran            int  // checks that were run
		Took           time.Duration
		Passed, Before bool   // the step's core and its tests hold; they did already
		Open           bool   // the core holds and a test does not: the next step may be begun
		Notice         string // something was mended on the way, "" as a rule
		Output         string // what the learner's program has printed, the end of it
	}
)

// A Fault is a place in the learner's code, and what is wrong there.
type Fault struct {
	File   string `json:"file"` // below the workspace
	Line   int    `json:"line"`
	Column int    `json:"column,omitempty"` // 0 when nobody knows
	Text   string `json:"text"`
}

func (Building) event()  {}
func (Built) event()     {}
func (Tested) event()    {}
func (Listening) event() {}
func (Checking) event()  {}
func (Checked) event()   {}
func (Died) event()      {}
func (Finished) event()  {}
