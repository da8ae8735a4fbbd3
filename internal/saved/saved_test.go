package saved

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// soon is how long a test waits for what must come.
const soon = 20 * time.Second

// writeFile writes a file below a folder, and the folders that it needs.
func writeFile(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	// in one move, or half a file could be seen
	if err := os.WriteFile(path+"~", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+"~", path); err != nil {
		t.Fatal(err)
	}
}

// A lookout watches folders, or polls them.
type lookout struct {
	t    *testing.T
	dir  string
	said chan string // the names of files, relative to dir
}

func look(t *testing.T, dir string, do func(ctx context.Context, tell func([]string))) *lookout {
	l := &lookout{t: t, dir: dir, said: make(chan string, 100)}
	ctx, leave := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		do(ctx, func(names []string) {
			for i, name := range names {
				names[i], _ = filepath.Rel(dir, name)
			}
			l.said <- filepath.ToSlash(strings.Join(names, " "))
		})
	}()
	t.Cleanup(func() {
		leave()
		<-ended
		goleak.VerifyNone(t)
	})
	return l
}

// hears wants files to be told.
func (l *lookout) hears(names, what string) {
	l.t.Helper()
	select {
	case told := <-l.said:
		if told != names {
			l.t.Errorf("%s is told as %q, want %q", what, told, names)
		}
	case <-time.After(soon):
		l.t.Fatalf("%s is not told", what)
	}
}

// changes saves what matters, each time another way, and before each what does not:
// would that be told, there would be one save too many.
func (l *lookout) changes() {
	l.t.Helper()
	l.aside()
	writeFile(l.t, l.dir, "steps/03/a.go", "package a // 2")
	l.hears("steps/03/a.go", "a file that is written")
	l.aside()
	writeFile(l.t, l.dir, "steps/04/new/b.go", "package b")
	l.hears("steps/04/new/b.go", "a file in a new folder")
	l.aside()
	writeFile(l.t, l.dir, "steps/04/new/b.go.tmp", "package b // other")
	if err := os.Rename(filepath.Join(l.dir, "steps/04/new/b.go.tmp"), filepath.Join(l.dir, "steps/04/new/b.go")); err != nil {
		l.t.Fatal(err)
	}
	l.hears("steps/04/new/b.go", "a file that is replaced, in a folder that is new")
	l.aside()
	if err := os.Remove(filepath.Join(l.dir, "steps/03/a.go")); err != nil {
		l.t.Fatal(err)
	}
	l.hears("steps/03/a.go", "a file that is gone")
	l.aside()
	if err := os.Rename(filepath.Join(l.dir, "steps/04"), filepath.Join(l.dir, "steps/four.old")); err != nil {
		l.t.Fatal(err)
	}
	l.hears("steps/04/c.go steps/04/new/b.go steps/four.old/c.go steps/four.old/new/b.go", "a folder of another name")
	writeFile(l.t, l.dir, "steps/four.old/c.go", "package c // 2")
	l.hears("steps/four.old/c.go", "a file in a folder of another name")
	if len(l.said) > 0 {
		l.t.Errorf("there is told too much: %s", <-l.said)
	}
}

func (l *lookout) aside() {
	l.t.Helper()
	writeFile(l.t, l.dir, ".workshop/progress.json", time.Now().String())
	writeFile(l.t, l.dir, ".workshop/kept/1/a.go", time.Now().String())
	writeFile(l.t, l.dir, "steps/03/.a.go.swp", time.Now().String())
	writeFile(l.t, l.dir, "steps/03/notes.txt", time.Now().String())
	writeFile(l.t, l.dir, "steps/skipped/a.go", time.Now().String())
}

func sampleFolder(t *testing.T) string {
	dir := t.TempDir()
	writeFile(t, dir, "go.mod", "module workshop\n")
	writeFile(t, dir, "steps/03/a.go", "package a")
	writeFile(t, dir, "steps/04/c.go", "package c")
	return dir
}

func sample(dir string) Files {
	return Files{
		Folders: []string{filepath.Join(dir, "steps", "04"), dir},
		Is:      func(path string) bool { return filepath.Ext(path) == ".go" },
		Skip:    func(folder string) bool { return filepath.Base(folder) == "skipped" },
	}
}

