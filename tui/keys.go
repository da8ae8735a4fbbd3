package tui

import "github.com/charmbracelet/bubbles/key"

// keyMap is every key of the screen. A key means one thing.
type keyMap struct {
	Up, Down, PageUp, PageDown, HalfUp, HalfDown, Top, Bottom key.Binding
	Next, Previous, Open, Close, Step, StepBefore, StepAfter  key.Binding
	Larger, Smaller, Follow                                   key.Binding
	Pause, Run, LetGo, LetAllGo, Break                        key.Binding
	Send, Curl, Replay, Cut                                   key.Binding
	Search, FindNext, FindPrevious, NextError, PreviousError  key.Binding
	Filter, Explain, Code, Edit, Bytes, View                  key.Binding
	Mark, NextMark, Note, Copy, Export, Clear                 key.Binding
	Command, Help, Back, Quit                                 key.Binding
}

// bind makes a binding: its keys, how the help shows them, and what they do.
func bind(shown, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does))
}

var keys = keyMap{
	Up:            bind("↑ k", "up", "up", "k"),
	Down:          bind("↓ j", "down", "down", "j"),
	PageUp:        bind("PgUp ^b", "a page up", "pgup", "ctrl+b"),
	PageDown:      bind("PgDn ^f", "a page down", "pgdown", "ctrl+f"),
	HalfUp:        bind("^u", "half a page up", "ctrl+u"),
	HalfDown:      bind("^d", "half a page down", "ctrl+d"),
	Top:           bind("g", "to the first", "g", "home"),
	Bottom:        bind("G", "to the last", "G", "end"),
	Next:          bind("tab →", "next pane", "tab", "right", "l"),
	Previous:      bind("S-tab ←", "previous pane", "shift+tab", "left", "h"),
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
	Command:       bind(":", "any command by name", ":"),
	Help:          bind("?", "help", "?"),
	Back:          bind("q", "back; at the top: quit", "q"),
	Quit:          bind("Q ^c", "quit", "Q", "ctrl+c"),
}

// A group is keys that belong together, under a heading of the help.
type group struct {
	title string
	keys  []key.Binding
}

var groups = []group{
	{"move", []key.Binding{keys.Up, keys.Down, keys.PageUp, keys.PageDown, keys.HalfUp, keys.HalfDown, keys.Top, keys.Bottom, keys.Next, keys.Previous, keys.Larger, keys.Smaller, keys.Follow}},
	{"look", []key.Binding{keys.Open, keys.Close, keys.Step, keys.StepBefore, keys.StepAfter, keys.Explain, keys.Code, keys.Edit, keys.Bytes, keys.View}},
	{"hold", []key.Binding{keys.Pause, keys.Run, keys.LetGo, keys.LetAllGo, keys.Break}},
	{"ask", []key.Binding{keys.Send, keys.Curl, keys.Replay, keys.Cut}},
	{"find", []key.Binding{keys.Filter, keys.Search, keys.FindNext, keys.FindPrevious, keys.NextError, keys.PreviousError, keys.Mark, keys.NextMark, keys.Note}},
	{"keep", []key.Binding{keys.Copy, keys.Export, keys.Clear}},
	{"leave", []key.Binding{keys.Command, keys.Help, keys.Back, keys.Quit}},
}
