// Package generator is the tutorials' demo_wsgi_app: start, then yield.
//
// In Python the yield makes a generator of the function: to call it runs
// nothing, and its first line waits until the server asks for the first chunk.
// Go has no such function, so the Stream says openly what runs late: all that is
// in its braces, start included. Package stream goes on from here, and yields
// more than once.
//
// The tutorial yields a text, which Python 2 took for bytes; Python 3 would
// need b"Hello World!", for a chunk is bytes.
//
//	curl -i 'http://127.0.0.1:8888/'
package generator

import wsgi "barewire/steps/06_wsgi"

// App yields one chunk. The server does not know that it is the last one, so it
// cannot tell the Content-Length before.
func App(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	return wsgi.Stream(func(yield func([]byte, error) bool) {
		start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
		yield([]byte("Hello World!"), nil)
	})
}
