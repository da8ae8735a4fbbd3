package read_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	read "barewire/steps/02_read"
	"barewire/steps/refuse"
)

// What verdict says of an answer that is no refusal.
const (
	taken = "taken"
	quiet = "a quiet end"
	left  = "the client left"
)

// verdict puts an error into a word: the status, if it is a refusal.
func verdict(err error) string {
	var refusal *refuse.Error
	switch {
	case err == nil:
		return taken
	case errors.As(err, &refusal):
		return refusal.Status
	case err == io.EOF:
		return quiet
	case errors.Is(err, io.ErrUnexpectedEOF):
		return left
	}
	return err.Error()
}

// leftover is what may lie behind a head: a body, or the next request.
const leftover = "name=ada\n\nGET /next HTTP/1.1\r\n\r\n\x00"

// ways are the ways in which the same bytes can arrive. Nothing that a step
// says may depend on them.
var ways = []struct {
	name   string
	behind string
	reader func(in string) *bufio.Reader
}{
	{"whole", "", whole},
	{"one byte at a time", "", func(in string) *bufio.Reader {
		return bufio.NewReader(iotest.OneByteReader(strings.NewReader(in)))
	}},
	{"with bytes behind it", leftover, whole},
	{"through a small buffer", leftover, func(in string) *bufio.Reader {
		return bufio.NewReaderSize(strings.NewReader(in), 16)
	}},
}

func whole(in string) *bufio.Reader { return bufio.NewReader(strings.NewReader(in)) }

var roomy = read.Limits{Line: 8192, Lines: 100, Bytes: 65536}

func TestHead(t *testing.T) {
	tests := []struct {
		name string
		in   string
		want string
	}{
		// A head ends with its empty line.
		{"a request line alone", "GET / HTTP/1.1\r\n\r\n", taken},
		{"one field", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", taken},
		{"more fields", "GET / HTTP/1.1\r\nHost: h\r\nAccept: */*\r\nX: 1\r\n\r\n", taken},
		{"lines without meaning are for the next steps", "BAD\r\n: \t\r\n  x\r\n\r\n", taken},
		{"bytes from 0x80", "GET /\xff\xc3\xa4 HTTP/1.1\r\n\r\n", taken},
		{"control bytes but NUL, CR and LF", "\x01\t\x1b\x7f\r\n\r\n", taken},
		{"a line of 8,000 bytes", "GET /" + strings.Repeat("x", 8000-len("GET / HTTP/1.1\r\n")) + " HTTP/1.1\r\n\r\n", taken},

		// Some old clients end a body with one CRLF too many.
		{"one empty line first", "\r\nGET / HTTP/1.1\r\n\r\n", taken},
		{"two empty lines first", "\r\n\r\n", refuse.BadRequest},
		{"two empty lines and then a request", "\r\n\r\nGET / HTTP/1.1\r\n\r\n", refuse.BadRequest},

		// A line ends with CRLF, nothing else.
		{"bare LF after the request line", "GET / HTTP/1.1\n", refuse.BadRequest},
		{"bare LF after a field", "GET / HTTP/1.1\r\nHost: h\n", refuse.BadRequest},
		{"bare LF as the empty line", "GET / HTTP/1.1\r\nHost: h\r\n\n", refuse.BadRequest},
		{"bare LF as the first empty line", "\n", refuse.BadRequest},
		{"bare CR in the request line", "GET /\rx HTTP/1.1\r\n", refuse.BadRequest},
		{"bare CR in a field", "GET / HTTP/1.1\r\nX: a\rb\r\n", refuse.BadRequest},
		{"two CRs at the end", "GET / HTTP/1.1\r\r\n", refuse.BadRequest},
		{"a CR alone in a line", "\r\r\n", refuse.BadRequest},
		{"NUL as the first byte", "\x00GET / HTTP/1.1\r\n", refuse.BadRequest},
		{"NUL in the request line", "GET /\x00 HTTP/1.1\r\n", refuse.BadRequest},
		{"NUL in a field", "GET / HTTP/1.1\r\nX: \x00\r\n", refuse.BadRequest},
	}
	for _, test := range tests {
		for _, way := range ways {
			t.Run(test.name+"/"+way.name, func(t *testing.T) {
				r := way.reader(test.in + way.behind)
				head, err := read.Head(r, roomy, nil)
				if got := verdict(err); got != test.want {
					t.Fatalf("Head(%q) = %v, want %s", test.in, err, test.want)
				}
				sent := strings.TrimPrefix(test.in, "\r\n") // an empty line in front is dropped
				if !strings.HasPrefix(sent, string(head)) || test.want == taken && string(head) != sent {
					t.Fatalf("Head(%q) took %q, want %q", test.in, head, sent)
				}
				checkLeftover(t, r, sent[len(head):]+way.behind)
			})
		}
	}
}

// checkLeftover makes sure that what was behind is still there, to the byte.
func checkLeftover(t *testing.T, r *bufio.Reader, want string) {
	t.Helper()
	if got, err := io.ReadAll(r); err != nil || string(got) != want {
		t.Errorf("%q, %v is left in the reader, want %q", got, err, want)
	}
}

func TestHeadThatEnds(t *testing.T) {
	timeout := &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}
	reset := &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	tests := []struct {
		name string
		in   string
		end  error
		want string
	}{
		{"EOF before the first byte", "", io.EOF, quiet},
		{"EOF after an empty line", "\r\n", io.EOF, quiet},
		{"EOF inside the first empty line", "\r", io.EOF, left},
		{"EOF inside the request line", "GET /", io.EOF, left},
		{"EOF after the request line", "GET / HTTP/1.1\r\n", io.EOF, left},
		{"EOF inside a field", "GET / HTTP/1.1\r\nHost", io.EOF, left},
		{"EOF inside a CRLF", "GET / HTTP/1.1\r\nHost: h\r", io.EOF, left},
		{"EOF inside the empty line", "GET / HTTP/1.1\r\nHost: h\r\n\r", io.EOF, left},
		{"silence before the first byte", "", timeout, quiet},
		{"silence after an empty line", "\r\n", timeout, quiet},
		{"silence inside the request line", "GET /", timeout, refuse.RequestTimeout},
		{"silence inside the fields", "GET / HTTP/1.1\r\nHost: h\r\n", timeout, refuse.RequestTimeout},
		{"a reset before the first byte", "", reset, reset.Error()},
		{"a reset inside the head", "GET /", reset, reset.Error()},
	}
	for _, test := range tests {
		for _, way := range ways[:2] { // there is nothing behind an end
			t.Run(test.name+"/"+way.name, func(t *testing.T) {
				r := bufio.NewReader(io.MultiReader(way.reader(test.in), iotest.ErrReader(test.end)))
				head, err := read.Head(r, roomy, nil)
				if got := verdict(err); got != test.want {
					t.Errorf("Head(%q, then %v) = %v, want %s", test.in, test.end, err, test.want)
				}
				if want := strings.TrimPrefix(test.in, "\r\n"); string(head) != want {
					t.Errorf("Head(%q, then %v) took %q, want %q", test.in, test.end, head, want)
				}
			})
		}
	}
}

