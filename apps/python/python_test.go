//go:build unix

package python_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"barewire/apps/python"
	"barewire/internal/apptest"
	"barewire/server"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
)

// run asks an application in a pool, without a connection.
func run(pool *python.Pool, path, text string) apptest.Answer {
	return apptest.Run(pool.Application, environ(path, text, io.Discard))
}

func environ(path, text string, errors io.Writer) wsgi.Environ {
	return wsgi.Environ{
		"REQUEST_METHOD": "POST",
		"PATH_INFO":      path,
		"QUERY_STRING":   "\xc3\xa9",
		"HTTP_X_NAME":    "caf\xe9",
		"wsgi.input":     apptest.Input(body.Framing{Length: int64(len(text))}, text),
		"wsgi.errors":    errors,
		"barewire.note":  func(string) {},
	}
}

func TestApplication(t *testing.T) {
	pool, _ := start(t, python.Settings{App: "testdata/site.py"})
	plain := "Content-Type: text/plain"
	tests := []struct {
		name, path, text string
		status, headers  string
		chunks           string // with | between them
		err, errors      string // in which this is
	}{
		{"a list", "/hello", "", "200 OK", plain, "hello\n", "", ""},
		{"a tuple, and an empty chunk", "/parts", "", "200 OK", plain, "one |two\n", "", ""},
		{"no chunk", "/nothing", "", "204 No Content", "", "", "", ""},
		{"a generator, which starts late", "/late", "", "200 OK", plain, "first |second\n", "", ""},
		{"the body, read", "/echo", "a=1&b=2", "200 OK", plain, "a=1&b=2", "", ""},
		{"the body, in lines", "/lines", "one\ntwo\nthree\nfour\nfive", "200 OK", plain, `[b'one\n', b'tw', b'o\nt', b'', [b'hree\n', b'four\n', b'five']]`, "", ""},
		{"write", "/written", "", "200 OK", plain, "written, |returned\n", "", ""},
		{"another start, with exc_info", "/regret", "", "503 Service Unavailable", plain, "sorry\n", "", ""},
		{"another start, too late", "/toolate", "", "200 OK", plain, "first ", "raised an exception", "KeyError: 'too late'"},
		{"another start, without exc_info", "/twice", "", "500 Internal Server Error", "", "", "", "AssertionError: start_response is called again only with exc_info"},
		{"no start", "/nevercalled", "", "", "", "", "start_response", ""},
		{"text for bytes", "/nobytes", "", "500 Internal Server Error", "", "", "", "TypeError: a chunk is str"},
		{"a number for a header", "/notype", "", "500 Internal Server Error", "", "", "", "TypeError: the header ('X-Number', 1)"},
		{"an exception", "/fails", "", "500 Internal Server Error", "", "", "", "KeyError: 'the secret'"},
		{"sys.exit", "/leaves", "", "500 Internal Server Error", "", "", "", "SystemExit: 3"},
		{"close, once", "/closed", "", "200 OK", plain, "one\n|two\n", "", "closed 1\n"},
		{"close, behind all that was announced", "/counted", "", "200 OK", plain + "|Content-Length: 4", "one\n", "", "closed 1\n"},
		{"more than was announced", "/surplus", "", "200 OK", plain + "|Content-Length: 4", "one\n", "", "yields more bytes than its Content-Length"},
		{"bytes in latin-1", "/unicode", "", "200 Gr\xfc\xdfe", plain + "|X-Path: \xc3\xa9", "caf\xe9", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			errors := new(notebook)
			got := apptest.Run(pool.Application, environ(test.path, test.text, errors))
			watched := apptest.Run(pool.Application, environ(test.path, test.text, new(audience)))
			if !slices.Equal(watched.Chunks, got.Chunks) || watched.Status != got.Status || !slices.Equal(watched.Headers, got.Headers) || fmt.Sprint(watched.Err) != fmt.Sprint(got.Err) {
				t.Errorf("the answer is %+v, watched, want what it is otherwise, %+v", watched, got)
			}
			var headers []string
			for _, field := range got.Headers {
				headers = append(headers, field[0]+": "+field[1])
			}
			if test.status == "500 Internal Server Error" {
				if got.Status != test.status || strings.Contains(strings.Join(got.Chunks, ""), "Error:") {
					t.Errorf("the answer is %+v, want a 500 without a traceback", got)
				}
			} else if got.Status != test.status || strings.Join(headers, "|") != test.headers || strings.Join(got.Chunks, "|") != test.chunks {
				t.Errorf("the answer is %+v, want %q %q %q", got, test.status, test.headers, test.chunks)
			}
			if (got.Err == nil) != (test.err == "") || got.Err != nil && !strings.Contains(got.Err.Error(), test.err) {
				t.Errorf("Err = %v, want %q", got.Err, test.err)
			}
			if !strings.Contains(errors.String(), test.errors) || strings.Contains(errors.String(), "closed 2") {
				t.Errorf("wsgi.errors has %q, want %q", errors, test.errors)
			}
			if strings.Contains(errors.String(), "<stdin>") {
				t.Errorf("the traceback shows worker.py:\n%s", errors)
			}
		})
	}
}

