package server_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// Some rules hold in the plain case everywhere, and break where nobody looked: in the
// answer to a HEAD that was refused, or to an old client that wants to stay. Here each
// of them meets everything that it must not depend on.

var (
	methods  = []string{"GET", "HEAD", "POST"}
	versions = []string{"HTTP/1.0", "HTTP/1.1"}
)

// An answer is what the server said, cut behind its head.
type answer struct {
	status string   // "200 OK"
	fields []string // "Content-Length: 3", in order
	rest   string   // all that came behind the head
}

// cut takes the first answer out of what the server said, and checks what is true of
// every head: its lines are lines, it has one Date and one Server, and it says once,
// if at all, where the body ends and whether the connection does.
func cut(t *testing.T, what, said string) answer {
	t.Helper()
	head, rest, whole := strings.Cut(said, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	status, ours := strings.CutPrefix(lines[0], "HTTP/1.1 ")
	if !whole || !ours || strings.ContainsAny(strings.Join(lines, ""), "\r\n") {
		t.Errorf("%s: the server says %.300q, which begins with no head", what, said)
		return answer{}
	}
	a := answer{status, lines[1:], rest}
	for name, most := range map[string]int{"Date": 1, "Server": 1, "Content-Length": 1, "Transfer-Encoding": 1, "Connection": 1} {
		least := 0
		if name == "Date" || name == "Server" {
			least = 1
		}
		if n := len(a.values(name)); n < least || n > most {
			t.Errorf("%s: %s stands there %d times, in %q", what, name, n, head)
		}
	}
	if a.value("Content-Length") != "" && a.value("Transfer-Encoding") != "" {
		t.Errorf("%s: the head says twice where the body ends: %q", what, head)
	}
	return a
}

// values returns what the fields of a name say.
func (a answer) values(name string) (values []string) {
	for _, field := range a.fields {
		if given, value, _ := strings.Cut(field, ":"); strings.EqualFold(given, name) {
			values = append(values, strings.TrimSpace(value))
		}
	}
	return values
}

// value returns what the first of them says.
func (a answer) value(name string) string {
	return strings.Join(a.values(name)[:min(1, len(a.values(name)))], "")
}

// said is when the server answers: the value of its Date.
var said = answer{fields: strings.Split(stamp, "\r\n")}.value("Date")

// wantRefused wants an answer with this status and nothing behind it, that says that
// it is the last. To HEAD it has no body.
func (a answer) wantRefused(t *testing.T, what, status string, toHead bool) {
	t.Helper()
	length := strconv.Itoa(len(a.rest))
	if toHead && a.rest == "" {
		length = a.value("Content-Length")
	}
	if a.status != status || a.value("Date") != said || a.value("Connection") != "close" || a.value("Content-Length") != length || toHead && a.rest != "" {
		t.Errorf("%s: the server says %q, want %s, close, and a body only to others than HEAD", what, a, status)
	}
}

// counting counts the followers that an application is called for.
func counting(followers *atomic.Int32) func(*server.Server) {
	return func(s *server.Server) {
		app := s.App
		s.App = func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			if environ.Text("PATH_INFO") == "/follower" {
				followers.Add(1)
			}
			return app(environ, start)
		}
	}
}

// wantNoFollower wants that no follower has come through, now that the server stops.
func wantNoFollower(t *testing.T, s *site, followers *atomic.Int32) {
	t.Helper()
	s.stop(t)
	if n := followers.Load(); n > 0 {
		t.Errorf("%d followers reach the application, want none", n)
	}
}

var (
	startOfRequest = regexp.MustCompile(`^((?:\r\n)*)(?:GET|POST) `)
	versionOf      = regexp.MustCompile(`HTTP/1\.[01]\r\n`)
)

// as makes the same mistake with another method and another version, and tells with
// which status that is refused: "" where it is none in HTTP/1.0.
func (r refusal) as(method, version string) (send, status string) {
	send = startOfRequest.ReplaceAllString(r.send, "${1}"+method+" ")
	send = versionOf.ReplaceAllLiteralString(send, version+"\r\n")
	switch {
	case version == "HTTP/1.1":
		return send, r.status
	case strings.Contains(send, "Transfer-Encoding"):
		return send, "400 Bad Request" // HTTP/1.0 has none, whatever else is wrong
	case r.rule == "a request in HTTP/1.1 has a Host field", r.status == "417 Expectation Failed":
		return send, ""
	}
	return send, r.status
}

