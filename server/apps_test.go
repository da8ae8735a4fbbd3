package server_test

import (
	"fmt"
	"io"

	wsgi "barewire/steps/06_wsgi"
)

// The applications of the tests. They are smaller than those in apps/, and some
// of them are what no application should be.

var textPlain = wsgi.Headers{{"Content-Type", "text/plain"}}

// say answers with a text.
func say(start wsgi.StartResponse, text string) wsgi.Body {
	start("200 OK", textPlain)
	return wsgi.Text(text)
}

// hi takes no interest in the request.
func hi(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	return say(start, "hi\n")
}

// told says what it was told.
func told(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	return say(start, fmt.Sprintf("%s %q %q %q\n", environ.Text("REQUEST_METHOD"), environ.Text("PATH_INFO"),
		environ.Text("QUERY_STRING"), environ.Text("HTTP_HOST")))
}

// reader reads the whole body before it says anything.
func reader(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	body, err := io.ReadAll(environ.Input())
	if err != nil {
		return wsgi.Fail(err)
	}
	return say(start, fmt.Sprintf("%q\n", body))
}

// swallower reads the body and does not care whether that went well.
func swallower(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	_, _ = io.Copy(io.Discard, environ.Input())
	return say(start, "hi\n")
}

// replier begins to answer, then reads the body.
func replier(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	start("200 OK", textPlain)
	return wsgi.Stream(func(yield func([]byte, error) bool) {
		if !yield([]byte("reading\n"), nil) {
			return
		}
		if _, err := io.Copy(io.Discard, environ.Input()); err != nil {
			yield(nil, err)
			return
		}
		yield([]byte("done\n"), nil)
	})
}

// streams answers with these chunks, one after another.
func streams(chunks ...string) wsgi.Application {
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", textPlain)
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			for _, chunk := range chunks {
				if !yield([]byte(chunk), nil) {
					return
				}
			}
		})
	}
}

// answers gives this status, these headers and this text.
func answers(status string, headers wsgi.Headers, text string) wsgi.Application {
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start(status, headers)
		return wsgi.Text(text)
	}
}
