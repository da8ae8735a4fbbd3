package djangoish_test

import (
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"barewire/apps/djangoish"
	"barewire/internal/apptest"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
)

// ask returns the request that a view gets for an environ.
func ask(environ wsgi.Environ) *djangoish.Request {
	var seen *djangoish.Request
	handler := djangoish.NewHandler([]djangoish.URL{
		djangoish.Path("archive/<int:year>/<str:title>.html", ok, "article"),
		djangoish.Path("a%b.c", ok, "plain"),
		djangoish.Path("", ok, "root"),
	}, func(getResponse djangoish.GetResponse) djangoish.View {
		return func(request *djangoish.Request) (*djangoish.Response, error) {
			seen = request
			return getResponse(request), nil
		}
	})
	apptest.Run(handler.Call, environ)
	return seen
}

func TestRequest(t *testing.T) {
	tests := []struct {
		name             string
		scriptName, path string
		wantPath, info   string
	}{
		{"no prefix", "", "/a/b", "/a/b", "/a/b"},
		{"a prefix", "/shop", "/a/b", "/shop/a/b", "/a/b"},
		{"a prefix with a slash at its end", "/shop/", "/a", "/shop/a", "/a"},
		{"the prefix itself", "/shop", "", "/shop/", "/"},
		{"no path at all", "", "", "/", "/"},
		{"two slashes", "", "//a", "//a", "//a"},
		{"bytes that are no text", "/\xff", "/\xfe", "/\xff/\xfe", "/\xfe"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			environ := wsgi.Environ{"REQUEST_METHOD": "BREW", "SCRIPT_NAME": test.scriptName, "PATH_INFO": test.path, "QUERY_STRING": "x=1&x=2&bad=%zz&y"}
			got := ask(environ)
			if got.Method != "BREW" || got.Path != test.wantPath || got.PathInfo != test.info {
				t.Errorf("the request is %q %q %q, want BREW %q %q", got.Method, got.Path, got.PathInfo, test.wantPath, test.info)
			}
			if want := (url.Values{"x": {"1", "2"}, "y": {""}}); !reflect.DeepEqual(got.GET, want) {
				t.Errorf("GET = %q, want %q", got.GET, want)
			}
			environ["myapp.seen"] = true
			if got.META["myapp.seen"] != true {
				t.Error("META is another environ")
			}
		})
	}
}

func TestCookies(t *testing.T) {
	tests := []struct {
		name, header string
		want         map[string]string
	}{
		{"none", "", map[string]string{}},
		{"one", "a=1", map[string]string{"a": "1"}},
		{"two", "a=1; b=2", map[string]string{"a": "1", "b": "2"}},
		{"no space between them", "a=1;b=2", map[string]string{"a": "1", "b": "2"}},
		{"a value with =", "a=b=c", map[string]string{"a": "b=c"}},
		{"an empty value", "a=", map[string]string{"a": ""}},
		{"quotes, which are part of the value", `a="1"`, map[string]string{"a": `"1"`}},
		{"no =", "a; b=2", map[string]string{"b": "2"}},
		{"a name twice, that of the longer path first", "a=near; a=far", map[string]string{"a": "near"}},
		{"an empty value first", "a=; a=far", map[string]string{"a": ""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := ask(wsgi.Environ{"HTTP_COOKIE": test.header}).COOKIES; !maps.Equal(got, test.want) {
				t.Errorf("of %q COOKIES = %q, want %q", test.header, got, test.want)
			}
		})
	}
}

func TestPOST(t *testing.T) {
	const most = 2621440
	broken := apptest.Input(body.Framing{Length: 100}, "a=1")
	tests := []struct {
		name    string
		environ wsgi.Environ
		want    url.Values
		err     error
	}{
		{"a form", form("a=1&b=%20+&a=2", nil), url.Values{"a": {"1", "2"}, "b": {"  "}}, nil},
		{"a form with a charset", form("a=1", wsgi.Environ{"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8"}), url.Values{"a": {"1"}}, nil},
		{"an empty form", form("", nil), url.Values{}, nil},
		{"another type", form("a=1", wsgi.Environ{"CONTENT_TYPE": "application/json"}), url.Values{}, nil},
		{"no type", form("a=1", wsgi.Environ{"CONTENT_TYPE": ""}), url.Values{}, nil},
		{"another method", form("a=1", wsgi.Environ{"REQUEST_METHOD": "PUT"}), url.Values{}, nil},
		{"the longest form", form("a="+strings.Repeat("x", most-2), nil), url.Values{"a": {strings.Repeat("x", most-2)}}, nil},
		{"a longer one", form("a="+strings.Repeat("x", most-1), nil), nil, djangoish.Refusal(400)},
		{"a broken escape", form("a=%zz", nil), nil, djangoish.Refusal(400)},
		{"a body that breaks off", form("", wsgi.Environ{"wsgi.input": broken}), nil, djangoish.Refusal(400)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			request := ask(test.environ)
			for call := range 2 {
				if got, err := request.POST(); !reflect.DeepEqual(got, test.want) || err != test.err {
					t.Errorf("call %d of POST = %.50q, %v, want %.50q, %v", call+1, got, err, test.want, test.err)
				}
			}
		})
	}
}

