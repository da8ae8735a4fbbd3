package tui

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"barewire/tui/cells"
	"barewire/tui/explain"
	"barewire/tui/filter"
	"barewire/tui/history"
	"barewire/tui/source"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// press does what a key means: to what is being typed, to what is over the page,
// or to the screen.
func (m *Model) press(msg tea.KeyMsg) tea.Cmd {
	if msg.Paste && m.input == nil {
		// No key was pressed. What people paste here is mostly a curl line.
		if strings.HasPrefix(string(msg.Runes), "curl") && m.config.URL != "" {
			m.menu, m.sheet = nil, nil
			m.input = newInput("$", string(msg.Runes), (*Model).curlLine)
			return nil
		}
		return told("Press S first to type a curl line, f for a filter, / to search.")
	}
	if msg.Type == tea.KeyRunes && len(msg.Runes) > 1 && m.input == nil {
		// Keys that come fast come as one message.
		var cmds []tea.Cmd
		for _, r := range msg.Runes {
			cmds = append(cmds, m.press(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}}))
		}
		return tea.Batch(cmds...)
	}
	m.message = toldMsg{}
	switch {
	case msg.String() == "ctrl+c":
		return tea.Quit
	case m.input != nil:
		return m.pressInput(msg)
	case m.menu != nil:
		return m.pressMenu(msg)
	case m.sheet != nil:
		return m.pressSheet(msg)
	case m.move(msg):
		return nil
	}
	m.tried[msg.String()] = true
	return m.command(msg)
}

func (m *Model) pressInput(msg tea.KeyMsg) (cmd tea.Cmd) {
	in := m.input
	switch msg.String() {
	case "esc":
		m.input = nil
		return nil
	case "enter":
		m.input = nil
		return in.accept(m, in.field.Value())
	}
	in.field, cmd = in.field.Update(msg)
	return cmd
}

func (m *Model) pressMenu(msg tea.KeyMsg) tea.Cmd {
	menu := m.menu
	switch {
	case key.Matches(msg, keys.Close, keys.Back):
		m.menu = nil
	case key.Matches(msg, keys.Quit):
		return tea.Quit
	case key.Matches(msg, keys.Up):
		menu.cursor--
	case key.Matches(msg, keys.Down):
		menu.cursor++
	case key.Matches(msg, keys.PageUp, keys.HalfUp):
		menu.cursor -= m.layout.body
	case key.Matches(msg, keys.PageDown, keys.HalfDown):
		menu.cursor += m.layout.body
	case key.Matches(msg, keys.Top):
		menu.cursor = 0
	case key.Matches(msg, keys.Bottom):
		menu.cursor = len(menu.items)
	case key.Matches(msg, keys.Open) && len(menu.items) > 0:
		m.menu = nil
		menu.cursor = max(min(menu.cursor, len(menu.items)-1), 0)
		return menu.items[menu.cursor].do(m)
	}
	menu.cursor = max(min(menu.cursor, len(menu.items)-1), 0)
	return nil
}

func (m *Model) pressSheet(msg tea.KeyMsg) tea.Cmd {
	switch {
	case key.Matches(msg, keys.Quit):
		return tea.Quit
	case key.Matches(msg, keys.Close, keys.Back, keys.Open, keys.Explain, keys.Help):
		m.sheet = nil
	case key.Matches(msg, keys.Up):
		m.sheet.top--
	case key.Matches(msg, keys.Down):
		m.sheet.top++
	case key.Matches(msg, keys.PageUp, keys.HalfUp):
		m.sheet.top -= m.layout.body
	case key.Matches(msg, keys.PageDown, keys.HalfDown):
		m.sheet.top += m.layout.body
	case key.Matches(msg, keys.Top):
		m.sheet.top = 0
	case key.Matches(msg, keys.Bottom):
		m.sheet.top = 1 << 30
	}
	return nil
}

