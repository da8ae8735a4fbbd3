// Package workshop keeps a learner's workspace: a Go module of their own, in
// which the ten steps have no bodies yet.
//
// The workspace is cut by machine from the very packages that the server is
// made of (cut.go), so exercise and answer cannot drift apart. [Init] writes it,
// [Open] finds it again, and everything else is a method of [Workspace].
//
// One rule stands above the others: nothing overwrites a learner's work without
// a copy (keep.go).
//
// Read cut.go, then files.go, then init.go.
package workshop

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// A Workspace is a learner's module. Open finds it.
type Workspace struct {
	Dir      string   // where its go.mod is
	Progress Progress // as it was read last; Update changes it
}

// ErrNone tells that a folder is in no workspace.
var ErrNone = errors.New("this is no workspace; barewire init DIR makes one")

// Open finds the workspace that dir is in, however deep. The notice is a
// sentence for the learner, "" as a rule: something was mended on the way.
func Open(dir string) (w *Workspace, notice string, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, "", err
	}
	for !isWorkspace(dir) {
		parent := filepath.Dir(dir)
		if parent == dir {
			return nil, "", ErrNone
		}
		dir = parent
	}
	w = &Workspace{Dir: dir}
	w.Progress, notice, err = w.load()
	return w, notice, err
}

// isWorkspace goes by go.mod and steps alone: progress can be lost, and is then
// begun anew.
func isWorkspace(dir string) bool {
	module, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil || !bytes.HasPrefix(module, []byte("module workshop\n")) {
		return false
	}
	info, err := os.Stat(filepath.Join(dir, "steps"))
	return err == nil && info.IsDir()
}

// path is where a file of the workspace is, given its name with slashes.
func (w *Workspace) path(name string) string {
	return filepath.Join(w.Dir, filepath.FromSlash(name))
}

// Demo is what go run takes to start the demo of a step, in Dir.
func Demo(step int) (string, error) {
	folder, err := folderOf(step)
	return "./" + folder + "/demo", err
}

func checkStep(step int) error {
	if step < 1 || step > len(Steps()) {
		return fmt.Errorf("there is no step %d; the steps are 1 to %d", step, len(Steps()))
	}
	return nil
}
