package server_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// An archive answers with one large file.
type archive struct {
	path, text string
	opened     chan *os.File
}

func newArchive(t *testing.T) *archive {
	text := strings.Repeat("0123456789abcde\n", 1<<16) // 1 MiB
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return &archive{path, text, make(chan *os.File, 8)}
}

// app says that the file is so long.
func (a *archive) app(length int) wsgi.Application {
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		file, err := os.Open(a.path)
		if err != nil {
			return wsgi.Fail(err)
		}
		a.opened <- file
		start("200 OK", wsgi.Headers{{"Content-Length", strconv.Itoa(length)}})
		return environ.FileWrapper()(file, 0)
	}
}

// wantClosed wants the file that was opened last to be closed.
func (a *archive) wantClosed(t *testing.T) {
	t.Helper()
	if _, err := (<-a.opened).Read(nil); !errors.Is(err, os.ErrClosed) {
		t.Errorf("the file is still open: %v", err)
	}
}

// A file goes from the kernel to the client, and the connection stays usable.
func TestFile(t *testing.T) {
	a := newArchive(t)
	size := strconv.Itoa(len(a.text))
	for _, test := range []struct {
		name, request, want string
		end                 ending
		length              int
	}{
		{"all of it", "GET / HTTP/1.1\r\nHost: x\r\n\r\n" + follower,
			ok + "Content-Length: " + size + "\r\n" + stamp + "\r\n" + a.text + followed, fin, len(a.text)},
		{"as much of it as was declared", "GET / HTTP/1.1\r\nHost: x\r\n\r\n" + follower,
			ok + "Content-Length: 100000\r\n" + stamp + "\r\n" + a.text[:100000] + followed, fin, 100000},
		{"none of it", "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n" + follower,
			ok + "Content-Length: " + size + "\r\n" + stamp + "\r\n" + followed, fin, len(a.text)},
		{"too little of it, and the end of the connection", "GET / HTTP/1.1\r\nHost: x\r\n\r\n" + follower,
			ok + "Content-Length: 2000000\r\n" + stamp + "\r\n" + a.text, fin, 2000000},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := start(t, a.app(test.length))
			c := s.dial(t)
			c.say(test.request)
			got, end := c.rest()
			if got != test.want || end != test.end {
				t.Errorf("the server says %d bytes, %.200q…, and %s, want %d, %.200q…, and %s", len(got), got, end, len(test.want), test.want, test.end)
			}
			a.wantClosed(t)
		})
	}
}

// Nobody in the server sees the bytes of a file, but how many they are is told.
func TestFileIsObserved(t *testing.T) {
	a := newArchive(t)
	var seen record
	s := start(t, a.app(len(a.text)), seen.on)
	s.ask(t, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	s.stop(t)
	size, pieces := 0, 0
	for _, event := range seen.events {
		sent, ok := event.(server.Sent)
		if !ok || !sent.File {
			continue
		}
		if len(sent.Bytes) != 0 || sent.Size > 256<<10 {
			t.Errorf("an event holds %d bytes of a piece of %d", len(sent.Bytes), sent.Size)
		}
		size += sent.Size
		pieces++
	}
	if size != len(a.text) || pieces < 4 {
		t.Errorf("told of %d bytes in %d pieces, want %d in pieces of 256 KiB", size, pieces, len(a.text))
	}
}

// A file is sent to one who is slow but reads on, and not to one who does not.
func TestFileToASlowClient(t *testing.T) {
	const size = 32 << 20
	a := newArchive(t)
	if err := os.Truncate(a.path, size); err != nil {
		t.Fatal(err)
	}
	s := start(t, a.app(size), func(s *server.Server) { s.Deadlines.Write = 10 * brief })
	c := s.dial(t)
	c.say("GET / HTTP/1.0\r\n\r\n")
	got, buf := 0, make([]byte, 1<<20)
	for {
		n, err := io.ReadFull(c, buf)
		got += n
		if err != nil {
			break
		}
		time.Sleep(brief / 2)
	}
	if got < size {
		t.Errorf("a slow client gets %d bytes, want a head and %d", got, size)
	}
	a.wantClosed(t)

	s.dial(t).say("GET / HTTP/1.0\r\n\r\n")
	file := <-a.opened
	a.opened <- file
	s.stop(t) // which has to wait for the one that never reads
	a.wantClosed(t)
}
