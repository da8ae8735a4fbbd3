package poke

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"barewire/server/trace"
	"barewire/tui/history"
)

// Forgave lists what was wrong with an exchange and what curl would not mention:
// it is a client, not a judge, and takes what it can use. Each defect is one
// sentence, with the place of its rule. Of an answer that is no HTTP, or not
// whole, curl complains by itself.
func Forgave(x *history.Exchange) []string {
	v := &verdict{x: x, stream: x.Answer()}
	if v.readHeads() {
		v.judgeHead()
		v.judgeBody()
		v.judgeEnd()
	}
	v.judgeDropped()
	return v.defects
}

// A verdict is an answer, taken apart without mercy, and what is wrong with it.
type verdict struct {
	x       *history.Exchange
	stream  history.Stream
	code    string      // of the final status: "200"
	fields  [][2]string // of the final head
	body    int64       // where it begins in the stream
	defects []string
}

func (v *verdict) say(format string, args ...any) {
	v.defects = append(v.defects, fmt.Sprintf(format, args...))
}

// readHeads reads up to the body, and tells whether it got there.
func (v *verdict) readHeads() bool {
	rest := v.stream.Bytes
	for {
		lines, behind, whole := cutHead(rest)
		if !whole || !bytes.HasPrefix(lines[0], []byte("HTTP/")) {
			return false
		}
		rest, v.fields = behind, nil
		v.readHead(lines)
		if len(v.code) != 3 {
			return false
		}
		if !strings.HasPrefix(v.code, "1") {
			v.body = int64(len(v.stream.Bytes) - len(rest))
			return true
		}
		if v.old() {
			v.say("A client of HTTP/1.0 got an interim answer, %q, and knows none (RFC 9110 §15.2).", v.code)
		}
		v.judgeFraming()
	}
}

// cutHead cuts a head into its lines, which keep their ends, and without the
// empty one.
func cutHead(text []byte) (lines [][]byte, behind []byte, whole bool) {
	for line := range bytes.Lines(text) {
		behind = text[len(line):]
		text = behind
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			return lines, behind, len(lines) > 0
		}
		lines = append(lines, line)
	}
	return lines, nil, false
}

// readHead reads one head.
//
//	status-line = HTTP-version SP status-code SP [ reason-phrase ]   RFC 9112 §4
func (v *verdict) readHead(lines [][]byte) {
	bare := false
	for i, line := range lines {
		bare = bare || !bytes.HasSuffix(line, []byte("\r\n"))
		text := strings.TrimRight(string(line), "\r\n")
		if i == 0 {
			_, status, _ := strings.Cut(text, " ")
			code, _, space := strings.Cut(status, " ")
			if v.code = code; !space && len(code) == 3 {
				v.say("No space follows the status code %q; there is one even before an empty reason (RFC 9112 §4).", code)
			}
			continue
		}
		name, value, found := strings.Cut(text, ":")
		switch {
		case !found:
			v.say("The line %q has no colon, so it is no field (RFC 9112 §5).", text)
			continue
		case strings.TrimRight(name, " \t") != name:
			v.say("White space stands between the name %q and its colon (RFC 9112 §5.1).", name)
		}
		v.fields = append(v.fields, [2]string{strings.TrimSpace(name), strings.Trim(value, " \t")})
	}
	if bare {
		v.say("A line of the head ends with LF alone, not with CRLF (RFC 9112 §2.2).")
	}
}

// values returns the values of a field, in the order of its lines.
func (v *verdict) values(name string) (values []string) {
	for _, field := range v.fields {
		if strings.EqualFold(field[0], name) {
			values = append(values, field[1])
		}
	}
	return values
}

func (v *verdict) has(name string) bool { return len(v.values(name)) > 0 }

// lists tells whether a field lists a word.
func (v *verdict) lists(name, word string) bool {
	return slices.ContainsFunc(strings.Split(strings.Join(v.values(name), ","), ","), func(element string) bool {
		return strings.EqualFold(strings.Trim(element, " \t"), word)
	})
}

func (v *verdict) old() bool { return v.x.Line != nil && v.x.Line.Version == "HTTP/1.0" }

// single are fields with one value, which a second line would contradict.
var single = []string{"Content-Type", "Content-Length", "Date", "ETag", "Last-Modified", "Location", "Server"}

func (v *verdict) judgeHead() {
	for _, name := range single {
		if n := len(v.values(name)); n > 1 {
			v.say("%s comes %d times; only a field that is a list may be repeated (RFC 9110 §5.3).", name, n)
		}
	}
	for _, date := range v.values("Date") {
		if _, err := time.Parse(http.TimeFormat, date); err != nil {
			v.say("The Date %q is not in the form Sun, 06 Nov 1994 08:49:37 GMT (RFC 9110 §5.6.7).", date)
		}
	}
	if !v.has("Date") && strings.ContainsAny(v.code[:1], "234") {
		v.say("There is no Date, which a server with a clock always sends (RFC 9110 §6.6.1).")
	}
	switch {
	case v.code == "401" && !v.has("WWW-Authenticate"):
		v.say("A 401 says in WWW-Authenticate how to do better, and this one does not (RFC 9110 §15.5.2).")
	case v.code == "405" && !v.has("Allow"):
		v.say("A 405 says in Allow which methods there are, and this one does not (RFC 9110 §15.5.6).")
	}
	v.judgeFraming()
}

