package history_test

import (
	"testing"

	"barewire/server"
	"barewire/tui/history"

	"github.com/google/go-cmp/cmp"
)

// watched is what a relay tells of a server that answers so.
func watched(answer string) *history.Exchange {
	const head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
	at := server.Place{Conn: 1, Request: 1}
	h := history.New(history.Usual)
	for _, event := range []server.Event{
		server.Opened{Place: server.Place{Conn: 1}},
		server.Received{Place: at, Bytes: server.Bytes(head), Size: len(head)},
		server.Passed{Place: at, Step: 2, Name: "read", Took: -1, Head: server.Bytes(head)},
		server.Sent{Place: at, Bytes: server.Bytes(answer), Size: len(answer)},
		server.Ended{Place: at, In: int64(len(head)), Out: int64(len(answer))},
		server.Gone{Place: server.Place{Conn: 1}},
	} {
		h.Add(event)
	}
	return h.Exchanges[0]
}

// Of a server that is only watched nobody knows whether an application wrote a
// line, or the server around it.
func TestAnswerLinesOfAWatchedServer(t *testing.T) {
	for name, test := range map[string]struct{ answer, want string }{
		"with a length": {"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nok\nmore", `
0-17 server  "HTTP/1.0 200 OK\r\n"
17-36 server  "Content-Length: 3\r\n"
36-38 server  "\r\n"
38-41 server  "ok\n"
41-45 server  … 4 bytes that were not looked at
`},
		"in chunks": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", `
0-17 server  "HTTP/1.1 200 OK\r\n"
17-45 server  "Transfer-Encoding: chunked\r\n"
45-47 server  "\r\n"
47-50 server  "1\r\n"  chunk of 1 B
50-53 server  "a\r\n"
53-56 server  "0\r\n"  last chunk
56-58 server  "\r\n"  end of body
`},
	} {
		t.Run(name, func(t *testing.T) {
			x := watched(test.answer)
			lines := x.AnswerLines()
			checkLines(t, x.Answer(), lines)
			if diff := cmp.Diff(test.want, "\n"+show(lines)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// HTTP/1.0 has a status too.
func TestStatusOfAWatchedServer(t *testing.T) {
	for answer, want := range map[string]string{
		"HTTP/1.0 200 OK\r\n\r\n":        "200 OK",
		"HTTP/1.1 404 Not Found\r\n\r\n": "404 Not Found",
		"HTTP/1.1 100 Continue\r\n\r\n":  "",
		"hello\n":                        "",
		"SMTP/1.0 200 OK\r\n":            "",
	} {
		if got := watched(answer).Status; got != want {
			t.Errorf("the status of %q is %q, want %q", answer, got, want)
		}
	}
}
