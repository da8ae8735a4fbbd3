package requestline_test

import (
	"bufio"
	"bytes"
	"errors"
	"strings"
	"testing"

	read "barewire/steps/02_read"
	requestline "barewire/steps/03_requestline"
	"barewire/steps/refuse"
)

// served is the verdict on a request line that is not refused.
const served = "served"

// verdict puts an error into a word: the status, if it is a refusal.
func verdict(err error) string {
	var refusal *refuse.Error
	switch {
	case err == nil:
		return served
	case errors.As(err, &refusal):
		return refusal.Status
	}
	return err.Error()
}

func TestParse(t *testing.T) {
	tests := []struct {
		name string
		line string
		want string
	}{
		// Three parts and two single spaces.
		{"the plainest", "GET / HTTP/1.1", served},
		{"two parts, as in HTTP/0.9", "GET /", refuse.BadRequest},
		{"a method alone", "GET", refuse.BadRequest},
		{"nothing", "", refuse.BadRequest},
		{"a space", " ", refuse.BadRequest},
		{"four parts", "GET / HTTP/1.1 x", refuse.BadRequest},
		{"two spaces after the method", "GET  / HTTP/1.1", refuse.BadRequest},
		{"two spaces before the version", "GET /  HTTP/1.1", refuse.BadRequest},
		{"a space first", " GET / HTTP/1.1", refuse.BadRequest},
		{"a space last", "GET / HTTP/1.1 ", refuse.BadRequest},
		{"a space inside the target", "GET /a b HTTP/1.1", refuse.BadRequest},
		{"a tab after the method", "GET\t/ HTTP/1.1", refuse.BadRequest},
		{"tabs instead of spaces", "GET\t/\tHTTP/1.1", refuse.BadRequest},
		{"a tab before the version", "GET /\tHTTP/1.1", refuse.BadRequest},
		{"a vertical tab", "GET\v/\vHTTP/1.1", refuse.BadRequest},
		{"no target between two spaces", "GET  HTTP/1.1", refuse.BadRequest},
		{"no version after two spaces", "GET / ", refuse.BadRequest},

		// A method is a token.
		{"any token is a method", "!#$%&'*+-.^_`|~09azAZ / HTTP/1.1", served},
		{"a method in small letters", "get / HTTP/1.1", served},
		{"an unknown method", "BREW /pot HTTP/1.1", served},
		{"brackets", "GET() / HTTP/1.1", refuse.BadRequest},
		{"a colon", "GET: / HTTP/1.1", refuse.BadRequest},
		{"a slash", "GE/T / HTTP/1.1", refuse.BadRequest},
		{"quotes", `"GET" / HTTP/1.1`, refuse.BadRequest},
		{"a control byte", "GET\x01 / HTTP/1.1", refuse.BadRequest},
		{"DEL", "GET\x7f / HTTP/1.1", refuse.BadRequest},
		{"a byte from 0x80", "G\xc9T / HTTP/1.1", refuse.BadRequest},
		{"the first byte of TLS", "\x16\x03\x01\x02 / HTTP/1.1", refuse.BadRequest},

		// HTTP/1.x is served.
		{"HTTP/1.0", "GET / HTTP/1.0", served},
		{"a later minor version", "GET / HTTP/1.2", served},
		{"the last minor version", "GET / HTTP/1.9", served},
		{"HTTP/0.9", "GET / HTTP/0.9", refuse.VersionUnsupported},
		{"HTTP/2.0", "GET / HTTP/2.0", refuse.VersionUnsupported},
		{"the preface of HTTP/2", "PRI * HTTP/2.0", refuse.VersionUnsupported},
		{"HTTP/9.9", "GET / HTTP/9.9", refuse.VersionUnsupported},
		{"HTTP/3", "GET / HTTP/3", refuse.BadRequest},
		{"small letters", "GET / http/1.1", refuse.BadRequest},
		{"another name", "GET / HTCPCP/1.0", refuse.BadRequest},
		{"another name of the same length", "GET / HTTQ/1.1", refuse.BadRequest},
		{"two digits", "GET / HTTP/1.10", refuse.BadRequest},
		{"two digits first", "GET / HTTP/01.1", refuse.BadRequest},
		{"no dot", "GET / HTTP/111", refuse.BadRequest},
		{"a comma", "GET / HTTP/1,1", refuse.BadRequest},
		{"a letter as the major version", "GET / HTTP/x.1", refuse.BadRequest},
		{"a letter as the minor version", "GET / HTTP/1.x", refuse.BadRequest},
		{"no slash", "GET / HTTP 1.1", refuse.BadRequest},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := requestline.Parse([]byte(test.line))
			if got := verdict(err); got != test.want {
				t.Errorf("Parse(%q) = %v, want %s", test.line, err, test.want)
			}
		})
	}
}