// failures are applications whose fault is the answer, whatever was asked.
var failures = []struct {
	name string
	app  wsgi.Application
}{
	{"no application", nil},
	{"panics when called", func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { panic(errSecret) }},
	{"panics in its body", func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Date", "never"}, {"Content-Length", "5"}})
		return wsgi.Stream(func(func([]byte, error) bool) { panic(errSecret) })
	}},
	{"fails", func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Date", "never"}})
		return wsgi.Fail(errSecret)
	}},
	{"never starts", func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return wsgi.Text("hi\n") }},
	{"returns no body", func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body { start("200 OK", nil); return nil }},
	{"has a status of its own", answers("OK", nil, "hi\n")},
	{"smuggles a header", answers("200 OK", wsgi.Headers{{"A", "b\r\nSet-Cookie: c=d"}}, "hi\n")},
	{"meddles with the connection", answers("200 OK", wsgi.Headers{{"Connection", "keep-alive"}}, "hi\n")},
}

// A mishap is a request that gets an answer of ours and ends its connection.
type mishap struct {
	name         string
	app          wsgi.Application
	send, status string
}

// mishaps returns those of every step, for a request with this method and version.
func mishaps(method, version string) (all []mishap) {
	for _, refusal := range refused {
		if send, status := refusal.as(method, version); status != "" {
			all = append(all, mishap{refusal.name, reader, send, status})
			if refusal.step == "05 body" {
				// The application may look away from what it met.
				all = append(all, mishap{refusal.name + ", and nobody cares", swallower, send, status})
			}
		}
	}
	send := method + " / " + version + "\r\nHost: x\r\nConnection: keep-alive\r\n\r\n"
	for _, failure := range failures {
		all = append(all, mishap{failure.name, failure.app, send, "500 Internal Server Error"})
	}
	return all
}

// What stands behind a request that was refused is nobody knows what. It is neither
// answered nor called for, whether it came in the same write or while the answer was
// on its way. RFC 9112 §9.6
func TestCombinationFollowerOfARefusal(t *testing.T) {
	for _, method := range methods {
		for _, version := range versions {
			for _, wrong := range mishaps(method, version) {
				t.Run(fmt.Sprintf("%s %s/%s", method, version, wrong.name), func(t *testing.T) {
					var followers atomic.Int32
					s := start(t, wrong.app, tight, counting(&followers))
					toHead := strings.HasPrefix(wrong.send, "HEAD ")

					c := s.dial(t)
					c.say(wrong.send + follower)
					got, end := c.rest()
					cut(t, "in the same write", got).wantRefused(t, "in the same write", wrong.status, toHead)
					if end != fin {
						t.Errorf("in the same write: the connection ends with %s", end)
					}
					_ = c.Close()

					c = s.dial(t)
					c.say(wrong.send)
					c.hear("HTTP/1.1 ")
					_, _ = io.WriteString(c, follower) // whether the server still listens or not
					got, _ = c.rest()
					cut(t, "later", "HTTP/1.1 "+got).wantRefused(t, "later", wrong.status, toHead)
					_ = c.Close()
					wantNoFollower(t, s, &followers)
				})
			}
		}
	}
}

// A request that took too long is a refused one, too.
func TestCombinationFollowerOfALateRequest(t *testing.T) {
	slow := func(s *server.Server) { s.Deadlines.Head, s.Deadlines.Body = brief, brief }
	for _, method := range methods {
		for _, version := range versions {
			for _, late := range []mishap{
				{"inside the request line", hi, method + " / ", ""},
				{"inside the head", hi, method + " / " + version + "\r\nHo", ""},
				{"inside the body", reader, method + " / " + version + "\r\nHost: x\r\nContent-Length: 5\r\n\r\nhell", ""},
				{"inside the body, and nobody cares", swallower, method + " / " + version + "\r\nHost: x\r\nContent-Length: 5\r\n\r\nhell", ""},
			} {
				t.Run(fmt.Sprintf("%s %s/%s", method, version, late.name), func(t *testing.T) {
					var followers atomic.Int32
					s := start(t, late.app, slow, counting(&followers))
					c := s.dial(t)
					c.say(late.send)
					c.hear("HTTP/1.1 ")
					_, _ = io.WriteString(c, follower) // the same
					got, _ := c.rest()
					cut(t, "later", "HTTP/1.1 "+got).wantRefused(t, "later", "408 Request Timeout", method == "HEAD")
					_ = c.Close()
					wantNoFollower(t, s, &followers)
				})
			}
		}
	}
}

