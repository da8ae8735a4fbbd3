package refuse_test

import (
	"fmt"

	"barewire/steps/refuse"
)

// A step that cannot go on says why, and shows the bytes so that they can do a
// terminal no harm.
func ExampleBecause() {
	err := refuse.Because(refuse.BadRequest, "CR stands only before LF", "RFC 9112 §2.2", []byte("GET\r/\x1b[2J"))
	fmt.Println(err.Status)
	fmt.Println(err)
	// Output:
	// 400 Bad Request
	// 400 Bad Request: CR stands only before LF (RFC 9112 §2.2), got "GET\r/\x1b[2J"
}
