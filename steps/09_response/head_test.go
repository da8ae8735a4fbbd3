package response_test

import (
	"testing"
	"time"

	wsgi "barewire/steps/06_wsgi"
	call "barewire/steps/08_call"
	response "barewire/steps/09_response"
)

var noon = time.Date(2026, time.March, 31, 12, 54, 48, 999, time.UTC)

func now() time.Time { return noon }

// ours is what the server adds to every head.
const ours = "Date: Tue, 31 Mar 2026 12:54:48 GMT\r\nServer: barewire\r\n"

func TestAppendHead(t *testing.T) {
	tests := []struct {
		name       string
		status     string
		headers    wsgi.Headers
		declared   int64 // the Content-Length among the headers
		framing    response.Framing
		length     int64
		connection string
		want       string
	}{
		{
			"the server's own fields alone", "200 OK", nil, -1, response.NoBody, -1, "",
			"HTTP/1.1 200 OK\r\n" + ours + "\r\n",
		},
		{
			"the application's fields, in its order and spelling", "404 Not Found",
			wsgi.Headers{{"x-b", "2"}, {"X-A", "1"}, {"x-B", "3"}}, -1, response.NoBody, -1, "",
			"HTTP/1.1 404 Not Found\r\nx-b: 2\r\nX-A: 1\r\nx-B: 3\r\n" + ours + "\r\n",
		},
		{
			"cookies are never joined", "200 OK",
			wsgi.Headers{{"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}}, -1, response.NoBody, -1, "",
			"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n" + ours + "\r\n",
		},
		{
			"an empty reason keeps its space", "200 ", nil, -1, response.NoBody, -1, "",
			"HTTP/1.1 200 \r\n" + ours + "\r\n",
		},
		{
			"raw bytes", "200 OK", wsgi.Headers{{"X-Name", "caf\xe9"}}, -1, response.NoBody, -1, "",
			"HTTP/1.1 200 OK\r\nX-Name: caf\xe9\r\n" + ours + "\r\n",
		},
		{
			"a length that the server knows", "200 OK", nil, -1, response.ByLength, 5, "",
			"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" + ours + "\r\n",
		},
		{
			"a length that the application declared stands where it was", "200 OK",
			wsgi.Headers{{"content-length", "5"}, {"X-A", "1"}}, 5, response.ByLength, 5, "",
			"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nX-A: 1\r\n" + ours + "\r\n",
		},
		{
			"a declared length that the status forbids", "204 No Content",
			wsgi.Headers{{"Content-Length", "5"}, {"X-A", "1"}}, 5, response.NoBody, -1, "",
			"HTTP/1.1 204 No Content\r\nX-A: 1\r\n" + ours + "\r\n",
		},
		{
			"a declared length that the status makes another", "205 Reset Content",
			wsgi.Headers{{"CONTENT-LENGTH", "5"}, {"X-A", "1"}}, 5, response.ByLength, 0, "",
			"HTTP/1.1 205 Reset Content\r\nX-A: 1\r\nContent-Length: 0\r\n" + ours + "\r\n",
		},
		{
			"chunked", "200 OK", nil, -1, response.Chunked, -1, "",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n",
		},
		{
			"until close", "200 OK", nil, -1, response.UntilClose, -1, "close",
			"HTTP/1.1 200 OK\r\n" + ours + "Connection: close\r\n\r\n",
		},
		{
			"keep-alive", "200 OK", nil, -1, response.ByLength, 0, "keep-alive",
			"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + ours + "Connection: keep-alive\r\n\r\n",
		},
		{
			"the application's Date", "200 OK", wsgi.Headers{{"date", "a good day"}}, -1, response.NoBody, -1, "",
			"HTTP/1.1 200 OK\r\ndate: a good day\r\nServer: barewire\r\n\r\n",
		},
		{
			"the application's Server", "200 OK", wsgi.Headers{{"SERVER", "me"}}, -1, response.NoBody, -1, "",
			"HTTP/1.1 200 OK\r\nSERVER: me\r\nDate: Tue, 31 Mar 2026 12:54:48 GMT\r\n\r\n",
		},
		{
			"both", "200 OK", wsgi.Headers{{"Server", ""}, {"Date", ""}, {"Date-X", "1"}}, -1, response.NoBody, -1, "",
			"HTTP/1.1 200 OK\r\nServer: \r\nDate: \r\nDate-X: 1\r\n\r\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer := &call.Answer{Status: test.status, Headers: test.headers, Length: test.declared}
			got := response.AppendHead([]byte("before"), answer, test.framing, test.length, response.Date(noon), test.connection)
			if want := "before" + test.want; string(got) != want {
				t.Errorf("AppendHead = %q, want %q", got, want)
			}
		})
	}
}

// RFC 9110 §5.6.7 has one form for all dates: in GMT, with two digits for the
// day, and in English.
func TestDate(t *testing.T) {
	tests := []struct {
		name string
		when time.Time
		want string
	}{
		{"a day of two digits", noon, "Tue, 31 Mar 2026 12:54:48 GMT"},
		{"a day of one digit", time.Date(1994, time.November, 6, 8, 49, 37, 0, time.UTC), "Sun, 06 Nov 1994 08:49:37 GMT"},
		{"another zone", time.Date(2026, time.January, 1, 0, 30, 0, 0, time.FixedZone("CET", 3600)), "Wed, 31 Dec 2025 23:30:00 GMT"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer := &call.Answer{Status: "200 OK", Length: -1}
			got := string(response.AppendHead(nil, answer, response.NoBody, -1, response.Date(test.when), ""))
			want := "HTTP/1.1 200 OK\r\nDate: " + test.want + "\r\nServer: barewire\r\n\r\n"
			if got != want {
				t.Errorf("AppendHead at %v = %q, want %q", test.when, got, want)
			}
		})
	}
}
