package trace_test

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"barewire/internal/session"
	"barewire/server"
	"barewire/server/trace"

	"github.com/google/go-cmp/cmp"
)

// sgr matches a text in colour, to its end on the same line.
var sgr = regexp.MustCompile("\x1b\\[(?:2|3[1256])m([^\x1b\n]+)\x1b\\[0m")

// check fails when a text is more than printable lines, and, for a coloured
// one, colours that end on the line they begin.
func check(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("no UTF-8: %q", text)
	}
	for line := range strings.Lines(sgr.ReplaceAllString(text, "$1")) {
		for _, r := range strings.TrimSuffix(line, "\n") {
			if hidden(r) {
				t.Errorf("a line holds %U: %q", r, line)
			}
		}
	}
}

// turned exchanges the arrows at the beginning of lines.
func turned(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		switch line[0] {
		case '<':
			line = ">" + line[1:]
		case '>':
			line = "<" + line[1:]
		}
		out.WriteString(line)
	}
	return out.String()
}

// FuzzText shows any events in any order: what never happens, and what happens
// when the events in between were dropped.
func FuzzText(f *testing.F) {
	addDice(f, 40)
	f.Fuzz(func(t *testing.T, data []byte) {
		d := dice{data: data}
		flags := d.byte()
		text := trace.Text{App: d.text(), Environ: flags&1 != 0, Body: flags&2 != 0}
		var events []server.Event
		for len(d.data) > 0 {
			events = append(events, d.event())
		}
		plain := show(t, text, events)
		check(t, plain)
		text.Color = true
		colored := show(t, text, events)
		check(t, colored)
		if sgr.ReplaceAllString(colored, "$1") != plain {
			t.Errorf("without its colours, got\n%s\nwant\n%s", colored, plain)
		}
		text.Color, text.Curl = false, true
		if got := turned(show(t, text, events)); got != plain {
			t.Errorf("with the arrows turned twice, got\n%s\nwant\n%s", got, plain)
		}
	})
}

// TestTimes checks that a time keeps its column, whatever its size.
func TestTimes(t *testing.T) {
	tests := []struct {
		took time.Duration
		want string
	}{
		{-time.Second, "0.0 µs"},
		{0, "0.0 µs"},
		{40, "0.0 µs"},
		{149, "0.1 µs"},
		{999, "1.0 µs"},
		{time.Microsecond, "1 µs"},
		{999999, "999 µs"},
		{time.Millisecond, "1.0 ms"},
		{99999999, "99.9 ms"},
		{100 * time.Millisecond, "100 ms"},
		{999999999, "999 ms"},
		{time.Second, "1.00 s"},
		{99999999999, "99.99 s"},
		{100 * time.Second, "100 s"},
		{24*time.Hour - 1, "86399 s"},
		{24 * time.Hour, "> 1 day"},
		{1<<63 - 1, "> 1 day"},
	}
	for _, test := range tests {
		t.Run(test.took.String(), func(t *testing.T) {
			events := session.Post(1)[:5]
			passed := events[4].(server.Passed)
			passed.Took = test.took
			events[4] = passed
			text := show(t, trace.Text{}, events)
			want := fmt.Sprintf("04 headers  5 fields%8s", test.want)
			if !strings.Contains(text, strings.Repeat(" ", 29)+want+"\n") {
				t.Errorf("a step took %v, got\n%swant %q", test.took, text, want)
			}
		})
	}
}

// TestWideNotes checks that a long result takes the room of its time, and that
// no two words ever join.
func TestWideNotes(t *testing.T) {
	events := session.Post(1)[:5]
	passed := events[4].(server.Passed)
	passed.Fields = make([]server.Field, 100)
	events[4] = passed
	if text, want := show(t, trace.Text{}, events), "  04 headers 100 fields   9 µs\n"; !strings.Contains(text, want) {
		t.Errorf("got\n%swant %q", text, want)
	}
	events = session.Post(1)
	for _, name := range []string{"a", "twelve_chars", "one_more_char", "日本日本日本日本日本日本日本"} {
		text := show(t, trace.Text{App: name}, events)
		line := regexp.MustCompile(`Application: .*`).FindString(text)
		if utf8.RuneCountInString(line) != 80 || !strings.Contains(line, "08 call ") {
			t.Errorf("an application named %s gives %q", name, line)
		}
	}
}

