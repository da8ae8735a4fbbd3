package environ

import (
	"maps"
	"sync"

	wsgi "barewire/steps/06_wsgi"
)

// RawPath leaves PATH_INFO as it came. It costs every name with a blank or an
// umlaut in it: /a%20b is not found, though the file "a b" is there. Applications
// then decode by themselves, and under a right server they do it twice.
func RawPath(environ wsgi.Environ, request Request) {
	Fill(environ, request)
	environ["PATH_INFO"] = request.Line.Path
}

// SharedState keeps the environ in a field of the server, so there is one for all
// requests. Alone, nobody sees it. With two clients at a time, one that waits
// gets the other's name, cookie and login.
//
// In Python the two just mix. Go ends a process that reads a map while another
// goroutine writes it, so here each request has a map of its own, and what all
// share comes into it, behind a lock, when the application calls start_response.
func SharedState(app wsgi.Application) wsgi.Application {
	var lock sync.Mutex
	var shared wsgi.Environ
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		lock.Lock()
		shared = maps.Clone(environ)
		lock.Unlock()
		return app(environ, func(status string, headers wsgi.Headers, cause ...error) wsgi.Write {
			lock.Lock()
			defer lock.Unlock()
			for name, value := range shared {
				if _, isText := value.(string); isText {
					environ[name] = value
				}
			}
			return start(status, headers, cause...)
		})
	}
}

// LeftoverEnviron keeps the environ with the connection and fills it again for each
// request, which spares a map. What a request does not set, it finds from the one
// before it: a cookie, a login. A browser sees nothing, for all that it sends on a
// connection is its own. A proxy sends everybody's.
func LeftoverEnviron() func(wsgi.Environ, Request) {
	var connections sync.Map // by the client's end
	return func(environ wsgi.Environ, request Request) {
		Fill(environ, request)
		if kept, again := connections.Load(request.Client); again {
			for name, value := range kept.(wsgi.Environ) {
				if _, told := environ[name]; !told {
					environ[name] = value
				}
			}
		}
		connections.Store(request.Client, maps.Clone(environ))
	}
}
