package server_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"runtime"
	"sync/atomic"
	"testing"

	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// errSecret is what no client may learn about the inside of an application.
var errSecret = errors.New("the password of the database is 12345")

// failed is what the client gets instead of an answer: nothing of the inside.
const failed = "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 97\r\n" + stamp + bye +
	"\r\n500 Internal Server Error\n\nThe application failed. What went wrong is told on the server's side.\n"

// broken is what the client gets when the application broke a rule of PEP 3333:
// that is no secret.
func broken(step, rule, source, got string) string {
	return refusal{"", "", "500 Internal Server Error", step, rule, source, got}.row().want
}

// A script is an application that does what it is told. A generator calls it
// when the first chunk is wanted, so everything can also happen there.
type script func(start wsgi.StartResponse, yield func([]byte, error) bool)

// generator puts the script into the body.
func (s script) generator(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	return wsgi.Stream(func(yield func([]byte, error) bool) { s(start, yield) })
}

// writer runs the script before it returns a body, and yields by write.
func (s script) writer(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	var write wsgi.Write
	s(func(status string, headers wsgi.Headers, cause ...error) wsgi.Write {
		write = start(status, headers, cause...)
		return write
	}, func(chunk []byte, err error) bool {
		if err != nil {
			panic(err)
		}
		return write(chunk) == nil
	})
	return wsgi.List{}
}