// The first row just fits. Each of the others is short of one byte or one line.
func TestHeadLimits(t *testing.T) {
	// Lines of 16, 9, 17 and 2 bytes: 44.
	const head = "GET / HTTP/1.1\r\nHost: h\r\nX: a long value\r\n\r\n"
	tests := []struct {
		name   string
		limits read.Limits
		want   string
		taken  string
	}{
		{"all fits exactly", read.Limits{Line: 17, Lines: 4, Bytes: 44}, taken, head},
		{"the request line is too long", read.Limits{Line: 15, Lines: 4, Bytes: 44}, refuse.URITooLong, "GET / HTTP/1.1\r"},
		{"a field is too long", read.Limits{Line: 16, Lines: 4, Bytes: 44}, refuse.HeadTooLarge, "GET / HTTP/1.1\r\nHost: h\r\nX: a long value\r"},
		{"the bytes end inside the request line", read.Limits{Line: 17, Lines: 4, Bytes: 15}, refuse.URITooLong, "GET / HTTP/1.1\r"},
		{"the bytes end behind the request line", read.Limits{Line: 17, Lines: 4, Bytes: 16}, refuse.HeadTooLarge, "GET / HTTP/1.1\r\n"},
		{"the bytes end inside a field", read.Limits{Line: 17, Lines: 4, Bytes: 20}, refuse.HeadTooLarge, "GET / HTTP/1.1\r\nHost"},
		{"the bytes end inside the empty line", read.Limits{Line: 17, Lines: 4, Bytes: 43}, refuse.HeadTooLarge, head[:43]},
		{"too many lines", read.Limits{Line: 17, Lines: 3, Bytes: 44}, refuse.HeadTooLarge, head[:42]},
		{"far too many lines", read.Limits{Line: 17, Lines: 1, Bytes: 44}, refuse.HeadTooLarge, "GET / HTTP/1.1\r\n"},
	}
	for _, test := range tests {
		for _, way := range ways {
			for _, before := range []string{"", "\r\n"} { // which does not count
				t.Run(fmt.Sprintf("%s/%s/%q before", test.name, way.name, before), func(t *testing.T) {
					r := way.reader(before + head + way.behind)
					got, err := read.Head(r, test.limits, nil)
					if verdict(err) != test.want || string(got) != test.taken {
						t.Errorf("Head(%q, %+v) = %q, %v, want %q, %s", before+head, test.limits, got, err, test.taken, test.want)
					}
					checkLeftover(t, r, head[len(got):]+way.behind)
				})
			}
		}
	}
}

