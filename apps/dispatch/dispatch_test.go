package dispatch_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"barewire/apps/dispatch"
	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

func TestApp(t *testing.T) {
	const (
		index    = "Hello World Application\nThis is the Hello World application\n"
		notFound = "Not Found\n"
	)
	tests := []struct {
		name   string
		path   string
		status string
		kind   string
		body   string
	}{
		{"root", "/", "200 OK", "text/html", index},
		{"no path at all", "", "200 OK", "text/html", index},
		{"slashes only", "///", "200 OK", "text/html", index},
		{"hello", "/hello", "200 OK", "text/html", "Hello World\n"},
		{"hello with a slash", "/hello/", "200 OK", "text/html", "Hello World\n"},
		{"hello and a name", "/hello/ada", "200 OK", "text/html", "Hello ada\n"},
		{"a name with a slash in it", "/hello/ada/lovelace", "200 OK", "text/html", "Hello ada/lovelace\n"},
		{"a name of HTML", "/hello/<b>&\"", "200 OK", "text/html", "Hello &lt;b&gt;&amp;&#34;\n"},
		{"a name of bytes that are no text", "/hello/\xff\x00", "200 OK", "text/html", "Hello \xff\x00\n"},
		{"hello further down, as in the tutorials", "/say/hello/ada", "200 OK", "text/html", "Hello ada\n"},
		{"nowhere", "/nowhere", "404 NOT FOUND", "text/plain", notFound},
		{"hello and more letters", "/hellos", "404 NOT FOUND", "text/plain", notFound},
		{"a name of two lines", "/hello/ada\nbob", "404 NOT FOUND", "text/plain", notFound},
		{"another case", "/HELLO", "404 NOT FOUND", "text/plain", notFound},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := apptest.Run(dispatch.App, wsgi.Environ{"PATH_INFO": test.path})
			if got.Err != nil || got.Status != test.status {
				t.Errorf("App(%q) answers %q, %v, want %q", test.path, got.Status, got.Err, test.status)
			}
			if want := (wsgi.Headers{{"Content-Type", test.kind}}); !slices.Equal(got.Headers, want) {
				t.Errorf("App(%q): headers = %q, want %q", test.path, got.Headers, want)
			}
			if body := strings.Join(got.Chunks, ""); body != test.body {
				t.Errorf("App(%q): body = %q, want %q", test.path, body, test.body)
			}
		})
	}
}

func TestMatchedGroupsAreInTheEnviron(t *testing.T) {
	tests := []struct {
		path string
		want []string
	}{
		{"/", []string{}},
		{"/hello", []string{}},
		{"/hello/ada", []string{"ada"}},
	}
	for _, test := range tests {
		environ := wsgi.Environ{"PATH_INFO": test.path}
		apptest.Run(dispatch.App, environ)
		got, ok := environ["myapp.url_args"].([]string)
		if !ok || !slices.Equal(got, test.want) {
			t.Errorf("App(%q): myapp.url_args = %#v, want %#v", test.path, environ["myapp.url_args"], test.want)
		}
	}
	environ := wsgi.Environ{"PATH_INFO": "/nowhere"}
	apptest.Run(dispatch.App, environ)
	if args, ok := environ["myapp.url_args"]; ok {
		t.Errorf("App(%q): myapp.url_args = %#v, want none", "/nowhere", args)
	}
}

func TestOverASocket(t *testing.T) {
	status, text := apptest.Get(t, dispatch.App, "/hello/ada")
	if want := "Hello ada\n"; status != "200 OK" || text != want {
		t.Errorf("the answer is %s %q, want 200 OK %q", status, text, want)
	}
}

func ExampleApp() {
	for _, path := range []string{"/hello", "/hello/ada", "/nowhere"} {
		answer := apptest.Run(dispatch.App, wsgi.Environ{"PATH_INFO": path})
		fmt.Printf("%s %q\n", answer.Status, answer.Chunks)
	}
	// Output:
	// 200 OK ["Hello World\n"]
	// 200 OK ["Hello ada\n"]
	// 404 NOT FOUND ["Not Found\n"]
}
