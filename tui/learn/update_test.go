package learn

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"barewire/internal/check"
	"barewire/internal/workshop"
	"barewire/tui/over"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/go-cmp/cmp"
)

func TestSteps(t *testing.T) {
	d := newDesk(t, 80, 24, nil)
	d.sees("03 requestline: What do they want?", "03 ▸", "01 ✓")
	d.press("]")
	d.sees("04 headers: What else did they say?", "03 ·   04 ▸")
	d.press("[", "[")
	d.sees("02 read:")
	d.press("0")
	d.sees("10 keepalive:")
	d.press("]")
	d.sees("There is no chapter further on.", "10 keepalive:")
	d.press("6")
	d.sees("05 ·   06 ▸   07 ·", "This step has no checks over the socket.")
	d.press("1")
	if want := []string{"keep 4", "keep 3", "keep 2", "keep 10", "keep 6", "keep 1"}; !slices.Equal(d.did, want) {
		t.Errorf("kept: %q, want %q", d.did, want)
	}
}

// What was read stays where it was: from one chapter to another, and in another size.
func TestScroll(t *testing.T) {
	d := newDesk(t, 80, 24, nil)
	top := func() string { return strings.TrimSpace(strings.Split(d.View(), "\n")[2]) }
	d.press("down", "down")
	if want := "Guessing what a different line could have meant is how two servers come to"; top() != want {
		t.Errorf("the top is %q, want %q", top(), want)
	}
	d.press("G")
	d.sees("The request that still breaks us", "100 %")
	d.press("]", "[")
	d.sees("100 %")
	d.press("g", "ctrl+f")
	before := d.chapter().source()
	d.send(tea.WindowSizeMsg{Width: 64, Height: 24})
	if after := d.chapter().source(); after != before {
		t.Errorf("in another size the top is line %d, it was %d", after, before)
	}
	place := d.place()
	again := newDesk(t, 80, 24, func(c *Config) { c.Place = place })
	if got := again.chapter().source(); got != before {
		t.Errorf("the next time the top is line %d, it was %d", got, before)
	}
}

func TestPlace(t *testing.T) {
	d := newDesk(t, 80, 24, func(c *Config) { c.Place = Place{Step: 5, Check: "05.2", Lines: map[int]int{9: 12}} })
	d.sees("05 body:")
	want := Place{Step: 5, Check: "05.2", Lines: map[int]int{5: 0, 9: 12}}
	if diff := cmp.Diff(want, d.place()); diff != "" {
		t.Errorf("the place (-want +got):\n%s", diff)
	}
	d = newDesk(t, 80, 24, func(c *Config) { c.Place = Place{Step: 77} })
	d.sees("03 requestline:")
}

func TestPanes(t *testing.T) {
	d := picture(t, 80, 24)
	d.misses("7 more")
	d.press("tab")
	d.sees("7 more", "chapter 03,")
	d.press("tab")
	d.misses("7 more", "first wrong byte")
	d.press("+")
	d.misses("─ checks")
	d.press("-")
	d.sees("─ checks", "first wrong byte")
	d.press("tab", "+")
	d.misses("chapter 03,", "exactly two single spaces")
	d.press("q") // back
	d.sees("chapter 03,", "─ checks")

	d = picture(t, 120, 40)
	d.press("+")
	d.misses("core 3 of 5  ")
	d.press("tab")
	d.sees("core 3 of 5  ")
	d.misses("exactly two single spaces")
}

func TestSelect(t *testing.T) {
	d := picture(t, 80, 24)
	for _, step := range []struct{ key, selected string }{
		{"}", "03.5"}, {"}", "03.4"}, {"{", "03.5"}, {"{", "03.4"},
		{"tab", "03.4"}, {"down", "03.5"}, {"down", "03.6"}, {"G", "03.7"}, {"g", "03.1"}, {"up", "03.1"},
	} {
		d.press(step.key)
		if d.selected != step.selected {
			t.Errorf("after %s it is %s, want %s", step.key, d.selected, step.selected)
		}
	}
	d.press("f")
	d.misses("03.1", "03.6")
	d.sees("03.4", "03.5")
	d.press("f")
	d.sees("03.1")
}

