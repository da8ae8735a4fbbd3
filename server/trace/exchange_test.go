package trace_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"barewire/apps/demo"
	"barewire/apps/echo"
	"barewire/apps/hello"
	"barewire/apps/method"
	"barewire/apps/stream"
	"barewire/server"
	"barewire/server/trace"
	"barewire/server/uwsgi"
	wsgi "barewire/steps/06_wsgi"
)

// post is a whole request with a body.
func post(body string) string {
	return fmt.Sprintf("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

var plainText = wsgi.Headers{{"Content-Type", "text/plain"}}

// TestExchanges shows what a real server tells of real requests. Read the golden
// files as screens.
func TestExchanges(t *testing.T) {
	large := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(large, make([]byte, 300_000), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		text   trace.Text
		app    wsgi.Application
		change func(*server.Server)
		script func(*site)
	}{
		// Requests.
		{name: "get", text: trace.Text{App: "method:App"}, app: method.App,
			script: ask("GET / HTTP/1.1\r\nHost: localhost:8888\r\n\r\n")},
		{name: "head", text: trace.Text{App: "method:App"}, app: method.App,
			script: ask("HEAD /hello HTTP/1.1\r\nHost: localhost:8888\r\n\r\n")},
		{name: "old version without fields", text: trace.Text{App: "hello:App"}, app: hello.App,
			script: ask("GET / HTTP/1.0\r\n\r\n")},
		{name: "post in three pieces", text: trace.Text{App: "hello:App"}, app: hello.App,
			script: ask("POST /hel", "lo?x=1 HTTP/1.1\r\nHost: localhost:8888\r\nContent-Le", "ngth: 8\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nname=ada")},
		{name: "byte by byte", text: trace.Text{App: "hello:App"}, app: hello.App,
			script: ask(strings.Split("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "")...)},
		{name: "body later", text: trace.Text{App: "hello:App"}, app: hello.App,
			script: ask("POST /hello HTTP/1.1\r\nHost: localhost:8888\r\nContent-Length: 16\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n", "na", "me=ada&\n", "x=yyyy")},
		{name: "empty line before", text: trace.Text{App: "hello:App"}, app: hello.App,
			script: ask("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "chunked and pipelined", text: trace.Text{App: "echo:App"}, app: echo.App,
			script: func(s *site) {
				p := s.dial()
				p.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nfirst\n\r\n4;ext",
					"=1\r\nlast\r\n0\r\nX-Sum: 1\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\nGET /third HT", "TP/1.1\r\nHost: a\r\n\r\n")
				p.ended(3)
			}},
		{name: "continue", text: trace.Text{App: "hello:App"}, app: hello.App,
			script: ask("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 8\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n", "name=ada")},
		{name: "continue not asked for", text: trace.Text{App: "method:App"}, app: method.App,
			script: ask("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 8\r\n\r\n")},
		{name: "body not read", text: trace.Text{App: "method:App"}, app: method.App,
			script: ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n", "name=ada")},
		{name: "last request", text: trace.Text{App: "method:App"}, app: method.App,
			script: ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /never HTTP/1.1\r\n")},

		{name: "packet", text: trace.Text{App: "hello:App"}, app: hello.App, change: uwsgi.Put,
			script: ask("\x00\x37\x00\x00\x0e\x00REQUEST_METHOD\x04\x00POST\x0e\x00CONTENT_LENGTH\x01\x008\x09\x00PATH_INFO\x01\x00/name=ada")},
		{name: "packet of one pair", text: trace.Text{App: "hello:App"}, app: hello.App, change: uwsgi.Put,
			script: ask("\x00\x15\x00\x00\x0e\x00REQUEST_METHOD\x03\x00GET")},

		// Requests that are refused.
		{name: "refused 02 no packet", app: hello.App, change: uwsgi.Put, script: ask("GET / HTTP/1.0\r\n\r\n")},
		{name: "refused 03 packet", app: hello.App, change: uwsgi.Put,
			script: ask("\x00\x24\x00\x00\x09\x00PATH_INFO\x01\x00x\x0e\x00REQUEST_METHOD\x04\x00POST")},
		{name: "refused 04 packet", app: hello.App, change: uwsgi.Put,
			script: ask("\x00\x2f\x00\x00\x0e\x00REQUEST_METHOD\x03\x00GET\x09\x00HTTP_HOST\x00\x00\x09\x00HTTP_HOST\x00\x00")},
		{name: "refused 02 bare LF", app: hello.App, script: ask("GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n")},
		{name: "refused 02 empty lines", app: hello.App, script: ask("\r\n\r\nGET / HTTP/1.1\r\n\r\n")},
		{name: "refused 02 too late", app: hello.App,
			change: func(s *server.Server) { s.Deadlines.Head = 20 * time.Millisecond },
			script: ask("GET / HTTP/1.1\r\nHost: a\r\nX")},
		{name: "refused 03", app: hello.App, script: ask("GET  / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "refused 03 space at the end", app: hello.App, script: ask("HEAD / HTTP/1.1 \r\nHost: a\r\n\r\n")},
		{name: "refused 04 in the middle", app: hello.App, script: ask("GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\nAccept: */*\r\n\r\n")},
		{name: "refused 04 no Host", app: hello.App, script: ask("GET / HTTP/1.1\r\nAccept: */*\r\n\r\n")},
		{name: "refused 04 two Hosts", app: hello.App, script: ask("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nAccept: */*\r\n\r\n")},
		{name: "refused 04 first of two Hosts", app: hello.App, script: ask("GET / HTTP/1.1\r\nHost: a/b\r\nHost: b\r\n\r\n")},
		{name: "refused 04 bad Host", app: hello.App, script: ask("GET / HTTP/1.1\r\nAccept: */*\r\nHost: a/b\r\nX: y\r\n\r\n")},
		{name: "refused 05 two lengths", app: hello.App, script: ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!")},
		{name: "refused 05 bad chunk", text: trace.Text{App: "echo:App"}, app: echo.App,
			script: ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n")},
		{name: "refused 05 swallowed by the app", text: trace.Text{App: "deaf"}, app: deaf,
			script: ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "zz\r\nhello\r\n")},
		{name: "client leaves inside the head", app: hello.App, script: func(s *site) {
			p := s.dial()
			p.say("GET / HTTP/1.1\r\nHo")
			p.leave()
			p.ended(1)
		}},
		{name: "client leaves behind an empty line", app: hello.App, script: func(s *site) {
			p := s.dial()
			p.say("\r\n")
			p.leave()
			p.ended(1)
		}},
		{name: "client leaves inside the body", text: trace.Text{App: "echo:App"}, app: echo.App, script: func(s *site) {
			p := s.dial()
			p.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\nonly\nha")
			p.leave()
			p.ended(1)
		}},

		// Applications.
		{name: "stream", text: trace.Text{App: "stream:App"}, app: stream.App,
			script: ask("GET /?lines=3&pause=0 HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "stream to an old version", text: trace.Text{App: "stream:App"}, app: stream.App,
			script: ask("GET /?lines=2&pause=0 HTTP/1.0\r\n\r\n")},
		{name: "file", text: trace.Text{App: "file:App"}, app: func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			file, err := os.Open(large)
			if err != nil {
				return wsgi.Fail(err)
			}
			start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}, {"Content-Length", "300000"}})
			return environ.FileWrapper()(file, 0)
		}, script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "panic before the head", text: trace.Text{App: "panics"}, app: func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { panic("boom") },
			script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "panic after the head", text: trace.Text{App: "panics"}, app: streaming(func(say func(string)) { say("one\n"); panic("boom") }),
			script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "surplus", text: trace.Text{App: "surplus"}, app: lengthy("5", "hel", "lo, world"),
			script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "surplus in the first chunk", text: trace.Text{App: "surplus"}, app: lengthy("5", "hello, world", "again"),
			script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "shortage", text: trace.Text{App: "shortage"}, app: lengthy("50", "hel", "lo"),
			script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "all is missing", text: trace.Text{App: "shortage"}, app: lengthy("50"),
			script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "late start", text: trace.Text{App: "late:App"}, app: func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			return wsgi.Stream(func(yield func([]byte, error) bool) {
				_ = yield(nil, nil)
				start("200 OK", plainText)
				yield([]byte("late"), nil)
			})
		}, script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "no start", text: trace.Text{App: "mute:App"}, app: func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return wsgi.Text("hello") },
			script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "two starts", text: trace.Text{App: "twice:App"}, app: func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", plainText)
			start("201 Created", plainText)
			return wsgi.Text("hello")
		}, script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "start with a cause", text: trace.Text{App: "sorry:App"}, app: func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", plainText)
			start("503 Service Unavailable", wsgi.Headers{{"Retry-After", "5"}, {"Set-Cookie", "a=1"}, {"Set-Cookie", "a=1"}}, errors.New("the database is asleep"))
			return wsgi.Text("later\n")
		}, script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "cause after the head", text: trace.Text{App: "sorry:App"}, app: func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			return wsgi.Stream(func(yield func([]byte, error) bool) {
				start("200 OK", plainText)
				yield([]byte("one\n"), nil)
				start("500 Oh No", plainText, errors.New("the database fell asleep"))
				yield([]byte("two\n"), nil)
			})
		}, script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "cause after the body", text: trace.Text{App: "sorry:App"}, app: func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			return wsgi.Stream(func(yield func([]byte, error) bool) {
				start("200 OK", wsgi.Headers{{"Content-Length", "6"}, {"X-Empty", ""}})
				yield([]byte("whole\n"), nil)
				start("500 Oh No", plainText, errors.New("the database fell asleep"))
			})
		}, script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "write", text: trace.Text{App: "writes:App"}, app: func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			write := start("200 OK", plainText)
			_ = write([]byte("written\n"))
			_ = write([]byte("again\n"))
			return wsgi.Text("returned\n")
		}, script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "notes", text: trace.Text{App: "notes:App"}, app: func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			environ["barewire.note"].(func(string))("a middleware was here")
			fmt.Fprintf(environ.Errors(), "first line\nsecond line\n")
			start("200 OK", plainText)
			return wsgi.Text("noted\n")
		}, script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "reads", text: trace.Text{App: "reads:App"}, app: func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			first, _ := environ.Input().ReadLine(100)
			lines := 0
			for range environ.Input().Lines {
				lines++
			}
			_, _ = io.ReadAll(environ.Input())
			start("200 OK", plainText)
			return wsgi.Text(fmt.Sprintf("%q and %d lines\n", first, lines))
		}, script: ask(post("one\ntwo\nthree\n"))},
		{name: "no content", text: trace.Text{App: "empty:App"}, app: func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("204 No Content", nil)
			return wsgi.List{}
		}, script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},

		// Applications in processes of their own.
		{name: "worker", text: trace.Text{App: "app.py:app"}, app: func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			worked := worked(environ)
			worked("environ", 742, 0)
			_, _ = io.ReadAll(environ.Input())
			worked("start_response", 170, 1600, "Flask.__call__", "Flask.wsgi_app", "Response.__call__")
			start("200 OK", plainText)
			worked("answer", 64, 306)
			return wsgi.Text("Hello, ada!\n")
		}, script: ask(post("name=ada"))},
		{name: "worker streams", text: trace.Text{App: "app.py:app"}, app: func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			worked := worked(environ)
			worked("environ", 742, 0)
			worked("returned", 22, 95)
			return wsgi.Stream(func(yield func([]byte, error) bool) {
				worked("start_response", 70, 12, "stream")
				start("200 OK", plainText)
				worked("chunk", 40, 3)
				yield([]byte("first\n"), nil)
				worked("chunk", 40, 1_000_012)
				yield([]byte("second\n"), nil)
				worked("end", 18, 7)
			})
		}, script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "worker writes", text: trace.Text{App: "app.py:app"}, app: func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			worked := worked(environ)
			worked("environ", 742, 0)
			worked("start_response", 70, 95, "application", "written")
			write := start("200 OK", plainText)
			worked("write", 40, 3)
			_ = write([]byte("written\n"))
			worked("answer", 64, 40)
			return wsgi.Text("returned\n")
		}, script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "worker fails", text: trace.Text{App: "app.py:app"}, app: func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			worked := worked(environ)
			worked("environ", 742, 0)
			worked("failed", 300, 900)
			fmt.Fprintln(environ.Errors(), "Traceback (most recent call last):\n  File \"app.py\", line 5, in hello\nKeyError: 'name'")
			start("500 Internal Server Error", plainText, errors.New("the Python application raised an exception"))
			return wsgi.Text("The application failed.\n")
		}, script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "worker calls deeply", text: trace.Text{App: "app.py:app"}, app: func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			worked := worked(environ)
			worked("environ", 742, 0)
			calls := []string{"Middleware.__call__", "create_app.<locals>.a_function_of_a_name_that_is_longer_than_any_line_of_a_trace"}
			worked("start_response", 900, 1200, append(calls, slices.Repeat([]string{"Flask.wsgi_app"}, 9)...)...)
			start("200 OK", plainText)
			worked("answer", 64, 306)
			return wsgi.Text("deep\n")
		}, script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},

		// Much to show.
		{name: "long bodies", text: trace.Text{App: "echo:App"}, app: echo.App,
			script: ask(post(numbered(30) + "no line end"))},
		{name: "long bodies whole", text: trace.Text{App: "echo:App", Body: true}, app: echo.App,
			script: ask(post(numbered(30)))},
		{name: "many chunks", text: trace.Text{App: "stream:App"}, app: stream.App,
			script: ask("GET /?lines=30&pause=0 HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "not too many chunks", text: trace.Text{App: "stream:App"}, app: stream.App,
			script: ask("GET /?lines=8&pause=0 HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "many calls", text: trace.Text{App: "calls:App"}, app: func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			for range 10 {
				_, _ = environ.Input().ReadLine(1)
				_, _ = environ.Input().Read(make([]byte, 2))
			}
			start("200 OK", plainText)
			return wsgi.Text("enough\n")
		}, script: ask(post(numbered(30)))},
		{name: "goroutine ends", text: trace.Text{App: "exits:App"}, app: func(wsgi.Environ, wsgi.StartResponse) wsgi.Body {
			runtime.Goexit()
			return nil
		}, script: func(s *site) {
			p := s.dial()
			p.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
			p.leave()
		}},
		{name: "large body", text: trace.Text{App: "large:App"}, app: func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", plainText)
			return wsgi.List{bytes.Repeat([]byte("0123456789abcde\n"), 10000)}
		}, script: ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n")},
		{name: "long line", text: trace.Text{App: "echo:App"}, app: echo.App,
			script: ask(post(strings.Repeat("0123456789abcde", 17) + "日本" + strings.Repeat("x", 250) + "\n" + strings.Repeat("y", 256) + "\r\nend"))},
		{name: "binary body", text: trace.Text{App: "echo:App"}, app: echo.App,
			script: ask(post("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\xff"))},

		// Ways to show it.
		{name: "environ all", text: trace.Text{App: "demo:App", Environ: true}, app: demo.App,
			script: ask("GET /%C3%A9?q HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\nX-A: 1\r\nX-A: 2\r\nProxy: evil\r\nX_Y: spoofed\r\n\r\n")},
		{name: "view curl", text: trace.Text{App: "echo:App", Curl: true}, app: echo.App,
			script: ask("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 110\r\nContent-Type: text/plain\r\n\r\n", numbered(30))},
		{name: "color", text: trace.Text{App: "hello:App", Color: true}, app: hello.App,
			script: ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nname=ada")},
		{name: "color of a refusal", text: trace.Text{App: "hello:App", Color: true}, app: hello.App,
			script: ask("GET / HTTP/1.1\r\nHost: a\r\nBad\r\n\r\n")},
		{name: "two connections", text: trace.Text{App: "echo:App"}, app: echo.App, script: func(s *site) {
			first, second := s.dial(), s.dial()
			first.say("POST /one HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n")
			s.wait("the first chunk", func() bool {
				return s.Count(func(e server.Event) bool { _, sent := e.(server.Sent); return sent }) == 1
			})
			second.say("POST /two HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\ntwo\n")
			second.ended(1)
			first.say("0\r\n\r\n")
			first.ended(1)
		}},
		{name: "hostile", text: trace.Text{App: "hostile:App", Environ: true}, app: hostile,
			script: ask("POST /%1b[2J{|}\\^`?\\n HTTP/1.1\r\nHost: a\r\nX-\x60: \xff\u202e\u200b\u009b2J\xc3\xa9\r\nContent-Length: 16\r\n\r\n\x1b]0;title\x07\n\u2066\x00\n")},
		{name: "hostile refused", app: hello.App, script: ask("GET /\x1b[31m\u202e HTTP/1.1\r\nHost: \x7f\r\n\x1b[0m\r\n\r\n")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			events := talk(t, test.app, test.change, test.script)
			text := test.text
			golden(t, test.name, show(t, text, events))

			// The same in other ways: read from JSON, and with other options.
			again := make([]server.Event, len(events))
			for i, event := range events {
				again[i] = roundTrip(t, event)
			}
			text.Curl, text.Color = false, false
			want := show(t, text, again)
			check(t, want)
			text.Color = true
			if got := sgr.ReplaceAllString(show(t, text, events), "$1"); got != want {
				t.Errorf("without its colours, got\n%s\nwant\n%s", got, want)
			}
			text.Color, text.Curl = false, true
			if got := turned(show(t, text, events)); got != want {
				t.Errorf("with the arrows turned twice, got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// worked tells of a worker, as an application does that has one. Times are in µs.
func worked(environ wsgi.Environ) func(did string, size int, took int64, calls ...string) {
	watcher := environ.Errors().(interface {
		Worked(process int, did string, size int, took time.Duration, stack string)
	})
	return func(did string, size int, took int64, calls ...string) {
		watcher.Worked(4242, did, size, time.Duration(took)*time.Microsecond, strings.Join(calls, "\n"))
	}
}

// deaf reads its input, and does not care that it is broken.
func deaf(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	_, _ = io.ReadAll(environ.Input())
	start("200 OK", plainText)
	return wsgi.Text("All is well.\n")
}

// streaming makes an application that says one chunk after another.
func streaming(talk func(say func(string))) wsgi.Application {
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", plainText)
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			talk(func(chunk string) { yield([]byte(chunk), nil) })
		})
	}
}

// lengthy makes an application that states a length, and yields chunks.
func lengthy(length string, chunks ...string) wsgi.Application {
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Content-Length", length}})
		list := wsgi.List{}
		for _, chunk := range chunks {
			list = append(list, []byte(chunk))
		}
		return list
	}
}

// numbered is a text of so many lines.
func numbered(lines int) string {
	var text strings.Builder
	for i := range lines {
		fmt.Fprintf(&text, "l%d\n", i)
	}
	return text.String()
}

// hostile passes on what it got, and adds some of its own.
func hostile(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	body, _ := io.ReadAll(environ.Input())
	environ["barewire.note"].(func(string))("\x1b[1mbold\u202e\x9b")
	fmt.Fprint(environ.Errors(), "\x1b[2J\r\n\u200b\n")
	start("200 \u202eKO", wsgi.Headers{{"X-Back", environ.Text("HTTP_X_`")}}, errors.New("\x1b[31m\u2028\xff"))
	return wsgi.List{body}
}
