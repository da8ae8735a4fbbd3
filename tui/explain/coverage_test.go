package explain

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"barewire/apps/bench"
	"barewire/apps/catch"
	"barewire/apps/check"
	"barewire/apps/class"
	"barewire/apps/classroom"
	"barewire/apps/demo"
	"barewire/apps/dispatch"
	"barewire/apps/djangoish"
	"barewire/apps/echo"
	"barewire/apps/flaskish"
	"barewire/apps/generator"
	"barewire/apps/gohandler"
	"barewire/apps/hello"
	"barewire/apps/method"
	"barewire/apps/onion"
	"barewire/apps/simple"
	"barewire/apps/static"
	"barewire/apps/stream"
	"barewire/server"
	"barewire/server/cgi"
	wsgi "barewire/steps/06_wsgi"
	"barewire/steps/refuse"
)

var apps = map[string]wsgi.Application{
	"bench": bench.App, "catch": catch.App, "check": check.App, "class": class.App, "classroom": classroom.App, "demo": demo.App, "dispatch": dispatch.App, "djangoish": djangoish.App,
	"echo": echo.App, "flaskish": flaskish.App, "generator": generator.App, "gohandler": gohandler.App,
	"hello": hello.App, "method": method.App, "onion": onion.App, "simple": simple.App, "static": static.App,
	"stream": stream.App,
}

// wantKnown complains of a name that the files do not know.
func wantKnown(t *testing.T, kind Kind, name string) {
	t.Helper()
	if _, known := find(kind, name); !known {
		t.Errorf("%q is not known: %s", name, Look(kind, name).Text)
	}
}

// TestApps types the curl lines that each application gives in its documentation.
// All that client, server and application say on the way is known.
func TestApps(t *testing.T) {
	needCurl(t)
	for name, app := range apps {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile("../../apps/" + name + "/" + name + ".go")
			if err != nil {
				t.Fatal(err)
			}
			lines := regexp.MustCompile(`(?m)^//\t(curl .+)$`).FindAllSubmatch(text, -1)
			if len(lines) == 0 {
				t.Error("there is no curl line to type")
			}
			url := serve(t, app)
			for _, line := range lines {
				curl(t, strings.ReplaceAll(string(line[1]), "http://127.0.0.1:8888", url))
			}
		})
	}
}

// Every folder of apps is tested here, but for those that hold middleware alone.
func TestAppsAreAll(t *testing.T) {
	paths, err := filepath.Glob("../../apps/*/*.go")
	if err != nil || len(paths) == 0 {
		t.Fatal(err, "no applications")
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(filepath.Dir(path))
		if regexp.MustCompile(`(?m)^(func|var) App\b`).Match(text) && apps[name] == nil {
			t.Errorf("%s:App is not tested here", name)
		}
	}
}

// TestCurl lets curl say the headers and methods that it knows how to say. Each
// line must make the key, or the method, that it is there for.
func TestCurl(t *testing.T) {
	needCurl(t)
	var mutex sync.Mutex
	var said wsgi.Environ
	url := serve(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		mutex.Lock()
		defer mutex.Unlock()
		said = environ
		start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}, {"ETag", `"1"`}})
		return wsgi.Text("x")
	})
	tag := filepath.Join(t.TempDir(), "etag")
	for _, line := range []struct{ options, makes string }{
		{"", "HTTP_ACCEPT"},
		{"--http1.0", "HTTP_HOST"},
		{"-A me", "HTTP_USER_AGENT"},
		{"-e http://x/", "HTTP_REFERER"},
		{"-u ada:secret", "HTTP_AUTHORIZATION"},
		{"--oauth2-bearer t0ken", "HTTP_AUTHORIZATION"},
		{"-b a=1", "HTTP_COOKIE"},
		{"-d x", "CONTENT_TYPE"},
		{"-F file=@README.md", "CONTENT_LENGTH"},
		{"-d x -H 'Expect: 100-continue'", "HTTP_EXPECT"},
		{"-r 0-4", "HTTP_RANGE"},
		{"-C 5 -T README.md", "HTTP_CONTENT_RANGE"},
		{"-z 'Tue, 31 Mar 2026 12:54:48 GMT'", "HTTP_IF_MODIFIED_SINCE"},
		{"-z '-Tue, 31 Mar 2026 12:54:48 GMT'", "HTTP_IF_UNMODIFIED_SINCE"},
		{"--etag-save " + tag, "HTTP_ACCEPT"},
		{"--etag-compare " + tag, "HTTP_IF_NONE_MATCH"},
		{"--compressed", "HTTP_ACCEPT_ENCODING"},
		{"--tr-encoding", "HTTP_TE"},
		{"--http2", "HTTP_HTTP2_SETTINGS"},
		{"-x " + url, "HTTP_PROXY_CONNECTION"},
		{"-x " + url + " -U ada:secret", "HTTP_PROXY_AUTHORIZATION"},
		{"--aws-sigv4 aws:amz:eu:s3 -u ada:secret", "HTTP_X_AMZ_DATE"},
		{"-I", "HEAD"},
		{"-T - < README.md", "PUT"},
		{"-X POST", "POST"},
		{"-X DELETE", "DELETE"},
		{"-X OPTIONS", "OPTIONS"},
		{"-X TRACE", "TRACE"},
		{"-X PATCH -d x", "PATCH"},
	} {
		curl(t, "curl "+line.options+" '"+url+"/hello?x=1'")
		mutex.Lock()
		if _, made := said[line.makes]; !made && said.Text("REQUEST_METHOD") != line.makes {
			t.Errorf("curl %s makes no %s", line.options, line.makes)
		}
		mutex.Unlock()
	}
}

