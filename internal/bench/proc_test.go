//go:build linux

package main

import (
	"os"
	"slices"
	"testing"
	"time"
)

const rollup = `55d0c3a00000-7ffd0b5f2000 ---p 00000000 00:00 0                          [rollup]
Rss:                1832 kB
Pss:                 412 kB
Anonymous:           164 kB
`

func TestParseRollup(t *testing.T) {
	tests := []struct {
		name, text string
		want       int64
		fails      bool
	}{
		{"as the kernel writes it", rollup, 164 << 10, false},
		{"without the line", "Pss:  412 kB\n", 0, true},
		{"no number", "Anonymous:  much kB\n", 0, true},
		{"a process that has ended", "", 0, true},
	}
	for _, test := range tests {
		got, err := parseRollup(test.text)
		if got != test.want || (err != nil) != test.fails {
			t.Errorf("%s: parseRollup(%q) = %d, %v, want %d", test.name, test.text, got, err, test.want)
		}
	}
}

func TestParseChildren(t *testing.T) {
	if got, want := parseChildren("24684 24685 "), []int{24684, 24685}; !slices.Equal(got, want) {
		t.Errorf("parseChildren = %d, want %d", got, want)
	}
	if got := parseChildren(""); len(got) != 0 {
		t.Errorf("parseChildren of nothing = %d, want none", got)
	}
}

// TestMeasuresItself finds the CPU time and the memory that this process uses.
func TestMeasuresItself(t *testing.T) {
	self := &process{pid: os.Getpid()}
	before := self.cpu()
	for began := time.Now(); self.cpu() == before; {
		if time.Since(began) > patience {
			t.Fatal("computing takes no CPU time")
		}
	}
	const size = 32 << 20
	var held []byte
	grown, err := self.growth(func() error {
		held = make([]byte, size)
		for i := 0; i < size; i += 4096 {
			held[i] = 1
		}
		return nil
	})
	if err != nil || grown < size/2 { // the collector may have given something back meanwhile
		t.Errorf("%d bytes more make it grow by %d, %v", len(held), grown, err)
	}
}

func TestParseWrk(t *testing.T) {
	tests := []struct {
		name, out string
		want      int
		fails     bool
	}{
		{"a good run", "  129876 requests in 1.10s, 17.84MB read\nRequests/sec: 118069.09\n", 129876, false},
		{"errors", "  12 requests in 1.10s, 1.84KB read\n  Socket errors: connect 0, read 3, write 0, timeout 0\n", 0, true},
		{"wrong answers", "  12 requests in 1.10s, 1.84KB read\n  Non-2xx or 3xx responses: 12\n", 0, true},
		{"nothing", "", 0, true},
	}
	for _, test := range tests {
		got, err := parseWrk(test.out)
		if got != test.want || (err != nil) != test.fails {
			t.Errorf("%s: parseWrk = %d, %v, want %d", test.name, got, err, test.want)
		}
	}
}
