package call_test

import (
	"errors"
	"strings"
	"testing"

	wsgi "barewire/steps/06_wsgi"
	"barewire/steps/refuse"
)

func TestStatus(t *testing.T) {
	tests := []struct {
		name, status string
		want         string
	}{
		{"usual", "200 OK", fine},
		{"the first one", "200 ", fine},
		{"the last one", "599 x", fine},
		{"of one's own", "299 Fine by me", fine},
		{"an empty reason", "404 ", fine},
		{"a reason with spaces and a tab", "404 Not\tFound here", fine},
		{"a reason beyond ASCII", "404 Pas trouv\xe9", fine},
		{"nothing", "", refused},
		{"three digits alone", "200", refused},
		{"two digits", "20 OK", refused},
		{"four digits", "2000 OK", refused},
		{"no space", "200OK", refused},
		{"a tab for the space", "200\tOK", refused},
		{"a space in front", " 200 OK", refused},
		{"a letter first", "x00 OK", refused},
		{"a letter in the middle", "2x0 OK", refused},
		{"a letter last", "20x OK", refused},
		{"a sign", "+20 OK", refused},
		{"a reason alone", "OK", refused},
		{"the version too", "HTTP/1.1 200 OK", refused},
		{"digits of another script", "２００ OK", refused},
		{"100, the server's word", "100 Continue", refused},
		{"101, and no Upgrade", "101 Switching Protocols", refused},
		{"199", "199 x", refused},
		{"under 100", "099 x", refused},
		{"600", "600 x", refused},
		{"999", "999 x", refused},
		{"CR LF", "200 OK\r\nX-Smuggled: 1", refused},
		{"CR", "200 OK\r", refused},
		{"LF", "200 OK\n", refused},
		{"NUL", "200 O\x00K", refused},
		{"ESC", "200 \x1b[31mOK", refused},
		{"DEL", "200 OK\x7f", refused},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := begin(func(start wsgi.StartResponse) { start(test.status, nil) }).Ready()
			if verdict(err) != test.want {
				t.Errorf("start(%q): %v, want %s", test.status, err, test.want)
			}
			shows(t, err, test.status)
		})
	}
}

// shows checks that a refusal holds the text that broke the rule.
func shows(t *testing.T, err error, text string) {
	t.Helper()
	var refusal *refuse.Error
	if errors.As(err, &refusal) && !strings.Contains(refusal.Got, text) {
		t.Errorf("the refusal shows %q, want %q in it", refusal.Got, text)
	}
}

func TestHeaders(t *testing.T) {
	tests := []struct {
		name, header, value string
		want                string
	}{
		{"usual", "Content-Type", "text/plain", fine},
		{"an empty value", "X-Empty", "", fine},
		{"all of a token", "X!#$%&'*+-.^_`|~9", "v", fine},
		{"a tab in a value", "X-Tab", "a\tb", fine},
		{"a value beyond ASCII", "X-Name", "caf\xe9", fine},
		{"a date of one's own", "Date", "Tue, 31 Mar 2026 12:54:48 GMT", fine},
		{"a server of one's own", "Server", "me", fine},
		{"no name", "", "v", refused},
		{"a space in a name", "X Y", "v", refused},
		{"a colon in a name", "X:", "v", refused},
		{"CR LF in a name", "X\r\nY", "v", refused},
		{"a name beyond ASCII", "X-\xe9", "v", refused},
		{"CR LF", "X-A", "1\r\nX-Smuggled: 2", refused},
		{"CR", "X-A", "1\r", refused},
		{"LF", "X-A", "1\n2", refused},
		{"a folded value", "X-A", "1\r\n 2", refused},
		{"NUL", "X-A", "\x00", refused},
		{"ESC", "X-A", "\x1b[31m", refused},
		{"DEL", "X-A", "\x7f", refused},

		{"Connection", "Connection", "close", refused},
		{"Keep-Alive", "Keep-Alive", "timeout=5", refused},
		{"Proxy-Authenticate", "Proxy-Authenticate", "Basic", refused},
		{"Proxy-Authorization", "Proxy-Authorization", "Basic", refused},
		{"TE", "TE", "trailers", refused},
		{"Trailer", "Trailer", "X-Sum", refused},
		{"Trailers", "Trailers", "X-Sum", refused},
		{"Transfer-Encoding", "Transfer-Encoding", "chunked", refused},
		{"Upgrade", "Upgrade", "websocket", refused},
		{"hop-by-hop in small letters", "connection", "close", refused},
		{"hop-by-hop in odd letters", "tRANSFER-eNCODING", "chunked", refused},
		{"hop-by-hop only to begin with", "Connection-Info", "x", fine},
		{"WWW-Authenticate is for the end", "WWW-Authenticate", "Basic", fine},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, headers := range []wsgi.Headers{
				{{test.header, test.value}},
				{{"X-First", "1"}, {test.header, test.value}, {"X-Last", "1"}},
			} {
				err := begin(func(start wsgi.StartResponse) { start("200 OK", headers) }).Ready()
				if verdict(err) != test.want {
					t.Errorf("start with %q: %v, want %s", headers, err, test.want)
				}
				shows(t, err, test.header)
			}
		})
	}
}

func TestContentLength(t *testing.T) {
	tests := []struct {
		name    string
		headers wsgi.Headers
		want    int64
		ready   string
	}{
		{"none", nil, -1, fine},
		{"a length", length("5"), 5, fine},
		{"0", length("0"), 0, fine},
		{"leading zeros", length("007"), 7, fine},
		{"in small letters", wsgi.Headers{{"content-length", "5"}}, 5, fine},
		{"behind others", wsgi.Headers{{"X-A", "1"}, {"Content-Length", "5"}}, 5, fine},
		{"the largest", length("9223372036854775807"), 9223372036854775807, fine},
		{"one more than that", length("9223372036854775808"), 0, refused},
		{"nothing", length(""), 0, refused},
		{"a sign", length("+5"), 0, refused},
		{"less than nothing", length("-1"), 0, refused},
		{"a space", length(" 5"), 0, refused},
		{"hex", length("0x5"), 0, refused},
		{"an underscore", length("1_000"), 0, refused},
		{"a list", length("5, 5"), 0, refused},
		{"two", wsgi.Headers{{"Content-Length", "5"}, {"Content-Length", "6"}}, 0, refused},
		{"two of the same", wsgi.Headers{{"Content-Length", "5"}, {"content-length", "5"}}, 0, refused},
		{"a bad one behind a good one", wsgi.Headers{{"Content-Length", "5"}, {"Content-Length", "x"}}, 0, refused},
		{"a good one before a broken rule", wsgi.Headers{{"Content-Length", "5"}, {"Upgrade", "x"}}, 0, refused},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer := begin(func(start wsgi.StartResponse) { start("200 OK", test.headers) })
			err := answer.Ready()
			if verdict(err) != test.ready {
				t.Errorf("start with %q: %v, want %s", test.headers, err, test.ready)
			}
			if err == nil && answer.Length != test.want {
				t.Errorf("start with %q: Length = %d, want %d", test.headers, answer.Length, test.want)
			}
		})
	}
}
