package soak

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// places is how many connections there is room for. The crowds are larger.
const places = 100

// A site is a server with an address, and all who visit it.
type site struct {
	*server.Server
	t      *testing.T
	addr   string
	served chan struct{} // closed when Serve has returned
	counts []count       // a kind's stands at its number

	streams sync.Map // token → chan struct{}, closed when its stream was told to stop
}

// deadlines cut bad clients soon. The good ones meet none of them, if the machine is
// busy: where one write is not all that they have to say, there is more time.
var deadlines = server.Deadlines{Idle: 10 * time.Second, Head: time.Second, Body: 10 * time.Second, Write: time.Second}

// serve serves until stop.
func serve(t *testing.T, set func(*server.Server)) *site {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, addr: listener.Addr().String(), served: make(chan struct{}), counts: make([]count, len(all))}
	s.Server = server.New(s.app)
	s.Now = func() time.Time { return time.Date(1994, 11, 15, 8, 12, 31, 0, time.UTC) } // the example of RFC 9110 §6.6.1
	s.Errors = io.Discard
	s.Limits.Connections = places
	s.Deadlines = deadlines
	set(s.Server)
	go func() {
		defer close(s.served)
		s.Serve(listener)
	}()
	return s
}

func (s *site) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		s.t.Errorf("Shutdown = %v, want nil: connections are left", err)
	}
	<-s.served
}

// app echoes: the token, which stands in the query, and all of the body. So an
// answer that belongs to somebody else, or to nobody, is found.
func (s *site) app(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	body, err := io.ReadAll(environ.Input())
	if err != nil {
		return wsgi.Fail(err)
	}
	token := environ.Text("QUERY_STRING")
	start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}, {"X-Token", token}})
	pieces := echo(environ.Text("REQUEST_METHOD"), token, string(body))
	switch environ.Text("PATH_INFO") {
	case "/pieces":
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			for _, piece := range pieces {
				if !yield([]byte(piece), nil) {
					return
				}
			}
		})
	case "/endless":
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			for yield(large, nil) {
			}
			if stopped, waits := s.streams.LoadAndDelete(token); waits {
				close(stopped.(chan struct{}))
			}
		})
	}
	return wsgi.Text(strings.Join(pieces, ""))
}

// large is a chunk that comes again and again.
var large = []byte(strings.Repeat("endless ", 8<<10))

// echo is the body of an answer, as its chunks.
func echo(method, token, body string) []string {
	return slices.DeleteFunc([]string{method + " " + token + "\n", body, "that was " + token + "\n"}, func(piece string) bool { return piece == "" })
}

// A question is a request, and all that the server may say to it.
type question struct {
	head, body string
	expects    bool // the body waits for a 100
	answer     string
	last       bool // on its connection
}

// A form is how a question is put.
type form struct {
	method, path, version string
	framing               string // of its body: length, chunks, expect, or none
	connection            string // the field, if any
}

var forms = []form{
	{"GET", "/whole", "1.1", "", ""},
	{"GET", "/pieces", "1.1", "", ""},
	{"HEAD", "/whole", "1.1", "", ""},
	{"POST", "/whole", "1.1", "length", ""},
	{"POST", "/pieces", "1.1", "length", ""},
	{"POST", "/whole", "1.1", "chunks", ""},
	{"PUT", "/pieces", "1.1", "chunks", ""},
	{"POST", "/whole", "1.1", "expect", ""},
	{"GET", "/whole", "1.0", "", "keep-alive"},
	{"POST", "/whole", "1.0", "length", "keep-alive"},
}

// goodbyes are those behind which the connection ends.
var goodbyes = []form{
	{"GET", "/whole", "1.1", "", "close"},
	{"POST", "/pieces", "1.1", "chunks", "close"},
	{"GET", "/whole", "1.0", "", ""},
	{"GET", "/pieces", "1.0", "", ""},
	{"POST", "/pieces", "1.0", "length", "keep-alive"}, // nobody knows the length, so it ends
}

// question puts a question with this token.
func (f form) question(r *rand.Rand, token string) question {
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s?%s HTTP/%s\r\nHost: soak\r\n", f.method, f.path, token, f.version)
	if f.connection != "" {
		fmt.Fprintf(&head, "Connection: %s\r\n", f.connection)
	}
	var body, sent string
	if f.framing != "" {
		body = strings.Repeat(token+" ", 1+r.IntN(1<<r.IntN(10)))
		sent = body
	}
	switch f.framing {
	case "expect":
		head.WriteString("Expect: 100-continue\r\n")
		fallthrough
	case "length":
		fmt.Fprintf(&head, "Content-Length: %d\r\n", len(body))
	case "chunks":
		head.WriteString("Transfer-Encoding: chunked\r\n")
		at := r.IntN(len(body))
		sent = chunk(body[:at]) + chunk(body[at:]) + "0\r\nX-Token: " + token + "\r\n\r\n"
	}
	head.WriteString("\r\n")
	pieces := echo(f.method, token, body)
	answer, last := f.answer(token, pieces)
	return question{head.String(), sent, f.framing == "expect", answer, last}
}

func chunk(data string) string {
	if data == "" {
		return "" // an empty one would be the last
	}
	return fmt.Sprintf("%x\r\n%s\r\n", len(data), data)
}

// answer spells the right answer out, and tells whether the connection ends with it.
func (f form) answer(token string, pieces []string) (answer string, last bool) {
	whole := strings.Join(pieces, "")
	length, text, unknown := "", whole, f.path == "/pieces"
	switch {
	case !unknown:
		length = fmt.Sprintf("Content-Length: %d\r\n", len(whole))
	case f.version == "1.1":
		length, text = "Transfer-Encoding: chunked\r\n", ""
		for _, piece := range pieces {
			text += chunk(piece)
		}
		text += "0\r\n\r\n"
	}
	if f.method == "HEAD" {
		text = ""
	}
	connection := ""
	switch {
	case f.connection == "close" || f.version == "1.0" && (unknown || f.connection != "keep-alive"):
		connection, last = "Connection: close\r\n", true
	case f.version == "1.0":
		connection = "Connection: keep-alive\r\n"
	}
	return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Token: " + token + "\r\n" + length +
		"Date: Tue, 15 Nov 1994 08:12:31 GMT\r\nServer: barewire\r\n" + connection + "\r\n" + text, last
}
