package wsgi

import "io"

// An Application answers one request. The server calls it once for each, from
// many goroutines at a time. It calls start before the first non-empty chunk
// of the Body it returns: at once, or as late as inside Chunks.
//
// It may have goroutines. What they were given of a request, start, write, yield
// and wsgi.input, they may use one at a time, and until its answer is over; what
// they do otherwise can spoil that answer, and no other.
type Application func(environ Environ, start StartResponse) Body

// An Environ holds what a request says and what the server adds, under the
// names of CGI and PEP 3333. The map is the application's own: it may change
// it, and keep it.
//
//	REQUEST_METHOD, PATH_INFO, HTTP_HOST, …      string
//	wsgi.input                                   Input
//	wsgi.errors                                  io.Writer
//	wsgi.file_wrapper                            FileWrapper
//	wsgi.version                                 [2]int{1, 0}
//	wsgi.url_scheme                              "http" or "https"
//	wsgi.multithread, wsgi.multiprocess, wsgi.run_once, wsgi.input_terminated   bool
//	barewire.note                                func(text string): a word to whoever watches the server
type Environ map[string]any

// Text returns the string under key, or an empty one when there is none, as
// environ.get(key, "") does in Python.
func (e Environ) Text(key string) string {
	text, _ := e[key].(string)
	return text
}

// Input returns wsgi.input.
func (e Environ) Input() Input { return e["wsgi.input"].(Input) }

// Errors returns wsgi.errors, where an application writes what its operator
// should know.
func (e Environ) Errors() io.Writer { return e["wsgi.errors"].(io.Writer) }

// FileWrapper returns wsgi.file_wrapper.
func (e Environ) FileWrapper() FileWrapper { return e["wsgi.file_wrapper"].(FileWrapper) }

// An Input reads the body of a request, and only the body: behind its last
// byte the error is io.EOF. A body that breaks off is another error.
type Input interface {
	io.Reader
	// ReadLine reads one line with its line end, or max bytes of it.
	ReadLine(max int) ([]byte, error)
	// Lines yields the lines that are left: for line, err := range input.Lines.
	Lines(yield func(line []byte, err error) bool)
}

// Headers are the fields of an answer, in order. Not one is looked up by the
// server but Content-Length, Date and Server; the hop-by-hop ones, which speak
// of the connection and not of the answer, are the server's and refused.
type Headers [][2]string

// StartResponse begins an answer. The status is three digits, a space and a
// reason: "404 Not Found".
//
// It may be called again only with a cause, the error that made the first
// answer wrong. Then the new status and headers replace the old, as long as
// nothing was sent; afterwards the cause ends the answer, visibly for the
// client. The server remembers the error of a call that breaks a rule.
type StartResponse func(status string, headers Headers, cause ...error) Write

// Write sends a chunk at once, before those of the Body. It is for applications
// that cannot return their chunks; new ones do not need it.
type Write func(chunk []byte) error
