package environ_test

import (
	"bytes"
	"io"
	"maps"
	"slices"
	"testing"

	requestline "barewire/steps/03_requestline"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	environ "barewire/steps/07_environ"
)

// The server calls the parts of Fill by themselves, too, upon an environ that
// another request has filled. So each part sets all that is its own, also what is
// empty now, and nothing else.
func TestPartsOfFill(t *testing.T) {
	input := &body.Reader{}
	var log bytes.Buffer
	tests := []struct {
		name string
		fill func(wsgi.Environ)
		want wsgi.Environ
	}{
		{
			"FillLine",
			func(env wsgi.Environ) {
				environ.FillLine(env, requestline.Line{Method: "GET", Target: "/a%20b?c", Path: "/a%20b", Query: "c", Version: "HTTP/1.1"})
			},
			wsgi.Environ{
				"REQUEST_METHOD": "GET", "REQUEST_URI": "/a%20b?c", "SCRIPT_NAME": "", "PATH_INFO": "/a b",
				"QUERY_STRING": "c", "SERVER_PROTOCOL": "HTTP/1.1",
			},
		},
		{
			"FillLine, without a path and a query",
			func(env wsgi.Environ) {
				environ.FillLine(env, requestline.Line{Method: "OPTIONS", Target: "*", Version: "HTTP/1.0"})
			},
			wsgi.Environ{
				"REQUEST_METHOD": "OPTIONS", "REQUEST_URI": "*", "SCRIPT_NAME": "", "PATH_INFO": "",
				"QUERY_STRING": "", "SERVER_PROTOCOL": "HTTP/1.0",
			},
		},
		{
			"FillEndpoints",
			func(env wsgi.Environ) {
				environ.FillEndpoints(env, environ.Endpoint{Host: "::1", Port: "8888"}, environ.Endpoint{Host: "::2", Port: "53124"})
			},
			wsgi.Environ{"SERVER_NAME": "[::1]", "SERVER_PORT": "8888", "REMOTE_ADDR": "::2", "REMOTE_PORT": "53124"},
		},
		{
			"FillEndpoints, of a Unix socket",
			func(env wsgi.Environ) {
				environ.FillEndpoints(env, environ.Endpoint{Host: "/run/s"}, environ.Endpoint{Host: "@"})
			},
			wsgi.Environ{"SERVER_NAME": "/run/s", "SERVER_PORT": "80", "REMOTE_ADDR": "@", "REMOTE_PORT": ""},
		},
		{
			"FillStreams",
			func(env wsgi.Environ) { environ.FillStreams(env, input, &log) },
			wsgi.Environ{"wsgi.input": input, "wsgi.errors": &log},
		},
		{
			"FillContract",
			environ.FillContract,
			wsgi.Environ{
				"wsgi.version": [2]int{1, 0}, "wsgi.url_scheme": "http", "wsgi.input_terminated": true,
				"wsgi.multithread": true, "wsgi.multiprocess": false, "wsgi.run_once": false,
				"wsgi.file_wrapper": wsgi.FileWrapper(func(io.ReadCloser, int) wsgi.Body { return nil }),
			},
		},
	}
	for _, test := range tests {
		for _, before := range []struct {
			name string
			env  wsgi.Environ
		}{
			{"an empty environ", wsgi.Environ{}},
			{"one that is filled", fill(t, "POST /before?x HTTP/1.1\r\nHost: before\r\nContent-Length: 1\r\nCookie: a\r\n\r\n")},
		} {
			t.Run(test.name+", upon "+before.name, func(t *testing.T) {
				want, got := maps.Clone(before.env), maps.Clone(before.env)
				maps.Copy(want, test.want)
				test.fill(got)
				// A func cannot be compared, so there is only one who must still be there.
				if (got["wsgi.file_wrapper"] == nil) != (want["wsgi.file_wrapper"] == nil) {
					t.Errorf("wsgi.file_wrapper is %v", got["wsgi.file_wrapper"])
				}
				delete(got, "wsgi.file_wrapper")
				delete(want, "wsgi.file_wrapper")
				all := maps.Clone(want)
				maps.Copy(all, got)
				for _, key := range slices.Sorted(maps.Keys(all)) {
					wanted, wantSet := want[key]
					value, set := got[key]
					if value != wanted || set != wantSet {
						t.Errorf("%s = %#v, want %#v", key, value, wanted)
					}
				}
			})
		}
	}
}
