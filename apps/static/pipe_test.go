//go:build unix

package static_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"barewire/apps/static"
	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

// A pipe is no file to serve. Opening it would last until somebody writes.
func TestPipe(t *testing.T) {
	root := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(root, "pipe"), 0o644); err != nil {
		t.Skipf("this system makes no pipes: %v", err)
	}
	got := apptest.Run(static.Dir(root), wsgi.Environ{"REQUEST_METHOD": "GET", "PATH_INFO": "/pipe"})
	if got.Status != "404 Not Found" {
		t.Errorf("GET /pipe = %s, want 404 Not Found", got.Status)
	}
}
