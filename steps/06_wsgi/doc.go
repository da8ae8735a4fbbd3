// Package wsgi is step 06: What do both sides promise?
//
// This is the contract between a server and an application: types, and no
// work. It says in Go what PEP 3333 says in Python, so a server that keeps its
// side can host every application, and an application that keeps its side runs
// under every server. Both sides import this package and know nothing else of
// each other.
//
//	func application(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
//		start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
//		return wsgi.Text("Hello, world!\n")
//	}
//
//	PEP 3333, Python                       here, Go
//	---------------------------------      ---------------------------------
//	application(environ, start_response)   Application
//	environ, a dict                        Environ
//	environ['PATH_INFO']                   environ["PATH_INFO"], environ.Text
//	environ['wsgi.input'].read()           io.ReadAll(environ.Input())
//	environ['wsgi.errors'].write(s)        environ.Errors().Write(b)
//	start_response(status, headers)        start(status, headers)
//	start_response(..., exc_info)          start(status, headers, cause)
//	the write() it returns                 Write
//	[('Content-Type', 'text/plain')]       Headers{{"Content-Type", "text/plain"}}
//	return [b'one', b'two']                return List{one, two}
//	a generator: yield chunk               return Stream(func(yield ...) { ... })
//	__iter__(), close()                    Body: Chunks and Close
//	environ['wsgi.file_wrapper'](f)        environ.FileWrapper()(f, 0)
//	raise SomeError                        return Fail(err); in Chunks, yield(nil, err)
//
// Where Go differs from Python, the contract differs, and nowhere else:
//
//   - Python carries bytes in latin-1 text. A Go string is bytes already, so
//     nothing is transcoded: environ and headers hold what was on the wire.
//   - Python raises. Here a failure is an error: a Body yields it, Write
//     returns it, and start_response, which has no result for it, remembers it;
//     the server looks there. A panic is a bug, and becomes a 500.
//   - In Python a body need not have close(). Here Close is always there, so
//     a middleware that wraps a Body by embedding it cannot lose it.
//   - Python may keep a chunk for ever. Here a chunk belongs to the server
//     until yield or Write returns, and then to the application again.
//   - An empty chunk may come before start_response is called: it sends nothing.
//   - readlines(hint) is left out; ranging over Input.Lines serves its purpose.
//     So are flush() and writelines() of wsgi.errors, an io.Writer.
//
// Read wsgi.go, then body.go; repr.go prints environ values as Python does. Then
// demo/main.go.
//
// PEP 3333, all of it. Next: step 07 environ, the server's first promise.
package wsgi
