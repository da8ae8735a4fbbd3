package httphandler_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"barewire/server/httphandler"
	wsgi "barewire/steps/06_wsgi"
)

// serve serves app behind net/http. What is written to wsgi.errors is in errors
// when the server has been closed.
func serve(t *testing.T, app wsgi.Application) (server *httptest.Server, errors *output) {
	t.Helper()
	errors = &output{}
	server = httptest.NewUnstartedServer(httphandler.Bridge{App: app, Errors: errors})
	server.Config.ErrorLog = log.New(errors, "net/http: ", 0)
	server.Start()
	t.Cleanup(server.Close)
	return server, errors
}

// An output is a place that many may write to.
type output struct {
	mutex sync.Mutex
	bytes bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.bytes.Write(p)
}

func (o *output) String() string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.bytes.String()
}

// send sends a request as it stands and reads one answer.
func send(t *testing.T, server *httptest.Server, request string) (*http.Response, string, error) {
	t.Helper()
	return sendTo(t, server.Listener.Addr().String(), request)
}

func sendTo(t *testing.T, address, request string) (*http.Response, string, error) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil { // for a test that would hang
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(request, " ")
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		return nil, "", err
	}
	content, err := io.ReadAll(response.Body)
	return response, string(content), err
}

// show answers with the values of some variables.
func show(names ...string) wsgi.Application {
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		var values []string
		for _, name := range names {
			value := "none"
			if set, ok := environ[name]; ok {
				value = wsgi.Repr(name, set)
			}
			values = append(values, value)
		}
		return wsgi.Text(strings.Join(values, " "))
	}
}

func TestEnviron(t *testing.T) {
	const end = " HTTP/1.1\r\nHost: a.example\r\n\r\n"
	with := func(fields string) string { return "GET / HTTP/1.1\r\nHost: a.example\r\n" + fields + "\r\n\r\n" }
	tests := []struct {
		name, request string
		variables     []string
		want          string
	}{
		{"the request line", "PATCH /a%20b?x=%20" + end, []string{"REQUEST_METHOD", "REQUEST_URI", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "SERVER_PROTOCOL"}, `'PATCH' '/a%20b?x=%20' '' '/a b' 'x=%20' 'HTTP/1.1'`},
		{"HTTP/1.0 without a host", "GET / HTTP/1.0\r\n\r\n", []string{"SERVER_PROTOCOL", "HTTP_HOST"}, `'HTTP/1.0' none`},
		{"a path is decoded once", "GET /%2541%2F" + end, []string{"PATH_INFO"}, `'/%41/'`},
		{"two slashes stay two", "GET //a//b" + end, []string{"PATH_INFO", "SCRIPT_NAME"}, `'//a//b' ''`},
		{"an absolute target", "GET http://b.example/x" + end, []string{"REQUEST_URI", "PATH_INFO", "HTTP_HOST"}, `'http://b.example/x' '/x' 'b.example'`},
		{"an absolute target without a path", "GET http://b.example?x" + end, []string{"REQUEST_URI", "PATH_INFO", "QUERY_STRING"}, `'http://b.example?x' '/' 'x'`},
		{"a field that comes twice", with("X-A: 1\r\nx-a: 2"), []string{"HTTP_X_A"}, `'1, 2'`},
		{"cookies", with("Cookie: a=1\r\nCookie: b=2"), []string{"HTTP_COOKIE"}, `'a=1; b=2'`},
		{"an underscore", with("X_A: 1"), []string{"HTTP_X_A"}, `none`},
		{"Proxy", with("Proxy: evil.example"), []string{"HTTP_PROXY"}, `none`},
		{"no body", "POST /" + end, []string{"CONTENT_LENGTH", "CONTENT_TYPE"}, `none none`},
		{"a body", with("Content-Length: 4\r\nContent-Type: a/b") + "text", []string{"CONTENT_LENGTH", "HTTP_CONTENT_LENGTH", "CONTENT_TYPE"}, `'4' none 'a/b'`},
		{"an empty body", with("Content-Length: 0"), []string{"CONTENT_LENGTH"}, `'0'`},
		{"a body in chunks", with("Transfer-Encoding: chunked") + "0\r\n\r\n", []string{"CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"}, `none none`},
		{"this end", "GET /" + end, []string{"SERVER_NAME", "SERVER_SOFTWARE", "GATEWAY_INTERFACE"}, `'127.0.0.1' 'barewire' 'CGI/1.1'`},
		{"that end", "GET /" + end, []string{"REMOTE_ADDR"}, `'127.0.0.1'`},
		{"the contract", "GET /" + end, []string{"wsgi.version", "wsgi.url_scheme", "wsgi.input_terminated", "wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once", "HTTPS"}, `(1, 0) 'http' True True False False none`},
		{"things", "GET /" + end, []string{"wsgi.input", "wsgi.errors", "wsgi.file_wrapper", "barewire.note"}, `<wsgi.input> <wsgi.errors> <wsgi.file_wrapper> <barewire.note>`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, errors := serve(t, show(test.variables...))
			_, got, err := send(t, server, test.request)
			if err != nil || got != test.want {
				t.Errorf("%q gives %s, %v, want %s; %s", test.request, got, err, test.want, errors)
			}
		})
	}
}

