// Package accesslog notes every request in a line, in the Combined Log Format
// that web servers have written since the first Apache, with the time that the
// answer took behind it.
//
// It is the last line of the tutorials' gunicorn, self.log.access(resp, req,
// environ, request_time), as middleware: the application is called as before,
// and what it says is counted on the way. The line comes when the server closes
// the body, for only then is it known how much was sent and how long it took.
//
//	127.0.0.1 - - [31/Mar/2026:12:54:48 +0000] "GET /?x=1 HTTP/1.1" 200 12 "-" "curl/7.88.1" 0.000123
//
// That is: client, identity and user (nobody asked), when, the request line,
// status, bytes of the body, Referer, User-Agent, and seconds.
//
// A chunk counts when the server has taken it, whole. Of a wsgi.File with a
// Content-Length this layer sees no byte, so that the server can still send it by
// itself; there the length counts, also when the client leaves halfway.
//
// Where an application fails before a byte is out, the server answers 500 by
// itself, and so 500 is noted. What the server decides alone is not seen from
// here: the 400 for a request body that broke off, the 500 for a broken rule or a
// panic, and how long those pages are.
package accesslog

import (
	"cmp"
	"fmt"
	"io"
	"log"
	"strconv"
	"strings"
	"time"

	wsgi "barewire/steps/06_wsgi"
)

// A Log writes the lines.
type Log struct {
	Out io.Writer        // gets each line with one Write; nil means wsgi.errors
	Now func() time.Time // the clock
}

// Around returns app with its requests noted. One that panics while it is called
// returns no body that could be closed, so it leaves no line; package catch,
// inside of this one, turns it into an answer.
func (l Log) Around(app wsgi.Application) wsgi.Application {
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		e := &entry{log: l, environ: environ, began: l.Now(), length: -1}
		body := app(environ, func(status string, headers wsgi.Headers, cause ...error) wsgi.Write {
			write := start(status, headers, cause...)
			if e.size == 0 { // later than that, nothing of it is sent any more
				e.status, e.length = status, lengthOf(headers)
			}
			return func(chunk []byte) error {
				err := write(chunk)
				if err == nil {
					e.size += int64(len(chunk))
				}
				return err
			}
		})
		noted := noted{body, e}
		switch body := body.(type) {
		case nil:
			return nil // the server knows the rule that this breaks
		case wsgi.File:
			if e.length >= 0 {
				e.size = e.length
				return wsgi.File{Reader: body.Reader, Closer: noted, BlockSize: body.BlockSize}
			}
		case interface{ Len() int }:
			return notedList{noted, body.Len()}
		}
		return noted
	}
}

// lengthOf returns the Content-Length, -1 when there is none.
func lengthOf(headers wsgi.Headers) int64 {
	for _, header := range headers {
		if strings.EqualFold(header[0], "Content-Length") {
			if length, err := strconv.ParseInt(header[1], 10, 64); err == nil {
				return length
			}
		}
	}
	return -1
}

// An entry is what becomes a line.
type entry struct {
	log     Log
	environ wsgi.Environ
	began   time.Time
	status  string
	length  int64 // the Content-Length, -1 when there is none
	size    int64 // bytes that the server has taken
}

// A noted body counts what it yields, and writes the line when it is closed.
type noted struct {
	wsgi.Body
	entry *entry
}

// Chunks yields those of the body inside.
func (n noted) Chunks(yield func([]byte, error) bool) {
	for chunk, err := range n.Body.Chunks {
		if err != nil && n.entry.size == 0 {
			n.entry.status = "500 Internal Server Error" // the server says it for us
		}
		if !yield(chunk, err) {
			return
		}
		n.entry.size += int64(len(chunk))
	}
}

// Close closes the body inside and writes the line. A log that cannot be written
// is no reason to fail: the answer is out.
func (n noted) Close() error {
	err := n.Body.Close()
	out := n.entry.log.Out
	if out == nil {
		out = n.entry.environ.Errors()
	}
	if _, failure := io.WriteString(out, n.entry.line()); failure != nil {
		log.New(n.entry.environ.Errors(), "accesslog: ", 0).Print(failure)
	}
	return err
}

// A notedList still says how many chunks there are. Without it the server would
// not know that one chunk is the whole body, and watching would change the answer.
type notedList struct {
	noted
	len int
}

// Len returns the number of chunks.
func (n notedList) Len() int { return n.len }

// line lays out the entry. What is not there is a hyphen.
func (e *entry) line() string {
	request := e.environ.Text("REQUEST_METHOD") + " " + e.environ.Text("REQUEST_URI") + " " + e.environ.Text("SERVER_PROTOCOL")
	code := "-"
	if len(e.status) >= 3 {
		code = e.status[:3]
	}
	size := "-"
	if sent := e.sent(code); sent > 0 {
		size = strconv.FormatInt(sent, 10)
	}
	return fmt.Sprintf("%s - - [%s] %s %s %s %s %s %.6f\n",
		cmp.Or(e.environ.Text("REMOTE_ADDR"), "-"),
		e.began.Format("02/Jan/2006:15:04:05 -0700"),
		quote(request), code, size,
		quote(cmp.Or(e.environ.Text("HTTP_REFERER"), "-")),
		quote(cmp.Or(e.environ.Text("HTTP_USER_AGENT"), "-")),
		e.log.Now().Sub(e.began).Seconds())
}

// sent returns how many bytes of a body the client gets: as many as were declared,
// at most, and none where there can be none. RFC 9110 §9.3.2, §15.3.5, §15.3.6, §15.4.5
func (e *entry) sent(code string) int64 {
	if e.environ.Text("REQUEST_METHOD") == "HEAD" {
		return 0
	}
	switch code {
	case "204", "205", "304":
		return 0
	}
	if e.length >= 0 {
		return min(e.size, e.length)
	}
	return e.size
}

// quote puts a stranger's text between quotes, as Apache does: a quote or a
// backslash in it gets a backslash, and a byte that is no printable ASCII
// becomes \xhh. So nobody can write a line of their own into the log.
func quote(text string) string {
	quoted := []byte{'"'}
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			quoted = append(quoted, '\\', c)
		case c < ' ' || c >= 0x7f:
			quoted = fmt.Appendf(quoted, `\x%02x`, c)
		default:
			quoted = append(quoted, c)
		}
	}
	return string(append(quoted, '"'))
}
