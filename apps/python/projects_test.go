//go:build unix

package python_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"barewire/apps/python"
	"barewire/server"
)

// The projects are laid out as users of these frameworks do, and none knows of us.
var projects = []struct {
	needs, folder string
	app           string
	judged        string   // the same, with Python's own judge around it
	tests         []string // how Python runs them
}{
	{"django", "guestbook", "guestbook.wsgi:application", "guestbook.judged:application", []string{"manage.py", "test"}},
	{"flask", "notes", "app:create_app()", "judged:application", []string{"-m", "unittest"}},
	{"bottle, werkzeug", "menu", "app:app", "judged:application", []string{"-m", "unittest"}},
}

// The tests of a project ask the application as the test client of its framework does,
// then they ask a server, and both have to say the same.
func TestProjects(t *testing.T) {
	for _, project := range projects {
		for _, app := range []string{project.app, project.judged} {
			t.Run(project.folder+"/"+app, func(t *testing.T) {
				program := needPython(t, project.needs)
				addr, errors := serveProject(t, program, project.folder, app)

				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
				defer cancel()
				tests := exec.CommandContext(ctx, program, append([]string{"-W", "ignore"}, project.tests...)...)
				tests.Env = append(os.Environ(), "SITE="+addr, "PYTHONPATH=..") // where wire.py is
				out, err := tests.CombinedOutput()
				if err != nil || bytes.Contains(out, []byte("Ran 0 tests")) || bytes.Contains(out, []byte("skipped")) {
					t.Errorf("the tests of %s: %v, want that all ran and passed\n%s", project.folder, err, out)
				}
				for _, complaint := range []string{"AssertionError", "garbage collected without being closed"} {
					if strings.Contains(errors.String(), complaint) {
						t.Errorf("wsgiref.validate complains:\n%s", errors)
					}
				}
			})
		}
	}
}

// serveProject serves a project of testdata from its folder, by one worker.
func serveProject(t *testing.T, program, folder, app string) (addr string, errors *notebook) {
	t.Helper()
	t.Chdir(filepath.Join("testdata", folder))
	pool, errors := start(t, python.Settings{App: app, Python: program})
	return serve(t, pool, errors), errors
}

// serve serves what is in a pool until the test is over.
func serve(t *testing.T, pool *python.Pool, errors *notebook) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(pool.Application)
	s.Errors = errors
	go s.Serve(listener)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// What the frameworks answer, to the byte: what no test client sees.