// move moves the cursor of the focused pane, and tells whether the key was one
// for that.
func (m *Model) move(msg tea.KeyMsg) bool {
	by := 0
	rows := m.layout.body
	if m.focus == onList {
		rows = m.listRows()
	}
	switch {
	case key.Matches(msg, keys.Up):
		by = -1
	case key.Matches(msg, keys.Down):
		by = 1
	case key.Matches(msg, keys.PageUp):
		by = -rows
	case key.Matches(msg, keys.PageDown):
		by = rows
	case key.Matches(msg, keys.HalfUp):
		by = -max(rows/2, 1)
	case key.Matches(msg, keys.HalfDown):
		by = max(rows/2, 1)
	case key.Matches(msg, keys.Top):
		by = -1 << 30
	case key.Matches(msg, keys.Bottom):
		by = 1 << 30
	default:
		return false
	}
	switch m.focus {
	case onList:
		last := len(m.list.exchanges) - 1
		if last < 0 {
			return true
		}
		stays := m.list.follow && by > 0 && m.list.selected == last
		m.list.selected = max(min(m.list.selected+by, last), 0)
		m.list.follow = stays || by == 1<<30 // to the end is to follow
		m.lookAtHeld()
	case onLadder:
		m.ladder = max(min(m.ladder+by, 10), 0)
	case onPage:
		if x := m.selected(); x != nil {
			m.page.cursor = m.pageOf(x).stop(m.page.cursor+by, by)
		}
	}
	return true
}

// lookAtHeld has the ladder stand where the selected request is held.
func (m *Model) lookAtHeld() {
	if x := m.selected(); x != nil {
		if held := m.heldAt(x); held != nil {
			m.ladder = held.step
		}
	}
}

// command does what the other keys mean.
func (m *Model) command(msg tea.KeyMsg) tea.Cmd {
	x := m.selected()
	switch {
	case key.Matches(msg, keys.Quit):
		return tea.Quit
	case key.Matches(msg, keys.Back):
		if m.focus == onList && !m.zoomed {
			return tea.Quit
		}
		m.focus, m.zoomed = onList, false
	case key.Matches(msg, keys.Close):
		m.focus, m.zoomed, m.ladder = onList, false, 0
	case key.Matches(msg, keys.Help):
		m.sheet = m.helpSheet()
	case key.Matches(msg, keys.Command):
		m.menu = commandMenu()
	case key.Matches(msg, keys.Filter):
		m.input = newInput("filter:", m.filtering.filter.String(), (*Model).setFilter)
	case key.Matches(msg, keys.View):
		m.curl = !m.curl
	case key.Matches(msg, keys.Follow):
		m.list.follow = !m.list.follow
		m.refresh()
	case key.Matches(msg, keys.Clear):
		m.history.Clear(func(x *history.Exchange) bool { return x.Marked || m.heldAt(x) != nil || !x.Done })
		m.refresh()
	case key.Matches(msg, keys.Pause, keys.Run, keys.LetGo, keys.LetAllGo, keys.Break):
		return m.holdCommand(msg)
	case key.Matches(msg, keys.Send, keys.Curl, keys.Replay, keys.Cut):
		return m.askCommand(msg)
	case x == nil:
		return told(m.whyEmpty())
	default:
		return m.look(msg, x)
	}
	return nil
}

