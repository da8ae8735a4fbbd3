// Package mount puts an application under a path of its own.
//
// PEP 3333 names it first among the things that middleware can do, and Django,
// in the tutorial, begins each request with it: set_script_prefix. SCRIPT_NAME
// is the part of the path that led to the application, PATH_INFO the part that
// is left for it to understand. To mount is to move the border between the two,
// so an application that makes its links from SCRIPT_NAME works wherever it is.
//
// With mount.Prefix("/app", demo.App, hello.App) served, the first line shows
// the two variables and the second is a hello:
//
//	curl 'http://127.0.0.1:8888/app/x'
//	curl 'http://127.0.0.1:8888/apple'
package mount

import (
	"maps"
	"strings"

	wsgi "barewire/steps/06_wsgi"
)

// Prefix hands a request whose path is under prefix to app, and any other to
// otherwise. Under /app are /app itself and /app/x, not /apple. A slash at the
// end of the prefix means nothing.
//
// The app gets a copy of the environ. Who called may look at its own again when
// app has returned, and finds the path that the client asked for.
func Prefix(prefix string, app, otherwise wsgi.Application) wsgi.Application {
	prefix = strings.TrimRight(prefix, "/")
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		rest, found := strings.CutPrefix(environ.Text("PATH_INFO"), prefix)
		if !found || rest != "" && rest[0] != '/' {
			return otherwise(environ, start)
		}
		mounted := maps.Clone(environ)
		mounted["SCRIPT_NAME"] = environ.Text("SCRIPT_NAME") + prefix
		mounted["PATH_INFO"] = rest
		return app(mounted, start)
	}
}
