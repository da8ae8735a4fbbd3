package validator

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

// journaled replaces wsgi.errors of the server.
func journaled(app wsgi.Application, log *journal) wsgi.Application {
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		environ["wsgi.errors"] = log
		return app(environ, start)
	}
}

// talkTo sends a request as it stands, and reads the answer.
func talkTo(t *testing.T, url, request string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(request, " ")
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	text, err := io.ReadAll(response.Body)
	if err := errors.Join(err, conn.Close()); err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	return response, string(text)
}

// Every request that the server accepts has an environ that keeps the rules, and
// an answer like that without the validator.
func TestRequests(t *testing.T) {
	echo := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		content, err := io.ReadAll(environ.Input())
		if err != nil {
			return wsgi.Fail(err)
		}
		start("200 OK", plain)
		return wsgi.Text(environ.Text("PATH_INFO") + " " + string(content))
	}
	log := new(journal)
	bare, _ := apptest.Serve(t, echo)
	checked, _ := apptest.Serve(t, journaled(Check(echo), log))
	for _, request := range []string{
		"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
		"GET / HTTP/1.0\r\n\r\n",
		"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
		"OPTIONS http://h HTTP/1.1\r\nHost: h\r\n\r\n",
		"GET http://h?x HTTP/1.1\r\nHost: h\r\n\r\n",
		"GET /%00%ff%2f HTTP/1.1\r\nHost: h\r\n\r\n",
		"GET //x HTTP/1.1\r\nHost:\r\n\r\n",
		"b.r~ew! /pot HTTP/1.1\r\nHost: h\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: h\r\nwsgi.input: x\r\nX.Y: z\r\nContent_Type: a\r\nContent_Length: b\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: h\r\nContent-Length:  0\r\nContent-Type:\r\n\r\n",
		"PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5, 5\r\nContent-Type: a/b\r\n\r\nhello",
		"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n",
	} {
		want, wantText := talkTo(t, bare, request)
		got, gotText := talkTo(t, checked, request)
		got.Header.Del("Date")
		want.Header.Del("Date")
		if want.StatusCode != 200 {
			t.Errorf("%q: the server answers %s; this test wants what it accepts", request, want.Status)
		}
		if got.Status != want.Status || gotText != wantText || fmt.Sprint(got.Header, got.ContentLength) != fmt.Sprint(want.Header, want.ContentLength) {
			t.Errorf("%q: the answer is %s %v %q, want %s %v %q", request, got.Status, got.Header, gotText, want.Status, want.Header, wantText)
		}
	}
	if lines := log.lines(); len(lines) > 0 {
		t.Errorf("wsgi.errors has %q, want nothing", lines)
	}
}

// A wrong application under the real server is a 500, and a line.
func TestWrongOverASocket(t *testing.T) {
	tests := []struct {
		name string
		rule *rule
		app  wsgi.Application
	}{
		{"a header of the connection", hopByHop, says("200 OK", [2]string{"Connection", "close"})},
		{"no start", startFirst, func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return wsgi.List{} }},
		{"content of no type", typeOfSome, has(nil, "x")},
		{"too much at once", lengthAtMost, has(typed("1"), "xx")},
		{"nothing of what was promised", lengthWhole, has(typed("1"))},
		{"no body", bodyGiven, func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return nil }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			log := new(journal)
			url, stop := apptest.Serve(t, journaled(Check(test.app), log))
			response, text := talkTo(t, url, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n")
			stop()
			if response.StatusCode != 500 {
				t.Errorf("the answer is %s %q, want 500", response.Status, text)
			}
			if lines := log.lines(); len(lines) != 1 || !strings.Contains(lines[0], test.rule.text) {
				t.Errorf("wsgi.errors has %q, want one line about %q", lines, test.rule.text)
			}
		})
	}
}

// Requests at the same time have nothing to do with each other.
func TestConcurrentRequests(t *testing.T) {
	log := new(journal)
	app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		if environ.Text("PATH_INFO") == "/wrong" {
			start("wrong", nil)
		}
		return reads(environ, start)
	}
	url, stop := apptest.Serve(t, journaled(Check(app), log))
	var clients sync.WaitGroup
	for _, want := range []struct {
		path string
		code int
	}{{"/wrong", 500}, {"/right", 200}, {"/wrong", 500}, {"/right", 200}} {
		clients.Add(1)
		go func() {
			defer clients.Done()
			for range 10 {
				response, err := http.Get(url + want.path)
				if err != nil {
					t.Error(err)
					return
				}
				_, err = io.ReadAll(response.Body)
				if err := errors.Join(err, response.Body.Close()); err != nil || response.StatusCode != want.code {
					t.Errorf("%s answers %s, %v, want %d", want.path, response.Status, err, want.code)
				}
			}
		}()
	}
	clients.Wait()
	stop()
	if lines := log.lines(); len(lines) != 20 {
		t.Errorf("wsgi.errors has %d lines, want one for each wrong request: %q", len(lines), lines)
	}
}
