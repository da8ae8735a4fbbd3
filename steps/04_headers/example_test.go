package headers_test

import (
	"fmt"

	headers "barewire/steps/04_headers"
)

func ExampleParse() {
	fields, err := headers.Parse([]byte("Host: h\r\nX-Word:  one \r\nx-word: two\r\n\r\n"), nil)
	for _, field := range fields {
		fmt.Printf("%s: %q\n", field.Name, field.Value)
	}
	fmt.Println(err)
	// Output:
	// Host: "h"
	// X-Word: "one"
	// x-word: "two"
	// <nil>
}

// The proxy before us may have looked at the other one.
func ExampleCheckHost() {
	fields := []headers.Field{{Name: "Host", Value: "a"}, {Name: "Host", Value: "b"}}
	fmt.Println(headers.CheckHost(fields, "HTTP/1.1"))
	// Output:
	// 400 Bad Request: a request has one Host field (RFC 9112 §3.2), got "Host: b"
}
