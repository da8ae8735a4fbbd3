package command_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"strings"
	"testing"

	"barewire/internal/command"
)

// alwaysOK serves 200 to whatever comes, and fails many a check.
func alwaysOK(t *testing.T) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				said := bufio.NewReader(conn)
				if _, err := said.ReadString('\n'); err != nil {
					return
				}
				_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n") // or the check fails otherwise
				_, _ = io.Copy(io.Discard, said)                                                                 // until the client is done
			}()
		}
	}()
	return listener.Addr().String()
}

// run runs a command as if its output were a terminal, or not.
func run(t *testing.T, terminal bool, noColor string, args ...string) (out, errs string, status int) {
	t.Helper()
	var outs, said strings.Builder
	env := map[string]string{"TERM": "xterm", "NO_COLOR": noColor}
	status = command.Main(args, command.World{
		Name: "barewire", Out: &outs, Err: &said, OutTerminal: terminal,
		Env: func(key string) string { return env[key] },
	})
	return outs.String(), said.String(), status
}

// On a terminal a line of progress comes and goes, and a failure is red.
func TestCheckOnTerminal(t *testing.T) {
	addr := alwaysOK(t)
	for _, test := range []struct {
		terminal    bool
		noColor     string
		live, color bool
	}{
		{terminal: true, live: true, color: true},
		{terminal: true, noColor: "1", live: true},
		{},
	} {
		out, errs, status := run(t, test.terminal, test.noColor, "check", "04.2", "--addr", addr)
		if status != 1 || errs != "barewire: 1 check failed\n" {
			t.Errorf("%+v: exit status %d, %q", test, status, errs)
		}
		if got := strings.Contains(out, "\r\x1b[K1 of 1   04.2"); got != test.live {
			t.Errorf("%+v: a line of progress: %v in %q", test, got, out)
		}
		if got := strings.Contains(out, " \x1b[31m✗\x1b[39m 04.2"); got != test.color {
			t.Errorf("%+v: red: %v in %q", test, got, out)
		}
		if got := strings.Contains(out, "\x1b"); got != (test.live || test.color) {
			t.Errorf("%+v: sequences in %q", test, out)
		}
	}
}

// The help tells every field of --json.
func TestCheckJSONIsDocumented(t *testing.T) {
	addr := alwaysOK(t)
	failed, _, _ := run(t, false, "", "check", "04.2", "--addr", addr, "--json")
	skipped, _, _ := run(t, false, "", "check", "03.1", "--addr", addr, "--json")
	fields := map[string]any{"cut": nil} // of a check that fails in pieces alone
	for _, line := range []string{failed, skipped} {
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
	}
	help, _, _ := run(t, false, "", "help", "check")
	_, text, _ := strings.Cut(help, "With --json")
	words := strings.FieldsFunc(text, func(r rune) bool { return !strings.ContainsRune("_abcdefghijklmnopqrstuvwxyz", r) })
	for field := range fields {
		found := false
		for _, word := range words {
			found = found || word == field
		}
		if !found {
			t.Errorf("--json has a field %q, and the help does not tell of it", field)
		}
	}
	if len(fields) < 15 {
		t.Errorf("only %d fields: %v", len(fields), fields)
	}
}