// Whatever an application does, it ends its own answer and nothing else. The
// client gets a 500 as long as nothing else is out; from then on it can see
// that something is missing. What the application does may happen while it is
// called, or while its body is sent.
func TestHostileApplications(t *testing.T) {
	const head = ok + "Transfer-Encoding: chunked\r\n" + stamp + "\r\n"
	rules := "PEP 3333, The start_response() Callable"
	tests := []struct {
		name   string
		script script
		want   string
		kept   bool
	}{
		{
			"panics before it starts",
			func(wsgi.StartResponse, func([]byte, error) bool) { panic(errSecret) },
			failed, false,
		},
		{
			"panics when it has started",
			func(start wsgi.StartResponse, _ func([]byte, error) bool) {
				start("200 OK", nil)
				panic(errSecret)
			},
			failed, false,
		},
		{
			"panics with nil",
			func(wsgi.StartResponse, func([]byte, error) bool) { panic(nil) },
			failed, false,
		},
		{
			"panics by a bug of its own",
			func(wsgi.StartResponse, func([]byte, error) bool) {
				var none []string
				_ = none[len(none)]
			},
			failed, false,
		},
		{
			"panics behind an empty chunk, which sends nothing",
			func(start wsgi.StartResponse, yield func([]byte, error) bool) {
				start("200 OK", nil)
				yield(nil, nil)
				panic(errSecret)
			},
			failed, false,
		},
		{
			"panics behind its first chunk",
			func(start wsgi.StartResponse, yield func([]byte, error) bool) {
				start("200 OK", nil)
				yield([]byte("one\n"), nil)
				panic(errSecret)
			},
			head + "4\r\none\n\r\n", false,
		},
		{
			"fails",
			func(start wsgi.StartResponse, yield func([]byte, error) bool) {
				start("200 OK", nil)
				yield(nil, errSecret)
			},
			failed, false,
		},
		{
			"fails behind its first chunk",
			func(start wsgi.StartResponse, yield func([]byte, error) bool) {
				start("200 OK", nil)
				yield([]byte("one\n"), nil)
				yield(nil, errSecret)
			},
			head + "4\r\none\n\r\n", false,
		},
		{
			"ends its goroutine",
			func(wsgi.StartResponse, func([]byte, error) bool) { runtime.Goexit() },
			"", false,
		},
		{
			"never starts",
			func(wsgi.StartResponse, func([]byte, error) bool) {},
			broken("09 response", "an application calls start_response before its first chunk", rules, ""), false,
		},
		{
			"starts twice",
			func(start wsgi.StartResponse, _ func([]byte, error) bool) {
				start("200 OK", nil)
				start("404 Not Found", nil)
			},
			broken("09 response", "start_response is called again only with a cause, the error that made the first answer wrong", rules, `"404 Not Found"`), false,
		},
		{
			"starts again with a cause",
			func(start wsgi.StartResponse, yield func([]byte, error) bool) {
				start("200 OK", wsgi.Headers{{"Content-Length", "1000"}})
				start("503 Service Unavailable", wsgi.Headers{{"Content-Length", "6"}}, errSecret)
				yield([]byte("later\n"), nil)
			},
			"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 6\r\n" + stamp + "\r\nlater\n", true,
		},
		{
			"starts again with a cause, too late",
			func(start wsgi.StartResponse, yield func([]byte, error) bool) {
				start("200 OK", nil)
				yield([]byte("one\n"), nil)
				start("503 Service Unavailable", nil, errSecret)
				yield([]byte("two\n"), nil)
			},
			head + "4\r\none\n\r\n", false,
		},
		{
			"has a status of its own",
			func(start wsgi.StartResponse, _ func([]byte, error) bool) { start("OK", nil) },
			broken("09 response", "a status is three digits, a space and a reason", rules, `"OK"`), false,
		},
		{
			"says 100 Continue, which is the server's word",
			func(start wsgi.StartResponse, _ func([]byte, error) bool) { start("100 Continue", nil) },
			broken("09 response", "the status of an answer is between 200 and 599", rules, `"100 Continue"`), false,
		},
		{
			"smuggles a header",
			func(start wsgi.StartResponse, _ func([]byte, error) bool) {
				start("200 OK", wsgi.Headers{{"A", "b\r\nSet-Cookie: c=d"}})
			},
			broken("09 response", "a header value holds no control bytes; CR LF in it would begin another header", rules, `"A: b\r\nSet-Cookie: c=d"`), false,
		},
		{
			"meddles with the connection",
			func(start wsgi.StartResponse, _ func([]byte, error) bool) {
				start("200 OK", wsgi.Headers{{"Connection", "close"}})
			},
			broken("09 response", "hop-by-hop headers belong to the server", rules, `"Connection: close"`), false,
		},
		{
			"yields more than it declared",
			func(start wsgi.StartResponse, yield func([]byte, error) bool) {
				start("200 OK", wsgi.Headers{{"Content-Length", "4"}})
				yield([]byte("one\nand more"), nil)
			},
			ok + "Content-Length: 4\r\n" + stamp + "\r\none\n", true,
		},
		{
			"yields less than it declared",
			func(start wsgi.StartResponse, yield func([]byte, error) bool) {
				start("200 OK", wsgi.Headers{{"Content-Length", "400"}})
				yield([]byte("one\n"), nil)
			},
			ok + "Content-Length: 400\r\n" + stamp + "\r\none\n", false,
		},
		{
			"yields nothing of what it declared",
			func(start wsgi.StartResponse, _ func([]byte, error) bool) {
				start("200 OK", wsgi.Headers{{"Content-Length", "400"}})
			},
			broken("09 response", "an application yields as many bytes as its Content-Length says", "PEP 3333, Handling the Content-Length Header", ""), false,
		},
		{
			"goes on when it was told to stop",
			func(start wsgi.StartResponse, yield func([]byte, error) bool) {
				start("200 OK", wsgi.Headers{{"Content-Length", "4"}})
				for range 3 {
					yield([]byte("one\n"), nil)
				}
			},
			ok + "Content-Length: 4\r\n" + stamp + "\r\none\n", true,
		},
	}
	for _, test := range tests {
		modes := []struct {
			name string
			app  wsgi.Application
			set  func(*server.Server)
		}{
			{"while called", test.script.writer, unwatched},
			{"while called and watched", test.script.writer, watched},
			{"while sent", test.script.generator, unwatched},
			{"while sent and watched", test.script.generator, watched},
		}
		for _, mode := range modes {
			t.Run(test.name+" "+mode.name, func(t *testing.T) {
				s := start(t, mode.app, mode.set)
				c := s.dial(t)
				c.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n" + follower)
				want := test.want
				if test.kept {
					want += followed
				}
				if got, _ := c.rest(); got != want {
					t.Errorf("the server says\n%q, want\n%q", got, want)
				}
				s.alive(t)
			})
		}
	}
}

