package learn

import (
	"fmt"
	"path"
	"slices"

	"barewire/tui/cells"
	"barewire/tui/over"
)

// hint is the last line but one: what is being typed or asked, what a command has
// said, or what to do next.
func (m *Model) hint() cells.Row {
	space := cells.Span{Text: " "}
	s := m.standing(m.step)
	switch {
	case m.input != nil:
		return m.input.Draw(m.layout.width)
	case m.ask != nil:
		return cells.Row{space, {Text: m.ask.text, Role: cells.Held}}
	case m.message.text != "" && m.message.wrong:
		return cells.Row{space, {Text: m.message.text, Role: cells.Wrong}}
	case m.message.text != "":
		return cells.Row{space, {Text: m.message.text}}
	case m.sheet != nil:
		return nil
	case m.menu != nil:
		return m.menu.Hint(m.layout.width)
	case m.run != nil:
		return cells.Row{space, {Text: m.run.doing, Role: cells.Quiet}}
	case s.trouble != nil && (s.trouble.kind != tests || !slices.ContainsFunc(m.checksOf(m.step), m.isFailing)):
		return cells.Row{space, {Text: m.mend(s.trouble), Role: cells.Held}}
	}
	return cells.Row{space, {Text: m.advice()}}
}

// mend says how to find what is wrong with the program as a whole.
func (m *Model) mend(t *trouble) string {
	var text string
	switch fault := t.fault(); {
	case fault == nil:
		text = "t shows what was printed."
	case m.config.Editor == "":
		text = fmt.Sprintf("See line %d of %s.", fault.Line, path.Base(fault.File))
	default:
		text = fmt.Sprintf("e opens %s at line %d.", path.Base(fault.File), fault.Line)
	}
	switch t.kind {
	case build:
		text += " The checks are as they were before."
	case tests:
		text = m.testsFail() + " " + text
	}
	return text
}

// advice says how the step stands, and what could be done about it.
func (m *Model) advice() string {
	c := m.selection()
	if c != nil && !m.layout.wide && m.isFailing(c) {
		return m.hintReady(c)
	}
	red := map[bool]int{}
	known := false
	for _, other := range m.checksOf(m.step) {
		known = known || m.isKnown(other)
		if m.isFailing(other) {
			red[other.Core]++
		}
	}
	tally := m.tally()
	switch {
	case m.standing(m.step).notWritten:
		return "Read the chapter, then write it: e opens the place. Every save runs the checks."
	case red[true] > 0:
		return areRed(red[true], "core") + " Nothing moves on until you press ]."
	case red[false] > 0:
		return m.coreHolds() + ". " + areRed(red[false], "full") + m.further()
	case known && tally.core == tally.coreOf && m.progress.AllDone():
		return allDone
	case known && tally.core == tally.coreOf && m.progress.Failing[m.step] > 0:
		return m.coreHolds() + "." + m.further()
	case known && tally.core == tally.coreOf:
		text := fmt.Sprintf("Step %02d holds", m.step)
		if later := m.later(); later != "" {
			text += "; " + later
		}
		return text + "." + m.further()
	}
	return "r runs the checks of this step."
}

// testsFail says so, and that it holds nobody up where the core holds.
func (m *Model) testsFail() string {
	switch {
	case m.progress.Failing[m.step] == 0:
		return "The step's own tests fail."
	case m.step == len(m.steps):
		return m.coreHolds() + "."
	}
	return m.coreHolds() + "; ] is open."
}

// coreHolds says so, and how many of the step's own tests fail nevertheless.
func (m *Model) coreHolds() string {
	switch failing := m.progress.Failing[m.step]; failing {
	case 0:
		return "The core holds"
	case 1:
		return "The core holds, 1 test fails"
	default:
		return fmt.Sprintf("The core holds, %d tests fail", failing)
	}
}

// allDone is what there is to do when nothing is left to do.
const allDone = "All ten steps are done. Watch them: barewire watch -- go run . 127.0.0.1:0"

// further says where to go from a step whose core holds.
func (m *Model) further() string {
	switch next := m.progress.Next(m.step); {
	case m.progress.AllDone():
		return " " + allDone
	case m.step < len(m.steps):
		return " ] goes on when you like."
	case next != m.step:
		return fmt.Sprintf(" Step %02d is still to do.", next)
	}
	return ""
}

// areRed counts checks that fail, in words.
func areRed(n int, kind string) string {
	words := []string{"", "One", "Two", "Three", "Four", "Five"}
	number := fmt.Sprint(n)
	if n < len(words) {
		number = words[n]
	}
	if n == 1 {
		return number + " " + kind + " check is red."
	}
	return number + " " + kind + " checks are red."
}

// keyLine is the last line: keys that work now, the most wanted first, as many as
// there is room for.
func (m *Model) keyLine() cells.Row {
	right := []string{"?", "help", "q", "quit"}
	var left []string
	add := func(when bool, words ...string) {
		if when {
			left = append(left, words...)
		}
	}
	wide := m.layout.wide
	c := m.selection()
	switch {
	case m.input != nil:
		left, right = []string{"enter", "accept", "esc", "cancel"}, nil
	case m.ask != nil:
		left, right = []string{"y", "yes", "n", "no"}, nil
		add(m.sheet != nil, "↑↓", "scroll")
	case m.menu != nil:
		left, right = []string{"↑↓", "choose", "enter", "do it", "esc", "close"}, nil
	case m.fetching != nil:
		left, right = []string{"esc", "stop"}, nil
	case m.sheet != nil:
		left, right = []string{"↑↓", "scroll", "esc", "close"}, nil
	default:
		closes, opens := m.closes(), m.opens()
		add(closes != "" && (m.run != nil || closes == "end search"), "esc", closes)
		add(m.run == nil, "r", "run")
		add(wide && opens != "", "enter", opens)
		add(c != nil && m.isFailing(c) && m.hinted(c) < len(c.Hints), "H", "hint")
		add(m.config.Editor != "", "e", "edit")
		add(m.config.Watch != nil && c != nil, "w", "watch")
		add(m.output() != "" || m.standing(m.step).trouble != nil, "t", "output")
		add(wide && m.config.Mistake != nil, "M", "mistake")
		add(slices.ContainsFunc(m.listed(), m.isFailing), "}", "next fail")
		add(wide, "tab", "pane", "[ ]", "chapter")
		add(!wide && m.step < len(m.steps), "]", "next")
		add(!wide, "tab", "pane")
		add(true, "/", "search")
	}
	return over.KeyLine(left, right, m.layout.width)
}