func TestWatch(t *testing.T) {
	dir := sampleFolder(t)
	if foreign(dir) != "" {
		t.Skip("no events come in ", dir)
	}
	files := sample(dir)
	known := files.Scan()
	look(t, dir, func(ctx context.Context, tell func([]string)) {
		files.Watch(ctx, known, tell, func(why string) { t.Error(why) })
	}).changes()
}

func TestPoll(t *testing.T) {
	dir := sampleFolder(t)
	files := sample(dir)
	known := files.Scan()
	look(t, dir, func(ctx context.Context, tell func([]string)) {
		files.poll(ctx, known, time.Millisecond, tell)
	}).changes()
}

// What an application writes all the time does not hide what is saved.
func TestWatchBesideJournal(t *testing.T) {
	dir := sampleFolder(t)
	if foreign(dir) != "" {
		t.Skip("no events come in ", dir)
	}
	files := sample(dir)
	known := files.Scan()
	l := look(t, dir, func(ctx context.Context, tell func([]string)) {
		files.Watch(ctx, known, tell, func(why string) { t.Error(why) })
	})
	writeFile(t, dir, "steps/03/a.go", "package a // 2")
	for deadline := time.Now().Add(soon); len(l.said) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing is told while the journal is written")
		}
		writeFile(t, dir, "steps/03/journal", time.Now().String())
	}
	l.hears("steps/03/a.go", "a file beside a journal")
}

// What is saved while a save is told is told next.
func TestWatchWhileItTells(t *testing.T) {
	dir := sampleFolder(t)
	files := sample(dir)
	known := files.Scan()
	l := look(t, dir, func(ctx context.Context, tell func([]string)) {
		first := true
		files.Watch(ctx, known, func(names []string) {
			if first {
				first = false
				writeFile(t, dir, "steps/04/c.go", "package c // 2")
				writeFile(t, dir, "steps/04/c.go", "package c // three")
			}
			tell(names)
		}, func(string) {})
	})
	writeFile(t, dir, "steps/03/a.go", "package a // 2")
	l.hears("steps/03/a.go", "the first file")
	l.hears("steps/04/c.go", "the file that was saved meanwhile, once")
}

// There are folders without end; the first are watched.
func TestTooMany(t *testing.T) {
	dir := t.TempDir()
	for i := range mostFolders - 1 { // dir itself is one
		if err := os.Mkdir(filepath.Join(dir, strconv.Itoa(i)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	files := Files{Folders: []string{dir}, Is: func(string) bool { return true }}
	if most, tooMany := files.TooMany(); tooMany || most != mostFolders {
		t.Errorf("TooMany() = %d, %v, want %d, false", most, tooMany, mostFolders)
	}
	if err := os.Mkdir(filepath.Join(dir, "zz"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, dir, "zz/a.go", "package a")
	writeFile(t, dir, "0/a.go", "package a")
	if _, tooMany := files.TooMany(); !tooMany {
		t.Error("one folder more is not too many")
	}
	if found := files.Scan(); len(found) != 1 {
		t.Errorf("Scan() = %v, want the file in the first folder", found)
	}
}

func TestForeign(t *testing.T) {
	const mounts = `/dev/sda1 / ext4 rw 0 0
proc /proc proc rw 0 0
C:\134 /mnt/c 9p rw,dirsync 0 0
host /home/ada/shared\040files vboxsf rw 0 0
/dev/sdb1 /mnt/c/linux ext4 rw 0 0
`
	for dir, want := range map[string]string{
		"/home/ada/workshop":           "",
		"/mnt/c/Users/ada/workshop":    "9p",
		"/mnt/c":                       "9p",
		"/mnt/cd/workshop":             "",
		"/mnt/c/linux/workshop":        "",
		"/home/ada/shared files/space": "vboxsf",
	} {
		if got := foreignIn(mounts, dir); got != want {
			t.Errorf("foreignIn(%q) = %q, want %q", dir, got, want)
		}
	}
}
