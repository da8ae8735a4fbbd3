package djangoish_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"barewire/apps/djangoish"
	"barewire/apps/mount"
	"barewire/internal/apptest"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
)

// request is the environ of a GET, with more in it.
func request(more wsgi.Environ) wsgi.Environ {
	environ := wsgi.Environ{
		"REQUEST_METHOD":  "GET",
		"SCRIPT_NAME":     "",
		"PATH_INFO":       "/",
		"HTTP_HOST":       "127.0.0.1:8888",
		"wsgi.url_scheme": "http",
		"wsgi.input":      apptest.Input(body.Framing{}, ""),
		"wsgi.errors":     io.Discard,
	}
	maps.Copy(environ, more)
	return environ
}

// form is the environ of a POST with these bytes.
func form(wire string, more wsgi.Environ) wsgi.Environ {
	environ := request(wsgi.Environ{
		"REQUEST_METHOD": "POST",
		"CONTENT_TYPE":   "application/x-www-form-urlencoded",
		"wsgi.input":     apptest.Input(body.Framing{Length: int64(len(wire))}, wire),
	})
	maps.Copy(environ, more)
	return environ
}

func page(visit int, name, link string) string {
	return fmt.Sprintf(`<p>Hello, %s. This is visit %d.</p>
<p><a href="%s">2005</a></p>
<form method="post"><input name="name"><button>That is my name</button></form>
`, name, visit, link)
}

