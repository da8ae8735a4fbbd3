package server_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"barewire/server"
	"barewire/server/trace"
	wsgi "barewire/steps/06_wsgi"
)

// A rude error panics when it is asked anything, with itself.
type rude struct{}

func (r rude) Error() string   { panic(r) }
func (r rude) Is(error) bool   { panic(r) }
func (r rude) As(any) bool     { panic(r) }
func (r rude) Unwrap() []error { panic(r) }

const rudeText = "a server_test.rude that panics when it is asked what it is"

// What an application does, what its client gets, and what whoever runs the server
// reads of it. TestHostileApplications has the plain cases; these are sly.
func TestSlyApplications(t *testing.T) {
	ok200 := func(start wsgi.StartResponse) wsgi.Write { return start("200 OK", nil) }
	one := ok + "Transfer-Encoding: chunked\r\n" + stamp + "\r\n4\r\none\n\r\n"
	fields := make(wsgi.Headers, 10_000)
	for i := range fields {
		fields[i] = [2]string{fmt.Sprintf("X-%d", i), strings.Repeat("x", 100)}
	}
	var fieldLines strings.Builder
	for _, field := range fields {
		fieldLines.WriteString(field[0] + ": " + field[1] + "\r\n")
	}

	tests := []struct {
		name string
		app  wsgi.Application
		want string
		kept bool
		line string // a part of the line about it; "" when there is nothing to tell
	}{
		{
			"panics with a value that panics",
			func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { panic(rude{}) },
			failed, false, rudeText,
		},
		{
			"fails with an error that panics",
			func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return wsgi.Fail(rude{}) },
			failed, false, rudeText,
		},
		{
			"starts with a cause that panics",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				start("200 OK", nil, rude{})
				return wsgi.Text("one\n")
			},
			ok + "Content-Length: 4\r\n" + stamp + "\r\none\n", true, "",
		},
		{
			"closes with an error that panics",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				ok200(start)
				return &counted{Body: wsgi.List{}, close: func() error { return rude{} }}
			},
			ok + "Content-Length: 0\r\n" + stamp + "\r\n", true, rudeText,
		},
		{
			"panics with a novel, of which the beginning is told",
			func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { panic(strings.Repeat("x", 1<<20)) },
			failed, false, strings.Repeat("x", 40),
		},
		{
			"panics with control bytes, which nobody's terminal gets",
			func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { panic("look\x1b[2J") },
			failed, false, `look\x1b[2J`,
		},
		{
			"yields an error, and goes on",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				return wsgi.Stream(func(yield func([]byte, error) bool) {
					ok200(start)
					yield(nil, errSecret)
					yield([]byte("one\n"), nil)
				})
			},
			failed, false, "a body goes on when yield has returned false",
		},
		{
			"panics behind its last chunk",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				ok200(start)
				return wsgi.Stream(func(yield func([]byte, error) bool) {
					yield([]byte("one\n"), nil)
					panic(errSecret)
				})
			},
			one, false, errSecret.Error(),
		},
		{
			"closes its body by itself, twice",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				ok200(start)
				body := &counted{Body: wsgi.Text("one\n"), close: func() error { return nil }}
				_, _ = body.Close(), body.Close()
				return body
			},
			one + "0\r\n\r\n", true, "",
		},
		{
			"has a body whose Len panics",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				ok200(start)
				return struct{ sized }{}
			},
			failed, false, errSecret.Error(),
		},
		{
			"has ten thousand headers",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				start("200 OK", fields)
				return wsgi.List{}
			},
			ok + fieldLines.String() + "Content-Length: 0\r\n" + stamp + "\r\n", true, "",
		},
		{
			"empties its environ, and puts another wsgi.input there",
			func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				clear(environ)
				environ["wsgi.input"] = 7
				return hi(environ, start)
			},
			ok + plain + "Content-Length: 3\r\n" + stamp + "\r\nhi\n", true, "",
		},
		{
			"starts in another goroutine, and waits for it",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				started := make(chan struct{})
				go func() { ok200(start); close(started) }()
				<-started
				return wsgi.Text("one\n")
			},
			ok + "Content-Length: 4\r\n" + stamp + "\r\none\n", true, "",
		},
		{
			"yields in another goroutine, and waits for it",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				return wsgi.Stream(func(yield func([]byte, error) bool) {
					ok200(start)
					yielded := make(chan struct{})
					go func() { yield([]byte("one\n"), nil); close(yielded) }()
					<-yielded
				})
			},
			one + "0\r\n\r\n", true, "",
		},
	}
	const send = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello" + follower
	for _, test := range tests {
		want := test.want
		if test.kept {
			want += followed
		}
		t.Run(test.name, func(t *testing.T) {
			var report bytes.Buffer
			s := start(t, test.app, func(s *server.Server) { s.Errors = &report })
			c := s.dial(t)
			c.say(send)
			c.wantRest(want, fin)
			_ = c.Close()
			s.alive(t)
			s.stop(t)
			wantLine(t, report.String(), test.line)
			if got := strings.Count(report.String(), "\n"); got > 1 || report.Len() > 2000 {
				t.Errorf("the server reports %d lines of %d bytes, want one", got, report.Len())
			}
		})
		t.Run(test.name+", watched", func(t *testing.T) {
			var shown bytes.Buffer
			var mutex sync.Mutex
			text := trace.Text{Out: &shown}
			s := start(t, test.app, func(s *server.Server) {
				s.Observe = func(event server.Event) {
					mutex.Lock()
					defer mutex.Unlock()
					_ = text.Write(event) // to memory
				}
			})
			c := s.dial(t)
			c.say(send)
			c.wantRest(want, fin)
			_ = c.Close()
			s.alive(t)
			s.stop(t)
			// The trace breaks long lines.
			wantLine(t, strings.Join(strings.Fields(shown.String()), " "), test.line)
			if strings.Contains(shown.String(), "\x1b") {
				t.Errorf("the trace holds a control byte:\n%s", shown.String())
			}
		})
	}
}