// look does what keys mean to the selected exchange.
func (m *Model) look(msg tea.KeyMsg, x *history.Exchange) tea.Cmd {
	switch {
	case key.Matches(msg, keys.Next):
		m.focus = (m.focus + 1) % panes
	case key.Matches(msg, keys.Previous):
		m.focus = (m.focus + panes - 1) % panes
	case key.Matches(msg, keys.Step):
		m.ladder = int(msg.Runes[0] - '0')
		if m.ladder == 0 {
			m.ladder = 10
		}
	case key.Matches(msg, keys.StepBefore):
		m.ladder = max(m.ladder-1, 0)
	case key.Matches(msg, keys.StepAfter):
		m.ladder = min(m.ladder+1, 10)
	case key.Matches(msg, keys.Larger):
		m.zoomed = true
	case key.Matches(msg, keys.Smaller):
		m.zoomed = false
	case key.Matches(msg, keys.Bytes):
		m.page.bytes = (m.page.bytes + 1) % byteModes
		return told([...]string{asText: "Bytes as text.", withLineEnds: "Bytes as text, with line ends.", asHex: "Bytes in hex."}[m.page.bytes])
	case key.Matches(msg, keys.Open):
		m.open(x)
	case key.Matches(msg, keys.Explain):
		return m.explain(x)
	case key.Matches(msg, keys.Code):
		m.code(x)
	case key.Matches(msg, keys.Edit):
		return m.edit(x)
	case key.Matches(msg, keys.Search):
		m.input = newInput("/", m.search, (*Model).find)
		if m.focus == onList {
			m.focus = onPage
		}
	case key.Matches(msg, keys.FindNext):
		return m.findAgain(false)
	case key.Matches(msg, keys.FindPrevious):
		return m.findAgain(true)
	case key.Matches(msg, keys.NextError):
		return m.jump(1, (*history.Exchange).Wrong, "There is no error further down.")
	case key.Matches(msg, keys.PreviousError):
		return m.jump(-1, (*history.Exchange).Wrong, "There is no error further up.")
	case key.Matches(msg, keys.Mark):
		x.Marked = !x.Marked
	case key.Matches(msg, keys.NextMark):
		return m.jump(1, func(x *history.Exchange) bool { return x.Marked }, "There is no mark further down.")
	case key.Matches(msg, keys.Note):
		m.input = newInput("note:", x.Note, func(_ *Model, text string) tea.Cmd { x.Note = text; return nil })
	case key.Matches(msg, keys.Copy, keys.Export):
		return m.keepCommand(msg, x)
	default:
		return told(fmt.Sprintf("%s does nothing here; ? lists the keys.", msg))
	}
	return nil
}

// open shows what the cursor is on: a pane further in, or a long value whole.
func (m *Model) open(x *history.Exchange) {
	if m.focus != onPage {
		m.focus++
		return
	}
	about := m.pageOf(x).subject()
	if about.value != "" {
		m.sheet = &sheet{title: about.name, lines: strings.Split(about.value, "\n")}
	}
}

// explain says what the cursor is on.
func (m *Model) explain(x *history.Exchange) tea.Cmd {
	about := subject{kind: explain.Status, name: x.Status}
	switch {
	case m.focus == onPage:
		about = m.pageOf(x).subject()
	case m.focus == onLadder && m.ladder > 0:
		about = subject{kind: explain.Step, name: fmt.Sprintf("%02d", m.ladder)}
	case x.Status == "" && x.Line != nil:
		about = subject{kind: explain.Method, name: x.Method()}
	}
	if about.name == "" {
		return told("There is nothing to explain here; move the cursor to a line with a name.")
	}
	entry := explain.Look(about.kind, about.name)
	m.sheet = &sheet{title: entry.Name, lines: []string{"", entry.Text, "", entry.Source}}
	return nil
}

// place is the line of a step that made what the cursor is on.
func (m *Model) place(x *history.Exchange) source.Place {
	place := source.Step(max(m.ladder, 2))
	if m.focus == onPage {
		place = cmp.Or(m.pageOf(x).subject().made(), place)
	}
	return place
}

// code shows that line, and those around it.
func (m *Model) code(x *history.Exchange) {
	place := m.place(x)
	const around = 12
	var rows []cells.Row
	for i, line := range source.Lines(place, around) {
		number := max(place.Line-around, 1) + i
		row := cells.Row{{Text: fmt.Sprintf("  %4d  ", number), Role: cells.Quiet}, {Text: line}}
		if number == place.Line {
			row = cells.Row{{Text: fmt.Sprintf("▸ %4d  ", number), Role: cells.Held}, {Text: line, Mark: cells.Linked}}
		}
		rows = append(rows, row)
	}
	m.sheet = &sheet{title: place.String(), build: func(*Model) []cells.Row { return rows }}
}

