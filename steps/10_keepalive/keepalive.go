package keepalive

import (
	"io"

	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
)

// drainBytes is how much of an unread body Next reads to save a connection.
const drainBytes = 256 << 10

// Persist tells whether the connection may stay open after the answer to a
// request of this version, with these fields, and with this left of its body.
//
//	Connection        = #connection-option   RFC 9110 §7.6.1
//	connection-option = token
func Persist(version string, fields []headers.Field, input *body.Reader) bool {
	closes, keeps := false, version != "HTTP/1.0"
	for _, field := range fields {
		if !field.Is("Connection") {
			continue
		}
		for option := range headers.Elements(field.Value) {
			closes = closes || headers.EqualFold(option, "close")
			keeps = keeps || headers.EqualFold(option, "keep-alive")
		}
	}
	switch {
	case closes || !keeps:
		return false // RFC 9112 §9.3
	case input.Waiting():
		// The client may send the body all the same or begin its next request:
		// the two cannot be told apart. RFC 9110 §10.1.1
		return false
	case input.Err() != nil || input.Left() > drainBytes:
		return false
	}
	return true
}

// Next makes the connection ready for the next request, and tells whether it
// is. It reads and drops what is left of this one's body. RFC 9112 §9.3
func Next(input *body.Reader) bool {
	if input.Left() == 0 {
		return true
	}
	_, err := io.CopyN(io.Discard, input, drainBytes+1)
	return err == io.EOF
}
