package keepalive_test

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"

	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	keepalive "barewire/steps/10_keepalive"
)

// FuzzPersist checks, for any fields, that we and Go's server agree on what they
// say about the connection.
func FuzzPersist(f *testing.F) {
	for _, seed := range []string{
		"", "Connection: close\r\n", "Connection: keep-alive\r\n", "connection: x, ,\tClose ,\r\n", "Connection: x\r\nConnection: close\r\n", "Connection: close, x\r\n", "Connection: keep-alive, x\r\n",
		"Connection: closed\r\n", "Connection: clo\u017fe\r\n", "Connection: \u212aeep-alive\r\n", "Connection: close keep-alive\r\n", "Connection:\r\n",
	} {
		f.Add(uint8(0), seed)
		f.Add(uint8(1), seed)
	}
	f.Fuzz(func(t *testing.T, minor uint8, lines string) {
		version := "HTTP/1." + string('0'+minor%10)
		fields, err := headers.Parse([]byte(lines), nil)
		if err != nil {
			return
		}
		judged, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET / " + version + "\r\n" + said(fields) + "\r\n")))
		if err != nil {
			return // for another reason
		}
		if got := keepalive.Persist(version, fields, open(t, "", bufio.NewReader(strings.NewReader("")), nil)); got == judged.Close {
			t.Errorf("Persist(%s, %q) = %t, and the judge's Close is the same", version, fields, got)
		}
	})
}

// said writes the fields about the connection as lines. With the others the judge
// does more than we ask it here.
func said(fields []headers.Field) string {
	var lines strings.Builder
	for _, field := range fields {
		if field.Is("Connection") {
			lines.WriteString("Connection: " + field.Value + "\r\n")
		}
	}
	return lines.String()
}

// FuzzNext checks, for any body of which the application has read any part, that
// the connection stands behind it when Next says so, and not a byte elsewhere.
func FuzzNext(f *testing.F) {
	for _, seed := range []string{"hello", "hell", "", "5\r\nhello\r\n0\r\nX: 1\r\n\r\nGET", "5\r\nhello\r\n0\r\n", "0\r\n\r\nGET", "x\r\n"} {
		for _, used := range []uint8{0, 3, 100} {
			f.Add(seed, true, used)
			f.Add(seed, false, used)
		}
	}
	f.Fuzz(func(t *testing.T, in string, chunked bool, used uint8) {
		framing := body.Framing{Chunked: chunked}
		if !chunked {
			framing.Length = 5
		}
		all := bufio.NewReader(strings.NewReader(in))
		// One byte more than fits: a Reader that never ends must not hang the test.
		_, err := io.CopyN(io.Discard, body.NewReader(all, nil, framing, limits), int64(len(in))+1)
		behind, _ := io.ReadAll(all) // of a reader in memory: cannot fail

		r := bufio.NewReader(strings.NewReader(in))
		input := body.NewReader(r, nil, framing, limits)
		use(input, int(used))
		next := keepalive.Next(input)
		left, _ := io.ReadAll(r) // the same
		if next != (err == io.EOF) {
			t.Errorf("Next behind %d bytes of %q = %t, and its body ends with %v", used, in, next, err)
		}
		if next && string(left) != string(behind) {
			t.Errorf("behind %q the next request begins with %q, want %q", in, left, behind)
		}
	})
}