// A check that holds at last stays selected: nothing moves on by itself.
func TestStays(t *testing.T) {
	d := picture(t, 80, 24)
	d.press("down")
	var events []workshop.Event
	for _, event := range sampleRun(d.config.Checks) {
		if checked, is := event.(workshop.Checked); is {
			checked.Result.Passed = true
			event = checked
		}
		events = append(events, event)
	}
	top := d.chapter().top
	d.happen(3, events...)
	if d.selected != "03.4" || d.step != 3 || d.chapter().top != top {
		t.Errorf("the screen moved on: check %s, step %d, line %d", d.selected, d.step, d.chapter().top)
	}
	d.sees("✓ 03.4", "core 5 of 5", "Step 03 holds.", "· 03.7")
}

func TestTroubles(t *testing.T) {
	fault := workshop.Fault{File: "steps/03_requestline/requestline.go", Line: 31, Column: 2, Text: "undefined: parts"}
	for _, test := range []struct {
		name   string
		events []workshop.Event
		want   []string
	}{
		{"build", []workshop.Event{workshop.Building{}, workshop.Built{Errors: []workshop.Fault{fault}}},
			[]string{"✗ build", "requestline.go:31:2", "undefined: parts", "does not build", "e opens requestline.go at line 31", "✗ 03.4"}},
		{"tests", []workshop.Event{workshop.Building{}, workshop.Built{}, workshop.Tested{Failed: []string{"TestParse"}, Faults: []workshop.Fault{fault}}},
			[]string{"✗ tests  TestParse", "requestline.go:31:2"}},
		{"panic", []workshop.Event{workshop.Building{}, workshop.Built{}, workshop.Tested{Passed: true}, workshop.Died{Output: "panic: oh", Faults: []workshop.Fault{fault}}},
			[]string{"✗ ended  your program ended by itself", "requestline.go:31:2"}},
		{"not written", []workshop.Event{workshop.Building{}, workshop.Built{}, workshop.Tested{NotWritten: true, Failed: []string{"TestParse"}}},
			[]string{"Step 03 is not written yet."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := picture(t, 120, 40)
			d.happen(3, test.events...)
			d.sees(test.want...)
			for id, outcome := range d.standing(3).results {
				if !outcome.old {
					t.Errorf("%s counts as one of this run", id)
				}
			}
			d.happen(3, sampleRun(d.config.Checks)...)
			d.misses(test.want[0])
		})
	}
}

func TestOutput(t *testing.T) {
	d := newDesk(t, 80, 24, func(c *Config) { c.Output = nil })
	d.press("t")
	d.sees("Your program has printed nothing yet.")
	d.happen(3, workshop.Building{}, workshop.Built{}, workshop.Tested{Passed: true}, workshop.Died{Output: "panic: \x1b[31moh\n\tmain.go:3\n"})
	d.press("t")
	d.sees("what your program printed", "ended: your program ended by itself", `panic: \x1b[31moh`, "    main.go:3")
	d.press("esc")
	d.misses("what your program printed")
}

func TestHints(t *testing.T) {
	d := picture(t, 80, 24)
	d.sees("Hint 1 of 3 is ready (H).")
	d.press("H")
	d.sees("hint 1     Count the spaces", "Hint 2 of 3 is ready (H).")
	d.press("H", "H")
	d.sees("hint 3     If it is not 2", "All hints are shown")
	d.press("H")
	d.sees("All hints of this check are shown. A shows the answer.")
	if d.hints["03.4"] != 3 {
		t.Errorf("%d hints are noted, want 3", d.hints["03.4"])
	}
	d.press("tab", "g", "H")
	d.sees("03.4 is the first that fails. H shows a hint for it.")
	if d.selected != "03.4" {
		t.Errorf("H goes to %s", d.selected)
	}
}

func TestAnswer(t *testing.T) {
	d := picture(t, 80, 24)
	for _, no := range []string{"n", "esc", "q"} {
		d.press("A")
		d.sees("+right", "Put the reference in place?")
		d.press(no)
		d.sees("Nothing was changed.")
		d.misses("+right")
	}
	d.press("A", "down", "x")
	d.sees("+right", "Put the reference in place?")
	if len(d.did) > 0 {
		t.Fatalf("without a yes it did %q", d.did)
	}
	d.press("y")
	d.sees("The reference is in place.")
	d.misses("the difference again")
	if want := []string{"reveal 3 true"}; !slices.Equal(d.did, want) {
		t.Errorf("it did %q, want %q", d.did, want)
	}
}

