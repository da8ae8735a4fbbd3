package static_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"barewire/apps/static"
	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

var wrapper = wsgi.FileWrapper(func(file io.ReadCloser, blockSize int) wsgi.Body {
	return wsgi.File{Reader: file, Closer: file, BlockSize: blockSize}
})

// site makes a directory to serve, beside a file that is none of its.
func site(t *testing.T) string {
	t.Helper()
	parent := t.TempDir()
	root := filepath.Join(parent, "site")
	for name, text := range map[string]string{
		"secret.txt":          "secret",
		"site/a.txt":          "hello\n",
		"site/b":              "\x00\xff",
		"site/c d.html":       "<p>",
		"site/sub/index.html": "index",
		"site/empty.txt":      "",
	} {
		path := filepath.Join(parent, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestDir(t *testing.T) {
	root := site(t)
	for link, target := range map[string]string{"out": "../secret.txt", "up": "..", "in": "a.txt"} {
		if err := os.Symlink(filepath.FromSlash(target), filepath.Join(root, link)); err != nil {
			t.Skipf("this system makes no symbolic links: %v", err)
		}
	}
	const text, html, bytes = "text/plain; charset=utf-8", "text/html; charset=utf-8", "application/octet-stream"
	tests := []struct {
		name, method, path string
		status             string
		kind, length, body string
	}{
		{"a file", "GET", "/a.txt", "200 OK", text, "6", "hello\n"},
		{"HEAD of a file", "HEAD", "/a.txt", "200 OK", text, "6", "hello\n"},
		{"a file of no known type", "GET", "/b", "200 OK", bytes, "2", "\x00\xff"},
		{"a space in the name", "GET", "/c d.html", "200 OK", html, "3", "<p>"},
		{"an empty file", "GET", "/empty.txt", "200 OK", text, "0", ""},
		{"the index of a directory", "GET", "/sub/", "200 OK", html, "5", "index"},
		{"a file is no directory", "GET", "/a.txt/", "404 Not Found", "text/plain", "", "There is no such file.\n"},
		{"a way round inside", "GET", "/sub/../a.txt", "200 OK", text, "6", "hello\n"},
		{"a link inside", "GET", "/in", "200 OK", bytes, "6", "hello\n"},
		{"no such file", "GET", "/x", "404 Not Found", "text/plain", "", "There is no such file.\n"},
		{"a directory, without the slash", "GET", "/sub", "301 Moved Permanently", "text/plain", "", "The path of a directory ends in a slash.\n"},
		{"a directory without an index", "GET", "/", "404 Not Found", "text/plain", "", "There is no such file.\n"},
		{"out by ..", "GET", "/../secret.txt", "404 Not Found", "text/plain", "", "There is no such file.\n"},
		{"out by .. inside", "GET", "/sub/../../secret.txt", "404 Not Found", "text/plain", "", "There is no such file.\n"},
		{"out by a link", "GET", "/out", "404 Not Found", "text/plain", "", "There is no such file.\n"},
		{"out through a link", "GET", "/up/secret.txt", "404 Not Found", "text/plain", "", "There is no such file.\n"},
		{"a NUL byte", "GET", "/a.txt\x00", "404 Not Found", "text/plain", "", "There is no such file.\n"},
		{"another method", "POST", "/a.txt", "405 Method Not Allowed", "text/plain", "", "There are only files here, to be read.\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := apptest.Run(static.Dir(root), wsgi.Environ{
				"REQUEST_METHOD":    test.method,
				"PATH_INFO":         test.path,
				"wsgi.file_wrapper": wrapper,
			})
			headers := make(map[string]string)
			for _, header := range got.Headers {
				headers[header[0]] = header[1]
			}
			body := strings.Join(got.Chunks, "")
			if got.Status != test.status || headers["Content-Type"] != test.kind || headers["Content-Length"] != test.length || body != test.body || got.Err != nil {
				t.Errorf("%s %q = %s, %v, %q, %v, want %s, %s of %s bytes, %q", test.method, test.path,
					got.Status, got.Headers, body, got.Err, test.status, test.kind, test.length, test.body)
			}
		})
	}
}

// A link in an index.html counts from the slash, so there has to be one.
func TestMoved(t *testing.T) {
	root := site(t)
	if err := os.Mkdir(filepath.Join(root, "c d?é"), 0o755); err != nil {
		t.Skipf("this system has no such names: %v", err)
	}
	tests := []struct {
		name, script, path, query string
		want                      string
	}{
		{"a directory", "", "/sub", "", "/sub/"},
		{"the query stays", "", "/sub", "x=1&y=%20", "/sub/?x=1&y=%20"},
		{"below a prefix", "/files", "/sub", "", "/files/sub/"},
		{"the prefix itself", "/files", "", "", "/files/"},
		{"a name that a URL spells in another way", "/a b", "/c d?é", "", "/a%20b/c%20d%3F%C3%A9/"},
		{"a way round does not lead to another host", "", "//host/..", "", "/"},
		{"nor does one to a directory", "", "//host/../sub", "", "/sub/"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := apptest.Run(static.Dir(root), wsgi.Environ{
				"REQUEST_METHOD": "GET", "SCRIPT_NAME": test.script, "PATH_INFO": test.path, "QUERY_STRING": test.query,
			})
			want := wsgi.Headers{{"Location", test.want}, {"Content-Type", "text/plain"}}
			if got.Status != "301 Moved Permanently" || !slices.Equal(got.Headers, want) || got.Err != nil {
				t.Errorf("%q, %q is %s, %q, %v, want 301 and %q", test.script, test.path, got.Status, got.Headers, got.Err, want)
			}
		})
	}
}

func TestDirThatIsNone(t *testing.T) {
	got := apptest.Run(static.Dir(filepath.Join(t.TempDir(), "none")), wsgi.Environ{"REQUEST_METHOD": "GET", "PATH_INFO": "/"})
	if got.Status != "404 Not Found" {
		t.Errorf("below a directory that does not exist there is %s, want 404 Not Found", got.Status)
	}
}

// A client of Go's gets a file of many blocks, and then another one on the same
// connection.
func TestOverASocket(t *testing.T) {
	root := site(t)
	large := strings.Repeat("0123456789abcdef", 1<<16)
	if err := os.WriteFile(filepath.Join(root, "large"), []byte(large), 0o644); err != nil {
		t.Fatal(err)
	}
	url, _ := apptest.Serve(t, static.Dir(root))
	for _, file := range []struct{ path, want string }{{"/large", large}, {"/c%20d.html", "<p>"}} {
		response, err := http.Get(url + file.path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(response.Body)
		if err != nil || string(got) != file.want || response.ContentLength != int64(len(file.want)) {
			t.Errorf("GET %s gives %d bytes, %v, announced as %d, want the file's %d", file.path, len(got), err, response.ContentLength, len(file.want))
		}
		if err := response.Body.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestApp(t *testing.T) {
	t.Chdir(site(t))
	got := apptest.Run(static.App, wsgi.Environ{"REQUEST_METHOD": "HEAD", "PATH_INFO": "/a.txt", "wsgi.file_wrapper": wrapper})
	if got.Status != "200 OK" {
		t.Errorf("HEAD /a.txt = %s, want 200 OK", got.Status)
	}
}
