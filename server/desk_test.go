package server_test

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"testing"

	"barewire/server"
	read "barewire/steps/02_read"
	headers "barewire/steps/04_headers"
	wsgi "barewire/steps/06_wsgi"
)

func forgetful(s *server.Server) { s.Remember = false }

// everything tells all that is text in the environ, and the body.
func everything(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	body, err := io.ReadAll(environ.Input())
	if err != nil {
		return wsgi.Fail(err)
	}
	var told strings.Builder
	for _, key := range slices.Sorted(maps.Keys(environ)) {
		if text, is := environ[key].(string); is {
			fmt.Fprintf(&told, "%s=%q\n", key, text)
		}
	}
	return say(start, fmt.Sprintf("%s%q\n", &told, body))
}

// Who remembers says what one says who does all the work again, to the byte. The
// pipelines are made of few lines, so that heads, and fields below another request
// line, come again, right behind another and later, and in every mixture.
func TestRememberingChangesNothing(t *testing.T) {
	const pipelines = 400
	lines := []string{
		"GET / HTTP/1.1", "GET / HTTP/1.0", "GET /a?b HTTP/1.1", "GET http://y/ HTTP/1.1", "GET http://z/ HTTP/1.1",
		"POST / HTTP/1.1", "HEAD / HTTP/1.1", "OPTIONS * HTTP/1.1", "GET / HTTP/1.7", "GET /%20 HTTP/1.1", "GET  /", "POST / HTTP/1.0",
	}
	fields := []string{
		"Host: x", "Cookie: a", "Cookie: b", "Connection: keep-alive", "Content-Length: 3", "Transfer-Encoding: chunked",
		"X-Y: 1", "X_Y: 1", "Expect: 100-continue", "Host: y", "Connection: close", "Bad",
	}
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(from []string) string { return from[random.IntN(1+random.IntN(len(from)))] } // the first ones more often

	var below string // the field lines, often those of the request before
	request := func() string {
		switch random.IntN(4) {
		case 0, 1:
			below = strings.Repeat("Host: x\r\n", min(1, random.IntN(8)))
			for range random.IntN(3) {
				below += pick(fields) + "\r\n"
			}
		case 2: // of the same length
			below = strings.Replace(below, "Cookie: a", "Cookie: b", 1)
		}
		head := pick(lines) + "\r\n" + below
		switch {
		case strings.Contains(head, "chunked"):
			return head + "\r\n3\r\nabc\r\n0\r\n\r\n"
		case strings.Contains(head, "Length"):
			return head + "\r\n" + pick([]string{"abc", "GET", "\r\n\r"})
		}
		return head + "\r\n"
	}

	remembers, forgets := startTapes(t, everything), startTapes(t, everything, forgetful)
	for n := range pipelines {
		var send string
		for range 1 + random.IntN(5) {
			send += strings.Repeat("\r\n", random.IntN(12)/11) + strings.Repeat(request(), 1+random.IntN(3))
		}
		cut := random.IntN(len(send) + 1)
		got, want := remembers.play(t, io.EOF, send[:cut], send[cut:]), forgets.play(t, io.EOF, send[:cut], send[cut:])
		if got != want {
			t.Fatalf("pipeline %d, to\n%q, cut at %d, who remembers says\n%q, want\n%q", n, send, cut, got, want)
		}
	}
}

// A head that comes again is not read again, nor are the fields of one that has
// another request line. A server that is told to forget does all of it each time.
func TestRememberSparesWork(t *testing.T) {
	for _, test := range []struct {
		name          string
		set           func(*server.Server)
		reads, parses int
	}{
		{"it remembers", func(*server.Server) {}, 2, 1},
		{"it forgets", forgetful, 6, 6},
	} {
		t.Run(test.name, func(t *testing.T) {
			reads, parses := 0, 0
			s := startTapes(t, told, test.set,
				swap("read", server.ReadHead(func(r *bufio.Reader, limits read.Limits, buf []byte) ([]byte, error) {
					reads++
					return read.Head(r, limits, buf)
				})),
				swap("headers", server.ParseHeaders(func(lines []byte, fields []headers.Field) ([]headers.Field, error) {
					parses++
					return headers.Parse(lines, fields)
				})))
			s.play(t, io.EOF, strings.Repeat("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 5)+"GET /other HTTP/1.1\r\nHost: x\r\n\r\n")
			if reads != test.reads || parses != test.parses {
				t.Errorf("heads are read %d times and fields parsed %d times, want %d and %d", reads, parses, test.reads, test.parses)
			}
		})
	}
}

// A desk goes from one connection to another, with all that is known there. What is
// said of the client is said of the one who asks.
func TestADeskKnowsWhoSitsThere(t *testing.T) {
	s := start(t, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		return say(start, environ.Text("REMOTE_PORT")+environ.Text("HTTP_COOKIE"))
	})
	var clients []client
	for range 3 {
		clients = append(clients, s.dial(t))
	}
	for _, path := range []string{"/", "/", "/", "/other", "/other", "/"} {
		for _, c := range clients {
			_, port, err := net.SplitHostPort(c.LocalAddr().String())
			if err != nil {
				t.Fatal(err)
			}
			c.say("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")
			c.hear(ok + plain + fmt.Sprintf("Content-Length: %d\r\n", len(port)) + stamp + "\r\n" + port)
		}
	}
}
