package workshop

import (
	_ "embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"barewire/apps"
	"barewire/server"
	"barewire/steps"
)

// contract is the step with nothing to write: types, and small helpers.
const contract = 6

// goVersion is that of our own go.mod, for what is cut from it needs no less.
const goVersion = "1.24.2"

var (
	//go:embed given/main.go
	mainFile []byte
	//go:embed given/README.md
	readme []byte
)

// A Step is one of the ten.
type Step struct {
	Number   int
	Name     string // "requestline"
	Folder   string // "steps/03_requestline"
	Question string // "What do they want?"
}

// Steps returns the ten steps in order.
func Steps() []Step { return readSteps() }

// readSteps finds them in their own source, once.
var readSteps = sync.OnceValue(func() (found []Step) {
	docs, _ := fs.Glob(steps.Source, "[0-9]*/doc.go") // the pattern is well formed
	for _, doc := range docs {
		text, _ := steps.Source.ReadFile(doc) // it was found a moment ago
		first, _, _ := strings.Cut(string(text), "\n")
		_, question, _ := strings.Cut(first, ": ")
		folder := path.Dir(doc)
		digits, name, _ := strings.Cut(folder, "_")
		number, _ := strconv.Atoi(digits)
		found = append(found, Step{number, name, "steps/" + folder, question})
	}
	return found
})

func folderOf(step int) (string, error) {
	if err := checkStep(step); err != nil {
		return "", err
	}
	return Steps()[step-1].Folder, nil
}

// files returns the files of a workspace by name. The steps in whole have their
// bodies, the others not. The bytes are shared: nobody changes them.
func files(whole []int) (map[string][]byte, error) {
	all, err := cutAll()
	if err != nil {
		return nil, err
	}
	found := maps.Clone(all.whole)
	for name, text := range all.empty {
		if !slices.Contains(whole, exercise(name)) {
			found[name] = text
		}
	}
	return found, nil
}

// cuts are files by name: all of them, whole, and those with functions to
// write, emptied.
type cuts struct{ whole, empty map[string][]byte }

// cutAll cuts every file, once.
var cutAll = sync.OnceValues(func() (all cuts, err error) {
	all.empty = map[string][]byte{}
	all.whole = map[string][]byte{
		"go.mod":     []byte("module workshop\n\ngo " + goVersion + "\n"),
		"README.md":  readme,
		".gitignore": []byte("/.workshop/\n/workshop\n/workshop.exe\n"),
		"main.go":    mainFile,
	}
	for folder, source := range map[string]fs.FS{"steps": steps.Source, "server": server.Source, "apps": apps.Source} {
		err := fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !goes(folder+"/"+name) {
				return err
			}
			all.whole[folder+"/"+name], err = fs.ReadFile(source, name)
			return err
		})
		if err != nil {
			return all, err
		}
	}
	for name, text := range all.whole {
		if path.Ext(name) != ".go" {
			continue
		}
		if all.whole[name], err = rename(text); err != nil {
			return all, fmt.Errorf("%s: %w", name, err)
		}
		if step := exercise(name); step > 0 {
			if all.empty[name], err = empty(all.whole[name], step); err != nil {
				return all, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return all, nil
})

// goes tells whether a file of ours goes into a workspace. The classic mistakes
// do not, nor the tests of what is given; those of the steps do.
func goes(name string) bool {
	base := path.Base(name)
	switch {
	case strings.HasPrefix(base, "mistake") || name == "server/source.go":
		return false
	case strings.HasPrefix(name, "steps/"):
		return true
	}
	return !strings.HasSuffix(base, "_test.go")
}

var stepFile = regexp.MustCompile(`^steps/(\d\d)_\w+/\w+\.go$`)

// exercise returns the number of the step whose functions a file has, 0 when
// none of them is the learner's to write.
func exercise(name string) int {
	match := stepFile.FindStringSubmatch(name)
	if match == nil || strings.HasSuffix(name, "_test.go") || path.Base(name) == "given.go" {
		return 0
	}
	number, _ := strconv.Atoi(match[1]) // two digits
	if number == contract {
		return 0
	}
	return number
}
