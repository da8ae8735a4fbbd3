package uwsgi_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"barewire/server"
	"barewire/server/uwsgi"
	wsgi "barewire/steps/06_wsgi"
)

// packet is what a proxy sends before the body: names and values in turn.
func packet(pairs ...string) string {
	vars := ""
	for _, text := range pairs {
		vars += sized(text)
	}
	return "\x00" + size(len(vars)) + "\x00" + vars
}

func sized(text string) string { return size(len(text)) + text }
func size(n int) string        { return string([]byte{byte(n), byte(n >> 8)}) }

// asked begins the packet of most rows.
var asked = []string{"REQUEST_METHOD", "GET", "REQUEST_URI", "/a%20b?x=1", "PATH_INFO", "/a b", "QUERY_STRING", "x=1", "SERVER_PROTOCOL", "HTTP/1.1"}

func asks(pairs ...string) string { return packet(append(slices.Clone(asked), pairs...)...) }

// posts is a packet with a body behind it.
func posts(length, body string) string {
	return packet("REQUEST_METHOD", "POST", "CONTENT_LENGTH", length) + body
}

// shown are the variables that told shows, for a packet of asks.
var shown = []string{"REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "REMOTE_ADDR", "SERVER_NAME", "SERVER_PORT", "HTTP_X_A", "HTTP_COOKIE", "HTTP_PROXY", "HTTP_TRANSFER_ENCODING", "HTTP_CONTENT_LENGTH", "wsgi.url_scheme", "wsgi.version", "barewire.note"}

// told is an application that tells its environ and its body.
func told(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	body, err := io.ReadAll(environ.Input())
	if err != nil {
		return wsgi.Fail(err)
	}
	var text []string
	for _, name := range shown {
		if value, found := environ[name]; found {
			text = append(text, wsgi.Repr(name, value))
		} else {
			text = append(text, "-")
		}
	}
	start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
	return wsgi.Text(strings.Join(text, " ") + fmt.Sprintf(" %q", body))
}

// start serves an application by uwsgi. What it observes is in order for one
// connection at a time.
func start(t *testing.T, app wsgi.Application, change func(*server.Server)) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(app)
	uwsgi.Put(s)
	s.Errors = io.Discard
	s.Now = func() time.Time { return time.Unix(0, 0) }
	if change != nil {
		change(s)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		s.Serve(listener)
	}()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		<-served
	})
	return listener.Addr().String()
}

// ask sends bytes, says that it sends no more, and returns all that comes back.
func ask(t *testing.T, address, send string) string {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil { // for a test that would hang
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, send); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	said, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(said)
}

const bye = "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nServer: barewire\r\nConnection: close\r\n\r\n"

// answer is that of told.
func answer(text string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n%s%s", len(text), bye, text)
}

// refused is the page that tells of a broken rule.
func refused(status, step, rule, source, got string) string {
	page := status + "\n\nstep    " + step + "\nrule    " + rule + "\nsource  " + source + "\n"
	if got != "" {
		page += fmt.Sprintf("got     %q\n", got)
	}
	return fmt.Sprintf("HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n%s%s", status, len(page), bye, page)
}

// rest is what told shows behind the third variable, when nothing else is sent.
const rest = " - 'localhost' '80' - - - - - 'http' (1, 0) <barewire.note> "

