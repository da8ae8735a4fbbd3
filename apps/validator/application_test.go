package validator

import (
	"errors"
	"io"

	wsgi "barewire/steps/06_wsgi"
)

// A closer is a body that does something when it is closed.
type closer struct {
	wsgi.Body
	close func()
}

func (c closer) Close() error {
	c.close()
	return c.Body.Close()
}

// A counted body says how many chunks it has, rightly or wrongly.
type counted struct {
	wsgi.Body
	len int
}

func (c counted) Len() int { return c.len }

// says is an application that says this to start_response and has no body.
func says(status string, headers ...[2]string) wsgi.Application {
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start(status, headers)
		return wsgi.List{}
	}
}

// has is an application that answers with these headers and chunks.
func has(headers wsgi.Headers, chunks ...string) wsgi.Application {
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", headers)
		return stream(chunks...)
	}
}

func stream(chunks ...string) wsgi.Stream {
	return func(yield func([]byte, error) bool) {
		for _, chunk := range chunks {
			if !yield([]byte(chunk), nil) {
				return
			}
		}
	}
}

// yields is an application whose body is a generator.
func yields(chunks func(start wsgi.StartResponse, yield func([]byte, error) bool)) wsgi.Application {
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		return wsgi.Stream(func(yield func([]byte, error) bool) { chunks(start, yield) })
	}
}

func typed(length string) wsgi.Headers {
	return wsgi.Headers{{"Content-Type", "text/plain"}, {"Content-Length", length}}
}

// impatient is a server that asks for one chunk only.
func impatient(app wsgi.Application, environ wsgi.Environ) (err error) {
	body := app(environ, quiet)
	for _, err = range body.Chunks {
		break
	}
	return errors.Join(err, body.Close())
}

// patientOnErrors is a server that asks on when there was an error.
func patientOnErrors(app wsgi.Application, environ wsgi.Environ) (err error) {
	body := app(environ, quiet)
	body.Chunks(func(_ []byte, failure error) bool {
		err = errors.Join(err, failure)
		return true
	})
	return errors.Join(err, body.Close())
}

// drained is a server that sends nothing, and takes everything.
func drained(app wsgi.Application, environ wsgi.Environ) error {
	body := app(environ, quiet)
	return errors.Join(drain(body), body.Close())
}

func writesLate(write wsgi.Write) {
	if err := write([]byte("late")); err == nil {
		panic("the write of this test should fail")
	}
}

