//go:build unix

package check_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	app "barewire/apps/check"
	"barewire/apps/python"
	"barewire/internal/check"
)

// With check.py behind it, and not check:App, the server keeps the same rules: no
// one of them is lost on the way to Python.
func TestPythonBehind(t *testing.T) {
	t.Parallel()
	all := check.Target{Addr: servePython(t, 16), App: true}
	run(t, all, func(c *check.Check) bool { return c.Needs != check.Demo && !counts(c) })

	// These ask check.py what it has counted, in the one process that answers.
	one := check.Target{Addr: servePython(t, 1), App: true}
	run(t, one, counts)
}

// counts tells whether a check is about what is kept in memory from one request to
// the next, which two workers do not share.
func counts(c *check.Check) bool { return c.ID == "08.18" }

// servePython serves check.py until the test is over.
func servePython(t *testing.T, workers int) (addr string) {
	t.Helper()
	program, err := exec.LookPath("python3")
	switch {
	case err != nil && os.Getenv("BAREWIRE_NO_SKIP") != "":
		t.Fatal("python3 is not installed, and BAREWIRE_NO_SKIP is set")
	case err != nil:
		t.Skip("python3, which runs the application of this test, is not installed")
	}
	file := filepath.Join(t.TempDir(), "check.py")
	if err := os.WriteFile(file, []byte(app.Python), 0o644); err != nil {
		t.Fatal(err)
	}
	pool, err := python.Start(python.Settings{App: file, Python: program, Workers: workers, Timeout: time.Minute, Errors: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return serveApp(t, pool.Application)
}
