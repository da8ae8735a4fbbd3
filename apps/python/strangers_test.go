//go:build unix

package python_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"barewire/apps/python"
	"barewire/internal/apptest"
)

// Applications of others, as they are: httpbin, which is written with Flask, and the
// administration site that Django has of its own.

func TestHTTPBin(t *testing.T) {
	pool, errors := start(t, python.Settings{App: "python:httpbin:app", Python: needPython(t, "httpbin"), Workers: 2})
	site, _ := apptest.Serve(t, pool.Application)
	browser := newBrowser(t)
	megabyte := strings.Repeat("0123456789abcdef", 1<<16)
	tests := []struct {
		name, method, path, body string
		header                   [2]string
		status                   int
		want                     string // in the body
	}{
		{"a query", "GET", "/get?a=b%20c", "", [2]string{}, 200, `"a":"b c"`},
		{"a form", "POST", "/post", "a=%C3%A9", [2]string{"Content-Type", "application/x-www-form-urlencoded"}, 200, `"a":"\u00e9"`},
		{"a large body", "PUT", "/put", megabyte, [2]string{}, 200, megabyte},
		{"a body behind 100 Continue", "PUT", "/put", megabyte, [2]string{"Expect", "100-continue"}, 200, megabyte},
		{"a teapot", "GET", "/status/418", "", [2]string{}, 418, "teapot"},
		{"two redirects", "GET", "/redirect/2", "", [2]string{}, 200, "/get"},
		{"a cookie that comes back", "GET", "/cookies/set?kind=oat", "", [2]string{}, 200, `"kind":"oat"`},
		{"no password", "GET", "/basic-auth/ada/pw", "", [2]string{}, 401, ""},
		{"a password", "GET", "/basic-auth/ada/pw", "", [2]string{"Authorization", "Basic YWRhOnB3"}, 200, `"user":"ada"`},
		{"gzip, which the client undoes", "GET", "/gzip", "", [2]string{}, 200, `"gzipped":true`},
		{"a stream of lines", "GET", "/stream/3", "", [2]string{}, 200, `"id": 2`},
		{"bytes that drip", "GET", "/drip?duration=0&numbytes=5", "", [2]string{}, 200, "*****"},
		{"a range", "GET", "/range/26", "", [2]string{"Range", "bytes=1-3"}, 206, "bcd"},
		{"what has not changed", "GET", "/etag/x", "", [2]string{"If-None-Match", "x"}, 304, ""},
		{"a picture", "GET", "/image/png", "", [2]string{}, 200, "\x89PNG"},
		{"HEAD", "HEAD", "/html", "", [2]string{}, 200, ""},
		{"OPTIONS", "OPTIONS", "/get", "", [2]string{}, 200, ""},
		{"nothing there", "GET", "/nowhere", "", [2]string{}, 404, "Not Found"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := http.NewRequest(test.method, site+test.path, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if test.header[0] != "" {
				r.Header.Set(test.header[0], test.header[1])
			}
			status, text := browser.ask(t, r)
			if status != test.status || !strings.Contains(text, test.want) {
				t.Errorf("%s %s is answered with %d and %d bytes, %.200q, want %d with %.40q\n%s",
					test.method, test.path, status, len(text), text, test.status, test.want, errors)
			}
		})
	}
}

// TestDjangoAdmin goes through the site as an editor does: log in, add somebody,
// find them, log out.
func TestDjangoAdmin(t *testing.T) {
	program := needPython(t, "django")
	folder := t.TempDir()
	for _, command := range [][]string{
		{"-m", "django", "startproject", "project", "."},
		{"manage.py", "migrate", "--verbosity", "0"},
		{"manage.py", "createsuperuser", "--noinput", "--username", "ada", "--email", "ada@example.org"},
	} {
		process := exec.Command(program, command...)
		process.Dir = folder
		process.Env = append(os.Environ(), "DJANGO_SUPERUSER_PASSWORD=lovelace")
		if said, err := process.CombinedOutput(); err != nil {
			t.Fatalf("python %v: %v\n%s", command, err, said)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "site_with_files.py"), []byte(siteWithFiles), 0o666); err != nil {
		t.Fatal(err)
	}
	pool, errors := start(t, python.Settings{App: filepath.Join(folder, "site_with_files.py") + ":app", Python: program, Workers: 2})
	site, _ := apptest.Serve(t, pool.Application)
	browser := newBrowser(t)

	visit := func(path string) string {
		t.Helper()
		r, err := http.NewRequest("GET", site+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		status, text := browser.ask(t, r)
		if status != http.StatusOK {
			t.Fatalf("%s is answered with %d\n%s", path, status, errors)
		}
		return text
	}
	// submit fills in the form of a page.
	submit := func(path string, form url.Values) (int, string) {
		t.Helper()
		token := regexp.MustCompile(`name="csrfmiddlewaretoken" value="(\w+)"`).FindStringSubmatch(visit(path))
		if token == nil {
			t.Fatalf("%s has no token", path)
		}
		form.Set("csrfmiddlewaretoken", token[1])
		r, err := http.NewRequest("POST", site+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return browser.ask(t, r)
	}

	if status, text := submit("/admin/login/", url.Values{"username": {"ada"}, "password": {"wrong"}}); status != http.StatusOK || !strings.Contains(text, "Please enter the correct username") {
		t.Errorf("a wrong password is answered with %d", status)
	}
	if status, text := submit("/admin/login/?next=/admin/", url.Values{"username": {"ada"}, "password": {"lovelace"}}); status != http.StatusOK || !strings.Contains(text, "Site administration") {
		t.Fatalf("the password is answered with %d\n%s", status, text)
	}
	new := url.Values{"username": {"grace"}, "password1": {"Zw9-hopper"}, "password2": {"Zw9-hopper"}}
	if status, text := submit("/admin/auth/user/add/", new); status != http.StatusOK || !strings.Contains(text, "was added successfully") {
		t.Errorf("somebody new is answered with %d\n%s", status, text)
	}
	if text := visit("/admin/auth/user/?q=grace"); !strings.Contains(text, "1 user") {
		t.Errorf("who was added is not found:\n%s", text)
	}
	if text := visit("/static/admin/css/base.css"); !strings.Contains(text, "DJANGO Admin styles") {
		t.Errorf("the style sheet is %.100q", text)
	}
	r, err := http.NewRequest("POST", site+"/admin/logout/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := browser.ask(t, r); status != http.StatusForbidden {
		t.Errorf("a form without its token is answered with %d, want 403", status)
	}
}

// siteWithFiles is what a user writes who has no other server for the style sheets.
const siteWithFiles = `from django.contrib.staticfiles.handlers import StaticFilesHandler
from project.wsgi import application

app = StaticFilesHandler(application)
`

// A browser keeps cookies.
type browser struct{ http.Client }

func newBrowser(t *testing.T) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{http.Client{Jar: jar, Transport: &http.Transport{}}}
	t.Cleanup(b.CloseIdleConnections)
	return b
}

// ask returns the status and the whole body.
func (b *browser) ask(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	got, err := b.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := got.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, string(text)
}
