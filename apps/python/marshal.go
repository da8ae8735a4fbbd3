package python

import (
	"encoding/binary"
	"errors"
	"math"
	"unicode/utf8"

	wsgi "barewire/steps/06_wsgi"
)

// The types of marshal that we write and read, each named by a byte. The format
// is described where Python implements it, Python/marshal.c; version 2 of it has
// no references to values that came before.
const (
	typeNone       = 'N'
	typeTrue       = 'T'
	typeFalse      = 'F'
	typeInt        = 'i' // 4 bytes
	typeBytes      = 's' // a length in 4 bytes, and so many bytes
	typeTuple      = '(' // a length in 4 bytes, and so many values
	typeList       = '[' // the same
	typeDict       = '{' // keys and values by turns, and typeEnd
	typeText       = 'u' // UTF-8, as bytes
	typeASCII      = 'a' // the same, and Python need not decode it
	typeShortASCII = 'z' // a length in 1 byte
	typeEnd        = '0'
)

// appendEnviron appends the texts and truths of an environ, as a dict. What else
// is in it, Go's own values, a worker has of its own.
func appendEnviron(frame []byte, environ wsgi.Environ, watched bool) []byte {
	frame = append(frame, typeDict)
	if watched {
		frame = appendBool(appendText(frame, "barewire.watched"), true)
	}
	for key, value := range environ {
		switch value := value.(type) {
		case string:
			frame = appendText(appendText(frame, key), value)
		case bool:
			frame = appendBool(appendText(frame, key), value)
		}
	}
	return append(frame, typeEnd)
}

// appendText appends bytes as text in latin-1: each byte is a character.
// PEP 3333, "Unicode Issues"
func appendText(frame []byte, text string) []byte {
	if !isASCII(text) {
		frame = append(frame, typeText, 0, 0, 0, 0)
		begin := len(frame)
		for i := range len(text) {
			frame = utf8.AppendRune(frame, rune(text[i]))
		}
		binary.LittleEndian.PutUint32(frame[begin-4:], uint32(len(frame)-begin))
		return frame
	}
	if len(text) <= math.MaxUint8 {
		frame = append(frame, typeShortASCII, byte(len(text)))
	} else {
		frame = binary.LittleEndian.AppendUint32(append(frame, typeASCII), uint32(len(text)))
	}
	return append(frame, text...)
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func appendBytes(frame, bytes []byte) []byte {
	frame = binary.LittleEndian.AppendUint32(append(frame, typeBytes), uint32(len(bytes)))
	return append(frame, bytes...)
}

func appendBool(frame []byte, value bool) []byte {
	if value {
		return append(frame, typeTrue)
	}
	return append(frame, typeFalse)
}

var errGarbled = errors.New("python: the worker sent what is no message of ours")

// A message is what is left of a frame. Its values are taken from it one by one,
// each by the type that it has to have; so whatever a broken worker sends, reading
// it ends, and needs no more memory than the frame. The first wrong value is
// remembered, and all after it are empty.
type message struct {
	size int // of the whole frame
	rest []byte
	err  error
}

// next takes n bytes.
func (m *message) next(n int) []byte {
	if m.err != nil || n < 0 || n > len(m.rest) {
		m.rest, m.err = nil, errGarbled
		return nil
	}
	taken := m.rest[:n:n]
	m.rest = m.rest[n:]
	return taken
}

// is takes the byte of a type, if it is that one.
func (m *message) is(kind byte) bool {
	if m.err != nil || len(m.rest) == 0 || m.rest[0] != kind {
		return false
	}
	m.rest = m.rest[1:]
	return true
}

// number takes 4 bytes.
func (m *message) number() int {
	bytes := m.next(4)
	if bytes == nil {
		return 0
	}
	return int(int32(binary.LittleEndian.Uint32(bytes)))
}

// integer takes an int.
func (m *message) integer() int {
	if !m.is(typeInt) {
		m.err = errGarbled
	}
	return m.number()
}

// bytes takes bytes, which belong to the frame.
func (m *message) bytes() []byte {
	if !m.is(typeBytes) {
		m.err = errGarbled
	}
	return m.next(m.number())
}

// maybe takes bytes or None, which is nil.
func (m *message) maybe() []byte {
	if m.is(typeNone) {
		return nil
	}
	return m.bytes()
}

// truth takes a bool.
func (m *message) truth() bool {
	if m.is(typeTrue) {
		return true
	}
	if !m.is(typeFalse) {
		m.err = errGarbled
	}
	return false
}

// count takes the head of a tuple or list: how many values follow. Each of them
// has a byte at least.
func (m *message) count() int {
	if !m.is(typeTuple) && !m.is(typeList) {
		m.err = errGarbled
	}
	n := m.number()
	if n < 0 || n > len(m.rest) {
		m.rest, m.err = nil, errGarbled
		return 0
	}
	return n
}
