package server_test

import (
	"fmt"
	"strings"
	"testing"

	"barewire/server"
	read "barewire/steps/02_read"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
)

// A row is one request, byte by byte, and all that the server says to it. Each
// is sent with a follower right behind it: when the connection is kept, that is
// answered next; when it is not, it must not be, whatever was wrong before it.
type row struct {
	name string
	app  wsgi.Application // hi, when none is named
	send string
	want string
	kept bool
}

// tight are bounds small enough for a row to break.
func tight(s *server.Server) {
	s.Limits.Head = read.Limits{Line: 80, Lines: 6, Bytes: 200}
	s.Limits.Body = body.Limits{Bytes: 1 << 20, Line: 20, Trailer: 20}
}

// exchange sends a row with its follower, in the pieces that write makes of it,
// and compares every byte that comes back.
func (r row) exchange(t *testing.T, write func(c client, text string), settings ...func(*server.Server)) {
	t.Helper()
	app := r.app
	if app == nil {
		app = hi
	}
	c := start(t, app, append(settings, tight)...).dial(t)
	write(c, r.send+follower)
	if r.kept {
		c.wantRest(r.want+followed, fin)
	} else {
		c.wantRest(r.want, fin)
	}
}

func TestAnswers(t *testing.T) {
	for _, row := range answered {
		t.Run(row.name, func(t *testing.T) { row.exchange(t, client.say) })
	}
}

