package response

import call "barewire/steps/08_call"

// A Framing is the way in which a response says where its body ends.
type Framing string

const (
	NoBody     Framing = "no body"
	ByLength   Framing = "Content-Length"
	Chunked    Framing = "chunked"
	UntilClose Framing = "until close"
)

// Frame chooses the framing, and the length to state, -1 for none. The size is
// that of the whole body if it is known already, else -1. RFC 9112 §6.3
func Frame(method, version string, answer *call.Answer, size int64) (Framing, int64) {
	switch answer.Status[:3] {
	case "204":
		return NoBody, -1 // and no Content-Length, RFC 9110 §8.6
	case "205":
		return ByLength, 0 // RFC 9110 §15.3.6
	case "304":
		return NoBody, answer.Length // of the body that 200 would have had
	}
	switch {
	case method == "HEAD" && answer.Length < 0 && size > 0:
		return NoBody, size
	case method == "HEAD":
		// Most applications give HEAD no chunks; that is not to say that GET
		// would have none. RFC 9110 §9.3.2
		return NoBody, answer.Length
	case answer.Length >= 0:
		return ByLength, answer.Length
	case size >= 0:
		return ByLength, size
	case version == "HTTP/1.0":
		return UntilClose, -1
	}
	return Chunked, -1
}
