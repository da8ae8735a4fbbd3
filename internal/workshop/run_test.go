package workshop

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"barewire/internal/check"
)

// ran checks a step and returns what was told. Nothing of it may stay behind.
func ran(t *testing.T, w *Workspace, run func(tell func(Event)) error) []Event {
	t.Helper()
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	var events []Event
	if err := run(func(event Event) { events = append(events, event) }); err != nil {
		t.Fatal(err)
	}
	clean(t, temp)
	return events
}

func clean(t *testing.T, temp string) {
	t.Helper()
	left, err := os.ReadDir(temp)
	if err != nil || len(left) > 0 {
		t.Errorf("%v, %v is left behind in temp", left, err)
	}
}

func whole(t *testing.T, w *Workspace, step int) []Event {
	t.Helper()
	return ran(t, w, func(tell func(Event)) error { return w.Run(t.Context(), step, tell) })
}

// one returns the only event of its kind; the zero one if there is none.
func one[E Event](t *testing.T, events []Event) (found E) {
	t.Helper()
	n := 0
	for _, event := range events {
		if event, is := event.(E); is {
			found = event
			n++
		}
	}
	if n > 1 {
		t.Errorf("%d times %T, want one", n, found)
	}
	return found
}

// without leaves out the checks, and returns the kinds of the others.
func without(events []Event) (kinds string) {
	for _, event := range events {
		switch event := event.(type) {
		case Building:
			kinds += "building "
		case Built:
			kinds += "built "
		case Tested:
			kinds += "tested "
		case Listening:
			kinds += "listening "
		case Died:
			kinds += "died "
		case Finished:
			kinds += "finished"
		case Checking, Checked:
		default:
			kinds += "? "
			_ = event
		}
	}
	return kinds
}

