package response_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
		{"a small part goes with its head", get, "5", "", text[:5], 0, response.ErrSurplus},
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
				return wsgi.File{ReadCloser: opened}
			})
			if !errors.Is(err, test.err) {
				t.Errorf("error %v, want %v", err, test.err)
			}
			if want := head + "Content-Length: " + test.length + "\r\n" + ours + "\r\n" + test.want; out.String() != want {
				t.Errorf("sent %d bytes, %.200q…, want %d, %.200q…", out.Len(), out.String(), len(want), want)
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

// Without a length the file comes in chunks, each with its size.
func TestFileWithoutLength(t *testing.T) {
	var out copier
	w := newWriter(&out.conn, get, v11)
	w.Conn = &out
	file := wsgi.File{ReadCloser: io.NopCloser(strings.NewReader("hello")), BlockSize: 3}
	if _, err := respond(w, ok(nil, file)); err != nil {
		t.Fatal(err)
	}
	checkSent(t, &out.conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"+ours+"\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n")
	if out.copied != 0 {
		t.Errorf("the connection took %d bytes by itself, want 0", out.copied)
	}
}

// A file that cannot be read is the application's failure, a client that is gone
// is nobody's.
func TestFileThatFails(t *testing.T) {
	directory, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var out conn
	_, err = respond(newWriter(&out, get, v11), ok(length("65536"), wsgi.File{ReadCloser: directory}))
	if err == nil || errors.Is(err, response.ErrGone) {
		t.Errorf("a directory cannot be read: %v, want its own error", err)
	}

	gone := conn{max: 1000}
	w := newWriter(&gone, get, v11)
	w.Conn = struct{ io.Writer }{&gone}
	zeros := io.NopCloser(strings.NewReader(strings.Repeat("0", 65536)))
	if _, err = respond(w, ok(length("65536"), wsgi.File{ReadCloser: zeros})); !errors.Is(err, response.ErrGone) {
		t.Errorf("the client takes no more: %v, want ErrGone", err)
	}

	var none conn
	if _, err = respond(newWriter(&none, get, v11), ok(length("65536"), wsgi.File{ReadCloser: io.NopCloser(strings.NewReader(""))})); !errors.Is(err, response.ErrShort) {
		t.Errorf("an empty file: %v, want ErrShort", err)
	}
}
