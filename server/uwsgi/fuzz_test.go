package uwsgi_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"barewire/server/uwsgi"
	read "barewire/steps/02_read"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	environ "barewire/steps/07_environ"
	"barewire/steps/refuse"
)

// FuzzPacket sends anything. A packet is taken to its last byte and not further,
// however it arrives; written again it is the same; and what comes of it is an
// environ, or a refusal.
func FuzzPacket(f *testing.F) {
	f.Add([]byte(asks()))
	f.Add([]byte(asks("HTTP_X_A", "1", "HTTP_X_A", "2", "SERVER_NAME", "") + "body"))
	f.Add([]byte(posts("8", "name=ada")))
	f.Add([]byte(posts("-1", "")))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Add([]byte("\x00\xff\xff\x00\x01\x00A\x00\x00"))
	f.Add([]byte("\x00\x05\x00\x00\x01\x00A\x01\x00"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		limits := read.Limits{Line: 8 << 10, Lines: 102, Bytes: 64 << 10}
		whole := bufio.NewReader(bytes.NewReader(sent))
		packet, err := uwsgi.Packet(whole, limits, nil)
		behind, _ := io.ReadAll(whole)
		if !bytes.Equal(append(bytes.Clone(packet), behind...), sent) {
			t.Fatalf("of %q it takes %q and leaves %q", sent, packet, behind)
		}
		slowly, again := uwsgi.Packet(bufio.NewReader(iotest.OneByteReader(bytes.NewReader(sent))), limits, nil)
		if !bytes.Equal(slowly, packet) || (err == nil) != (again == nil) {
			t.Fatalf("byte by byte it takes %q, %v, and at once %q, %v", slowly, again, packet, err)
		}
		if err != nil {
			isRefusal(t, err)
			return
		}
		line, err := uwsgi.Line(packet)
		if err != nil {
			isRefusal(t, err)
			return
		}
		variables, err := uwsgi.Variables(packet)
		if err != nil {
			isRefusal(t, err)
			return
		}
		var pairs []string
		for _, variable := range variables {
			pairs = append(pairs, variable.Name, variable.Value)
		}
		if written := writtenAgain(packet, pairs); written != string(packet) {
			t.Fatalf("%q written again is %q", packet, written)
		}
		framing, err := uwsgi.Frame(line.Version, variables, body.Limits{Bytes: 1 << 20})
		if err != nil {
			isRefusal(t, err)
		} else if framing.Length < 0 || framing.Length > 1<<20 {
			t.Errorf("a body of %d bytes", framing.Length)
		}
		filled := make(wsgi.Environ)
		uwsgi.Fill(filled, environ.Request{Line: line, Fields: variables, Errors: io.Discard})
		for _, name := range []string{"REQUEST_METHOD", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL"} {
			if filled.Text(name) == "" {
				t.Errorf("%s is empty", name)
			}
		}
		if _, found := filled["HTTP_PROXY"]; found {
			t.Error("the environ has HTTP_PROXY")
		}
	})
}

// writtenAgain is packet, with the modifier2 of another.
func writtenAgain(of []byte, pairs []string) string {
	written := []byte(packet(pairs...))
	written[3] = of[3]
	return string(written)
}

// isRefusal is what an error is that is not the end of the connection.
func isRefusal(t *testing.T, err error) {
	t.Helper()
	if !errors.As(err, new(*refuse.Error)) && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the error is %v, and no refusal", err)
	}
}
