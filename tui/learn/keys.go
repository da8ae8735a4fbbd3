package learn

import (
	"slices"

	"barewire/tui/over"

	"github.com/charmbracelet/bubbles/key"
)

var bind = over.Bind

// keys is every key of the screen. A key means what it means on the live screen.
var keys = struct {
	Page, Next, Larger, Smaller                  key.Binding
	Open, Close, Step, StepBefore, StepAfter     key.Binding
	Run, RunAll, NextFail, PreviousFail, Failing key.Binding
	Hint, Answer, Watch, Output, Edit, Mistake   key.Binding
	Search, FindNext, FindPrevious               key.Binding
	Command, Help, Suspend, Back, Quit           key.Binding
}{
	Page:         bind("space ^f", "a page down, as PgDn", " "),
	Next:         bind("tab", "the other pane", "tab", "shift+tab", "left", "right", "h", "l"),
	Larger:       bind("+", "this pane larger", "+", "="),
	Smaller:      bind("-", "both panes again", "-"),
	Open:         bind("enter", "look at an answer, or at all of a failure", "enter"),
	Close:        bind("esc", "close, end a search, or stop the run", "esc"),
	Step:         bind("0-9", "the chapter of a step: 1 is 01, 0 is 10", "1", "2", "3", "4", "5", "6", "7", "8", "9", "0"),
	StepBefore:   bind("[", "the chapter before", "["),
	StepAfter:    bind("]", "the next chapter", "]"),
	Run:          bind("r", "run the checks of this step", "r"),
	RunAll:       bind("R", "run those of all written steps", "R"),
	NextFail:     bind("}", "next failing check", "}"),
	PreviousFail: bind("{", "previous failing check", "{"),
	Failing:      bind("f", "failing checks only: on, off", "f"),
	Hint:         bind("H", "the next hint for the selected check", "H"),
	Answer:       bind("A", "the answer: shows the difference, then asks", "A"),
	Watch:        bind("w", "watch the requests of the selected check", "w"),
	Output:       bind("t", "what your program printed, and what is wrong with it", "t"),
	Edit:         bind("e", "open the place in $EDITOR", "e"),
	Mistake:      bind("M", "the classic mistake of this step", "M"),
	Search:       bind("/", "search the chapter", "/"),
	FindNext:     bind("n", "next match", "n"),
	FindPrevious: bind("N", "previous match", "N"),
	Command:      over.Command,
	Help:         over.Help,
	Suspend:      over.Suspend,
	Back:         over.Back,
	Quit:         over.Quit,
}

// moves are those of every screen; here space, which runs nothing, goes a page down
// as in less.
var moves = func() []key.Binding {
	moves := slices.Clone(over.Moves)
	moves[slices.IndexFunc(moves, func(b key.Binding) bool { return b.Help() == over.PageDown.Help() })] = keys.Page
	return moves
}()

// helped is all of the help: first the signs of the steps, which are no keys.
var helped = slices.Concat([]over.Group{
	{Title: "steps", Keys: []key.Binding{bind("✓ ! – ·", "done; the core holds, a test fails; skipped; to do")}},
}, groups)

// groups are the keys under their headings.
var groups = []over.Group{
	{Title: "move", Keys: slices.Concat(moves, []key.Binding{keys.Next, keys.Larger, keys.Smaller})},
	{Title: "read", Keys: []key.Binding{keys.Open, keys.Close, keys.Step, keys.StepBefore, keys.StepAfter, keys.Search, keys.FindNext, keys.FindPrevious}},
	{Title: "check", Keys: []key.Binding{keys.Run, keys.RunAll, keys.NextFail, keys.PreviousFail, keys.Failing, keys.Hint, keys.Answer}},
	{Title: "look", Keys: []key.Binding{keys.Edit, keys.Watch, keys.Output, keys.Mistake}},
	{Title: "leave", Keys: []key.Binding{keys.Command, keys.Help, keys.Suspend, keys.Back, keys.Quit}},
}
