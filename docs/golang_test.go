package docs_test

import (
	"fmt"
	"strings"

	"barewire/apps/class"
	"barewire/apps/method"
	"barewire/apps/stream"
	wsgi "barewire/steps/06_wsgi"
)

// What 06_wsgi.md and 08_call.md show of Go, as examples that run.

// A Greeter is any function that makes a greeting of a name.
type Greeter func(name string) string

// loud returns a Greeter that calls another one.
func loud(greet Greeter) Greeter {
	return func(name string) string { return strings.ToUpper(greet(name)) }
}

func Example_funcType() {
	polite := func(name string) string { return "Hello, " + name + "." }
	fmt.Println(polite("ada"))
	fmt.Println(loud(polite)("ada"))
	// Output:
	// Hello, ada.
	// HELLO, ADA.
}

func Example_closure() {
	var status string
	start := func(text string, causes ...error) {
		status = text // the variable of the function around it
		fmt.Println("causes:", len(causes))
	}
	start("200 OK")
	start("500 Internal Server Error", fmt.Errorf("the disk is full"))
	fmt.Println(status)
	// Output:
	// causes: 0
	// causes: 1
	// 500 Internal Server Error
}

// countdown yields n, n-1 and so on, down to 1.
func countdown(n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		defer fmt.Println("the iterator returns")
		for ; n > 0; n-- {
			if !yield(n) {
				return
			}
		}
	}
}

func Example_iterator() {
	for n := range countdown(5) {
		if n == 3 {
			break
		}
		fmt.Println(n)
	}
	fmt.Println("behind the loop")
	// Output:
	// 5
	// 4
	// the iterator returns
	// behind the loop
}

// What the compiler makes of that loop is a call, with the body as a function.
func Example_yield() {
	countdown(5)(func(n int) bool {
		if n == 3 {
			return false // break
		}
		fmt.Println(n)
		return true // the end of the body: on to the next
	})
	fmt.Println("behind the loop")
	// Output:
	// 5
	// 4
	// the iterator returns
	// behind the loop
}

// ownContract serves an application nearly as PEP 3333 says: it takes the status
// when the call is back, and the first chunk for the body.
func ownContract(app wsgi.Application, query string) string {
	status, text := "", ""
	start := func(s string, _ wsgi.Headers, _ ...error) wsgi.Write {
		status = s
		return nil
	}
	body := app(wsgi.Environ{"REQUEST_METHOD": "GET", "QUERY_STRING": query}, start)
	head := "HTTP/1.1 " + status
	for chunk := range body.Chunks {
		if text == "" {
			text = string(chunk)
		}
	}
	return fmt.Sprintf("%s, %q", head, text)
}

func Example_ownContract() {
	fmt.Println(ownContract(method.App, ""))
	fmt.Println(ownContract(class.Iterable, ""))
	fmt.Println(ownContract(stream.App, "lines=2&pause=0"))
	// Output:
	// HTTP/1.1 200 OK, "Request method: GET"
	// HTTP/1.1 , "Hello world!\n"
	// HTTP/1.1 , "line 1 of 2\n"
}
