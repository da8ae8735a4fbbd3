// Package onion is three applications, one inside the other: the first keeps a
// log, the second asks for the role, the third answers.
//
// The tutorial has them call each other by name. Here each layer is given the
// next one, so that it can stand around any other application, and the onion is
// put together in one line. A layer between server and application plays both
// parts, an application to the one side and a server to the other, and neither
// can tell. That is all that middleware is.
//
//	curl 'http://127.0.0.1:8888/'
//	curl -H 'Role: ADMIN' 'http://127.0.0.1:8888/'
//
// The tutorial's second layer returns the third's answer in a function that
// also says yield. Python makes a generator of the whole function, so its admin
// gets nothing at all. In Go to return a body is one thing and to yield a chunk
// another.
package onion

import (
	"log"

	wsgi "barewire/steps/06_wsgi"
)

// App is the whole onion.
var App = First(Second(Third))

// First notes when the request comes, and when its answer is there. It is not
// sent by then; whoever wants to know that has to wait for Close of the body.
func First(second wsgi.Application) wsgi.Application {
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		logging := log.New(environ.Errors(), "", 0)
		logging.Print("new request")
		body := second(environ, start)
		logging.Print("finish request")
		return body
	}
}

// Second lets an admin through and greets everyone else. The client itself says
// what its role is, so this is the place of a guard, and no guard.
func Second(third wsgi.Application) wsgi.Application {
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		if environ.Text("HTTP_ROLE") == "ADMIN" {
			return third(environ, start)
		}
		start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
		return wsgi.Text("Hello User!\n")
	}
}

// Third greets the admin.
func Third(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
	return wsgi.Text("Hello Admin!\n")
}
