package server_test

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"barewire/apps/hello"
	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// A record keeps all that an observer is told.
type record struct {
	mutex  sync.Mutex
	events []server.Event
}

func (r *record) observe(event server.Event) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.events = append(r.events, event)
}

func (r *record) on(s *server.Server) { s.Observe = r.observe }

// tale tells the events so far, a line for each.
func (r *record) tale() string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	var lines strings.Builder
	for _, event := range r.events {
		where := event.Where()
		fmt.Fprintf(&lines, "%d.%d %s\n", where.Conn, where.Request, telling(event))
	}
	return lines.String()
}

// telling tells one event, without what differs from run to run: times, ports,
// and the part of the environ that is the same for every request.
func telling(event server.Event) string {
	switch event := event.(type) {
	case server.Opened:
		return fmt.Sprintf("opened %s to %s", event.Client.Host, event.Server.Host)
	case server.Received:
		return fmt.Sprintf("received %d B", event.Size)
	case server.Sent:
		return fmt.Sprintf("sent %d B %q", event.Size, event.Bytes[:min(15, len(event.Bytes))])
	case server.Passed:
		return fmt.Sprintf("%02d %s", event.Step, event.Name) + product(event) + trouble(event.Refused, event.Error)
	case server.InputRead:
		end := ""
		if event.End {
			end = ", the end"
		}
		return fmt.Sprintf("input.%s %d B", event.Call, event.Size) + end + trouble(event.Refused, event.Error)
	case server.Started:
		return fmt.Sprintf("start %s %q", event.Status, event.Headers) + trouble(nil, event.Cause)
	case server.Chunk:
		return fmt.Sprintf("chunk %d, %d B, written %t", event.Number, event.Size, event.Written)
	case server.Noted:
		return fmt.Sprintf("noted %q, wsgi.errors %t", event.Text, event.Error)
	case server.Ended:
		return fmt.Sprintf("ended, %d B in, %d B out, keep %t", event.In, event.Out, event.Keep)
	case server.Gone:
		return "gone"
	case server.Dropped:
		return fmt.Sprintf("dropped %d", event.Count)
	}
	return fmt.Sprintf("%T", event)
}

// product tells what came out of a step.
func product(event server.Passed) string {
	switch event.Step {
	case 2:
		return fmt.Sprintf(" %q", event.Head)
	case 3:
		return fmt.Sprintf(" %+v", *event.Line)
	case 4:
		return fmt.Sprintf(" %q", event.Fields)
	case 5:
		return fmt.Sprintf(" %+v", *event.Framing)
	case 7:
		var clients []string
		for _, key := range slices.Sorted(maps.Keys(event.Environ)) {
			if strings.HasPrefix(key, "HTTP_") || strings.HasPrefix(key, "CONTENT_") || key == "PATH_INFO" || key == "wsgi.version" {
				clients = append(clients, key+"="+event.Environ[key])
			}
		}
		return " " + strings.Join(clients, " ")
	case 9:
		return " " + event.Status
	case 10:
		return fmt.Sprintf(" keep %t", event.Keep)
	}
	return ""
}

// trouble tells what went wrong.
func trouble(refused *server.Refusal, err string) string {
	switch {
	case refused != nil:
		return fmt.Sprintf(": refused, %s, %s, %s, %q", refused.Status, refused.Rule, refused.Section, refused.Got)
	case err != "":
		return ": " + err
	}
	return ""
}

