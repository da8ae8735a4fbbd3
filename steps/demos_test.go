// Package steps_test runs the ten demos as a learner runs them: each is a
// program, started on a free port, and what a client says to it and gets back
// goes through a real socket. The tests know a demo by its answers only.
//
// Mostly a request is said to every demo from the step that understands it on,
// for a later demo has not forgotten what an earlier one knew. Each request is
// sent whole, and once more in pieces. The client then says that it is done, and
// reads until the demo is done too. http.ReadResponse is the judge: what it
// cannot read is no answer.
package steps_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The demo of step n is demos[n-1].
var demos = []string{
	"01_listen", "02_read", "03_requestline", "04_headers", "05_body",
	"06_wsgi", "07_environ", "08_call", "09_response", "10_keepalive",
}

// built is the folder of their binaries.
var built string

// TestMain builds the demos, all at once.
func TestMain(m *testing.M) {
	var err error
	if built, err = os.MkdirTemp("", "demos"); err != nil {
		log.Panic(err)
	}
	defer os.RemoveAll(built)

	var builds []*exec.Cmd
	for _, demo := range demos {
		build := exec.Command("go", "build", "-o", binary(demo), "./"+demo+"/demo")
		build.Stderr = os.Stderr
		if err := build.Start(); err != nil {
			log.Panic(err)
		}
		builds = append(builds, build)
	}
	for _, build := range builds {
		err = errors.Join(err, build.Wait())
	}
	if err != nil {
		log.Panic(err)
	}
	m.Run()
}

