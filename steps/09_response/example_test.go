package response_test

import (
	"fmt"
	"os"
	"strings"
	"time"

	wsgi "barewire/steps/06_wsgi"
	call "barewire/steps/08_call"
	response "barewire/steps/09_response"
)

// show prints a response line by line, line ends included.
func show(sent string) {
	for line := range strings.Lines(sent) {
		fmt.Printf("%q\n", line)
	}
}

func ExampleWriter() {
	app := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
		return wsgi.List{[]byte("one\n"), []byte("three\n")}
	}

	var out strings.Builder
	writer := &response.Writer{
		Conn: &out, Method: "GET", Version: "HTTP/1.1",
		Date:  func() string { return response.Date(time.Date(2026, 3, 31, 12, 54, 48, 0, time.UTC)) },
		Begin: func() (keep bool, err error) { return true, nil },
	}
	answer := call.Application(app, nil, writer.Send)
	if err := writer.Body(answer, writer.Send); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	show(out.String())
	// Output:
	// "HTTP/1.1 200 OK\r\n"
	// "Content-Type: text/plain\r\n"
	// "Transfer-Encoding: chunked\r\n"
	// "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"
	// "Server: barewire\r\n"
	// "\r\n"
	// "4\r\n"
	// "one\n"
	// "\r\n"
	// "6\r\n"
	// "three\n"
	// "\r\n"
	// "0\r\n"
	// "\r\n"
}

func ExampleFrame() {
	answer := &call.Answer{Status: "200 OK", Length: -1}
	fmt.Println(response.Frame("GET", "HTTP/1.1", answer, 6))
	fmt.Println(response.Frame("GET", "HTTP/1.1", answer, -1))
	fmt.Println(response.Frame("GET", "HTTP/1.0", answer, -1))
	fmt.Println(response.Frame("HEAD", "HTTP/1.1", answer, 6))
	// Output:
	// Content-Length 6
	// chunked -1
	// until close -1
	// no body 6
}

func ExampleAppendHead() {
	answer := &call.Answer{
		Status:  "404 Not Found",
		Headers: wsgi.Headers{{"Content-Length", "6"}, {"Server", "me"}},
		Length:  6,
	}
	now := time.Date(2026, 3, 31, 12, 54, 48, 0, time.UTC)
	show(string(response.AppendHead(nil, answer, response.ByLength, 6, response.Date(now), "close")))
	// Output:
	// "HTTP/1.1 404 Not Found\r\n"
	// "Content-Length: 6\r\n"
	// "Server: me\r\n"
	// "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\n"
	// "Connection: close\r\n"
	// "\r\n"
}
