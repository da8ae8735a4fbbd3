package server_test

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	wsgi "barewire/steps/06_wsgi"
	response "barewire/steps/09_response"
)

// A behaviour is what an application does with one request, right or wrong. While it
// does so, it keeps account of what it has said.
type behaviour struct {
	reads    bool
	called   []string // what it does before it returns
	returned string   // which kind of body
	sent     []string // what it does while a stream is sent; the chunks of a list
	statuses []string // what it answers, call by call of start_response
	declared []int    // and the Content-Length there, -1 for none
	closes   string   // how Close ends
	file     string   // the name of a large one

	starts  int    // how often it called start_response
	written bool   // a chunk that is not empty was said
	said    string // the chunks that were not refused
	wrong   bool   // the last call of start_response broke a rule
	failed  bool   // it has failed altogether
	ended   bool   // its call did not end in a panic
	closed  int
	bodies  int // how many it returned, 0 or 1
}

// deeds are the things to do, the usual ones more often.
var deeds = []string{
	"say", "say", "say", "say", "say nothing", "say nothing",
	"start", "start again with a cause", "start again with a cause", "panic", "fail",
}

// drawBehaviour draws one. Most of them start, and many do nothing wrong.
func drawBehaviour(r *rapid.T) *behaviour {
	b := &behaviour{
		reads:    rapid.Bool().Draw(r, "reads"),
		called:   rapid.SliceOfN(rapid.SampledFrom(deeds), 0, 3).Draw(r, "called"),
		returned: rapid.SampledFrom([]string{"list", "list", "stream", "stream", "stream", "reader", "file", "nothing"}).Draw(r, "returned"),
		sent:     rapid.SliceOfN(rapid.SampledFrom(deeds), 0, 3).Draw(r, "sent"),
		statuses: rapid.SliceOfN(rapid.SampledFrom([]string{
			"200 OK", "200 OK", "404 Not Found", "503 Service Unavailable", "204 No Content", "205 Reset Content", "304 Not Modified",
		}), 7, 7).Draw(r, "statuses"),
		declared: rapid.SliceOfN(rapid.SampledFrom([]int{-1, -1, 0, 4, 8, 12, 20_000, 30_000}), 7, 7).Draw(r, "declared"),
		closes:   rapid.SampledFrom([]string{"well", "well", "with an error", "with a panic"}).Draw(r, "closes"),
	}
	switch rapid.SampledFrom([]string{"at once", "at once", "late", "maybe"}).Draw(r, "starts") {
	case "at once":
		b.called = append([]string{"start"}, b.called...)
	case "late":
		b.sent = append([]string{"start"}, b.sent...)
	}
	return b
}

// app is the application.
func (b *behaviour) app(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	if b.reads {
		_, _ = io.Copy(io.Discard, environ.Input())
	}
	var write wsgi.Write
	begin := func(cause ...error) {
		switch again := b.starts > 0; {
		case again && len(cause) == 0, again && b.written:
			b.wrong = true
		case again:
			b.wrong = false // the cause replaces all that was said before
		}
		fields := wsgi.Headers{{"X-Start", strconv.Itoa(b.starts)}}
		if declared := b.declared[b.starts]; declared >= 0 {
			fields = append(fields, [2]string{"Content-Length", strconv.Itoa(declared)})
		}
		write = start(b.statuses[b.starts], fields, cause...)
		b.starts++
	}
	// do does a deed, and tells whether to go on.
	do := func(deed string, say func(chunk []byte) bool) bool {
		switch deed {
		case "start":
			begin()
		case "start again with a cause":
			if b.starts > 0 {
				begin(errSecret)
			}
		case "say":
			chunk := fmt.Sprintf("%03d\n", len(b.said)/4)
			b.written = b.written || b.starts > 0 && !b.wrong
			return say([]byte(chunk))
		case "say nothing":
			return say(nil)
		case "panic":
			b.failed = true
			panic(errSecret)
		}
		return true
	}

	for _, deed := range b.called {
		if deed == "fail" {
			b.failed, b.ended = true, true
			return b.counted(wsgi.Fail(errSecret))
		}
		do(deed, func(chunk []byte) bool {
			if write == nil {
				return true
			}
			if err := write(chunk); err == nil || errors.Is(err, response.ErrSurplus) {
				b.said += string(chunk)
			}
			return true // whoever drops the error goes on
		})
	}
	b.ended = true
	switch b.returned {
	case "nothing":
		b.failed = true
		return nil
	case "list":
		var list wsgi.List
		for _, deed := range b.sent {
			chunk := ""
			if deed == "say" {
				chunk = fmt.Sprintf("%03d\n", len(b.said)/4)
			}
			b.said += chunk
			list = append(list, []byte(chunk))
		}
		return countedList{b.counted(list), len(list)}
	case "reader":
		b.said += "a reader\n"
		return wsgi.File{Reader: strings.NewReader("a reader\n"), Closer: b.counted(nil), BlockSize: 4}
	case "file":
		b.said += largeText
		file, err := os.Open(b.file)
		if err != nil {
			panic(err)
		}
		return wsgi.File{Reader: file, Closer: closers{file, b.counted(nil)}}
	}
	return b.counted(wsgi.Stream(func(yield func([]byte, error) bool) {
		for _, deed := range b.sent {
			if deed == "fail" {
				b.failed = true
				yield(nil, errSecret)
				return
			}
			if !do(deed, func(chunk []byte) bool {
				b.said += string(chunk)
				b.failed = b.failed || len(chunk) > 0 && (b.starts == 0 || b.wrong)
				return yield(chunk, nil)
			}) {
				return
			}
		}
	}))
}

