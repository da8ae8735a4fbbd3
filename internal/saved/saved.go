// Package saved finds out that files were saved: by the events of the system, and
// where there are none by looking once a second.
package saved

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

	"github.com/fsnotify/fsnotify"
)

const (
	settled = 150 * time.Millisecond // an editor saves in several moves
	polled  = time.Second
)

// mostFolders is how many folders are watched: a system has room for so many.
const mostFolders = 2000

// Files are those that matter.
type Files struct {
	Folders []string                 // where they are, or below
	Is      func(path string) bool   // of a file
	Skip    func(folder string) bool // whether none are in a folder, nor below; may be nil
}

// Versions are what files are like at one time.
type Versions map[string]version

// A version is what tells a file from what it was before.
type version struct {
	size    int64
	changed time.Time
}

// Watch tells whenever files are not as they were known, and which, until the context
// ends. What is saved while it tells, it tells next. Where no events come, it looks
// once a second, and says so.
func (f Files) Watch(ctx context.Context, known Versions, tell func(names []string), poll func(why string)) {
	events, err := fsnotify.NewWatcher()
	if err != nil {
		poll("No events come from this system.")
		f.poll(ctx, known, polled, tell)
		return
	}
	defer events.Close()
	for _, dir := range f.Folders {
		if kind := foreign(dir); kind != "" {
			poll("No events come from this file system (" + kind + ").")
			f.poll(ctx, known, polled, tell)
			return
		}
	}
	if err := f.addFolders(events); err != nil {
		poll("No events come from some of your folders.")
		f.poll(ctx, known, polled, tell)
		return
	}
	quiet, waits := time.NewTimer(settled), true // and a first look, for what was saved meanwhile
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-events.Events:
			if !f.Is(event.Name) {
				// A folder may come or go; but what an application writes all the time
				// must not keep us waiting.
				if waits || !event.Has(fsnotify.Create|fsnotify.Remove|fsnotify.Rename) {
					continue
				}
			}
		case <-events.Errors: // events were lost: look oneself
		case <-quiet.C:
			waits = false
			_ = f.addFolders(events) // there may be new ones; those that can be watched are
			known = f.compare(known, tell)
			continue
		}
		quiet.Reset(settled)
		waits = true
	}
}

// poll looks again and again.
func (f Files) poll(ctx context.Context, known Versions, every time.Duration, tell func(names []string)) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if maps.Equal(known, f.Scan()) {
				continue
			}
			select {
			case <-ctx.Done():
			case <-time.After(settled):
			}
			known = f.compare(known, tell)
		}
	}
}

// compare tells when files are not as they were.
func (f Files) compare(known Versions, tell func(names []string)) Versions {
	now := f.Scan()
	var names []string
	for name, version := range now {
		if before, was := known[name]; !was || before != version {
			names = append(names, name)
		}
	}
	for name := range known {
		if _, is := now[name]; !is {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		slices.Sort(names)
		tell(names)
	}
	return now
}

// Scan looks at every file that matters. What an editor keeps beside them is no
// change.
func (f Files) Scan() Versions {
	found := make(Versions)
	f.each(func(string) {}, func(path string, entry fs.DirEntry) {
		if !f.Is(path) {
			return
		}
		if info, err := entry.Info(); err == nil { // and else it is gone by now
			found[path] = version{info.Size(), info.ModTime().Round(0)}
		}
	})
	return found
}

// TooMany tells whether there are more folders than are watched, and how many are:
// the first ones.
func (f Files) TooMany() (most int, tooMany bool) {
	return mostFolders, !f.each(func(string) {}, func(string, fs.DirEntry) {})
}

// addFolders has the watcher watch all folders. Those that it has it keeps.
func (f Files) addFolders(events *fsnotify.Watcher) (err error) {
	f.each(func(path string) {
		if failed := events.Add(path); failed != nil {
			err = failed
		}
	}, func(string, fs.DirEntry) {})
	return err
}

// each walks through the folders and files, but for those with a name that begins
// with a dot. What cannot be read is passed over. It tells whether it came to the end.
func (f Files) each(folder func(path string), file func(path string, entry fs.DirEntry)) bool {
	seen := make(map[string]bool)
	for _, dir := range f.Folders {
		_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			hidden := path != dir && strings.HasPrefix(filepath.Base(path), ".")
			switch {
			case err != nil:
			case hidden && !entry.IsDir():
			case !entry.IsDir():
				file(path, entry)
			case hidden || seen[path] || path != dir && f.Skip != nil && f.Skip(path):
				return fs.SkipDir
			case len(seen) >= mostFolders:
				seen[path] = true
				return fs.SkipAll
			default:
				seen[path] = true
				folder(path)
			}
			return nil
		})
	}
	return len(seen) <= mostFolders
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
