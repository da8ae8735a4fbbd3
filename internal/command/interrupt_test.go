//go:build unix

package command_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"barewire/internal/workshop"
)

// Who interrupts a check twice is in a hurry. The program that it has started ends
// all the same, though it does not want to.
func TestInterruptedTwice(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") // which never answers
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	dir := t.TempDir()
	stubborn := fmt.Sprintf("trap '' TERM INT\necho $$ >%s/pid\necho listening on http://%s/\nwhile :; do sleep 1; done\n", dir, listener.Addr())
	script := filepath.Join(dir, "stubborn.sh")
	if err := os.WriteFile(script, []byte(stubborn), 0o644); err != nil {
		t.Fatal(err)
	}
	barewire := exec.Command("barewire", "check", "3", "--run", "sh "+script)
	if err := barewire.Start(); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(patience, func() { _ = barewire.Process.Kill() })
	defer stuck.Stop()
	if _, err := listener.Accept(); err != nil { // it asks, so both are up
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- barewire.Wait() }()
	for hurry := time.NewTicker(50 * time.Millisecond); ; {
		select {
		case <-hurry.C:
			_ = barewire.Process.Signal(os.Interrupt) // it may have ended
			continue
		case <-ended:
			hurry.Stop()
		}
		break
	}
	if got := barewire.ProcessState.String(); got != "exit status 1" {
		t.Errorf("it ended with %s", got)
	}
	text, err := os.ReadFile(filepath.Join(dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		_ = syscall.Kill(-pid, syscall.SIGKILL)
		t.Errorf("the program lives on: %v", err)
	}
}

// Who reads the checks may leave: they end then, and leave nothing behind.
func TestReaderLeaves(t *testing.T) {
	for _, args := range [][]string{{"check", "3"}, {"learn", "--trace", "plain"}} {
		dir, temp := filepath.Join(t.TempDir(), "mine"), t.TempDir()
		if err := workshop.Init(dir, []int{1, 2, 3}); err != nil {
			t.Fatal(err)
		}
		w, _, err := workshop.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Update(func(p *workshop.Progress) { p.Step = 3 }); err != nil {
			t.Fatal(err)
		}
		barewire := exec.Command("barewire", args...)
		barewire.Dir, barewire.Env = dir, append(os.Environ(), "TMPDIR="+temp)
		var said strings.Builder
		barewire.Stderr = &said
		out, err := barewire.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := barewire.Start(); err != nil {
			t.Fatal(err)
		}
		stuck := time.AfterFunc(patience, func() { _ = barewire.Process.Kill() })
		until(t, bufio.NewReader(out), "03.1 ")
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		_ = barewire.Wait() // its state tells
		stuck.Stop()
		if got := barewire.ProcessState.String(); got != "exit status 1" || said.Len() > 0 {
			t.Errorf("%v ended with %s, and said %q", args, got, &said)
		}
		if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
			t.Errorf("%v leaves %v, %v behind", args, left, err)
		}
		if w, _, err := workshop.Open(dir); err != nil || len(w.Progress.Results) > 0 {
			t.Errorf("%v ran to its end: %v", args, err)
		}
	}
}
