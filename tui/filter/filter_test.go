package filter_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"barewire/apps/catch"
	"barewire/apps/echo"
	"barewire/apps/hello"
	"barewire/apps/stream"
	"barewire/internal/session"
	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
	"barewire/tui/filter"
	"barewire/tui/history"
)

// asked are the connections of the tests, and what is sent on each.
var asked = []string{
	"POST /hello?x=1 HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/7.88.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 8\r\n\r\nname=ada" + // 1
		"GET /Hello?name=Grace HTTP/1.1\r\nHost: x\r\n\r\n", // 2
	"GET  /\r\n\r\n", // 3
	"GET / H",        // 4
	"POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nlin\r\n3\r\nus!\r\n0\r\n\r\n", // 5
	"GET /stream?lines=2&pause=0 HTTP/1.1\r\nHost: x\r\n\r\n",                                                                       // 6
	"GET /error HTTP/1.1\r\nHost: x\r\n\r\n",                                                                                        // 7
	"HEAD /missing HTTP/1.1\r\nHost: x\r\nX-Quote: it's \"so\" a|b {\"a\":\"b\"}\r\n\r\n",                                           // 8
	"purge http://h/cache HTTP/1.1\r\nHost: h\r\n\r\n",                                                                              // 9
	"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",                                                                                         // 10
}

func app(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	switch environ.Text("PATH_INFO") {
	case "/hello", "/Hello":
		environ["barewire.note"].(func(string))("Looked up a name")
		return hello.App(environ, start)
	case "/echo":
		return echo.App(environ, start)
	case "/stream":
		return stream.App(environ, start)
	case "/error":
		return catch.App(environ, start)
	}
	start("404 Not Found", wsgi.Headers{{"Content-Type", "application/json"}})
	return wsgi.Text("{}")
}

// exchanges has a server answer what is asked.
func exchanges(t testing.TB) []*history.Exchange {
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
	for _, text := range asked {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
	}
	if err := s.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, x := range h.Exchanges {
		x.Took = time.Duration(x.Number) * time.Millisecond
	}
	h.Exchanges[9].Note = "Ask Ada about this"
	return h.Exchanges
}

func picked(f filter.Filter, all []*history.Exchange) (numbers []int) {
	for _, x := range all {
		if f.Match(x) {
			numbers = append(numbers, x.Number)
		}
	}
	return numbers
}

