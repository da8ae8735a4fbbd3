package poke

import (
	"slices"
	"strings"
	"time"
)

// A Request is one of the menu.
type Request struct {
	Name   string
	Shows  string // one sentence: what there is to see
	Broken bool   // it breaks a rule, or a promise
	Script []Move

	// What a server answers that keeps to the rules: the status of each answer,
	// interim ones too, and whether it keeps the connection open afterwards.
	// Where a rule leaves a choice, it is the strict one. The application has to
	// read the forms that it is sent, as hello:App does; one that does not care
	// is done before the client is.
	Answers []string
	Kept    bool
}

const (
	form = "Content-Type: application/x-www-form-urlencoded\r\n"
	ok   = "200 OK"
	bad  = "400 Bad Request"
)

// Menu returns good and broken requests for a server that is called by this
// name, which is a host and perhaps a port.
func Menu(host string) []Request {
	to := "Host: " + host + "\r\n"
	get := "GET / HTTP/1.1\r\n" + to + "\r\n"
	post := "POST / HTTP/1.1\r\n" + to + form
	upload := post + "Content-Length: 8\r\n\r\nname=ada"
	behind := len(upload) - len("name=ada") // where the body begins
	return slices.Concat([]Request{
		good("a GET", "The least that HTTP/1.1 allows: a request line, Host, and an empty line.",
			say(get)),
		good("a form", "Content-Length says where the body ends, for on the connection nothing else does.",
			say(upload)),
		good("a HEAD", "The head is that of a GET, its length too, and no body follows.",
			say("HEAD / HTTP/1.1\r\n"+to+"\r\n")),
		good("an upload in chunks", "Each chunk has its size before it, one has an extension, and a trailer stands behind the last; the application sees name=ada alone.",
			say(post+"Transfer-Encoding: chunked\r\n\r\n5;note=\"first\"\r\nname=\r\n3\r\nada\r\n0\r\nX-Checked: yes\r\n\r\n")),
		interim(good("an upload that asks first", "The client sends its body only after 100 Continue, which comes when the application first reads.",
			say(post+"Expect: 100-continue\r\nContent-Length: 8\r\n\r\n"), Move{Await: time.Second}, say("name=ada"))),
		twice(good("two requests in one write", "The second waits in the server's buffer, and the answers come in the same order.",
			say(get+get))),
		closed(good("HTTP/1.0", "No Host is needed, and the server closes the connection behind its answer.",
			say("GET / HTTP/1.0\r\n\r\n"))),
		good("HTTP/1.0 that stays", "With Connection: keep-alive, and an answer whose length is known, even HTTP/1.0 keeps the connection.",
			say("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")),
		good("one byte at a time", "TCP has no messages: the head ends at its empty line, in however many reads it comes.",
			cutAt([]byte(get), everyByte(get), hurry)...),
		good("an upload in three pieces", "The first ends inside the head and the second inside the body, and nobody downstream can tell.",
			cutAt([]byte(upload), []int{behind / 2, behind + 5}, breath)...),
		good("a slow head", "The second half comes two seconds after the first, and step 02 waits for it.",
			cutAt([]byte(get), []int{len(get) / 2}, 2*time.Second)...),
		closed(good("a half close", "The client says that it is done, and still gets its answer.",
			say(get), Move{HalfClose: true})),
		good("an empty line before", "Some old clients end a body with one CRLF too many, so one is let pass.",
			say("\r\n"+get)),
	}, []Request{
		broken("no Host", "HTTP/1.1 requires it, for many names may live at one address (RFC 9112 §3.2).",
			bad, "GET / HTTP/1.1\r\n\r\n"),
		broken("two Hosts", "A proxy may have believed the other one (RFC 9112 §3.2).",
			bad, "GET / HTTP/1.1\r\n"+to+"Host: elsewhere\r\n\r\n"),
		broken("two Content-Lengths", "Where the body ends is in dispute, so where the next request begins is too (RFC 9112 §6.3).",
			bad, post+"Content-Length: 8\r\nContent-Length: 4\r\n\r\nname=ada"),
		broken("Content-Length and chunks", "The classic of request smuggling: of two servers in a row, each may believe another one (RFC 9112 §6.1).",
			bad, post+"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
		broken("a bare LF", "A line ends with CRLF; a server may take LF alone, but then a proxy may see other lines (RFC 9112 §2.2).",
			bad, "GET / HTTP/1.1\nHost: "+host+"\n\n"),
		broken("a space before the colon", "Is the name Host, or is it another that ends with a space (RFC 9112 §5.1)?",
			bad, "GET / HTTP/1.1\r\nHost : "+host+"\r\n\r\n"),
		broken("two spaces in the request line", "Python's split() would not notice; a strict parser does (RFC 9112 §3).",
			bad, "GET  / HTTP/1.1\r\n"+to+"\r\n"),
		broken("http/1.1 in lower case", "The version is one of the few words in HTTP whose case counts (RFC 9112 §2.3).",
			bad, "GET / http/1.1\r\n"+to+"\r\n"),
		broken("a folded field", "A line that begins with white space once continued the one before (RFC 9112 §5.2).",
			bad, "GET / HTTP/1.1\r\n"+to+"X-Long: begun\r\n and continued\r\n\r\n"),
		broken("a request line that is too long", "A stranger decides how much there is to read, so a server needs a bound (RFC 9112 §3).",
			"414 URI Too Long", "GET /"+strings.Repeat("a", 16<<10)+" HTTP/1.1\r\n"+to+"\r\n"),
		broken("a percent sign alone", "Two hex digits belong behind it (RFC 3986 §2.1).",
			bad, "GET /100% HTTP/1.1\r\n"+to+"\r\n"),
		broken("a chunk without a size", "The size of a chunk is hex digits; only when the application reads does anybody look (RFC 9112 §7.1).",
			bad, post+"Transfer-Encoding: chunked\r\n\r\nname=ada\r\n0\r\n\r\n"),
		unanswered("a client that leaves inside the head", "There is no request, so there is nothing to answer.",
			say(get[:len(get)/2]), Move{Leave: true}),
		unanswered("a client that leaves inside the body", "The application gets an error, not a quiet end: half a file must not look like a file (RFC 9112 §8).",
			say(upload[:behind+4]), Move{Leave: true}),
		{
			Name:   "a body that is never finished",
			Shows:  "The client says 8 bytes, sends 4 and waits; the server gives up first, which takes half a minute here (RFC 9110 §15.5.9).",
			Broken: true, Script: []Move{say(upload[:behind+4]), {Await: time.Minute}}, Answers: []string{"408 Request Timeout"},
		},
	})
}

func good(name, shows string, script ...Move) Request {
	return Request{Name: name, Shows: shows, Script: script, Answers: []string{ok}, Kept: true}
}

func interim(r Request) Request { r.Answers = []string{"100 Continue", ok}; return r }
func twice(r Request) Request   { r.Answers = []string{ok, ok}; return r }
func closed(r Request) Request  { r.Kept = false; return r }

// broken returns a request that is refused. After that nobody knows where the
// next one would begin, so the connection is closed.
func broken(name, shows, status, request string) Request {
	return Request{Name: name, Shows: shows, Broken: true, Script: []Move{say(request)}, Answers: []string{status}}
}

func unanswered(name, shows string, script ...Move) Request {
	return Request{Name: name, Shows: shows, Broken: true, Script: script}
}

func say(text string) Move { return Move{Say: []byte(text)} }
