package export_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"barewire/apps/echo"
	"barewire/server"
	"barewire/tui/export"
	"barewire/tui/history"
)

const at = "http://127.0.0.1:8888"

func TestCurl(t *testing.T) {
	const curls = "Host: 127.0.0.1:8888\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
	tests := []struct{ name, request, want string }{
		{"curl's own request", "GET /hello?x=1 HTTP/1.1\r\n" + curls + "\r\n", `curl 'http://127.0.0.1:8888/hello?x=1'`},
		{"a form", "POST / HTTP/1.1\r\n" + curls + "Content-Length: 8\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nname=ada", `curl --data-binary 'name=ada' 'http://127.0.0.1:8888/'`},
		{"HEAD", "HEAD / HTTP/1.1\r\n" + curls + "\r\n", `curl -I 'http://127.0.0.1:8888/'`},
		{"a method", "DELETE / HTTP/1.1\r\n" + curls + "\r\n", `curl -X DELETE 'http://127.0.0.1:8888/'`},
		{"a strange method", "it's! / HTTP/1.1\r\n" + curls + "\r\n", `curl -X 'it'\''s!' 'http://127.0.0.1:8888/'`},
		{"POST without a body", "POST / HTTP/1.1\r\n" + curls + "Content-Length: 0\r\n\r\n", `curl -X POST -H 'Content-Length: 0' 'http://127.0.0.1:8888/'`},
		{"GET with a body", "GET / HTTP/1.1\r\n" + curls + "Content-Length: 1\r\nContent-Type: text/plain\r\n\r\nx", `curl -X GET -H 'Content-Type: text/plain' --data-binary 'x' 'http://127.0.0.1:8888/'`},
		{"a field of its own", "GET / HTTP/1.1\r\n" + curls + "X-Word: it's $HOME\r\nX-Empty:\r\n\r\n", `curl -H 'X-Word: it'\''s $HOME' -H 'X-Empty;' 'http://127.0.0.1:8888/'`},
		{"without curl's fields", "GET / HTTP/1.0\r\n\r\n", `curl --http1.0 -H 'Host:' -H 'User-Agent:' -H 'Accept:' 'http://127.0.0.1:8888/'`},
		{"a browser and another Host", "GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\n\r\n", `curl -H 'Host: x' -H 'User-Agent: Mozilla/5.0' 'http://127.0.0.1:8888/'`},
		{"a target that curl would shorten", "GET /a/../b HTTP/1.1\r\n" + curls + "\r\n", `curl --request-target '/a/../b' 'http://127.0.0.1:8888/'`},
		{"a target that curl would take for a pattern", "GET /[1-3]{a,b} HTTP/1.1\r\n" + curls + "\r\n", `curl --request-target '/[1-3]{a,b}' 'http://127.0.0.1:8888/'`},
		{"bytes", "PUT / HTTP/1.1\r\n" + curls + "Content-Length: 8\r\nContent-Type: a/b\r\n\r\n-%\\'\r\n\x00\xff", `printf '\055%%\\\047\r\n\000\377' | curl -X PUT -H 'Content-Type: a/b' --data-binary @- 'http://127.0.0.1:8888/'`},
		{"a body like a file's name", "POST / HTTP/1.1\r\n" + curls + "Content-Length: 2\r\nContent-Type: a/b\r\n\r\n@x", `printf '@x' | curl -H 'Content-Type: a/b' --data-binary @- 'http://127.0.0.1:8888/'`},
		{"chunks", "POST / HTTP/1.1\r\n" + curls + "Content-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n", `curl -H 'Content-Type: a/b' -H 'Transfer-Encoding: chunked' --data-binary 'ab' 'http://127.0.0.1:8888/'`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := export.Curl(seen(t, echo.App, history.Usual, test.request)[0], at)
			if got != test.want || err != nil {
				t.Errorf("got\n%s\n%v, want\n%s", got, err, test.want)
			}
		})
	}
}