// mend replaces text in a file of the workspace.
func mend(t *testing.T, w *Workspace, name, old, text string) {
	t.Helper()
	source, err := os.ReadFile(w.path(name))
	if err != nil || !strings.Contains(string(source), old) {
		t.Fatalf("%s has no %q: %v", name, old, err)
	}
	if err := os.WriteFile(w.path(name), []byte(strings.ReplaceAll(string(source), old, text)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A step that is not written yet ends with its sentence, and not with failures.
func TestRunUnwritten(t *testing.T) {
	w := workspace(t, 1, 2)
	events := whole(t, w, 3)
	if got, want := without(events), "building built tested finished"; got != want {
		t.Errorf("told %s, want %s", got, want)
	}
	tested := one[Tested](t, events)
	if !tested.NotWritten || tested.Sentence != "step 03 is not written yet" {
		t.Errorf("%+v, want the sentence", tested)
	}
	if !slices.ContainsFunc(tested.Faults, func(f Fault) bool {
		return filepath.Dir(f.File) == "steps/03_requestline" && !strings.HasSuffix(f.File, "_test.go") && f.Line > 0 && f.Text == tested.Sentence
	}) {
		t.Errorf("faults %+v, want the empty function", tested.Faults)
	}
	finished := one[Finished](t, events)
	if finished.Passed || finished.Ran > 0 || finished.CoreOf != 5 || w.Progress.Step != 3 {
		t.Errorf("%+v, step %d", finished, w.Progress.Step)
	}
}

// The reference holds all its checks, and the learner goes on.
func TestRunPassed(t *testing.T) {
	w := workspace(t, 1, 2, 3)
	if _, err := w.Update(func(p *Progress) { p.begin(3) }); err != nil {
		t.Fatal(err)
	}
	events := whole(t, w, 3)
	if got, want := without(events), "building built tested listening finished"; got != want {
		t.Errorf("told %s, want %s", got, want)
	}
	finished := one[Finished](t, events)
	if !finished.Passed || finished.Before || !finished.Tests ||
		finished.Core != finished.CoreOf || finished.Full != finished.FullOf || finished.Ran != finished.CoreOf+finished.FullOf {
		t.Errorf("%+v, want all passed", finished)
	}
	if !slices.Contains(w.Progress.Passed, 3) || w.Progress.Step != 4 || !w.Progress.Results["03.26"] {
		t.Errorf("progress %+v", w.Progress)
	}
	var last Checking
	core := true
	for i, event := range events {
		checking, is := event.(Checking)
		if !is {
			continue
		}
		last = checking
		if checked, is := events[i+1].(Checked); !is || checked.Result.Check != checking.Check && checked.Result.Check.ID != checking.Check.ID {
			t.Errorf("behind %s comes %+v", checking.Check.ID, events[i+1])
		}
		if checking.Check.Core && !core {
			t.Errorf("%s comes behind a full check", checking.Check.ID)
		}
		core = checking.Check.Core
	}
	if last.Number != finished.FullOf || last.Of != finished.FullOf || last.FullToGo != 0 {
		t.Errorf("the last is %d of %d", last.Number, last.Of)
	}

	// Once more it is no news, and a single check says nothing about the step.
	if again := one[Finished](t, whole(t, w, 3)); !again.Passed || !again.Before {
		t.Errorf("again %+v", again)
	}
	only := ran(t, w, func(tell func(Event)) error {
		return w.RunOnly(t.Context(), 3, []*check.Check{check.Find("03.4")}, tell)
	})
	if got, want := without(only), "building built listening finished"; got != want {
		t.Errorf("told %s, want %s", got, want)
	}
	if finished := one[Finished](t, only); finished.Passed || finished.Ran != 1 || finished.Full != 1 {
		t.Errorf("one check: %+v", finished)
	}
}

// A step is passed when its tests hold too. Until then the next one may be begun.
func TestRunOpen(t *testing.T) {
	w := workspace(t, 1, 2, 3, 4)
	if _, err := w.Update(func(p *Progress) { p.begin(4); p.begin(3) }); err != nil {
		t.Fatal(err)
	}
	mend(t, w, "steps/03_requestline/requestline.go", "package requestline", "package requestline // mine")
	const failing = "package requestline\n\nimport \"testing\"\n\nfunc TestMine(t *testing.T) { t.Error(\"mine\") }\n"
	own := w.path("steps/03_requestline/own_test.go")
	if err := os.WriteFile(own, []byte(failing), 0o644); err != nil {
		t.Fatal(err)
	}
	finished := one[Finished](t, whole(t, w, 3))
	if finished.Passed || !finished.Open || finished.TestsFailed != 1 || finished.Core != finished.CoreOf || finished.Full != finished.FullOf {
		t.Errorf("%+v, want it open and not passed", finished)
	}
	if state, err := w.State(3); state != Holding || err != nil || w.Progress.Step != 3 || w.Progress.Failing[3] != 1 {
		t.Errorf("it is %q, %v, progress %+v", state, err, w.Progress)
	}
	want := Failure{Step: 3, Test: "TestMine", Where: Fault{File: "steps/03_requestline/own_test.go", Line: 5, Text: "mine"}}
	if failed := w.Progress.Failed; failed == nil || *failed != want {
		t.Errorf("it failed with %+v, want %+v", failed, want)
	}

	ran(t, w, func(tell func(Event)) error {
		return w.RunOnly(t.Context(), 4, []*check.Check{check.Find("04.1")}, tell)
	})
	if w.Progress.Step != 4 || w.Progress.Failed == nil {
		t.Errorf("gone on to 04, progress is %+v", w.Progress)
	}
	if err := os.Remove(own); err != nil {
		t.Fatal(err)
	}
	if finished := one[Finished](t, whole(t, w, 3)); !finished.Passed || finished.Open || !w.Progress.Done(3) || w.Progress.Step != 4 || w.Progress.Failed != nil {
		t.Errorf("with its tests %+v, progress %+v", finished, w.Progress)
	}
}

// tested runs a step as far as its tests.
func tested(t *testing.T, w *Workspace, step int) (found Tested) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_ = w.Run(ctx, step, func(event Event) { // it was cancelled
		if event, is := event.(Tested); is {
			found = event
			cancel()
		}
	})
	return found
}

// A panic hides the tests behind it, and is told once: where the learner's own code
// is, though it broke in code that is given.
func TestRunPanics(t *testing.T) {
	w := workspace(t, 1, 2, 3)
	if err := os.WriteFile(w.path("steps/refuse/nothing.go"), []byte("package refuse\n\nfunc Nothing() { panic(\"nothing\") }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	mend(t, w, "steps/03_requestline/target.go", "func parseTarget(request *Line) error {", "func parseTarget(request *Line) error {\n\trefuse.Nothing()")
	got := tested(t, w, 3)
	if !got.Stopped || len(got.Failed) == 0 {
		t.Errorf("%+v, want a test that stopped the others", got)
	}
	if len(got.Faults) != 1 || got.Faults[0].File != target || got.Faults[0].Line == 0 || got.Faults[0].Text != "nothing" {
		t.Errorf("faults %+v, want one in %s", got.Faults, target)
	}
}

// A test that does not end is named, and waited for as long as it takes to be sure.
func TestRunHangs(t *testing.T) {
	defer func(before time.Duration) { testLimit = before }(testLimit)
	testLimit = time.Second
	w := workspace(t, 1, 2, 3)
	mend(t, w, target, "func parseTarget(request *Line) error {", "func parseTarget(request *Line) error {\n\tselect {}")
	got := tested(t, w, 3)
	if !got.Stopped || len(got.Failed) == 0 || len(got.Faults) != 1 {
		t.Fatalf("%+v, want a test that did not end", got)
	}
	want := Fault{File: target, Line: got.Faults[0].Line, Text: got.Failed[0] + " did not end within 1 s"}
	if got.Faults[0] != want || want.Line == 0 || !strings.HasPrefix(want.Text, "Test") {
		t.Errorf("%+v, want %+v", got.Faults, want)
	}
}

// A test that ends the program has not passed, though nobody says so.
func TestRunExits(t *testing.T) {
	w := workspace(t)
	own := w.path(Steps()[contract-1].Folder + "/own_test.go")
	for _, status := range []string{"0", "1"} {
		text := "package wsgi\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestA(*testing.T) { os.Exit(" + status + ") }\n"
		if err := os.WriteFile(own, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		events := whole(t, w, contract)
		if tested, finished := one[Tested](t, events), one[Finished](t, events); tested.Passed || finished.Passed || finished.TestsFailed != 1 {
			t.Errorf("with exit status %s: %+v, %+v", status, tested, finished)
		}
	}
	if err := os.Remove(own); err != nil {
		t.Fatal(err)
	}
	if tested := one[Tested](t, whole(t, w, contract)); !tested.Passed {
		t.Errorf("without it: %+v", tested)
	}
}

// What a program says when it ends so is not for us to choose.
func TestJudge(t *testing.T) {
	for _, test := range []struct {
		said string
		want Tested
	}{
		{"--- FAIL: TestA (0.00s)\n    x_test.go:3: a\n--- FAIL: TestB (0.00s)\n    --- FAIL: TestB/c (0.00s)\n        x_test.go:4: b\nFAIL\n",
			Tested{Failed: []string{"TestA", "TestB", "TestB/c"}, Faults: []Fault{{"steps/03_requestline/x_test.go", 3, 0, "a"}, {"steps/03_requestline/x_test.go", 4, 0, "b"}}}},
		{"panic: test timed out after 20s\n\trunning tests:\n\t\tTestA (20s)\n\t\tTestA/b_c (20s)\n\ngoroutine 5 [running]:\ntesting.(*M).startAlarm.func1()\n\ttesting/testing.go:2802 +0x354\n",
			Tested{Failed: []string{"TestA/b_c"}, Stopped: true, Faults: []Fault{{Text: "TestA/b_c did not end within 20 s"}}}},
		{"fatal error: stack overflow\n\nworkshop/steps/02_read.Head(0x1)\n\tworkshop/steps/02_read/head.go:6 +0x2b\n",
			Tested{Stopped: true, Faults: []Fault{{"steps/02_read/head.go", 6, 0, "stack overflow"}}}},
	} {
		r := &run{folder: "steps/03_requestline"}
		test.want.Output = test.said
		if got := r.judge(test.said); !reflect.DeepEqual(got, test.want) {
			t.Errorf("got %+v\nwant %+v", got, test.want)
		}
	}
}

// A wrong step fails a test, which says where, and a core check; the full ones
// wait.
func TestRunFailed(t *testing.T) {
	w := workspace(t, 1, 2, 3)
	mend(t, w, "steps/03_requestline/requestline.go", `version[5] != '1'`, `version[5] == 'x'`)
	events := whole(t, w, 3)
	tested := one[Tested](t, events)
	if tested.NotWritten || len(tested.Failed) == 0 || len(tested.Faults) == 0 || !strings.HasSuffix(tested.Faults[0].File, "_test.go") {
		t.Errorf("%+v, want a failed test and its line", tested)
	}
	finished := one[Finished](t, events)
	if finished.Passed || finished.Tests || finished.Core != 4 || finished.Ran != 5 || w.Progress.Results["03.3"] {
		t.Errorf("%+v, progress %+v", finished, w.Progress)
	}
}

func TestRunDoesNotBuild(t *testing.T) {
	w := workspace(t, 1)
	mend(t, w, "steps/01_listen/listen.go", "listener.Accept()", "listener.Accept(1)")
	events := whole(t, w, 1)
	if got, want := without(events), "building built finished"; got != want {
		t.Errorf("told %s, want %s", got, want)
	}
	found := one[Built](t, events).Errors
	if len(found) != 1 || found[0].File != "steps/01_listen/listen.go" || found[0].Line == 0 || found[0].Column == 0 || !strings.Contains(found[0].Text, "too many arguments") {
		t.Errorf("faults %+v", found)
	}
}

// A program that dies is the last event but one: of an empty function with its
// sentence, and else with the check that it died of.
func TestRunDies(t *testing.T) {
	w := workspace(t, 2, 3)
	events := whole(t, w, 3) // step 01 is missing, and the tests of 03 do not need it
	if got, want := without(events), "building built tested listening died finished"; got != want {
		t.Errorf("told %s, want %s", got, want)
	}
	if died := one[Died](t, events); died.Sentence != "step 01 is not written yet" {
		t.Errorf("died %+v", died)
	}
	if finished := one[Finished](t, events); finished.Ran > 0 {
		t.Errorf("%+v, want no check", finished)
	}

	w = workspace(t, 1, 2)
	mend(t, w, "steps/02_read/demo/main.go", "	defer listen.Goodbye(conn)\n", "	if conn.Close() == nil {\n\t\ttime.Sleep(200 * time.Millisecond) // and then the check is over\n\t\tpanic(\"no more\")\n\t}\n")
	events = whole(t, w, 2)
	died, finished := one[Died](t, events), one[Finished](t, events)
	if result := one[Checked](t, events).Result; died.NotWritten || finished.Ran != 1 || result.Passed || result.Alive {
		t.Errorf("died %+v, %+v, %+v", died, finished, result)
	}
	if len(died.Faults) == 0 || died.Faults[0].File != "steps/02_read/demo/main.go" || died.Faults[0].Text != "no more" {
		t.Errorf("faults %+v", died.Faults)
	}
}

// The contract has no checks; its own tests decide.
func TestRunContract(t *testing.T) {
	w := workspace(t)
	events := whole(t, w, contract)
	if finished := one[Finished](t, events); !finished.Passed || !finished.Before || finished.Ran > 0 {
		t.Errorf("%+v", finished)
	}
}

// At the last step the whole server is asked too.
func TestRunLast(t *testing.T) {
	core, full := checksOf(10)
	if len(core) != 5 || !slices.ContainsFunc(full, func(c *check.Check) bool { return c.ID == "05.46" }) {
		t.Fatalf("%d core checks; the full ones are %v", len(core), full)
	}
	apps := slices.IndexFunc(full, func(c *check.Check) bool { return c.Needs == check.App })
	for i, c := range full {
		if needsApp := c.Needs == check.App; needsApp != (i >= apps) {
			t.Errorf("%s is number %d of the full checks, and those that need an application begin at %d", c.ID, i, apps)
		}
	}
	if last := full[apps-1]; last.ID != "02.20" {
		t.Errorf("%s is the last one before them, want 02.20, which takes so long", last.ID)
	}
	w := workspace(t, 1, 2, 3, 4, 5, 7, 8, 9, 10)
	events := ran(t, w, func(tell func(Event)) error {
		return w.RunOnly(t.Context(), 10, []*check.Check{check.Find("08.6"), check.Find("10.1")}, tell)
	})
	if got, want := without(events), "building built listening listening finished"; got != want {
		t.Errorf("told %s, want %s", got, want)
	}
	if finished := one[Finished](t, events); finished.Full != 2 {
		t.Errorf("%+v", finished)
	}
}

// Cancelled at any point, a run ends with all that it has started.
func TestRunCancelled(t *testing.T) {
	w := workspace(t, 1, 2)
	for _, at := range []Event{Building{}, Built{}, Listening{}, Checking{}} {
		temp := t.TempDir()
		t.Setenv("TMPDIR", temp)
		ctx, cancel := context.WithCancel(t.Context())
		address := ""
		err := w.Run(ctx, 2, func(event Event) {
			if listening, is := event.(Listening); is {
				address = listening.Addr
			}
			if _, is := event.(Finished); is {
				t.Errorf("finished, though it was cancelled")
			}
			if without([]Event{event}) == without([]Event{at}) {
				cancel()
			}
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled at %T: %v", at, err)
		}
		if conn, err := net.Dial("tcp", address); address != "" && err == nil {
			conn.Close()
			t.Errorf("cancelled at %T, the program still listens", at)
		}
		clean(t, temp)
	}
	if len(w.Progress.Results) > 0 {
		t.Errorf("results %v, want none", w.Progress.Results)
	}
}
