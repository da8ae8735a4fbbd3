package keepalive_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	keepalive "barewire/steps/10_keepalive"
)

// bound is how much of an unread body is worth reading.
const bound = 256 << 10

var limits = body.Limits{Bytes: 1 << 20, Line: 100, Trailer: 100}

// parse reads header lines.
func parse(t *testing.T, lines string) []headers.Field {
	t.Helper()
	fields, err := headers.Parse([]byte(lines), nil)
	if err != nil {
		t.Fatal(err)
	}
	return fields
}

// open returns the Reader of a body that these lines announce.
func open(t *testing.T, lines string, r *bufio.Reader, w io.Writer) *body.Reader {
	t.Helper()
	framing, err := body.Frame("HTTP/1.1", parse(t, lines), limits)
	if err != nil {
		t.Fatal(err)
	}
	return body.NewReader(r, w, framing, limits)
}

// use reads n bytes of a body, as an application does that then has enough.
func use(input io.Reader, n int) {
	_, _ = io.ReadFull(input, make([]byte, n))
}

func TestPersistFields(t *testing.T) {
	tests := []struct {
		name, version, lines string
		want                 bool
	}{
		{"1.1, nothing said", "HTTP/1.1", "", true},
		{"1.1, close", "HTTP/1.1", "Connection: close\r\n", false},
		{"1.1, keep-alive", "HTTP/1.1", "Connection: keep-alive\r\n", true},
		{"1.1, something else", "HTTP/1.1", "Connection: x-foo\r\n", true},
		{"1.1, close with a long s", "HTTP/1.1", "Connection: clo\u017fe\r\n", true},
		{"1.0, keep-alive with the Kelvin sign", "HTTP/1.0", "Connection: \u212aeep-alive\r\n", false},
		{"1.1, close last of a list", "HTTP/1.1", "Connection: x-foo, close\r\n", false},
		{"1.1, close first of a list", "HTTP/1.1", "Connection: close, x-foo\r\n", false},
		{"1.1, a list without spaces", "HTTP/1.1", "Connection: x-foo,close\r\n", false},
		{"1.1, a list with tabs and holes", "HTTP/1.1", "Connection: ,\t,\tclose\t,\r\n", false},
		{"1.1, close in a second field", "HTTP/1.1", "Connection: x-foo\r\nHost: here\r\nConnection: close\r\n", false},
		{"1.1, close in a first field", "HTTP/1.1", "Connection: close\r\nConnection: keep-alive\r\n", false},
		{"1.1, both", "HTTP/1.1", "Connection: keep-alive, close\r\n", false},
		{"1.1, in other letters", "HTTP/1.1", "CONNECTION: Close\r\n", false},
		{"1.1, a word that only begins so", "HTTP/1.1", "Connection: closed\r\n", true},
		{"1.1, two words", "HTTP/1.1", "Connection: not close\r\n", true},
		{"1.1, an empty field", "HTTP/1.1", "Connection:\r\n", true},
		{"1.1, another field", "HTTP/1.1", "X-Connection: close\r\nProxy-Connection: close\r\n", true},
		{"1.0, nothing said", "HTTP/1.0", "", false},
		{"1.0, keep-alive", "HTTP/1.0", "Connection: keep-alive\r\n", true},
		{"1.0, close", "HTTP/1.0", "Connection: close\r\n", false},
		{"1.0, keep-alive in a list, in other letters", "HTTP/1.0", "connection: x-foo, Keep-Alive\r\n", true},
		{"1.0, keep-alive in a second field", "HTTP/1.0", "Connection: x-foo\r\nConnection: keep-alive\r\n", true},
		{"1.0, both", "HTTP/1.0", "Connection: keep-alive, close\r\n", false},
		{"1.0, a word that only begins so", "HTTP/1.0", "Connection: keep-alives\r\n", false},
		{"1.0, another field", "HTTP/1.0", "Keep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\n", false},
		{"a later HTTP/1 is 1.1", "HTTP/1.7", "", true},
		{"a later HTTP/1, close", "HTTP/1.7", "Connection: close\r\n", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			input := open(t, "", bufio.NewReader(strings.NewReader("")), nil)
			if got := keepalive.Persist(test.version, parse(t, test.lines), input); got != test.want {
				t.Errorf("Persist(%q, %+q) = %t, want %t", test.version, test.lines, got, test.want)
			}
		})
	}
}

