package simple_test

import (
	"fmt"
	"slices"
	"testing"

	"barewire/apps/simple"
	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

func TestApp(t *testing.T) {
	tests := []struct {
		name    string
		environ wsgi.Environ
	}{
		{"GET", wsgi.Environ{"REQUEST_METHOD": "GET", "PATH_INFO": "/"}},
		{"another method, another path", wsgi.Environ{"REQUEST_METHOD": "BREW", "PATH_INFO": "/pot", "QUERY_STRING": "x=1"}},
		{"nothing in the environ", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := apptest.Run(simple.App, test.environ)
			if got.Err != nil || got.Status != "200 OK" {
				t.Errorf("App answers %q, %v, want 200 OK", got.Status, got.Err)
			}
			if want := (wsgi.Headers{{"Content-Type", "text/plain"}}); !slices.Equal(got.Headers, want) {
				t.Errorf("headers = %q, want %q", got.Headers, want)
			}
			if want := []string{"Hello world!\n"}; !slices.Equal(got.Chunks, want) {
				t.Errorf("chunks = %q, want %q", got.Chunks, want)
			}
		})
	}
}

// TestKnowsItsLength checks that the body is a list of one chunk, as [HELLO_WORLD]
// is: of such a body the server can tell the Content-Length.
func TestKnowsItsLength(t *testing.T) {
	start := func(string, wsgi.Headers, ...error) wsgi.Write { return nil }
	body := simple.App(nil, start)
	if list, ok := body.(interface{ Len() int }); !ok || list.Len() != 1 {
		t.Errorf("App returns %T %v, want a list of one chunk", body, body)
	}
}

func TestOverASocket(t *testing.T) {
	status, text := apptest.Get(t, simple.App, "/")
	if want := "Hello world!\n"; status != "200 OK" || text != want {
		t.Errorf("the answer is %s %q, want 200 OK %q", status, text, want)
	}
}

func ExampleApp() {
	answer := apptest.Run(simple.App, wsgi.Environ{"REQUEST_METHOD": "GET"})
	fmt.Println(answer.Status)
	fmt.Println(answer.Headers)
	fmt.Printf("%q\n", answer.Chunks)
	// Output:
	// 200 OK
	// [[Content-Type text/plain]]
	// ["Hello world!\n"]
}
