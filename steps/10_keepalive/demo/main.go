// Demo is the server after step 10. A connection stays open, for as long as both
// sides know where the next request begins. Left out on purpose: catching a
// panic of the application. It ends the demo; the server catches it.
//
//	go run ./steps/10_keepalive/demo
//	curl -v 'http://127.0.0.1:8888/?name=ada' 'http://127.0.0.1:8888/?name=grace'
//	curl -v --http1.0 'http://127.0.0.1:8888/?name=ada' 'http://127.0.0.1:8888/?name=grace'
//	printf 'GET /?name=%s HTTP/1.1\r\nHost: h\r\n\r\n' ada grace | go run . send -
//
// An argument is another address to listen on: 127.0.0.1:0 takes a free port.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
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
	response "barewire/steps/09_response"
	keepalive "barewire/steps/10_keepalive"
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
		return fmt.Errorf("address %s is already in use: stop the server that has it, or take a free port with: go run ./steps/10_keepalive/demo 127.0.0.1:0", address)
	}
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	listen.Accept(listener, func(conn net.Conn) { go serve(conn) })
	return nil
}

// serve talks with one client: requests and answers in turn, then goodbye.
func serve(conn net.Conn) {
	defer listen.Goodbye(conn)
	reader := bufio.NewReader(conn) // the next request may be in it already
	for more := true; more; {
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second)) // a silent client may not stay for ever
		more = exchange(conn, reader)
	}
}

// exchange is one request and its answer. It tells whether another may follow.
func exchange(conn net.Conn, reader *bufio.Reader) bool {
	request, input, err := understand(conn, reader)
	var refusal *refuse.Error
	switch {
	case err == nil:
		request.Input, request.Errors = input, os.Stderr
		request.Server, request.Client = environ.EndpointOf(conn.LocalAddr()), environ.EndpointOf(conn.RemoteAddr())
		env := wsgi.Environ{}
		environ.Fill(env, request)
		kept := answer(conn, request.Line, hello.App, env, func() (keep bool, err error) {
			err = input.Err() // a bad body is the answer, whatever the application made of it
			keep = keepalive.Persist(request.Line.Version, request.Fields, input)
			input.Answered()
			return keep, err
		})
		return kept && keepalive.Next(input)
	case errors.As(err, &refusal):
		return answer(conn, request.Line, explain(err), nil, never)
	}
	return false
}

// understand does the steps so far. The body is left to the application.
func understand(conn net.Conn, reader *bufio.Reader) (request environ.Request, input *body.Reader, err error) {
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

// answer calls an application and sends what it answers. As long as nothing is
// out, an error can still become the answer. It tells whether the answer is
// whole, and promised to keep the connection.
func answer(conn net.Conn, line requestline.Line, app wsgi.Application, env wsgi.Environ, begin func() (bool, error)) bool {
	writer := &response.Writer{
		Conn:    conn,
		Method:  line.Method,
		Version: line.Version,
		Date:    func() string { return response.Date(time.Now()) },
		Begin:   begin,
	}
	result := call.Application(app, env, writer.Send)
	err := writer.Body(result, writer.Send)
	if err != nil && !result.Sent {
		return answer(conn, line, explain(err), nil, never)
	}
	return writer.Whole && writer.Keep
}

// explain is the application that answers when no other can.
func explain(err error) wsgi.Application {
	status, text := refuse.ServerError, "The application failed.\n"
	var refusal *refuse.Error
	if errors.As(err, &refusal) {
		status, text = refusal.Status, refusal.Error()+"\n"
	}
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start(status, wsgi.Headers{{"Content-Type", "text/plain; charset=utf-8"}})
		return wsgi.Text(text)
	}
}

// never keeps a connection.
func never() (keep bool, err error) { return false, nil }