func TestPackets(t *testing.T) {
	const bad, large = "400 Bad Request", "431 Request Header Fields Too Large"
	const protocol = "The uwsgi Protocol"
	many := func(n int) (pairs []string) {
		for i := range n {
			pairs = append(pairs, fmt.Sprintf("HTTP_X_%d", i), "")
		}
		return pairs
	}
	cookies := "HTTP_COOKIE\x00a=1\x00HTTP_X_A\x001\x00HTTP_COOKIE\x00b=2\x00HTTP_X_A\x002"
	tests := []struct{ name, send, want string }{
		{"the variables as they are", asks(), answer("'GET' '/a b' 'x=1'" + rest + `""`)},
		{"the smallest", packet("REQUEST_METHOD", "GET"), answer("'GET' '' ''" + rest + `""`)},
		{"modifier2 means nothing here", strings.Replace(asks(), "\x00\x0e\x00REQ", "\x07\x0e\x00REQ", 1), answer("'GET' '/a b' 'x=1'" + rest + `""`)},
		{"the proxy tells who the client is, and who we are", asks("REMOTE_ADDR", "192.0.2.7", "SERVER_NAME", "shop", "SERVER_PORT", "443", "HTTPS", "on"),
			answer(`'GET' '/a b' 'x=1' '192.0.2.7' 'shop' '443' - - - - - 'https' (1, 0) <barewire.note> ""`)},
		{"an empty value does not undo a promise", asks("SERVER_NAME", "", "SERVER_PORT", ""), answer("'GET' '/a b' 'x=1'" + rest + `""`)},
		{"fields that come again are joined", asks(strings.Split(cookies, "\x00")...),
			answer(`'GET' '/a b' 'x=1' - 'localhost' '80' '1, 2' 'a=1; b=2' - - - 'http' (1, 0) <barewire.note> ""`)},
		{"what an application must not see", asks("HTTP_PROXY", "evil", "HTTP_TRANSFER_ENCODING", "chunked", "HTTP_CONTENT_LENGTH", "9", "wsgi.version", "9", "wsgi.url_scheme", "evil", "barewire.note", "evil"),
			answer("'GET' '/a b' 'x=1'" + rest + `""`)},
		{"a body", posts("8", "name=ada"), answer("'POST' '' ''" + rest + `"name=ada"`)},
		{"not a byte behind the body", posts("4", "name=ada"), answer("'POST' '' ''" + rest + `"name"`)},
		{"an empty length is no body", posts("", "name=ada"), answer("'POST' '' ''" + rest + `""`)},
		{"HEAD gets the head of GET", packet("REQUEST_METHOD", "HEAD"), strings.TrimSuffix(answer("'HEAD' '' ''"+rest+`""`), "'HEAD' '' ''"+rest+`""`)},

		{"HTTP, from one who took this for a web server", "GET / HTTP/1.1\r\n\r\n", refused(bad, "02 read", "a request for an application has modifier1 0; is this uwsgi?", protocol, "GET ")},
		{"another modifier", "\x05\x00\x00\x00", refused(bad, "02 read", "a request for an application has modifier1 0; is this uwsgi?", protocol, "\x05\x00\x00\x00")},
		{"no pair", packet(), refused(bad, "03 requestline", "a request has a REQUEST_METHOD", "RFC 3875 §4.1.12", "")},
		{"no method", packet("PATH_INFO", "/"), refused(bad, "03 requestline", "a request has a REQUEST_METHOD", "RFC 3875 §4.1.12", "")},
		{"a method that is none", packet("REQUEST_METHOD", "G(T"), refused(bad, "03 requestline", "REQUEST_METHOD is a token", "RFC 3875 §4.1.12, RFC 9110 §9.1", "G(T")},
		{"a path without its slash", packet("REQUEST_METHOD", "GET", "PATH_INFO", "x"), refused(bad, "03 requestline", "PATH_INFO is empty or begins with a slash", "RFC 3875 §4.1.5", "x")},
		{"two lengths", packet("REQUEST_METHOD", "POST", "CONTENT_LENGTH", "1", "CONTENT_LENGTH", "2"), refused(bad, "04 headers", "a variable comes once", "RFC 3875 §4.1", "CONTENT_LENGTH")},
		{"two methods", packet("REQUEST_METHOD", "GET", "REQUEST_METHOD", "GET"), refused(bad, "04 headers", "a variable comes once", "RFC 3875 §4.1", "REQUEST_METHOD")},
		{"two hosts", asks("HTTP_HOST", "a", "HTTP_HOST", "b"), refused(bad, "04 headers", "a variable comes once", "RFC 3875 §4.1", "HTTP_HOST")},
		{"a name without a value", "\x00\x03\x00\x00\x01\x00A", refused(bad, "02 read", "a packet is pairs of a name and a value, to its last byte", protocol, "\x01\x00A")},
		{"a name that is longer than the packet", "\x00\x03\x00\x00\x02\x00A", refused(bad, "02 read", "a packet is pairs of a name and a value, to its last byte", protocol, "\x02\x00A")},
		{"a value that is longer than the packet", "\x00\x05\x00\x00\x01\x00A\x01\x00", refused(bad, "02 read", "a packet is pairs of a name and a value, to its last byte", protocol, "\x01\x00A\x01\x00")},
		{"half a length", "\x00\x04\x00\x00\x01\x00A\x00", refused(bad, "02 read", "a packet is pairs of a name and a value, to its last byte", protocol, "\x01\x00A\x00")},
		{"a name of nothing", packet("", "x"), refused(bad, "02 read", "a packet is pairs of a name and a value, to its last byte", protocol, "\x00\x00\x01\x00x")},
		{"as many pairs as may come", packet(append([]string{"REQUEST_METHOD", "GET"}, many(102+32-1)...)...), answer("'GET' '' ''" + rest + `""`)},
		{"one more", packet(append([]string{"REQUEST_METHOD", "GET"}, many(102+32)...)...), refused(large, "02 read", "a packet has at most 134 pairs here", protocol, "")},
		{"as long a pair as may come", asks("HTTP_Y", strings.Repeat("x", 8<<10-6)), answer("'GET' '/a b' 'x=1'" + rest + `""`)},
		{"a longer one", asks("HTTP_Y", strings.Repeat("x", 8<<10-5)), refused(large, "02 read", "a pair has at most 8192 bytes here", protocol, "HTTP_Y")},
		{"a length that is none", posts("+8", "name=ada"), refused(bad, "05 body", "CONTENT_LENGTH is decimal digits, or empty", "RFC 3875 §4.1.2", "+8")},
		{"a length over the limit", posts("1073741825", ""), refused("413 Content Too Large", "05 body", "a body has at most 1073741824 bytes here", "RFC 9110 §15.5.14", "")},
		{"a length beyond all numbers", posts("99999999999999999999", ""), refused("413 Content Too Large", "05 body", "a body has at most 1073741824 bytes here", "RFC 9110 §15.5.14", "")},
		{"a body that breaks off", posts("9", "name=ada"), refused(bad, "05 body", "the body ended early", "RFC 9112 §8", "")},

		{"a proxy that leaves before a byte", "", ""},
		{"a proxy that leaves inside the beginning", "\x00\x09", ""},
		{"a proxy that leaves inside the pairs", asks()[:20], ""},
	}
	address := start(t, told, nil)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := ask(t, address, test.send); got != test.want {
				t.Errorf("of %.60q it says\n%q, want\n%q", test.send, got, test.want)
			}
		})
	}
}

