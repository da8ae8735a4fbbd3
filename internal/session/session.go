// Package session has the exchanges behind the pictures of the documentation and
// behind the tests that compare screens: events as a server tells them, with
// times that never change.
package session

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"barewire/server"
)

// Began is when the first of them does.
var Began = time.Date(2026, 3, 31, 12, 54, 48, 0, time.UTC)

// All returns six exchanges, each on a connection of its own: a GET, a request
// that step 04 refuses, a HEAD, a client that leaves, a GET with a long head, and
// Post.
func All() []server.Event {
	return slices.Concat(
		get(1, "GET", "Host: localhost:8888\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n", 210),
		refused(2),
		get(3, "HEAD", "Host: localhost:8888\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n", 120),
		left(4),
		get(5, "GET", "Host: localhost:8888\r\nCookie: "+strings.Repeat("c", 462)+"\r\n", 180),
		Post(6),
	)
}

// What client and server say in Post, the body of the request aside.
const (
	PostHead = "POST /hello?x=1 HTTP/1.1\r\nHost: localhost:8888\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n" +
		"Content-Length: 8\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
	PostAnswer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n" +
		"Date: Tue, 31 Mar 2026 12:54:48 GMT\r\nServer: barewire\r\n\r\nHello, ada!\n"
)

// Post is the exchange that every picture shows: hello:App, asked by
// curl -d name=ada 'http://localhost:8888/hello?x=1'. It is the request of that
// number, the only one of its connection.
func Post(number int) []server.Event {
	at := clock(number, time.Duration(number-1)*time.Second)
	read := passed(at(31), 2, "read", 31)
	read.Head = server.Bytes(PostHead)
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
	filled.Environ = environ(map[string]string{
		"REQUEST_METHOD": "'POST'", "REQUEST_URI": "'/hello?x=1'", "PATH_INFO": "'/hello'", "QUERY_STRING": "'x=1'",
		"HTTP_HOST": "'localhost:8888'", "HTTP_USER_AGENT": "'curl/7.88.1'", "HTTP_ACCEPT": "'*/*'", "CONTENT_LENGTH": "'8'",
		"CONTENT_TYPE": "'application/x-www-form-urlencoded'",
	})
	response := passed(at(119), 9, "response", 24)
	response.Status = "200 OK"
	next := passed(at(122), 10, "keepalive", 3)
	next.Keep = true
	return []server.Event{
		opened(at(0)),
		server.Received{Place: at(0), Bytes: server.Bytes(PostHead + "name=ada"), Size: 164},
		read, line, headers, framed, filled,
		server.InputRead{Place: at(63), Call: "read", Size: 8},
		server.InputRead{Place: at(64), Call: "read", End: true},
		server.Started{Place: at(79), Status: "200 OK", Headers: []server.Field{field("Content-Type", "text/plain")}},
		passed(at(90), 8, "call", 38),
		server.Chunk{Place: at(91), Number: 1, Size: 12},
		server.Sent{Place: at(113), Bytes: server.Bytes(PostAnswer), Size: 132},
		response, next,
		server.Ended{Place: at(122), In: 164, Out: 132, Took: 122 * time.Microsecond, Keep: true},
		gone(at(1_000_000)),
	}
}

// The application behind Flask and Failed, and the worker that it lives in.
const (
	PythonApp = "app.py:app"
	Worker    = 4242
)

// stack is that of Flask at start_response.
const stack = "Flask.__call__\nFlask.wsgi_app\nResponse.__call__"

// Flask is a request that a Flask application answers with two chunks, one after
// another: its worker is handed the environ, reads the form, and has its turns.
func Flask(number int) []server.Event {
	post := Post(number)
	at := clock(number, time.Duration(number-1)*time.Second)
	took := func(microseconds int) time.Duration { return time.Duration(microseconds) * time.Microsecond }
	did := func(when int, did string, size, turn int) server.Worked {
		return server.Worked{Place: at(when), Process: Worker, Did: did, Size: size, Took: took(turn)}
	}
	start := did(1550, "start_response", 152, 1070)
	start.Stack = stack
	const head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n" +
		"Date: Tue, 31 Mar 2026 12:54:48 GMT\r\nServer: barewire\r\n\r\n7\r\nHello, \r\n"
	response := passed(at(2160), 9, "response", 130)
	response.Status = "200 OK"
	next := passed(at(2163), 10, "keepalive", 3)
	next.Keep = true
	return append(post[:7:7], // up to the environ
		did(66, "environ", 1482, 0),
		did(468, "read", 22, 402),
		server.InputRead{Place: at(474), Call: "read", Size: 8, Took: took(4)},
		start,
		server.Started{Place: at(1551), Status: "200 OK", Headers: []server.Field{field("Content-Type", "text/plain")}},
		did(1600, "returned", 16, 40),
		passed(at(1603), 8, "call", 1542),
		did(1660, "chunk", 24, 50),
		server.Chunk{Place: at(1661), Number: 1, Size: 7},
		server.Sent{Place: at(1700), Bytes: server.Bytes(head), Size: len(head)},
		did(1980, "chunk", 22, 270),
		server.Chunk{Place: at(1981), Number: 2, Size: 5},
		server.Sent{Place: at(2000), Bytes: server.Bytes("5\r\nada!\n\r\n"), Size: 10},
		did(2120, "end", 11, 110),
		server.Sent{Place: at(2150), Bytes: server.Bytes("0\r\n\r\n"), Size: 5},
		response, next,
		server.Ended{Place: at(2163), In: 164, Out: int64(len(head)) + 15, Took: took(2163), Keep: true},
		gone(at(900_000)),
	)
}

