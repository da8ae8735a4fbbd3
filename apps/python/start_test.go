//go:build unix

package python_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"barewire/apps/python"
)

// needPython skips a test where there is no Python, or not that module of it,
// unless no test may be skipped.
func needPython(t *testing.T, module string) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import "+module).Run() == nil {
			return name
		}
	}
	if os.Getenv("BAREWIRE_NO_SKIP") != "" {
		t.Fatalf("there is no Python 3 with %s, and BAREWIRE_NO_SKIP is set", module)
	}
	t.Skipf("there is no Python 3 with %s, so this application cannot run", module)
	return ""
}

// A notebook is where workers print, and wsgi.errors ends.
type notebook struct {
	sync.Mutex
	text bytes.Buffer
}

func (n *notebook) Write(text []byte) (int, error) {
	n.Lock()
	defer n.Unlock()
	return n.text.Write(text)
}

func (n *notebook) String() string {
	n.Lock()
	defer n.Unlock()
	return n.text.String()
}

// start starts an application of testdata, which ends with the test.
func start(t *testing.T, settings python.Settings) (*python.Pool, *notebook) {
	t.Helper()
	if settings.Python == "" {
		settings.Python = needPython(t, "wsgiref")
	}
	if settings.Workers == 0 {
		settings.Workers = 1
	}
	if settings.Timeout == 0 {
		settings.Timeout = time.Minute
	}
	errors := new(notebook)
	settings.Errors = errors
	pool, err := python.Start(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool, errors
}

func TestStart(t *testing.T) {
	t.Chdir("testdata")
	tests := []struct{ name, app string }{
		{"a file and a name", "found.py:app"},
		{"a file", "found.py"},
		{"a file in another folder", "../testdata/factory.py"},
		{"a module and a name", "found:app"},
		{"a module", "python:found"},
		{"a module, said to be Python's", "python:found:app"},
		{"a name with a dot", "found.py:holder.inner"},
		{"a factory", "found:create_app()"},
		{"a factory of its usual name", "factory.py"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pool, _ := start(t, python.Settings{App: test.app})
			if got := run(pool, "/", ""); got.Err != nil || strings.Join(got.Chunks, "") != "found\n" {
				t.Errorf("the answer is %+v, want that of the application", got)
			}
		})
	}
}

// What Python cannot run it tells in its own words, and without worker.py's.
func TestStartFails(t *testing.T) {
	t.Chdir("testdata")
	tests := []struct {
		name, app string
		want      []string
	}{
		{"no file", "nowhere.py", []string{"there is no file nowhere.py"}},
		{"no module", "nowhere:app", []string{"ModuleNotFoundError: No module named 'nowhere'"}},
		{"no name", "found.py:nobody", []string{"AttributeError: module 'found' has no attribute 'nobody'"}},
		{"no usual name", "empty.py", []string{"no application, no app and no create_app()"}},
		{"no callable", "found.py:number", []string{"42", "cannot be called"}},
		{"an ASGI application", "found.py:asgi", []string{"is an ASGI application", "speaks WSGI"}},
		{"a framework that is not installed", "missing.py", []string{"Traceback", "import no_such_framework", "This is the Python /", "no module 'no_such_framework'"}},
		{"an exception", "raises.py", []string{"Traceback", `raise RuntimeError("at import")`, "RuntimeError: at import"}},
	}
	program := needPython(t, "wsgiref")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := python.Start(python.Settings{App: test.app, Python: program, Workers: 2, Errors: new(notebook)})
			if !errors.As(err, new(python.LoadError)) {
				t.Fatalf("Start = %v, want a LoadError", err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("it says\n%s\nwant %q in it", err, want)
				}
			}
			if strings.Contains(err.Error(), "<stdin>") {
				t.Errorf("it shows worker.py:\n%s", err)
			}
		})
	}
}

// Without a Python there is an error that names it.
func TestStartWithoutPython(t *testing.T) {
	_, err := python.Start(python.Settings{App: "found.py", Python: "no-such-python", Workers: 1})
	if err == nil || !strings.Contains(err.Error(), "no-such-python") {
		t.Errorf("Start = %v, want an error that names the program", err)
	}
}
