// Package djangoish is Django's way to WSGI, in small.
//
// The tutorial looks behind get_wsgi_application and finds a class with a
// __call__, class WSGIHandler(BaseHandler): a framework is one more application.
// Call of [Handler] is that method, nearly line for line. It makes a request of
// the environ, hands it through a chain of middleware to a view, and takes the
// response apart into what the contract knows: a status, headers with a
// Set-Cookie for each cookie, and a body, which is the response itself, or its
// file in the server's wsgi.file_wrapper.
//
//	Django                                     here
//	-----------------------------------------  ---------------------------------
//	get_wsgi_application()                     getWSGIApplication, App
//	WSGIHandler.__init__, load_middleware      NewHandler
//	WSGIHandler.__call__                       Handler.Call
//	signals.request_started.send(...)          Handler.RequestStarted.Send
//	set_script_prefix, reverse(name, args)     in the Request, Request.Reverse
//	request_class(environ)                     newRequest
//	self.get_response(request)                 GetResponse
//	response.items(), response.cookies         Response.Headers, SetCookie
//	c.output(header='')                        Cookie.String
//	response.file_to_stream                    Response.File
//	request_finished, sent by response.close   Handler.RequestFinished
//
// This middleware is another than that of WSGI. It stands inside of the
// application, and sees requests and responses instead of environs and chunks.
//
// Left out on purpose: templates, models, sessions, uploads of files, and
// responses that are made while they are sent.
//
//	curl -i 'http://127.0.0.1:8888/'
//	curl -i -b 'visits=41; name=ada' 'http://127.0.0.1:8888/'
//	curl -i -d 'name=Ada Lovelace' 'http://127.0.0.1:8888/'
//	curl -i -d 'name=ada' -H 'Origin: http://elsewhere.example' 'http://127.0.0.1:8888/'
//	curl -i 'http://127.0.0.1:8888/archive/2005/'
//	curl -i 'http://127.0.0.1:8888/archive/soon/'
//	curl -i 'http://127.0.0.1:8888/source/handler.go?download'
//
// Read handler.go, then request.go and response.go; the site that is served
// here comes last.
package djangoish

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"html"
	"log"
	"net/url"
	"slices"
	"strconv"
	"strings"

	wsgi "barewire/steps/06_wsgi"
)

// App is the site. In Django wsgi.py says: application = get_wsgi_application().
var App = getWSGIApplication()

func getWSGIApplication() wsgi.Application {
	handler := NewHandler([]URL{
		Path("", home, "home"),
		Path("archive/<int:year>/", archive, "archive"),
		Path("source/<str:name>.go", source, "source"),
	}, CommonMiddleware, CsrfViewMiddleware)
	handler.RequestStarted.Connect(note("request_started"))
	handler.RequestFinished.Connect(note("request_finished"))
	return handler.Call
}

// note returns a receiver that writes a line to wsgi.errors.
func note(signal string) func(wsgi.Environ) {
	return func(environ wsgi.Environ) {
		log.New(environ.Errors(), "djangoish: ", 0).Printf("%s %s %q", signal, environ.Text("REQUEST_METHOD"), environ.Text("PATH_INFO"))
	}
}

// CommonMiddleware says how long the content is, unless the view has. Of a file
// it does not know.
func CommonMiddleware(getResponse GetResponse) View {
	return func(request *Request) (*Response, error) {
		response := getResponse(request)
		isLength := func(header [2]string) bool { return strings.EqualFold(header[0], "Content-Length") }
		if response.File == nil && !slices.ContainsFunc(response.Headers, isLength) {
			response.Headers = append(response.Headers, [2]string{"Content-Length", strconv.Itoa(len(response.Content))})
		}
		return response, nil
	}
}

// CsrfViewMiddleware refuses a form that another site has sent here by a visitor,
// with the visitor's cookies. It is half of Django's, which wants a token too,
// for not every browser says the Origin.
func CsrfViewMiddleware(getResponse GetResponse) View {
	return func(request *Request) (*Response, error) {
		origin := request.META.Text("HTTP_ORIGIN")
		here := request.META.Text("wsgi.url_scheme") + "://" + request.META.Text("HTTP_HOST")
		if request.Method == "POST" && origin != "" && origin != here {
			return nil, Refusal(403)
		}
		return getResponse(request), nil
	}
}

// home counts the visits and greets by name. In a cookie a client may say
// anything; what makes no sense is as good as no cookie.
func home(request *Request) (*Response, error) {
	if request.Method == "POST" {
		return rename(request)
	}
	visits, err := strconv.ParseUint(request.COOKIES["visits"], 10, 31)
	if err != nil {
		visits = 0
	}
	name, err := url.QueryUnescape(request.COOKIES["name"])
	if err != nil || name == "" {
		name = "stranger"
	}
	response := HTML(200, fmt.Sprintf(`<p>Hello, %s. This is visit %d.</p>
<p><a href="%s">2005</a></p>
<form method="post"><input name="name"><button>That is my name</button></form>
`, html.EscapeString(name), visits+1, html.EscapeString(request.Reverse("archive", "2005"))))
	return response, errors.Join(
		remember(request, response, "visits", strconv.FormatUint(visits+1, 10)),
		remember(request, response, "name", name),
	)
}

// rename remembers a name, then has the client ask for home. A reload of what
// that shows does not send the form again.
func rename(request *Request) (*Response, error) {
	form, err := request.POST()
	if err != nil {
		return nil, err
	}
	response := Redirect(request.Reverse("home"))
	return response, remember(request, response, "name", form.Get("name"))
}

// remember sets a cookie for a week and for this application, which need not be
// alone on its host. The value is escaped, for it may be any text.
func remember(request *Request, response *Response, name, value string) error {
	return response.SetCookie(Cookie{
		Name:     name,
		Value:    url.QueryEscape(value),
		Path:     cmp.Or(strings.TrimSuffix(request.Reverse("home"), "/"), "/"),
		MaxAge:   7 * 24 * 60 * 60,
		HTTPOnly: true,
		SameSite: "Lax",
	})
}

// archive shows what its route has matched. It is digits, so it needs no escape.
func archive(request *Request) (*Response, error) {
	return HTML(200, "<h1>"+request.Args["year"]+"</h1>\n"), nil
}

//go:embed djangoish.go handler.go request.go response.go
var files embed.FS

// source is a file response: Django's FileResponse. With ?download it asks the
// browser to keep the file instead of showing it.
func source(request *Request) (*Response, error) {
	name := request.Args["name"] + ".go"
	file, err := files.Open(name)
	if err != nil {
		return nil, Refusal(404)
	}
	headers := wsgi.Headers{{"Content-Type", "text/plain; charset=utf-8"}}
	if request.GET.Has("download") {
		headers = append(headers, [2]string{"Content-Disposition", `attachment; filename="` + name + `"`})
	}
	return &Response{StatusCode: 200, Headers: headers, File: file}, nil
}
