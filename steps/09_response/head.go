package response

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	call "barewire/steps/08_call"
)

// appendHead appends the head, once the answer is ready to have one. The size
// is that of the whole body when it is known, else -1.
func (w *Writer) appendHead(buf []byte, answer *call.Answer, size int64) ([]byte, error) {
	if err := answer.Ready(); err != nil || answer.Sent {
		return buf, err
	}
	framing, length := Frame(w.Method, w.Version, answer, size)
	if framing == ByLength && size == 0 && length > 0 {
		// Nothing is out yet, so this can still become an honest 500.
		return buf, fmt.Errorf("%w: all %d bytes are missing", ErrShort, length)
	}
	keep, err := w.Begin()
	if err != nil {
		return buf, err
	}
	answer.Sent = true
	w.Framing, w.left, w.Keep = framing, max(length, 0), keep && framing != UntilClose
	if w.Head != nil {
		return w.Head(buf, answer, length), nil
	}
	return AppendHead(buf, answer, framing, length, w.Date(), w.connection()), nil
}

// connection returns the value of the Connection field: what the client cannot
// take for granted. RFC 9112 §9.3, §9.6
func (w *Writer) connection() string {
	switch {
	case !w.Keep:
		return "close"
	case w.Version == "HTTP/1.0":
		return "keep-alive"
	}
	return ""
}

// Date writes a time in the one form in which a server does. It has no smaller part
// than a second, so a server need not call it more often.
//
//	IMF-fixdate = day-name "," SP date1 SP time-of-day SP GMT   RFC 9110 §5.6.7
func Date(now time.Time) string { return now.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT") }

// AppendHead appends the head of a response to buf: the status line, the
// application's headers, then what the server adds: the date, when it has none, and
// the value of the Connection field, "" for none.
//
//	status-line = HTTP-version SP status-code SP [ reason-phrase ]   RFC 9112 §4
func AppendHead(buf []byte, answer *call.Answer, framing Framing, length int64, date, connection string) []byte {
	buf = append(buf, "HTTP/1.1 "...)
	buf = append(buf, answer.Status...)
	buf = append(buf, "\r\n"...)
	dated, served := false, false
	for _, header := range answer.Headers {
		name, value := header[0], header[1]
		dated = dated || strings.EqualFold(name, "Date")
		served = served || strings.EqualFold(name, "Server")
		if length != answer.Length && strings.EqualFold(name, "Content-Length") {
			continue // the status allows no such length
		}
		buf = appendField(buf, name, value)
	}
	switch {
	case framing == Chunked:
		buf = appendField(buf, "Transfer-Encoding", "chunked")
	case length >= 0 && length != answer.Length:
		buf = appendField(buf, "Content-Length", strconv.FormatInt(length, 10))
	}
	if !dated {
		buf = appendField(buf, "Date", date)
	}
	if !served {
		buf = appendField(buf, "Server", "barewire")
	}
	if connection != "" {
		buf = appendField(buf, "Connection", connection)
	}
	return append(buf, "\r\n"...)
}

func appendField(buf []byte, name, value string) []byte {
	buf = append(buf, name...)
	buf = append(buf, ": "...)
	buf = append(buf, value...)
	return append(buf, "\r\n"...)
}