// A length may stand beside the fields, and not among them.
func TestLengthAlone(t *testing.T) {
	recorder := httptest.NewRecorder()
	request := httptest.NewRequest("POST", "/", strings.NewReader("text"))
	httphandler.Handler(show("CONTENT_LENGTH")).ServeHTTP(recorder, request)
	if got := recorder.Body.String(); got != "'4'" {
		t.Errorf("CONTENT_LENGTH = %s, want '4'", got)
	}
}

func TestPorts(t *testing.T) {
	server, _ := serve(t, show("SERVER_PORT"))
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, got, err := send(t, server, "GET / HTTP/1.0\r\n\r\n"); err != nil || got != "'"+port+"'" {
		t.Errorf("SERVER_PORT = %s, %v, want '%s'", got, err, port)
	}
}

// What http.StripPrefix takes from the path is the SCRIPT_NAME.
func TestMounted(t *testing.T) {
	tests := []struct {
		name, target string
		mount        func(http.Handler) http.Handler
		want         string
	}{
		{"not mounted", "/app/x", func(h http.Handler) http.Handler { return h }, `'' '/app/x' '/app/x'`},
		{"under a prefix", "/app/x", strip("/app"), `'/app' '/x' '/app/x'`},
		{"the prefix itself", "/app", strip("/app"), `'/app' '' '/app'`},
		{"the root below it", "/app/", strip("/app"), `'/app' '/' '/app/'`},
		{"a prefix with a slash", "/app/x", strip("/app/"), `'/app' '/x' '/app/x'`},
		{"the same, and nothing below", "/app/", strip("/app/"), `'/app' '/' '/app/'`},
		{"a prefix that ends inside a name", "/app0", strip("/app"), `'' '/app0' '/app0'`},
		{"two prefixes", "/a/b/x", func(h http.Handler) http.Handler { return strip("/a")(strip("/b")(h)) }, `'/a/b' '/x' '/a/b/x'`},
		{"an escape below", "/app/%2Fx", strip("/app"), `'/app' '//x' '/app/%2Fx'`},
		{"an absolute target", "http://a.example/app/x", strip("/app"), `'/app' '/x' 'http://a.example/app/x'`},
		{"another path altogether", "/app/x", func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { r.URL.Path = "/new"; h.ServeHTTP(w, r) })
		}, `'' '/new' '/app/x'`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(test.mount(httphandler.Handler(show("SCRIPT_NAME", "PATH_INFO", "REQUEST_URI"))))
			t.Cleanup(server.Close)
			if _, got, err := send(t, server, "GET "+test.target+" HTTP/1.1\r\nHost: a.example\r\n\r\n"); err != nil || got != test.want {
				t.Errorf("%s gives %s, %v, want %s", test.target, got, err, test.want)
			}
		})
	}
}

