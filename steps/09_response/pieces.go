package response

import (
	"fmt"
	"net"
	"slices"
)

// large is the size from which a chunk, or a file, is written from where it is,
// instead of being copied behind the head.
const large = 16 << 10

// write sends the bytes together, for a call costs more than a small copy. A large
// chunk is not copied: it leaves from where it is, between the others.
func (w *Writer) write(before, chunk, after []byte) (err error) {
	if len(chunk) < large {
		out := append(append(before, chunk...), after...)
		w.Buf = out[:0]
		if len(out) > 0 {
			_, err = w.Conn.Write(out)
		}
	} else {
		err = w.gather(before, chunk, after)
	}
	if err != nil {
		w.Whole = false
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	return nil
}

// gather sends pieces with one call (writev), where the connection has one.
func (w *Writer) gather(before, chunk, after []byte) (err error) {
	w.pieces = [3][]byte{before, chunk, after}
	w.unsent = slices.DeleteFunc(w.pieces[:], func(piece []byte) bool { return len(piece) == 0 })
	if conn, ok := w.Conn.(interface {
		WriteBuffers(*net.Buffers) (int64, error)
	}); ok {
		_, err = conn.WriteBuffers(&w.unsent)
	} else {
		_, err = w.unsent.WriteTo(w.Conn) // which knows that of net.TCPConn
	}
	return err
}
