package workshop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"barewire/internal/check"
)

const (
	maxSaid    = 64 << 10        // that is kept of what a program prints
	groupDelay = 3 * time.Second // from the end of a program to that of its output
)

// testLimit is for the tests of a step, which take a second. Their test has less.
var testLimit = 20 * time.Second

// build compiles what the checks need: the demo, the step's own tests, and the
// whole server if one of them asks for it.
func (r *run) build(ctx context.Context, checks []*check.Check) (ok bool, err error) {
	r.tell(Building{})
	commands := [][]string{
		{"build", "-buildvcs=false", "-trimpath", "-o", r.binary("demo"), "./" + r.folder + "/demo"},
		{"test", "-c", "-vet=off", "-buildvcs=false", "-trimpath", "-o", r.binary("tests"), "./" + r.folder},
	}
	if slices.ContainsFunc(checks, func(c *check.Check) bool { return c.Needs == check.App }) {
		commands = append(commands, []string{"build", "-buildvcs=false", "-trimpath", "-o", r.binary("server"), "."})
	}
	for _, args := range commands {
		said, err := r.command(ctx, r.dir, "go", args...)
		var failed *exec.ExitError
		switch {
		case ctx.Err() != nil:
			return false, ctx.Err()
		case errors.As(err, &failed):
			found := faults(said, r.folder)
			if found == nil {
				found = []Fault{{Text: strings.TrimSpace(said)}}
			}
			r.tell(Built{found})
			return false, nil
		case err != nil:
			return false, fmt.Errorf("go does not run (%w); barewire doctor tells what to do", err)
		}
	}
	r.tell(Built{})
	return true, nil
}

// test runs the step's own tests, and tells whether all it needs is written.
func (r *run) test(ctx context.Context) (written bool, err error) {
	if _, err := os.Stat(r.binary("tests")); errors.Is(err, os.ErrNotExist) {
		r.Tests = true // somebody removed them all
		r.tell(Tested{Passed: true})
		return true, nil
	}
	// As go test does it, os.Exit(0) in the midst of a test is a panic.
	said, err := r.command(ctx, filepath.Join(r.dir, filepath.FromSlash(r.folder)), r.binary("tests"), "-test.paniconexit0", "-test.timeout="+testLimit.String())
	var failed *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case err == nil:
		r.Tests = true
		r.tell(Tested{Passed: true})
		return true, nil
	case !errors.As(err, &failed):
		return false, err
	}
	tested := r.judge(said)
	r.tell(tested)
	return !tested.NotWritten, nil
}

// judge reads what tests said that failed.
func (r *run) judge(said string) Tested {
	tested := Tested{Sentence: isUnwritten.FindString(said), Output: said, Faults: faults(said, r.folder), Stopped: ofPanic.MatchString(said)}
	tested.NotWritten = tested.Sentence != ""
	for _, match := range failedTest.FindAllStringSubmatch(said, -1) {
		tested.Failed = append(tested.Failed, match[1])
	}
	tested.Failed = append(tested.Failed, hanging(said)...)
	var whole []string
	for _, name := range tested.Failed {
		if name, _, _ = strings.Cut(name, "/"); !slices.Contains(whole, name) {
			whole = append(whole, name)
		}
	}
	r.TestsFailed = max(1, len(whole))
	if !tested.NotWritten {
		r.fails().Test = append(whole, "one of the tests")[0]
		r.failed.Where = append(tested.Faults, Fault{})[0]
	}
	return tested
}

// binary is where a program is built. Windows insists on the ending.
func (r *run) binary(name string) string { return filepath.Join(r.temp, name+".exe") }

// command runs a program to its end, in a process group of its own, which ends
// with ctx. It needs no network, for nothing that is built comes from there, and
// what it leaves behind when it is killed is where we clear up.
func (r *run) command(ctx context.Context, dir, name string, args ...string) (said string, err error) {
	command := exec.CommandContext(ctx, name, args...)
	command.Dir = dir
	command.Env = append(os.Environ(), "GOPROXY=off", "GOTOOLCHAIN=local", "GOWORK=off", "GOTMPDIR="+r.temp, "TMPDIR="+r.temp)
	var out lastWords
	command.Stdout, command.Stderr = &out, &out
	command.WaitDelay = groupDelay
	ownGroup(command)
	err = command.Run()
	return string(out), err
}

// lastWords is the end of what was printed.
type lastWords []byte

func (l *lastWords) Write(printed []byte) (int, error) {
	*l = append(*l, printed...)
	*l = (*l)[max(0, len(*l)-maxSaid):]
	return len(printed), nil
}

var (
	isUnwritten = regexp.MustCompile(`step \d\d is not written yet`)
	failedTest  = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	ofPanic     = regexp.MustCompile(`(?m)^(?:panic|fatal error): (.*)$`)
	ofHanging   = regexp.MustCompile(`(?m)^panic: test timed out after .*\n\trunning tests:\n((?:\t\t.*\n?)*)`)
)

// hanging names the tests that did not end, and of a test its parts.
func hanging(said string) (names []string) {
	match := ofHanging.FindStringSubmatch(said)
	if match == nil {
		return nil
	}
	for line := range strings.Lines(match[1]) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if last := len(names) - 1; last >= 0 && strings.HasPrefix(name, names[last]+"/") {
			names[last] = name // the part is what hangs
		} else {
			names = append(names, name)
		}
	}
	return names
}
