package server_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"barewire/apps/dispatch"
	"barewire/apps/echo"
	"barewire/apps/hello"
	"barewire/apps/method"
	"barewire/apps/stream"
	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// Who writes both sides of a protocol can be wrong on both sides. So here others
// judge: Go's client and Python's, who know nothing of us.

// town has an application at every corner.
func town(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	switch environ.Text("PATH_INFO") {
	case "/hello":
		return hello.App(environ, start)
	case "/method":
		return method.App(environ, start)
	case "/echo":
		return echo.App(environ, start)
	case "/stream":
		return stream.App(environ, start)
	case "/nothing":
		return answers("204 No Content", nil, "")(environ, start)
	case "/elsewhere":
		return answers("302 Found", wsgi.Headers{{"Location", "/hello"}}, "over there\n")(environ, start)
	case "/fails":
		return wsgi.Fail(errSecret)
	}
	return dispatch.App(environ, start)
}

// All of these go over one connection, so what one leaves behind would spoil
// the next.
func TestGoClient(t *testing.T) {
	var connections atomic.Int32
	s := start(t, town, func(s *server.Server) {
		s.Observe = func(event server.Event) {
			if _, opened := event.(server.Opened); opened {
				connections.Add(1)
			}
		}
	})
	transport := &http.Transport{MaxConnsPerHost: 1, ExpectContinueTimeout: patience}
	defer transport.CloseIdleConnections()
	client := &http.Client{
		Transport:     transport,
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}

	// More than 256 KiB, unread when the answer begins, would close the
	// connection, if their number were known by then.
	big, huge := strings.Repeat("0123456789abcdef", 15<<10), strings.Repeat("0123456789abcdef", 64<<10)
	unknownLength := func(text string) io.Reader { return io.MultiReader(strings.NewReader(text)) }
	tests := []struct {
		method, path string
		body         io.Reader
		expect       bool // say Expect: 100-continue, and want the 100
		status       string
		want         string
	}{
		{"GET", "/hello?name=ada", nil, false, "200 OK", "Hello, ada!\n"},
		{"HEAD", "/hello", nil, false, "200 OK", ""},
		{"BREW", "/method", nil, false, "200 OK", "Request method: BREW"},
		{"POST", "/echo", strings.NewReader("hello"), false, "200 OK", "hello"},
		{"POST", "/echo", unknownLength("hello"), false, "200 OK", "hello"},
		{"POST", "/echo", strings.NewReader("hello"), true, "200 OK", "hello"},
		{"POST", "/echo", unknownLength("hello"), true, "200 OK", "hello"},
		{"PUT", "/echo", strings.NewReader(big), false, "200 OK", big},
		{"PUT", "/echo", unknownLength(huge), true, "200 OK", huge},
		{"GET", "/stream?lines=3&pause=0", nil, false, "200 OK", "line 1 of 3\nline 2 of 3\nline 3 of 3\n"},
		{"HEAD", "/stream", nil, false, "200 OK", ""},
		{"DELETE", "/nothing", nil, false, "204 No Content", ""},
		{"GET", "/elsewhere", nil, false, "302 Found", "over there\n"},
		{"GET", "/nowhere", nil, false, "404 NOT FOUND", "Not Found\n"},
		{"POST", "/method", strings.NewReader(big), false, "200 OK", "Request method: POST"}, // reads none of it
	}
	for _, test := range tests {
		continued := false
		ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
			Got100Continue: func() { continued = true },
		})
		request, err := http.NewRequestWithContext(ctx, test.method, "http://"+s.addr+test.path, test.body)
		if err != nil {
			t.Fatal(err)
		}
		if test.expect {
			request.Header.Set("Expect", "100-continue")
		}
		answer, err := client.Do(request)
		if err != nil {
			t.Fatalf("%s %s: %v", test.method, test.path, err)
		}
		body, err := io.ReadAll(answer.Body)
		if answer.Status != test.status || string(body) != test.want || err != nil {
			t.Errorf("%s %s = %s, %d bytes %.40q, %v, want %s, %d bytes %.40q", test.method, test.path,
				answer.Status, len(body), body, err, test.status, len(test.want), test.want)
		}
		if continued != test.expect {
			t.Errorf("%s %s: 100 Continue %t, want %t", test.method, test.path, continued, test.expect)
		}
		_ = answer.Body.Close()
	}
	if got := connections.Load(); got != 1 {
		t.Errorf("the client needed %d connections, want 1", got)
	}
}