var wrongApplications = []wrong{
	{"a status without a reason", statusForm, nil, says("200")},
	{"a status without a space", statusForm, nil, says("200OK")},
	{"a status of two digits", statusForm, nil, says("20 OK")},
	{"a status in words", statusForm, nil, says("OK then")},
	{"no status", statusForm, nil, says("")},
	{"a space before the status", statusForm, nil, says(" 200 OK")},
	{"a space behind the status", statusForm, nil, says("200 OK ")},
	{"two spaces in the status", statusForm, nil, says("200  OK")},
	{"a line end behind the status", statusPlain, nil, says("200 OK\r\n")},
	{"a tab in the status", statusPlain, nil, says("200 O\tK")},
	{"DEL in the status", statusPlain, nil, says("200 OK\x7f")},
	{"the server's status", statusFinal, nil, says("100 Continue")},
	{"a status of 600", statusFinal, nil, says("600 Oh")},

	{"a header without a name", headerName, nil, says("200 OK", [2]string{"", "x"})},
	{"a header name with a colon", headerName, nil, says("200 OK", [2]string{"X:", "x"})},
	{"a header name with a space", headerName, nil, says("200 OK", [2]string{"X Y", "x"})},
	{"a line end in a header", headerValue, nil, says("200 OK", [2]string{"X", "1\r\nY: 2"})},
	{"a tab in a header", headerValue, nil, says("200 OK", [2]string{"X", "1\t2"})},
	{"DEL in a header", headerValue, nil, says("200 OK", [2]string{"X", "\x7f"})},
	{"a space before a value", headerTrimmed, nil, says("200 OK", [2]string{"X", " 1"})},
	{"a space behind a value", headerTrimmed, nil, says("200 OK", [2]string{"X", "1 "})},
	{"a header Status", headerStatus, nil, says("200 OK", [2]string{"status", "200 OK"})},
	{"Connection", hopByHop, nil, says("200 OK", [2]string{"Connection", "close"})},
	{"Keep-Alive", hopByHop, nil, says("200 OK", [2]string{"Keep-Alive", "timeout=5"})},
	{"Proxy-Authenticate", hopByHop, nil, says("200 OK", [2]string{"Proxy-Authenticate", "Basic"})},
	{"Proxy-Authorization", hopByHop, nil, says("200 OK", [2]string{"Proxy-Authorization", "Basic"})},
	{"Proxy-Connection", hopByHop, nil, says("200 OK", [2]string{"Proxy-Connection", "close"})},
	{"TE", hopByHop, nil, says("200 OK", [2]string{"TE", "trailers"})},
	{"Trailer", hopByHop, nil, says("200 OK", [2]string{"Trailer", "X"})},
	{"Trailers", hopByHop, nil, says("200 OK", [2]string{"Trailers", "X"})},
	{"transfer-encoding", hopByHop, nil, says("200 OK", [2]string{"transfer-encoding", "chunked"})},
	{"Upgrade", hopByHop, nil, says("200 OK", [2]string{"Upgrade", "websocket"})},
	{"a length in words", lengthForm, nil, says("200 OK", [2]string{"Content-Length", "none"})},
	{"a length with a sign", lengthForm, nil, says("200 OK", [2]string{"Content-Length", "+0"})},
	{"an empty length", lengthForm, nil, says("200 OK", [2]string{"Content-Length", ""})},
	{"two lengths", lengthForm, nil, says("200 OK", [2]string{"Content-Length", "0"}, [2]string{"content-length", "0"})},
	{"204 with a Content-Type", noTypeOfNone, nil, says("204 No Content", [2]string{"Content-Type", "text/plain"})},
	{"304 with a Content-Type", noTypeOfNone, nil, says("304 Not Modified", [2]string{"content-type", "text/plain"})},
	{"a broken rule behind a good header", headerStatus, nil, says("200 OK", [2]string{"Content-Type", "a/b"}, [2]string{"Status", "200 OK"})},

	{"starts twice", startAgain, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", plain)
		start("200 OK", plain)
		return wsgi.List{}
	}},
	{"starts again with a cause that is nil", startAgain, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", plain)
		start("500 Oh", plain, nil)
		return wsgi.List{}
	}},
	{"starts again, in a wrong way", statusForm, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", plain)
		start("500", plain, errBoom)
		return wsgi.List{}
	}},
	{"starts when the body is closed", startInTime, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", plain)
		return closer{wsgi.Text("x"), func() { start("500 Oh", plain, errBoom) }}
	}},
	{"starts for the first time when the body is closed", startInTime, func(app wsgi.Application, environ wsgi.Environ) error {
		return app(environ, quiet).Close()
	}, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		return closer{wsgi.Text("x"), func() { start("200 OK", plain) }}
	}},
	{"starts when the body has ended", startInTime, func(app wsgi.Application, environ wsgi.Environ) error {
		body := app(environ, quiet)
		err := drain(body)
		environ["test.later"].(func())()
		return errors.Join(err, body.Close())
	}, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", plain)
		environ["test.later"] = func() { start("500 Oh", plain, errBoom) }
		return wsgi.Text("x")
	}},

	{"no body", bodyGiven, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", plain)
		return nil
	}},
	{"a chunk before the start", startFirst, nil, yields(func(start wsgi.StartResponse, yield func([]byte, error) bool) {
		if yield([]byte("early"), nil) {
			start("200 OK", plain)
		}
	})},
	{"a wrong start inside the body, and a chunk", statusForm, nil, yields(func(start wsgi.StartResponse, yield func([]byte, error) bool) {
		start("OK", plain)
		yield([]byte("x"), nil)
	})},
	{"a wrong start inside the body, and io.EOF", statusForm, nil, yields(func(start wsgi.StartResponse, yield func([]byte, error) bool) {
		start("OK", plain)
		yield(nil, io.EOF)
	})},
	{"a wrong start inside the body, and no more", statusForm, nil, yields(func(start wsgi.StartResponse, _ func([]byte, error) bool) {
		start("OK", plain)
	})},
	{"a wrong start inside a body that says how long it is", statusForm, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		return counted{wsgi.Stream(func(func([]byte, error) bool) { start("OK", plain) }), 1}
	}},
	{"a second start, and a write of too much", startAgain, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		write := start("200 OK", typed("3"))
		start("200 OK", typed("3"))
		writesLate(write)
		return wsgi.List{}
	}},
	{"no start", startFirst, nil, func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return wsgi.List{} }},
	{"only empty chunks and no start", startFirst, drained, func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return wsgi.Text("") }},
	{"writes while it yields", writeInTime, nil, yields(func(start wsgi.StartResponse, yield func([]byte, error) bool) {
		writesLate(start("200 OK", plain))
		yield([]byte("x"), nil)
	})},
	{"writes nothing while it yields", writeInTime, nil, yields(func(start wsgi.StartResponse, yield func([]byte, error) bool) {
		if err := start("200 OK", plain)(nil); err == nil {
			panic("the write of this test should fail")
		}
	})},
	{"writes when the body is closed", writeInTime, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		write := start("200 OK", plain)
		return closer{wsgi.Text("x"), func() { writesLate(write) }}
	}},
	{"writes after a wrong start", statusForm, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		writesLate(start("OK", plain))
		return wsgi.List{}
	}},
	{"content without a Content-Type", typeOfSome, nil, has(nil, "x")},
	{"content without a Content-Type, written", typeOfSome, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		writesLate(start("200 OK", nil))
		return wsgi.List{}
	}},
	{"content without a Content-Type, as it was replaced", typeOfSome, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", plain)
		start("500 Oh", nil, errBoom)
		return wsgi.Text("x")
	}},
	{"204 with content", noContent, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("204 No Content", nil)
		return wsgi.Text("x")
	}},
	{"205 with content", noContent, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("205 Reset Content", plain)
		return wsgi.Text("x")
	}},
	{"205 with a length", lengthWhole, nil, says("205 Reset Content", [2]string{"Content-Length", "5"})},
	{"304 with content, written", noContent, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		writesLate(start("304 Not Modified", nil))
		return wsgi.List{}
	}},
	{"more than the Content-Length", lengthAtMost, nil, has(typed("3"), "ab", "cd")},
	{"more than the Content-Length, all of it behind", lengthAtMost, nil, has(typed("2"), "ab", "c")},
	{"more than the Content-Length, written", lengthAtMost, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		writesLate(start("200 OK", typed("3")))
		return wsgi.List{}
	}},
	{"more than the Content-Length, written and yielded", lengthAtMost, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		if err := start("200 OK", typed("3"))([]byte("ab")); err != nil {
			return wsgi.Fail(err)
		}
		return wsgi.Text("cd")
	}},
	{"content where the Content-Length is 0", lengthAtMost, nil, has(typed("0"), "a")},
	{"less than the Content-Length", lengthWhole, nil, has(typed("3"), "a", "b")},
	{"none of the Content-Length", lengthWhole, nil, has(typed("3"))},
	{"more chunks than Len", lenTrue, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", plain)
		return counted{stream("a", "b"), 1}
	}},
	{"fewer chunks than Len", lenTrue, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", plain)
		return counted{stream("a"), 2}
	}},
	{"a chunk beside an error", errorAlone, nil, yields(func(start wsgi.StartResponse, yield func([]byte, error) bool) {
		start("200 OK", plain)
		yield([]byte("lost"), errBoom)
	})},
	{"io.EOF at the end", errorIsNoEnd, nil, yields(func(start wsgi.StartResponse, yield func([]byte, error) bool) {
		start("200 OK", plain)
		yield(nil, io.EOF)
	})},
	{"goes on behind an error", errorIsLast, nil, yields(func(start wsgi.StartResponse, yield func([]byte, error) bool) {
		yield(nil, errBoom)
		yield([]byte("x"), nil)
	})},
	{"goes on behind an error, and may", errorIsLast, patientOnErrors, yields(func(start wsgi.StartResponse, yield func([]byte, error) bool) {
		yield(nil, errBoom)
		yield(nil, errBoom)
	})},
	{"goes on when yield has returned false", stopsWhen, impatient, yields(func(start wsgi.StartResponse, yield func([]byte, error) bool) {
		start("200 OK", plain)
		yield([]byte("a"), nil)
		yield([]byte("b"), nil)
	})},
	{"goes on when Chunks has returned", yieldsInside, nil, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", plain)
		var later func([]byte, error) bool
		return closer{wsgi.Stream(func(yield func([]byte, error) bool) { later = yield }), func() { later([]byte("a"), nil) }}
	}},
	{"reads a line of -1 bytes", lineSize, nil, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		_, err := environ.Input().ReadLine(-1)
		return answers(start, err)
	}},
	{"closes the input", streamsOpen, nil, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		return answers(start, environ.Input().(io.Closer).Close())
	}},
	{"closes the errors", streamsOpen, nil, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		return answers(start, environ.Errors().(io.Closer).Close())
	}},
}
