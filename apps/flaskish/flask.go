package flaskish

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	wsgi "barewire/steps/06_wsgi"
)

// A Flask answers requests with views. Routes and WSGIApp are for the time before
// it is served; many goroutines read them afterwards.
type Flask struct {
	// WSGIApp does the work of Call. Middleware replaces it, and may call what
	// was there before.
	WSGIApp wsgi.Application

	routes []route
}

// New returns a Flask without routes.
func New() *Flask {
	f := &Flask{}
	f.WSGIApp = f.wsgiApp
	return f
}

// A View answers a request with a value that says the answer: see [Response].
type View func(request *Request) any

// Route adds a view for a path that begins with a slash. A segment in angle
// brackets, as in /user/<name>, is a variable: any text without a slash, but not
// none. Without methods it is GET; HEAD comes with GET, for the server leaves out
// the body. Of two routes that fit, the one that was added first is taken; Flask
// itself puts fixed segments first.
func (f *Flask) Route(path string, view View, methods ...string) {
	if len(methods) == 0 {
		methods = []string{"GET"}
	}
	if slices.Contains(methods, "GET") {
		methods = append(slices.Clone(methods), "HEAD")
	}
	f.routes = append(f.routes, route{strings.Split(path, "/"), methods, view})
}

// A route leads from a path and methods to a view.
type route struct {
	segments []string // of the path: "user", or "<name>" for a variable
	methods  []string
	view     View
}

// Call is Python's __call__, a thin proxy. It looks WSGIApp up in each request,
// so a server that has f.Call from the start calls the middleware of later too.
func (f *Flask) Call(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	return f.WSGIApp(environ, start)
}

// wsgiApp is what WSGIApp is at first. A view that failed leaves no Response; its
// error is what Python raises, for a middleware or the server to answer.
func (f *Flask) wsgiApp(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	response, err := f.fullDispatch(environ)
	if err != nil {
		return wsgi.Fail(err)
	}
	return response.Call(environ, start)
}

// A Request is what a view is told.
type Request struct {
	Method   string
	Path     string            // PATH_INFO, which the server has decoded
	ViewArgs map[string]string // what the variables of the route stand for
	Environ  wsgi.Environ
}

// fullDispatch finds the view, asks it, and makes a Response of its answer.
func (f *Flask) fullDispatch(environ wsgi.Environ) (*Response, error) {
	request := &Request{
		Method: environ.Text("REQUEST_METHOD"),
		// Of a mounted application the root may be no path at all.
		// PEP 3333, "environ Variables"
		Path:    cmp.Or(environ.Text("PATH_INFO"), "/"),
		Environ: environ,
	}
	view := f.find(request)
	response, err := makeResponse(view(request))
	if err != nil {
		return nil, fmt.Errorf("flaskish: the view of %q failed: %w", request.Path, err)
	}
	return response, nil
}

// find returns the first view whose route fits, and notes the variables in the
// request. To say that there is none is the work of a view as well.
func (f *Flask) find(request *Request) View {
	var allowed []string
	for _, route := range f.routes {
		args, fits := route.match(request.Path)
		if fits && slices.Contains(route.methods, request.Method) {
			request.ViewArgs = args
			return route.view
		}
		if fits {
			allowed = append(allowed, route.methods...)
		}
	}
	if allowed == nil {
		return notFound
	}
	return notAllowed(allowed)
}

// match compares segment by segment, and tells what the variables stand for.
func (r route) match(path string) (args map[string]string, fits bool) {
	segments := strings.Split(path, "/")
	if len(segments) != len(r.segments) {
		return nil, false
	}
	args = map[string]string{}
	for i, segment := range segments {
		name, variable := strings.CutPrefix(r.segments[i], "<")
		switch {
		case variable && segment != "":
			args[strings.TrimSuffix(name, ">")] = segment
		case segment != r.segments[i]:
			return nil, false
		}
	}
	return args, true
}

func notFound(*Request) any {
	return Tuple{Body: "<h1>Not Found</h1>\n", Status: "404 NOT FOUND"}
}

// notAllowed says which methods are: RFC 9110 §15.5.6 demands it.
func notAllowed(allowed []string) View {
	slices.Sort(allowed)
	allow := strings.Join(slices.Compact(allowed), ", ")
	return func(*Request) any {
		return Tuple{"<h1>Method Not Allowed</h1>\n", "405 METHOD NOT ALLOWED", wsgi.Headers{{"Allow", allow}}}
	}
}
