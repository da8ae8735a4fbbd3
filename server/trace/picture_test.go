package trace_test

import (
	"testing"
	"time"

	"barewire/server"
	"barewire/server/trace"
)

const (
	pictureHead = "POST /hello?x=1 HTTP/1.1\r\nHost: localhost:8888\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n" +
		"Content-Length: 8\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
	pictureAnswer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n" +
		"Date: Tue, 31 Mar 2026 12:54:48 GMT\r\nServer: barewire\r\n\r\nHello, ada!\n"
)

// picture is the exchange behind all screens: hello:App, asked by
// curl -d name=ada 'http://localhost:8888/hello?x=1'.
func picture() []server.Event {
	start := time.Date(2026, 3, 31, 12, 54, 48, 0, time.UTC)
	at := func(microseconds int) server.Place {
		return server.Place{Conn: 1, Request: 1, At: start.Add(time.Duration(microseconds) * time.Microsecond)}
	}
	passed := func(place server.Place, step int, name string, took int) server.Passed {
		return server.Passed{Place: place, Step: step, Name: name, Took: time.Duration(took) * time.Microsecond}
	}
	read := passed(at(31), 2, "read", 31)
	read.Head = server.Bytes(pictureHead)
	line := passed(at(35), 3, "requestline", 4)
	line.Line = &server.Line{Method: "POST", Target: "/hello?x=1", Version: "HTTP/1.1", Path: "/hello", Query: "x=1"}
	headers := passed(at(44), 4, "headers", 9)
	headers.Fields = []server.Field{
		field("Host", "localhost:8888"),
		field("User-Agent", "curl/7.88.1"),
		field("Accept", "*/*"),
		field("Content-Length", "8"),
		field("Content-Type", "application/x-www-form-urlencoded"),
	}
	framed := passed(at(46), 5, "body", 2)
	framed.Framing = &server.Framing{Length: 8}
	filled := passed(at(57), 7, "environ", 11)
	filled.Environ = map[string]string{
		"REQUEST_METHOD": "'POST'", "REQUEST_URI": "'/hello?x=1'", "SCRIPT_NAME": "''", "PATH_INFO": "'/hello'",
		"QUERY_STRING": "'x=1'", "SERVER_PROTOCOL": "'HTTP/1.1'", "HTTP_HOST": "'localhost:8888'",
		"HTTP_USER_AGENT": "'curl/7.88.1'", "HTTP_ACCEPT": "'*/*'", "CONTENT_LENGTH": "'8'",
		"CONTENT_TYPE": "'application/x-www-form-urlencoded'", "SERVER_NAME": "'127.0.0.1'", "SERVER_PORT": "'8888'",
		"REMOTE_ADDR": "'127.0.0.1'", "REMOTE_PORT": "'53124'", "SERVER_SOFTWARE": "'barewire'",
		"GATEWAY_INTERFACE": "'CGI/1.1'", "wsgi.version": "(1, 0)", "wsgi.url_scheme": "'http'",
		"wsgi.input": "<wsgi.input>", "wsgi.input_terminated": "True", "wsgi.errors": "<wsgi.errors>",
		"wsgi.multithread": "True", "wsgi.multiprocess": "False", "wsgi.run_once": "False",
		"wsgi.file_wrapper": "<wsgi.file_wrapper>", "barewire.note": "<barewire.note>",
	}
	response := passed(at(119), 9, "response", 24)
	response.Status = "200 OK"
	next := passed(at(122), 10, "keepalive", 3)
	next.Keep = true
	return []server.Event{
		server.Opened{
			Place:  server.Place{Conn: 1, At: start},
			Client: server.Endpoint{Host: "127.0.0.1", Port: "53124"},
			Server: server.Endpoint{Host: "127.0.0.1", Port: "8888"},
		},
		server.Received{Place: at(0), Bytes: server.Bytes(pictureHead + "name=ada"), Size: 164},
		read, line, headers, framed, filled,
		server.InputRead{Place: at(63), Call: "read", Size: 8},
		server.InputRead{Place: at(64), Call: "read", End: true},
		server.Started{Place: at(79), Status: "200 OK", Headers: []server.Field{field("Content-Type", "text/plain")}},
		passed(at(90), 8, "call", 38),
		server.Chunk{Place: at(91), Number: 1, Size: 12},
		server.Sent{Place: at(113), Bytes: server.Bytes(pictureAnswer), Size: 132},
		response, next,
		server.Ended{Place: at(122), In: 164, Out: 132, Took: 122 * time.Microsecond, Keep: true},
		server.Gone{Place: server.Place{Conn: 1, At: start.Add(time.Second)}},
	}
}

func field(name, value string) server.Field {
	return server.Field{server.Bytes(name), server.Bytes(value)}
}

// TestPicture shows the exchange as the design drew it, column by column.
func TestPicture(t *testing.T) {
	golden(t, "picture", show(t, trace.Text{App: "hello:App"}, picture()))
}
