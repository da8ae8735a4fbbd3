package learn

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"barewire/internal/check"
	"barewire/internal/workshop"
	"barewire/tui/cells"

	tea "github.com/charmbracelet/bubbletea"
)

// A Model is the state of the screen. It changes by messages only, and is drawn
// from what is in it.
type Model struct {
	config Config
	pen    cells.Pen
	now    time.Time
	layout layout
	focus  pane
	share  share
	steps  []workshop.Step

	step      int // the one that is looked at
	progress  workshop.Progress
	chapters  map[int]*chapter
	standings map[int]*standing
	selected  string // the check, by ID
	checksTop int    // the first row of the list that is seen
	failing   bool   // only checks that fail are listed
	search    string

	run     *running // nil while nothing runs
	started *sync.WaitGroup
	saved   time.Time
	polled  bool // no events come, so saves are found out a second late

	message  toldMsg // until the next key
	sheet    *sheet
	fetching *fetching // what the sheet is for, until it comes
	menu     *menu
	input    *input
	ask      *question
}

// A chapter is a step's text, and where the learner is in it.
type chapter struct {
	text  string
	open  map[int]bool // the answers that are unfolded
	lines []line       // as they are set now
	width int
	top   int // the first line that is seen
	found int // the line that was searched for, -1 for none

	resume int // the line of the Markdown to be at the top when it is set first
}

// New returns the screen as the learner left it.
func New(config Config) Model {
	m := Model{
		config:    config,
		pen:       cells.NewPen(config.Theme),
		now:       config.now(),
		steps:     workshop.Steps(),
		progress:  config.Progress(),
		chapters:  make(map[int]*chapter),
		standings: make(map[int]*standing),
		selected:  config.Place.Check,
		started:   new(sync.WaitGroup),
	}
	m.step = config.Place.Step
	if m.step < 1 || m.step > len(m.steps) {
		m.step = m.progress.Step
	}
	if m.selection() == nil {
		m.selectFailing()
	}
	return m
}

// Init starts the clock, and the first run.
func (m Model) Init() tea.Cmd {
	if m.config.Manual {
		return tick()
	}
	return tea.Batch(tick(), func() tea.Msg { return runMsg{} })
}

// Update takes in a message.
func (m Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.layout.width, m.layout.height = msg.Width, msg.Height
	case tickMsg:
		m.now = time.Time(msg)
		cmd = tick()
	case spinMsg:
		if m.run != nil && msg.spinner == &m.run.spinner || m.fetching != nil && msg.spinner == &m.fetching.spinner {
			msg.spinner.turn++
			cmd = msg.spinner.spin()
		}
	case runMsg:
		cmd = m.start([]int{m.step})
	case savedMsg:
		m.now, m.saved = m.config.now(), m.config.now()
		cmd = m.start([]int{m.step})
	case watchedMsg:
		m.polled = true
		m.message = toldMsg{text: msg.why + " So the files are looked at once a second."}
	case happenedMsg:
		cmd = m.happened(msg)
	case fetchedMsg:
		m.fetched(msg)
	case endedMsg:
		cmd = m.ended(msg)
	case toldMsg:
		m.message = msg
		m.progress = m.config.Progress()
	case sheetMsg:
		m.message, m.sheet, m.ask = toldMsg{}, msg.sheet, msg.ask
	case tea.KeyMsg:
		cmd = m.press(msg)
	}
	m.settle()
	return m, cmd
}

// settle has the chapter set for its room, and each window within its text.
func (m *Model) settle() {
	if m.layout.width == 0 {
		return
	}
	m.layout = newLayout(m.layout.width, m.layout.height, m.focus, m.share)
	c := m.chapter()
	if c.width != m.layout.chapter.width {
		c.set(m.layout.chapter.width)
	}
	c.top = max(min(c.top, len(c.lines)-m.layout.chapter.rows), 0)
	m.scrollChecks()
}

// chapter returns that of the step that is looked at.
func (m *Model) chapter() *chapter {
	if m.chapters[m.step] == nil {
		text := m.spelt(m.config.Chapter(m.step))
		if text == "" {
			folder := m.steps[m.step-1].Folder
			text = noChapter(folder, strings.TrimPrefix(folder, "steps/")+".md")
		}
		m.chapters[m.step] = &chapter{text: text, open: make(map[int]bool), resume: m.config.Place.Lines[m.step]}
	}
	return m.chapters[m.step]
}

// spelt writes signs in ASCII, where it must be, before columns are counted: those
// that take more room there, and those of drawings.
func (m *Model) spelt(text string) string {
	if !m.config.Theme.ASCII {
		return text
	}
	return inASCII.Replace(text)
}

var inASCII = strings.NewReplacer("§", "sec ", "┌", ".", "┬", ".", "└", "'", "┴", "'", "├", "|", "┤", "|", "┼", "+")

// set breaks the lines anew. The line at the top stays there.
func (c *chapter) set(width int) {
	source := c.source()
	c.lines, c.width, c.found = typeset(c.text, width, c.open), width, -1
	c.toSource(source)
}

// source returns the line of the Markdown at the top.
func (c *chapter) source() int {
	switch {
	case c.lines == nil:
		return c.resume
	case c.top <= 0:
		return 0
	}
	return c.lines[c.top].source
}

func (c *chapter) toSource(source int) {
	c.top = 0
	if source > 0 {
		c.top = max(slices.IndexFunc(c.lines, func(l line) bool { return l.source >= source }), 0)
	}
}

// place is where the learner is, for the next time.
func (m Model) place() Place {
	lines := maps.Clone(m.config.Place.Lines)
	if lines == nil {
		lines = make(map[int]int)
	}
	for step, c := range m.chapters {
		lines[step] = c.source()
	}
	return Place{Step: m.step, Check: m.selected, Lines: lines}
}

// standing returns how the checks of a step stand.
func (m *Model) standing(step int) *standing {
	if m.standings[step] == nil {
		m.standings[step] = &standing{results: make(map[string]outcome)}
	}
	return m.standings[step]
}

// checksOf returns the checks of a step: those that must hold from there on.
func (m *Model) checksOf(step int) (checks []*check.Check) {
	for _, c := range m.config.Checks {
		if c.Holds() == step {
			checks = append(checks, c)
		}
	}
	return checks
}

// nextFold returns the line that enter folds or unfolds: the first answer in the
// window that is folded, or else the first that is not; -1 for none.
func (c *chapter) nextFold(room int) int {
	unfolded := -1
	for i := max(c.top, 0); i < min(c.top+room, len(c.lines)); i++ {
		fold := c.lines[i].fold
		switch {
		case fold > 0 && !c.open[fold]:
			return i
		case fold > 0 && unfolded < 0:
			unfolded = i
		}
	}
	return unfolded
}
