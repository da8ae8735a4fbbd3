package keepalive_test

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	keepalive "barewire/steps/10_keepalive"
)

func ExamplePersist() {
	noBody := &body.Reader{}
	fmt.Println(keepalive.Persist("HTTP/1.1", nil, noBody))
	fmt.Println(keepalive.Persist("HTTP/1.0", nil, noBody))
	fmt.Println(keepalive.Persist("HTTP/1.1", []headers.Field{{Name: "Connection", Value: "x-foo, close"}}, noBody))
	// Output:
	// true
	// false
	// false
}

// What the application left unread is not the next request.
func ExampleNext() {
	connection := bufio.NewReader(strings.NewReader("name=ada" + "GET /next HTTP/1.1\r\n"))
	input := body.NewReader(connection, nil, body.Framing{Length: 8}, body.Limits{})

	fmt.Println(keepalive.Next(input))
	rest, err := io.ReadAll(connection)
	fmt.Printf("%q %v\n", rest, err)
	// Output:
	// true
	// "GET /next HTTP/1.1\r\n" <nil>
}
