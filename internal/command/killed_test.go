//go:build unix

package command_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// An application whose processes call a test, and say what they do. The test hears
// their end too, from the system.
const callingApp = `
import os, socket, time

caller = socket.create_connection(%q.split(":"))
caller.sendall(b"%%d is here\n" %% os.getpid())


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    what = environ["PATH_INFO"][1:]
    caller.sendall(what.encode() + b"\n")
    if what == "sleeps":
        time.sleep(3600)
    while what == "works":
        pass
    return [what.encode()]
`

// Where Barewire is killed all its workers end, also those that an application does
// not let go.
func TestKilled(t *testing.T) {
	missing, err := condition("missing:python3")
	if err != nil {
		t.Fatal(err)
	}
	if missing {
		t.Skip("python3, which runs the application of this test, is not installed")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	app := filepath.Join(t.TempDir(), "calling.py")
	if err := os.WriteFile(app, fmt.Appendf(nil, callingApp, listener.Addr()), 0o644); err != nil {
		t.Fatal(err)
	}

	const workers = 3
	barewire := exec.Command("barewire", "serve", app, "--workers", fmt.Sprint(workers), "--addr", "127.0.0.1:0", "--trace", "none")
	out, err := barewire.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := barewire.Start(); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(patience, func() { _ = barewire.Process.Kill() })
	defer stuck.Stop()

	var calls []*bufio.Reader
	for range workers {
		conn, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		call := bufio.NewReader(conn)
		var pid int
		if _, err := fmt.Fscanf(call, "%d is here\n", &pid); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if t.Failed() {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}()
		calls = append(calls, call)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url := strings.TrimSpace(strings.TrimPrefix(line, "listening on "))

	// One sleeps, one works, and one has nothing to do.
	does := make(chan string)
	for _, call := range calls {
		go func() {
			what, _ := call.ReadString('\n')
			does <- what
			rest, err := io.ReadAll(call)
			does <- fmt.Sprint("ended ", string(rest), err)
		}()
	}
	for _, what := range []string{"sleeps", "works"} {
		go func() {
			if response, err := http.Get(url + "/" + what); err == nil {
				_ = response.Body.Close()
				t.Errorf("%s is answered", what)
			}
		}()
		if got := <-does; got != what+"\n" {
			t.Fatalf("a worker does %q, want %q", got, what)
		}
	}
	if err := barewire.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = barewire.Wait() // it was killed
	idle := 0
	for range workers + 1 { // and what the idle one did before
		switch got := <-does; got {
		case "ended <nil>":
		case "":
			idle++
		default:
			t.Errorf("a worker has %q", got)
		}
	}
	if idle != 1 {
		t.Errorf("%d workers had nothing to do, want 1", idle)
	}
}
