package python

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

//go:embed worker.py
var workerSource string

// startWithin is how long an application may take to be imported.
const startWithin = 2 * time.Minute

// lengthSize is how many bytes there are before a frame.
const lengthSize = 4

// keptBytes is how large a buffer may be that is used again.
const keptBytes = 1 << 20

// A worker is a Python process and our end of the socket to it.
type worker struct {
	process *exec.Cmd
	socket  *os.File
	reader  *bufio.Reader
	timeout time.Duration // for each thing that Python says
	in, out []byte        // a frame from it, and one to it
	turn    time.Time     // when it was its turn
	ended   chan struct{} // closed when the process has ended
	crew    *crew         // to which it belongs
	useful  atomic.Bool   // it has answered
}

// newWorker starts a worker and waits until it has imported the application, unless
// all is closed before. A LoadError tells that it cannot.
func newWorker(settings Settings, closing <-chan struct{}) (*worker, error) {
	ours, theirs, err := socketPair()
	if err != nil {
		return nil, err
	}
	process := exec.Command(settings.Python, "-", settings.App)
	if settings.Reload {
		// Compiled code is taken for that of a source of the same size and second.
		process.Args = slices.Insert(process.Args, 1, "-B")
	}
	process.Stdin = strings.NewReader(workerSource)
	prints := &wholeLines{to: settings.Errors}
	process.Stdout, process.Stderr = prints, prints
	process.ExtraFiles = append(process.ExtraFiles, theirs) // becomes descriptor 3
	process.WaitDelay = time.Second                         // a child of its own may have its stderr, and outlive it
	err = process.Start()
	if err = errors.Join(err, theirs.Close()); err != nil {
		return nil, errors.Join(err, ours.Close())
	}
	w := &worker{
		process: process,
		socket:  ours,
		reader:  bufio.NewReaderSize(ours, 64<<10),
		timeout: startWithin,
		ended:   make(chan struct{}),
	}
	go w.attend(prints)
	loaded := make(chan error, 1)
	go func() {
		loaded <- errors.Join(setPatience(ours, startWithin), w.load(), setPatience(ours, settings.Timeout))
	}()
	select {
	case err = <-loaded:
	case <-closing:
		err = errClosed
	}
	if err != nil {
		w.kill()
		return nil, err
	}
	w.timeout = settings.Timeout
	return w, nil
}

var errClosed = errors.New("python: the pool is closed")

// attend waits for the end of the process. What it said last may still have to be
// read; but a process that it leaves behind may have the other end of the socket,
// so that we have to hang up.
func (w *worker) attend(prints *wholeLines) {
	_ = w.process.Wait() // how it ended is in ProcessState
	prints.end()
	close(w.ended)
	time.AfterFunc(leaveWithin, func() { hangUp(w.socket) })
}

// wholeLines passes on what a worker prints, line by line. Python's print writes the
// end of a line by itself, and nobody shall take that for an empty one.
type wholeLines struct {
	to   io.Writer
	rest []byte // of a line that has not ended
}

// longestLine is how much is waited for.
const longestLine = 64 << 10

func (l *wholeLines) Write(text []byte) (int, error) {
	l.rest = append(l.rest, text...)
	whole := bytes.LastIndexByte(l.rest, '\n') + 1
	if len(l.rest) > longestLine {
		whole = len(l.rest)
	}
	if whole > 0 {
		_, _ = l.to.Write(l.rest[:whole]) // whoever reads it may have left, and Python goes on
		l.rest = append(l.rest[:0], l.rest[whole:]...)
	}
	return len(text), nil
}

// end passes on what the process did not end with a line.
func (l *wholeLines) end() {
	if len(l.rest) > 0 {
		_, _ = l.to.Write(l.rest)
	}
}

// A LoadError is why Python cannot run the application, in its own words.
type LoadError struct{ Text string }

func (e LoadError) Error() string { return strings.TrimRight(e.Text, "\n") }

// load waits until the application is there.
func (w *worker) load() error {
	kind, message, err := w.receive()
	switch {
	case err != nil:
		return w.why(err)
	case kind == "broken":
		text := message.bytes()
		if message.err != nil {
			return message.err
		}
		return LoadError{string(text)}
	case kind != "ready":
		return errGarbled
	}
	return nil
}

// receive reads a message: its kind, and what belongs to it, until the next one.
func (w *worker) receive() (kind string, m message, err error) {
	head, err := w.reader.Peek(lengthSize)
	if err != nil {
		return "", message{}, err
	}
	length := int64(binary.LittleEndian.Uint32(head))
	if _, err := w.reader.Discard(lengthSize); err != nil {
		return "", message{}, err
	}
	if w.in, err = readFrame(w.reader, w.in[:0], length); err != nil {
		return "", message{}, err
	}
	m = message{size: lengthSize + len(w.in), rest: w.in}
	if cap(w.in) > keptBytes {
		w.in = nil
	}
	m.count()
	kind = string(m.bytes())
	return kind, m, m.err
}

// readFrame appends length bytes to frame. It grows as they come: what a broken
// worker announces costs nothing before it is there.
func readFrame(reader io.Reader, frame []byte, length int64) ([]byte, error) {
	const step = 1 << 20
	for length > 0 {
		n := int(min(length, step))
		begin := len(frame)
		frame = append(frame, make([]byte, n)...)
		if _, err := io.ReadFull(reader, frame[begin:]); err != nil {
			return frame, err
		}
		length -= int64(n)
	}
	return frame, nil
}

// begin makes room for the length of a frame.
func (w *worker) begin() []byte { return append(w.out[:0], make([]byte, lengthSize)...) }

// send sends a frame. Its length is still missing.
func (w *worker) send(frame []byte) error {
	binary.LittleEndian.PutUint32(frame, uint32(len(frame)-lengthSize))
	if w.out = frame; cap(frame) > keptBytes {
		w.out = nil
	}
	w.turn = time.Now() // it may have answered before Write returns
	_, err := w.socket.Write(frame)
	return err
}

// kill ends the process.
func (w *worker) kill() {
	_ = w.process.Process.Kill() // it may have ended by itself
	<-w.ended
}

// leave lets the process go, which ends when it reads the end of the socket. One
// that does not is killed.
func (w *worker) leave() {
	hangUp(w.socket)
	select {
	case <-w.ended:
	case <-time.After(leaveWithin):
		w.kill()
	}
}

// leaveWithin is for what an application does atexit.
const leaveWithin = 2 * time.Second

// name is how a worker is called where people read.
func (w *worker) name() string { return fmt.Sprintf("Python worker %d", w.pid()) }

func (w *worker) pid() int { return w.process.Process.Pid }

// why replaces the error of a socket by what has become of the process, which has
// been given time to end.
func (w *worker) why(err error) error {
	if errors.Is(err, syscall.EAGAIN) {
		return fmt.Errorf("%s said nothing for %v: %w", w.name(), w.timeout, errSilent)
	}
	if errors.Is(err, errGarbled) {
		return err
	}
	select {
	case <-w.ended:
		return fmt.Errorf("%s ended: %v", w.name(), w.process.ProcessState)
	case <-time.After(leaveWithin):
		return fmt.Errorf("%s closed its socket: %w", w.name(), err)
	}
}

// errSilent tells that an application hangs.
var errSilent = errors.New("it hangs")
