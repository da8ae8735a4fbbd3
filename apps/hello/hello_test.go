package hello_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"barewire/apps/hello"
	"barewire/internal/apptest"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	"barewire/steps/refuse"
)

const form = "application/x-www-form-urlencoded"

func TestApp(t *testing.T) {
	tests := []struct {
		name        string
		contentType string
		body        string // on the wire
		chunked     bool
		query       string
		status      string
		answer      string
	}{
		{"a form", form, "name=ada", false, "x=1", "200 OK", "Hello, ada!\n"},
		{"a form in chunks", form, "5\r\nname=\r\n3\r\nada\r\n0\r\n\r\n", true, "", "200 OK", "Hello, ada!\n"},
		{"a form with a charset", "Application/X-WWW-Form-URLencoded; charset=utf-8", "name=ada", false, "", "200 OK", "Hello, ada!\n"},
		{"a form with other fields", form, "a=1&name=ada&b=2", false, "", "200 OK", "Hello, ada!\n"},
		{"a form with an encoded name", form, "name=%C3%89mile+du+Ch%C3%A2telet", false, "", "200 OK", "Hello, Émile du Châtelet!\n"},
		{"a form without a name", form, "x=1", false, "", "200 OK", "Hello, world!\n"},
		{"a form with an empty name", form, "name=", false, "", "200 OK", "Hello, world!\n"},
		{"an empty form", form, "", false, "", "200 OK", "Hello, world!\n"},
		{"no form", "", "", false, "", "200 OK", "Hello, world!\n"},
		{"a name in the query string", "", "", false, "name=ada", "200 OK", "Hello, ada!\n"},
		{"a name in both", form, "name=ada", false, "name=bob", "200 OK", "Hello, ada!\n"},
		{"a form as large as it may be", form, "name=ada&x=" + strings.Repeat("x", 64<<10-11), false, "", "200 OK", "Hello, ada!\n"},
		{"a form one byte larger", form, "name=ada&x=" + strings.Repeat("x", 64<<10-10), false, "", "413 Content Too Large", "A form has at most 65536 bytes here.\n"},
		{"a bad escape", form, "name=%zz", false, "", "400 Bad Request", "This is no form: invalid URL escape \"%zz\".\n"},
		{"a semicolon", "", "", false, "name=ada;x=1", "400 Bad Request", "This is no form: invalid semicolon separator in query.\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			framing := body.Framing{Length: int64(len(test.body))}
			if test.chunked {
				framing = body.Framing{Chunked: true}
			}
			got := apptest.Run(hello.App, wsgi.Environ{
				"CONTENT_TYPE": test.contentType,
				"QUERY_STRING": test.query,
				"wsgi.input":   apptest.Input(framing, test.body),
			})
			if got.Err != nil || got.Status != test.status {
				t.Errorf("App answers %q, %v, want %q", got.Status, got.Err, test.status)
			}
			if want := (wsgi.Headers{{"Content-Type", "text/plain"}}); !slices.Equal(got.Headers, want) {
				t.Errorf("headers = %q, want %q", got.Headers, want)
			}
			if want := []string{test.answer}; !slices.Equal(got.Chunks, want) {
				t.Errorf("chunks = %q, want %q", got.Chunks, want)
			}
		})
	}
}

// TestOnlyFormsAreRead hands over an environ without wsgi.input: to ask for it
// would panic.
func TestOnlyFormsAreRead(t *testing.T) {
	for _, contentType := range []string{"", "text/plain", "application/json", "multipart/form-data; boundary=x", ";"} {
		got := apptest.Run(hello.App, wsgi.Environ{"CONTENT_TYPE": contentType, "QUERY_STRING": "name=ada"})
		if want := []string{"Hello, ada!\n"}; got.Err != nil || !slices.Equal(got.Chunks, want) {
			t.Errorf("with Content-Type %q App answers %q, %v, want %q", contentType, got.Chunks, got.Err, want)
		}
	}
}

// TestBrokenForm checks that half a form is not answered as if it were a form:
// the refusal reaches the server, and start_response was not called.
func TestBrokenForm(t *testing.T) {
	got := apptest.Run(hello.App, wsgi.Environ{
		"CONTENT_TYPE": form,
		"wsgi.input":   apptest.Input(body.Framing{Length: 8}, "name=ad"),
	})
	var refusal *refuse.Error
	if !errors.As(got.Err, &refusal) || refusal.Status != refuse.BadRequest {
		t.Errorf("App fails with %v, want the refusal of step 05", got.Err)
	}
	if got.Status != "" {
		t.Errorf("App started with %q, want no start", got.Status)
	}
}

func TestOverASocket(t *testing.T) {
	status, text := apptest.Get(t, hello.App, "/hello?name=ada")
	if want := "Hello, ada!\n"; status != "200 OK" || text != want {
		t.Errorf("the answer is %s %q, want 200 OK %q", status, text, want)
	}
}

func ExampleApp() {
	answer := apptest.Run(hello.App, wsgi.Environ{
		"CONTENT_TYPE": "application/x-www-form-urlencoded",
		"wsgi.input":   apptest.Input(body.Framing{Length: 8}, "name=ada"),
	})
	fmt.Printf("%q\n", answer.Chunks)
	// Output: ["Hello, ada!\n"]
}
