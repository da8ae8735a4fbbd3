package body_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	read "barewire/steps/02_read"
	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
)

// A request is what the steps so far, or the judge, make of one.
type request struct {
	method, target, version string
	values                  map[string][]string // of the fields, by name
	content                 string
}

// ours reads a request with steps 02 to 05.
func ours(in string) (request, error) {
	r := bufio.NewReader(strings.NewReader(in))
	head, err := read.Head(r, read.Limits{Line: 8192, Lines: 100, Bytes: 65536}, nil)
	if err != nil {
		return request{}, err
	}
	first, rest, _ := bytes.Cut(head, []byte("\r\n"))
	line, err := requestline.Parse(first)
	if err != nil {
		return request{}, err
	}
	fields, err := headers.Parse(rest, nil)
	if err != nil {
		return request{}, err
	}
	if err := headers.CheckHost(fields, line.Version); err != nil {
		return request{}, err
	}
	framing, err := body.Frame(line.Version, fields, limits)
	if err != nil {
		return request{}, err
	}
	content, err := readAll(body.NewReader(r, io.Discard, framing, limits))
	if err != nil {
		return request{}, err
	}
	values := make(map[string][]string)
	for _, field := range fields {
		name := textproto.CanonicalMIMEHeaderKey(field.Name)
		values[name] = append(values[name], field.Value)
	}
	return request{line.Method, line.Target, line.Version, values, string(content)}, nil
}

// theirs reads it with net/http.
func theirs(in string) (request, error) {
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(in)))
	if err != nil {
		return request{}, err
	}
	content, err := io.ReadAll(r.Body)
	if err != nil {
		return request{}, err
	}
	return request{r.Method, r.RequestURI, r.Proto, r.Header, string(content)}, nil
}

