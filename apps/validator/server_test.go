package validator

import (
	"errors"
	"io"
	"runtime"

	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

// right is a server that keeps the contract.
func right(app wsgi.Application, environ wsgi.Environ) error {
	return apptest.Run(app, environ).Err
}

// with is a server whose environ has this value.
func with(key string, value any) func(wsgi.Application, wsgi.Environ) error {
	return func(app wsgi.Application, environ wsgi.Environ) error {
		environ[key] = value
		return right(app, environ)
	}
}

func without(keys ...string) func(wsgi.Application, wsgi.Environ) error {
	return func(app wsgi.Application, environ wsgi.Environ) error {
		for _, key := range keys {
			delete(environ, key)
		}
		return right(app, environ)
	}
}

// quiet is a start_response that sends nothing.
func quiet(string, wsgi.Headers, ...error) wsgi.Write {
	return func([]byte) error { return nil }
}

// drain asks a body for all its chunks.
func drain(body wsgi.Body) error {
	for _, err := range body.Chunks {
		if err != nil {
			return err
		}
	}
	return nil
}

// An oddInput is a wsgi.input that does one thing in its own way.
type oddInput struct {
	wsgi.Input
	read  func(p []byte) (int, error)
	line  func(max int) ([]byte, error)
	lines func(yield func([]byte, error) bool)
}

func (o *oddInput) Read(p []byte) (int, error)           { return o.read(p) }
func (o *oddInput) ReadLine(max int) ([]byte, error)     { return o.line(max) }
func (o *oddInput) Lines(yield func([]byte, error) bool) { o.lines(yield) }

// reading is a server whose input says to have read so many bytes, one count for
// each Read.
func reading(counts ...int) func(wsgi.Application, wsgi.Environ) error {
	return func(app wsgi.Application, environ wsgi.Environ) error {
		calls := 0
		return with("wsgi.input", &oddInput{read: func([]byte) (int, error) {
			calls++
			if calls > len(counts) || counts[calls-1] == end {
				return 0, io.EOF
			}
			return counts[calls-1], nil
		}})(app, environ)
	}
}

// end is the count of a Read at the end.
const end = -1 << 20

// lining is a server whose input has these lines, one for each ReadLine.
func lining(lines ...string) func(wsgi.Application, wsgi.Environ) error {
	return func(app wsgi.Application, environ wsgi.Environ) error {
		calls := 0
		return with("wsgi.input", &oddInput{line: func(int) ([]byte, error) {
			calls++
			if calls > len(lines) || lines[calls-1] == "EOF" {
				return nil, io.EOF
			}
			return []byte(lines[calls-1]), nil
		}})(app, environ)
	}
}

func yieldingLines(lines func(yield func([]byte, error) bool)) func(wsgi.Application, wsgi.Environ) error {
	return with("wsgi.input", &oddInput{lines: lines})
}

// Applications that read, and hand on what goes wrong.

func answers(start wsgi.StartResponse, err error) wsgi.Body {
	if err != nil {
		return wsgi.Fail(err)
	}
	start("200 OK", plain)
	return wsgi.Text("read")
}

func reads(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	_, err := io.ReadAll(environ.Input())
	return answers(start, err)
}

// readsOn reads twice more when it is at the end.
func readsOn(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	_, first := io.ReadAll(environ.Input())
	_, second := io.ReadAll(environ.Input())
	return answers(start, errors.Join(first, second))
}

// readsInVain takes no notice of what its input says.
func readsInVain(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	var p [4]byte
	if _, err := environ.Input().Read(p[:]); err == nil {
		panic("the input of this test should fail")
	}
	return answers(start, nil)
}

func readsLine(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	for range 3 {
		if _, err := environ.Input().ReadLine(4); err != nil && err != io.EOF {
			return wsgi.Fail(err)
		}
	}
	return answers(start, nil)
}

func readsLines(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	for _, err := range environ.Input().Lines {
		if err != nil {
			return wsgi.Fail(err)
		}
	}
	return answers(start, nil)
}

func readsOneOfLines(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	for _, err := range environ.Input().Lines {
		return answers(start, err)
	}
	panic("the input of this test should have a line")
}

func writes(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	if err := start("200 OK", plain)([]byte("written")); err != nil {
		return wsgi.Fail(err)
	}
	return wsgi.List{}
}

// writesInVain takes no notice of what write says.
func writesInVain(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	if err := start("200 OK", plain)([]byte("written")); err == nil {
		panic("the write of this test should fail")
	}
	return wsgi.List{}
}

var wrongServers = []wrong{
	{"no environ", environGiven, func(app wsgi.Application, _ wsgi.Environ) error { return right(app, nil) }, nil},
	{"no start_response", startGiven, func(app wsgi.Application, environ wsgi.Environ) error { return drain(app(environ, nil)) }, nil},

	{"no REQUEST_METHOD", keyRequired, without("REQUEST_METHOD"), nil},
	{"no SERVER_NAME", keyRequired, without("SERVER_NAME"), nil},
	{"no SERVER_PORT", keyRequired, without("SERVER_PORT"), nil},
	{"no SERVER_PROTOCOL", keyRequired, without("SERVER_PROTOCOL"), nil},
	{"no wsgi.version", keyRequired, without("wsgi.version"), nil},
	{"no wsgi.url_scheme", keyRequired, without("wsgi.url_scheme"), nil},
	{"no wsgi.input", keyRequired, without("wsgi.input"), nil},
	{"no wsgi.errors", keyRequired, without("wsgi.errors"), nil},
	{"no wsgi.multithread", keyRequired, without("wsgi.multithread"), nil},
	{"no wsgi.multiprocess", keyRequired, without("wsgi.multiprocess"), nil},
	{"no wsgi.run_once", keyRequired, without("wsgi.run_once"), nil},
	{"HTTP_CONTENT_TYPE", keyOwnName, with("HTTP_CONTENT_TYPE", "text/plain"), nil},
	{"HTTP_CONTENT_LENGTH", keyOwnName, with("HTTP_CONTENT_LENGTH", "8"), nil},
	{"a port that is a number", textIsString, with("SERVER_PORT", 8888), nil},
	{"a variable that is nil", textIsString, with("REMOTE_USER", nil), nil},
	{"a header that is a list", textIsString, with("HTTP_ACCEPT", []string{"a/b"}), nil},
	{"an empty method", methodToken, with("REQUEST_METHOD", ""), nil},
	{"a method and a space", methodToken, with("REQUEST_METHOD", "GET "), nil},
	{"a script name without a slash", scriptName, with("SCRIPT_NAME", "app"), nil},
	{"a script name that is a slash", scriptName, with("SCRIPT_NAME", "/"), nil},
	{"a path without a slash", pathInfo, with("PATH_INFO", "x"), nil},
	{"the path of OPTIONS *", pathInfo, with("PATH_INFO", "*"), nil},
	{"no path at all", pathGiven, without("SCRIPT_NAME", "PATH_INFO"), nil},
	{"an empty path", pathGiven, with("PATH_INFO", ""), nil},
	{"a length below nothing", contentLength, with("CONTENT_LENGTH", "-1"), nil},
	{"a length in words", contentLength, with("CONTENT_LENGTH", "eight"), nil},
	{"an empty server name", serverName, with("SERVER_NAME", ""), nil},
	{"an empty port", serverPort, with("SERVER_PORT", ""), nil},
	{"a port by name", serverPort, with("SERVER_PORT", "http"), nil},
	{"an empty protocol", serverProtocol, with("SERVER_PROTOCOL", ""), nil},
	{"version 1.1", version, with("wsgi.version", [2]int{1, 1}), nil},
	{"a version that is text", version, with("wsgi.version", "1.0"), nil},
	{"a scheme in capitals", scheme, with("wsgi.url_scheme", "HTTP"), nil},
	{"a scheme that is no text", scheme, with("wsgi.url_scheme", 80), nil},
	{"multithread in words", flag, with("wsgi.multithread", "yes"), nil},
	{"multiprocess as a number", flag, with("wsgi.multiprocess", 1), nil},
	{"run_once that is nil", flag, with("wsgi.run_once", nil), nil},
	{"input_terminated in words", flag, with("wsgi.input_terminated", "true"), nil},
	{"an input that can only be read", inputType, with("wsgi.input", io.MultiReader()), nil},
	{"an input that is nil", inputType, with("wsgi.input", nil), nil},
	{"errors that cannot be written", errorsType, with("wsgi.errors", "stderr"), nil},
	{"errors that are nil", errorsType, with("wsgi.errors", nil), nil},
	{"a file wrapper of another kind", fileWrapper, with("wsgi.file_wrapper", func(io.Reader) wsgi.Body { return nil }), nil},
	{"a file wrapper that is nil", fileWrapper, with("wsgi.file_wrapper", wsgi.FileWrapper(nil)), nil},
	{"a note of another kind", note, with("barewire.note", "note"), nil},
	{"a note that is nil", note, with("barewire.note", (func(string))(nil)), nil},

	{"reads fewer than no bytes", readCount, reading(-1), reads},
	{"reads more than it is asked for", readCount, reading(1 << 20), reads},
	{"reads more than it is asked for, and nobody cares", readCount, reading(1 << 20), readsInVain},
	{"reads nothing, for ever", readGoesOn, reading(make([]int, 2*patience)...), reads},
	{"reads on behind the end", endStays, reading(3, end, 1), readsOn},
	{"a line that is too long", lineFits, lining("12345"), readsLine},
	{"two lines in one", lineIsOne, lining("a\nb"), readsLine},
	{"two lines in one of Lines", lineIsOne, yieldingLines(func(yield func([]byte, error) bool) { yield([]byte("a\nb\n"), nil) }), readsLines},
	{"a line of nothing", lineGoesOn, lining(""), readsLine},
	{"a line of nothing in Lines", lineGoesOn, yieldingLines(func(yield func([]byte, error) bool) { yield(nil, nil) }), readsLines},
	{"a line behind the end", endStays, lining("a\n", "EOF", "b\n"), readsLine},
	{"reads on behind the last of the Lines", endStays, with("wsgi.input", &oddInput{
		lines: func(func([]byte, error) bool) {},
		read:  func(p []byte) (int, error) { return len(p), nil },
	}), func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		for _, err := range environ.Input().Lines {
			return wsgi.Fail(err)
		}
		return reads(environ, start)
	}},
	{"Lines that go on", linesEnd, yieldingLines(func(yield func([]byte, error) bool) {
		yield([]byte("a\n"), nil)
		yield([]byte("b\n"), nil)
	}), readsOneOfLines},
	{"Lines that go on behind an error", linesEnd, yieldingLines(func(yield func([]byte, error) bool) {
		yield(nil, errBoom)
		yield([]byte("b\n"), nil)
	}), func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		environ.Input().Lines(func([]byte, error) bool { return true })
		return answers(start, nil)
	}},

	{"a start_response that returns nothing", writeGiven, func(app wsgi.Application, environ wsgi.Environ) error {
		return drain(app(environ, func(string, wsgi.Headers, ...error) wsgi.Write { return nil }))
	}, nil},
	{"a start_response that returns nothing, to one that writes", writeGiven, func(app wsgi.Application, environ wsgi.Environ) error {
		return drain(app(environ, func(string, wsgi.Headers, ...error) wsgi.Write { return nil }))
	}, writes},
	{"changes a chunk", chunkKept, func(app wsgi.Application, environ wsgi.Environ) (err error) {
		body := app(environ, quiet)
		for chunk, failure := range body.Chunks {
			if err = failure; err == nil {
				chunk[0] = 'X'
			}
		}
		return errors.Join(err, body.Close())
	}, nil},
	{"changes a chunk, and asks for no other", chunkKept, func(app wsgi.Application, environ wsgi.Environ) error {
		body := app(environ, quiet)
		for chunk, err := range body.Chunks {
			if err != nil {
				return err
			}
			chunk[0] = 'X'
			break
		}
		return body.Close()
	}, nil},
	{"changes a chunk that is written", chunkKept, func(app wsgi.Application, environ wsgi.Environ) error {
		return drain(app(environ, func(string, wsgi.Headers, ...error) wsgi.Write {
			return func(chunk []byte) error {
				chunk[0] = 'X'
				return nil
			}
		}))
	}, writesInVain},
	{"asks for the chunks again", chunksOnce, func(app wsgi.Application, environ wsgi.Environ) error {
		body := app(environ, quiet)
		return errors.Join(drain(body), drain(body), body.Close())
	}, nil},
	{"asks for the chunks behind Close", chunksOpen, func(app wsgi.Application, environ wsgi.Environ) error {
		body := app(environ, quiet)
		return errors.Join(body.Close(), drain(body))
	}, nil},
	{"asks for the chunks again, behind Close", chunksOpen, func(app wsgi.Application, environ wsgi.Environ) error {
		body := app(environ, quiet)
		return errors.Join(drain(body), body.Close(), drain(body))
	}, nil},
	{"closes twice", closedOnce, func(app wsgi.Application, environ wsgi.Environ) error {
		body := app(environ, quiet)
		return errors.Join(drain(body), body.Close(), body.Close())
	}, nil},
	{"never closes", closedAtAll, func(app wsgi.Application, environ wsgi.Environ) error {
		err := drain(app(environ, quiet))
		for len(environ["wsgi.errors"].(*errorStream).Writer.(*journal).lines()) == 0 {
			runtime.GC()
		}
		return err
	}, nil},
	{"never closes, and holds the body where start_response finds it", closedAtAll, func(app wsgi.Application, environ wsgi.Environ) error {
		log := environ["wsgi.errors"].(*journal)
		another := given() // that of this test stays, and holds the request
		another["wsgi.errors"] = log
		var server struct{ body wsgi.Body }
		server.body = app(another, func(string, wsgi.Headers, ...error) wsgi.Write {
			return func([]byte) error { return drain(server.body) }
		})
		err := drain(server.body)
		for len(log.lines()) == 0 {
			runtime.GC()
		}
		return err
	}, nil},
}
