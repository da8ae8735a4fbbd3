package trace_test

import (
	"strings"
	"testing"
	"time"

	"barewire/server"
	"barewire/server/trace"

	"github.com/google/go-cmp/cmp"
)

// What a relay tells of a program, whose own steps nobody knows.
func TestWire(t *testing.T) {
	const head, answer = "GET / HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK\r\nServer: theirs\r\nContent-Length: 3\r\n\r\nok\n"
	at := server.Place{Conn: 1, Request: 1}
	received := server.Received{Place: at, Bytes: server.Bytes(head), Size: len(head)}
	read := server.Passed{Place: at, Step: 2, Name: "read", Took: -1, Head: server.Bytes(head)}
	line := server.Passed{Place: at, Step: 3, Name: "requestline", Took: -1, Line: &server.Line{Method: "GET"}}
	fields := server.Passed{Place: at, Step: 4, Name: "headers", Took: -1}
	framing := server.Passed{Place: at, Step: 5, Name: "body", Took: -1, Framing: &server.Framing{}}
	sent := func(text string) server.Event {
		return server.Sent{Place: at, Bytes: server.Bytes(text), Size: len(text)}
	}
	noted := server.Noted{Place: at, Text: "the reference refuses this at 02: why"}
	ended := server.Ended{Place: at, Took: time.Millisecond}
	const (
		begins = "\n== request 1 on connection 1 ===================================================\n"
		ends   = "== 200 OK in 1.00 ms, connection 1 closes\n"
		says   = "\nResponse:\n" +
			"> HTTP/1.0 200 OK\n" +
			"> Server: theirs\n" +
			"> Content-Length: 3\n" +
			">                                                      head ends: 54 B\n" +
			"> ok\n"
	)
	for name, test := range map[string]struct {
		events []server.Event
		want   string
	}{
		"all that the reference reads": {
			[]server.Event{received, read, line, fields, framing, sent(answer), ended},
			begins + "Request:                                            02 read         18 B       -\n" +
				"< GET / HTTP/1.0                                    03 requestline             -\n" +
				"<                                                   04 headers  0 fields       -\n" +
				"                                                       head ends: 18 B\n" +
				"                                                    05 body         none       -\n" + says + ends,
		},
		"refused at 02": {
			[]server.Event{received, noted, sent(answer), ended},
			begins + "Request:\n" +
				"  note: the reference refuses this at 02: why\n" +
				"< GET / HTTP/1.0                                    02 read         18 B\n" +
				"<\n" + says + ends,
		},
		"refused at 03": {
			[]server.Event{received, read, noted, sent(answer), ended},
			begins + "Request:                                            02 read         18 B       -\n" +
				"  note: the reference refuses this at 02: why\n" +
				"< GET / HTTP/1.0\n" +
				"<\n" + says + ends,
		},
		"no answer to half a head": {
			[]server.Event{received, ended},
			begins + "Request:\n" +
				"< GET / HTTP/1.0                                    02 read         18 B\n" +
				"<\n" +
				"== no answer after 1.00 ms, connection 1 closes\n",
		},
		"surplus bytes": {
			[]server.Event{received, read, line, fields, framing, sent(answer + "surplus"), ended},
			begins + "Request:                                            02 read         18 B       -\n" +
				"< GET / HTTP/1.0                                    03 requestline             -\n" +
				"<                                                   04 headers  0 fields       -\n" +
				"                                                       head ends: 18 B\n" +
				"                                                    05 body         none       -\n" + says +
				"> … 7 B behind the end of the answer\n" + ends,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			text := &trace.Text{Out: &out, Wire: true}
			for _, event := range test.events {
				if err := text.Write(event); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(test.want, out.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