// largeText is the content of a file that is large enough to be sent as one.
var largeText = strings.Repeat("a line of text \n", 1250)

// counted counts how often a body is closed, and spoils it.
func (b *behaviour) counted(body wsgi.Body) *counted {
	b.bodies = 1
	return &counted{Body: body, close: func() error {
		b.closed++
		switch b.closes {
		case "with an error":
			return errSecret
		case "with a panic":
			panic(errSecret)
		}
		return nil
	}}
}

// A countedList has the Len of its list.
type countedList struct {
	*counted
	n int
}

func (l countedList) Len() int { return l.n }

// closers are closed one after another.
type closers []io.Closer

func (c closers) Close() error {
	for _, closer := range c {
		if err := closer.Close(); err != nil {
			return err
		}
	}
	return nil
}

// A stage is where one behaviour after another is played, by a server that is
// watched or not.
type stage struct {
	players []player
	file    string // the name of a large one
	act     *behaviour
}

func newStage(t testing.TB) *stage {
	s := &stage{file: filepath.Join(t.TempDir(), "large")}
	if err := os.WriteFile(s.file, []byte(largeText), 0o600); err != nil {
		t.Fatal(err)
	}
	app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body { return s.act.app(environ, start) }
	s.players = []player{startTapes(t, app, unwatched), startTapes(t, app, watched)}
	return s
}

// property is that of all answers: see TestWhateverAnApplicationDoes.
func (s *stage) property(t *testing.T) func(*rapid.T) {
	return func(r *rapid.T) {
		s.act = drawBehaviour(r)
		s.act.file = s.file
		method := rapid.SampledFrom([]string{"GET", "GET", "HEAD", "POST"}).Draw(r, "method")
		version := rapid.SampledFrom([]string{"HTTP/1.1", "HTTP/1.1", "HTTP/1.0"}).Draw(r, "version")
		connection := rapid.SampledFrom([]string{"", "", "close", "keep-alive"}).Draw(r, "connection")
		send := method + " / " + version + "\r\nHost: x\r\nConnection: " + connection + "\r\n"
		switch {
		case method == "POST" && version == "HTTP/1.1" && rapid.Bool().Draw(r, "chunked"):
			send += "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
		case method == "POST":
			send += "Content-Length: 5\r\n\r\nhello"
		default:
			send += "\r\n"
		}
		tape := recorded(io.EOF, send+follower)
		rapid.SampledFrom(s.players).Draw(r, "player").whole(t, tape)
		s.act.judge(r, tape, send, method, version == "HTTP/1.1" && connection != "close" || connection == "keep-alive", version)
	}
}

