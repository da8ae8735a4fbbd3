package bench

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"barewire/internal/apptest"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	"barewire/steps/refuse"
)

func TestApp(t *testing.T) {
	tests := []struct {
		name    string
		method  string
		path    string
		framing body.Framing
		wire    string
		status  string
		want    string
	}{
		{"hello", "GET", "/", body.Framing{}, "", "200 OK", "Hello world!\n"},
		{"hello without a body", "HEAD", "/", body.Framing{}, "", "200 OK", "Hello world!\n"}, // which the server leaves out
		{"an upload", "POST", "/upload", body.Framing{Length: 4}, "ping", "200 OK", "4\n"},
		{"an upload of nothing", "POST", "/upload", body.Framing{}, "", "200 OK", "0\n"},
		{"an upload in chunks", "POST", "/upload", body.Framing{Chunked: true}, "2\r\npi\r\n2\r\nng\r\n0\r\n\r\n", "200 OK", "4\n"},
		{"an upload of more than one block", "POST", "/upload", body.Framing{Length: 100_000}, strings.Repeat("ping ", 20_000), "200 OK", "100000\n"},
		{"another path", "GET", "/nowhere", body.Framing{}, "", "404 Not Found", "Here are GET /, GET /stream and POST /upload.\n"},
		{"another method", "POST", "/", body.Framing{}, "", "404 Not Found", "Here are GET /, GET /stream and POST /upload.\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := apptest.Run(App, wsgi.Environ{
				"REQUEST_METHOD": test.method,
				"PATH_INFO":      test.path,
				"wsgi.input":     apptest.Input(test.framing, test.wire),
			})
			if got.Err != nil || got.Status != test.status {
				t.Errorf("App answers %q, %v, want %s", got.Status, got.Err, test.status)
			}
			if want := (wsgi.Headers{{"Content-Type", "text/plain"}}); !slices.Equal(got.Headers, want) {
				t.Errorf("headers = %q, want %q", got.Headers, want)
			}
			if want := []string{test.want}; !slices.Equal(got.Chunks, want) {
				t.Errorf("chunks = %q, want %q", got.Chunks, want)
			}
		})
	}
}

// TestHelloCostsNothing checks that the ruler has no length of its own.
func TestHelloCostsNothing(t *testing.T) {
	environ := wsgi.Environ{"REQUEST_METHOD": "GET", "PATH_INFO": "/"}
	start := func(string, wsgi.Headers, ...error) wsgi.Write { return nil }
	if got := testing.AllocsPerRun(100, func() { App(environ, start) }); got != 0 {
		t.Errorf("App allocates %v times for /, want never", got)
	}
	if list, ok := App(environ, start).(interface{ Len() int }); !ok || list.Len() != 1 {
		t.Error("the answer to / is no list of one chunk, so its length is not known")
	}
}

// TestStream counts the blocks of a whole answer; that they are sent is the
// server's.
func TestStream(t *testing.T) {
	var status string
	start := func(s string, _ wsgi.Headers, _ ...error) wsgi.Write { status = s; return nil }
	answer := App(wsgi.Environ{"REQUEST_METHOD": "GET", "PATH_INFO": "/stream"}, start)
	blocks, total := 0, 0
	for block, err := range answer.Chunks {
		if err != nil || len(block) != 64<<10 {
			t.Fatalf("block %d has %d bytes and the error %v, want 64 KiB", blocks, len(block), err)
		}
		blocks++
		total += len(block)
	}
	if status != "200 OK" || total != 1<<30 {
		t.Errorf("App streams %d bytes under %q, want 1 GiB under 200 OK", total, status)
	}
}

// TestStreamStops checks that nobody makes blocks that nobody takes.
func TestStreamStops(t *testing.T) {
	taken := 0
	for range stream(streamBlocks) {
		if taken++; taken == 3 {
			break
		}
	}
	if taken != 3 {
		t.Errorf("%d blocks were taken, want 3", taken)
	}
}

// TestBrokenUpload checks that a refused body stays a refusal, and is not counted
// as a short one.
func TestBrokenUpload(t *testing.T) {
	got := apptest.Run(App, wsgi.Environ{
		"REQUEST_METHOD": "POST",
		"PATH_INFO":      "/upload",
		"wsgi.input":     apptest.Input(body.Framing{Length: 4}, "pin"),
	})
	var refusal *refuse.Error
	if !errors.As(got.Err, &refusal) || got.Status != "" {
		t.Errorf("App answers %q and %v, want nothing and the refusal of step 05", got.Status, got.Err)
	}
}

func TestOverASocket(t *testing.T) {
	url, _ := apptest.Serve(t, App)
	tests := []struct {
		method, path, send string
		length             int64
	}{
		{"GET", "/", "", 13},
		{"HEAD", "/", "", 13},
		{"HEAD", "/stream", "", -1},
		{"POST", "/upload", "ping", 2},
	}
	for _, test := range tests {
		request, err := http.NewRequest(test.method, url+test.path, strings.NewReader(test.send))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Error(err)
		}
		if answer.StatusCode != 200 || answer.ContentLength != test.length {
			t.Errorf("%s %s is answered %s with Content-Length %d, want 200 OK with %d",
				test.method, test.path, answer.Status, answer.ContentLength, test.length)
		}
	}
}

func ExampleApp() {
	answer := apptest.Run(App, wsgi.Environ{
		"REQUEST_METHOD": "POST",
		"PATH_INFO":      "/upload",
		"wsgi.input":     apptest.Input(body.Framing{Length: 12}, "same to you\n"),
	})
	fmt.Printf("%s %q\n", answer.Status, answer.Chunks)
	// Output:
	// 200 OK ["12\n"]
}
