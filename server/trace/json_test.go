package trace_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"testing"
	"time"

	"barewire/internal/session"
	"barewire/server"
	"barewire/server/trace"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// nasty is text that tries to be more than text.
const nasty = "é \x00\x1b[2J\u009b\u202e\u2066\u200b\ufeff\u2028\"\\u202e\\\U000e0041\U0001f600 <&>"

// everyKind has one event of each kind, with every field set.
func everyKind() []server.Event {
	place := server.Place{Conn: 1, Request: 2, At: start.Add(123456789 * time.Nanosecond)}
	refusal := &server.Refusal{Status: "400 Bad Request", Rule: nasty, Section: "RFC 9112 §3", Got: server.Bytes("\xff\x80")}
	fields := []server.Field{field("X-Nasty", nasty), field("X-Bytes", "\xed\xa0\x80\xff")}
	return []server.Event{
		server.Opened{Place: place, Client: server.Endpoint{Host: "::1", Port: "53124"}, Server: server.Endpoint{Host: "/run/a.sock"}, App: nasty},
		server.Received{Place: place, Bytes: server.Bytes(nasty), Size: 1 << 20},
		server.Sent{Place: place, Bytes: server.Bytes("\xff\xfe\x00"), Size: 3},
		server.Passed{
			Place: place, Step: 3, Name: "requestline", Took: 4 * time.Microsecond, Refused: refusal, Error: nasty,
			Head:    server.Bytes("GET /\xc3( HTTP/1.1\r\n"),
			Line:    &server.Line{Method: "GET", Target: "/\xff", Version: "HTTP/2.0", Authority: "a", Path: "/\xff", Query: nasty},
			Fields:  fields,
			Framing: &server.Framing{Length: 1 << 40, Chunked: true, Continue: true},
			Environ: map[string]string{"PATH_INFO": "'/\xff'", "HTTP_X": nasty},
			Status:  "200 \xff", Keep: true,
		},
		server.InputRead{Place: place, Call: "readline", Size: 7, Took: time.Second, End: true, Refused: refusal, Error: nasty},
		server.Started{Place: place, Status: "200 OK\xff", Headers: fields, Cause: "base64:AAAA"},
		server.Chunk{Place: place, Number: 3, Size: 12, Written: true},
		server.Noted{Place: place, Text: "\xe6\x97 cut " + nasty, Error: true},
		server.Worked{Place: place, Process: 4242, Did: nasty, Size: 812, Took: time.Millisecond, Stack: nasty},
		server.Ended{Place: place, In: 1 << 40, Out: 2, Took: time.Hour, Keep: true},
		server.Gone{Place: place},
		server.Dropped{Place: place, Count: 17},
	}
}

// TestJSONKnowsEveryEvent compares with the declarations: an event type that is
// added there has to be added here.
func TestJSONKnowsEveryEvent(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../events.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string]bool{}
	ast.Inspect(file, func(node ast.Node) bool {
		spec, is := node.(*ast.TypeSpec)
		if !is {
			return true
		}
		if fields, is := spec.Type.(*ast.StructType); is {
			for _, field := range fields.Fields.List {
				embedded, is := field.Type.(*ast.Ident)
				if is && len(field.Names) == 0 && embedded.Name == "Place" {
					declared[spec.Name.Name] = true
				}
			}
		}
		return true
	})
	known := map[string]bool{}
	for _, event := range everyKind() {
		known[reflect.TypeOf(event).Name()] = true
	}
	if diff := cmp.Diff(declared, known); diff != "" || len(declared) == 0 {
		t.Errorf("event types (-declared +known here):\n%s", diff)
	}
}

// TestJSONRoundTrip checks that nothing is lost, and that nothing in a line
// does more than print.
func TestJSONRoundTrip(t *testing.T) {
	for _, event := range append(everyKind(), session.Post(1)...) {
		t.Run(reflect.TypeOf(event).Name(), func(t *testing.T) { roundTrip(t, event) })
	}
}

func roundTrip(t *testing.T, event server.Event) server.Event {
	t.Helper()
	var out bytes.Buffer
	if err := (trace.JSON{Out: &out}).Write(event); err != nil {
		t.Fatalf("Write(%#v): %v", event, err)
	}
	line := out.String()
	if !json.Valid([]byte(line)) || strings.Index(line, "\n") != len(line)-1 {
		t.Fatalf("Write(%#v) = %q, want one line of JSON", event, line)
	}
	for _, r := range strings.TrimSuffix(line, "\n") {
		if hidden(r) {
			t.Errorf("Write(%#v) = %q, which holds %U", event, line, r)
		}
	}
	got, err := trace.Read([]byte(line))
	if err != nil {
		t.Fatalf("Read(%q): %v", line, err)
	}
	if diff := cmp.Diff(event, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("Read(Write(event)) (-want +got):\n%s", diff)
	}
	return got
}

// TestJSONLines shows how lines look.
func TestJSONLines(t *testing.T) {
	at := server.Place{Conn: 1, Request: 2, At: start}
	tests := []struct {
		name  string
		event server.Event
		want  string
	}{
		{"between two requests", server.Gone{Place: server.Place{Conn: 1, At: start}}, `{"event":"gone","conn":1,"at":"2026-03-31T12:54:48Z"}`},
		{"text", server.Sent{Place: at, Bytes: server.Bytes("é\r\n<"), Size: 5}, `{"event":"sent","conn":1,"request":2,"at":"2026-03-31T12:54:48Z","bytes":"é\r\n<","size":5}`},
		{"bytes that are no text", server.Received{Place: at, Bytes: server.Bytes("\xff\x00"), Size: 2}, `{"event":"received","conn":1,"request":2,"at":"2026-03-31T12:54:48Z","bytes":{"base64":"/wA="},"size":2}`},
		{"text that is none", server.Noted{Place: at, Text: "\xff"}, `{"event":"noted","conn":1,"request":2,"at":"2026-03-31T12:54:48Z","text":"base64:/w=="}`},
		{"runes that a terminal obeys", server.Noted{Place: at, Text: "\x1b\u009b\u202e\U000e0041"}, `{"event":"noted","conn":1,"request":2,"at":"2026-03-31T12:54:48Z","text":"\u001b\u009b\u202e\udb40\udc41"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := (trace.JSON{Out: &out}).Write(test.event); err != nil {
				t.Fatal(err)
			}
			if got := out.String(); got != test.want+"\n" {
				t.Errorf("Write(%v) = %s, want %s", test.event, got, test.want)
			}
		})
	}
}

type foreign struct{ server.Place }

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errBrokenPipe }

var errBrokenPipe = errors.New("broken pipe")

func TestJSONRefuses(t *testing.T) {
	if err := (trace.JSON{Out: &bytes.Buffer{}}).Write(foreign{}); err == nil {
		t.Error("Write(foreign{}) = nil, want an error")
	}
	if err := (trace.JSON{Out: brokenPipe{}}).Write(server.Gone{}); !errors.Is(err, errBrokenPipe) {
		t.Errorf("Write to a broken pipe = %v, want %v", err, errBrokenPipe)
	}
	for _, line := range []string{"", "{", `{}`, `{"event":"birthday"}`, `{"event":"chunk","size":"large"}`, `[]`} {
		if event, err := trace.Read([]byte(line)); err == nil {
			t.Errorf("Read(%q) = %v, want an error", line, event)
		}
	}
}

func FuzzJSON(f *testing.F) {
	addDice(f, 10)
	f.Fuzz(func(t *testing.T, data []byte) {
		for d := (dice{data: data}); len(d.data) > 0; {
			roundTrip(t, d.event())
		}
	})
}
