package environ_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	headers "barewire/steps/04_headers"
	wsgi "barewire/steps/06_wsgi"
	environ "barewire/steps/07_environ"
)

// always lists what every environ has.
var always = []string{
	"GATEWAY_INTERFACE", "PATH_INFO", "QUERY_STRING", "REMOTE_ADDR", "REMOTE_PORT", "REQUEST_METHOD", "REQUEST_URI",
	"SCRIPT_NAME", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "SERVER_SOFTWARE",
	"wsgi.errors", "wsgi.file_wrapper", "wsgi.input", "wsgi.input_terminated", "wsgi.multiprocess", "wsgi.multithread",
	"wsgi.run_once", "wsgi.url_scheme", "wsgi.version",
}

// unsaid are the fields that have no HTTP_ name: two have a name of their own, one
// is about the connection, and one would be a setting.
var unsaid = regexp.MustCompile("(?i)^(?:content-length|content-type|transfer-encoding|proxy)$")

// variable is the shape of a name that a field can get.
var variable = regexp.MustCompile("^HTTP_[!#$%&'*+.^_`|~0-9A-Z]+$")

// FuzzFill checks, for any head that the steps before take, that the client can
// set nothing in the environ but what is its to say.
func FuzzFill(f *testing.F) {
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
		"GET /%41%2541%00%ff%aB?%41 HTTP/1.0\r\n\r\n",
		"GET http://there/a HTTP/1.1\r\nHost: here\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Type: a\r\nContent-Type: b\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: h\r\nProxy: p\r\nPROXY: q\r\nContent_Length: 5\r\nX_Y: 1\r\nX-Y: 2\r\nx-y: 3\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: h\r\nCookie: a\r\ncookie: b\r\nwsgi.input: x\r\n!: 1\r\n\r\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, head string) {
		request, err := parse(head)
		if err != nil {
			return
		}
		env := wsgi.Environ{}
		environ.Fill(env, request)

		said := make(map[string][]string) // the values of the fields, by the name they get
		for _, field := range request.Fields {
			if !unsaid.MatchString(field.Name) && !strings.Contains(field.Name, "_") {
				name := "HTTP_" + strings.ToUpper(strings.ReplaceAll(field.Name, "-", "_"))
				said[name] = append(said[name], field.Value)
			}
		}
		if request.Line.Authority != "" {
			said["HTTP_HOST"] = []string{request.Line.Authority}
		}
		has := func(name string) bool {
			return slices.ContainsFunc(request.Fields, func(field headers.Field) bool { return field.Is(name) })
		}
		for name, value := range env {
			switch values, ofField := said[name]; {
			case ofField:
				separator := ", "
				if name == "HTTP_COOKIE" {
					separator = "; "
				}
				if want := strings.Join(values, separator); value != want || !variable.MatchString(name) {
					t.Errorf("of %q, %s = %q, want %q", head, name, value, want)
				}
			case slices.Contains(always, name):
			case name == "CONTENT_LENGTH" && has("Content-Length"), name == "CONTENT_TYPE" && has("Content-Type"):
			default:
				t.Errorf("of %q, the environ has %s = %q", head, name, value)
			}
		}
		for name := range said {
			if _, found := env[name]; !found {
				t.Errorf("of %q, the environ lacks %s", head, name)
			}
		}
		for _, name := range always {
			if _, found := env[name]; !found {
				t.Errorf("of %q, the environ lacks %s", head, name)
			}
		}
		if want, err := url.PathUnescape(request.Line.Path); env["PATH_INFO"] != want {
			t.Errorf("of %q, PATH_INFO = %q, want %q, %v", head, env["PATH_INFO"], want, err)
		}
		if env["REQUEST_URI"] != request.Line.Target || env["QUERY_STRING"] != request.Line.Query || env["REQUEST_METHOD"] != request.Line.Method {
			t.Errorf("of %q, the environ holds another request line: %q", head, env)
		}
	})
}
