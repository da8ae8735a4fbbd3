package check_test

import (
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	app "barewire/apps/check"
	"barewire/internal/check"
	"barewire/server"
	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	environ "barewire/steps/07_environ"
)

// What a server may do wrong to the application alone, or to its answer, fails the
// check that is about it. That the right server passes is for TestWholeServer.
func TestWrongServers(t *testing.T) {
	t.Parallel()
	for _, wrong := range []struct {
		id, name string
		put      func(*server.Server)
	}{
		{"05.51", "it knows Content-Length in one spelling", fields(func(field headers.Field) bool {
			return field.Is("Content-Length") && field.Name != "Content-Length"
		})},
		{"05.52", "it knows chunked in one spelling", fields(func(field headers.Field) bool {
			return field.Is("Transfer-Encoding") && field.Value != "chunked"
		})},
		{"07.21", "a plus in a path becomes a space", told(func(environ wsgi.Environ, request environ.Request) {
			plus := strings.ReplaceAll(request.Line.Path, "+", " ")
			environ["PATH_INFO"] = strings.NewReplacer("%2B", "+", "%20", " ").Replace(plus)
		})},
		{"07.21", "it decodes the query", told(func(environ wsgi.Environ, request environ.Request) {
			environ["QUERY_STRING"] = strings.ReplaceAll(request.Line.Query, "%20", " ")
		})},
		{"07.22", "it takes the Host field of an absolute target", told(func(environ wsgi.Environ, request environ.Request) {
			environ["HTTP_HOST"] = "x"
		})},
		{"07.23", "it hands Proxy on", told(func(environ wsgi.Environ, request environ.Request) {
			environ["HTTP_PROXY"] = "http://evil"
		})},
		{"07.23", "it hands on a name with an underscore", told(func(environ wsgi.Environ, request environ.Request) {
			environ["HTTP_X_FORWARDED_FOR"] = "127.0.0.1"
		})},
		{"08.21", "it drops Content-Type", started(func(status string, headers wsgi.Headers) (string, wsgi.Headers) {
			return status, slices.DeleteFunc(headers, func(header [2]string) bool { return header[0] == "Content-Type" })
		})},
		{"08.22", "its reason is always OK", started(func(status string, headers wsgi.Headers) (string, wsgi.Headers) {
			return status[:3] + " OK", headers
		})},
	} {
		t.Run(wrong.id+" "+wrong.name, func(t *testing.T) {
			t.Parallel()
			result := check.Run(t.Context(), check.Target{Addr: serveWrong(t, wrong.put), App: true}, check.Find(wrong.id))
			if result.Passed || result.Skipped != "" {
				t.Errorf("%s passes %q", wrong.id, result.Skipped)
			}
		})
	}
}

// serveWrong serves check:App with a mistake until the test is over.
func serveWrong(t *testing.T, put func(*server.Server)) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(app.App)
	s.Errors = io.Discard
	put(s)
	go s.Serve(listener)
	t.Cleanup(func() { _ = s.Shutdown(t.Context()) })
	return listener.Addr().String()
}

// fields overlooks some fields where it frames the body.
func fields(overlooked func(headers.Field) bool) func(*server.Server) {
	return stage(5, server.OpenBody(func(version string, fields []headers.Field, limits body.Limits) (body.Framing, error) {
		return body.Frame(version, slices.DeleteFunc(slices.Clone(fields), overlooked), limits)
	}, body.NewReader))
}

// told changes what the application is told.
func told(change func(wsgi.Environ, environ.Request)) func(*server.Server) {
	return stage(7, server.FillEnviron(func(told wsgi.Environ, request environ.Request) {
		environ.Fill(told, request)
		change(told, request)
	}))
}

// started changes what the application starts its answer with.
func started(change func(string, wsgi.Headers) (string, wsgi.Headers)) func(*server.Server) {
	return func(s *server.Server) {
		s.App = func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			return app.App(environ, func(status string, headers wsgi.Headers, cause ...error) wsgi.Write {
				status, headers = change(status, slices.Clone(headers))
				return start(status, headers, cause...)
			})
		}
	}
}

func stage(number int, do func(*server.Exchange) error) func(*server.Server) {
	return func(s *server.Server) {
		for i := range s.Pipeline {
			if s.Pipeline[i].Number == number {
				s.Pipeline[i].Do = do
			}
		}
	}
}
