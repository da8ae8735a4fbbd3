// Demo is the server after step 08. Its start function keeps the rules, so it
// can serve an application that it does not know. Left out on purpose: catching
// a panic of that application. It ends the demo; the server catches it.
//
//	go run ./steps/08_call/demo
//	curl -v 'http://127.0.0.1:8888/hello?name=ada'
//	curl -v -d name=ada 'http://127.0.0.1:8888/'
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

	"barewire/apps/hello"
	listen "barewire/steps/01_listen"
	read "barewire/steps/02_read"
	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	environ "barewire/steps/07_environ"
	call "barewire/steps/08_call"
	"barewire/steps/refuse"
)

var plain = wsgi.Headers{{"Content-Type", "text/plain; charset=utf-8"}}

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
		return fmt.Errorf("address %s is already in use: stop the server that has it, or take a free port with: go run ./steps/08_call/demo 127.0.0.1:0", address)
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

	request, input, err := understand(conn)
	if err == nil {
		request.Input, request.Errors = input, os.Stderr
		request.Server, request.Client = environ.EndpointOf(conn.LocalAddr()), environ.EndpointOf(conn.RemoteAddr())
		env := wsgi.Environ{}
		environ.Fill(env, request)
		err = invoke(hello.App, conn, env)
	}
	var refusal *refuse.Error
	if errors.As(err, &refusal) {
		answer(conn, request.Line.Method, refusal.Status, plain, refusal.Error()+"\n")
	}
}

// understand does the steps so far. The body is left to the application.
func understand(conn net.Conn) (request environ.Request, input *body.Reader, err error) {
	reader := bufio.NewReader(conn)
	head, err := read.Head(reader, read.Limits{Line: 8192, Lines: 100, Bytes: 65536}, nil)
	if err != nil {
		return request, nil, err
	}

	first, rest, _ := bytes.Cut(head, []byte("\r\n"))
	request.Line, err = requestline.Parse(first)
	if err != nil {
		return request, nil, err
	}

	request.Fields, err = headers.Parse(rest, nil)
	if err != nil {
		return request, nil, err
	}
	if err := headers.CheckHost(request.Fields, request.Line.Version); err != nil {
		return request, nil, err
	}

	limits := body.Limits{Bytes: 1 << 20, Line: 4096, Trailer: 8192}
	request.Framing, err = body.Frame(request.Line.Version, request.Fields, limits)
	if err != nil {
		return request, nil, err
	}
	return request, body.NewReader(reader, conn, request.Framing, limits), nil
}

// invoke calls an application, and answers with what it says.
func invoke(app wsgi.Application, conn net.Conn, env wsgi.Environ) (err error) {
	var text strings.Builder
	result := call.Application(app, env, func(_ *call.Answer, chunk []byte) error {
		_, err := text.Write(chunk)
		return err
	})
	defer func() { err = errors.Join(err, result.Body.Close()) }()
	for chunk, err := range result.Body.Chunks {
		if err != nil {
			return err
		}
		text.Write(chunk)
	}
	if err := result.Ready(); err != nil {
		return err
	}
	answer(conn, env.Text("REQUEST_METHOD"), result.Status, result.Headers, text.String())
	return nil
}

// answer sends a whole response, with the least head there can be. Step 09 will
// make a better one.
func answer(conn net.Conn, method, status string, fields wsgi.Headers, text string) {
	response := fmt.Sprintf("HTTP/1.1 %s\r\n", status)
	for _, field := range fields {
		response += fmt.Sprintf("%s: %s\r\n", field[0], field[1])
	}
	response += fmt.Sprintf("Content-Length: %d\r\n"+
		"Connection: close\r\n\r\n", len(text))
	if method != "HEAD" { // which asks for the head alone, RFC 9110 §9.3.2
		response += text
	}
	_, _ = io.WriteString(conn, response) // a client that left gets no answer
}
