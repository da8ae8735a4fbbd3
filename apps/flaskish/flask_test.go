package flaskish_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"barewire/apps/flaskish"
	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

// says is a view that returns the name of its route and what it was told.
func says(name string) flaskish.View {
	return func(request *flaskish.Request) any {
		return fmt.Sprintf("%s: %s %s %q", name, request.Method, request.Path, request.ViewArgs)
	}
}

func TestRoutes(t *testing.T) {
	app := flaskish.New()
	app.Route("/", says("root"))
	app.Route("/about", says("about"))
	app.Route("/projects/", says("projects"))
	app.Route("/user/<name>", says("user"))
	app.Route("/user/admin", says("admin"))
	app.Route("/user/<name>/posts/<id>", says("post"))
	app.Route("/login", says("form"))
	app.Route("/login", says("login"), "POST")
	app.Route("/item/new", says("new"), "POST")
	app.Route("/item/<id>", says("item"), "GET", "DELETE")

	const (
		ok         = "200 OK"
		notFound   = "404 NOT FOUND"
		notAllowed = "405 METHOD NOT ALLOWED"
	)
	tests := []struct {
		name, method, path string
		status, body       string
		allow              string
	}{
		{"the root", "GET", "/", ok, `root: GET / map[]`, ""},
		{"no path at all, as of a mounted application", "GET", "", ok, `root: GET / map[]`, ""},
		{"a fixed path", "GET", "/about", ok, `about: GET /about map[]`, ""},
		{"HEAD comes with GET", "HEAD", "/about", ok, `about: HEAD /about map[]`, ""},
		{"a slash too many", "GET", "/about/", notFound, "", ""},
		{"a slash in the middle too many", "GET", "//about", notFound, "", ""},
		{"a slash at the end, as it should be", "GET", "/projects/", ok, `projects: GET /projects/ map[]`, ""},
		{"a slash too few", "GET", "/projects", notFound, "", ""},
		{"another case", "GET", "/About", notFound, "", ""},
		{"nowhere", "GET", "/nowhere", notFound, "", ""},
		{"nowhere, to POST to", "POST", "/nowhere", notFound, "", ""},
		{"further down", "GET", "/about/us", notFound, "", ""},
		{"a variable", "GET", "/user/ada", ok, `user: GET /user/ada map["name":"ada"]`, ""},
		{"a variable of any bytes, decoded", "GET", "/user/<b> \xff%20", ok, "user: GET /user/<b> \xff%20 map[\"name\":\"<b> \\xff%20\"]", ""},
		{"a variable that looks like one", "GET", "/user/<name>", ok, `user: GET /user/<name> map["name":"<name>"]`, ""},
		{"no text for a variable", "GET", "/user/", notFound, "", ""},
		{"a slash, decoded, divides segments", "GET", "/user/ada/lovelace", notFound, "", ""},
		{"two variables", "GET", "/user/ada/posts/7", ok, `post: GET /user/ada/posts/7 map["id":"7" "name":"ada"]`, ""},
		{"no text for the first", "GET", "/user//posts/7", notFound, "", ""},
		{"the route added first", "GET", "/user/admin", ok, `user: GET /user/admin map["name":"admin"]`, ""},
		{"a method", "POST", "/login", ok, `login: POST /login map[]`, ""},
		{"another method of the same path", "GET", "/login", ok, `form: GET /login map[]`, ""},
		{"a method given beside GET", "DELETE", "/item/7", ok, `item: DELETE /item/7 map["id":"7"]`, ""},
		{"HEAD, with GET given", "HEAD", "/item/7", ok, `item: HEAD /item/7 map["id":"7"]`, ""},
		{"a later route that has the method", "GET", "/item/new", ok, `item: GET /item/new map["id":"new"]`, ""},
		{"no such method", "POST", "/about", notAllowed, "", "GET, HEAD"},
		{"a method in small letters", "get", "/about", notAllowed, "", "GET, HEAD"},
		{"OPTIONS, which is not answered by itself", "OPTIONS", "/about", notAllowed, "", "GET, HEAD"},
		{"no such method in two routes", "PUT", "/login", notAllowed, "", "GET, HEAD, POST"},
		{"no such method in two routes that share some", "PUT", "/user/admin", notAllowed, "", "GET, HEAD"},
		{"no such method in two kinds of routes", "PUT", "/item/new", notAllowed, "", "DELETE, GET, HEAD, POST"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			environ := wsgi.Environ{"REQUEST_METHOD": test.method, "PATH_INFO": test.path}
			before := maps.Clone(environ)
			got := apptest.Run(app.Call, environ)
			if got.Err != nil || got.Status != test.status {
				t.Errorf("%s %q is answered %q, %v, want %q", test.method, test.path, got.Status, got.Err, test.status)
			}
			if body := strings.Join(got.Chunks, ""); test.body != "" && body != test.body {
				t.Errorf("%s %q is answered %q, want %q", test.method, test.path, body, test.body)
			}
			want := slices.Clone(html)
			if test.allow != "" {
				want = append(want, [2]string{"Allow", test.allow})
			}
			if !slices.Equal(got.Headers, want) {
				t.Errorf("%s %q: headers = %q, want %q", test.method, test.path, got.Headers, want)
			}
			if !maps.Equal(environ, before) {
				t.Errorf("%s %q: the environ became %v", test.method, test.path, environ)
			}
		})
	}
}

