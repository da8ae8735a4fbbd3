// Package validator is PEP 3333 as a program: a layer that can stand between any
// two others, changes nothing, and says when one of them breaks the contract.
//
// The idea is that of Python's wsgiref.validate. To the outside it checks the
// server, or the middleware that plays one: the environ, wsgi.input, and what
// becomes of a body. To the inside it checks the application: what it says to
// start_response and in which order it does things. All the rules stand in one
// table, in rules.go. On the command line it goes around any application:
//
//	barewire --with validator hello:App
//
// The first broken rule ends the request. Python raises an AssertionError; here
// the Violation is an error, and comes out where the contract has room for one:
// a body yields it, a read or a write returns it, or else Close does. Nothing
// of a wrong call is passed on. And as a layer in between may swallow an error,
// every Violation is also a line in wsgi.errors. For a body that is never
// closed, which only the garbage collector finds out, the line is all there is.
//
// Beyond wsgiref.validate it checks the bytes of the body against Content-Length
// and against 204, 205 and 304, Len, hop-by-hop headers, a second start_response, the
// time of start_response and of write, what a server does to a chunk, and that
// wsgi.input keeps to what it is asked for and to its end. PEP 3333 allows no
// control bytes in status and headers, so a tab, which step 08 lets pass, is a
// Violation here. Some promises have a meaning in Go only, such as what may be
// yielded behind an error. They name the paragraph of the PEP that they carry on.
//
// Where wsgiref.validate says more than the standards, this does not: a method
// may have any name, QUERY_STRING may be missing, a header name may end in a
// hyphen, as any token may, and an answer that turns out to be empty needs no
// Content-Type. A 204 or 304 that has one is refused by both.
//
// Left out on purpose: the values of HTTP_ variables, for only the client knows
// what it sent; "should" where PEP 3333 says no more than that; and types, where
// the compiler has the last word.
//
// Read rules.go and validator.go, then environ.go, input.go, start.go and body.go,
// which stand for the parts of a request in the order of time.
package validator

import (
	"io"
	"log"
	"sync/atomic"

	wsgi "barewire/steps/06_wsgi"
)

// Check returns app under supervision.
//
// Both sides get to see what they would see without it, but for three things.
// wsgi.input and wsgi.errors are hidden behind streams that have the methods of
// the contract, and a Close that is a Violation; these stay in the environ. It is
// the very environ that the caller gave, and no copy, for an outer layer may look
// for what an inner one left there. And a wsgi.File is hidden, so that it is sent
// chunk by chunk.
func Check(app wsgi.Application) wsgi.Application {
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		r := &request{start: start, method: environ.Text("REQUEST_METHOD"), length: -1}
		r.errors, _ = environ["wsgi.errors"].(io.Writer)
		if violation := checkEnviron(environ); violation != nil {
			return wsgi.Fail(r.fail(violation))
		}
		if start == nil {
			return wsgi.Fail(r.fail(startGiven.broken("nil")))
		}
		environ["wsgi.input"] = &input{from: environ.Input(), request: r}
		environ["wsgi.errors"] = &errorStream{environ.Errors(), r}

		name := r.method + " " + environ.Text("SCRIPT_NAME") + environ.Text("PATH_INFO")
		inner := app(environ, r.startResponse)
		r.returned = true
		if inner == nil {
			return wsgi.Fail(r.fail(bodyGiven.broken("nil")))
		}
		return r.watch(inner, name)
	}
}

// A request is one call of the application, and what both sides have done since.
type request struct {
	start  wsgi.StartResponse        // the server's
	errors io.Writer                 // the server's wsgi.errors, nil when it has none
	broken atomic.Pointer[Violation] // the first one; wsgi.input may be read by another goroutine
	method string

	code     string // of the status, "" until start_response is called
	typed    bool   // there is a Content-Type
	length   int64  // the Content-Length, or -1
	sent     int64  // bytes of content, written or yielded
	aborted  bool   // start_response had a cause when it was too late for another answer
	returned bool   // the application has returned its body
	file     bool   // which is a wsgi.File, of which Content-Length bytes are sent
	ended    bool   // the body has come to its end, or is closed
}

// report writes a Violation, if it is one, to wsgi.errors, and keeps the first.
func (r *request) report(violation *Violation) {
	if violation == nil {
		return
	}
	r.broken.CompareAndSwap(nil, violation)
	if r.errors != nil {
		log.New(r.errors, "", 0).Print(violation)
	}
}

// fail reports a Violation and returns it, where there is somebody to tell.
func (r *request) fail(violation *Violation) error {
	r.report(violation)
	return violation
}
