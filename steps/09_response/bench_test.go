package response_test

import (
	"io"
	"slices"
	"testing"

	wsgi "barewire/steps/06_wsgi"
	call "barewire/steps/08_call"
	response "barewire/steps/09_response"
)

// BenchmarkWriter puts whole answers into bytes, one connection's after another.
func BenchmarkWriter(b *testing.B) {
	block := make([]byte, 64<<10)
	bodies := []struct {
		name string
		body wsgi.Body
	}{
		{"a short list", wsgi.List{[]byte("Hello world!\n")}},
		{"short chunks", chunks(slices.Repeat([]string{"sixteen letters."}, 16)...)},
		{"large chunks", wsgi.List(slices.Repeat([][]byte{block}, 16))},
	}
	for _, test := range bodies {
		b.Run(test.name, func(b *testing.B) {
			headers := wsgi.Headers{{"Content-Type", "text/plain"}}
			var buf []byte
			b.ReportAllocs()
			for b.Loop() {
				w := &response.Writer{
					Conn:    io.Discard,
					Buf:     buf[:0],
					Method:  "GET",
					Version: "HTTP/1.1",
					Date:    func() string { return "Tue, 31 Mar 2026 12:54:48 GMT" },
					Begin:   func() (bool, error) { return true, nil },
				}
				answer := &call.Answer{Status: "200 OK", Headers: headers, Length: -1, Body: test.body}
				if err := w.Body(answer, w.Send); err != nil {
					b.Fatal(err)
				}
				buf = w.Buf
			}
		})
	}
}