// A client that is refused may have a megabyte to say still, and reads nothing before
// it has said it. A server that closed would reset the connection, and the kernel
// would throw the answer away. RFC 9112 §9.6
func TestCombinationAnswerBeforeReset(t *testing.T) {
	more := strings.Repeat("x", 1<<20)
	for _, method := range methods {
		for _, version := range versions {
			uploads := append(mishaps(method, version),
				mishap{"an upload that is too large", reader, method + " / " + version + "\r\nHost: x\r\nContent-Length: 4194304\r\n\r\n", "413 Content Too Large"},
				mishap{"an upload that nobody reads", hi, method + " / " + version + "\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n", "200 OK"},
			)
			for _, wrong := range uploads {
				t.Run(fmt.Sprintf("%s %s/%s", method, version, wrong.name), func(t *testing.T) {
					c := start(t, wrong.app, tight).dial(t)
					c.say(wrong.send)
					c.say(more)
					got, end := c.rest()
					cut(t, wrong.name, got).wantRefused(t, wrong.name, wrong.status, strings.HasPrefix(wrong.send, "HEAD "))
					if end != fin {
						t.Errorf("behind %.100q the connection ends with %s", got, end)
					}
				})
			}
		}
	}
}

// A way is one in which an application may give its answer.
type way func(environ wsgi.Environ, start wsgi.StartResponse, status string, headers wsgi.Headers, body wsgi.Body) wsgi.Body

// yields passes on what a body yields, up to its end.
func yields(body wsgi.Body, yield func([]byte, error) bool) {
	for chunk, err := range body.Chunks {
		if !yield(chunk, err) {
			return
		}
	}
}

var ways = []struct {
	name string
	way  way
}{
	{"returned", func(_ wsgi.Environ, start wsgi.StartResponse, status string, headers wsgi.Headers, body wsgi.Body) wsgi.Body {
		start(status, headers)
		return body
	}},
	{"started late", func(_ wsgi.Environ, start wsgi.StartResponse, status string, headers wsgi.Headers, body wsgi.Body) wsgi.Body {
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			defer body.Close()
			start(status, headers)
			yields(body, yield)
		})
	}},
	{"written", func(_ wsgi.Environ, start wsgi.StartResponse, status string, headers wsgi.Headers, body wsgi.Body) wsgi.Body {
		defer body.Close()
		write := start(status, headers)
		var failure error
		yields(body, func(chunk []byte, err error) bool {
			failure = err
			return err == nil && write(chunk) == nil
		})
		if failure != nil {
			return wsgi.Fail(failure)
		}
		return wsgi.List{}
	}},
	{"written, then returned", func(_ wsgi.Environ, start wsgi.StartResponse, status string, headers wsgi.Headers, body wsgi.Body) wsgi.Body {
		_ = start(status, headers)(nil) // sends nothing
		_ = start(status, headers, errSecret)([]byte("first\n"))
		return body
	}},
}

// bodies are what applications return, and how much that is; -1 when it fails.
func bodies(t *testing.T) []struct {
	name string
	body func() wsgi.Body
	size int
} {
	file := func(size int) func() wsgi.Body {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, make([]byte, size), 0o644); err != nil {
			t.Fatal(err)
		}
		return func() wsgi.Body {
			file, err := os.Open(path)
			if err != nil {
				return wsgi.Fail(err)
			}
			return wsgi.File{Reader: file, Closer: file}
		}
	}
	list := func(chunks ...string) func() wsgi.Body {
		var list wsgi.List
		for _, chunk := range chunks {
			list = append(list, []byte(chunk))
		}
		return func() wsgi.Body { return list }
	}
	stream := func(behind func(yield func([]byte, error) bool), chunks ...string) func() wsgi.Body {
		return func() wsgi.Body {
			return wsgi.Stream(func(yield func([]byte, error) bool) {
				for _, chunk := range chunks {
					if !yield([]byte(chunk), nil) {
						return
					}
				}
				behind(yield)
			})
		}
	}
	done := func(func([]byte, error) bool) {}
	fails := func(yield func([]byte, error) bool) { yield(nil, errSecret) }
	panics := func(func([]byte, error) bool) { panic(errSecret) }
	return []struct {
		name string
		body func() wsgi.Body
		size int
	}{
		{"a List of none", list(), 0},
		{"a List of one", list("one\n"), 4},
		{"a List of an empty one", list(""), 0},
		{"a List of two", list("one\n", "two\n"), 8},
		{"a Stream", stream(done, "one\n", "two\n"), 8},
		{"a Stream of one", stream(done, "one\n"), 4},
		{"a Stream of nothing", stream(done), 0},
		{"a Stream of empty chunks", stream(done, "", ""), 0},
		{"a small file", file(100), 100},
		{"a large file", file(100_000), 100_000},
		{"an empty file", file(0), 0},
		{"an error", stream(fails), -1},
		{"an error behind a chunk", stream(fails, "one\n"), -1},
		{"a panic", stream(panics), -1},
		{"a panic behind a chunk", stream(panics, "one\n"), -1},
	}
}