func TestMatch(t *testing.T) {
	all := exchanges(t)
	for _, test := range []struct {
		name, text string
		want       []int
	}{
		{"no text", "", []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
		{"blanks", " \t ", []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},

		{"a word in the head of a request", "curl", []int{1}},
		{"a word in the body of a request", "name=ada", []int{1}},
		{"a word in the head of an answer", "json", []int{8, 9, 10}},
		{"a word in the body of an answer", "hello,", []int{1, 2}},
		{"a word across two chunks of a request and of its answer", "linus", []int{5}},
		{"a word of the framing", "100-continue", []int{5}},
		{"a word of the next request on the connection", "grace", []int{2}},
		{"small letters find capitals", "grace name", []int{2}},
		{"a capital does not find small letters", "Grace name", []int{2}},
		{"capitals only", "GRACE", nil},
		{"the word error in quotes", `"error"`, []int{7}},
		{"a method in quotes", `"GET"`, []int{2, 3, 4, 6, 7}},
		{"a text with a blank", `"hello, ada"`, []int{1}},
		{"a text with a quote", `'"so"'`, []int{8}},
		{"a word with an apostrophe", "it's", []int{8}},
		{"a word with quotes inside", `{"a":"b"}`, []int{8}},
		{"a text with a colon", `"quote: it"`, []int{8}},
		{"a text made of two", `"quote: "it`, []int{8}},
		{"a text with a bar", `"a|b"`, []int{8}},
		{"a time is text", "12:99", nil},
		{"a name beyond A to Z is text", "\u212a:no", nil},
		{"a word that begins with a colon", ":", []int{1, 2, 3, 5, 6, 7, 8, 9, 10}},

		{"a bare method", "POST", []int{1, 5}},
		{"a method", "method:HEAD", []int{8}},
		{"a method in small letters", "method:head", []int{8}},
		{"a method that has small letters", "method:purge", []int{9}},
		{"a method that has no capitals", "method:PURGE", nil},
		{"a part of a method", "method:pos", nil},
		{"the name of a term has no case", "Method:POST", []int{1, 5}},

		{"the beginning of a path", "/hel", []int{1, 2}},
		{"the beginning of a path with a capital", "/Hel", []int{2}},
		{"a path with its query", "/hello?x=1", []int{1}},
		{"the path of a target that is absolute", "path:/cache", []int{9}},
		{"the end of a path", "/ello", nil},
		{"every path", "path:/", []int{1, 2, 5, 6, 7, 8, 9}},
		{"the target that is no path", "path:*", []int{10}},
		{"the beginning of a path, as breakpoints have it", "path:/hel*", []int{1, 2}},
		{"the same in short", "/hel*", []int{1, 2}},

		{"a status", "status:404", []int{8, 9, 10}},
		{"a class of statuses", "status:4xx", []int{3, 8, 9, 10}},
		{"a class of statuses in capitals", "status:4XX", []int{3, 8, 9, 10}},
		{"some digits of a status", "status:x0x", []int{1, 2, 3, 5, 6, 7, 8, 9, 10}},
		{"a status or more", "status:>=404", []int{7, 8, 9, 10}},
		{"more than a status", "status:>404", []int{7}},
		{"a status or less, of those that have one", "status:<=400", []int{1, 2, 3, 5, 6}},
		{"less than a status, of those that have one", "status:<400", []int{1, 2, 5, 6}},

		{"a header of the request", "header:user-agent", []int{1}},
		{"a header of the answer", "header:content-type=json", []int{8, 9, 10}},
		{"a header that the server added", "header:Date header:Server=BAREWIRE header:content-length=12", []int{1}},
		{"a header of the final answer, not of 100 Continue", "header:transfer-encoding=CHUNKED", []int{5, 6, 7}},
		{"a value that another header has", "header:date=json", nil},
		{"a part of the name of a header", "header:content", nil},
		{"a value with a blank", `header:x-quote='s "'`, []int{8}},

		{"a body of a request", "body:name", []int{1}},
		{"a body of an answer", "body:hello", []int{1, 2}},
		{"a body with a capital", "body:Hello", []int{1, 2}},
		{"a body with another capital", "body:hEllo", nil},
		{"a body across two chunks", "body:linus!", []int{5}},
		{"what is framing, not body", "no:5 body:3", nil},
		{"what is head, not body", "body:barewire", nil},
		{"a body in chunks of an answer", `body:"line 2"`, []int{6}},

		{"a note of the application", "note:looked", []int{1, 2}},
		{"a note that somebody wrote", "note:ada", []int{10}},
		{"a note with a capital", "note:ASK", nil},

		{"an error, which an application that answers 500 is not", "error", []int{3, 4}},
		{"a worker, which they have not", "worker:4242", nil},
		{"slower", "slower:8ms", []int{9, 10}},
		{"slower by a fraction", "slower:0.0085s", []int{9, 10}},
		{"a connection", "conn:1", []int{1, 2}},
		{"a number", "no:5", []int{5}},

		{"two terms", "POST /hello", []int{1}},
		{"one of two terms", "no:1 | no:3", []int{1, 3}},
		{"one of two terms without blanks", "no:1|no:3", []int{1, 3}},
		{"a blank binds closer", "conn:1 no:2 | no:3 POST | no:5 POST", []int{2, 5}},
		{"not", "!conn:1", []int{3, 4, 5, 6, 7, 8, 9, 10}},
		{"not a text", `!"http/1.1"`, []int{4}},
		{"not not", "!!no:5", []int{5}},
		{"not binds closest", "conn:1 !POST", []int{2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, err := filter.Parse(test.text)
			if err != nil {
				t.Fatalf("Parse(%q): %v", test.text, err)
			}
			if got := picked(f, all); !slices.Equal(got, test.want) {
				t.Errorf("Parse(%q) picks %v, want %v", test.text, got, test.want)
			}
		})
	}
}

// events makes one exchange of events.
func events(list ...server.Event) *history.Exchange {
	h := history.New(history.Usual)
	for _, event := range list {
		h.Add(event)
	}
	return h.Exchanges[0]
}

func TestMatchInPieces(t *testing.T) {
	place := server.Place{Conn: 1, Request: 1}
	list := []server.Event{server.Opened{Place: server.Place{Conn: 1}}}
	head := "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n"
	for _, c := range []byte(head + "adabehind") {
		list = append(list, server.Received{Place: place, Bytes: server.Bytes{c}, Size: 1})
	}
	list = append(list, server.Passed{Place: place, Step: 2, Head: server.Bytes(head)},
		server.Passed{Place: place, Step: 5, Framing: &server.Framing{Length: 3}})
	for _, piece := range []string{"HTTP/1.1 100 Con", "tinue\r\n\r\nHTTP/1.1 20", "0 OK\r\nDate: to", "day\r\n\r\nHel", "lo"} {
		list = append(list, server.Sent{Place: place, Bytes: server.Bytes(piece), Size: len(piece)})
	}
	x := events(list...)
	for text, want := range map[string]bool{
		"ada": true, "hello": true, "body:ada": true, "body:hello": true, "header:date=today": true,
		"body:behind": false, "body:adab": false, "body:today": false, "!body:bob": true,
	} {
		f, err := filter.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Match(x); got != want {
			t.Errorf("Parse(%q) picks it: %v, want %v", text, got, want)
		}
	}
}

func TestMatchAcrossChunks(t *testing.T) {
	place := server.Place{Conn: 1, Request: 1}
	chunks := "2\r\nli\r\n3\r\nnus\r\n0\r\n\r\n"
	head := "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
	opened := server.Opened{Place: server.Place{Conn: 1}}
	for name, x := range map[string]*history.Exchange{
		"a request": events(opened,
			server.Received{Place: place, Bytes: server.Bytes(head + chunks), Size: len(head + chunks)},
			server.Passed{Place: place, Step: 2, Head: server.Bytes(head)},
			server.Passed{Place: place, Step: 5, Framing: &server.Framing{Chunked: true}}),
		"an answer": events(opened,
			server.Received{Place: place, Bytes: server.Bytes("GET /"), Size: 5},
			server.Sent{Place: place, Bytes: server.Bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)}),
	} {
		for text, want := range map[string]bool{"linus": true, "body:linus": true, "body:3": false, "body:chunked": false} {
			f, err := filter.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if got := f.Match(x); got != want {
				t.Errorf("Parse(%q) picks %s: %v, want %v", text, name, got, want)
			}
		}
	}
}

