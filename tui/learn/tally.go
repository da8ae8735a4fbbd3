package learn

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"barewire/internal/check"
	"barewire/tui/cells"
)

// A tally counts checks that hold, and all there are.
type tally struct{ core, coreOf, full, fullOf int }

func (m *Model) tally() (t tally) {
	for _, c := range m.checksOf(m.step) {
		if c.Core {
			t.coreOf++
			t.core += m.holds(c.ID, m.step)
		} else {
			t.fullOf++
			t.full += m.holds(c.ID, m.step)
		}
	}
	return t
}

// isFailing tells that a check failed when it ran last.
func (m *Model) isFailing(c *check.Check) bool {
	if outcome, is := m.standing(c.Holds()).results[c.ID]; is {
		return !outcome.Passed && outcome.Skipped == ""
	}
	held, is := m.progress.Results[c.ID]
	return is && !held
}

// isKnown tells that a check ran at some time.
func (m *Model) isKnown(c *check.Check) bool {
	_, now := m.standing(c.Holds()).results[c.ID]
	_, before := m.progress.Results[c.ID]
	return now || before
}

// holds returns 1 for a check that holds, as far as is known.
func (m *Model) holds(id string, step int) int {
	held := m.progress.Results[id]
	if outcome, is := m.standing(step).results[id]; is {
		held = outcome.Passed
	}
	if held {
		return 1
	}
	return 0
}

// stale tells that what is known of the checks is from before, for the program as it
// is now does not build.
func (m *Model) stale() bool {
	trouble := m.standing(m.step).trouble
	return trouble != nil && trouble.kind == build
}

// counts says how many checks of the step hold. Where that was before, there is only
// room for the core.
func (m *Model) counts() string {
	tally := m.tally()
	text := fmt.Sprintf("checks of %02d: core %d of %d", m.step, tally.core, tally.coreOf)
	if m.stale() {
		return text + ", before"
	}
	return text + fmt.Sprintf(", full %d of %d", tally.full, tally.fullOf)
}

// wideCounts is the same above the list beside a chapter.
func (m *Model) wideCounts() cells.Row {
	tally := m.tally()
	text := fmt.Sprintf("core %d of %d    full %d of %d", tally.core, tally.coreOf, tally.full, tally.fullOf)
	if m.stale() {
		return cells.Text(cells.Quiet, text+", before")
	}
	return cells.Text(cells.Plain, text)
}

// later says how many checks of the step wait for a later one, "" for none.
func (m *Model) later() string {
	waits := map[int]int{}
	for _, c := range m.config.Checks {
		if c.Step() == m.step && c.Holds() > m.step && !m.isKnown(c) {
			waits[c.Holds()]++
		}
	}
	var said []string
	for _, step := range slices.Sorted(maps.Keys(waits)) {
		said = append(said, fmt.Sprintf("%d more with step %02d", waits[step], step))
	}
	return strings.Join(said, ", ")
}
