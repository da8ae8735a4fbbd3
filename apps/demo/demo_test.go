package demo_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"barewire/apps/demo"
	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

func TestApp(t *testing.T) {
	got := apptest.Run(demo.App, wsgi.Environ{
		"wsgi.version":      [2]int{1, 0},
		"wsgi.run_once":     false,
		"wsgi.multithread":  true,
		"wsgi.input":        strings.NewReader(""),
		"REQUEST_METHOD":    "GET",
		"PATH_INFO":         "/caf\xc3\xa9",
		"HTTP_X_QUOTE":      `it's`,
		"HTTP_X_FORGED":     "1\nPATH_INFO = 'forged'",
		"myapp.url_args":    []string{"ada"},
		"myapp.environment": os.Environ,
	})
	if got.Err != nil || got.Status != "200 OK" {
		t.Errorf("App answers %q, %v, want 200 OK", got.Status, got.Err)
	}
	if want := (wsgi.Headers{{"Content-Type", "text/plain; charset=utf-8"}}); !slices.Equal(got.Headers, want) {
		t.Errorf("headers = %q, want %q", got.Headers, want)
	}
	want := `Hello world!

HTTP_X_FORGED = "1\nPATH_INFO = 'forged'"
HTTP_X_QUOTE = "it's"
PATH_INFO = '/cafÃ©'
REQUEST_METHOD = 'GET'
myapp.environment = <myapp.environment>
myapp.url_args = ('ada',)
wsgi.input = <wsgi.input>
wsgi.multithread = True
wsgi.run_once = False
wsgi.version = (1, 0)
`
	if !slices.Equal(got.Chunks, []string{want}) {
		t.Errorf("chunks = %q, want one:\n%s", got.Chunks, want)
	}
}

func TestNothingOfTheProcess(t *testing.T) {
	t.Setenv("BAREWIRE_SECRET", "do not tell")
	got := apptest.Run(demo.App, wsgi.Environ{})
	if want := []string{"Hello world!\n\n"}; !slices.Equal(got.Chunks, want) {
		t.Errorf("of an empty environ App tells %q, want %q", got.Chunks, want)
	}
}

// judge reads the answer as a Python program would, and prints each value as
// JSON. That repr, given the value, writes the same again is the stricter test.
const judge = `
import ast, json, sys
lines = sys.stdin.buffer.read().decode('utf-8').splitlines()
assert lines[:2] == ['Hello world!', ''], lines[:2]
values = {}
for line in lines[2:]:
    key, text = line.split(' = ', 1)
    value = ast.literal_eval(text)
    assert repr(value) == text, (text, repr(value))
    values[key] = value
assert list(values) == sorted(values)
json.dump(values, sys.stdout)
`

// TestPythonReadsItBack lets Python read every value back, among them strings
// of all 256 bytes. In Python's text each byte is a character, so the test makes
// the same of what it expects. PEP 3333, "Unicode Issues"
func TestPythonReadsItBack(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil && os.Getenv("BAREWIRE_NO_SKIP") == "" {
		t.Skip("python3, the judge of this test, is not installed")
	}
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{
		"EMPTY":         "",
		"PATH_INFO":     "/hello there",
		"SINGLE_QUOTE":  `it's`,
		"DOUBLE_QUOTE":  `so "said" she`,
		"BOTH_QUOTES":   `it's "both"`,
		"BACKSLASH":     `\x41\`,
		"UTF_8":         "é, \u202e and \U0001f600",
		"LINE_ENDS":     "a\nb\r\nc\rd\v\f\x1c\x85e",
		"LOOKS_LIKE_IT": "' = (1, 0)\nB = 'b",
		"EQUALS":        " = ",
	}
	for i := range 256 {
		c := string([]byte{byte(i)})
		texts[fmt.Sprintf("BYTE_%02X", i)] = "a" + c + c + "b"
	}
	environ, want := wsgi.Environ{}, map[string]any{}
	for key, text := range texts {
		environ[key], want[key] = text, latin1(text)
	}
	maps.Copy(environ, wsgi.Environ{
		"wsgi.version": [2]int{1, 0}, "wsgi.run_once": false, "wsgi.multithread": true, "n": 3,
		"no.args": []string{}, "one.arg": []string{"it's"}, "two.args": []string{"a", "\x00"},
	})
	maps.Copy(want, map[string]any{
		"wsgi.version": []any{1., 0.}, "wsgi.run_once": false, "wsgi.multithread": true, "n": 3.,
		"no.args": []any{}, "one.arg": []any{"it's"}, "two.args": []any{"a", "\x00"},
	})

	command := exec.Command(python, "-c", judge)
	command.Stdin = strings.NewReader(strings.Join(apptest.Run(demo.App, environ).Chunks, ""))
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("python3: %v\n%s", err, &stderr)
	}
	var got map[string]any
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	for key := range want {
		if got, want := fmt.Sprintf("%#v", got[key]), fmt.Sprintf("%#v", want[key]); got != want {
			t.Errorf("%s: Python reads back %s, want %s", key, got, want)
		}
	}
	if len(got) != len(want) {
		t.Errorf("Python reads back %d keys, want %d", len(got), len(want))
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

func TestOverASocket(t *testing.T) {
	status, text := apptest.Get(t, demo.App, "/hello%20there?x=1")
	if status != "200 OK" || !strings.HasPrefix(text, "Hello world!\n\n") {
		t.Errorf("the answer is %s %q, want 200 OK and a greeting", status, text)
	}
	for _, line := range []string{"PATH_INFO = '/hello there'\n", "QUERY_STRING = 'x=1'\n", "SERVER_PROTOCOL = 'HTTP/1.1'\n"} {
		if !strings.Contains(text, "\n"+line) {
			t.Errorf("the answer is\n%s\nwant a line %q", text, line)
		}
	}
}

func ExampleApp() {
	answer := apptest.Run(demo.App, wsgi.Environ{
		"REQUEST_METHOD": "GET",
		"PATH_INFO":      "/it's",
		"wsgi.version":   [2]int{1, 0},
	})
	fmt.Print(answer.Chunks[0])
	// Output:
	// Hello world!
	//
	// PATH_INFO = "/it's"
	// REQUEST_METHOD = 'GET'
	// wsgi.version = (1, 0)
}