var answered = []row{
	{
		name: "GET",
		send: "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n",
		want: ok + plain + "Content-Length: 3\r\n" + stamp + "\r\nhi\n",
		kept: true,
	},
	{
		name: "a method that nobody knows is the application's affair",
		app:  told,
		send: "BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n",
		want: ok + plain + "Content-Length: 19\r\n" + stamp + "\r\nBREW \"/pot\" \"\" \"x\"\n",
		kept: true,
	},
	{
		name: "an empty line in front, left over from a body",
		send: "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
		want: ok + plain + "Content-Length: 3\r\n" + stamp + "\r\nhi\n",
		kept: true,
	},
	{
		name: "what clients send raw in a target",
		app:  told,
		send: "GET /{|}\\^[`]?{|}\\^[`] HTTP/1.1\r\nHost: x\r\n\r\n",
		want: ok + plain + "Content-Length: 33\r\n" + stamp + "\r\nGET \"/{|}\\\\^[`]\" \"{|}\\\\^[`]\" \"x\"\n",
		kept: true,
	},
	{
		name: "absolute-form, whose host counts",
		app:  told,
		send: "GET http://there:80/a?b HTTP/1.1\r\nHost: x\r\n\r\n",
		want: ok + plain + "Content-Length: 24\r\n" + stamp + "\r\nGET \"/a\" \"b\" \"there:80\"\n",
		kept: true,
	},
	{
		name: "OPTIONS *",
		app:  told,
		send: "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
		want: ok + plain + "Content-Length: 18\r\n" + stamp + "\r\nOPTIONS \"\" \"\" \"x\"\n",
		kept: true,
	},

	// Versions, and whether the connection stays.
	{
		name: "Connection: close",
		send: "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		want: ok + plain + "Content-Length: 3\r\n" + stamp + bye + "\r\nhi\n",
	},
	{
		name: "Connection: x-foo, close",
		send: "GET / HTTP/1.1\r\nHost: x\r\nConnection: x-foo, close\r\n\r\n",
		want: ok + plain + "Content-Length: 3\r\n" + stamp + bye + "\r\nhi\n",
	},
	{
		name: "Connection: close in a second field",
		send: "GET / HTTP/1.1\r\nHost: x\r\nConnection: x-foo\r\nConnection: Close\r\n\r\n",
		want: ok + plain + "Content-Length: 3\r\n" + stamp + bye + "\r\nhi\n",
	},
	{
		name: "HTTP/1.0, without a Host",
		send: "GET / HTTP/1.0\r\n\r\n",
		want: ok + plain + "Content-Length: 3\r\n" + stamp + bye + "\r\nhi\n",
	},
	{
		name: "HTTP/1.0 with keep-alive",
		send: "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
		want: ok + plain + "Content-Length: 3\r\n" + stamp + "Connection: keep-alive\r\n\r\nhi\n",
		kept: true,
	},
	{
		name: "HTTP/1.7 is 1.1 and something that we need not know",
		send: "GET / HTTP/1.7\r\nHost: x\r\n\r\n",
		want: ok + plain + "Content-Length: 3\r\n" + stamp + "\r\nhi\n",
		kept: true,
	},

	// How the answer says where it ends.
	{
		name: "a length that nobody knows, to 1.1",
		app:  streams("one\n", "", "two\n"),
		send: "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		want: ok + plain + "Transfer-Encoding: chunked\r\n" + stamp + "\r\n4\r\none\n\r\n4\r\ntwo\n\r\n0\r\n\r\n",
		kept: true,
	},
	{
		name: "a length that nobody knows, to 1.0",
		app:  streams("one\n", "", "two\n"),
		send: "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
		want: ok + plain + stamp + bye + "\r\none\ntwo\n",
	},
	{
		name: "a length that the application declares",
		app: func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", wsgi.Headers{{"Content-Length", "8"}})
			return wsgi.List{[]byte("one\n"), []byte("two\n")}
		},
		send: "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		want: ok + "Content-Length: 8\r\n" + stamp + "\r\none\ntwo\n",
		kept: true,
	},
	{
		name: "no chunk at all",
		app:  streams(),
		send: "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		want: ok + plain + "Content-Length: 0\r\n" + stamp + "\r\n",
		kept: true,
	},
	{
		name: "HEAD, with the length of the one chunk",
		send: "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n",
		want: ok + plain + "Content-Length: 3\r\n" + stamp + "\r\n",
		kept: true,
	},
	{
		name: "HEAD, with no length because nobody knows it",
		app:  streams("one\n", "two\n"),
		send: "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n",
		want: ok + plain + stamp + "\r\n",
		kept: true,
	},
	{
		name: "204 has neither body nor length",
		app:  answers("204 No Content", nil, "nobody sees this"),
		send: "DELETE /it HTTP/1.1\r\nHost: x\r\n\r\n",
		want: "HTTP/1.1 204 No Content\r\n" + stamp + "\r\n",
		kept: true,
	},
	{
		name: "304 has no body",
		app:  answers("304 Not Modified", wsgi.Headers{{"ETag", `"1"`}}, "nobody sees this"),
		send: "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		want: "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n" + stamp + "\r\n",
		kept: true,
	},

	// The body of the request.
	{
		name: "a body with its length",
		app:  reader,
		send: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
		want: ok + plain + "Content-Length: 8\r\n" + stamp + "\r\n\"hello\"\n",
		kept: true,
	},
	{
		name: "a body in chunks, with an extension and a trailer",
		app:  reader,
		send: "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
			"3\r\nhel\r\n2;a=b\r\nlo\r\n0\r\nMore: ok\r\n\r\n",
		want: ok + plain + "Content-Length: 8\r\n" + stamp + "\r\n\"hello\"\n",
		kept: true,
	},
	{
		name: "a body that the application does not read",
		send: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
		want: ok + plain + "Content-Length: 3\r\n" + stamp + "\r\nhi\n",
		kept: true,
	},
	{
		name: "chunks that the application does not read",
		send: "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		want: ok + plain + "Content-Length: 3\r\n" + stamp + "\r\nhi\n",
		kept: true,
	},
	{
		name: "an unread body that is too large to drop, which the head can say",
		send: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n" + strings.Repeat("x", 300_000),
		want: ok + plain + "Content-Length: 3\r\n" + stamp + bye + "\r\nhi\n",
	},
	{
		name: "unread chunks that are too many to drop, which nobody knew in time",
		send: "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
			"493e0\r\n" + strings.Repeat("x", 300_000) + "\r\n0\r\n\r\n",
		want: ok + plain + "Content-Length: 3\r\n" + stamp + "\r\nhi\n",
	},
	{
		name: "Expect without a body expects nothing",
		send: "GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n",
		want: ok + plain + "Content-Length: 3\r\n" + stamp + "\r\nhi\n",
		kept: true,
	},
	{
		name: "HTTP/1.0 knows no Expect",
		app:  reader,
		send: "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
		want: ok + plain + "Content-Length: 8\r\n" + stamp + bye + "\r\n\"hello\"\n",
	},
}

// A refusal is a request that breaks a rule. The answer says in which step, and
// which rule, and where that is written, and shows the bytes.
type refusal struct {
	name, send                      string
	status, step, rule, source, got string
}

func TestRefusals(t *testing.T) {
	for _, refusal := range refused {
		t.Run(refusal.name, func(t *testing.T) { refusal.row().exchange(t, client.say) })
	}
}