func unwatched(*server.Server) {}

func watched(s *server.Server) { s.Observe = func(server.Event) {} }

// What does not fit into a script.
func TestHostileBodies(t *testing.T) {
	tests := []struct {
		name string
		app  wsgi.Application
		want string
	}{
		{
			"no application", nil, failed,
		},
		{
			"no body",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				start("200 OK", nil)
				return nil
			},
			broken("09 response", "an application returns a body, if only an empty one", "PEP 3333, Specification Overview", ""),
		},
		{
			"a nil List is an empty one",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				start("200 OK", nil)
				return wsgi.List(nil)
			},
			ok + "Content-Length: 0\r\n" + stamp + "\r\n",
		},
		{
			"a Stream without a function",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				start("200 OK", nil)
				return wsgi.Stream(nil)
			},
			failed,
		},
		{
			"a panic behind the last byte of the body",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				start("200 OK", wsgi.Headers{{"Content-Length", "4"}})
				return wsgi.Stream(func(yield func([]byte, error) bool) {
					yield([]byte("one\n"), nil)
					panic(errSecret)
				})
			},
			ok + "Content-Length: 4\r\n" + stamp + "\r\none\n",
		},
		{
			"a panic behind the last byte that was written",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				write := start("200 OK", wsgi.Headers{{"Content-Length", "4"}})
				_ = write([]byte("one\n"))
				panic(errSecret)
			},
			ok + "Content-Length: 4\r\n" + stamp + "\r\none\n",
		},
		{
			"write, then a body",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				write := start("200 OK", nil)
				_ = write([]byte("one\n"))
				return wsgi.Text("two\n")
			},
			ok + "Transfer-Encoding: chunked\r\n" + stamp + "\r\n4\r\none\n\r\n4\r\ntwo\n\r\n0\r\n\r\n",
		},
		{
			"write that drops the error of start_response",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				write := start("OK", nil)
				_ = write([]byte("one\n"))
				return wsgi.List{}
			},
			broken("09 response", "a status is three digits, a space and a reason", "PEP 3333, The start_response() Callable", `"OK"`),
		},
	}
	for _, test := range tests {
		for name, set := range map[string]func(*server.Server){"": unwatched, ", watched": watched} {
			t.Run(test.name+name, func(t *testing.T) {
				c := start(t, test.app, set).dial(t)
				c.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
				if err := c.CloseWrite(); err != nil {
					t.Fatal(err)
				}
				c.wantRest(test.want, fin)
			})
		}
	}
}

// A counted body counts how often it was closed.
type counted struct {
	wsgi.Body
	close  func() error
	closed atomic.Int32
}

func (c *counted) Close() error {
	c.closed.Add(1)
	return c.close()
}

