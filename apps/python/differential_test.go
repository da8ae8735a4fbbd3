//go:build unix

package python_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"barewire/apps/python"
	"barewire/internal/check"
)

// TestDifferential sends the same bytes to the same Python application behind three
// servers, and compares what the application is told and what the client gets. The
// three may differ in what is allowed below, and in nothing else. How each of them
// takes what is no HTTP at all is in docs/servers.md.
func TestDifferential(t *testing.T) {
	program := needPython(t, "gunicorn, waitress")
	needVersions(t, program, "gunicorn 20.1.0", "waitress 2.1.2")
	peers := []struct{ name, address string }{
		{"waitress", serveForeign(t, program, "-m", "waitress", "--host=127.0.0.1", "--port={port}", "thrice:application")},
		{"gunicorn", serveForeign(t, program, "-m", "gunicorn", "--threads=4", "--bind=127.0.0.1:{port}", "thrice:application")},
	}
	pool, errors := start(t, python.Settings{App: "testdata/thrice.py", Python: program})
	ours := serve(t, pool, errors)

	used := make(map[string]bool)
	requests := requests()
	for _, request := range requests {
		got := factsOf(t, ours, request)
		for _, peer := range peers {
			want := factsOf(t, peer.address, request)
			facts := maps.Clone(want)
			maps.Copy(facts, got) // for the names of both
			for _, name := range slices.Sorted(maps.Keys(facts)) {
				if want[name] == got[name] {
					continue
				}
				reason := ""
				for _, a := range allowed {
					if strings.Contains(a.peers, peer.name) && a.is(request, name, want[name], got[name]) {
						reason = a.what
						break
					}
				}
				used[peer.name+reason] = true
				if reason == "" {
					t.Errorf("%.300q has\n%s = %.300q behind Barewire, %.300q behind %s", request, name, got[name], want[name], peer.name)
				}
			}
		}
	}
	for _, a := range allowed {
		for peer := range strings.FieldsSeq(a.peers) {
			if !used[peer+a.what] {
				t.Errorf("no request of %d shows the allowed difference from %s, %q (%s): it is stale, or a request is missing", len(requests), peer, a.what, a.where)
			}
		}
	}
	if len(requests) < 1000 {
		t.Errorf("there are only %d requests", len(requests))
	}
}

// TestJudged puts Python's own judge between the worker and the same application, and
// asks the same, but for what the application is told to do wrong.
func TestJudged(t *testing.T) {
	pool, errors := start(t, python.Settings{App: "testdata/thrice.py:judged"})
	addr := serve(t, pool, errors)
	for _, request := range requests() {
		if strings.Contains(request, " /status") || strings.Contains(request, " /fails") {
			continue
		}
		if facts := factsOf(t, addr, request); facts["error"] != "" || strings.HasPrefix(facts["status"], "500") {
			t.Errorf("%.300q: the answer is %.1000q", request, facts)
		}
	}
	if strings.Contains(errors.String(), "Error") || strings.Contains(errors.String(), "garbage") {
		t.Errorf("wsgiref.validate complains:\n%s", errors)
	}
}

// needVersions skips a test of servers that may have changed since.
func needVersions(t *testing.T, program string, named ...string) {
	t.Helper()
	for _, server := range named {
		name, _, _ := strings.Cut(server, " ")
		version, err := exec.Command(program, "-c", "import sys, importlib.metadata as m; print(sys.argv[1], m.version(sys.argv[1]))", name).Output()
		switch installed := strings.TrimSpace(string(version)); {
		case err != nil:
			t.Fatal(err)
		case installed == server:
		case os.Getenv("BAREWIRE_NO_SKIP") != "":
			t.Fatalf("the differences are those from %s, and %s is installed, and BAREWIRE_NO_SKIP is set", server, installed)
		default:
			t.Skipf("the differences are those from %s, and %s is installed", server, installed)
		}
	}
}

