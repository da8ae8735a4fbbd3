package command_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// over11 is HTTP as docs/deploy.md has it: with chunks.
var over11 = envelope{"http", "proxy_http_version 1.1; proxy_pass http://%s"}

// TestNginxLarge has bodies go by each protocol that are larger than all buffers on
// the way, to the byte.
func TestNginxLarge(t *testing.T) {
	program := needNginx(t)
	needPython(t)
	var answered bytes.Buffer // as app.py makes it
	block := make([]byte, 64<<10)
	for i := range block {
		block[i] = byte(i)
	}
	for number := range 512 {
		fmt.Fprintf(&answered, "%08d%s", number, block)
	}
	sent := answered.Bytes()
	want := fmt.Sprintf("%d %x", len(sent), sha256.Sum256(sent))
	for _, e := range append(envelopes, over11) {
		t.Run(e.pass, func(t *testing.T) {
			front := newFront(t, program)
			front.add(t, e, "unix", "shop", "testdata/deploy/app.py:app")
			front.start(t)
			t.Run("an answer in many chunks", func(t *testing.T) {
				if _, got := front.ask(t, "GET", "/shop/large", nil); got != answered.String() {
					t.Errorf("it has %d bytes, which differ from the %d that were said", len(got), len(sent))
				}
			})
			for name, body := range map[string]io.Reader{
				"an upload":           bytes.NewReader(sent),
				"an upload in chunks": struct{ io.Reader }{bytes.NewReader(sent)},
			} {
				t.Run(name, func(t *testing.T) {
					if _, got := front.ask(t, "POST", "/shop/upload", body); got != want {
						t.Errorf("what arrives is %.100q, want %q", got, want)
					}
				})
			}
		})
	}
}

// TestNginxEarly: when nginx has the head of an answer it sends nothing more of the
// body. An application that answers while it reads waits for the rest, and nginx for
// the rest of the answer, until one of them has no more patience.
func TestNginxEarly(t *testing.T) {
	program := needNginx(t)
	for _, e := range append(envelopes, over11) {
		t.Run(e.pass, func(t *testing.T) {
			front := newFront(t, program)
			front.fails = true
			module, _, _ := strings.Cut(e.pass, "_")
			front.add(t, envelope{e.protocol, module + "_read_timeout 1s; " + e.pass}, "unix", "echo", "echo:App")
			front.start(t)
			sent := bytes.Repeat([]byte("barewire"), 1_000_000) // more than the buffers between them hold
			answer, err := http.Post(front.url+"/echo/", "text/plain", bytes.NewReader(sent))
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			got, err := io.ReadAll(answer.Body)
			if !errors.Is(err, io.ErrUnexpectedEOF) || len(got) == len(sent) || !bytes.HasPrefix(sent, got) {
				t.Errorf("%d, %d bytes, %v; want fewer than %d, and an unexpected end", answer.StatusCode, len(got), err, len(sent))
			}
		})
	}
}

// TestNginxBroken: an answer breaks off whose length nobody knows. With chunks nginx
// can tell. Where the end of the connection ends it, only a reset can, which a Unix
// socket does not have; and the records of Go's FastCGI always end properly.
func TestNginxBroken(t *testing.T) {
	program := needNginx(t)
	needPython(t)
	for _, test := range []struct {
		envelope
		network string
		shows   bool
	}{
		{over11, "unix", true},
		{over11, "tcp", true},
		{envelopes[0], "unix", false},
		{envelopes[0], "tcp", true},
		{envelopes[1], "unix", false},
		{envelopes[1], "tcp", true},
		{envelopes[2], "unix", false},
		{envelopes[2], "tcp", false},
	} {
		t.Run(test.pass+" over "+test.network, func(t *testing.T) {
			front := newFront(t, program)
			front.fails = true
			front.add(t, test.envelope, test.network, "shop", "testdata/deploy/app.py:app")
			front.start(t)
			answer, err := http.Get(front.url + "/shop/broken")
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			text, err := io.ReadAll(answer.Body)
			if shows := errors.Is(err, io.ErrUnexpectedEOF); shows != test.shows || !shows && (err != nil || string(text) != "first\n") {
				t.Errorf("the client gets %d %q, %v; want that it can tell: %v", answer.StatusCode, text, err, test.shows)
			}
		})
	}
}
