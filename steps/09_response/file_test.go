package response_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	wsgi "barewire/steps/06_wsgi"
	response "barewire/steps/09_response"
)

// A copier is a connection that takes bytes from a file by itself, as a TCP
// connection does.
type copier struct {
	conn
	copied int64
}

func (c *copier) ReadFrom(r io.Reader) (int64, error) {
	n, err := io.Copy(struct{ io.Writer }{&c.conn}, r)
	c.copied += n
	return n, err
}

// A file of many bytes is left to the connection; one of a few goes with its
// head. What the client gets is the same.
func TestFile(t *testing.T) {
	text := strings.Repeat("0123456789abcdef", 4<<10) // 64 KiB
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	head := "HTTP/1.1 200 OK\r\n"
	tests := []struct {
		name, method, length string
		written              string // by the application, before
		want                 string // behind Date and Server
		copied               int64
		err                  error
	}{
		{"a whole file", get, "65536", "", text, 65536, nil},
		{"what stands behind its length is left out", get, "60000", "", text[:60000], 60000, nil},
		{"of a file that is too short all is sent", get, "65537", "", text, 65536, response.ErrShort},
		{"behind what was written, what is left of the length", get, "65536", "first", "first" + text[:65531], 65531, nil},
		{"HEAD wants none of it", "HEAD", "65536", "", "", 0, nil},
		{"a small part goes with its head", get, "5", "", text[:5], 0, nil},
		{"a small part, behind what was written", get, "7", "first", "first" + text[:2], 0, nil},
		{"a small part of which all was written", get, "5", "first", "first", 0, nil},
		{"none of it was declared", get, "0", "", "", 0, nil},
		{"HEAD of a small part", "HEAD", "5", "", "", 0, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out copier
			w := newWriter(&out.conn, test.method, v11)
			w.Conn = &out
			opened, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = respond(w, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				write := start("200 OK", length(test.length))
				if err := write([]byte(test.written)); err != nil {
					t.Error(err)
				}
				return wsgi.File{Reader: opened, Closer: opened}
			})
			if !errors.Is(err, test.err) {
				t.Errorf("error %v, want %v", err, test.err)
			}
			if want := head + "Content-Length: " + test.length + "\r\n" + ours + "\r\n" + test.want; out.String() != want {
				t.Errorf("sent %s", unlike(out.String(), want))
			}
			if out.copied != test.copied {
				t.Errorf("the connection took %d bytes from the file, want %d", out.copied, test.copied)
			}
			if _, err := opened.Read(nil); !errors.Is(err, os.ErrClosed) {
				t.Errorf("the file is not closed: %v", err)
			}
			if whole := test.err != response.ErrShort; w.Whole != whole {
				t.Errorf("Whole = %v, want %v", w.Whole, whole)
			}
		})
	}
}

// unlike says where two long texts begin to differ, and what stands there.
func unlike(got, want string) string {
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	return fmt.Sprintf("%d bytes, want %d; from byte %d on they are %.40q, want %.40q", len(got), len(want), at+1, got[at:], want[at:])
}

// Without a length the file comes in chunks, each with its size.
func TestFileWithoutLength(t *testing.T) {
	var out copier
	w := newWriter(&out.conn, get, v11)
	w.Conn = &out
	file := wsgi.File{Reader: strings.NewReader("hello"), Closer: io.NopCloser(nil), BlockSize: 3}
	if _, err := respond(w, ok(nil, file)); err != nil {
		t.Fatal(err)
	}
	checkSent(t, &out.conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"+ours+"\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n")
	if out.copied != 0 {
		t.Errorf("the connection took %d bytes by itself, want 0", out.copied)
	}
}

// A small file has the same freedom as a large one, and the same duty.
func TestSmallFile(t *testing.T) {
	for _, test := range []struct {
		name, length, want string
		err                error
	}{
		{"more than was declared", "5", "hello", nil},
		{"less than was declared", "50", "hello, world", response.ErrShort},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out conn
			file := wsgi.File{Reader: strings.NewReader("hello, world"), Closer: io.NopCloser(nil), BlockSize: 3}
			_, err := respond(newWriter(&out, get, v11), ok(length(test.length), file))
			if !errors.Is(err, test.err) {
				t.Errorf("error %v, want %v", err, test.err)
			}
			checkSent(t, &out, "HTTP/1.1 200 OK\r\nContent-Length: "+test.length+"\r\n"+ours+"\r\n"+test.want)
		})
	}
}

