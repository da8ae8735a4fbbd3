package tui

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	requestline "barewire/steps/03_requestline"
	"barewire/tui/filter"
	"barewire/tui/hold"
	"barewire/tui/over"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// holdCommand does what keys mean to requests that are held.
func (m *Model) holdCommand(msg tea.KeyMsg) tea.Cmd {
	gate := m.config.Gate
	switch {
	case gate == nil && m.config.Watched != "":
		return told("A program that is only watched cannot be held.")
	case gate == nil:
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
	list := &menu{Title: "breakpoints: where a request stops"}
	for i, b := range breaks {
		list.Items = append(list.Items, item{Name: "- " + breakInWords(b), About: "is set; enter takes it away", Do: func(*Model) tea.Cmd {
			gate.SetBreaks(append(breaks[:i:i], breaks[i+1:]...))
			return told("It is taken away.")
		}})
	}
	add := func(name, about string, b hold.Break) {
		if slices.Contains(breaks, b) {
			return
		}
		list.Items = append(list.Items, item{Name: name, About: about, Do: func(m *Model) tea.Cmd { return m.setBreak(b) }})
	}
	add("on error", "behind a step that said no, or broke", hold.Break{OnError: true})
	for step := 2; step <= 10; step++ {
		if step != 6 {
			add("before "+stepName(step), stepQuestions[step], hold.Break{Step: step})
		}
	}
	list.Items = append(list.Items,
		item{Name: "method …", About: "type a method: POST", Do: func(m *Model) tea.Cmd {
			m.input = over.NewInput(methodPrompt, "", (*Model).breakAtMethod)
			return nil
		}},
		item{Name: "path …", About: "type a path: /hello, or /static/*", Do: func(m *Model) tea.Cmd {
			m.input = over.NewInput(pathPrompt, "", (*Model).breakAtPath)
			return nil
		}})
	return list
}

const methodPrompt, pathPrompt = "stop at method:", "stop at path:"

// breakAtMethod sets a breakpoint, and who types post means POST, as in a filter:
// methods are case-sensitive (RFC 9110 §9.1), and all that are known are capitals.
func (m *Model) breakAtMethod(text string) tea.Cmd {
	method := strings.TrimSpace(text)
	if capitals := strings.ToUpper(method); filter.IsMethod(capitals) {
		method = capitals
	}
	if method != "" && !requestline.IsToken(method) {
		m.input = over.NewInput(methodPrompt, text, (*Model).breakAtMethod)
		return failed(errors.New("no request has such a method"))
	}
	return m.setBreak(hold.Break{Method: method})
}

// breakAtPath sets a breakpoint at a path that a request can have.
func (m *Model) breakAtPath(text string) tea.Cmd {
	path := strings.TrimSpace(text)
	wrong := ""
	switch {
	case strings.ContainsAny(path, " \t"):
		wrong = "a path has no blanks; they are %20"
	case strings.ContainsAny(path, "?#"):
		wrong = "a path ends before ? and #"
	case path != "" && path != "*" && !strings.HasPrefix(path, "/"):
		wrong = "a path begins with /"
	}
	if wrong != "" {
		m.input = over.NewInput(pathPrompt, text, (*Model).breakAtPath)
		return failed(errors.New(wrong))
	}
	return m.setBreak(hold.Break{Path: path})
}

func (m *Model) setBreak(b hold.Break) tea.Cmd {
	if b == (hold.Break{}) {
		return nil
	}
	breaks := m.config.Gate.Breaks()
	if slices.Contains(breaks, b) {
		return told("A request stops " + breakInWords(b) + " already.")
	}
	m.config.Gate.SetBreaks(append(breaks, b))
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
