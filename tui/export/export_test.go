package export_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"barewire/apps/echo"
	"barewire/internal/session"
	"barewire/server"
	"barewire/server/trace"
	wsgi "barewire/steps/06_wsgi"
	"barewire/tui/export"
	"barewire/tui/history"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// A site is a server, and what is remembered of it.
type site struct {
	t       *testing.T
	address string
	server  *server.Server

	mutex   sync.Mutex
	history *history.History
}

func serve(t *testing.T, app wsgi.Application, limits history.Limits, watchers ...func(server.Event)) *site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, address: listener.Addr().String(), server: server.New(app), history: history.New(limits)}
	s.server.Errors = io.Discard
	s.server.Observe = func(event server.Event) {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.history.Add(event)
		for _, watch := range watchers {
			watch(event)
		}
	}
	go s.server.Serve(listener)
	t.Cleanup(func() { s.stop() })
	return s
}

// say sends a text on a connection of its own, and waits for all the answers.
func (s *site) say(text string) {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, text); err != nil {
		s.t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		s.t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, conn) // an answer that is cut off ends with an error
}

// stop returns what was seen, once all of it is over.
func (s *site) stop() []*history.Exchange {
	s.t.Helper()
	if err := s.server.Shutdown(context.Background()); err != nil {
		s.t.Error(err)
	}
	return s.history.Exchanges
}

// seen returns the exchanges of some connections.
func seen(t *testing.T, app wsgi.Application, limits history.Limits, texts ...string) []*history.Exchange {
	t.Helper()
	s := serve(t, app, limits)
	for _, text := range texts {
		s.say(text)
	}
	return s.stop()
}

const post = "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nname=ada"

// small are limits that cut bodies.
var small = history.Limits{Exchanges: 100, Bytes: 1 << 20, Body: 1000}

func TestRawIsTheRequestAsItArrived(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []string // of each exchange
	}{
		{"a body", post, []string{post}},
		{"of two on a connection, each", post + "GET / HTTP/1.0\r\n\r\n", []string{post, "GET / HTTP/1.0\r\n\r\n"}},
		{"what step 03 refuses", "GET  / HTTP/1.1\r\n\r\n", []string{"GET  / HTTP/1.1\r\n\r\n"}},
		{"half a head", "GET /\xff\x1b", []string{"GET /\xff\x1b"}},
		{
			"as much as was kept", "POST / HTTP/1.0\r\nContent-Length: 1000\r\n\r\n" + strings.Repeat("x", 1000),
			[]string{"POST / HTTP/1.0\r\nContent-Length: 1000\r\n\r\n" + strings.Repeat("x", 1000-41)},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, x := range seen(t, echo.App, small, test.text) {
				got = append(got, string(export.Raw(x)))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("raw (-want +got):\n%s", diff)
			}
		})
	}
}

// goes ends the goroutine that calls it.
func goes(wsgi.Environ, wsgi.StartResponse) wsgi.Body {
	runtime.Goexit()
	return nil
}

