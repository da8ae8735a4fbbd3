// Package method is the tutorial's first application: four lines that a web
// server can be written around.
//
// It says its own Content-Length. Of a server that then sends more, as the
// tutorial's does, curl complains: "Excess found". Here both sides keep to it.
//
//	curl -v 'http://127.0.0.1:8888/'
package method

import (
	"strconv"

	wsgi "barewire/steps/06_wsgi"
)

// App answers with the method of the request.
func App(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	body := "Request method: " + environ.Text("REQUEST_METHOD")
	start("200 OK", wsgi.Headers{
		{"Content-Type", "text/plain"},
		{"Content-Length", strconv.Itoa(len(body))},
	})
	return wsgi.Text(body)
}
