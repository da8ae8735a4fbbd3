package learn

import (
	"barewire/tui/over"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// helpWidth is the room of a column of the help, if there is as much.
const helpWidth = 72

// press does what a key means: to what is being typed, to what is over the panes,
// or to the screen.
func (m *Model) press(msg tea.KeyMsg) tea.Cmd {
	if msg.Type == tea.KeyRunes && len(msg.Runes) > 1 && m.input == nil {
		if msg.Paste {
			return told("Press / first to search for a text.")
		}
		// Keys that come fast come as one message.
		var cmds []tea.Cmd
		for _, r := range msg.Runes {
			cmds = append(cmds, m.press(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}}))
		}
		return tea.Batch(cmds...)
	}
	m.message = toldMsg{}
	if m.input == nil && key.Matches(msg, keys.Page) {
		msg = over.KeyNamed("pgdown")
	}
	switch {
	case msg.String() == "ctrl+c" && m.fetching != nil:
		return m.stopFetching()
	case msg.String() == "ctrl+c" && m.run != nil:
		return m.cancel()
	case msg.String() == "ctrl+c":
		return tea.Quit
	case key.Matches(msg, keys.Suspend):
		return tea.Suspend
	case m.input != nil:
		return m.pressInput(msg)
	case m.ask != nil && (msg.String() == "y" || msg.String() == "Y"):
		ask := m.ask
		m.ask, m.sheet = nil, nil
		return ask.yes(m)
	case m.ask != nil && (m.sheet == nil || msg.String() == "n" || msg.String() == "N"):
		m.ask, m.sheet = nil, nil
		return told("Nothing was changed.")
	case m.sheet != nil:
		return m.pressSheet(msg)
	case m.menu != nil:
		return m.pressMenu(msg)
	case m.move(msg):
		return nil
	}
	return m.command(msg)
}

func (m *Model) pressInput(msg tea.KeyMsg) tea.Cmd {
	closes, do, cmd := m.input.Press(msg)
	if closes {
		m.input = nil
	}
	if do != nil {
		return do(m)
	}
	return cmd
}

func (m *Model) pressSheet(msg tea.KeyMsg) tea.Cmd {
	if m.fetching != nil && !key.Matches(msg, keys.Close, keys.Back, keys.Quit) {
		return told("esc stops this first.")
	}
	outcome := m.sheet.Press(msg, m.overRows(), keys.Help)
	switch {
	case outcome == over.Closes && m.fetching != nil:
		return m.stopFetching()
	case outcome == over.Closes && m.ask != nil:
		m.sheet, m.ask = nil, nil
		return told("Nothing was changed.")
	case outcome == over.Closes:
		m.sheet = nil
	}
	return left(outcome)
}

func (m *Model) pressMenu(msg tea.KeyMsg) tea.Cmd {
	outcome, chosen := m.menu.Press(msg, m.overRows())
	if outcome == over.Closes {
		m.menu = nil
	}
	if chosen != nil {
		return chosen.Do(m)
	}
	return left(outcome)
}

// left is what is still to be done after a key that was meant for a menu or a sheet.
func left(outcome over.Outcome) tea.Cmd {
	switch outcome {
	case over.Quits:
		return tea.Quit
	case over.Unknown:
		return told("esc closes this first.")
	}
	return nil
}

// move scrolls the chapter, or selects another check.
func (m *Model) move(msg tea.KeyMsg) bool {
	page := m.layout.chapter.rows
	if m.focus == onChecks {
		page = m.layout.checks.rows
	}
	by, moves := over.Moved(msg, page)
	if !moves {
		return false
	}
	if m.focus == onChapter {
		m.chapter().top = max(m.chapter().top+by, 0) // settle knows where it ends
		return true
	}
	if checks := m.listed(); len(checks) > 0 {
		m.selected = checks[max(min(m.selectedIn(checks)+by, len(checks)-1), 0)].ID
	}
	return true
}

// command does what the other keys mean.
func (m *Model) command(msg tea.KeyMsg) tea.Cmd {
	switch {
	case key.Matches(msg, keys.Quit):
		return tea.Quit
	case key.Matches(msg, keys.Close):
		return m.close()
	case key.Matches(msg, keys.Smaller):
		m.share = even
	case key.Matches(msg, keys.Back):
		if m.share == even {
			return tea.Quit
		}
		m.share = even
	case key.Matches(msg, keys.Larger):
		m.share = whole
	case key.Matches(msg, keys.Next):
		m.focus = m.focus.other()
		if m.share == even && !m.layout.wide {
			m.share = tall
		}
		if checks := m.listed(); m.focus == onChecks && m.selection() == nil && len(checks) > 0 {
			m.selected = checks[0].ID // as none fails
		}
	case key.Matches(msg, keys.Help):
		m.sheet = over.HelpSheet[*Model](helped, helpWidth)
	case key.Matches(msg, keys.Command):
		m.menu = m.commandMenu()
	case key.Matches(msg, keys.Step):
		return m.toStep((int(msg.Runes[0]-'0')+9)%10 + 1)
	case key.Matches(msg, keys.StepBefore):
		return m.toStep(m.step - 1)
	case key.Matches(msg, keys.StepAfter):
		return m.toStep(m.step + 1)
	case key.Matches(msg, keys.Run):
		return m.start([]int{m.step})
	case key.Matches(msg, keys.RunAll):
		return m.runAll()
	case key.Matches(msg, keys.NextFail):
		return m.jump(1)
	case key.Matches(msg, keys.PreviousFail):
		return m.jump(-1)
	case key.Matches(msg, keys.Failing):
		m.failing = !m.failing
	case key.Matches(msg, keys.Open):
		return m.open()
	case key.Matches(msg, keys.Search):
		m.input = over.NewInput("/", "", (*Model).find)
	case key.Matches(msg, keys.FindNext):
		return m.findFrom(m.chapter().found, false)
	case key.Matches(msg, keys.FindPrevious):
		return m.findFrom(m.chapter().found, true)
	case key.Matches(msg, keys.Edit):
		return m.edit()
	default:
		return m.askCommand(msg)
	}
	return nil
}

// toStep looks at another step. Where the learner was in it, they are again.
func (m *Model) toStep(step int) tea.Cmd {
	if step < 1 || step > len(m.steps) {
		return told("There is no chapter further on.")
	}
	m.step, m.checksTop, m.selected = step, 0, ""
	m.selectFailing()
	if m.config.Keep == nil {
		return nil
	}
	place, keep := m.place(), m.config.Keep
	return func() tea.Msg {
		if err := keep(place); err != nil {
			return toldMsg{text: err.Error(), wrong: true}
		}
		return nil
	}
}

// runAll runs the checks of every step that is begun.
func (m *Model) runAll() tea.Cmd {
	steps := m.config.Written()
	if len(steps) == 0 {
		return told("No step is written yet.")
	}
	return m.start(steps)
}

// jump selects the next check that fails, or the one before. Behind the last one
// comes the first.
func (m *Model) jump(by int) tea.Cmd {
	checks := m.listed()
	i := max(m.selectedIn(checks), min(-by, 0))
	for range checks {
		i = (i + by + len(checks)) % len(checks)
		if !m.isFailing(checks[i]) {
			continue
		}
		if checks[i].ID == m.selected {
			return told("No other check fails.")
		}
		m.selected = checks[i].ID
		return nil
	}
	return told("No check fails.")
}