// The line as step 02 hands it over: cut from the head, in memory that the
// next request will use again.
func TestParseKeepsNothingOfTheHead(t *testing.T) {
	r := bufio.NewReader(strings.NewReader("GET /hello?x=1 HTTP/1.1\r\nHost: h\r\n\r\n"))
	head, err := read.Head(r, read.Limits{Line: 100, Lines: 10, Bytes: 1000}, nil)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := bytes.Cut(head, []byte("\r\n"))
	got, err := requestline.Parse(line)
	clear(head)
	want := requestline.Line{Method: "GET", Target: "/hello?x=1", Version: "HTTP/1.1", Path: "/hello", Query: "x=1"}
	if err != nil || got != want {
		t.Errorf("Parse(%q) = %+v, %v, want %+v", "GET /hello?x=1 HTTP/1.1", got, err, want)
	}
}

// An answer to HEAD has no body, so the method must be known even when the
// rest of the line is wrong.
func TestParseKnowsTheMethodOfARefusedLine(t *testing.T) {
	tests := []struct{ line, want string }{
		{"HEAD", "HEAD"},
		{"HEAD /", "HEAD"},
		{"HEAD  / HTTP/1.1", "HEAD"},
		{"HEAD / HTTP/1.x", "HEAD"},
		{"HEAD / HTTP/2.0", "HEAD"},
		{"HEAD x HTTP/1.1", "HEAD"},
		{"HEAD /% HTTP/1.1", "HEAD"},
		{"HEAD * HTTP/1.1", "HEAD"},
		{"HE(D / HTTP/1.1", ""},
		{"HEAD\t/ HTTP/1.1", ""},
	}
	for _, test := range tests {
		line, err := requestline.Parse([]byte(test.line))
		if err == nil || line.Method != test.want {
			t.Errorf("Parse(%q) = %+v, %v, want the method %q and a refusal", test.line, line, err, test.want)
		}
	}
}

func TestParseRefusalsShowTheBytes(t *testing.T) {
	tests := []struct{ line, want string }{
		{"GE(T / HTTP/1.1", "GE(T"},
		{"GET /", "GET /"},
		{"GET / HTTP/1.x", "HTTP/1.x"},
		{"GET / HTTP/2.0", "HTTP/2.0"},
		{"GET /a\x01b HTTP/1.1", "\x01b"},
		{"GET /a<b HTTP/1.1", "<b"},
		{"GET /a%4xyz HTTP/1.1", "%4x"},
		{"GET /a%4 HTTP/1.1", "%4"},
		{"GET a HTTP/1.1", "a"},
		{"GET * HTTP/1.1", "GET *"},
		{"GET http://u@h/ HTTP/1.1", "http://u@h/"},
		{"GET https://h/ HTTP/1.1", "https://h/"},
		{"CONNECT h HTTP/1.1", "h"},
		{"CONNECT h:1 HTTP/1.1", "CONNECT"},
	}
	for _, test := range tests {
		_, err := requestline.Parse([]byte(test.line))
		var refusal *refuse.Error
		if !errors.As(err, &refusal) || refusal.Got != test.want || refusal.Rule == "" || !strings.HasPrefix(refusal.Section, "RFC ") {
			t.Errorf("Parse(%q) = %v, want a rule, an RFC section and the bytes %q", test.line, err, test.want)
		}
	}
}

func TestIsToken(t *testing.T) {
	const others = "!#$%&'*+-.^_`|~" // RFC 9110 §5.6.2, besides letters and digits
	for c := range 256 {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		want := letter || c < 0x80 && strings.ContainsRune(others, rune(c))
		for _, text := range []string{string([]byte{byte(c)}), string([]byte{'x', byte(c)}), string([]byte{byte(c), 'x'})} {
			if got := requestline.IsToken(text); got != want {
				t.Errorf("IsToken(%q) = %v, want %v", text, got, want)
			}
		}
	}
	if requestline.IsToken("") {
		t.Errorf("IsToken(%q) = true, want false", "")
	}
}
