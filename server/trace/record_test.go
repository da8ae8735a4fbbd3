package trace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"barewire/server"

	"github.com/google/go-cmp/cmp"
)

// served are the events of one request.
func served() []server.Event {
	place := server.Place{Conn: 1, Request: 1, At: time.Date(2026, 3, 31, 12, 54, 48, 0, time.UTC)}
	head := server.Bytes("GET /\xff HTTP/1.0\r\n\r\n")
	return []server.Event{
		server.Opened{Place: server.Place{Conn: 1, At: place.At}, Client: server.Endpoint{Host: "::1", Port: "53124"}},
		server.Received{Place: place, Bytes: head, Size: len(head)},
		server.Passed{Place: place, Step: 2, Name: "read", Head: head},
		server.Sent{Place: place, Bytes: server.Bytes("HTTP/1.1 200 OK\r\n\r\n\x00\x1b[2J"), Size: 1 << 20},
		server.Ended{Place: place, In: int64(len(head)), Out: 1 << 20, Took: time.Second},
		server.Gone{Place: server.Place{Conn: 1, At: place.At}},
	}
}

// readBack returns the events that ReadAll finds, and its error.
func readBack(r io.Reader) (events []server.Event, err error) {
	err = ReadAll(r, func(event server.Event) error {
		events = append(events, event)
		return nil
	})
	return events, err
}

