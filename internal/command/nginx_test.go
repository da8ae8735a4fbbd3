package command_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// An envelope is what nginx puts a request into.
type envelope struct{ protocol, pass string }

var envelopes = []envelope{
	{"http", "proxy_pass http://%s; proxy_set_header Host $host"},
	{"uwsgi", "uwsgi_pass %s; include uwsgi_params"},
	{"fastcgi", "fastcgi_pass %s; include fastcgi_params"},
}

// TestNginx puts a real nginx before barewire, by each protocol, over TCP and over a
// Unix socket. A client cannot tell them apart.
func TestNginx(t *testing.T) {
	program := needNginx(t)
	large := strings.Repeat("barewire", 8_000)
	for _, e := range envelopes {
		for _, network := range []string{"tcp", "unix"} {
			t.Run(e.protocol+" over "+network, func(t *testing.T) {
				front := newFront(t, program)
				for _, app := range []string{"echo", "hello", "stream"} {
					front.add(t, e, network, app, app+":App")
				}
				front.start(t)
				tests := []struct {
					name, method, path string
					body               io.Reader
					status             int
					want               string
				}{
					{"a query", "GET", "/hello/?name=ada", nil, 200, "Hello, ada!\n"},
					{"a form", "POST", "/hello/", strings.NewReader("name=bob"), 200, "Hello, bob!\n"},
					{"a form in chunks, which nginx waits for", "POST", "/hello/", unsized("name=eve"), 200, "Hello, eve!\n"},
					{"an empty body", "POST", "/echo/", nil, 200, ""},
					// As large as hello:App reads before it answers. Behind the head of an
					// answer nginx sends nothing more of a body.
					{"a large body, both ways", "POST", "/hello/", strings.NewReader("name=" + large), 200, "Hello, " + large + "!\n"},
					{"a large body in chunks", "POST", "/hello/", unsized("name=" + large), 200, "Hello, " + large + "!\n"},
					{"a body that is answered while it is read", "POST", "/echo/", strings.NewReader("one\ntwo"), 200, "one\ntwo"},
					{"a stream", "GET", "/stream/?lines=3&pause=0", nil, 200, "line 1 of 3\nline 2 of 3\nline 3 of 3\n"},
					{"many chunks", "GET", "/stream/?lines=1000&pause=0", nil, 200, lines(1000)},
				}
				for _, test := range tests {
					t.Run(test.name, func(t *testing.T) {
						got, text := front.ask(t, test.method, test.path, test.body)
						if got.StatusCode != test.status || text != test.want {
							t.Errorf("%d, %d bytes: %.200q, want %d, %d bytes: %.200q", got.StatusCode, len(text), text, test.status, len(test.want), test.want)
						}
					})
				}
				t.Run("HEAD", func(t *testing.T) {
					whole, text := front.ask(t, "GET", "/hello/?name=ada", nil)
					head, none := front.ask(t, "HEAD", "/hello/?name=ada", nil)
					if none != "" || head.StatusCode != 200 || head.ContentLength != int64(len(text)) || head.Header.Get("Content-Type") != whole.Header.Get("Content-Type") {
						t.Errorf("HEAD: %d %q, %d bytes promised and %q sent; GET: %q, %d bytes", head.StatusCode, head.Header, head.ContentLength, none, whole.Header, len(text))
					}
				})
				t.Run("two clients at the same time", func(t *testing.T) {
					var both sync.WaitGroup
					for _, letter := range []string{"a", "b"} {
						both.Add(1)
						go func() {
							defer both.Done()
							name := strings.Repeat(letter, 60_000)
							want := "Hello, " + name + "!\n"
							for range 10 {
								answer, err := http.Post(front.url+"/hello/", "application/x-www-form-urlencoded", strings.NewReader("name="+name))
								if err != nil {
									t.Error(err)
									return
								}
								got, err := io.ReadAll(answer.Body)
								_ = answer.Body.Close()
								if err != nil || string(got) != want {
									t.Errorf("the answer to %s has %d bytes, %v", letter, len(got), err)
								}
							}
						}()
					}
					both.Wait()
				})
			})
		}
	}
}

