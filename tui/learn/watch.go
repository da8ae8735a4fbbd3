package learn

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/fsnotify/fsnotify"
)

const (
	settled = 150 * time.Millisecond // an editor saves in several moves
	polled  = time.Second
)

// watch tells whenever a Go file of the workspace is not as it was known, until the
// context ends. Where no events come, it looks once a second, and says so.
func watch(ctx context.Context, dir string, known map[string]version, tell func(tea.Msg)) {
	events, err := fsnotify.NewWatcher()
	if err != nil {
		poll(ctx, dir, known, polled, tell, "No events come from this system.")
		return
	}
	defer events.Close()
	if kind := foreign(dir); kind != "" {
		poll(ctx, dir, known, polled, tell, "No events come from this file system ("+kind+").")
		return
	}
	if err := addFolders(events, dir); err != nil {
		poll(ctx, dir, known, polled, tell, "No events come from some of your folders.")
		return
	}
	quiet := time.NewTimer(settled) // and a first look, for what was saved meanwhile
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-events.Events:
			if event.Has(fsnotify.Create) {
				_ = addFolders(events, event.Name) // most of what is created is no folder
			}
			quiet.Reset(settled)
		case <-events.Errors:
			quiet.Reset(settled) // events were lost: look oneself
		case <-quiet.C:
			known = compare(dir, known, tell)
		}
	}
}

// poll looks again and again.
func poll(ctx context.Context, dir string, known map[string]version, every time.Duration, tell func(tea.Msg), why string) {
	tell(watchedMsg{why})
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if maps.Equal(known, scan(dir)) {
				continue
			}
			select {
			case <-ctx.Done():
			case <-time.After(settled):
			}
			known = compare(dir, known, tell)
		}
	}
}

// compare tells when a file is not as it was.
func compare(dir string, known map[string]version, tell func(tea.Msg)) map[string]version {
	now := scan(dir)
	if !maps.Equal(known, now) {
		tell(savedMsg{})
	}
	return now
}

// A version is what tells a file from what it was before.
type version struct {
	size    int64
	changed time.Time
}

// scan looks at every Go file, and at go.mod. What an editor keeps beside them
// is no change.
func scan(dir string) map[string]version {
	found := make(map[string]version)
	eachFolder(dir, func(string) {}, func(path string, entry fs.DirEntry) {
		if filepath.Ext(path) != ".go" && entry.Name() != "go.mod" {
			return
		}
		if info, err := entry.Info(); err == nil { // and else it is gone by now
			found[path] = version{info.Size(), info.ModTime().Round(0)}
		}
	})
	return found
}

// addFolders has the watcher watch a folder and those below it.
func addFolders(events *fsnotify.Watcher, dir string) (err error) {
	eachFolder(dir, func(path string) {
		if failed := events.Add(path); failed != nil {
			err = failed
		}
	}, func(string, fs.DirEntry) {})
	return err
}

// eachFolder walks through the folders and files below dir, but for those with a
// name that begins with a dot. What cannot be read is passed over.
func eachFolder(dir string, folder func(path string), file func(path string, entry fs.DirEntry)) {
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		hidden := path != dir && strings.HasPrefix(filepath.Base(path), ".")
		switch {
		case err != nil:
		case hidden && entry.IsDir():
			return fs.SkipDir
		case hidden:
		case entry.IsDir():
			folder(path)
		default:
			file(path, entry)
		}
		return nil
	})
}

// foreign returns the kind of file system that dir is on, if it is one where others
// save without an event: a disk of Windows in WSL, or one of another machine. Only
// Linux tells; elsewhere it is "".
func foreign(dir string) string {
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return ""
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return ""
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	return foreignIn(string(mounts), dir)
}

// foreignIn looks a folder up in a table of mounts: device, folder, kind, ….
func foreignIn(mounts, dir string) (kind string) {
	longest := -1
	for line := range strings.Lines(mounts) {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			continue
		}
		point := fields[1]
		if unquoted, err := strconv.Unquote(`"` + point + `"`); err == nil {
			point = unquoted // a blank is \040
		}
		below, err := filepath.Rel(point, dir)
		if err == nil && filepath.IsLocal(below) && len(point) >= longest {
			longest, kind = len(point), fields[2]
		}
	}
	if !slices.Contains(silent, kind) {
		return ""
	}
	return kind
}

// silent are the file systems on which others save without an event.
var silent = []string{"9p", "drvfs", "virtiofs", "nfs", "nfs4", "cifs", "smb3", "vboxsf", "vmhgfs", "fuse.vmhgfs-fuse", "fuse.sshfs", "prl_fs"}
