package learn

import (
	"fmt"
	"strings"
	"testing"

	"barewire/internal/check"
	"barewire/internal/workshop"
	"barewire/tui/over"

	"github.com/muesli/termenv"
)

// longFailure has the selected check fail with more than its pane has room for.
func longFailure(d *desk) {
	got := []byte(strings.Repeat("X-Field: value\r\n", 60))
	d.happen(3, workshop.Building{}, workshop.Checked{Result: check.Result{Check: checkOf(d, "03.4"), Sent: got, Got: got, At: len(got) - 4, Expected: strings.Repeat("many words ", 50)}})
}

// The newest hint is seen however much there is to say of the failure, and only once.
func TestHintInAFullPane(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}, {120, 20}, {160, 48}} {
		d := newDesk(t, size[0], size[1], nil)
		longFailure(d)
		for _, hint := range []string{"Count the spaces", "Parse cuts it.", "If it is not 2"} {
			d.press("H")
			d.sees(hint)
			d.send(tickMsg(noon))
			if n := strings.Count(d.View(), hint); n != 1 {
				t.Errorf("%v: %q is seen %d times", size, hint, n)
			}
		}
		d.press("tab") // what was told goes with a key; the pane stays
		d.sees("If it is not 2")
	}
	d := newDesk(t, minWidth, minHeight, func(c *Config) { // no room at all, and no result of now
		c.Progress = func() workshop.Progress {
			return workshop.Progress{Step: 3, Results: map[string]bool{"03.4": false}, Hints: map[string]int{"03.4": 1}}
		}
	})
	d.standing(3).trouble = &trouble{kind: build, about: strings.Repeat("it does not build ", 20)}
	d.press("H")
	d.sees(" Hint 2 of 3: Parse cuts it.")
	d = newDesk(t, 120, 40, nil)
	longFailure(d)
	d.press("+", "H")
	d.sees(" Hint 1 of 3: Count the spaces before you cut the line.")
	for _, c := range d.config.Checks {
		c.Hints[1] = strings.Repeat("count ", 30) + "them"
	}
	d.press("H")
	d.sees("hint 2 of 3 for 03.4", "count them")
}

// After a run the first check that fails is selected, unless a failing one is.
func TestSelectAfterRun(t *testing.T) {
	for before, after := range map[string]string{"03.1": "03.4", "03.6": "03.4", "03.5": "03.5", "": "03.4"} {
		d := newDesk(t, 80, 24, nil)
		d.selected = before
		d.happen(3, sampleRun(d.config.Checks)...)
		if d.selected != after {
			t.Errorf("%q was selected, then %q, want %q", before, d.selected, after)
		}
	}
}

func TestJumpWhereOneFails(t *testing.T) {
	d := newDesk(t, 80, 24, nil)
	d.press("}")
	d.sees("No check fails.")
	d.happen(3, workshop.Checked{Result: check.Result{Check: checkOf(d, "03.4")}})
	d.press("{")
	d.sees("No other check fails.")
	for _, key := range []string{"}", "{", "H"} {
		d.selected = "03.2"
		d.press(key)
		if d.selected != "03.4" {
			t.Errorf("%s goes to %q", key, d.selected)
		}
	}
}

// esc stops a run only when nothing else is there to close.
func TestCloseBeforeStop(t *testing.T) {
	d := newDesk(t, 120, 40, nil)
	d.press("+", "/", "s", "p", "a", "c", "e", "s", "enter")
	stopped := false
	d.Model.run = &running{cancel: func() { stopped = true }, of: 5, number: 2, since: noon}
	d.press("?")
	for _, then := range []string{"esc end search", "esc both panes", "esc stop"} {
		d.press("esc")
		if stopped || d.run == nil {
			t.Fatalf("the run is stopped before %q", then)
		}
		d.sees(then)
		if got, want := strings.Contains(d.View(), "2 of 5, esc stops"), then == "esc stop"; got != want {
			t.Errorf("at %q it is %v that esc stops the run", then, got)
		}
	}
	d.Model.Update(over.KeyNamed("esc"))
	if !stopped {
		t.Error("the run is not stopped")
	}
}

// Checks of this step that wait for a later one are counted, until they ran.
func TestLater(t *testing.T) {
	add := func(c *Config) {
		for n := range 18 {
			c.Checks = append(c.Checks, &check.Check{ID: fmt.Sprintf("03.%d", 20+n), From: 10})
		}
	}
	picture(t, 120, 40, add).sees("18 more with step 10")
	d := picture(t, 80, 24, add)
	d.press("tab", "G")
	d.sees("· 18 more with step 10")
	holdAll(d, 3, false)
	d.standing(3).results = map[string]outcome{}
	d.sees("Step 03 holds; 18 more with step 10.")
	for n := range 18 {
		d.progress.Results[fmt.Sprintf("03.%d", 20+n)] = true
	}
	d.misses("with step 10")
}

// The last line says what enter does to the pane that keys are meant for, and the
// cursor of the checks stays where it is.
func TestEnterSays(t *testing.T) {
	text := "<details><summary>Look</summary>\n\napples\n\n</details>\n"
	d := picture(t, 120, 40, func(c *Config) { c.Chapter = func(int) string { return text } })
	d.sees("enter unfold", "+ Look (enter)", "▸✗ 03.4")
	d.press("enter")
	d.sees("enter fold", "apples")
	d.press("tab")
	d.sees("enter detail", "▸✗ 03.4")
	d.misses("Look (enter)")
	d.press("enter")
	d.sees("─ check 03.4")
}

// What is not shown of the program's words is counted, and space goes down in them.
func TestMoreOutput(t *testing.T) {
	var said strings.Builder
	for n := range 60 {
		fmt.Fprintf(&said, "line %d.\n", n+1)
	}
	d := picture(t, 120, 40, func(c *Config) { c.Output = said.String })
	d.sees("… 57 more lines above (t)", "line 58.")
	d.press("t")
	d.sees("what your program printed, 60 lines", "line 1.")
	d.misses("line 60.")
	d.press(" ")
	d.sees("line 60.")
	d.press("esc")
	d = newDesk(t, 80, 24, nil)
	d.press(" ")
	if d.chapter().top == 0 {
		t.Error("space does not go down in the chapter")
	}
	d.press("/", " ")
	d.sees("/ ")
}

// The counts are faint too where they are from before.
func TestStaleCounts(t *testing.T) {
	d := picture(t, 120, 40, func(c *Config) { c.Theme.Profile, c.Theme.Dark = termenv.ANSI, true })
	const faint = "\x1b[2mcore 3 of 5    full 0 of 9, before"
	d.misses(faint)
	d.happen(3, workshop.Building{}, workshop.Built{Errors: []workshop.Fault{{File: "a.go", Line: 1, Text: "no"}}})
	d.sees(faint)
	picture(t, 80, 24).misses("before")
}
