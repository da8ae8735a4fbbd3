package requestline_test

import (
	"errors"
	"fmt"

	requestline "barewire/steps/03_requestline"
	"barewire/steps/refuse"
)

func ExampleParse() {
	line, err := requestline.Parse([]byte("GET /hello?x=1 HTTP/1.1"))
	fmt.Println(line.Method, line.Path, line.Query, line.Version, err)
	// Output:
	// GET /hello x=1 HTTP/1.1 <nil>
}

// One space too many, and the line has an empty target and four parts.
func ExampleParse_refused() {
	_, err := requestline.Parse([]byte("GET  / HTTP/1.1"))
	var refusal *refuse.Error
	if errors.As(err, &refusal) {
		fmt.Printf("%s, %s, got %q\n", refusal.Status, refusal.Section, refusal.Got)
	}
	// Output:
	// 400 Bad Request, RFC 9112 §3, got "GET  / HTTP/1.1"
}
