// Demo is the server after step 05. It knows all that the client said, to the
// last byte of the body.
//
//	go run ./steps/05_body/demo
//	curl -v 'http://127.0.0.1:8888/hello?x=1'
//	curl -v -d name=ada 'http://127.0.0.1:8888/'
//	curl -v -H 'Transfer-Encoding: chunked' -H 'Expect: 100-continue' -d name=ada 'http://127.0.0.1:8888/'
//
// An argument is another address to listen on: 127.0.0.1:0 takes a free port.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	listen "barewire/steps/01_listen"
	read "barewire/steps/02_read"
	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	"barewire/steps/refuse"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run listens, and serves each caller in a goroutine of its own.
func run() error {
	address := "127.0.0.1:8888"
	if len(os.Args) > 1 {
		address = os.Args[1]
	}
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("address %s is already in use: stop the server that has it, or take a free port with: go run ./steps/05_body/demo 127.0.0.1:0", address)
	}
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	listen.Accept(listener, func(conn net.Conn) { go serve(conn) })
	return nil
}

// serve talks with one client: a request, an answer, goodbye.
func serve(conn net.Conn) {
	defer listen.Goodbye(conn)
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second)) // a silent client may not stay for ever

	var text strings.Builder
	method, err := understand(conn, &text)
	var refusal *refuse.Error
	switch {
	case err == nil:
		answer(conn, method, "200 OK", text.String())
	case errors.As(err, &refusal):
		answer(conn, method, refusal.Status, refusal.Error()+"\n")
	}
}

// understand does the steps so far, and writes down what each found out.
func understand(conn net.Conn, text *strings.Builder) (method string, err error) {
	fmt.Fprintf(text, "Hello, %s. You have called %s.\n", conn.RemoteAddr(), conn.LocalAddr())

	reader := bufio.NewReader(conn)
	head, err := read.Head(reader, read.Limits{Line: 8192, Lines: 100, Bytes: 65536}, nil)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(text, "\nHead: %d bytes\n", len(head))
	for line := range bytes.Lines(head) {
		fmt.Fprintf(text, "  %q\n", line)
	}

	first, rest, _ := bytes.Cut(head, []byte("\r\n"))
	request, err := requestline.Parse(first)
	if err != nil {
		return request.Method, err
	}
	fmt.Fprintf(text, "\nRequest line: method %q, target %q, version %q\n", request.Method, request.Target, request.Version)

	fields, err := headers.Parse(rest, nil)
	if err != nil {
		return request.Method, err
	}
	if err := headers.CheckHost(fields, request.Version); err != nil {
		return request.Method, err
	}
	fmt.Fprintf(text, "\nFields: %d\n", len(fields))
	for _, field := range fields {
		fmt.Fprintf(text, "  %s: %q\n", field.Name, field.Value)
	}

	limits := body.Limits{Bytes: 1 << 20, Line: 4096, Trailer: 8192}
	framing, err := body.Frame(request.Version, fields, limits)
	if err != nil {
		return request.Method, err
	}
	content, err := io.ReadAll(body.NewReader(reader, conn, framing, limits))
	if err != nil {
		return request.Method, err
	}
	fmt.Fprintf(text, "\nBody: %d bytes\n", len(content))
	for line := range bytes.Lines(content) {
		fmt.Fprintf(text, "  %q\n", line)
	}
	return request.Method, nil
}

// answer sends a whole response, with the least head there can be. Step 09 will
// make a better one.
func answer(conn net.Conn, method, status, text string) {
	response := fmt.Sprintf("HTTP/1.1 %s\r\n"+
		"Content-Type: text/plain; charset=utf-8\r\n"+
		"Content-Length: %d\r\n"+
		"Connection: close\r\n\r\n", status, len(text))
	if method != "HEAD" { // which asks for the head alone, RFC 9110 §9.3.2
		response += text
	}
	_, _ = io.WriteString(conn, response) // a client that left gets no answer
}