// HEAD has no body: not of a List, nor of a file, nor one that was written, whatever
// the application declares. What stands behind the head is the answer to the next
// request, or nothing. And a length that the head states is that of GET's body.
// RFC 9110 §9.3.2, §8.6
func TestCombinationHead(t *testing.T) {
	type combination struct {
		name, status, declared string
		way                    way
		body                   func() wsgi.Body
		size                   int
	}
	var all []combination
	for _, body := range bodies(t) {
		for _, way := range ways {
			size := body.size
			if size >= 0 && way.name == "written, then returned" {
				size += len("first\n")
			}
			for length, declared := range map[string]int{"none": -1, "exact": size, "too small": size - 1, "too large": size + 1, "zero": 0} {
				for _, status := range []string{"200 OK", "204 No Content", "205 Reset Content", "304 Not Modified", "404 Not Found"} {
					c := combination{body.name + " " + way.name + ", length " + length + ", " + status, status, "", way.way, body.body, -1}
					if declared >= 0 {
						c.declared = strconv.Itoa(declared)
					}
					if length == "none" || length == "exact" {
						c.size = size
					}
					all = append(all, c)
				}
			}
		}
	}
	s := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		n, _ := strconv.Atoi(strings.TrimPrefix(environ.Text("PATH_INFO"), "/"))
		c := all[n]
		var headers wsgi.Headers
		if c.declared != "" {
			headers = wsgi.Headers{{"Content-Length", c.declared}}
		}
		return c.way(environ, start, c.status, headers, c.body())
	})
	for n, c := range all {
		for _, tail := range []string{
			" HTTP/1.1\r\nHost: x\r\n\r\n",
			" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
			" HTTP/1.0\r\n\r\n",
			" HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
		} {
			what := fmt.Sprintf("HEAD%q, %s", tail, c.name)
			client := s.dial(t)
			client.say("HEAD /" + strconv.Itoa(n) + tail + follower)
			got, end := client.rest()
			_ = client.Close()
			a := cut(t, what, got)
			behind := followed
			if a.value("Connection") == "close" || strings.HasPrefix(c.name, "a panic") && a.rest == "" {
				behind = "" // a call that panics may end the connection, too
			}
			if a.rest != behind || end != fin {
				t.Errorf("%s: behind the head stands %.200q and %s, want %q", what, a.rest, end, behind)
			}
			if a.status != c.status && a.status != "500 Internal Server Error" {
				t.Errorf("%s: the status is %s", what, a.status)
			}
			length, want := a.value("Content-Length"), strconv.Itoa(c.size)
			if c.status == "205 Reset Content" {
				want = "0"
			}
			if a.status == c.status && length != "" && (c.size >= 0 && length != want || c.status == "204 No Content") {
				t.Errorf("%s: HEAD says that GET has %s bytes, and it has %s", what, length, want)
			}
		}
	}
}