// serveForeign starts a server of somebody else in testdata.
func serveForeign(t *testing.T, command ...string) (address string) {
	t.Helper()
	server, err := check.Start(t.Context(), "testdata", command)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	return server.Addr
}

const both = "waitress gunicorn"

// allowed are the differences that there may be. Each says from whom, and when it is
// one.
var allowed = []struct {
	peers, what, where string
	is                 func(request, fact, want, got string) bool
}{
	// What the application is told.
	{both, "a server has a name of its own", "RFC 3875 §4.1.17",
		func(_, fact, want, got string) bool {
			return fact == "environ SERVER_SOFTWARE" && want != "" && got == "barewire"
		}},
	{"waitress", "the name by which it was reached is not known to a server that is not told", "RFC 3875 §4.1.14",
		func(_, fact, want, got string) bool {
			return fact == "environ SERVER_NAME" && want == "waitress.invalid" && got == "127.0.0.1"
		}},
	{both, "variables of CGI that a server may leave out", "PEP 3333 environ Variables",
		func(_, fact, want, got string) bool {
			return fact == "environ GATEWAY_INTERFACE" && want == "" && got == "CGI/1.1"
		}},
	{"waitress", "the name of the client is not known, and may be its address or nothing", "RFC 3875 §4.1.9",
		func(_, fact, want, got string) bool {
			return fact == "environ REMOTE_HOST" && want == "127.0.0.1" && got == ""
		}},
	{"gunicorn", "no standard names the target as it came: some say RAW_URI, some REQUEST_URI", "PEP 3333 environ Variables",
		func(request, fact, want, got string) bool {
			target := strings.Fields(request)[1]
			return fact == "environ RAW_URI" && got == "" || fact == "environ REQUEST_URI" && want == "" && got == target
		}},
	{both, "a server may add variables that begin with its name", "PEP 3333 environ Variables",
		func(_, fact, want, got string) bool {
			theirs := strings.HasPrefix(fact, "environ gunicorn.") || strings.HasPrefix(fact, "environ waitress.")
			return theirs && got == "" || fact == "environ barewire.note" && want == ""
		}},
	{both, "a worker has one request at a time and may have equals; theirs have threads", "PEP 3333 Thread Support",
		func(_, fact, want, got string) bool {
			return fact == "environ wsgi.multithread" && want == "True" && got == "False" || fact == "environ wsgi.multiprocess" && want == "False" && got == "True"
		}},
	{both, "Cookie fields that came twice are one with a semicolon", "RFC 6265 §5.4",
		func(_, fact, want, got string) bool {
			return fact == "environ HTTP_COOKIE" && got == "a=1; b=2" && strings.ReplaceAll(want, " ", "") == "a=1,b=2"
		}},
	{"gunicorn", "a field that came twice is joined with a comma, and a space is welcome", "RFC 9110 §5.3",
		func(_, fact, want, got string) bool {
			return strings.HasPrefix(fact, "environ HTTP_") && strings.Contains(want, ",") && strings.ReplaceAll(want, " ", "") == strings.ReplaceAll(got, " ", "")
		}},
	{"gunicorn", "a field with an underscore would pass for one with a hyphen", "RFC 3875 §4.1.18",
		func(request, fact, want, got string) bool {
			return fact == "environ HTTP_X_A" && strings.Contains(request, "X_A:") && want != "" && !strings.Contains(got, ",")
		}},
	{both, "a field named Proxy would pass for a setting", "RFC 3875 §4.1.18, and httpoxy",
		func(_, fact, want, got string) bool { return fact == "environ HTTP_PROXY" && got == "" }},
	{"gunicorn", "the transfer coding described the connection, and is undone", "RFC 3875 §4.1.18, RFC 9112 §6.1",
		func(_, fact, want, got string) bool {
			return fact == "environ HTTP_TRANSFER_ENCODING" && strings.EqualFold(want, "chunked") && got == ""
		}},
	{"gunicorn", "white space around a value is no part of it", "RFC 9112 §5.1",
		func(_, fact, want, got string) bool {
			return strings.HasPrefix(fact, "environ HTTP_") && want != got && strings.Trim(want, " \t") == got
		}},
	{"gunicorn", "who may say that there is TLS is for the operator to say, and we are told nothing", "RFC 7239 §8.1",
		func(request, fact, want, got string) bool {
			return strings.Contains(request, "X-Forwarded-Proto: https") && fact == "environ wsgi.url_scheme" && want == "https" && got == "http"
		}},
	{"waitress", "who reads a body in chunks before the call knows its length; we do not wait", "RFC 3875 §4.1.2",
		func(request, fact, want, got string) bool {
			return strings.Contains(strings.ToLower(request), "transfer-encoding: chunked") && fact == "environ CONTENT_LENGTH" && want != "" && got == ""
		}},
	{both, "a length is a number, and has one way to be written", "RFC 9110 §8.6",
		func(_, fact, want, got string) bool {
			return fact == "environ CONTENT_LENGTH" && want == "0014" && got == "14"
		}},
	{both, "the host of a whole URI is the host, also where no field names one", "RFC 9112 §3.2.2",
		func(request, fact, want, got string) bool {
			return strings.HasPrefix(request, "GET http://site.example") && fact == "environ HTTP_HOST" && want == "" && got == "site.example"
		}},
	{both, "a whole URI without a path has the path /", "RFC 9110 §4.2.3",
		func(request, fact, want, got string) bool {
			return strings.Contains(request, " http://site.example") && fact == "environ PATH_INFO" && want == "" && got == "/"
		}},
	{both, "* is no path", "RFC 9112 §3.2.4, RFC 3875 §4.1.5",
		func(request, fact, want, got string) bool {
			return strings.HasPrefix(request, "OPTIONS * ") && fact == "environ PATH_INFO" && want == "*" && got == ""
		}},
	{"waitress", "an empty segment is a segment", "RFC 3986 §3.3",
		func(request, fact, want, got string) bool {
			return strings.Contains(request, " //a ") && fact == "environ PATH_INFO" && want == "/a" && got == "//a"
		}},
	{both, "what is no target is refused", "RFC 9112 §3.2, RFC 3986 §2",
		func(request, fact, want, got string) bool {
			return slices.Contains(noTargets, strings.Fields(request)[1]) && isRefusal(fact, got)
		}},
	// What the client gets.
	{both, "a body that is already here is not asked for", "RFC 9110 §10.1.1",
		func(request, fact, want, got string) bool {
			return strings.Contains(request, "Expect: 100-continue") && fact == "interim" && want == "100" && got == ""
		}},
	{both, "no chunk at all, or an empty one alone, is a body of length 0", "RFC 9110 §8.6",
		func(_, fact, want, got string) bool {
			return fact == "header Content-Length" && want == "" && got == "0"
		}},
	{"gunicorn", "a list of one chunk has a length, if the server likes to look", "PEP 3333 Handling the Content-Length Header",
		func(request, fact, want, got string) bool {
			streams := strings.Contains(request, "/generator") || strings.Contains(request, "/iterator") || strings.Contains(request, "body=one&")
			return fact == "header Content-Length" && want == "" && got != "" && !streams
		}},
	{"waitress", "the length of a file may be found out, or not", "PEP 3333 Optional Platform-Specific File Handling",
		func(request, fact, want, got string) bool {
			return strings.Contains(request, " /file ") && fact == "header Content-Length" && want != "" && got == ""
		}},
	{"waitress", "304 may tell the length that 200 would have", "RFC 9110 §8.6",
		func(request, fact, want, got string) bool {
			return strings.Contains(request, "code=304") && fact == "header Content-Length" && want == "" && got == "4"
		}},
	{both, "the text of an error is the server's own", "RFC 9110 §15.6.1",
		func(request, fact, want, got string) bool {
			return strings.Contains(request, " /fails") && (fact == "header Content-Type" || fact == "header Content-Length" || fact == "body") && !strings.Contains(got, "secret")
		}},
	{"gunicorn", "an empty chunk sends no head, so a failure behind it can still be told", "PEP 3333 The start_response() Callable",
		func(request, fact, want, got string) bool {
			return strings.Contains(request, " /fails_unheard") && (fact == "status" && got == "500 Internal Server Error" || fact == "error" && got == "")
		}},
	{"gunicorn", "another start_response replaces the headers, too", "PEP 3333 The start_response() Callable",
		func(request, fact, want, got string) bool {
			return strings.Contains(request, " /again") && fact == "header Content-Type" && want == "text/plain\ntext/html" && got == "text/html"
		}},
	{both, "to HTTP/1.0 half an answer must not look whole, so the connection is reset", "RFC 9112 §8",
		func(request, fact, want, got string) bool {
			reset := fact == "error" && want == "" && got != "" || fact != "error" && got == "" // which may overtake what was sent
			return strings.HasPrefix(request, "GET /fails_late HTTP/1.0") && reset
		}},
}

