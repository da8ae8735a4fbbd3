package tui

import (
	"fmt"
	"slices"
	"strings"

	"barewire/tui/cells"
	"barewire/tui/over"
)

// hint is the last line but one: what is being typed, what a command has said,
// where the row under the cursor comes from, or what to try next.
func (m *Model) hint() cells.Row {
	space := cells.Span{Text: " "}
	x := m.selected()
	switch {
	case m.input != nil:
		return m.input.Draw(m.layout.width)
	case m.message.text != "" && m.message.wrong:
		return cells.Row{space, {Text: m.message.text, Role: cells.Wrong}}
	case m.message.text != "":
		return cells.Row{space, {Text: m.message.text}}
	case m.menu != nil:
		return m.menu.Hint(m.layout.width)
	case m.isOver():
		return nil
	case x != nil && m.heldAt(x) != nil:
		return cells.Row{space, {Text: m.heldHint(), Role: cells.Held}}
	case m.focus == onPage && x != nil:
		about := m.pageOf(x).subject()
		if about.hint != "" {
			return cells.Row{space, {Text: about.hint}}
		}
	case m.focus == onList && x != nil && x.Note != "":
		return cells.Row{space, {Text: "Note: " + x.Note}}
	case m.config.Record != "" && len(m.history.Exchanges) == 0:
		return cells.Row{space, {Text: "Recording to " + m.config.Record, Role: cells.Quiet}}
	}
	if len(m.held) > 0 {
		held := m.held[0]
		where := fmt.Sprintf("before %02d", held.Step)
		if held.Chunk > 0 {
			where = fmt.Sprintf("in %02d, after chunk %d", held.Step, held.Chunk)
		}
		return cells.Row{space, {Text: fmt.Sprintf("Request %d is held %s: space steps it, C lets all go.", held.Request, where), Role: cells.Held}}
	}
	return cells.Row{space, {Text: m.tip(), Role: cells.Quiet}}
}

// heldHint says what it means that a request is held.
func (m *Model) heldHint() string {
	waiting := 0
	for _, held := range m.held {
		if x := m.selected(); held.Waiting && held.Request != x.Number {
			waiting++
		}
	}
	text := "Deadlines stand still while you hold it."
	if waiting > 0 {
		text += " " + count(waiting, "more request waits", "more requests wait") + " before 03."
	}
	return text
}

// tips are what to try; each goes away once it was tried.
var tips = []struct {
	keys string // any of which was to be tried
	text string
}{
	{"p", "Try: press p, then repeat your curl. The request will stop before every step."},
	{"tab 7 i", "Try: tab moves to the steps and the page, 7 shows the environ, i explains."},
	{"s", "Try: press s for a request that breaks a rule. See which step says no."},
	{"x", "Try: x shows line ends, and once more the bytes in hex."},
	{"v", "Try: v turns the arrows round, as curl -v draws them."},
	{"S", "Try: press S for a curl line. Its view appears beside the server's."},
}

func (m *Model) tip() string {
	if len(m.history.Exchanges) == 0 {
		return ""
	}
	for _, tip := range tips {
		asks := tip.keys == "s" || tip.keys == "S"
		tried := slices.ContainsFunc(strings.Fields(tip.keys), func(key string) bool { return m.tried[key] })
		if !tried && (m.config.Gate != nil || tip.keys != "p") && (m.config.URL != "" || !asks) && (m.config.Protocol == "" || tip.keys != "s") {
			return tip.text
		}
	}
	return ""
}

// keyLine is the last line: keys that work now, the most wanted first, as many as
// there is room for.
func (m *Model) keyLine() cells.Row {
	right := []string{"?", "help", "q", "quit"}
	var left []string
	live, asks := m.config.Gate != nil, m.config.URL != ""
	x := m.selected()
	add := func(when bool, words ...string) {
		if when {
			left = append(left, words...)
		}
	}
	switch {
	case m.input != nil && m.message.wrong:
		return cells.Row{{Text: " "}, {Text: m.message.text, Role: cells.Wrong}} // it is more wanted than the keys
	case m.input != nil:
		left, right = []string{"enter", "accept", "esc", "cancel"}, nil
	case m.menu != nil:
		left, right = []string{"↑↓", "choose", "enter", "do it", "esc", "close"}, nil
	case m.sheet != nil:
		left, right = []string{"↑↓", "scroll", "esc", "close"}, nil
	case x != nil && m.heldAt(x) != nil:
		left = []string{"space", "next step", "c", "let it go", "C", "let all go", "[ ]", "look", "b", "breakpoints"}
		right = right[:2]
	default:
		add(len(m.held) > 0, "space", "next step", "C", "let all go")
		add(live, "p", "pause")
		add(asks && m.config.Protocol == "", "s", "send")
		add(asks && x != nil && m.layout.width >= 110, "r", "replay")
		add(x != nil, "0-9", "step", "tab", "pane")
		add(x != nil && m.layout.width >= 110, "enter", "open")
		add(x != nil, "i", "explain")
		add(x != nil && m.layout.width >= 110, "x", "bytes")
		add(x != nil, "/", "search")
		add(x != nil && m.layout.width >= 110, "f", "filter")
	}
	return over.KeyLine(left, right, m.layout.width)
}