// Date stands on every answer, and once: the application's, if it has one and its
// answer is the one that is given. RFC 9110 §6.6.1
func TestCombinationDate(t *testing.T) {
	const own = "Sun, 06 Nov 1994 08:49:37 GMT"
	all := bodies(t)
	s := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		words := strings.Split(environ.Text("PATH_INFO"), "/")
		n, _ := strconv.Atoi(words[1])
		var headers wsgi.Headers
		if words[3] != "" {
			headers = wsgi.Headers{{"A", "b"}, {words[3], own}, {"C", "d"}}
		}
		way, _ := strconv.Atoi(words[4])
		return ways[way].way(environ, start, words[2]+" Word", headers, all[n].body())
	})
	for n, body := range all {
		for way := range ways {
			for _, status := range []string{"200", "204", "304", "404", "503"} {
				for _, name := range []string{"", "date"} {
					for _, method := range methods {
						for _, version := range versions {
							what := fmt.Sprintf("%s %s, %s %s, %s %q", method, version, body.name, ways[way].name, status, name)
							got := s.ask(t, fmt.Sprintf("%s /%d/%s/%s/%d %s\r\nHost: x\r\nConnection: close\r\n\r\n", method, n, status, name, way, version))
							a, want := cut(t, what, got), said
							if name != "" && strings.HasPrefix(a.status, status+" Word") {
								want = own
							}
							if a.value("Date") != want {
								t.Errorf("%s: Date is %q, want %q", what, a.value("Date"), want)
							}
						}
					}
				}
			}
		}
	}
}

