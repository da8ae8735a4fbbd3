package explain_test

import (
	"fmt"

	"barewire/tui/explain"
)

func ExampleLook() {
	for _, entry := range []explain.Entry{
		explain.Look(explain.Header, "dnt"),
		explain.Look(explain.Status, "499 Client Left"),
		explain.Look(explain.Step, "03"),
	} {
		fmt.Printf("%s\n%s\n%s\n\n", entry.Name, entry.Text, entry.Source)
	}
	// Output:
	// DNT
	// With "1", the user asked not to be tracked. The work on it ended unfinished and few sites listened; Sec-GPC took its place.
	// W3C Tracking Preference Expression (DNT)
	//
	// 499 Client Left
	// This status is not known here, but its first digit has a meaning: the request is to blame. A client treats it as 400.
	// RFC 9110 §15
	//
	// 03 requestline
	// In comes the first line, out come method, target and version. The trap is to split it at any white space: there are exactly two single spaces, or two servers disagree about what was asked.
	// RFC 9112 §3
}