func TestCurlCannot(t *testing.T) {
	const raw = "curl cannot send this request; r sends its bytes as they are: "
	tests := []struct{ name, request, want string }{
		{"half a head", "GET / H", raw + "step 02 found no whole head in it"},
		{"a bare LF", "GET / HTTP/1.1\nHost: x\n\n", raw + "step 02 found no whole head in it"},
		{"a broken request line", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", raw + `400 Bad Request: a request line is a method, a target and a version, with exactly one space between them (RFC 9112 §3), got "GET  / HTTP/1.1"`},
		{"a broken field", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", raw + `400 Bad Request: no white space stands between a field's name and its colon (RFC 9112 §5.1), got "Host "`},
		{"two Hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", raw + "it sends one Host field"},
		{"two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", raw + `400 Bad Request: a request has one length (RFC 9112 §6.3), got "2"`},
		{"half a body", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na", raw + "400 Bad Request: the body ended early (RFC 9112 §8)"},
		{"a broken chunk", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", raw + `400 Bad Request: the size of a chunk is hex digits (RFC 9112 §7.1), got "zz"`},
		{"a later version", "GET / HTTP/1.2\r\nHost: x\r\n\r\n", raw + "it speaks no HTTP/1.2"},
		{"HEAD with a body", "HEAD / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na", raw + "it sends no body with HEAD"},
		{"bytes in a field", "GET / HTTP/1.1\r\nHost: x\r\nX: \xff\r\n\r\n", raw + `the value of X has bytes that a command line does not take, "\xff"`},
		{"a body that was not kept", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n" + strings.Repeat("x", 2000), "not all bytes of this request were kept, so nothing can repeat it"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := export.Curl(seen(t, echo.App, small, test.request)[0], at)
			if got != "" || fmt.Sprint(err) != test.want {
				t.Errorf("got %q and the error\n%v\nwant\n%s", got, err, test.want)
			}
		})
	}
	packet := &history.Exchange{Head: server.Bytes("\x00\x15\x00\x00\x0e\x00REQUEST_METHOD\x03\x00GET")}
	if _, err := export.Curl(packet, "uwsgi://127.0.0.1:8888"); fmt.Sprint(err) != "curl speaks no uwsgi; r sends this packet as it is" {
		t.Errorf("of a packet, got the error %v", err)
	}
	for _, site := range []string{"127.0.0.1:8888", "https://127.0.0.1/", "http://"} {
		if _, err := export.Curl(&history.Exchange{}, site); fmt.Sprint(err) != fmt.Sprintf("%q is no address of a server", site) {
			t.Errorf("for the site %q, got the error %v", site, err)
		}
	}
}

// To no site, a request goes where it went, or where it wanted to go.
func TestCurlOfARecord(t *testing.T) {
	x := seen(t, echo.App, history.Usual, "GET /a HTTP/1.1\r\nHost: example.test:81\r\nUser-Agent: curl/8\r\nAccept: */*\r\n\r\n")[0]
	for _, test := range []struct {
		server server.Endpoint
		want   string
	}{
		{server.Endpoint{Host: "127.0.0.1", Port: "8888"}, "curl -H 'Host: example.test:81' 'http://127.0.0.1:8888/a'"},
		{server.Endpoint{Host: "::1", Port: "8888"}, "curl -H 'Host: example.test:81' 'http://[::1]:8888/a'"},
		{server.Endpoint{Host: "/run/shop"}, "curl --unix-socket '/run/shop' -H 'Host: example.test:81' 'http://localhost/a'"},
		{server.Endpoint{}, "curl 'http://example.test:81/a'"},
	} {
		x.Server = test.server
		if got, err := export.Curl(x, ""); got != test.want || err != nil {
			t.Errorf("from %v, got\n%s\n%v, want\n%s", test.server, got, err, test.want)
		}
	}
}

// TestCurlRepeats has sh run the commands, against a second server, and compares
// what the two have seen.
func TestCurlRepeats(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl here")
	}
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh here")
	}
	var all strings.Builder
	for i := range 256 {
		all.WriteByte(byte(i))
	}
	long := strings.Repeat("%s'\\n ", 30_000)
	const own = "Host: SITE\r\nUser-Agent: curl/1\r\nAccept: */*\r\n"
	withBody := func(fields, body string) string {
		return fmt.Sprintf("POST /p HTTP/1.1\r\n%sContent-Length: %d\r\n%s\r\n%s", own, len(body), fields, body)
	}
	tests := []struct{ name, request string }{
		{"curl's own", "GET /hello?x=1&y=%20 HTTP/1.1\r\n" + own + "\r\n"},
		{"a form", withBody("Content-Type: application/x-www-form-urlencoded\r\n", "name=ada")},
		{"no Content-Type", withBody("", "name=ada")},
		{"the length in front", "POST / HTTP/1.1\r\nHost: x\r\ncontent-length: 08\r\n\r\nname=ada"},
		{"the length twice", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\nContent-Length: 8\r\n\r\nname=ada"},
		{"a leading at sign", withBody("", "@/etc/hostname")},
		{"a leading minus", withBody("", "-n\n")},
		{"lines", withBody("Content-Type: text/plain\r\n", "one\r\n\ttwo\n")},
		{"every byte", withBody("", all.String())},
		{"letters", withBody("", "Grüße, 世界")},
		{"a long body", withBody("", long)},
		{"chunks", "POST / HTTP/1.1\r\n" + own + "Transfer-Encoding: chunked\r\n\r\n4\r\nname\r\n4\r\n=ada\r\n0\r\n\r\n"},
		{"no chunk but the last", "POST / HTTP/1.1\r\n" + own + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
		{"a client that expects", withBody("Expect: 100-continue\r\n", "name=ada")},
		{"HEAD", "HEAD / HTTP/1.1\r\n" + own + "\r\n"},
		{"OPTIONS *", "OPTIONS * HTTP/1.1\r\n" + own + "\r\n"},
		{"PUT", strings.Replace(withBody("", "x"), "POST", "PUT", 1)},
		{"GET with a body", strings.Replace(withBody("", "x"), "POST", "GET", 1)},
		{"a method with signs", "it's!#$%&*+-.^_`|~ / HTTP/1.1\r\n" + own + "\r\n"},
		{"POST without a length", "POST / HTTP/1.1\r\n" + own + "\r\n"},
		{"POST with the length 0", "POST / HTTP/1.1\r\n" + own + "Content-Length: 0\r\n\r\n"},
		{"a target for the shell", "GET /$HOME/`id`/it's/!!/%22;&?*=\\ HTTP/1.1\r\n" + own + "\r\n"},
		{"a target for curl's patterns", "GET /[1-3]{a,b}?[] HTTP/1.1\r\n" + own + "\r\n"},
		{"dots in the path", "GET /a/./b/../c/%2E%2e/.. HTTP/1.1\r\n" + own + "\r\n"},
		{"dots in the query", "GET /?/../a HTTP/1.1\r\n" + own + "\r\n"},
		{"two slashes", "GET //a//b HTTP/1.1\r\n" + own + "\r\n"},
		{"a whole URL", "GET http://elsewhere/a?b HTTP/1.1\r\n" + own + "\r\n"},
		{"another Host", "GET / HTTP/1.1\r\nHost: barewire.example\r\n\r\n"},
		{"an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"},
		{"a Host that is none", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
		{"no Host", "GET / HTTP/1.1\r\n\r\n"},
		{"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"},
		{"HTTP/1.0 with a body", "POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\nx"},
		{"fields for the shell", "GET / HTTP/1.1\r\n" + own + "X-A: it's \"$HOME\" `id` \\ ! ; & | < > *\r\n\r\n"},
		{"empty fields", "GET / HTTP/1.1\r\nHost: x\r\nX-Empty:\r\nAccept:\r\nUser-Agent:\r\n\r\n"},
		{"a field twice", "GET / HTTP/1.1\r\n" + own + "X-A: 1\r\nx-a: 2\r\nAccept: text/html\r\nUser-Agent: b\r\n\r\n"},
		{"fields that curl knows", "GET / HTTP/1.1\r\n" + own + "Cookie: a=b\r\nCookie: c=d\r\nAuthorization: Basic YTpi\r\nRange: bytes=0-1\r\nReferer: x\r\nConnection: close\r\nTE: trailers\r\nAccept-Encoding: gzip\r\n\r\n"},
		{"a browser", "GET /favicon.ico HTTP/1.1\r\nHost: SITE\r\nConnection: keep-alive\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: text/html;q=0.9,*/*;q=0.8\r\nAccept-Language: de,en\r\n\r\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			second := serve(t, echo.App, history.Usual)
			first := seen(t, echo.App, history.Usual, strings.ReplaceAll(test.request, "SITE", second.address))[0]
			command, err := export.Curl(first, "http://"+second.address)
			if err != nil {
				t.Fatal(err)
			}
			sh := exec.Command("sh")
			sh.Stdin = strings.NewReader(command)
			sh.Env = append(os.Environ(), "HOME="+t.TempDir(), "no_proxy=*") // without a .curlrc
			var stderr bytes.Buffer
			sh.Stderr = &stderr
			if err := sh.Run(); err != nil {
				t.Errorf("%v: %s", err, stderr.Bytes())
			}
			exchanges := second.stop()
			if len(exchanges) != 1 {
				t.Fatalf("%.300s\nled to %d requests, %s", command, len(exchanges), stderr.Bytes())
			}
			if got, want := meaning(exchanges[0]), meaning(first); got != want {
				t.Errorf("%.300s\nsends\n%.600q\nwant\n%.600q", command, got, want)
			}
		})
	}
}

// meaning returns a request in the form that does not matter to its meaning: the
// fields in the order of their names, which have no case, but those of one name
// in their own order. RFC 9110 §5.3
func meaning(x *history.Exchange) string {
	line, rest, _ := strings.Cut(string(x.Head), "\r\n")
	var fields []string
	for field := range strings.SplitSeq(rest, "\r\n") {
		name, value, _ := strings.Cut(field, ":")
		name, value = strings.ToLower(name), strings.TrimSpace(value)
		if name == "user-agent" && strings.HasPrefix(value, "curl/") {
			value = "curl"
		}
		fields = append(fields, name+": "+value)
	}
	slices.SortStableFunc(fields, func(a, b string) int {
		a, _, _ = strings.Cut(a, ":")
		b, _, _ = strings.Cut(b, ":")
		return strings.Compare(a, b)
	})
	return line + "\n" + strings.Join(fields, "\n") + "\n" + bodyOf(x)
}

// bodyOf returns what echo sent back: the body as an application reads it.
func bodyOf(x *history.Exchange) string {
	reader := bufio.NewReader(bytes.NewReader(x.Answer().Bytes))
	for {
		answer, err := http.ReadResponse(reader, &http.Request{Method: x.Method()})
		if err != nil {
			return err.Error()
		}
		body, err := io.ReadAll(answer.Body)
		if answer.StatusCode >= 200 {
			return fmt.Sprintf("%s %q %v", answer.Status, body, err)
		}
	}
}