func strip(prefix string) func(http.Handler) http.Handler {
	return func(h http.Handler) http.Handler { return http.StripPrefix(prefix, h) }
}

// OPTIONS * gets here when net/http is told not to answer it.
func TestAsterisk(t *testing.T) {
	server := httptest.NewUnstartedServer(httphandler.Handler(show("SCRIPT_NAME", "PATH_INFO", "REQUEST_URI")))
	server.Config.DisableGeneralOptionsHandler = true
	server.Start()
	t.Cleanup(server.Close)
	if _, got, err := send(t, server, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil || got != `'' '' '*'` {
		t.Errorf("OPTIONS * gives %s, %v", got, err)
	}
}

func TestInput(t *testing.T) {
	long := strings.Repeat("x", 64<<10)
	tests := []struct {
		name, body string
		read       func(wsgi.Input) (string, error)
		want       string
	}{
		{"all", "one\ntwo", func(in wsgi.Input) (string, error) { all, err := io.ReadAll(in); return string(all), err }, "one\ntwo"},
		{"lines", "one\n\ntwo", lines, `"one\n" "\n" "two" `},
		{"no lines", "", lines, ""},
		{"a line in pieces", long + "yz\n", func(in wsgi.Input) (string, error) {
			var sizes []int
			for line, err := range in.Lines {
				if err != nil {
					return "", err
				}
				sizes = append(sizes, len(line))
			}
			return fmt.Sprint(sizes), nil
		}, "[65536 3]"},
		{"a bounded line", "one\ntwo", readLines(3, 3, 3, 3), `"one" "\n" "two" "" EOF `},
		{"a line that fits", "one\ntwo", readLines(4, 9, 9), `"one\n" "two" "" EOF `},
		{"a line of no bytes", "one", readLines(0, 9), `"" "one" `},
		{"a line, then the rest", "one\ntwo", func(in wsgi.Input) (string, error) {
			line, err := in.ReadLine(9)
			rest, failure := io.ReadAll(in)
			return string(line) + "|" + string(rest), errors.Join(err, failure)
		}, "one\n|two"},
		{"the loop may stop", "one\ntwo", func(in wsgi.Input) (string, error) {
			for line, err := range in.Lines {
				return string(line), err
			}
			return "", nil
		}, "one\n"},
	}
	for _, test := range tests {
		for _, framing := range []string{"Content-Length: %d\r\n\r\n%s", "Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"} {
			if test.body == "" {
				framing = "Content-Length: %d\r\n\r\n%s"
			}
			t.Run(test.name, func(t *testing.T) {
				server, _ := serve(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
					start("200 OK", nil)
					text, err := test.read(environ.Input())
					if err != nil {
						return wsgi.Fail(err)
					}
					return wsgi.Text(text)
				})
				_, got, err := send(t, server, "POST / HTTP/1.1\r\nHost: a\r\n"+fmt.Sprintf(framing, len(test.body), test.body))
				if err != nil || got != test.want {
					t.Errorf("got %s, %v, want %s", got, err, test.want)
				}
			})
		}
	}
}

func lines(in wsgi.Input) (text string, err error) {
	for line, err := range in.Lines {
		if err != nil {
			return text, err
		}
		text += fmt.Sprintf("%q ", line)
	}
	return text, nil
}

func readLines(bounds ...int) func(wsgi.Input) (string, error) {
	return func(in wsgi.Input) (text string, err error) {
		for _, max := range bounds {
			line, err := in.ReadLine(max)
			text += fmt.Sprintf("%q ", line)
			if err == io.EOF {
				text += "EOF "
			} else if err != nil {
				return text, err
			}
		}
		return text, nil
	}
}