// A foreign judge: Go's own server reads the same bytes. Where the two verdicts
// differ, the row says why.
func TestJudge(t *testing.T) {
	const (
		host    = "Host: h\r\n"
		get     = "GET / HTTP/1.1\r\n" + host
		post    = "POST / HTTP/1.1\r\n" + host
		chunked = post + "Transfer-Encoding: chunked\r\n\r\n"
	)
	tests := []struct {
		name   string
		in     string
		served bool   // our verdict
		differ string // why the judge's is another
	}{
		// The head, step 02.
		{"the plainest", get + "\r\n", true, ""},
		{"an empty line first", "\r\n" + get + "\r\n", true, "the judge does not do as RFC 9112 §2.2 advises"},
		{"bare LF", "GET / HTTP/1.1\nHost: h\n\n", false, "RFC 9112 §2.2 allows it, and we say why not"},
		{"bare CR in a field", get + "X: a\rb\r\n\r\n", false, ""},
		{"NUL in a field", get + "X: a\x00b\r\n\r\n", false, ""},
		{"the end inside the head", get, false, ""},
		{"nothing", "", false, ""},

		// The request line, step 03.
		{"a target with a query", "GET /hello?x=1 HTTP/1.1\r\n" + host + "\r\n", true, ""},
		{"an absolute target", "GET http://h/hello HTTP/1.1\r\n" + host + "\r\n", true, ""},
		{"the target *", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", true, ""},
		{"the target * for another method", "GET * HTTP/1.1\r\n" + host + "\r\n", false, "RFC 9112 §3.2.4; the judge leaves it to the handler"},
		{"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", true, ""},
		{"HTTP/1.2", "GET / HTTP/1.2\r\n" + host + "\r\n", true, ""},
		{"HTTP/2.0", "GET / HTTP/2.0\r\n" + host + "\r\n", false, "the judge's server refuses it one layer higher"},
		{"HTTP/1.10", "GET / HTTP/1.10\r\n" + host + "\r\n", false, ""},
		{"two parts", "GET /\r\n" + host + "\r\n", false, ""},
		{"two spaces", "GET  / HTTP/1.1\r\n" + host + "\r\n", false, ""},
		{"a space in the target", "GET /a b HTTP/1.1\r\n" + host + "\r\n", false, ""},
		{"a method that is no token", "GE(T / HTTP/1.1\r\n" + host + "\r\n", false, ""},
		{"a bad escape in the path", "GET /% HTTP/1.1\r\n" + host + "\r\n", false, ""},
		{"a bad escape in the query", "GET /?% HTTP/1.1\r\n" + host + "\r\n", false, "the judge looks at it only when the query is parsed"},
		{"a byte from 0x80 in the target", "GET /\xe4 HTTP/1.1\r\n" + host + "\r\n", false, "RFC 3986 §2; the judge encodes it"},
		{"a fragment", "GET /#x HTTP/1.1\r\n" + host + "\r\n", false, "RFC 9112 §3.2 has none; the judge takes # for a byte of the path"},
		{"raw braces", "GET /{a}|b HTTP/1.1\r\n" + host + "\r\n", true, ""},
		{"a tunnel", "CONNECT h:443 HTTP/1.1\r\n" + host + "\r\n", false, "the judge's handler might be a proxy"},

		// The fields, step 04.
		{"white space around a value", get + "X: \t a b \t\r\n\r\n", true, ""},
		{"duplicates", get + "X: 1\r\nY: 2\r\nx: 3\r\n\r\n", true, ""},
		{"bytes from 0x80 in a value", get + "X: \xe4\r\n\r\n", true, ""},
		{"a space before the colon", get + "X : 1\r\n\r\n", false, "the judge's server looks at names one layer higher"},
		{"no colon", get + "X\r\n\r\n", false, ""},
		{"no name", get + ": 1\r\n\r\n", false, ""},
		{"a name that is no token", get + "X(1): 1\r\n\r\n", false, ""},
		{"a folded value", get + "X: 1\r\n 2\r\n\r\n", false, "RFC 9112 §5.2 lets the judge unfold it"},
		{"a control byte in a value", get + "X: \x01\r\n\r\n", false, ""},
		{"no Host", "GET / HTTP/1.1\r\n\r\n", false, "the judge's server looks at Host one layer higher"},
		{"two Hosts", get + "Host: h\r\n\r\n", false, ""},
		{"a bad Host", "GET / HTTP/1.1\r\nHost: ada@h\r\n\r\n", false, "the judge's server looks at Host one layer higher"},

		// The body, step 05.
		{"a length", post + "Content-Length: 8\r\n\r\nname=adaGET /next", true, ""},
		{"equal lengths", post + "Content-Length: 8\r\nContent-Length: 8\r\n\r\nname=ada", true, ""},
		{"equal lengths in one field", post + "Content-Length: 8, 8\r\n\r\nname=ada", true, "RFC 9110 §8.6 allows it; the judge does not"},
		{"different lengths", post + "Content-Length: 8\r\nContent-Length: 9\r\n\r\nname=ada.", false, ""},
		{"a length with a sign", post + "Content-Length: +8\r\n\r\nname=ada", false, ""},
		{"a length that is no number", post + "Content-Length: x\r\n\r\nname=ada", false, ""},
		{"a length of a hundred digits", post + "Content-Length: " + strings.Repeat("9", 100) + "\r\n\r\n", false, ""},
		{"a body that ends early", post + "Content-Length: 9\r\n\r\nname=ada", false, ""},
		{"chunks", chunked + "4\r\nname\r\n4\r\n=ada\r\n0\r\n\r\nGET /next", true, ""},
		{"chunks with extensions and a trailer", chunked + "8;x=\"1\"\r\nname=ada\r\n0\r\nX: 1\r\n\r\nGET /next", true, ""},
		{"chunks that end early", chunked + "8\r\nname=ada\r\n", false, ""},
		{"a chunk size that is no number", chunked + "x\r\nname=ada\r\n0\r\n\r\n", false, ""},
		{"a chunk size of twenty digits", chunked + strings.Repeat("f", 20) + "\r\nname=ada\r\n0\r\n\r\n", false, ""},
		{"a chunk longer than its size", chunked + "4\r\nname=ada\r\n0\r\n\r\n", false, ""},
		{"bare LF after a chunk size", chunked + "8\nname=ada\r\n0\r\n\r\n", false, ""},
		{"a bad extension", chunked + "8;=\r\nname=ada\r\n0\r\n\r\n", false, "RFC 9112 §7.1.1; the judge cuts extensions off unseen"},
		{"white space behind a chunk size", chunked + "8 \r\nname=ada\r\n0\r\n\r\n", false, "RFC 9112 §7.1.1; the judge cuts it off"},
		{"chunked twice", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", false, ""},
		{"gzip and chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", false, ""},
		{"a coding and a length", post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", false, "RFC 9112 §6.1 lets the judge believe the coding"},
		{"a coding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false, "RFC 9112 §6.1 calls the framing faulty; the judge ignores the coding"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			our, ourErr := ours(test.in)
			their, theirErr := theirs(test.in)
			if served := ourErr == nil; served != test.served {
				t.Errorf("we read %q with the error %v, want served: %v", test.in, ourErr, test.served)
			}
			agreed := (ourErr == nil) == (theirErr == nil)
			if agreed != (test.differ == "") {
				t.Errorf("on %q we say %v and the judge says %v, want a difference: %q", test.in, ourErr, theirErr, test.differ)
			}
			if ourErr == nil && theirErr == nil {
				compare(t, our, their)
			}
		})
	}
}

// compare compares what the two made of one request. The judge takes some
// fields out, as it has looked at them already.
func compare(t *testing.T, our, their request) {
	for _, name := range []string{"Host", "Transfer-Encoding"} {
		delete(our.values, name)
	}
	if lengths := our.values["Content-Length"]; len(lengths) > 1 {
		our.values["Content-Length"] = slices.Compact(lengths)
	}
	if got, want := fmt.Sprintf("%q", our), fmt.Sprintf("%q", their); got != want {
		t.Errorf("we read %s, and the judge %s", got, want)
	}
}
