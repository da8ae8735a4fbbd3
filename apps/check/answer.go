package check

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	wsgi "barewire/steps/06_wsgi"
)

const (
	maxChunks = 1_000_000
	maxBig    = 1 << 30
	maxWait   = 10_000 // milliseconds
)

var errOnPurpose = errors.New("check:App fails on purpose")

// stream yields n chunks, and waits before each but the first. How long they are
// together, nobody says.
func stream(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	n, chunksErr := number(environ, "n", 3, 0, maxChunks)
	ms, waitErr := number(environ, "ms", 0, 0, maxWait)
	if err := cmp.Or(chunksErr, waitErr); err != nil {
		return badRequest(start, err)
	}
	start(ok, plain)
	return wsgi.Stream(func(yield func([]byte, error) bool) {
		for i := int64(1); i <= n; i++ {
			if i > 1 {
				time.Sleep(time.Duration(ms) * time.Millisecond)
			}
			if !yield(fmt.Appendf(nil, "chunk %d\n", i), nil) {
				return
			}
		}
	})
}

// big yields n bytes, of which byte i is the last digit of i: a byte that was
// lost or sent twice is seen.
func big(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	n, err := number(environ, "n", 1<<20, 0, maxBig)
	if err != nil {
		return badRequest(start, err)
	}
	start(ok, with("Content-Length", strconv.FormatInt(n, 10)))
	return wsgi.Stream(func(yield func([]byte, error) bool) {
		block := bytes.Repeat([]byte("0123456789"), 819) // not quite 8 KiB
		for left := n; left > 0; left -= int64(len(block)) {
			if !yield(block[:min(left, int64(len(block)))], nil) {
				return
			}
		}
	})
}

// late calls start_response when its first chunk is asked for, and not before.
func late(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	return wsgi.Stream(func(yield func([]byte, error) bool) {
		start(ok, plain)
		yield([]byte("late\n"), nil)
	})
}

// write sends one chunk by itself and returns another.
func write(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	send := start(ok, plain)
	if err := send([]byte("written\n")); err != nil {
		return wsgi.Fail(err)
	}
	return wsgi.Text("yielded\n")
}

// closed counts the bodies of /close that were closed.
var closed atomic.Int64

type countingBody struct{ wsgi.List }

func (countingBody) Close() error {
	closed.Add(1)
	return nil
}

func closing(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	start(ok, plain)
	return countingBody{wsgi.List{[]byte("close\n")}}
}

func howOftenClosed(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	start(ok, plain)
	return wsgi.Text(fmt.Sprintln(closed.Load()))
}

// slow waits, and only then looks at the name. Where requests share their
// environ, or wait for each other, it shows.
func slow(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	ms, err := number(environ, "ms", 200, 0, maxWait)
	if err != nil {
		return badRequest(start, err)
	}
	time.Sleep(time.Duration(ms) * time.Millisecond)
	start(ok, plain)
	return wsgi.Text(field(environ, "name", "x") + "\n")
}

// status answers with any status and always with a body, also where the status
// has none: that the server has to know.
func status(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	code, err := number(environ, "code", 204, 100, 999)
	if err != nil {
		return badRequest(start, err)
	}
	return always(statusLine(code), plain, "status\n")(environ, start)
}

// length is status with a Content-Length.
func length(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	code, codeErr := number(environ, "code", 304, 100, 999)
	n, lengthErr := number(environ, "n", 7, 0, maxBig)
	if err := cmp.Or(codeErr, lengthErr); err != nil {
		return badRequest(start, err)
	}
	return always(statusLine(code), with("Content-Length", strconv.FormatInt(n, 10)), "status\n")(environ, start)
}

// statusLine returns a code and its reason. RFC 9110 §15
func statusLine(code int64) string {
	return fmt.Sprintf("%d %s", code, cmp.Or(reasons[code], "Checked"))
}

var reasons = map[int64]string{
	100: "Continue", 101: "Switching Protocols",
	200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 205: "Reset Content",
	301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
	400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
	500: "Internal Server Error", 501: "Not Implemented", 503: "Service Unavailable",
}

// replace thinks better of its first answer before anything of it was sent.
func replace(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	start(ok, with("X-Replaced", "yes"))
	start("500 Internal Server Error", plain, errOnPurpose)
	return wsgi.Text("replaced\n")
}

// twice starts again without a cause.
func twice(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	start(ok, plain)
	start(ok, plain)
	return wsgi.Text("twice\n")
}

func noStart(wsgi.Environ, wsgi.StartResponse) wsgi.Body {
	return wsgi.Text("nostart\n")
}

func fail(wsgi.Environ, wsgi.StartResponse) wsgi.Body {
	return wsgi.Fail(errOnPurpose)
}

// emptyFail fails behind a chunk that sends nothing, and so nothing is out yet.
func emptyFail(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	start(ok, plain)
	return wsgi.Stream(func(yield func([]byte, error) bool) {
		if yield(nil, nil) {
			yield(nil, errOnPurpose)
		}
	})
}

// failMid fails when the first half of its answer is under way.
func failMid(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	start(ok, plain)
	return wsgi.Stream(func(yield func([]byte, error) bool) {
		if yield([]byte("before\n"), nil) {
			yield(nil, errOnPurpose)
		}
	})
}

// tooLate thinks better of its answer when the head of it is with the client.
func tooLate(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	start(ok, plain)
	return wsgi.Stream(func(yield func([]byte, error) bool) {
		if yield([]byte("before\n"), nil) {
			start("500 Internal Server Error", plain, errOnPurpose)
			yield([]byte("after\n"), nil)
		}
	})
}
