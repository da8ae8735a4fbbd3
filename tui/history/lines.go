package history

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"barewire/server"
	"barewire/server/trace"
)

// An Author is who has said a byte.
type Author int

const (
	Client Author = iota
	App
	Server
)

// A Line is what one row shows of a stream. It has one author: where another
// one goes on in the middle, so does another Line.
type Line struct {
	From, To int64  // bytes of the stream
	Bytes    []byte // with the line end, if it has one
	Summary  string // stands in for bytes that were not kept
	Author   Author
	Who      string // the step that used it, or the author of an answer: app, srv, ch1
	What     string // what it is, where that does not show

	Framing int64 // bytes at its end that frame a chunk, and are the server's
}

// AuthorOf returns who has said a byte of the line. Behind a chunk that ends
// inside a line the server has put its CRLF.
func (l Line) AuthorOf(at int64) Author {
	if l.Author == App && at >= l.To-l.Framing {
		return Server
	}
	return l.Author
}

// RequestLines returns the request, line by line.
func (x *Exchange) RequestLines() []Line {
	stream := x.Request()
	at := 0
	if bytes.HasPrefix(stream.Bytes, []byte("\r\n")) {
		at = len("\r\n")
	}
	if len(x.Head) == 0 || !bytes.HasPrefix(stream.Bytes[at:], x.Head) {
		return toEnd(plainLines(stream.Bytes, 0, "02", ""), stream, Line{Who: "02"})
	}
	lines := plainLines(stream.Bytes[:at], 0, "02", "an empty line before, let pass")
	for i, line := range plainLines(x.Head, int64(at), "02", "") {
		switch {
		case trace.IsPacket(x.Head):
			if name, _, found := trace.Pair(line.Bytes); i > 0 && found && x.Steps[pairStep(string(name))].State != Ahead {
				line.Who = fmt.Sprintf("%02d", pairStep(string(name)))
			}
			if line.To == int64(at+len(x.Head)) {
				line.What = fmt.Sprintf("head ends at byte %d", line.To)
			}
		case i == 0:
			if x.Steps[3].State != Ahead {
				line.Who = "03"
			}
		case len(bytes.TrimRight(line.Bytes, "\r\n")) == 0:
			line.What = fmt.Sprintf("head ends at byte %d", line.To)
		case x.Steps[4].State != Ahead:
			line.Who = "04"
		}
		lines = append(lines, line)
	}
	end := int64(at + len(x.Head))
	var body trace.Body
	switch {
	case x.Framing == nil:
		return toEnd(lines, stream, Line{})
	case x.Framing.Chunked:
		body.InChunks()
	default:
		body.OfLength(x.Framing.Length)
	}
	rest, _ := body.Add(stream.Bytes[end:], int(stream.Size-end))
	lines = appendBody(lines, append(rest, body.End()...), Line{From: end, Who: "05"})
	return toEnd(lines, stream, Line{})
}

// pairStep is the step that finds a variable in a packet: 03 has those that HTTP has in
// its request line.
func pairStep(name string) int {
	switch name {
	case "REQUEST_METHOD", "REQUEST_URI", "PATH_INFO", "QUERY_STRING", "SERVER_PROTOCOL":
		return 3
	}
	return 4
}

// toEnd adds a line for what no other shows, if something is left.
func toEnd(lines []Line, stream Stream, rest Line) []Line {
	if len(lines) > 0 {
		rest.From = lines[len(lines)-1].To
	}
	if rest.From >= stream.Size {
		return lines
	}
	why := "not looked at"
	if int64(len(stream.Bytes)) < stream.Size {
		why = "not kept"
	}
	rest.To, rest.Summary = stream.Size, fmt.Sprintf("… %d bytes that were %s", stream.Size-rest.From, why)
	return append(lines, rest)
}

// AnswerLines returns the answer, line by line.
func (x *Exchange) AnswerLines() (lines []Line) {
	stream := x.Answer()
	rest := stream.Bytes
	for {
		from := int64(len(stream.Bytes) - len(rest))
		head, behind, whole := bytes.Cut(rest, []byte("\r\n\r\n"))
		if whole {
			head = rest[:len(head)+len("\r\n\r\n")]
		}
		rest = behind
		if !bytes.HasPrefix(head, []byte("HTTP/1.1 1")) {
			lines = append(lines, x.answerHead(head, from)...)
			lines = append(lines, x.answerBody(head, stream, from+int64(len(head)))...)
			if x.onlyWire() {
				return toEnd(lines, stream, Line{Author: Server})
			}
			return toEnd(lines, stream, Line{Author: App, Who: "app"})
		}
		for i, line := range plainLines(head, from, "srv", "") {
			if i == 0 {
				line.What = "the application reads the body"
			}
			line.Author = Server
			lines = append(lines, line)
		}
	}
}

