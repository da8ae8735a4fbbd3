package environ_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestFillFields(t *testing.T) {
	tests := []struct {
		name, lines string
		want        map[string]string
	}{
		{"a field", "User-Agent: curl\r\n", map[string]string{"HTTP_USER_AGENT": "curl"}},
		{"in small letters", "user-agent: curl\r\n", map[string]string{"HTTP_USER_AGENT": "curl"}},
		{"without a value", "X-Empty:\r\n", map[string]string{"HTTP_X_EMPTY": ""}},
		{"all of a token", "X!#$%&'*+-.^`|~9: v\r\n", map[string]string{"HTTP_X!#$%&'*+_.^`|~9": "v"}},
		{"raw bytes, not text", "X-Name: caf\xc3\xa9 \xe9\tx\r\n", map[string]string{"HTTP_X_NAME": "caf\xc3\xa9 \xe9\tx"}},
		{"named like a variable", "Request-Method: PUT\r\nServer-Name: x\r\n", map[string]string{
			"HTTP_REQUEST_METHOD": "PUT", "REQUEST_METHOD": "POST", "HTTP_SERVER_NAME": "x", "SERVER_NAME": ""}},
		{"named like ours", "wsgi.input: x\r\n", map[string]string{"HTTP_WSGI.INPUT": "x", "wsgi.input": "<nil>"}},

		{"twice, joined in order", "X-A: 1\r\nX-B: other\r\nx-a: 2\r\n", map[string]string{"HTTP_X_A": "1, 2", "HTTP_X_B": "other"}},
		{"three times, one empty", "X-A: 1\r\nX-A:\r\nX-A: 3\r\n", map[string]string{"HTTP_X_A": "1, , 3"}},
		{"first empty, then not", "X-A:\r\nX-A: 2\r\n", map[string]string{"HTTP_X_A": ", 2"}},
		{"cookies", "Cookie: a=1\r\nCookie: b=2\r\ncookie: c=3\r\n", map[string]string{"HTTP_COOKIE": "a=1; b=2; c=3"}},
		{"one cookie", "Cookie: a=1; b=2\r\n", map[string]string{"HTTP_COOKIE": "a=1; b=2"}},
		{"Set-Cookie is no Cookie", "Set-Cookie: a\r\nSet-Cookie: b\r\n", map[string]string{"HTTP_SET_COOKIE": "a, b"}},

		{"the length", "Content-Length: 5\r\n", map[string]string{"CONTENT_LENGTH": "5", "HTTP_CONTENT_LENGTH": absent}},
		{"a length of 0", "Content-Length: 0\r\n", map[string]string{"CONTENT_LENGTH": "0", "HTTP_CONTENT_LENGTH": absent}},
		{"the length said again", "Content-Length: 5, 5\r\nCONTENT-LENGTH: 05\r\n", map[string]string{"CONTENT_LENGTH": "5", "HTTP_CONTENT_LENGTH": absent}},
		{"no length", "", map[string]string{"CONTENT_LENGTH": absent, "HTTP_CONTENT_LENGTH": absent}},
		{"the type", "content-type: text/plain\r\n", map[string]string{"CONTENT_TYPE": "text/plain", "HTTP_CONTENT_TYPE": absent}},
		{"the type twice, which means nothing", "Content-Type: a/b\r\nContent-Type: c/d\r\n", map[string]string{"CONTENT_TYPE": "a/b, c/d", "HTTP_CONTENT_TYPE": absent}},
		{"no type", "", map[string]string{"CONTENT_TYPE": absent, "HTTP_CONTENT_TYPE": absent}},
		{"chunked", "Transfer-Encoding: chunked\r\n", map[string]string{
			"CONTENT_LENGTH": absent, "HTTP_CONTENT_LENGTH": absent, "HTTP_TRANSFER_ENCODING": absent, "wsgi.input_terminated": "true"}},

		{"an underscore", "X_Forwarded_For: 6.6.6.6\r\n", map[string]string{"HTTP_X_FORWARDED_FOR": absent}},
		{"an underscore behind the hyphen", "X-Forwarded-For: 10.0.0.1\r\nX_Forwarded_For: 6.6.6.6\r\nX-Forwarded_For: 7.7.7.7\r\n", map[string]string{"HTTP_X_FORWARDED_FOR": "10.0.0.1"}},
		{"an underscore before the hyphen", "X_Forwarded_For: 6.6.6.6\r\nX-Forwarded-For: 10.0.0.1\r\n", map[string]string{"HTTP_X_FORWARDED_FOR": "10.0.0.1"}},
		{"a length with an underscore", "Content_Length: 9\r\n", map[string]string{"CONTENT_LENGTH": absent, "HTTP_CONTENT_LENGTH": absent}},
		{"a type with an underscore", "Content_Type: a/b\r\n", map[string]string{"CONTENT_TYPE": absent, "HTTP_CONTENT_TYPE": absent}},

		{"Proxy", "Proxy: http://evil\r\n", map[string]string{"HTTP_PROXY": absent}},
		{"proxy, twice", "pROXY: http://evil\r\nPROXY: http://worse\r\n", map[string]string{"HTTP_PROXY": absent}},
		{"a name that begins with Proxy", "Proxy-Connection: keep-alive\r\n", map[string]string{"HTTP_PROXY": absent, "HTTP_PROXY_CONNECTION": "keep-alive"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			has(t, fill(t, "POST / HTTP/1.1\r\nHost: here\r\n"+test.lines+"\r\n"), test.want)
		})
	}
}

func TestFillHost(t *testing.T) {
	tests := []struct {
		name, head, want string
	}{
		{"the field", "GET / HTTP/1.1\r\nHost: here:80\r\n\r\n", "here:80"},
		{"an empty field", "GET / HTTP/1.1\r\nHost:\r\n\r\n", ""},
		{"none, in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", absent},
		{"the target's counts", "GET http://there/ HTTP/1.1\r\nHost: here\r\n\r\n", "there"},
		{"the target's alone", "GET http://there/ HTTP/1.0\r\n\r\n", "there"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			has(t, fill(t, test.head), map[string]string{"HTTP_HOST": test.want})
		})
	}
}

// A client chooses names, but it cannot choose them outside of HTTP_ and
// CONTENT_: the names of the server are out of its reach.
func TestFillKeepsTheServersNames(t *testing.T) {
	ours := fill(t, "POST / HTTP/1.1\r\nHost:\r\n\r\n")
	for _, name := range slices.Sorted(maps.Keys(ours)) {
		if strings.HasPrefix(name, "HTTP_") {
			continue
		}
		for _, spelling := range []string{name, strings.ReplaceAll(name, "_", "-"), strings.ToLower(name)} {
			env := fill(t, "POST / HTTP/1.1\r\nHost:\r\n"+spelling+": spoofed\r\n\r\n")
			if env[name] == "spoofed" {
				t.Errorf("the field %q set %s", spelling, name)
			}
		}
	}
}
