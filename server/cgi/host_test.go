package cgi_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	nethttpcgi "net/http/cgi"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"barewire/apps/echo"
	"barewire/server/cgi"
	wsgi "barewire/steps/06_wsgi"
)

// programs are the CGI programs of TestHost. This test is its own child: started
// with PROGRAM set, it runs one of them.
var programs = map[string]wsgi.Application{
	"echo": echo.App,
	"told": func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", plain)
		return wsgi.Text(environ.Text("REQUEST_METHOD") + " " + environ.Text("SCRIPT_NAME") + " " + environ.Text("PATH_INFO") + " " +
			environ.Text("QUERY_STRING") + " " + environ.Text("HTTP_X_ROLE") + " " + environ.Text("HTTP_PROXY"))
	},
	"lost":    says("404 Not Found", plain, "nothing here\n"),
	"moved":   says("302 Found", wsgi.Headers{{"Location", "/there"}}),
	"untyped": says("200 OK", nil, "bytes"),
	"fails":   func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return wsgi.Fail(errBroken) },
	"short":   says("200 OK", with([2]string{"Content-Length", "9"}), "half"),
	"slow": func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", plain)
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			if !yield([]byte("first\n"), nil) {
				return
			}
			for { // until whoever reads has the first line, and says so
				if _, err := os.Stat(environ.Text("QUERY_STRING")); err == nil {
					break
				}
				time.Sleep(time.Millisecond)
			}
			yield([]byte("second\n"), nil)
		})
	},
}

func TestMain(m *testing.M) {
	if program := os.Getenv("PROGRAM"); program != "" {
		err := cgi.Run(programs[program], os.Environ(), os.Stdin, os.Stdout, os.Stderr)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// host serves a program with net/http/cgi, a parent that is not ours. What the
// program says on stderr, and the parent of the program, is in said, which is
// complete when the test has closed the server.
func host(t *testing.T, program string) (server *httptest.Server, said *bytes.Buffer) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	said = new(bytes.Buffer)
	parent := &nethttpcgi.Handler{
		Path:   self,
		Root:   "/cgi-bin/",
		Env:    []string{"PROGRAM=" + program, "GORACE=atexit_sleep_ms=0"},
		Logger: log.New(said, "", 0),
		Stderr: said,
	}
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parent.ServeHTTP(flushed{w}, r)
	}))
	t.Cleanup(server.Close)
	return server, said
}

// flushed hands each write on at once, which net/http/cgi leaves to its buffers.
type flushed struct{ http.ResponseWriter }

func (f flushed) Write(p []byte) (int, error) {
	n, err := f.ResponseWriter.Write(p)
	f.ResponseWriter.(http.Flusher).Flush()
	return n, err
}

func TestHost(t *testing.T) {
	large := strings.Repeat("barewire ", 200_000)
	tests := []struct {
		name, program string
		method, path  string
		body          string
		status        string
		header        string // "Name: value"
		want          string
		said          string // on stderr
	}{
		{"GET", "told", "GET", "/cgi-bin/a%20b?x=%41", "", "200 OK", "Content-Type: text/plain", "GET /cgi-bin /a b x=%41 ADMIN ", ""},
		{"POST with a body", "echo", "POST", "/cgi-bin/", "ping", "200 OK", "Content-Type: text/x-ping", "ping", ""},
		{"a large body, both ways", "echo", "POST", "/cgi-bin/", large, "200 OK", "Content-Type: text/x-ping", large, ""},
		{"HEAD", "told", "HEAD", "/cgi-bin/", "", "200 OK", "Content-Length: 23", "", ""},
		{"404", "lost", "GET", "/cgi-bin/", "", "404 Not Found", "Content-Type: text/plain", "nothing here\n", ""},
		{"a redirect", "moved", "GET", "/cgi-bin/", "", "302 Found", "Location: /there", "", ""},
		{"a type that nobody gave", "untyped", "GET", "/cgi-bin/", "", "200 OK", "Content-Type: application/octet-stream", "bytes", ""},
		{"500", "fails", "GET", "/cgi-bin/", "", "500 Internal Server Error", "Content-Length: 97", failed[strings.Index(failed, "\n\n")+2:], "broken\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, said := host(t, test.program)
			request, err := http.NewRequest(test.method, server.URL+test.path, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", "text/x-ping")
			request.Header.Set("X-Role", "ADMIN")
			request.Header.Set("Proxy", "evil:80")
			answer, err := http.DefaultTransport.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Error(err)
			}
			if err := answer.Body.Close(); err != nil {
				t.Error(err)
			}
			server.Close()
			if answer.Status != test.status || string(body) != test.want {
				t.Errorf("%s, %d bytes: %.200q; want %s, %d bytes: %.200q", answer.Status, len(body), body, test.status, len(test.want), test.want)
			}
			name, value, _ := strings.Cut(test.header, ": ")
			if got := answer.Header.Get(name); got != value {
				t.Errorf("%s: %q, want %q", name, got, value)
			}
			if said.String() != test.said {
				t.Errorf("on stderr: %q, want %q", said, test.said)
			}
		})
	}
}

// TestHostGetsEachChunk: a chunk arrives before the next is made.
func TestHostGetsEachChunk(t *testing.T) {
	server, _ := host(t, "slow")
	goOn := filepath.Join(t.TempDir(), "goon")
	answer, err := http.Get(server.URL + "/cgi-bin/?" + filepath.ToSlash(goOn))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewReader(answer.Body)
	if line, err := lines.ReadString('\n'); line != "first\n" || err != nil {
		t.Errorf("%q, %v, want the first line", line, err)
	}
	if err := os.WriteFile(goOn, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(lines); string(rest) != "second\n" || err != nil {
		t.Errorf("%q, %v, want the second line", rest, err)
	}
}

// TestHostSeesAShortage: a body that ends early arrives as one.
func TestHostSeesAShortage(t *testing.T) {
	server, _ := host(t, "short")
	answer, err := http.Get(server.URL + "/cgi-bin/")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); string(body) != "half" || err != io.ErrUnexpectedEOF {
		t.Errorf("%q, %v, want half and an unexpected end", body, err)
	}
}