// The line before a chunk follows its grammar to the letter, whoever reads the body,
// or nobody. What does not is refused if that can still be said; in any case it is the
// end, for behind it nobody knows what is a chunk and what is a request.
// RFC 9112 §7.1, §7.1.1, §7.1.2
func TestCombinationChunkLines(t *testing.T) {
	type lines struct {
		kind string
		good bool
		text []string
	}
	var all []lines
	sizes := []lines{
		{"size", true, []string{"5", "05", "0000000000005"}},
		{"extension", true, []string{"5;a", "5;a=b", "5;a;b=c", "5 ;\ta = b", `5;a=""`, `5;a="b;c"`, `5;a="\""`, "5;a=\"\xff\""}},
		{"size", false, []string{"", " ", " 5", "5 ", "5\t", "+5", "-5", "0x5", "5h", "5_0", "5,", "5.", "five", "5\x00", "5\r", "\xef\xbc\x95"}},
		{"extension", false, []string{"5;", "5;;a", "5; ", "5;=b", "5;a=", "5;a=b=c", "5;a b", "5 a", "5;a ", "5;a=b ", `5;a="b`, `5;a="b\"`, `5;a="b"c`, "5;a=\"\x01\"", "5;\xff", "5;a\x00"}},
		{"bounds", false, []string{"ffffffffffffffff", "10000000000000005", strings.Repeat("0", 20) + "5", "5;" + strings.Repeat("a", 20)}},
	}
	for _, size := range sizes {
		first, second, last := lines{size.kind + ", first chunk", size.good, nil}, lines{size.kind + ", second chunk", size.good, nil}, lines{size.kind + ", last chunk", size.good, nil}
		for _, text := range size.text {
			first.text = append(first.text, text+"\r\nhello\r\n0\r\n\r\n")
			second.text = append(second.text, "5\r\nhello\r\n"+text+"\r\nhello\r\n0\r\n\r\n")
			if size.kind != "bounds" || strings.HasPrefix(text, "5") {
				last.text = append(last.text, "5\r\nhello\r\n"+strings.ReplaceAll(text, "5", "0")+"\r\n\r\n")
			}
		}
		all = append(all, first, second, last)
	}
	extended := "1;" + strings.Repeat("a", 16) + "\r\nx\r\n" // two bytes longer than any size
	all = append(all,
		lines{"many extensions", true, []string{strings.Repeat(extended, 19) + "0\r\n\r\n"}},
		lines{"too many extensions", false, []string{strings.Repeat(extended, 20) + "0\r\n\r\n"}},
		lines{"line ends", false, []string{"5\nhello\r\n0\r\n\r\n", "5\rhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello\r0\r\n\r\n", "5\r\nhello0\r\n\r\n",
			"5\r\nhello\r\n\r\n0\r\n\r\n", "4\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\n\r\n", "5\r\nhello\r\n0\r\n\n"}},
		lines{"trailers", true, []string{"5\r\nhello\r\n0\r\nA: b\r\n\r\n", "5\r\nhello\r\n0\r\nA:\r\nB:c\r\n\r\n", "5\r\nhello\r\n0\r\nHost: evil\r\n\r\n"}},
		lines{"trailers", false, []string{"5\r\nhello\r\n0\r\nA\r\n\r\n", "5\r\nhello\r\n0\r\nA : b\r\n\r\n", "5\r\nhello\r\n0\r\n A: b\r\n\r\n", "5\r\nhello\r\n0\r\nA: b\r\n c\r\n\r\n",
			"5\r\nhello\r\n0\r\nA: \x01\r\n\r\n", "5\r\nhello\r\n0\r\nA: b\n\r\n", "5\r\nhello\r\n0\r\nA: " + strings.Repeat("b", 20) + "\r\n\r\n", "5\r\nhello\r\n0\r\n" + strings.Repeat("A: b\r\n", 5) + "\r\n"}},
	)
	applications := []struct {
		name    string
		app     wsgi.Application
		refuses bool // it reads before it answers, so the answer can be a refusal
	}{
		{"reads", reader, true},
		{"reads and does not care", swallower, true},
		{"does not read", hi, false},
		{"answers, then reads", replier, false},
	}
	for _, application := range applications {
		t.Run("the application "+application.name, func(t *testing.T) {
			var followers atomic.Int32
			s := start(t, application.app, tight, counting(&followers))
			for _, lines := range all {
				for _, text := range lines.text {
					for _, method := range methods {
						what := fmt.Sprintf("%s with %s, %q", method, lines.kind, text)
						before := followers.Load()
						c := s.dial(t)
						c.say(method + " / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + text + follower)
						got, end := c.rest()
						_ = c.Close()
						a := cut(t, what, got)
						called := followers.Load() > before
						switch {
						case end != fin:
							t.Errorf("%s: the connection ends with %s", what, end)
						case lines.good && (a.status != "200 OK" || !strings.HasSuffix(a.rest, followed) || !called):
							t.Errorf("%s: the server says %q, want 200 and the answer to the follower", what, got)
						case !lines.good && (strings.Contains(a.rest, "HTTP/1.1") || called):
							t.Errorf("%s: the server says %q, and the follower comes through: %t", what, got, called)
						case !lines.good && application.refuses && !strings.HasPrefix(a.status, "4"):
							t.Errorf("%s: the server says %q, want it to refuse", what, got)
						}
					}
				}
			}
		})
	}
}

// So do ours: hex digits with no zero in front, CRLF, so many bytes, CRLF, and at the
// end the last one. An empty chunk is never sent, for it would be the last.
func TestCombinationOurChunks(t *testing.T) {
	for _, sizes := range [][]int{{1}, {15, 16, 17}, {0, 1, 0, 0, 255, 256, 0}, {4095, 4096, 4097}, {16<<10 - 1, 16 << 10, 16<<10 + 1}, {1 << 20, 1}} {
		var list wsgi.List
		var content strings.Builder
		for i, size := range sizes {
			chunk := strings.Repeat(string(rune('a'+i)), size)
			list = append(list, []byte(chunk))
			content.WriteString(chunk)
		}
		for _, way := range ways[1:3] { // those of whose length nobody knows
			t.Run(fmt.Sprintf("%d %s", sizes, way.name), func(t *testing.T) {
				c := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
					return way.way(environ, start, "200 OK", nil, list)
				}).dial(t)
				c.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n" + follower)
				got, _ := c.rest()
				a := cut(t, "GET", got)
				decoded, left := "", a.rest
				for {
					line, rest, _ := strings.Cut(left, "\r\n")
					size, err := strconv.ParseInt(line, 16, 64)
					if err != nil || line != strconv.FormatInt(size, 16) || len(rest) < int(size)+2 || rest[size:size+2] != "\r\n" {
						t.Fatalf("behind %d bytes stands no chunk: %.50q", len(decoded), left)
					}
					decoded, left = decoded+rest[:size], rest[size+2:]
					if size == 0 {
						break
					}
				}
				if a.value("Transfer-Encoding") != "chunked" || decoded != content.String() || left != followed {
					t.Errorf("%d bytes in chunks, want %d; behind them %.200q, want %q", len(decoded), content.Len(), left, followed)
				}
			})
		}
	}
}

