package tui

import (
	"slices"

	"barewire/tui/over"

	"github.com/charmbracelet/bubbles/key"
)

// keyMap is every key of the screen. A key means one thing.
type keyMap struct {
	Next, Previous, Left, Right                              key.Binding
	Open, Close, Step, StepBefore, StepAfter                 key.Binding
	Larger, Smaller, Follow                                  key.Binding
	Pause, Run, LetGo, LetAllGo, Break                       key.Binding
	Send, Curl, Replay, Cut, Mistake                         key.Binding
	Search, FindNext, FindPrevious, NextError, PreviousError key.Binding
	Filter, Explain, Code, Edit, Bytes, View                 key.Binding
	Mark, NextMark, Note, Copy, Export, Clear                key.Binding
	Command, Help, Suspend, Back, Quit                       key.Binding
}

var bind = over.Bind

var keys = keyMap{
	Next:          bind("tab", "next pane", "tab"),
	Previous:      bind("S-tab", "previous pane", "shift+tab"),
	Left:          bind("← h", "pane before; in hex, byte before", "left", "h"),
	Right:         bind("→ l", "next pane; in hex, next byte", "right", "l"),
	Open:          bind("enter", "open what the cursor is on", "enter"),
	Close:         bind("esc", "close", "esc"),
	Step:          bind("0-9", "look at a step: 1 is 01, 0 is 10", "1", "2", "3", "4", "5", "6", "7", "8", "9", "0"),
	StepBefore:    bind("[", "look at the step before", "["),
	StepAfter:     bind("]", "look at the step after", "]"),
	Larger:        bind("+", "this pane larger", "+", "="),
	Smaller:       bind("-", "all panes again", "-"),
	Follow:        bind("F", "follow the newest: on, off", "F"),
	Pause:         bind("p", "pause new requests: on, off", "p"),
	Run:           bind("space", "run the next step of the held request", " "),
	LetGo:         bind("c", "let the held request go", "c"),
	LetAllGo:      bind("C", "let all go", "C"),
	Break:         bind("b", "breakpoints", "b"),
	Send:          bind("s", "send a good or a broken request", "s"),
	Curl:          bind("S", "type a curl line", "S"),
	Replay:        bind("r", "send the request again", "r"),
	Cut:           bind("R", "send it again, cut into pieces", "R"),
	Mistake:       bind("M", "a mistake in place of a step", "M"),
	Search:        bind("/", "search this page", "/"),
	FindNext:      bind("n", "next match", "n"),
	FindPrevious:  bind("N", "previous match", "N"),
	NextError:     bind("}", "next error", "}"),
	PreviousError: bind("{", "previous error", "{"),
	Filter:        bind("f", "filter the list", "f"),
	Explain:       bind("i", "explain what the cursor is on", "i"),
	Code:          bind("o", "show the code that made it", "o"),
	Edit:          bind("e", "open that code in $EDITOR", "e"),
	Bytes:         bind("x", "bytes: text, with line ends, hex", "x"),
	View:          bind("v", "arrows from the other side", "v"),
	Mark:          bind("m", "mark this request: it is kept", "m"),
	NextMark:      bind("'", "next mark", "'"),
	Note:          bind("a", "write a note beside it", "a"),
	Copy:          bind("y", "copy: curl, bytes, value", "y"),
	Export:        bind("E", "export: trace, HAR", "E"),
	Clear:         bind("z", "clear the list; held and marked stay", "z"),
	Command:       over.Command,
	Help:          over.Help,
	Suspend:       over.Suspend,
	Back:          over.Back,
	Quit:          over.Quit,
}

// groups are the keys under the headings of the help.
var groups = []over.Group{
	{Title: "move", Keys: slices.Concat(over.Moves, []key.Binding{keys.Next, keys.Previous, keys.Left, keys.Right, keys.Larger, keys.Smaller, keys.Follow})},
	{Title: "look", Keys: []key.Binding{keys.Open, keys.Close, keys.Step, keys.StepBefore, keys.StepAfter, keys.Explain, keys.Code, keys.Edit, keys.Bytes, keys.View}},
	{Title: "hold", Keys: []key.Binding{keys.Pause, keys.Run, keys.LetGo, keys.LetAllGo, keys.Break}},
	{Title: "ask", Keys: []key.Binding{keys.Send, keys.Curl, keys.Replay, keys.Cut, keys.Mistake}},
	{Title: "find", Keys: []key.Binding{keys.Filter, keys.Search, keys.FindNext, keys.FindPrevious, keys.NextError, keys.PreviousError, keys.Mark, keys.NextMark, keys.Note}},
	{Title: "keep", Keys: []key.Binding{keys.Copy, keys.Export, keys.Clear}},
	{Title: "leave", Keys: []key.Binding{keys.Command, keys.Help, keys.Suspend, keys.Back, keys.Quit}},
}
