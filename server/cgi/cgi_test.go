package cgi_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"barewire/server/cgi"
	wsgi "barewire/steps/06_wsgi"
	response "barewire/steps/09_response"
	"barewire/steps/refuse"
)

func ExampleRun() {
	app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
		return wsgi.Text("Hello, " + environ.Text("QUERY_STRING") + "!\n")
	}
	env := []string{"REQUEST_METHOD=GET", "QUERY_STRING=ada"}
	err := cgi.Run(app, env, strings.NewReader(""), os.Stdout, os.Stderr)
	fmt.Println(err)
	// Output:
	// Status: 200 OK
	// Content-Type: text/plain
	// Content-Length: 12
	//
	// Hello, ada!
	// <nil>
}

// A counted Body counts how often it is closed.
type counted struct {
	wsgi.Body
	closed *int
	err    error
}

func (c counted) Close() error {
	*c.closed++
	return c.err
}

// Len is that of the Body inside, -1 where nobody knows.
func (c counted) Len() int {
	if list, ok := c.Body.(interface{ Len() int }); ok {
		return list.Len()
	}
	return -1
}

var plain = wsgi.Headers{{"Content-Type", "text/plain"}}

func with(headers ...[2]string) wsgi.Headers { return append(slices.Clone(plain), headers...) }

// says makes an application that answers always the same.
func says(status string, headers wsgi.Headers, chunks ...string) wsgi.Application {
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start(status, headers)
		return list(chunks...)
	}
}

func list(chunks ...string) wsgi.List {
	var body wsgi.List
	for _, chunk := range chunks {
		body = append(body, []byte(chunk))
	}
	return body
}

// stream makes an application of a generator, which starts when it likes.
func stream(generate func(start wsgi.StartResponse, yield func(chunk string) bool) error) wsgi.Application {
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			err := generate(start, func(chunk string) bool { return yield([]byte(chunk), nil) })
			if err != nil {
				yield(nil, err)
			}
		})
	}
}

var errBroken = errors.New("broken")

const (
	failed = "Status: 500 Internal Server Error\nContent-Type: text/plain; charset=utf-8\nContent-Length: 97\n\n" +
		"500 Internal Server Error\n\nThe application failed. What went wrong is told on the server's side.\n"
	asked = "REQUEST_METHOD=GET"
)

// refusal is the page that tells of a broken rule.
func refusal(status, rule, section, got string) string {
	page := status + "\n\nrule    " + rule + "\nsource  " + section + "\n"
	if got != "" {
		page += fmt.Sprintf("got     %q\n", got)
	}
	return fmt.Sprintf("Status: %s\nContent-Type: text/plain; charset=utf-8\nContent-Length: %d\n\n%s", status, len(page), page)
}

