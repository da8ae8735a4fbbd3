package check_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"barewire/apps/check"
	"barewire/internal/apptest"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
)

// sorted returns the lines of a head in order of the alphabet.
func sorted(head string) string {
	lines := strings.Split(head, "\r\n")
	slices.Sort(lines)
	return strings.Join(lines, "\r\n")
}

// judged serves check.py on a free port, behind the validator of the standard
// library, and ends when its input does.
const judged = `
import os, sys, threading
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.validate import validator
from check import application

class Quiet(WSGIRequestHandler):
    def log_message(self, *args): pass

def leave():
    sys.stdin.read()
    os._exit(0)

server = make_server('127.0.0.1', 0, validator(application), handler_class=Quiet)
threading.Thread(target=leave, daemon=True).start()
print(server.server_port, flush=True)
server.serve_forever()
`

// python returns a command that runs a program beside the embedded check.py.
func python(t *testing.T, program string) *exec.Cmd {
	t.Helper()
	interpreter, err := exec.LookPath("python3")
	switch {
	case err != nil && os.Getenv("BAREWIRE_NO_SKIP") != "":
		t.Fatal("python3 is not installed, and BAREWIRE_NO_SKIP is set")
	case err != nil:
		t.Skip("python3, which runs check.py, is not installed")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "check.py"), []byte(check.Python), 0o644); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), interpreter, "-B", "-c", program)
	command.Dir = dir
	return command
}

// servePython returns the address of check.py behind wsgiref.
func servePython(t *testing.T) string {
	t.Helper()
	command := python(t, judged)
	command.Env = append(os.Environ(), "BAREWIRE_SECRET=do not tell")
	var mistakes bytes.Buffer
	command.Stderr = &mistakes
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = input.Close()
		_ = command.Wait()
		if t.Failed() {
			t.Logf("python3 says:\n%s", &mistakes)
		}
	})
	hang := time.AfterFunc(patience, func() { _ = command.Process.Kill() })
	defer hang.Stop()
	port, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatalf("python3 does not say where it listens: %v", err)
	}
	return "127.0.0.1:" + strings.TrimSpace(port)
}

// post sends a row in one write, for a server that closes with bytes unread resets
// the connection, and reads the answer as an HTTP client does.
func post(t *testing.T, addr string, r row) (*http.Response, string, error) {
	t.Helper()
	raw := say(t, addr, fmt.Sprintf("POST %s?%s HTTP/1.1\r\nHost: x\r\nX-Check: a, b\r\nConnection: close\r\n"+
		"Content-Type: text/x-check\r\nContent-Length: %d\r\n\r\n%s", r.path, r.query, len(r.body), r.body))
	response, err := http.ReadResponse(bufio.NewReader(strings.NewReader(raw)), nil)
	if err != nil {
		t.Fatalf("%s: %v in %q", r.name(), err, raw)
	}
	content, err := io.ReadAll(response.Body)
	return response, string(content), err
}

// ofApp returns the headers that the application gave: without those of the
// server, which differ. The length is the application's where want has one.
func ofApp(header http.Header, want wsgi.Headers) http.Header {
	given := http.Header{}
	for _, field := range want {
		given[field[0]] = nil
	}
	rest := header.Clone()
	for _, name := range []string{"Date", "Server", "Connection", "Content-Length", "Transfer-Encoding"} {
		if _, is := given[name]; !is {
			delete(rest, name)
		}
	}
	return rest
}

// TestPythonAnswersTheSame asks check.py behind wsgiref, and App behind Barewire.
// Both must answer what the rows say, and wsgiref's validator must be content.
func TestPythonAnswersTheSame(t *testing.T) {
	servers := map[string]string{"python": servePython(t), "barewire": serve(t)}
	for _, test := range rows() {
		want := http.Header{}
		for _, field := range test.headers {
			want.Add(field[0], field[1])
		}
		for name, addr := range servers {
			response, content, err := post(t, addr, test)
			if err != nil || response.Status != test.status {
				t.Errorf("%s answers %s: %q, %v, want %q", name, test.name(), response.Status, err, test.status)
			}
			if got := ofApp(response.Header, test.headers); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s answers %s: headers %q, want %q", name, test.name(), got, want)
			}
			if joined := strings.Join(test.chunks, ""); content != joined {
				t.Errorf("%s answers %s: %.80q, want %.80q", name, test.name(), content, joined)
			}
		}
	}
}

// What breaks the contract breaks it in Python too; /slow and /close do there what
// they say.
func TestPythonBreaksTheSame(t *testing.T) {
	addr := servePython(t)
	for _, path := range []string{"/crlf", "/hop", "/badstatus", "/twice", "/nostart", "/fail"} {
		if response, _, err := post(t, addr, row{path: path}); err != nil || response.StatusCode != 500 {
			t.Errorf("%s is answered %q, %v, want 500", path, response.Status, err)
		}
	}
	if _, content, err := post(t, addr, row{path: "/short"}); err != io.ErrUnexpectedEOF || content != "short" {
		t.Errorf("/short is answered %q, %v, want five bytes of ten", content, err)
	}
	for _, path := range []string{"/failmid", "/toolate"} {
		if _, content, _ := post(t, addr, row{path: path}); content != "before\n" {
			t.Errorf("%s is answered %q, want its first half", path, content)
		}
	}
	if got := say(t, addr, request("GET", "/long")); !strings.HasSuffix(got, "\r\n\r\nlonger than that") {
		t.Errorf("/long is answered %q: it does not say too much", got)
	}
	began := time.Now()
	post(t, addr, row{path: "/slow", query: "ms=30"})
	if took := time.Since(began); took < 30*time.Millisecond {
		t.Errorf("/slow took %v, want 30 ms or more", took)
	}
	post(t, addr, row{path: "/close"})
	if _, content, _ := post(t, addr, row{path: "/closed"}); content != "1\n" {
		t.Errorf("/closed counts %q after one /close", content)
	}
}

