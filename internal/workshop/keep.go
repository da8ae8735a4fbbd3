package workshop

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A change is a file of a step that is to become another.
type change struct {
	name       string // "steps/03_requestline/target.go"
	mine, want []byte // nil where there is none
}

// changes compares the Go files of a step, and of its demo, with those that it
// should have. A further one of the learner's has to go, or its names could meet
// those of ours.
func (w *Workspace) changes(step int, whole bool) ([]change, error) {
	folder, err := folderOf(step)
	if err != nil {
		return nil, err
	}
	var given []int
	if whole {
		given = []int{step}
	}
	wanted, err := files(given)
	if err != nil {
		return nil, err
	}
	names, err := w.goFiles(folder)
	if err != nil {
		return nil, err
	}
	ofDemo, err := w.goFiles(folder + "/demo")
	if err != nil {
		return nil, err
	}
	names = append(names, ofDemo...)
	for name := range wanted {
		if strings.HasPrefix(name, folder+"/") && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var found []change
	for _, name := range names {
		mine, err := os.ReadFile(w.path(name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if err != nil || wanted[name] == nil || !bytes.Equal(mine, wanted[name]) {
			found = append(found, change{name, mine, wanted[name]})
		}
	}
	return found, nil
}

// goFiles lists the Go files in a folder itself.
func (w *Workspace) goFiles(folder string) (names []string, err error) {
	entries, err := os.ReadDir(w.path(folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // it was removed, and comes back
	}
	for _, entry := range entries {
		if !entry.IsDir() && path.Ext(entry.Name()) == ".go" {
			names = append(names, folder+"/"+entry.Name())
		}
	}
	return names, err
}

// put makes the changes, once every file of the learner's has its copy. It
// returns the folder with the copies, "" when there was nothing to copy.
func (w *Workspace) put(changes []change) (kept string, err error) {
	kept, err = w.keep(changes)
	if err != nil {
		return "", fmt.Errorf("nothing was changed, for no copy could be made: %w", err)
	}
	return kept, w.replaceAll(changes)
}

// keep copies the learner's files into a new folder of .workshop/kept.
func (w *Workspace) keep(changes []change) (kept string, err error) {
	if !slices.ContainsFunc(changes, func(c change) bool { return c.mine != nil }) {
		return "", nil
	}
	if err := os.MkdirAll(w.path(keptFolder), 0o755); err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		kept = keptFolder + "/" + strconv.Itoa(n)
		err := os.Mkdir(w.path(kept), 0o755)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
	for _, c := range changes {
		if c.mine == nil {
			continue
		}
		copied := w.path(kept + "/" + c.name)
		if err := os.MkdirAll(filepath.Dir(copied), 0o755); err != nil {
			return "", err
		}
		if err := writeNew(copied, c.mine); err != nil {
			return "", err
		}
	}
	return kept, nil
}

// replaceAll makes the changes. Who calls it has made the copies.
func (w *Workspace) replaceAll(changes []change) error {
	for _, c := range changes {
		if c.want == nil {
			if err := os.Remove(w.path(c.name)); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(w.path(c.name)), 0o755); err != nil {
			return err
		}
		if err := w.replace(c.name, c.want); err != nil {
			return err
		}
	}
	return nil
}

// replace puts text in place of a file, whole or not at all. Of a symbolic link
// it replaces the link: what it points to is not ours.
func (w *Workspace) replace(name string, text []byte) error {
	path := w.path(name)
	mode := fs.FileMode(0o644)
	if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() {
		mode = info.Mode().Perm()
	}
	fresh, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = fresh.Write(text)
	err = errors.Join(err, fresh.Close())
	if err == nil {
		err = os.Chmod(fresh.Name(), mode)
	}
	if err == nil {
		err = os.Rename(fresh.Name(), path)
	}
	if err != nil {
		_ = os.Remove(fresh.Name()) // the error tells enough
	}
	return err
}

// beside writes a file beside another, under the first number that is free:
// target.go.mine-1.
func (w *Workspace) beside(name, word string, text []byte) (string, error) {
	for n := 1; ; n++ {
		numbered := fmt.Sprintf("%s.%s-%d", name, word, n)
		err := writeNew(w.path(numbered), text)
		if err == nil {
			return numbered, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
}

// writeNew writes a file that must not exist yet, whole or not at all.
func writeNew(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err != nil {
		_ = os.Remove(path) // the error tells enough
	}
	return err
}
