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

// TestCurlLines types every curl line that the package of an application, or the
// README, tells to type, with -v. Curl must find nothing to complain of, and keep
// the connection exactly where the server does. No application goes untyped.
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
	sources := []struct{ app, files, pattern string }{
		{"hello:App", "../../README.md", `(?m)^(curl .+)$`},
	}
	for _, app := range listedApps(t) {
		name, _, _ := strings.Cut(app, ":")
		sources = append(sources, struct{ app, files, pattern string }{app, "../../apps/" + name + "/*.go", `(?m)^//\t(curl .+)$`})
	}
	for _, source := range sources {
		t.Run(source.app+" as in "+strings.TrimPrefix(source.files, "../../"), func(t *testing.T) {
			t.Parallel()
			lines := curlLines(t, source.files, source.pattern)
			if len(lines) == 0 {
				t.Fatalf("no curl line asks %s", source.app)
			}
			url := serve(t, source.app)
			for _, line := range lines {
				t.Run(line, func(t *testing.T) {
					t.Parallel()
					typeCurl(t, line, url)
				})
			}
		})
	}
}

// listedApps returns the names of all applications that can be served.
func listedApps(t *testing.T) (names []string) {
	list, err := exec.Command("barewire", "apps").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range regexp.MustCompile(`(?m)^(\w+:\w+) `).FindAllSubmatch(list, -1) {
		names = append(names, string(match[1]))
	}
	if len(names) == 0 {
		t.Fatalf("barewire apps lists no application:\n%s", list)
	}
	return names
}

// curlLines returns what the pattern finds in these files, tests aside.
func curlLines(t *testing.T, files, pattern string) (lines []string) {
	paths, err := filepath.Glob(files)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(pattern).FindAllSubmatch(text, -1) {
			lines = append(lines, string(match[1]))
		}
	}
	return lines
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
	// What curl says of its own, not what it quotes: a status may be an error.
	own := regexp.MustCompile(`(?m)^[<>].*\n`).ReplaceAllString(said.String(), "")
	if found := regexp.MustCompile(complaint).FindString(own); found != "" {
		t.Errorf("curl complains: %s", found)
	}
	closes := strings.Contains(said.String(), "\n< Connection: close\r")
	closed := regexp.MustCompile(`(?i)closing connection|shutting down connection`).MatchString(said.String())
	kept := strings.Contains(said.String(), "left intact")
	if closed != closes || kept == closes {
		t.Errorf("the server says that it closes: %v; curl closed: %v, and kept: %v", closes, closed, kept)
	}
}
