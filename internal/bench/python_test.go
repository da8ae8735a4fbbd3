//go:build linux

package main

import (
	"bufio"
	"context"
	"net"
	"regexp"
	"testing"
	"time"
)

// TestPythonPeers checks that the servers of Python's applications are asked for the
// same, and have two workers each.
func TestPythonPeers(t *testing.T) {
	if _, err := findPython(); err != nil {
		t.Skip(err)
	}
	b := &bench{ctx: context.Background(), second: 50 * time.Millisecond}
	all := regexp.MustCompile("")
	if err := b.choosePython(t.TempDir(), all, all); err != nil {
		t.Fatal(err)
	}
	for _, p := range b.peers {
		t.Run(p.name, func(t *testing.T) {
			server, err := b.start(p)
			if err != nil {
				t.Fatal(err)
			}
			defer server.stop()
			for _, page := range []string{"/", "/flask"} {
				size, err := answerSize(server.addr, visit(p, page).requests[0])
				if err != nil || size == 0 {
					t.Errorf("%s is answered with %d bytes and %v", page, size, err)
				}
				if answers, _, _, err := visit(p, page).drive(b.ctx, server, 20*b.second); err != nil || answers == 0 {
					t.Errorf("the load of %s ends with %d answers and %v", page, answers, err)
				}
			}
			if err := moveOne(server, func(conn net.Conn) error { return upload(conn, bufio.NewReader(conn), 1<<20) }); err != nil {
				t.Errorf("an upload: %v", err)
			}
			if workers := len(family(server.pid)) - 1; workers != 2 {
				t.Errorf("it has %d workers, want 2", workers)
			}
		})
	}
}
