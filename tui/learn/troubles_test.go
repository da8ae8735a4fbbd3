package learn

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"barewire/internal/check"
	"barewire/internal/workshop"
)

// Where the tests of a step fail, mostly a check does too, and that says more: it is
// seen with its bytes, and what e opens is no test.
func TestManyTestsFail(t *testing.T) {
	failed := []string{"TestParse"}
	var faults []workshop.Fault
	for i := range 20 {
		failed = append(failed, fmt.Sprintf("TestParse/spaces_%d", i))
		faults = append(faults, workshop.Fault{File: "steps/03_requestline/requestline_test.go", Line: 92, Text: fmt.Sprintf("Parse(%q) = nil, want 400 Bad Request", fmt.Sprint("GET  /", i))})
	}
	tested := workshop.Tested{Failed: failed, Faults: faults}
	for _, size := range [][2]int{{80, 24}, {120, 40}, {160, 48}} {
		d := picture(t, size[0], size[1])
		run := append([]workshop.Event{workshop.Building{}, workshop.Built{}, tested}, sampleRun(d.config.Checks)[2:]...)
		d.happen(3, run...)
		d.sees("✗ tests  TestParse/spaces_0, and 19 more", "✗ 03.4", "came back", "^ first wrong byte, 10")
		d.misses("e opens requestline_test.go")
		if got, _ := d.task(); got != (task{"steps/03_requestline/requestline.go", 3}) {
			t.Errorf("e opens %v", got)
		}
		d.press("t")
		d.sees("tests: TestParse/spaces_0", "requestline_test.go:92")
	}
}

// Where no check fails, the tests are what is to be mended.
func TestOnlyTestsFail(t *testing.T) {
	d := newDesk(t, 120, 40, nil)
	d.step = 1
	code := workshop.Fault{File: "steps/01_listen/listen.go", Line: 9, Text: "index out of range"}
	test := workshop.Fault{File: "steps/01_listen/listen_test.go", Line: 3, Text: "no"}
	d.happen(1, workshop.Building{}, workshop.Built{}, workshop.Tested{Failed: []string{"TestAccept"}, Faults: []workshop.Fault{test, code}})
	d.sees("The step's own tests fail. e opens listen.go at line 9.")
	d.config.Editor = ""
	d.sees("The step's own tests fail. See line 9 of listen.go.")
	d.happen(1, workshop.Building{}, workshop.Built{}, workshop.Tested{Failed: []string{"TestAccept"}, Faults: []workshop.Fault{test}})
	d.sees("The step's own tests fail. t shows what was printed.")
}

// withProgress is a desk at a step, of a learner who has come so far.
func withProgress(t *testing.T, step int, change func(*workshop.Progress)) *desk {
	return newDesk(t, 80, 24, func(c *Config) {
		c.Place.Step = step
		c.Progress = func() workshop.Progress {
			p := sampleProgress(nil)
			change(&p)
			return p
		}
	})
}

// holdAll notes that the core checks of a step hold, and that one of the others
// fails if it is wanted.
func holdAll(d *desk, step int, red bool) {
	for _, c := range d.checksOf(step) {
		d.progress.Results[c.ID] = true
		if !c.Core && red {
			d.progress.Results[c.ID] = false
			red = false
		}
	}
}

// Where the core holds and tests fail, the learner may go on, and sees what is left.
func TestCoreHolds(t *testing.T) {
	code := workshop.Fault{File: "steps/03_requestline/requestline.go", Line: 131, Text: "no"}
	tested := workshop.Tested{Failed: []string{"TestA", "TestB"}, Faults: []workshop.Fault{code}}
	for _, test := range []struct {
		step, failing int
		ran, red      bool
		want          string
	}{
		{3, 2, true, false, " The core holds, 2 tests fail; ] is open. e opens requestline.go at line 131."},
		{3, 1, true, false, " The core holds, 1 test fails; ] is open. e opens requestline.go at line 131."},
		{10, 2, true, false, " The core holds, 2 tests fail. e opens requestline.go at line 131."},
		{3, 2, false, false, " The core holds, 2 tests fail. ] goes on when you like."},
		{3, 2, false, true, " The core holds, 2 tests fail. One full check is red. ] goes on when you like."},
		{3, 0, false, true, " The core holds. One full check is red. ] goes on when you like."},
		{3, 0, false, false, " Step 03 holds. ] goes on when you like."},
	} {
		failing := test.failing
		d := withProgress(t, test.step, func(p *workshop.Progress) { p.Failing = map[int]int{test.step: failing} })
		holdAll(d, test.step, test.red)
		if test.ran {
			d.happen(test.step, workshop.Building{}, workshop.Built{}, tested, workshop.Finished{Open: true, TestsFailed: failing})
		}
		d.sees(test.want + "  ")
	}
	d := withProgress(t, 4, func(p *workshop.Progress) { p.Failing = map[int]int{3: 2} })
	d.sees("02 ✓   03 !   04 ▸   05 ·")
	d.press("?")
	d.sees("✓ ! – ·   done; the core holds, a test fails; skipped; to do")
}

