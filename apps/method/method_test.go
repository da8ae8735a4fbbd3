package method_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"barewire/apps/method"
	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

func TestApp(t *testing.T) {
	tests := []struct {
		method string
		length string
	}{
		{"GET", "19"},
		{"POST", "20"},
		{"x-a!#", "21"},
	}
	for _, test := range tests {
		t.Run(test.method, func(t *testing.T) {
			got := apptest.Run(method.App, wsgi.Environ{"REQUEST_METHOD": test.method})
			if got.Err != nil || got.Status != "200 OK" {
				t.Fatalf("App answers %q, %v, want 200 OK", got.Status, got.Err)
			}
			want := wsgi.Headers{{"Content-Type", "text/plain"}, {"Content-Length", test.length}}
			if !slices.Equal(got.Headers, want) {
				t.Errorf("headers = %q, want %q", got.Headers, want)
			}
			if body := strings.Join(got.Chunks, ""); body != "Request method: "+test.method {
				t.Errorf("body = %q, want %q", body, "Request method: "+test.method)
			}
		})
	}
}

func TestOverASocket(t *testing.T) {
	status, text := apptest.Get(t, method.App, "/")
	if want := "Request method: GET"; status != "200 OK" || text != want {
		t.Errorf("the answer is %s %q, want 200 OK %q", status, text, want)
	}
}

func ExampleApp() {
	answer := apptest.Run(method.App, wsgi.Environ{"REQUEST_METHOD": "GET"})
	fmt.Println(answer.Status)
	fmt.Println(answer.Headers)
	fmt.Println(answer.Chunks)
	// Output:
	// 200 OK
	// [[Content-Type text/plain] [Content-Length 19]]
	// [Request method: GET]
}
