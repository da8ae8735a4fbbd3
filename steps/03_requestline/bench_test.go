package requestline_test

import (
	"testing"

	requestline "barewire/steps/03_requestline"
)

func BenchmarkParse(b *testing.B) {
	lines := []struct{ name, line string }{
		{"short", "GET / HTTP/1.1"},
		{"with a query", "GET /hello%20you/index.html?name=ada&x=1 HTTP/1.1"},
		{"absolute-form", "GET http://localhost:8888/hello?x=1 HTTP/1.1"},
	}
	for _, test := range lines {
		b.Run(test.name, func(b *testing.B) {
			line := []byte(test.line)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := requestline.Parse(line); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
