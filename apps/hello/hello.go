// Package hello greets whom a form names.
//
// It is the tutorials' hello with the idea that they leave to the frameworks:
// what a client wants to say comes in the query string, or in the body, and an
// application reads the body itself, from wsgi.input. How much it reads is its
// own decision too, for a stranger chose how much there is.
//
//	curl -d name=ada 'http://127.0.0.1:8888/hello?x=1'
//	curl 'http://127.0.0.1:8888/hello?name=ada'
package hello

import (
	"cmp"
	"fmt"
	"io"
	"mime"
	"net/url"

	wsgi "barewire/steps/06_wsgi"
)

// maxForm bounds the form, which has to be in memory as a whole.
const maxForm = 64 << 10

// App answers Hello, and the name in the form; the body counts before the query
// string.
func App(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	var form []byte
	if isForm(environ.Text("CONTENT_TYPE")) {
		var err error
		form, err = io.ReadAll(io.LimitReader(environ.Input(), maxForm+1))
		if err != nil {
			return wsgi.Fail(err)
		}
	}
	headers := wsgi.Headers{{"Content-Type", "text/plain"}}
	if len(form) > maxForm {
		start("413 Content Too Large", headers)
		return wsgi.Text(fmt.Sprintf("A form has at most %d bytes here.\n", maxForm))
	}
	fields, err := url.ParseQuery(string(form) + "&" + environ.Text("QUERY_STRING"))
	if err != nil {
		start("400 Bad Request", headers)
		return wsgi.Text(fmt.Sprintf("This is no form: %v.\n", err))
	}
	start("200 OK", headers)
	return wsgi.Text("Hello, " + cmp.Or(fields.Get("name"), "world") + "!\n")
}

// isForm tells whether a body of this type is a form. Any other body is left
// where it is.
func isForm(contentType string) bool {
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && mediaType == "application/x-www-form-urlencoded"
}
