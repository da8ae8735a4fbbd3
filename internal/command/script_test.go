package command_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"barewire/internal/command"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what is true into the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"barewire": func() { os.Exit(command.Main(os.Args[1:], command.System())) },
	})
}

// TestScript plays testdata/script/*.txtar, each a first and a second terminal:
// barewire serves in the one, and curl, or whoever it is, asks from the other.
// What the server prints is in the files out and err.
//
//	start ARG...               starts barewire with these arguments, at any free port
//	                           unless they say which; sets $URL and $ADDR
//	await PATTERN FILE [NAME]  waits until a file matches; sets NAME to the first group
//	signal INT|TERM            sends the server a signal
//	ended STATUS               waits for its end: "exit status 0", "signal: interrupt"
//	jsonlines FILE             each line is a JSON object
//
// The condition [missing:PEER] tells that a program is not installed, and fails
// the test instead when BAREWIRE_NO_SKIP is set; [ipv6] tells that [::1] is there.
//
// After a change of the words, go test ./internal/command -update writes the true
// ones into the scripts.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Values[serverKey{}] = &server{}
			env.Setenv("COMPLAINT", complaint)
			env.Setenv("GORACE", "atexit_sleep_ms=0") // with -race, each end would take a second
			cache, err := exec.Command("go", "env", "GOCACHE").Output()
			env.Setenv("GOCACHE", strings.TrimSpace(string(cache))) // for those who build a workspace
			return err
		},
		Condition: condition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start":     start,
			"await":     await,
			"signal":    signal,
			"ended":     ended,
			"jsonlines": jsonLines,
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
	})
}

func condition(name string) (bool, error) {
	if name == "ipv6" {
		listener, err := net.Listen("tcp", "[::1]:0")
		if err == nil {
			err = listener.Close()
		}
		return err == nil, nil
	}
	peer, ok := strings.CutPrefix(name, "missing:")
	if !ok {
		return false, errors.New("unknown condition")
	}
	_, err := exec.LookPath(peer)
	if err != nil && os.Getenv("BAREWIRE_NO_SKIP") != "" {
		return false, fmt.Errorf("BAREWIRE_NO_SKIP is set: %w", err)
	}
	return err != nil, nil
}

// patience bounds what should happen at once, on a machine that is busy.
const patience = time.Minute

// complaint is what curl -v says of a server that does wrong.
const complaint = `(?i)excess|assume close|error|fail|reset|unexpected|malformed|done waiting|\* .*refus`

type serverKey struct{}

// A server is the barewire of a script, if it runs.
type server struct{ process *exec.Cmd }

func start(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(serverKey{}).(*server)
	if neg || s.process != nil {
		ts.Fatalf("usage: start [ARG...], when no server runs")
	}
	if !slices.Contains(args, "--addr") {
		args = append(slices.Clone(args), "--addr", "127.0.0.1:0")
	}
	out, err := os.Create(ts.MkAbs("out"))
	ts.Check(err)
	defer out.Close()
	errs, err := os.Create(ts.MkAbs("err"))
	ts.Check(err)
	defer errs.Close()

	process := exec.Command("barewire", args...)
	process.Dir = ts.MkAbs(".")
	for _, key := range []string{"PATH", "TERM", "NO_COLOR", "GORACE"} {
		process.Env = append(process.Env, key+"="+ts.Getenv(key))
	}
	process.Stdout, process.Stderr = out, errs
	ts.Check(process.Start())
	s.process = process
	ts.Defer(func() {
		if s.process == process {
			_ = process.Process.Kill() // the script failed before its end
			_ = process.Wait()
		}
	})

	match := waitFor(ts, `listening on (http://(\S+))\n`, "out", "err")
	ts.Setenv("URL", match[1])
	ts.Setenv("ADDR", match[2])
}

func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: await PATTERN FILE [NAME]")
	}
	match := waitFor(ts, args[0], args[1])
	if len(args) == 3 {
		ts.Setenv(args[2], match[1])
	}
}

// waitFor waits until one of the files matches, and returns the match.
func waitFor(ts *testscript.TestScript, pattern string, files ...string) []string {
	wanted, err := regexp.Compile("(?m)" + pattern)
	ts.Check(err)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		for _, file := range files {
			text, err := os.ReadFile(ts.MkAbs(file))
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				ts.Fatalf("%v", err)
			}
			if match := wanted.FindStringSubmatch(string(text)); match != nil {
				return match
			}
		}
	}
	ts.Fatalf("%s: no match for %s in %v", strings.Join(files, ", "), pattern, patience)
	return nil
}

func signal(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(serverKey{}).(*server)
	signals := map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM}
	if neg || len(args) != 1 || signals[args[0]] == nil || s.process == nil {
		ts.Fatalf("usage: signal INT|TERM, when a server runs")
	}
	ts.Check(s.process.Process.Signal(signals[args[0]]))
}

func ended(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(serverKey{}).(*server)
	if neg || len(args) != 1 || s.process == nil {
		ts.Fatalf("usage: ended STATUS, when a server runs")
	}
	process := s.process
	stuck := time.AfterFunc(patience, func() { _ = process.Process.Kill() })
	defer stuck.Stop()
	if err := process.Wait(); err != nil && process.ProcessState == nil {
		ts.Fatalf("%v", err)
	}
	s.process = nil
	if got := process.ProcessState.String(); got != args[0] {
		ts.Fatalf("the server ended with %s, want %s; it said:\n%s", got, args[0], ts.ReadFile("err"))
	}
}

func jsonLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: jsonlines FILE")
	}
	text := ts.ReadFile(args[0])
	if !strings.HasSuffix(text, "\n") {
		ts.Fatalf("%s does not end with a whole line: %q", args[0], text)
	}
	for line := range strings.Lines(text) {
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			ts.Fatalf("%s: %v: %s", args[0], err, line)
		}
	}
}