// A body that breaks off is an error, and one of Lines comes once.
func TestBrokenInput(t *testing.T) {
	var got []error
	server, _ := serve(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		for _, err := range environ.Input().Lines {
			got = append(got, err)
		}
		start("200 OK", nil)
		return wsgi.Text("")
	})
	if _, _, err := send(t, server, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\nno chunk\r\n"); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0] != nil || got[1] == nil || got[1] == io.EOF {
		t.Errorf("the errors of Lines = %v, want none, then one that is not io.EOF", got)
	}
}

var errBoom = errors.New("boom")

// A counted body counts its Close.
type counted struct {
	wsgi.Body
	closed *int
}

func (c counted) Close() error { *c.closed++; return c.Body.Close() }

// A countedList still says how many chunks there are.
type countedList struct {
	counted
	len int
}

func (c countedList) Len() int { return c.len }

// stream yields chunks, then does the last thing.
func stream(last func(yield func([]byte, error) bool), chunks ...string) wsgi.Body {
	return wsgi.Stream(func(yield func([]byte, error) bool) {
		for _, chunk := range chunks {
			if !yield([]byte(chunk), nil) {
				return
			}
		}
		if last != nil {
			last(yield)
		}
	})
}

func fails(yield func([]byte, error) bool) { yield(nil, errBoom) }
func panics(func([]byte, error) bool)      { panic("boom") }
func aborts(func([]byte, error) bool)      { panic(http.ErrAbortHandler) }

