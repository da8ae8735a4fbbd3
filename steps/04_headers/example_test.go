package headers_test

import (
	"errors"
	"fmt"

	headers "barewire/steps/04_headers"
	"barewire/steps/refuse"
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
	var refusal *refuse.Error
	if errors.As(headers.CheckHost(fields, "HTTP/1.1"), &refusal) {
		fmt.Printf("%s, %s, got %q\n", refusal.Status, refusal.Section, refusal.Got)
	}
	// Output:
	// 400 Bad Request, RFC 9112 §3.2, got "Host: b"
}
