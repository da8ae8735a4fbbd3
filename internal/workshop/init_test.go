package workshop

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestInit(t *testing.T) {
	w := workspace(t, 5, 10, 5)
	empties, wholes := cut(t), cut(t, 5, 10)
	for name, want := range wholes {
		got, err := os.ReadFile(w.path(name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v, and %d bytes, want %d", name, err, len(got), len(want))
		}
	}
	for name, step := range map[string]int{"steps/05_body/reader.go": 5, "steps/10_keepalive/keepalive.go": 10, "steps/04_headers/headers.go": 4} {
		if given := step != 4; bytes.Equal(wholes[name], empties[name]) == given {
			t.Errorf("%s is whole: %v, want %v", name, !given, given)
		}
	}
	if p := w.Progress; p.Step != 1 || !slices.Equal(p.Given, []int{5, 10}) {
		t.Errorf("progress is %+v, want step 1 and 5 and 10 given", p)
	}
}

func TestInitFirstStepGiven(t *testing.T) {
	if w := workspace(t, 1, 2); w.Progress.Step != 3 {
		t.Errorf("with 01 and 02 given the learner is at step %d, want 3", w.Progress.Step)
	}
}

func TestInitRefusesAStepThatIsNone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	if err := Init(dir, []int{3, 11}); err == nil || err.Error() != "there is no step 11; the steps are 1 to 10" {
		t.Errorf("Init with step 11 = %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("it made a folder all the same")
	}
}

func TestInitInAFolder(t *testing.T) {
	within := func(name string, prepare func(dir string) error, want string) {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "mine")
			if err := prepare(dir); err != nil {
				t.Skip(err)
			}
			before := tree(t, filepath.Dir(dir))
			err := Init(dir, nil)
			if want == "" {
				if err != nil || !isWorkspace(dir) {
					t.Errorf("Init = %v, want a workspace", err)
				}
				return
			}
			if err == nil || strings.ReplaceAll(err.Error(), dir, "DIR") != want {
				t.Errorf("Init = %v, want %q", err, want)
			}
			if after := tree(t, filepath.Dir(dir)); !slices.Equal(before, after) {
				t.Errorf("there was %q, and now %q", before, after)
			}
		})
	}
	write := func(path string) error { return os.WriteFile(path, []byte("mine"), 0o600) }
	within("new", func(string) error { return nil }, "")
	within("empty", func(dir string) error { return os.Mkdir(dir, 0o755) }, "")
	within("a link to an empty one", func(dir string) error {
		if err := os.Mkdir(dir+"2", 0o755); err != nil {
			return err
		}
		return os.Symlink(dir+"2", dir)
	}, "")
	within("a file", write, "DIR is a file, not a folder; name a new folder")
	within("a hidden file in it", func(dir string) error {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
		return write(filepath.Join(dir, ".x"))
	}, "DIR is not empty; name a new folder, so that nothing of yours is overwritten")
	within("a workspace", func(dir string) error { return Init(dir, nil) },
		"DIR is a workspace already; go there and type: barewire list")
	within("a link to nowhere", func(dir string) error { return os.Symlink(dir+"2", dir) },
		"the workspace could not be written: mkdir DIR: file exists")
	if runtime.GOOS != "windows" && os.Getuid() > 0 {
		within("read-only", func(dir string) error { return os.Mkdir(dir, 0o555) },
			"the workspace could not be written: open DIR/.gitignore: permission denied")
	}
}

// A file stands where the parent folder should be.
func TestInitBelowAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := Init(filepath.Join(file, "new"), nil)
	if err == nil {
		t.Error("Init below a file works")
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "mine" {
		t.Errorf("the file is now %q, %v", text, err)
	}
}

// Another process makes a file when the folder was found empty: that one stays.
func TestInitMeetsAnother(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "README.md"), []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)
	if err := write(dir, nil); err == nil {
		t.Error("it works all the same")
	}
	if after := tree(t, dir); !slices.Equal(before, after) {
		t.Errorf("there was %q, and now %q", before, after)
	}
}

func TestOpen(t *testing.T) {
	w := workspace(t)
	deep, _, err := Open(w.path("steps/03_requestline"))
	if err != nil || deep.Dir != w.Dir {
		t.Errorf("Open in a step = %v, %v, want %s", deep, err, w.Dir)
	}
	if _, _, err := Open(t.TempDir()); err != ErrNone {
		t.Errorf("Open outside = %v, want %v", err, ErrNone)
	}
}

// tree lists what lies below a folder, with the contents of files.
func tree(t *testing.T, dir string) (found []string) {
	t.Helper()
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		text := ""
		if info.Mode().IsRegular() {
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			text = string(content)
		}
		found = append(found, strings.TrimPrefix(path, dir)+" "+info.Mode().String()+" "+text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