// TestLargeReads checks that counts stay exact where an event does not hold all
// bytes.
func TestLargeReads(t *testing.T) {
	copied := server.Bytes(strings.Repeat("0123456789abcde\n", 4096))
	events := session.Post(1)[:7]
	framed := events[5].(server.Passed)
	framed.Framing = &server.Framing{Length: 8 + 2*200_000 + 5}
	events[5] = framed
	place := events[5].Where()
	events = append(events,
		server.Received{Place: place, Bytes: copied, Size: 200_000},
		server.Received{Place: place, Bytes: copied, Size: 200_000},
		server.Received{Place: place, Bytes: server.Bytes("last\nGET "), Size: 9},
		server.Passed{Place: place, Step: 8, Name: "call"},
		server.Ended{Place: place, In: 400_169, Keep: true},
		server.Received{Place: server.Place{Conn: 1, Request: 2}, Bytes: server.Bytes("/ HTTP/1.0\r\n\r\n"), Size: 14},
		server.Passed{Place: server.Place{Conn: 1, Request: 2}, Step: 2, Head: server.Bytes("GET / HTTP/1.0\r\n\r\n")},
		server.Passed{Place: server.Place{Conn: 1, Request: 2}, Step: 3},
	)
	answer := "HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n"
	sent := append(session.Post(1)[:7],
		server.Passed{Place: place, Step: 8, Name: "call"},
		server.Sent{Place: place, Bytes: append(server.Bytes(answer), copied[:len(copied)-len(answer)]...), Size: 200_000 + len(answer)},
		server.Sent{Place: place, Bytes: copied, Size: 200_000},
		server.Passed{Place: place, Step: 9, Status: "200 OK"},
	)
	tests := []struct {
		name   string
		text   trace.Text
		events []server.Event
		want   []string
	}{
		{"of a body", trace.Text{}, events, []string{
			// Of 400,013 bytes, name=ada0123456789abcde and seven lines are shown: 136.
			"< … more lines, 399877 B (--body all)               02 reads 3-4 200009 B\n",
			"Request:                                            02 read    left over  0.0 µs\n",
			"< GET / HTTP/1.0                                    03 requestline        0.0 µs\n" +
				"                                                    02 read         14 B\n",
		}},
		{"of a body, all of it", trace.Text{Body: true}, events, []string{
			"< … 134464 B that the trace does not keep\n",
			"< 0123456789abcde                                   02 read 3   200000 B\n",
			"< last                                              02 read 4        9 B\n",
		}},
		{"of an answer", trace.Text{}, sent, []string{
			"> … more lines, 399872 B (--body all)\n",
			"  close()                                           09 response 400043 B  0.0 µs\n",
		}},
		{"of an answer, all of it", trace.Text{Body: true}, sent, []string{
			"> … 134464 B that the trace does not keep\n",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := show(t, test.text, test.events)
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("want %q", want)
				}
			}
		})
	}
}

// TestDropped checks that nothing is shown of an exchange with a gap in it, and
// everything of the next one.
func TestDropped(t *testing.T) {
	first := session.Post(1)
	events := append(first[:9:9], server.Dropped{Count: 1})
	events = append(events, server.Received{Place: first[9].Where(), Bytes: server.Bytes("more\n"), Size: 5})
	events = append(events, first[10:16]...)
	for _, event := range first[1:16] {
		events = append(events, move(event, 1, 2))
	}
	golden(t, "dropped", show(t, trace.Text{App: "hello:App"}, events))
}

