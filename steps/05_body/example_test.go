package body_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	"barewire/steps/refuse"
)

func ExampleFrame() {
	limits := body.Limits{Bytes: 1000, Line: 100, Trailer: 100}
	framing, err := body.Frame("HTTP/1.1", []headers.Field{{Name: "Content-Length", Value: "8"}}, limits)
	fmt.Printf("%+v %v\n", framing, err)
	_, err = body.Frame("HTTP/1.1", []headers.Field{{Name: "Content-Length", Value: "eight"}}, limits)
	var refusal *refuse.Error
	if errors.As(err, &refusal) {
		fmt.Printf("%s, %s, got %q\n", refusal.Status, refusal.Section, refusal.Got)
	}
	// Output:
	// {Length:8 Chunked:false Continue:false} <nil>
	// 400 Bad Request, RFC 9110 §8.6, got "eight"
}

// The body comes in chunks, and the client waits for a word before it sends
// them. What lies behind the last one stays in r.
func ExampleReader() {
	r := bufio.NewReader(strings.NewReader("6\r\none\ntw\r\n2\r\no\n\r\n0\r\n\r\nGET /next"))
	limits := body.Limits{Bytes: 1000, Line: 100, Trailer: 100}
	var interim strings.Builder
	input := body.NewReader(r, &interim, body.Framing{Chunked: true, Continue: true}, limits)
	for range 3 {
		line, err := input.ReadLine(100)
		fmt.Printf("%q %v\n", line, err)
	}
	rest, _ := io.ReadAll(r)
	fmt.Printf("%q\n", rest)
	fmt.Printf("%q\n", interim.String())
	// Output:
	// "one\n" <nil>
	// "two\n" <nil>
	// "" EOF
	// "GET /next"
	// "HTTP/1.1 100 Continue\r\n\r\n"
}
