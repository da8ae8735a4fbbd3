package wsgi

import "io"

// A Body is what an application returns: chunks, one after another. The server
// sends each before it asks for the next, and calls Close exactly once when it
// is done, be it after the last chunk, after an error, because the client is
// gone, or because HEAD wants none of them.
type Body interface {
	// Chunks is itself the iterator: for chunk, err := range body.Chunks. It
	// stops when yield returns false, and yields at most one error, last.
	Chunks(yield func(chunk []byte, err error) bool)
	Close() error
}

// Text is a Body of one chunk.
func Text(text string) Body { return List{[]byte(text)} }

// A List is a Body of chunks that are there already.
type List [][]byte

// Chunks yields one chunk after another.
func (l List) Chunks(yield func([]byte, error) bool) {
	for _, chunk := range l {
		if !yield(chunk, nil) {
			return
		}
	}
}

// Close does nothing.
func (l List) Close() error { return nil }

// Len returns the number of chunks, Python's len(). Of one chunk a server knows
// that its length is the length of the body.
func (l List) Len() int { return len(l) }

// A Stream is a Body made by a function that yields each chunk when it has it.
// It is what a generator is in Python.
type Stream func(yield func(chunk []byte, err error) bool)

// Chunks calls the function.
func (s Stream) Chunks(yield func([]byte, error) bool) { s(yield) }

// Close does nothing: what the function opens, it closes before it returns.
func (s Stream) Close() error { return nil }

// Fail is a Body that yields only an error, which is how an application says
// that it could not do its work.
func Fail(err error) Body {
	return Stream(func(yield func([]byte, error) bool) { yield(nil, err) })
}

// A FileWrapper makes a Body of an open file, which the Body closes. A server may
// send such a Body by itself; this one asks it for its chunks, like any other.
type FileWrapper func(file io.ReadCloser, blockSize int) Body

// A File is the Body that wsgi.file_wrapper makes. What is read and what is closed
// are two, so that middleware can wait for Close and leave the file as it is: a
// server looks into Reader for an *os.File, which it may send by itself.
type File struct {
	io.Reader
	io.Closer
	BlockSize int // bytes of a chunk, 0 for a good size
}

// goodSize needs few reads for a large file, and little memory.
const goodSize = 64 << 10

// Chunks yields the file, from where it stands, block by block.
func (f File) Chunks(yield func([]byte, error) bool) {
	size := f.BlockSize
	if size <= 0 {
		size = goodSize
	}
	block := make([]byte, size)
	for {
		n, err := f.Read(block)
		if n > 0 && !yield(block[:n], nil) {
			return
		}
		if err != nil {
			if err != io.EOF {
				yield(nil, err)
			}
			return
		}
	}
}
