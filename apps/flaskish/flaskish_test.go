package flaskish_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"barewire/apps/flaskish"
	"barewire/internal/apptest"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	"barewire/steps/refuse"
)

// TestApp asks the example over a socket. Each answer, a 404 too, is signed by
// the middleware.
func TestApp(t *testing.T) {
	url, _ := apptest.Serve(t, flaskish.App)
	tests := []struct {
		name, method, path, send string
		status                   string
		kind, body               string
		length                   int64 // -1: nobody knew it at the start
	}{
		{"text", "GET", "/", "", "200 OK", "text/html; charset=utf-8", "<h1>Welcome</h1>\n", 17},
		{"HEAD of text", "HEAD", "/", "", "200 OK", "text/html; charset=utf-8", "", 17},
		{"text, escaped", "GET", "/hello/%3Cb%3Eada%22", "", "200 OK", "text/html; charset=utf-8", "<h1>Hello, &lt;b&gt;ada&#34;</h1>\n", 34},
		{"bytes", "GET", "/robots.txt", "", "200 OK", "text/plain", "User-agent: *\nDisallow: /drop\n", 30},
		{"a map", "GET", "/user/%C3%A9%22", "", "200 OK", "application/json", `{"name":"é\""}` + "\n", 16},
		{"a tuple", "POST", "/drop", "some words", "202 ACCEPTED", "application/json", "{\"dropped\":10}\n", 15},
		{"an application", "GET", "/countdown/2", "", "200 OK", "text/plain", "2\n1\n0\n", -1},
		{"a request that it is not made for", "GET", "/countdown/x", "", "400 BAD REQUEST", "text/html; charset=utf-8", "Count down from a number, 1000 at most.\n", 40},
		{"too long a countdown", "GET", "/countdown/1001", "", "400 BAD REQUEST", "text/html; charset=utf-8", "Count down from a number, 1000 at most.\n", 40},
		{"a countdown that goes up", "GET", "/countdown/-1", "", "400 BAD REQUEST", "text/html; charset=utf-8", "Count down from a number, 1000 at most.\n", 40},
		{"no view", "GET", "/nowhere", "", "404 NOT FOUND", "text/html; charset=utf-8", "<h1>Not Found</h1>\n", 19},
		{"another method", "GET", "/drop", "", "405 METHOD NOT ALLOWED", "text/html; charset=utf-8", "<h1>Method Not Allowed</h1>\n", 28},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			request, err := http.NewRequest(test.method, url+test.path, strings.NewReader(test.send))
			if err != nil {
				t.Fatal(err)
			}
			response, body := do(t, request)
			if response.Status != test.status || response.Header.Get("Content-Type") != test.kind {
				t.Errorf("%s %s is answered %q, %q, want %q, %q", test.method, test.path, response.Status, response.Header.Get("Content-Type"), test.status, test.kind)
			}
			if body != test.body || response.ContentLength != test.length {
				t.Errorf("%s %s is answered %q of length %d, want %q of %d", test.method, test.path, body, response.ContentLength, test.body, test.length)
			}
			if signed := response.Header.Values("Signed"); len(signed) != 1 {
				t.Errorf("%s %s: Signed = %q, want it once", test.method, test.path, signed)
			}
			if allow := response.Header.Get("Allow"); response.StatusCode == http.StatusMethodNotAllowed && allow != "POST" {
				t.Errorf("%s %s: Allow = %q, want POST", test.method, test.path, allow)
			}
		})
	}
}

func do(t *testing.T, request *http.Request) (response *http.Response, body string) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		t.Error(err)
	}
	return response, string(text)
}

// A view that fails is a 500, and the next request is answered.
func TestFailureOverASocket(t *testing.T) {
	app := flaskish.New()
	app.Route("/error", func(*flaskish.Request) any { return errDisk })
	app.Route("/number", func(*flaskish.Request) any { return 42 })
	app.Route("/panic", func(*flaskish.Request) any { panic(errDisk) })
	app.Route("/", func(*flaskish.Request) any { return "well" })
	url, _ := apptest.Serve(t, app.Call)
	for _, path := range []string{"/error", "/number", "/panic", "/"} {
		request, err := http.NewRequest("GET", url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := http.StatusInternalServerError
		if path == "/" {
			want = http.StatusOK
		}
		if response, _ := do(t, request); response.StatusCode != want {
			t.Errorf("GET %s is answered %q, want %d", path, response.Status, want)
		}
	}
}

// The error of a broken body goes through view, Flask and middleware to the
// server, which knows that the client is to blame.
func TestBrokenBody(t *testing.T) {
	got := apptest.Run(flaskish.App, wsgi.Environ{
		"REQUEST_METHOD": "POST",
		"PATH_INFO":      "/drop",
		"wsgi.input":     apptest.Input(body.Framing{Length: 10}, "some"),
	})
	var refusal *refuse.Error
	if !errors.As(got.Err, &refusal) || refusal.Status != refuse.BadRequest || got.Status != "" {
		t.Errorf("the answer is %q, %v, want none, and the 400 of step 05", got.Status, got.Err)
	}
}

// A client that leaves stops the countdown.
func TestCountdownStops(t *testing.T) {
	environ := wsgi.Environ{"REQUEST_METHOD": "GET", "PATH_INFO": "/countdown/1000"}
	body := flaskish.App(environ, func(string, wsgi.Headers, ...error) wsgi.Write { return nil })
	chunks := 0
	body.Chunks(func([]byte, error) bool {
		chunks++
		return chunks < 3
	})
	if chunks != 3 {
		t.Errorf("the countdown yielded %d chunks, want 3, for then nobody listened", chunks)
	}
}
