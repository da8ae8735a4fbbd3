package generator_test

import (
	"fmt"
	"slices"
	"testing"

	"barewire/apps/generator"
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
			got := apptest.Run(generator.App, test.environ)
			if got.Err != nil || got.Status != "200 OK" {
				t.Errorf("App answers %q, %v, want 200 OK", got.Status, got.Err)
			}
			if want := (wsgi.Headers{{"Content-Type", "text/plain"}}); !slices.Equal(got.Headers, want) {
				t.Errorf("headers = %q, want %q", got.Headers, want)
			}
			if want := []string{"Hello World!"}; !slices.Equal(got.Chunks, want) {
				t.Errorf("chunks = %q, want %q", got.Chunks, want)
			}
		})
	}
}

// TestStartsLate checks that App alone runs nothing, and that its body starts
// the answer before it yields.
func TestStartsLate(t *testing.T) {
	started := 0
	start := func(string, wsgi.Headers, ...error) wsgi.Write {
		started++
		return nil
	}
	body := generator.App(nil, start)
	if started != 0 {
		t.Error("App called start_response before its first chunk was asked for")
	}
	for chunk, err := range body.Chunks {
		if err != nil || started != 1 {
			t.Errorf("at chunk %q: error %v, start_response called %d times, want once", chunk, err, started)
		}
	}
	if started != 1 {
		t.Errorf("after the last chunk: start_response called %d times, want once", started)
	}
}

func TestOverASocket(t *testing.T) {
	status, text := apptest.Get(t, generator.App, "/")
	if want := "Hello World!"; status != "200 OK" || text != want {
		t.Errorf("the answer is %s %q, want 200 OK %q", status, text, want)
	}
}

func ExampleApp() {
	start := func(status string, headers wsgi.Headers, cause ...error) wsgi.Write {
		fmt.Println("start:", status)
		return nil
	}
	body := generator.App(wsgi.Environ{}, start)
	fmt.Println("App was called")
	for chunk, err := range body.Chunks {
		fmt.Printf("chunk: %q, error: %v\n", chunk, err)
	}
	// Output:
	// App was called
	// start: 200 OK
	// chunk: "Hello World!", error: <nil>
}