// TestAnswers: variables and bytes in, bytes out. The writes to the parent are told
// apart by a |. Each Body is closed once.
func TestAnswers(t *testing.T) {
	tests := []struct {
		name string
		env  string // beside REQUEST_METHOD=GET, separated by a space
		in   string
		app  wsgi.Application
		want string
		err  string // contained in the error; "" for none
	}{
		{"one chunk has a length", "", "", says("200 OK", plain, "Hello\n"),
			"Status: 200 OK\nContent-Type: text/plain\nContent-Length: 6\n\nHello\n", ""},
		{"chunks go out one by one, empty ones not at all", "", "", says("200 OK", plain, "", "one", "", "two"),
			"Status: 200 OK\nContent-Type: text/plain\n\none|two", ""},
		{"no chunk", "", "", says("200 OK", plain),
			"Status: 200 OK\nContent-Type: text/plain\nContent-Length: 0\n\n", ""},
		{"headers in their order, bytes as they are", "", "", says("200 OK", wsgi.Headers{{"Set-Cookie", "a=1"}, {"Content-Type", "text/plain"}, {"set-cookie", "caf\xe9"}}, "x"),
			"Status: 200 OK\nSet-Cookie: a=1\nContent-Type: text/plain\nset-cookie: caf\xe9\nContent-Length: 1\n\nx", ""},
		{"content without a type gets the type that says nothing", "", "", says("200 OK", nil, "x"),
			"Status: 200 OK\nContent-Type: application/octet-stream\nContent-Length: 1\n\nx", ""},
		{"a redirect keeps its status, or it would be another page", "", "", says("302 Found", wsgi.Headers{{"Location", "/there"}, {"content-type", "text/plain"}}, "there\n"),
			"Status: 302 Found\nLocation: /there\ncontent-type: text/plain\nContent-Length: 6\n\nthere\n", ""},
		{"204 has no content, no type and no length", "", "", says("204 No Content", wsgi.Headers{{"Content-Length", "1"}}, "x"),
			"Status: 204 No Content\n\n", ""},
		{"205 has none either, and says so", "", "", says("205 Reset Content", nil),
			"Status: 205 Reset Content\nContent-Length: 0\n\n", ""},
		{"304 tells the length of the page that the client has", "", "", says("304 Not Modified", wsgi.Headers{{"Content-Length", "9"}, {"ETag", `"1"`}}),
			"Status: 304 Not Modified\nETag: \"1\"\nContent-Length: 9\n\n", ""},
		{"HEAD gets the head of GET", "REQUEST_METHOD=HEAD", "", says("200 OK", plain, "Hello\n"),
			"Status: 200 OK\nContent-Type: text/plain\nContent-Length: 6\n\n", ""},
		{"HEAD of an endless body ends", "REQUEST_METHOD=HEAD", "", stream(func(start wsgi.StartResponse, yield func(string) bool) error {
			start("200 OK", plain)
			for yield("again") {
			}
			return nil
		}), "Status: 200 OK\nContent-Type: text/plain\n\n", ""},
		{"a late start, after empty chunks", "", "", stream(func(start wsgi.StartResponse, yield func(string) bool) error {
			yield("")
			start("404 Not Found", plain)
			yield("nothing")
			return nil
		}), "Status: 404 Not Found\nContent-Type: text/plain\n\nnothing", ""},
		{"write comes before the body", "", "", func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			err := start("200 OK", plain)([]byte("written "))
			return wsgi.Text(fmt.Sprint(err))
		}, "Status: 200 OK\nContent-Type: text/plain\n\nwritten |<nil>", ""},
		{"a second start with a cause replaces the first", "", "", func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", plain)
			start("503 Service Unavailable", plain, errBroken)
			return wsgi.Text("later")
		}, "Status: 503 Service Unavailable\nContent-Type: text/plain\nContent-Length: 5\n\nlater", ""},
		{"a declared length is kept", "", "", says("200 OK", with([2]string{"Content-Length", "4"}), "ab", "cd"),
			"Status: 200 OK\nContent-Type: text/plain\nContent-Length: 4\n\nab|cd", ""},
		{"what goes beyond a declared length is cut", "", "", says("200 OK", with([2]string{"Content-Length", "3"}), "ab", "cd", "ef"),
			"Status: 200 OK\nContent-Type: text/plain\nContent-Length: 3\n\nab|c", response.ErrSurplus.Error()},
		{"what goes beyond it by write is an error, though the application does not look", "", "", func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			write := start("200 OK", with([2]string{"Content-Length", "3"}))
			_ = write([]byte("abcd"))
			return wsgi.List{}
		}, "Status: 200 OK\nContent-Type: text/plain\nContent-Length: 3\n\nabc", response.ErrSurplus.Error()},
		{"a shortage is an error", "", "", says("200 OK", with([2]string{"Content-Length", "5"}), "ab", "cd"),
			"Status: 200 OK\nContent-Type: text/plain\nContent-Length: 5\n\nab|cd", "1 bytes are missing"},
		{"a shortage of everything is still a 500", "", "", says("200 OK", with([2]string{"Content-Length", "5"})),
			refusal(refuse.ServerError, response.ErrShort.Rule, response.ErrShort.Section, ""), "all 5 bytes are missing"},

		{"a body, and not a byte behind it", "CONTENT_LENGTH=4", "ping, and more", back,
			"Status: 200 OK\nContent-Type: text/plain\nContent-Length: 4\n\nping", ""},
		{"an empty length is no body", "CONTENT_LENGTH=", "ping", back,
			"Status: 200 OK\nContent-Type: text/plain\nContent-Length: 0\n\n", ""},
		{"no length is no body", "", "ping", back,
			"Status: 200 OK\nContent-Type: text/plain\nContent-Length: 0\n\n", ""},
		{"a body that breaks off", "CONTENT_LENGTH=9", "ping", back,
			refusal(refuse.BadRequest, "the body ended early", "RFC 9112 §8", ""), "the body ended early"},
		{"a body that breaks off, whatever the application makes of it", "CONTENT_LENGTH=9", "ping", func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			_, _ = io.ReadAll(environ.Input())
			start("200 OK", plain)
			return wsgi.Text("all is well")
		}, refusal(refuse.BadRequest, "the body ended early", "RFC 9112 §8", ""), "the body ended early"},
		{"a body that breaks off, and an error that does not tell", "CONTENT_LENGTH=9", "ping", func(environ wsgi.Environ, _ wsgi.StartResponse) wsgi.Body {
			_, _ = io.ReadAll(environ.Input())
			return wsgi.Fail(errBroken)
		}, refusal(refuse.BadRequest, "the body ended early", "RFC 9112 §8", ""), "the body ended early"},
		{"a length that is none", "CONTENT_LENGTH=+4", "ping", back,
			refusal(refuse.BadRequest, "CONTENT_LENGTH is decimal digits, or empty", "RFC 3875 §4.1.2", "+4"), `got "+4"`},
		{"a length beyond all numbers", "CONTENT_LENGTH=9223372036854775808", "ping", back,
			refusal(refuse.BadRequest, "CONTENT_LENGTH is decimal digits, or empty", "RFC 3875 §4.1.2", "9223372036854775808"), "CONTENT_LENGTH"},

		{"a method that is none", "REQUEST_METHOD=G(T", "", says("200 OK", plain, "x"),
			refusal(refuse.BadRequest, "REQUEST_METHOD is a token", "RFC 3875 §4.1.12, RFC 9110 §9.1", "G(T"), "REQUEST_METHOD"},
		{"a path that begins with no slash", "PATH_INFO=x", "", says("200 OK", plain, "x"),
			refusal(refuse.BadRequest, "PATH_INFO is empty or begins with a slash", "RFC 3875 §4.1.5", "x"), "PATH_INFO"},
		{"a script that begins with no slash", "SCRIPT_NAME=x", "", says("200 OK", plain, "x"),
			refusal(refuse.BadRequest, "SCRIPT_NAME is empty or begins with a slash", "RFC 3875 §4.1.13", "x"), "SCRIPT_NAME"},
		{"a failure", "", "", func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return wsgi.Fail(errBroken) },
			failed, "broken"},
		{"a failure to a HEAD", "REQUEST_METHOD=HEAD", "", func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return wsgi.Fail(errBroken) },
			failed[:strings.Index(failed, "\n\n")+2], "broken"},
		{"a failure after the start", "", "", func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", plain)
			return wsgi.Fail(errBroken)
		}, failed, "broken"},
		{"a failure after the head", "", "", stream(func(start wsgi.StartResponse, yield func(string) bool) error {
			start("200 OK", plain)
			yield("half")
			return errBroken
		}), "Status: 200 OK\nContent-Type: text/plain\n\nhalf", "broken"},
		{"a cause after the head", "", "", stream(func(start wsgi.StartResponse, yield func(string) bool) error {
			start("200 OK", plain)
			yield("half")
			start("500 Internal Server Error", plain, errBroken)
			yield("and more")
			return nil
		}), "Status: 200 OK\nContent-Type: text/plain\n\nhalf", "broken"},
		{"a panic", "", "", func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { panic("at once") },
			failed, "panic: at once"},
		{"a panic in the body", "", "", stream(func(wsgi.StartResponse, func(string) bool) error { panic("late") }),
			failed, "panic: late"},
		{"a panic after the head", "", "", stream(func(start wsgi.StartResponse, yield func(string) bool) error {
			start("200 OK", plain)
			yield("half")
			panic("later")
		}), "Status: 200 OK\nContent-Type: text/plain\n\nhalf", "panic: later"},
		{"no start", "", "", func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return wsgi.Text("x") },
			refusal(refuse.ServerError, "an application calls start_response before its first chunk", "PEP 3333, The start_response() Callable", ""), "start_response"},
		{"a header that would begin another", "", "", says("200 OK", with([2]string{"X", "a\nStatus: 200 OK"}), "x"),
			refusal(refuse.ServerError, "a header value holds no control bytes; CR LF in it would begin another header", "PEP 3333, The start_response() Callable", "X: a\nStatus: 200 OK"), "control bytes"},
		{"a header that would be another status is left out", "", "", says("404 Not Found", with([2]string{"status", "200 OK"}), "x"),
			"Status: 404 Not Found\nContent-Type: text/plain\nContent-Length: 1\n\nx", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			closed, made := 0, 0
			app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				body := test.app(environ, start)
				made++
				return counted{body, &closed, nil}
			}
			var out writes
			env := append([]string{asked}, strings.Fields(test.env)...)
			err := cgi.Run(app, env, strings.NewReader(test.in), &out, io.Discard)
			if got := strings.Join(out, "|"); got != test.want {
				t.Errorf("it says\n%q, want\n%q", got, test.want)
			}
			if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("error %v, want one with %q", err, test.err)
			}
			if closed != made {
				t.Errorf("%d Bodies were closed %d times", made, closed)
			}
		})
	}
}