// Failed is one that raises an exception.
func Failed(number int) []server.Event {
	at := clock(number, time.Duration(number-1)*time.Second)
	events := get(number, "GET", "Host: localhost:8888\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n", 900)
	const text = "The application failed. The traceback is where the server runs.\n"
	const answer = "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 64\r\n" +
		"Date: Tue, 31 Mar 2026 12:54:48 GMT\r\nServer: barewire\r\n\r\n" + text
	response := passed(at(890), 9, "response", 40)
	response.Status = "500 Internal Server Error"
	return append(events[:7:7],
		server.Worked{Place: at(44), Process: Worker, Did: "environ", Size: 1310},
		server.Worked{Place: at(820), Process: Worker, Did: "failed", Size: 640, Took: 770 * time.Microsecond},
		server.Noted{Place: at(821), Error: true, Text: "Traceback (most recent call last):\n" +
			"  File \"/home/ada/shop/app.py\", line 9, in application\n    return total(cart) / len(cart)\n           ~~~~~~~~~~~~^~~~~~~~~~~\n" +
			"ZeroDivisionError: division by zero\n"},
		server.Started{Place: at(824), Status: "500 Internal Server Error", Cause: "the Python application raised an exception; its traceback is in wsgi.errors",
			Headers: []server.Field{field("Content-Type", "text/plain; charset=utf-8"), field("Content-Length", "64")}},
		passed(at(826), 8, "call", 788),
		server.Chunk{Place: at(828), Number: 1, Size: len(text)},
		server.Sent{Place: at(880), Bytes: server.Bytes(answer), Size: len(answer)},
		response, passed(at(900), 10, "keepalive", 2),
		server.Ended{Place: at(900), In: 78, Out: int64(len(answer)), Took: 900 * time.Microsecond},
		gone(at(1000)),
	)
}

func field(name, value string) server.Field {
	return server.Field{server.Bytes(name), server.Bytes(value)}
}

// get is a request for / that hello:App answers.
func get(number int, method, fields string, took int) []server.Event {
	at := clock(number, time.Duration(number-1)*time.Second)
	head := method + " / HTTP/1.1\r\n" + fields + "\r\n"
	read := passed(at(20), 2, "read", 20)
	read.Head = server.Bytes(head)
	line := passed(at(23), 3, "requestline", 3)
	line.Line = &server.Line{Method: method, Target: "/", Version: "HTTP/1.1", Path: "/"}
	headers := passed(at(29), 4, "headers", 6)
	variables := map[string]string{"REQUEST_METHOD": "'" + method + "'", "REQUEST_URI": "'/'", "PATH_INFO": "'/'", "QUERY_STRING": "''"}
	for part := range strings.SplitSeq(strings.TrimSuffix(fields, "\r\n"), "\r\n") {
		name, value, _ := strings.Cut(part, ": ")
		headers.Fields = append(headers.Fields, field(name, value))
		variables["HTTP_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_"))] = "'" + value + "'"
	}
	framed := passed(at(30), 5, "body", 1)
	framed.Framing = &server.Framing{}
	filled := passed(at(38), 7, "environ", 8)
	filled.Environ = environ(variables)
	answer := "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 14\r\n" +
		"Date: Tue, 31 Mar 2026 12:54:48 GMT\r\nServer: barewire\r\n\r\n"
	if method != "HEAD" {
		answer += "Hello, world!\n"
	}
	response := passed(at(took-4), 9, "response", took/2)
	response.Status = "200 OK"
	next := passed(at(took), 10, "keepalive", 2)
	next.Keep = true
	return []server.Event{
		opened(at(0)),
		server.Received{Place: at(0), Bytes: server.Bytes(head), Size: len(head)},
		read, line, headers, framed, filled,
		server.Started{Place: at(50), Status: "200 OK", Headers: []server.Field{field("Content-Type", "text/plain")}},
		passed(at(52), 8, "call", 12),
		server.Chunk{Place: at(53), Number: 1, Size: 14},
		server.Sent{Place: at(took - 10), Bytes: server.Bytes(answer), Size: len(answer)},
		response, next,
		server.Ended{Place: at(took), In: int64(len(head)), Out: int64(len(answer)), Took: time.Duration(took) * time.Microsecond, Keep: true},
		gone(at(900_000)),
	}
}