// wantLine wants a line to be told, once; "" is no line.
func wantLine(t *testing.T, told, line string) {
	t.Helper()
	if line == "" {
		if strings.Contains(told, "barewire: ") {
			t.Errorf("told is %q, want nothing", told)
		}
		return
	}
	if !strings.Contains(told, line) {
		t.Errorf("told is\n%.2000s\nwant %q in it", told, line)
	}
}

// A sized body panics when it is counted.
type sized struct{ wsgi.Body }

func (sized) Len() int     { panic(errSecret) }
func (sized) Close() error { return nil }

// What an application keeps of a request is of no use when its answer is over: not
// a byte of it reaches the next one, and none of the next one's reaches it.
func TestLeftovers(t *testing.T) {
	type kept struct {
		environ wsgi.Environ
		start   wsgi.StartResponse
		write   wsgi.Write
		yield   func([]byte, error) bool
	}
	usual := ok + "Transfer-Encoding: chunked\r\n" + stamp + "\r\n4\r\none\n\r\n0\r\n\r\n"
	fails := func(err error) string {
		if err == nil {
			return "it is accepted"
		}
		return ""
	}
	uses := []struct {
		name string
		use  func(kept) (wrong string)
	}{
		{"write", func(k kept) string { return fails(k.write([]byte("late\n"))) }},
		{"yield", func(k kept) string {
			if k.yield([]byte("late\n"), nil) || k.yield(nil, errSecret) {
				return "it wants more"
			}
			return ""
		}},
		{"start", func(k kept) string {
			return fails(k.start("404 Not Found", nil, errSecret)([]byte("late\n")))
		}},
		{"wsgi.input, read", func(k kept) string {
			n, err := k.environ.Input().Read(make([]byte, 100))
			return fails(err) + strings.Repeat("a byte of the next request ", n)
		}},
		{"wsgi.input, its lines", func(k kept) string {
			_, err := k.environ.Input().ReadLine(100)
			for line, lineErr := range k.environ.Input().Lines {
				err = errors.Join(err, lineErr)
				if len(line) > 0 {
					return fmt.Sprintf("it has %q", line)
				}
			}
			return fails(err)
		}},
		{"environ", func(k kept) string {
			clear(k.environ)
			for i := range 1000 {
				k.environ[fmt.Sprint("HTTP_X_", i)] = "late"
			}
			return ""
		}},
	}
	ends := []struct {
		name string
		want string
		kept bool // the connection
		end  func()
	}{
		{"an answer", usual, true, func() {}},
		{"a panic behind the head", strings.TrimSuffix(usual, "0\r\n\r\n"), false, func() { panic(errSecret) }},
	}
	for _, end := range ends {
		for _, use := range uses {
			t.Run(use.name+" after "+end.name, func(t *testing.T) {
				var left kept
				next, used := make(chan struct{}), make(chan struct{})
				s := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
					if environ.Text("PATH_INFO") == "/next" {
						close(next)
						<-used
						return reader(environ, start)
					}
					left = kept{environ: environ, start: start}
					return wsgi.Stream(func(yield func([]byte, error) bool) {
						left.yield = yield
						left.write = start("200 OK", nil)
						yield([]byte("one\n"), nil)
						end.end()
					})
				})
				c := s.dial(t)
				c.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
				if !end.kept {
					c.wantRest(end.want, fin)
					c = s.dial(t)
				} else {
					c.hear(end.want)
				}
				c.say("POST /next HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello" + follower)
				await(t, next, "the next request is served")
				if wrong := use.use(left); wrong != "" {
					t.Errorf("after the end, %s is used: %s", use.name, wrong)
				}
				close(used)
				c.wantRest(ok+plain+"Content-Length: 8\r\n"+stamp+"\r\n\"hello\"\n"+followed, fin)
			})
		}
	}
}