// TestInterleaved lets two exchanges take turns at every event, and checks that
// each line stands under its own header.
func TestInterleaved(t *testing.T) {
	var events []server.Event
	for _, event := range session.Post(1) {
		events = append(events, event, move(event, 2, 2*event.Where().Request))
	}
	text := show(t, trace.Text{App: "hello:App"}, events)
	golden(t, "interleaved", text)
	alone := rowsOf(show(t, trace.Text{App: "hello:App"}, session.Post(1)))
	want := map[string]string{
		"request 1": alone["request 1"],
		"request 2": strings.ReplaceAll(alone["request 1"], "connection 1", "connection 2"),
	}
	if diff := cmp.Diff(want, rowsOf(text)); diff != "" {
		t.Errorf("rows of each request (-want +got):\n%s", diff)
	}
}

// rowsOf collects the rows below the headers of each request.
func rowsOf(text string) map[string]string {
	rows, request := map[string]string{}, ""
	for line := range strings.Lines(text) {
		if header, is := strings.CutPrefix(line, "== request "); is {
			number, _, _ := strings.Cut(header, " ")
			request = "request " + number
		} else if line != "\n" {
			rows[request] += line
		}
	}
	return rows
}

// move makes an event of one exchange that of another.
func move(event server.Event, conn, request int) server.Event {
	moved := reflect.New(reflect.TypeOf(event)).Elem()
	moved.Set(reflect.ValueOf(event))
	place := server.Place{Conn: conn, Request: request, At: event.Where().At}
	moved.FieldByName("Place").Set(reflect.ValueOf(place))
	return moved.Interface().(server.Event)
}

// TestLateNote checks that a word from a goroutine that the application left
// behind finds its header.
func TestLateNote(t *testing.T) {
	events := session.Post(1)
	events = append(events, server.Noted{Place: server.Place{Conn: 2, Request: 9}, Text: "still here", Error: true})
	text := show(t, trace.Text{}, events)
	if want := "\n== request 9 on connection 2 " + strings.Repeat("=", 51) + "\n  wsgi.errors: still here\n"; !strings.HasSuffix(text, want) {
		t.Errorf("got\n%s\nwant at its end\n%s", text, want)
	}
}

// TestLongCall checks that an application that goes on and on is shown before
// it is done.
func TestLongCall(t *testing.T) {
	events := session.Post(1)[:7]
	for i := range 70 {
		events = append(events, server.Noted{Place: events[6].Where(), Text: fmt.Sprint("note ", i)})
	}
	text := show(t, trace.Text{App: "slow:App"}, events)
	for _, want := range []string{"Application:                                        08 call     slow:App\n", "note 0\n", "note 69\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("got\n%swant %q", text, want)
		}
	}
	events = append(events, server.Passed{Place: events[6].Where(), Step: 8, Took: time.Second})
	text = show(t, trace.Text{App: "slow:App"}, events)
	if want := "\n                                                    08 call     slow:App  1.00 s\n"; !strings.HasSuffix(text, want) {
		t.Errorf("got\n%swant at its end %q", text, want)
	}
}

func TestWriteError(t *testing.T) {
	text := trace.Text{Out: brokenPipe{}}
	var err error
	for _, event := range session.Post(1) {
		err = text.Write(event)
	}
	if !errors.Is(err, errBrokenPipe) {
		t.Errorf("Write = %v, want %v", err, errBrokenPipe)
	}
}

