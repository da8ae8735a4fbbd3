// Package send says raw bytes to a server, and shows what comes back.
//
// It stands for printf and nc, which differ from system to system: it adds
// nothing to the bytes, leaves nothing out, and knows no HTTP. Each write and
// each read is shown with its size, and the last line tells how the connection
// ended. This is a request in two writes:
//
//	sending 32 B to 127.0.0.1:8888   < the client says   > the server says
//	< GET /hello HTTP/1                                 write 1                 17 B
//	< .1                                                write 2 from byte 18    15 B
//	< Host: x
//	<
//	> HTTP/1.1 200 OK                                   read 1                  33 B
//	>
//	> Hello, world!\n
//	== the server closed the connection (FIN)
//
// An experiment wants to be repeated, so no times are shown. One thing is not
// ours to choose all the same: TCP keeps the bytes in order, not the writes
// apart, and what a server writes in a hurry may arrive in one read.
//
// Read send.go, then transcript.go, then script.go, which is for several
// connections.
package send

import (
	"barewire/server/trace"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"sync/atomic"
	"syscall"
	"time"
)

// A Request is what to say, to whom, and how.
type Request struct {
	Addr      string // host:port
	Bytes     []byte
	Piece     int           // bytes of one write; 0 for all of them
	Pause     time.Duration // between two writes
	HalfClose bool          // behind the last byte say FIN, that it was the last, as nc -N does
	Wait      time.Duration // how long we listen to a silent server; 0 for two seconds
	Curl      bool          // arrows as curl -v draws them: > is what the client says
}

// Do sends the request and writes the transcript to out. Whatever the server
// does, a reset too, is a result; an error tells that there was no connection,
// that out failed, or that ctx was cancelled.
func Do(ctx context.Context, request Request, out io.Writer) error {
	request.Wait = cmp.Or(request.Wait, 2*time.Second)
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", request.Addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	// Who cancels does not want to wait for a read or write under way.
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()

	transcript := newTranscript(out, request.Curl)
	transcript.begin(request)
	x := &exchange{Request: request, conn: conn.(*net.TCPConn), transcript: transcript}

	speaking, hush := context.WithCancel(ctx)
	defer hush()
	wrote := make(chan error)
	go func() { wrote <- x.write(speaking) }()
	readErr := x.read()
	hush()
	writeErr := <-wrote

	if ctx.Err() != nil {
		return ctx.Err()
	}
	if x.sent < len(request.Bytes) {
		transcript.tell(fmt.Sprintf("%d of %d B were sent", x.sent, len(request.Bytes)))
	}
	transcript.tell(x.ending(readErr, writeErr))
	return transcript.err
}

// An exchange writes and reads at the same time. A server may answer before it
// has heard everything, and if neither side listened while it speaks, both
// could wait for ever.
type exchange struct {
	Request
	conn       *net.TCPConn
	transcript *transcript
	sent       int         // bytes, so far
	silent     atomic.Bool // we have said all that we will say
}

// write sends the bytes piece by piece, until all are sent or ctx is cancelled.
func (x *exchange) write(ctx context.Context) error {
	defer x.fallSilent()
	for piece := range slices.Chunk(x.Bytes, cmp.Or(x.Piece, len(x.Bytes), 1)) {
		if x.sent > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(x.Pause):
			}
		}
		// Shown first and done then, or the answer could be shown before it.
		x.transcript.wrote(piece)
		if err := x.conn.SetWriteDeadline(time.Now().Add(x.Wait)); err != nil {
			return err
		}
		n, err := x.conn.Write(piece)
		x.sent += n
		if err != nil {
			return err
		}
	}
	if x.HalfClose {
		return x.conn.CloseWrite()
	}
	return nil
}

// fallSilent begins to count the server's silence, which did not matter while
// we spoke.
func (x *exchange) fallSilent() {
	x.silent.Store(true)
	x.listen()
}

// listen gives the server its time. An error would mean that the connection is
// closed, and read finds that out too.
func (x *exchange) listen() {
	_ = x.conn.SetReadDeadline(time.Now().Add(x.Wait))
}

// read shows all that the server says, and returns the error that ended it.
func (x *exchange) read() error {
	buffer := make([]byte, 64<<10)
	for {
		n, err := x.conn.Read(buffer)
		if n > 0 {
			x.transcript.read(buffer[:n])
		}
		if err != nil {
			return err
		}
		if x.silent.Load() {
			x.listen()
		}
	}
}

// ending tells how the connection ended. Of a reset the kernel tells only once,
// and perhaps it told write.
func (r Request) ending(readErr, writeErr error) string {
	switch {
	case errors.Is(readErr, syscall.ECONNRESET) || errors.Is(writeErr, syscall.ECONNRESET):
		return "the server reset the connection (RST)"
	case readErr == io.EOF:
		return "the server closed the connection (FIN)"
	case errors.Is(readErr, os.ErrDeadlineExceeded):
		return fmt.Sprintf("still open after %s of silence, so we leave", trace.Spell(r.Wait))
	}
	return fmt.Sprintf("the connection broke: %v", readErr)
}
