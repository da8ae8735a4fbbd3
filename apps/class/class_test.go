package class_test

import (
	"fmt"
	"slices"
	"testing"

	"barewire/apps/class"
	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

func TestApps(t *testing.T) {
	get := wsgi.Environ{"REQUEST_METHOD": "GET", "PATH_INFO": "/"}
	brew := wsgi.Environ{"REQUEST_METHOD": "BREW", "PATH_INFO": "/pot", "QUERY_STRING": "x=1"}
	tests := []struct {
		name    string
		app     wsgi.Application
		environ wsgi.Environ
		want    []string
	}{
		{"App", class.App, get, []string{"Hello world!\n"}},
		{"App, another method and path", class.App, brew, []string{"Hello world!\n"}},
		{"App, nothing in the environ", class.App, nil, []string{"Hello world!\n"}},
		{"another instance", class.Greeting("Bonjour !\n").Call, get, []string{"Bonjour !\n"}},
		{"an instance without a text", class.Greeting("").Call, get, nil},
		{"Iterable", class.Iterable, get, []string{"Hello world!\n"}},
		{"Iterable, another method and path", class.Iterable, brew, []string{"Hello world!\n"}},
		{"Iterable, nothing in the environ", class.Iterable, nil, []string{"Hello world!\n"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := apptest.Run(test.app, test.environ)
			if got.Err != nil || got.Status != "200 OK" {
				t.Errorf("the application answers %q, %v, want 200 OK", got.Status, got.Err)
			}
			if want := (wsgi.Headers{{"Content-Type", "text/plain"}}); !slices.Equal(got.Headers, want) {
				t.Errorf("headers = %q, want %q", got.Headers, want)
			}
			if !slices.Equal(got.Chunks, test.want) {
				t.Errorf("chunks = %q, want %q", got.Chunks, test.want)
			}
		})
	}
}

// TestWhenTheyStart checks what sets the two forms apart: App starts the answer
// when it is called, Iterable when the server iterates over its instance.
func TestWhenTheyStart(t *testing.T) {
	tests := []struct {
		name   string
		app    wsgi.Application
		called int // starts when the call has returned
	}{
		{"App", class.App, 1},
		{"Iterable", class.Iterable, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			started := 0
			start := func(string, wsgi.Headers, ...error) wsgi.Write {
				started++
				return nil
			}
			body := test.app(nil, start)
			if started != test.called {
				t.Errorf("after the call: started %d times, want %d", started, test.called)
			}
			for chunk, err := range body.Chunks {
				if err != nil || started != 1 {
					t.Errorf("at chunk %q: error %v, started %d times, want once", chunk, err, started)
				}
			}
			if err := body.Close(); err != nil || started != 1 {
				t.Errorf("Close() = %v, and started %d times, want once", err, started)
			}
		})
	}
}

// TestInstancesAreApart iterates over the later of two instances first: each
// answers by the start_response that it was made with.
func TestInstancesAreApart(t *testing.T) {
	var order []string
	starter := func(name string) wsgi.StartResponse {
		return func(string, wsgi.Headers, ...error) wsgi.Write {
			order = append(order, name)
			return nil
		}
	}
	first := class.Iterable(nil, starter("first"))
	second := class.Iterable(nil, starter("second"))
	for _, body := range []wsgi.Body{second, first} {
		for chunk, err := range body.Chunks {
			if err != nil {
				t.Errorf("at chunk %q: error %v", chunk, err)
			}
		}
	}
	if want := []string{"second", "first"}; !slices.Equal(order, want) {
		t.Errorf("started in the order %q, want %q", order, want)
	}
}

func TestOverASocket(t *testing.T) {
	status, text := apptest.Get(t, class.App, "/")
	if want := "Hello world!\n"; status != "200 OK" || text != want {
		t.Errorf("the answer is %s %q, want 200 OK %q", status, text, want)
	}
}

// What an instance was made with is in each of its answers.
func ExampleGreeting() {
	bonjour := class.Greeting("Bonjour !\n").Call
	for _, path := range []string{"/", "/again"} {
		answer := apptest.Run(bonjour, wsgi.Environ{"PATH_INFO": path})
		fmt.Printf("%s %q\n", answer.Status, answer.Chunks)
	}
	// Output:
	// 200 OK ["Bonjour !\n"]
	// 200 OK ["Bonjour !\n"]
}

// The call makes the instance; the answer starts when it is iterated over.
func ExampleIterable() {
	start := func(status string, headers wsgi.Headers, cause ...error) wsgi.Write {
		fmt.Println("start:", status)
		return nil
	}
	instance := class.Iterable(wsgi.Environ{}, start)
	fmt.Println("Iterable was called")
	for chunk, err := range instance.Chunks {
		fmt.Printf("chunk: %q, error: %v\n", chunk, err)
	}
	// Output:
	// Iterable was called
	// start: 200 OK
	// chunk: "Hello world!\n", error: <nil>
}