// refused is a request without a Host field.
func refused(number int) []server.Event {
	at := clock(number, time.Duration(number-1)*time.Second)
	const head = "GET /hello HTTP/1.1\r\n\r\n"
	refusal := server.Refusal{Status: "400 Bad Request", Rule: "a request in HTTP/1.1 has a Host field", Section: "RFC 9112 §3.2"}
	read := passed(at(12), 2, "read", 12)
	read.Head = server.Bytes(head)
	line := passed(at(15), 3, "requestline", 3)
	line.Line = &server.Line{Method: "GET", Target: "/hello", Version: "HTTP/1.1", Path: "/hello"}
	headers := passed(at(17), 4, "headers", 2)
	headers.Refused = &refusal
	page := fmt.Sprintf("%s\n\nstep    04 headers\nrule    %s\nsource  %s\n", refusal.Status, refusal.Rule, refusal.Section)
	answer := "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " + fmt.Sprint(len(page)) +
		"\r\nDate: Tue, 31 Mar 2026 12:54:49 GMT\r\nServer: barewire\r\nConnection: close\r\n\r\n" + page
	response := passed(at(80), 9, "response", 30)
	response.Status = refusal.Status
	return []server.Event{
		opened(at(0)),
		server.Received{Place: at(0), Bytes: server.Bytes(head), Size: len(head)},
		read, line, headers,
		server.Started{Place: at(30), Status: refusal.Status, Headers: []server.Field{field("Content-Type", "text/plain; charset=utf-8")}},
		passed(at(31), 8, "call", 3),
		server.Chunk{Place: at(32), Number: 1, Size: len(page)},
		server.Sent{Place: at(70), Bytes: server.Bytes(answer), Size: len(answer)},
		response, passed(at(88), 10, "keepalive", 1),
		server.Ended{Place: at(90), In: int64(len(head)), Out: int64(len(answer)), Took: 90 * time.Microsecond},
		gone(at(200)),
	}
}

// left is a client that leaves inside the head.
func left(number int) []server.Event {
	at := clock(number, time.Duration(number-1)*time.Second)
	const begun = "GET / HTTP/1.1\r\n"
	read := passed(at(3_020_000), 2, "read", 3_020_000)
	read.Error = "the client left inside the head"
	return []server.Event{
		opened(at(0)),
		server.Received{Place: at(0), Bytes: server.Bytes(begun), Size: len(begun)},
		read,
		server.Ended{Place: at(3_020_000), In: int64(len(begun)), Took: 3_020 * time.Millisecond},
		gone(at(3_020_100)),
	}
}

// clock returns the places of an exchange, in microseconds from its beginning.
func clock(number int, begins time.Duration) func(microseconds int) server.Place {
	return func(microseconds int) server.Place {
		return server.Place{Conn: number, Request: number, At: Began.Add(begins + time.Duration(microseconds)*time.Microsecond)}
	}
}

func opened(at server.Place) server.Event {
	at.Request = 0
	return server.Opened{Place: at, Client: server.Endpoint{Host: "127.0.0.1", Port: "53124"}, Server: server.Endpoint{Host: "127.0.0.1", Port: "8888"}}
}

func gone(at server.Place) server.Event {
	at.Request = 0
	return server.Gone{Place: at}
}

func passed(at server.Place, step int, name string, took int) server.Passed {
	return server.Passed{Place: at, Step: step, Name: name, Took: time.Duration(took) * time.Microsecond}
}

// environ adds what the server does to what the client said.
func environ(said map[string]string) map[string]string {
	all := map[string]string{
		"SCRIPT_NAME": "''", "SERVER_PROTOCOL": "'HTTP/1.1'", "SERVER_NAME": "'127.0.0.1'", "SERVER_PORT": "'8888'",
		"REMOTE_ADDR": "'127.0.0.1'", "REMOTE_PORT": "'53124'", "SERVER_SOFTWARE": "'barewire'",
		"GATEWAY_INTERFACE": "'CGI/1.1'", "wsgi.version": "(1, 0)", "wsgi.url_scheme": "'http'",
		"wsgi.input": "<wsgi.input>", "wsgi.input_terminated": "True", "wsgi.errors": "<wsgi.errors>",
		"wsgi.multithread": "True", "wsgi.multiprocess": "False", "wsgi.run_once": "False",
		"wsgi.file_wrapper": "<wsgi.file_wrapper>", "barewire.note": "<barewire.note>",
	}
	maps.Copy(all, said)
	return all
}
