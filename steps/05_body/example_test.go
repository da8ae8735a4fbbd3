package body_test

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
)

func ExampleFrame() {
	limits := body.Limits{Bytes: 1000, Line: 100, Trailer: 100}
	framing, err := body.Frame("HTTP/1.1", []headers.Field{{Name: "Content-Length", Value: "8"}}, limits)
	fmt.Printf("%+v %v\n", framing, err)
	_, err = body.Frame("HTTP/1.1", []headers.Field{{Name: "Content-Length", Value: "eight"}}, limits)
	fmt.Println(err)
	// Output:
	// {Length:8 Chunked:false Continue:false} <nil>
	// 400 Bad Request: Content-Length is decimal digits (RFC 9110 §8.6), got "eight"
}

// The body comes in chunks, and the client waits for a word before it sends
// them. What lies behind the last one stays in r.
func ExampleReader() {
	r := bufio.NewReader(strings.NewReader("6\r\none\ntw\r\n2\r\no\n\r\n0\r\n\r\nGET /next"))
	limits := body.Limits{Bytes: 1000, Line: 100, Trailer: 100}
	var interim strings.Builder
	input := body.NewReader(r, &interim, body.Framing{Chunked: true, Continue: true}, limits)
	for line, err := range input.Lines {
		fmt.Printf("%q %v\n", line, err)
	}
	rest, _ := io.ReadAll(r)
	fmt.Printf("%q\n", rest)
	fmt.Printf("%q\n", interim.String())
	// Output:
	// "one\n" <nil>
	// "two\n" <nil>
	// "GET /next"
	// "HTTP/1.1 100 Continue\r\n\r\n"
}
