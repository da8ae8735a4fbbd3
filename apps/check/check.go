// Package check is the application that the workshop's checks ask.
//
// Most applications hide what their server did. This one shows it: /environ
// tells what it was told, /echo what it read, and each of the other paths uses
// one promise of the contract, or breaks one, so that the answer on the wire
// shows what the server made of it. The table below is all there is.
//
// check.py is the same application for Python's servers, and answers the same to
// the byte.
//
//	curl 'http://127.0.0.1:8888/environ?x=1'
//	curl -i 'http://127.0.0.1:8888/long'
package check

import (
	_ "embed"
	"slices"
	"strings"

	wsgi "barewire/steps/06_wsgi"
)

// Python is check.py, whose application is App for a server in Python.
//
//go:embed check.py
var Python string

// App answers each path of the table in its own way, whatever the method.
func App(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	path := environ.Text("PATH_INFO")
	answer, known := paths[path]
	switch {
	case known:
	case strings.HasPrefix(path, "/environ/"): // where any path can be told
		answer = showEnviron
	default:
		answer = always("404 Not Found", plain, "no such path\n")
	}
	return answer(environ, start)
}

const ok = "200 OK"

var plain = wsgi.Headers{{"Content-Type", "text/plain"}}

var paths = map[string]wsgi.Application{
	"/": always(ok, plain, "check\n"),

	// What came in.
	"/environ": showEnviron, // and /environ/…
	"/echo":    echo,
	"/count":   count,
	"/lines":   lines,
	"/first":   first, // ?n=5
	"/unread":  always(ok, plain, "unread\n"),

	// How the body is said.
	"/stream":  stream, // ?n=3&ms=0
	"/big":     big,    // ?n=1048576
	"/empty":   always(ok, plain, "", "", "x\n"),
	"/nothing": always(ok, plain),
	"/utf8":    always(ok, wsgi.Headers{{"Content-Type", "text/plain; charset=utf-8"}}, "café\n"), // 5 runes, 6 bytes
	"/late":    late,
	"/write":   write,
	"/close":   closing,
	"/closed":  howOftenClosed,
	"/slow":    slow, // ?ms=200&name=x

	// Status and headers.
	"/status": status, // ?code=204
	"/length": length, // ?code=304&n=7
	// The length of a body that HEAD does not get; to know that is the server's work.
	"/head":    always(ok, with("Content-Length", "6"), "head!\n"),
	"/date":    always(ok, with("Date", "Sun, 06 Nov 1994 08:49:37 GMT"), "date\n"),
	"/cookies": always(ok, slices.Concat(plain, wsgi.Headers{{"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}}), "cookies\n"),
	"/replace": replace,

	// What breaks the contract.
	"/short":     always(ok, with("Content-Length", "10"), "short"),
	"/long":      always(ok, with("Content-Length", "5"), "long", "er than that"),
	"/crlf":      always(ok, with("X-Check", "a\r\nInjected: yes"), "crlf\n"),
	"/hop":       always(ok, with("Connection", "close"), "hop\n"),
	"/badstatus": always("2000 no", plain, "badstatus\n"),
	"/twice":     twice,
	"/nostart":   noStart,
	"/fail":      fail,
	"/emptyfail": emptyFail,
	"/failmid":   failMid,
	"/toolate":   tooLate,
}

// always is an application that answers everything with this.
func always(status string, headers wsgi.Headers, chunks ...string) wsgi.Application {
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start(status, slices.Clone(headers))
		list := wsgi.List{}
		for _, chunk := range chunks {
			list = append(list, []byte(chunk))
		}
		return list
	}
}

// with returns the plain headers and one more.
func with(name, value string) wsgi.Headers {
	return wsgi.Headers{plain[0], {name, value}}
}
