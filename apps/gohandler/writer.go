package gohandler

import (
	"bufio"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	wsgi "barewire/steps/06_wsgi"
)

var (
	errGone  = errors.New("gohandler: the server takes no more of this answer")
	errEnded = errors.New("gohandler: the handler has returned, so its answer is over")
)

// bufferSize is net/http's: of an answer that fits into it the length is known.
const bufferSize = 2 << 10

// A writer is the ResponseWriter of one request. It goes three ways: what the
// handler writes is buffered; what leaves the buffer is a chunk; and before the
// first chunk, start is called with what is known by then.
type writer struct {
	method string
	start  wsgi.StartResponse
	yield  func([]byte, error) bool

	header   http.Header   // the handler's, to change as it likes
	status   int           // 0 until WriteHeader
	frozen   http.Header   // a copy of the header, made by WriteHeader
	declared int64         // its Content-Length, -1 when there is none
	written  int64         // bytes of the body, so far
	buffer   *bufio.Writer // of chunks
	done     bool          // the handler has returned
	started  bool          // start was called
	err      error         // why yield must not be called any more
}

func newWriter(method string, start wsgi.StartResponse, yield func([]byte, error) bool) *writer {
	w := &writer{method: method, start: start, yield: yield, header: make(http.Header), declared: -1}
	w.buffer = bufio.NewWriterSize(chunks{w}, bufferSize)
	return w
}

// Header returns the header fields. They count as they are when WriteHeader is
// called.
func (w *writer) Header() http.Header { return w.header }

// WriteHeader sets the status. Only the first final one counts, and interim
// answers are the server's.
func (w *writer) WriteHeader(code int) {
	if code < 100 || code > 999 {
		panic(fmt.Sprintf("gohandler: %d is no status", code)) // net/http panics too
	}
	if w.status != 0 || code < 200 {
		return
	}
	w.status, w.frozen = code, w.header.Clone()
	length, err := strconv.ParseInt(w.frozen.Get("Content-Length"), 10, 64)
	if err != nil || length < 0 {
		w.frozen.Del("Content-Length")
		return
	}
	w.declared = length
}

// Write buffers p. Its errors are net/http's: http.ErrBodyNotAllowed, and
// http.ErrContentLength. When the server takes no more, each further call fails.
func (w *writer) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if len(p) == 0 {
		return 0, nil
	}
	if !bodyAllowed(w.status) {
		return 0, http.ErrBodyNotAllowed
	}
	w.written += int64(len(p))
	if w.declared >= 0 && w.written > w.declared {
		return 0, http.ErrContentLength
	}
	return w.buffer.Write(p)
}

// Flush is FlushError for those who do not ask.
func (w *writer) Flush() { w.err = w.FlushError() }

// FlushError yields what was written so far. The header is final after it.
func (w *writer) FlushError() error {
	if w.err != nil {
		return w.err
	}
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	err := w.buffer.Flush()
	w.begin(nil)
	return err
}

// finish yields what is left when the handler has returned.
func (w *writer) finish() {
	w.done = true
	w.Flush()
}

// end keeps what the handler left behind, a goroutine perhaps, from the server.
func (w *writer) end() { w.err = errEnded }

// chunks is where the buffer is emptied into.
type chunks struct{ *writer }

// Write yields p, which the server has used when yield returns.
func (c chunks) Write(p []byte) (int, error) {
	c.begin(p)
	if !c.yield(p, nil) {
		c.err = errGone
		return 0, c.err
	}
	return len(p), nil
}

// begin calls start, once. What net/http finds out about an answer by itself is
// found out here, from the first chunk: the type, and the length if the handler
// is done.
func (w *writer) begin(first []byte) {
	if w.started {
		return
	}
	w.started = true
	header := w.frozen
	_, typed := header["Content-Type"]
	switch {
	case w.status == http.StatusNotModified:
		header.Del("Content-Type")
		header.Del("Content-Length")
	case !bodyAllowed(w.status):
		header.Del("Content-Length")
	default:
		if w.done && w.declared < 0 && (w.method != "HEAD" || len(first) > 0) {
			header.Set("Content-Length", strconv.Itoa(len(first)))
		}
		if !typed && header.Get("Content-Encoding") == "" && len(first) > 0 {
			header.Set("Content-Type", http.DetectContentType(first))
		}
	}
	reason := http.StatusText(w.status)
	if reason == "" {
		reason = fmt.Sprintf("status code %d", w.status)
	}
	w.start(fmt.Sprintf("%d %s", w.status, reason), headersOf(header))
}

// bodyAllowed tells whether an answer of this status has a body. RFC 9110 §6.4.1
func bodyAllowed(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// notOurs are the hop-by-hop fields, which an application leaves to the server.
// RFC 9110 §7.6.1, and PEP 3333, "Other HTTP Features"
var notOurs = map[string]bool{
	"Connection": true, "Keep-Alive": true, "Proxy-Authenticate": true, "Proxy-Authorization": true, "Proxy-Connection": true,
	"Te": true, "Trailer": true, "Trailers": true, "Transfer-Encoding": true, "Upgrade": true,
}

// headersOf lists the fields by name. As net/http has it, a line end in a value
// becomes a space, and white space around it goes; of anything else that breaks a
// rule the server will tell.
func headersOf(header http.Header) wsgi.Headers {
	lineEnds := strings.NewReplacer("\r", " ", "\n", " ")
	var list wsgi.Headers
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if notOurs[name] || strings.HasPrefix(name, http.TrailerPrefix) {
			continue
		}
		for _, value := range header[name] {
			list = append(list, [2]string{name, textproto.TrimString(lineEnds.Replace(value))})
		}
	}
	return list
}
