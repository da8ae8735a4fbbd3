package tui

import (
	"cmp"
	"fmt"
	"os"
	"strings"

	"barewire/server/trace"
	"barewire/tui/cells"
	"barewire/tui/explain"
	"barewire/tui/filter"
	"barewire/tui/history"
	"barewire/tui/over"
	"barewire/tui/source"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// helpWidth is the room of a column of the help, if there is as much.
const helpWidth = 60

// press does what a key means: to what is being typed, to what is over the page,
// or to the screen.
func (m *Model) press(msg tea.KeyMsg) tea.Cmd {
	if msg.Paste && m.input == nil {
		// No key was pressed. What people paste here is mostly a curl line.
		if strings.HasPrefix(string(msg.Runes), "curl") && m.config.URL != "" {
			m.menu, m.sheet = nil, nil
			m.input = over.NewInput("$", string(msg.Runes), (*Model).curlLine)
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
	case key.Matches(msg, keys.Suspend):
		return tea.Suspend
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

// closed shows what was to be said while something else had the last lines.
func (m *Model) closed() {
	if m.input == nil && m.menu == nil && m.late.text != "" {
		m.message, m.late = m.late, toldMsg{}
	}
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

func (m *Model) pressMenu(msg tea.KeyMsg) tea.Cmd {
	outcome, chosen := m.menu.Press(msg, m.layout.body)
	if outcome == over.Closes {
		m.menu = nil
	}
	if chosen != nil {
		return chosen.Do(m)
	}
	return left(outcome)
}

func (m *Model) pressSheet(msg tea.KeyMsg) tea.Cmd {
	outcome := m.sheet.Press(msg, m.layout.body, keys.Explain, keys.Help)
	if outcome == over.Closes {
		m.sheet = nil
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

// move moves the cursor of the focused pane, and tells whether the key was one
// for that.
func (m *Model) move(msg tea.KeyMsg) bool {
	rows := m.layout.body
	if m.focus == onList {
		rows = m.listRows()
	}
	by, moves := over.Moved(msg, rows)
	if !moves {
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
		m.list.follow = stays || by == over.Far // to the end is to follow
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
		m.sheet = over.HelpSheet[*Model](groups, helpWidth)
	case key.Matches(msg, keys.Command):
		m.menu = over.Commands(groups, (*Model).press)
	case key.Matches(msg, keys.Filter):
		m.input = over.NewInput("filter:", m.filtering.filter.String(), (*Model).setFilter)
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
	case key.Matches(msg, keys.Mistake):
		return m.mistakeCommand()
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
	case key.Matches(msg, keys.Left, keys.Right) && m.alongBytes(msg, x):
	case key.Matches(msg, keys.Next, keys.Right):
		m.focus = (m.focus + 1) % panes
	case key.Matches(msg, keys.Previous, keys.Left):
		m.focus = (m.focus + panes - 1) % panes
	case key.Matches(msg, keys.Step):
		m.ladder = int(msg.Runes[0] - '0')
		if m.ladder == 0 {
			m.ladder = 10
		}
	case key.Matches(msg, keys.StepBefore) && m.ladder > 0:
		m.ladder--
	case key.Matches(msg, keys.StepAfter) && m.ladder < 10:
		m.ladder++
	case key.Matches(msg, keys.Larger):
		m.zoomed = true
	case key.Matches(msg, keys.Smaller) && m.zoomed:
		m.zoomed = false
	case key.Matches(msg, keys.Bytes):
		m.page.bytes = (m.page.bytes + 1) % byteModes
		return told([...]string{asText: "Bytes as text.", withLineEnds: "Bytes as text, with line ends.", asHex: "Bytes in hex: of the whole request, of 02 and of 09."}[m.page.bytes])
	case key.Matches(msg, keys.Open):
		m.open(x)
	case key.Matches(msg, keys.Explain):
		return m.explain(x)
	case key.Matches(msg, keys.Code):
		m.code(x)
	case key.Matches(msg, keys.Edit):
		return m.edit(x)
	case key.Matches(msg, keys.Search):
		m.input = over.NewInput("/", "", (*Model).find)
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
		return m.nextMark()
	case key.Matches(msg, keys.Note):
		m.input = over.NewInput("note:", x.Note, func(_ *Model, text string) tea.Cmd { x.Note = text; return nil })
	case key.Matches(msg, keys.Copy, keys.Export):
		return m.keepCommand(msg, x)
	default:
		return told(fmt.Sprintf("%s does nothing here; ? lists the keys.", msg))
	}
	return nil
}

// alongBytes moves the cursor to the next byte, or the one before, where the page
// shows bytes.
func (m *Model) alongBytes(msg tea.KeyMsg, x *history.Exchange) bool {
	by := 1
	if key.Matches(msg, keys.Left) {
		by = -1
	}
	return m.focus == onPage && m.pageOf(x).moveInRow(by)
}

// open shows what the cursor is on: a pane further in, or a long value whole.
func (m *Model) open(x *history.Exchange) {
	if m.focus != onPage {
		m.focus++
		return
	}
	about := m.pageOf(x).subject()
	if about.value != "" {
		m.sheet = textSheet(about.name, strings.Split(about.value, "\n")...)
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
	if about.kind == explain.Step && trace.IsPacket(x.Head) {
		about.kind = explain.Packet
	}
	entry := explain.Look(about.kind, about.name)
	m.sheet = textSheet(entry.Name, "", entry.Text, "", entry.Source)
	return nil
}

// place is the line of a step that made what the cursor is on.
func (m *Model) place(x *history.Exchange) source.Place {
	place := stepPlace(x, max(m.ladder, 2))
	if m.focus == onPage {
		place = cmp.Or(m.pageOf(x).subject().made(x), place)
	}
	return place
}

// stepPlace is the line where a step begins, the one that such a request took.
func stepPlace(x *history.Exchange, number int) source.Place {
	if trace.IsPacket(x.Head) {
		return source.Packet(number)
	}
	return source.Step(number)
}

// code shows that line, and those around it.
func (m *Model) code(x *history.Exchange) {
	place := m.place(x)
	const around = 12
	var rows []cells.Row
	for i, line := range source.Lines(place, around) {
		number := max(place.Line-around, 1) + i
		sign, role, mark := "  ", cells.Quiet, cells.None
		if number == place.Line {
			sign, role, mark = "▸ ", cells.Held, cells.Linked
		}
		margin := fmt.Sprintf("%s%4d  ", sign, number)
		for _, part := range wrappedLine(line, m.layout.width-len("  1234  ")) {
			rows = append(rows, cells.Row{{Text: margin, Role: role}, {Text: part, Mark: mark}})
			margin = strings.Repeat(" ", len("  1234  "))
		}
	}
	m.sheet = &sheet{Title: place.String(), Rows: func(*Model, int) []cells.Row { return rows }}
}

// edit opens that line in the user's editor, where the source is at hand.
func (m *Model) edit(x *history.Exchange) tea.Cmd {
	place, editor := m.place(x), strings.Fields(os.Getenv("EDITOR"))
	if _, err := os.Stat(place.File); err != nil {
		return told("The source is not here; o shows what this program was made of.")
	}
	if len(editor) == 0 {
		return told("EDITOR is not set; the line is " + place.String())
	}
	return over.Edit(m.config.context(), editor, "", place.File, place.Line, func(err error) tea.Msg {
		return toldMsg{text: err.Error(), wrong: true}
	})
}

// made returns the line of code that makes what a subject is about, if there is one
// line that does.
func (s subject) made(x *history.Exchange) source.Place {
	switch {
	case s.kind == explain.Key && trace.IsPacket(x.Head):
		return source.Packet(7)
	case s.kind == explain.Key:
		return source.Where(s.name)
	case s.kind == explain.Header && s.inAnswer:
		return source.Header(s.name)
	case s.kind == explain.Status && s.inAnswer:
		return source.Status()
	case s.step > 0:
		return stepPlace(x, s.step)
	}
	return source.Place{}
}

// setFilter filters the list. What it shows the cursor on stays, if it is there.
func (m *Model) setFilter(text string) tea.Cmd {
	parsed, err := filter.Parse(text)
	if err != nil {
		m.input = over.NewInput("filter:", text, (*Model).setFilter)
		return failed(err)
	}
	m.filtering = filtering{filter: parsed}
	m.refresh()
	return nil
}

// find looks for a text on the page, from the cursor on; for the last one, when
// none is typed.
func (m *Model) find(text string) tea.Cmd {
	m.search = cmp.Or(text, m.search)
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

// nextMark moves the cursor of the list to the next one that is marked, and from the
// last to the first.
func (m *Model) nextMark() tea.Cmd {
	all := m.list.exchanges
	for i := range all {
		if next := (m.list.selected + 1 + i) % len(all); all[next].Marked {
			m.list.selected, m.list.follow = next, false
			return nil
		}
	}
	return told("There is no mark; m sets one.")
}
