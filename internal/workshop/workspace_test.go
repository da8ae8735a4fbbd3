package workshop

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// guard is how long a program is given for what takes it seconds.
const guard = 5 * time.Minute

// A learner's whole way, offline: everything builds, the tests of an empty step
// say so, and with the reference in its place they pass. So do the demos.
func TestWholeWay(t *testing.T) {
	w := workspace(t)
	offline(t, w, "build", "./...")
	offline(t, w, "vet", "./...")
	for _, step := range Steps() {
		if step.Number == contract {
			continue
		}
		sentence := unwritten(step.Number)
		said, err := tool(t, w, "test", "-vet=off", "./"+step.Folder)
		if err == nil || !strings.Contains(said, sentence) {
			t.Errorf("the tests of step %02d end with %v and say %.300q, want %q", step.Number, err, said, sentence)
		}
		if step.Number == 3 {
			if said := diesOf(t, w, step.Number); !strings.Contains(said, "panic: "+sentence) {
				t.Errorf("the demo of step %02d says %.300q, want %q", step.Number, said, sentence)
			}
		}
		changes, err := w.changes(step.Number, true)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.replaceAll(changes); err != nil {
			t.Fatal(err)
		}
	}
	offline(t, w, "test", "-vet=off", "./steps/...")

	address, _ := start(t, w, ".", "127.0.0.1:0", "check:App")
	client := http.Client{Timeout: guard}
	response, err := client.Post("http://"+address+"/echo", "text/plain", strings.NewReader("heard"))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err != nil || string(body) != "heard" {
		t.Errorf("the learner's server echoes %q, %v", body, err)
	}
}

// diesOf calls a demo, and returns what it said when it died of that.
func diesOf(t *testing.T, w *Workspace, step int) string {
	t.Helper()
	demo, err := Demo(step)
	if err != nil {
		t.Fatal(err)
	}
	address, said := start(t, w, demo, "127.0.0.1:0")
	if conn, err := net.DialTimeout("tcp", address, guard); err == nil {
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: h\r\n\r\n") // it may be dead already
		defer conn.Close()
	}
	return said()
}

// start builds and starts a program of the workspace. said waits for its end.
func start(t *testing.T, w *Workspace, pkg string, args ...string) (address string, said func() string) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "program.exe")
	offline(t, w, "build", "-o", binary, pkg)
	ctx, cancel := context.WithTimeout(t.Context(), guard)
	t.Cleanup(cancel)
	program := exec.CommandContext(ctx, binary, args...)
	var stderr strings.Builder
	program.Stderr = &stderr
	stdout, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	reader := bufio.NewReader(stdout)
	line, err := reader.ReadString('\n')
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, reader) // until it ends
		_ = program.Wait()                 // how it ends, it says itself
	}()
	address, found := strings.CutPrefix(strings.TrimSpace(line), "listening on http://")
	if err != nil || !found {
		t.Fatalf("%s prints %q, %v, want its address", pkg, line, err)
	}
	return address, func() string {
		<-ended
		return stderr.String()
	}
}

// offline runs a go command that must work.
func offline(t *testing.T, w *Workspace, args ...string) {
	t.Helper()
	if said, err := tool(t, w, args...); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, said)
	}
}

// tool runs a go command in the workspace. Without the paths (-trimpath) what it
// builds is the same each time, and comes out of the cache.
func tool(t *testing.T, w *Workspace, args ...string) (said string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), guard)
	defer cancel()
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = w.Dir
	command.Env = append(os.Environ(), "GOFLAGS=-mod=mod -trimpath", "GOPROXY=off", "GOWORK=off")
	text, err := command.CombinedOutput()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return string(text), err
}

// workspace makes a fresh one.
func workspace(t *testing.T, given ...int) *Workspace {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "mine")
	if err := Init(dir, given); err != nil {
		t.Fatal(err)
	}
	w, notice, err := Open(dir)
	if err != nil || notice != "" {
		t.Fatal(notice, err)
	}
	return w
}
