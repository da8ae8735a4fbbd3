package check

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// body reads the body of an answer, whose length is found in this order.
// RFC 9112 §6.3
func (p *parser) body(r *reply, head bool) *fault {
	if r.Status == "101" { // RFC 9110 §7.8
		return &fault{r.start + len("HTTP/1.1 "), "", "nobody asked for another protocol"}
	}
	length, wrong := r.framing(p.wire.room)
	if wrong != nil {
		return wrong
	}
	_, chunked := r.Field("Transfer-Encoding")
	switch {
	case head || r.Status[0] == '1' || r.Status == "204" || r.Status == "304":
		r.Framing = "no body"
		return nil
	}
	if length != 0 {
		_, _ = p.need(1) // that it does not come is found again below
	}
	began := time.Now()
	defer func() { r.Lasted = time.Since(began) }()
	switch {
	case chunked:
		r.Framing = "chunked"
		return p.chunked(r)
	case length >= 0:
		r.Framing = "Content-Length"
		return p.sized(r, length)
	}
	r.Framing = "until close"
	return p.untilClose(r)
}

// framing looks at the fields that frame the body. It returns the
// Content-Length, or -1 if there is none.
func (r *reply) framing(room int) (length int, wrong *fault) {
	length = -1
	coded := false
	for i, field := range r.Fields {
		name, value, at := field[0], field[1], r.fields[i]
		switch {
		case strings.EqualFold(name, "Content-Length"):
			n, ok := digits(value)
			switch {
			case !ok:
				return 0, &fault{at, "Content-Length: and digits", "this is no length: " + quote([]byte(value))}
			case n > room:
				return 0, &fault{at, fmt.Sprintf("at most %d B", room), "the length is " + value}
			case length >= 0:
				return 0, &fault{at, "one Content-Length", "there are two fields Content-Length"}
			}
			length = n
		case strings.EqualFold(name, "Transfer-Encoding"):
			// No client said TE, so there is one coding that it must know. RFC 9112 §6.1
			if coded || !strings.EqualFold(value, "chunked") {
				return 0, &fault{at, "Transfer-Encoding: chunked", "a coding that nobody asked for: " + quote([]byte(value))}
			}
			coded = true
			if r.Version == "HTTP/1.0" {
				return 0, &fault{at, "no Transfer-Encoding, which HTTP/1.0 does not have", "an answer of HTTP/1.0 says that it is chunked"}
			}
		default:
			continue
		}
		if coded && length >= 0 {
			return 0, &fault{at, "Content-Length or Transfer-Encoding, never both", "both Content-Length and Transfer-Encoding frame the body"}
		}
		// RFC 9110 §8.6, RFC 9112 §6.1
		if r.Status[0] == '1' || r.Status == "204" {
			return 0, &fault{at, "no " + name, fmt.Sprintf("an answer %s has a field %s", r.Status, name)}
		}
	}
	return length, nil
}

func (p *parser) sized(r *reply, length int) *fault {
	body, short := p.need(length)
	r.Body = body
	p.at += len(body)
	if short != nil {
		r.broke = true
		short.expected = fmt.Sprintf("%d B of body, as Content-Length says", length)
		short.wrong = fmt.Sprintf("%s: %d of %d B of the body came", short.wrong, len(body), length)
	}
	return short
}

func (p *parser) untilClose(r *reply) *fault {
	body, short := p.need(p.wire.room)
	r.Body = body
	p.at += len(body)
	switch _, end := p.wire.came(); {
	case short == nil, end == errTooMuch:
		return &fault{p.at, fmt.Sprintf("at most %d B", p.wire.room), "the body does not end"}
	case end == io.EOF:
		return nil
	case end == nil:
		return &fault{p.at, "Content-Length, Transfer-Encoding, or the end of the connection",
			"nothing says where the body ends, and the connection stays open"}
	}
	return short
}

