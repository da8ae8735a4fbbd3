package command

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Each line stands in one pair, in its order, and beside an equal line or none.
func TestAlign(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.SampledFrom([]string{"", "a", "b", "- c", "+ d", "@@ -1,2 +3,4 @@"}), 1, 30)
		left, right := lines.Draw(t, "left"), lines.Draw(t, "right")
		var lefts, rights []string
		for _, pair := range align(left, right) {
			if pair.left >= 0 {
				lefts = append(lefts, left[pair.left])
			}
			if pair.right >= 0 {
				rights = append(rights, right[pair.right])
			}
			if pair.same && left[pair.left] != right[pair.right] {
				t.Errorf("%q stands beside %q", left[pair.left], right[pair.right])
			}
		}
		if !slices.Equal(lefts, left) || !slices.Equal(rights, right) {
			t.Errorf("the pairs are of %q and %q", lefts, rights)
		}
	})
}

func TestAlignMarks(t *testing.T) {
	left := []string{"1", "2", "3", "4", "5", "6", "7", "8", "old", "older", "9"}
	right := []string{"1", "2", "3", "4", "5", "6", "7", "8", "new", "9", "10"}
	var want []pair
	for i := range 8 {
		want = append(want, pair{i, i, true})
	}
	want = append(want, pair{8, 8, false}, pair{9, -1, false}, pair{10, 9, true}, pair{-1, 10, false})
	if got := align(left, right); !slices.Equal(got, want) {
		t.Errorf("align = %v, want %v", got, want)
	}
	for _, pair := range align(left, left) {
		if !pair.same || pair.left != pair.right {
			t.Errorf("in a text and itself %v is a difference", pair)
		}
	}
}

// The ports of both sides are hidden, and no other number.
func TestPortFree(t *testing.T) {
	a := answer{addr: "127.0.0.1:4021", lines: []string{"Hello, 127.0.0.1:58182. You have called 127.0.0.1:4021.", "SERVER_PORT = '4021'", "REMOTE_PORT = '58182'", "Content-Length: 40213", "14021"}}
	want := []string{"Hello, 127.0.0.1:PORT. You have called 127.0.0.1:PORT.", "SERVER_PORT = 'PORT'", "REMOTE_PORT = 'PORT'", "Content-Length: 40213", "14021"}
	if got := a.portFree(); !slices.Equal(got, want) {
		t.Errorf("portFree = %q, want %q", got, want)
	}
}
