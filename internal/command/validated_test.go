package command

import (
	"bytes"
	"context"
	"io"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"barewire/apps/mount"
	"barewire/apps/validator"
	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// requests are what every application is asked, stream:App without its pauses.
var requests = []string{
	"GET /?lines=2&pause=0 HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET /?lines=2&pause=0 HTTP/1.0\r\n\r\n",
	"HEAD /?lines=2&pause=0 HTTP/1.1\r\nHost: x\r\n\r\n",
	"OPTIONS /?lines=2&pause=0 HTTP/1.1\r\nHost: x\r\nRole: ADMIN\r\n\r\n",
	"GET http://x/hello/ada?lines=2&pause=0 HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET /m/hello/%3Cb%3E?lines=2&pause=0 HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET /apps.go?lines=2&pause=0 HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET /source/handler.go?lines=2&pause=0&download HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET /countdown/3?lines=2&pause=0 HTTP/1.1\r\nHost: x\r\nCookie: visits=4\r\n\r\n",
	"GET /nowhere?lines=2&pause=0 HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET /error?lines=2&pause=0 HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET /late?lines=2&pause=0 HTTP/1.1\r\nHost: x\r\n\r\n",
	"POST /?lines=2&pause=0 HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 8\r\n\r\nname=ada",
	"POST /drop?lines=2&pause=0 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
}

// TestValidated has the validator around every application, alone and with every
// middleware around that, and once more around it all. There is nothing to
// complain of, and no answer is another than without.
func TestValidated(t *testing.T) {
	check := validator.Check
	for _, app := range apps {
		t.Run(app.name, func(t *testing.T) {
			t.Parallel()
			wantSame(t, "", check(app.serve), app.serve)
			for _, layer := range layers {
				wantSame(t, layer.name, check(layer.around(check(app.serve))), layer.around(app.serve))
			}
			wantSame(t, "mount", check(mount.Prefix("/m", check(app.serve), check(app.serve))), mount.Prefix("/m", app.serve, app.serve))
		})
	}
}

// wantSame wants two applications to answer alike, and no Violation.
func wantSame(t *testing.T, name string, checked, plain wsgi.Application) {
	t.Helper()
	got, errors := answers(t, checked)
	want, _ := answers(t, plain)
	for i, request := range requests {
		if got[i] != want[i] {
			t.Errorf("%s: to %q the answer is\n%s\nand without the validator\n%s", name, request, got[i], want[i])
		}
	}
	for line := range strings.Lines(errors) {
		if strings.Contains(line, "validator:") {
			t.Errorf("%s: %s", name, line)
		}
	}
}

// varies are the ports, which are others each time.
var varies = regexp.MustCompile(`_PORT = '\d+'`)

// answers returns the answer to each request, to the byte, and all that was
// written to wsgi.errors.
func answers(t *testing.T, app wsgi.Application) (texts []string, errors string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var out lockedBuffer
	s := server.New(app)
	s.Errors = &out
	s.Now = func() time.Time { return time.Date(2026, 3, 31, 12, 54, 48, 0, time.UTC) }
	go s.Serve(listener)
	for _, request := range requests {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(conn)
		if err != nil {
			t.Fatalf("%q: %v", request, err)
		}
		texts = append(texts, varies.ReplaceAllString(string(text), "_PORT = ''"))
		_ = conn.Close()
	}
	if err := s.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	return texts, out.String()
}

type lockedBuffer struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.String()
}
