package body_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	body "barewire/steps/05_body"
	"barewire/steps/refuse"
)

// leftover is what may lie behind a body: the next request, or rubbish.
const leftover = "GET /next HTTP/1.1\r\n\r\n0\r\n\r\n\x00"

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
	{"the last bytes and the end together", "", func(in string) *bufio.Reader {
		return bufio.NewReaderSize(iotest.DataErrReader(strings.NewReader(in)), 16)
	}},
	{"with bytes behind it", leftover, whole},
	{"through a small buffer", leftover, func(in string) *bufio.Reader {
		return bufio.NewReaderSize(strings.NewReader(in), 16)
	}},
}

func whole(in string) *bufio.Reader { return bufio.NewReader(strings.NewReader(in)) }

// means are the ways to read a body to its end. Each returns the content and
// what broke it, nil if nothing did.
var means = []struct {
	name string
	read func(input *body.Reader) ([]byte, error)
}{
	{"ReadAll", func(input *body.Reader) ([]byte, error) { return readAll(input) }},
	{"Read(1)", byRead(1)},
	{"Read(2)", byRead(2)},
	{"Read(7)", byRead(7)},
	{"Read(64)", byRead(64)},
	{"ReadLine(1)", byReadLine(1)},
	{"ReadLine(3)", byReadLine(3)},
	{"ReadLine(1000)", byReadLine(1000)},
	{"Lines", func(input *body.Reader) (content []byte, err error) {
		rounds := 0
		for line, err := range input.Lines {
			content = append(content, line...)
			if rounds++; err == nil && rounds > enough {
				err = errEndless
			}
			if err != nil {
				return content, err
			}
		}
		return content, nil
	}},
}

// enough is how often any of these asks: far more often than a body here has
// bytes. A reader that has not come to its end by then never will.
const enough = 1000

var errEndless = fmt.Errorf("no end after %d reads", enough)

// patient reads on, but not for ever.
type patient struct {
	input  io.Reader
	rounds int
}

func (p *patient) Read(buffer []byte) (int, error) {
	if p.rounds++; p.rounds > enough {
		return 0, errEndless
	}
	return p.input.Read(buffer)
}

// readAll is io.ReadAll for a body that may never end.
func readAll(input io.Reader) ([]byte, error) { return io.ReadAll(&patient{input: input}) }

func byRead(size int) func(*body.Reader) ([]byte, error) {
	return func(input *body.Reader) (content []byte, err error) {
		r := &patient{input: input}
		for err == nil {
			n, buffer := 0, make([]byte, size)
			n, err = r.Read(buffer)
			content = append(content, buffer[:n]...)
		}
		return content, unlessEOF(err)
	}
}

func byReadLine(size int) func(*body.Reader) ([]byte, error) {
	return func(input *body.Reader) (content []byte, err error) {
		for rounds := 0; err == nil; rounds++ {
			if rounds == enough {
				return content, errEndless
			}
			var line []byte
			line, err = input.ReadLine(size)
			content = append(content, line...)
		}
		return content, unlessEOF(err)
	}
}

func unlessEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// bodyTest is one body, to be read by all means, in whichever way it arrives.
type bodyTest struct {
	name    string
	in      string
	content string // what can be read of it
	want    string // the verdict in the end
}

// run reads the body whichever way it arrives, by all means.
func (test bodyTest) run(t *testing.T, framing body.Framing) {
	for _, way := range ways {
		for _, by := range means {
			t.Run(test.name+"/"+way.name+"/"+by.name, func(t *testing.T) {
				r := way.reader(test.in + way.behind)
				input := body.NewReader(r, nil, framing, limits)
				content, err := by.read(input)
				if string(content) != test.content || verdict(err) != test.want {
					t.Fatalf("reading %q gives %q, %v, want %q, %s", test.in, content, err, test.content, test.want)
				}
				if input.Err() != err {
					t.Errorf("after reading %q, Err() = %v, want %v", test.in, input.Err(), err)
				}
				if n, again := input.Read(make([]byte, 1)); n != 0 || unlessEOF(again) != err || again == nil {
					t.Errorf("after reading %q, Read = %d, %v, want the same end again", test.in, n, again)
				}
				if err != nil {
					return // nobody knows what lies behind
				}
				if input.Left() != 0 {
					t.Errorf("after reading %q, Left() = %d, want 0", test.in, input.Left())
				}
				if got, err := io.ReadAll(r); err != nil || string(got) != way.behind {
					t.Errorf("after reading %q, %q, %v is left in the reader, want %q", test.in, got, err, way.behind)
				}
			})
		}
	}
}

