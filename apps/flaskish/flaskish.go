// Package flaskish is Flask in small.
//
// Two ideas of the tutorial are in it. The first: a Flask object is called by
// the server, but its __call__ is only a proxy to its wsgi_app. So middleware
// need not replace the object, app = Middleware(app), which hides it. It goes
// inside, app.wsgi_app = Middleware(app.wsgi_app), and app still is the Flask
// that has routes to add.
//
// The second: a view returns what is easiest to say, be it text, bytes, a map, a
// tuple or another application. All become one thing, a Response, and that is an
// application again: return response(environ, start_response).
//
// Left out on purpose: forms, templates and sessions; OPTIONS, which Flask
// answers by itself; and the redirect to a path with a slash at its end. What a
// request says beyond its path is in its Environ.
//
// Read this file, where Flask is used, then flask.go and response.go.
//
//	curl -i 'http://127.0.0.1:8888/'
//	curl -i 'http://127.0.0.1:8888/hello/%3Cb%3Eada'
//	curl -i 'http://127.0.0.1:8888/robots.txt'
//	curl -i 'http://127.0.0.1:8888/user/ada'
//	curl -i -d 'some words' 'http://127.0.0.1:8888/drop'
//	curl -i 'http://127.0.0.1:8888/drop'
//	curl -iN 'http://127.0.0.1:8888/countdown/10'
//	curl -i 'http://127.0.0.1:8888/nowhere'
package flaskish

import (
	"fmt"
	"html"
	"io"
	"slices"
	"strconv"

	wsgi "barewire/steps/06_wsgi"
)

// App is what a server calls: the Call of an example, which has a view for each
// kind of value that a view may return.
var App = example().Call

func example() *Flask {
	app := New()
	app.Route("/", index)
	app.Route("/hello/<name>", hello)
	app.Route("/robots.txt", robots)

	app.WSGIApp = signed(app.WSGIApp)

	// The middleware is in place, and app still is the Flask.
	app.Route("/user/<name>", user)
	app.Route("/drop", drop, "POST")
	app.Route("/countdown/<from>", countdown)
	return app
}

// signed is middleware. It knows nothing of Flask, and signs every answer of any
// application, a 404 like the others.
func signed(app wsgi.Application) wsgi.Application {
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		return app(environ, func(status string, headers wsgi.Headers, cause ...error) wsgi.Write {
			return start(status, append(slices.Clone(headers), [2]string{"Signed", "by the middleware"}), cause...)
		})
	}
}

// index returns text, which is HTML unless the view says otherwise.
func index(*Request) any { return "<h1>Welcome</h1>\n" }

// hello escapes the name, or the path could bring HTML of its own.
func hello(request *Request) any {
	return "<h1>Hello, " + html.EscapeString(request.ViewArgs["name"]) + "</h1>\n"
}

// robots returns bytes, and says otherwise.
func robots(*Request) any {
	return Tuple{
		Body:    []byte("User-agent: *\nDisallow: /drop\n"),
		Headers: wsgi.Headers{{"Content-Type", "text/plain"}},
	}
}

// user returns a map, which becomes JSON.
func user(request *Request) any {
	return map[string]any{"name": request.ViewArgs["name"]}
}

// drop returns a map and a status, or the error that kept it from its work.
func drop(request *Request) any {
	dropped, err := io.Copy(io.Discard, request.Environ.Input())
	if err != nil {
		return err
	}
	return Tuple{Body: map[string]any{"dropped": dropped}, Status: "202 ACCEPTED"}
}

// countdown returns another application, made for this request. It starts late,
// and nothing of it is kept back: Flask steps aside.
func countdown(request *Request) any {
	from, err := strconv.Atoi(request.ViewArgs["from"])
	if err != nil || from < 0 || from > 1000 {
		return Tuple{Body: "Count down from a number, 1000 at most.\n", Status: "400 BAD REQUEST"}
	}
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
			for n := from; n >= 0; n-- {
				if !yield(fmt.Appendln(nil, n), nil) {
					return
				}
			}
		})
	}
}
