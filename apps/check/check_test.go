package check_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"barewire/apps/check"
	"barewire/internal/apptest"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
)

const ok = "200 OK"

var plain = wsgi.Headers{{"Content-Type", "text/plain"}}

// with returns the plain headers and more.
func with(more ...[2]string) wsgi.Headers { return append(wsgi.Headers{plain[0]}, more...) }

// A row is a request and what App answers it. All of these keep the contract, so
// whatever server is between, in Go or in Python, the client gets this.
type row struct {
	path, query, body string
	status            string
	headers           wsgi.Headers
	chunks            []string // without the empty ones
}

func rows() []row {
	octets := wsgi.Headers{{"Content-Type", "application/octet-stream"}}
	everyByte := everyByte()
	long := strings.Repeat("x", 20_000)
	block := strings.Repeat("0123456789", 819)
	bad := func(rule string) []string { return []string{rule + "\n"} }
	const badRequest = "400 Bad Request"
	return []row{
		{"/", "", "", ok, plain, []string{"check\n"}},
		{"/elsewhere", "", "", "404 Not Found", plain, []string{"no such path\n"}},
		{"/echo/", "", "", "404 Not Found", plain, []string{"no such path\n"}},
		{"/Echo", "", "", "404 Not Found", plain, []string{"no such path\n"}},

		{"/echo", "", "ping", ok, octets, []string{"ping"}},
		{"/echo", "", everyByte, ok, octets, []string{everyByte}},
		{"/echo", "", long, ok, octets, []string{long}},
		{"/echo", "", "", ok, octets, nil},
		{"/count", "", "ping", ok, plain, []string{"4\n"}},
		{"/count", "", long, ok, plain, []string{"20000\n"}},
		{"/count", "", "", ok, plain, []string{"0\n"}},
		{"/lines", "", "", ok, plain, []string{"0\n"}},
		{"/lines", "", "one\ntwo\n", ok, plain, []string{"2\n"}},
		{"/lines", "", "one\n\nthree", ok, plain, []string{"3\n"}},
		{"/lines", "", "one\rstill one\r\n", ok, plain, []string{"1\n"}},
		{"/lines", "", long + "\n" + long, ok, plain, []string{"2\n"}},
		{"/lines", "", long[:8<<10-1] + "\n", ok, plain, []string{"1\n"}},
		{"/lines", "", long[:8<<10] + "\n", ok, plain, []string{"1\n"}},
		{"/first", "n=3", "ping", ok, plain, []string{"pin"}},
		{"/first", "", "ping pong", ok, plain, []string{"ping "}},
		{"/first", "n=9", "ping", ok, plain, []string{"ping"}},
		{"/first", "n=0", "ping", ok, plain, nil},
		{"/first", "n=65537", "ping", badRequest, plain, bad("n is a number from 0 to 65536")},
		{"/unread", "", "ping", ok, plain, []string{"unread\n"}},

		{"/stream", "", "", ok, plain, []string{"chunk 1\n", "chunk 2\n", "chunk 3\n"}},
		{"/stream", "n=1", "", ok, plain, []string{"chunk 1\n"}},
		{"/stream", "n=0", "", ok, plain, nil},
		{"/stream", "x=1&n=002&n=3", "", ok, plain, []string{"chunk 1\n", "chunk 2\n"}},
		{"/stream", "n=" + strings.Repeat("0", 30) + "1", "", ok, plain, []string{"chunk 1\n"}},
		{"/stream", "n=2&ms=1", "", ok, plain, []string{"chunk 1\n", "chunk 2\n"}},
		{"/stream", "ms=10001", "", badRequest, plain, bad("ms is a number from 0 to 10000")},
		{"/environs", "", "", "404 Not Found", plain, []string{"no such path\n"}},
		{"/stream", "n=1000001", "", badRequest, plain, bad("n is a number from 0 to 1000000")},
		{"/stream", "n=", "", badRequest, plain, bad("n is a number from 0 to 1000000")},
		{"/stream", "n", "", badRequest, plain, bad("n is a number from 0 to 1000000")},
		{"/stream", "n=-1", "", badRequest, plain, bad("n is a number from 0 to 1000000")},
		{"/stream", "n=+1", "", badRequest, plain, bad("n is a number from 0 to 1000000")},
		{"/stream", "n=1_0", "", badRequest, plain, bad("n is a number from 0 to 1000000")},
		{"/stream", "n=%31", "", badRequest, plain, bad("n is a number from 0 to 1000000")},
		{"/stream", "n=99999999999999999999", "", badRequest, plain, bad("n is a number from 0 to 1000000")},
		{"/big", "n=9", "", ok, with([2]string{"Content-Length", "9"}), []string{"012345678"}},
		{"/big", "n=0", "", ok, with([2]string{"Content-Length", "0"}), nil},
		{"/big", "n=8190", "", ok, with([2]string{"Content-Length", "8190"}), []string{block}},
		{"/big", "n=16383", "", ok, with([2]string{"Content-Length", "16383"}), []string{block, block, "012"}},
		{"/big", "n=1073741825", "", badRequest, plain, bad("n is a number from 0 to 1073741824")},
		{"/empty", "", "", ok, plain, []string{"x\n"}},
		{"/nothing", "", "", ok, plain, nil},
		{"/utf8", "", "", ok, wsgi.Headers{{"Content-Type", "text/plain; charset=utf-8"}}, []string{"caf\xc3\xa9\n"}},
		{"/late", "", "", ok, plain, []string{"late\n"}},
		{"/write", "", "", ok, plain, []string{"written\n", "yielded\n"}},
		{"/slow", "ms=1&name=ada", "", ok, plain, []string{"ada\n"}},
		{"/slow", "ms=0", "", ok, plain, []string{"x\n"}},
		{"/slow", "name=%41+b=c&ms=0", "", ok, plain, []string{"%41+b=c\n"}},
		{"/slow", "ms=10001", "", badRequest, plain, bad("ms is a number from 0 to 10000")},

		{"/status", "code=404", "", "404 Not Found", plain, []string{"status\n"}},
		{"/status", "code=299", "", "299 Checked", plain, []string{"status\n"}},
		{"/status", "code=99", "", badRequest, plain, bad("code is a number from 100 to 999")},
		{"/length", "code=200", "", ok, with([2]string{"Content-Length", "7"}), []string{"status\n"}},
		{"/length", "code=x", "", badRequest, plain, bad("code is a number from 100 to 999")},
		{"/length", "n=x", "", badRequest, plain, bad("n is a number from 0 to 1073741824")},
		{"/head", "", "", ok, with([2]string{"Content-Length", "6"}), []string{"head!\n"}},
		{"/date", "", "", ok, with([2]string{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}), []string{"date\n"}},
		{"/cookies", "", "", ok, with([2]string{"Set-Cookie", "a=1"}, [2]string{"Set-Cookie", "b=2"}), []string{"cookies\n"}},
		{"/replace", "", "", "500 Internal Server Error", plain, []string{"replaced\n"}},
	}
}

