package environ

import (
	"cmp"
	"io"
	"net"
	"strings"

	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
)

// A Request is what the steps before this one know of one request.
type Request struct {
	Line    requestline.Line
	Fields  []headers.Field
	Framing body.Framing
	Input   wsgi.Input // becomes wsgi.input
	Errors  io.Writer  // becomes wsgi.errors
	Server  Endpoint   // our end of the connection
	Client  Endpoint   // theirs
}

// An Endpoint is one end of a connection, as text.
type Endpoint struct {
	Host string // an IP address, or the path of a Unix socket
	Port string
}

// EndpointOf splits an address.
func EndpointOf(addr net.Addr) Endpoint {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return Endpoint{Host: addr.String()}
	}
	return Endpoint{host, port}
}

// Fill puts the request into environ, which is empty.
func Fill(environ wsgi.Environ, request Request) {
	FillLine(environ, request.Line)
	fillFields(environ, request)
	FillEndpoints(environ, request.Server, request.Client)
	FillStreams(environ, request.Input, request.Errors)
	FillContract(environ)
	environ["GATEWAY_INTERFACE"] = "CGI/1.1"
	environ["SERVER_SOFTWARE"] = "barewire"
}

// FillLine puts in what they asked for. RFC 3875 §4.1; REQUEST_URI, the target as
// it was sent, stands in no standard but in every server.
func FillLine(environ wsgi.Environ, line requestline.Line) {
	environ["REQUEST_METHOD"] = line.Method
	environ["REQUEST_URI"] = line.Target
	environ["SCRIPT_NAME"] = ""
	environ["PATH_INFO"] = decode(line.Path)
	environ["QUERY_STRING"] = line.Query
	environ["SERVER_PROTOCOL"] = line.Version
}

// FillEndpoints puts in who talks to whom. The socket knows; a Host field only
// claims.
func FillEndpoints(environ wsgi.Environ, server, client Endpoint) {
	environ["SERVER_NAME"] = inURL(server.Host)
	environ["SERVER_PORT"] = cmp.Or(server.Port, "80") // a Unix socket has none, and may not be empty
	environ["REMOTE_ADDR"] = client.Host
	environ["REMOTE_PORT"] = client.Port
}

// FillStreams puts in where to read and where to complain.
func FillStreams(environ wsgi.Environ, input wsgi.Input, errors io.Writer) {
	environ["wsgi.input"] = input
	environ["wsgi.errors"] = errors
}

// FillContract puts in what the contract adds, whatever the request is.
// PEP 3333, "environ Variables"
func FillContract(environ wsgi.Environ) {
	environ["wsgi.version"] = [2]int{1, 0}
	environ["wsgi.url_scheme"] = "http"
	environ["wsgi.input_terminated"] = true // it ends by itself, chunked or not
	environ["wsgi.multithread"] = true      // other requests run at the same time
	environ["wsgi.multiprocess"] = false
	environ["wsgi.run_once"] = false
	environ["wsgi.file_wrapper"] = wsgi.FileWrapper(wrapFile)
}

// inURL writes a host as a URL does: an IPv6 address stands in brackets, or its
// colons and that of the port cannot be told apart. RFC 3875 §4.1.14
func inURL(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// wrapFile is wsgi.file_wrapper.
func wrapFile(file io.ReadCloser, blockSize int) wsgi.Body {
	return wsgi.File{Reader: file, Closer: file, BlockSize: blockSize}
}

// decode replaces each %xx with its byte, once: %2541 becomes %41, not A. Step
// 03 made sure that two hex digits follow. RFC 3986 §2.4
func decode(path string) string {
	if !strings.Contains(path, "%") {
		return path
	}
	decoded := make([]byte, 0, len(path))
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c == '%' {
			c = unhex(path[i+1])<<4 | unhex(path[i+2])
			i += 2
		}
		decoded = append(decoded, c)
	}
	return string(decoded)
}

func unhex(digit byte) byte {
	if digit <= '9' {
		return digit - '0'
	}
	return digit&^0x20 - 'A' + 10 // without the bit that makes a letter small
}