// What an observer is told, event by event, is the whole story of a request.
func TestEvents(t *testing.T) {
	tests := []struct {
		name string
		app  wsgi.Application
		send string
		want string
	}{
		{
			"a form", hello.App,
			"POST /hello?x=1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 8\r\n\r\nname=ada",
			`
1.0 opened 127.0.0.1 to 127.0.0.1
1.1 received 113 B
1.1 02 read "POST /hello?x=1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 8\r\n\r\n"
1.1 03 requestline {Method:POST Target:/hello?x=1 Version:HTTP/1.1 Authority: Path:/hello Query:x=1}
1.1 04 headers [["Host" "x"] ["Content-Type" "application/x-www-form-urlencoded"] ["Content-Length" "8"]]
1.1 05 body {Length:8 Chunked:false Continue:false}
1.1 07 environ CONTENT_LENGTH='8' CONTENT_TYPE='application/x-www-form-urlencoded' HTTP_HOST='x' PATH_INFO='/hello' wsgi.version=(1, 0)
1.1 input.read 8 B
1.1 input.read 0 B, the end
1.1 start 200 OK [["Content-Type" "text/plain"]]
1.1 08 call
1.1 chunk 1, 12 B, written false
1.1 sent 132 B "HTTP/1.1 200 OK"
1.1 09 response 200 OK
1.1 10 keepalive keep true
1.1 ended, 113 B in, 132 B out, keep true
1.0 gone
`},
		{
			"two requests in one read", told,
			"GET /1 HTTP/1.1\r\nHost: x\r\n\r\n" + "HEAD /2 HTTP/1.0\r\n\r\n",
			`
1.0 opened 127.0.0.1 to 127.0.0.1
1.1 received 48 B
1.1 02 read "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
1.1 03 requestline {Method:GET Target:/1 Version:HTTP/1.1 Authority: Path:/1 Query:}
1.1 04 headers [["Host" "x"]]
1.1 05 body {Length:0 Chunked:false Continue:false}
1.1 07 environ HTTP_HOST='x' PATH_INFO='/1' wsgi.version=(1, 0)
1.1 start 200 OK [["Content-Type" "text/plain"]]
1.1 08 call
1.1 chunk 1, 16 B, written false
1.1 sent 136 B "HTTP/1.1 200 OK"
1.1 09 response 200 OK
1.1 10 keepalive keep true
1.1 ended, 28 B in, 136 B out, keep true
1.2 02 read "HEAD /2 HTTP/1.0\r\n\r\n"
1.2 03 requestline {Method:HEAD Target:/2 Version:HTTP/1.0 Authority: Path:/2 Query:}
1.2 04 headers []
1.2 05 body {Length:0 Chunked:false Continue:false}
1.2 07 environ PATH_INFO='/2' wsgi.version=(1, 0)
1.2 start 200 OK [["Content-Type" "text/plain"]]
1.2 08 call
1.2 chunk 1, 16 B, written false
1.2 sent 139 B "HTTP/1.1 200 OK"
1.2 09 response 200 OK
1.2 10 keepalive keep false
1.2 ended, 20 B in, 139 B out, keep false
1.0 gone
`},
		{
			// The explanation is an application, and goes the same way.
			"a refusal", hi,
			"GET / HTTP/1.1\r\nHost: x\r\nnocolon\r\n\r\n",
			`
1.0 opened 127.0.0.1 to 127.0.0.1
1.1 received 36 B
1.1 02 read "GET / HTTP/1.1\r\nHost: x\r\nnocolon\r\n\r\n"
1.1 03 requestline {Method:GET Target:/ Version:HTTP/1.1 Authority: Path:/ Query:}
1.1 04 headers [["Host" "x"]]: refused, 400 Bad Request, a field is a name, a colon and a value, RFC 9112 §5, "nocolon"
1.1 start 400 Bad Request [["Content-Type" "text/plain; charset=utf-8"]]
1.1 08 call
1.1 chunk 1, 122 B, written false
1.1 sent 286 B "HTTP/1.1 400 Ba"
1.1 09 response 400 Bad Request
1.1 10 keepalive keep false
1.1 ended, 36 B in, 286 B out, keep false
1.0 gone
`},
		{
			"all that an application can say",
			func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				environ["barewire.note"].(func(string))("hello")
				fmt.Fprintln(environ.Errors(), "oh")
				start("200 OK", nil)
				write := start("404 Not Found", wsgi.Headers{{"A", "b"}}, errSecret)
				_ = write([]byte("one\n"))
				return wsgi.List{[]byte("two\n"), nil}
			},
			"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
			`
1.0 opened 127.0.0.1 to 127.0.0.1
1.1 received 27 B
1.1 02 read "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
1.1 03 requestline {Method:GET Target:/ Version:HTTP/1.1 Authority: Path:/ Query:}
1.1 04 headers [["Host" "x"]]
1.1 05 body {Length:0 Chunked:false Continue:false}
1.1 07 environ HTTP_HOST='x' PATH_INFO='/' wsgi.version=(1, 0)
1.1 noted "hello", wsgi.errors false
1.1 noted "oh\n", wsgi.errors true
1.1 start 200 OK []
1.1 start 404 Not Found [["A" "b"]]: the password of the database is 12345
1.1 chunk 1, 4 B, written true
1.1 sent 124 B "HTTP/1.1 404 No"
1.1 08 call
1.1 chunk 2, 4 B, written false
1.1 sent 9 B "4\r\ntwo\n\r\n"
1.1 chunk 3, 0 B, written false
1.1 sent 5 B "0\r\n\r\n"
1.1 09 response 404 Not Found
1.1 10 keepalive keep true
1.1 ended, 27 B in, 138 B out, keep true
1.0 gone
`},
		{
			"a body that breaks off", reader,
			"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel",
			`
1.0 opened 127.0.0.1 to 127.0.0.1
1.1 received 62 B
1.1 02 read "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
1.1 03 requestline {Method:POST Target:/ Version:HTTP/1.1 Authority: Path:/ Query:}
1.1 04 headers [["Host" "x"] ["Transfer-Encoding" "chunked"]]
1.1 05 body {Length:0 Chunked:true Continue:false}
1.1 07 environ HTTP_HOST='x' PATH_INFO='/' wsgi.version=(1, 0)
1.1 input.read 3 B
1.1 input.read 0 B: refused, 400 Bad Request, the body ended early, RFC 9112 §8, ""
1.1 08 call
1.1 09 response : refused, 400 Bad Request, the body ended early, RFC 9112 §8, ""
1.1 start 400 Bad Request [["Content-Type" "text/plain; charset=utf-8"]]
1.1 08 call
1.1 chunk 1, 83 B, written false
1.1 sent 246 B "HTTP/1.1 400 Ba"
1.1 09 response 400 Bad Request
1.1 10 keepalive keep false
1.1 ended, 62 B in, 246 B out, keep false
1.0 gone
`},
		{
			"a failure", func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return wsgi.Fail(errSecret) },
			"GET / HTTP/1.0\r\n\r\n",
			`
1.0 opened 127.0.0.1 to 127.0.0.1
1.1 received 18 B
1.1 02 read "GET / HTTP/1.0\r\n\r\n"
1.1 03 requestline {Method:GET Target:/ Version:HTTP/1.0 Authority: Path:/ Query:}
1.1 04 headers []
1.1 05 body {Length:0 Chunked:false Continue:false}
1.1 07 environ PATH_INFO='/' wsgi.version=(1, 0)
1.1 08 call
1.1 09 response : the password of the database is 12345
1.1 start 500 Internal Server Error [["Content-Type" "text/plain; charset=utf-8"]]
1.1 08 call
1.1 chunk 1, 97 B, written false
1.1 sent 270 B "HTTP/1.1 500 In"
1.1 09 response 500 Internal Server Error
1.1 10 keepalive keep false
1.1 ended, 18 B in, 270 B out, keep false
1.0 gone
`},
		{
			"a client that leaves inside the head", hi,
			"GET / HT",
			`
1.0 opened 127.0.0.1 to 127.0.0.1
1.1 received 8 B
1.1 02 read "GET / HT": read: the client left inside the head: unexpected EOF
1.1 ended, 8 B in, 0 B out, keep false
1.0 gone
`},
		{
			"an application that ends its goroutine",
			func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { runtime.Goexit(); return nil },
			"GET / HTTP/1.0\r\n\r\n",
			`
1.0 opened 127.0.0.1 to 127.0.0.1
1.1 received 18 B
1.1 02 read "GET / HTTP/1.0\r\n\r\n"
1.1 03 requestline {Method:GET Target:/ Version:HTTP/1.0 Authority: Path:/ Query:}
1.1 04 headers []
1.1 05 body {Length:0 Chunked:false Continue:false}
1.1 07 environ PATH_INFO='/' wsgi.version=(1, 0)
1.1 08 call: the application ended its goroutine
1.0 gone
`},
		{
			"nobody says anything", hi, "",
			`
1.0 opened 127.0.0.1 to 127.0.0.1
1.0 gone
`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var record record
			s := start(t, test.app, record.on)
			c := s.dial(t)
			c.say(test.send)
			if err := c.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			c.rest()
			s.stop(t)
			if diff := cmp.Diff(strings.Split(test.want, "\n")[1:], strings.Split(record.tale(), "\n")); diff != "" {
				t.Errorf("to %q the observer is told: -want +got\n%s", test.send, diff)
			}
		})
	}
}