// What a client says, and the answer of each demo that knows enough to give it.
func TestAnswers(t *testing.T) {
	tests := []struct {
		name     string
		from, to int // the steps whose demos answer so
		sent     string
		want     []string // how the answer begins, and what else is in it; nil for no answer
	}{
		// 01: somebody calls.
		{"a request", 1, 5, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", []string{"200 OK\nHello, CLIENT. You have called SERVER.\n"}},
		{"what is no request at all", 1, 1, "hello\n", []string{"200 OK\nHello, CLIENT. You have called SERVER.\n"}},
		{"a client that leaves without a word", 1, 10, "", nil},

		// 02: the head has an end.
		{"a head", 2, 5, "GET /hello?x=1 HTTP/1.1\r\nHost: h\r\n\r\n", []string{"200 OK\n", "\nHead: 36 bytes\n", `  "GET /hello?x=1 HTTP/1.1\r\n"`, `  "Host: h\r\n"`, `  "\r\n"`}},
		{"hostile bytes are quoted", 2, 3, "GET / HTTP/1.1\r\nX: \x1b[2J\xff\r\n\r\n", []string{"200 OK\n", `  "X: \x1b[2J\xff\r\n"`}},
		{"LF alone", 2, 10, "GET / HTTP/1.1\nHost: h\n\n", []string{"400 Bad Request\n", `400 Bad Request: a line ends with CRLF, not with LF alone (RFC 9112 §2.2), got "GET / HTTP/1.1\n"`}},
		{"a megabyte of request line", 2, 10, "GET /" + strings.Repeat("x", 1<<20), []string{"414 URI Too Long\n", "RFC 9112 §3"}},
		{"a megabyte of field", 2, 10, "GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 1<<20), []string{"431 Request Header Fields Too Large\n", "RFC 9110 §5.4"}},
		{"a client that leaves after an empty line", 2, 10, "\r\n", nil},
		{"a client that leaves inside the head", 2, 10, "GET / HTTP/1.1\r\n", nil},

		// 03: the first line has three words.
		{"three words", 3, 5, "GET /hello?x=1 HTTP/1.1\r\nHost: h\r\n\r\n", []string{"200 OK\n", `method "GET", target "/hello?x=1", version "HTTP/1.1"`}},
		{"HEAD gets no body", 3, 10, "HEAD /?lines=1 HTTP/1.1\r\nHost: h\r\n\r\n", []string{"200 OK\n"}},
		{"nor with a refusal", 3, 10, "HEAD / HTTP/2.0\r\nHost: h\r\n\r\n", []string{"505 HTTP Version Not Supported\n"}},
		{"a space too many", 3, 10, "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", []string{"400 Bad Request\n", "RFC 9112 §3", `"GET  / HTTP/1.1"`}},

		// 04: the other lines are fields.
		{"fields", 4, 5, "GET / HTTP/1.1\r\nHost: h\r\nX:  \xff \r\n\r\n", []string{"200 OK\n", "\nFields: 2\n", `  Host: "h"`, `  X: "\xff"`}},
		{"no Host", 4, 10, "GET / HTTP/1.1\r\n\r\n", []string{"400 Bad Request\n", "RFC 9112 §3.2"}},
		{"HEAD and a bad Host", 4, 10, "HEAD / HTTP/1.1\r\nHost: a b\r\n\r\n", []string{"400 Bad Request\n"}},
		{"a space before the colon", 4, 10, "GET / HTTP/1.1\r\nHost : h\r\n\r\n", []string{"400 Bad Request\n", "RFC 9112 §5.1", `"Host "`}},
		{"hostile bytes are refused", 4, 10, "GET / HTTP/1.1\r\nHost: h\r\nX: \x1b[2J\r\n\r\n", []string{"400 Bad Request\n", "RFC 9110 §5.5", `"\x1b[2J"`}},

		// 05: the body has an end too.
		{"no body", 5, 5, "GET / HTTP/1.1\r\nHost: h\r\n\r\n", []string{"200 OK\n", "\nFields: 1\n", "\nBody: 0 bytes\n"}},
		{"a body", 5, 5, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\nname=ada", []string{"200 OK\n", `method "POST"`, "\nBody: 8 bytes\n", `  "name=ada"`}},
		{"chunks", 5, 5, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nname=\r\n3\r\nada\r\n0\r\n\r\n", []string{"200 OK\n", "\nBody: 8 bytes\n", `  "name=ada"`}},
		{"two lengths", 5, 10, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8, 9\r\n\r\nname=ada", []string{"400 Bad Request\n", "RFC 9112 §6.3", `"8, 9"`}},
		{"a body that ends early", 5, 6, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nname=ada", []string{"400 Bad Request\n", "ended early"}},
		{"a body that is too long, and sent all the same", 5, 10, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n" + strings.Repeat("x", 2000000), []string{"413 Content Too Large\n", "1048576 bytes"}},

		// 06: an application answers.
		{"an application", 6, 6, "GET /hello?x=1 HTTP/1.1\r\nHost: h\r\n\r\n", []string{"200 OK\n", `the method "GET"`, `the path "/hello"`, "a body of 0 bytes"}},
		{"an application that reads", 6, 6, "POST /here?x=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\nname=ada", []string{"200 OK\n", `the method "POST"`, `the path "/here"`, "a body of 8 bytes"}},
		{"an application that reads chunks", 6, 6, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nname=\r\n3\r\nada\r\n0\r\n\r\n", []string{"200 OK\n", "a body of 8 bytes"}},

		// 07: the environ is sorted, so what must not be in it would stand between two lines.
		{"an environ", 7, 7, "GET /a%20b?x=%20 HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nX-A: 2\r\n\r\n", []string{
			"200 OK\nGATEWAY_INTERFACE = 'CGI/1.1'\nHTTP_HOST = 'h'\nHTTP_X_A = '1, 2'\nPATH_INFO = '/a b'\nQUERY_STRING = 'x=%20'\nREMOTE_ADDR = '127.0.0.1'\n",
			"\nREQUEST_URI = '/a%20b?x=%20'\n", "\nSERVER_NAME = '127.0.0.1'\n", "\nwsgi.input = <wsgi.input>\n", "\nwsgi.version = (1, 0)\n"}},
		{"the environ of a body", 7, 7, "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\nname=ada", []string{
			"200 OK\nCONTENT_LENGTH = '8'\nCONTENT_TYPE = 'text/plain'\nGATEWAY_INTERFACE = 'CGI/1.1'\nHTTP_HOST = 'h'\nPATH_INFO = '/'\n"}},
		{"fields that pretend", 7, 7, "GET / HTTP/1.1\r\nHost: h\r\nProxy: http://evil\r\nX_Forwarded_For: 127.0.0.1\r\nContent_Length: 5\r\n\r\n", []string{
			"200 OK\nGATEWAY_INTERFACE = 'CGI/1.1'\nHTTP_HOST = 'h'\nPATH_INFO = '/'\n"}},
		{"absolute-form", 7, 7, "GET http://there/x HTTP/1.1\r\nHost: here\r\n\r\n", []string{"200 OK\n", "\nHTTP_HOST = 'there'\nPATH_INFO = '/x'\n"}},
		{"a body that nobody reads", 7, 10, "POST /?lines=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\n" + strings.Repeat("x", 500000), []string{"200 OK\n"}},
		{"100 Continue that nobody asks for", 7, 10, "POST /?lines=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\nExpect: 100-continue\r\n\r\n", []string{"200 OK\n"}},

		// 08: the application is hello, and makes its own answers.
		{"a query", 8, 8, "GET /hello?name=grace HTTP/1.1\r\nHost: h\r\n\r\n", []string{"200 OK\nHello, grace!\n"}},
		{"a form", 8, 8, "POST / HTTP/1.1\r\nHost: h\r\n" + form + "Content-Length: 8\r\n\r\nname=ada", []string{"200 OK\nHello, ada!\n"}},
		{"a form in chunks", 8, 8, "POST / HTTP/1.1\r\nHost: h\r\n" + form + "Transfer-Encoding: chunked\r\n\r\n5\r\nname=\r\n3\r\nada\r\n0\r\n\r\n", []string{"200 OK\nHello, ada!\n"}},
		{"a form that ends early", 8, 8, "POST / HTTP/1.1\r\nHost: h\r\n" + form + "Content-Length: 9\r\n\r\nname=ada", []string{"400 Bad Request\n", "ended early"}},
		{"a body that is no form", 8, 8, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\nname=ada", []string{"200 OK\nHello, world!\n"}},
		{"a status of hello's own", 8, 8, "GET /?a;b HTTP/1.1\r\nHost: h\r\n\r\n", []string{"400 Bad Request\nThis is no form"}},

		// 09: the application is stream. What else it says is in TestFraming, and what hello says in 10 in TestKeepAlive.
		{"a status of stream's own", 9, 9, "GET /?lines=x HTTP/1.1\r\nHost: h\r\n\r\n", []string{"400 Bad Request\nlines is a number"}},
	}
	for i, demo := range demos {
		t.Run(demo, func(t *testing.T) {
			t.Parallel()
			step, address := i+1, start(t, demo)
			for _, test := range tests {
				if step < test.from || step > test.to {
					continue
				}
				for _, size := range sizes(test.sent) {
					t.Run(fmt.Sprintf("%s, in pieces of %d", test.name, size), func(t *testing.T) {
						conn := dial(t, address)
						answers, closes := judge(t, test.sent, talk(t, conn, test.sent, size))
						if len(answers) != min(len(test.want), 1) {
							t.Fatalf("%.200q is answered with %q, want %q", test.sent, answers, test.want)
						}
						named := strings.NewReplacer(conn.LocalAddr().String(), "CLIENT", address, "SERVER")
						for i, want := range test.want {
							got := named.Replace(answers[0])
							if !strings.Contains(got, want) || i == 0 && !strings.HasPrefix(got, want) {
								t.Errorf("%.200q is answered with %q, want %q in it", test.sent, got, want)
							}
						}
						if step < 10 && len(answers) > 0 && !closes {
							t.Errorf("%.200q is answered with %q, which does not say close", test.sent, answers)
						}
					})
				}
			}
		})
	}
}

// form is the field that makes hello read a body.
const form = "Content-Type: application/x-www-form-urlencoded\r\n"

// A client may wait for 100 Continue before it sends its body. It gets that word
// when the application reads; in 07 and 09 it reads nothing.
func TestContinue(t *testing.T) {
	for demo, want := range map[string]string{
		"05_body":      "\nBody: 8 bytes\n",
		"06_wsgi":      "a body of 8 bytes",
		"08_call":      "Hello, ada!\n",
		"10_keepalive": "Hello, ada!\n",
	} {
		t.Run(demo, func(t *testing.T) {
			conn := dial(t, start(t, demo))
			const head = "POST / HTTP/1.1\r\nHost: h\r\n" + form + "Content-Length: 8\r\nExpect: 100-continue\r\n\r\n"
			send(t, conn, head)
			const word = "HTTP/1.1 100 Continue\r\n\r\n"
			got := make([]byte, len(word))
			if _, err := io.ReadFull(conn, got); err != nil || string(got) != word {
				t.Fatalf("%q is answered with %q, %v, want %q", head, got, err, word)
			}
			answers, _ := judge(t, head, talk(t, conn, "name=ada", 5))
			if len(answers) != 1 || !strings.HasPrefix(answers[0], "200 OK\n") || !strings.Contains(answers[0], want) {
				t.Errorf("then comes %q, want 200 OK and %q", answers, want)
			}
		})
	}
}

// Step 09 knows several ways to say where a body ends. Until then the head said
// its length, and there was no other.
func TestFraming(t *testing.T) {
	address := start(t, "09_response")
	for _, test := range []struct {
		name, sent string
		want       string // the end of what comes back
	}{
		{"chunked", "GET /?lines=2&pause=0 HTTP/1.1\r\nHost: h\r\n\r\n", "\r\n\r\nc\r\nline 1 of 2\n\r\nc\r\nline 2 of 2\n\r\n0\r\n\r\n"},
		{"until the connection ends", "GET /?lines=2&pause=0 HTTP/1.0\r\n\r\n", "\r\n\r\nline 1 of 2\nline 2 of 2\n"},
		{"a head alone", "HEAD /?lines=2&pause=0 HTTP/1.1\r\nHost: h\r\n\r\n", "\r\nConnection: close\r\n\r\n"},
		{"no chunk at all", "GET /?lines=0 HTTP/1.1\r\nHost: h\r\n\r\n", "\r\nConnection: close\r\n\r\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			raw := talk(t, dial(t, address), test.sent, 5)
			if _, closes := judge(t, test.sent, raw); !closes || !bytes.HasPrefix(raw, []byte("HTTP/1.1 200 OK\r\n")) || !bytes.HasSuffix(raw, []byte(test.want)) {
				t.Errorf("%q is answered with %q, want 200 OK, close, and %q at the end", test.sent, raw, test.want)
			}
		})
	}
}

// The last line of this stream is more than an hour away. The first comes all
// the same.
func TestStreaming(t *testing.T) {
	conn := dial(t, start(t, "09_response"))
	send(t, conn, "GET /?lines=1000&pause=5000 HTTP/1.1\r\nHost: h\r\n\r\n")
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := bufio.NewReader(response.Body).ReadString('\n')
	if want := "line 1 of 1000\n"; got != want || err != nil {
		t.Errorf("the first line is %q, %v, want %q", got, err, want)
	}
}

// All that a client says on one connection to demo 10, and all that comes back.
func TestKeepAlive(t *testing.T) {
	const (
		ada   = "GET /?name=ada HTTP/1.1\r\nHost: h\r\n\r\n"
		grace = "GET /?name=grace HTTP/1.1\r\nHost: h\r\n\r\n"

		helloAda, helloGrace, helloWorld = "200 OK\nHello, ada!\n", "200 OK\nHello, grace!\n", "200 OK\nHello, world!\n"
	)
	tests := []struct {
		name  string
		sent  string
		want  []string // how each answer begins
		close bool     // says the last
	}{
		{"one request", ada, []string{helloAda}, false},
		{"two requests, pipelined", ada + grace, []string{helloAda, helloGrace}, false},
		{"a CRLF too many between them", ada + "\r\n" + grace, []string{helloAda, helloGrace}, false},
		{"a body that is read", "POST / HTTP/1.1\r\nHost: h\r\n" + form + "Content-Length: 8\r\n\r\nname=ada" + grace, []string{helloAda, helloGrace}, false},
		{"a body that is not read, and looks like a request", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 16\r\n\r\nGET / HTTP/1.1\r\n" + grace, []string{helloWorld, helloGrace}, false},
		{"a body that is half read", "POST / HTTP/1.1\r\nHost: h\r\n" + form + "Content-Length: 100000\r\n\r\n" + strings.Repeat("x", 100000) + grace, []string{"413 Content Too Large\nA form has", helloGrace}, false},
		{"a chunked body that is read", "POST / HTTP/1.1\r\nHost: h\r\n" + form + "Transfer-Encoding: chunked\r\n\r\n5\r\nname=\r\n3\r\nada\r\n0\r\n\r\n" + grace, []string{helloAda, helloGrace}, false},
		{"a chunked body that is not read", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nname=\r\n3\r\nada\r\n0\r\nX: y\r\n\r\n" + grace, []string{helloWorld, helloGrace}, false},
		{"HEAD, and no body behind it", "HEAD /?name=ada HTTP/1.1\r\nHost: h\r\n\r\n" + grace, []string{"200 OK\n", helloGrace}, false},
		{"HTTP/1.0 with keep-alive", "GET /?name=ada HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + grace, []string{helloAda, helloGrace}, false},
		{"an error of the application's is an answer like any other", "GET /?a;b HTTP/1.1\r\nHost: h\r\n\r\n" + grace, []string{"400 Bad Request\nThis is no form", helloGrace}, false},

		{"HTTP/1.0", "GET /?name=ada HTTP/1.0\r\n\r\n" + grace, []string{helloAda}, true},
		{"close in a list", "GET /?name=ada HTTP/1.1\r\nHost: h\r\nConnection: x-foo, close\r\n\r\n" + grace, []string{helloAda}, true},
		{"a refusal", ada + "GET  / HTTP/1.1\r\n\r\n" + grace, []string{helloAda, "400 Bad Request\n"}, true},
		{"100 Continue that was never said", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\nExpect: 100-continue\r\n\r\n" + grace, []string{helloWorld}, true},
		{"a bad body that is read", "POST / HTTP/1.1\r\nHost: h\r\n" + form + "Transfer-Encoding: chunked\r\n\r\nsize\r\n" + grace, []string{"400 Bad Request\n"}, true},
		{"a bad body that is not read", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nsize\r\n" + grace, []string{helloWorld}, false},
		{"a body that ends early, read", "POST / HTTP/1.1\r\nHost: h\r\n" + form + "Content-Length: 9\r\n\r\nname=ada", []string{"400 Bad Request\n400 Bad Request: the body ended early"}, true},
		{"a body that ends early, not read", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nname=ada", []string{helloWorld}, false},
		{"a body that is not read, and too large to drop", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" + strings.Repeat("x", 300000) + grace, []string{helloWorld}, true},
		{"a body over the limit", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n" + strings.Repeat("x", 2000000) + grace, []string{"413 Content Too Large\n"}, true},
	}
	t.Parallel()
	address := start(t, "10_keepalive")
	for _, test := range tests {
		for _, size := range sizes(test.sent) {
			t.Run(fmt.Sprintf("%s, in pieces of %d", test.name, size), func(t *testing.T) {
				answers, closes := judge(t, test.sent, talk(t, dial(t, address), test.sent, size))
				if !slices.EqualFunc(answers, test.want, strings.HasPrefix) || closes != test.close {
					t.Errorf("%.200q is answered with %q, close: %v, want %q, close: %v", test.sent, answers, closes, test.want, test.close)
				}
			})
		}
	}
}

// A client that waits for each answer uses one connection for all.
func TestInTurn(t *testing.T) {
	conn := dial(t, start(t, "10_keepalive"))
	r := bufio.NewReader(conn)
	for _, name := range []string{"ada", "grace", "barbara"} {
		request := "GET /?name=" + name + " HTTP/1.1\r\nHost: h\r\n\r\n"
		send(t, conn, request)
		response, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		if want := "Hello, " + name + "!\n"; string(text) != want || err != nil || response.Close {
			t.Errorf("%q is answered with %q, %v, close: %v, want %q", request, text, err, response.Close, want)
		}
	}
}

// A demo that cannot listen ends at once, and says why in one sentence.
func TestCannotListen(t *testing.T) {
	for _, demo := range demos {
		t.Run(demo, func(t *testing.T) {
			address := start(t, demo)
			for _, test := range []struct{ argument, want string }{
				{address, "address " + address + " is already in use: stop the server that has it, or take a free port with: go run ./steps/" + demo + "/demo 127.0.0.1:0\n"},
				{"127.0.0.1", "listen tcp: address 127.0.0.1: missing port in address\n"},
			} {
				var printed, said bytes.Buffer
				second := program(t, demo, test.argument)
				second.Stdout, second.Stderr = &printed, &said
				err := second.Run()
				if second.ProcessState.ExitCode() != 1 || printed.Len() > 0 || said.String() != test.want {
					t.Errorf("demo %s ends with %v, prints %q and says %q, want exit status 1 and %q", test.argument, err, &printed, &said, test.want)
				}
			}
		})
	}
}

// The commands in a demo's doc comment start it, and then call it.
func TestDocComments(t *testing.T) {
	for _, demo := range demos {
		source, err := os.ReadFile(filepath.Join(demo, "demo", "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		_, commands, _ := strings.Cut(string(source), "\n//\n")
		if want := "//\tgo run ./steps/" + demo + "/demo\n//\tcurl -v "; !strings.HasPrefix(commands, want) {
			t.Errorf("the commands of demo %s begin with %.80q, want %q", demo, commands, want)
		}
	}
}

// start starts a demo, and returns the address that it prints. The end of the
// test is the end of the demo, which had nothing to complain of.
func start(t *testing.T, demo string) (address string) {
	t.Helper()
	var said bytes.Buffer
	first := program(t, demo, "127.0.0.1:0")
	first.Stderr = &said
	stdout, err := first.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = first.Wait() // killed, for the test's context has ended
		if said.Len() > 0 {
			t.Errorf("demo %s says %q, want nothing", demo, &said)
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	address, found := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "listening on http://")
	if err != nil || !found {
		t.Fatalf("demo %s prints %q, %v, want its address", demo, line, err)
	}
	return address
}

// patience is how long a demo is given for what takes it no time.
const patience = 30 * time.Second

// program is a demo with its argument. It does not outlive the test.
func program(t *testing.T, demo, argument string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return exec.CommandContext(ctx, binary(demo), argument)
}

// binary is where a demo was built. Windows insists on the ending.
func binary(demo string) string { return filepath.Join(built, demo+".exe") }

// dial calls a demo.
func dial(t *testing.T, address string) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return conn.(*net.TCPConn)
}

// sizes are those of the pieces to send a request in: whole, and five bytes at
// once if it is not too long for that. The fifteenth byte of GET / HTTP/1.1 and
// its CRLF is the CR.
func sizes(sent string) []int {
	if len(sent) > 1000 {
		return []int{len(sent)}
	}
	return []int{1000, 5}
}

// talk says all of it in pieces, and returns all that comes back.
func talk(t *testing.T, conn *net.TCPConn, sent string, size int) []byte {
	t.Helper()
	for piece := range slices.Chunk([]byte(sent), size) {
		send(t, conn, string(piece))
		time.Sleep(time.Millisecond) // so that each arrives alone, most of the time
	}
	if err := conn.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(conn)
	if err != nil {
		t.Fatalf("%.200q is answered with %q, and then %v", sent, raw, err)
	}
	return raw
}

// send says one piece.
func send(t *testing.T, conn net.Conn, piece string) {
	t.Helper()
	if _, err := io.WriteString(conn, piece); err != nil {
		t.Fatal(err)
	}
}

// judge reads the answers in what came back, to the last byte, each as its status
// and its text. It tells whether the last of them said close.
func judge(t *testing.T, sent string, raw []byte) (answers []string, closes bool) {
	t.Helper()
	method, _, _ := strings.Cut(sent, " ")
	for r := bufio.NewReader(bytes.NewReader(raw)); ; {
		if _, err := r.Peek(1); err == io.EOF {
			return answers, closes
		}
		response, err := http.ReadResponse(r, &http.Request{Method: method})
		if err != nil || closes {
			t.Fatalf("%.200q is answered with %q: %v, after close: %v", sent, raw, err, closes)
		}
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatalf("%.200q is answered with %q: %v", sent, raw, err)
		}
		answers, closes = append(answers, response.Status+"\n"+string(text)), response.Close
		method = "GET" // only the first request may be another
	}
}
