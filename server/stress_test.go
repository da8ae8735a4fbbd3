package server_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// A sloven answers in every way there is, and leaves goroutines behind that go on
// with all it had: they read, write and change the environ, while the connection
// and its desk are with the next request.
type sloven struct {
	file string
	left sync.WaitGroup
}

func (s *sloven) app(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	input := environ.Input()
	leave := func(write wsgi.Write) {
		aside(&s.left, func() {
			for range 3 {
				runtime.Gosched()
				_, _ = input.Read(make([]byte, 10))
				_, _ = input.ReadLine(10)
				if write != nil {
					_ = write([]byte("LATE"))
				}
				environ["HTTP_ID"] = "LATE"
			}
		})
	}
	path := environ.Text("PATH_INFO")
	var body []byte
	if path != "/unread" {
		var err error
		if body, err = io.ReadAll(input); err != nil {
			return wsgi.Fail(err)
		}
	}
	text := fmt.Sprintf("%s %s %s %s ", environ.Text("REMOTE_PORT"), path, environ.Text("HTTP_ID"), body)
	switch path {
	case "/large":
		leave(nil)
		return say(start, text+strings.Repeat("x", 20_000))
	case "/stream":
		start("200 OK", textPlain)
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			_ = yield([]byte(text[:3]), nil) && yield([]byte(text[3:]), nil)
			leave(nil)
		})
	case "/write":
		write := start("200 OK", textPlain)
		_ = write([]byte(text)) // who is gone need not be told
		return &counted{Body: wsgi.List{}, close: func() error { leave(write); return nil }}
	case "/file":
		file, err := os.Open(s.file)
		if err != nil {
			return wsgi.Fail(err)
		}
		start("200 OK", textPlain)
		wrapped := environ.FileWrapper()(file, 0)
		leave(nil)
		return wrapped
	case "/panic":
		leave(nil)
		panic(errSecret)
	}
	leave(nil)
	return say(start, text)
}

// fileText is what /file answers.
var fileText = strings.Repeat("file\n", 10_000)

// Many clients pipeline all of that, cut anywhere, and some leave in the middle. Each
// answer is that to its own request, and nothing that is late gets into one. Run it
// with -race.
func TestStress(t *testing.T) {
	const clients, visits = 8, 25
	modes := []struct {
		name string
		set  func(*server.Server)
	}{
		{"nobody watches", unwatched},
		{"some are watched", func(s *server.Server) {
			var asked atomic.Int64
			s.Observe = func(server.Event) {}
			s.Watch = func() bool { return asked.Add(1)%3 == 0 }
		}},
		{"some wait at the gate", func(s *server.Server) {
			var asked atomic.Int64
			s.Gate = func(_ server.Place, _ server.Stage, left func() bool) {
				if asked.Add(1)%20 == 0 {
					_ = left()
					time.Sleep(2 * time.Millisecond) // longer than an answer is held
				}
			}
		}},
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(fileText), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			app := sloven{file: file}
			s := start(t, app.app, mode.set)
			var crowd sync.WaitGroup
			for n := range clients {
				aside(&crowd, func() {
					random := rand.New(rand.NewPCG(1, uint64(n)))
					for range visits {
						if err := visit(s.addr, random); err != nil {
							t.Errorf("client %d: %v", n, err)
							return
						}
					}
				})
			}
			crowd.Wait()
			app.left.Wait()
		})
	}
}

// visit has one conversation, and tells what is wrong with the answers.
func visit(addr string, random *rand.Rand) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(conn.LocalAddr().String())
	if err != nil {
		return err
	}

	var send bytes.Buffer
	var wants []string // how each answer begins; of a panic nothing
	paths := []string{"/small", "/small", "/unread", "/large", "/stream", "/write", "/file", "/panic"}
	for path := ""; len(wants) < 10 && path != "/panic"; {
		path = paths[random.IntN(len(paths))]
		id, body := strconv.Itoa(random.IntN(2)), strings.Repeat("b", random.IntN(2)*random.IntN(9))
		fmt.Fprintf(&send, "POST %s HTTP/1.1\r\nHost: x\r\nID: %s\r\nContent-Length: %d\r\n\r\n%s", path, id, len(body), body)
		switch path {
		case "/file":
			wants = append(wants, fileText)
		case "/panic":
			wants = append(wants, "")
		case "/unread":
			wants = append(wants, fmt.Sprintf("%s %s %s  ", port, path, id))
		default:
			wants = append(wants, fmt.Sprintf("%s %s %s %s ", port, path, id, body))
		}
	}
	leaves := random.IntN(10) == 0
	cuts := []int{random.IntN(send.Len()), send.Len()}
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for _, cut := range cuts {
			_, _ = conn.Write(send.Next(cut)) // reading tells whether it went well
			runtime.Gosched()
		}
	}()
	if leaves {
		<-sent
		return conn.(*net.TCPConn).SetLinger(0)
	}
	r := bufio.NewReader(conn)
	for n, want := range wants {
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			return fmt.Errorf("answer %d of %d: %w", n+1, len(wants), err)
		}
		got, err := io.ReadAll(answer.Body)
		if err != nil || !strings.HasPrefix(string(got), want) || strings.Contains(string(got), "LATE") {
			return fmt.Errorf("answer %d of %d is %.80q and %v, want %.80q", n+1, len(wants), got, err, want)
		}
	}
	<-sent
	return nil
}