func TestAnswer(t *testing.T) {
	plain := wsgi.Headers{{"Content-Type", "text/plain"}}
	length := func(n string) wsgi.Headers { return wsgi.Headers{{"Content-Length", n}} }
	failed := "500 Internal Server Error\n\nThe application failed. What went wrong is told on the server's side.\n"
	const broken, explained = "broken off", "500, and the rule"
	tests := []struct {
		name, method string
		status       string
		headers      wsgi.Headers
		body         wsgi.Body
		want         string // status code, framing, body; or broken
		told         string // in wsgi.errors; "" for nothing
	}{
		{"one chunk has its length", "GET", "200 OK", plain, wsgi.Text("hello"), "200 5 hello", ""},
		{"one empty chunk too", "GET", "200 OK", plain, wsgi.Text(""), "200 0 ", ""},
		{"no chunk", "GET", "200 OK", plain, wsgi.List{}, "200 0 ", ""},
		{"two chunks", "GET", "200 OK", plain, wsgi.List{[]byte("a"), []byte("b")}, "200 chunked ab", ""},
		{"a stream of one chunk", "GET", "200 OK", plain, stream(nil, "a"), "200 chunked a", ""},
		{"a stream of none", "GET", "200 OK", plain, stream(nil), "200 0 ", ""},
		{"empty chunks", "GET", "200 OK", plain, stream(nil, "", "a", ""), "200 chunked a", ""},
		{"a declared length", "GET", "200 OK", length("2"), stream(nil, "a", "b"), "200 2 ab", ""},
		{"surplus in one chunk", "GET", "200 OK", length("2"), wsgi.Text("abc"), "200 2 ab", "no more bytes than its Content-Length says"},
		{"surplus in another", "GET", "200 OK", length("1"), stream(nil, "a", "b"), "200 1 a", "no more bytes than its Content-Length says"},
		{"a shortfall", "GET", "200 OK", length("3"), stream(nil, "a", "b"), broken, "1 bytes are missing"},
		{"a shortfall of everything", "GET", "200 OK", length("3"), stream(nil), explained, "all 3 bytes are missing"},
		{"HEAD of one chunk", "HEAD", "200 OK", plain, wsgi.Text("hello"), "200 5 ", ""},
		{"HEAD of many", "HEAD", "200 OK", plain, stream(nil, "a", "b"), "200 none ", ""},
		{"HEAD of none", "HEAD", "200 OK", plain, wsgi.List{}, "200 none ", ""},
		{"HEAD, with a length", "HEAD", "200 OK", length("9"), wsgi.List{}, "200 9 ", ""},
		{"204", "GET", "204 No Content", nil, wsgi.List{}, "204 none ", ""},
		{"204 with a body", "GET", "204 No Content", length("1"), stream(nil, "a"), "204 none ", ""},
		{"205 with a body", "GET", "205 Reset Content", nil, stream(nil, "a"), "205 0 ", "no more bytes"},
		{"304 with a body", "GET", "304 Not Modified", nil, stream(nil, "a"), "304 none ", ""},
		{"a reason of one's own is lost", "GET", "404 Not Here", nil, wsgi.Text("a"), "404 1 a", ""},
		{"an error at first", "GET", "200 OK", plain, wsgi.Fail(errBoom), "500 97 " + failed, `"boom"`},
		{"an error later", "GET", "200 OK", plain, stream(fails, "a"), broken, `"boom"`},
		{"an error within a length", "GET", "200 OK", length("9"), stream(fails, "a"), broken, `"boom"`},
		{"an error behind a whole answer", "GET", "200 OK", length("1"), stream(fails, "a"), "200 1 a", `"boom"`},
		{"a panic at first", "GET", "200 OK", plain, stream(panics), "500 97 " + failed, `"panic: boom"`},
		{"a panic later", "GET", "200 OK", plain, stream(panics, "a"), broken, `"panic: boom"`},
		{"http.ErrAbortHandler at first", "GET", "200 OK", plain, stream(aborts), broken, ""},
		{"http.ErrAbortHandler later", "GET", "200 OK", plain, stream(aborts, "a"), broken, ""},
		{"no start", "GET", "", nil, stream(nil, "a"), explained, "start_response before"},
		{"a broken rule", "GET", "OK", nil, wsgi.Text("a"), explained, "three digits"},
		{"a hop-by-hop header", "GET", "200 OK", wsgi.Headers{{"Connection", "close"}}, wsgi.Text("a"), explained, "hop-by-hop"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			closed := 0
			server, errors := serve(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				if test.status != "" {
					start(test.status, test.headers)
				}
				body := counted{test.body, &closed}
				if list, ok := test.body.(wsgi.List); ok {
					return countedList{body, list.Len()}
				}
				return body
			})
			got := broken
			response, content, err := send(t, server, test.method+" / HTTP/1.1\r\nHost: a\r\n\r\n")
			if err == nil {
				framing := "none"
				switch {
				case len(response.TransferEncoding) > 0:
					framing = "chunked"
				case response.ContentLength >= 0 && response.Header.Get("Content-Length") != "":
					framing = fmt.Sprint(response.ContentLength)
				}
				got = fmt.Sprint(response.StatusCode, " ", framing, " ", content)
			}
			server.Close() // and all that was asked is answered
			if strings.HasPrefix(content, "500 Internal Server Error\n\nrule ") && response.StatusCode == 500 {
				got = explained
			}
			if got != test.want {
				t.Errorf("the client gets %q, want %q", got, test.want)
			}
			if told := errors.String(); !strings.Contains(told, test.told) || test.told == "" && told != "" {
				t.Errorf("the operator gets %q, want %q", told, test.told)
			}
			if closed != 1 {
				t.Errorf("the body is closed %d times, want once", closed)
			}
		})
	}
}

// A failure of Close comes when the answer is whole; the operator is told.
func TestCloseFails(t *testing.T) {
	server, errors := serve(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		return failsToClose{wsgi.Text("whole")}
	})
	_, got, err := send(t, server, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	server.Close()
	if err != nil || got != "whole" || !strings.Contains(errors.String(), `"boom"`) {
		t.Errorf("got %q, %v, told %q, want all of the answer, and the operator told", got, err, errors)
	}
}

type failsToClose struct{ wsgi.Body }

