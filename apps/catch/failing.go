package catch

import (
	"errors"
	"strings"

	wsgi "barewire/steps/06_wsgi"
)

// App is an application that fails, with Errors around it, for its author.
var App = Errors(failing, true)

// failing fails as its path says: with an error, with a panic, or when the head
// and half of the answer are out.
func failing(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
	errDisk := errors.New("the disk is full")
	switch environ.Text("PATH_INFO") {
	case "/error":
		return wsgi.Fail(errDisk)
	case "/panic":
		first := strings.Fields(environ.Text("QUERY_STRING"))[0] // if there is one
		return wsgi.Text("The first word is " + first + ".\n")
	case "/late":
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			if yield([]byte("This is the first half of the answer,\n"), nil) {
				yield(nil, errDisk)
			}
		})
	}
	return wsgi.Text("Nothing fails here. Try /error, /panic and /late.\n")
}
