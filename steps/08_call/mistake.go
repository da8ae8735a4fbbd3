package call

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	wsgi "barewire/steps/06_wsgi"
)

// HeaderInjection writes down what the application says and checks nothing. An
// application that puts a form field into a header, a Location say, then lets
// whoever fills in the form end the line and begin a header of their own: a cookie,
// or a whole second answer.
func HeaderInjection(app wsgi.Application, environ wsgi.Environ, send func(*Answer, []byte) error) *Answer {
	answer := &Answer{Length: -1}
	defer func() {
		answer.Lock()
		defer answer.Unlock()
		answer.lost = answer.Body == nil
	}()
	answer.Body = app(environ, func(status string, headers wsgi.Headers, _ ...error) wsgi.Write {
		answer.Lock()
		defer answer.Unlock()
		answer.Status, answer.Headers, answer.Length = status, headers, -1
		for _, header := range headers {
			if length, err := strconv.ParseUint(header[1], 10, 63); err == nil && strings.EqualFold(header[0], "Content-Length") {
				answer.Length = int64(length)
			}
		}
		return func(chunk []byte) error {
			answer.Lock()
			defer answer.Unlock()
			return send(answer, chunk)
		}
	})
	return answer
}

// LeftoverCookies collects the cookies of an answer in a field of the connection, as a
// handler does that lives as long as its client, and does not empty it. The next
// answer sets them again. Behind a proxy that next answer is somebody else's, who
// is now logged in as the one before.
func LeftoverCookies() func(wsgi.Application, wsgi.Environ, func(*Answer, []byte) error) *Answer {
	var lock sync.Mutex
	connections := make(map[string]wsgi.Headers)
	return func(app wsgi.Application, environ wsgi.Environ, send func(*Answer, []byte) error) *Answer {
		client := environ.Text("REMOTE_ADDR") + " " + environ.Text("REMOTE_PORT")
		withCookies := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			return app(environ, func(status string, headers wsgi.Headers, cause ...error) wsgi.Write {
				lock.Lock()
				defer lock.Unlock()
				kept := connections[client]
				for _, header := range headers {
					if strings.EqualFold(header[0], "Set-Cookie") {
						connections[client] = append(connections[client], header)
					}
				}
				return start(status, slices.Concat(headers, kept), cause...)
			})
		}
		return Application(withCookies, environ, send)
	}
}