// noTargets are targets that the grammar does not have.
var noTargets = []string{"/%", "/%4", "/%zz", "/?a=%zz", "/\xc3\xa9", "/?\xe9", "/\"<>^`", "/?\"<>^`{}|"}

// isRefusal tells whether a fact is one of a request that never got to the application.
func isRefusal(fact, got string) bool {
	switch fact {
	case "status":
		return got == "400 Bad Request"
	case "body":
		return got == "" || strings.HasPrefix(got, "400 Bad Request\n\n")
	case "header Content-Type":
		return got == "text/plain; charset=utf-8"
	}
	return fact == "header Content-Length" || strings.HasPrefix(fact, "environ ") && got == ""
}

// factsOf sends a request and returns what there is to compare: all but what a server
// says of itself and of its connection.
func factsOf(t *testing.T, address, request string) map[string]string {
	t.Helper()
	facts := make(map[string]string)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil { // for a test that would hang
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(request, " ")
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, &http.Request{Method: method})
	for ; err == nil && response.StatusCode < 200; response, err = http.ReadResponse(reader, &http.Request{Method: method}) {
		facts["interim"] += strconv.Itoa(response.StatusCode)
	}
	if err != nil {
		facts["error"] = "no answer"
		return facts
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		facts["error"] = "broken off"
	}
	facts["status"] = response.Status
	facts["body"] = string(body)
	for name, values := range response.Header {
		if !slices.Contains([]string{"Connection", "Date", "Server", "Via"}, name) {
			facts["header "+name] = strings.Join(values, "\n")
		}
	}
	told := response.Header.Get("X-Told")
	if response.Header.Get("Content-Type") == "application/json" && told == "" {
		told = string(body)
	}
	if told == "" {
		return facts
	}
	delete(facts, "body") // it is compared in parts
	delete(facts, "header X-Told")
	delete(facts, "header Content-Length")
	environ := make(map[string]string)
	if err := json.Unmarshal([]byte(told), &environ); err != nil {
		t.Fatalf("%q: %v in %q", request, err, told)
	}
	_, serverPort, _ := net.SplitHostPort(address)
	_, clientPort, _ := net.SplitHostPort(conn.LocalAddr().String())
	for name, value := range environ {
		switch {
		case name == "SERVER_PORT" && value == serverPort, name == "REMOTE_PORT" && value == clientPort:
			value = "right"
		}
		facts["environ "+name] = value
	}
	return facts
}

