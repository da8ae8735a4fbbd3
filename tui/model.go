package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"barewire/server/trace"
	"barewire/tui/cells"
	"barewire/tui/history"
	"barewire/tui/hold"

	tea "github.com/charmbracelet/bubbletea"
)

// A Model is the state of the screen. It changes by messages only, and is drawn
// from what is in it.
type Model struct {
	config  Config
	history *history.History
	pen     cells.Pen
	layout  layout
	now     time.Time

	list   list
	ladder int // the step that is looked at, 0 for the whole request
	page   page
	focus  pane
	zoomed bool // the focused pane has the room of the others
	curl   bool // arrows as curl -v draws them

	filtering filtering
	search    string
	message   toldMsg // until the next key
	late      toldMsg // waits until nothing is over the page
	tried     map[string]bool
	held      []hold.Held
	stands    place // where the selected request was seen to be held

	menu  *menu  // over the page: something to choose
	input *input // on the last line but one: something to type
	sheet *sheet // over the page: something to read
}

// A pane is a part of the screen that keys can be meant for.
type pane int

const (
	onList pane = iota
	onLadder
	onPage
	panes
)

// New returns the screen before anything has happened.
func New(config Config) Model {
	return Model{
		config:  config,
		history: history.New(history.Usual),
		pen:     cells.NewPen(config.Theme),
		list:    list{follow: true},
		now:     config.now(),
		curl:    config.Curl,
		tried:   make(map[string]bool),
	}
}

// Init starts the clock.
func (m Model) Init() tea.Cmd { return tick() }

// Update takes in a message.
func (m Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.layout = newLayout(msg.Width, msg.Height)
	case eventsMsg:
		for _, event := range msg {
			m.history.Add(event)
		}
		m.refresh()
	case heldMsg:
		m.refreshHeld()
	case tickMsg:
		m.now = time.Time(msg)
		cmd = tick()
	case toldMsg:
		if msg.late && (m.input != nil || m.menu != nil) {
			m.late = msg
		} else {
			m.message = msg
		}
	case curledMsg:
		m.sheet = curled(msg)
	case tea.KeyMsg:
		cmd = m.press(msg)
		m.closed()
	}
	m.settle()
	return m, cmd
}

// settle has each cursor on its pane, and each window around its cursor.
func (m *Model) settle() {
	m.list.scroll(m.listRows())
	m.history.Keep = nil
	if !m.list.follow {
		m.history.Keep = m.selected()
	}
	if x := m.selected(); x != nil {
		page := m.pageOf(x)
		page.scroll(len(page.rows()))
	}
}

// listRows returns how many exchanges are on the screen.
func (m *Model) listRows() int {
	if m.zoomed && m.focus == onList && !m.isOver() {
		return m.layout.list + m.layout.body + 1
	}
	return m.layout.list
}

// isOver tells whether something is over the page.
func (m *Model) isOver() bool { return m.sheet != nil || m.menu != nil }

// refresh brings the list up to date: the filter, the cursor, what is held.
func (m *Model) refresh() {
	selected := m.selected()
	m.list.exchanges = m.filtering.pick(m.history.Exchanges)
	switch {
	case m.list.follow && len(m.held) > 0:
		m.list.toNumber(m.held[0].Request) // whoever waits longest, not whoever came last
	case m.list.follow:
		m.list.selected = len(m.list.exchanges) - 1
	case selected != nil:
		m.list.find(selected)
	}
	m.refreshHeld()
}

// refreshHeld brings up to date what is held.
func (m *Model) refreshHeld() {
	m.now = m.config.now()
	m.list.held = make(map[int]heldRequest)
	if m.config.Gate != nil {
		before := len(m.held)
		m.held = m.config.Gate.Held()
		if len(m.held) > before {
			m.message = toldMsg{} // there is something newer to say
		}
		inHand := slices.ContainsFunc(m.held, func(held hold.Held) bool { return !held.Waiting })
		for i := range m.held {
			held := &m.held[i]
			if i == 0 && !inHand {
				held.Waiting = false // it is the next one to be stepped
			}
			m.list.held[held.Request] = heldRequest{held.Step, held.Chunk, held.First, held.LeftAt, held.Waiting}
		}
	}
	m.followHeld()
}

