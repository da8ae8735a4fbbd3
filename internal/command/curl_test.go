package command_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestCurlLines types every curl line that the documentation of an application,
// or the README, tells to type, with -v. Curl must find nothing to complain of,
// and keep the connection exactly where the server does.
func TestCurlLines(t *testing.T) {
	for _, peer := range []string{"curl", "sh"} {
		missing, err := condition("missing:" + peer)
		if err != nil {
			t.Fatal(err)
		}
		if missing {
			t.Skipf("%s, the peer of this test, is not installed", peer)
		}
	}
	sources := []struct{ app, path, pattern string }{
		{"hello:App", "../../README.md", `(?m)^(curl .+)$`},
	}
	paths, err := filepath.Glob("../../apps/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".go")
		if name == filepath.Base(filepath.Dir(path)) && declaresApp(t, path) {
			sources = append(sources, struct{ app, path, pattern string }{name + ":App", path, `(?m)^//\t(curl .+)$`})
		}
	}
	for _, source := range sources {
		t.Run(filepath.Base(source.path), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(source.path)
			if err != nil {
				t.Fatal(err)
			}
			lines := regexp.MustCompile(source.pattern).FindAllStringSubmatch(string(text), -1)
			if len(lines) == 0 {
				t.Errorf("%s tells to type no curl line", source.path)
			}
			url := serve(t, source.app)
			for _, line := range lines {
				t.Run(line[1], func(t *testing.T) {
					t.Parallel()
					typeCurl(t, line[1], url)
				})
			}
		})
	}
}

// declaresApp tells a package with an application, which can be served by name,
// from one with middleware alone.
func declaresApp(t *testing.T, path string) bool {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`(?m)^(func|var) App\b`).Match(text)
}

// serve runs barewire until the test ends, and returns its URL.
func serve(t *testing.T, app string) (url string) {
	barewire := exec.Command("barewire", app, "--addr", "127.0.0.1:0")
	barewire.Dir = "../.." // where the README is that static:App serves
	out, err := barewire.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := barewire.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	_, url, _ = strings.Cut(until(t, lines, "listening on "), "listening on ")
	read := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, lines)
		read <- err
	}()
	t.Cleanup(func() {
		if err := barewire.Process.Kill(); err != nil {
			t.Error(err)
		}
		if err := <-read; err != nil {
			t.Error(err)
		}
		_ = barewire.Wait() // it was killed
	})
	return strings.TrimSpace(url)
}

func typeCurl(t *testing.T, line, url string) {
	line = strings.ReplaceAll(line, "http://127.0.0.1:8888", url)
	shell := exec.Command("sh", "-c", strings.Replace(line, "curl ", "curl -sSv ", 1))
	shell.Dir = "../.."                               // where the README is that they upload
	shell.Env = []string{"PATH=" + os.Getenv("PATH")} // no .curlrc, no proxy
	var said strings.Builder
	shell.Stderr = &said
	out, err := shell.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, &said)
	}
	t.Logf("%s\n%s%s", line, &said, out)
	if found := regexp.MustCompile(complaint).FindString(said.String()); found != "" {
		t.Errorf("curl complains: %s", found)
	}
	closes := strings.Contains(said.String(), "\n< Connection: close\r")
	closed := regexp.MustCompile(`(?i)closing connection|shutting down connection`).MatchString(said.String())
	kept := strings.Contains(said.String(), "left intact")
	if closed != closes || kept == closes {
		t.Errorf("the server says that it closes: %v; curl closed: %v, and kept: %v", closes, closed, kept)
	}
}
