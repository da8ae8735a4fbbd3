package djangoish_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"barewire/apps/djangoish"
	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

func TestSetCookie(t *testing.T) {
	tests := []struct {
		name   string
		cookie djangoish.Cookie
		want   string // "" when it is refused
	}{
		{"name and value", djangoish.Cookie{Name: "a", Value: "1"}, "a=1"},
		{"an empty value", djangoish.Cookie{Name: "a"}, "a="},
		{"all attributes", djangoish.Cookie{Name: "a", Value: "1", Path: "/x", MaxAge: 60, HTTPOnly: true, SameSite: "Strict"},
			"a=1; Path=/x; Max-Age=60; HttpOnly; SameSite=Strict"},
		{"all that a name may hold", djangoish.Cookie{Name: "!#$%&'*+-.0aZ^_`|~", Value: "1"}, "!#$%&'*+-.0aZ^_`|~=1"},
		{"all that a value may hold", djangoish.Cookie{Name: "a", Value: "!#$%&'()*+-./09:<=>?@AZ[]^_`az{|}~"}, "a=!#$%&'()*+-./09:<=>?@AZ[]^_`az{|}~"},
		{"a path with a space", djangoish.Cookie{Name: "a", Path: "/x y"}, "a=; Path=/x y"},
		{"no name", djangoish.Cookie{Value: "1"}, ""},
		{"a name with =", djangoish.Cookie{Name: "a=b"}, ""},
		{"a name with a space", djangoish.Cookie{Name: "a b"}, ""},
		{"a name with a line end behind it", djangoish.Cookie{Name: "a\n"}, ""},
		{"a value with a semicolon", djangoish.Cookie{Name: "a", Value: "1; Path=/"}, ""},
		{"a value with a line end behind it", djangoish.Cookie{Name: "a", Value: "1\n"}, ""},
		{"a value with CR LF", djangoish.Cookie{Name: "a", Value: "1\r\nX: y"}, ""},
		{"a value with a comma", djangoish.Cookie{Name: "a", Value: "1,2"}, ""},
		{"a value with a space", djangoish.Cookie{Name: "a", Value: "1 2"}, ""},
		{"a value with a quote", djangoish.Cookie{Name: "a", Value: `"1"`}, ""},
		{"a value with a backslash", djangoish.Cookie{Name: "a", Value: `\1`}, ""},
		{"a value that is no ASCII", djangoish.Cookie{Name: "a", Value: "é"}, ""},
		{"a value that is no text", djangoish.Cookie{Name: "a", Value: "\xff"}, ""},
		{"a value with DEL", djangoish.Cookie{Name: "a", Value: "\x7f"}, ""},
		{"a path with a semicolon", djangoish.Cookie{Name: "a", Path: "/; HttpOnly"}, ""},
		{"a path with a line end", djangoish.Cookie{Name: "a", Path: "/\n"}, ""},
		{"SameSite with a semicolon", djangoish.Cookie{Name: "a", SameSite: "Lax; Path=/"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var refused error
			handler := only(func(*djangoish.Request) (*djangoish.Response, error) {
				response := djangoish.HTML(200, "")
				refused = response.SetCookie(test.cookie)
				return response, nil
			})
			got := apptest.Run(handler.Call, request(nil)).Headers[1:]
			want := wsgi.Headers{{"Set-Cookie", test.want}}
			if test.want == "" {
				want = nil
			}
			if !slices.Equal(got, want) || (refused != nil) != (test.want == "") {
				t.Errorf("SetCookie(%+v) gives %q, %v, want %q", test.cookie, got, refused, want)
			}
			if test.want == "" {
				return
			}
			// The judge: what a client makes of the line.
			cookie, err := http.ParseSetCookie(test.want)
			if err != nil || cookie.Name != test.cookie.Name || cookie.Value != test.cookie.Value || cookie.Path != test.cookie.Path ||
				cookie.MaxAge != test.cookie.MaxAge || cookie.HttpOnly != test.cookie.HTTPOnly {
				t.Errorf("a client makes %+v of %q, %v", cookie, test.want, err)
			}
		})
	}
}

// Each cookie has a line, and each name one cookie.
func TestCookieLines(t *testing.T) {
	handler := only(func(*djangoish.Request) (*djangoish.Response, error) {
		response := djangoish.HTML(200, "")
		for _, cookie := range []djangoish.Cookie{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}, {Name: "a", Value: "3"}} {
			if err := response.SetCookie(cookie); err != nil {
				return nil, err
			}
		}
		return response, nil
	})
	got := apptest.Run(handler.Call, request(nil)).Headers[1:]
	if want := (wsgi.Headers{{"Set-Cookie", "b=2"}, {"Set-Cookie", "a=3"}}); !slices.Equal(got, want) {
		t.Errorf("headers = %q, want %q", got, want)
	}
}

func ExampleResponse_SetCookie() {
	response := djangoish.HTML(200, "")
	fmt.Println(response.SetCookie(djangoish.Cookie{Name: "theme", Value: "dark"}))
	fmt.Println(response.SetCookie(djangoish.Cookie{Name: "theme", Value: "dark; Path=/admin"}))
	// Output:
	// <nil>
	// this cannot be the value of a cookie: "dark; Path=/admin"
}

func ExampleCookie() {
	fmt.Println(djangoish.Cookie{Name: "theme", Value: "dark", Path: "/", SameSite: "Lax"})
	// Output: theme=dark; Path=/; SameSite=Lax
}

func ExampleRedirect() {
	handler := only(func(request *djangoish.Request) (*djangoish.Response, error) {
		return djangoish.Redirect(request.Reverse("root")), nil
	})
	answer := apptest.Run(handler.Call, wsgi.Environ{"SCRIPT_NAME": "/shop"})
	fmt.Println(answer.Status, answer.Headers[1])
	// Output: 302 Found [Location /shop/]
}
