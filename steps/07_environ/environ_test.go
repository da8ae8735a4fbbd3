package environ_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
	"testing"

	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	environ "barewire/steps/07_environ"
)

// parse takes a head through the steps before this one.
func parse(head string) (environ.Request, error) {
	line, lines, _ := strings.Cut(head, "\r\n")
	var request environ.Request
	var err error
	if request.Line, err = requestline.Parse([]byte(line)); err != nil {
		return request, err
	}
	if request.Fields, err = headers.Parse([]byte(lines), nil); err != nil {
		return request, err
	}
	if err = headers.CheckHost(request.Fields, request.Line.Version); err != nil {
		return request, err
	}
	request.Framing, err = body.Frame(request.Line.Version, request.Fields, body.Limits{Bytes: 1000})
	return request, err
}

// fill returns the environ of a head.
func fill(t *testing.T, head string) wsgi.Environ {
	t.Helper()
	request, err := parse(head)
	if err != nil {
		t.Fatalf("the steps before refuse %q: %v", head, err)
	}
	env := wsgi.Environ{}
	environ.Fill(env, request)
	return env
}

// The whole environ of one request: these keys, these values and no others.
func TestFill(t *testing.T) {
	request, err := parse("POST /hello%20you?x=%31 HTTP/1.1\r\n" +
		"Host: localhost:8888\r\n" +
		"User-Agent: curl/7.88.1\r\n" +
		"Content-Length: 8\r\n" +
		"Content-Type: application/x-www-form-urlencoded\r\n" +
		"\r\n")
	if err != nil {
		t.Fatal(err)
	}
	input := &body.Reader{}
	var log bytes.Buffer
	request.Input, request.Errors = input, &log
	request.Server = environ.Endpoint{Host: "127.0.0.1", Port: "8888"}
	request.Client = environ.Endpoint{Host: "127.0.0.9", Port: "53124"}

	env := wsgi.Environ{}
	environ.Fill(env, request)

	want := wsgi.Environ{
		// RFC 3875 §4.1: what CGI asks for
		"REQUEST_METHOD":    "POST",
		"SCRIPT_NAME":       "",
		"PATH_INFO":         "/hello you",
		"QUERY_STRING":      "x=%31",
		"CONTENT_LENGTH":    "8",
		"CONTENT_TYPE":      "application/x-www-form-urlencoded",
		"SERVER_NAME":       "127.0.0.1",
		"SERVER_PORT":       "8888",
		"SERVER_PROTOCOL":   "HTTP/1.1",
		"SERVER_SOFTWARE":   "barewire",
		"GATEWAY_INTERFACE": "CGI/1.1",
		"REMOTE_ADDR":       "127.0.0.9",
		"HTTP_HOST":         "localhost:8888",
		"HTTP_USER_AGENT":   "curl/7.88.1",
		// what every server adds
		"REQUEST_URI": "/hello%20you?x=%31",
		"REMOTE_PORT": "53124",
		// PEP 3333, "environ Variables"
		"wsgi.version":      [2]int{1, 0},
		"wsgi.url_scheme":   "http",
		"wsgi.input":        input,
		"wsgi.errors":       &log,
		"wsgi.multithread":  true,
		"wsgi.multiprocess": false,
		"wsgi.run_once":     false,
		// extensions
		"wsgi.input_terminated": true,
	}
	wrap := env["wsgi.file_wrapper"]
	delete(env, "wsgi.file_wrapper") // a func cannot be compared
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if got, ok := env[key]; !ok || got != want[key] {
			t.Errorf("%s = %#v, want %#v", key, got, want[key])
		}
		delete(env, key)
	}
	if len(env) > 0 {
		t.Errorf("there is also %v", env)
	}
	if _, ok := wrap.(wsgi.FileWrapper); !ok {
		t.Errorf("wsgi.file_wrapper = %T, want a wsgi.FileWrapper", wrap)
	}
}

// What the table below says about a key that may not be there.
const absent = "(absent)"

// has compares some keys of an environ.
func has(t *testing.T, env wsgi.Environ, want map[string]string) {
	t.Helper()
	for _, key := range slices.Sorted(maps.Keys(want)) {
		got := absent
		if value, ok := env[key]; ok {
			got = fmt.Sprint(value)
		}
		if got != want[key] {
			t.Errorf("%s = %q, want %q", key, got, want[key])
		}
	}
}

