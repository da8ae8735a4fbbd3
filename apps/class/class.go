// Package class has two applications that are classes, not functions.
//
// In the tutorials' AppClass the class is the application: to call it makes an
// instance, and the instance is the body. Each request has an instance of its
// own, which keeps the environ and start_response until the server iterates
// over it. Only then does it start the answer. This is Iterable.
//
// The other form is the one that AppClass mentions in passing: an instance is
// the application, because its class has a method __call__. It is made once,
// and what it was made with is there for every request. This is App; in Go,
// greeting.Call without parentheses is a function that remembers its greeting.
//
//	curl -i 'http://127.0.0.1:8888/'
package class

import wsgi "barewire/steps/06_wsgi"

const helloWorld = "Hello world!\n"

// A Greeting is a text that can answer requests.
type Greeting string

// Call is Python's __call__. Many goroutines are in it at a time, all with the
// same Greeting, so it only reads it.
func (g Greeting) Call(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
	return wsgi.Text(string(g))
}

// App is an instance whose call answers.
var App = Greeting(helloWorld).Call

// Iterable makes an instance that is itself the answer's body.
func Iterable(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	return instance{environ, start}
}

// An instance is one request, waiting to be answered. As in the tutorials it
// keeps the environ too, though this answer does not depend on it.
type instance struct {
	environ wsgi.Environ
	start   wsgi.StartResponse
}

// Chunks is Python's __iter__.
func (i instance) Chunks(yield func([]byte, error) bool) {
	i.start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
	yield([]byte(helloWorld), nil)
}

// Close does nothing; AppClass does without it, a Body has it always.
func (i instance) Close() error { return nil }
