package response_test

import (
	"testing"

	call "barewire/steps/08_call"
	response "barewire/steps/09_response"
)

func TestFrame(t *testing.T) {
	const unknown = -1
	tests := []struct {
		name            string
		method, version string
		status          string
		declared        int64 // by the application, -1 for nothing
		size            int64 // of the body, -1 when it is not known yet
		framing         response.Framing
		length          int64
	}{
		{"a declared length", "GET", "HTTP/1.1", "200 OK", 5, unknown, response.ByLength, 5},
		{"a declared length, HTTP/1.0", "GET", "HTTP/1.0", "200 OK", 5, unknown, response.ByLength, 5},
		{"what is declared counts, not the size", "GET", "HTTP/1.1", "200 OK", 5, 7, response.ByLength, 5},
		{"a declared 0", "GET", "HTTP/1.1", "200 OK", 0, unknown, response.ByLength, 0},
		{"a known size", "GET", "HTTP/1.1", "200 OK", -1, 7, response.ByLength, 7},
		{"a known size, HTTP/1.0", "GET", "HTTP/1.0", "200 OK", -1, 7, response.ByLength, 7},
		{"no content", "GET", "HTTP/1.1", "200 OK", -1, 0, response.ByLength, 0},
		{"nothing known", "GET", "HTTP/1.1", "200 OK", -1, unknown, response.Chunked, -1},
		{"nothing known, HTTP/1.0", "GET", "HTTP/1.0", "200 OK", -1, unknown, response.UntilClose, -1},
		{"nothing known, a later HTTP/1", "GET", "HTTP/1.7", "200 OK", -1, unknown, response.Chunked, -1},
		{"an error has a body too", "GET", "HTTP/1.1", "404 Not Found", -1, 7, response.ByLength, 7},
		{"any method but HEAD", "DELETE", "HTTP/1.1", "200 OK", -1, unknown, response.Chunked, -1},
		{"head is not HEAD", "head", "HTTP/1.1", "200 OK", -1, 7, response.ByLength, 7},

		{"HEAD, a declared length", "HEAD", "HTTP/1.1", "200 OK", 5, unknown, response.NoBody, 5},
		{"HEAD, a declared length and no chunk", "HEAD", "HTTP/1.1", "200 OK", 5, 0, response.NoBody, 5},
		{"HEAD, a declared 0", "HEAD", "HTTP/1.1", "200 OK", 0, unknown, response.NoBody, 0},
		{"HEAD, a known size", "HEAD", "HTTP/1.1", "200 OK", -1, 7, response.NoBody, 7},
		{"HEAD, no chunk says nothing of GET", "HEAD", "HTTP/1.1", "200 OK", -1, 0, response.NoBody, -1},
		{"HEAD, nothing known", "HEAD", "HTTP/1.1", "200 OK", -1, unknown, response.NoBody, -1},
		{"HEAD, nothing known, HTTP/1.0", "HEAD", "HTTP/1.0", "200 OK", -1, unknown, response.NoBody, -1},

		{"204", "GET", "HTTP/1.1", "204 No Content", -1, 0, response.NoBody, -1},
		{"204 drops a declared length", "GET", "HTTP/1.1", "204 No Content", 5, unknown, response.NoBody, -1},
		{"204 drops a declared 0", "GET", "HTTP/1.1", "204 No Content", 0, 0, response.NoBody, -1},
		{"204, HTTP/1.0", "GET", "HTTP/1.0", "204 No Content", -1, unknown, response.NoBody, -1},
		{"204, HEAD", "HEAD", "HTTP/1.1", "204 No Content", 5, 7, response.NoBody, -1},
		{"205 says 0", "GET", "HTTP/1.1", "205 Reset Content", -1, unknown, response.ByLength, 0},
		{"205 says 0, whatever is declared", "GET", "HTTP/1.1", "205 Reset Content", 5, 7, response.ByLength, 0},
		{"205, HTTP/1.0", "GET", "HTTP/1.0", "205 Reset Content", -1, unknown, response.ByLength, 0},
		{"205, HEAD", "HEAD", "HTTP/1.1", "205 Reset Content", -1, 7, response.ByLength, 0},
		{"304", "GET", "HTTP/1.1", "304 Not Modified", -1, 0, response.NoBody, -1},
		{"304 keeps a declared length", "GET", "HTTP/1.1", "304 Not Modified", 5, 0, response.NoBody, 5},
		{"304 invents none", "GET", "HTTP/1.1", "304 Not Modified", -1, 7, response.NoBody, -1},
		{"304, HEAD", "HEAD", "HTTP/1.1", "304 Not Modified", -1, 7, response.NoBody, -1},
		{"a reason that begins with another status", "GET", "HTTP/1.1", "200 204", -1, 7, response.ByLength, 7},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer := &call.Answer{Status: test.status, Length: test.declared}
			framing, length := response.Frame(test.method, test.version, answer, test.size)
			if framing != test.framing || length != test.length {
				t.Errorf("Frame(%q, %q, %q declaring %d, %d) = %q, %d, want %q, %d",
					test.method, test.version, test.status, test.declared, test.size, framing, length, test.framing, test.length)
			}
		})
	}
}
