package response_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	wsgi "barewire/steps/06_wsgi"
	response "barewire/steps/09_response"
)

// A reading is what a client makes of a response.
type reading struct {
	status string
	header http.Header
	body   string
	err    error // why the body could not be read to its end
	close  bool  // the head says that the connection closes
}

// judge lets Go's client read a response, and returns what is left behind it.
func judge(t *testing.T, sent []byte, method string) (got reading, left string) {
	t.Helper()
	r := bufio.NewReader(bytes.NewReader(sent))
	parsed, err := http.ReadResponse(r, &http.Request{Method: method})
	if err != nil {
		t.Fatalf("ReadResponse(%q): %v", sent, err)
	}
	body, err := io.ReadAll(parsed.Body)
	rest, _ := io.ReadAll(r) // of a reader in memory: cannot fail
	return reading{parsed.Status, parsed.Header, string(body), err, parsed.Close}, string(rest)
}

// A combination is one way in which a request, an answer and its length meet.
type combination struct {
	method, version, status string
	body                    wsgi.Body
	content                 string // of the body, put together
	single                  bool   // the body is a List of one chunk
	declared                int    // Content-Length, -1 for none
}

// combinations yields each of them with its name.
func combinations(yield func(string, combination) bool) {
	bodies := []struct {
		name    string
		body    wsgi.Body
		content string
	}{
		{"no chunk", wsgi.List{}, ""},
		{"one-chunk List", wsgi.Text("hello"), "hello"},
		{"two-chunk List", wsgi.List{[]byte("hel"), []byte("lo")}, "hello"},
		{"Stream", chunks("hel", "lo"), "hello"},
		{"empty chunks only", chunks("", ""), ""},
		{"empty chunks first", chunks("", "", "hel", "lo"), "hello"},
	}
	lengths := []struct {
		name     string
		declared func(exact int) int
	}{
		{"none", func(int) int { return -1 }},
		{"exact", func(exact int) int { return exact }},
		{"too small", func(exact int) int { return exact - 2 }},
		{"too large", func(exact int) int { return exact + 3 }},
		{"0", func(int) int { return 0 }},
	}
	for _, method := range []string{get, head} {
		for _, version := range []string{v10, v11} {
			for _, status := range []string{"200 OK", "204 No Content", "205 Reset Content", "304 Not Modified", "404 Not Found"} {
				for _, body := range bodies {
					for _, length := range lengths {
						declared := length.declared(len(body.content))
						if declared < -1 {
							continue // nothing is smaller than nothing
						}
						name := fmt.Sprintf("%s %s, %s, %s, length %s", method, version, status, body.name, length.name)
						if !yield(name, combination{method, version, status, body.body, body.content, body.name == "one-chunk List", declared}) {
							return
						}
					}
				}
			}
		}
	}
}

// What Barewire promises for a combination, in words that step 09 does not use.
type promise struct {
	nothing bool   // not a byte is sent, for another answer has to be
	body    string // as the client reads it
	length  int    // the Content-Length in the head, -1 for none
	closes  bool   // the head says so
	err     error
}

func (c combination) promise() promise {
	switch code := c.status[:3]; {
	case code == "205":
		p := promise{length: 0}
		if c.content != "" {
			p.err = response.ErrSurplus
		}
		return p
	case code == "204":
		return promise{length: -1}
	case code == "304":
		return promise{length: c.declared}
	case c.method == head && c.declared < 0 && c.single:
		return promise{length: len(c.content)}
	case c.method == head:
		return promise{length: c.declared}
	case c.declared > 0 && c.content == "":
		return promise{nothing: true, err: response.ErrShort}
	case c.declared > len(c.content):
		return promise{body: c.content, length: c.declared, err: response.ErrShort}
	case c.declared >= 0 && c.declared < len(c.content):
		return promise{body: c.content[:c.declared], length: c.declared, err: response.ErrSurplus}
	case c.declared >= 0 || c.single || c.content == "":
		return promise{body: c.content, length: len(c.content)}
	}
	return promise{body: c.content, length: -1, closes: c.version == v10}
}

