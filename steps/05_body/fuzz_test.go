package body_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http/httputil"
	"slices"
	"strings"
	"testing"

	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	"barewire/steps/refuse"
)

// FuzzFrame checks, for any fields, that a framing is one that no two readers can
// take for different ones.
func FuzzFrame(f *testing.F) {
	for _, seed := range []string{
		"", "Content-Length: 8\r\n", "Content-Length: 8, 8\r\ncontent-length: 8\r\n", "Content-Length: 8\r\nContent-Length: 9\r\n",
		"Content-Length: +8\r\n", "Content-Length: 101\r\n", "Content-Length:\r\n", "Content-Length: 99999999999999999999\r\n",
		"Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: ,\r\n",
		"Transfer-Encoding: chunked\r\nContent-Length: 8\r\n", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "Expect: 100-continue\r\nContent-Length: 8\r\n", "Expect: x\r\n",
	} {
		f.Add(true, seed)
		f.Add(false, seed)
	}
	f.Fuzz(func(t *testing.T, old bool, lines string) {
		fields, err := headers.Parse([]byte(lines), nil)
		if err != nil {
			return
		}
		version := "HTTP/1.1"
		if old {
			version = "HTTP/1.0"
		}
		framing, err := body.Frame(version, fields, limits)

		turned := slices.Clone(fields)
		slices.Reverse(turned)
		again, turnedErr := body.Frame(version, turned, limits)
		if (err == nil) != (turnedErr == nil) || err == nil && framing != again {
			t.Errorf("%q is framed as %+v, %v, and the other way round as %+v, %v", fields, framing, err, again, turnedErr)
		}
		if err != nil {
			var refusal *refuse.Error
			if !errors.As(err, &refusal) || refusal.Status == "" || refusal.Rule == "" || refusal.Section == "" {
				t.Errorf("Frame(%q) = %v, want a status, a rule and its section", fields, err)
			}
			return
		}
		has := func(name string) bool {
			return slices.ContainsFunc(fields, func(field headers.Field) bool { return field.Is(name) })
		}
		if has("Content-Length") && has("Transfer-Encoding") {
			t.Errorf("Frame(%q) = %+v, want a refusal of what is said twice", fields, framing)
		}
		if framing.Chunked != has("Transfer-Encoding") || framing.Chunked && old {
			t.Errorf("Frame(%s, %q): chunked is %t", version, fields, framing.Chunked)
		}
		if framing.Length < 0 || framing.Length > limits.Bytes || framing.Length > 0 && !has("Content-Length") {
			t.Errorf("Frame(%q): the length is %d", fields, framing.Length)
		}
		if framing.Continue && (old || !has("Expect") || !framing.Chunked && framing.Length == 0) {
			t.Errorf("Frame(%s, %q): someone waits for 100 Continue", version, fields)
		}
	})
}

// FuzzReader reads any bytes as a body: however they arrive and by whatever means
// they are read, the content, the verdict and what is left behind are the same.
// Of what is taken as chunks Go's reader makes the same content.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"name=ada", "5\r\nhello\r\n0\r\n\r\n", "005;a=b;c=\"d\\\"\"\r\nhello\r\n0\r\nX: 1\r\n\r\n", "3\r\na\nb\r\n1\r\nc\r\n00\r\n\r\n",
		"0\r\n\r\n", "0\r\n", "5\r\nhell", "5\r\nhello0\r\n\r\n", "5\r\nhello, 0\r\n\r\n", "x\r\n", "5\nhello\r\n0\r\n\r\n", "65\r\n", "ffffffffffffffffffff\r\n",
		"5 \r\nhello\r\n0\r\n\r\n", "1;=\r\na\r\n0\r\n\r\n", "0\r\nX : 1\r\n\r\n", "-1\r\n", "0x1\r\na\r\n0\r\n\r\n",
		strings.Repeat("3c\r\n"+strings.Repeat("a", 60)+"\r\n", 2) + "0\r\n\r\n",
	} {
		f.Add([]byte(seed), true, uint8(0), []byte{1, 2, 3})
		f.Add([]byte(seed), false, uint8(5), []byte{2})
	}
	f.Fuzz(func(t *testing.T, in []byte, chunked bool, length uint8, cuts []byte) {
		if len(in) >= enough {
			return // more than the readers of these tests wait for
		}
		framing := body.Framing{Chunked: chunked}
		if !chunked {
			framing.Length = int64(length)
		}
		r := whole(string(in))
		content, err := readAll(body.NewReader(r, nil, framing, limits))
		left, _ := io.ReadAll(r) // of a reader in memory: cannot fail
		want := verdict(err)

		var refusal *refuse.Error
		if err != nil && !errors.As(err, &refusal) {
			t.Errorf("reading %q as %+v: %v, want a refusal", in, framing, err)
		}
		if chunked && int64(len(content)) > limits.Bytes {
			t.Errorf("reading %q gives %d bytes", in, len(content))
		}
		if !chunked && string(content) != string(in[:min(len(in), int(length))]) {
			t.Errorf("the first %d bytes of %q are read as %q", length, in, content)
		}
		if !chunked && err == nil && string(left) != string(in[length:]) {
			t.Errorf("behind the first %d bytes of %q is left %q", length, in, left)
		}
		if chunked && err == nil {
			taken := in[:len(in)-len(left)]
			if !bytes.HasSuffix(taken, []byte("\r\n")) || !bytes.HasSuffix(in, left) {
				t.Errorf("of %q the body is %q and %q is left", in, taken, left)
			}
			if judged, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(taken))); err != nil || string(judged) != string(content) {
				t.Errorf("we read %q as %q, and the judge as %q, %v", in, content, judged, err)
			}
			if _, err := readAll(body.NewReader(whole(string(taken[:len(taken)-1])), nil, framing, limits)); err == nil {
				t.Errorf("%q is taken for a body without its last byte too", taken)
			}
		}

		for _, by := range means {
			r := bufio.NewReaderSize(&pieces{in, cuts}, 16)
			got, err := by.read(body.NewReader(r, nil, framing, limits))
			rest, _ := io.ReadAll(r) // the same
			if string(got) != string(content) || verdict(err) != want {
				t.Errorf("%s of %q in pieces of %d as %+v = %q, %v, want %q, %s", by.name, in, cuts, framing, got, err, content, want)
			}
			if err == nil && string(rest) != string(left) {
				t.Errorf("%s of %q leaves %q, want %q", by.name, in, rest, left)
			}
		}
	})
}

// pieces reads bytes in pieces of these sizes, and then the rest.
type pieces struct {
	bytes []byte
	sizes []byte
}

func (p *pieces) Read(buffer []byte) (int, error) {
	size := len(p.bytes)
	if len(p.sizes) > 0 {
		size, p.sizes = min(size, 1+int(p.sizes[0])), p.sizes[1:]
	}
	n, err := strings.NewReader(string(p.bytes[:size])).Read(buffer)
	p.bytes = p.bytes[n:]
	return n, err
}
