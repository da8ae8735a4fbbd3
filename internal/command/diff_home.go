package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"barewire/internal/workshop"
	"barewire/steps"
)

// A home is where the ten steps stand: a workspace, or a checkout of Barewire.
// Without a folder it is in this program, and can be read but not built.
type home struct{ dir string }

// findHome looks for it around the working directory.
func findHome(world World) (*home, error) {
	w, err := workspace(world)
	if err == nil {
		return &home{w.Dir}, nil
	}
	if !errors.Is(err, workshop.ErrNone) {
		return nil, err
	}
	dir, err := filepath.Abs(".")
	if err != nil {
		return nil, err
	}
	for {
		module, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && bytes.HasPrefix(module, []byte("module barewire\n")) {
			return &home{dir}, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return &home{}, nil
		}
		dir = parent
	}
}

// demo reads the code of a demo.
func (h *home) demo(step workshop.Step) (name string, code []byte, err error) {
	name = step.Folder + "/demo/main.go"
	if h.dir == "" {
		code, err = fs.ReadFile(steps.Source, strings.TrimPrefix(name, "steps/"))
	} else {
		code, err = os.ReadFile(filepath.Join(h.dir, filepath.FromSlash(name)))
	}
	return name, code, err
}

// build builds a demo, offline. remove takes it away again.
func (h *home) build(ctx context.Context, step workshop.Step) (binary string, remove func(), err error) {
	if h.dir == "" {
		return "", nil, errors.New("the answers need the steps as files: go to a checkout of barewire, or to a workspace (barewire init DIR makes one)")
	}
	demo, err := workshop.Demo(step.Number)
	if err != nil {
		return "", nil, err
	}
	temp, err := os.MkdirTemp("", "barewire-diff-")
	if err != nil {
		return "", nil, err
	}
	remove = func() { _ = os.RemoveAll(temp) } // what is left of it harms nobody
	binary = filepath.Join(temp, "demo.exe")   // Windows insists on the ending
	build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-trimpath", "-o", binary, demo)
	build.Dir = h.dir
	build.Env = append(os.Environ(), "GOPROXY=off", "GOTOOLCHAIN=local", "GOWORK=off")
	said, err := build.CombinedOutput()
	if err == nil {
		return binary, remove, nil
	}
	remove()
	if errors.Is(err, exec.ErrNotFound) {
		return "", nil, errors.New("the answers need the go command, which is not there; barewire doctor tells what to do")
	}
	return "", nil, fmt.Errorf("the demo of step %02d does not build:\n%s", step.Number, bytes.TrimSpace(said))
}