func needCurl(t *testing.T) {
	t.Helper()
	for _, peer := range []string{"curl", "sh"} {
		switch _, err := exec.LookPath(peer); {
		case err != nil && os.Getenv("BAREWIRE_NO_SKIP") != "":
			t.Fatalf("%s is not installed, and BAREWIRE_NO_SKIP is set", peer)
		case err != nil:
			t.Skipf("%s, the peer of this test, is not installed", peer)
		}
	}
}

// curl types a line in the root of the repository.
func curl(t *testing.T, line string) {
	t.Helper()
	shell := exec.Command("sh", "-c", strings.Replace(line, "curl ", "curl -sS --noproxy '' ", 1))
	shell.Dir = "../.."
	shell.Env = []string{"PATH=" + os.Getenv("PATH")} // no .curlrc, no proxy
	if out, err := shell.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", line, err, out)
	}
}

// serve serves app until the test ends. Whatever the server tells of must be known.
func serve(t *testing.T, app wsgi.Application) (url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(app)
	s.Errors = io.Discard
	var mutex sync.Mutex
	asked, answered := 0, 0
	s.Observe = func(event server.Event) {
		mutex.Lock()
		defer mutex.Unlock()
		switch e := event.(type) {
		case server.Passed:
			asked += checkPassed(t, e)
		case server.Started:
			wantKnown(t, Status, e.Status)
			for _, header := range e.Headers {
				wantKnown(t, Header, string(header[0]))
			}
		case server.Sent:
			answered += checkAnswer(t, e.Bytes)
		}
	}
	go s.Serve(listener)
	t.Cleanup(func() {
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		if asked == 0 || answered == 0 {
			t.Errorf("%d environs and %d heads were seen, so nothing was tested", asked, answered)
		}
	})
	return "http://" + listener.Addr().String()
}

// checkPassed looks at what the steps have made, and counts the environs.
func checkPassed(t *testing.T, passed server.Passed) (environs int) {
	wantKnown(t, Step, passed.Name)
	if passed.Line != nil && passed.Step == 3 {
		wantKnown(t, Method, passed.Line.Method)
	}
	for _, field := range passed.Fields {
		wantKnown(t, Header, string(field[0]))
	}
	for key := range passed.Environ {
		wantKnown(t, Key, key)
	}
	return min(len(passed.Environ), 1)
}

// checkAnswer looks at a write that begins with a head, and counts it.
func checkAnswer(t *testing.T, written []byte) (heads int) {
	rest, isHead := bytes.CutPrefix(written, []byte("HTTP/1.1 "))
	if !isHead {
		return 0
	}
	reader := textproto.NewReader(bufio.NewReader(bytes.NewReader(rest)))
	status, err := reader.ReadLine()
	if err != nil {
		t.Error(err)
	}
	wantKnown(t, Status, status)
	header, err := reader.ReadMIMEHeader()
	if err != nil {
		t.Error(err)
	}
	for name := range header {
		wantKnown(t, Header, name)
	}
	return 1
}

// What the steps refuse with is known, and the text says which step it is.
func TestRefusals(t *testing.T) {
	for _, status := range []string{
		refuse.BadRequest, refuse.RequestTimeout, refuse.ContentTooLarge, refuse.URITooLong, refuse.ExpectationFailed,
		refuse.MisdirectedRequest, refuse.HeadTooLarge, refuse.ServerError, refuse.NotImplemented, refuse.VersionUnsupported,
	} {
		entry, known := find(Status, status)
		if !known || entry.Name != status {
			t.Errorf("%s is known as %q", status, entry.Name)
		}
		if !strings.Contains(entry.Text, "Barewire") && !strings.Contains(entry.Text, "tep 0") {
			t.Errorf("%s: it does not say when we say it: %s", status, entry.Text)
		}
	}
}

