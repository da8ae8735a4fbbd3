package djangoish

import (
	"cmp"
	"fmt"
	"io"
	"mime"
	"net/url"
	"regexp"
	"strings"
	"sync"

	wsgi "barewire/steps/06_wsgi"
)

// maxForm bounds a form, which is read into memory. It is Django's
// DATA_UPLOAD_MAX_MEMORY_SIZE.
const maxForm = 2621440

// A Request is an environ, made convenient.
type Request struct {
	META     wsgi.Environ               // the environ itself
	Method   string                     // REQUEST_METHOD
	PathInfo string                     // PATH_INFO, "/" when that is empty
	Path     string                     // the script prefix with PathInfo behind it
	GET      url.Values                 // of the query string; what is no field of a form is left out
	POST     func() (url.Values, error) // of the body, which is read at the first call
	COOKIES  map[string]string          // of the Cookie header
	Args     map[string]string          // what the route of the view has matched

	// Django keeps the prefix in a variable of the thread, by set_script_prefix,
	// so that reverse() finds it without a request. Go has no such variables:
	// whoever makes a link needs the request.
	scriptPrefix string // SCRIPT_NAME and a slash
	urls         []URL
}

func newRequest(environ wsgi.Environ, urls []URL) *Request {
	request := &Request{
		META:         environ,
		Method:       environ.Text("REQUEST_METHOD"),
		PathInfo:     cmp.Or(environ.Text("PATH_INFO"), "/"),
		GET:          (&url.URL{RawQuery: environ.Text("QUERY_STRING")}).Query(),
		COOKIES:      parseCookies(environ.Text("HTTP_COOKIE")),
		scriptPrefix: strings.TrimRight(environ.Text("SCRIPT_NAME"), "/") + "/",
		urls:         urls,
	}
	request.Path = request.scriptPrefix + strings.TrimPrefix(request.PathInfo, "/")
	request.POST = sync.OnceValues(request.readForm)
	return request
}

// readForm reads the body when it is a form. Any other has no fields.
func (r *Request) readForm() (url.Values, error) {
	kind, _, err := mime.ParseMediaType(r.META.Text("CONTENT_TYPE"))
	if r.Method != "POST" || err != nil || kind != "application/x-www-form-urlencoded" {
		return url.Values{}, nil
	}
	form, err := io.ReadAll(io.LimitReader(r.META.Input(), maxForm+1))
	if err != nil || len(form) > maxForm {
		return nil, Refusal(400)
	}
	fields, err := url.ParseQuery(string(form))
	if err != nil {
		return nil, Refusal(400)
	}
	return fields, nil
}

// parseCookies reads name=value pairs with semicolons between them. When a name
// comes twice the first counts, for it has the longer path. RFC 6265 §5.4
func parseCookies(header string) map[string]string {
	cookies := make(map[string]string)
	for pair := range strings.SplitSeq(header, ";") {
		name, value, found := strings.Cut(strings.TrimSpace(pair), "=")
		if _, twice := cookies[name]; found && !twice {
			cookies[name] = value
		}
	}
	return cookies
}

// A URL is a line of Django's urlpatterns: a route, its view, and the name by
// which links to it are made.
type URL struct {
	route, name string
	view        View
	pattern     *regexp.Regexp
}

var (
	intArg = regexp.MustCompile(`<int:(\w+)>`)
	strArg = regexp.MustCompile(`<str:(\w+)>`)
	anyArg = regexp.MustCompile(`<(?:int|str):\w+>`)
)

// Path returns the URL of a route such as "archive/<int:year>/". It stands for the
// whole path without the first slash. <int:name> matches digits, <str:name>
// anything but a slash.
func Path(route string, view View, name string) URL {
	pattern := regexp.QuoteMeta(route)
	pattern = intArg.ReplaceAllString(pattern, `(?P<$1>[0-9]+)`)
	pattern = strArg.ReplaceAllString(pattern, `(?P<$1>[^/]+)`)
	return URL{route, name, view, regexp.MustCompile("^" + pattern + "$")}
}

// resolve is the innermost view: it calls the first one whose route matches.
func resolve(request *Request) (*Response, error) {
	for _, route := range request.urls {
		match := route.pattern.FindStringSubmatch(strings.TrimPrefix(request.PathInfo, "/"))
		if match == nil {
			continue
		}
		request.Args = make(map[string]string)
		for i, name := range route.pattern.SubexpNames()[1:] {
			request.Args[name] = match[i+1]
		}
		return route.view(request)
	}
	return nil, Refusal(404)
}

// Reverse returns the link to the route of that name, with args in it, from
// wherever the application is mounted. A route that does not exist, or would not
// match, is a bug of the view, and a panic.
func (r *Request) Reverse(name string, args ...string) string {
	for _, route := range r.urls {
		if route.name != name || route.pattern.NumSubexp() != len(args) {
			continue
		}
		left := args
		path := anyArg.ReplaceAllStringFunc(route.route, func(string) string {
			arg := left[0]
			left = left[1:]
			return arg
		})
		if route.pattern.MatchString(path) {
			return (&url.URL{Path: r.scriptPrefix + path}).EscapedPath()
		}
	}
	panic(fmt.Sprintf("no route %q takes %q", name, args))
}
