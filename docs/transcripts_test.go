package docs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestTranscripts runs the commands of every console block. A command that
// starts a server does so for the blocks behind it, as if they were typed into a
// second terminal; what the server prints is compared when it has stopped, at
// the end of the page or when the next one starts. They are typed in the root of
// the repository, or on a page that shows files, in a folder that has these.
func TestTranscripts(t *testing.T) {
	need(t, "curl")
	terminals := newTerminals(t)
	eachPage(t, func(t *testing.T, p *page) {
		terminals := terminals
		if p.hasFiles() {
			needPython(t, p)
			terminals = terminals.in(t.TempDir())
		}
		var server *running
		stop := func() {
			if server != nil {
				p.check(t, server.block, "$ "+server.command+"\n"+server.stop(t), mask)
				server = nil
			}
		}
		for _, b := range p.blocks {
			p.keep(t, terminals.typed, b)
			if b.language != "console" {
				continue
			}
			truth := ""
			for line := range strings.Lines(p.pieces[b.piece]) {
				command, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "$ ")
				if !ok {
					continue // output
				}
				if startsServer.MatchString(command) {
					stop()
					server = terminals.start(t, b, command)
				} else {
					truth += "$ " + command + "\n" + terminals.run(t, server, command)
				}
			}
			if truth != "" {
				p.check(t, b, truth, mask)
			}
		}
		stop()
		p.write(t)
	})
}

// need skips a test whose peer is not installed, unless no test may be skipped.
func need(t *testing.T, peer string) {
	if runtime.GOOS == "windows" {
		t.Skip("the transcripts are those of a Unix shell")
	}
	if _, err := exec.LookPath(peer); err == nil {
		return
	}
	if os.Getenv("BAREWIRE_NO_SKIP") != "" {
		t.Fatalf("%s is not installed, and BAREWIRE_NO_SKIP is set", peer)
	}
	t.Skipf("%s is not installed, so the transcripts are not checked", peer)
}

// hasFiles tells whether the page shows files, to be kept where it is typed.
func (p *page) hasFiles() bool {
	return slices.ContainsFunc(p.blocks, func(b block) bool { return strings.HasPrefix(b.before, "<!-- file: ") })
}