// TestMemory checks that what Text remembers does not grow with what it has
// shown, nor with what waits to be shown.
func TestMemory(t *testing.T) {
	const many = 10_000
	place := server.Place{Conn: 1, Request: 1}
	begin := session.Post(1)[:7] // up to step 07
	framed := begin[5].(server.Passed)
	framed.Framing = &server.Framing{Length: 1 << 40}
	begin[5] = framed
	chunked := session.Post(1)[:7]
	framed.Framing = &server.Framing{Chunked: true}
	chunked[1] = server.Received{Place: place, Bytes: server.Bytes(session.PostHead), Size: len(session.PostHead)}
	chunked[5] = framed
	served := session.Post(1)[1:16]
	answer := append(session.Post(1)[:7:7],
		server.Passed{Place: place, Step: 8},
		server.Sent{Place: place, Bytes: server.Bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), Size: 48},
	)
	tests := []struct {
		name  string
		begin []server.Event
		event func(i int) server.Event
	}{
		{"reads of a head", begin[:1], func(int) server.Event {
			return server.Received{Place: place, Bytes: server.Bytes("x\n"), Size: 2}
		}},
		{"reads of a body", begin, func(int) server.Event {
			return server.Received{Place: place, Bytes: server.Bytes("x"), Size: 1}
		}},
		{"a line that does not end", begin, func(int) server.Event {
			return server.Received{Place: place, Bytes: server.Bytes("0000000000000000000000000000000000000000"), Size: 40}
		}},
		{"a character that does not end", begin, func(int) server.Event {
			return server.Received{Place: place, Bytes: server.Bytes(strings.Repeat("\x80", 40)), Size: 40}
		}},
		{"reads of chunks", chunked, func(int) server.Event {
			return server.Received{Place: place, Bytes: server.Bytes("1\r\n\n\r\n"), Size: 6}
		}},
		{"a line of a chunk that does not end", chunked, func(int) server.Event {
			return server.Received{Place: place, Bytes: server.Bytes("0000000000000000000000000000000000000000"), Size: 40}
		}},
		{"calls", begin, func(i int) server.Event {
			return server.InputRead{Place: place, Call: []string{"read", "readline"}[i%2], Size: 1}
		}},
		{"notes", begin, func(int) server.Event { return server.Noted{Place: place, Text: "again and again"} }},
		{"turns of a worker", begin, func(i int) server.Event {
			return server.Worked{Place: place, Process: i, Did: "environ", Took: time.Second, Stack: "Flask.__call__\nFlask.wsgi_app"}
		}},
		{"starts", begin, func(int) server.Event { return server.Started{Place: place, Status: "200 OK"} }},
		{"chunks", answer, func(i int) server.Event {
			if i%2 == 0 {
				return server.Chunk{Place: place, Number: i, Size: 1}
			}
			return server.Sent{Place: place, Bytes: server.Bytes("1\r\nx\r\n"), Size: 6}
		}},
		{"connections that come and go", nil, func(i int) server.Event {
			place := server.Place{Conn: i / 2}
			if i%2 == 0 {
				return server.Opened{Place: place, Client: server.Endpoint{Host: strings.Repeat("a", 100)}}
			}
			return server.Gone{Place: place}
		}},
		{"notes from connections that are gone", nil, func(i int) server.Event {
			return server.Noted{Place: server.Place{Conn: i, Request: i}, Text: "late"}
		}},
		{"connections that stay open", nil, func(i int) server.Event {
			return move(served[i%len(served)], 1+i/len(served)%1000, 1)
		}},
		{"connections whose end was dropped", nil, func(i int) server.Event {
			if i%1000 == 999 {
				return server.Dropped{Count: 1}
			}
			return server.Received{Place: server.Place{Conn: i, Request: i}, Bytes: server.Bytes("GET"), Size: 3}
		}},
	}
	for _, test := range tests {
		for _, all := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, all %v", test.name, all), func(t *testing.T) {
				text := trace.Text{Out: io.Discard, Body: all}
				before := heap()
				for _, event := range test.begin {
					_ = text.Write(event)
				}
				for i := range many {
					_ = text.Write(test.event(i))
				}
				if grown := heap() - before; grown > 250<<10 {
					t.Errorf("after %d events %d bytes are remembered", many, grown)
				}
				runtime.KeepAlive(&text)
			})
		}
	}
}

func heap() int {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.HeapAlloc)
}