// send lets the combination happen.
func (c combination) send() (sent []byte, w *response.Writer, err error) {
	headers := wsgi.Headers{{"X-First", "1"}}
	if c.declared >= 0 {
		headers = append(headers, [2]string{"Content-Length", strconv.Itoa(c.declared)})
	}
	headers = append(headers, [2]string{"X-Last", "2"})
	var out conn
	w = newWriter(&out, c.method, c.version)
	_, err = respond(w, with(c.status, headers, c.body))
	return out.Bytes(), w, err
}

// Every combination keeps its promise, and Go's client is the judge.
func TestEveryFraming(t *testing.T) {
	for name, c := range combinations {
		t.Run(name, func(t *testing.T) { checkPromise(t, c) })
	}
}

func checkPromise(t *testing.T, c combination) {
	const next = "HTTP/1.1 200 Next"
	want := c.promise()
	sent, w, err := c.send()
	if !errors.Is(err, want.err) {
		t.Errorf("Body = %v, want %v", err, want.err)
	}
	if want.nothing {
		if len(sent) > 0 || w.Whole {
			t.Errorf("sent %q, Whole = %t, want nothing sent", sent, w.Whole)
		}
		return
	}

	broken := errors.Is(want.err, response.ErrShort)
	if w.Whole == broken || w.Keep == want.closes {
		t.Errorf("Whole, Keep = %t, %t, want %t, %t", w.Whole, w.Keep, !broken, !want.closes)
	}
	if w.Whole && w.Keep {
		sent = append(sent, next...)
	}
	got, left := judge(t, sent, c.method)
	if got.status != c.status || got.header.Get("X-First") != "1" || got.header.Get("X-Last") != "2" {
		t.Errorf("the client reads %q %v, want %q and the application's headers", got.status, got.header, c.status)
	}
	if got.body != want.body {
		t.Errorf("the client reads the body %q, want %q", got.body, want.body)
	}
	if broken != errors.Is(got.err, io.ErrUnexpectedEOF) || !broken && got.err != nil {
		t.Errorf("the client's error is %v; what it got was broken: %t", got.err, broken)
	}
	if w.Whole && w.Keep && left != next {
		t.Errorf("behind the response is %q, want %q", left, next)
	}
	if got.close != want.closes {
		t.Errorf("the client expects the connection to close: %t, want %t", got.close, want.closes)
	}
	length := ""
	if want.length >= 0 {
		length = strconv.Itoa(want.length)
	}
	if fields := got.header.Values("Content-Length"); strings.Join(fields, ", ") != length {
		t.Errorf("Content-Length: %q, want %q", fields, length)
	}
}

// HEAD has no body, and no field that differs from GET's: it may only leave out
// what nobody knows without making the content. RFC 9110 §9.3.2
func TestHeadIsTheHeadOfGet(t *testing.T) {
	for name, c := range combinations {
		likeGet := c
		likeGet.method = get
		if c.method != head || likeGet.promise().nothing {
			continue // that GET is answered by another application
		}
		t.Run(name, func(t *testing.T) {
			headSent, _, _ := c.send()
			getSent, _, _ := likeGet.send()
			headLines, getLines := headOf(headSent), headOf(getSent)
			for _, line := range headLines {
				if !slices.Contains(getLines, line) && !strings.HasPrefix(line, "Connection: ") {
					t.Errorf("HEAD says %q, and GET does not:\n%q", line, getSent)
				}
			}
			for _, line := range getLines {
				name, _, _ := strings.Cut(line, ":")
				if !slices.Contains(headLines, line) && name != "Content-Length" && name != "Transfer-Encoding" && name != "Connection" {
					t.Errorf("GET says %q, and HEAD does not:\n%q", line, headSent)
				}
			}
		})
	}
}

// headOf returns the lines of a response's head.
func headOf(sent []byte) []string {
	head, _, _ := strings.Cut(string(sent), "\r\n\r\n")
	return strings.Split(head, "\r\n")
}
