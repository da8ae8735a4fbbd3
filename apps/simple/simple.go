// Package simple is the application that PEP 3333 and the tutorials begin with:
// simple_app, "Simplest possible application object".
//
// An application is a function. It gets the environ and start_response, starts
// the answer, and returns the body: an iterable, here a list of one chunk. All
// the other applications are this one with something added.
//
//	curl -i 'http://127.0.0.1:8888/'
package simple

import wsgi "barewire/steps/06_wsgi"

const helloWorld = "Hello world!\n"

// App answers every request alike.
func App(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
	return wsgi.Text(helloWorld)
}