func (failsToClose) Close() error { return errBoom }

func TestExplained(t *testing.T) {
	server, _ := serve(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Upgrade", "\x1b"}})
		return wsgi.Text("never seen")
	})
	const want = "500 Internal Server Error\n\nrule    a header value holds no control bytes; CR LF in it would begin another header\n" +
		"source  PEP 3333, The start_response() Callable\ngot     \"Upgrade: \\x1b\"\n"
	if _, got, err := send(t, server, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestHeaders(t *testing.T) {
	tests := []struct {
		name    string
		headers wsgi.Headers
		field   string
		want    []string
	}{
		{"no Content-Type is none", nil, "Content-Type", nil},
		{"a Content-Type", wsgi.Headers{{"content-type", "a/b"}}, "Content-Type", []string{"a/b"}},
		{"cookies stay two, and in order", wsgi.Headers{{"Set-Cookie", "b=1"}, {"set-cookie", "a=2"}}, "Set-Cookie", []string{"b=1", "a=2"}},
		{"a Date of one's own", wsgi.Headers{{"Date", "yesterday"}}, "Date", []string{"yesterday"}},
		{"a Server of one's own", wsgi.Headers{{"Server", "me"}}, "Server", []string{"me"}},
		{"net/http has no name", nil, "Server", nil},
	}
	for _, test := range tests {
		for _, body := range []wsgi.Body{wsgi.Text("<html>"), stream(nil, "<html>", "x"), wsgi.List{}} {
			t.Run(test.name, func(t *testing.T) {
				server, errors := serve(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
					start("200 OK", test.headers)
					return body
				})
				response, _, err := send(t, server, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
				if err != nil {
					t.Fatal(err)
				}
				if got := response.Header[test.field]; !slices.Equal(got, test.want) {
					t.Errorf("%s = %q, want %q; %s", test.field, got, test.want, errors)
				}
			})
		}
	}
}

// Each chunk arrives before the next one is asked for: the application waits
// until the client has said so. So does a chunk that is written.
func TestEachChunkArrives(t *testing.T) {
	read := make(chan struct{})
	server, _ := serve(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		write := start("200 OK", nil)
		if err := write([]byte("line 0\n")); err != nil {
			return wsgi.Fail(err)
		}
		<-read
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			for line := 1; line < 3; line++ {
				if !yield(fmt.Appendln(nil, "line", line), nil) {
					return
				}
				<-read
			}
		})
	})
	response, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	scanner := bufio.NewScanner(response.Body)
	for line := range 3 {
		if want := fmt.Sprint("line ", line); !scanner.Scan() || scanner.Text() != want {
			t.Errorf("got %q, %v, want %q", scanner.Text(), scanner.Err(), want)
		}
		read <- struct{}{}
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
}

// An application may read on while it answers. Unasked, net/http throws away a
// body that is not too large when the answer begins.
func TestEchoWhileReading(t *testing.T) {
	for _, kilobytes := range []int{100, 1000} {
		echoWhileReading(t, strings.Repeat(strings.Repeat("x", 1023)+"\n", kilobytes))
	}
}

func echoWhileReading(t *testing.T, text string) {
	server, _ := serve(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		return wsgi.Stream(environ.Input().Lines)
	})
	response, err := server.Client().Post(server.URL, "text/plain", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(response.Body)
	if err != nil || string(got) != text {
		t.Errorf("%d bytes come back, %v, want %d", len(got), err, len(text))
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
}

// A client that leaves ends an endless application, and its body is closed.
func TestClientGone(t *testing.T) {
	closed := make(chan struct{})
	server, errors := serve(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		return endless{closed}
	})
	response, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	<-closed
	server.Close()
	if told := errors.String(); told != "" {
		t.Errorf("the operator is told %q, of what is nobody's fault", told)
	}
}

type endless struct{ closed chan struct{} }

