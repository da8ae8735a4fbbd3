// Package dispatch chooses an application by the path of the request.
//
// This is the tutorials' table of urls, and the heart of every web framework: a
// list of regular expressions, each with the application that answers. What the
// groups of the expression matched goes into the environ, where an application
// may leave word for the next one under a name with a dot.
//
//	curl 'http://127.0.0.1:8888/'
//	curl 'http://127.0.0.1:8888/hello/ada'
//	curl -i 'http://127.0.0.1:8888/nowhere'
package dispatch

import (
	"html"
	"regexp"
	"strings"

	wsgi "barewire/steps/06_wsgi"
)

func index(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	start("200 OK", wsgi.Headers{{"Content-Type", "text/html"}})
	return wsgi.Text("Hello World Application\nThis is the Hello World application\n")
}

// hello escapes the name, or the path could bring HTML of its own, and with it
// a script that runs in the name of this site.
func hello(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	subject := "World"
	if args := environ["myapp.url_args"].([]string); len(args) > 0 {
		subject = html.EscapeString(args[0])
	}
	start("200 OK", wsgi.Headers{{"Content-Type", "text/html"}})
	return wsgi.Text("Hello " + subject + "\n")
}

func notFound(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	start("404 NOT FOUND", wsgi.Headers{{"Content-Type", "text/plain"}})
	return wsgi.Text("Not Found\n")
}

// urls is asked from top to bottom. Two expressions have no ^, as in the
// tutorials, so /say/hello is a hello too.
var urls = []struct {
	path *regexp.Regexp
	app  wsgi.Application
}{
	{regexp.MustCompile(`^$`), index},
	{regexp.MustCompile(`hello/?$`), hello},
	{regexp.MustCompile(`hello/(.+)$`), hello},
}

// App hands the request to the first application whose expression matches the
// path.
func App(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	path := strings.TrimLeft(environ.Text("PATH_INFO"), "/")
	for _, url := range urls {
		if match := url.path.FindStringSubmatch(path); match != nil {
			environ["myapp.url_args"] = match[1:]
			return url.app(environ, start)
		}
	}
	return notFound(environ, start)
}
