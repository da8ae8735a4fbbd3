package workshop

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// Init writes a workspace into dir, which is empty or does not exist yet. The
// given steps are whole. When it fails, it leaves nothing behind.
func Init(dir string, given []int) error {
	for _, step := range given {
		if err := checkStep(step); err != nil {
			return err
		}
	}
	given = slices.Compact(slices.Sorted(slices.Values(given)))
	if err := checkEmpty(dir); err != nil {
		return err
	}
	return write(dir, given)
}

// write makes a folder a workspace. What stands in its way is somebody else's, and
// stays.
func write(dir string, given []int) error {
	found, err := files(given)
	if err != nil {
		return err
	}
	var made []string // in this order
	fail := func(err error) error {
		slices.Reverse(made)
		for _, path := range made {
			_ = os.Remove(path) // what cannot be removed is harmless, and in sight
		}
		return fmt.Errorf("the workspace could not be written: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		err := makeFolder(filepath.Dir(path), &made)
		if err == nil {
			err = writeNew(path, found[name])
		}
		if err != nil {
			return fail(err)
		}
		made = append(made, path)
	}
	w := &Workspace{Dir: dir}
	if err := makeFolder(w.path(private), &made); err != nil {
		return fail(err)
	}
	w.Progress = newProgress(given)
	if err := w.save(); err != nil {
		return fail(err)
	}
	return nil
}

// checkEmpty lets pass what has no work in it that could be lost.
func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%s is a file, not a folder; name a new folder", dir)
	case err != nil:
		return err
	case isWorkspace(dir):
		return fmt.Errorf("%s is a workspace already; go there and type: barewire list", dir)
	case len(entries) > 0:
		return fmt.Errorf("%s is not empty; name a new folder, so that nothing of yours is overwritten", dir)
	}
	return nil
}

// makeFolder makes a folder and those above it, and notes those that are new.
func makeFolder(dir string, made *[]string) error {
	info, err := os.Stat(dir)
	if err == nil && info.IsDir() {
		return nil
	}
	if err == nil || filepath.Dir(dir) == dir {
		return fmt.Errorf("%s is not a folder", dir)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := makeFolder(filepath.Dir(dir), made); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	*made = append(*made, dir)
	return nil
}