// Times are true: no event is told before it happened, and no step takes longer
// than its exchange.
func TestEventTimes(t *testing.T) {
	began := time.Now()
	var record record
	s := start(t, town, record.on)
	s.ask(t, "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello")
	s.stop(t)
	before := began
	var steps, exchange time.Duration
	for _, event := range record.events {
		if at := event.Where().At; at.Before(before) {
			t.Errorf("%s happens at %v, before the event in front of it", telling(event), at)
		} else {
			before = at
		}
		switch event := event.(type) {
		case server.Passed:
			if event.Took < 0 {
				t.Errorf("%s took %v", telling(event), event.Took)
			}
			steps += event.Took
		case server.Ended:
			exchange = event.Took
		}
	}
	if exchange == 0 || steps > exchange {
		t.Errorf("the steps took %v together, and the exchange %v", steps, exchange)
	}
}

// An event is a copy. Whoever got it may keep it, whatever comes next on the
// connection, and may change it.
func TestEventsAreCopies(t *testing.T) {
	t.Run("that stay", func(t *testing.T) {
		var record record
		s := start(t, reader, record.on)
		c := s.dial(t)
		ask := func(text string) {
			t.Helper()
			c.say(fmt.Sprintf("POST /%s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", text, text, len(text), text))
			c.hear(fmt.Sprintf("%s%sContent-Length: %d\r\n%s\r\n%q\n", ok, plain, len(text)+3, stamp, text))
		}
		ask("first")
		before := record.tale()
		for range 10 {
			ask("other")
		}
		if after := record.tale(); !strings.HasPrefix(after, before) {
			t.Errorf("the events were\n%s\nand are now\n%s", before, after)
		}
	})
	// Watching does not change a byte, not even when each event is overwritten,
	// meanwhile, by somebody else. The race detector watches too.
	t.Run("that change nothing", func(t *testing.T) {
		overwriting := func(s *server.Server) {
			s.Observe = func(event server.Event) { go overwrite(event) }
		}
		for _, row := range rows() {
			t.Run(row.name, func(t *testing.T) { row.exchange(t, client.say, overwriting) })
		}
	})
}

