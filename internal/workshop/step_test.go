package workshop

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"barewire/internal/check"
)

const target = "steps/03_requestline/target.go"

// mine is a learner's work in workspace w: a file of ours, a file of their own,
// and a test that they changed.
func mine(t *testing.T, w *Workspace) map[string]string {
	t.Helper()
	work := map[string]string{
		target:                                "package requestline\n\n// mine\n",
		"steps/03_requestline/own.go":         "package requestline\n\n// my own\n",
		"steps/03_requestline/target_test.go": "package requestline\n\n// my test\n",
	}
	for name, text := range work {
		if err := os.WriteFile(w.path(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return work
}

func yes(string) bool { return true }
func no(string) bool  { return false }

func TestReset(t *testing.T) {
	w := workspace(t)
	fresh := tree(t, w.path("steps"))
	work := mine(t, w)
	if _, err := w.Update(func(p *Progress) {
		p.Pass(3)
		p.Results = map[string]bool{"03.1": true, "04.1": true}
	}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"1", "2"} { // what was kept before stays
		if err := os.MkdirAll(w.path(keptFolder+"/"+name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := w.Reset(&out, 3, yes); err != nil {
		t.Fatal(err)
	}
	for name, text := range work {
		if kept, err := os.ReadFile(w.path(keptFolder + "/3/" + name)); err != nil || string(kept) != text {
			t.Errorf("%s is kept as %q, %v", name, kept, err)
		}
		if !strings.Contains(out.String(), "  "+name+"\n") {
			t.Errorf("Reset says %q, and not %s", &out, name)
		}
	}
	if got := tree(t, w.path("steps")); !slices.Equal(got, fresh) {
		t.Error("the steps are not as they were at the beginning")
	}
	if !strings.HasSuffix(out.String(), "Step 03 begins anew. What stood there is kept in .workshop/kept/3.\nTo have it back, type in the folder of the workspace: cp -r .workshop/kept/3/. .\n") {
		t.Errorf("Reset says %q", &out)
	}
	if p := w.Progress; p.Done(3) || p.Step != 3 || len(p.Results) != 1 {
		t.Errorf("progress is %+v", p)
	}
	out.Reset()
	if err := w.Reset(&out, 3, nil); err != nil || !strings.HasPrefix(out.String(), "Step 03 is as it was at the beginning") {
		t.Errorf("Reset once more = %v and says %q", err, &out)
	}
}

// What does not build in the folder of the demo goes too, and is kept.
func TestExtraInDemo(t *testing.T) {
	const name, text = "steps/03_requestline/demo/extra.go", "package broken\n"
	for kept, do := range map[string]func(*Workspace) error{
		keptFolder + "/1/" + name: func(w *Workspace) error { return w.Reset(new(bytes.Buffer), 3, yes) },
		name + ".mine-1":          func(w *Workspace) error { return w.Reveal(new(bytes.Buffer), 3, yes) },
	} {
		w := workspace(t)
		if err := os.WriteFile(w.path(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := do(w); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(w.path(kept)); err != nil || string(got) != text {
			t.Errorf("%s is %q, %v, want %q", kept, got, err, text)
		}
		if _, err := os.Stat(w.path(name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("beside %s it is still there: %v", kept, err)
		}
	}
}

func TestNoMeansNo(t *testing.T) {
	for name, do := range map[string]func(*Workspace) error{
		"Reset":  func(w *Workspace) error { return w.Reset(new(bytes.Buffer), 3, no) },
		"Reveal": func(w *Workspace) error { return w.Reveal(new(bytes.Buffer), 3, no) },
		"Skip":   func(w *Workspace) error { return w.Skip(new(bytes.Buffer), 3, no) },
	} {
		w := workspace(t)
		mine(t, w)
		before := tree(t, w.path("steps"))
		if err := do(w); err != nil {
			t.Errorf("%s = %v", name, err)
		}
		if !slices.Equal(before, tree(t, w.path("steps"))) {
			t.Errorf("%s changes files after a no", name)
		}
		if w.Progress.Step != 1 || len(w.Progress.Skipped) > 0 {
			t.Errorf("%s goes on after a no: %+v", name, w.Progress)
		}
	}
}

// An editor saves while the question stands: that is what has to be kept.
func TestSavedWhileTheQuestionStands(t *testing.T) {
	const late = "package requestline\n\n// saved late\n"
	for name, test := range map[string]struct {
		do   func(*Workspace, Ask) error
		kept string
	}{
		"Reset":  {func(w *Workspace, ask Ask) error { return w.Reset(new(bytes.Buffer), 3, ask) }, keptFolder + "/1/" + target},
		"Skip":   {func(w *Workspace, ask Ask) error { return w.Skip(new(bytes.Buffer), 3, ask) }, keptFolder + "/1/" + target},
		"Reveal": {func(w *Workspace, ask Ask) error { return w.Reveal(new(bytes.Buffer), 3, ask) }, target + ".mine-1"},
	} {
		w := workspace(t)
		mine(t, w)
		err := test.do(w, func(string) bool {
			return os.WriteFile(w.path(target), []byte(late), 0o644) == nil
		})
		if kept, failed := os.ReadFile(w.path(test.kept)); err != nil || failed != nil || string(kept) != late {
			t.Errorf("%s = %v, and keeps %q, %v, want %q", name, err, kept, failed, late)
		}
	}
}

// Where no copy can be made nothing is replaced.
func TestNoCopyNoChange(t *testing.T) {
	w := workspace(t)
	mine(t, w)
	if err := os.WriteFile(w.path(keptFolder), nil, 0o644); err != nil { // in the way
		t.Fatal(err)
	}
	before := tree(t, w.path("steps"))
	for name, err := range map[string]error{
		"Reset": w.Reset(new(bytes.Buffer), 3, yes),
		"Skip":  w.Skip(new(bytes.Buffer), 3, yes),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "nothing was changed, for no copy could be made: ") {
			t.Errorf("%s = %v", name, err)
		}
	}
	if !slices.Equal(before, tree(t, w.path("steps"))) {
		t.Error("files were changed all the same")
	}
}

func TestReveal(t *testing.T) {
	w := workspace(t)
	work := mine(t, w)
	if err := os.WriteFile(w.path(target+".mine-1"), []byte("an older one"), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := w.Reveal(&out, 3, yes); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"--- yours/" + target + "\n+++ reference/" + target + "\n", "\n-// mine\n", "\n+func parseTarget(request *Line) error {\n",
		"Yours is kept as " + target + ".mine-2.\n", "The reference of step 03 is in place.\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("Reveal says\n%s\nand not %q", &out, want)
		}
	}
	for kept, name := range map[string]string{target + ".mine-2": target, "steps/03_requestline/own.go.mine-1": "steps/03_requestline/own.go"} {
		if text, err := os.ReadFile(w.path(kept)); err != nil || string(text) != work[name] {
			t.Errorf("%s is %q, %v, want %q", kept, text, err, work[name])
		}
	}
	if text, err := os.ReadFile(w.path(target + ".mine-1")); err != nil || string(text) != "an older one" {
		t.Errorf("the older copy is now %q, %v", text, err)
	}
	if _, err := os.Stat(w.path("steps/03_requestline/requestline.go.mine-1")); err == nil {
		t.Error("a file that nobody has touched is kept")
	}
	for name, want := range cut(t, 3) {
		if got, err := os.ReadFile(w.path(name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not as it should be: %v", name, err)
		}
	}
	out.Reset()
	if err := w.Reveal(&out, 3, nil); err != nil || out.String() != "Step 03 is the reference, to the byte.\n" {
		t.Errorf("Reveal once more = %v and says %q", err, &out)
	}
	if text, err := w.Difference(3); text != nil || err != nil {
		t.Errorf("Difference = %q, %v, want none", text, err)
	}
}

func TestSkip(t *testing.T) {
	w := workspace(t)
	work := mine(t, w)
	if _, err := w.Update(func(p *Progress) { p.Step = 3 }); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := w.Skip(&out, 3, yes); err != nil {
		t.Fatal(err)
	}
	const want = "The reference is in place. What stood there is kept in .workshop/kept/1.\nStep 03 is skipped. You are at step 04.\n"
	if out.String() != want {
		t.Errorf("Skip says %q, want %q", &out, want)
	}
	for name, text := range work {
		if kept, err := os.ReadFile(w.path(keptFolder + "/1/" + name)); err != nil || string(kept) != text {
			t.Errorf("%s is kept as %q, %v", name, kept, err)
		}
	}
	if changes, err := w.changes(3, true); len(changes) > 0 || err != nil {
		t.Errorf("%d files differ from the reference, %v", len(changes), err)
	}
	if _, err := w.Update(func(p *Progress) { p.Pass(1); p.Given = []int{2} }); err != nil {
		t.Fatal(err)
	}
	for step, state := range map[int]State{1: Passed, 2: Given, 3: Skipped, 6: Given} {
		want := fmt.Sprintf("step %02d is %s; there is nothing to skip", step, state)
		if err := w.Skip(new(bytes.Buffer), step, yes); err == nil || err.Error() != want {
			t.Errorf("Skip of step %02d = %v, want %s", step, err, want)
		}
	}
}

func TestSkipTheLast(t *testing.T) {
	w := workspace(t, 1, 2, 3, 4, 5, 7, 8, 9)
	var out bytes.Buffer
	if err := w.Skip(&out, 10, yes); err != nil || !strings.HasSuffix(out.String(), "Step 10 is skipped. There is no step left to do.\n") {
		t.Errorf("Skip = %v and says %q", err, &out)
	}
	if !w.Progress.AllDone() {
		t.Errorf("progress is %+v, want all done", w.Progress)
	}
}

// What was revealed is not the learner's work, whether it passed or not.
func TestRevealed(t *testing.T) {
	w := workspace(t)
	if err := w.Reveal(new(bytes.Buffer), 3, yes); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if state, err := w.State(3); state != Revealed || err != nil {
			t.Errorf("it is %q, %v, want %q", state, err, Revealed)
		}
		if _, err := w.Update(func(p *Progress) { p.Pass(3) }); err != nil {
			t.Fatal(err)
		}
	}
	mine(t, w)
	if state, err := w.State(3); state != Passed || err != nil {
		t.Errorf("written anew it is %q, %v, want %q", state, err, Passed)
	}
}

// A link is replaced; what it points to is not.
func TestLinkInTheWay(t *testing.T) {
	w := workspace(t)
	elsewhere := filepath.Join(t.TempDir(), "elsewhere.go")
	if err := os.WriteFile(elsewhere, []byte("package requestline // mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(w.path(target)), os.Symlink(elsewhere, w.path(target))); err != nil {
		t.Skip(err)
	}
	if err := w.Reset(new(bytes.Buffer), 3, yes); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(elsewhere); err != nil || string(text) != "package requestline // mine\n" {
		t.Errorf("what the link points to is now %q, %v", text, err)
	}
	if changes, err := w.changes(3, false); len(changes) > 0 || err != nil {
		t.Errorf("%d files are not as at the beginning, %v", len(changes), err)
	}
}

// A whole folder that was removed comes back.
func TestResetOfNothing(t *testing.T) {
	w := workspace(t)
	if err := os.RemoveAll(w.path("steps/06_wsgi")); err != nil {
		t.Fatal(err)
	}
	if err := w.Reset(new(bytes.Buffer), 6, yes); err != nil {
		t.Fatal(err)
	}
	if missing, changed, err := w.given(); len(missing)+len(changed) > 0 || err != nil {
		t.Errorf("missing are %q, changed %q, %v", missing, changed, err)
	}
}

func TestNoSuchStep(t *testing.T) {
	w := workspace(t)
	for _, step := range []int{-1, 0, 11} {
		for name, err := range map[string]error{
			"Reset":  w.Reset(new(bytes.Buffer), step, yes),
			"Skip":   w.Skip(new(bytes.Buffer), step, yes),
			"Reveal": w.Reveal(new(bytes.Buffer), step, yes),
		} {
			if err == nil || !strings.HasPrefix(err.Error(), "there is no step ") {
				t.Errorf("%s of step %d = %v", name, step, err)
			}
		}
		if _, err := Demo(step); err == nil {
			t.Errorf("step %d has a demo", step)
		}
	}
}

func TestList(t *testing.T) {
	w := workspace(t, 5)
	if err := os.WriteFile(w.path(target), []byte("package requestline\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Update(func(p *Progress) {
		p.Pass(1)
		p.skip(2)
		p.open(7, 2)
		p.Results = map[string]bool{"01.1": true, "01.2": true, "03.1": false, "03.2": true, "07.1": true}
	}); err != nil {
		t.Fatal(err)
	}
	want := `01 + listen       Who is calling?              passed                        2 of 2 checks hold
02 + read         Where does the head end?     skipped
03 > requestline  What do they want?           begun, you are here           1 of 2 checks hold
04 - headers      What else did they say?      not written yet
05 + body         How long is the body?        given
06 + wsgi         What do both sides promise?  given
07 ! environ      How is the app told?         the core holds, 2 tests fail  1 of 1 checks hold, LATER more with step 10
08 - call         What does it answer?         not written yet
09 - response     How is it said?              not written yet
10 - keepalive    Is there more to come?       not written yet
`
	later := 0
	for _, c := range check.Of(7) {
		if c.From == 10 {
			later++
		}
	}
	want = strings.Replace(want, "LATER", strconv.Itoa(later), 1)
	var out bytes.Buffer
	if err := w.List(&out, true); err != nil || out.String() != want {
		t.Errorf("List = %v and\n%s\nwant\n%s", err, &out, want)
	}
	out.Reset()
	if err := w.List(&out, false); err != nil || !strings.Contains(out.String(), "03 ▸ requestline") || !strings.HasPrefix(out.String(), "01 ✓ listen") {
		t.Errorf("List = %v and\n%s", err, &out)
	}
}