// answerHead tells who wrote each line of the final head.
func (x *Exchange) answerHead(head []byte, from int64) []Line {
	lines := plainLines(head, from, "srv", "")
	var texts [][]byte
	for _, line := range lines {
		texts = append(texts, line.Bytes)
	}
	var headers []server.Field
	if n := len(x.Started); n > 0 && x.ExplainedBy == 0 {
		headers = x.Started[n-1].Headers
	}
	numbers := trace.HeadersIn(texts, headers)
	for i := range lines {
		line := &lines[i]
		line.Author = Server
		name, value, _ := strings.Cut(string(line.Bytes), ": ")
		switch {
		case x.onlyWire():
			line.Who = ""
		case i == 0 && x.ExplainedBy >= 8:
			line.What = fmt.Sprintf("step %02d failed", x.ExplainedBy)
		case i == 0 && x.ExplainedBy > 0:
			line.What = fmt.Sprintf("step %02d said no", x.ExplainedBy)
		case i == 0:
			line.Author, line.Who, line.What = App, "app", "start_response, status"
		case numbers[i] > 0:
			line.Author, line.Who, line.What = App, "app", fmt.Sprintf("start_response, header %d", numbers[i])
		case len(bytes.TrimRight(line.Bytes, "\r\n")) == 0:
			line.What = fmt.Sprintf("head ends at byte %d", line.To)
		case name == "Content-Length" && value == "0\r\n":
			line.What = "no body"
		default:
			line.What = serverHeaders[strings.ToLower(name)]
		}
	}
	return lines
}

// onlyWire tells whether nobody knows how the answer was made: the server is only
// watched.
func (x *Exchange) onlyWire() bool {
	return x.Steps[8].State == Ahead && len(x.Started) == 0 && x.ExplainedBy == 0
}

// serverHeaders tells why the server added a header.
var serverHeaders = map[string]string{
	"connection":        "step 10, keepalive",
	"content-length":    "one chunk: its length is known",
	"date":              "the clock",
	"server":            "the server's name",
	"transfer-encoding": "no length is known",
}

// answerBody tells which chunk each line of the body is part of.
func (x *Exchange) answerBody(head []byte, stream Stream, from int64) (lines []Line) {
	body, chunked := x.framingOf(head)
	template := Line{From: from, Author: App}
	if x.ExplainedBy > 0 {
		template.Author, template.Who, template.What = Server, "srv", "the explanation"
	}
	rest, size := stream.Bytes[min(from, int64(len(stream.Bytes))):], stream.Size-from
	if x.onlyWire() {
		all, _ := body.Add(rest, int(size))
		return appendBody(nil, append(all, body.End()...), Line{From: from, Author: Server})
	}
	if chunked || x.ExplainedBy > 0 {
		all, _ := body.Add(rest, int(size))
		return x.nameChunks(appendBody(nil, append(all, body.End()...), template))
	}
	// Without framing, where a chunk ends is known from its size only.
	for _, chunk := range x.chunks() {
		length := min(size, int64(chunk.Size))
		part := rest[:min(int64(len(rest)), length)]
		some, _ := body.Add(part, int(length))
		template.Who, template.What = fmt.Sprintf("ch%d", chunk.Number), fmt.Sprintf("chunk %d, %d bytes", chunk.Number, chunk.Size)
		lines = appendBody(lines, append(some, body.Flush()...), template)
		template.From += length
		rest, size = rest[len(part):], size-length
	}
	template.Who, template.What = "app", "from a file"
	some, _ := body.Add(rest, int(size))
	return appendBody(lines, append(some, body.End()...), template)
}

// framingOf returns a Body as the head frames it.
func (x *Exchange) framingOf(head []byte) (body trace.Body, chunked bool) {
	body.UntilClose()
	for line := range bytes.Lines(head) {
		name, value, _ := strings.Cut(strings.TrimRight(string(line), "\r\n"), ": ")
		switch {
		case strings.EqualFold(name, "Transfer-Encoding"):
			body.InChunks()
			chunked = true
		case strings.EqualFold(name, "Content-Length"):
			if length, err := strconv.ParseInt(value, 10, 64); err == nil {
				body.OfLength(length)
			}
		}
	}
	return body, chunked
}

// chunks returns the chunks that are not empty.
func (x *Exchange) chunks() (chunks []server.Chunk) {
	for _, event := range x.Events {
		if chunk, is := event.(server.Chunk); is && chunk.Size > 0 {
			chunks = append(chunks, chunk)
		}
	}
	return chunks
}

// nameChunks counts the chunks by the lines of framing before them.
func (x *Exchange) nameChunks(lines []Line) []Line {
	chunks, number := x.chunks(), 0
	for i := range lines {
		line := &lines[i]
		switch {
		case x.ExplainedBy > 0:
		case line.What == "":
			line.Who, line.What = fmt.Sprintf("ch%d", number), fmt.Sprintf("chunk %d", number)
		default:
			if strings.HasPrefix(line.What, "chunk of ") && len(chunks) > 0 {
				number, chunks = chunks[0].Number, chunks[1:]
			}
			line.Author, line.Who = Server, "srv"
		}
	}
	return lines
}

// appendBody appends lines of a body, which are all of an author.
func appendBody(lines []Line, body []trace.Line, template Line) []Line {
	for _, line := range body {
		next := template
		next.To = next.From + line.Size
		next.Bytes, next.Summary = line.Bytes, line.Summary
		if line.Framing != "" {
			next.What = line.Framing
		} else {
			next.Framing = line.Size - line.Content
		}
		lines = append(lines, next)
		template.From = next.To
	}
	return lines
}

// plainLines cuts bytes at their line ends, or a packet of uwsgi between its pairs.
func plainLines(b []byte, from int64, who, what string) (lines []Line) {
	for _, line := range trace.HeadLines(b) {
		to := from + int64(len(line))
		lines = append(lines, Line{From: from, To: to, Bytes: line, Who: who, What: what})
		from = to
	}
	return lines
}
