package read

import (
	"bufio"
	"bytes"
	"fmt"
)

// Recv1024 is conn.recv(1024) of a hundred tutorials: it reads once, and takes
// what has come for the head. It works with every curl that you try it with. It
// costs each request that comes in two packets, or has one long cookie: the
// fields behind byte 1,024 are lost, and the rest is taken for another request.
func Recv1024(r *bufio.Reader, _ Limits, buf []byte) ([]byte, error) {
	if _, err := r.Peek(1); err != nil {
		return buf, err
	}
	received, _ := r.Peek(min(r.Buffered(), 1024))
	head, _, _ := bytes.Cut(received, []byte("\r\n\r\n"))
	buf = append(buf, received[:min(len(head)+len("\r\n\r\n"), len(received))]...)
	_, err := r.Discard(len(buf))
	return buf, err
}

// LFOnly splits lines at LF and strips what is left of the line end, as
// readline().rstrip("\r\n") does. It costs the agreement with the proxy in front: where
// that sees one field with a LF in it, this sees two fields, or two requests.
func LFOnly(r *bufio.Reader, limits Limits, buf []byte) ([]byte, error) {
	for len(buf) < limits.Bytes {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return buf, err
		}
		line = bytes.TrimRight(line, "\r\n")
		buf = append(append(buf, line...), "\r\n"...)
		if len(line) == 0 {
			return buf, nil
		}
	}
	return buf, fmt.Errorf("read: more than %d bytes", limits.Bytes)
}

// The third mistake of this step, no-deadline, is no code: it is the deadline that
// nobody sets on the connection. Then whoever sends a byte an hour keeps a place
// for ever, and a few hundred of them keep all.
