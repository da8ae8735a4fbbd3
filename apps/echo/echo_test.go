package echo_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"barewire/apps/echo"
	"barewire/internal/apptest"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	"barewire/steps/refuse"
)

func TestApp(t *testing.T) {
	tests := []struct {
		name        string
		contentType string
		framing     body.Framing
		wire        string
		wantType    string
		want        string
	}{
		{"no body", "", body.Framing{}, "", "application/octet-stream", ""},
		{"a body with a type", "text/plain", body.Framing{Length: 4}, "ping", "text/plain", "ping"},
		{"a body without a type", "", body.Framing{Length: 4}, "ping", "application/octet-stream", "ping"},
		{"any byte there is", "", body.Framing{Length: 256}, everyByte(), "application/octet-stream", everyByte()},
		{"chunks", "", body.Framing{Chunked: true}, "2\r\npi\r\n2\r\nng\r\n0\r\n\r\n", "application/octet-stream", "ping"},
		{"what follows the body stays", "", body.Framing{Length: 4}, "pingGET / HTTP/1.1\r\n", "application/octet-stream", "ping"},
		{"more than one block", "", body.Framing{Length: 100_000}, strings.Repeat("ping ", 20_000), "application/octet-stream", strings.Repeat("ping ", 20_000)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := apptest.Run(echo.App, wsgi.Environ{
				"CONTENT_TYPE": test.contentType,
				"wsgi.input":   apptest.Input(test.framing, test.wire),
			})
			if got.Err != nil || got.Status != "200 OK" {
				t.Errorf("App answers %q, %v, want 200 OK", got.Status, got.Err)
			}
			if want := (wsgi.Headers{{"Content-Type", test.wantType}}); !slices.Equal(got.Headers, want) {
				t.Errorf("headers = %q, want %q", got.Headers, want)
			}
			if body := strings.Join(got.Chunks, ""); body != test.want {
				t.Errorf("body = %.80q, want %.80q", body, test.want)
			}
		})
	}
}

// TestEchoesWhileItReads sends a body of two halves, the second only when the
// first has come back.
func TestEchoesWhileItReads(t *testing.T) {
	in, client := io.Pipe()
	tooLate := time.AfterFunc(10*time.Second, func() {
		client.CloseWithError(errors.New("the first half did not come back"))
	})
	defer tooLate.Stop()
	send := func(half string) {
		if _, err := io.WriteString(client, half); err != nil {
			t.Error(err)
		}
	}
	go send("first")
	start := func(string, wsgi.Headers, ...error) wsgi.Write { return nil }
	var got []string
	for chunk, err := range echo.App(wsgi.Environ{"wsgi.input": onlyReads{in}}, start).Chunks {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(chunk))
		if string(chunk) == "second" {
			break
		}
		go send("second")
	}
	if want := []string{"first", "second"}; !slices.Equal(got, want) {
		t.Errorf("chunks = %q, want %q", got, want)
	}
}

func TestLastBytesTogetherWithEOF(t *testing.T) {
	input := onlyReads{iotest.DataErrReader(strings.NewReader("ping"))}
	got := apptest.Run(echo.App, wsgi.Environ{"wsgi.input": input})
	if want := []string{"ping"}; got.Err != nil || !slices.Equal(got.Chunks, want) {
		t.Errorf("App echoes %q, %v, want %q", got.Chunks, got.Err, want)
	}
}

// TestBrokenBody checks that a refused body stays a refusal: before the first
// byte of it nothing was started, so the client can be told.
func TestBrokenBody(t *testing.T) {
	tests := []struct {
		name    string
		framing body.Framing
		wire    string
		started string
		want    string
	}{
		{"refused at once", body.Framing{Chunked: true}, "ping", "", ""},
		{"ended before its first byte", body.Framing{Length: 4}, "", "", ""},
		{"ended early", body.Framing{Length: 4}, "pin", "200 OK", "pin"},
		{"refused later", body.Framing{Chunked: true}, "2\r\npi\r\nping", "200 OK", "pi"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := apptest.Run(echo.App, wsgi.Environ{"wsgi.input": apptest.Input(test.framing, test.wire)})
			var refusal *refuse.Error
			if !errors.As(got.Err, &refusal) {
				t.Errorf("App fails with %v, want the refusal of step 05", got.Err)
			}
			if got.Status != test.started {
				t.Errorf("status = %q, want %q", got.Status, test.started)
			}
			if body := strings.Join(got.Chunks, ""); body != test.want {
				t.Errorf("body = %q, want %q", body, test.want)
			}
		})
	}
}

// onlyReads is a wsgi.input of which nothing but Read is used.
type onlyReads struct{ io.Reader }

func (onlyReads) ReadLine(int) ([]byte, error)          { panic("not used") }
func (onlyReads) Lines(func(line []byte, _ error) bool) { panic("not used") }

func everyByte() string {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return string(all)
}

func TestOverASocket(t *testing.T) {
	url, _ := apptest.Serve(t, echo.App)
	answer, err := http.Post(url, "text/x-greeting", strings.NewReader("same to you\n"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		t.Fatal(err)
	}
	if contentType := answer.Header.Get("Content-Type"); string(text) != "same to you\n" || contentType != "text/x-greeting" {
		t.Errorf("the answer is %q of type %q, want what was sent", text, contentType)
	}
}

func ExampleApp() {
	answer := apptest.Run(echo.App, wsgi.Environ{
		"CONTENT_TYPE": "text/x-greeting",
		"wsgi.input":   apptest.Input(body.Framing{Length: 12}, "same to you\n"),
	})
	fmt.Println(answer.Headers)
	fmt.Printf("%q\n", answer.Chunks)
	// Output:
	// [[Content-Type text/x-greeting]]
	// ["same to you\n"]
}
