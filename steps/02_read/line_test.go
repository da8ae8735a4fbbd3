package read_test

import (
	"errors"
	"io"
	"testing"

	read "barewire/steps/02_read"
	"barewire/steps/refuse"
)

func TestLine(t *testing.T) {
	tests := []struct {
		name  string
		in    string
		limit int
		want  string
		taken string
	}{
		{"a line", "GET /\r\n", 100, taken, "GET /\r\n"},
		{"an empty line", "\r\n", 100, taken, "\r\n"},
		{"only the first of two", "a\r\nb\r\n", 100, taken, "a\r\n"},
		{"as long as it may be", "GET /\r\n", 7, taken, "GET /\r\n"},
		{"one byte longer", "GET /\r\n", 6, read.ErrTooLong.Error(), "GET /\r"},
		{"no room at all", "\r\n", 0, read.ErrTooLong.Error(), ""},
		{"bare LF", "GET /\n", 100, refuse.BadRequest, "GET /\n"},
		{"LF alone", "\n", 100, refuse.BadRequest, "\n"},
		{"CR inside", "a\rb\r\n", 100, refuse.BadRequest, "a\rb\r\n"},
		{"NUL inside", "a\x00b\r\n", 100, refuse.BadRequest, "a\x00b\r\n"},
	}
	for _, test := range tests {
		for _, way := range ways {
			t.Run(test.name+"/"+way.name, func(t *testing.T) {
				r := way.reader(test.in + way.behind)
				got, err := read.Line(r, test.limit, []byte("before "))
				if verdict(err) != test.want || string(got) != "before "+test.taken {
					t.Errorf("Line(%q, %d) = %q, %v, want %q, %s", test.in, test.limit, got, err, "before "+test.taken, test.want)
				}
				checkLeftover(t, r, test.in[len(test.taken):]+way.behind)
			})
		}
	}
}

func TestLineThatEnds(t *testing.T) {
	for _, in := range []string{"", "a", "a\r"} {
		for _, way := range ways[:2] {
			got, err := read.Line(way.reader(in), 100, nil)
			if !errors.Is(err, io.EOF) || string(got) != in {
				t.Errorf("%s: Line(%q) = %q, %v, want %q, %v", way.name, in, got, err, in, io.EOF)
			}
		}
	}
}
