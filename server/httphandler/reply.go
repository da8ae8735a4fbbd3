package httphandler

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	listen "barewire/steps/01_listen"
	wsgi "barewire/steps/06_wsgi"
	call "barewire/steps/08_call"
	response "barewire/steps/09_response"
	"barewire/steps/refuse"
)

// A reply takes one answer to an http.ResponseWriter. Step 09 sends it, as it
// would to a client of HTTP/1.0, without chunks: how the end of the body is said
// on the wire is net/http's affair.
type reply struct {
	response.Writer
	to   http.ResponseWriter
	left int64 // bytes that the stated length still promises, -1 without one
}

func newReply(w http.ResponseWriter, r *http.Request) *reply {
	re := &reply{to: w}
	re.Writer = response.Writer{
		Conn:    chunks{re},
		Method:  r.Method,
		Version: "HTTP/1.0",
		Begin:   func() (bool, error) { return true, nil },
		Head:    re.head,
	}
	return re
}

// answer calls app and sends all that it says. It turns a panic into an error.
func (re *reply) answer(app wsgi.Application, environ wsgi.Environ) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = caught(value)
		}
	}()
	return re.Body(call.Application(app, environ, re.Send), re.Send)
}

// head hands the head to net/http. There are no bytes to append.
func (re *reply) head(buf []byte, answer *call.Answer, length int64) []byte {
	header := re.to.Header()
	header["Content-Type"] = nil // none is none: net/http would guess one
	for _, field := range answer.Headers {
		if !strings.EqualFold(field[0], "Content-Length") {
			header.Add(field[0], field[1])
		}
	}
	if length >= 0 {
		header.Set("Content-Length", strconv.FormatInt(length, 10))
	}
	re.left = length
	code, _ := strconv.Atoi(answer.Status[:3]) // step 08 has seen three digits
	re.to.WriteHeader(code)
	return buf
}

// chunks is where step 09 writes what comes behind the head.
type chunks struct{ *reply }

// Write writes a chunk. PEP 3333 wants each one transmitted before the next is
// asked for, so it is flushed; but the last one leaves when the handler returns.
func (c chunks) Write(chunk []byte) (int, error) {
	n, err := c.to.Write(chunk)
	c.left -= int64(n)
	if err == nil && c.left != 0 {
		err = http.NewResponseController(c.to).Flush()
	}
	if errors.Is(err, http.ErrNotSupported) {
		err = nil // a middleware of net/http's keeps it back, and will know why
	}
	return n, err
}

// ReadFrom writes a file, which net/http may leave to the kernel.
func (c chunks) ReadFrom(file io.Reader) (int64, error) { return io.Copy(c.to, file) }

// goodbye ends the connection behind an answer that is whole. The body of the request
// breaks a rule, and where it ends nobody knows: what follows is no request, and
// net/http, told of the duplex, would take it for one. RFC 9112 §9.3
func (re *reply) goodbye(r *http.Request) {
	control := http.NewResponseController(re.to)
	err := control.Flush()
	conn, _, hijacked := control.Hijack()
	if err = errors.Join(err, hijacked); err != nil {
		panic(http.ErrAbortHandler) // it was no connection of HTTP/1, or is gone
	}
	if re.Framing == response.UntilClose && r.ProtoAtLeast(1, 1) {
		_, _ = io.WriteString(conn, "0\r\n\r\n") // net/http has sent it in chunks; who is gone misses nothing
	}
	listen.Goodbye(conn)
}

// A panicked is a panic as an error. The idea is apps/catch's, copied, for no
// server imports an application.
type panicked struct {
	value any
	calls string // that led to it, the last one first
}

func (p panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// caught makes an error of a panic. One that is meant for net/http stays what it
// is.
func caught(value any) error {
	if value == http.ErrAbortHandler {
		return http.ErrAbortHandler
	}
	return panicked{value, string(debug.Stack())}
}

func callsOf(err error) string {
	var p panicked
	if errors.As(err, &p) {
		return p.calls
	}
	return ""
}

// explain returns the application that answers in place of one that failed.
func explain(err error) wsgi.Application {
	status, text := refuse.Explain(err)
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start(status, wsgi.Headers{{"Content-Type", "text/plain; charset=utf-8"}})
		return wsgi.Text(status + "\n\n" + text)
	}
}
