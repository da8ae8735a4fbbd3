// Demo is the server after step 07. It tells the application all that it knows,
// and the application here shows what it was told.
//
//	go run ./steps/07_environ/demo
//	curl -v 'http://127.0.0.1:8888/hello%20there?x=%20'
//	curl -v -d name=ada -H 'Cookie: a=1' -H 'Cookie: b=2' 'http://127.0.0.1:8888/'
//	curl -v -H 'Proxy: http://evil' -H 'X_Forwarded_For: 127.0.0.1' 'http://127.0.0.1:8888/'
//
// An argument is another address to listen on: 127.0.0.1:0 takes a free port.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	listen "barewire/steps/01_listen"
	read "barewire/steps/02_read"
	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	environ "barewire/steps/07_environ"
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
		return fmt.Errorf("address %s is already in use: stop the server that has it, or take a free port with: go run ./steps/07_environ/demo 127.0.0.1:0", address)
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
		err = invoke(show, conn, env)
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

// show is an application. It has never heard of a socket.
func show(env wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(env)) {
		fmt.Fprintln(&text, key, "=", wsgi.Repr(key, env[key]))
	}
	start("200 OK", plain)
	return wsgi.Text(text.String())
}

// invoke calls an application, and answers with what it says. The start function
// is made by hand, and believes all that it is told; step 08 has a better one.
func invoke(app wsgi.Application, conn net.Conn, env wsgi.Environ) (err error) {
	var status string
	var fields wsgi.Headers
	var text strings.Builder
	start := func(s string, h wsgi.Headers, _ ...error) wsgi.Write {
		status, fields = s, h
		return func(chunk []byte) error { _, err := text.Write(chunk); return err }
	}

	result := app(env, start)
	defer func() { err = errors.Join(err, result.Close()) }()
	for chunk, err := range result.Chunks {
		if err != nil {
			return err
		}
		text.Write(chunk)
	}
	answer(conn, env.Text("REQUEST_METHOD"), status, fields, text.String())
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
