package mount_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"barewire/apps/demo"
	"barewire/apps/hello"
	"barewire/apps/mount"
	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

// named answers with its name and the two variables.
func named(name string) wsgi.Application {
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		return wsgi.Text(fmt.Sprintf("%s %q %q", name, environ.Text("SCRIPT_NAME"), environ.Text("PATH_INFO")))
	}
}

func TestPrefix(t *testing.T) {
	tests := []struct {
		name             string
		prefix           string
		scriptName, path string
		want             string
	}{
		{"the prefix itself", "/app", "", "/app", `app "/app" ""`},
		{"the prefix and a slash", "/app", "", "/app/", `app "/app" "/"`},
		{"a path under it", "/app", "", "/app/x/y", `app "/app" "/x/y"`},
		{"two slashes under it", "/app", "", "/app//x", `app "/app" "//x"`},
		{"the prefix twice", "/app", "", "/app/app", `app "/app" "/app"`},
		{"a longer word", "/app", "", "/apple", `otherwise "" "/apple"`},
		{"a shorter word", "/app", "", "/ap", `otherwise "" "/ap"`},
		{"the prefix further down", "/app", "", "/x/app", `otherwise "" "/x/app"`},
		{"another case", "/app", "", "/APP", `otherwise "" "/APP"`},
		{"the root", "/app", "", "/", `otherwise "" "/"`},
		{"no path at all, as of OPTIONS *", "/app", "", "", `otherwise "" ""`},
		{"a server that has a SCRIPT_NAME", "/app", "/cgi", "/app/x", `app "/cgi/app" "/x"`},
		{"the same, and another path", "/app", "/cgi", "/x", `otherwise "/cgi" "/x"`},
		{"a prefix of two segments", "/a/b", "", "/a/b/c", `app "/a/b" "/c"`},
		{"half a prefix of two segments", "/a/b", "", "/a/bc", `otherwise "" "/a/bc"`},
		{"a prefix with a slash at its end", "/app/", "", "/app/x", `app "/app" "/x"`},
		{"the same, and the path without", "/app/", "", "/app", `app "/app" ""`},
		{"the root as prefix", "/", "", "/x", `app "" "/x"`},
		{"bytes that are no text", "/\xff", "", "/\xff/\xfe", `app "/\xff" "/\xfe"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			app := mount.Prefix(test.prefix, named("app"), named("otherwise"))
			environ := wsgi.Environ{"SCRIPT_NAME": test.scriptName, "PATH_INFO": test.path, "REQUEST_METHOD": "GET"}
			before := maps.Clone(environ)
			got := apptest.Run(app, environ)
			if want := []string{test.want}; got.Err != nil || !slices.Equal(got.Chunks, want) {
				t.Errorf("Prefix(%q) under %q of %q answers %q, %v, want %q", test.prefix, test.scriptName, test.path, got.Chunks, got.Err, want)
			}
			if !maps.Equal(environ, before) {
				t.Errorf("Prefix(%q) left the environ as %v, want %v", test.prefix, environ, before)
			}
		})
	}
}

// TestTheRestStays checks that the copy is whole, and a copy.
func TestTheRestStays(t *testing.T) {
	var seen wsgi.Environ
	app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		seen = maps.Clone(environ)
		environ["myapp.url_args"] = "x"
		return named("app")(environ, start)
	}
	environ := wsgi.Environ{"PATH_INFO": "/app/x", "REQUEST_METHOD": "GET", "wsgi.multithread": true}
	apptest.Run(mount.Prefix("/app", app, named("otherwise")), environ)
	want := wsgi.Environ{"SCRIPT_NAME": "/app", "PATH_INFO": "/x", "REQUEST_METHOD": "GET", "wsgi.multithread": true}
	if !maps.Equal(seen, want) {
		t.Errorf("the environ of app = %v, want %v", seen, want)
	}
	if _, ok := environ["myapp.url_args"]; ok {
		t.Error("app changed the environ of its caller")
	}
}

// TestOverASocket makes the two requests of the package documentation.
func TestOverASocket(t *testing.T) {
	site := mount.Prefix("/app", demo.App, hello.App)
	status, text := apptest.Get(t, site, "/app/x")
	for _, line := range []string{"SCRIPT_NAME = '/app'\n", "PATH_INFO = '/x'\n"} {
		if status != "200 OK" || !strings.Contains(text, "\n"+line) {
			t.Errorf("/app/x = %s\n%s\nwant a line %q", status, text, line)
		}
	}
	status, text = apptest.Get(t, site, "/apple")
	if want := "Hello, world!\n"; status != "200 OK" || text != want {
		t.Errorf("/apple = %s %q, want 200 OK %q", status, text, want)
	}
}

func ExamplePrefix() {
	site := mount.Prefix("/blog", mount.Prefix("/admin", named("admin"), named("blog")), named("home"))
	for _, path := range []string{"/", "/blog/today", "/blog/admin/users"} {
		fmt.Println(apptest.Run(site, wsgi.Environ{"PATH_INFO": path}).Chunks[0])
	}
	// Output:
	// home "" "/"
	// blog "/blog" "/today"
	// admin "/blog/admin" "/users"
}