// Tests can end without a name, or end those behind them, and not in a file.
func TestTestsEnd(t *testing.T) {
	d := newDesk(t, 120, 40, nil)
	d.happen(3, workshop.Building{}, workshop.Built{}, workshop.Tested{Output: "exit status 3"})
	d.sees("✗ tests  one of them ended the program", "t shows what was printed.")
	d.happen(3, workshop.Building{}, workshop.Built{}, workshop.Tested{Failed: []string{"TestA"}, Stopped: true, Faults: []workshop.Fault{{Text: "no stack"}}})
	d.sees("✗ tests  TestA; the tests behind it did ", "    not run  ", "    not in your files", "no stack", "t shows what was printed.")
	if place, is := d.task(); is {
		t.Errorf("e opens %v", place)
	}
}

// At the last step nothing is further on but what was left out; and when nothing is
// left, there is the server to be looked at.
func TestAllDone(t *testing.T) {
	steps := []int{1, 2, 3, 4, 5, 7, 8, 9, 10}
	last := &check.Check{ID: "10.1", Core: true}
	for _, test := range []struct {
		passed []int
		want   string
	}{
		{steps, " All ten steps are done. Watch them: barewire watch -- go run . 127.0.0.1:0  "},
		{steps[1:], " Step 10 holds. Step 01 is still to do.  "},
	} {
		d := withProgress(t, 10, func(p *workshop.Progress) { p.Passed, p.Results["10.1"] = test.passed, true })
		d.config.Checks = append(d.config.Checks, last)
		d.sees(test.want)
		var out strings.Builder
		if err := Plain(t.Context(), d.config, &out); err != nil {
			t.Fatal(err)
		}
		if got, want := strings.Contains(out.String(), allDone), len(test.passed) == len(steps); got != want {
			t.Errorf("without a terminal: %v, want %v:\n%s", got, want, out.String())
		}
	}
}

// A program that ends without a word is not one that holds.
func TestEndsAtOnce(t *testing.T) {
	d := newDesk(t, 80, 24, nil)
	d.happen(3, workshop.Building{}, workshop.Built{}, workshop.Tested{Passed: true}, workshop.Died{Output: "the program ended before it listened"})
	d.sees("✗ ended  your program ended by itself", "t shows what was printed.")
	d.misses("holds.")
}

// A run that takes long says for how long it has done the same.
func TestLongRun(t *testing.T) {
	d := newDesk(t, 80, 24, nil)
	d.Model.run = &running{steps: []int{3}, cancel: func() {}, said: nil}
	d.happened(happenedMsg{d.run, 3, workshop.Built{}})
	d.sees("| running its tests ─")
	d.send(tickMsg(noon.Add(12 * time.Second)))
	d.sees("| running its tests, 12 s ─")
	d.now = noon.Add(12 * time.Second)
	d.happened(happenedMsg{d.run, 3, workshop.Checking{Check: d.config.Checks[0], Number: 2, Of: 5}})
	d.sees("| 2 of 5, esc stops")
	d.send(tickMsg(noon.Add(20 * time.Second)))
	d.sees("| 2 of 5, 8 s, esc stops")
}

// The smallest screen shows all steps.
func TestLadderFits(t *testing.T) {
	d := newDesk(t, minWidth, minHeight, nil)
	d.sees("01 ✓ 02 ✓ 03 ▸ 04 · 05 · 07 · 08 · 09 · 10 ·")
}

// Of several hints the list has room for the newest; where it has none at all, the
// last line but one shows it.
func TestHintsWithLittleRoom(t *testing.T) {
	d := picture(t, 80, 24)
	d.press("H", "H")
	d.sees("hint 2")
	d.misses("hint 1")
	d = picture(t, 80, 24)
	d.press("tab", "tab") // to the checks and back, so the chapter is tall
	d.press("H")
	d.sees(" Count the spaces")
}

// What a program printed is shown at its own step, also after others ran.
func TestOutputOfEachStep(t *testing.T) {
	d := newDesk(t, 80, 24, func(c *Config) { c.Output = func() string { return "the last of all" } })
	for step := 1; step <= 3; step++ {
		d.happen(step, workshop.Building{}, workshop.Built{}, workshop.Tested{Passed: true}, workshop.Listening{}, workshop.Finished{Output: fmt.Sprintf("said at %d", step)})
	}
	d.press("2", "t")
	d.sees("said at 2")
}