func source(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestApp(t *testing.T) {
	const (
		kept     = "; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax"
		keptShop = "; Path=/shop; Max-Age=604800; HttpOnly; SameSite=Lax"
		link     = "/archive/2005/"
		file     = "<the file>"
	)
	html := [2]string{"Content-Type", "text/html; charset=utf-8"}
	text := [2]string{"Content-Type", "text/plain; charset=utf-8"}
	visit := func(visits, name, kept string) wsgi.Headers {
		return wsgi.Headers{html, {"Content-Length", "*"}, {"Set-Cookie", "visits=" + visits + kept}, {"Set-Cookie", "name=" + name + kept}}
	}
	failed := wsgi.Headers{html, {"Content-Length", "*"}}
	tests := []struct {
		name    string
		environ wsgi.Environ
		status  string
		headers wsgi.Headers // a Content-Length of * is that of the body
		body    string
	}{
		{"a first visit", request(nil), "200 OK", visit("1", "stranger", kept), page(1, "stranger", link)},
		{"a later one", request(wsgi.Environ{"HTTP_COOKIE": "visits=41; name=Ada+Lovelace"}),
			"200 OK", visit("42", "Ada+Lovelace", kept), page(42, "Ada Lovelace", link)},
		{"HEAD", request(wsgi.Environ{"REQUEST_METHOD": "HEAD"}), "200 OK", visit("1", "stranger", kept), page(1, "stranger", link)},
		{"a name of HTML", request(wsgi.Environ{"HTTP_COOKIE": "name=%3Cb%3E"}), "200 OK", visit("1", "%3Cb%3E", kept), page(1, "&lt;b&gt;", link)},
		{"a name of bytes that no cookie holds", request(wsgi.Environ{"HTTP_COOKIE": "name=\"\xff\\,"}),
			"200 OK", visit("1", "%22%FF%5C%2C", kept), page(1, "&#34;\xff\\,", link)},
		{"a name with a broken escape", request(wsgi.Environ{"HTTP_COOKIE": "name=%zz"}), "200 OK", visit("1", "stranger", kept), page(1, "stranger", link)},
		{"visits that are no number", request(wsgi.Environ{"HTTP_COOKIE": "visits=x"}), "200 OK", visit("1", "stranger", kept), page(1, "stranger", link)},
		{"less than no visits", request(wsgi.Environ{"HTTP_COOKIE": "visits=-7"}), "200 OK", visit("1", "stranger", kept), page(1, "stranger", link)},
		{"more visits than there can be", request(wsgi.Environ{"HTTP_COOKIE": "visits=2147483648"}), "200 OK", visit("1", "stranger", kept), page(1, "stranger", link)},

		{"under a mount", request(wsgi.Environ{"SCRIPT_NAME": "/shop"}), "200 OK", visit("1", "stranger", keptShop), page(1, "stranger", "/shop/archive/2005/")},
		{"the mount itself", request(wsgi.Environ{"SCRIPT_NAME": "/shop", "PATH_INFO": ""}),
			"200 OK", visit("1", "stranger", keptShop), page(1, "stranger", "/shop/archive/2005/")},
		{"a form under a mount", form("name=ada", wsgi.Environ{"SCRIPT_NAME": "/shop"}), "302 Found",
			wsgi.Headers{html, {"Location", "/shop/"}, {"Content-Length", "0"}, {"Set-Cookie", "name=ada" + keptShop}}, ""},

		{"a form", form("name=Ada+Lovelace", nil), "302 Found",
			wsgi.Headers{html, {"Location", "/"}, {"Content-Length", "0"}, {"Set-Cookie", "name=Ada+Lovelace" + kept}}, ""},
		{"a form that would add an attribute and a header", form("name=a;%0D%0A", nil), "400 Bad Request", failed, "<h1>Bad Request</h1>\n"},
		{"the same, escaped", form("name=a%3B%0D%0A", nil), "302 Found",
			wsgi.Headers{html, {"Location", "/"}, {"Content-Length", "0"}, {"Set-Cookie", "name=a%3B%0D%0A" + kept}}, ""},
		{"a form of this site", form("name=ada", wsgi.Environ{"HTTP_ORIGIN": "http://127.0.0.1:8888"}), "302 Found",
			wsgi.Headers{html, {"Location", "/"}, {"Content-Length", "0"}, {"Set-Cookie", "name=ada" + kept}}, ""},
		{"a form of another site", form("name=eve", wsgi.Environ{"HTTP_ORIGIN": "http://elsewhere.example"}), "403 Forbidden", failed, "<h1>Forbidden</h1>\n"},
		{"a form of another port", form("name=eve", wsgi.Environ{"HTTP_ORIGIN": "http://127.0.0.1:8889"}), "403 Forbidden", failed, "<h1>Forbidden</h1>\n"},
		{"a form of a site without a name", form("name=eve", wsgi.Environ{"HTTP_ORIGIN": "null"}), "403 Forbidden", failed, "<h1>Forbidden</h1>\n"},
		{"a GET from another site", request(wsgi.Environ{"HTTP_ORIGIN": "http://elsewhere.example"}),
			"200 OK", visit("1", "stranger", kept), page(1, "stranger", link)},

		{"a year", request(wsgi.Environ{"PATH_INFO": "/archive/2005/"}), "200 OK", wsgi.Headers{html, {"Content-Length", "14"}}, "<h1>2005</h1>\n"},
		{"a year that is no number", request(wsgi.Environ{"PATH_INFO": "/archive/soon/"}), "404 Not Found", failed, "<h1>Not Found</h1>\n"},
		{"a year without the slash", request(wsgi.Environ{"PATH_INFO": "/archive/2005"}), "404 Not Found", failed, "<h1>Not Found</h1>\n"},
		{"nowhere", request(wsgi.Environ{"PATH_INFO": "/nowhere"}), "404 Not Found", failed, "<h1>Not Found</h1>\n"},

		{"a file", request(wsgi.Environ{"PATH_INFO": "/source/handler.go"}), "200 OK", wsgi.Headers{text}, file},
		{"a file to keep", request(wsgi.Environ{"PATH_INFO": "/source/handler.go", "QUERY_STRING": "download"}), "200 OK",
			wsgi.Headers{text, {"Content-Disposition", `attachment; filename="handler.go"`}}, file},
		{"no such file", request(wsgi.Environ{"PATH_INFO": "/source/djangoish_test.go"}), "404 Not Found", failed, "<h1>Not Found</h1>\n"},
		{"a file further up", request(wsgi.Environ{"PATH_INFO": "/source/../demo/demo.go"}), "404 Not Found", failed, "<h1>Not Found</h1>\n"},
		{"a file with a dot for a slash", request(wsgi.Environ{"PATH_INFO": "/source/handlerxgo"}), "404 Not Found", failed, "<h1>Not Found</h1>\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := test.body
			if want == file {
				want = source(t, "handler.go")
			}
			got := apptest.Run(djangoish.App, test.environ)
			if got.Err != nil || got.Status != test.status {
				t.Errorf("App answers %q, %v, want %q", got.Status, got.Err, test.status)
			}
			headers := slices.Clone(test.headers)
			for i, header := range headers {
				if header[1] == "*" {
					headers[i][1] = fmt.Sprint(len(want))
				}
			}
			if !slices.Equal(got.Headers, headers) {
				t.Errorf("headers = %q\nwant      %q", got.Headers, headers)
			}
			if body := strings.Join(got.Chunks, ""); body != want {
				t.Errorf("body = %q, want %q", body, want)
			}
		})
	}
}

func TestAppNotesBothSignals(t *testing.T) {
	var log strings.Builder
	apptest.Run(djangoish.App, request(wsgi.Environ{"PATH_INFO": "/\x1b[2J", "wsgi.errors": &log}))
	want := `djangoish: request_started GET "/\x1b[2J"` + "\n" + `djangoish: request_finished GET "/\x1b[2J"` + "\n"
	if log.String() != want {
		t.Errorf("wsgi.errors gets %q, want %q", &log, want)
	}
}