func TestEnviron(t *testing.T) {
	pool, _ := start(t, python.Settings{App: "testdata/site.py"})
	_, text := apptest.Get(t, pool.Application, "/shown?x=%C3%A9")
	for _, want := range []string{
		"PATH_INFO = '/shown'", "QUERY_STRING = 'x=%C3%A9'", "REQUEST_METHOD = 'GET'", "SCRIPT_NAME = ''", "SERVER_PROTOCOL = 'HTTP/1.1'",
		"wsgi.version = (1, 0)", "wsgi.url_scheme = 'http'", "wsgi.multithread = False", "wsgi.multiprocess = True", "wsgi.run_once = False",
		"wsgi.input_terminated = True", "wsgi.file_wrapper = <class", "wsgi.input = <", "wsgi.errors = <",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the environ has no %s:\n%s", want, text)
		}
	}
}

func TestNote(t *testing.T) {
	pool, _ := start(t, python.Settings{App: "testdata/site.py"})
	environ, noted := environ("/noted", "", io.Discard), ""
	environ["barewire.note"] = func(text string) { noted += text }
	if got := apptest.Run(pool.Application, environ); got.Err != nil || noted != "a word" {
		t.Errorf("noted %q, %v, want what the application said", noted, got.Err)
	}
}

// A file is handed over where its descriptor has the same bytes.
func TestFileWrapper(t *testing.T) {
	source, err := os.ReadFile("testdata/site.py")
	if err != nil {
		t.Fatal(err)
	}
	_, behindLine, _ := strings.Cut(string(source), "\n")
	tests := []struct {
		file, want string
		handed     bool
	}{
		{"open", string(source), true},
		{"raw", string(source), true},
		{"temporary", "one\ntwo\n", true},
		{"begun", behindLine, true},
		{"memory", "one\ntwo\n", false},
		{"archive", "one\ntwo\n", false},
		{"archive, buffered", "one\ntwo\n", false},
		{"pipe", "one\ntwo\n", false},
	}
	pool, _ := start(t, python.Settings{App: "testdata/site.py"})
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			handed := false
			app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				body := pool.Application(environ, start)
				file, is := body.(wsgi.File)
				if is {
					_, handed = file.Reader.(*os.File)
				}
				return body
			}
			errors := new(notebook)
			environ := environ("/file", "", errors)
			environ["QUERY_STRING"] = test.file
			got := apptest.Run(app, environ)
			if text := strings.Join(got.Chunks, ""); got.Err != nil || text != test.want || handed != test.handed {
				t.Errorf("got %d bytes, handed over: %v, %v, want %d, %v", len(text), handed, got.Err, len(test.want), test.handed)
			}
			if errors.String() != "closed 1\n" {
				t.Errorf("wsgi.errors has %q, want that it is closed, once", errors)
			}
		})
	}
	if got := run(pool, "/unstarted", ""); got.Status != "500 Internal Server Error" {
		t.Errorf("a file without start_response: %+v, want a 500", got)
	}
}