// back answers with the body, as one chunk.
func back(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	body, err := io.ReadAll(environ.Input())
	if err != nil {
		return wsgi.Fail(err)
	}
	start("200 OK", plain)
	return wsgi.List{body}
}

// writes are what a parent reads, if it is quick.
type writes []string

func (w *writes) Write(p []byte) (int, error) {
	*w = append(*w, string(p))
	return len(p), nil
}

// TestEnviron: what is put into the environ, or left out. Each request also has
// REQUEST_METHOD=GET.
func TestEnviron(t *testing.T) {
	const missing = "(missing)"
	tests := []struct {
		name, env, key, want string
	}{
		{"the bytes of a path stay as they are", "PATH_INFO=/caf\xc3\xa9\xff", "PATH_INFO", "/caf\xc3\xa9\xff"},
		{"only the first = divides", "QUERY_STRING=a=b=c", "QUERY_STRING", "a=b=c"},
		{"a header field", "HTTP_X_ROLE=ADMIN", "HTTP_X_ROLE", "ADMIN"},
		{"an extension of the server", "X_ZONE=9", "X_ZONE", "9"},
		{"what a server tells of TLS", "SSL_PROTOCOL=TLSv1.3", "SSL_PROTOCOL", "TLSv1.3"},
		{"a Proxy field is no proxy", "HTTP_PROXY=evil:80", "HTTP_PROXY", missing},
		{"the length has one name", "HTTP_CONTENT_LENGTH=1", "HTTP_CONTENT_LENGTH", missing},
		{"the type has one name", "HTTP_CONTENT_TYPE=a/b", "HTTP_CONTENT_TYPE", missing},
		{"the process's own variables stay its own", "PASSWORD=secret", "PASSWORD", missing},
		{"also those that sound like TLS", "SSL_CERT_FILE=/etc/ca.pem", "SSL_CERT_FILE", missing},
		{"no path", "", "PATH_INFO", ""},
		{"no script", "", "SCRIPT_NAME", ""},
		{"no query", "", "QUERY_STRING", ""},
		{"no server", "", "SERVER_NAME", "localhost"},
		{"a server", "SERVER_NAME=example.com", "SERVER_NAME", "example.com"},
		{"no port", "", "SERVER_PORT", "80"},
		{"no protocol", "", "SERVER_PROTOCOL", "HTTP/1.0"},
		{"an empty server", "SERVER_NAME=", "SERVER_NAME", "localhost"},
		{"an empty port", "SERVER_PORT=", "SERVER_PORT", "80"},
		{"an empty protocol", "SERVER_PROTOCOL=", "SERVER_PROTOCOL", "HTTP/1.0"},
		{"an empty variable that may be empty", "REMOTE_USER=", "REMOTE_USER", ""},
		{"a script that is all of the site", "SCRIPT_NAME=/", "SCRIPT_NAME", ""},
		{"and no path", "SCRIPT_NAME=/", "PATH_INFO", "/"},
		{"and a path", "SCRIPT_NAME=/ PATH_INFO=/x", "PATH_INFO", "/x"},
		{"and a path that lost its slash to it", "SCRIPT_NAME=/ PATH_INFO=x", "PATH_INFO", "/x"},
		{"a script in a directory", "SCRIPT_NAME=/cgi-bin/", "SCRIPT_NAME", "/cgi-bin/"},
		{"no address of a client is invented", "", "REMOTE_ADDR", missing},
		{"http", "", "wsgi.url_scheme", "http"},
		{"HTTPS=on", "HTTPS=on", "wsgi.url_scheme", "https"},
		{"HTTPS=ON", "HTTPS=ON", "wsgi.url_scheme", "https"},
		{"HTTPS=1", "HTTPS=1", "wsgi.url_scheme", "https"},
		{"HTTPS=off", "HTTPS=off", "wsgi.url_scheme", "http"},
		{"HTTPS=", "HTTPS=", "wsgi.url_scheme", "http"},
		{"a variable is never one of wsgi", "wsgi.url_scheme=https", "wsgi.url_scheme", "http"},
		{"version", "", "wsgi.version", "[1 0]"},
		{"one thread", "", "wsgi.multithread", "false"},
		{"many processes", "", "wsgi.multiprocess", "true"},
		{"one run", "", "wsgi.run_once", "true"},
		{"the input ends", "", "wsgi.input_terminated", "true"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			environ := environOf(t, strings.Fields(test.env)...)
			got := missing
			if value, ok := environ[test.key]; ok {
				got = fmt.Sprint(value)
			}
			if got != test.want {
				t.Errorf("%q: %s is %q, want %q", test.env, test.key, got, test.want)
			}
		})
	}
}