// An application that panics has no answer any more. Whoever has its write, or
// waits for its body, does not meddle with the one that the client gets instead.
func TestLeftoversOfAPanic(t *testing.T) {
	for _, mode := range []string{"while called", "while sent"} {
		t.Run(mode, func(t *testing.T) {
			var write wsgi.Write
			var begin wsgi.StartResponse
			var input wsgi.Input
			s := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				begin, input = start, environ.Input()
				write = start("200 OK", nil)
				if mode == "while called" {
					panic(errSecret)
				}
				return wsgi.Stream(func(func([]byte, error) bool) { panic(errSecret) })
			}, func(s *server.Server) {
				s.Gate = func(_ server.Place, stage server.Stage, _ func() bool) {
					if stage.Number != 8 || write == nil {
						return
					}
					// The explanation is next.
					begin("200 OK", nil, errSecret)
					if write([]byte("late\n")) == nil {
						t.Error("write is accepted after the panic")
					}
					if _, err := input.Read(make([]byte, 1)); err == nil {
						t.Error("wsgi.input is read after the panic")
					}
				}
			})
			c := s.dial(t)
			c.say("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
			c.wantRest(failed, fin)
			write = nil
			s.alive(t)
		})
	}
}

// Two goroutines of an application at once spoil their own answer at worst, and
// the race detector finds nothing in ours.
func TestGoroutines(t *testing.T) {
	const rounds = 200
	t.Run("that write while the body is sent", func(t *testing.T) {
		s := start(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			write := start("200 OK", nil)
			return wsgi.Stream(func(yield func([]byte, error) bool) {
				var writing sync.WaitGroup
				aside(&writing, func() {
					for range rounds {
						_ = write([]byte("written\n"))
					}
				})
				for range rounds {
					yield([]byte("yielded\n"), nil)
				}
				writing.Wait()
			})
		}, watched)
		c := s.dial(t)
		c.say("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		got, err := io.ReadAll(answer.Body)
		written, yielded := bytes.Count(got, []byte("written\n")), bytes.Count(got, []byte("yielded\n"))
		if err != nil || written != rounds || yielded != rounds || len(got) != 2*rounds*len("written\n") {
			t.Errorf("%d chunks written and %d yielded arrive whole, of %d bytes, and %v, want %d of each", written, yielded, len(got), err, rounds)
		}
	})
	t.Run("that start too late", func(t *testing.T) {
		var starting sync.WaitGroup
		s := start(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			aside(&starting, func() { _ = start("200 OK", nil)([]byte("one\n")) })
			return wsgi.List{}
		}, watched)
		for range rounds / 4 {
			got := s.ask(t, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			answer, err := http.ReadResponse(bufio.NewReader(strings.NewReader(got)), nil)
			if err != nil || answer.StatusCode != 200 && answer.StatusCode != 500 {
				t.Errorf("the server says\n%q, want one answer", got)
			}
		}
		starting.Wait()
	})
	t.Run("that read while the answer is sent", func(t *testing.T) {
		var reading sync.WaitGroup
		s := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			aside(&reading, func() { _, _ = io.Copy(io.Discard, environ.Input()) })
			return hi(environ, start)
		}, watched)
		c := s.dial(t)
		for range rounds / 4 {
			c.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello")
			c.say("world")
			c.hear(ok + plain + "Content-Length: 3\r\n" + stamp + "\r\nhi\n")
		}
		c.say(follower)
		c.wantRest(followed, fin)
		reading.Wait()
	})
}

// aside does something in a goroutine of its own.
func aside(group *sync.WaitGroup, do func()) {
	group.Add(1)
	go func() {
		defer group.Done()
		do()
	}()
}
