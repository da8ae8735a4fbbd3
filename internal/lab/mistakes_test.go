package lab_test

import (
	"strings"
	"testing"
)

// A row is what is sent, and all that comes back. Where that ends with a status
// line, what comes behind it is not looked at.
type row struct {
	mistake      string
	send         string
	right, wrong string
}

// seen are mistakes that one write of bytes shows. After it the client says that it
// is done, and reads to the end.
var seen = []row{
	{
		"recv1024",
		"GET /tell HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("a", 1000) + "\r\nX-Z: z\r\n\r\n",
		ok(`"/tell" a="` + strings.Repeat("a", 1000) + `" z="z" body=""` + "\n"),
		ok(`"/tell" a="`+strings.Repeat("a", 1024-len("GET /tell HTTP/1.1\r\nHost: x\r\nX-A: "))+`" z="" body=""`+"\n") + no,
	},
	{
		"lf-only",
		"GET /tell HTTP/1.1\nHost: x\nX-A: 1\n\n",
		no,
		ok(`"/tell" a="1" z="" body=""` + "\n"),
	},
	{
		"split-line",
		"GET \t /tell  HTTP/1.1\r\nHost: x\r\n\r\n",
		no,
		ok(`"/tell" a="" z="" body=""` + "\n"),
	},
	{
		"first-field-wins",
		"GET /tell HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nx-a: 2\r\n\r\n",
		ok(`"/tell" a="1, 2" z="" body=""` + "\n"),
		ok(`"/tell" a="1" z="" body=""` + "\n"),
	},
	{
		"first-field-wins",
		"GET /tell HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
		no,
		ok(`"/tell" a="" z="" body=""` + "\n"),
	},
	{
		"first-field-wins",
		"POST /tell HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
		no,
		ok(`"/tell" a="" z="" body="hi"` + "\n"),
	},
	{
		"body-in-head",
		"POST /tell HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi",
		ok(`"/tell" a="" z="" body="hi"` + "\n"),
		no, // the body ended early
	},
	{
		"no-chunked",
		"POST /tell HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
		ok(`"/tell" a="" z="" body="hi"` + "\n"),
		ok(`"/tell" a="" z="" body=""`+"\n") + no,
	},
	{
		"no-chunked",
		"POST /tell HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nhi",
		no,
		ok(`"/tell" a="" z="" body="hi"` + "\n"),
	},
	{
		"environ-raw-path",
		"GET /tell%20%41 HTTP/1.1\r\nHost: x\r\n\r\n",
		ok(`"/tell A" a="" z="" body=""` + "\n"),
		ok(`"/tell%20%41" a="" z="" body=""` + "\n"),
	},
	{
		"environ-raw-path", // also when the server knows the fields already
		"GET /tell%20%41 HTTP/1.1\r\nHost: x\r\n\r\nGET /tell%20%42 HTTP/1.1\r\nHost: x\r\n\r\n",
		ok(`"/tell A" a="" z="" body=""`+"\n") + ok(`"/tell B" a="" z="" body=""`+"\n"),
		ok(`"/tell%20%41" a="" z="" body=""`+"\n") + ok(`"/tell%20%42" a="" z="" body=""`+"\n"),
	},
	{
		"leftover-environ",
		"GET /tell HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n\r\nGET /tell HTTP/1.1\r\nHost: x\r\nX-Z: 2\r\n\r\n",
		ok(`"/tell" a="1" z="" body=""`+"\n") + ok(`"/tell" a="" z="2" body=""`+"\n"),
		ok(`"/tell" a="1" z="" body=""`+"\n") + ok(`"/tell" a="1" z="2" body=""`+"\n"),
	},
	{
		"leftover-cookies",
		"GET /cookies HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
		begin + "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 8\r\n" + stamp + "cookies\n" + ok("check\n"),
		begin + "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 8\r\n" + stamp + "cookies\n" +
			begin + "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 6\r\n" + stamp + "check\n",
	},
	{
		"header-injection",
		"GET /crlf HTTP/1.1\r\nHost: x\r\n\r\n",
		failed,
		begin + "X-Check: a\r\nInjected: yes\r\nContent-Length: 5\r\n" + stamp + "crlf\n",
	},
	{
		"excess",
		"GET /tell HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
		ok(`"/tell" a="" z="" body=""`+"\n") + ok("check\n"),
		ok(`"/tell" a="" z="" body=""`+"\n") + strings.Repeat("\r\n", 6) + ok("check\n") + strings.Repeat("\r\n", 6),
	},
	{
		"runes-as-bytes",
		"GET /utf8 HTTP/1.1\r\nHost: x\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 6\r\n" + stamp + "café\n",
		"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n" + stamp + "café\n",
	},
	{
		"runes-as-bytes", // HEAD has no body all the same
		"HEAD /utf8 HTTP/1.1\r\nHost: x\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 6\r\n" + stamp,
		"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n" + stamp,
	},
	{
		"missing-last-chunk",
		"GET /stream?n=2 HTTP/1.1\r\nHost: x\r\n\r\n",
		begin + "Transfer-Encoding: chunked\r\n" + stamp + "8\r\nchunk 1\n\r\n8\r\nchunk 2\n\r\n0\r\n\r\n",
		begin + "Transfer-Encoding: chunked\r\n" + stamp + "8\r\nchunk 1\n\r\n8\r\nchunk 2\n\r\n",
	},
	{
		"drops-pipelined",
		"GET /tell HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
		ok(`"/tell" a="" z="" body=""`+"\n") + ok("check\n"),
		ok(`"/tell" a="" z="" body=""` + "\n"),
	},
	{
		"no-drain",
		"POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 31\r\n\r\nGET /tell HTTP/1.1\r\nHost: y\r\n\r\n",
		ok("unread\n"),
		ok("unread\n") + ok(`"/tell" a="" z="" body=""`+"\n"),
	},
	{
		"no-drain",
		"POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\na=b&GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		ok("unread\n") + ok("check\n"),
		ok("unread\n") + no,
	},
}

// TestSeen says the same bytes to a right server and to one with the mistake.
func TestSeen(t *testing.T) {
	for _, test := range seen {
		t.Run(test.mistake, func(t *testing.T) {
			compare := func(which, addr, want string) {
				got := ask(t, addr, test.send)
				short := got
				if strings.HasSuffix(want, no) || strings.HasSuffix(want, failed) {
					short = got[:min(len(want), len(got))]
				}
				if short != want {
					t.Errorf("the %s server says\n%q, want\n%q", which, got, want)
				}
			}
			compare("right", start(t, tell), test.right)
			compare("wrong", start(t, tell, find(t, test.mistake).Put), test.wrong)
		})
	}
}