// The view gets the environ itself, so what a middleware left there is found.
func TestRequestHasTheEnviron(t *testing.T) {
	app := flaskish.New()
	app.Route("/", func(request *flaskish.Request) any { return request.Environ.Text("myapp.user") })
	inner := app.WSGIApp
	app.WSGIApp = func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		environ["myapp.user"] = "ada"
		return inner(environ, start)
	}
	got := apptest.Run(app.Call, wsgi.Environ{"REQUEST_METHOD": "GET", "PATH_INFO": "/"})
	if want := []string{"ada"}; !slices.Equal(got.Chunks, want) {
		t.Errorf("the view found %q, want %q", got.Chunks, want)
	}
}

// around is middleware that writes its name before and after.
func around(name string, log *[]string) func(wsgi.Application) wsgi.Application {
	return func(app wsgi.Application) wsgi.Application {
		return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			*log = append(*log, name+" calls")
			defer func() { *log = append(*log, name+" returns") }()
			return app(environ, start)
		}
	}
}

// The lesson: middleware goes inside, and both the handle on the Flask and the
// call that a server already has are still good.
func TestMiddlewareInside(t *testing.T) {
	var log []string
	app := flaskish.New()
	app.Route("/early", func(*flaskish.Request) any { log = append(log, "early"); return "" })
	served := app.Call

	app.WSGIApp = around("first", &log)(app.WSGIApp)
	app.Route("/late", func(*flaskish.Request) any { log = append(log, "late"); return "" })
	app.WSGIApp = around("second", &log)(app.WSGIApp)

	for _, path := range []string{"/early", "/late"} {
		log = nil
		got := apptest.Run(served, wsgi.Environ{"REQUEST_METHOD": "GET", "PATH_INFO": path})
		want := []string{"second calls", "first calls", path[1:], "first returns", "second returns"}
		if got.Err != nil || got.Status != "200 OK" || !slices.Equal(log, want) {
			t.Errorf("%s is answered %q, %v, by way of %q, want %q", path, got.Status, got.Err, log, want)
		}
	}
}

// A panic of a view passes through: to answer it is for a middleware, or the
// server.
func TestPanicPasses(t *testing.T) {
	app := flaskish.New()
	app.Route("/", func(*flaskish.Request) any { panic(errDisk) })
	defer func() {
		if value := recover(); value != errDisk {
			t.Errorf("recover() = %v, want %v", value, errDisk)
		}
	}()
	apptest.Run(app.Call, wsgi.Environ{"REQUEST_METHOD": "GET", "PATH_INFO": "/"})
}

