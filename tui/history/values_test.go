package history_test

import (
	"fmt"
	"slices"
	"testing"

	"barewire/apps/echo"
	"barewire/tui/history"
)

// The ranges of a value cut out of the request what the value was made of.
func TestValues(t *testing.T) {
	tests := []struct {
		name string
		text string
		key  string
		want string // the value
		step int
		from []string // the bytes it was made of
	}{
		{"the method", "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n", "REQUEST_METHOD", "'GET'", 3, []string{"GET"}},
		{"the target", "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n", "REQUEST_URI", "'/a?b'", 3, []string{"/a?b"}},
		{"the path", "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n", "PATH_INFO", "'/a'", 3, []string{"/a"}},
		{"the query", "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n", "QUERY_STRING", "'b'", 3, []string{"b"}},
		{"the version", "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n", "SERVER_PROTOCOL", "'HTTP/1.1'", 3, []string{"HTTP/1.1"}},
		{"behind an empty line", "\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n", "PATH_INFO", "'/a'", 3, []string{"/a"}},
		{"a path that stands in the query too", "GET /a?x=/a HTTP/1.1\r\nHost: h\r\n\r\n", "PATH_INFO", "'/a'", 3, []string{"/a"}},
		{"a path that is the query", "GET /a?/a HTTP/1.1\r\nHost: h\r\n\r\n", "QUERY_STRING", "'/a'", 3, []string{"/a"}},
		{"percent escapes", "GET /y%20z HTTP/1.1\r\nHost: h\r\n\r\n", "PATH_INFO", "'/y z'", 3, []string{"/y%20z"}},
		{"percent escapes in the query stay", "GET /?y%20z HTTP/1.1\r\nHost: h\r\n\r\n", "QUERY_STRING", "'y%20z'", 3, []string{"y%20z"}},
		{"an empty query", "GET /a? HTTP/1.1\r\nHost: h\r\n\r\n", "QUERY_STRING", "''", 3, []string{""}},
		{"no query", "GET /a HTTP/1.1\r\nHost: h\r\n\r\n", "QUERY_STRING", "''", 3, []string{""}},
		{"the target *", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "PATH_INFO", "''", 3, []string{""}},
		{"an absolute target", "GET http://a/b?c HTTP/1.1\r\nHost: h\r\n\r\n", "PATH_INFO", "'/b'", 3, []string{"/b"}},
		{"an absolute target without a path", "GET http://a HTTP/1.1\r\nHost: h\r\n\r\n", "PATH_INFO", "'/'", 3, []string{""}},
		{"an absolute target with a query only", "GET http://a?/ HTTP/1.1\r\nHost: h\r\n\r\n", "PATH_INFO", "'/'", 3, []string{""}},
		{"the host of an absolute target counts", "GET http://a/b HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP_HOST", "'a'", 3, []string{"a"}},
		{"the Host field", get, "HTTP_HOST", "'h'", 4, []string{"h"}},
		{"white space around a value", "GET / HTTP/1.1\r\nHost:\t h \t\r\n\r\n", "HTTP_HOST", "'h'", 4, []string{"h"}},
		{"no value", "GET / HTTP/1.1\r\nHost: h\r\nX-A:\r\n\r\n", "HTTP_X_A", "''", 4, []string{""}},
		{"a colon in a value", "GET / HTTP/1.1\r\nHost: h:80\r\n\r\n", "HTTP_HOST", "'h:80'", 4, []string{"h:80"}},
		{"joined fields", "GET / HTTP/1.1\r\nX-A: 1\r\nHost: h\r\nx-a:  2\r\n\r\n", "HTTP_X_A", "'1, 2'", 4, []string{"1", "2"}},
		{"joined cookies", "GET / HTTP/1.1\r\nHost: h\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n", "HTTP_COOKIE", "'a=1; b=2'", 4, []string{"a=1", "b=2"}},
		{"a name with an underscore is left out", "GET / HTTP/1.1\r\nHost: h\r\nX_A: 1\r\nX-A: 2\r\n\r\n", "HTTP_X_A", "'2'", 4, []string{"2"}},
		{"the type has no HTTP_", "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: a/b\r\nContent-Length: 2\r\n\r\nhi", "CONTENT_TYPE", "'a/b'", 4, []string{"a/b"}},
		{"nor has the length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi", "CONTENT_LENGTH", "'2'", 4, []string{"2"}},
		{"what the server knows by itself", get, "REMOTE_ADDR", "'127.0.0.1'", 7, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x := answered(t, echo.App, test.text)[0]
			values := x.Values()
			i := slices.IndexFunc(values, func(value history.Value) bool { return value.Key == test.key })
			if i < 0 {
				t.Fatalf("there is no %s", test.key)
			}
			var from []string
			for _, r := range values[i].Ranges {
				from = append(from, string(x.Request().Bytes[r.From:r.To]))
			}
			if got := values[i]; got.Text != test.want || got.Step != test.step || !slices.Equal(from, test.from) {
				t.Errorf("%s = %s, of step %d, from %q; want %s, of step %d, from %q", test.key, got.Text, got.Step, from, test.want, test.step, test.from)
			}
			if len(values) != len(x.Environ) {
				t.Errorf("there are %d values, want each of the %d variables once", len(values), len(x.Environ))
			}
		})
	}
}

