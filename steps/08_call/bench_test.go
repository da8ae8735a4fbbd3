package call_test

import (
	"testing"

	wsgi "barewire/steps/06_wsgi"
	call "barewire/steps/08_call"
)

// BenchmarkApplication calls applications that do nothing but start.
func BenchmarkApplication(b *testing.B) {
	answers := []struct {
		name    string
		headers wsgi.Headers
	}{
		{"one header", wsgi.Headers{{"Content-Type", "text/plain"}}},
		{"six headers", wsgi.Headers{
			{"Content-Type", "text/html; charset=utf-8"}, {"Content-Length", "13"}, {"Cache-Control", "no-cache"},
			{"ETag", `"4f1c2d9a7b"`}, {"Set-Cookie", "session=4f1c2d9a7b; Path=/; HttpOnly"}, {"Vary", "Cookie"},
		}},
	}
	for _, test := range answers {
		b.Run(test.name, func(b *testing.B) {
			var hello wsgi.Body = wsgi.List{[]byte("Hello world!\n")}
			app := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				start("200 OK", test.headers)
				return hello
			}
			send := func(*call.Answer, []byte) error { return nil }
			b.ReportAllocs()
			for b.Loop() {
				if answer := call.Application(app, nil, send); answer.Ready() != nil {
					b.Fatal(answer.Ready())
				}
			}
		})
	}
}