func TestSkip(t *testing.T) {
	d := picture(t, 80, 24)
	d.press(":", "G", "enter")
	d.sees("Skip step 03")
	d.press("enter")
	d.sees("Nothing was changed.")
	d.press(":", "G", "enter", "y")
	d.press("2")
	d.did = d.did[:1]
	d.press(":", "G", "enter")
	d.sees("Step 02 is done; there is nothing to skip.")
	if want := []string{"skip 3 true"}; !slices.Equal(d.did, want) {
		t.Errorf("it did %q, want %q", d.did, want)
	}
}

func TestWatchAndMistake(t *testing.T) {
	d := picture(t, 80, 24)
	d.press("w")
	d.sees("the requests of 03.4", `< the trace of 03.4\x1b[2J at step 3`)
	d.press("esc", "M")
	d.sees("the classic mistake of 03 requestline", "split() takes any blanks")
	d = newDesk(t, 120, 40, func(c *Config) { c.Watch, c.Mistake = nil, nil })
	d.misses("w watch", "M mistake")
	d.press("w")
	d.sees("The trace is not here")
	d.press("M")
	d.sees("The mistakes are not here")
	failing := errors.New("no server")
	d = newDesk(t, 120, 40, func(c *Config) {
		c.Watch = func(context.Context, int, string) (string, error) { return "", failing }
	})
	d.press("tab", "down", "w")
	d.sees("no server")
}

func TestSearch(t *testing.T) {
	d := newDesk(t, 80, 24, nil)
	d.press("/", "c", "u", "r", "l", "enter")
	d.sees("Which of the two does curl let you send?")
	d.press("g", "/", "s", "p", "a", "c", "e", "s", "enter")
	first := d.chapter().found
	d.press("n")
	if second := d.chapter().found; second <= first {
		t.Errorf("the next match is line %d, the first was %d", second, first)
	}
	d.press("N")
	if again := d.chapter().found; again != first {
		t.Errorf("the match before is line %d, want %d", again, first)
	}
	d.press("/", "?", "!", "enter")
	d.sees(`"?!" is not in this chapter`, "esc end search")
	d.press("/", "a", "esc")
	d.misses("enter accept")
}

func TestAnswersInChapter(t *testing.T) {
	text := "1. what?\n\n<details><summary>Look</summary>\n\napples\n\n</details>\n\n2. and?\n\n<details><summary>Look</summary>\n\npears\n\n</details>\n"
	d := newDesk(t, 120, 40, func(c *Config) { c.Chapter = func(int) string { return text } })
	d.misses("apples", "pears")
	d.sees("+ Look (enter)")
	d.press("enter")
	d.sees("apples", "+ Look (enter)")
	d.misses("pears")
	d.press("enter")
	d.sees("apples", "pears", "- Look (enter)")
	d.press("enter")
	d.misses("apples")
	d.sees("pears")
}

func TestNoChapter(t *testing.T) {
	d := newDesk(t, 80, 24, func(c *Config) { c.Chapter = func(int) string { return "" } })
	d.sees("The chapter of this step will be docs/03_requestline.md.", "steps/03_requestline.")
}

// A run in progress shows how far it is, and can be stopped.
func TestRunning(t *testing.T) {
	began, stopped := make(chan struct{}), make(chan struct{})
	d := newDesk(t, 80, 24, func(c *Config) {
		c.Check = func(ctx context.Context, _ int, _ func(workshop.Event)) error {
			began <- struct{}{}
			<-ctx.Done()
			stopped <- struct{}{}
			return ctx.Err()
		}
	})
	for _, key := range []string{"esc", "ctrl+c", "r"} { // r runs again, and stops the one that runs
		d.press("r")
		<-began
		model, _ := d.Update(happenedMsg{d.run, 3, workshop.Checking{Check: d.config.Checks[0], Number: 5, Of: 13}})
		d.Model = model.(Model)
		d.sees("| 5 of 13, esc stops", "another", "esc stop")
		model, _ = d.Update(spinMsg{&d.run.spinner})
		d.Model = model.(Model)
		d.sees("/ 5 of 13, esc stops")
		late := d.run
		d.press(key)
		<-stopped
		d.misses("5 of 13")
		if key == "r" {
			<-began
			d.press("esc")
			<-stopped
		}
		d.sees("Stopped.")
		model, _ = d.Update(happenedMsg{late, 3, workshop.Finished{Ran: 99}})
		d.Model = model.(Model)
		d.misses("99 run")
	}
	d.press("ctrl+z") // suspends; a test has nothing to suspend
	if _, cmd := d.Update(over.KeyNamed("q")); cmd == nil {
		t.Error("q does not quit")
	} else if _, is := cmd().(tea.QuitMsg); !is {
		t.Error("q does not quit")
	}
}

