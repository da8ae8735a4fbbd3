package export

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	"barewire/tui/history"
)

// A request is what the bytes of one say.
type request struct {
	line    requestline.Line
	fields  []headers.Field
	chunked bool
	content []byte // of the body, without the framing of its chunks
	cut     bool   // the content goes on
}

// hasBody tells whether there is a body, which may be one of no chunks.
func (r request) hasBody() bool { return r.chunked || len(r.content) > 0 }

var (
	errNoHead  = errors.New("step 02 found no whole head in it")
	errNotKept = errors.New("not all bytes of this request were kept, so nothing can repeat it")
)

// requestOf reads a request again, with the steps that read it first. When one of
// them says no, that is the error, and what was read before it stands.
func requestOf(x *history.Exchange) (r request, err error) {
	stream := x.Request()
	at := bytes.Index(stream.Bytes, x.Head)
	if x.Steps[2].State != history.Passed || at < 0 {
		return r, errNoHead
	}
	first, lines, _ := bytes.Cut(x.Head, []byte("\r\n"))
	if r.line, err = requestline.Parse(first); err != nil {
		return r, err
	}
	if r.fields, err = headers.Parse(lines, nil); err != nil {
		return r, err
	}
	framing, err := body.Frame(r.line.Version, r.fields, limits)
	if err != nil {
		return r, err
	}
	r.chunked = framing.Chunked
	r.content, err = contentOf(stream.Bytes[at+len(x.Head):], framing)
	r.cut = err != nil
	if r.cut && (x.Gap || int64(len(stream.Bytes)) < stream.Size) {
		err = errNotKept
	}
	return r, err
}

// limits let pass what the server has let pass.
var limits = body.Limits{Bytes: math.MaxInt64, Line: 64 << 10, Trailer: 64 << 10}

// contentOf returns the content of a body, and why it ends before its end if it
// does.
func contentOf(wire []byte, framing body.Framing) ([]byte, error) {
	framing.Continue = false // it was sent already
	return io.ReadAll(body.NewReader(bufio.NewReader(bytes.NewReader(wire)), io.Discard, framing, limits))
}

// An answer is what the bytes of one say.
type answer struct {
	version, code, reason string // empty when there is none
	fields                []headers.Field
	headSize              int64
	content               []byte
	cut                   bool // the content goes on
}

// answerOf reads the final answer. Interim ones, 100 Continue, came before it.
func answerOf(x *history.Exchange) (a answer) {
	stream := x.Answer()
	rest := stream.Bytes
	for {
		head, behind, whole := bytes.Cut(rest, []byte("\r\n\r\n"))
		if !whole {
			return answer{}
		}
		first, lines, _ := bytes.Cut(head, []byte("\r\n"))
		version, status, _ := strings.Cut(string(first), " ")
		a.version = version
		a.code, a.reason, _ = strings.Cut(status, " ")
		if rest = behind; strings.HasPrefix(a.code, "1") {
			continue
		}
		// Step 08 has let only fields pass that step 04 can read.
		a.fields, _ = headers.Parse(lines, nil)
		a.headSize = int64(len(stream.Bytes) - len(rest))
		break
	}
	framing, framed := framingOf(a.fields)
	switch {
	case x.Method() == "HEAD" || a.code == "204" || a.code == "304":
	case framed:
		var err error
		a.content, err = contentOf(rest, framing)
		a.cut = err != nil
	default:
		a.content, a.cut = rest, int64(len(stream.Bytes)) < stream.Size
	}
	return a
}

// framingOf returns the framing of an answer, which may be the end of the
// connection.
func framingOf(fields []headers.Field) (framing body.Framing, framed bool) {
	if value, is := valueOf(fields, "Transfer-Encoding"); is && headers.EqualFold(value, "chunked") {
		return body.Framing{Chunked: true}, true
	}
	value, is := valueOf(fields, "Content-Length")
	length, err := strconv.ParseInt(value, 10, 64)
	return body.Framing{Length: length}, is && err == nil
}

// valueOf returns the value of the first field of a name.
func valueOf(fields []headers.Field, name string) (value string, is bool) {
	for _, field := range fields {
		if field.Is(name) {
			return field.Value, true
		}
	}
	return "", false
}

// site returns host and port as a URL has them: those that the client asked for,
// or else those of the connection.
func (r request) site(x *history.Exchange) string {
	host, _ := valueOf(r.fields, "Host")
	switch {
	case r.line.Authority != "":
		return r.line.Authority
	case host != "":
		return host
	case strings.Contains(x.Server.Host, ":"):
		return fmt.Sprintf("[%s]:%s", x.Server.Host, x.Server.Port)
	}
	return x.Server.Host + ":" + x.Server.Port
}
