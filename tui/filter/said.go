package filter

import (
	"bufio"
	"bytes"
	"io"
	"math"

	"barewire/server"
	body "barewire/steps/05_body"
	"barewire/tui/history"
)

// request returns the bytes of the request. Those of one read need not be
// joined, and so not copied: at every key, thousands of exchanges are looked at.
func request(x *history.Exchange) []byte {
	only, pieces := x.Carried, min(len(x.Carried), 1)
	for _, event := range x.Events {
		if received, is := event.(server.Received); is {
			only = received.Bytes
			pieces++
		}
	}
	if pieces > 1 || int64(len(only)) > x.In { // with what belongs to the next request
		return x.Request().Bytes
	}
	return only
}

// answer returns the head of the final answer, and what follows it.
func answer(x *history.Exchange) (head, rest []byte) {
	pieces := 0
	for _, event := range x.Events {
		if sent, is := event.(server.Sent); is {
			rest = sent.Bytes
			pieces++
		}
	}
	if pieces > 1 {
		rest = x.Answer().Bytes
	}
	for {
		head, rest = cutHead(rest)
		if !bytes.HasPrefix(head, []byte("HTTP/1.1 1")) { // 100 Continue
			return head, rest
		}
	}
}

// cutHead cuts bytes behind the first empty line.
func cutHead(b []byte) (head, rest []byte) {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		return b, nil
	}
	end += len("\r\n\r\n")
	return b[:end], b[end:]
}

// requestBody returns the content of the request, as far as it has arrived.
func requestBody(x *history.Exchange) []byte {
	if x.Framing == nil || !x.Framing.Chunked && x.Framing.Length == 0 {
		return nil
	}
	all := request(x)
	at := bytes.Index(all, x.Head)
	if at < 0 || len(x.Head) == 0 {
		return nil // where it begins was lost
	}
	rest := all[at+len(x.Head):]
	if x.Framing.Chunked {
		return joined(rest)
	}
	return rest[:min(int64(len(rest)), x.Framing.Length)]
}

// answerBody returns the content of the answer, as far as it is sent.
func answerBody(x *history.Exchange) []byte {
	head, rest := answer(x)
	if isChunked(head) {
		return joined(rest)
	}
	return rest
}

func isChunked(head []byte) bool { return inHead(head, "transfer-encoding", "chunked") }

// inHead tells whether a field with this name and with these letters in its
// value stands in a head.
func inHead(head []byte, name, letters string) bool {
	_, fields, _ := bytes.Cut(head, []byte("\r\n"))
	for len(fields) > 0 {
		var line []byte
		line, fields, _ = bytes.Cut(fields, []byte("\r\n"))
		if key, value, is := bytes.Cut(line, []byte(":")); is && isField(key, value, name, letters) {
			return true
		}
	}
	return false
}

// isField compares without case: so are names of fields, RFC 9110 §5.1, and most
// of the values that are worth a search.
func isField(key, value []byte, name, letters string) bool {
	return len(key) == len(name) && index(key, name, true) == 0 && index(value, letters, true) >= 0
}

// joined returns the content of chunks. Step 05 reads them; a body that breaks a
// rule has content up to there.
func joined(chunks []byte) []byte {
	buffer := bufio.NewReaderSize(bytes.NewReader(chunks), min(len(chunks), 4<<10)) // most are small
	reader := body.NewReader(buffer, nil, body.Framing{Chunked: true},
		body.Limits{Bytes: math.MaxInt64, Line: math.MaxInt32, Trailer: math.MaxInt32})
	content, _ := io.ReadAll(reader)
	return content
}
