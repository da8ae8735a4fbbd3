package response

import (
	"bytes"
	"io"
	"time"
	"unicode/utf8"

	wsgi "barewire/steps/06_wsgi"
	call "barewire/steps/08_call"
)

// A sender is what takes the chunks to the Writer.
type sender = func(answer *call.Answer, chunk []byte) error

// Excess ends each body with some more line ends, to be on the safe side. No
// length counts these twelve bytes. The client shows the answer and keeps the
// connection; then the next answer begins with them, and is none.
func Excess(w *Writer, answer *call.Answer, send sender) error {
	if err := w.Body(answer, send); err != nil {
		return err
	}
	_, err := io.WriteString(w.Conn, "\r\n\r\n\r\n\r\n\r\n\r\n")
	return err
}

// RunesAsBytes takes the number of characters for the length, as len(text) does
// in Python before the text is encoded. In English it works. Each é costs a byte at
// the end of the page, and that byte stands in front of the next answer.
func RunesAsBytes(w *Writer, answer *call.Answer, send sender) error {
	list, isList := answer.Body.(interface{ Len() int })
	if !isList || list.Len() != 1 || answer.Length >= 0 {
		return w.Body(answer, send)
	}
	defer answer.Body.Close()
	for chunk, err := range answer.Body.Chunks {
		if err != nil {
			return err
		}
		head, err := w.appendHead(w.Buf[:0], answer, int64(utf8.RuneCount(chunk)))
		if err != nil {
			return err
		}
		if err := w.write(head, nil, nil); err != nil {
			return err
		}
		w.left = int64(len(chunk)) // so that Send lets all of it pass
		if err := send(answer, chunk); err != nil {
			return err
		}
	}
	w.Whole = true
	return nil
}

// MissingLastChunk sends chunk by chunk and is done. Nothing says that the body is
// over: curl has all of it on the screen, and waits.
func MissingLastChunk(w *Writer, answer *call.Answer, send sender) error {
	defer answer.Body.Close()
	if list, isList := answer.Body.(interface{ Len() int }); isList {
		w.single = list.Len() == 1
	}
	if err := w.chunks(answer, send); err != nil {
		return err
	}
	if w.Framing == Chunked {
		w.Whole = true
		return nil
	}
	return w.end(answer)
}

// NoClose sends what the body yields and forgets its Close. No client can see it.
// What a body holds until then, a file, a lock, a place in a pool, is never given
// back, and after a thousand answers the server has none left.
func NoClose(w *Writer, answer *call.Answer, send sender) error {
	if list, isList := answer.Body.(interface{ Len() int }); isList {
		w.single = list.Len() == 1
	}
	if err := w.chunks(answer, send); err != nil {
		return err
	}
	return w.end(answer)
}

// chunks is the loop that both have instead of Body.
func (w *Writer) chunks(answer *call.Answer, send sender) error {
	for chunk, err := range answer.Body.Chunks {
		if err == nil {
			err = send(answer, chunk)
		}
		if err != nil || w.Framing == NoBody {
			return err
		}
	}
	return nil
}

// FixedDate asks the clock once, when the server starts. The Date of each answer is
// that of the first, and caches, which reckon an answer's age from it, take
// a new page for an old one.
func FixedDate(clock func() time.Time) func() time.Time {
	started := clock()
	return func() time.Time { return started }
}

// Buffers collects the whole body before it sends the first byte of it. A page looks
// the same. A progress bar, a chat or a log that goes on for an hour shows nothing
// until it is over, and a large file has to fit into memory.
func Buffers(w *Writer, answer *call.Answer, send sender) error {
	defer answer.Body.Close()
	var chunks wsgi.List
	for chunk, err := range answer.Body.Chunks {
		if err != nil {
			return err
		}
		chunks = append(chunks, bytes.Clone(chunk))
	}
	answer.Body = chunks
	return w.Body(answer, send)
}
