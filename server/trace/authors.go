package trace

import (
	"fmt"
	"slices"
	"strings"

	"barewire/server"
)

// An author is who wrote a line of the answer, and why.
type author struct {
	role role
	note string
}

// authors tells who wrote each line of a head: the application, whose headers
// stand in it as it gave them and in its order, or else the server.
func (x *exchange) authors(lines [][]byte) (authors []author) {
	status := author{fromApp, "app: status"}
	headers := x.headers
	switch {
	case x.wire:
		status, headers = author{fromServer, ""}, nil
	case x.refusedBy >= 8:
		status, headers = author{fromServer, fmt.Sprintf("server: %02d failed", x.refusedBy)}, nil
	case x.refusedBy > 0:
		status, headers = author{fromServer, fmt.Sprintf("server: %02d said no", x.refusedBy)}, nil
	}
	from := HeadersIn(lines, headers)
	for i, line := range lines {
		line := strings.TrimSuffix(string(line), "\r\n")
		switch {
		case line == "":
			authors = append(authors, author{fromServer, "head ends: " + bytesOf(int64(len(x.answerHead)))})
		case i == 0:
			authors = append(authors, status)
		case from[i] > 0:
			authors = append(authors, author{fromApp, fmt.Sprintf("app: header %d", from[i])})
		case x.wire:
			authors = append(authors, author{fromServer, ""})
		default:
			authors = append(authors, author{fromServer, "server" + why(line)})
		}
	}
	return authors
}

// HeadersIn tells which lines of the head of an answer are the headers of an
// application: their numbers, counted from 1, and 0 for a line of the server's.
func HeadersIn(lines [][]byte, headers []server.Field) []int {
	numbers, used := make([]int, len(lines)), 0
	for i, line := range lines {
		line := strings.TrimSuffix(string(line), "\r\n")
		n := slices.IndexFunc(headers[used:], func(header server.Field) bool {
			return line == string(header[0])+": "+string(header[1])
		})
		if n >= 0 {
			used += n + 1
			numbers[i] = used
		}
	}
	return numbers
}

// why tells what made the server add a header.
func why(line string) string {
	name, value, _ := strings.Cut(line, ": ")
	switch {
	case name == "Content-Length" && value == "0":
		return ": no body"
	case name == "Content-Length":
		return ": one chunk"
	case name == "Transfer-Encoding":
		return ": length unknown"
	case name == "Connection":
		return ": 10 keepalive"
	}
	return ""
}

// author tells who wrote a line of the answer's body. The first line of a chunk
// names it.
func (x *exchange) author(line Line) author {
	switch {
	case line.Summary != "" && x.fromFile:
		return author{fromApp, "app: from a file"}
	case line.Summary != "":
		return author{quiet, ""}
	case line.Framing != "":
		return author{fromServer, "server: " + line.Framing}
	case x.wire:
		return author{fromServer, ""}
	}
	chunk, took := x.chunk, x.chunkTook
	x.chunk, x.chunkTook = server.Chunk{}, ""
	switch {
	case x.refusedBy != 0 && chunk.Size > 0:
		return author{fromServer, "server: the explanation"}
	case x.refusedBy != 0:
		return author{fromServer, ""}
	case chunk.Size > 0:
		said := fmt.Sprintf("app: chunk %d, %s", chunk.Number, bytesOf(int64(chunk.Size)))
		if took != "" {
			said += padded(took, noteWidth-len(remark(said).text))
		}
		return author{fromApp, said}
	}
	return author{fromApp, ""}
}