// First comes what the client said, in the order of its bytes.
func TestValuesOrder(t *testing.T) {
	x := answered(t, echo.App, "GET http://h/ HTTP/1.1\r\nX-B: 1\r\nHost: h\r\nX-A: 2\r\nX-B: 3\r\n\r\n")[0]
	var keys []string
	for _, value := range x.Values()[:10] {
		keys = append(keys, value.Key)
	}
	want := []string{"REQUEST_METHOD", "REQUEST_URI", "HTTP_HOST", "PATH_INFO", "QUERY_STRING", "SERVER_PROTOCOL", "HTTP_X_B", "HTTP_X_A", "GATEWAY_INTERFACE", "REMOTE_ADDR"}
	if !slices.Equal(keys, want) {
		t.Errorf("the values are of %v, want %v", keys, want)
	}
}

// Of a request that was refused there is no environ, and so no value.
func TestValuesOfNoEnviron(t *testing.T) {
	if got := answered(t, echo.App, "GET / HTTP/1.1\r\n\r\n")[0].Values(); len(got) > 0 {
		t.Errorf("Values() = %v, want none", got)
	}
}

// The variables of a packet stand in it as they are, but for those that the server
// does not take.
func TestValuesOfPacket(t *testing.T) {
	x := &history.Exchange{
		Head: []byte("\x00\x00\x00\x00\x09\x00PATH_INFO\x04\x00/a b\x08\x00HTTP_X_A\x01\x001\x0b\x00SERVER_NAME\x00\x00" +
			"\x0c\x00QUERY_STRING\x00\x00\x0a\x00HTTP_PROXY\x01\x00x\x0c\x00wsgi.version\x01\x009\x08\x00HTTP_X_A\x01\x002"),
		Environ: map[string]string{"PATH_INFO": "'/a b'", "HTTP_X_A": "'1, 2'", "SERVER_NAME": "'localhost'", "QUERY_STRING": "''", "wsgi.version": "(1, 0)"},
	}
	var got []string
	for _, value := range x.Values() {
		text := fmt.Sprintf("%s %d %v", value.Key, value.Step, value.Sent)
		for _, r := range value.Ranges {
			text += fmt.Sprintf(" %q", x.Head[r.From:r.To])
		}
		got = append(got, text)
	}
	want := []string{`PATH_INFO 3 true "/a b"`, `HTTP_X_A 4 true "1" "2"`, `QUERY_STRING 3 true ""`, "SERVER_NAME 7 false", "wsgi.version 7 false"}
	if !slices.Equal(got, want) {
		t.Errorf("the values are %q, want %q", got, want)
	}
}