// environOf returns the environ that an application gets.
func environOf(t *testing.T, env ...string) (environ wsgi.Environ) {
	app := func(e wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		environ = e
		start("204 No Content", nil)
		return wsgi.List{}
	}
	err := cgi.Run(app, append(env, asked), strings.NewReader(""), io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return environ
}

func TestNoteAndFileWrapper(t *testing.T) {
	environ := environOf(t)
	environ["barewire.note"].(func(string))("nobody watches")
	file := io.NopCloser(strings.NewReader("abcde"))
	var chunks []string
	for chunk, err := range environ.FileWrapper()(file, 3).Chunks {
		if err != nil {
			t.Fatal(err)
		}
		chunks = append(chunks, string(chunk))
	}
	if want := []string{"abc", "de"}; !slices.Equal(chunks, want) {
		t.Errorf("the file came as %q, want %q", chunks, want)
	}
}

func TestNoRequest(t *testing.T) {
	for _, env := range [][]string{nil, {"PATH_INFO=/"}, {"REQUEST_METHOD="}} {
		var out bytes.Buffer
		called := false
		app := func(wsgi.Environ, wsgi.StartResponse) wsgi.Body {
			called = true
			return wsgi.Text("")
		}
		err := cgi.Run(app, env, strings.NewReader(""), &out, io.Discard)
		if err != cgi.ErrNoRequest || out.Len() > 0 || called {
			t.Errorf("%q: error %v, output %q, application called: %v; want ErrNoRequest and nothing else", env, err, &out, called)
		}
	}
}

// TestReadsNoFurther: of the pipe, no more is asked for than CONTENT_LENGTH bytes.
func TestReadsNoFurther(t *testing.T) {
	for _, length := range []int{0, 4} {
		in := &pipe{t, length}
		env := []string{asked, fmt.Sprintf("CONTENT_LENGTH=%d", length)}
		err := cgi.Run(back, env, in, io.Discard, io.Discard)
		if err != nil || in.left != 0 {
			t.Errorf("of %d bytes %d were left, error %v", length, in.left, err)
		}
	}
}

// A pipe has some bytes, and whoever asks for more may wait for ever.
type pipe struct {
	t    *testing.T
	left int
}

func (p *pipe) Read(b []byte) (int, error) {
	if len(b) > p.left {
		p.t.Errorf("%d bytes were asked for, and there are %d", len(b), p.left)
		return 0, io.EOF
	}
	p.left -= len(b)
	return len(b), nil
}

// TestErrors: what the application writes to wsgi.errors, and the place of a
// panic, are for the operator, and not for the client.
func TestErrors(t *testing.T) {
	app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		fmt.Fprintln(environ.Errors(), "going down")
		panic("down")
	}
	var out, errs bytes.Buffer
	err := cgi.Run(app, []string{asked}, strings.NewReader(""), &out, &errs)
	if err == nil || err.Error() != "panic: down" {
		t.Errorf("error %v, want panic: down", err)
	}
	_, file, _, _ := runtime.Caller(0)
	if text := errs.String(); !strings.HasPrefix(text, "going down\n") || !strings.Contains(text, file) {
		t.Errorf("wsgi.errors got %q, want the application's words and a line of %s", text, file)
	}
	if out.String() != failed {
		t.Errorf("the client got %q, want %q", &out, failed)
	}
}