// TestMatchAtAnyMoment asks everything of an exchange of which little is known.
func TestMatchAtAnyMoment(t *testing.T) {
	for name, x := range map[string]*history.Exchange{
		"nothing":            {},
		"an end without all": {Done: true, Gap: true, Status: "2"},
		"a framing without a head": {Framing: &server.Framing{Length: 8}, Events: []server.Event{
			server.Received{Bytes: server.Bytes("name=ada"), Size: 8}, server.Sent{Bytes: server.Bytes("HTTP/1.1 1")}}},
	} {
		for _, text := range []string{"zzz", "POST", "/hello", "status:xxx", "status:<599", "status:>100", "status:>=100", "header:accept", "body:zzz", "body:name", "note:zzz", "slower:0", "conn:3", "no:3"} {
			f, err := filter.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if f.Match(x) {
				t.Errorf("Parse(%q) picks %s", text, name)
			}
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"a name with a wrong letter", "POST hedaer:accept", "at 6: there is no term hedaer:; did you mean header:?"},
		{"the beginning of a name", "stat:404", "at 1: there is no term stat:; did you mean status:?"},
		{"one letter", "m:POST", "at 1: there is no term m:; did you mean method:?"},
		{"a name between two", "nose:ada", "at 1: there is no term nose:; did you mean note:?"},
		{"another word for it", "slow:10ms", "at 1: there is no term slow:; did you mean slower:?"},
		{"no name at all", "é localhost:8888", "at 3: there is no term localhost:; in quotes it is text"},
		{"no method", "method:", `at 1: method: wants a method such as POST, not ""`},
		{"a path that begins nowhere", "path:hello", `at 1: path: wants the beginning of a path, such as /hello, not "hello"`},
		{"a status with a letter", "!status:4o4", `at 1: status: wants a status such as 404, 4xx or >=400, not "4o4"`},
		{"a status that is too short", "status:40", `at 1: status: wants a status such as 404, 4xx or >=400, not "40"`},
		{"a class that is compared", "status:>=4xx", `at 1: status: wants a status such as 404, 4xx or >=400, not ">=4xx"`},
		{"a comparison that is none", "status:=>400", `at 1: status: wants a status such as 404, 4xx or >=400, not "=>400"`},
		{"a status of three bytes that are no text", "status:>\xa0\xa0\xa0", `at 1: status: wants a status such as 404, 4xx or >=400, not ">\xa0\xa0\xa0"`},
		{"a header without name", "header:=json", `at 1: header: wants a name, and perhaps = and letters of its value, as in header:accept=json, not "=json"`},
		{"a header as it stands on the wire", "header:accept:*/*", `at 1: header: wants a name, and perhaps = and letters of its value, as in header:accept=json, not "accept:*/*"`},
		{"a status beyond all", "status:999", `at 1: status: wants a status such as 404, 4xx or >=400, not "999"`},
		{"a status before all", "status:099", `at 1: status: wants a status such as 404, 4xx or >=400, not "099"`},
		{"a class that there is not", "status:6xx", `at 1: status: wants a status such as 404, 4xx or >=400, not "6xx"`},
		{"a comparison with what there is not", "status:>=600", `at 1: status: wants a status such as 404, 4xx or >=400, not ">=600"`},
		{"no body", "body:", `at 1: body: wants letters, not ""`},
		{"no note", `note:""`, `at 1: note: wants letters, not ""`},
		{"a worker by name", "worker:first", `at 1: worker: wants the number of a process such as 4242, not "first"`},
		{"a worker of no number", "worker:0", `at 1: worker: wants the number of a process such as 4242, not "0"`},
		{"a time without unit", "slower:10", `at 1: slower: wants a time such as 10ms or 1.5s, not "10"`},
		{"a time before the beginning", "slower:-1s", `at 1: slower: wants a time such as 10ms or 1.5s, not "-1s"`},
		{"a connection that is no number", "conn:c3", `at 1: conn: wants a number such as 3, not "c3"`},
		{"request 0", "no:0", `at 1: no: wants a number such as 5, not "0"`},
		{"bytes that a terminal obeys", "no:\x1b[2J", `at 1: no: wants a number such as 5, not "\x1b[2J"`},
		{"a quote in a value that is not closed", `header:a="b`, "at 10: the quote is not closed"},
		{"nothing in quotes", `POST ""`, "at 6: there is nothing between the quotes"},
		{"an open quote", `body:"hello`, "at 6: the quote is not closed"},
		{"the other quote", `'hello"`, "at 1: the quote is not closed"},
		{"nothing after !", "POST !", "at 7: a term is missing; ! stands before one"},
		{"a blank after !", "! POST", "at 2: a term is missing; ! stands before one"},
		{"nothing before |", " | POST", "at 2: a term is missing; | stands between two"},
		{"nothing after |", "POST |", "at 7: a term is missing; | stands between two"},
		{"nothing between two |", "POST || GET", "at 7: a term is missing; | stands between two"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, err := filter.Parse(test.text)
			if err == nil || err.Error() != test.want {
				t.Errorf("Parse(%q) = %v, %v, want %s", test.text, f, err, test.want)
			}
		})
	}
}

