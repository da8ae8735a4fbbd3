package command

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"barewire/internal/saved"
)

// pythonIn are the source files in folders. What others have made is left out:
// installed packages, and what Python keeps compiled.
func pythonIn(folders ...string) saved.Files {
	return saved.Files{
		Folders: folders,
		Is:      func(path string) bool { return filepath.Ext(path) == ".py" },
		Skip: func(folder string) bool {
			_, err := os.Stat(filepath.Join(folder, "pyvenv.cfg")) // of a virtual environment
			return err == nil || slices.Contains([]string{"__pycache__", "node_modules"}, filepath.Base(folder))
		},
	}
}

// remember looks at the sources of an application, before Python does: those beside
// it and those here, which is where it may import from.
func (w *workers) remember(name string) {
	if w.known == nil {
		w.known = make(saved.Versions)
	}
	folders := []string{"."}
	if file, _, _ := strings.Cut(name, ":"); strings.HasSuffix(file, ".py") {
		folders = append(folders, fromHere(filepath.Dir(file)))
	}
	for _, folder := range folders {
		if slices.Contains(w.folders, folder) {
			continue
		}
		w.folders = append(w.folders, folder)
		for path, version := range pythonIn(folder).Scan() {
			if _, is := w.known[path]; !is {
				w.known[path] = version
			}
		}
	}
}

// fromHere returns the path to a folder, from where we are if it is below.
func fromHere(folder string) string {
	here, err := filepath.Abs(".")
	if err != nil {
		return folder
	}
	there, err := filepath.Abs(folder)
	if err != nil {
		return folder
	}
	if real, err := filepath.EvalSymlinks(here); err == nil {
		here = real
	}
	if real, err := filepath.EvalSymlinks(there); err == nil {
		there = real
	}
	if below, err := filepath.Rel(here, there); err == nil && filepath.IsLocal(below) {
		return below
	}
	return there
}

// watch goes on with new workers whenever sources have changed, until stop.
func (w *workers) watch() {
	files := pythonIn(w.folders...)
	if most, tooMany := files.TooMany(); tooMany {
		fmt.Fprintf(w.says, "--reload watches %d folders, and there are more in %s\n", most, strings.Join(w.folders, " and "))
	}
	ctx, leave := context.WithCancel(context.Background())
	w.unwatch = leave
	w.watching.Add(1)
	go func() {
		defer w.watching.Done()
		files.Watch(ctx, w.known, func(changed []string) {
			fmt.Fprintf(w.says, "reloading: %s\n", sentenceOf(changed))
			for _, s := range w.served {
				failed := s.pool.Reload()
				switch {
				case ctx.Err() != nil: // we stop
				case failed != nil:
					fmt.Fprintf(w.says, "not reloaded: %s goes on with its old code: %v\n", s.name, failed)
				default:
					fmt.Fprintf(w.says, "reloaded: %s\n", s.name)
				}
			}
		}, func(why string) {
			fmt.Fprintf(w.says, "%s So --reload looks at the files once a second.\n", why)
		})
	}()
}

// sentenceOf tells what has changed.
func sentenceOf(changed []string) string {
	switch others := len(changed) - 1; others {
	case 0:
		return changed[0] + " has changed"
	case 1:
		return changed[0] + " and " + changed[1] + " have changed"
	default:
		return fmt.Sprintf("%s and %d others have changed", changed[0], others)
	}
}
