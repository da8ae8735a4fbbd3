package response

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"syscall"

	wsgi "barewire/steps/06_wsgi"
	call "barewire/steps/08_call"
)

// largeFile returns the file in a File, and whether so much of it was declared that
// it need not come to us.
func largeFile(answer *call.Answer, of wsgi.File) (*os.File, bool) {
	answer.Lock()
	defer answer.Unlock()
	file, ok := of.Reader.(*os.File)
	return file, ok && answer.Length >= large
}

// file sends a large file whose length is known. Between io.CopyN and a TCP
// connection its bytes need not come to us at all: the kernel takes them from the
// file (sendfile). What cannot do that copies them, block by block. What a file has
// more than its length is left out. PEP 3333, "Optional Platform-Specific File Handling"
func (w *Writer) file(answer *call.Answer, file *os.File) error {
	answer.Lock()
	defer answer.Unlock()
	head, err := w.appendHead(w.Buf[:0], answer, -1)
	if err != nil {
		return err
	}
	if err := w.write(head, nil, nil); err != nil {
		return err
	}
	if w.Framing == ByLength {
		n, err := io.CopyN(w.Conn, file, w.left)
		w.left -= n
		switch {
		case err == nil || err == io.EOF: // which is that of the file, and a shortage
		case isOfFile(err):
			return err
		default:
			return fmt.Errorf("%w: %w", ErrGone, err)
		}
	}
	return w.end(answer)
}

// isOfFile tells an error of the file from one of the client. Both come from the
// system; where the kernel takes the bytes from the one to the other, only the
// number says whose it is.
func isOfFile(err error) bool {
	for _, gone := range []error{syscall.EPIPE, syscall.ECONNRESET, syscall.ETIMEDOUT, os.ErrDeadlineExceeded, net.ErrClosed} {
		if errors.Is(err, gone) {
			return false
		}
	}
	var read *fs.PathError
	var system *os.SyscallError
	return errors.As(err, &read) || errors.As(err, &system)
}

// cut leaves out what a file has more than its length, if that is declared.
func (w *Writer) cut(answer *call.Answer, file wsgi.File) wsgi.File {
	answer.Lock()
	defer answer.Unlock()
	left := answer.Length
	if w.Framing == ByLength {
		left = w.left // something was written before
	}
	if left >= 0 {
		file.Reader = io.LimitReader(file.Reader, left)
	}
	return file
}
