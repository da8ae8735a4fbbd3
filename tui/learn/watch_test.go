package learn

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
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

// A lookout watches a folder, or polls it.
type lookout struct {
	t    *testing.T
	dir  string
	said chan tea.Msg
}

func look(t *testing.T, dir string, do func(ctx context.Context, tell func(tea.Msg))) *lookout {
	l := &lookout{t: t, dir: dir, said: make(chan tea.Msg, 100)}
	ctx, leave := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		do(ctx, func(msg tea.Msg) { l.said <- msg })
	}()
	t.Cleanup(func() {
		leave()
		<-ended
		goleak.VerifyNone(t)
	})
	return l
}

func (l *lookout) hears() tea.Msg {
	l.t.Helper()
	select {
	case msg := <-l.said:
		return msg
	case <-time.After(soon):
		l.t.Fatal("nothing is told")
		return nil
	}
}

// hearsSaves wants a save to be told.
func (l *lookout) hearsSave(what string) {
	l.t.Helper()
	if _, is := l.hears().(savedMsg); !is {
		l.t.Errorf("%s is not told as a save", what)
	}
}

// changes saves what matters, each time another way, and before each what does not:
// would that be told, there would be one save too many.
func (l *lookout) changes() {
	l.t.Helper()
	l.aside()
	writeFile(l.t, l.dir, "steps/03/a.go", "package a // 2")
	l.hearsSave("a file that is written")
	l.aside()
	writeFile(l.t, l.dir, "steps/04/new/b.go", "package b")
	l.hearsSave("a file in a new folder")
	l.aside()
	writeFile(l.t, l.dir, "steps/04/new/b.go.tmp", "package b // other")
	if err := os.Rename(filepath.Join(l.dir, "steps/04/new/b.go.tmp"), filepath.Join(l.dir, "steps/04/new/b.go")); err != nil {
		l.t.Fatal(err)
	}
	l.hearsSave("a file that is replaced, in a folder that is new")
	l.aside()
	if err := os.Remove(filepath.Join(l.dir, "steps/03/a.go")); err != nil {
		l.t.Fatal(err)
	}
	l.hearsSave("a file that is gone")
	if len(l.said) > 0 {
		l.t.Errorf("there is told too much: %#v", <-l.said)
	}
}

func (l *lookout) aside() {
	l.t.Helper()
	writeFile(l.t, l.dir, ".workshop/progress.json", time.Now().String())
	writeFile(l.t, l.dir, ".workshop/kept/1/a.go", time.Now().String())
	writeFile(l.t, l.dir, "steps/03/.a.go.swp", time.Now().String())
	writeFile(l.t, l.dir, "steps/03/notes.txt", time.Now().String())
}

func sampleFolder(t *testing.T) string {
	dir := t.TempDir()
	writeFile(t, dir, "go.mod", "module workshop\n")
	writeFile(t, dir, "steps/03/a.go", "package a")
	writeFile(t, dir, "steps/04/c.go", "package c")
	return dir
}

func TestWatch(t *testing.T) {
	dir := sampleFolder(t)
	if foreign(dir) != "" {
		t.Skip("no events come in ", dir)
	}
	known := scan(dir)
	look(t, dir, func(ctx context.Context, tell func(tea.Msg)) { watch(ctx, dir, known, tell) }).changes()
}

func TestPoll(t *testing.T) {
	dir := sampleFolder(t)
	known := scan(dir)
	l := look(t, dir, func(ctx context.Context, tell func(tea.Msg)) {
		poll(ctx, dir, known, time.Millisecond, tell, "No events come.")
	})
	if msg := l.hears(); msg != (watchedMsg{"No events come."}) {
		t.Errorf("first is told %#v", msg)
	}
	l.changes()
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