func TestProjectsOnTheWire(t *testing.T) {
	tests := []struct {
		name, folder, request string
		want                  []string // in the answer, in this order
		not                   string
	}{
		{"Django streams each part in a chunk", "guestbook", "GET /stream/ HTTP/1.1\r\n",
			[]string{"200 OK\r\n", "Transfer-Encoding: chunked\r\n", "\r\n\r\n4\r\none\n\r\n4\r\ntwo\n\r\n6\r\nthree\n\r\n0\r\n\r\n"}, "Content-Length"},
		{"Django streams to HTTP/1.0", "guestbook", "GET /stream/ HTTP/1.0\r\n",
			[]string{"200 OK\r\n", "\r\n\r\none\ntwo\nthree\n"}, "chunked"},
		{"Django tells the length of a file", "guestbook", "HEAD /file/ HTTP/1.1\r\n",
			[]string{"200 OK\r\n", "Content-Length: 1048576\r\n"}, "chunked"},
		{"Django sends a name in latin-1", "guestbook", "GET /caf%C3%A9/Zo%C3%AB/ HTTP/1.1\r\n",
			[]string{"200 OK\r\n", "X-Name: Zo\xeb\r\n", "\r\n\r\nBonjour, Zo\xc3\xab !\n"}, ""},
		{"Django keeps its traceback", "guestbook", "GET /fails/ HTTP/1.1\r\n",
			[]string{"500 Internal Server Error\r\n", "Server Error (500)"}, "secret"},
		{"Flask streams each part in a chunk", "notes", "GET /stream?for=ada HTTP/1.1\r\n",
			[]string{"200 OK\r\n", "Transfer-Encoding: chunked\r\n", "\r\n\r\nc\r\none for ada\n\r\nc\r\ntwo for ada\n\r\n"}, "Content-Length"},
		{"Flask sends a part of a file", "notes", "GET /large HTTP/1.1\r\nRange: bytes=-3\r\n",
			[]string{"206 PARTIAL CONTENT\r\n", "Content-Length: 3\r\n", "\r\n\r\ndef"}, "chunked"},
		{"Flask keeps its traceback", "notes", "GET /fails HTTP/1.1\r\n",
			[]string{"500 INTERNAL SERVER ERROR\r\n", "\r\n\r\n<!doctype html>"}, "secret"},
		{"Bottle streams each part in a chunk", "menu", "GET /stream HTTP/1.1\r\n",
			[]string{"200 OK\r\n", "Transfer-Encoding: chunked\r\n", "\r\n\r\n4\r\none\n\r\n4\r\ntwo\n\r\n0\r\n\r\n"}, "Content-Length"},
	}
	for _, project := range projects {
		t.Run(project.folder, func(t *testing.T) {
			addr, _ := serveProject(t, needPython(t, project.needs), project.folder, project.app)
			for _, test := range tests {
				if test.folder != project.folder {
					continue
				}
				conn := dial(t, addr)
				if _, err := io.WriteString(conn, test.request+"Host: 127.0.0.1\r\nConnection: close\r\n\r\n"); err != nil {
					t.Fatal(err)
				}
				answer, err := io.ReadAll(conn)
				if err != nil {
					t.Fatal(err)
				}
				rest := string(answer)
				for _, want := range test.want {
					var found bool
					if _, rest, found = strings.Cut(rest, want); !found && want != "" {
						t.Errorf("%s: the answer is\n%.2000q\nwant %q in it", test.name, answer, want)
					}
				}
				if test.not != "" && bytes.Contains(answer, []byte(test.not)) {
					t.Errorf("%s: the answer is\n%.2000q\nwant no %q in it", test.name, answer, test.not)
				}
			}
		})
	}
}

// dial opens a connection that ends with the test, or long after it should have.
func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // the test may have closed it
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// A view answers while it reads: each four bytes come back before the next are sent.
func TestEchoed(t *testing.T) {
	for path, project := range map[string]int{"/echo/": 0, "/echo": 1} {
		t.Run(projects[project].folder, func(t *testing.T) {
			addr, _ := serveProject(t, needPython(t, projects[project].needs), projects[project].folder, projects[project].app)
			conn := dial(t, addr)
			reader := bufio.NewReader(conn)
			if _, err := io.WriteString(conn, "POST "+path+" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 12\r\n\r\nping"); err != nil {
				t.Fatal(err)
			}
			answer, err := http.ReadResponse(reader, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i, next := range []string{"pong", "last", ""} {
				echo := make([]byte, 4)
				if _, err := io.ReadFull(answer.Body, echo); err != nil {
					t.Fatalf("part %d: %q, %v", i, echo, err)
				}
				if _, err := io.WriteString(conn, next); err != nil {
					t.Fatal(err)
				}
			}
			if rest, err := io.ReadAll(answer.Body); err != nil || len(rest) > 0 {
				t.Errorf("behind it come %q, %v", rest, err)
			}
		})
	}
}

// When the client leaves, the generator in Flask's answer hears of it.
func TestFlaskIsLeft(t *testing.T) {
	flask := projects[1]
	addr, _ := serveProject(t, needPython(t, flask.needs), flask.folder, flask.app)
	conn := dial(t, addr)
	if _, err := io.WriteString(conn, "GET /endless HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(conn).Peek(1000); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	// The one worker answers this when it is done with that.
	request, err := http.NewRequest("GET", "http://"+addr+"/left", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, text := answerTo(t, request); text != "1\n" {
		t.Errorf("%q generators were closed, want the one that was left", text)
	}
}
