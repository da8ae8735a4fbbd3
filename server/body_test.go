package server_test

import (
	"errors"
	"runtime"
	"testing"

	wsgi "barewire/steps/06_wsgi"
)

// A client that says Expect: 100-continue and a server that says 100 Continue
// take turns, so here they do: the client's words, the server's, the client's.
func TestExpect(t *testing.T) {
	const expects = post + "Expect: 100-continue\r\n"
	tests := []struct {
		name     string
		app      wsgi.Application
		dialogue []string
	}{
		{"the application reads", reader, []string{
			expects + "Content-Length: 5\r\n\r\n",
			"HTTP/1.1 100 Continue\r\n\r\n",
			"hello" + follower,
			ok + plain + "Content-Length: 8\r\n" + stamp + "\r\n\"hello\"\n" + followed,
		}},
		{"the application reads chunks", reader, []string{
			expects + "Transfer-Encoding: chunked\r\n\r\n",
			"HTTP/1.1 100 Continue\r\n\r\n",
			"5\r\nhello\r\n0\r\n\r\n" + follower,
			ok + plain + "Content-Length: 8\r\n" + stamp + "\r\n\"hello\"\n" + followed,
		}},
		// The client did not wait, so nobody has to tell it to go on.
		{"the body is there already", reader, []string{
			expects + "Content-Length: 5\r\n\r\nhello" + follower,
			ok + plain + "Content-Length: 8\r\n" + stamp + "\r\n\"hello\"\n" + followed,
		}},
		// Now the client may send the body or the next request. Nobody can tell
		// which, so the connection must end, and the head says so.
		{"the application never reads", hi, []string{
			expects + "Content-Length: 5\r\n\r\n",
			ok + plain + "Content-Length: 3\r\n" + stamp + bye + "\r\nhi\n",
			follower,
			"",
		}},
		{"the application reads too late", replier, []string{
			expects + "Content-Length: 5\r\n\r\n",
			ok + plain + "Transfer-Encoding: chunked\r\n" + stamp + bye + "\r\n8\r\nreading\n\r\n",
			"hello",
			"", // the last chunk is missing: the application failed
		}},
		{"the body would be too large", reader, []string{
			expects + "Content-Length: 1048577\r\n\r\n",
			refusal{"", "", "413 Content Too Large", "05 body",
				"a body has at most 1048576 bytes here", "RFC 9110 §15.5.14", ""}.row().want,
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := start(t, test.app, tight).dial(t)
			for i, words := range test.dialogue {
				if i%2 == 0 {
					c.say(words)
				} else {
					c.hear(words)
				}
			}
			c.wantRest("", fin)
		})
	}
}

// The client leaves inside the body. Half a file must not look like a file: no
// application that reads can answer as if all were well, whether it looks at
// the error or not.
func TestABodyThatEndsEarly(t *testing.T) {
	endedEarly := refusal{"", "", "400 Bad Request", "05 body", "the body ended early", "RFC 9112 §8", ""}.row().want
	bodies := []struct{ name, send string }{
		{"inside its length", post + "Content-Length: 5\r\n\r\nhell"},
		{"before its first byte", post + "Content-Length: 5\r\n\r\n"},
		{"inside the size of a chunk", post + "Transfer-Encoding: chunked\r\n\r\n5"},
		{"inside a chunk", post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhell"},
		{"behind a chunk", post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"},
		{"inside the trailer", post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nMore: ok\r\n"},
	}
	applications := []struct {
		name string
		app  wsgi.Application
		want string
	}{
		{"reads", reader, endedEarly},
		{"swallows the error", swallower, endedEarly},
		{"reads when its answer has begun", replier, // so the last chunk is missing
			ok + plain + "Transfer-Encoding: chunked\r\n" + stamp + "\r\n8\r\nreading\n\r\n"},
		{"does not read", hi, ok + plain + "Content-Length: 3\r\n" + stamp + "\r\nhi\n"},
	}
	for _, body := range bodies {
		for _, application := range applications {
			t.Run(body.name+", the application "+application.name, func(t *testing.T) {
				c := start(t, application.app).dial(t)
				c.say(body.send)
				if err := c.CloseWrite(); err != nil {
					t.Fatal(err)
				}
				c.wantRest(application.want, fin)
			})
		}
	}
}

// A chunk leaves when it is yielded: the application waits until the client has
// heard the first before it makes the second. And when it fails then, the
// client can see that something is missing, however the body ends.
func TestStreaming(t *testing.T) {
	const length = "Content-Length: 8\r\n"
	framings := []struct {
		name    string
		send    string
		headers wsgi.Headers
		first   string // what the client hears before the second chunk is made
		second  string // and after it
		cut     ending // what shows that the second is missing
	}{
		{
			"in chunks", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", nil,
			ok + "Transfer-Encoding: chunked\r\n" + stamp + bye + "\r\n4\r\none\n\r\n", "4\r\ntwo\n\r\n0\r\n\r\n", fin,
		},
		{
			"by length", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", wsgi.Headers{{"Content-Length", "8"}},
			ok + length + stamp + bye + "\r\none\n", "two\n", fin,
		},
		{
			"until close", "GET / HTTP/1.0\r\n\r\n", nil,
			ok + stamp + bye + "\r\none\n", "two\n", rst, // a FIN would be a lie
		},
	}
	secondChunks := []struct {
		name  string
		yield func(yield func([]byte, error) bool)
	}{
		{"a second chunk", nil},
		{"an error", func(yield func([]byte, error) bool) { yield(nil, errors.New("no more")) }},
		{"a panic", func(func([]byte, error) bool) { panic("no more") }},
		{"an end of its goroutine", func(func([]byte, error) bool) { runtime.Goexit() }},
	}
	for _, framing := range framings {
		for _, second := range secondChunks {
			t.Run(framing.name+", "+second.name, func(t *testing.T) {
				heard := make(chan struct{})
				c := start(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
					return wsgi.Stream(func(yield func([]byte, error) bool) {
						start("200 OK", framing.headers) // as late as a generator does
						yield([]byte("one\n"), nil)
						<-heard
						if second.yield != nil {
							second.yield(yield)
							return
						}
						yield([]byte("two\n"), nil)
					})
				}).dial(t)
				c.say(framing.send)
				c.hear(framing.first)
				close(heard)
				if second.yield == nil {
					c.wantRest(framing.second, fin)
				} else {
					c.wantRest("", framing.cut)
				}
			})
		}
	}
}
