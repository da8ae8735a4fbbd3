package read_test

import (
	"bufio"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	read "barewire/steps/02_read"
	"barewire/steps/refuse"
)

// aHead says in one line what a head is: perhaps an empty line in front, then
// lines with something in them, then an empty one.
var aHead = regexp.MustCompile(`^(?:\r\n)?((?:[^\r\n\x00]+\r\n)+\r\n)`)

// FuzzHead checks, for any bytes and any bounds, that what is taken is a head,
// that a head is taken, and that nothing depends on how the bytes arrive.
func FuzzHead(f *testing.F) {
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: h\r\n\r\nbody\r\n\r\n",
		"\r\nGET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n",
		"\r\n\r\n", "\r\n", "\r", "", "GET / HTTP/1.1\r\nHo",
		"GET / HTTP/1.1\nHost: h\n\n", "GET /\rx HTTP/1.1\r\n\r\n", "GET /\x00 HTTP/1.1\r\n\r\n",
	} {
		f.Add([]byte(seed), uint8(40), uint8(4), uint8(60))
		f.Add([]byte(seed), uint8(8), uint8(2), uint8(12))
	}
	f.Add([]byte("A\r\nB\r\nC\r\n\r\n"), uint8(40), uint8(3), uint8(60))
	f.Add([]byte("A\r\nB\r\nC\r\n\r\n"), uint8(40), uint8(2), uint8(60)) // a line too many
	f.Fuzz(func(t *testing.T, in []byte, line, lines, bytes uint8) {
		limits := read.Limits{Line: 2 + int(line), Lines: 1 + int(lines), Bytes: 2 + int(bytes)}
		head, left, err := takeHead(bufio.NewReader(strings.NewReader(string(in))), limits)
		what := verdict(err)

		want := ""
		if match := aHead.FindSubmatch(in); match != nil && within(string(match[1]), limits) {
			want = string(match[1])
		}
		if (err == nil) != (want != "") || err == nil && head != want {
			t.Fatalf("Head(%q, %+v) = %q, %v, want %q", in, limits, head, err, want)
		}
		if !strings.HasPrefix(strings.TrimPrefix(string(in), "\r\n"), head) || !strings.HasSuffix(string(in), head+left) {
			t.Errorf("Head(%q, %+v) = %q and leaves %q: a byte is lost", in, limits, head, left)
		}
		if len(head) > limits.Bytes {
			t.Errorf("Head(%q, %+v) takes %d bytes", in, limits, len(head))
		}
		var refusal *refuse.Error
		if errors.As(err, &refusal) && (refusal.Rule == "" || refusal.Section == "") {
			t.Errorf("Head(%q, %+v) refuses without a rule or its section: %v", in, limits, err)
		}

		for name, r := range map[string]io.Reader{
			"one byte at a time":          iotest.OneByteReader(strings.NewReader(string(in))),
			"the last bytes with the end": iotest.DataErrReader(strings.NewReader(string(in))),
		} {
			got, rest, err := takeHead(bufio.NewReaderSize(r, 16), limits)
			if got != head || rest != left || verdict(err) != what {
				t.Errorf("%s: Head(%q, %+v) = %q, %v and leaves %q, want %q, %s and %q", name, in, limits, got, err, rest, head, what, left)
			}
		}
	})
}

// takeHead takes a head, and returns what it leaves.
func takeHead(r *bufio.Reader, limits read.Limits) (head, left string, err error) {
	taken, err := read.Head(r, limits, nil)
	rest, _ := io.ReadAll(r) // of a reader in memory: cannot fail
	return string(taken), string(rest), err
}

// within tells whether a head keeps the bounds.
func within(head string, limits read.Limits) bool {
	for line := range strings.Lines(head) {
		if len(line) > limits.Line {
			return false
		}
	}
	return len(head) <= limits.Bytes && strings.Count(head, "\n") <= limits.Lines
}
