package check

import (
	"barewire/server/trace"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// Bounds on what a server may say, beyond the bodies that a check wants to the
// byte: a server that never stops must not cost us our memory.
const (
	maxHead    = 64 << 10
	maxAnswer  = 256 << 10 // for each answer whose body may be anything
	maxBesides = 2 << 20   // for all of them, and for what nobody asked for
)

// room returns how many bytes are read on a connection at most.
func (check *Check) room(on int) int {
	room := maxBesides
	for _, want := range check.Want {
		switch {
		case want.On != on:
		case want.Body != nil:
			room += len(*want.Body)
		default:
			room += maxAnswer
		}
	}
	return room
}

var errTooMuch = errors.New("the server says more than a check reads")

// A wire is one connection to the server, and all that came back on it.
//
// A goroutine reads at all times, also while we write: a server may answer
// before it has heard everything, and if neither side listened while it speaks,
// both could wait for ever.
type wire struct {
	conn   *net.TCPConn
	room   int // so many bytes are read
	sent   []byte
	next   int           // where in got the next answer begins
	waited time.Duration // how long it has been silent, when we gave up
	gone   bool          // we have left
	reset  bool          // of a reset the kernel tells only once, and it told write
	forget func() bool   // the context, which would close the connection

	mu   sync.Mutex
	got  []byte
	end  error         // io.EOF, a reset, errTooMuch, or nil
	grew chan struct{} // says that got or end has changed
	read chan struct{} // closed when all is read
}

// dial connects. When ctx is cancelled, the connection is closed.
func dial(ctx context.Context, addr string, room int, wait time.Duration) (*wire, error) {
	dialer := net.Dialer{Timeout: wait}
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	w := &wire{conn: conn.(*net.TCPConn), room: room, grew: make(chan struct{}, 1), read: make(chan struct{})}
	w.forget = context.AfterFunc(ctx, func() { w.conn.Close() })
	go w.readAll()
	return w, nil
}

// close ends the connection, and waits for the goroutine that reads.
func (w *wire) close() {
	w.forget()
	w.conn.Close()
	<-w.read
}

// readAll keeps what comes, until the connection ends.
func (w *wire) readAll() {
	defer close(w.read)
	buffer := make([]byte, 64<<10)
	for {
		n, err := w.conn.Read(buffer)
		w.mu.Lock()
		w.got = append(w.got, buffer[:n]...)
		if len(w.got) > w.room {
			err = errTooMuch
		}
		w.end = err
		w.mu.Unlock()
		select {
		case w.grew <- struct{}{}:
		default: // it knows already
		}
		if err != nil {
			return
		}
	}
}

// came returns what has come so far, and how the connection ended, if it did.
func (w *wire) came() ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.got, w.end
}

// more waits until more than have bytes have come. The error tells that no more
// will come, or not in time.
func (w *wire) more(have int, until time.Time) error {
	late := time.NewTimer(time.Until(until))
	defer late.Stop()
	for {
		got, end := w.came()
		if len(got) > have {
			return nil
		}
		if end != nil {
			return end
		}
		select {
		case <-w.grew:
		case <-late.C:
			return os.ErrDeadlineExceeded
		}
	}
}

// listen hears the server out: until the connection ends, or until nothing has
// come for a while.
func (w *wire) listen(quiet, limit time.Duration) {
	for until := time.Now().Add(limit); ; {
		got, _ := w.came()
		silent := time.Now().Add(quiet)
		if silent.After(until) {
			silent = until
		}
		if w.more(len(got), silent) != nil {
			w.waited = min(quiet, limit)
			return
		}
	}
}

// write sends bytes in one write. That the server does not want them is no
// error: it may have answered already.
func (w *wire) write(bytes string, wait time.Duration) {
	if bytes == "" {
		return
	}
	_ = w.conn.SetWriteDeadline(time.Now().Add(wait)) // an error comes back from Write too
	n, err := w.conn.Write([]byte(bytes))
	w.sent = append(w.sent, bytes[:n]...)
	if isReset(err) || errors.Is(err, syscall.EPIPE) {
		w.reset = true
	}
}

// half says that we are done sending.
func (w *wire) half() { _ = w.conn.CloseWrite() } // fails only if the connection has ended

// leave is what a client does that crashes: a reset, whatever is under way.
func (w *wire) leave() {
	w.gone = true
	_ = w.conn.SetLinger(0)
	_ = w.conn.Close()
}

// ended tells how the connection ended: nil while it is open.
func (w *wire) ended() error {
	_, end := w.came()
	if w.reset {
		return syscall.ECONNRESET
	}
	return end
}

// endedAt tells whether the connection has ended behind so many bytes.
func (w *wire) endedAt(n int) bool {
	got, _ := w.came()
	return w.ended() != nil && len(got) == n
}

func isReset(err error) bool {
	const onWindows = syscall.Errno(10054) // WSAECONNRESET
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, onWindows)
}

// spellEnd writes an ending for people.
func (w *wire) spellEnd() string {
	switch end := w.ended(); {
	case w.gone:
		return "we left"
	case end == nil:
		return "still open after " + trace.Spell(w.waited)
	case isReset(end):
		return "reset"
	case end == io.EOF:
		return "closed"
	default:
		return "broken off: " + end.Error()
	}
}