// A system takes a file as a kernel does, and fails with one error for both, the
// file and the client.
type system struct {
	conn
	err error
}

func (s *system) ReadFrom(io.Reader) (int64, error) { return 0, s.err }

// A file that cannot be read is the application's failure, a client that is gone
// is nobody's.
func TestFileThatFails(t *testing.T) {
	sendfile := func(number error) error {
		return &net.OpError{Op: "readfrom", Net: "tcp", Err: os.NewSyscallError("sendfile", number)}
	}
	for _, test := range []struct {
		name string
		err  error
		gone bool
	}{
		{"the client reads no more", sendfile(syscall.EPIPE), true},
		{"the client has left", sendfile(syscall.ECONNRESET), true},
		{"the client's machine is silent", sendfile(syscall.ETIMEDOUT), true},
		{"the client is too slow", &net.OpError{Op: "readfrom", Net: "tcp", Err: os.ErrDeadlineExceeded}, true},
		{"the connection was closed", &net.OpError{Op: "readfrom", Net: "tcp", Err: net.ErrClosed}, true},
		{"a pipe to a parent that has left", &fs.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}, true},
		{"an error of who knows what connection", errBoom, true},
		{"the disk is broken", sendfile(syscall.EIO), false},
		{"the disk is broken, and we read ourselves", &fs.PathError{Op: "read", Path: "file", Err: syscall.EIO}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			file, err := os.Open(os.DevNull)
			if err != nil {
				t.Fatal(err)
			}
			w := newWriter(nil, get, v11)
			w.Conn = &system{err: test.err}
			_, err = respond(w, ok(length("65536"), wsgi.File{Reader: file, Closer: file}))
			if !errors.Is(err, test.err) || errors.Is(err, response.ErrGone) != test.gone {
				t.Errorf("error %v, want %v, as ErrGone: %v", err, test.err, test.gone)
			}
		})
	}

	directory, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var out conn
	_, err = respond(newWriter(&out, get, v11), ok(length("65536"), wsgi.File{Reader: directory, Closer: directory}))
	if err == nil || errors.Is(err, response.ErrGone) {
		t.Errorf("a directory cannot be read: %v, want its own error", err)
	}

	// What is no file of the system fails in its own words.
	broken := wsgi.File{Reader: iotest.ErrReader(errBoom), Closer: io.NopCloser(nil)}
	_, err = respond(newWriter(&out, get, v11), ok(length("65536"), broken))
	if !errors.Is(err, errBoom) || errors.Is(err, response.ErrGone) {
		t.Errorf("a reader that fails: %v, want %v and not ErrGone", err, errBoom)
	}

	gone := conn{max: 1000}
	w := newWriter(&gone, get, v11)
	zeros := wsgi.File{Reader: strings.NewReader(strings.Repeat("0", 65536)), Closer: io.NopCloser(nil)}
	if _, err = respond(w, ok(length("65536"), zeros)); !errors.Is(err, response.ErrGone) {
		t.Errorf("the client takes no more: %v, want ErrGone", err)
	}

	empty, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = respond(newWriter(new(conn), get, v11), ok(length("65536"), wsgi.File{Reader: empty, Closer: empty})); !errors.Is(err, response.ErrShort) {
		t.Errorf("an empty file: %v, want ErrShort", err)
	}
}
