package command_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestLighttpd installs barewire as the documentation of server/cgi tells, under a
// lighttpd that starts it for each request, and compares the answers with those
// of barewire as a server.
func TestLighttpd(t *testing.T) {
	for _, peer := range []string{"lighttpd", "sh"} {
		missing, err := condition("missing:" + peer)
		if err != nil {
			t.Fatal(err)
		}
		if missing {
			t.Skipf("%s, the peer of this test, is not installed", peer)
		}
	}
	large := strings.Repeat("barewire ", 200_000)
	parent, said := lighttpd(t, "echo", "hello", "demo", "dispatch", "onion", "stream", "simple", "generator")
	tests := []struct {
		name, method string
		app, path    string
		body         string
		status       int
		want         string
	}{
		{"one chunk", "GET", "simple", "", "", 200, "Hello world!\n"},
		{"a generator", "GET", "generator", "", "", 200, "Hello World!"},
		{"a stream", "GET", "stream", "/?lines=2&pause=0", "", 200, "line 1 of 2\nline 2 of 2\n"},
		{"a query", "GET", "hello", "/?name=ada", "", 200, "Hello, ada!\n"},
		{"a form", "POST", "hello", "/", "name=bob", 200, "Hello, bob!\n"},
		{"a header field", "GET", "onion", "/", "", 200, "Hello Admin!"},
		{"a path", "GET", "dispatch", "/hello/ada%20l", "", 200, "Hello ada l"},
		{"no such path", "GET", "dispatch", "/nowhere", "", 404, "Not Found"},
		{"HEAD", "HEAD", "hello", "/", "", 200, ""},
		{"an empty body", "POST", "echo", "/", "", 200, ""},
		{"a large body, both ways", "POST", "echo", "/", large, 200, large},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ask(t, test.method, parent+"/"+test.app+".cgi"+test.path, test.body)
			if got.status != test.status || strings.TrimSpace(got.body) != strings.TrimSpace(test.want) {
				t.Errorf("%d, %d bytes: %.200q; want %d, %d bytes: %.200q", got.status, len(got.body), got.body, test.status, len(test.want), test.want)
			}
			path := test.path
			if path == "" {
				path = "/"
			}
			served := ask(t, test.method, serve(t, test.app+":App")+path, test.body)
			if served.length < 0 {
				got.length = -1 // lighttpd may have waited for the end, and know it
			}
			if got != served {
				t.Errorf("under lighttpd it is\n%.300s, and served by barewire\n%.300s", fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", served))
			}
		})
	}

	// The environ is lighttpd's, and nothing of the process's own is in it.
	environ := ask(t, "GET", parent+"/demo.cgi/a%20b?x=1", "").body
	for _, line := range []string{
		"GATEWAY_INTERFACE = 'CGI/1.1'",
		"SCRIPT_NAME = '/demo.cgi'",
		"PATH_INFO = '/a b'",
		"QUERY_STRING = 'x=1'",
		"REQUEST_URI = '/demo.cgi/a%20b?x=1'",
		"SERVER_PROTOCOL = 'HTTP/1.1'",
		"REMOTE_ADDR = '127.0.0.1'",
		"HTTP_ROLE = 'ADMIN'",
		"wsgi.run_once = True",
	} {
		if !strings.Contains(environ, "\n"+line+"\n") {
			t.Errorf("there is no line %s in\n%s", line, environ)
		}
	}
	for _, name := range []string{"PATH", "HTTP_PROXY", "PWD", "SECRET"} {
		if strings.Contains(environ, "\n"+name+" = ") {
			t.Errorf("there is %s in\n%s", name, environ)
		}
	}

	// By FastCGI the same program answers many requests, each at /fast.
	for range 2 {
		environ := ask(t, "GET", parent+"/fast/a%20b?x=1", "").body
		for _, line := range []string{"PATH_INFO = '/fast/a b'", "QUERY_STRING = 'x=1'", "HTTP_ROLE = 'ADMIN'", "wsgi.run_once = False"} {
			if !strings.Contains(environ, "\n"+line+"\n") {
				t.Errorf("by FastCGI there is no line %s in\n%s", line, environ)
			}
		}
	}

	// A program that cannot be meant says nothing, and lighttpd has to answer.
	if got := ask(t, "GET", parent+"/nobody.cgi", ""); got.status != 500 {
		t.Errorf("an application that is not there: %d, want 500", got.status)
	}
	text, err := os.ReadFile(said)
	if err != nil {
		t.Fatal(err)
	}
	if want := `barewire: there is no application "nobody:App"`; strings.Count(string(text), "barewire: ") != 1 || !strings.Contains(string(text), want) {
		t.Errorf("on stderr is\n%swant one word of barewire: %s", text, want)
	}
}

