package docs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	app "barewire/apps/check"
	"barewire/internal/check"
)

// What servers.md says of other servers is asked from them here: each section of
// the page is a server, its first block the command, and its other blocks files.

// versions are the commands that tell which version of a peer is installed.
var versions = map[string]string{
	"Python":   `python3 --version`,
	"gunicorn": `gunicorn --version`,
	"waitress": `"$(sed -n '1s/^#! *//p' "$(command -v waitress-serve)")" -c 'from importlib.metadata import version; print(version("waitress"))'`,
	"uWSGI":    `uwsgi --version`,
	"nginx":    `nginx -v`,
	"lighttpd": `lighttpd -v`,
	"Go":       `go version`,
}

// A foreign is a server that the page has a section about.
type foreign struct {
	heading string
	section string // from the heading to the next
	port    int
	either  map[string]bool   // IDs of the checks that pass or fail as it happens
	missing string            // why it could not be asked, "" if it was
	ran     []*check.Check    // but for either
	wrong   map[string]string // what it did instead, by the ID of a failed check
}

var (
	namedVersion = regexp.MustCompile(`(\w+) (\d+(?:\.\d+)+)`)
	anyVersion   = regexp.MustCompile(`\d+(\.\d+)+`)
	fenced       = regexp.MustCompile("(?ms)^```(\\S+) ?(\\S*)\n(.*?)^```$")
	failedRow    = regexp.MustCompile(`(?m)^- (either way )?((?:\d\d\.\d+ )*\d\d\.\d+): (.*(?:\n  .*)*)\n`)
	countedRow   = regexp.MustCompile(`(?m)^\| [^|]+(?: \| (?:\d+/\d+/\d+|–))+ \|\n`)
)

// readForeign cuts the page at its headings.
func readForeign(text string) (intro string, servers []*foreign) {
	sections := strings.Split(text, "\n## ")
	for _, section := range sections[1:] {
		heading, _, _ := strings.Cut(section, "\n")
		server := &foreign{heading: heading, section: section, either: map[string]bool{}, wrong: map[string]string{}}
		for _, row := range failedRow.FindAllStringSubmatch(section, -1) {
			if row[1] != "" {
				for id := range strings.FieldsSeq(row[2]) {
					server.either[id] = true
				}
			}
		}
		servers = append(servers, server)
	}
	return sections[0], servers
}

