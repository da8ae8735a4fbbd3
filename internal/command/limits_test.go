package command

import (
	"math"
	"testing"
	"time"

	"barewire/server"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Whoever says nothing of bounds gets those of the server.
func TestLimitsByDefault(t *testing.T) {
	bounds, usual, got := newBounds(), server.New(nil), &server.Server{}
	bounds.put(got)
	if diff := cmp.Diff(usual.Limits, got.Limits) + cmp.Diff(usual.Deadlines, got.Deadlines); diff != "" {
		t.Errorf("the bounds of the server (-) and of the flags (+) differ:\n%s", diff)
	}
	// What the help says is the default means the default, too.
	command := &cobra.Command{Use: "serve"}
	bounds.addTo(command)
	command.Flags().VisitAll(func(flag *pflag.Flag) {
		if err := flag.Value.Set(flag.DefValue); err != nil {
			t.Errorf("--%s does not take its default: %v", flag.Name, err)
		}
	})
	bounds.put(got)
	if diff := cmp.Diff(usual.Limits, got.Limits) + cmp.Diff(usual.Deadlines, got.Deadlines); diff != "" {
		t.Errorf("the bounds of the server (-) and of the help (+) differ:\n%s", diff)
	}
}

// Each flag sets its own bound.
func TestLimitsOfFlags(t *testing.T) {
	bounds, got, want := newBounds(), server.New(nil), server.New(nil)
	command := &cobra.Command{Use: "serve"}
	bounds.addTo(command)
	for _, flag := range []struct {
		name, text string
		want       func()
	}{
		{"max-head", "2k", func() { want.Limits.Head.Bytes = 2048 }},
		{"max-line", "1000", func() { want.Limits.Head.Line = 1000 }},
		{"max-fields", "20", func() { want.Limits.Head.Lines = 22 }},
		{"max-body", "3g", func() { want.Limits.Body.Bytes = 3 << 30 }},
		{"max-chunk-line", "64", func() { want.Limits.Body.Line = 64 }},
		{"max-trailer", "1KiB", func() { want.Limits.Body.Trailer = 1024 }},
		{"max-connections", "5", func() { want.Limits.Connections = 5 }},
		{"max-requests", "6", func() { want.Limits.Requests = 6 }},
		{"idle-timeout", "7s", func() { want.Deadlines.Idle = 7 * time.Second }},
		{"head-timeout", "8s", func() { want.Deadlines.Head = 8 * time.Second }},
		{"body-timeout", "9s", func() { want.Deadlines.Body = 9 * time.Second }},
		{"write-timeout", "10s", func() { want.Deadlines.Write = 10 * time.Second }},
	} {
		if err := command.Flags().Set(flag.name, flag.text); err != nil {
			t.Fatalf("--%s %s: %v", flag.name, flag.text, err)
		}
		flag.want()
		bounds.put(got)
		if diff := cmp.Diff(want.Limits, got.Limits) + cmp.Diff(want.Deadlines, got.Deadlines); diff != "" {
			t.Errorf("with --%s %s, the bounds that are wanted (-) and set (+) differ:\n%s", flag.name, flag.text, diff)
		}
	}
}

func TestSizeOfLimits(t *testing.T) {
	tests := []struct {
		text string
		want int64 // 0 when it is refused
	}{
		{"1", 1},
		{"4096", 4096},
		{"64k", 64 << 10},
		{"64K", 64 << 10},
		{"64kb", 64 << 10},
		{"64KiB", 64 << 10},
		{"64 KiB", 64 << 10},
		{"8m", 8 << 20},
		{"1.5g", 3 << 29},
		{"256B", 256},
		{"0", 0},
		{"0k", 0},
		{"0.5", 0},
		{"-1", 0},
		{"-64k", 0},
		{"", 0},
		{"k", 0},
		{"many", 0},
		{"64x", 0},
		{"64kk", 0},
		{"NaN", 0},
	}
	for _, test := range tests {
		bytes := int64(math.MaxInt64)
		size := newSize(&bytes)
		before := size.String()
		switch err := size.Set(test.text); {
		case (err == nil) != (test.want > 0):
			t.Errorf("Set(%q) = %v, want it to be taken: %v", test.text, err, test.want > 0)
		case err == nil && (bytes != test.want || size.String() != test.text):
			t.Errorf("after Set(%q), it is %d, and shown as %q; want %d", test.text, bytes, size, test.want)
		case err != nil && (bytes != math.MaxInt64 || size.String() != before):
			t.Errorf("Set(%q) fails, and changes it to %d and %q", test.text, bytes, size)
		}
	}
}

// A bound of nothing would let nobody in, and one below is none at all.
func TestLimitsAreMoreThanNothing(t *testing.T) {
	bounds := newBounds()
	command := &cobra.Command{Use: "serve"}
	bounds.addTo(command)
	command.Flags().VisitAll(func(flag *pflag.Flag) {
		for _, text := range []string{"0", "0s", "-1", "-1s", "", "x"} {
			if err := flag.Value.Set(text); err == nil {
				t.Errorf("--%s takes %q", flag.Name, text)
			}
		}
	})
}