// overwrite changes all that an event holds.
func overwrite(event server.Event) {
	switch event := event.(type) {
	case server.Received:
		fill(event.Bytes)
	case server.Sent:
		fill(event.Bytes)
	case server.Started:
		fillFields(event.Headers)
	case server.Passed:
		fill(event.Head)
		fillFields(event.Fields)
		clear(event.Environ)
		if event.Line != nil {
			event.Line.Method = "?"
		}
		if event.Framing != nil {
			event.Framing.Length = 1000
		}
	}
}

func fill(bytes server.Bytes) {
	for i := range bytes {
		bytes[i] = '?'
	}
}

func fillFields(fields []server.Field) {
	for _, field := range fields {
		fill(field[0])
		fill(field[1])
	}
}

// An application may have something to say when its request is long over.
func TestLateNote(t *testing.T) {
	var record record
	over, noted := make(chan struct{}), make(chan struct{})
	s := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		if environ.Text("PATH_INFO") == "/late" {
			go func() {
				defer close(noted)
				<-over
				environ["barewire.note"].(func(string))("at last")
			}()
		}
		return hi(environ, start)
	}, record.on)
	c := s.dial(t)
	c.say("GET /late HTTP/1.1\r\nHost: x\r\n\r\n" + "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	c.hear(strings.Repeat(ok+plain+"Content-Length: 3\r\n"+stamp+"\r\nhi\n", 2))
	close(over)
	await(t, noted, "the application notes something")
	if want := "1.1 noted \"at last\", wsgi.errors false\n"; !strings.Contains(record.tale(), want) {
		t.Errorf("the observer is told\n%s, want %s among it", record.tale(), want)
	}
}