// TestPythonEnviron compares what both servers told their applications, of what
// both have to tell.
func TestPythonEnviron(t *testing.T) {
	ask := row{path: "/environ", query: "x=%41&y", body: "ping"}
	environs := map[string]map[string]string{}
	for name, addr := range map[string]string{"python": servePython(t), "barewire": serve(t)} {
		_, content, err := post(t, addr, ask)
		if err != nil {
			t.Fatal(err)
		}
		var told map[string]string
		if err := json.Unmarshal([]byte(content), &told); err != nil {
			t.Fatalf("%s: %v in %q", name, err, content)
		}
		environs[name] = told
	}
	for _, key := range []string{
		"REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH", "REMOTE_ADDR",
		"HTTP_HOST", "HTTP_X_CHECK", "wsgi.version", "wsgi.url_scheme", "wsgi.input", "wsgi.errors", "wsgi.run_once",
	} {
		inPython, both := environs["python"][key]
		if inGo := environs["barewire"][key]; !both || inPython != inGo {
			t.Errorf("%s is %q in Python (there: %t), %q in Go", key, inPython, both, inGo)
		}
	}
	if secret, is := environs["python"]["BAREWIRE_SECRET"]; is {
		t.Errorf("check.py tells the environment of its process: %q", secret)
	}
}

// called calls the application with each environ of its input, without a server.
const called = `
import io, json, sys
from check import application

for line in sys.stdin.buffer:
    environ = json.loads(line)
    environ['wsgi.input'] = io.BytesIO(environ['wsgi.input'].encode('latin-1'))
    environ['wsgi.version'] = (1, 0)
    said = []
    try:
        body = application(environ, lambda status, headers, *exc_info: said.append(status))
        said.append(b''.join(body).decode('latin-1'))
    except EOFError:
        said.append('EOFError')
    print(json.dumps(said))
`

// TestPythonCalled shows check.py what wsgiref does not: every byte in an environ,
// a wsgi.input that ends by itself, and one that ends too early.
func TestPythonCalled(t *testing.T) {
	tests := []struct {
		environ wsgi.Environ // texts and booleans
		body    string
		want    []string
	}{
		{wsgi.Environ{"PATH_INFO": "/environ", "EVERY_BYTE": everyByte(), "zz.last": ""}, "", nil}, // the same as App
		{wsgi.Environ{"PATH_INFO": "/slow", "QUERY_STRING": "ms=0&name=\xe4"}, "", []string{ok, "\xe4\n"}},
		{wsgi.Environ{"PATH_INFO": "/echo", "wsgi.input_terminated": true}, "ping", []string{ok, "ping"}},
		{wsgi.Environ{"PATH_INFO": "/lines", "wsgi.input_terminated": true}, "one\ntwo", []string{ok, "2\n"}},
		{wsgi.Environ{"PATH_INFO": "/echo", "CONTENT_LENGTH": "4"}, "ping and what follows", []string{ok, "ping"}},
		{wsgi.Environ{"PATH_INFO": "/lines", "CONTENT_LENGTH": "4"}, "one\ntwo", []string{ok, "1\n"}},
		{wsgi.Environ{"PATH_INFO": "/echo"}, "what follows", []string{ok, ""}},
		{wsgi.Environ{"PATH_INFO": "/echo", "CONTENT_LENGTH": "5"}, "ping", []string{"EOFError"}},
		{wsgi.Environ{"PATH_INFO": "/lines", "CONTENT_LENGTH": "5"}, "ping", []string{"EOFError"}},
		{wsgi.Environ{"PATH_INFO": "/first", "CONTENT_LENGTH": "5"}, "ping", []string{"EOFError"}},
		{wsgi.Environ{"PATH_INFO": "/echo", "wsgi.input_terminated": true}, strings.Repeat("x", 16<<20+1),
			[]string{"413 Content Too Large", "a body has at most 16777216 bytes here\n"}},
	}
	var input bytes.Buffer
	for i, test := range tests {
		told := map[string]any{"wsgi.input": latin1(test.body)}
		for key, value := range test.environ {
			told[key] = value
			if text, is := value.(string); is {
				told[key] = latin1(text)
			}
		}
		if err := json.NewEncoder(&input).Encode(told); err != nil {
			t.Fatal(err)
		}
		if test.want == nil {
			environ := wsgi.Environ{"wsgi.version": [2]int{1, 0}, "wsgi.input": apptest.Input(body.Framing{}, "")}
			for key, value := range test.environ {
				environ[key] = value
			}
			answer := apptest.Run(check.App, environ)
			tests[i].want = []string{answer.Status, answer.Chunks[0]}
		}
	}
	command := python(t, called)
	command.Stdin = &input
	var mistakes bytes.Buffer
	command.Stderr = &mistakes
	out, err := command.Output()
	if err != nil {
		t.Fatalf("python3: %v\n%s", err, &mistakes)
	}
	decoder := json.NewDecoder(bytes.NewReader(out))
	for _, test := range tests {
		var got []string
		if err := decoder.Decode(&got); err != nil {
			t.Fatal(err)
		}
		want := []string{}
		for _, text := range test.want {
			want = append(want, latin1(text))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s of %d bytes: check.py says %.200q, want %.200q", test.environ["PATH_INFO"], len(test.body), got, want)
		}
	}
}

// latin1 returns text with a character for each byte.
func latin1(text string) string {
	var runes []rune
	for i := range len(text) {
		runes = append(runes, rune(text[i]))
	}
	return string(runes)
}
