package tui

import (
	"slices"
	"testing"
)

func TestMistake(t *testing.T) {
	s := liveScreen(t, 120, 40)
	s.press("M")
	s.says("There is no server here")

	var put []bool
	s.config.Mistakes = []Mistake{{
		Name: "split-line", Step: 3, About: "It splits at any white space.", Curl: "All is well.",
		Put: func(in bool) { put = append(put, in) },
	}}
	s.press("M")
	s.shows("split-line", "03: It splits at any white space.")
	s.hides("All is well.")
	s.press("enter")
	s.says("What will curl say? M tells.")
	s.shows("mistake split-line at step 03")

	s.press("M")
	s.hides("All is well.") // not before it was asked for
	s.press("enter")
	s.shows("What will curl say? All is well.")
	s.press("esc", "M", "down", "enter")
	s.says("meet the right step")
	s.hides("mistake split-line")
	if !slices.Equal(put, []bool{true, false}) {
		t.Errorf("it was put in and out: %v", put)
	}
}
