package history_test

import (
	"context"
	"errors"
	"io"
	"net"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"barewire/apps/echo"
	"barewire/apps/hello"
	"barewire/internal/session"
	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
	response "barewire/steps/09_response"
	"barewire/tui/history"
)

// told has a server answer what is sent to it, each text on a connection of its
// own, and returns the events.
func told(t *testing.T, app wsgi.Application, texts ...string) (events []server.Event) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mutex sync.Mutex
	s := server.New(app)
	s.Errors = io.Discard
	s.Now = func() time.Time { return time.Date(2026, 3, 31, 12, 54, 48, 0, time.UTC) }
	s.Observe = func(event server.Event) {
		mutex.Lock()
		defer mutex.Unlock()
		events = append(events, event)
	}
	go s.Serve(listener)
	for _, text := range texts {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
	}
	if err := s.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	return events
}

// remember returns a History that has taken in some events.
func remember(limits history.Limits, events ...server.Event) *history.History {
	h := history.New(limits)
	for _, event := range events {
		h.Add(event)
	}
	return h
}

// answered returns the exchanges of a server that was sent these texts.
func answered(t *testing.T, app wsgi.Application, texts ...string) []*history.Exchange {
	t.Helper()
	return remember(history.Usual, told(t, app, texts...)...).Exchanges
}

// numbers returns the numbers of the exchanges that are remembered.
func numbers(h *history.History) (numbers []int) {
	for _, x := range h.Exchanges {
		numbers = append(numbers, x.Number)
	}
	return numbers
}

func checkNumbers(t *testing.T, h *history.History, want ...int) {
	t.Helper()
	if got := numbers(h); !slices.Equal(got, want) {
		t.Fatalf("remembered are %v, want %v", got, want)
	}
}

// The applications of the tables below.
var (
	empty   = yields("204 No Content")
	stops   = wsgi.Application(func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { runtime.Goexit(); return nil })
	panics  = wsgi.Application(func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { panic("no") })
	silent  = wsgi.Application(func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return wsgi.Text("hi") })
	breaks  = begins("one", errors.New("out of paper"))
	failing = begins("", errors.New("out of paper"))
	leaves  = wsgi.Application(func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			yield([]byte("one"), nil)
			runtime.Goexit()
		})
	})
)

// yields returns an application that answers with chunks.
func yields(status string, chunks ...string) wsgi.Application {
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start(status, nil)
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			for _, chunk := range chunks {
				if !yield([]byte(chunk), nil) {
					return
				}
			}
		})
	}
}

// begins returns an application that yields a chunk, and then an error.
func begins(chunk string, err error) wsgi.Application {
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			if yield([]byte(chunk), nil) {
				yield(nil, err)
			}
		})
	}
}

const get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

// expects waits for 100 Continue, as far as the server can tell: its first read
// ends with the head.
var expects = func() string {
	head := "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\nX-Fill: "
	return head + strings.Repeat("x", 4096-len(head+"\r\n\r\n")) + "\r\n\r\nhi"
}()

func TestOutcome(t *testing.T) {
	tests := []struct {
		name    string
		app     wsgi.Application
		text    string
		outcome string
		remark  string
		wrong   bool
	}{
		{"a GET", hello.App, get, "200 OK", "connection kept", false},
		{"the last of its connection", hello.App, "GET / HTTP/1.0\r\n\r\n", "200 OK", "connection closed", false},
		{"HEAD", hello.App, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", "200 OK", "no body, as HEAD asks", false},
		{"nothing to say", empty, get, "204 No Content", "connection kept", false},
		{"an interim answer is not the answer", echo.App, expects, "200 OK", "connection kept", false},
		{"the client leaves inside the head", hello.App, "GET / H", "left at 02", "client left inside the head", true},
		{"a head with a bare LF", hello.App, "GET / HTTP/1.1\nHost: h\n\n", "400 at 02", "a line that ends with LF alone; connection closed", true},
		{"a bad request line", hello.App, "GET  /\r\n\r\n", "400 at 03", "the version is none; connection closed", true},
		{"no Host field", hello.App, "GET / HTTP/1.1\r\n\r\n", "400 at 04", `no Host field; connection closed`, true},
		{"two lengths", hello.App, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhi", "400 at 05", `two different lengths; connection closed`, true},
		{"a body that breaks", echo.App, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400 at 05", `a chunk's size is no hex number; connection closed`, true},
		{"a body that breaks late", echo.App, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n", "200 at 05", `a chunk's size is no hex number; connection closed`, true},
		{"the client leaves inside the body", echo.App, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhi", "200 at 05", `the body broke off; connection closed`, true},
		{"the application panics", panics, get, "500 at 08", `panic at history/history_test.go:N: no; connection closed`, true},
		{"the application does not call start_response", silent, get, "500 at 09", `start_response was not called; connection closed`, true},
		{"the body fails at once", failing, get, "500 at 09", "out of paper; connection closed", true},
		{"the body fails late", breaks, get, "200 at 09", "out of paper; connection closed", true},
		{"HEAD of a body that fails", breaks, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", "200 OK", "no body, as HEAD asks", false},
		{"the application ends its goroutine", stops, get, "failed at 08", "the application ended its goroutine; connection closed", true},
		{"the application ends its goroutine late", leaves, get, "200 at 09", "the application ended its goroutine; connection closed", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := remember(history.Usual, told(t, test.app, test.text)...)
			if len(h.Exchanges) != 1 {
				t.Fatalf("there are %d exchanges, want 1", len(h.Exchanges))
			}
			x := h.Exchanges[0]
			if got := x.Outcome(); got != test.outcome {
				t.Errorf("Outcome() = %q, want %q", got, test.outcome)
			}
			if got := regexp.MustCompile(`go:\d+`).ReplaceAllString(x.Remark(), "go:N"); got != test.remark {
				t.Errorf("Remark() = %q, want %q", got, test.remark)
			}
			if x.Wrong() != test.wrong || (h.Errors == 1) != test.wrong || h.Errors > 1 {
				t.Errorf("Wrong() = %t and there are %d errors, want %t", x.Wrong(), h.Errors, test.wrong)
			}
			if !x.Done || h.Requests != 1 {
				t.Errorf("Done = %t, of %d requests; want true, of 1", x.Done, h.Requests)
			}
		})
	}
}

// What goes on is not shown as if it were over, and a client that is gone is told
// in words, not in the system's.
func TestUnderWay(t *testing.T) {
	h := history.New(history.Usual)
	events := session.Post(1)
	last := len(events) - 4 // step 09 is done
	for _, event := range events[:last] {
		h.Add(event)
	}
	if got := h.Exchanges[0].Outcome(); got != "200 so far" {
		t.Errorf("before its end the outcome is %q, want 200 so far", got)
	}
	h.Add(server.Passed{Place: events[last].Where(), Step: 9, Name: "response", Error: response.ErrGone.Error() + ": write tcp 127.0.0.1: broken pipe"})
	if got := h.Exchanges[0].Remark(); got != "the client left while it was answered" {
		t.Errorf("the remark is %q", got)
	}
}