// chunked reads
//
//	chunked-body = *chunk last-chunk trailer-section CRLF
//	chunk        = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
//	last-chunk   = 1*"0" [ chunk-ext ] CRLF                        RFC 9112 §7.1
func (p *parser) chunked(r *reply) *fault {
	for {
		size, wrong := p.chunkSize(r)
		if wrong != nil {
			return wrong
		}
		if size == 0 {
			break
		}
		r.Chunks++
		r.chunks = append(r.chunks, span{len(r.Body), p.at})
		data, short := p.need(size)
		r.Body = append(r.Body, data...)
		p.at += len(data)
		if short != nil {
			r.broke = true
			short.expected = fmt.Sprintf("%d B in the chunk, as its size says", size)
			return short
		}
		for _, b := range []byte("\r\n") {
			end, short := p.need(1)
			if short != nil {
				r.broke = true
				short.expected = "CRLF behind the data of the chunk"
				return short
			}
			if end[0] != b {
				return &fault{p.at, "CRLF behind the data of the chunk", fmt.Sprintf("the chunk does not end where its size, %d B, says", size)}
			}
			p.at++
		}
	}
	return p.trailer(r)
}

// chunkSize reads the line in front of a chunk.
func (p *parser) chunkSize(r *reply) (size int, wrong *fault) {
	start, room := p.at, maxHead
	line, short := p.line("the line of a chunk", &room)
	n := len(line) - len(bytes.TrimLeft(line, "0123456789abcdefABCDEF"))
	if n < len(line) || short == nil {
		parsed, err := strconv.ParseInt(string(line[:n]), 16, 64)
		if ext, ok := chunkExt(line[n:]); n > 0 && !ok && short == nil {
			return 0, &fault{start + n + ext, "chunk-size [ chunk-ext ] CRLF", "this is no line of a chunk: " + quote(line)}
		}
		if err != nil || parsed > int64(p.wire.room-len(r.Body)) {
			return 0, &fault{start, "the size of a chunk in hexadecimal", "this is no size of a chunk: " + quote(line)}
		}
		size = int(parsed)
	}
	if short != nil {
		if short.expected == "" {
			r.broke = true
			short.expected = "the next chunk, or the last one: 0 CRLF CRLF"
		}
		return 0, short
	}
	return size, nil
}

// chunkExt tells whether bytes are
//
//	chunk-ext = *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )   RFC 9112 §7.1.1
//
// and if not, from where on.
func chunkExt(b []byte) (at int, ok bool) {
	blanks := func() { at += len(b[at:]) - len(bytes.TrimLeft(b[at:], " \t")) }
	take := func(n int) bool { at += n; return n > 0 }
	takeByte := func(c byte) bool { return at < len(b) && b[at] == c && take(1) }
	for at < len(b) {
		blanks()
		if !takeByte(';') {
			return at, false
		}
		blanks()
		if !take(tokenLength(b[at:])) {
			return at, false
		}
		name := at
		blanks()
		if !takeByte('=') {
			at = name // the blanks are those of the next semicolon
			continue
		}
		blanks()
		if !take(quotedLength(b[at:])) && !take(tokenLength(b[at:])) {
			return at, false
		}
	}
	return at, true
}

// quotedLength returns the length of the quoted-string at the beginning, 0 if
// there is none. RFC 9110 §5.6.4
func quotedLength(b []byte) int {
	if len(b) == 0 || b[0] != '"' {
		return 0
	}
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}

// trailer reads what follows the last chunk: fields, seldom any, and an empty line.
func (p *parser) trailer(r *reply) *fault {
	for room := maxHead; ; {
		start := p.at
		line, short := p.line("the trailer", &room)
		if short != nil {
			if short.expected == "" {
				r.broke = true
				short.expected = "the empty line behind the last chunk"
			}
			return short
		}
		if len(line) == 0 {
			return nil
		}
		name, _, wrong := field(line, start)
		if wrong != nil {
			return wrong
		}
		// RFC 9110 §6.5.1
		if strings.EqualFold(name, "Content-Length") || strings.EqualFold(name, "Transfer-Encoding") {
			return &fault{start, "no framing in the trailer", "the trailer has a field " + name}
		}
	}
}