// followHeld moves the cursor of the ladder along with a request that is stepped,
// once wherever it stops: in between the user may look around.
func (m *Model) followHeld() {
	x := m.selected()
	if x == nil {
		return
	}
	held := m.list.held[x.Number]
	if stands := (place{x.Number, held.step, held.chunk}); held.step > 0 && stands != m.stands {
		m.stands, m.ladder = stands, held.step
	}
}

// A place is where a request stands.
type place struct{ request, step, chunk int }

// selected returns the exchange that the cursor is on, nil if there is none.
func (m *Model) selected() *history.Exchange {
	if m.list.selected < 0 || m.list.selected >= len(m.list.exchanges) {
		return nil
	}
	return m.list.exchanges[m.list.selected]
}

// View draws the screen.
func (m Model) View() string {
	width, height := m.layout.width, m.layout.height
	switch {
	case width == 0:
		return ""
	case width < minWidth || height < minHeight:
		return m.pen.Paint(cells.Text(cells.Plain, fmt.Sprintf("barewire needs %dx%d, this is %dx%d", minWidth, minHeight, width, height)), width)
	}
	rows := []cells.Row{m.title()}
	m.list.now, m.list.focused = m.now, m.focus == onList && !m.isOver()
	rows = append(rows, m.upper()...)
	rows = append(rows, m.lower()...)
	for len(rows) < height-2 {
		rows = append(rows, nil)
	}
	rows = append(rows[:height-2], m.hint(), m.keyLine())
	lines := make([]string, len(rows))
	for i, row := range rows {
		lines[i] = m.pen.Paint(row, width)
	}
	return strings.Join(lines, "\n")
}

// upper is the list, or, as long as it is empty, what to type.
func (m *Model) upper() []cells.Row {
	if m.history.Requests == 0 && !m.isOver() {
		return m.welcome()
	}
	layout := m.layout
	layout.list = m.listRows()
	rows := m.list.draw(layout)
	if len(m.list.exchanges) == 0 {
		rows[1] = cells.Text(cells.Quiet, "   "+m.whyEmpty())
	}
	return rows
}

// whyEmpty says why the list shows nothing.
func (m *Model) whyEmpty() string {
	switch {
	case len(m.history.Exchanges) > 0:
		return "The filter lets no request through; f changes it."
	case m.history.Requests > 0:
		return "The list is empty: " + count(m.history.Requests, "request was", "requests were") + " here."
	}
	return "Nothing has arrived yet."
}

// lower is the rule, and under it ladder and page.
func (m *Model) lower() []cells.Row {
	x := m.selected()
	if m.isOver() {
		return m.over()
	}
	if x == nil || m.zoomed && m.focus == onList {
		return nil
	}
	ladder := m.ladderOf(x)
	page := m.pageOf(x)
	rows := []cells.Row{ladder.rule(m.layout.width, m.curl)}
	left, right := ladder.draw(page.layout.ladder), page.draw()
	for i := range m.layout.body {
		row := cells.Row(nil)
		if page.layout.ladder > 0 {
			cursor := cells.Row(nil)
			if m.focus == onPage && i == page.cursor-page.top {
				cursor = cells.Text(cells.Held, "▸") // for those who see no reversed text
			}
			row = cells.Columns(cells.Column{Width: m.layout.ladder, Row: at(left, i)}, cells.Column{Width: m.layout.gap, Row: cursor})
		}
		rows = append(rows, append(row, at(right, i)...))
	}
	return rows
}

// at returns a row, or an empty one where there is none.
func at(rows []cells.Row, i int) cells.Row {
	if i < len(rows) {
		return rows[i]
	}
	return nil
}

func (m *Model) ladderOf(x *history.Exchange) *ladder {
	return &ladder{exchange: x, selected: m.ladder, held: m.heldAt(x), focused: m.focus == onLadder, now: m.now}
}

// heldAt tells where an exchange is held, nil if it is not.
func (m *Model) heldAt(x *history.Exchange) *heldRequest {
	if held, is := m.list.held[x.Number]; is {
		return &held
	}
	return nil
}