// TestSocketWithABody gives the body of a request by a socket, as some servers with
// CGI do. It is connected, and nobody listens there for FastCGI.
func TestSocketWithABody(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("windows gives no program a socket as its standard input")
	}
	for network, addr := range map[string]string{"tcp": "127.0.0.1:0", "unix": filepath.Join(t.TempDir(), "socket")} {
		t.Run(network, func(t *testing.T) {
			listener, err := net.Listen(network, addr)
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			client, err := net.Dial(network, listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			server, err := listener.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			if _, err := io.WriteString(client, "hello"); err != nil {
				t.Fatal(err)
			}
			stdin, err := server.(interface{ File() (*os.File, error) }).File()
			if err != nil {
				t.Fatal(err)
			}
			defer stdin.Close()
			command := exec.Command("barewire", "cgi", "echo:App")
			command.Env = []string{"REQUEST_METHOD=POST", "CONTENT_LENGTH=5", "CONTENT_TYPE=text/plain"}
			command.Stdin = stdin
			out, err := command.CombinedOutput()
			if want := "Status: 200 OK\nContent-Type: text/plain\n\nhello"; err != nil || string(out) != want {
				t.Errorf("it says %q, %v, want %q", out, err, want)
			}
		})
	}
}

// An answered is what a client can compare of two answers.
type answered struct {
	status      int
	contentType string
	length      int64
	body        string
}

func ask(t *testing.T, method, url, body string) answered {
	t.Helper()
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Role", "ADMIN")
	request.Header.Set("Proxy", "evil:80")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answered{answer.StatusCode, answer.Header.Get("Content-Type"), answer.ContentLength, string(text)}
}

// lighttpd serves applications as NAME.cgi until the test ends, one that is not
// there as nobody.cgi, and demo:App by FastCGI. The file said has what they say on stderr.
func lighttpd(t *testing.T, apps ...string) (url, said string) {
	dir := t.TempDir()
	barewire, err := exec.LookPath("barewire")
	if err != nil {
		t.Fatal(err)
	}
	fast := filepath.Join(dir, "fast")
	script := fmt.Sprintf("#!/bin/sh\nexec %s cgi demo:App\n", barewire)
	if err := os.WriteFile(fast, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, app := range append(apps, "nobody") {
		script := fmt.Sprintf("#!/bin/sh\nGORACE=atexit_sleep_ms=0 SECRET=1 exec %s cgi %s:App\n", barewire, app)
		if err := os.WriteFile(filepath.Join(dir, app+".cgi"), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().(*net.TCPAddr)
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(dir, "log")
	said = filepath.Join(dir, "said")
	config := filepath.Join(dir, "lighttpd.conf")
	text := fmt.Sprintf(`server.modules = ("mod_cgi", "mod_fastcgi")
server.bind = "127.0.0.1"
server.port = %d
server.document-root = "%s"
server.upload-dirs = ("%s")
server.errorlog = "%s"
server.breakagelog = "%s"
cgi.assign = (".cgi" => "")
fastcgi.server = ("/fast" => (("bin-path" => "%s", "socket" => "%s.socket", "max-procs" => 1, "check-local" => "disable")))
`, addr.Port, dir, dir, log, said, fast, fast)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	process := exec.Command("lighttpd", "-D", "-f", config)
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// So that it ends the program behind /fast, too.
		if err := process.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		_ = process.Wait() // it was told to end
		if t.Failed() {
			text, _ := os.ReadFile(log)
			t.Logf("the log of lighttpd:\n%s", text)
		}
	})
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		conn, err := net.Dial("tcp", addr.String())
		if err == nil {
			if err := conn.Close(); err != nil {
				t.Fatal(err)
			}
			return "http://" + addr.String(), said
		}
		if time.Now().After(deadline) {
			t.Fatalf("lighttpd does not listen: %v", err)
		}
	}
}