func TestCloseFails(t *testing.T) {
	closed := 0
	app := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", plain)
		return counted{wsgi.Text("x"), &closed, errBroken}
	}
	var out bytes.Buffer
	err := cgi.Run(app, []string{asked}, strings.NewReader(""), &out, io.Discard)
	want := "Status: 200 OK\nContent-Type: text/plain\nContent-Length: 1\n\nx"
	if !errors.Is(err, errBroken) || closed != 1 || out.String() != want {
		t.Errorf("error %v, closed %d times, said %q; want the error of Close, once, behind a whole answer", err, closed, &out)
	}
}

// TestParentIsGone: a parent that reads no further ends the body, and is not told
// of it.
func TestParentIsGone(t *testing.T) {
	closed, refused := 0, false
	app := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", plain)
		return counted{wsgi.Stream(func(yield func([]byte, error) bool) {
			for !refused {
				refused = !yield([]byte("again"), nil)
			}
		}), &closed, nil}
	}
	out := &gone{after: 2}
	err := cgi.Run(app, []string{asked}, strings.NewReader(""), out, io.Discard)
	if !errors.Is(err, response.ErrGone) || !errors.Is(err, errBroken) || !refused || closed != 1 || out.after != -1 {
		t.Errorf("error %v, the body was told: %v, closed %d times, %d writes too many", err, refused, closed, -1-out.after)
	}
	out = &gone{}
	err = cgi.Run(says("200 OK", plain, "x"), []string{asked}, strings.NewReader(""), out, io.Discard)
	if !errors.Is(err, response.ErrGone) || out.after != -1 {
		t.Errorf("error %v, %d writes too many; want no second answer", err, -1-out.after)
	}
}

// gone takes some writes and then no more.
type gone struct{ after int }

func (g *gone) Write(p []byte) (int, error) {
	g.after--
	if g.after < 0 {
		return 0, errBroken
	}
	return len(p), nil
}