// pageOf returns the page of an exchange. The cursor stays where it was, as long
// as the page is the same.
func (m *Model) pageOf(x *history.Exchange) *page {
	p := &m.page
	if p.exchange != x || p.step != m.ladder {
		p.cursor, p.top = 0, 0
	}
	p.exchange, p.step, p.app = x, m.ladder, m.config.App
	p.layout, p.curl, p.focused, p.held = m.layout, m.curl, m.focus == onPage, m.heldAt(x)
	if m.zoomed && m.focus != onList {
		p.layout.ladder, p.layout.gap = 0, 0
		p.layout.text = p.layout.page() - p.layout.becomes - beside
		if p.layout.becomes > 0 {
			p.layout.text -= becomesSpace
		}
	}
	p.mark()
	return p
}

// title is the first line: what is served where, and how it goes.
func (m *Model) title() cells.Row {
	left := cells.Row{{Text: " barewire", Mark: cells.Bold}, {Text: "  " + cmp.Or(m.config.Title, m.config.App)}}
	if mistake := m.mistake(); mistake != nil {
		left = append(left, cells.Span{Text: "  " + mistake.String(), Role: cells.Wrong})
	}
	left = append(left, cells.Span{Text: "  " + m.config.URL})
	var right cells.Row
	say := func(role cells.Role, text string) { right = append(right, cells.Span{Text: "  " + text, Role: role}) }
	stepped, waiting := 0, 0
	for _, held := range m.held {
		if held.Waiting {
			waiting++
		} else {
			stepped++
		}
	}
	paused := m.config.Gate != nil && m.config.Gate.Paused()
	if m.config.Gate != nil && len(m.config.Gate.Breaks()) > 0 {
		say(cells.Held, count(len(m.config.Gate.Breaks()), "breakpoint", "breakpoints"))
	}
	switch {
	case paused || len(m.held) > 0:
		if paused {
			say(cells.Held, "PAUSE ON")
		}
		say(cells.Held, fmt.Sprintf("%d held", stepped))
		say(cells.Held, fmt.Sprintf("%d waiting", waiting))
	default:
		say(cells.Plain, trace.Count(m.history.Requests+m.history.Unseen, "request", "requests"))
		if m.layout.width >= 100 && m.config.Gate != nil {
			say(cells.Plain, "0 held")
		}
	}
	switch {
	case m.history.Unseen > 0:
		say(cells.Wrong, fmt.Sprintf("%d dropped", m.history.Unseen))
	case m.layout.width >= 100:
		say(cells.Plain, "0 dropped")
	}
	if m.history.Dropped > 0 {
		say(cells.Wrong, fmt.Sprintf("%d events lost", m.history.Dropped))
	}
	if text := m.filtering.filter.String(); text != "" {
		say(cells.Held, "filter "+text)
	}
	if m.list.follow && len(m.history.Exchanges) > 0 && !paused {
		say(cells.Quiet, "follow")
	}
	right = append(right, cells.Span{Text: " "})
	return append(left.Fit(max(m.layout.width-right.Width(), 0)), right...)
}

// welcome is the screen before the first request.
func (m *Model) welcome() []cells.Row {
	arrows := "< is what the client says      > is what the server says"
	if m.curl {
		arrows = "> is what the client says      < is what the server says"
	}
	if m.config.Gate == nil && m.config.Watched == "" {
		return []cells.Row{nil, nil, cells.Text(cells.Plain, "     There is no request in this record.")}
	}
	letter, does := "s", "  to send a first request from inside."
	if m.config.Protocol != "" {
		letter, does = "S", "  for a curl line from inside."
	}
	return []cells.Row{
		nil, nil,
		cells.Text(cells.Plain, "     Nothing has arrived yet. In a second terminal, type"),
		nil,
		{{Text: "         " + m.config.example(), Role: cells.Client}},
		nil,
		cells.Row{{Text: "     or stay here and press  "}, {Text: letter, Mark: cells.Bold}, {Text: does}},
		nil,
		cells.Text(cells.Quiet, "     "+arrows),
		cells.Text(cells.Quiet, "     "+m.config.Watched),
	}
}
