package validator

import (
	"errors"
	"fmt"
	"os"

	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

// An application that speaks of the connection, which is the server's.
func ExampleCheck() {
	app := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}, {"Connection", "close"}})
		return wsgi.Text("bye\n")
	}

	environ := given()
	environ["wsgi.errors"] = os.Stdout
	answer := apptest.Run(Check(app), environ)

	var violation *Violation
	fmt.Println(errors.As(answer.Err, &violation), violation.Side, violation.Section)
	// Output:
	// validator: the application broke a rule: hop-by-hop headers belong to the server (PEP 3333, "Other HTTP Features"), got "Connection: close"
	// true application Other HTTP Features
}