// edit opens that line in the user's editor, where the source is at hand. Most
// editors know +LINE.
func (m *Model) edit(x *history.Exchange) tea.Cmd {
	place, editor := m.place(x), strings.Fields(os.Getenv("EDITOR"))
	if _, err := os.Stat(place.File); err != nil {
		return told("The source is not here; o shows what this program was made of.")
	}
	if len(editor) == 0 {
		return told("EDITOR is not set; the line is " + place.String())
	}
	command := exec.Command(editor[0], append(editor[1:], fmt.Sprintf("+%d", place.Line), place.File)...)
	return tea.ExecProcess(command, func(err error) tea.Msg {
		if err != nil {
			return toldMsg{text: err.Error(), wrong: true}
		}
		return nil
	})
}

// made returns the line of code that makes what a subject is about, if there is one
// line that does.
func (s subject) made() source.Place {
	switch {
	case s.kind == explain.Key:
		return source.Where(s.name)
	case s.kind == explain.Header && s.inAnswer:
		return source.Header(s.name)
	case s.kind == explain.Status && s.inAnswer:
		return source.Status()
	case s.step > 0:
		return source.Step(s.step)
	}
	return source.Place{}
}

// setFilter filters the list. What it shows the cursor on stays, if it is there.
func (m *Model) setFilter(text string) tea.Cmd {
	parsed, err := filter.Parse(text)
	if err != nil {
		m.input = newInput("filter:", text, (*Model).setFilter)
		return failed(err)
	}
	m.filtering = filtering{filter: parsed}
	m.refresh()
	return nil
}

// find looks for a text on the page, from the cursor on.
func (m *Model) find(text string) tea.Cmd {
	m.search = text
	return m.findFrom(m.page.cursor-1, false)
}

func (m *Model) findAgain(back bool) tea.Cmd { return m.findFrom(m.page.cursor, back) }

// findFrom looks for the text behind a row, or before it.
func (m *Model) findFrom(row int, back bool) tea.Cmd {
	x := m.selected()
	if x == nil || m.search == "" {
		return told("Type / and what to look for.")
	}
	var lines []string
	for _, row := range m.pageOf(x).rows() {
		var line strings.Builder
		for _, span := range row.Row {
			line.WriteString(span.Text)
		}
		lines = append(lines, line.String())
	}
	at := filter.Find(lines, m.search, row, back)
	if at < 0 {
		return failed(fmt.Errorf("%q is not on this page", m.search))
	}
	m.focus, m.page.cursor = onPage, at
	return nil
}

// jump moves the cursor of the list to the next exchange of a kind.
func (m *Model) jump(step int, is func(*history.Exchange) bool, none string) tea.Cmd {
	for i := m.list.selected + step; i >= 0 && i < len(m.list.exchanges); i += step {
		if is(m.list.exchanges[i]) {
			m.list.selected, m.list.follow = i, false
			return nil
		}
	}
	return told(none)
}

// commandMenu offers every command by name; to choose one is to press its key.
func commandMenu() *menu {
	list := &menu{title: "any command"}
	for _, group := range groups {
		for _, binding := range group.keys {
			list.items = append(list.items, item{binding.Help().Desc, binding.Help().Key, func(m *Model) tea.Cmd { return m.press(keyNamed(binding.Keys()[0])) }})
		}
	}
	return list
}

// keyNamed is the message of a key, by the name that it has in Bubble Tea.
func keyNamed(name string) tea.KeyMsg {
	const first, last = tea.KeyType(-128), tea.KeyType(127)
	for kind := first; kind < last; kind++ {
		if kind != tea.KeyRunes && kind.String() == name {
			return tea.KeyMsg{Type: kind, Runes: []rune(name)}
		}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}