func TestFillTarget(t *testing.T) {
	tests := []struct {
		name, line                  string
		path, query, uri, host, ver string
	}{
		{"the root", "GET / HTTP/1.1", "/", "", "/", "here", "HTTP/1.1"},
		{"path and query", "GET /a/b?c=d HTTP/1.1", "/a/b", "c=d", "/a/b?c=d", "here", "HTTP/1.1"},
		{"a query of nothing", "GET /a? HTTP/1.1", "/a", "", "/a?", "here", "HTTP/1.1"},
		{"a second question mark", "GET /a?b?c HTTP/1.1", "/a", "b?c", "/a?b?c", "here", "HTTP/1.1"},
		{"the path is decoded", "GET /caf%C3%A9%20%2b HTTP/1.1", "/café +", "", "/caf%C3%A9%20%2b", "here", "HTTP/1.1"},
		{"the query is not", "GET /?q=caf%C3%A9+%26 HTTP/1.1", "/", "q=caf%C3%A9+%26", "/?q=caf%C3%A9+%26", "here", "HTTP/1.1"},
		{"decoded once", "GET /%2541%252F HTTP/1.1", "/%41%2F", "", "/%2541%252F", "here", "HTTP/1.1"},
		{"raw bytes, not text", "GET /%e9%FF HTTP/1.1", "/\xe9\xff", "", "/%e9%FF", "here", "HTTP/1.1"},
		{"a NUL", "GET /a%00b HTTP/1.1", "/a\x00b", "", "/a%00b", "here", "HTTP/1.1"},
		{"a slash", "GET /a%2Fb%2fc HTTP/1.1", "/a/b/c", "", "/a%2Fb%2fc", "here", "HTTP/1.1"},
		{"a question mark", "GET /a%3Fb?c HTTP/1.1", "/a?b", "c", "/a%3Fb?c", "here", "HTTP/1.1"},
		{"CR LF", "GET /%0d%0A HTTP/1.1", "/\r\n", "", "/%0d%0A", "here", "HTTP/1.1"},
		{"a plus is a plus", "GET /a+b HTTP/1.1", "/a+b", "", "/a+b", "here", "HTTP/1.1"},
		{"dots are the application's", "GET /a/../%2e%2e/b//c HTTP/1.1", "/a/../../b//c", "", "/a/../%2e%2e/b//c", "here", "HTTP/1.1"},
		{"absolute-form leaves the path", "GET http://there:81/a%20b?c HTTP/1.1", "/a b", "c", "http://there:81/a%20b?c", "there:81", "HTTP/1.1"},
		{"absolute-form without a path", "GET http://there HTTP/1.1", "/", "", "http://there", "there", "HTTP/1.1"},
		{"absolute-form with a query only", "GET http://there?c HTTP/1.1", "/", "c", "http://there?c", "there", "HTTP/1.1"},
		{"absolute-form, the server as a whole", "OPTIONS http://there HTTP/1.1", "", "", "http://there", "there", "HTTP/1.1"},
		{"a URL in the path is a path", "GET /http://there/a HTTP/1.1", "/http://there/a", "", "/http://there/a", "here", "HTTP/1.1"},
		{"asterisk-form", "OPTIONS * HTTP/1.1", "", "", "*", "here", "HTTP/1.1"},
		{"HTTP/1.0", "GET /a HTTP/1.0", "/a", "", "/a", "here", "HTTP/1.0"},
		{"a later HTTP/1", "GET /a HTTP/1.7", "/a", "", "/a", "here", "HTTP/1.7"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			method, _, _ := strings.Cut(test.line, " ")
			has(t, fill(t, test.line+"\r\nHost: here\r\n\r\n"), map[string]string{
				"REQUEST_METHOD":  method,
				"REQUEST_URI":     test.uri,
				"SCRIPT_NAME":     "",
				"PATH_INFO":       test.path,
				"QUERY_STRING":    test.query,
				"HTTP_HOST":       test.host,
				"SERVER_PROTOCOL": test.ver,
			})
		})
	}
}

