package response_test

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	wsgi "barewire/steps/06_wsgi"
	response "barewire/steps/09_response"
)

// FuzzWriter lets an application write, yield and fail in any order, and checks
// that Go's client reads what it said, or sees that something is missing.
func FuzzWriter(f *testing.F) {
	for request := range uint8(4) {
		for status := range uint8(5) {
			f.Add(request, status, int8(-1), []byte{}, []byte{3, 0, 4}, false)
			f.Add(request, status, int8(5), []byte{2}, []byte{3}, false)
			f.Add(request, status, int8(9), []byte{0, 2}, []byte{3}, true)
			f.Add(request, status, int8(2), []byte{5}, []byte{}, false)
			f.Add(request, status, int8(0), []byte{}, []byte{5}, true)
			f.Add(request, status, int8(9), []byte{}, []byte{}, false)
		}
	}
	statuses := []string{"200 OK", "404 Not Found", "204 No Content", "205 Reset Content", "304 Not Modified"}
	f.Fuzz(func(t *testing.T, request, status uint8, declared int8, writes, yields []byte, fails bool) {
		method, version := []string{get, head}[request%2], []string{v10, v11}[request/2%2]
		line := statuses[int(status)%len(statuses)]
		var said strings.Builder // all that the application says
		text := func(size byte) []byte {
			begin := said.Len()
			for range size {
				said.WriteByte('a' + byte(said.Len()%26))
			}
			return []byte(said.String()[begin:])
		}
		app := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			fields := wsgi.Headers{{"X", "1"}}
			if declared >= 0 {
				fields = append(fields, length(strconv.Itoa(int(declared)))...)
			}
			write := start(line, fields)
			for _, size := range writes {
				_ = write(text(size)) // whoever drops it meets it again
			}
			return wsgi.Stream(func(yield func([]byte, error) bool) {
				for _, size := range yields {
					if !yield(text(size), nil) {
						return
					}
				}
				if fails {
					yield(nil, errBoom)
				}
			})
		}
		var out conn
		w := newWriter(&out, method, version)
		answer, err := respond(w, app)

		if out.Len() == 0 {
			if err == nil || w.Whole || answer.Sent {
				t.Errorf("nothing is sent, with the error %v, Whole = %t and Sent = %t", err, w.Whole, answer.Sent)
			}
			return
		}
		const next = "HTTP/1.1 200 Next"
		sent := out.Bytes()
		if w.Keep && w.Whole {
			sent = append(sent, next...)
		}
		got, left := judge(t, sent, method)
		if got.status != line || got.header.Get("X") != "1" {
			t.Errorf("the client reads %q %v, want %q and the application's header", got.status, got.header, line)
		}
		if got.close == w.Keep {
			t.Errorf("the client expects the connection to close: %t, and Keep is %t", got.close, w.Keep)
		}
		want := said.String()
		switch {
		case w.Framing == response.NoBody || line == "205 Reset Content":
			want = ""
		case declared >= 0:
			want = want[:min(len(want), int(declared))]
		}
		if got.body != want {
			t.Errorf("the client reads the body %q, want %q", got.body, want)
		}
		switch {
		case w.Whole && got.err != nil:
			t.Errorf("the response is whole, and the client's error is %v:\n%q", got.err, sent)
		case w.Whole && w.Keep && left != next:
			t.Errorf("behind the response is %q, want %q", left, next)
		case !w.Whole && err == nil:
			t.Errorf("the response is not whole, and nobody is told:\n%q", sent)
		case !w.Whole && w.Framing != response.UntilClose && !errors.Is(got.err, io.ErrUnexpectedEOF):
			t.Errorf("the response is not whole, and the client's error is %v:\n%q", got.err, sent)
		}
	})
}