// TestSameEnviron asks demo:App, which shows its environ, the same by each envelope.
// What differs is listed, with its reason; all the rest must be equal.
func TestSameEnviron(t *testing.T) {
	program := needNginx(t)
	ofWire := []string{"HTTP_CONNECTION"} // says how nginx wants its own connection to be, so it differs by design
	differs := map[string][]string{
		// nginx writes a new request: what it knows of the client is not in it, and
		// the endpoints are those of its own connection to us. It speaks HTTP/1.0.
		"http": {"REMOTE_ADDR", "REMOTE_PORT", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL"},
		// Of fastcgi_params comes who the web server is.
		"fastcgi": {"SERVER_SOFTWARE"},
	}
	// Only where nginx sends variables: they are its own.
	added := []string{"DOCUMENT_ROOT", "DOCUMENT_URI", "REDIRECT_STATUS", "REMOTE_USER", "REQUEST_SCHEME", "SERVER_ADDR"}

	shown := make(map[string]map[string]string)
	for _, e := range envelopes {
		front := newFront(t, program)
		front.add(t, e, "tcp", "demo", "demo:App")
		front.start(t)
		request, err := http.NewRequest("POST", front.url+"/demo/a%20b/caf%C3%A9?x=1&y=%20", strings.NewReader("name=ada"))
		if err != nil {
			t.Fatal(err)
		}
		request.Host = "shop.example"
		request.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "X-A": {"1"}, "Cookie": {"a=1; b=2"}, "Proxy": {"evil:80"}, "User-Agent": {"test"}, "Accept-Encoding": {"identity"}}
		_, text := front.do(t, request)
		_, port, _ := strings.Cut(strings.TrimPrefix(front.url, "http://"), ":")
		shown[e.protocol] = environOf(strings.ReplaceAll(text, "'"+port+"'", "'nginx'"))
	}
	uwsgi := shown["uwsgi"]
	for name, want := range map[string]string{
		"REQUEST_METHOD": "'POST'", "PATH_INFO": "'/demo/a b/cafÃ©'", "REQUEST_URI": "'/demo/a%20b/caf%C3%A9?x=1&y=%20'", "QUERY_STRING": "'x=1&y=%20'",
		"CONTENT_LENGTH": "'8'", "HTTP_X_A": "'1'", "HTTP_COOKIE": "'a=1; b=2'", "HTTP_HOST": "'shop.example'", "SERVER_PROTOCOL": "'HTTP/1.1'", "REMOTE_ADDR": "'127.0.0.1'", "wsgi.url_scheme": "'http'",
	} {
		if uwsgi[name] != want {
			t.Errorf("by uwsgi %s = %s, want %s", name, uwsgi[name], want)
		}
	}
	for _, protocol := range []string{"http", "fastcgi"} {
		other := shown[protocol]
		if _, found := other["HTTP_PROXY"]; found {
			t.Errorf("by %s there is HTTP_PROXY", protocol)
		}
		for _, name := range slices.Concat(slices.Sorted(maps.Keys(uwsgi)), slices.Sorted(maps.Keys(other))) {
			if uwsgi[name] == other[name] || slices.Contains(ofWire, name) || slices.Contains(added, name) || name == "REMOTE_PORT" {
				continue // the port is another for each request
			}
			if !slices.Contains(differs[protocol], name) {
				t.Errorf("%s = %s by uwsgi, and %s by %s", name, uwsgi[name], other[name], protocol)
			}
		}
		for _, name := range differs[protocol] {
			if name != "REMOTE_ADDR" && name != "REMOTE_PORT" && uwsgi[name] == other[name] {
				t.Errorf("%s is listed as another by %s, and is %s by both", name, protocol, other[name])
			}
		}
	}
}

var variable = regexp.MustCompile(`(?m)^([\w.]+) = (.*)$`)

// environOf reads what demo:App shows.
func environOf(text string) map[string]string {
	environ := make(map[string]string)
	for _, match := range variable.FindAllStringSubmatch(text, -1) {
		environ[match[1]] = match[2]
	}
	return environ
}

// lines is what stream:App says.
func lines(n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "line %d of %d\n", i+1, n)
	}
	return text.String()
}

// unsized is a body whose length the client does not say, so that it sends chunks.
func unsized(text string) io.Reader { return struct{ io.Reader }{strings.NewReader(text)} }