// Where no body comes there is nothing to wait for: Expect or not, the answer is the
// final one, at once, and the connection stays. RFC 9110 §10.1.1
func TestCombinationExpectWithoutABody(t *testing.T) {
	for _, app := range []struct {
		name string
		app  wsgi.Application
	}{{"does not read", hi}, {"reads", reader}, {"answers, then reads", replier}} {
		t.Run("the application "+app.name, func(t *testing.T) {
			s := start(t, app.app)
			for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW"} {
				for _, version := range []string{"HTTP/1.1", "HTTP/1.7", "HTTP/1.0"} {
					for _, length := range []string{"", "Content-Length: 0\r\n", "Content-Length: 00, 0\r\n"} {
						for _, expect := range []string{"100-continue", "100-Continue", "100-continue, 100-continue", ""} {
							send := method + " / " + version + "\r\nHost: x\r\nConnection: x-foo\r\nExpect: " + expect + "\r\n" + length + "\r\n"
							if version == "HTTP/1.0" {
								send = strings.Replace(send, "x-foo", "keep-alive", 1)
							}
							c := s.dial(t)
							c.say(send)
							c.hear(ok) // and not 100 Continue
							c.say(follower)
							got, _ := c.rest()
							_ = c.Close()
							a := cut(t, send, ok+got)
							kept := a.value("Connection") != "close"
							if strings.Contains(got, "100 Continue") || kept != strings.HasSuffix(a.rest, followed) || version != "HTTP/1.0" && !kept {
								t.Errorf("to %q the server says %q, want one final answer and that to the follower", send, ok+got)
							}
						}
					}
				}
			}
		})
	}
}

// Whether a connection stays is decided by the version, by what the client says, and
// by whether the end of the answer can be told without it. In HTTP/1.0 staying is said
// back, in HTTP/1.1 leaving is, and then it is done. RFC 9112 §9.3, §9.6
func TestCombinationKeepAlive(t *testing.T) {
	options := []struct {
		lines         string
		keeps, closes bool
	}{
		{"", false, false},
		{"Connection: keep-alive\r\n", true, false},
		{"Connection: Keep-Alive\r\n", true, false},
		{"Connection: x-foo, keep-alive\r\n", true, false},
		{"Connection: x-foo\r\nConnection: keep-alive\r\n", true, false},
		{"Keep-Alive: timeout=5\r\n", false, false},
		{"Connection: close\r\n", false, true},
		{"Connection: keep-alive, close\r\n", true, true},
		{"Connection: close\r\nConnection: keep-alive\r\n", true, true},
	}
	applications := map[string]struct {
		app     wsgi.Application
		unended bool // in HTTP/1.0 only the end of the connection ends it
	}{
		"of one chunk":   {hi, false},
		"of some chunks": {streams("one\n", "two\n"), true},
		"of none":        {streams(), false},
		"declared":       {answers("200 OK", wsgi.Headers{{"Content-Length", "3"}}, "hi\n"), false},
		"204":            {answers("204 No Content", nil, "x"), false},
		"205":            {answers("205 Reset Content", nil, "x"), false},
		"304":            {answers("304 Not Modified", nil, "x"), false},
		"404":            {answers("404 Not Found", nil, "x"), false},
		"of a reader":    {reader, false},
	}
	for name, application := range applications {
		t.Run("an answer "+name, func(t *testing.T) {
			s := start(t, application.app)
			for _, method := range methods {
				for _, version := range []string{"HTTP/1.0", "HTTP/1.1", "HTTP/1.7"} {
					for _, option := range options {
						for _, body := range []string{"\r\n", "Content-Length: 5\r\n\r\nhello"} {
							send := method + " / " + version + "\r\nHost: x\r\n" + option.lines + body
							kept := (version != "HTTP/1.0" || option.keeps) && !option.closes
							if application.unended && version == "HTTP/1.0" && method != "HEAD" {
								kept = false
							}
							said := "close"
							switch {
							case kept && version == "HTTP/1.0":
								said = "keep-alive"
							case kept:
								said = ""
							}
							c := s.dial(t)
							c.say(send + follower)
							got, end := c.rest()
							_ = c.Close()
							a := cut(t, send, got)
							if a.value("Connection") != said || strings.HasSuffix(a.rest, followed) != kept || end != fin {
								t.Errorf("to %q the server says %q and %s, want Connection: %q, and the follower answered: %t", send, got, end, said, kept)
							}
						}
					}
				}
			}
		})
	}
}

// The combinations are as many as they seem: no name of a mishap hides another.
func TestCombinationNames(t *testing.T) {
	for _, method := range methods {
		for _, version := range versions {
			var names []string
			for _, wrong := range mishaps(method, version) {
				if slices.Contains(names, wrong.name) {
					t.Errorf("two are called %q", wrong.name)
				}
				names = append(names, wrong.name)
			}
			if len(names) < len(refused) {
				t.Errorf("%s %s has %d mishaps, want at least %d", method, version, len(names), len(refused))
			}
		}
	}
}