func TestReadLength(t *testing.T) {
	for _, content := range []string{
		"",
		"x",
		"\n",
		"name=ada",
		"one\ntwo\n",
		"one\n\ntwo\r\nthree",
		"\x00\xff\r\n\r\n",
		strings.Repeat("x", 63) + "\n" + strings.Repeat("y", 36),
	} {
		test := bodyTest{fmt.Sprintf("%d bytes", len(content)), content, content, noError}
		test.run(t, body.Framing{Length: int64(len(content))})
	}
}

// A body that breaks off, with the error that the connection gives then.
func TestReadThatEnds(t *testing.T) {
	timeout := &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}
	reset := &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	framings := []struct {
		framing body.Framing
		in      string
		content string
		left    int64
	}{
		{body.Framing{Length: 5}, "", "", 5},
		{body.Framing{Length: 5}, "one", "one", 2},
		{body.Framing{Length: 5}, "one\n", "one\n", 1},
		{body.Framing{Chunked: true}, "", "", -1},
		{body.Framing{Chunked: true}, "5", "", -1},
		{body.Framing{Chunked: true}, "5\r", "", -1},
		{body.Framing{Chunked: true}, "5\r\n", "", -1},
		{body.Framing{Chunked: true}, "5\r\none", "one", -1},
		{body.Framing{Chunked: true}, "3\r\none", "one", -1},
		{body.Framing{Chunked: true}, "3\r\none\r", "one", -1},
		{body.Framing{Chunked: true}, "3\r\none\r\n", "one", -1},
		{body.Framing{Chunked: true}, "3\r\none\r\n0\r\n", "one", -1},
		{body.Framing{Chunked: true}, "3\r\none\r\n0\r\nX: 1\r\n", "one", -1},
		{body.Framing{Chunked: true}, "3\r\none\r\n0\r\n\r", "one", -1},
	}
	ends := []struct {
		err  error
		want string
	}{
		{io.EOF, refuse.BadRequest},
		{timeout, refuse.RequestTimeout},
		{reset, reset.Error()},
	}
	for _, test := range framings {
		for _, end := range ends {
			for _, by := range means {
				r := bufio.NewReader(io.MultiReader(strings.NewReader(test.in), iotest.ErrReader(end.err)))
				input := body.NewReader(r, nil, test.framing, limits)
				content, err := by.read(input)
				if string(content) != test.content || verdict(err) != end.want {
					t.Errorf("%s of %q, then %v, gives %q, %v, want %q, %s", by.name, test.in, end.err, content, err, test.content, end.want)
				}
				if input.Left() != test.left {
					t.Errorf("after %s of %q, then %v, Left() = %d, want %d", by.name, test.in, end.err, input.Left(), test.left)
				}
			}
		}
	}
}