func TestString(t *testing.T) {
	f, err := filter.Parse("  POST  | \"a  b\"\t")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.String(), `POST  | "a  b"`; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

// TestHelp types each row of the help, and finds it in the package comment.
func TestHelp(t *testing.T) {
	source, err := os.ReadFile("filter.go")
	if err != nil {
		t.Fatal(err)
	}
	comment, _, _ := strings.Cut(string(source), "\npackage filter")
	for _, row := range filter.Help {
		if _, err := filter.Parse(row.Term); err != nil {
			t.Errorf("Parse(%q): %v", row.Term, err)
		}
		line := fmt.Sprintf("//	%-18s  %s", row.Term, row.Means)
		if !strings.Contains(comment, line+"\n") {
			t.Errorf("the package comment has no line %q", line)
		}
		if utf8.RuneCountInString(line) > 80 {
			t.Errorf("%q is too long for a small screen", line)
		}
	}
	if got := strings.Count(comment, "//	"); got != len(filter.Help) {
		t.Errorf("the package comment has %d rows, want %d", got, len(filter.Help))
	}
}

// TestMatchDoesNotCopy holds for what came in one read and left in one write.
func TestMatchDoesNotCopy(t *testing.T) {
	all := exchanges(t)
	x := all[7]
	for _, text := range []string{"zzz", "POST", "/zzz", "status:5xx", "header:zzz", "header:date=zzz", "body:zzz", "note:zzz", "error", "slower:1h", "conn:99", "no:99"} {
		f, err := filter.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := testing.AllocsPerRun(10, func() {
			if f.Match(x) {
				t.Errorf("Parse(%q) picks it", text)
			}
		}); got != 0 {
			t.Errorf("Parse(%q).Match allocates %v times", text, got)
		}
	}
}

var sentence = regexp.MustCompile(`^at [1-9][0-9]*: [\pL\pM\pN\pP\pS ]+$`)

// FuzzParse reads two texts. Neither may do harm, and what both say together
// follows from what each says.
func FuzzParse(f *testing.F) {
	for _, row := range filter.Help {
		f.Add(row.Term, "!error")
	}
	f.Add(`body:"a b"|!!'x`, "status:>=4xx !")
	f.Add("\xff:\x1b[2J", `a='b':"c"`)
	all := exchanges(f)
	parse := func(t *testing.T, text string) (filter.Filter, bool) {
		parsed, err := filter.Parse(text)
		if err != nil && (!sentence.MatchString(err.Error()) || parsed.String() != "") {
			t.Errorf("Parse(%q) = %v, %q", text, parsed, err)
		}
		return parsed, err == nil
	}
	f.Fuzz(func(t *testing.T, one, other string) {
		a, ok := parse(t, one)
		b, okToo := parse(t, other)
		if !ok || !okToo || a.String() == "" || b.String() == "" {
			return
		}
		again, _ := parse(t, a.String())
		either, _ := parse(t, one+"|"+other)
		for _, x := range all {
			if again.Match(x) != a.Match(x) {
				t.Errorf("%q picks request %d: %v; its String: %v", one, x.Number, a.Match(x), again.Match(x))
			}
			if want := a.Match(x) || b.Match(x); either.Match(x) != want {
				t.Errorf("%q|%q picks request %d: %v, want %v", one, other, x.Number, !want, want)
			}
		}
	})
}

// BenchmarkMatch asks 10,000 exchanges, as every key in the filter does.
func BenchmarkMatch(b *testing.B) {
	few := exchanges(b)
	var many []*history.Exchange
	for len(many) < 10_000 {
		copied := *few[len(many)%len(few)]
		copied.Events = slices.Clone(copied.Events)
		many = append(many, &copied)
	}
	for _, text := range []string{"POST", "status:4xx", "header:content-type=json", "body:ada", "ada", "ada | !error body:zzz"} {
		b.Run(text, func(b *testing.B) {
			f, err := filter.Parse(text)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				picked(f, many)
			}
		})
	}
}

// A worker is found by its number, and by what it told: its calls, its traceback.
func TestMatchWorkers(t *testing.T) {
	h := history.New(history.Usual)
	for _, event := range slices.Concat(session.Flask(1), session.Failed(2), session.Post(3)) {
		h.Add(event)
	}
	for _, test := range []struct {
		text string
		want []int
	}{
		{"worker:4242", []int{1, 2}},
		{"worker:424", nil},
		{"!worker:4242", []int{3}},
		{"flask.wsgi_app", []int{1}},
		{"ZeroDivisionError", []int{2}},
		{"note:traceback", []int{2}},
	} {
		f, err := filter.Parse(test.text)
		if got := picked(f, h.Exchanges); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s picks %v, %v, want %v", test.text, got, err, test.want)
		}
	}
}