// row spells the whole answer out.
func (r refusal) row() row {
	text := r.status + "\n" +
		"\n" +
		"step    " + r.step + "\n" +
		"rule    " + r.rule + "\n" +
		"source  " + r.source + "\n"
	if r.got != "" {
		text += "got     " + r.got + "\n"
	}
	head := fmt.Sprintf("HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n", r.status, len(text))
	return row{name: r.name, app: reader, send: r.send, want: head + stamp + bye + "\r\n" + text}
}

const (
	post    = "POST / HTTP/1.1\r\nHost: x\r\n"
	chunked = post + "Transfer-Encoding: chunked\r\n\r\n"
)

var refused = []refusal{
	// 02 read: lines and bounds.
	{"a bare LF", "GET / HTTP/1.1\nHost: x\r\n\r\n",
		"400 Bad Request", "02 read", "a line ends with CRLF, not with LF alone", "RFC 9112 §2.2", `"GET / HTTP/1.1\n"`},
	{"a bare CR", "GET / HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n\r\n",
		"400 Bad Request", "02 read", "CR stands only before LF", "RFC 9112 §2.2", `"A: b\rC: d\r\n"`},
	{"a NUL", "GET / HTTP/1.1\r\nHost: x\x00\r\n\r\n",
		"400 Bad Request", "02 read", "no line holds a NUL byte", "RFC 9110 §5.5", `"Host: x\x00\r\n"`},
	{"two empty lines in front", "\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"400 Bad Request", "02 read", "a request begins with a request line, not with empty lines", "RFC 9112 §2.2", `"\r\n"`},
	{"a request line that is too long", "GET /" + strings.Repeat("a", 80) + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"414 URI Too Long", "02 read", "a request line has at most 80 bytes here", "RFC 9112 §3", `"GET /` + strings.Repeat("a", 75) + `"`},
	{"a header that is too long", "GET / HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("a", 80) + "\r\n\r\n",
		"431 Request Header Fields Too Large", "02 read", "a line has at most 80 bytes here, and a head 200", "RFC 9110 §5.4", `"A: ` + strings.Repeat("a", 77) + `"`},
	{"too many headers", "GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("A: b\r\n", 5) + "\r\n",
		"431 Request Header Fields Too Large", "02 read", "a head has at most 6 lines here", "RFC 9110 §5.4", ""},
	{"headers too long together", "GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("A: "+strings.Repeat("a", 70)+"\r\n", 3) + "\r\n",
		"431 Request Header Fields Too Large", "02 read", "a line has at most 80 bytes here, and a head 200", "RFC 9110 §5.4", `"A: ` + strings.Repeat("a", 22) + `"`},

	// 03 requestline
	{"a method that is no token", "G\"T / HTTP/1.1\r\nHost: x\r\n\r\n",
		"400 Bad Request", "03 requestline", "a method is a token: letters, digits and !#$%&'*+-.^_`|~", "RFC 9110 §9.1", `"G\"T"`},
	{"two spaces", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
		"400 Bad Request", "03 requestline", "a request line is a method, a target and a version, with exactly one space between them", "RFC 9112 §3", `"GET  / HTTP/1.1"`},
	{"HTTP/0.9", "GET /\r\n\r\n",
		"400 Bad Request", "03 requestline", "a request line is a method, a target and a version, with exactly one space between them", "RFC 9112 §3", `"GET /"`},
	{"a version in small letters", "GET / http/1.1\r\nHost: x\r\n\r\n",
		"400 Bad Request", "03 requestline", `a version is "HTTP/", a digit, a dot and a digit`, "RFC 9112 §2.3", `"http/1.1"`},
	{"HTTP/2.0", "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
		"505 HTTP Version Not Supported", "03 requestline", "this server speaks HTTP/1.0 and HTTP/1.1", "RFC 9110 §15.6.6", `"HTTP/2.0"`},
	{"a percent sign without digits", "GET /100% HTTP/1.1\r\nHost: x\r\n\r\n",
		"400 Bad Request", "03 requestline", "two hex digits follow a percent sign", "RFC 3986 §2.1", `"%"`},
	{"a target with a quote", "GET /\" HTTP/1.1\r\nHost: x\r\n\r\n",
		"400 Bad Request", "03 requestline", `a target holds none of " < > #`, "RFC 3986 §3.3", `"\""`},
	{"a target in UTF-8", "GET /é HTTP/1.1\r\nHost: x\r\n\r\n",
		"400 Bad Request", "03 requestline", "a target is printable ASCII; other bytes are percent-encoded", "RFC 3986 §2.1", `"é"`},
	{"a target without a slash", "GET hello HTTP/1.1\r\nHost: x\r\n\r\n",
		"400 Bad Request", "03 requestline", "a target begins with / or http://", "RFC 9112 §3.2", `"hello"`},
	{"GET *", "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
		"400 Bad Request", "03 requestline", "the target * is for OPTIONS only", "RFC 9112 §3.2.4", `"GET *"`},
	{"a user in the target", "GET http://me@x/ HTTP/1.1\r\nHost: x\r\n\r\n",
		"400 Bad Request", "03 requestline", "a URI names a host and perhaps a port, and no user", "RFC 9110 §4.2", `"http://me@x/"`},
	{"https without TLS", "GET https://x/ HTTP/1.1\r\nHost: x\r\n\r\n",
		"421 Misdirected Request", "03 requestline", "what https names is served over TLS only", "RFC 9110 §7.4", `"https://x/"`},
	{"CONNECT", "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n",
		"501 Not Implemented", "03 requestline", "this server is no proxy and opens no tunnels", "RFC 9110 §15.6.2", `"CONNECT"`},

	// 04 headers
	{"a header without colon", "GET / HTTP/1.1\r\nHost: x\r\nnocolon\r\n\r\n",
		"400 Bad Request", "04 headers", "a field is a name, a colon and a value", "RFC 9112 §5", `"nocolon"`},
	{"a space before the colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
		"400 Bad Request", "04 headers", "no white space stands between a field's name and its colon", "RFC 9112 §5.1", `"Host "`},
	{"a folded header", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
		"400 Bad Request", "04 headers", "a line that begins with white space would continue the one before, which is obsolete", "RFC 9112 §5.2", `" c"`},
	{"a control byte, which is shown escaped", "GET / HTTP/1.1\r\nHost: x\r\nA: \x1b[2J\r\n\r\n",
		"400 Bad Request", "04 headers", "a field value holds no control bytes", "RFC 9110 §5.5", `"\x1b[2J"`},
	{"no Host", "GET / HTTP/1.1\r\n\r\n",
		"400 Bad Request", "04 headers", "a request in HTTP/1.1 has a Host field", "RFC 9112 §3.2", ""},
	{"two Hosts", "GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n",
		"400 Bad Request", "04 headers", "a request has one Host field", "RFC 9112 §3.2", `"Host: y"`},
	{"a Host that is none", "GET / HTTP/1.1\r\nHost: x:http\r\n\r\n",
		"400 Bad Request", "04 headers", "Host is a host and perhaps a port", "RFC 9112 §3.2", `"x:http"`},

	// 05 body: where it ends.
	{"a length that is no number", post + "Content-Length: +5\r\n\r\nhello",
		"400 Bad Request", "05 body", "Content-Length is decimal digits", "RFC 9110 §8.6", `"+5"`},
	{"two lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
		"400 Bad Request", "05 body", "a request has one length", "RFC 9112 §6.3", `"6"`},
	{"a length and chunks", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"400 Bad Request", "05 body", "a request has Transfer-Encoding or Content-Length, not both", "RFC 9112 §6.1", `"chunked"`},
	{"chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"400 Bad Request", "05 body", "HTTP/1.0 has no Transfer-Encoding", "RFC 9112 §6.1", `"chunked"`},
	{"chunked not last", post + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
		"400 Bad Request", "05 body", "the last transfer coding of a request is chunked", "RFC 9112 §6.3", `"chunked, gzip"`},
	{"chunked twice", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
		"400 Bad Request", "05 body", "a body is chunked once", "RFC 9112 §6.1", `"chunked, chunked"`},
	{"a coding that we do not know", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
		"501 Not Implemented", "05 body", "this server decodes no transfer coding but chunked", "RFC 9112 §6.1", `"gzip, chunked"`},
	{"a length above the bound", post + "Content-Length: 1048577\r\n\r\n",
		"413 Content Too Large", "05 body", "a body has at most 1048576 bytes here", "RFC 9110 §15.5.14", ""},
	{"an unknown expectation", post + "Expect: a miracle\r\nContent-Length: 5\r\n\r\nhello",
		"417 Expectation Failed", "05 body", "the one thing to expect is 100-continue", "RFC 9110 §10.1.1", `"a miracle"`},

	// 05 body again: what the application meets when it reads.
	{"a chunk above the bound", chunked + "5\r\nhello\r\n100000\r\n",
		"413 Content Too Large", "05 body", "a body has at most 1048576 bytes here", "RFC 9110 §15.5.14", ""},
	{"a chunk whose size is no number", chunked + "five\r\nhello\r\n0\r\n\r\n",
		"400 Bad Request", "05 body", "the size of a chunk is hex digits", "RFC 9112 §7.1", `"five"`},
	{"a chunk that is longer than it says", chunked + "4\r\nhello\r\n0\r\n\r\n",
		"400 Bad Request", "05 body", "CRLF follows the data of a chunk", "RFC 9112 §7.1", `"o\r"`},
	{"a chunk extension without end", chunked + "5;" + strings.Repeat("a", 40) + "\r\nhello\r\n0\r\n\r\n",
		"400 Bad Request", "05 body", "the line before a chunk has at most 20 bytes here", "RFC 9112 §7.1.1", `"5;` + strings.Repeat("a", 18) + `"`},
	{"a trailer without end", chunked + "0\r\nA: " + strings.Repeat("a", 40) + "\r\n\r\n",
		"431 Request Header Fields Too Large", "05 body", "a trailer section has at most 20 bytes here", "RFC 9110 §5.4", `"A: ` + strings.Repeat("a", 17) + `"`},
}

// An answer to HEAD has no body, whatever else was wrong with the request.
func TestRefusedHead(t *testing.T) {
	for _, refusal := range refused {
		rest, isGet := strings.CutPrefix(refusal.send, "GET ")
		if !isGet {
			continue
		}
		t.Run(refusal.name, func(t *testing.T) {
			c := start(t, hi, tight).dial(t)
			send := "HEAD " + rest + follower
			c.say(send)
			got, end := c.rest()
			line, fields, _ := strings.Cut(got, "\r\n")
			if line != "HTTP/1.1 "+refusal.status || !strings.HasSuffix(fields, "\r\n\r\n") || end != fin {
				t.Errorf("to %q the server says\n%q and %s, want %s without a body", send, got, end, refusal.status)
			}
		})
	}
}

// A refused client may have much to say still. It must get its answer all the
// same, and no reset: the kernel would throw the answer away.
func TestARefusedUploadGetsItsAnswer(t *testing.T) {
	c := start(t, hi, tight).dial(t)
	c.say(post + "Content-Length: 4194304\r\n\r\n")
	c.say(strings.Repeat("x", 4<<20))
	got, end := c.rest()
	if !strings.HasPrefix(got, "HTTP/1.1 413 ") || end != fin {
		t.Errorf("the server says\n%q and %s, want 413 and FIN", got, end)
	}
}

// The bounds that a server has by itself leave room for what clients send.
func TestUsualBounds(t *testing.T) {
	tests := []struct{ name, send string }{
		{"a request line of 8,000 bytes", "GET /" + strings.Repeat("a", 8000-len("GET / HTTP/1.1\r\n")) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"},
		{"a header of 8,000 bytes", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nA: " + strings.Repeat("a", 7995) + "\r\n\r\n"},
		{"a hundred headers", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + strings.Repeat("A: b\r\n", 98) + "\r\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := ok + plain + "Content-Length: 3\r\n" + stamp + bye + "\r\nhi\n"
			if got := start(t, hi).ask(t, test.send); got != want {
				t.Errorf("the server says\n%q, want\n%q", got, want)
			}
		})
	}
}

// A client need not wait for an answer before it sends the next request. The
// answers come in the order of the requests.
func TestPipelining(t *testing.T) {
	c := start(t, told).dial(t)
	c.say("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n" +
		"POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello" +
		"HEAD /3 HTTP/1.1\r\nHost: x\r\n\r\n" +
		"POST /4 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" +
		"\r\nGET /5 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" +
		"GET /6 HTTP/1.1\r\nHost: x\r\n\r\n")
	c.wantRest(
		ok+plain+"Content-Length: 16\r\n"+stamp+"\r\nGET \"/1\" \"\" \"x\"\n"+
			ok+plain+"Content-Length: 17\r\n"+stamp+"\r\nPOST \"/2\" \"\" \"x\"\n"+
			ok+plain+"Content-Length: 17\r\n"+stamp+"\r\n"+
			ok+plain+"Content-Length: 17\r\n"+stamp+"\r\nPOST \"/4\" \"\" \"x\"\n"+
			ok+plain+"Content-Length: 16\r\n"+stamp+bye+"\r\nGET \"/5\" \"\" \"x\"\n",
		fin)
}