// TestServers compares the page with what they answer. What they do in a race may come
// out otherwise once in a while, on a busy machine: the page is stale if it is so
// twice.
func TestServers(t *testing.T) {
	need(t, "sh")
	newTerminals(t) // for barewire itself, which is among the commands
	t.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin")
	said, err := os.ReadFile("servers.md")
	if err != nil {
		t.Fatal(err)
	}
	truth, servers := askAll(t, string(said))
	if truth != string(said) && !*update {
		truth, servers = askAll(t, string(said))
	}
	switch diff := cmp.Diff(strings.Split(string(said), "\n"), strings.Split(truth, "\n")); {
	case diff == "":
	case *update:
		if err := os.WriteFile("servers.md", []byte(truth), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("servers.md is stale (-said +true); go test ./docs -update mends it\n%s", diff)
	}
	for _, server := range servers {
		t.Run(server.heading, func(t *testing.T) {
			switch {
			case server.missing == "":
			case os.Getenv("BAREWIRE_NO_SKIP") != "":
				t.Fatal(server.missing + ", and BAREWIRE_NO_SKIP is set")
			default:
				t.Skip(server.missing)
			}
		})
	}
}

// askAll asks all servers of a page at the same time, each one check after the other,
// and returns the page as it should be.
func askAll(t *testing.T, said string) (truth string, servers []*foreign) {
	_, servers = readForeign(said)
	givePorts(t, servers)
	var asked sync.WaitGroup
	for _, server := range servers {
		if server.missing = server.notInstalled(); server.missing == "" {
			asked.Add(1)
			go func() {
				defer asked.Done()
				server.ask(t)
			}()
		}
	}
	asked.Wait()
	return rewrite(said, servers), servers
}

// notInstalled compares the versions in the heading with those that are there.
func (f *foreign) notInstalled() string {
	for _, named := range namedVersion.FindAllStringSubmatch(f.heading, -1) {
		peer, version := named[1], named[2]
		out, err := exec.Command("sh", "-c", versions[peer]+" 2>&1").Output()
		switch installed := anyVersion.FindString(string(out)); {
		case err != nil || installed == "":
			return peer + " is not installed, so nobody asks it"
		case !strings.HasPrefix(installed+".", version+"."):
			return fmt.Sprintf("the page is about %s %s, and %s is installed", peer, version, installed)
		}
	}
	return ""
}

// ask starts the server and runs the checks on it. Check 02.20 is left out: it is
// about our own deadline, and takes long.
func (f *foreign) ask(t *testing.T) {
	target, stop, err := f.start(t)
	if err != nil {
		t.Errorf("%s: %v", f.heading, err)
		return
	}
	defer stop()
	for _, c := range check.All() {
		if c.Needs == check.Demo || c.Needs == check.App && !target.App || c.ID == "02.20" || f.either[c.ID] {
			continue
		}
		f.ran = append(f.ran, c)
		if result := check.Run(t.Context(), target, c); !result.Passed {
			f.wrong[c.ID] = result.Wrong
		}
	}
}

// start starts the server in a folder of its own, in which check.py is too.
func (f *foreign) start(t *testing.T) (target check.Target, stop func(), err error) {
	dir := t.TempDir()
	files, command := map[string]string{"check.py": app.Python}, ""
	for _, block := range fenced.FindAllStringSubmatch(f.section, -1) {
		switch language, name, text := block[1], block[2], block[3]; {
		case language == "go":
			return startNetHTTP()
		case language == "sh":
			command = text
		case name != "":
			files[name] = text
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return target, nil, err
		}
	}
	addr := fmt.Sprintf("127.0.0.1:%d", f.port)
	command = "echo listening on http://" + addr + "/;\n" + strings.ReplaceAll(command, "{port}", fmt.Sprint(f.port))
	program, err := check.Start(context.Background(), dir, []string{"sh", "-c", command})
	if err != nil {
		return target, nil, err
	}
	if err := awaitListener(program, addr); err != nil {
		program.Stop()
		return target, nil, fmt.Errorf("%w; %q", err, program.Output())
	}
	return check.Target{Addr: addr, App: true, Alive: program.Alive}, program.Stop, nil
}

// awaitListener waits until a program that has said too early that it listens does.
func awaitListener(program *check.Program, addr string) error {
	for patience := 1000; ; patience-- {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			return conn.Close()
		}
		if dead := program.Alive(); dead != nil || patience == 0 {
			return errors.Join(err, dead)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// givePorts gives each server a port that is free. It is none that the kernel
// would give to whoever asks for any, which happens between here and the start of
// a slow server.
func givePorts(t *testing.T, servers []*foreign) {
	t.Helper()
	port := 10_000 + os.Getpid()%1000*16
	for _, server := range servers {
		for ; server.port == 0 && port < 32_000; port++ {
			if listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
				server.port = port
				_ = listener.Close()
			}
		}
		if server.port == 0 {
			t.Fatal("no port below 32,000 is free")
		}
	}
}

func startNetHTTP() (target check.Target, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return target, nil, err
	}
	server := &http.Server{Handler: http.HandlerFunc(plainly), ErrorLog: log.New(io.Discard, "", 0)}
	go server.Serve(listener)
	return check.Target{Addr: listener.Addr().String()}, func() { _ = server.Close() }, nil
}

// plainly is a handler like most: it looks at the path and not at the body.
func plainly(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	_, _ = io.WriteString(w, "check\n")
}