// Close is called exactly once, on every path. What it does can spoil no answer
// that is whole already.
func TestCloseExactlyOnce(t *testing.T) {
	const (
		get   = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
		head  = "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"
		whole = ok + "Transfer-Encoding: chunked\r\n" + stamp + "\r\n3\r\nhi\n\r\n0\r\n\r\n"
	)
	well := func() error { return nil }
	fails := func() error { return errSecret }
	panics := func() error { panic(errSecret) }
	endless := wsgi.Stream(func(yield func([]byte, error) bool) {
		for yield([]byte("and on and on\n"), nil) {
		}
	})
	panicking := wsgi.Stream(func(func([]byte, error) bool) { panic(errSecret) })
	tests := []struct {
		name  string
		send  string
		body  wsgi.Body
		close func() error
		want  string
	}{
		{"done", get, wsgi.Text("hi\n"), well, whole},
		{"no chunk", get, wsgi.List{}, well, ok + "Content-Length: 0\r\n" + stamp + "\r\n"},
		{"HEAD", head, wsgi.Text("hi\n"), well, ok + stamp + "\r\n"},
		{"HEAD of an endless body", head, endless, well, ok + stamp + "\r\n"},
		{"an error", get, wsgi.Fail(errSecret), well, failed},
		{"a panic", get, panicking, well, failed},
		{"the end of its goroutine", get, wsgi.Stream(func(func([]byte, error) bool) { runtime.Goexit() }), well, ""},
		{"a broken request", chunked + "five\r\n", wsgi.Text("hi\n"), well,
			refusal{"", "", "400 Bad Request", "05 body", "the size of a chunk is hex digits", "RFC 9112 §7.1", `"five"`}.row().want},
		{"Close fails", get, wsgi.Text("hi\n"), fails, whole},
		{"Close panics", get, wsgi.Text("hi\n"), panics, whole},
		{"an error, and Close fails too", get, wsgi.Fail(errSecret), fails, failed},
		{"a panic, and Close panics too", get, panicking, panics, failed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body := &counted{Body: test.body, close: test.close}
			s := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				_, _ = io.Copy(io.Discard, environ.Input())
				start("200 OK", nil)
				return body
			})
			c := s.dial(t)
			c.say(test.send)
			if err := c.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			c.wantRest(test.want, fin)
			if got := body.closed.Load(); got != 1 {
				t.Errorf("Close is called %d times, want once", got)
			}
		})
	}

	t.Run("the client is gone", func(t *testing.T) {
		body := &counted{Body: endless, close: well}
		s := start(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", nil)
			return body
		})
		c := s.dial(t)
		c.say(get)
		c.hear(ok)
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		s.stop(t)
		if got := body.closed.Load(); got != 1 {
			t.Errorf("Close is called %d times, want once", got)
		}
	})
}

// What the client does not learn, whoever runs the server does.
func TestFailuresAreReported(t *testing.T) {
	tests := []struct {
		name string
		app  wsgi.Application
		want string // a regular expression
	}{
		{"a panic while called",
			func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { panic(errSecret) },
			`barewire: step 08 call: "panic at server/hostile_test\.go:\d+: the password .*"\n`},
		{"an error while sent",
			func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return wsgi.Fail(errSecret) },
			`barewire: step 09 response: "the password .*"\n`},
		{"a goroutine that ended",
			func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { runtime.Goexit(); return nil },
			`barewire: step 08 call: "the application ended its goroutine"\n`},
		{"a body that is too long",
			answers("200 OK", wsgi.Headers{{"Content-Length", "1"}}, "hi\n"),
			`barewire: step 09 response: "500 .*: an application yields no more bytes than its Content-Length says .*"\n`},
		{"a body that does not close",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				start("200 OK", nil)
				return &counted{Body: wsgi.Text("hi\n"), close: func() error { return errSecret }}
			},
			`barewire: step 09 response: "the password .*"\n`},
		{"the application's own word",
			func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				fmt.Fprintln(environ.Errors(), "look here")
				return hi(environ, start)
			},
			"look here\n"},
		{"nothing, when all is well", hi, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var errors bytes.Buffer
			s := start(t, test.app, func(s *server.Server) { s.Errors = &errors })
			s.ask(t, "GET / HTTP/1.0\r\n\r\n")
			s.stop(t)
			if !regexp.MustCompile("^" + test.want + "$").MatchString(errors.String()) {
				t.Errorf("the server reports %q, want a match of %s", errors.String(), test.want)
			}
		})
	}
}
