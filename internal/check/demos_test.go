package check_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"barewire/internal/check"
)

// The demo of step n is demos[n-1].
var demos = []string{
	"01_listen", "02_read", "03_requestline", "04_headers", "05_body",
	"06_wsgi", "07_environ", "08_call", "09_response", "10_keepalive",
}

// built is the folder of their binaries.
var built string

// TestMain builds the demos, all at once.
func TestMain(m *testing.M) {
	var err error
	if built, err = os.MkdirTemp("", "demos"); err != nil {
		log.Panic(err)
	}
	defer os.RemoveAll(built)

	var builds []*exec.Cmd
	for _, demo := range demos {
		build := exec.Command("go", "build", "-o", binary(demo), "barewire/steps/"+demo+"/demo")
		build.Stderr = os.Stderr
		if err := build.Start(); err != nil {
			log.Panic(err)
		}
		builds = append(builds, build)
	}
	for _, build := range builds {
		err = errors.Join(err, build.Wait())
	}
	if err != nil {
		log.Panic(err)
	}
	m.Run()
}

// binary is where a demo was built. Windows insists on the ending.
func binary(demo string) string { return filepath.Join(built, demo+".exe") }

// Each demo passes the checks of its own step, and those of earlier ones that
// look at HTTP alone: a later demo has not forgotten what an earlier one knew.
func TestDemos(t *testing.T) {
	t.Parallel()
	for i, demo := range demos {
		t.Run(demo, func(t *testing.T) {
			t.Parallel()
			step := i + 1
			run(t, check.Target{Addr: start(t, demo), Demo: step}, func(c *check.Check) bool {
				return c.Needs == check.Anything && c.Holds() <= step || c.Needs == check.Demo && c.Step() == step
			})
		})
	}
}

// A check that is not marked as stricter than the RFC asks for nothing that a
// well-made server of somebody else does not do.
func TestNetHTTP(t *testing.T) {
	t.Parallel()
	hello := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello\n") }
	onlyGET := http.NewServeMux() // which has 405 for POST
	onlyGET.HandleFunc("GET /{$}", hello)
	for name, handler := range map[string]http.Handler{"any method": http.HandlerFunc(hello), "GET alone": onlyGET} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(handler)
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.Start()
			defer server.Close()
			run(t, check.Target{Addr: server.Listener.Addr().String()}, func(c *check.Check) bool {
				return c.Needs == check.Anything && (!c.Stricter || c.ID == "10.5" || c.ID == "10.7")
			})
		})
	}
}

// run runs the checks that are needed on one server, some at a time, for most of
// their time they wait. All of them have to pass.
func run(t *testing.T, target check.Target, needed func(*check.Check) bool) {
	var waiting sync.WaitGroup
	room := make(chan struct{}, 8)
	for _, c := range check.All() {
		if !needed(c) {
			continue
		}
		room <- struct{}{}
		waiting.Add(1)
		go func() {
			defer waiting.Done()
			result := check.Run(t.Context(), target, c)
			<-room
			if result.Passed {
				return
			}
			var picture strings.Builder
			if err := result.Text(&picture); err != nil {
				t.Error(err)
			}
			t.Errorf("%s%s", result.Skipped, &picture)
		}()
	}
	waiting.Wait()
}

// What a curl line shows is what its check wants.
func TestCurlShows(t *testing.T) {
	for _, tool := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	t.Parallel()
	for i, demo := range demos {
		t.Run(demo, func(t *testing.T) {
			t.Parallel()
			address := start(t, demo)
			for _, c := range check.All() {
				if c.Curl == "" || c.Needs == check.App || c.Step() != i+1 {
					continue
				}
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				shown, err := exec.CommandContext(ctx, "sh", "-c", check.CurlLine(c.Curl, address)).CombinedOutput()
				cancel()
				if !slices.ContainsFunc(c.Want, func(want check.Want) bool {
					return slices.ContainsFunc(strings.Fields(want.Status), func(status string) bool {
						return strings.Contains(string(shown), "HTTP/1.1 "+status+" ")
					})
				}) {
					t.Errorf("%s: %s shows %q, %v, want %+v", c.ID, c.Curl, shown, err, c.Want)
				}
			}
		})
	}
}

// patience is how long curl is given for what takes it no time.
const patience = 30 * time.Second

// start starts a demo, and returns the address that it prints. The end of the
// test is the end of the demo, which had nothing to complain of.
func start(t *testing.T, demo string) (address string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	program := exec.CommandContext(ctx, binary(demo), "127.0.0.1:0")
	var said strings.Builder
	program.Stderr = &said
	stdout, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = program.Wait() // killed
		if said.Len() > 0 {
			t.Errorf("demo %s says %q, want nothing", demo, said.String())
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	address, found := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "listening on http://")
	if err != nil || !found {
		t.Fatal(fmt.Errorf("demo %s prints %q, %v, want its address", demo, line, err))
	}
	return address
}
