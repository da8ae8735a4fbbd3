package validator

import (
	"bytes"
	"errors"
	"io"
	"log"
	"runtime"

	wsgi "barewire/steps/06_wsgi"
)

// A checkedBody stands between the server and the body of the application.
type checkedBody struct {
	inner   wsgi.Body
	request *request
	len     int // number of chunks, as inner says, or -1
	count   int // number of chunks so far

	over   *rule // which rule it breaks to yield once more, nil while it breaks none
	ranged bool  // the server has asked for the chunks
	closed bool
	told   bool // the server knows the first Violation

	lost runtime.Cleanup
}

// A checkedList still says how many chunks there are, so that the server can
// make the Content-Length of a single one.
type checkedList struct{ *checkedBody }

// Len returns the number of chunks.
func (b checkedList) Len() int { return b.len }

// watch returns what the server gets instead of the body of the application.
func (r *request) watch(inner wsgi.Body, name string) wsgi.Body {
	_, r.file = inner.(wsgi.File)
	b := &checkedBody{inner: inner, request: r, len: -1}
	// The cleanup must not hold the request, for that holds the server's
	// start_response, which may hold this body, which then would never be lost.
	out := log.New(r.errors, "", 0)
	b.lost = runtime.AddCleanup(b, func(v *Violation) { out.Print(v) }, closedAtAll.broken("no Close after %s", name))
	if list, ok := inner.(interface{ Len() int }); ok {
		b.len = list.Len()
		return checkedList{b}
	}
	return b
}

// Chunks yields those of the body inside. It does not range over them, or Go
// itself would stop a body that yields too often, with a panic.
func (b *checkedBody) Chunks(yield func([]byte, error) bool) {
	switch {
	case b.closed:
		yield(nil, b.request.fail(chunksOpen.broken("Chunks after Close")))
		return
	case b.ranged:
		yield(nil, b.request.fail(chunksOnce.broken("Chunks again")))
		return
	}
	b.ranged = true
	if b.tell(yield) {
		return
	}
	b.inner.Chunks(func(chunk []byte, err error) bool { return b.pass(chunk, err, yield) })

	if b.over == nil {
		b.checkEnd()
		b.tell(yield)
	}
	b.over, b.request.ended = yieldsInside, true
}

// tell yields the first Violation, when there is one.
func (b *checkedBody) tell(yield func([]byte, error) bool) bool {
	broken := b.request.broken.Load()
	if broken == nil {
		return false
	}
	b.over, b.told = stopsWhen, true
	yield(nil, broken)
	return true
}

// pass hands on what the body inside yields.
func (b *checkedBody) pass(chunk []byte, err error, yield func([]byte, error) bool) (more bool) {
	if b.over != nil {
		b.request.report(b.over.broken("%d bytes and the error %v", len(chunk), err))
		return false
	}
	b.check(chunk, err)
	if b.tell(yield) {
		return false
	}
	if err != nil {
		b.over = errorIsLast
		return yield(nil, err)
	}
	chunk, whole := b.request.cutFile(chunk)
	kept := bytes.Clone(chunk)
	if more = yield(chunk, nil) && !whole; !more {
		b.over = stopsWhen
	}
	if !bytes.Equal(chunk, kept) {
		b.request.report(chunkKept.broken("a change in a chunk of %d bytes", len(chunk)))
	}
	return more
}

// check checks a chunk or an error. Of the two, an error is no chunk to count.
// What is broken already, as by a start_response inside the body, is the reason of
// all that follows.
func (b *checkedBody) check(chunk []byte, err error) {
	var violation *Violation
	switch {
	case b.request.broken.Load() != nil:
	case err == io.EOF:
		violation = errorIsNoEnd.broken("io.EOF and %d bytes", len(chunk))
	case err != nil && len(chunk) > 0:
		violation = errorAlone.broken("%d bytes and the error %v", len(chunk), err)
	case err == nil:
		b.count++
		if violation = b.request.checkChunk(chunk); violation == nil && b.len >= 0 && b.count > b.len {
			violation = lenTrue.broken("chunk %d of %d", b.count, b.len)
		}
	}
	b.request.report(violation)
}

// checkEnd checks a body that ended by itself, and not because no more was asked
// of it.
func (b *checkedBody) checkEnd() {
	if b.request.broken.Load() != nil {
		return
	}
	violation := b.request.checkEnd()
	if violation == nil && b.len >= 0 && b.count != b.len {
		violation = lenTrue.broken("%d chunks of %d", b.count, b.len)
	}
	b.request.report(violation)
}

// Close closes the body inside. Its error is that of the body inside, and the
// first Violation, if the server does not know it yet.
func (b *checkedBody) Close() error {
	if b.closed {
		return b.request.fail(closedOnce.broken("Close again"))
	}
	b.lost.Stop()
	b.closed, b.request.ended = true, true
	err := b.inner.Close()
	if broken := b.request.broken.Load(); broken != nil && !b.told {
		err = errors.Join(err, broken)
	}
	return err
}
