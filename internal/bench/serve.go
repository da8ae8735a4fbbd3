//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"strconv"
	"syscall"

	app "barewire/apps/bench"
	"barewire/server"

	"github.com/valyala/fasthttp"
)

// What all servers answer is what apps/bench does. They look at the path only, for
// nobody asks them with another method.
const helloWorld = "Hello world!\n"

const (
	blockSize  = 64 << 10
	streamSize = 1 << 30
)

// serve is one of the servers in Go, until it is killed, or with a profile until it
// is told to end.
func serve(name, profile string) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	if profile != "" {
		file, err := os.Create(profile)
		if err != nil {
			return err
		}
		runtime.GOMAXPROCS(1) // as in the comparison
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		go func() {
			end := make(chan os.Signal, 1)
			signal.Notify(end, syscall.SIGINT, syscall.SIGTERM)
			<-end
			pprof.StopCPUProfile()
			os.Exit(0)
		}()
	}
	switch name {
	case "barewire":
		server.New(app.App).Serve(listener)
		return nil
	case "nethttp":
		return nethttpServer().Serve(listener)
	case "fasthttp":
		return fasthttpServer().Serve(listener)
	case "raw":
		return serveRaw(listener)
	}
	return fmt.Errorf("there is no server %q here", name)
}

// nethttpServer is net/http without its ServeMux, for the others have none either.
func nethttpServer() *http.Server {
	hello := []byte(helloWorld)
	return &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "net/http")
		w.Header().Set("Content-Type", "text/plain")
		switch r.URL.Path {
		case "/":
			_, _ = w.Write(hello) // an error is the client's leaving
		case "/stream":
			w.Header().Set("Content-Type", "application/octet-stream")
			block := make([]byte, blockSize)
			for range streamSize / blockSize {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		case "/upload":
			total, err := count(r.Body)
			if err != nil {
				return
			}
			fmt.Fprintf(w, "%d\n", total)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})}
}

// count reads through one block, as apps/bench does. io.Copy might take a way
// around it.
func count(body io.Reader) (total int64, err error) {
	block := make([]byte, blockSize)
	for {
		n, err := body.Read(block)
		total += int64(n)
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

func fasthttpServer() *fasthttp.Server {
	hello := []byte(helloWorld)
	return &fasthttp.Server{
		Name:               "fasthttp",
		StreamRequestBody:  true, // or a body is read into memory before the handler sees it
		MaxRequestBodySize: streamSize,
		Handler: func(ctx *fasthttp.RequestCtx) {
			ctx.SetContentType("text/plain")
			switch string(ctx.Path()) {
			case "/":
				ctx.SetBody(hello)
			case "/stream":
				ctx.SetContentType("application/octet-stream")
				ctx.SetBodyStream(&zeros{streamSize}, -1)
			case "/upload":
				total, err := count(ctx.RequestBodyStream())
				if err != nil {
					ctx.SetConnectionClose()
				}
				fmt.Fprintf(ctx, "%d\n", total)
			default:
				ctx.SetStatusCode(fasthttp.StatusNotFound)
			}
		},
	}
}

// zeros reads so many of them. fasthttp would tell the length of an io.LimitedReader.
type zeros struct{ left int }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), z.left)
	clear(p[:n])
	z.left -= n
	return n, nil
}

// What the raw loop says is made before it is asked. Its Date is wrong: it parses
// nothing and computes nothing, it is there to show what reading and writing cost.
var (
	rawHello = []byte("HTTP/1.1 200 OK\r\nServer: raw\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n" +
		"Content-Type: text/plain\r\nContent-Length: 13\r\n\r\n" + helloWorld)
	rawStream = []byte("HTTP/1.1 200 OK\r\nServer: raw\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n" +
		"Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
	rawChunk = fmt.Appendf(nil, "%x\r\n%s\r\n", blockSize, make([]byte, blockSize))
	headEnd  = []byte("\r\n\r\n")
	closing  = []byte("\r\nConnection: close\r\n\r\n")
)

// serveRaw answers whatever ends with an empty line.
func serveRaw(listener net.Listener) error {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			_ = rawLoop(conn)
		}()
	}
}

func rawLoop(conn net.Conn) error {
	buf := make([]byte, 4<<10)
	var answers []byte
	for have := 0; ; {
		n, err := conn.Read(buf[have:])
		if err != nil {
			return err
		}
		have += n
		heads := bytes.Count(buf[:have], headEnd)
		last := bytes.LastIndex(buf[:have], headEnd) + len(headEnd)
		switch {
		case heads == 0 && have == len(buf):
			return io.ErrShortBuffer
		case heads == 0:
			continue
		case bytes.HasPrefix(buf, []byte("GET /stream ")):
			err = rawSend(conn)
		case bytes.HasPrefix(buf, []byte("POST ")):
			err = rawTake(conn, buf[:have])
			last = have
		default:
			answers = answers[:0]
			for range heads {
				answers = append(answers, rawHello...)
			}
			_, err = conn.Write(answers)
			if bytes.HasSuffix(buf[:last], closing) {
				return err
			}
		}
		if err != nil {
			return err
		}
		have = copy(buf, buf[last:have])
	}
}

// rawSend sends the stream.
func rawSend(conn net.Conn) error {
	_, err := conn.Write(rawStream)
	for i := 0; err == nil && i < streamSize/blockSize; i++ {
		_, err = conn.Write(rawChunk)
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(conn, "0\r\n\r\n")
	return err
}

// rawTake takes an upload, of which a part has come with the head.
func rawTake(conn net.Conn, begun []byte) error {
	head, body, _ := bytes.Cut(begun, headEnd)
	_, length, _ := bytes.Cut(head, []byte("Content-Length: "))
	length, _, _ = bytes.Cut(length, []byte("\r\n"))
	size, err := strconv.Atoi(string(length))
	if err != nil {
		return err
	}
	block := make([]byte, blockSize)
	for left := size - len(body); left > 0; {
		n, err := conn.Read(block[:min(left, blockSize)])
		if err != nil {
			return err
		}
		left -= n
	}
	answer := strconv.Itoa(size) + "\n"
	_, err = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nServer: raw\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"+
		"Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s", len(answer), answer)
	return err
}
