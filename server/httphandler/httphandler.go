// Package httphandler puts an application behind Go's own server, net/http, and
// whatever that can do: TLS, HTTP/2, and FastCGI by way of net/http/fcgi.
//
//	http.ListenAndServeTLS(addr, cert, key, httphandler.Handler(hello.App))
//	fcgi.Serve(listener, httphandler.Handler(hello.App))
//
// An application cannot tell where it runs: that is what the contract is for. So
// this package is a server like the other, made of the same steps, as far as they
// do not touch the wire: 07 tells the application, 08 calls it and keeps it to the
// rules, and 09 chooses the framing. The wire is net/http's, and so some of what
// is said on it is not the application's any more:
//
//   - The reason of the status is the registered one. HTTP/2 has none at all.
//   - Names of header fields are spelt Like-This, and sorted.
//   - 304 Not Modified loses its Content-Type and its Content-Length.
//   - A broken request never gets here; net/http answers it in its own words.
//
// What the application cannot know either: the spelling and the order of the
// request's fields, and fields that net/http keeps to itself, like Trailer. Of
// FastCGI net/http/fcgi keeps SCRIPT_NAME and PATH_INFO to itself. So SCRIPT_NAME
// is empty, and the whole path is in PATH_INFO: let the web server map "/" to it.
//
// Bounds and deadlines are those of the http.Server, which has none unless they
// are set; http.MaxBytesHandler bounds a body.
//
// Read httphandler.go, then reply.go, then input.go.
package httphandler

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/fcgi"
	"net/url"
	"os"
	"strings"

	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	environ "barewire/steps/07_environ"
	response "barewire/steps/09_response"
)

// Handler returns a handler that answers with app. What goes wrong in app is
// told on standard error, which is wsgi.errors too.
func Handler(app wsgi.Application) http.Handler {
	return Bridge{App: app, Errors: os.Stderr}
}

// A Bridge is a handler that answers with an application.
type Bridge struct {
	App    wsgi.Application
	Errors io.Writer // wsgi.errors, written to by many goroutines at once
}

// ServeHTTP answers one request. An application that fails before its answer has
// begun becomes a 500. Later it panics with http.ErrAbortHandler, at which
// net/http breaks off the answer, so that the client sees that it is not whole.
//
// FastCGI as Go speaks it has no way to break off, and would die of the panic.
// There the failure is only told to the operator.
func (b Bridge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// An application may read on while it answers, as it may behind our server.
	// HTTP/1 has to be told; HTTP/2 and FastCGI always let it.
	duplex := http.NewResponseController(w).EnableFullDuplex() == nil

	answering := newReply(w, r)
	err := answering.answer(b.App, b.environ(r))
	isFastCGI := fcgi.ProcessEnv(r) != nil
	aborted := errors.Is(err, http.ErrAbortHandler)
	if err != nil && !aborted && !errors.Is(err, response.ErrGone) {
		_, _ = fmt.Fprintf(b.Errors, "barewire: %q\n%s", err.Error(), callsOf(err)) // nobody is left to be told
	}
	if err != nil && answering.Framing == "" && (!aborted || isFastCGI) {
		answering = newReply(w, r)
		err = answering.answer(explain(err), nil)
	}
	if err != nil && !answering.Whole && !isFastCGI {
		panic(http.ErrAbortHandler)
	}
	if duplex && r.ProtoMajor == 1 && r.Header.Get("Expect") == "" {
		// Read on, as step 10 does, for net/http no longer does, and would close the
		// connection. A client that waits to be asked for its body may never send it.
		_, err := io.CopyN(io.Discard, r.Body, drainBytes)
		if err != nil && err != io.EOF {
			answering.goodbye(r)
		}
	}
}

// drainBytes is how much of an unread body is read to save a connection, as in
// step 10.
const drainBytes = 256 << 10