// A step's time is its own, without that of whom it called or waited for. To
// see that, something is slow for at least so long; then the time of the step
// and that of the slow part must fit together into the time of the exchange.
func TestTook(t *testing.T) {
	const slow = 25 * time.Millisecond
	tests := []struct {
		name string
		app  wsgi.Application
		wire func(server.Event) // an observer that can make a read or a write slow
		held time.Duration      // behind each chunk
		step int
		slow time.Duration // in all
	}{
		{
			"08 does not wait for the body",
			reader,
			func(event server.Event) {
				// The first read finds the head, and more, before the exchange begins.
				if received, is := event.(server.Received); is && received.Size < 4096 {
					time.Sleep(slow)
				}
			},
			0, 8, 1 * slow,
		},
		{
			"08 does not write",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				write := start("200 OK", wsgi.Headers{{"Content-Length", "8"}})
				_, _ = write([]byte("one\n")), write([]byte("two\n"))
				return wsgi.List{}
			},
			func(event server.Event) {
				if _, is := event.(server.Sent); is {
					time.Sleep(slow)
				}
			},
			0, 8, 2 * slow,
		},
		{
			"09 does not make the chunks",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				start("200 OK", nil)
				return wsgi.Stream(func(yield func([]byte, error) bool) {
					for range 3 {
						time.Sleep(slow)
						yield([]byte("chunk\n"), nil)
					}
				})
			},
			func(server.Event) {},
			0, 9, 3 * slow,
		},
		{
			"08 is not held behind a chunk",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				write := start("200 OK", nil)
				_, _ = write([]byte("one\n")), write([]byte("two\n"))
				return wsgi.List{}
			},
			func(server.Event) {},
			slow, 8, 2 * slow,
		},
		{
			"nor is 09",
			func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				start("200 OK", nil)
				return wsgi.List{[]byte("one\n"), []byte("two\n")}
			},
			func(server.Event) {},
			slow, 9, 2 * slow,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var record record
			s := start(t, test.app, func(s *server.Server) {
				s.Observe = func(event server.Event) {
					record.observe(event)
					test.wire(event)
				}
				s.AfterChunk = func(server.Place, server.Stage, int, func() bool) { time.Sleep(test.held) }
			})
			c := s.dial(t)
			// More than the server reads at a time, so the end of the body is
			// another read.
			c.say(post + "Connection: close\r\nContent-Length: 5000\r\n\r\n" + strings.Repeat("x", 5000))
			c.rest()
			_ = c.Close()
			s.stop(t)
			var took, exchange time.Duration
			for _, event := range record.events {
				switch event := event.(type) {
				case server.Passed:
					if event.Step == test.step {
						took = event.Took
					}
				case server.Ended:
					exchange = event.Took
				}
			}
			if took+test.slow > exchange {
				t.Errorf("of %v, step %02d takes %v for itself, and %v went elsewhere", exchange, test.step, took, test.slow)
			}
		})
	}
}
