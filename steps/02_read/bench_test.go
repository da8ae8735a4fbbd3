package read_test

import (
	"bufio"
	"strings"
	"testing"

	read "barewire/steps/02_read"
)

func BenchmarkHead(b *testing.B) {
	heads := []struct{ name, head string }{
		{"Host only", "GET / HTTP/1.1\r\nHost: localhost:8888\r\n\r\n"},
		{"thirteen fields", "GET / HTTP/1.1\r\nHost: localhost:8888\r\n" + strings.Repeat("Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n", 12) + "\r\n"},
	}
	for _, test := range heads {
		b.Run(test.name, func(b *testing.B) {
			client := strings.NewReader("")
			r := bufio.NewReader(client)
			var buf []byte
			b.ReportAllocs()
			for b.Loop() {
				client.Reset(test.head)
				var err error
				if buf, err = read.Head(r, read.Limits{Line: 8 << 10, Lines: 102, Bytes: 64 << 10}, buf[:0]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