// judgeFraming looks at the fields that say where the body ends.
func (v *verdict) judgeFraming() {
	none := v.code == "204" || strings.HasPrefix(v.code, "1")
	length, coding := v.has("Content-Length"), v.has("Transfer-Encoding")
	if none && length {
		v.say("A %s has no body, so it has no Content-Length (RFC 9110 §8.6).", v.code)
	}
	if none && coding {
		v.say("A %s has no body, so it has no Transfer-Encoding (RFC 9112 §6.1).", v.code)
	}
	if coding && v.old() {
		v.say("A client of HTTP/1.0 got Transfer-Encoding, and knows none (RFC 9112 §6.1).")
	}
	if coding && length {
		v.say("The answer has Transfer-Encoding and Content-Length, and only one can be right (RFC 9112 §6.2).")
	}
}

// judgeBody looks at what follows the head, and at what should not.
func (v *verdict) judgeBody() {
	size := v.stream.Size - v.body
	content, surplus := size, int64(0)
	lengths := v.values("Content-Length")
	switch {
	case v.x.Method() == "HEAD" && size > 0:
		v.say("%d bytes follow the head, and an answer to HEAD has no body (RFC 9110 §9.3.2).", size)
		return
	case v.code == "204" && size > 0:
		v.say("%d bytes follow the head, and a 204 has no body (RFC 9110 §15.3.5).", size)
		return
	case v.code == "304" && size > 0:
		v.say("%d bytes follow the head, and a 304 has no body (RFC 9110 §15.4.5).", size)
		return
	case size == 0:
		return
	case v.lists("Transfer-Encoding", "chunked"):
		var ended bool
		content, surplus, ended = measure(v.stream, v.body)
		if !ended {
			surplus = 0 // curl knows
		}
	case len(lengths) > 0:
		if length, err := strconv.ParseInt(lengths[0], 10, 64); err == nil {
			surplus = max(size-length, 0)
		}
	}
	if surplus > 0 {
		v.say("%d bytes follow the end of the body, where the next answer would begin (RFC 9112 §6.3).", surplus)
	}
	if content > 0 && !v.has("Content-Type") {
		v.say("There is a body and no Content-Type, so the client has to guess (RFC 9110 §8.3).")
	}
}

// measure measures a body in chunks: its content, what lies behind it, and
// whether it ends at all. Of a stream that was not kept whole it knows no end.
func measure(stream history.Stream, from int64) (content, behind int64, ended bool) {
	var body trace.Body
	body.InChunks()
	lines, rest := body.Add(stream.Bytes[from:], int(stream.Size-from))
	for _, line := range lines {
		content += line.Content
		ended = ended || line.Framing == "end of body"
	}
	return content, int64(len(rest)), ended
}

// late is from when on it is noticed that a connection is not closed at once.
const late = time.Second

// judgeEnd compares what was said about the connection with what became of it.
// A client that has not sent its whole request cannot complain.
func (v *verdict) judgeEnd() {
	closes := v.lists("Connection", "close")
	switch {
	case !v.x.Done || v.x.Gap || !v.ended():
	case v.x.Keep && closes:
		v.say("The answer says Connection: close, and the connection stayed open (RFC 9112 §9.6).")
	case v.x.Keep:
	case !closes && !v.old() && requested(v.x):
		v.say("The connection was closed, and no Connection: close had said so (RFC 9112 §9.6).")
	default:
		if after := v.lateness(); after > late {
			v.say("The connection was closed %.1f s after the last byte, not at once (RFC 9112 §9.6).", after.Seconds())
		}
	}
}

// ended tells whether the answer has all that its head promised.
func (v *verdict) ended() bool {
	lengths := v.values("Content-Length")
	switch {
	case v.x.Method() == "HEAD" || v.code == "204" || v.code == "304":
	case v.lists("Transfer-Encoding", "chunked"):
		_, _, ended := measure(v.stream, v.body)
		return ended
	case len(lengths) > 0:
		length, err := strconv.ParseInt(lengths[0], 10, 64)
		return err == nil && v.stream.Size-v.body >= length
	}
	return true
}

// requested tells whether the client has sent its whole request.
func requested(x *history.Exchange) bool {
	if x.Framing == nil {
		return true // it was refused before anybody asked
	}
	request := x.Request()
	head := int64(max(bytes.Index(request.Bytes, x.Head), 0) + len(x.Head))
	if x.Framing.Chunked && head <= int64(len(request.Bytes)) {
		_, _, ended := measure(request, head)
		return ended
	}
	return request.Size >= head+x.Framing.Length
}

// lateness returns how long the server took from the last byte until it was
// done. The time before a step does not count: somebody may have held it there.
func (v *verdict) lateness() time.Duration {
	called, sent, decided := v.x.Steps[8], v.x.Steps[9], v.x.Steps[10]
	last := v.stream.Pieces[len(v.stream.Pieces)-1].At
	if sent.At.IsZero() || last.Before(called.At) {
		return 0
	}
	return sent.At.Sub(last) + decided.Took
}

// judgeDropped names the fields that the application never saw.
func (v *verdict) judgeDropped() {
	if v.x.Environ == nil {
		return
	}
	for _, field := range v.x.Fields {
		name := string(field[0])
		key := "HTTP_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		if text, there := v.x.Environ[key]; there && strings.Contains(text, string(field[1])) {
			continue
		}
		switch {
		case strings.Contains(name, "_"):
			v.say("The field %q was dropped: in the environ its underscore would pass for a hyphen (RFC 3875 §4.1.18).", name)
		case strings.EqualFold(name, "Proxy"):
			v.say("The field %q was dropped: as HTTP_PROXY, programs would take it for their own setting (RFC 3875 §4.1.18).", name)
		}
	}
}
