package poke

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
)

// Answered says what came back: the status line of the final answer, or of the
// first one, and the statuses of those behind it. An interim answer comes before
// the final one, and is none (RFC 9110 §15.2).
func (o Outcome) Answered() string {
	text := o.Bytes()
	lines, _ := readAnswers(text, o.methods)
	for i, line := range lines[min(len(lines), 1):] {
		_, lines[i+1], _ = strings.Cut(line, " ") // the version is said once
	}
	first, _, _ := strings.Cut(string(text), "\r\n")
	switch {
	case len(lines) > 0:
		return strings.Join(lines, ", then ")
	case first == "":
		return "nothing came back"
	case strings.HasPrefix(first, "HTTP/1.1 1"):
		return first + ", and no final answer"
	}
	return first // it is no HTTP, or not whole
}

// readAnswers returns the status lines of final answers to requests of these
// methods. They are whole when each request has its answer, to the last byte and
// no further, and none says that the connection ends with it.
func readAnswers(text []byte, methods []string) (lines []string, whole bool) {
	reader := bufio.NewReader(bytes.NewReader(text))
	for {
		if _, err := reader.Peek(1); err != nil {
			return lines, len(lines) > 0 && len(lines) == len(methods)
		}
		request := &http.Request{Method: "GET"}
		if len(lines) < len(methods) {
			request.Method = methods[len(lines)]
		}
		answer, err := http.ReadResponse(reader, request)
		if err != nil {
			return lines, false
		}
		if answer.StatusCode < 200 {
			continue
		}
		lines = append(lines, answer.Proto+" "+answer.Status)
		_, err = io.Copy(io.Discard, answer.Body)
		if err != nil || answer.Close {
			return lines, false
		}
	}
}

// methodsOf returns the methods of the requests in a script, none if a request in
// it is broken, or not whole: nobody knows how many answers it gets.
func methodsOf(script []Move) (methods []string) {
	var text []byte
	for _, move := range script {
		text = append(text, move.Say...)
	}
	reader := bufio.NewReader(bytes.NewReader(bytes.TrimLeft(text, "\r\n"))) // RFC 9112 §2.2
	for {
		if _, err := reader.Peek(1); err != nil {
			return methods
		}
		request, err := http.ReadRequest(reader)
		if err != nil {
			return nil
		}
		if _, err := io.Copy(io.Discard, request.Body); err != nil {
			return nil
		}
		methods = append(methods, request.Method)
	}
}
