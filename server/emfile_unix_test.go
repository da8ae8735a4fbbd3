//go:build unix

package server_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"barewire/server"
)

// fewDescriptors makes a process of this test the server, which has so few.
const fewDescriptors = 32

// More clients come than the server has descriptors for. It serves those that it
// has, tries again now and then, and serves the others when some have left.
func TestFewDescriptors(t *testing.T) {
	if os.Getenv("FEW_DESCRIPTORS") != "" {
		serveWithFewDescriptors(t)
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	process := exec.Command(self, "-test.run=^TestFewDescriptors$", "-test.v")
	process.Env = append(os.Environ(), "FEW_DESCRIPTORS=1", "GORACE=atexit_sleep_ms=0")
	process.Stderr = os.Stderr
	stdin, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(2*patience, func() { _ = process.Process.Kill() })
	defer stuck.Stop()
	says := bufio.NewReader(stdout)
	next := func(what string) (rest string) {
		t.Helper()
		for {
			line, err := says.ReadString('\n')
			if err != nil {
				t.Fatalf("the server says no %q: %v", what, err)
			}
			if rest, is := strings.CutPrefix(line, what+" "); is {
				return strings.TrimSpace(rest)
			}
		}
	}
	s := &site{addr: next("listening")}

	var clients []client
	for range 2 * fewDescriptors {
		c := s.dial(t)
		c.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		clients = append(clients, c)
	}
	const want = ok + plain + "Content-Length: 3\r\n" + stamp + "\r\nhi\n"
	clients[0].hear(want)

	// The pause between two tries is that of step 01. A loop without one would try
	// hundreds of times meanwhile.
	var tries []time.Duration
	for range 5 {
		at, err := time.ParseDuration(next("failed"))
		if err != nil {
			t.Fatal(err)
		}
		tries = append(tries, at)
	}
	for i := range tries[1:] {
		if pause := tries[i+1] - tries[i]; pause < 25*time.Millisecond {
			t.Errorf("without a descriptor Accept tries again after %v", pause)
		}
	}

	clients[1].hear(want) // it goes on serving
	_ = clients[0].Close()
	_ = clients[1].Close()
	for _, c := range clients[2:] {
		c.hear(want)
		_ = c.Close() // in whose place another is served
	}
	s.alive(t)
	if err := stdin.Close(); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(says)
	if err := process.Wait(); err != nil {
		t.Errorf("the server ends with %v and says\n%s", err, rest)
	}
}

// serveWithFewDescriptors serves until stdin ends. It says where it listens, and
// when an accept fails.
func serveWithFewDescriptors(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	limit.Cur = fewDescriptors
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	s := server.New(withFollower(hi))
	s.Now = now
	served := make(chan struct{})
	go func() {
		defer close(served)
		s.Serve(&tellingListener{listener, time.Now()})
	}()
	fmt.Printf("\nlistening %s\n", listener.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown = %v, want nil", err)
	}
	await(t, served, "Serve returns")
}

// A tellingListener says when an accept fails.
type tellingListener struct {
	net.Listener
	began time.Time
}

func (l *tellingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		fmt.Printf("failed %v\n", time.Since(l.began))
	}
	return conn, err
}
