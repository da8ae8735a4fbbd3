package read_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	read "barewire/steps/02_read"
	"barewire/steps/refuse"
)

// Head stops at the empty line. What lies behind it is still in the reader.
func ExampleHead() {
	r := bufio.NewReader(strings.NewReader("POST / HTTP/1.1\r\nHost: h\r\n\r\nname=ada"))
	head, err := read.Head(r, read.Limits{Line: 8192, Lines: 100, Bytes: 65536}, nil)
	rest, _ := io.ReadAll(r)
	fmt.Printf("%q %v\n", head, err)
	fmt.Printf("%q\n", rest)
	// Output:
	// "POST / HTTP/1.1\r\nHost: h\r\n\r\n" <nil>
	// "name=ada"
}

// A line that ends with LF alone is refused.
func ExampleHead_refused() {
	r := bufio.NewReader(strings.NewReader("GET / HTTP/1.1\nHost: h\n\n"))
	_, err := read.Head(r, read.Limits{Line: 8192, Lines: 100, Bytes: 65536}, nil)
	var refusal *refuse.Error
	if errors.As(err, &refusal) {
		fmt.Printf("%s, %s, got %q\n", refusal.Status, refusal.Section, refusal.Got)
	}
	// Output:
	// 400 Bad Request, RFC 9112 §2.2, got "GET / HTTP/1.1\n"
}