func TestArgs(t *testing.T) {
	tests := []struct {
		path string
		want map[string]string // nil when there is no such page
	}{
		{"/archive/2005/go.html", map[string]string{"year": "2005", "title": "go"}},
		{"/archive/99999999999999999999/\xff\n.html", map[string]string{"year": "99999999999999999999", "title": "\xff\n"}},
		{"/a%b.c", map[string]string{}},
		{"/", map[string]string{}},
		{"", map[string]string{}},
		{"/a%b-c", nil},
		{"/archive/-1/go.html", nil},
		{"/archive//go.html", nil},
		{"/archive/2005/.html", nil},
		{"/archive/2005/a/b.html", nil},
		{"/archive/2005/go.html/", nil},
		{"/x/archive/2005/go.html", nil},
		{"//archive/2005/go.html", nil},
	}
	for _, test := range tests {
		got := ask(wsgi.Environ{"PATH_INFO": test.path}).Args
		if (got == nil) != (test.want == nil) || !maps.Equal(got, test.want) {
			t.Errorf("of %q Args = %q, want %q", test.path, got, test.want)
		}
	}
}

func TestReverse(t *testing.T) {
	tests := []struct {
		name, prefix string
		route        string
		args         []string
		want         string // "" for a panic
	}{
		{"the root", "", "root", nil, "/"},
		{"the root of a mount", "/shop", "root", nil, "/shop/"},
		{"two arguments", "", "article", []string{"2005", "go"}, "/archive/2005/go.html"},
		{"the same under a mount", "/shop", "article", []string{"2005", "go"}, "/shop/archive/2005/go.html"},
		{"bytes that a path escapes", "/caf\xc3\xa9", "article", []string{"1", "a b?c#%"}, "/caf%C3%A9/archive/1/a%20b%3Fc%23%25.html"},
		{"an argument that looks like a route", "", "article", []string{"1", "<str:x>"}, "/archive/1/%3Cstr:x%3E.html"},
		{"a route of no arguments", "", "plain", nil, "/a%25b.c"},
		{"an argument that does not match", "", "article", []string{"soon", "go"}, ""},
		{"an argument with a slash", "", "article", []string{"1", "a/b"}, ""},
		{"too few arguments", "", "article", []string{"1"}, ""},
		{"too many arguments", "", "root", []string{"1"}, ""},
		{"no such route", "", "nowhere", nil, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			request := ask(wsgi.Environ{"SCRIPT_NAME": test.prefix})
			defer func() {
				if value := recover(); (value != nil) != (test.want == "") {
					t.Errorf("Reverse(%q, %q) panics with %v, want %q", test.route, test.args, value, test.want)
				}
			}()
			if got := request.Reverse(test.route, test.args...); got != test.want {
				t.Errorf("Reverse(%q, %q) = %q, want %q", test.route, test.args, got, test.want)
			}
		})
	}
}

func ExamplePath() {
	view := func(request *djangoish.Request) (*djangoish.Response, error) {
		return djangoish.HTML(200, request.Args["year"]), nil
	}
	handler := djangoish.NewHandler([]djangoish.URL{djangoish.Path("archive/<int:year>/", view, "archive")})
	fmt.Println(apptest.Run(handler.Call, wsgi.Environ{"PATH_INFO": "/archive/2005/"}).Chunks)
	// Output: [2005]
}

func ExampleRequest_Reverse() {
	request := ask(wsgi.Environ{"SCRIPT_NAME": "/shop"})
	fmt.Println(request.Reverse("article", "2005", "go fast"))
	// Output: /shop/archive/2005/go%20fast.html
}