// The testing package's own judge of an io.Reader.
func TestReaderIsAnIOReader(t *testing.T) {
	content := strings.Repeat("x", 99)
	for _, test := range []struct {
		name  string
		input *body.Reader
	}{
		{"a length", body.NewReader(whole(content+leftover), nil, body.Framing{Length: 99}, limits)},
		{"chunks", body.NewReader(whole("32\r\n"+content[:50]+"\r\n31\r\n"+content[50:]+"\r\n0\r\n\r\n"+leftover), nil, body.Framing{Chunked: true}, limits)},
	} {
		if err := iotest.TestReader(&patient{input: test.input}, []byte(content)); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestReadLine(t *testing.T) {
	const content = "one\n\ntwo three\r\nfour"
	for _, test := range []struct {
		name string
		open func() *body.Reader
	}{
		{"a length", func() *body.Reader {
			return body.NewReader(whole(content+leftover), nil, body.Framing{Length: int64(len(content))}, limits)
		}},
		{"chunks that end inside lines", func() *body.Reader {
			return body.NewReader(whole("2\r\non\r\n8\r\ne\n\ntwo t\r\n6\r\nhree\r\n\r\n4\r\nfour\r\n0\r\n\r\n"+leftover), nil, body.Framing{Chunked: true}, limits)
		}},
	} {
		for _, lines := range []struct {
			max  int
			want string
		}{
			{100, "one\n|\n|two three\r\n|four"},
			{4, "one\n|\n|two |thre|e\r\n|four"},
			{3, "one|\n|\n|two| th|ree|\r\n|fou|r"},
			{1, "o|n|e|\n|\n|t|w|o| |t|h|r|e|e|\r|\n|f|o|u|r"},
		} {
			input, read := test.open(), []string(nil)
			line, err := input.ReadLine(lines.max)
			for ; err == nil && len(read) < enough; line, err = input.ReadLine(lines.max) {
				read = append(read, string(line))
			}
			if got := strings.Join(read, "|"); got != lines.want || err != io.EOF || len(line) != 0 {
				t.Errorf("%s: ReadLine(%d) gives %.100q, and %q, %v in the end, want %q and %v", test.name, lines.max, got, line, err, lines.want, io.EOF)
			}
		}
	}
}

// Who asks for nothing gets nothing, and no end either.
func TestReadNothing(t *testing.T) {
	input := body.NewReader(whole("one"), nil, body.Framing{Length: 3}, limits)
	if n, err := input.Read(nil); n != 0 || err != nil {
		t.Errorf("Read(nothing) = %d, %v, want 0 and no error", n, err)
	}
	if line, err := input.ReadLine(0); len(line) != 0 || err != nil {
		t.Errorf("ReadLine(0) = %q, %v, want nothing and no error", line, err)
	}
	if input.Left() != 3 {
		t.Errorf("Left() = %d, want 3", input.Left())
	}
}

func TestLines(t *testing.T) {
	input := body.NewReader(whole("one\ntwo\nthree"), nil, body.Framing{Length: 13}, limits)
	for line, err := range input.Lines {
		if string(line) != "one\n" || err != nil {
			t.Errorf("the first line is %q, %v, want %q", line, err, "one\n")
		}
		break
	}
	if input.Left() != 9 {
		t.Errorf("after one line, Left() = %d, want 9", input.Left())
	}
	var rest []string
	for line, err := range input.Lines {
		if rest = append(rest, string(line)); err != nil || len(rest) > enough {
			t.Fatalf("after %d lines, the rest breaks with %v, or does not end", len(rest), err)
		}
	}
	if got, want := strings.Join(rest, "|"), "two\n|three"; got != want {
		t.Errorf("the rest is %q, want %q", got, want)
	}
}

func TestLinesYieldsAnErrorOnceAndLast(t *testing.T) {
	input := body.NewReader(whole("one\ntw"), nil, body.Framing{Length: 9}, limits)
	var got []string
	for line, err := range input.Lines {
		if got = append(got, string(line)+verdict(err)); len(got) > enough {
			t.Fatal("Lines goes on and on")
		}
	}
	if want := "one\n" + noError + "|tw" + refuse.BadRequest; strings.Join(got, "|") != want {
		t.Errorf("Lines yields %q, want %q", strings.Join(got, "|"), want)
	}
}

// A body without line ends may not fill the memory.
func TestLinesAreBounded(t *testing.T) {
	content := bytes.Repeat([]byte("x"), 200_000)
	framing := body.Framing{Length: int64(len(content))}
	input := body.NewReader(bufio.NewReader(bytes.NewReader(content)), nil, framing, body.Limits{Bytes: framing.Length})
	var lengths []int
	for line, err := range input.Lines {
		if err != nil {
			t.Fatal(err)
		}
		if lengths = append(lengths, len(line)); len(lengths) > enough {
			t.Fatal("Lines goes on and on")
		}
	}
	if got, want := fmt.Sprint(lengths), "[65536 65536 65536 3392]"; got != want {
		t.Errorf("Lines yields lines of %s bytes, want %s", got, want)
	}
}

func TestLeft(t *testing.T) {
	input := body.NewReader(whole("name=ada"), nil, body.Framing{Length: 8}, limits)
	for _, want := range []int64{8, 5, 2, 0, 0} {
		if got := input.Left(); got != want {
			t.Errorf("Left() = %d, want %d", got, want)
		}
		_, _ = input.Read(make([]byte, 3))
	}
	input = body.NewReader(whole("5\r\nhello\r\n0\r\n\r\n"), nil, body.Framing{Chunked: true}, limits)
	for _, want := range []int64{-1, -1, -1, 0} {
		if got := input.Left(); got != want {
			t.Errorf("Left() of chunks = %d, want %d", got, want)
		}
		_, _ = input.Read(make([]byte, 3))
	}
}

const interim = "HTTP/1.1 100 Continue\r\n\r\n"

// A patientClient sends its body when it has got 100 Continue, and not before.
type patientClient struct {
	t    *testing.T
	got  bytes.Buffer
	body io.Reader
}

func (c *patientClient) Write(p []byte) (int, error) { return c.got.Write(p) }

func (c *patientClient) Read(p []byte) (int, error) {
	if c.got.String() != interim {
		c.t.Errorf("when the server waits for the body, the client got %q, want %q", c.got.String(), interim)
	}
	return c.body.Read(p)
}

func TestContinueIsSentWhenTheBodyIsFirstRead(t *testing.T) {
	for _, test := range []struct {
		in      string
		framing body.Framing
	}{
		{"name=ada", body.Framing{Length: 8, Continue: true}},
		{"8\r\nname=ada\r\n0\r\n\r\n", body.Framing{Chunked: true, Continue: true}},
	} {
		for _, by := range means {
			client := &patientClient{t: t, body: strings.NewReader(test.in)}
			input := body.NewReader(bufio.NewReader(client), client, test.framing, limits)
			if !input.Waiting() || client.got.Len() != 0 {
				t.Errorf("before %s: Waiting() = %v and the client got %q, want true and nothing", by.name, input.Waiting(), client.got.String())
			}
			content, err := by.read(input)
			if string(content) != "name=ada" || err != nil {
				t.Errorf("%s gives %q, %v, want %q", by.name, content, err, "name=ada")
			}
			input.Answered() // too late to mean anything
			if input.Waiting() || input.Err() != nil || client.got.String() != interim {
				t.Errorf("after %s: Waiting() = %v, Err() = %v and the client got %q, want false, no error and %q once",
					by.name, input.Waiting(), input.Err(), client.got.String(), interim)
			}
		}
	}
}

func TestContinueIsNotSent(t *testing.T) {
	tests := []struct {
		name     string
		framing  body.Framing
		buffered bool // a part of the body is there already
	}{
		{"nobody waits for it", body.Framing{Length: 8}, false},
		{"the client did not wait", body.Framing{Length: 8, Continue: true}, true},
	}
	for _, test := range tests {
		for _, by := range means {
			var sent bytes.Buffer
			r := whole("name=ada")
			if test.buffered {
				_, _ = r.Peek(1)
			}
			content, err := by.read(body.NewReader(r, &sent, test.framing, limits))
			if string(content) != "name=ada" || err != nil || sent.Len() != 0 {
				t.Errorf("%s: %s gives %q, %v and sends %q, want %q and nothing sent", test.name, by.name, content, err, sent.String(), "name=ada")
			}
		}
	}
}

// The answer went out before the body was asked for: the client will not send
// it any more, and whoever reads must not wait for it.
func TestAnswered(t *testing.T) {
	for _, framing := range []body.Framing{{Length: 8, Continue: true}, {Chunked: true, Continue: true}} {
		for _, by := range means {
			client := &patientClient{t: t, body: strings.NewReader("")}
			input := body.NewReader(bufio.NewReader(client), client, framing, limits)
			input.Answered()
			if input.Waiting() || input.Left() == 0 {
				t.Errorf("after Answered: Waiting() = %v and Left() = %d, want false and not 0", input.Waiting(), input.Left())
			}
			content, err := by.read(input)
			if len(content) != 0 || err == nil || input.Err() != err || client.got.Len() != 0 {
				t.Errorf("after Answered, %s gives %q, %v and sends %q, want an error, which Err() tells too, and nothing sent",
					by.name, content, err, client.got.String())
			}
		}
	}
}

// This client did not wait, so its body is there, whoever answered first.
func TestAnsweredBehindABodyThatIsThere(t *testing.T) {
	r := bufio.NewReader(strings.NewReader("hello"))
	if _, err := r.Peek(1); err != nil {
		t.Fatal(err)
	}
	input := body.NewReader(r, io.Discard, body.Framing{Length: 5, Continue: true}, limits)
	input.Answered()
	if content, err := readAll(input); string(content) != "hello" || err != nil {
		t.Errorf("after Answered, ReadAll = %q, %v, want %q", content, err, "hello")
	}
}

func TestAnsweredChangesNothingForOthers(t *testing.T) {
	input := body.NewReader(whole("name=ada"), nil, body.Framing{Length: 8}, limits)
	input.Answered()
	if content, err := readAll(input); string(content) != "name=ada" || err != nil {
		t.Errorf("after Answered, ReadAll = %q, %v, want %q", content, err, "name=ada")
	}
}

func TestContinueToAClientThatLeft(t *testing.T) {
	server, client := net.Pipe()
	_ = client.Close()
	input := body.NewReader(bufio.NewReader(server), server, body.Framing{Length: 8, Continue: true}, limits)
	for range 2 {
		if n, err := input.Read(make([]byte, 8)); n != 0 || !errors.Is(err, io.ErrClosedPipe) || input.Err() != err {
			t.Errorf("Read = %d, %v, and Err() = %v, want %v", n, err, input.Err(), io.ErrClosedPipe)
		}
	}
}