func (endless) Chunks(yield func([]byte, error) bool) {
	for yield(make([]byte, 1<<10), nil) {
	}
}

func (e endless) Close() error { close(e.closed); return nil }

// HEAD of an endless body ends.
func TestEndlessHead(t *testing.T) {
	closed := make(chan struct{})
	server, _ := serve(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		return endless{closed}
	})
	if _, _, err := send(t, server, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		t.Error(err)
	}
	<-closed
}

// A write that is kept for later finds the answer over.
func TestWriteAfterTheEnd(t *testing.T) {
	var write wsgi.Write
	recorder := httptest.NewRecorder()
	httphandler.Handler(func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		write = start("200 OK", nil)
		return stream(nil, "all")
	}).ServeHTTP(recorder, httptest.NewRequest("GET", "/", nil))
	if late := write([]byte("more")); recorder.Body.String() != "all" || late == nil {
		t.Errorf("got %q, and a late write says %v, want all, and an error", recorder.Body, late)
	}
}

// A chunk that is the whole body is not flushed: head and body leave together
// when the handler returns.
func TestFlush(t *testing.T) {
	tests := []struct {
		name string
		body wsgi.Body
		want bool
	}{
		{"one chunk, and known to be", wsgi.Text("a"), false},
		{"no chunk", wsgi.List{}, false},
		{"two chunks", wsgi.List{[]byte("a"), []byte("b")}, true},
		{"nobody knows how many", stream(nil, "a"), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			recorder := httptest.NewRecorder()
			httphandler.Handler(func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				start("200 OK", nil)
				return test.body
			}).ServeHTTP(recorder, httptest.NewRequest("GET", "/", nil))
			if recorder.Flushed != test.want {
				t.Errorf("flushed = %v, want %v", recorder.Flushed, test.want)
			}
		})
	}
}

// A middleware of net/http's that hides Flush takes the chunks all the same.
func TestNoFlush(t *testing.T) {
	recorder := httptest.NewRecorder()
	errors := &output{}
	httphandler.Bridge{Errors: errors, App: func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		return stream(nil, "a", "b")
	}}.ServeHTTP(struct{ http.ResponseWriter }{recorder}, httptest.NewRequest("GET", "/", nil))
	if got := recorder.Body.String(); got != "ab" || errors.String() != "" {
		t.Errorf("got %q, told %q, want all, and nothing to tell", got, errors)
	}
}

// What an application does not read of a body is read for it: the connection
// lives on.
func TestUnreadBody(t *testing.T) {
	server, _ := serve(t, show("REQUEST_METHOD"))
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	reader := bufio.NewReader(conn)
	for n := range 3 {
		text := strings.Repeat("x", 100<<10)
		if _, err := fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", len(text), text); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatalf("answer %d: %v", n, err)
		}
		if got, err := io.ReadAll(response.Body); err != nil || string(got) != "'POST'" {
			t.Errorf("answer %d = %q, %v", n, got, err)
		}
	}
}

// A body that breaks a rule ends the connection behind the answer: what follows may
// be meant to be taken for a request.
func TestUnreadBrokenBody(t *testing.T) {
	for name, test := range map[string]struct {
		app wsgi.Application
		end string
	}{
		"a length": {show("REQUEST_METHOD"), "'POST'"},
		"chunks": {func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", nil)
			return stream(nil, "a", "b")
		}, "1\r\na\r\n1\r\nb\r\n0\r\n\r\n"},
	} {
		t.Run(name, func(t *testing.T) { testUnreadBrokenBody(t, test.app, test.end) })
	}
}

func testUnreadBrokenBody(t *testing.T, app wsgi.Application, end string) {
	server, _ := serve(t, app)
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil { // for a test that would hang
		t.Fatal(err)
	}
	_, err = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nsize\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(conn)
	if got := string(all); err != nil || !strings.HasSuffix(got, end) || strings.Count(got, "HTTP/1.1 ") != 1 {
		t.Errorf("got %q, %v, want one answer that ends with %q", got, err, end)
	}
}

