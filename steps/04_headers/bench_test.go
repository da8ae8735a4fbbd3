package headers_test

import (
	"strings"
	"testing"

	headers "barewire/steps/04_headers"
)

func BenchmarkParse(b *testing.B) {
	heads := []struct{ name, lines string }{
		{"Host only", "Host: localhost:8888\r\n\r\n"},
		{"thirteen fields", "Host: localhost:8888\r\n" + strings.Repeat("Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n", 12) + "\r\n"},
	}
	for _, test := range heads {
		b.Run(test.name, func(b *testing.B) {
			lines := []byte(test.lines)
			var fields []headers.Field
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if fields, err = headers.Parse(lines, fields[:0]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