// CommonMiddleware says the length where nobody else has said it.
func TestCommonMiddleware(t *testing.T) {
	tests := []struct {
		name    string
		headers wsgi.Headers
		want    string // the lengths, with a space between them
	}{
		{"no length", nil, "2"},
		{"a length", wsgi.Headers{{"Content-Length", "02"}}, "02"},
		{"a length in small letters", wsgi.Headers{{"content-length", "02"}}, "02"},
		{"another header", wsgi.Headers{{"Content-Language", "en"}}, "2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			handler := only(func(*djangoish.Request) (*djangoish.Response, error) {
				return &djangoish.Response{StatusCode: 200, Headers: test.headers, Content: []byte("ok")}, nil
			}, djangoish.CommonMiddleware)
			got := apptest.Run(handler.Call, request(nil))
			var lengths []string
			for _, header := range got.Headers {
				if strings.EqualFold(header[0], "Content-Length") {
					lengths = append(lengths, header[1])
				}
			}
			if said := strings.Join(lengths, " "); got.Err != nil || said != test.want {
				t.Errorf("the answer has the length %q, %v, want %q", said, got.Err, test.want)
			}
		})
	}
}

// A browser, as far as Go has one: it follows redirects, and says cookies again
// where they belong. The cookies of the root belong under /shop too; but once
// there are others for that path, those come first, and count.
func TestOverASocket(t *testing.T) {
	address, _ := apptest.Serve(t, mount.Prefix("/shop", djangoish.App, djangoish.App))
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	defer client.CloseIdleConnections()
	const link, shop = "/archive/2005/", "/shop/archive/2005/"
	steps := []struct{ method, path, name, want string }{
		{"GET", "/", "", page(1, "stranger", link)},
		{"GET", "/", "", page(2, "stranger", link)},
		{"GET", "/shop", "", page(3, "stranger", shop)},
		{"POST", "/", "Zoë; Path=/", page(3, "Zoë; Path=/", link)},
		{"HEAD", "/", "", ""},
		{"GET", "/", "", page(5, "Zoë; Path=/", link)},
		{"GET", "/shop/", "", page(4, "stranger", shop)},
		{"POST", "/shop/", "ada", page(5, "ada", shop)},
		{"GET", "/shop/source/request.go", "", source(t, "request.go")},
		{"GET", "/", "", page(6, "Zoë; Path=/", link)},
		{"GET", "/nowhere", "", "<h1>Not Found</h1>\n"},
	}
	for i, step := range steps {
		var got *http.Response
		switch step.method {
		case "GET":
			got, err = client.Get(address + step.path)
		case "HEAD":
			got, err = client.Head(address + step.path)
		case "POST":
			got, err = client.PostForm(address+step.path, url.Values{"name": {step.name}})
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(got.Body)
		if err != nil || string(text) != step.want {
			t.Errorf("step %d, %s %s = %q, %v, want %q", i+1, step.method, step.path, text, err, step.want)
		}
		if err := got.Body.Close(); err != nil {
			t.Error(err)
		}
	}
}

// One handler answers all requests, many at a time, with as many signals.
func TestConcurrentRequests(t *testing.T) {
	const clients, requests = 8, 10
	handler := djangoish.NewHandler([]djangoish.URL{
		djangoish.Path("<str:name>/", func(request *djangoish.Request) (*djangoish.Response, error) {
			response := djangoish.HTML(200, request.Args["name"]+" "+request.Reverse("name", request.Args["name"]))
			return response, response.SetCookie(djangoish.Cookie{Name: "name", Value: request.Args["name"]})
		}, "name"),
	}, djangoish.CommonMiddleware, djangoish.CsrfViewMiddleware)
	var mutex sync.Mutex
	signals := make(map[string]int)
	count := func(signal string) func(wsgi.Environ) {
		return func(environ wsgi.Environ) {
			mutex.Lock()
			defer mutex.Unlock()
			signals[signal+environ.Text("PATH_INFO")]++
		}
	}
	handler.RequestStarted.Connect(count("started "))
	handler.RequestFinished.Connect(count("finished "))
	address, stop := apptest.Serve(t, handler.Call)

	var group sync.WaitGroup
	for i := range clients {
		group.Add(1)
		go func() {
			defer group.Done()
			for range requests {
				handler.RequestStarted.Connect(func(wsgi.Environ) {})
				got, err := http.Get(fmt.Sprintf("%s/%d/", address, i))
				if err != nil {
					t.Error(err)
					return
				}
				text, err := io.ReadAll(got.Body)
				if want := fmt.Sprintf("%d /%d/", i, i); err != nil || string(text) != want || got.Header.Get("Set-Cookie") != fmt.Sprintf("name=%d", i) {
					t.Errorf("client %d gets %q, %q, %v, want %q and its cookie", i, text, got.Header, err, want)
				}
				if err := got.Body.Close(); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	group.Wait()
	stop()
	for i := range clients {
		for _, signal := range []string{"started", "finished"} {
			if got := signals[fmt.Sprintf("%s /%d/", signal, i)]; got != requests {
				t.Errorf("client %d: %s %d times, want %d", i, signal, got, requests)
			}
		}
	}
}