// needNginx skips a test without it, unless no test may be skipped.
func needNginx(t *testing.T) (path string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("nginx is stopped by a signal of Unix")
	}
	for _, place := range []string{"nginx", "/usr/sbin/nginx", "/usr/local/sbin/nginx"} {
		if path, err := exec.LookPath(place); err == nil {
			return path
		}
	}
	if os.Getenv("BAREWIRE_NO_SKIP") != "" {
		t.Fatal("nginx is not installed, and BAREWIRE_NO_SKIP is set")
	}
	t.Skip("nginx is not installed, so no proxy stands before barewire")
	return ""
}

// A front is an nginx with applications behind it, each at its name.
type front struct {
	program, dir, url string
	locations         strings.Builder
	fails             bool // an application, as it should, and says so
}

func newFront(t *testing.T, program string) *front {
	dir, err := os.MkdirTemp("", "nginx") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return &front{program: program, dir: dir}
}

// add serves an application at a name until the test ends.
func (f *front) add(t *testing.T, e envelope, network, name, app string) {
	t.Helper()
	addr := "127.0.0.1:0"
	if network == "unix" {
		addr = "unix:" + filepath.Join(f.dir, name)
	}
	process := exec.Command("barewire", "serve", app, "--protocol", e.protocol, "--addr", addr, "--trace", "none")
	process.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	said := new(bytes.Buffer)
	process.Stderr = said
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = process.Process.Signal(syscall.SIGTERM) // an error is that it has ended
		if err := process.Wait(); err != nil || said.Len() > 0 && !f.fails {
			t.Errorf("barewire serve %s ends with %v, and says %q", app, err, said)
		}
	})
	first := make([]byte, 4096)
	n, err := out.Read(first)
	line, _, _ := strings.Cut(string(first[:n]), "\n")
	where, ok := strings.CutPrefix(line, "listening on ")
	if err != nil || !ok {
		t.Fatalf("barewire serve %s says %q, %v", app, line, err)
	}
	for _, prefix := range []string{"http://", "uwsgi://", "fastcgi://"} {
		where = strings.TrimPrefix(where, prefix)
	}
	if network == "unix" && e.protocol == "http" {
		where += ":" // ends the path of the socket, so that a URL may follow
	}
	fmt.Fprintf(&f.locations, "\t\tlocation /%s/ { %s; }\n", name, fmt.Sprintf(e.pass, where))
}

// start starts nginx with a server that has the locations.
func (f *front) start(t *testing.T) {
	t.Helper()
	for _, name := range []string{"uwsgi_params", "fastcgi_params"} {
		params, err := os.ReadFile("/etc/nginx/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(f.dir, name), params, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	addr := freeAddr(t)
	f.url = "http://" + addr
	f.run(t, addr, "server {\n\t\tlisten "+addr+";\n\t\tserver_name shop.example;\n\t\tclient_max_body_size 100m;\n"+f.locations.String()+"\t}")
}

// freeAddr is an address where nobody listens.
func freeAddr(t *testing.T) string {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	return free.Addr().String()
}

// run starts nginx with a configuration of its http part, which listens at addr. It
// ends with the test.
func (f *front) run(t *testing.T, addr, inside string) {
	t.Helper()
	text := strings.NewReplacer("$DIR", f.dir, "$INSIDE", inside).Replace(`daemon off;
master_process off;
pid $DIR/pid;
error_log $DIR/log error;
events { worker_connections 256; }
http {
	access_log off;
	client_body_temp_path $DIR/b;
	proxy_temp_path $DIR/p;
	fastcgi_temp_path $DIR/f;
	uwsgi_temp_path $DIR/u;
	scgi_temp_path $DIR/s;
	$INSIDE
}
`)
	config := filepath.Join(f.dir, "nginx.conf")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	process := exec.Command(f.program, "-e", filepath.Join(f.dir, "log"), "-c", config)
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = process.Process.Kill()
		_ = process.Wait() // it was killed, and says that
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(f.dir, "log"))
			t.Logf("the log of nginx:\n%s", log)
		}
	})
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("nginx does not listen: %v", err)
		}
	}
}

func (f *front) ask(t *testing.T, method, path string, body io.Reader) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequest(method, f.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return f.do(t, request)
}

func (f *front) do(t *testing.T, request *http.Request) (*http.Response, string) {
	t.Helper()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}
