package wsgi_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	wsgi "barewire/steps/06_wsgi"
)

var errBoom = errors.New("boom")

// take ranges over a body and copies its chunks. It stops after max of them,
// or after an error.
func take(body wsgi.Body, max int) (chunks []string, err error) {
	for chunk, err := range body.Chunks {
		if err != nil {
			return chunks, err
		}
		if chunks = append(chunks, string(chunk)); len(chunks) == max {
			break
		}
	}
	return chunks, nil
}

const all = -1

func TestBodies(t *testing.T) {
	three := wsgi.List{[]byte("one"), nil, []byte("three")}
	count := wsgi.Stream(func(yield func([]byte, error) bool) {
		for _, chunk := range []string{"1", "2", "3"} {
			if !yield([]byte(chunk), nil) {
				return
			}
		}
	})
	breaks := wsgi.Stream(func(yield func([]byte, error) bool) {
		if yield([]byte("half"), nil) {
			yield(nil, errBoom)
		}
	})
	tests := []struct {
		name string
		body wsgi.Body
		max  int
		want []string
		err  error
	}{
		{"Text is one chunk", wsgi.Text("hello"), all, []string{"hello"}, nil},
		{"Text, empty, is one empty chunk", wsgi.Text(""), all, []string{""}, nil},
		{"Text keeps every byte", wsgi.Text("\x00\xff\r\n"), all, []string{"\x00\xff\r\n"}, nil},
		{"List, nil", wsgi.List(nil), all, nil, nil},
		{"List yields in order, empty chunks too", three, all, []string{"one", "", "three"}, nil},
		{"List stops when it is told to", three, 1, []string{"one"}, nil},
		{"List begins again", three, all, []string{"one", "", "three"}, nil},
		{"Stream is its function", count, all, []string{"1", "2", "3"}, nil},
		{"Stream stops when it is told to", count, 2, []string{"1", "2"}, nil},
		{"Stream hands on an error", breaks, all, []string{"half"}, errBoom},
		{"Fail is an error and no chunk", wsgi.Fail(errBoom), all, nil, errBoom},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := take(test.body, test.max)
			if !slices.Equal(got, test.want) || err != test.err {
				t.Errorf("chunks = %q, %v, want %q, %v", got, err, test.want, test.err)
			}
			if err := test.body.Close(); err != nil {
				t.Errorf("Close() = %v, want nil", err)
			}
		})
	}
}

// A server learns from Len that a chunk is the whole body. So it counts chunks,
// and a body that does not know must not have it.
func TestLen(t *testing.T) {
	tests := []struct {
		name string
		body wsgi.Body
		want int
	}{
		{"Text", wsgi.Text("five bytes"), 1},
		{"List of none", wsgi.List{}, 0},
		{"List of two", wsgi.List{[]byte("one"), []byte("two")}, 2},
		{"List counts empty chunks", wsgi.List{nil, []byte("one")}, 2},
		{"Stream does not know", wsgi.Stream(nil), -1},
		{"File does not know", wsgi.File{}, -1},
		{"Fail does not know", wsgi.Fail(errBoom), -1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := -1
			if list, ok := test.body.(interface{ Len() int }); ok {
				got = list.Len()
			}
			if got != test.want {
				t.Errorf("Len() = %d, want %d (-1: it has none)", got, test.want)
			}
		})
	}
}

// file is an open file that counts how often it is closed.
type file struct {
	io.Reader
	closed int
}

func (f *file) Close() error {
	f.closed++
	return errBoom
}

func TestFile(t *testing.T) {
	text := "0123456789"
	tests := []struct {
		name  string
		bytes io.Reader
		block int
		max   int
		want  []string
		err   error
	}{
		{"blocks and a rest", strings.NewReader(text), 4, all, []string{"0123", "4567", "89"}, nil},
		{"blocks without a rest", strings.NewReader(text), 5, all, []string{"01234", "56789"}, nil},
		{"one block is enough", strings.NewReader(text), 100, all, []string{text}, nil},
		{"an empty file", strings.NewReader(""), 4, all, nil, nil},
		{"a file that comes byte by byte", iotest.OneByteReader(strings.NewReader("abc")), 4, all, []string{"a", "b", "c"}, nil},
		{"the last block together with the end", iotest.DataErrReader(strings.NewReader(text)), 4, all, []string{"0123", "4567", "89"}, nil},
		{"block size 0 is a good size", strings.NewReader(text), 0, all, []string{text}, nil},
		{"block size -1 too", strings.NewReader(text), -1, all, []string{text}, nil},
		{"a read that fails", io.MultiReader(strings.NewReader("0123"), iotest.ErrReader(errBoom)), 4, all, []string{"0123"}, errBoom},
		{"stopped at the first block", strings.NewReader(text), 4, 1, []string{"0123"}, nil},
		{"stopped at the last block", strings.NewReader(text), 4, 3, []string{"0123", "4567", "89"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := &file{Reader: test.bytes}
			body := wsgi.File{Reader: file, Closer: file, BlockSize: test.block}
			got, err := take(body, test.max)
			if !slices.Equal(got, test.want) || err != test.err {
				t.Errorf("chunks = %q, %v, want %q, %v", got, err, test.want, test.err)
			}
			if file.closed != 0 {
				t.Error("Chunks closed the file; that is left to Close")
			}
			if err := body.Close(); err != errBoom || file.closed != 1 {
				t.Errorf("Close() = %v and closed the file %d times, want its error, and once", err, file.closed)
			}
		})
	}
}

// A File goes on from where the file stands, as sendfile does.
func TestFileFromWhereItStands(t *testing.T) {
	bytes := strings.NewReader("0123456789")
	if _, err := bytes.Seek(7, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	got, err := take(wsgi.File{Reader: bytes, BlockSize: 100}, all)
	if want := []string{"789"}; !slices.Equal(got, want) || err != nil {
		t.Errorf("chunks = %q, %v, want %q", got, err, want)
	}
}
