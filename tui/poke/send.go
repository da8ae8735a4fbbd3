// Package poke asks the running server from inside the screen: with raw bytes,
// good and broken, with a recorded request, whole or cut into pieces, and with
// the real curl. It also says what curl was too kind to mention.
//
// Read send.go first: what a client can do to a connection, and what comes back.
// Then menu.go and replay.go, which say what to do; then split.go and curl.go;
// and forgave.go last.
package poke

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A Move is one thing that a client does on its connection. One field is set.
type Move struct {
	Say       []byte        // bytes, in one write
	Wait      time.Duration // silence
	Await     time.Duration // silence until the server answers what was said last, at most so long
	HalfClose bool          // FIN: nothing follows, but we go on listening
	Leave     bool          // the connection is closed, and nobody listens any more
}

// A Server is whom we ask.
type Server struct {
	Address string        // host:port, or unix:/path
	Silence time.Duration // how long we listen to it when it says nothing; 0 for two seconds
	Held    func() bool   // tells whether requests are being held, so that its silence means nothing; nil: they never are
}

// OnUnix begins the address of a Unix socket.
const OnUnix = "unix:"

// An Outcome is what became of a script.
type Outcome struct {
	Reads       []Read // of the first 256 KiB that came back
	Size        int64  // bytes that came back
	Sent, Total int    // bytes of the script that were sent, and that it has
	Ending      Ending
	Silence     time.Duration // which ended it, when Ending is StillOpen

	methods []string // of the requests that the script has, when all are whole
}

// A Read is what one read has brought.
type Read struct {
	Bytes []byte
	At    time.Duration // since the connection was opened
}

// An Ending is how a connection ended.
type Ending int

const (
	Broken    Ending = iota // neither side chose it; the error tells
	Closed                  // the server closed it (FIN)
	Reset                   // the server reset it (RST)
	StillOpen               // the server was silent, so we left
	Left                    // the script said so
	Enough                  // more than 16 MiB came back, so we left
	Kept                    // each request has its whole answer, and the server closed nothing, so we left
)

const (
	maxKept  = 256 << 10
	maxTaken = 16 << 20
)

// Bytes returns what came back, as far as it was kept.
func (o Outcome) Bytes() (all []byte) {
	for _, read := range o.Reads {
		all = append(all, read.Bytes...)
	}
	return all
}

// Ended says how the connection ended.
func (o Outcome) Ended() string {
	switch o.Ending {
	case Closed:
		return "the server closed the connection (FIN)"
	case Reset:
		return "the server reset the connection (RST)"
	case StillOpen:
		return fmt.Sprintf("still open after %s of silence, so we left", o.Silence)
	case Left:
		return "we left"
	case Enough:
		return "more came than anybody will read, so we left"
	case Kept:
		return "kept open, so we left"
	}
	return "the connection broke"
}

// Send does what the script says, and listens meanwhile and behind it. Whatever
// the server does, a reset too, is an Outcome. An error tells that there was no
// connection, that ctx was cancelled, or that the connection broke; the Outcome
// then holds what came before.
func (s Server) Send(ctx context.Context, script []Move) (Outcome, error) {
	s.Silence = cmp.Or(s.Silence, 2*time.Second)
	outcome := Outcome{Silence: s.Silence, methods: methodsOf(script)}
	for _, move := range script {
		outcome.Total += len(move.Say)
	}
	network, address := "tcp", s.Address
	if path, onUnix := strings.CutPrefix(address, OnUnix); onUnix {
		network, address = "unix", path
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return outcome, err
	}
	defer conn.Close()
	// Who cancels does not want to wait for a read or write under way.
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()

	t := &talk{Server: s, conn: conn.(halfCloser), opened: time.Now(), outcome: &outcome, heard: make(chan struct{}, 1)}
	speaking, hush := context.WithCancel(ctx)
	defer hush()
	spoken := make(chan error)
	go func() { spoken <- t.speak(speaking, script) }()
	listenErr := t.listen()
	hush()
	_ = conn.Close() // a write under way has nobody left to answer it
	speakErr := <-spoken
	if ctx.Err() != nil {
		return outcome, ctx.Err()
	}
	outcome.Ending = ending(listenErr, speakErr)
	if outcome.Ending == StillOpen && t.whole {
		outcome.Ending = Kept
	}
	if outcome.Ending == Broken {
		return outcome, fmt.Errorf("the connection broke: %w", listenErr)
	}
	return outcome, nil
}