// keep puts a block behind a line <!-- file: NAME --> into that file, behind what
// the page has put there already.
func (p *page) keep(t *testing.T, folder string, b block) {
	name, ok := strings.CutPrefix(b.before, "<!-- file: ")
	if !ok {
		return
	}
	path := filepath.Join(folder, strings.TrimSuffix(name, " -->"))
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if at, _ := file.Seek(0, io.SeekEnd); at > 0 {
		_, err = file.WriteString("\n\n")
	}
	if _, failed := file.WriteString(p.pieces[b.piece]); failed != nil || err != nil {
		t.Fatal(err, failed)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// needPython makes python3 one that has what the page imports, or skips the test.
func needPython(t *testing.T, p *page) {
	modules := make(map[string]bool)
	for _, b := range p.blocks {
		for _, match := range imported.FindAllStringSubmatch(p.pieces[b.piece], -1) {
			modules[match[1]] = true
		}
	}
	imports := "import " + strings.Join(slices.Sorted(maps.Keys(modules)), ", ")
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		path, err := exec.LookPath(python)
		if err != nil || exec.Command(path, "-c", imports).Run() != nil {
			continue
		}
		folder := t.TempDir()
		script := fmt.Sprintf("#!/bin/sh\nexec %s \"$@\"\n", path)
		if err := os.WriteFile(filepath.Join(folder, "python3"), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
		t.Setenv("VIRTUAL_ENV", "")
		return
	}
	if os.Getenv("BAREWIRE_NO_SKIP") != "" {
		t.Fatalf("there is no Python 3 that can %s, and BAREWIRE_NO_SKIP is set", imports)
	}
	t.Skipf("there is no Python 3 that can %s, so the transcripts are not checked", imports)
}

var imported = regexp.MustCompile(`(?m)^(?:from|import) (flask|django|bottle)\b`)

var startsServer = regexp.MustCompile(`^(barewire|go run \.)( serve)?( [\w.]+:\w+| '[\w.]+:\w+\(\)'| \w+\.py)?( --.*)?$|^barewire watch -- |^go run \./steps/\w+/demo$`)

// What differs from run to run, and what stands for it on the pages.
var varying = []struct {
	what *regexp.Regexp
	mask string
}{
	{regexp.MustCompile(`Date: .* GMT`), "Date: Tue, 31 Mar 2026 12:54:48 GMT"},
	{regexp.MustCompile(`127\.0\.0\.1:\d{5} ={20}=*`), "127.0.0.1:53124 =============================="},
	{regexp.MustCompile(`127\.0\.0\.1:\d{5}`), "127.0.0.1:53124"},
	{regexp.MustCompile(`REMOTE_PORT( *)= '\d+'`), "REMOTE_PORT$1= '53124'"},
	{regexp.MustCompile(`\[\d\d/\w+/\d{4}:[\d:]+ [-+]\d{4}\]`), "[31/Mar/2026:12:54:48 +0000]"},
	{regexp.MustCompile(`" 0\.\d{6}\b`), `" 0.000123`},
	{regexp.MustCompile(`curl: \(18\) .*`), "curl: (18) transfer closed with outstanding read data remaining"},
	{regexp.MustCompile(`curl: \(28\) .* (\d+ (out of \d+ )?bytes received)`), "curl: (28) Operation timed out after 1001 milliseconds with $1"},
	{regexp.MustCompile(`Python worker \d+\b`), "Python worker 4711"},
	{regexp.MustCompile(`File "[^"]*/TestTranscripts[^"]*/`), `File "/home/ada/`},
	{regexp.MustCompile(`\[\d{4}-\d\d-\d\d [\d:,]+\]`), "[2026-03-31 12:54:48,123]"},
	{regexp.MustCompile(`\* (Excess found).*(excess = \d+).*`), "* $1: $2"},
}

// The times are those of a real run. Comparing leaves them out, and what differs
// from one Python, or Flask, to the next.
var (
	times      = regexp.MustCompile(` +\d+(\.\d+)? (µs|ms|s)\b`)
	frameworks = regexp.MustCompile(`(?m)^(  wsgi\.errors: )?  File "[^"]*/(dist|site)-packages/.*\n((  wsgi\.errors: )?    .*\n)*`)
	underlines = regexp.MustCompile(`(?m)^(  wsgi\.errors:)? +[~^]+\n`)
)

func mask(text string) string {
	text = frameworks.ReplaceAllString(text, "")
	text = underlines.ReplaceAllString(text, "")
	return times.ReplaceAllString(text, " TIME")
}

// terminals are where the commands are typed: a folder with the program, and a
// port that has four digits like 8888, or every size on the pages would differ.
type terminals struct {
	folder string // of the program
	port   string
	typed  string // the folder in which they are
}

// in returns the terminals, in another folder.
func (ts *terminals) in(folder string) *terminals {
	other := *ts
	other.typed = folder
	return &other
}

func newTerminals(t *testing.T) *terminals {
	folder := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(folder, "barewire"), "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// The pages name one version of curl, and sizes depend on its length.
	curlrc := "user-agent = curl/7.88.1\nsilent\nshow-error\n"
	if err := os.WriteFile(filepath.Join(folder, ".curlrc"), []byte(curlrc), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CURL_HOME", folder)
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	for port := 8889; port <= 9999; port++ {
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			if err := listener.Close(); err != nil {
				t.Fatal(err)
			}
			return &terminals{folder, fmt.Sprint(port), ".."}
		}
	}
	t.Fatal("no port with four digits is free")
	return nil
}

// run types a command into the second terminal and returns what it prints.
func (ts *terminals) run(t *testing.T, server *running, command string) string {
	typed := strings.ReplaceAll(command, ":8888", ":"+ts.port)
	typed = strings.ReplaceAll(typed, "barewire send", "barewire send --to 127.0.0.1:"+ts.port)
	shell := exec.Command("sh", "-c", typed+" 2>&1")
	shell.Dir = ts.typed
	out, err := shell.Output()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", command, err)
	}
	if server != nil {
		server.settle()
	}
	var lines strings.Builder
	for line := range strings.Lines(ts.usual(string(out))) {
		// What curl -v says about itself differs from version to version, but for
		// the bytes that it did not want.
		if (!strings.HasPrefix(line, "* ") || strings.HasPrefix(line, "* Excess")) && !strings.HasPrefix(line, "{ [") && !strings.HasPrefix(line, "} [") {
			lines.WriteString(line)
		}
	}
	return lines.String()
}

// usual replaces what differs from run to run.
func (ts *terminals) usual(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, ":"+ts.port, ":8888")
	text = strings.ReplaceAll(text, "'"+ts.port+"'", "'8888'")
	text = handed.ReplaceAllStringFunc(text, func(row string) string {
		return fmt.Sprintf("%-*s", len(row), "to Python worker 4711") // and its size stays where it is
	})
	for _, v := range varying {
		text = v.what.ReplaceAllString(text, v.mask)
	}
	return text
}