// TestTooManyBytes: the limit of a head is that of a packet.
func TestTooManyBytes(t *testing.T) {
	address := start(t, told, func(s *server.Server) { s.Limits.Head.Bytes = len(asks()) - 4 })
	if got, want := ask(t, address, asks()), answer("'GET' '/a b' 'x=1'"+rest+`""`); got != want {
		t.Errorf("at the limit it says %q, want %q", got, want)
	}
	want := refused("431 Request Header Fields Too Large", "02 read", fmt.Sprintf("a packet has at most %d bytes of pairs here", len(asks())-4), "The uwsgi Protocol", "")
	if got := ask(t, address, asks("A", "")); got != want {
		t.Errorf("over it %q, want %q", got, want)
	}
}

// TestSlow: a packet, and a body, have the deadlines that they have over HTTP.
func TestSlow(t *testing.T) {
	address := start(t, told, func(s *server.Server) {
		s.Deadlines.Head, s.Deadlines.Body = 50*time.Millisecond, 50*time.Millisecond
	})
	for _, test := range []struct{ name, send, want string }{
		{"the packet", asks()[:20], refused("408 Request Timeout", "02 read", "the packet did not arrive in time", "RFC 9110 §15.5.9", "")},
		{"the body", posts("8", "name"), refused("408 Request Timeout", "05 body", "the body did not arrive in time", "RFC 9110 §15.5.9", "")},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(conn, test.send); err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(conn); err != nil || string(got) != test.want {
				t.Errorf("it says %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

// TestAnswers: what an application says is framed as for HTTP/1.0, for a proxy takes
// no chunks apart here.
func TestAnswers(t *testing.T) {
	list := func(chunks ...string) (body wsgi.List) {
		for _, chunk := range chunks {
			body = append(body, []byte(chunk))
		}
		return body
	}
	tests := []struct {
		name string
		app  wsgi.Application
		want string
	}{
		{"chunks end with the connection", func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", nil)
			return list("one ", "two")
		}, "HTTP/1.1 200 OK\r\n" + bye + "one two"},
		{"write", func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			_ = start("200 OK", nil)([]byte("written "))
			return list("yielded")
		}, "HTTP/1.1 200 OK\r\n" + bye + "written yielded"},
		{"a failure", func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { panic("boom") },
			"HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 97\r\n" + bye +
				"500 Internal Server Error\n\nThe application failed. What went wrong is told on the server's side.\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := ask(t, start(t, test.app, nil), asks("HTTP_CONNECTION", "keep-alive")); got != test.want {
				t.Errorf("it says\n%q, want\n%q", got, test.want)
			}
		})
	}
}

// TestWatched: who watches sees the steps, and in 03 the protocol of the client.
func TestWatched(t *testing.T) {
	var (
		mutex sync.Mutex
		seen  []string
	)
	over := make(chan struct{})
	address := start(t, told, func(s *server.Server) {
		s.Observe = func(event server.Event) {
			mutex.Lock()
			defer mutex.Unlock()
			switch event := event.(type) {
			case server.Passed:
				text := fmt.Sprintf("%02d %s", event.Step, event.Name)
				switch {
				case event.Line != nil:
					text += fmt.Sprintf(" %s %s %s", event.Line.Method, event.Line.Target, event.Line.Version)
				case event.Fields != nil:
					text += fmt.Sprintf(" %d", len(event.Fields))
				case event.Framing != nil:
					text += fmt.Sprintf(" %d", event.Framing.Length)
				}
				seen = append(seen, text)
			case server.Gone:
				close(over)
			}
		}
	})
	ask(t, address, asks("CONTENT_LENGTH", "2")+"hi")
	<-over
	want := []string{"02 read", "03 requestline GET /a%20b?x=1 HTTP/1.1", "04 headers 6", "05 body 2", "07 environ", "08 call", "09 response"}
	if !slices.Equal(seen, want) {
		t.Errorf("who watches sees %q, want %q", seen, want)
	}
}

// TestSamePacket: nothing of a packet is remembered for the next, be it the same.
func TestSamePacket(t *testing.T) {
	address := start(t, told, nil)
	want := answer(`'GET' '/a b' 'x=1' '192.0.2.7' 'localhost' '80' - - - - - 'http' (1, 0) <barewire.note> ""`)
	for range 5 {
		if got := ask(t, address, asks("REMOTE_ADDR", "192.0.2.7")); got != want {
			t.Fatalf("it says %q, want %q", got, want)
		}
	}
}