func TestRunFails(t *testing.T) {
	d := newDesk(t, 80, 24, nil)
	d.Model.run = &running{cancel: func() {}}
	d.send(endedMsg{d.run, errors.New("there is no go command")})
	d.sees("there is no go command")
}

func TestRunAll(t *testing.T) {
	var ran []int
	d := newDesk(t, 80, 24, func(c *Config) {
		c.Check = func(_ context.Context, step int, tell func(workshop.Event)) error {
			ran = append(ran, step)
			tell(workshop.Finished{Step: step})
			return nil
		}
	})
	model, _ := d.Update(over.KeyNamed("R"))
	d.Model = model.(Model)
	for d.run != nil { // what Bubble Tea does
		model, _ := d.Update(d.run.next())
		d.Model = model.(Model)
	}
	if want := []int{1, 2, 3}; !slices.Equal(ran, want) {
		t.Errorf("it ran %v, want %v", ran, want)
	}
	d.sees("All steps that are written hold.")
	d.config.Written = func() []int { return nil }
	d.press("R")
	d.sees("No step is written yet.")
}

func TestRemembered(t *testing.T) {
	d := newDesk(t, 120, 40, func(c *Config) {
		c.Progress = func() workshop.Progress {
			return workshop.Progress{Step: 3, Results: map[string]bool{"03.1": true, "03.2": false}}
		}
	})
	d.sees("✓ 03.1", "✗ 03.2", "· 03.3", "it failed; r runs it again")
	d.press("e")
	d.sees("The files of this step are in steps/03_requestline.")
}

func TestTask(t *testing.T) {
	d := picture(t, 80, 24)
	writeFile(t, d.config.Dir, "steps/03_requestline/target.go", "package requestline\n\nfunc parseTarget() {}\n\nfunc (x y) cutHead() {}\n\nfunc cut() {}\n")
	for _, test := range []struct {
		name   string
		change func()
		want   task
	}{
		{"the hint names it", func() {}, task{"steps/03_requestline/requestline.go", 3}},
		{"the hint names a method", func() { d.selection().Hints = [3]string{"Look at cutHead."} }, task{"steps/03_requestline/target.go", 5}},
		{"the chapter names it", func() { d.selection().Hints = [3]string{} }, task{"steps/03_requestline/requestline.go", 3}},
		{"the first", func() { d.chapter().text = "" }, task{"steps/03_requestline/requestline.go", 3}},
		{"a fault", func() {
			d.standing(3).trouble = &trouble{build, "", []workshop.Fault{{File: "steps/03_requestline/target.go", Line: 9}}}
		}, task{"steps/03_requestline/target.go", 9}},
	} {
		test.change()
		if got, is := d.task(); !is || got != test.want {
			t.Errorf("%s: %v, %v, want %v", test.name, got, is, test.want)
		}
	}
	d.sees("e edit")
	d.config.Editor = ""
	d.misses("e edit")
	d.press("e")
	d.sees("EDITOR is not set; the line is steps/03_requestline/target.go:9")
}

func TestMenuAndHelp(t *testing.T) {
	d := newDesk(t, 80, 24, nil)
	d.press("?")
	d.sees("help: a key means one thing", "search the chapter")
	d.press("x")
	d.sees("esc closes this first.")
	d.press("q", ":")
	d.sees("any command", "▸ up ")
	d.press("down", "up", "x")
	d.sees("esc closes this first.")
	d.press("esc", "x")
	d.sees("x does nothing here; ? lists the keys.")
	// every command can be chosen, and none of them panics
	for i := range d.commandMenu().Items {
		d := newDesk(t, 80, 24, nil)
		d.press(":")
		for range i {
			d.press("down")
		}
		model, _ := d.Update(over.KeyNamed("enter"))
		_ = model.View()
	}
}