// A CGI program is told what no socket tells. The application gets the keys that
// the package lets through, and each of them is known.
func TestCGI(t *testing.T) {
	env := []string{"HTTP_ACCEPT=*/*", "SCRIPT_NAME=/hello.cgi", "PATH_INFO=/x", "PATH=/bin"}
	for _, name := range strings.Fields(`
		AUTH_TYPE CONTENT_LENGTH CONTENT_TYPE GATEWAY_INTERFACE PATH_TRANSLATED QUERY_STRING REMOTE_ADDR
		REMOTE_HOST REMOTE_IDENT REMOTE_USER REQUEST_METHOD SERVER_NAME SERVER_PORT SERVER_PROTOCOL
		SERVER_SOFTWARE DOCUMENT_ROOT HTTPS REDIRECT_STATUS REMOTE_PORT REQUEST_SCHEME REQUEST_URI SCRIPT_FILENAME
		SERVER_ADDR SSL_PROTOCOL SSL_CIPHER`) {
		env = append(env, name+"=0")
	}
	var keys int
	app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		for key := range environ {
			wantKnown(t, Key, key)
			keys++
		}
		start("204 No Content", nil)
		return wsgi.List{}
	}
	if err := cgi.Run(app, env, strings.NewReader(""), io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	if variables := len(env) - 1; keys <= variables { // all but PATH, and the contract's own
		t.Errorf("the application got %d keys, want more than %d", keys, variables)
	}
}

// dispatch:App puts a key into the environ that only its own functions see.
func TestKeysOfApplications(t *testing.T) { wantKnown(t, Key, "myapp.url_args") }

// Heads as browsers send them.
var browsers = []struct{ name, head string }{
	{"Chrome goes to a page", `GET / HTTP/1.1
Host: 127.0.0.1:8888
Connection: keep-alive
sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"
sec-ch-ua-mobile: ?0
sec-ch-ua-platform: "Linux"
Upgrade-Insecure-Requests: 1
User-Agent: Mozilla/5.0
Accept: text/html,application/xhtml+xml,*/*;q=0.8
Sec-Fetch-Site: none
Sec-Fetch-Mode: navigate
Sec-Fetch-User: ?1
Sec-Fetch-Dest: document
Accept-Encoding: gzip, deflate, br, zstd
Accept-Language: en-GB,en;q=0.9
Cookie: visits=41`},
	{"Chrome reloads it", `GET / HTTP/1.1
Host: 127.0.0.1:8888
Pragma: no-cache
Cache-Control: no-cache
If-None-Match: "1"
If-Modified-Since: Tue, 31 Mar 2026 12:54:48 GMT
DNT: 1
Save-Data: on
Sec-GPC: 1`},
	{"Chrome tells all hints that it was asked for", `GET / HTTP/1.1
Host: 127.0.0.1:8888
sec-ch-ua-arch: "x86"
sec-ch-ua-bitness: "64"
sec-ch-ua-form-factors: "Desktop"
sec-ch-ua-full-version: "140.0.1.2"
sec-ch-ua-full-version-list: "Chromium";v="140.0.1.2"
sec-ch-ua-model: ""
sec-ch-ua-platform-version: "6.1"
sec-ch-ua-wow64: ?0
Sec-CH-Prefers-Color-Scheme: dark
Sec-CH-Prefers-Reduced-Motion: no-preference
Sec-CH-Prefers-Reduced-Transparency: no-preference
Sec-CH-DPR: 2
Sec-CH-Width: 640
Sec-CH-Viewport-Width: 1280
Sec-CH-Viewport-Height: 720
Sec-CH-Device-Memory: 8
Device-Memory: 8
DPR: 2
Width: 640
Viewport-Width: 1280
Downlink: 10
ECT: 4g
RTT: 50`},
	{"Chrome fetches ahead, with a dictionary", `GET /next HTTP/1.1
Host: 127.0.0.1:8888
Sec-Purpose: prefetch;prerender
Purpose: prefetch
Sec-Speculation-Tags: "mine"
Available-Dictionary: :AAAA:
Dictionary-ID: "1"
Sec-Fetch-Storage-Access: active
Sec-Browsing-Topics: ();p=P0000000000000000000000000000000
X-Client-Data: AAAA`},
	{"Chrome asks before a script of another origin may", `OPTIONS /api HTTP/1.1
Host: 127.0.0.1:8888
Access-Control-Request-Method: PUT
Access-Control-Request-Headers: content-type
Access-Control-Request-Private-Network: true
Origin: http://elsewhere.example`},
	{"Firefox goes to a page", `GET / HTTP/1.1
Host: 127.0.0.1:8888
User-Agent: Mozilla/5.0
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
Accept-Language: en-US,en;q=0.5
Accept-Encoding: gzip, deflate, br, zstd
DNT: 1
Sec-GPC: 1
Connection: keep-alive
Upgrade-Insecure-Requests: 1
Sec-Fetch-Dest: document
Sec-Fetch-Mode: navigate
Sec-Fetch-Site: none
Sec-Fetch-User: ?1
Priority: u=0, i
Alt-Used: 127.0.0.1
TE: trailers`},
	{"Firefox sends a form", `POST / HTTP/1.1
Host: 127.0.0.1:8888
Content-Type: application/x-www-form-urlencoded
Content-Length: 8
Origin: http://127.0.0.1:8888
Referer: http://127.0.0.1:8888/
Idempotency-Key: "1"`},
	{"Safari goes on with a film", `GET /film.mp4 HTTP/1.1
Host: 127.0.0.1:8888
Accept: */*
X-Playback-Session-Id: 00000000-0000-0000-0000-000000000000
Range: bytes=0-1
If-Range: "1"
Accept-Encoding: identity
Connection: keep-alive`},
	{"a script opens a WebSocket", `GET /talk HTTP/1.1
Host: 127.0.0.1:8888
Connection: Upgrade
Upgrade: websocket
Origin: http://127.0.0.1:8888
Sec-WebSocket-Version: 13
Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==
Sec-WebSocket-Extensions: permessage-deflate
Sec-WebSocket-Protocol: chat`},
	{"a script reads events, again after a break", `GET /events HTTP/1.1
Host: 127.0.0.1:8888
Accept: text/event-stream
Last-Event-ID: 41
Cache-Control: no-cache`},
	{"a link with a ping is clicked", `POST /ping HTTP/1.1
Host: 127.0.0.1:8888
Content-Type: text/ping
Ping-From: http://127.0.0.1:8888/
Ping-To: http://elsewhere.example/`},
	{"a service worker is fetched, and the page while it wakes up", `GET /worker.js HTTP/1.1
Host: 127.0.0.1:8888
Service-Worker: script
Service-Worker-Navigation-Preload: true`},
	{"behind a proxy", `GET / HTTP/1.1
Host: 127.0.0.1:8888
Via: 1.1 proxy
Forwarded: for=192.0.2.1
X-Forwarded-For: 192.0.2.1
X-Forwarded-Host: site.example
X-Forwarded-Proto: https
X-Real-IP: 192.0.2.1
X-Request-ID: 1
Traceparent: 00-1-1-00
Tracestate: a=1
CDN-Loop: cdn
Max-Forwards: 3
Early-Data: 1`},
}