var handed = regexp.MustCompile(`to Python worker \d+ +`)

// A running server belongs to the first terminal.
type running struct {
	block   block
	command string
	process *exec.Cmd
	out     *output
	ts      *terminals
}

// start starts a server, and waits until it listens.
func (ts *terminals) start(t *testing.T, b block, command string) *running {
	args := strings.Fields(strings.ReplaceAll(command, "'", ""))
	if demo, ok := strings.CutPrefix(command, "go run ./steps/"); ok {
		binary := filepath.Join(ts.folder, strings.ReplaceAll(demo, "/", "-"))
		build := exec.Command("go", "build", "-o", binary, "../steps/"+demo)
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		args = []string{binary, "127.0.0.1:" + ts.port}
	} else if watched, ok := strings.CutPrefix(command, "barewire watch "); ok {
		// Behind the -- it would be another's.
		args = append([]string{"barewire", "watch", "--addr", "127.0.0.1:" + ts.port}, strings.Fields(watched)...)
	} else {
		if args[0] == "go" {
			args = append([]string{"barewire"}, args[3:]...)
		}
		args = append(args, "--addr", "127.0.0.1:"+ts.port)
	}
	server := &running{block: b, command: command, process: exec.Command(args[0], args[1:]...), out: &output{}, ts: ts}
	server.process.Dir = ts.typed // as in the second terminal
	server.process.Stdout = server.out
	server.process.Stderr = server.out
	if err := server.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.process.Process.Kill() }) // it has stopped, unless the test failed
	for patience := 500; !strings.Contains(server.out.String(), "listening on"); patience-- {
		if patience == 0 {
			t.Fatalf("%s does not listen: %s", command, server.out)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return server
}

// settle waits until the server has no more to print about what just happened,
// or its last line could come behind the first of the next request. A record has
// the end of each connection then.
func (r *running) settle() {
	for before, patience := -1, 500; patience > 0 && (before != r.out.Len() || !r.recorded()); patience-- {
		before = r.out.Len()
		time.Sleep(50 * time.Millisecond)
	}
}

// recorded tells whether no connection is open in the record, if there is one.
func (r *running) recorded() bool {
	_, name, found := strings.Cut(r.command, " --record ")
	if !found {
		return true
	}
	record, err := os.ReadFile(filepath.Join(r.ts.typed, name))
	return err == nil && bytes.Count(record, []byte(`"event":"opened"`)) == bytes.Count(record, []byte(`"event":"gone"`))
}

// stop stops the server as Ctrl-C does and returns what it printed.
func (r *running) stop(t *testing.T) string {
	if err := r.process.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := r.process.Wait()
	if err != nil && !strings.Contains(r.command, "/demo") { // a demo simply dies
		t.Errorf("%s: %v", r.command, err)
	}
	return r.ts.usual(r.out.String())
}

// An output collects what a process prints.
type output struct {
	mutex sync.Mutex
	bytes bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.bytes.Write(p)
}

func (o *output) String() string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.bytes.String()
}

func (o *output) Len() int {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.bytes.Len()
}