// What of a body can be read in time, and surely, does not cost the connection.
func TestPersistBody(t *testing.T) {
	tests := []struct {
		name, lines string
		sent        string // of the body, by now
		used        int    // of the content, by the application
		want        bool
	}{
		{"none", "", "", 0, true},
		{"of length 0", "Content-Length: 0\r\n", "", 0, true},
		{"unread", "Content-Length: 5\r\n", "", 0, true},
		{"half read", "Content-Length: 5\r\n", "hel", 3, true},
		{"read to the end", "Content-Length: 5\r\n", "hello", 5, true},
		{"read beyond the end", "Content-Length: 5\r\n", "hello", 6, true},
		{"as much left as the bound", fmt.Sprintf("Content-Length: %d\r\n", bound), "", 0, true},
		{"one byte more", fmt.Sprintf("Content-Length: %d\r\n", bound+1), "", 0, false},
		{"one byte more, and that one read", fmt.Sprintf("Content-Length: %d\r\n", bound+1), "h", 1, true},
		{"broken off", "Content-Length: 5\r\n", "hel", 5, false},
		{"chunked, and nobody knows", "Transfer-Encoding: chunked\r\n", "", 0, true},
		{"chunked, read", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n", 6, true},
		{"chunked, broken off", "Transfer-Encoding: chunked\r\n", "5\r\nhel", 5, false},
		{"chunked, against the rules", "Transfer-Encoding: chunked\r\n", "5\r\nhello!", 6, false},
		{"chunked, too large", "Transfer-Encoding: chunked\r\n", "100001\r\n", 1, false},
		{"100 Continue not asked for", "Content-Length: 5\r\nExpect: 100-continue\r\n", "", 0, false},
		{"100 Continue not asked for, and not waited for", "Content-Length: 5\r\nExpect: 100-continue\r\n", "hello", 0, false},
		{"100 Continue asked for", "Content-Length: 5\r\nExpect: 100-continue\r\n", "hello", 1, true},
		{"100 Continue for no body", "Content-Length: 0\r\nExpect: 100-continue\r\n", "", 0, true},
	}
	for _, test := range tests {
		for _, version := range []string{"HTTP/1.0", "HTTP/1.1"} {
			t.Run(test.name+", "+version, func(t *testing.T) {
				input := open(t, test.lines, bufio.NewReader(strings.NewReader(test.sent)), io.Discard)
				use(input, test.used)
				fields := parse(t, test.lines+"Connection: keep-alive\r\n")
				if got := keepalive.Persist(version, fields, input); got != test.want {
					t.Errorf("Persist with %q, %d bytes of %q used = %t, want %t", test.lines, test.used, test.sent, got, test.want)
				}
			})
		}
	}
}

// Persist asks; only Next reads.
func TestPersistReadsNothing(t *testing.T) {
	r := bufio.NewReader(strings.NewReader("hello"))
	var continued bytes.Buffer
	input := open(t, "Content-Length: 5\r\nExpect: 100-continue\r\n", r, &continued)
	keepalive.Persist("HTTP/1.1", nil, input)
	if input.Left() != 5 || continued.Len() > 0 {
		t.Errorf("Persist read the body: %d bytes are left, and %q was sent", input.Left(), continued.String())
	}
}

func TestNext(t *testing.T) {
	const next = "GET /next HTTP/1.1\r\n"
	length, chunked := "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"
	large := strings.Repeat("x", bound)
	tests := []struct {
		name, lines, sent string
		used              int
		want              bool
	}{
		{"no body", "", "", 0, true},
		{"a body of length 0", "Content-Length: 0\r\n", "", 0, true},
		{"unread", length, "hello", 0, true},
		{"half read", length, "hello", 3, true},
		{"read, but the end not seen", length, "hello", 5, true},
		{"read to the end", length, "hello", 6, true},
		{"a line end in the body is the body's", length, "\r\n\r\nx", 1, true},
		{"as much as the bound", fmt.Sprintf("Content-Length: %d\r\n", bound), large, 0, true},
		{"as much as the bound, behind what was read", fmt.Sprintf("Content-Length: %d\r\n", bound+5), "hello" + large, 5, true},
		{"one byte more than the bound", fmt.Sprintf("Content-Length: %d\r\n", bound+1), large + "x", 0, false},

		{"chunked, unread", chunked, "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", 0, true},
		{"chunked, unread, with extensions and trailers", chunked, "5;a=b\r\nhello\r\n0;c\r\nX-Sum: 5\r\n\r\n", 0, true},
		{"chunked and empty", chunked, "0\r\n\r\n", 0, true},
		{"chunked, read within a chunk", chunked, "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", 1, true},
		{"chunked, read to the end of a chunk", chunked, "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", 3, true},
		{"chunked, read, but the last chunk not seen", chunked, "5\r\nhello\r\n0\r\n\r\n", 5, true},
		{"chunked, read to the end", chunked, "5\r\nhello\r\n0\r\n\r\n", 6, true},
		{"chunked, as much as the bound", chunked, "40000\r\n" + large + "\r\n0\r\n\r\n", 0, true},
		{"chunked, one byte more than the bound", chunked, "40001\r\n" + large + "x\r\n0\r\n\r\n", 0, false},
		{"chunked, against the rules", chunked, "5\r\nhello\r\nno size\r\n", 0, false},
		{"chunked, against the rules, as the application knows", chunked, "5\r\nhello\r\nno size\r\n", 6, false},
		{"chunked, too large", chunked, "100001\r\n", 0, false},
		{"chunked, too large, as the application knows", chunked, "100001\r\n", 1, false},
		{"chunked, a bad trailer, as the application knows", chunked, "0\r\nno field\r\n\r\n", 1, false},
	}
	ways := []struct {
		name string
		feed func(io.Reader) io.Reader
	}{
		{"whole", func(r io.Reader) io.Reader { return r }},
		{"byte by byte", iotest.OneByteReader},
	}
	for _, test := range tests {
		for _, way := range ways {
			t.Run(test.name+", "+way.name, func(t *testing.T) {
				r := bufio.NewReader(way.feed(strings.NewReader(test.sent + next)))
				input := open(t, test.lines, r, nil)
				use(input, test.used)
				if got := keepalive.Next(input); got != test.want {
					t.Errorf("Next with %q, %d bytes of %.60q used = %t, want %t", test.lines, test.used, test.sent, got, test.want)
				}
				if !test.want {
					return // the connection closes, and what is left on it with it
				}
				if left, err := io.ReadAll(r); string(left) != next || err != nil {
					t.Errorf("left on the connection is %.60q, %v, want the next request, %q", left, err, next)
				}
			})
		}
	}
}

// A body that breaks off takes the connection with it.
func TestNextBrokenOff(t *testing.T) {
	tests := []struct {
		name, lines, sent string
		used              int
	}{
		{"unread", "Content-Length: 5\r\n", "hel", 0},
		{"half read", "Content-Length: 5\r\n", "hel", 2},
		{"as the application knows", "Content-Length: 5\r\n", "hel", 5},
		{"chunked, in a chunk", "Transfer-Encoding: chunked\r\n", "5\r\nhel", 0},
		{"chunked, in a chunk, as the application knows", "Transfer-Encoding: chunked\r\n", "5\r\nhel", 5},
		{"chunked, between chunks", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n", 0},
		{"chunked, between chunks, as the application knows", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n", 6},
		{"chunked, before the very end", "Transfer-Encoding: chunked\r\n", "0\r\n", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			input := open(t, test.lines, bufio.NewReader(strings.NewReader(test.sent)), nil)
			use(input, test.used)
			if keepalive.Next(input) {
				t.Errorf("Next with %q, %d bytes of %q used = true, want false", test.lines, test.used, test.sent)
			}
		})
	}
}

// A client that waits for 100 Continue when the answer is out will not send
// its body. So nobody knows what comes next.
func TestNextWithoutContinue(t *testing.T) {
	var continued bytes.Buffer
	r := bufio.NewReader(strings.NewReader("GET /next HTTP/1.1\r\n"))
	input := open(t, "Content-Length: 5\r\nExpect: 100-continue\r\n", r, &continued)
	input.Answered()
	if keepalive.Next(input) {
		t.Error("Next = true, want false")
	}
	if continued.Len() > 0 {
		t.Errorf("%q was sent behind the answer", continued.String())
	}
}

// One byte behind the bound tells that there is more. No other is read.
func TestNextReadsOneByteMore(t *testing.T) {
	const behind = 1000
	input := open(t, fmt.Sprintf("Content-Length: %d\r\n", bound+behind), bufio.NewReader(strings.NewReader(strings.Repeat("x", bound+behind))), nil)
	if keepalive.Next(input) {
		t.Errorf("Next of a body of %d bytes = true, want false", bound+behind)
	}
	if read := bound + behind - input.Left(); read > bound+1 {
		t.Errorf("Next read %d bytes of it, want at most %d", read, bound+1)
	}
}

// Next does not read on and on.
func TestNextGivesUp(t *testing.T) {
	endless := strings.Repeat("1000\r\n"+strings.Repeat("x", 0x1000)+"\r\n", 1000)
	sent := strings.NewReader(endless)
	input := open(t, "Transfer-Encoding: chunked\r\n", bufio.NewReader(sent), nil)
	if keepalive.Next(input) {
		t.Error("Next of an endless body = true, want false")
	}
	if read := len(endless) - sent.Len(); read > bound+bound/4 {
		t.Errorf("Next read %d bytes, want about %d", read, bound)
	}
}