// requests makes the requests.
func requests() []string {
	var list []string
	add := func(method, target, version string, lines ...string) {
		if version == "HTTP/1.1" {
			lines = append([]string{"Host: site.example"}, lines...)
		}
		head, body, _ := strings.Cut(strings.Join(lines, "\r\n"), "\r\n\r\n")
		if head != "" {
			head += "\r\n"
		}
		list = append(list, fmt.Sprintf("%s %s %s\r\n%s\r\n%s", method, target, version, head, body))
	}
	// What the application answers, to both methods and both versions.
	for _, target := range []string{
		"/status?code=200+OK", "/status?code=200+OK&body=", "/status?code=200+OK&body=text", "/status?code=200+OK&body=one&body=two",
		"/status?code=200+OK&body=text&header=Content-Length:4", "/status?code=200+OK&body=te&body=xt&header=Content-Length:4", "/status?code=200+OK&body=&body=text&body=",
		"/status?code=200+OK&body=text&header=Content-Length:3", "/status?code=200+OK&body=te&body=xt&header=Content-Length:2", "/status?code=200+OK&body=text&header=Content-Length:9",
		"/status?code=200+OK&header=Content-Length:0", "/status?code=200+OK&header=content-type:text/plain&header=CONTENT-LANGUAGE:en&body=text",
		"/status?code=200+OK&header=Set-Cookie:a%3D1&header=Set-Cookie:b%3D2", "/status?code=200+OK&header=X-Name:Zo%EB&body=Zo%EB", "/status?code=200+OK&header=X-Empty:", "/status?code=200+Gr%FC%DFe",
		"/status?code=200+OK&header=X-Long:" + strings.Repeat("x", 2000), "/status?code=200+OK&header=X-Space:++a++b++",
		"/status?code=201+Created&header=Location:/x", "/status?code=204+No+Content", "/status?code=204+No+Content&body=text", "/status?code=205+Reset+Content", "/status?code=206+Partial+Content&body=text&header=Content-Range:bytes+0-3/9",
		"/status?code=299+Nobody+Knows&body=text", "/status?code=301+Moved&header=Location:http://other.example/", "/status?code=302+Found&header=Location:%3Fx%3D1",
		"/status?code=304+Not+Modified&header=ETag:%22v1%22", "/status?code=304+Not+Modified&header=Content-Length:4", "/status?code=404+Not+Found&body=text", "/status?code=418+I'm+a+teapot&body=text", "/status?code=500+Oh&body=text", "/status?code=503+Busy&header=Retry-After:1",
		"/status?code=200+OK&header=Date:Tue,+31+Mar+2026+12:54:48+GMT&body=text", "/status?code=200+OK&header=Server:mine&body=text",
		"/generator", "/generator/one", "/generator//one//two", "/iterator", "/iterator/one", "/iterator/one/two", "/write/one", "/write/one/two/", "/write//one",
		"/large/1", "/large/7", "/file", "/again", "/fails", "/fails_late", "/fails_unheard",
	} {
		add("GET", target, "HTTP/1.1")
		add("HEAD", target, "HTTP/1.1")
		add("POST", target, "HTTP/1.1", "Content-Length: 4", "", "body")
		add("GET", target, "HTTP/1.0")
	}
	// What the application is told.
	for _, target := range []string{
		"/", "/?", "/?x=1&y=2", "/?x=1;y", "/??", "/a%20b", "/a+b", "/a%2Fb", "/%41", "/%C3%A9", "/%c3%a9", "/%ff", "/%25", "/%2541", "/%00", "/%", "/%4", "/%zz", "/a;b=1,c", "/a:b@c",
		"/!$&'()*", "/~a", "/%7Ea", "/a?b?c", "/a/./b", "/a/../b", "//a", "/a//b", "/a/", "/?%C3%A9=%20+", "/?a=%zz", "/\xc3\xa9", "/?\xe9", "/{x}|[y]", "/\"<>^`", "/?\"<>^`{}|",
		"/" + strings.Repeat("x", 3000), "/?" + strings.Repeat("x", 3000), "http://site.example/x?y", "http://site.example?x=1", "http://site.example",
	} {
		for _, method := range []string{"GET", "HEAD", "POST", "DELETE", "OPTIONS", "PATCH", "M-SEARCH"} {
			add(method, target, "HTTP/1.1")
		}
		add("GET", target, "HTTP/1.0")
	}
	add("OPTIONS", "*", "HTTP/1.1")
	for _, fields := range [][]string{
		{"X-A: 1", "X-A: 2"}, {"x-a: 1", "X-a: 2", "x-A: 3"}, {"X_A: 1"}, {"X-A: 1", "X_A: 2"}, {"Proxy: http://evil.example"}, {"Cookie: a=1; b=2"}, {"Cookie: a=1", "Cookie: b=2"},
		{"X-Empty:"}, {"X-Space: \t a  b \t"}, {"X-Bytes: caf\xe9 \xff"}, {"Accept: a, b", "Accept: c"}, {"X.Y~Z: odd"}, {"X!: odd"}, {"Authorization: Basic YWRhOmxvdmU="}, {"Content-Type: a/b; c=d"}, {"Content-Type:"},
		{"If-Modified-Since: Tue, 31 Mar 2026 12:54:48 GMT"}, {"If-None-Match: \"v1\""}, {"TE: trailers"}, {"Upgrade: h3"}, {"Keep-Alive: 5"}, {"Connection: close"}, {"Connection: keep-alive, X-A", "X-A: 1"}, {"Connection: upgrade", "Upgrade: websocket"},
		{"Pragma: no-cache"}, {"X-Forwarded-For: 1.2.3.4"}, {"X-Forwarded-Proto: https"}, {"X-Forwarded-Host: other.example"}, {"Forwarded: for=1.2.3.4;proto=https"}, {"X-Forwarded-Proto: https", "X-Forwarded-SSL: on"}, {"Script-Name: /x"}, {"Referer: x", "User-Agent: y"},
		{"Range: bytes=0-1"}, {"1: 2"}, {"X-Long: " + strings.Repeat("x", 4000)}, {"Remote-User: ada"}, {"HTTPS: on"}, {"Content-Encoding: gzip"}, {"Date: today"}, {"Via: 1.1 x"}, {"Accept-Encoding: gzip"}, {"X-Quotes: \"a, b\"; c=\"\\\"\""},
	} {
		add("GET", "/", "HTTP/1.1", fields...)
		add("GET", "/", "HTTP/1.0", fields...)
		add("POST", "/", "HTTP/1.1", append(slices.Clone(fields), "Content-Length: 4", "", "body")...)
	}
	// Bodies, read in every way.
	for _, method := range []string{"GET", "POST", "PUT", "DELETE", "HEAD", "BREW"} {
		for _, target := range []string{"/", "/ignore", "/read/0/2/line/line2/0/lines", "/read/each", "/read/line/line/line/line/line", "/read/3/100/100", "/generator/one/two"} {
			add(method, target, "HTTP/1.1")
			add(method, target, "HTTP/1.1", "Content-Length: 0", "", "")
			add(method, target, "HTTP/1.1", "Content-Length: 14", "", "one\n\ntwo\r\nthree")
			add(method, target, "HTTP/1.1", "Content-Length: 0014", "", "one\n\ntwo\r\nthree")
			add(method, target, "HTTP/1.0", "Content-Length: 14", "", "one\n\ntwo\r\nthree")
			add(method, target, "HTTP/1.1", "Transfer-Encoding: chunked", "", "3\r\none\r\nC;x=y\r\n\n\ntwo\r\nthree\r\n0\r\n\r\n")
			add(method, target, "HTTP/1.1", "Transfer-Encoding: Chunked", "", "000\r\n\r\n")
			add(method, target, "HTTP/1.1", "Transfer-Encoding: chunked", "Trailer: X-Sum", "", "1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n")
			add(method, target, "HTTP/1.1", "Expect: 100-continue", "Content-Length: 4", "", "body")
			add(method, target, "HTTP/1.1", "Expect: 100-continue", "Transfer-Encoding: chunked", "", "4\r\nbody\r\n0\r\n\r\n")
		}
		add(method, "/", "HTTP/1.1", "Content-Length: 100000", "", strings.Repeat("0123456789", 10_000))
		add(method, "/", "HTTP/1.1", "Transfer-Encoding: chunked", "", strings.Repeat("2710\r\n"+strings.Repeat("0123456789", 1_000)+"\r\n", 10)+"0\r\n\r\n")
	}
	return list
}
