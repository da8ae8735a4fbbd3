// Package cgi is the oldest envelope of an application: one process for one
// request.
//
// It is the tutorials' run_with_cgi. A web server, the parent, starts a program
// for each request, and says the request in environment variables and on
// standard input; the program says its answer on standard output and ends. So
// there is no socket here and no HTTP, only the contract: [Run] makes an environ
// of the variables, calls the application by step 08, and writes what it
// answers. What run_with_cgi leaves out is here: the end of the body, the rules of
// the answer, and a 500 for an application that fails.
//
// Read cgi.go, then environ.go, then head.go.
//
// The parent of this program can be lighttpd, or Apache, or any other server with
// CGI. Put an executable file of two lines where it looks for CGI programs, with
// the full path of barewire if the server's PATH does not lead there:
//
//	#!/bin/sh
//	exec barewire cgi hello:App
//
// In lighttpd.conf, files with this ending are such programs:
//
//	server.modules += ("mod_cgi")
//	cgi.assign = (".cgi" => "")
//
// In Apache's httpd.conf, with mod_cgi or mod_cgid loaded:
//
//	AddHandler cgi-script .cgi
//	<Directory "/var/www/html">
//	    Options +ExecCGI
//	</Directory>
//
// RFC 3875; PEP 3333, "The Server/Gateway Side".
package cgi

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	wsgi "barewire/steps/06_wsgi"
	call "barewire/steps/08_call"
	response "barewire/steps/09_response"
	"barewire/steps/refuse"
)

// ErrNoRequest tells that the variables hold no request: no server has started
// this program.
var ErrNoRequest = errors.New("cgi: there is no REQUEST_METHOD, so there is no request (RFC 3875 §4.1.12)")

// Run answers one request. The variables in env are those of os.Environ, the body
// comes from in, and the answer goes to out, each chunk with a Write of its own.
// What the application writes to wsgi.errors goes to errs, and so does the stack of
// a panic.
//
// The error tells why the answer is not what the application meant to say: it
// failed, it broke a rule, the request did, or out takes no more. If nothing was
// sent before, the answer is then a 500, or the status of the broken rule. With
// ErrNoRequest there is none.
//
// The Body is closed in any case but one: a parent may end its child at any time
// and without warning, RFC 3875 §3.4.
func Run(app wsgi.Application, env []string, in io.Reader, out, errs io.Writer) error {
	environ := environOf(env)
	method := environ.Text("REQUEST_METHOD")
	if method == "" {
		return ErrNoRequest
	}
	input, err := openBody(environ.Text("CONTENT_LENGTH"), in)
	environ["wsgi.input"] = input
	environ["wsgi.errors"] = errs

	w := newWriter(out, method, input.Err)
	if err == nil {
		err = checkRequest(environ)
	}
	if err == nil {
		err = answer(w, app, environ, errs)
	}
	if err == nil || w.Framing != "" {
		return err
	}
	if input.Err() != nil {
		err = input.Err() // what the application made of a broken body no longer counts
	}
	w = newWriter(out, method, func() error { return nil })
	return errors.Join(err, answer(w, explain(err), environ, errs))
}

// newWriter returns step 09, with another head. It asks whether the request is
// sound before it makes that.
func newWriter(out io.Writer, method string, sound func() error) *response.Writer {
	return &response.Writer{
		Conn:    out,
		Method:  method,
		Version: "HTTP/1.0", // no chunks: they are the parent's, as is the connection
		Begin:   func() (bool, error) { return false, sound() },
		Head:    appendHead,
	}
}

// answer calls app and writes its answer. This is the one place that recovers.
func answer(w *response.Writer, app wsgi.Application, environ wsgi.Environ, errs io.Writer) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = errors.Join(fmt.Errorf("panic: %v", value), printStack(errs))
		}
	}()
	return w.Body(call.Application(app, environ, w.Send), w.Send)
}

// printStack shows where it panicked, when called by a deferred function.
func printStack(errs io.Writer) error {
	_, err := errs.Write(debug.Stack())
	return err
}

// explain returns the application that answers in place of one that cannot.
func explain(err error) wsgi.Application {
	status, text := refuse.Explain(err)
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start(status, wsgi.Headers{{"Content-Type", "text/plain; charset=utf-8"}})
		return wsgi.Text(status + "\n\n" + text)
	}
}