// A head that never ends is refused when it is over the limit, not when it ends.
func TestHeadOfAClientThatNeverStops(t *testing.T) {
	for _, test := range []struct{ name, in string }{
		{"one long line", "x"},
		{"short lines", "X: 1\r\n"},
		{"long lines", strings.Repeat("x", 8000) + "\r\n"},
	} {
		client := &endless{text: test.in}
		head, err := read.Head(bufio.NewReader(client), roomy, nil)
		if client.said >= enough {
			t.Errorf("%s: Head read %d bytes and went on, want it to stop at its limits", test.name, client.said)
			continue
		}
		if got := verdict(err); got != refuse.URITooLong && got != refuse.HeadTooLarge {
			t.Errorf("%s: Head = %v, want %s or %s", test.name, err, refuse.URITooLong, refuse.HeadTooLarge)
		}
		if len(head) > roomy.Bytes {
			t.Errorf("%s: Head took %d bytes, want at most %d", test.name, len(head), roomy.Bytes)
		}
	}
}

// enough is far more than any head should take.
const enough = 1 << 24

// An endless client says the same over and over.
type endless struct {
	text string
	said int
}

func (c *endless) Read(p []byte) (int, error) {
	if c.said >= enough {
		return 0, io.EOF // or the test would not end
	}
	n := copy(p, c.text[c.said%len(c.text):])
	c.said += n
	return n, nil
}

// Requests that were sent without waiting lie behind one another.
func TestHeadsInARow(t *testing.T) {
	heads := []string{"GET /1 HTTP/1.1\r\n\r\n", "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n", "GET /3 HTTP/1.1\r\n\r\n"}
	for _, way := range ways {
		r := way.reader(strings.Join(heads, "") + way.behind)
		for _, want := range heads {
			if got, err := read.Head(r, roomy, nil); err != nil || string(got) != want {
				t.Errorf("%s: Head = %q, %v, want %q", way.name, got, err, want)
			}
		}
		checkLeftover(t, r, way.behind)
	}
}

func TestHeadUsesTheMemoryItIsGiven(t *testing.T) {
	buf := make([]byte, 0, 100)
	head, err := read.Head(whole("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"), roomy, buf)
	if err != nil || len(head) == 0 || &head[0] != &buf[:1][0] {
		t.Errorf("Head = %q, %v, want a head that lies in the given memory", head, err)
	}
}

func TestHeadRefusalsShowTheLine(t *testing.T) {
	tests := []struct {
		in     string
		limits read.Limits
		want   string
	}{
		{"GET / HTTP/1.1\r\nHost: h\n", roomy, "Host: h\n"},
		{"GET / HTTP/1.1\r\nX: a\rb\r\n", roomy, "X: a\rb\r\n"},
		{"GET / HTTP/1.1\r\nX: a\x00b\r\n", roomy, "X: a\x00b\r\n"},
		{"GET /much/too/long HTTP/1.1\r\n", read.Limits{Line: 10, Lines: 9, Bytes: 99}, "GET /much/"},
		{"GET / HTTP/1.1\r\nX: much too long\r\n", read.Limits{Line: 16, Lines: 9, Bytes: 99}, "X: much too long"},
	}
	for _, test := range tests {
		_, err := read.Head(whole(test.in), test.limits, nil)
		var refusal *refuse.Error
		if !errors.As(err, &refusal) || refusal.Got != test.want || refusal.Rule == "" || !strings.HasPrefix(refusal.Section, "RFC ") {
			t.Errorf("Head(%q) = %v, want a rule, an RFC section and the bytes %q", test.in, err, test.want)
		}
	}
}
