// Package demo is the application that shows what it was told.
//
// Python has it in its standard library, as wsgiref.simple_server.demo_app, and
// the tutorials quote it: Hello world!, an empty line, and the environ, sorted,
// each value as repr writes it. Nothing explains the environ faster.
//
//	curl 'http://127.0.0.1:8888/hello%20there?x=1'
package demo

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	wsgi "barewire/steps/06_wsgi"
)

// App answers with its environ, and never with the environment of the process,
// which is nobody's business.
func App(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	var out bytes.Buffer
	fmt.Fprintln(&out, "Hello world!")
	fmt.Fprintln(&out)
	for _, key := range slices.Sorted(maps.Keys(environ)) {
		fmt.Fprintln(&out, key, "=", wsgi.Repr(key, environ[key]))
	}
	start("200 OK", wsgi.Headers{{"Content-Type", "text/plain; charset=utf-8"}})
	return wsgi.List{out.Bytes()}
}
