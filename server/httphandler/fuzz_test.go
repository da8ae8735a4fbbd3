package httphandler_test

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"barewire/server/httphandler"
	wsgi "barewire/steps/06_wsgi"
)

// FuzzPaths checks, for any target and any http.StripPrefix around us, that
// SCRIPT_NAME and PATH_INFO together are the path, and each begins with a slash.
func FuzzPaths(f *testing.F) {
	for _, target := range []string{"/", "/app/x", "/app", "/a%20b/%2f", "http://h", "http://h/app/x?y", "//a", "/app//x", "/app0", "*"} {
		for _, prefix := range []string{"", "/app", "/app/", "/", "/a b", "//"} {
			f.Add(target, prefix)
		}
	}
	f.Fuzz(func(t *testing.T, target, prefix string) {
		request, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n")))
		if err != nil {
			return
		}
		path := request.URL.Path
		if path == "" {
			path = "/"
		}
		if request.RequestURI == "*" {
			path = ""
		}
		app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			script, info := environ.Text("SCRIPT_NAME"), environ.Text("PATH_INFO")
			if script+info != path {
				t.Errorf("%q without %q is SCRIPT_NAME = %q, PATH_INFO = %q", target, prefix, script, info)
			}
			for _, part := range []string{script, info} {
				if part != "" && part[0] != '/' {
					t.Errorf("%q without %q is SCRIPT_NAME = %q, PATH_INFO = %q", target, prefix, script, info)
				}
			}
			start("200 OK", nil)
			return wsgi.List{}
		}
		handler := http.StripPrefix(prefix, httphandler.Bridge{App: app, Errors: io.Discard})
		handler.ServeHTTP(httptest.NewRecorder(), request)
	})
}

// FuzzReadLine checks, for any body, that its lines are the body.
func FuzzReadLine(f *testing.F) {
	for _, seed := range []string{"", "a", "a\n", "\n\n", "a\r\nb\n\nc", "\x00\xff\n"} {
		f.Add(seed, uint8(1))
		f.Add(seed, uint8(100))
	}
	f.Fuzz(func(t *testing.T, content string, max uint8) {
		app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			var read strings.Builder
			for {
				line, err := environ.Input().ReadLine(1 + int(max))
				if err != nil {
					break
				}
				read.Write(line)
				end := strings.IndexByte(string(line), '\n')
				if len(line) == 0 || len(line) > 1+int(max) || end >= 0 && end != len(line)-1 {
					t.Errorf("ReadLine(%d) of %q = %q", 1+int(max), content, line)
					break
				}
			}
			if read.String() != content {
				t.Errorf("the lines of %q are %q", content, read.String())
			}
			start("200 OK", nil)
			return wsgi.List{}
		}
		request := httptest.NewRequest("POST", "/", strings.NewReader(content))
		httphandler.Bridge{App: app, Errors: io.Discard}.ServeHTTP(httptest.NewRecorder(), request)
	})
}
