package command

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"barewire/apps/python"
	"barewire/internal/saved"
	"barewire/server/trace"

	"github.com/spf13/cobra"
)

// workers run Python's applications.
type workers struct {
	number  int
	python  string
	timeout time.Duration
	debug   bool
	reload  bool
	served  []inPython
	says    *aside // what they print, and what becomes of them

	// With reload.
	folders  []string       // of sources
	known    saved.Versions // these, before Python has looked at them
	unwatch  context.CancelFunc
	watching sync.WaitGroup
}

// An inPython is an application in workers.
type inPython struct {
	name string
	pool *python.Pool
}

// An aside is for what nobody has asked for. Where there is a live screen, it has
// one line for it.
type aside struct {
	mutex  sync.Mutex
	text   io.Writer
	screen chan<- string // nil without one; the last place in it is left to others
}

func (a *aside) show(screen chan<- string) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.screen = screen
}

func (a *aside) Write(text []byte) (int, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.screen == nil {
		return a.text.Write(text)
	}
	// Of a traceback the last line tells what is wrong.
	line, rest, _ := bytes.Cut(bytes.TrimSpace(text), []byte("\n"))
	if last := bytes.LastIndexByte(rest, '\n'); len(rest) > 0 {
		line = append(append(slices.Clip(line), " … "...), rest[last+1:]...)
	}
	if len(a.screen) < cap(a.screen)-1 {
		a.screen <- trace.Escape(line)
	}
	return len(text), nil
}

// appTimeout is how long an application may say nothing, as with gunicorn.
const appTimeout = 30 * time.Second

func newWorkers(world World) *workers {
	return &workers{number: 1, says: &aside{text: escaped{world.Err}}}
}

// addTo makes flags of a command.
func (w *workers) addTo(command *cobra.Command) {
	w.number, w.timeout = runtime.NumCPU(), appTimeout
	number := newNumber(&w.number)
	number.text = "" // the help is the same on every machine
	command.Flags().Var(number, "workers", "Python processes, for an application in Python (default one for each core)")
	command.Flags().StringVar(&w.python, "python", "", "the `PROGRAM` for an application in Python (default that of the active virtual environment, or python3)")
	command.Flags().Var(newDuration(&w.timeout), "app-timeout", "for an application in Python to say something; then its process is ended, and the answer is 504")
	command.Flags().BoolVar(&w.reload, "reload", false, "when a .py file changes, below here or beside an application in Python, go on with new processes")
	command.Flags().BoolVar(&w.debug, "debug", false, "tell the client the traceback of an exception in Python")
}

// isPython tells whether a name is that of an application in Python: file.py,
// python:module, or module:callable where the file of the module is here.
func isPython(name string) bool {
	where, _, named := strings.Cut(name, ":")
	if where == "python" || strings.HasSuffix(where, ".py") {
		return true
	}
	if !named || where == "" {
		return false
	}
	path := filepath.Join(strings.Split(where, ".")...)
	for _, file := range []string{path + ".py", filepath.Join(path, "__init__.py")} {
		if _, err := os.Stat(file); err == nil {
			return true
		}
	}
	return false
}

// find returns the application of that name. Of one in Python it starts the workers.
func (w *workers) find(name string, world World) (app, error) {
	found, err := findApp(name, world)
	if err == nil || !isPython(name) {
		return found, err
	}
	if where, _, _ := strings.Cut(name, ":"); strings.HasSuffix(where, ".py") {
		if _, err := os.Stat(where); err != nil {
			return app{}, fmt.Errorf("there is no application %q; there is no file %s", name, where)
		}
	}
	if w.reload {
		w.remember(name)
	}
	pool, err := python.Start(python.Settings{
		App:     name,
		Python:  w.program(world),
		Workers: max(1, w.number),
		Timeout: w.timeout,
		Debug:   w.debug,
		Reload:  w.reload,
		Errors:  w.says,
	})
	switch {
	case errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist):
		return app{}, failure{fmt.Errorf("%s is an application in Python, and there is no %s; install Python 3, or say where it is with --python", name, w.program(world))}
	case err != nil:
		return app{}, failure{fmt.Errorf("%s cannot be served: %w", name, err)}
	}
	w.served = append(w.served, inPython{name, pool})
	return app{name: name, about: "is an application in Python", serve: pool.Application}, nil
}

// program is Python: the one that was asked for, or that of the virtual environment
// that is active, or what python3 is.
func (w *workers) program(world World) string {
	if environment := world.Env("VIRTUAL_ENV"); environment != "" && w.python == "" {
		return filepath.Join(environment, "bin", "python")
	}
	return cmp.Or(w.python, "python3")
}

// stop ends them.
func (w *workers) stop() {
	if w.unwatch != nil {
		w.unwatch()
	}
	for _, s := range w.served {
		s.pool.Close()
	}
	w.watching.Wait()
}
