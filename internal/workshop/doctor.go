package workshop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/version"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"
)

// ErrIll tells that Doctor found something that has to be mended.
var ErrIll = errors.New("something has to be mended first, see above")

// patience is for a first build on a slow machine.
const patience = 3 * time.Minute

// A Terminal is what the learner looks at.
type Terminal struct {
	Is            bool // and not a file or a pipe
	Width, Height int
	Colors        int // how many it shows; 0 for none
	UTF8          bool
}

// A doctor writes one line for each thing that it looks at.
type doctor struct {
	out   io.Writer
	signs signs
	ill   bool
}

// Doctor looks at everything that the workshop needs on this machine, and says
// what to do about what is missing. The error is ErrIll when it cannot wait.
func Doctor(ctx context.Context, out io.Writer, dir string, terminal Terminal) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	d := &doctor{out: out, signs: signsFor(!terminal.UTF8)}
	found := d.goTool(ctx)
	d.curl(ctx)
	d.ports()
	d.terminal(terminal)
	if w := d.workspace(dir); w != nil && found {
		d.build(ctx, w)
	}
	if d.ill {
		return ErrIll
	}
	return nil
}

// The three verdicts: well; to be mended; and worth knowing.
func (d *doctor) well(format string, args ...any) { d.line(d.signs.good, format, args...) }
func (d *doctor) note(format string, args ...any) { d.line(d.signs.idle, format, args...) }
func (d *doctor) mend(format string, args ...any) {
	d.line(d.signs.bad, format, args...)
	d.ill = true
}

func (d *doctor) line(sign, format string, args ...any) {
	fmt.Fprintf(d.out, "%s %s\n", sign, fmt.Sprintf(format, args...))
}

// goTool asks Go itself. GOTOOLCHAIN=local keeps an old one from looking for a
// newer one on the network.
func (d *doctor) goTool(ctx context.Context) bool {
	command := exec.CommandContext(ctx, "go", "env", "-json", "GOVERSION", "GOFLAGS")
	command.Env = append(os.Environ(), "GOTOOLCHAIN=local")
	command.Dir = os.TempDir() // no go.mod there asks for another version
	text, err := command.Output()
	var env struct{ GOVERSION, GOFLAGS string }
	if err == nil {
		err = json.Unmarshal(text, &env)
	}
	switch {
	case err != nil:
		d.mend("go does not run (%v): install Go %s or later from https://go.dev/dl, and put it into PATH", err, goVersion)
		return false
	case version.IsValid(env.GOVERSION) && version.Compare(env.GOVERSION, "go"+goVersion) < 0:
		d.mend("%s is too old: install Go %s or later from https://go.dev/dl", env.GOVERSION, goVersion)
		return false
	}
	d.well("%s", env.GOVERSION)
	if env.GOFLAGS != "" {
		d.note("GOFLAGS is %q; if a build fails, try without: go env -u GOFLAGS, or unset GOFLAGS", env.GOFLAGS)
	}
	return true
}

func (d *doctor) curl(ctx context.Context) {
	text, err := exec.CommandContext(ctx, "curl", "--version").Output()
	if words := bytes.Fields(text); err == nil && len(words) > 1 {
		d.well("curl %s", words[1])
		return
	}
	d.note("curl does not run; the checks do without, but every chapter calls it: install the package curl")
}

func (d *doctor) ports() {
	if err := listen("127.0.0.1:0"); err != nil {
		d.mend("no port can be opened on 127.0.0.1 (%v): look for a firewall or a sandbox", err)
		return
	}
	d.well("a free port on 127.0.0.1")
	if err := listen("127.0.0.1:8888"); err != nil {
		d.note("port 8888 is taken; give a demo another address: go run ./steps/01_listen/demo 127.0.0.1:0")
	}
}

func listen(address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	return listener.Close()
}

func (d *doctor) terminal(t Terminal) {
	switch {
	case !t.Is:
		d.note("no terminal here, so barewire learn runs as plain text")
		return
	case t.Width < 80 || t.Height < 24:
		d.note("a terminal of %d columns and %d rows: make it 80 by 24 or larger for barewire learn", t.Width, t.Height)
	default:
		d.well("a terminal of %d columns and %d rows", t.Width, t.Height)
	}
	if t.Colors == 0 {
		d.note("no colours; signs and words tell the same")
	} else {
		d.well("%d colours", t.Colors)
	}
	if t.UTF8 {
		d.well("UTF-8")
	} else {
		d.note("no UTF-8, so signs are ASCII; for the others: export LC_ALL=C.UTF-8")
	}
}

// workspace looks at the files, and says which are not as they were given.
func (d *doctor) workspace(dir string) *Workspace {
	w, notice, err := Open(dir)
	switch {
	case errors.Is(err, ErrNone):
		d.note("no workspace here: barewire init DIR makes one")
		return nil
	case err != nil:
		d.mend("the workspace cannot be read: %v", err)
		return nil
	}
	if notice != "" {
		d.note("%s", notice)
	}
	d.well("the workspace %s, step %02d", w.Dir, w.Progress.Step)
	missing, changed, err := w.given()
	if err != nil {
		d.mend("the workspace cannot be read: %v", err)
	}
	for _, name := range missing {
		d.mend("%s is missing: %s", name, comesBack)
	}
	for _, name := range changed {
		d.note("%s was given and is changed; if that was not meant: %s", name, comesBack)
	}
	return w
}

// build proves that the workspace needs no network, and that it compiles.
func (d *doctor) build(ctx context.Context, w *Workspace) {
	command := exec.CommandContext(ctx, "go", "build", "./...")
	command.Dir = w.Dir
	command.Env = append(os.Environ(), "GOPROXY=off", "GOTOOLCHAIN=local")
	said, err := command.CombinedOutput()
	if err == nil {
		d.well("it builds, without a network")
		return
	}
	text := strings.TrimSpace(string(said))
	if text == "" {
		text = err.Error()
	}
	d.mend("it does not build; go build ./... says:\n%s", indented(text))
}

// indented shows the first lines of what a program said.
func indented(text string) string {
	lines := strings.Split(text, "\n")
	if len(lines) > 10 {
		lines = append(lines[:10], fmt.Sprintf("and %d more lines", len(lines)-10))
	}
	return "    " + strings.Join(lines, "\n    ")
}