// environ fills an environ. Step 07 does it; here are the things that net/http
// calls by another name, and those that it alone can know.
func (b Bridge) environ(r *http.Request) wsgi.Environ {
	target := cmp.Or(r.RequestURI, r.URL.RequestURI()) // FastCGI leaves the first one empty
	in, length := openBody(r)
	filled := make(wsgi.Environ, 32)
	environ.Fill(filled, environ.Request{
		Line:    requestline.Line{Method: r.Method, Target: target, Query: r.URL.RawQuery, Version: r.Proto},
		Fields:  fields(r),
		Framing: body.Framing{Length: length},
		Input:   in,
		Errors:  b.Errors,
		Server:  here(r),
		Client:  there(r),
	})
	filled["SCRIPT_NAME"], filled["PATH_INFO"] = paths(target, r.URL.Path)
	if r.TLS != nil {
		filled["wsgi.url_scheme"] = "https"
		filled["HTTPS"] = "on" // in no standard; Apache began it
	}
	filled["barewire.note"] = func(string) {} // nobody watches
	for name, value := range fcgi.ProcessEnv(r) {
		// The web server before us knows who it is, and who logged in there.
		filled[name] = value
	}
	return filled
}

// openBody returns wsgi.input, and how long it is. net/http has made sure that the
// body is as long as its length; net/http/fcgi compares nothing, and takes a
// negative number for a length. There step 05 reads the body, as it does for CGI:
// no length is no body. RFC 3875 §4.2
func openBody(r *http.Request) (wsgi.Input, int64) {
	in := bufio.NewReader(r.Body)
	if fcgi.ProcessEnv(r) == nil {
		return input{in}, r.ContentLength
	}
	length := max(r.ContentLength, 0)
	return body.NewReader(in, nil, body.Framing{Length: length}, body.Limits{}), length
}

// fields returns the header fields as step 04 would, but in no order: names have
// none in an environ, and the values of one name keep theirs.
func fields(r *http.Request) []headers.Field {
	var list []headers.Field
	for name, values := range r.Header {
		if name == "Content-Type" && fcgi.ProcessEnv(r) != nil {
			values = values[:1] // nginx sends HTTP_CONTENT_TYPE too, which is the same again
		}
		for _, value := range values {
			list = append(list, headers.Field{Name: name, Value: value})
		}
	}
	if r.Host != "" {
		list = append(list, headers.Field{Name: "Host", Value: r.Host})
	}
	if r.ContentLength > 0 {
		// Of some web servers FastCGI has it here only. Step 07 takes the number
		// from the framing.
		list = append(list, headers.Field{Name: "Content-Length"})
	}
	return list
}

// here returns our end of the connection. FastCGI does not tell it; there the
// variables SERVER_NAME and SERVER_PORT come from the web server.
func here(r *http.Request) environ.Endpoint {
	if addr, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		return environ.EndpointOf(addr)
	}
	return environ.Endpoint{}
}

// there returns the client's.
func there(r *http.Request) environ.Endpoint {
	host, port, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return environ.Endpoint{Host: r.RemoteAddr}
	}
	return environ.Endpoint{Host: host, Port: port}
}

// paths splits the path of a target into SCRIPT_NAME and PATH_INFO. The path of
// the request's URL is shorter when an http.StripPrefix stands around us: what it
// took away is the part that led here.
//
// PATH_INFO is empty or begins with a slash, so of StripPrefix("/app/") the last
// slash goes back, and what is behind it. RFC 3875 §4.1.5
func paths(target, path string) (scriptName, pathInfo string) {
	if target == "*" {
		return "", "" // OPTIONS * names no path. RFC 9112 §3.2.4
	}
	whole, err := url.ParseRequestURI(target)
	if err != nil {
		return "", path
	}
	prefix, found := strings.CutSuffix(whole.Path, path)
	switch {
	case whole.Path == "" && path == "":
		return "", "/" // http://host means the root. RFC 9110 §4.2.3
	case !found:
		return "", path // somebody changed the path altogether
	case !strings.HasPrefix(path, "/") && (path != "" || strings.HasSuffix(prefix, "/")):
		slash := strings.LastIndexByte(prefix, '/')
		return prefix[:slash], prefix[slash:] + path
	}
	return prefix, path
}
