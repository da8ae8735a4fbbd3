package check

import (
	"io"
	"net"
	"slices"
	"strings"
	"testing"
)

func TestShrink(t *testing.T) {
	items := []int{2, 3, 5, 7, 11, 13, 17, 19}
	before := slices.Clone(items)
	small := shrink(items, func(items []int) bool { return slices.Contains(items, 5) && slices.Contains(items, 19) })
	if !slices.Equal(small, []int{5, 19}) {
		t.Errorf("got %v", small)
	}
	if !slices.Equal(items, before) {
		t.Error("the items that were given have changed")
	}
	if small := shrink(items, func([]int) bool { return false }); !slices.Equal(small, items) {
		t.Errorf("got %v, and nothing less fails", small)
	}
}

// Each try takes time, so there are only so many.
func TestShrinkIsBounded(t *testing.T) {
	tries := 0
	shrink(make([]int, 1000), func(items []int) bool {
		tries++
		return len(items) > 900
	})
	if tries > maxShrinks {
		t.Errorf("tried %d times", tries)
	}
}

func TestRandomCuts(t *testing.T) {
	seen := map[int]bool{}
	for seed := range 100 {
		places := randomCuts(seed, 50)
		if !slices.Equal(places, randomCuts(seed, 50)) {
			t.Errorf("seed %d cuts otherwise the second time", seed)
		}
		if len(places) == 0 || len(places) > maxRandom || places[0] < 1 || places[len(places)-1] >= 50 || !slices.IsSorted(places) {
			t.Errorf("seed %d cuts at %v", seed, places)
		}
		seen[len(places)] = true
	}
	if len(seen) < 4 {
		t.Errorf("the numbers of cuts are %v, hardly random", seen)
	}
	for size := range 3 {
		randomCuts(1, size) // what is too short to be cut is no reason to panic
	}
}

// A server that can join two reads, and many, but not three to twelve, is found at
// random, and two cuts are all that it takes.
func TestCutAtRandom(t *testing.T) {
	long := "GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 150) + "\r\n\r\n"
	target := answers(t, true, func(conn *net.TCPConn) {
		reads := 0
		for size := 0; size < len(long); reads++ {
			n, err := conn.Read(make([]byte, 1024))
			if err != nil {
				return
			}
			size += n
		}
		status := "HTTP/1.1 200 \r\n\r\n"
		if reads >= 3 && reads <= 12 {
			status = "HTTP/1.1 500 \r\n\r\n"
		}
		_, _ = io.WriteString(conn, status)
	})
	check := ask(Want{Status: "200"})
	check.ID, check.Cut, check.Say = "98.1", true, []Piece{{Bytes: long}}
	result := failing(t, target, check, "the status is 500")
	if result.Seed == 0 || !strings.HasPrefix(result.Cut, "behind the bytes ") || !strings.Contains(result.Cut, "random, seed ") {
		t.Errorf("seed %d, cut %q", result.Seed, result.Cut)
	}
	if cuts := strings.Count(result.Cut, ", ") - 1; cuts != 1 {
		t.Errorf("it was shrunk to %q, want two cuts", result.Cut)
	}
	if got := text(t, result); !strings.Contains(got, "\ncut         "+result.Cut+"\n") {
		t.Errorf("the picture does not say how it was cut:\n%s", got)
	}
}
