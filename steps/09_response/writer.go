package response

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"

	wsgi "barewire/steps/06_wsgi"
	call "barewire/steps/08_call"
	"barewire/steps/refuse"
)

var (
	// ErrSurplus tells that an application yielded more than the Content-Length
	// it declared. The surplus was not sent, so the response is whole all the same.
	ErrSurplus = refuse.Because(refuse.ServerError, "an application yields no more bytes than its Content-Length says", "PEP 3333, Handling the Content-Length Header", nil)
	// ErrShort tells that it yielded fewer.
	ErrShort = refuse.Because(refuse.ServerError, "an application yields as many bytes as its Content-Length says", "PEP 3333, Handling the Content-Length Header", nil)
	// ErrGone tells that the client takes no more.
	ErrGone = errors.New("response: the client is gone")

	errEnded = refuse.Because(refuse.ServerError, "an application writes before its body ends, not after", "PEP 3333, The write() Callable", nil)
)

var crlf = []byte("\r\n")

// A Writer puts one answer into bytes.
type Writer struct {
	Conn            io.Writer
	Buf             []byte        // memory for the bytes; empty, and may be nil
	Method, Version string        // of the request
	Date            func() string // of the moment, for the Date field

	// Begin is called once, when the head is about to be made. It tells whether
	// the connection may stay open; an error means that the answer comes too late.
	Begin func() (keep bool, err error)

	// Head appends the head in place of AppendHead, where it is not one of HTTP;
	// nil means that it is.
	Head func(buf []byte, answer *call.Answer, length int64) []byte

	Framing Framing // chosen when the head is made
	Keep    bool    // the head says that the connection stays open
	Whole   bool    // the response has ended as its head promised

	single  bool  // the first chunk is the whole body
	left    int64 // bytes that the stated length still promises
	err     error // why nothing can follow; an application that ignores it meets it again
	stopped bool  // yield has returned false
	ended   bool  // the body is over

	pieces [3][]byte   // a large chunk, with what stands around it
	unsent net.Buffers // those that are left of them
}

// Body sends all that answer.Body yields, then ends the response. In any case
// it closes the Body. The chunks take their way through send, which is w.Send
// or a function that calls it; a large file takes none.
func (w *Writer) Body(answer *call.Answer, send func(*call.Answer, []byte) error) (err error) {
	defer func() {
		w.over(answer, err)
		if failure := answer.Body.Close(); failure != nil {
			err = errors.Join(err, failure)
		}
	}()
	body, single := answer.Body, false
	switch of := body.(type) {
	case wsgi.File:
		if file, ok := largeFile(answer, of); ok {
			return w.file(answer, file)
		}
		body = w.cut(answer, of)
	case interface{ Len() int }:
		single = of.Len() == 1
	}
	// Not a range loop: its yield panics when the loop is over, and who calls it so
	// late is a goroutine of the application, where nobody can recover.
	body.Chunks(func(chunk []byte, err error) bool { return w.yield(answer, send, single, chunk, err) })
	answer.Lock()
	defer answer.Unlock()
	return w.end(answer)
}

// yield sends a chunk of the body, and tells whether it wants another one.
func (w *Writer) yield(answer *call.Answer, send func(*call.Answer, []byte) error, single bool, chunk []byte, err error) bool {
	answer.Lock()
	defer answer.Unlock()
	switch {
	case w.ended:
		return false
	case w.stopped:
		panic("response: a body goes on when yield has returned false") // or it never ended
	}
	w.single = single
	if w.err == nil && err == nil {
		err = send(answer, chunk)
	}
	w.err = cmp.Or(w.err, err)
	w.stopped = w.err != nil || w.Framing == NoBody // HEAD of an endless body must end too
	return !w.stopped
}

// over lets nothing follow: whoever still has write, or yield, meets the error.
func (w *Writer) over(answer *call.Answer, err error) {
	answer.Lock()
	defer answer.Unlock()
	w.ended, w.err = true, cmp.Or[error](w.err, err, errEnded)
}

// Send sends a chunk, with the head in front of the first. An empty chunk sends
// nothing: the head can wait until there is something behind it. Whoever calls it
// holds the lock of the answer.
// PEP 3333, "The start_response() Callable"
func (w *Writer) Send(answer *call.Answer, chunk []byte) error {
	if len(chunk) == 0 || w.err != nil {
		return w.err
	}
	size := int64(-1)
	if w.single {
		size = int64(len(chunk))
	}
	before, err := w.appendHead(w.Buf[:0], answer, size)
	if err != nil {
		return err
	}
	var after []byte
	switch w.Framing {
	case NoBody:
		chunk, w.Whole = nil, true
	case ByLength:
		if int64(len(chunk)) > w.left {
			chunk, err = chunk[:w.left], ErrSurplus
		}
		w.left -= int64(len(chunk))
		w.Whole = w.left == 0
	case Chunked:
		// chunk = chunk-size CRLF chunk-data CRLF   RFC 9112 §7.1
		before = strconv.AppendInt(before, int64(len(chunk)), 16)
		before = append(before, "\r\n"...)
		after = crlf
	}
	w.err = errors.Join(w.write(before, chunk, after), err)
	return w.err
}

// end makes the head if no chunk has, and says that the body is over.
func (w *Writer) end(answer *call.Answer) error {
	if w.err != nil {
		return w.err
	}
	out, err := w.appendHead(w.Buf[:0], answer, 0)
	if err != nil {
		return err
	}
	switch {
	case w.Framing == ByLength && w.left > 0:
		return fmt.Errorf("%w: %d bytes are missing", ErrShort, w.left)
	case w.Framing == Chunked:
		out = append(out, "0\r\n\r\n"...) // last-chunk, no trailers, RFC 9112 §7.1
	}
	w.Whole, w.err = true, errEnded
	return w.write(out, nil, nil)
}
