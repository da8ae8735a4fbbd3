package learn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"barewire/internal/check"
	"barewire/internal/workshop"

	tea "github.com/charmbracelet/bubbletea"
)

// A running is a run of the checks that is under way.
type running struct {
	spinner
	steps  []int // those to be run, the present one first
	doing  string
	number int // of the check that is under way, 0 before the first
	of     int
	since  time.Time // when it began to do so
	cancel context.CancelFunc
	said   chan tea.Msg // what happens
}

// A standing is how the checks of a step came out.
type standing struct {
	results    map[string]outcome
	finished   *workshop.Finished // the last run that came to its end
	trouble    *trouble           // what keeps the program or its tests from being right
	notWritten bool
	output     string
}

// An outcome is what came of a check, in this run or in an older one.
type outcome struct {
	check.Result
	old bool
}

// A trouble is what is wrong apart from the checks.
type trouble struct {
	kind   string
	about  string
	faults []workshop.Fault
}

// The kinds of trouble.
const (
	build = "build"
	tests = "tests"
	ended = "ended"
)

// start runs the checks of steps, one after the other. What still runs is stopped.
func (m *Model) start(steps []int) tea.Cmd {
	m.stop()
	if len(steps) == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(m.config.context())
	r := &running{steps: steps, doing: "starting", since: m.config.now(), cancel: cancel, said: make(chan tea.Msg, 16)}
	m.run = r
	config, started := m.config, m.started
	started.Add(1)
	go func() {
		defer started.Done()
		defer cancel()
		defer close(r.said)
		say := func(msg tea.Msg) {
			select {
			case r.said <- msg:
			case <-ctx.Done():
			}
		}
		for _, step := range steps {
			err := config.Check(ctx, step, func(event workshop.Event) { say(happenedMsg{r, step, event}) })
			if err != nil || ctx.Err() != nil {
				say(endedMsg{r, err})
				return
			}
		}
		say(endedMsg{r, nil})
	}()
	return tea.Batch(r.next, r.spin())
}

// next waits for what happens next; a run that was stopped has nothing more to say.
func (r *running) next() tea.Msg { return <-r.said }

// stop ends the run, if there is one. What came out before stays.
func (m *Model) stop() {
	if m.run != nil {
		m.run.cancel()
		m.run = nil
	}
}

// happened takes in an event of the run. One of a run that was stopped is late.
func (m *Model) happened(msg happenedMsg) tea.Cmd {
	r := m.run
	if msg.run != r {
		return nil
	}
	s := m.standing(msg.step)
	r.since = m.config.now()
	switch event := msg.event.(type) {
	case workshop.Building:
		r.doing, r.number, r.of = fmt.Sprintf("building step %02d", msg.step), 0, 0
		for id, outcome := range s.results {
			outcome.old = true
			s.results[id] = outcome
		}
	case workshop.Built:
		r.doing, s.trouble, s.notWritten = "running its tests", nil, false
		if len(event.Errors) > 0 {
			s.trouble = &trouble{build, "it does not build", event.Errors}
		}
	case workshop.Tested:
		r.doing, s.notWritten, s.output = "starting your program", event.NotWritten, event.Output
		if !event.Passed && !event.NotWritten {
			about := failedTests(event.Failed)
			if event.Stopped {
				about += "; the tests behind it did not run"
			}
			s.trouble = &trouble{tests, about, event.Faults}
		}
	case workshop.Listening:
		r.doing, s.output = "listening on "+event.Addr, ""
	case workshop.Checking:
		r.number, r.of = event.Number, event.Of
		r.doing = event.Check.ID + " " + event.Check.Name
	case workshop.Checked:
		s.results[event.Result.Check.ID] = outcome{Result: event.Result}
		if msg.step == m.step && m.selection() == nil {
			m.selectFailing()
		}
	case workshop.Died:
		s.notWritten = s.notWritten || event.NotWritten
		s.output = event.Output
		if !event.NotWritten {
			s.trouble = &trouble{ended, "your program ended by itself", event.Faults}
		}
	case workshop.Finished:
		s.finished, s.output = &event, cmp.Or(event.Output, s.output)
		m.message = toldMsg{text: event.Notice}
		m.progress = m.config.Progress()
	}
	return r.next
}

// failedTests names the first test that failed, and counts the others. One with
// parts fails by them, so it does not count.
func failedTests(names []string) string {
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return slices.ContainsFunc(names, func(other string) bool { return strings.HasPrefix(other, name+"/") })
	})
	switch len(names) {
	case 0:
		return "one of them ended the program"
	case 1:
		return names[0]
	}
	return fmt.Sprintf("%s, and %d more", names[0], len(names)-1)
}

// ended takes in that a run is over.
func (m *Model) ended(msg endedMsg) tea.Cmd {
	if msg.run != m.run {
		return nil
	}
	m.run = nil
	m.progress = m.config.Progress()
	if c := m.selection(); c == nil || !m.isFailing(c) {
		m.selectFailing()
	}
	switch {
	case msg.err != nil && !errors.Is(msg.err, context.Canceled):
		m.message = toldMsg{text: msg.err.Error(), wrong: true}
	case len(msg.run.steps) > 1:
		m.message = toldMsg{text: m.allTold(msg.run.steps)}
	}
	return nil
}

// allTold says how several steps came out.
func (m *Model) allTold(steps []int) string {
	var red []string
	for _, step := range steps {
		if s := m.standing(step); s.finished == nil || s.trouble != nil || slices.ContainsFunc(m.checksOf(step), m.isFailing) {
			red = append(red, fmt.Sprintf("%02d", step))
		}
	}
	if len(red) == 0 {
		return "All steps that are written hold."
	}
	return "Not all is well in " + strings.Join(red, ", ") + "."
}

// news says what the run is doing: a sign that turns, how far it is, and for how
// long that has taken, once it takes long.
func (r *running) news(now time.Time) string {
	text := r.sign() + " " + r.doing
	if r.of > 0 {
		text = fmt.Sprintf("%s %d of %d", r.sign(), r.number, r.of)
	}
	if took := now.Sub(r.since); took >= long {
		text += fmt.Sprintf(", %d s", int(took.Seconds()))
	}
	return text
}

// long is how much may pass before one asks oneself whether it still moves.
const long = 3 * time.Second

// A spinner is a sign that turns while something is under way.
type spinner struct{ turn int }

func (s *spinner) sign() string { return `|/-\`[s.turn%4 : s.turn%4+1] }

func (s *spinner) spin() tea.Cmd {
	return tea.Tick(time.Second/8, func(time.Time) tea.Msg { return spinMsg{s} })
}
