package keepalive_test

import (
	"bufio"
	"io"
	"strings"
	"testing"

	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	keepalive "barewire/steps/10_keepalive"
)

func BenchmarkPersist(b *testing.B) {
	requests := []struct {
		name   string
		fields []headers.Field
	}{
		{"nobody says anything", []headers.Field{{Name: "Host", Value: "x"}, {Name: "Accept", Value: "*/*"}}},
		{"keep-alive", []headers.Field{{Name: "Host", Value: "x"}, {Name: "Connection", Value: "keep-alive"}}},
	}
	for _, test := range requests {
		b.Run(test.name, func(b *testing.B) {
			none := body.NewReader(bufio.NewReader(strings.NewReader("")), io.Discard, body.Framing{}, body.Limits{})
			b.ReportAllocs()
			for b.Loop() {
				if !keepalive.Persist("HTTP/1.1", test.fields, none) {
					b.Fatal("the connection closes")
				}
			}
		})
	}
}