func everyByte() string {
	var every []byte
	for b := range 256 {
		every = append(every, byte(b))
	}
	return string(every)
}

// name shortens what is long.
func (r row) name() string { return fmt.Sprintf("%s?%.20s %.10q", r.path, r.query, r.body) }

func TestApp(t *testing.T) {
	for _, test := range rows() {
		t.Run(test.name(), func(t *testing.T) {
			got := apptest.Run(check.App, wsgi.Environ{
				"PATH_INFO":    test.path,
				"QUERY_STRING": test.query,
				"wsgi.input":   apptest.Input(body.Framing{Length: int64(len(test.body))}, test.body),
			})
			if got.Err != nil || got.Status != test.status {
				t.Errorf("App answers %q, %v, want %q", got.Status, got.Err, test.status)
			}
			if !slices.Equal(got.Headers, test.headers) {
				t.Errorf("headers = %q, want %q", got.Headers, test.headers)
			}
			if !slices.Equal(got.Chunks, test.chunks) {
				t.Errorf("chunks = %.80q, want %.80q", got.Chunks, test.chunks)
			}
		})
	}
}

// What breaks the contract gets a word from step 08, or fails where it says.
func TestBroken(t *testing.T) {
	tests := []struct {
		path, want string
		chunks     []string
	}{
		{"/crlf", "a header value holds no control bytes", nil},
		{"/hop", "hop-by-hop headers belong to the server", nil},
		{"/badstatus", "a status is three digits", nil},
		{"/twice", "start_response is called again only with a cause", nil},
		{"/nostart", "start_response before its first chunk", nil},
		{"/fail", "fails on purpose", nil},
		{"/emptyfail", "fails on purpose", nil},
		{"/failmid", "fails on purpose", []string{"before\n"}},
		{"/toolate", "fails on purpose", []string{"before\n"}},
	}
	for _, test := range tests {
		got := apptest.Run(check.App, wsgi.Environ{"PATH_INFO": test.path})
		if got.Err == nil || !strings.Contains(got.Err.Error(), test.want) {
			t.Errorf("%s ends with %v, want %s", test.path, got.Err, test.want)
		}
		if !slices.Equal(got.Chunks, test.chunks) {
			t.Errorf("%s: chunks = %q, want %q", test.path, got.Chunks, test.chunks)
		}
	}
}