// TestTraceShowsTheSameAgain reads a trace back and compares all that a screen
// shows of an exchange.
func TestTraceShowsTheSameAgain(t *testing.T) {
	tests := []struct {
		name  string
		app   wsgi.Application
		texts []string
	}{
		{"a body", echo.App, []string{post}},
		{"two connections", echo.App, []string{post, post}},
		{"three requests in one read", echo.App, []string{post + post + post}},
		{"a half one behind a whole one", echo.App, []string{post + "GET / HT"}},
		{"chunks", echo.App, []string{"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"}},
		{"bytes that are no text", echo.App, []string{"POST / HTTP/1.0\r\nX: \xff\r\nContent-Length: 3\r\n\r\n\x00\x1b\xff"}},
		{"what is refused", echo.App, []string{"GET  / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "\r\n\r\n\r\n"}},
		{"who left", echo.App, []string{"GET / H"}},
		{"who went away", goes, []string{"GET / HTTP/1.0\r\n\r\n"}},
		{"a body that was cut", echo.App, []string{"POST / HTTP/1.0\r\nContent-Length: 2000\r\n\r\n" + strings.Repeat("x", 2000)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			again(t, seen(t, test.app, small, test.texts...))
		})
	}
}

// TestTraceOfSome leaves out the request that had brought the bytes.
func TestTraceOfSome(t *testing.T) {
	again(t, seen(t, echo.App, small, post+post+post)[1:2])
	again(t, seen(t, echo.App, small, post+post+post)[2:])
}

// TestTraceOfGaps has events get lost before, in and between exchanges, and one
// that is still under way.
func TestTraceOfGaps(t *testing.T) {
	var events []server.Event
	for _, x := range seen(t, echo.App, small, post, post, post) {
		events = append(events, x.Events...)
	}
	events = written(t, events) // with times of the wall clock only, as in a record
	each, lost := len(events)/3, 0
	for at := range 2 * each {
		h := history.New(small)
		if at >= each { // the same once more, of connections that are known
			at -= each
			for conn := range 3 {
				h.Add(server.Opened{Place: server.Place{Conn: 1 + conn}, Server: server.Endpoint{Host: "127.0.0.1"}})
			}
		}
		for i, event := range events {
			if i == at || i == each+at {
				h.Add(server.Dropped{Place: event.Where(), Count: 1})
			} else if i < 2*each+at {
				h.Add(event)
			}
		}
		for _, x := range h.Exchanges {
			if x.Gap || !x.Done {
				lost++
			}
		}
		again(t, h.Exchanges)
	}
	if lost < each {
		t.Errorf("%d exchanges had a gap or no end, want more", lost)
	}
}

// written returns events as they come out of a record.
func written(t *testing.T, events []server.Event) (read []server.Event) {
	t.Helper()
	var record bytes.Buffer
	for _, event := range events {
		if err := (trace.JSON{Out: &record}).Write(event); err != nil {
			t.Fatal(err)
		}
	}
	if err := trace.ReadAll(&record, func(event server.Event) error { read = append(read, event); return nil }); err != nil {
		t.Fatal(err)
	}
	return read
}

// again fails when exchanges are not what they were after a trace.
func again(t *testing.T, before []*history.Exchange) {
	t.Helper()
	record, err := export.Trace(before)
	if err != nil {
		t.Fatal(err)
	}
	h := history.New(small)
	if err := trace.ReadAll(bytes.NewReader(record), func(event server.Event) error { h.Add(event); return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(views(before), views(h.Exchanges), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("shown before and after (-before +after):\n%s", diff)
	}
}

// What a worker did comes back too: its calls, its turns, its traceback.
func TestTraceHasWorkers(t *testing.T) {
	h := history.New(history.Usual)
	for _, event := range append(session.Flask(1), session.Failed(2)...) {
		h.Add(event)
	}
	if got := h.Exchanges[0].Stack(); len(got) != 3 || h.Exchanges[1].Worker != session.Worker {
		t.Fatalf("before, the stack is %q, and the worker %d", got, h.Exchanges[1].Worker)
	}
	again(t, h.Exchanges)
}

// A view is what a screen shows of an exchange.
type view struct {
	Number, Conn            int
	Client, Server          server.Endpoint
	Began                   time.Time
	Took                    time.Duration
	Method, Target          string
	Outcome, Remark, Status string
	Done, Gap, Keep         bool
	In, Out                 int64
	Steps                   [11]history.Step
	Request, Answer         history.Stream
	RequestLines            []history.Line
	AnswerLines             []history.Line
	Values                  []history.Value
	Started                 []server.Started
	Worker                  int
	Stack                   []string
	Turns                   [2]time.Duration
	Notes                   []string
}

func views(exchanges []*history.Exchange) (views []view) {
	for _, x := range exchanges {
		worker, server := x.Turns()
		view := view{
			x.Number, x.Conn, x.Client, x.Server, x.Began, x.Took, x.Method(), x.Target(), x.Outcome(), x.Remark(), x.Status,
			x.Done, x.Gap, x.Keep, x.In, x.Out, x.Steps, x.Request(), x.Answer(), x.RequestLines(), x.AnswerLines(), x.Values(), x.Started,
			x.Worker, x.Stack(), [2]time.Duration{worker, server}, notesOf(x),
		}
		views = append(views, view)
	}
	return views
}

func notesOf(x *history.Exchange) (notes []string) {
	for _, event := range x.Events {
		if noted, is := event.(server.Noted); is {
			notes = append(notes, noted.Text)
		}
	}
	return notes
}

// TestRecordShowsTheSame compares a record that was written while serving with a
// trace that was made afterwards.
func TestRecordShowsTheSame(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.trace")
	record, err := trace.NewRecord(path)
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, echo.App, small, func(event server.Event) {
		if err := record.Write(event); err != nil {
			t.Error(err)
		}
	})
	s.say(post + post)
	before := s.stop()
	if err := record.Close(); err != nil {
		t.Error(err)
	}
	h := history.New(small)
	if err := trace.Open(path, func(event server.Event) error { h.Add(event); return nil }); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(views(before), views(h.Exchanges)); diff != "" || len(before) != 2 {
		t.Errorf("shown live and from the record (-live +record):\n%s", diff)
	}
}