// A client that leaves inside a file leaves the worker as it was.
func TestFileIsCut(t *testing.T) {
	pool, _ := start(t, python.Settings{App: "testdata/site.py"})
	environ := environ("/file", "", io.Discard)
	environ["QUERY_STRING"] = "open"
	body := pool.Application(environ, func(string, wsgi.Headers, ...error) wsgi.Write { return nil })
	if _, err := io.ReadFull(body.(wsgi.File), make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	if err := body.Close(); err != nil {
		t.Fatal(err)
	}
	if got := run(pool, "/hello", ""); strings.Join(got.Chunks, "") != "hello\n" {
		t.Errorf("the next answer is %+v", got)
	}
}

// A large body goes up and comes down in many blocks.
func TestLargeBody(t *testing.T) {
	pool, _ := start(t, python.Settings{App: "testdata/site.py"})
	text := strings.Repeat("0123456789abcdef", 1<<18)
	if got := run(pool, "/echo", text); got.Err != nil || strings.Join(got.Chunks, "") != text {
		t.Errorf("got %d chunks and %v, want what was sent", len(got.Chunks), got.Err)
	}
}

// A client that leaves closes the iterable.
func TestClientLeaves(t *testing.T) {
	pool, errors := start(t, python.Settings{App: "testdata/site.py"})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(pool.Application)
	s.Errors = errors
	go s.Serve(listener)
	t.Cleanup(func() {
		if err := s.Shutdown(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(conn).Peek(1000); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	await(t, "close()", func() bool { return strings.Contains(errors.String(), "closed 1\n") })
}

// A process that the application forks may come back from the application too. What
// it says is heard by nobody, and it ends.
func TestFork(t *testing.T) {
	pool, errors := start(t, python.Settings{App: "testdata/site.py"})
	for range 2 {
		if got := run(pool, "/forked", ""); strings.Join(got.Chunks, "") != "the parent" {
			t.Fatalf("got %+v, want what the parent says", got)
		}
	}
	if got := errors.String(); got != "" {
		t.Errorf("the workers printed %q", got)
	}
}

// Nor is it in the way of a child that multiprocessing starts anew.
func TestSpawn(t *testing.T) {
	pool, errors := start(t, python.Settings{App: "testdata/site.py"})
	if got := run(pool, "/spawned", ""); strings.Join(got.Chunks, "") != "status 0" {
		t.Errorf("got %+v, want status 0; the child printed %q", got, errors)
	}
}

// An application may have threads. What they say and what they ask comes between its
// own words, and never into them.
func TestThreads(t *testing.T) {
	pool, _ := start(t, python.Settings{App: "testdata/site.py"})
	for range 20 {
		for _, path := range []string{"/besides", "/leftreading", "/hello"} {
			got := run(pool, path, "xyz")
			if whole := strings.HasSuffix(strings.Join(got.Chunks, ""), "\n"); got.Status != "200 OK" || got.Err != nil || !whole {
				t.Fatalf("%s is answered with %s, %d chunks and %v", path, got.Status, len(got.Chunks), got.Err)
			}
		}
	}
}

// A handler of signals may raise while a reply is awaited. Nobody takes that reply for
// another one: the worker ends with its answer, and is replaced.
func TestSignal(t *testing.T) {
	pool, errors := start(t, python.Settings{App: "testdata/site.py"})
	before := pid(t, pool)
	h := hold(pool, "/impatient")
	await(t, "the signal", func() bool { return strings.Contains(errors.String(), "too late") })
	if got := h.end(); strings.Join(got.Chunks, "") != "too late" {
		t.Errorf("the answer is %+v", got)
	}
	if after := pid(t, pool); after == before || errors.String() != "too late\n" {
		t.Errorf("worker %d goes on as %d, and printed %q", before, after, errors)
	}
}

// await waits until something is true.
func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 3000 {
		if is() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s did not come about", what)
}

// What is printed is passed on in whole lines, but for a last one that has no end.
func TestPrinted(t *testing.T) {
	said := new(pieces)
	pool, err := python.Start(python.Settings{App: "testdata/site.py", Python: needPython(t, "wsgiref"), Workers: 1, Timeout: time.Minute, Errors: said})
	if err != nil {
		t.Fatal(err)
	}
	run(pool, "/prints", "")
	pool.Close()
	for i, piece := range *said {
		if !strings.HasSuffix(piece, "\n") && i < len(*said)-1 {
			t.Errorf("%q is no whole line", piece)
		}
	}
	if all := strings.Join(*said, ""); !strings.HasPrefix(all, "line 0\nline 1\n") || !strings.HasSuffix(all, "line 19\nbegun") {
		t.Errorf("printed was %q", all)
	}
}

// pieces are what was written, each time.
type pieces []string

func (p *pieces) Write(text []byte) (int, error) {
	*p = append(*p, string(text))
	return len(text), nil
}

func TestDebug(t *testing.T) {
	pool, _ := start(t, python.Settings{App: "testdata/site.py", Debug: true})
	status, text := apptest.Get(t, pool.Application, "/fails")
	if status != "500 Internal Server Error" || !strings.Contains(text, "KeyError: 'the secret'") {
		t.Errorf("got %s %q, want a 500 with the traceback", status, text)
	}
}

// A worker that ends, or hangs, loses its request, and is replaced.
func TestWorkerIsLost(t *testing.T) {
	tests := []struct {
		name, path, status, errors string
		cut                        bool
	}{
		{"it ends", "/dies", "502 Bad Gateway", "ended: exit status 7", false},
		{"it ends when the head is out", "/diesinside", "200 OK", "ended: exit status 7", true},
		{"it says what is no message", "/garbled", "502 Bad Gateway", "no message of ours", false},
		{"it announces more than it sends", "/announced", "502 Bad Gateway", "ended: exit status 7", false},
		{"it hangs", "/hangs", "504 Gateway Timeout", "said nothing for 1s", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pool, _ := start(t, python.Settings{App: "testdata/site.py", Timeout: time.Second})
			before := strings.Join(run(pool, "/pid", "").Chunks, "")

			errors := new(notebook)
			got := apptest.Run(pool.Application, environ(test.path, "", errors))
			if got.Status != test.status || (got.Err != nil) != test.cut {
				t.Errorf("the answer is %+v, want %s, cut off: %v", got, test.status, test.cut)
			}
			if !strings.Contains(errors.String(), test.errors) {
				t.Errorf("wsgi.errors has %q, want %q", errors, test.errors)
			}
			await(t, "another worker", func() bool {
				got := run(pool, "/pid", "")
				return got.Status == "200 OK" && strings.Join(got.Chunks, "") != before
			})
		})
	}
}

// A worker that is killed before it has read its request does not lose it: another
// one has it.
func TestRequestIsUnread(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells that what was sent has not been read")
	}
	pool, _ := start(t, python.Settings{App: "testdata/site.py"})
	before := pid(t, pool)
	if err := syscall.Kill(before, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	dying := time.AfterFunc(200*time.Millisecond, func() { _ = syscall.Kill(before, syscall.SIGKILL) })
	defer dying.Stop()
	if after := pid(t, pool); after == before {
		t.Errorf("worker %d has answered, and was stopped", after)
	}
}

func pid(t *testing.T, pool *python.Pool) (pid int) {
	t.Helper()
	got := run(pool, "/pid", "")
	if got.Status != "200 OK" || got.Err != nil {
		t.Fatalf("the answer is %+v", got)
	}
	for _, digit := range got.Chunks[0] {
		pid = 10*pid + int(digit-'0')
	}
	return pid
}

// Close ends the workers.
func TestClose(t *testing.T) {
	pool, _ := start(t, python.Settings{App: "testdata/site.py"})
	pid := pid(t, pool)
	pool.Close()
	if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
		t.Errorf("kill -0 says %v, want that there is no such process", err)
	}
}

// Python's own judge finds nothing, over a real socket.
func TestValidator(t *testing.T) {
	for _, name := range []string{"application", "generator"} {
		pool, errors := start(t, python.Settings{App: "testdata/tutorial.py:" + name})
		url, _ := apptest.Serve(t, pool.Application)
		for _, method := range []string{"GET", "HEAD", "POST"} {
			request, err := http.NewRequest(method, url+"/a%20b?x=1", strings.NewReader("ada"))
			if err != nil {
				t.Fatal(err)
			}
			if got, text := answerTo(t, request); got.StatusCode != http.StatusOK {
				t.Errorf("%s: %s is answered with %s %q\n%s", name, method, got.Status, text, errors)
			}
		}
		if strings.Contains(errors.String(), "Error") {
			t.Errorf("%s: %s", name, errors)
		}
	}
}

func answerTo(t *testing.T, request *http.Request) (*http.Response, string) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return response, string(text)
}

// The frameworks that the tutorials end with say hello.
func TestFrameworks(t *testing.T) {
	for _, framework := range []string{"flask", "django", "bottle"} {
		t.Run(framework, func(t *testing.T) {
			pool, errors := start(t, python.Settings{App: "testdata/framework_" + framework + ".py", Python: needPython(t, framework)})
			url, _ := apptest.Serve(t, pool.Application)
			for _, request := range []struct{ method, query, form string }{
				{"GET", "?name=ada", ""},
				{"POST", "", "name=ada"},
				{"HEAD", "?name=ada", ""},
			} {
				r, err := http.NewRequest(request.method, url+"/"+request.query, strings.NewReader(request.form))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				got, text := answerTo(t, r)
				if got.StatusCode != http.StatusOK || request.method != "HEAD" && text != "Hello, ada!\n" {
					t.Errorf("%s is answered with %s %q\n%s", request.method, got.Status, text, errors)
				}
			}
		})
	}
}
