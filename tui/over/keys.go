package over

import (
	"barewire/tui/cells"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// Bind makes a binding: its keys, how the help shows them, and what they do.
func Bind(shown, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does))
}

// The keys that mean the same on every screen.
var (
	Up       = Bind("↑ k", "up", "up", "k")
	Down     = Bind("↓ j", "down", "down", "j")
	PageUp   = Bind("PgUp ^b", "a page up", "pgup", "ctrl+b")
	PageDown = Bind("PgDn ^f", "a page down", "pgdown", "ctrl+f")
	HalfUp   = Bind("^u", "half a page up", "ctrl+u")
	HalfDown = Bind("^d", "half a page down", "ctrl+d")
	Top      = Bind("g", "to the first", "g", "home")
	Bottom   = Bind("G", "to the last", "G", "end")

	Command = Bind(":", "any command by name", ":")
	Help    = Bind("?", "help", "?")
	Suspend = Bind("^z", "suspend, until fg", "ctrl+z")
	Back    = Bind("q", "back; at the top: quit", "q")
	Quit    = Bind("Q ^c", "quit", "Q", "ctrl+c")
)

// What closes and chooses; the help of a screen has its own words for them.
var (
	open    = Bind("enter", "choose", "enter")
	dismiss = Bind("esc", "close", "esc", "q")
)

// Moves are the keys that move, in the order of the help.
var Moves = []key.Binding{Up, Down, PageUp, PageDown, HalfUp, HalfDown, Top, Bottom}

// Far is more rows than anything has.
const Far = 1 << 30

// Moved returns by how many rows a key moves, and whether it is one for that.
func Moved(msg tea.KeyMsg, page int) (by int, moves bool) {
	half := max(page/2, 1)
	for i, by := range []int{-1, 1, -page, page, -half, half, -Far, Far} {
		if key.Matches(msg, Moves[i]) {
			return by, true
		}
	}
	return 0, false
}

// KeyNamed is the message of a key, by the name that it has in Bubble Tea.
func KeyNamed(name string) tea.KeyMsg {
	const first, last = tea.KeyType(-128), tea.KeyType(127)
	for kind := first; kind < last; kind++ {
		if kind != tea.KeyRunes && kind.String() == name {
			return tea.KeyMsg{Type: kind, Runes: []rune(name)}
		}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}

// A Group is keys that belong together, under a heading of the help.
type Group struct {
	Title string
	Keys  []key.Binding
}

// HelpSheet lists every key, under headings: in columns of this width, and in two of
// them where there is room.
func HelpSheet[M any](groups []Group, column int) *Sheet[M] {
	return &Sheet[M]{Title: "help: a key means one thing", Rows: func(_ M, width int) []cells.Row {
		var rows []cells.Row
		for _, group := range groups {
			title := group.Title
			for _, binding := range group.Keys {
				help := binding.Help()
				rows = append(rows, cells.Columns(
					cells.Column{Width: 2},
					cells.Column{Width: 8, Row: cells.Text(cells.Quiet, title)},
					cells.Column{Width: 10, Row: cells.Row{{Text: help.Key, Mark: cells.Bold}}},
					cells.Column{Width: max(min(width, column)-20, 0), Row: cells.Text(cells.Plain, help.Desc)},
				))
				title = ""
			}
		}
		if width < 2*column {
			return rows
		}
		half := (len(rows) + 1) / 2
		for i, row := range rows[half:] {
			rows[i] = append(rows[i], row...)
		}
		return rows[:half]
	}}
}

// Commands is a menu of every key; to choose one is to press it.
func Commands[M any](groups []Group, press func(M, tea.KeyMsg) tea.Cmd) *Menu[M] {
	menu := &Menu[M]{Title: "any command"}
	for _, group := range groups {
		for _, binding := range group.Keys {
			msg := KeyNamed(binding.Keys()[0])
			menu.Items = append(menu.Items, Item[M]{binding.Help().Desc, binding.Help().Key, func(m M) tea.Cmd { return press(m, msg) }})
		}
	}
	return menu
}