// A client that waits for 100 Continue and gets its answer at once may never
// send the body. Nobody waits for it.
func TestUnsentBody(t *testing.T) {
	server, _ := serve(t, show("HTTP_EXPECT"))
	_, got, err := send(t, server, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
	if err != nil || got != "'100-continue'" {
		t.Errorf("got %q, %v, want an answer", got, err)
	}
}

// Over TLS the client and net/http agree on HTTP/2.
func TestHTTP2(t *testing.T) {
	errors := &output{}
	server := httptest.NewUnstartedServer(httphandler.Bridge{Errors: errors, App: func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		switch environ.Text("PATH_INFO") {
		case "/short":
			start("200 OK", wsgi.Headers{{"Content-Length", "9"}})
			return wsgi.Text("short")
		case "/echo":
			start("200 OK", nil)
			return wsgi.Stream(environ.Input().Lines)
		}
		return show("SERVER_PROTOCOL", "wsgi.url_scheme", "HTTPS", "HTTP_COOKIE", "HTTP_HOST", "CONTENT_LENGTH")(environ, start)
	}})
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)

	request, err := http.NewRequest("GET", server.URL+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "a.example"
	request.Header["Cookie"] = []string{"a=1", "b=2"}
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(response.Body)
	if want := `'HTTP/2.0' 'https' 'on' 'a=1; b=2' 'a.example' none`; err != nil || string(got) != want || response.ProtoMajor != 2 || response.ContentLength != int64(len(want)) {
		t.Errorf("%s gives %s, %v, want %s", response.Proto, got, err, want)
	}
	response, err = server.Client().Post(server.URL+"/echo", "text/plain", io.MultiReader(strings.NewReader("one\n"), strings.NewReader("two")))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(response.Body); err != nil || string(got) != "one\ntwo" {
		t.Errorf("/echo gives %q, %v", got, err)
	}
	unending, writer := io.Pipe()
	response, err = server.Client().Post(server.URL+"/unread", "text/plain", unending)
	if err != nil {
		t.Fatal(err) // the answer does not wait for the end of the body
	}
	for _, err := range []error{response.Body.Close(), writer.Close()} {
		if err != nil {
			t.Error(err)
		}
	}
	response, err = server.Client().Get(server.URL + "/short")
	if err == nil {
		_, err = io.ReadAll(response.Body)
	}
	if err == nil || !strings.Contains(errors.String(), "4 bytes are missing") {
		t.Errorf("an answer that is too short ends with %v, and the operator is told %q", err, errors)
	}
}

// HTTPS without HTTP/2.
func TestTLS(t *testing.T) {
	server := httptest.NewTLSServer(httphandler.Handler(show("wsgi.url_scheme", "HTTPS", "SERVER_PROTOCOL")))
	t.Cleanup(server.Close)
	conn, err := tls.Dial("tcp", server.Listener.Addr().String(), server.Client().Transport.(*http.Transport).TLSClientConfig)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(conn)
	if err != nil || !strings.HasSuffix(string(got), "'https' 'on' 'HTTP/1.0'") {
		t.Errorf("got %q, %v", got, err)
	}
}

func ExampleHandler() {
	app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
		return wsgi.Text("Hello from " + environ.Text("PATH_INFO") + ", mounted at " + environ.Text("SCRIPT_NAME") + "\n")
	}
	mux := http.NewServeMux()
	mux.Handle("/app/", http.StripPrefix("/app", httphandler.Handler(app)))
	server := httptest.NewServer(mux)
	defer server.Close()

	response, err := http.Get(server.URL + "/app/here")
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := io.ReadAll(response.Body)
	fmt.Print(response.Status, " ", response.ContentLength, "\n", string(text), err, "\n")
	// Output:
	// 200 OK 34
	// Hello from /here, mounted at /app
	// <nil>
}
