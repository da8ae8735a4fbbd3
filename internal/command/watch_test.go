package command_test

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"barewire/internal/workshop"
)

// A learner's own server, all of whose steps are written, tells its ten steps when
// it is watched.
func TestWatchWorkspace(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the server is stopped by a signal of Unix")
	}
	folder := t.TempDir()
	mine, program := filepath.Join(folder, "mine"), filepath.Join(folder, "program")
	if err := workshop.Init(mine, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-trimpath", "-o", program, ".")
	build.Dir = mine
	build.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}

	watch := exec.Command("barewire", "watch", "--addr", "127.0.0.1:0", "--", program, "127.0.0.1:0", "hello:App")
	out, err := watch.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := watch.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = watch.Process.Kill() // it has ended, unless the test failed
	}()
	lines := bufio.NewReader(out)
	_, url, _ := strings.Cut(until(t, lines, "listening on "), "listening on ")
	until(t, lines, " tells its own steps.")
	answer, err := http.Get(strings.TrimSpace(url) + "/")
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	text := until(t, lines, "== 200 OK ")
	for _, step := range []string{"02 read", "03 requestline", "04 headers", "05 body", "07 environ", "08 call", "09 response", "10 keepalive"} {
		if !regexp.MustCompile(step + ` .*\d (µs|ms|s)\n`).MatchString(text) {
			t.Errorf("step %s is not told with its time in\n%s", step, text)
		}
	}
	if err := watch.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(lines)
	if !strings.HasSuffix(string(rest), "1 request went by\n") || err != nil {
		t.Errorf("after Ctrl-C: %q, %v", rest, err)
	}
	if err := watch.Wait(); err != nil {
		t.Error(err)
	}
}
