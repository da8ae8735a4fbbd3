package environ_test

import (
	"strings"
	"testing"

	wsgi "barewire/steps/06_wsgi"
	environ "barewire/steps/07_environ"
)

// BenchmarkFill fills a map that is new, as the server's is, and one that was
// emptied: the difference is the price of the map.
func BenchmarkFill(b *testing.B) {
	requests := []struct{ name, head string }{
		{"Host only", "GET / HTTP/1.1\r\nHost: localhost:8888\r\n\r\n"},
		{"thirteen fields", "GET /hello%20you?x=1 HTTP/1.1\r\nHost: localhost:8888\r\n" +
			"Connection: keep-alive\r\nCache-Control: max-age=0\r\nUpgrade-Insecure-Requests: 1\r\n" +
			"User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: text/html\r\nSec-Fetch-Site: none\r\n" +
			"Sec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\nSec-Fetch-Dest: document\r\n" +
			"Accept-Encoding: gzip, deflate\r\nAccept-Language: en-GB\r\nCookie: " + strings.Repeat("c", 40) + "\r\n\r\n"},
	}
	for _, test := range requests {
		request, err := parse(test.head)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(test.name+"/new map", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				environ.Fill(make(wsgi.Environ, 32), request)
			}
		})
		b.Run(test.name+"/emptied map", func(b *testing.B) {
			env := make(wsgi.Environ, 32)
			b.ReportAllocs()
			for b.Loop() {
				clear(env)
				environ.Fill(env, request)
			}
		})
	}
}