func TestSmall(t *testing.T) {
	d := picture(t, 50, 12)
	for _, key := range []string{"tab", "tab", "+", "-", "?", "esc", "A", "n"} {
		d.press(key)
		if lines := strings.Count(d.View(), "\n") + 1; lines != 12 {
			t.Errorf("after %s there are %d lines", key, lines)
		}
	}
	d.send(tea.WindowSizeMsg{Width: 49, Height: 30})
	if got, want := strings.TrimSpace(d.View()), "barewire needs 50x12, this is 49x30"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSaved(t *testing.T) {
	d := newDesk(t, 120, 40, nil)
	d.send(watchedMsg{"No events come here."})
	d.sees("No events come here. So the files are looked at once a second.", "looked at once a second")
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	d.sees("full 0 of 9 ────────────────────────────── polled ─")
	d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	d.send(savedMsg{})
	if d.run == nil {
		t.Fatal("a save runs nothing")
	}
	d.press("esc")
	for _, past := range []struct {
		time time.Duration
		want string
	}{{time.Second, "saved 1.0 s ago"}, {42 * time.Second, "saved 42 s ago"}, {3 * time.Minute, "saved 3 min ago"}, {2 * time.Hour, "saved 2 hours ago"}} {
		d.send(tickMsg(noon.Add(past.time)))
		d.sees(past.want)
	}
}

func TestCaret(t *testing.T) {
	for _, test := range []struct {
		name string
		got  string
		at   int
		want string
		says string
	}{
		{"far to the right", strings.Repeat("0123456789", 20) + "X" + strings.Repeat("y", 40), 200, "X", "first wrong byte, 201"},
		{"behind what is spelt out", "\x00\x01\x02X", 3, "X", "first wrong byte, 4"},
		{"at the end", "abc", 3, " ", "right up to here, 3 B"},
		{"at the end, far to the right", strings.Repeat("x", 200), 200, " ", "right up to here, 200 B"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, ascii := range []bool{false, true} {
				d := newDesk(t, 80, 24, func(c *Config) { c.Theme.ASCII = ascii })
				d.happen(3, workshop.Building{}, workshop.Checked{Result: check.Result{Check: checkOf(d, "03.4"), Sent: []byte("x"), Got: []byte(test.got), At: test.at}})
				var above string
				for line := range strings.Lines(d.View()) {
					runes := []rune(above)
					if at := strings.Index(line, "^"); at >= 0 && strings.Contains(line, test.says) {
						if got := string(append(runes, ' ')[at : at+1]); got != test.want {
							t.Errorf("the caret is under %q:\n%s\n%s", got, above, line)
						}
						return
					}
					above = strings.TrimSuffix(line, "\n")
				}
				t.Errorf("there is no caret:\n%s", d.View())
			}
		})
	}
}

// All of a failure says where in all that came it is, of which the middle is kept.
func TestCaretInAll(t *testing.T) {
	d := newDesk(t, 80, 24, nil)
	result := check.Result{Check: checkOf(d, "03.4"), Got: []byte("HTTP/1.1 200 OK\r\n"), At: 9}
	fail := func() {
		d.happen(3, workshop.Building{}, workshop.Checked{Result: result})
		d.press("tab", "enter")
	}
	result.Before, result.After = 1000, 500
	fail()
	d.sees("came back   … 1000 B before", "^ first wrong byte, 1010", "… 500 B more")
	d.press("esc", "tab")
	result.Before, result.After, result.At = 0, 0, len(result.Got)
	fail()
	d.sees("HTTP/1.1 200 OK␍␊ ", strings.Repeat(" ", 14+17)+"^ right up to here, 17 B")
	d.misses("before", "more")
}

func checkOf(d *desk, id string) *check.Check {
	i := slices.IndexFunc(d.config.Checks, func(c *check.Check) bool { return c.ID == id })
	return d.config.Checks[i]
}
