package tui

import (
	"fmt"
	"strings"

	"barewire/tui/hold"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// holdCommand does what keys mean to requests that are held.
func (m *Model) holdCommand(msg tea.KeyMsg) tea.Cmd {
	gate := m.config.Gate
	if gate == nil {
		return told("A record cannot be held: it is over.")
	}
	switch {
	case key.Matches(msg, keys.Pause):
		gate.Pause(!gate.Paused())
		m.refresh()
		if gate.Paused() {
			return told("Pause is on: new requests stop before each step. Repeat your curl.")
		}
		return told("Pause is off: new requests go through. Those that are held still are.")
	case key.Matches(msg, keys.LetAllGo):
		gate.LetAllGo()
		return nil
	case key.Matches(msg, keys.Break):
		m.menu = m.breakMenu()
		return nil
	}
	request, is := m.inHand()
	switch {
	case is && key.Matches(msg, keys.LetGo):
		gate.LetGo(request)
	case !is || !gate.Next(request):
		return told("Nothing is held; p pauses new requests.")
	}
	return nil
}

// inHand returns the request that space and c are meant for, and selects it: the
// selected one, also while it runs a step, or else the first that is held.
func (m *Model) inHand() (request int, is bool) {
	m.held = m.config.Gate.Held()
	x := m.selected()
	for _, held := range m.held {
		if x != nil && held.Request == x.Number {
			m.list.follow = false
			return held.Request, true
		}
	}
	if x != nil && m.stands.request == x.Number && !x.Done {
		return x.Number, true
	}
	if len(m.held) == 0 {
		return 0, false
	}
	m.list.toNumber(m.held[0].Request)
	m.list.follow = false
	return m.held[0].Request, true
}

// breakMenu offers breakpoints: those that are set, to take away, and new ones.
func (m *Model) breakMenu() *menu {
	gate := m.config.Gate
	breaks := gate.Breaks()
	list := &menu{title: "breakpoints: where a request stops"}
	for i, b := range breaks {
		list.items = append(list.items, item{"- " + breakInWords(b), "is set; enter takes it away", func(*Model) tea.Cmd {
			gate.SetBreaks(append(breaks[:i:i], breaks[i+1:]...))
			return told("It is taken away.")
		}})
	}
	add := func(name, about string, b hold.Break) {
		list.items = append(list.items, item{name, about, func(*Model) tea.Cmd {
			gate.SetBreaks(append(breaks, b))
			return told("A request stops " + breakInWords(b) + ".")
		}})
	}
	add("on error", "behind a step that said no, or broke", hold.Break{OnError: true})
	for step := 2; step <= 10; step++ {
		if step != 6 {
			add("before "+stepName(step), stepQuestions[step], hold.Break{Step: step})
		}
	}
	list.items = append(list.items,
		item{"method …", "type a method: POST", func(m *Model) tea.Cmd {
			m.input = newInput("stop at method:", "", func(_ *Model, text string) tea.Cmd { return m.setBreak(hold.Break{Method: strings.TrimSpace(text)}) })
			return nil
		}},
		item{"path …", "type a path: /hello, or /static/*", func(m *Model) tea.Cmd {
			m.input = newInput("stop at path:", "", func(_ *Model, text string) tea.Cmd { return m.setBreak(hold.Break{Path: strings.TrimSpace(text)}) })
			return nil
		}})
	return list
}

func (m *Model) setBreak(b hold.Break) tea.Cmd {
	if b == (hold.Break{}) {
		return nil
	}
	m.config.Gate.SetBreaks(append(m.config.Gate.Breaks(), b))
	return told("A request stops " + breakInWords(b) + ".")
}

func breakInWords(b hold.Break) string {
	var words []string
	if b.OnError {
		words = append(words, "on error")
	}
	if b.Step > 0 {
		words = append(words, "before "+stepName(b.Step))
	}
	if b.Method != "" {
		words = append(words, "at method "+b.Method)
	}
	if b.Path != "" {
		words = append(words, fmt.Sprintf("at path %s", b.Path))
	}
	return strings.Join(words, ", ")
}