// A halfCloser is a connection that can be closed for writing alone, as those of TCP
// and of Unix sockets can.
type halfCloser interface {
	net.Conn
	CloseWrite() error
}

// A talk speaks and listens at the same time. A server may answer before it has
// heard everything.
type talk struct {
	Server
	conn    halfCloser
	opened  time.Time
	outcome *Outcome
	heard   chan struct{} // holds something when the server has spoken since the last Say
	silent  atomic.Bool   // the script is over
	text    []byte        // what came back, to be read as answers

	mutex sync.Mutex // for the deadline, and what it depends on
	whole bool       // all answers have come, so that none is awaited
}

// grace is how long we listen behind the last answer, for a FIN, or for bytes that
// should not be there.
const grace = 100 * time.Millisecond

// writeTime is how long one write may take.
const writeTime = time.Minute

// speak does the moves, until one fails or ctx is cancelled. From then on it is
// the server's turn alone, and its silence counts.
func (t *talk) speak(ctx context.Context, script []Move) error {
	defer t.giveTime()
	defer t.silent.Store(true)
	for _, move := range script {
		if err := t.do(ctx, move); err != nil {
			return err
		}
	}
	return nil
}

// giveTime lets the server be silent once more. An error would mean that the
// connection is closed, and listen finds that out too.
func (t *talk) giveTime() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	silence := t.Silence
	if t.whole {
		silence = min(grace, silence)
	}
	_ = t.conn.SetReadDeadline(time.Now().Add(silence))
}

func (t *talk) do(ctx context.Context, move Move) error {
	switch {
	case move.Leave:
		return t.conn.Close()
	case move.HalfClose:
		return t.conn.CloseWrite()
	case move.Wait > 0:
		return pause(ctx, move.Wait, nil)
	case move.Await > 0:
		return pause(ctx, move.Await, t.heard)
	}
	select {
	case <-t.heard: // that answered what was said before
	default:
	}
	if err := t.conn.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	n, err := t.conn.Write(move.Say)
	t.outcome.Sent += n
	return err
}

// pause waits so long, or until something comes out of the channel.
func pause(ctx context.Context, long time.Duration, until <-chan struct{}) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-until:
	case <-time.After(long):
	}
	return nil
}

var errEnough = errors.New("more came than anybody will read")

// listen takes what the server says, and returns the error that ended it. A
// silence counts only if nobody held the request when it began or when it ended.
func (t *talk) listen() error {
	buffer := make([]byte, 64<<10)
	held := false
	for {
		n, err := t.conn.Read(buffer)
		if n > 0 {
			t.keep(buffer[:n])
		}
		wasHeld := held
		held = t.Held != nil && t.Held()
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded) && (held || wasHeld):
		case err != nil:
			return err
		case t.outcome.Size > maxTaken:
			return errEnough
		}
		if t.silent.Load() {
			t.giveTime()
		}
	}
}

// keep takes note of what was read.
func (t *talk) keep(piece []byte) {
	if room := maxKept - t.outcome.Size; room > 0 {
		kept := append([]byte(nil), piece[:min(int64(len(piece)), room)]...)
		t.outcome.Reads = append(t.outcome.Reads, Read{kept, time.Since(t.opened)})
	}
	t.outcome.Size += int64(len(piece))
	whole := false
	if t.outcome.Size <= maxKept && t.outcome.methods != nil {
		t.text = append(t.text, piece...)
		_, whole = readAnswers(t.text, t.outcome.methods)
	}
	t.mutex.Lock()
	t.whole = whole
	t.mutex.Unlock()
	select {
	case t.heard <- struct{}{}:
	default:
	}
}

// ending tells how the connection ended. Of a reset the kernel tells only once,
// and perhaps it told the one who spoke.
func ending(listenErr, speakErr error) Ending {
	switch {
	case errors.Is(listenErr, syscall.ECONNRESET) || errors.Is(speakErr, syscall.ECONNRESET):
		return Reset
	case listenErr == io.EOF:
		return Closed
	case errors.Is(listenErr, os.ErrDeadlineExceeded):
		return StillOpen
	case errors.Is(listenErr, net.ErrClosed):
		return Left
	case listenErr == errEnough:
		return Enough
	}
	return Broken
}
