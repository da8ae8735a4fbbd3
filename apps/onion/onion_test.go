package onion_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"barewire/apps/onion"
	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

func TestApp(t *testing.T) {
	tests := []struct {
		name    string
		environ wsgi.Environ
		want    string
	}{
		{"an admin", wsgi.Environ{"HTTP_ROLE": "ADMIN"}, "Hello Admin!\n"},
		{"another role", wsgi.Environ{"HTTP_ROLE": "USER"}, "Hello User!\n"},
		{"an admin in small letters", wsgi.Environ{"HTTP_ROLE": "admin"}, "Hello User!\n"},
		{"two roles", wsgi.Environ{"HTTP_ROLE": "ADMIN,ADMIN"}, "Hello User!\n"},
		{"no role", wsgi.Environ{}, "Hello User!\n"},
		{"a role that the client did not say", wsgi.Environ{"ROLE": "ADMIN"}, "Hello User!\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var log strings.Builder
			test.environ["wsgi.errors"] = &log
			got := apptest.Run(onion.App, test.environ)
			if got.Err != nil || got.Status != "200 OK" {
				t.Errorf("App answers %q, %v, want 200 OK", got.Status, got.Err)
			}
			if want := (wsgi.Headers{{"Content-Type", "text/plain"}}); !slices.Equal(got.Headers, want) {
				t.Errorf("headers = %q, want %q", got.Headers, want)
			}
			if want := []string{test.want}; !slices.Equal(got.Chunks, want) {
				t.Errorf("chunks = %q, want %q", got.Chunks, want)
			}
			if got, want := log.String(), "new request\nfinish request\n"; got != want {
				t.Errorf("the log = %q, want %q", got, want)
			}
		})
	}
}

// TestLayers peels the onion: every layer stands around any application, and
// hands on the very environ, start_response and body.
func TestLayers(t *testing.T) {
	tests := []struct {
		name  string
		layer func(wsgi.Application) wsgi.Application
		log   string
	}{
		{"First", onion.First, "new request\ncalled\nfinish request\n"},
		{"Second", onion.Second, "called\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var log strings.Builder
			inner := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				fmt.Fprintln(&log, "called")
				environ["myapp.seen"] = true
				start("404 Not Found", nil)
				return wsgi.List{[]byte("one"), []byte("two")}
			}
			environ := wsgi.Environ{"HTTP_ROLE": "ADMIN", "wsgi.errors": &log}
			got := apptest.Run(test.layer(inner), environ)
			if want := []string{"one", "two"}; got.Err != nil || got.Status != "404 Not Found" || !slices.Equal(got.Chunks, want) {
				t.Errorf("%s(app) answers %q, %q, %v, want the answer of app", test.name, got.Status, got.Chunks, got.Err)
			}
			if log.String() != test.log {
				t.Errorf("%s(app): the log = %q, want %q", test.name, &log, test.log)
			}
			if environ["myapp.seen"] != true {
				t.Errorf("%s(app) hands on another environ", test.name)
			}
		})
	}
}

func TestOverASocket(t *testing.T) {
	status, text := apptest.Get(t, onion.App, "/")
	if want := "Hello User!\n"; status != "200 OK" || text != want {
		t.Errorf("the answer is %s %q, want 200 OK %q", status, text, want)
	}
}

func ExampleFirst() {
	app := onion.First(onion.Third)
	answer := apptest.Run(app, wsgi.Environ{"wsgi.errors": os.Stdout})
	fmt.Printf("%q\n", answer.Chunks)
	// Output:
	// new request
	// finish request
	// ["Hello Admin!\n"]
}
