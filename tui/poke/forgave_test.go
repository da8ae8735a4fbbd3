package poke_test

import (
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"barewire/apps/echo"
	"barewire/apps/hello"
	"barewire/apps/method"
	"barewire/server"
	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	"barewire/tui/history"
	"barewire/tui/poke"
)

// A record is what is told of an exchange.
type record struct {
	request string // GET, unless it says more
	answer  string
	closed  bool              // the connection, by the server
	environ map[string]string // the names that the application saw
	after   time.Duration     // from the last byte to the end of step 09
	held    time.Duration     // and then, before step 10
	close   time.Duration     // and in step 10
	waits   time.Duration     // of the answer, written in step 08 already, for the end of that step
	gap     bool              // the end was not seen
}

const (
	get  = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	date = "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"
	kind = "Content-Type: text/plain\r\n"
)

// exchange makes a record into what the screen knows of it.
func exchange(t *testing.T, r record) *history.Exchange {
	t.Helper()
	if r.request == "" {
		r.request = get
	}
	h := history.New(history.Usual)
	now := time.Date(2026, 3, 31, 12, 54, 48, 0, time.UTC)
	place := func() server.Place { return server.Place{Conn: 1, Request: 1, At: now} }
	passed := func(step int) server.Passed { return server.Passed{Place: place(), Step: step} }

	h.Add(server.Opened{Place: server.Place{Conn: 1, At: now}})
	h.Add(server.Received{Place: place(), Bytes: []byte(r.request), Size: len(r.request)})
	head, content, _ := strings.Cut(r.request, "\r\n\r\n")
	first, lines, _ := strings.Cut(head, "\r\n")
	line, err := requestline.Parse([]byte(first))
	if err != nil {
		t.Fatal(err)
	}
	fields, err := headers.Parse([]byte(lines), nil)
	if err != nil {
		t.Fatal(err)
	}
	framing, err := body.Frame(line.Version, fields, body.Limits{Bytes: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	event := passed(2)
	event.Head = []byte(head + "\r\n\r\n")
	h.Add(event)
	event = passed(3)
	event.Line = &server.Line{Method: line.Method, Target: line.Target, Version: line.Version}
	h.Add(event)
	event = passed(4)
	for _, field := range fields {
		event.Fields = append(event.Fields, server.Field{[]byte(field.Name), []byte(field.Value)})
	}
	h.Add(event)
	event = passed(5)
	event.Framing = &server.Framing{Length: framing.Length, Chunked: framing.Chunked}
	h.Add(event)
	event = passed(7)
	event.Environ = r.environ
	h.Add(event)
	sent := server.Sent{Place: place(), Bytes: []byte(r.answer), Size: len(r.answer)}
	now = now.Add(r.waits)
	if r.waits > 0 {
		h.Add(sent)
		h.Add(passed(8))
	} else {
		h.Add(passed(8))
		h.Add(sent)
	}
	if !r.gap {
		now = now.Add(r.after)
		h.Add(passed(9))
		now = now.Add(r.held + r.close)
		event = passed(10)
		event.Took = r.close
		h.Add(event)
		h.Add(server.Ended{Place: place(), In: int64(len(head) + 4 + len(content)), Out: int64(len(r.answer)), Keep: !r.closed})
	}
	return h.Exchanges[0]
}

func TestForgave(t *testing.T) {
	const (
		okay   = "HTTP/1.1 200 OK\r\n"
		bye    = "Connection: close\r\n"
		chunks = "Transfer-Encoding: chunked\r\n"
		length = "Content-Length: 2\r\n"
		post   = "POST / HTTP/1.1\r\nHost: x\r\n"
		old    = "GET / HTTP/1.0\r\n\r\n"
		head   = "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"
	)
	tests := []struct {
		name   string
		record record
		want   []string
	}{
		// Nothing is wrong.
		{"a length", record{answer: okay + date + kind + length + "\r\nhi"}, nil},
		{"chunks", record{answer: okay + date + kind + chunks + "\r\n2\r\nhi\r\n0\r\n\r\n"}, nil},
		{"chunks of nothing need no type", record{answer: okay + date + chunks + "\r\n0\r\n\r\n"}, nil},
		{"no body", record{answer: okay + date + "Content-Length: 0\r\n\r\n"}, nil},
		{"a length behind HEAD", record{request: head, answer: okay + date + kind + length + "\r\n"}, nil},
		{"204", record{answer: "HTTP/1.1 204 No Content\r\n" + date + "\r\n"}, nil},
		{"304 with a length", record{answer: "HTTP/1.1 304 Not Modified\r\n" + date + length + "\r\n"}, nil},
		{"an empty reason", record{answer: "HTTP/1.1 200 \r\n" + date + kind + length + "\r\nhi"}, nil},
		{"a 500 without a Date", record{answer: "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"}, nil},
		{"cookies may be repeated", record{answer: okay + date + "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n"}, nil},
		{"an interim answer", record{answer: "HTTP/1.1 100 Continue\r\n\r\n" + okay + date + kind + length + "\r\nhi"}, nil},
		{"a close that was announced", record{answer: okay + date + kind + bye + length + "\r\nhi", closed: true}, nil},
		{"a close in HTTP/1.0", record{request: old, answer: okay + date + kind + "\r\nhi", closed: true}, nil},
		{"under way", record{answer: okay + date + kind + length + "\r\nhi", gap: true}, nil},

		// curl sees that by itself.
		{"too few bytes", record{answer: okay + date + kind + length + "\r\nh", closed: true}, nil},
		{"chunks without an end", record{answer: okay + date + kind + chunks + "\r\n2\r\nhi\r\n", closed: true}, nil},
		{"no chunk at all", record{answer: okay + date + kind + chunks + "\r\nhi\r\nmore\r\n", closed: true}, nil},
		{"no HTTP", record{answer: "hello\r\n\r\n", closed: true}, nil},
		{"no status", record{answer: "HTTP/1.1\r\n\r\n", closed: true}, nil},
		{"half a head", record{answer: okay + date, closed: true}, nil},
		{"nothing", record{closed: true}, nil},

		// The head.
		{"no Date", record{answer: okay + kind + length + "\r\nhi"}, []string{
			"There is no Date, which a server with a clock always sends (RFC 9110 §6.6.1)."}},
		{"a Date of another form", record{answer: okay + "Date: 2026-03-31\r\n" + kind + length + "\r\nhi"}, []string{
			`The Date "2026-03-31" is not in the form Sun, 06 Nov 1994 08:49:37 GMT (RFC 9110 §5.6.7).`}},
		{"two types", record{answer: okay + date + kind + kind + length + "\r\nhi"}, []string{
			"Content-Type comes 2 times; only a field that is a list may be repeated (RFC 9110 §5.3)."}},
		{"two equal lengths", record{answer: okay + date + kind + length + "content-length: 2\r\n\r\nhi"}, []string{
			"Content-Length comes 2 times; only a field that is a list may be repeated (RFC 9110 §5.3)."}},
		{"a status that ends with its code", record{answer: "HTTP/1.1 200\r\n" + date + kind + length + "\r\nhi"}, []string{
			`No space follows the status code "200"; there is one even before an empty reason (RFC 9112 §4).`}},
		{"bare LF", record{answer: "HTTP/1.1 200 OK\n" + date + kind + length + "\nhi"}, []string{
			"A line of the head ends with LF alone, not with CRLF (RFC 9112 §2.2)."}},
		{"a space before the colon", record{answer: okay + date + "Content-Type : text/plain\r\n" + length + "\r\nhi"}, []string{
			`White space stands between the name "Content-Type " and its colon (RFC 9112 §5.1).`}},
		{"a line that is no field", record{answer: okay + date + kind + "\x1b[2J\r\n" + length + "\r\nhi"}, []string{
			`The line "\x1b[2J" has no colon, so it is no field (RFC 9112 §5).`}},
		{"401 without a way in", record{answer: "HTTP/1.1 401 Unauthorized\r\n" + date + "Content-Length: 0\r\n\r\n"}, []string{
			"A 401 says in WWW-Authenticate how to do better, and this one does not (RFC 9110 §15.5.2)."}},
		{"405 without the right ones", record{answer: "HTTP/1.1 405 Method Not Allowed\r\n" + date + "Content-Length: 0\r\n\r\n"}, []string{
			"A 405 says in Allow which methods there are, and this one does not (RFC 9110 §15.5.6)."}},

		// The framing, and the body.
		{"a length in a 204", record{answer: "HTTP/1.1 204 No Content\r\n" + date + "Content-Length: 0\r\n\r\n"}, []string{
			"A 204 has no body, so it has no Content-Length (RFC 9110 §8.6)."}},
		{"chunks in a 204", record{answer: "HTTP/1.1 204 No Content\r\n" + date + chunks + "\r\n"}, []string{
			"A 204 has no body, so it has no Transfer-Encoding (RFC 9112 §6.1)."}},
		{"a length in a 100", record{answer: "HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n" + okay + date + kind + length + "\r\nhi"}, []string{
			"A 100 has no body, so it has no Content-Length (RFC 9110 §8.6)."}},
		{"100 to HTTP/1.0", record{request: old, answer: "HTTP/1.1 100 Continue\r\n\r\n" + okay + date + kind + length + "\r\nhi", closed: true}, []string{
			`A client of HTTP/1.0 got an interim answer, "100", and knows none (RFC 9110 §15.2).`}},
		{"chunks to HTTP/1.0", record{request: old, answer: okay + date + kind + chunks + "\r\n0\r\n\r\n", closed: true}, []string{
			"A client of HTTP/1.0 got Transfer-Encoding, and knows none (RFC 9112 §6.1)."}},
		{"chunks and a length", record{answer: okay + date + kind + chunks + length + "\r\n2\r\nhi\r\n0\r\n\r\n"}, []string{
			"The answer has Transfer-Encoding and Content-Length, and only one can be right (RFC 9112 §6.2)."}},
		{"a body behind HEAD", record{request: head, answer: okay + date + kind + length + "\r\nhi"}, []string{
			"2 bytes follow the head, and an answer to HEAD has no body (RFC 9110 §9.3.2)."}},
		{"a body behind 204", record{answer: "HTTP/1.1 204 No Content\r\n" + date + "\r\nhi"}, []string{
			"2 bytes follow the head, and a 204 has no body (RFC 9110 §15.3.5)."}},
		{"a body behind 304", record{answer: "HTTP/1.1 304 Not Modified\r\n" + date + "\r\nhi"}, []string{
			"2 bytes follow the head, and a 304 has no body (RFC 9110 §15.4.5)."}},
		{"more than the length", record{answer: okay + date + kind + length + "\r\nhi!\n"}, []string{
			"2 bytes follow the end of the body, where the next answer would begin (RFC 9112 §6.3)."}},
		{"more than the chunks", record{answer: okay + date + kind + chunks + "\r\n2\r\nhi\r\n0\r\n\r\nmore"}, []string{
			"4 bytes follow the end of the body, where the next answer would begin (RFC 9112 §6.3)."}},
		{"a body without a type", record{answer: okay + date + length + "\r\nhi"}, []string{
			"There is a body and no Content-Type, so the client has to guess (RFC 9110 §8.3)."}},
		{"chunks without a type", record{answer: okay + date + chunks + "\r\n2\r\nhi\r\n0\r\n\r\n"}, []string{
			"There is a body and no Content-Type, so the client has to guess (RFC 9110 §8.3)."}},

		// The end.
		{"a close that was not announced", record{answer: okay + date + kind + length + "\r\nhi", closed: true}, []string{
			"The connection was closed, and no Connection: close had said so (RFC 9112 §9.6)."}},
		{"a body that ends with the connection", record{answer: okay + date + kind + "\r\nhi", closed: true}, []string{
			"The connection was closed, and no Connection: close had said so (RFC 9112 §9.6)."}},
		{"a close behind half an upload", record{request: post + "Content-Length: 9\r\n\r\nhi", answer: okay + date + kind + length + "\r\nhi", closed: true}, nil},
		{"a close behind half an upload in chunks", record{request: post + chunks + "\r\n2\r\nhi", answer: okay + date + kind + length + "\r\nhi", closed: true}, nil},
		{"a close behind an upload in chunks", record{request: post + chunks + "\r\n2\r\nhi\r\n0\r\n\r\n", answer: okay + date + kind + length + "\r\nhi", closed: true}, []string{
			"The connection was closed, and no Connection: close had said so (RFC 9112 §9.6)."}},
		{"a close that did not come", record{answer: okay + date + kind + "Connection: keep, Close\r\n" + length + "\r\nhi"}, []string{
			"The answer says Connection: close, and the connection stayed open (RFC 9112 §9.6)."}},
		{"a late close", record{answer: okay + date + kind + bye + "\r\nhi", closed: true, after: 3 * time.Second, close: time.Second}, []string{
			"The connection was closed 4.0 s after the last byte, not at once (RFC 9112 §9.6)."}},
		{"a close that somebody held", record{answer: okay + date + kind + bye + "\r\nhi", closed: true, held: time.Hour}, nil},
		{"an answer written early, and then held", record{answer: okay + date + kind + bye + "\r\nhi", closed: true, waits: time.Hour}, nil},

		// What the application did not get.
		{"an underscore", record{
			request: "GET / HTTP/1.1\r\nHost: x\r\nX_User: eve\r\n\r\n", answer: okay + date + kind + length + "\r\nhi",
			environ: map[string]string{"HTTP_HOST": "'x'"},
		}, []string{`The field "X_User" was dropped: in the environ its underscore would pass for a hyphen (RFC 3875 §4.1.18).`}},
		{"an underscore beside a hyphen", record{
			request: "GET / HTTP/1.1\r\nHost: x\r\nX-User: ada\r\nX_User: eve\r\n\r\n", answer: okay + date + kind + length + "\r\nhi",
			environ: map[string]string{"HTTP_X_USER": "'ada'"},
		}, []string{`The field "X_User" was dropped: in the environ its underscore would pass for a hyphen (RFC 3875 §4.1.18).`}},
		{"an underscore that came through", record{
			request: "GET / HTTP/1.1\r\nHost: x\r\nX-User: ada\r\nX_User: eve\r\n\r\n", answer: okay + date + kind + length + "\r\nhi",
			environ: map[string]string{"HTTP_X_USER": "'ada, eve'"},
		}, nil},
		{"Proxy", record{
			request: "GET / HTTP/1.1\r\nHost: x\r\nproxy: http://evil\r\n\r\n", answer: okay + date + kind + length + "\r\nhi",
			environ: map[string]string{"HTTP_HOST": "'x'"},
		}, []string{`The field "proxy" was dropped: as HTTP_PROXY, programs would take it for their own setting (RFC 3875 §4.1.18).`}},

		{"several at once", record{answer: okay + "\r\nhi", closed: true}, []string{
			"There is no Date, which a server with a clock always sends (RFC 9110 §6.6.1).",
			"There is a body and no Content-Type, so the client has to guess (RFC 9110 §8.3).",
			"The connection was closed, and no Connection: close had said so (RFC 9112 §9.6)."}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := poke.Forgave(exchange(t, test.record)); !slices.Equal(got, test.want) {
				t.Errorf("Forgave =\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

// Our own server needs no forgiveness, whatever it is asked. It only says which
// fields it has dropped.
func TestForgaveTheRealServer(t *testing.T) {
	requests := []string{
		get,
		"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET / HTTP/1.0\r\n\r\n",
		"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
		"DELETE / HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nX_User: eve\r\n\r\n",
	}
	for _, request := range poke.Menu("x") {
		requests = append(requests, string(said(request.Script)))
	}
	chunks := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
		return wsgi.List{[]byte("one\n"), []byte("two\n")}
	}
	for name, app := range map[string]wsgi.Application{"hello": hello.App, "echo": echo.App, "method": method.App, "chunks": chunks} {
		t.Run(name, func(t *testing.T) {
			h := remember(t, app, requests)
			if len(h.Exchanges) < len(requests) {
				t.Fatalf("%d exchanges, want at least %d", len(h.Exchanges), len(requests))
			}
			for _, x := range h.Exchanges {
				var want []string
				if strings.Contains(string(x.Head), "X_User") {
					want = []string{`The field "X_User" was dropped: in the environ its underscore would pass for a hyphen (RFC 3875 §4.1.18).`}
				}
				if got := poke.Forgave(x); !slices.Equal(got, want) {
					t.Errorf("%q: %q\n%q", x.Request().Bytes, got, x.Answer().Bytes)
				}
			}
		})
	}
}

// remember has the real server answer each request on a connection of its own,
// and returns what it told.
func remember(t *testing.T, app wsgi.Application, requests []string) *history.History {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := history.New(history.Usual)
	var mutex sync.Mutex
	s := server.New(app)
	s.Errors = io.Discard
	s.Observe = func(event server.Event) {
		mutex.Lock()
		defer mutex.Unlock()
		h.Add(event)
	}
	go s.Serve(listener)
	for _, request := range requests {
		script := []poke.Move{say(request), {HalfClose: true}}
		outcome, err := poke.Server{Address: listener.Addr().String(), Silence: time.Minute}.Send(context.Background(), script)
		if err != nil || outcome.Ending != poke.Closed {
			t.Fatalf("%q: %v, %s", request, err, outcome.Ended())
		}
	}
	if err := s.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	return h
}