// Requests share a Flask, and nothing else. The race detector looks on.
func TestManyAtOnce(t *testing.T) {
	app := flaskish.New()
	app.Route("/user/<name>", func(request *flaskish.Request) any {
		return flaskish.Tuple{Body: request.ViewArgs["name"], Headers: plain}
	})
	app.Route("/same", func(*flaskish.Request) any { return "same" }, "POST", "PUT")
	shared := &flaskish.Response{Application: another, Headers: plain}
	app.Route("/shared", func(*flaskish.Request) any { return flaskish.Tuple{Body: shared, Status: "202 ACCEPTED"} })

	var group sync.WaitGroup
	for i := range 50 {
		name := fmt.Sprint(i)
		group.Add(1)
		go func() {
			defer group.Done()
			for path, want := range map[string]string{"/user/" + name: "200 OK " + name, "/same": "405 METHOD NOT ALLOWED", "/shared": "202 ACCEPTED onetwo"} {
				got := apptest.Run(app.Call, wsgi.Environ{"REQUEST_METHOD": "GET", "PATH_INFO": path})
				if answer := got.Status + " " + strings.Join(got.Chunks, ""); !strings.HasPrefix(answer, want) {
					t.Errorf("%s is answered %q, want %q", path, answer, want)
				}
			}
		}()
	}
	group.Wait()
}

func ExampleNew() {
	app := flaskish.New()
	app.Route("/", func(*flaskish.Request) any { return "Hello, world!" })

	answer := apptest.Run(app.Call, wsgi.Environ{"REQUEST_METHOD": "GET", "PATH_INFO": "/"})
	fmt.Println(answer.Status, answer.Headers, answer.Chunks)
	// Output: 200 OK [[Content-Type text/html; charset=utf-8]] [Hello, world!]
}

func ExampleFlask_Route() {
	app := flaskish.New()
	app.Route("/user/<name>", func(request *flaskish.Request) any {
		return map[string]any{"name": request.ViewArgs["name"]}
	}, "GET", "POST")

	for _, method := range []string{"POST", "PUT"} {
		answer := apptest.Run(app.Call, wsgi.Environ{"REQUEST_METHOD": method, "PATH_INFO": "/user/ada"})
		fmt.Printf("%s %q\n", answer.Status, answer.Chunks)
	}
	// Output:
	// 200 OK ["{\"name\":\"ada\"}\n"]
	// 405 METHOD NOT ALLOWED ["<h1>Method Not Allowed</h1>\n"]
}

// Middleware goes inside. The app is still a Flask, and can have another route.
func ExampleFlask_Call() {
	shout := func(app wsgi.Application) wsgi.Application {
		return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			fmt.Println("a request for", environ.Text("PATH_INFO"))
			return app(environ, start)
		}
	}
	app := flaskish.New()
	app.WSGIApp = shout(app.WSGIApp)
	app.Route("/late", func(*flaskish.Request) any { return "found" })

	answer := apptest.Run(app.Call, wsgi.Environ{"REQUEST_METHOD": "GET", "PATH_INFO": "/late"})
	fmt.Println(answer.Status, answer.Chunks)
	// Output:
	// a request for /late
	// 200 OK [found]
}

// A Response is an application, whatever it was made of.
func ExampleResponse() {
	inner := flaskish.New()
	inner.Route("/", func(*flaskish.Request) any { return "Hello, world!" })

	response := &flaskish.Response{Application: inner.Call, Status: "203 SAID ANOTHER"}
	answer := apptest.Run(response.Call, wsgi.Environ{"REQUEST_METHOD": "GET", "PATH_INFO": "/"})
	fmt.Println(answer.Status, answer.Chunks)
	// Output: 203 SAID ANOTHER [Hello, world!]
}