// Every two bytes behind a percent sign are either refused by step 03 or
// decoded here, and decoded to what Go's own net/url makes of them.
func TestFillDecodesEveryByte(t *testing.T) {
	decoded := 0
	for pair := range 1 << 16 {
		path := "/%" + string([]byte{byte(pair >> 8), byte(pair)})
		line, err := requestline.Parse([]byte("GET " + path + " HTTP/1.1"))
		if err != nil {
			continue
		}
		env := wsgi.Environ{}
		environ.Fill(env, environ.Request{Line: line})
		want, err := url.PathUnescape(path)
		if got := env["PATH_INFO"]; got != want || err != nil {
			t.Errorf("PATH_INFO of %q = %q, want %q, %v", path, got, want, err)
		}
		decoded++
	}
	if want := 22 * 22; decoded != want { // 0-9, a-f and A-F, twice
		t.Errorf("step 03 let %d pairs pass, want %d", decoded, want)
	}
	for _, line := range []string{"GET /%zz HTTP/1.1", "GET /%4 HTTP/1.1", "GET /% HTTP/1.1"} {
		if _, err := requestline.Parse([]byte(line)); err == nil {
			t.Errorf("Parse(%q) let it pass, and nothing here can decode it", line)
		}
	}
}

func TestFillEndpoints(t *testing.T) {
	tests := []struct {
		name                   string
		server, client         net.Addr
		sname, sport           string
		raddr, rport           string
		serverPoint, clientEnd environ.Endpoint
	}{
		{
			"IPv4",
			&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8888}, &net.TCPAddr{IP: net.IPv4(10, 0, 0, 7), Port: 53124},
			"127.0.0.1", "8888", "10.0.0.7", "53124",
			environ.Endpoint{Host: "127.0.0.1", Port: "8888"}, environ.Endpoint{Host: "10.0.0.7", Port: "53124"},
		},
		{
			// RFC 3875 §4.1.14 has brackets, for a URL is built of it; §4.1.8 has none.
			"IPv6",
			&net.TCPAddr{IP: net.IPv6loopback, Port: 80}, &net.TCPAddr{IP: net.IPv6loopback, Port: 1},
			"[::1]", "80", "::1", "1",
			environ.Endpoint{Host: "::1", Port: "80"}, environ.Endpoint{Host: "::1", Port: "1"},
		},
		{
			"a Unix socket, whose client has no name",
			&net.UnixAddr{Name: "/run/barewire.sock", Net: "unix"}, &net.UnixAddr{Name: "@", Net: "unix"},
			"/run/barewire.sock", "80", "@", "", // PEP 3333 wants a port
			environ.Endpoint{Host: "/run/barewire.sock"}, environ.Endpoint{Host: "@"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, client := environ.EndpointOf(test.server), environ.EndpointOf(test.client)
			if server != test.serverPoint {
				t.Errorf("EndpointOf(%v) = %q, want %q", test.server, server, test.serverPoint)
			}
			if client != test.clientEnd {
				t.Errorf("EndpointOf(%v) = %q, want %q", test.client, client, test.clientEnd)
			}
			env := wsgi.Environ{}
			environ.Fill(env, environ.Request{Server: server, Client: client})
			has(t, env, map[string]string{
				"SERVER_NAME": test.sname, "SERVER_PORT": test.sport,
				"REMOTE_ADDR": test.raddr, "REMOTE_PORT": test.rport,
			})
		})
	}
}

// The Host field claims a name; SERVER_NAME is what the socket knows.
func TestFillServerNameIsNotClaimed(t *testing.T) {
	request, err := parse("GET http://there:81/ HTTP/1.1\r\nHost: elsewhere:82\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	request.Server = environ.Endpoint{Host: "127.0.0.1", Port: "8888"}
	env := wsgi.Environ{}
	environ.Fill(env, request)
	has(t, env, map[string]string{"SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8888"})
}

func TestFileWrapper(t *testing.T) {
	env := wsgi.Environ{}
	environ.Fill(env, environ.Request{})
	for _, test := range []struct {
		name  string
		block int
		want  []string
	}{
		{"the application's block size", 4, []string{"0123", "4567", "89"}},
		{"0 is a good one", 0, []string{"0123456789"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := &closer{Reader: strings.NewReader("0123456789")}
			wrapped := env.FileWrapper()(file, test.block)
			var got []string
			for chunk, err := range wrapped.Chunks {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, string(chunk))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("chunks = %q, want %q", got, test.want)
			}
			if err := wrapped.Close(); err != nil || file.closed != 1 {
				t.Errorf("Close() = %v and closed the file %d times, want once", err, file.closed)
			}
			if _, ok := wrapped.(wsgi.File); !ok {
				t.Errorf("the wrapper made a %T; a server looks for a wsgi.File", wrapped)
			}
		})
	}
}

// closer is an open file that counts how often it is closed.
type closer struct {
	io.Reader
	closed int
}

func (c *closer) Close() error {
	c.closed++
	return nil
}

// wsgi.input is the Reader of step 05.
var _ wsgi.Input = (*body.Reader)(nil)
