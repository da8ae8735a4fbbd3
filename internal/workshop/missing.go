package workshop

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
)

// given lists the files that every workspace needs as they were given, and that
// are missing or changed. What nothing depends on is the learner's.
func (w *Workspace) given() (missing, changed []string, err error) {
	found, err := files(nil)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if path.Ext(name) != ".go" && name != "go.mod" || name == "main.go" {
			continue
		}
		mine, err := os.ReadFile(w.path(name))
		switch {
		case errors.Is(err, fs.ErrNotExist) && exercise(name) == 0:
			missing = append(missing, name)
		case errors.Is(err, fs.ErrNotExist):
			// Whoever writes a step may name its files as they like.
		case err != nil:
			return missing, changed, err
		case exercise(name) == 0 && !bytes.Equal(mine, found[name]):
			changed = append(changed, name)
		}
	}
	return missing, changed, nil
}

// comesBack tells how to get a given file again. Reset would do it for some of
// them, and take the learner's bodies out with it.
const comesBack = "barewire init ORIGINAL makes a second workspace, in a new folder, to copy it from"
