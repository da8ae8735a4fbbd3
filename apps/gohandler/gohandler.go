// Package gohandler makes an application of any http.Handler: the bridge that
// the tutorials build for Flask and for Django, WSGIHandler, in Go's own world.
//
// The work is that of every such bridge. The environ becomes the request object
// of the framework; the response object of the framework becomes start_response
// and chunks. The handler runs while the server asks for chunks, so what it
// writes leaves as soon as its buffer is full, or when it says Flush.
//
//	curl 'http://127.0.0.1:8888/?name=ada'
//	curl -d 'name=ada' 'http://127.0.0.1:8888/form'
//	curl -N 'http://127.0.0.1:8888/stream'
//	curl -r 0-4 'http://127.0.0.1:8888/file'
//	curl -L 'http://127.0.0.1:8888/old'
//
// A handler sees and says the same as behind net/http, but for what the contract
// between them has no word for:
//
//   - CGI's names know no case, no order and no number of fields: a field that
//     came twice is one with a comma, and X_Y never comes.
//   - A body that comes in chunks has ContentLength -1, but an empty
//     TransferEncoding. So has a POST that does not say how long its body is.
//   - Interim answers, trailers, and fields that speak of the connection belong to
//     the server. The handler may set them; they are not sent.
//   - Flush sends nothing before the first byte of the body. PEP 3333 forbids it.
//   - Of an answer to HEAD the server takes one chunk, to know its head. What the
//     handler writes after that is an error.
//   - There is no Hijack, and there are no deadlines.
//   - A redirect to /file leaves the prefix that it is mounted under, as it does
//     inside of http.StripPrefix.
//
// The context of the request is done when the handler returns, not when the client
// leaves. That the handler learns from the error of its next Write.
//
// Read gohandler.go, then writer.go, then demo.go.
package gohandler

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"

	wsgi "barewire/steps/06_wsgi"
)

// Application returns an application that answers as handler does. A panic of
// the handler passes through: it is the server's to deal with, also that of
// http.ErrAbortHandler.
//
// As behind net/http, a ResponseWriter belongs to one goroutine at a time, and
// to none after the handler has returned.
func Application(handler http.Handler) wsgi.Application {
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		request := requestOf(environ)
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			ctx, cancel := context.WithCancel(request.Context())
			defer cancel()
			request := request.WithContext(ctx)

			w := newWriter(request.Method, start, yield)
			defer w.end()
			handler.ServeHTTP(w, request)
			w.finish()
			if request.MultipartForm != nil { // its files are temporary
				if err := request.MultipartForm.RemoveAll(); err != nil {
					log.New(environ.Errors(), "gohandler: ", 0).Print(err)
				}
			}
		})
	}
}

// requestOf makes the request of the environ.
func requestOf(environ wsgi.Environ) *http.Request {
	request := &http.Request{
		Method:     environ.Text("REQUEST_METHOD"),
		Proto:      environ.Text("SERVER_PROTOCOL"),
		Host:       environ.Text("HTTP_HOST"),
		Header:     headerOf(environ),
		RemoteAddr: environ.Text("REMOTE_ADDR"),
	}
	request.RequestURI, request.URL = targetOf(environ)
	request.ContentLength, request.Body = bodyOf(environ)
	request.ProtoMajor, request.ProtoMinor, _ = http.ParseHTTPVersion(request.Proto)
	if port := environ.Text("REMOTE_PORT"); port != "" {
		request.RemoteAddr = net.JoinHostPort(request.RemoteAddr, port)
	}
	if environ.Text("wsgi.url_scheme") == "https" {
		request.TLS = &tls.ConnectionState{HandshakeComplete: true} // of which no more is known
	}
	return request
}

// targetOf returns the target as the client sent it, and what is left of it for
// the handler: where it is mounted under a prefix it does not see that, just as
// inside of http.StripPrefix.
func targetOf(environ wsgi.Environ) (string, *url.URL) {
	scriptName, path, query := environ.Text("SCRIPT_NAME"), environ.Text("PATH_INFO"), environ.Text("QUERY_STRING")
	whole := url.URL{Path: scriptName + path, RawQuery: query}
	// REQUEST_URI is in no standard. PEP 3333, "URL Reconstruction"
	requestURI := cmp.Or(environ.Text("REQUEST_URI"), whole.RequestURI())

	target, err := url.ParseRequestURI(requestURI)
	if err != nil {
		target = &url.URL{}
	}
	if target.Path != "*" {
		target.Path = path
	}
	target.RawPath = strings.TrimPrefix(target.RawPath, scriptName)
	if spelt, err := url.PathUnescape(target.RawPath); err != nil || spelt != path {
		target.RawPath = "" // who mounted us changed the path altogether
	}
	target.RawQuery = query
	return requestURI, target
}

// headerOf finds the header fields again. http.Header spells their names as
// net/http does.
func headerOf(environ wsgi.Environ) http.Header {
	header := make(http.Header)
	for key, value := range environ {
		name, isField := strings.CutPrefix(key, "HTTP_")
		switch key {
		case "CONTENT_TYPE", "CONTENT_LENGTH":
			name, isField = key, value != "" // CGI may say nothing with nothing
		case "HTTP_HOST", "HTTP_TRAILER": // net/http takes them out too
			isField = false
		}
		if text, ok := value.(string); ok && isField {
			header.Set(strings.ReplaceAll(name, "_", "-"), text)
		}
	}
	return header
}

// bodyOf returns the body and its length, -1 when that is not known.
//
// An environ does not tell a body in chunks from none. For a method that hardly
// ever has one, a byte of it does: a handler that is told of a body of unknown
// length might wait for it, or pass it on. But where the client waits to be asked
// for its body there is one, and to ask is for the handler to decide.
// RFC 9110 §10.1.1
func bodyOf(environ wsgi.Environ) (int64, io.ReadCloser) {
	length, err := strconv.ParseInt(environ.Text("CONTENT_LENGTH"), 10, 64)
	switch {
	case err == nil && length > 0:
		return length, &requestBody{Reader: environ.Input()}
	case err == nil:
		return 0, http.NoBody
	case environ.Text("HTTP_EXPECT") != "":
		return -1, &requestBody{Reader: environ.Input()}
	}
	switch environ.Text("REQUEST_METHOD") {
	case "GET", "HEAD", "DELETE", "OPTIONS", "TRACE":
		input := bufio.NewReader(environ.Input())
		if _, err := input.Peek(1); err == io.EOF {
			return 0, http.NoBody
		}
		return -1, &requestBody{Reader: input}
	}
	return -1, &requestBody{Reader: environ.Input()}
}

// A requestBody is wsgi.input, which the server closes, with a Close for the
// handler. One goroutine may close it while another reads.
type requestBody struct {
	io.Reader
	closed atomic.Bool
}

// Read reads from the body, until it is closed.
func (b *requestBody) Read(p []byte) (int, error) {
	if b.closed.Load() {
		return 0, http.ErrBodyReadAfterClose
	}
	return b.Reader.Read(p)
}

// Close ends the reading.
func (b *requestBody) Close() error {
	b.closed.Store(true)
	return nil
}
