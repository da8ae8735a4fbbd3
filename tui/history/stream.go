package history

import (
	"time"

	"barewire/server"
)

// A Stream is what went one way.
type Stream struct {
	Bytes  []byte // the first of them; all, unless Size says more
	Size   int64
	Pieces []Piece
}

// A Piece is what one read or one write took.
type Piece struct {
	From, Size int64 // bytes of the stream
	At         time.Time
	File       bool // the kernel took it from a file
}

// Request returns what the client sent, and in which reads it arrived. What
// belongs to the next request is left out once the end is known.
func (x *Exchange) Request() Stream {
	s := x.arrived()
	if x.Done && s.Size > x.In && !x.Gap {
		s.cut(x.In)
	}
	return s
}

// arrived returns what has arrived so far.
func (x *Exchange) arrived() (s Stream) {
	if len(x.Carried) > 0 {
		s.add(x.Carried, len(x.Carried), x.Began, false)
	}
	for _, event := range x.Events {
		if received, is := event.(server.Received); is {
			s.add(received.Bytes, received.Size, received.At, false)
		}
	}
	return s
}

// Answer returns what the server sent, and in which writes.
func (x *Exchange) Answer() Stream {
	var s Stream
	for _, event := range x.Events {
		if sent, is := event.(server.Sent); is {
			s.add(sent.Bytes, sent.Size, sent.At, sent.File)
		}
	}
	return s
}

func (s *Stream) add(b []byte, size int, at time.Time, file bool) {
	s.Pieces = append(s.Pieces, Piece{s.Size, int64(size), at, file})
	if int64(len(s.Bytes)) == s.Size { // behind a gap, nothing can be joined
		s.Bytes = append(s.Bytes, b...)
	}
	s.Size += int64(size)
}

// cut shortens the stream to a size.
func (s *Stream) cut(size int64) {
	s.Size = size
	s.Bytes = s.Bytes[:min(int64(len(s.Bytes)), size)]
	for i := range s.Pieces {
		piece := &s.Pieces[i]
		if piece.From >= size {
			s.Pieces = s.Pieces[:i]
			return
		}
		piece.Size = min(piece.Size, size-piece.From)
	}
}