// judge lets Go's client read what the server has said, and compares it with what
// the application said.
func (b *behaviour) judge(r *rapid.T, tape *tape, send, method string, keeps bool, version string) {
	told := tape.said.String()
	wrong := func(format string, args ...any) {
		r.Errorf("to %q, and an application that %+v, the server says\n%.2000q\n%s", send, *b, told, fmt.Sprintf(format, args...))
	}
	if b.closed != b.bodies {
		wrong("Close is called %d times, want %d", b.closed, b.bodies)
	}
	reader := bufio.NewReader(strings.NewReader(told))
	answer, err := http.ReadResponse(reader, &http.Request{Method: method})
	if err != nil {
		wrong("which the judge cannot read: %v", err)
		return
	}
	content, err := io.ReadAll(answer.Body)
	behind, _ := io.ReadAll(reader) // of a string: cannot fail

	declared, status := -1, ""
	if n := answer.Header.Get("X-Start"); n != "" {
		at, _ := strconv.Atoi(n) // which we wrote ourselves
		declared, status = b.declared[at], b.statuses[at]
	}
	empty := method == "HEAD" || slices.Contains([]string{"204 No Content", "205 Reset Content", "304 Not Modified"}, status)
	want := b.said
	switch {
	case empty:
		want = ""
	case declared >= 0:
		want = b.said[:min(declared, len(b.said))]
	}
	short := !empty && declared > len(b.said)
	untilClose := !empty && answer.ContentLength < 0 && answer.TransferEncoding == nil
	whole := err == nil && !(untilClose && !tape.polite)

	switch {
	case answer.StatusCode == http.StatusInternalServerError:
		// The application has said no such thing, so it has failed, and its client has
		// got nothing of it.
		if !b.failed && !b.wrong && b.starts > 0 && b.declared[b.starts-1] <= len(b.said) {
			wrong("and the application did nothing wrong")
		}
		if !whole || !answer.Close || len(behind) > 0 || bytes.Contains(content, []byte("password")) {
			wrong("which is no honest 500")
		}
		return
	case answer.Status != status || !b.written && status != b.statuses[b.starts-1]:
		wrong("want the status %q", status)
	case !strings.HasPrefix(want, string(content)):
		wrong("which is not what the application said: %.200q", want)
	case !whole:
		if !b.failed && !b.wrong && !short {
			wrong("and breaks off")
		}
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) || len(behind) > 0 {
			wrong("want the end to be seen: %v", err)
		}
		return
	case string(content) != want || short:
		wrong("which looks whole, want %.200q", want)
	case (b.failed || b.wrong) && !empty && (declared < 0 || len(b.said) < declared):
		wrong("which looks whole, and the application failed")
	}
	keeps = keeps && !untilClose
	// HTTP/1.0 has to be told. RFC 9112 §9.3
	if said := answer.Header.Get("Connection") == "keep-alive"; answer.Close == keeps || said != (keeps && version == "HTTP/1.0") {
		wrong("want the connection to be kept: %t", keeps)
	}
	keeps = keeps && b.ended // whoever panics while called takes the connection along
	if keeps && string(behind) != followed || !keeps && len(behind) > 0 {
		wrong("and behind it %q, want the connection to be kept: %t", behind, keeps)
	}
}

// Whatever an application does, its client reads what it declared and said, or sees
// that something is missing, or gets an honest 500; the body is closed once; and
// where the connection is kept the next request is answered. Each run does the
// same: a failure that comes once comes again.
func TestWhateverAnApplicationDoes(t *testing.T) {
	for name, value := range map[string]string{"rapid.seed": "1", "rapid.checks": "3000"} {
		given := flag.Lookup(name).Value
		if before := given.String(); before == flag.Lookup(name).DefValue { // else someone wants it otherwise
			_ = given.Set(value) // a number: cannot fail
			t.Cleanup(func() { _ = given.Set(before) })
		}
	}
	rapid.Check(t, newStage(t).property(t))
}

// FuzzApplication looks for behaviours on ways of its own.
func FuzzApplication(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		seed := make([]byte, 2000) // enough for every draw
		for i := range seed {
			seed[i] = byte(random.Uint32())
		}
		f.Add(seed)
	}
	s := newStage(f)
	f.Fuzz(func(t *testing.T, in []byte) { rapid.MakeFuzz(s.property(t))(t, in) })
}
