package httphandler_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/fcgi"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"barewire/server/httphandler"
	wsgi "barewire/steps/06_wsgi"
)

// need skips a test whose peer is not installed, unless no test may be skipped.
// Where a daemon is installed for the superuser only, PATH may not say so.
func need(t *testing.T, peer string) string {
	t.Helper()
	for _, place := range []string{peer, "/usr/sbin/" + peer, "/usr/local/sbin/" + peer} {
		if path, err := exec.LookPath(place); err == nil {
			return path
		}
	}
	if os.Getenv("BAREWIRE_NO_SKIP") != "" {
		t.Fatalf("%s is not installed, and BAREWIRE_NO_SKIP is set", peer)
	}
	t.Skipf("%s is not installed, so nobody speaks FastCGI with us", peer)
	return ""
}

// site answers by path, as the tests below ask for it.
func site(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	switch environ.Text("PATH_INFO") {
	case "/app/echo":
		start("202 Accepted", wsgi.Headers{{"Content-Type", "text/plain"}, {"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}})
		return wsgi.Stream(environ.Input().Lines)
	case "/app/fail":
		return wsgi.Fail(errBoom)
	case "/app/abort":
		panic(http.ErrAbortHandler)
	case "/app/late":
		start("200 OK", wsgi.Headers{{"Content-Length", "9"}})
		return stream(panics, "half")
	case "/app/nothing":
		start("204 No Content", nil)
		return wsgi.List{}
	}
	return show("REQUEST_METHOD", "REQUEST_URI", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "HTTP_HOST", "CONTENT_LENGTH", "HTTP_X_A", "HTTP_PROXY",
		"SERVER_PROTOCOL", "SERVER_NAME", "REMOTE_ADDR", "wsgi.url_scheme", "MOOD")(environ, start)
}

// TestFastCGI puts a real web server before an application.
func TestFastCGI(t *testing.T) {
	lighttpd := need(t, "lighttpd")
	backend, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = backend.Close() }) // which ends fcgi.Serve
	errors := &output{}
	go func() { _ = fcgi.Serve(backend, httphandler.Bridge{App: site, Errors: errors}) }()

	address := startLighttpd(t, lighttpd, backend.Addr().(*net.TCPAddr).Port)
	tests := []struct {
		name, request string
		status        int
		want          string
	}{
		{"the environ", "GET /app/a%20b?x=1 HTTP/1.1\r\nHost: a.example\r\nX-A: 1\r\nProxy: evil.example\r\nConnection: close\r\n\r\n", 200,
			`'GET' '/app/a%20b?x=1' '' '/app/a b' 'x=1' 'a.example' none '1' none 'HTTP/1.1' 'a.example' '127.0.0.1' 'http' 'fine'`},
		{"a body", "POST /app/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\nConnection: close\r\n\r\none\ntwo", 202, "one\ntwo"},
		{"a length", "POST /app/x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\ntext", 200,
			`'POST' '/app/x' '' '/app/x' '' 'a' '4' none none 'HTTP/1.1' 'a' '127.0.0.1' 'http' 'fine'`},
		{"a body in chunks", "POST /app/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n7\r\none\ntwo\r\n0\r\n\r\n", 202, "one\ntwo"},
		{"HEAD", "HEAD /app/echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 202, ""},
		{"no content", "GET /app/nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 204, ""},
		{"a failure", "GET /app/fail HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 500, "500 Internal Server Error\n\nThe application failed. What went wrong is told on the server's side.\n"},
		{"http.ErrAbortHandler, which nobody would catch", "GET /app/abort HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 500, "500 Internal Server Error\n\nThe application failed. What went wrong is told on the server's side.\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			response, got, err := sendTo(t, address, test.request)
			if err != nil || response.StatusCode != test.status || got != test.want {
				t.Fatalf("got %v %q, %v, want %d %q; %s", response, got, err, test.status, test.want, errors)
			}
			if cookies := response.Header["Set-Cookie"]; test.status == 202 && len(cookies) != 2 {
				t.Errorf("cookies = %q, want two", cookies)
			}
		})
	}
	t.Run("a failure behind the head is told, and the process lives", func(t *testing.T) {
		if _, got, err := sendTo(t, address, "GET /app/late HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"); err == nil || got != "half" {
			t.Errorf("got %q, %v, want half of it and an error", got, err)
		}
		if told := errors.String(); !strings.Contains(told, `"panic: boom"`) {
			t.Errorf("the operator is told %q, want the panic", told)
		}
	})
}

// TestFastCGIBody: whatever a web server sends, the body is as long as
// CONTENT_LENGTH says, or breaks off.
func TestFastCGIBody(t *testing.T) {
	backend, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = backend.Close() }) // which ends fcgi.Serve
	read := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		text, err := io.ReadAll(environ.Input())
		if err != nil {
			return wsgi.Fail(err)
		}
		start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
		return wsgi.Text(fmt.Sprintf("%q of %q", text, environ.Text("CONTENT_LENGTH")))
	}
	go func() { _ = fcgi.Serve(backend, httphandler.Bridge{App: read, Errors: io.Discard}) }()

	for _, test := range []struct{ name, length, body, want string }{
		{"all of it", "6", "abcdef", `"abcdef" of "6"`},
		{"more than the length", "2", "abcdef", `"ab" of "2"`},
		{"less than the length", "9", "abc", "rule    the body ended early\nsource  RFC 9112 §8\n"},
		{"no length", "", "abcdef", `"" of ""`},
		{"a length below zero", "-1", "abcdef", `"" of ""`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := askFastCGI(t, backend.Addr().String(), test.body, "REQUEST_METHOD", "POST", "SERVER_PROTOCOL", "HTTP/1.1", "REQUEST_URI", "/", "CONTENT_LENGTH", test.length)
			if !strings.HasSuffix(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestFastCGIType: nginx says the type twice, as a variable and as a field. It has it
// from one field.
func TestFastCGIType(t *testing.T) {
	backend, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = backend.Close() }) // which ends fcgi.Serve
	go func() { _ = fcgi.Serve(backend, httphandler.Bridge{App: show("CONTENT_TYPE"), Errors: io.Discard}) }()
	got := askFastCGI(t, backend.Addr().String(), "", "REQUEST_METHOD", "POST", "SERVER_PROTOCOL", "HTTP/1.1", "REQUEST_URI", "/",
		"CONTENT_TYPE", "text/plain", "HTTP_CONTENT_TYPE", "text/plain")
	if !strings.HasSuffix(got, "'text/plain'") || strings.Contains(got, "text/plain, ") {
		t.Errorf("got %q, want text/plain once", got)
	}
}

// askFastCGI is a web server that says what it is told, be it wrong, and returns
// what the application prints.
func askFastCGI(t *testing.T, address, body string, pairs ...string) string {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil { // for a test that would hang
		t.Fatal(err)
	}
	// A record is version 1, a type, the number of the request, a length, and no
	// padding. FastCGI Specification §3.3
	const begin, end, params, stdin, stdout = 1, 3, 4, 5, 6
	record := func(kind byte, content string) string {
		return string([]byte{1, kind, 0, 1, byte(len(content) >> 8), byte(len(content)), 0, 0}) + content
	}
	names := ""
	for i := 0; i < len(pairs); i += 2 {
		names += string([]byte{byte(len(pairs[i])), byte(len(pairs[i+1]))}) + pairs[i] + pairs[i+1]
	}
	asked := record(begin, "\x00\x01\x00\x00\x00\x00\x00\x00") + record(params, names) + record(params, "") + record(stdin, body) + record(stdin, "")
	if _, err := io.WriteString(conn, asked); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for head := make([]byte, 8); ; {
		if _, err := io.ReadFull(conn, head); err != nil {
			t.Fatal(err)
		}
		content := make([]byte, int(head[4])<<8+int(head[5])+int(head[6]))
		if _, err := io.ReadFull(conn, content); err != nil {
			t.Fatal(err)
		}
		switch head[1] {
		case stdout:
			said.Write(content[:len(content)-int(head[6])])
		case end:
			return said.String()
		}
	}
}

// startLighttpd starts a lighttpd that asks our port for everything, and returns
// its address when it answers.
func startLighttpd(t *testing.T, lighttpd string, backend int) string {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0") // it can only be told a port
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	config := filepath.Join(folder, "lighttpd.conf")
	text := fmt.Sprintf(`server.document-root = %q
server.bind = "127.0.0.1"
server.port = %d
server.modules = ("mod_setenv", "mod_fastcgi")
setenv.add-environment = ("MOOD" => "fine")
fastcgi.server = ("/app" => (("host" => "127.0.0.1", "port" => %d, "check-local" => "disable")))
`, folder, port, backend)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	said := &output{}
	command := exec.Command(lighttpd, "-D", "-f", config)
	command.Stdout, command.Stderr = said, said
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill() // it was asked for nothing more
		_ = command.Wait()
	})
	address := fmt.Sprintf("127.0.0.1:%d", port)
	for patience := 500; ; patience-- {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
			return address
		}
		if patience == 0 {
			t.Fatalf("lighttpd does not listen: %v; %s", err, said)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