// A body that breaks off is no body, and start_response is not called.
func TestBrokenBody(t *testing.T) {
	for _, path := range []string{"/echo", "/count", "/lines", "/first"} {
		got := apptest.Run(check.App, wsgi.Environ{
			"PATH_INFO":  path,
			"wsgi.input": apptest.Input(body.Framing{Length: 5}, "pin"),
		})
		if got.Err == nil || got.Status != "" {
			t.Errorf("%s: half a body is answered %q %q, want an error", path, got.Status, got.Chunks)
		}
	}
}

// zeros is a wsgi.input of so many bytes.
type zeros struct {
	wsgi.Input
	left int
}

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), z.left)
	z.left -= n
	return n, nil
}

func TestLargestEcho(t *testing.T) {
	for _, test := range []struct {
		size   int
		status string
	}{{16 << 20, ok}, {16<<20 + 1, "413 Content Too Large"}} {
		got := apptest.Run(check.App, wsgi.Environ{"PATH_INFO": "/echo", "wsgi.input": &zeros{left: test.size}})
		if got.Err != nil || got.Status != test.status {
			t.Errorf("a body of %d bytes is answered %q, %v, want %q", test.size, got.Status, got.Err, test.status)
		}
	}
}

// /late and a start too early look the same to a client. Here is the difference.
func TestLateStart(t *testing.T) {
	started := 0
	answer := check.App(wsgi.Environ{"PATH_INFO": "/late"}, func(string, wsgi.Headers, ...error) wsgi.Write {
		started++
		return nil
	})
	if started != 0 {
		t.Error("start_response was called before the first chunk was asked for")
	}
	for range answer.Chunks {
	}
	if started != 1 {
		t.Errorf("start_response was called %d times, want once", started)
	}
}

// Nothing that a server does to an answer reaches the next one.
func TestNothingShared(t *testing.T) {
	for range 2 {
		var got wsgi.Headers
		answer := check.App(wsgi.Environ{"PATH_INFO": "/cookies"}, func(_ string, headers wsgi.Headers, _ ...error) wsgi.Write {
			got = slices.Clone(headers)
			headers[1] = [2]string{"X-Changed", "yes"}
			return nil
		})
		for chunk := range answer.Chunks {
			if string(chunk) != "cookies\n" || got[1][0] != "Set-Cookie" {
				t.Errorf("the answer is %q %q, changed by the one before", got, chunk)
			}
			clear(chunk)
		}
	}
}

func TestEnviron(t *testing.T) {
	got := apptest.Run(check.App, wsgi.Environ{
		"PATH_INFO": "/environ/a b", "HTTP_X": "<\xe4\"\\&\n>", "EMPTY": "",
		"wsgi.version": [2]int{1, 0}, "wsgi.run_once": false, "wsgi.multithread": true,
		"wsgi.input": strings.NewReader(""), "url.args": []string{"ada"},
	})
	want := `{
  "EMPTY": "",
  "HTTP_X": "<ä\"\\&\n>",
  "PATH_INFO": "/environ/a b",
  "url.args": "('ada',)",
  "wsgi.input": "<wsgi.input>",
  "wsgi.multithread": "True",
  "wsgi.run_once": "False",
  "wsgi.version": "(1, 0)"
}
`
	if !slices.Equal(got.Chunks, []string{want}) {
		t.Errorf("chunks = %s, want %s", got.Chunks, want)
	}
	if want := (wsgi.Headers{{"Content-Type", "application/json"}}); got.Status != ok || !slices.Equal(got.Headers, want) {
		t.Errorf("the answer is %q %q, want %q %q", got.Status, got.Headers, ok, want)
	}
}

func ExampleApp() {
	answer := apptest.Run(check.App, wsgi.Environ{"PATH_INFO": "/stream", "QUERY_STRING": "n=2"})
	fmt.Printf("%q\n", answer.Chunks)
	// Output: ["chunk 1\n" "chunk 2\n"]
}
