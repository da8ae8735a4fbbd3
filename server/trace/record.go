package trace

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"barewire/server"
)

// A Record keeps events in a file, as lines of JSON, while the server serves.
//
// Nobody waits for the disk: events go through a Ring, and what does not fit is
// dropped and counted there, with a Dropped event in the file. Whatever has been
// told is in the file as soon as there is nothing more to write.
type Record struct {
	ring *server.Ring
	done chan struct{} // closed behind the last write

	mutex   sync.Mutex
	err     error          // what ended it, until somebody was told
	missing server.Dropped // what the file does not have, so far
}

const (
	// recordRing is how many bytes of events wait for the disk.
	recordRing = 16 << 20
	// maxRecordLine bounds the lines that ReadAll takes. JSON spells a byte with
	// six letters at most, as \u0000, so an event that went through the ring fits.
	maxRecordLine = 8 * recordRing
)

// NewRecord makes the file at path and begins a record in it. Only its owner may
// read the file: requests hold passwords and cookies.
//
// A file that exists is refused. To write over it would lose what somebody
// wanted to keep, and behind it a second server's connection 1 would look like
// the first one's.
func NewRecord(path string) (*Record, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil, fmt.Errorf("the record %q exists already and is not written over: choose another name, or remove it", path)
	case err != nil:
		return nil, fmt.Errorf("the record %q cannot be made: %w", path, withoutPath(err))
	}
	return startRecord(file, recordRing), nil
}

func startRecord(file io.WriteCloser, ring int) *Record {
	r := &Record{ring: server.NewRing(ring), done: make(chan struct{})}
	go r.run(file)
	return r
}

// run writes until the record is closed or a write fails.
func (r *Record) run(file io.WriteCloser) {
	defer close(r.done)
	err := r.writeTo(file)
	r.ring.Close() // after an error, to take no more
	for len(r.ring.Next()) > 0 {
		// What still waits for the disk would take the room of requests for ever.
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		r.mutex.Lock()
		defer r.mutex.Unlock()
		r.err = fmt.Errorf("the record ends here, the server goes on: %w", err)
	}
}

func (r *Record) writeTo(file io.Writer) error {
	out := bufio.NewWriterSize(file, 64<<10)
	for {
		events := r.ring.Next()
		if len(events) == 0 {
			return nil
		}
		for _, event := range events {
			if dropped, is := event.(server.Dropped); is {
				r.mutex.Lock()
				r.missing.Count += dropped.Count
				r.missing.Requests += dropped.Requests
				r.mutex.Unlock()
			}
			if err := (JSON{out}).Write(event); err != nil {
				return err
			}
		}
		// Next may wait for long, and what is known by then shall be there.
		if err := out.Flush(); err != nil {
			return err
		}
	}
}

// Write records an event. It never waits, and many goroutines may call it.
//
// When the disk is full or a write fails, the record ends, and the next Write or
// Close returns the reason: once. From then on Write does nothing.
func (r *Record) Write(event server.Event) error {
	r.ring.Observe(event)
	return r.reason()
}

// Room tells whether there is room for another request. It is a Server's Watch:
// a record that has whole requests is worth more than one that has parts of all.
func (r *Record) Room() bool { return r.ring.Room() }

// Missing returns how many events were lost so far, and how many requests passed
// over, because the disk was slower than the server.
func (r *Record) Missing() (events, requests int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.missing.Count, r.missing.Requests
}

// Close writes what is left and closes the file. Its error is the one that ended
// the record, unless a Write has returned it.
func (r *Record) Close() error {
	r.ring.Close()
	<-r.done
	return r.reason()
}

// reason returns what ended the record, once.
func (r *Record) reason() error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	err := r.err
	r.err = nil
	return err
}

// Open reads the record at path, as ReadAll does.
func Open(path string, each func(server.Event) error) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("the record %q cannot be opened: %w", path, withoutPath(err))
	}
	defer file.Close()
	if err := ReadAll(file, each); err != nil {
		return fmt.Errorf("the record %q: %w", path, err)
	}
	return nil
}

// ReadAll calls each for the events of a record, in their order. It stops at an
// error of each, and at a line that is broken or ends in the middle, as the last
// one does when the disk was full or the server was killed; the error tells its
// number. The events before it stand: each has had them.
func ReadAll(r io.Reader, each func(server.Event) error) error {
	return readLines(r, maxRecordLine, each)
}

func readLines(r io.Reader, longest int, each func(server.Event) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longest)
	lines.Split(withLineEnd)
	number := 0
	for lines.Scan() {
		number++
		event, err := Read(lines.Bytes())
		if err == nil {
			err = plausible(event)
		}
		switch {
		case err == nil:
			if err := each(event); err != nil {
				return err
			}
		case lines.Err() != nil:
			number-- // cut short by the error below
		case !bytes.HasSuffix(lines.Bytes(), []byte("\n")):
			return fmt.Errorf("line %d ends in the middle, and is left out: the writing was cut off there", number)
		default:
			return fmt.Errorf("line %d is broken, and the record is read up to there: %w", number, err)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("line %d has more than %d bytes, and no event has", number+1, longest)
	case err != nil:
		return fmt.Errorf("behind line %d it cannot be read: %w", number, withoutPath(err))
	}
	return nil
}

// withLineEnd is a bufio.SplitFunc that lets a half line be told from a whole one.
func withLineEnd(data []byte, atEOF bool) (int, []byte, error) {
	end := bytes.IndexByte(data, '\n') + 1
	if end == 0 && atEOF {
		end = len(data)
	}
	if end == 0 {
		return 0, nil, nil // more has to come
	}
	return end, data[:end], nil
}

// plausible refuses an event that no server tells. A record may be a stranger's,
// and whoever shows it counts with its numbers.
func plausible(event server.Event) error {
	switch e := event.(type) {
	case server.Received:
		return atLeast(len(e.Bytes), e.Size)
	case server.Sent:
		return atLeast(len(e.Bytes), e.Size)
	case server.Passed:
		if e.Step < 1 || e.Step > 10 {
			return fmt.Errorf("trace: there is no step %d", e.Step)
		}
		if e.Framing != nil {
			return atLeast(0, e.Framing.Length)
		}
	case server.InputRead:
		return atLeast(0, e.Size)
	case server.Chunk:
		return atLeast(0, e.Size)
	case server.Worked:
		return atLeast(0, e.Size)
	case server.Ended:
		if err := atLeast(0, e.In); err != nil {
			return err
		}
		return atLeast(0, e.Out)
	case server.Dropped:
		return atLeast(0, e.Count)
	}
	return nil
}

// atLeast refuses a size below what is known, or beyond all bounds, so that sums
// of sizes stay numbers.
func atLeast[N int | int64](known int, size N) error {
	if int64(size) < int64(known) || int64(size) > 1<<50 {
		return fmt.Errorf("trace: a size of %d cannot be", size)
	}
	return nil
}

// withoutPath returns the reason in an error of a file whose name is told anyway.
func withoutPath(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
