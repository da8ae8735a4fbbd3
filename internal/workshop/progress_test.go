package workshop

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"sync"
	"testing"
)

func TestProgressGoesOn(t *testing.T) {
	p := newProgress([]int{2, 8})
	for _, test := range []struct {
		pass, want int
	}{
		{3, 1},  // out of turn: the learner stays
		{1, 4},  // 02 is given, 03 passed
		{4, 5},  //
		{5, 7},  // 06 has nothing to write
		{7, 9},  //
		{10, 9}, //
		{9, 10}, // all is done
	} {
		p.Pass(test.pass)
		if p.Step != test.want {
			t.Errorf("with %02d passed the learner is at %02d, want %02d", test.pass, p.Step, test.want)
		}
	}
	p.begin(4)
	if p.Step != 4 || p.Done(4) || !p.Done(5) {
		t.Errorf("with 04 begun anew progress is %+v", p)
	}
	p.skip(4)
	if !slices.Equal(p.Skipped, []int{4}) || p.Step != 10 {
		t.Errorf("with 04 skipped progress is %+v", p)
	}
	p.Pass(4)
	if len(p.Skipped) > 0 || !slices.Equal(p.Passed, []int{1, 3, 4, 5, 7, 9, 10}) {
		t.Errorf("with 04 passed after all progress is %+v", p)
	}
}

// What was left out is done at last: behind step 10 comes the first gap.
func TestProgressGoesBack(t *testing.T) {
	p := newProgress(nil)
	p.Step = 10
	p.Pass(10)
	if p.Step != 1 {
		t.Errorf("behind step 10 comes %d, want 1", p.Step)
	}
}

// Where the core holds and a test fails, the learner stays, or goes on by beginning
// the next step; what was left is done at last.
func TestProgressWhereTestsFail(t *testing.T) {
	p := newProgress(nil)
	p.goOn(2)
	if p.Step != 1 {
		t.Errorf("with nothing done the learner is at step %d", p.Step)
	}
	p.open(1, 3)
	p.goOn(5)
	if p.Step != 1 || p.Done(1) {
		t.Errorf("with the core of 01 progress is %+v", p)
	}
	p.goOn(2)
	if p.Step != 2 {
		t.Errorf("gone on to 02, the learner is at step %d", p.Step)
	}
	for _, step := range []int{2, 3, 4, 5, 7, 8, 9, 10} {
		p.Pass(step)
	}
	if p.Step != 1 || p.AllDone() {
		t.Errorf("with all others passed progress is %+v", p)
	}
	p.Pass(1)
	if !p.AllDone() || len(p.Failing) > 0 {
		t.Errorf("with 01 passed too progress is %+v", p)
	}
}

func TestUpdate(t *testing.T) {
	w := workspace(t)
	other, _, err := Open(w.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for range 4 {
		if _, _, err := other.NextHint("03.4"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Update(func(p *Progress) { p.Results["03.4"] = true; p.Pass(1) }); err != nil {
		t.Fatal(err)
	}
	again, notice, err := Open(w.Dir)
	want := Progress{Step: 2, Passed: []int{1}, Results: map[string]bool{"03.4": true}, Hints: map[string]int{"03.4": 3}}
	if err != nil || notice != "" || !reflect.DeepEqual(again.Progress, want) {
		t.Errorf("progress is %+v, %q, %v, want %+v", again.Progress, notice, err, want)
	}
}

// Several work side by side, and nothing that one has noted is lost.
func TestUpdateTogether(t *testing.T) {
	w := workspace(t)
	const others, times = 4, 25
	var all sync.WaitGroup
	for n := range others {
		other := &Workspace{Dir: w.Dir}
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range times {
				if _, err := other.Update(func(p *Progress) { p.Results[fmt.Sprintf("%d.%d", n, i)] = true }); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	all.Wait()
	if again, _, err := Open(w.Dir); err != nil || len(again.Progress.Results) != others*times {
		t.Errorf("%d notes are left, %v, want %d", len(again.Progress.Results), err, others*times)
	}
}

func TestDamagedProgress(t *testing.T) {
	for _, text := range []string{"", "{", "[]", "null", `{"step":11}`, `{"step":0}`, `{"step":-3}`, `{"step":3,"given":[99]}`, `{"step":3,"failing":{"11":1}}`, `{"step":3,"failed":{}}`, `{"step":3,"results":null}`, `{"step":"x"}`, "\x00\xff"} {
		w := workspace(t)
		if err := os.WriteFile(w.path(progressFile), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		again, notice, err := Open(w.Dir)
		if text == "null" { // JSON's way to say nothing
			if err != nil || again.Progress.Step != 1 {
				t.Errorf("of %q progress is %+v, %v", text, again.Progress, err)
			}
			continue
		}
		const want = ".workshop/progress.json is damaged; it is kept as .workshop/progress.json.broken-1, and begun anew."
		if err != nil || notice != want || again.Progress.Step != 1 {
			t.Errorf("of %q progress is %+v, %q, %v, want a fresh one and %q", text, again.Progress, notice, err, want)
		}
		if kept, err := os.ReadFile(w.path(progressFile + ".broken-1")); err != nil || string(kept) != text {
			t.Errorf("%q is kept as %q, %v", text, kept, err)
		}
		if _, notice, err := Open(w.Dir); notice != "" || err != nil {
			t.Errorf("it is said again: %q, %v", notice, err)
		}
	}
}

// Whoever has the workspace open goes on with what they remember.
func TestProgressDamagedMeanwhile(t *testing.T) {
	w := workspace(t)
	if _, err := w.Update(func(p *Progress) { p.Pass(1) }); err != nil {
		t.Fatal(err)
	}
	for n, damage := range []string{"{", "}"} {
		if err := os.WriteFile(w.path(progressFile), []byte(damage), 0o644); err != nil {
			t.Fatal(err)
		}
		notice, err := w.Update(func(p *Progress) { p.Pass(2 + n) })
		if err != nil || notice == "" {
			t.Errorf("Update = %q, %v, want a notice", notice, err)
		}
	}
	again, _, err := Open(w.Dir)
	if err != nil || !slices.Equal(again.Progress.Passed, []int{1, 2, 3}) {
		t.Errorf("progress is %+v, %v, want 01 to 03 passed", again.Progress, err)
	}
	if kept, err := os.ReadFile(w.path(progressFile + ".broken-2")); err != nil || string(kept) != "}" {
		t.Errorf("the second is kept as %q, %v", kept, err)
	}
}

func TestLostProgress(t *testing.T) {
	w := workspace(t)
	if err := os.RemoveAll(w.path(private)); err != nil {
		t.Fatal(err)
	}
	again, notice, err := Open(w.Dir)
	if err != nil || notice != "" || again.Progress.Step != 1 {
		t.Errorf("Open = %+v, %q, %v", again, notice, err)
	}
	if _, err := again.Update(func(p *Progress) { p.Pass(1) }); err != nil {
		t.Errorf("Update = %v", err)
	}
}
