package requestline_test

import (
	"strings"
	"testing"

	requestline "barewire/steps/03_requestline"
	"barewire/steps/refuse"
)

func TestParseTarget(t *testing.T) {
	type line = requestline.Line
	tests := []struct {
		name   string
		method string
		target string
		want   line // its authority, path and query
	}{
		// origin-form
		{"the root", "GET", "/", line{Path: "/"}},
		{"a path", "GET", "/hello/ada", line{Path: "/hello/ada"}},
		{"a query", "GET", "/hello?x=1&y=2", line{Path: "/hello", Query: "x=1&y=2"}},
		{"an empty query", "GET", "/hello?", line{Path: "/hello"}},
		{"a second question mark", "GET", "/hello?a?b", line{Path: "/hello", Query: "a?b"}},
		{"a slash inside the query", "GET", "/?a/b", line{Path: "/", Query: "a/b"}},
		{"percent-encoding stays", "GET", "/a%20b%2F%00?%C3%a4", line{Path: "/a%20b%2F%00", Query: "%C3%a4"}},
		{"the first and the last hex digits", "GET", "/%09%af%AF", line{Path: "/%09%af%AF"}},
		{"dots stay", "GET", "/a/../b/.", line{Path: "/a/../b/."}},
		{"two slashes are no authority", "GET", "//h/x", line{Path: "//h/x"}},
		{"a URI inside the path", "GET", "/http://h/", line{Path: "/http://h/"}},
		{"what clients send raw", "GET", "/{a}|b\\c^d[e]`f?{a}|b\\c^d[e]`f", line{Path: "/{a}|b\\c^d[e]`f", Query: "{a}|b\\c^d[e]`f"}},
		{"what a path may hold anyway", "GET", "/-._~!$&'()*+,;=:@", line{Path: "/-._~!$&'()*+,;=:@"}},

		// absolute-form
		{"a whole URI", "GET", "http://h/hello?x=1", line{Authority: "h", Path: "/hello", Query: "x=1"}},
		{"with a port", "GET", "http://h:8888/", line{Authority: "h:8888", Path: "/"}},
		{"with an IPv6 address", "GET", "http://[::1]:8888/", line{Authority: "[::1]:8888", Path: "/"}},
		{"a scheme in capitals", "GET", "HTTP://h/", line{Authority: "h", Path: "/"}},
		{"a URI without a path", "GET", "http://h", line{Authority: "h", Path: "/"}},
		{"a URI with nothing but a query", "GET", "http://h?x=/1", line{Authority: "h", Path: "/", Query: "x=/1"}},

		// asterisk-form
		{"the server as a whole", "OPTIONS", "*", line{}},
		{"the server as a whole, to a proxy", "OPTIONS", "http://h:80", line{Authority: "h:80"}},
		{"the options of a URI with a query", "OPTIONS", "http://h?x", line{Authority: "h", Path: "/", Query: "x"}},
		{"the options of a path", "OPTIONS", "/hello", line{Path: "/hello"}},
	}
	for _, test := range tests {
		for _, version := range []string{"HTTP/1.1", "HTTP/1.0"} {
			t.Run(test.name+"/"+version, func(t *testing.T) {
				text := test.method + " " + test.target + " " + version
				want := test.want
				want.Method, want.Target, want.Version = test.method, test.target, version
				got, err := requestline.Parse([]byte(text))
				if err != nil || got != want {
					t.Errorf("Parse(%q) = %+v, %v, want %+v", text, got, err, want)
				}
			})
		}
	}
}

func TestParseTargetRefuses(t *testing.T) {
	tests := []struct {
		name   string
		method string
		target string
		want   string
	}{
		{"no slash", "GET", "hello", refuse.BadRequest},
		{"a query alone", "GET", "?x=1", refuse.BadRequest},
		{"* for another method", "GET", "*", refuse.BadRequest},
		{"* for the method in small letters", "options", "*", refuse.BadRequest},
		{"* and more", "OPTIONS", "*x", refuse.BadRequest},
		{"a path behind *", "OPTIONS", "*/x", refuse.BadRequest},
		{"authority-form for another method", "GET", "h:80", refuse.BadRequest},
		{"another scheme", "GET", "ftp://h/", refuse.BadRequest},
		{"a scheme without slashes", "GET", "http:/h", refuse.BadRequest},
		{"a URI without a host", "GET", "http:///x", refuse.BadRequest},
		{"a URI with a port alone", "GET", "http://:80/", refuse.BadRequest},
		{"a URI with a user", "GET", "http://ada@h/", refuse.BadRequest},
		{"a URI with a user and a password", "GET", "http://ada:secret@h/", refuse.BadRequest},
		{"a URI with a bad port", "GET", "http://h:x/", refuse.BadRequest},
		{"a URI with a bad bracket", "GET", "http://[::1/", refuse.BadRequest},
		{"https needs TLS", "GET", "https://h/", refuse.MisdirectedRequest},
		{"https in capitals", "GET", "HTTPS://h/", refuse.MisdirectedRequest},

		{"a tunnel", "CONNECT", "h:443", refuse.NotImplemented},
		{"a tunnel to an address", "CONNECT", "[::1]:443", refuse.NotImplemented},
		{"a tunnel without a port", "CONNECT", "h", refuse.BadRequest},
		{"a tunnel with an empty port", "CONNECT", "h:", refuse.BadRequest},
		{"a tunnel to an address without a port", "CONNECT", "[::1]", refuse.BadRequest},
		{"a tunnel without a host", "CONNECT", ":443", refuse.BadRequest},
		{"a tunnel to a path", "CONNECT", "/", refuse.BadRequest},
		{"a tunnel to a URI", "CONNECT", "http://h:80", refuse.BadRequest},

		{"a bad escape at the end", "GET", "/%", refuse.BadRequest},
		{"a bad escape with one digit", "GET", "/%4", refuse.BadRequest},
		{"a bad escape, first digit", "GET", "/%g0", refuse.BadRequest},
		{"a bad escape, second digit", "GET", "/%0g", refuse.BadRequest},
		{"a bad escape in the query", "GET", "/?%", refuse.BadRequest},
		{"a bad escape in a URI's host", "GET", "http://%zz/", refuse.BadRequest},
		{"a bad escape behind a good one", "GET", "/%41%", refuse.BadRequest},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := test.method + " " + test.target + " HTTP/1.1"
			_, err := requestline.Parse([]byte(text))
			if got := verdict(err); got != test.want {
				t.Errorf("Parse(%q) = %v, want %s", text, err, test.want)
			}
		})
	}
}

// Each byte, in the path, in the query and in a whole URI. (A space is a third
// one, and refused as such.)
func TestParseTargetBytes(t *testing.T) {
	for c := range 256 {
		want := served
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"<>#%`, byte(c)) >= 0 {
			want = refuse.BadRequest
		}
		for _, before := range []string{"/a", "/a?b", "http://h/a"} {
			text := "GET " + before + string([]byte{byte(c)}) + "z HTTP/1.1"
			_, err := requestline.Parse([]byte(text))
			if got := verdict(err); got != want {
				t.Errorf("Parse(%q) = %v, want %s", text, err, want)
			}
		}
	}
}