func TestBrowsers(t *testing.T) {
	for _, browser := range browsers {
		t.Run(browser.name, func(t *testing.T) {
			lines := strings.Split(browser.head, "\n")
			method, _, _ := strings.Cut(lines[0], " ")
			wantKnown(t, Method, method)
			for _, line := range lines[1:] {
				name, _, _ := strings.Cut(line, ":")
				wantKnown(t, Header, name)
			}
		})
	}
}

// What an application may want to say, in one site or another.
func TestAnswers(t *testing.T) {
	for _, name := range strings.Fields(`
		Accept-CH Accept-Patch Accept-Post Accept-Ranges Access-Control-Allow-Credentials Access-Control-Allow-Headers
		Access-Control-Allow-Methods Access-Control-Allow-Origin Access-Control-Expose-Headers Access-Control-Max-Age Age
		Allow Alt-Svc Authentication-Info Cache-Control Cache-Status Clear-Site-Data Content-Disposition Content-Encoding
		Content-Language Content-Location Content-Range Content-Security-Policy Cross-Origin-Embedder-Policy
		Cross-Origin-Opener-Policy Cross-Origin-Resource-Policy ETag Expires Last-Modified Link Location
		Origin-Agent-Cluster Permissions-Policy Proxy-Authenticate Referrer-Policy Refresh Report-To Reporting-Endpoints
		Retry-After Server-Timing Set-Cookie SourceMap Strict-Transport-Security Timing-Allow-Origin Trailer Vary Via
		Warning WWW-Authenticate X-Content-Type-Options X-Frame-Options X-Powered-By X-Robots-Tag X-XSS-Protection`) {
		wantKnown(t, Header, name)
	}
	for _, code := range strings.Fields(`100 101 102 103 200 201 202 203 204 205 206 300 301 302 303 304 305 307 308
		400 401 402 403 404 405 406 407 408 409 410 411 412 413 414 415 416 417 418 421 422 423 424 425 426 428 429 431
		451 500 501 502 503 504 505 511`) {
		wantKnown(t, Status, code)
	}
}