func lines(t *testing.T, events ...server.Event) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, event := range events {
		if err := (JSON{&out}).Write(event); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// says fails when an error is not the one sentence that it should be.
func says(t *testing.T, err error, want string) {
	t.Helper()
	if got := fmt.Sprint(err); got != want {
		t.Errorf("got the error\n%s\nwant\n%s", got, want)
	}
}

func TestRecordHoldsWhatWasWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.trace")
	record, err := NewRecord(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range served() {
		if err := record.Write(event); err != nil {
			t.Error(err)
		}
	}
	if err := record.Close(); err != nil {
		t.Error(err)
	}
	var events []server.Event
	if err := Open(path, func(event server.Event) error { events = append(events, event); return nil }); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(served(), events); diff != "" {
		t.Errorf("written and read back (-want +got):\n%s", diff)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 {
		t.Errorf("the file has mode %v, others can read the passwords in it", info.Mode())
	}
	says(t, record.Write(served()[0]), "<nil>")
	says(t, record.Close(), "<nil>")
}

func TestRecordThatCannotBeMade(t *testing.T) {
	folder := t.TempDir()
	kept := filepath.Join(folder, "kept")
	if err := os.WriteFile(kept, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(folder, "no", "such")
	tests := []struct{ name, path, want string }{
		{"a file that exists", kept, fmt.Sprintf("the record %q exists already and is not written over: choose another name, or remove it", kept)},
		{"a folder that does not", missing, fmt.Sprintf("the record %q cannot be made: no such file or directory", missing)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := NewRecord(test.path)
			says(t, err, test.want)
		})
	}
	if b, err := os.ReadFile(kept); string(b) != "precious" {
		t.Errorf("the file that existed holds %q, %v", b, err)
	}
}

// A disk takes so many bytes. Each write is shown to whoever waits for it.
type disk struct {
	room    int
	err     error         // of Close
	stuck   chan struct{} // a write waits until it is closed; nil: not at all
	written chan []byte   // nil: nobody waits
	closed  bool
}

func (d *disk) Write(p []byte) (int, error) {
	if d.stuck != nil {
		<-d.stuck
	}
	n := min(len(p), d.room)
	d.room -= n
	if d.written != nil {
		d.written <- bytes.Clone(p[:n])
	}
	if n < len(p) {
		return n, &fs.PathError{Op: "write", Path: "a.trace", Err: syscall.ENOSPC}
	}
	return n, nil
}

func (d *disk) Close() error {
	d.closed = true
	return d.err
}

const full = "the record ends here, the server goes on: write a.trace: no space left on device"

func TestRecordOnAFullDisk(t *testing.T) {
	d := &disk{room: 100}
	record := startRecord(d, 1<<20)
	var told []error
	for _, event := range served() {
		told = append(told, record.Write(event)) // which one tells depends on the disk's speed
	}
	told = append(told, record.Close(), record.Close())
	if err := errors.Join(told...); err == nil || err.Error() != full {
		t.Errorf("got %v, want, once, %s", told, full)
	}
	if !d.closed {
		t.Error("the file was not closed")
	}
}

// TestRecordTellsOnce lets the disk fill up first, and goes on writing.
func TestRecordTellsOnce(t *testing.T) {
	record := startRecord(&disk{room: 100}, 1<<20)
	record.ring.Observe(served()[1])
	record.ring.Observe(served()[2])
	<-record.done
	says(t, record.Write(served()[3]), full)
	for range 3 {
		says(t, record.Write(served()[3]), "<nil>")
	}
	says(t, record.Close(), "<nil>")
}

// TestRecordThatEndedHasRoom lets the disk be slow first, and then full. Whoever else
// watches is told of each request again: it is no longer the record that needs room.
func TestRecordThatEndedHasRoom(t *testing.T) {
	d := &disk{room: 10, written: make(chan []byte), stuck: make(chan struct{})}
	record := startRecord(d, 1<<20)
	says(t, record.Write(served()[0]), "<nil>")
	d.stuck <- struct{}{} // it writes, and waits until somebody looks
	large := served()[1].(server.Received)
	large.Bytes = bytes.Repeat([]byte("x"), 64<<10)
	for record.Room() {
		says(t, record.Write(large), "<nil>")
	}
	<-d.written
	<-record.done
	if !record.Room() {
		t.Error("the record has ended, and waits for room")
	}
}

func TestRecordThatCannotBeClosed(t *testing.T) {
	record := startRecord(&disk{room: 1 << 20, err: errors.New("the network drive is gone")}, 1<<20)
	says(t, record.Write(served()[0]), "<nil>")
	says(t, record.Close(), "the record ends here, the server goes on: the network drive is gone")
}

// TestRecordIsFlushedWhenIdle sees an event on the disk while the record is open.
func TestRecordIsFlushedWhenIdle(t *testing.T) {
	d := &disk{room: 1 << 20, written: make(chan []byte)}
	record := startRecord(d, 1<<20)
	for _, event := range served() {
		says(t, record.Write(event), "<nil>")
		if got, want := string(<-d.written), string(lines(t, event)); got != want {
			t.Errorf("on the disk there is\n%swant\n%s", got, want)
		}
	}
	says(t, record.Close(), "<nil>")
}

// TestRecordNeverWaits writes more than there is room for while the disk is
// stuck. What was dropped is told in the file.
func TestRecordNeverWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.trace")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	d := &disk{room: 1 << 40, stuck: make(chan struct{})}
	record := startRecord(struct {
		io.Writer
		io.Closer
	}{io.MultiWriter(d, file), file}, 1<<20)
	large := served()[1].(server.Received)
	large.Bytes = bytes.Repeat([]byte("x"), 64<<10)
	large.Size = len(large.Bytes)
	const writers, each = 8, 10 // 5 MB for 1
	var all sync.WaitGroup
	for range writers {
		all.Add(1)
		go func() {
			defer all.Done()
			for range each {
				if err := record.Write(large); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	all.Wait()
	if record.Room() {
		t.Error("the disk is stuck, and there is room for more requests")
	}
	close(d.stuck)
	says(t, record.Close(), "<nil>")
	kept, dropped := 0, 0
	err = Open(path, func(event server.Event) error {
		switch event := event.(type) {
		case server.Received:
			kept++
		case server.Dropped:
			dropped += event.Count
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if dropped == 0 || kept+dropped != writers*each {
		t.Errorf("of %d events the record has %d, and says that %d were dropped", writers*each, kept, dropped)
	}
	if events, requests := record.Missing(); events != dropped || requests != 1 {
		t.Errorf("Missing() = %d, %d, want %d, 1", events, requests, dropped)
	}
}

// TestReadAllOfAHalfRecord cuts a record at every byte.
func TestReadAllOfAHalfRecord(t *testing.T) {
	record, events := lines(t, served()...), served()
	for size := range len(record) {
		whole, rest := 0, record[:size]
		if end := bytes.LastIndexByte(rest, '\n'); end >= 0 {
			whole, rest = bytes.Count(rest, []byte("\n")), rest[end+1:]
		}
		want := fmt.Sprintf("line %d ends in the middle, and is left out: the writing was cut off there", whole+1)
		switch {
		case len(rest) == 0:
			want = "<nil>"
		case record[size] == '\n':
			whole, want = whole+1, "<nil>" // all but the line end
		}
		got, err := readBack(iotest.OneByteReader(bytes.NewReader(record[:size])))
		says(t, err, want)
		if diff := cmp.Diff(events[:whole], append([]server.Event{}, got...)); diff != "" {
			t.Fatalf("of the first %d bytes (-want +got):\n%s", size, diff)
		}
	}
}

func TestReadAllOfABrokenRecord(t *testing.T) {
	first := string(lines(t, served()[0]))
	tests := []struct{ name, line, want string }{
		{"no JSON", "hello", "trace: invalid character 'h' looking for beginning of value"},
		{"an empty line", "", "trace: unexpected end of JSON input"},
		{"no event", `{"event":"\u001b[2J"}`, `trace: "\x1b[2J" is no event`},
		{"an eleventh step", `{"event":"passed","step":11}`, "trace: there is no step 11"},
		{"a step before the first", `{"event":"passed","step":0}`, "trace: there is no step 0"},
		{"a body of negative length", `{"event":"passed","step":5,"framing":{"length":-1}}`, "trace: a size of -1 cannot be"},
		{"a read smaller than its bytes", `{"event":"received","bytes":"abc","size":2}`, "trace: a size of 2 cannot be"},
		{"a write beyond all bounds", `{"event":"sent","bytes":"abc","size":9000000000000000000}`, "trace: a size of 9000000000000000000 cannot be"},
		{"a negative read of wsgi.input", `{"event":"input_read","size":-1}`, "trace: a size of -1 cannot be"},
		{"a negative chunk", `{"event":"chunk","size":-1}`, "trace: a size of -1 cannot be"},
		{"a negative message of a worker", `{"event":"worked","size":-1}`, "trace: a size of -1 cannot be"},
		{"a negative request", `{"event":"ended","in":-1}`, "trace: a size of -1 cannot be"},
		{"a negative answer", `{"event":"ended","out":-1}`, "trace: a size of -1 cannot be"},
		{"fewer than none dropped", `{"event":"dropped","count":-1}`, "trace: a size of -1 cannot be"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			events, err := readBack(strings.NewReader(first + test.line + "\n" + first))
			says(t, err, "line 2 is broken, and the record is read up to there: "+test.want)
			if len(events) != 1 {
				t.Errorf("got %d events, want the one before", len(events))
			}
		})
	}
}

// TestLinesAreBounded reads a line that does not end.
func TestLinesAreBounded(t *testing.T) {
	endless := io.MultiReader(bytes.NewReader(lines(t, served()[0])), forever{})
	events := 0
	err := readLines(endless, 1<<20, func(server.Event) error { events++; return nil })
	says(t, err, "line 2 has more than 1048576 bytes, and no event has")
	if events != 1 {
		t.Errorf("got %d events, want the one before", events)
	}
}

// TestLongestLine records an event of the bytes that take most in JSON.
func TestLongestLine(t *testing.T) {
	event := served()[1].(server.Received)
	event.Bytes = make(server.Bytes, 64<<10)
	event.Size = len(event.Bytes)
	if size, bound := len(lines(t, event)), maxRecordLine/recordRing*len(event.Bytes); size > bound {
		t.Errorf("%d bytes in JSON are %d, want at most %d", len(event.Bytes), size, bound)
	}
}

type forever struct{}

var xs = bytes.Repeat([]byte("x"), 1<<20)

func (forever) Read(p []byte) (int, error) {
	return copy(p, xs), nil
}

func TestReadAllOfABadDisk(t *testing.T) {
	record := lines(t, served()[:2]...)
	bad := iotest.ErrReader(&fs.PathError{Op: "read", Path: "a.trace", Err: syscall.EIO})
	for name, good := range map[string][]byte{"at the end of a line": record, "inside one": append(record[:len(record):len(record)], `{"ev`...)} {
		t.Run(name, func(t *testing.T) {
			events, err := readBack(io.MultiReader(bytes.NewReader(good), bad))
			says(t, err, "behind line 2 it cannot be read: input/output error")
			if diff := cmp.Diff(served()[:2], events); diff != "" {
				t.Errorf("the events before (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadAllStopsWhenTold(t *testing.T) {
	enough := errors.New("enough")
	calls := 0
	err := ReadAll(bytes.NewReader(lines(t, served()...)), func(server.Event) error {
		if calls++; calls == 2 {
			return enough
		}
		return nil
	})
	if err != enough || calls != 2 {
		t.Errorf("ReadAll = %v after %d calls", err, calls)
	}
}

func TestOpenOfNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none")
	says(t, Open(path, nil), fmt.Sprintf("the record %q cannot be opened: no such file or directory", path))
}