// Go reads our bytes. Whatever the version and the method, it finds the same
// content, and not a byte behind it.
func TestReadResponse(t *testing.T) {
	tests := []struct{ path, status, content string }{
		{"/hello", "200 OK", "Hello, world!\n"},
		{"/method", "200 OK", "Request method: GET"},
		{"/echo", "200 OK", ""},
		{"/stream?lines=3&pause=0", "200 OK", "line 1 of 3\nline 2 of 3\nline 3 of 3\n"},
		{"/stream?lines=0", "200 OK", ""},
		{"/nothing", "204 No Content", ""},
		{"/elsewhere", "302 Found", "over there\n"},
		{"/nowhere", "404 NOT FOUND", "Not Found\n"},
		{"/fails", "500 Internal Server Error", failed[len(failed)-97:]},
		{"/%zz", "400 Bad Request", "400 Bad Request\n\n" +
			"step    03 requestline\nrule    two hex digits follow a percent sign\nsource  RFC 3986 §2.1\ngot     \"%zz\"\n"},
	}
	type reading struct {
		Status, Content, Behind string
		Close                   bool
	}
	s := start(t, town)
	for _, test := range tests {
		for _, version := range []string{"HTTP/1.1", "HTTP/1.0"} {
			for _, method := range []string{"GET", "HEAD"} {
				raw := s.ask(t, method+" "+test.path+" "+version+"\r\nHost: x\r\nConnection: close\r\n\r\n")
				r := bufio.NewReader(strings.NewReader(raw))
				answer, err := http.ReadResponse(r, &http.Request{Method: method})
				if err != nil {
					t.Fatalf("ReadResponse(%q): %v", raw, err)
				}
				content, err := io.ReadAll(answer.Body)
				if err != nil {
					t.Errorf("ReadResponse(%q): %v", raw, err)
				}
				behind, _ := io.ReadAll(r) // of a string: cannot fail
				got := reading{answer.Status, string(content), string(behind), answer.Close}
				want := reading{test.status, test.content, "", true}
				if method == "HEAD" {
					want.Content = ""
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s %s %s: -want +got\n%s", method, test.path, version, diff)
				}
			}
		}
	}
}

func TestPythonClient(t *testing.T) {
	python, err := exec.LookPath("python3")
	switch {
	case err != nil && os.Getenv("BAREWIRE_NO_SKIP") == "1":
		t.Fatal("python3 is not installed, and BAREWIRE_NO_SKIP=1 forbids to skip this test")
	case err != nil:
		t.Skip("python3, the judge of this test, is not installed")
	}
	s := start(t, town)
	var mistakes bytes.Buffer
	command := exec.Command(python, "testdata/client.py", s.addr)
	command.Stderr = &mistakes
	got, err := command.Output()
	if err != nil {
		t.Fatalf("python3 testdata/client.py: %v\n%s", err, &mistakes)
	}
	want := `1 GET /hello?name=ada 200 OK 12 b'Hello, ada!\n'
1 HEAD /hello 200 OK 0 b''
1 POST /echo 200 OK 5 b'hello'
1 POST /echo 200 OK 5 b'hello'
1 PUT /echo 200 OK 100000 b'xxxxxxxxxxxx'
1 POST /hello 200 OK 14 b'Hello, world'
1 GET /stream?lines=3&pause=0 200 OK 36 b'line 1 of 3\n'
1 HEAD /stream 200 OK 0 b''
1 DELETE /nothing 204 No Content 0 b''
1 GET /elsewhere 302 Found 11 b'over there\n'
1 GET /fails 500 Internal Server Error 97 b'500 Internal'
2 GET /hello 200 OK 14 b'Hello, world'
3 GET /stream?lines=3&pause=0 200 OK 36 b'line 1 of 3\n'
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("python3 testdata/client.py prints: -want +got\n%s", diff)
	}
}
