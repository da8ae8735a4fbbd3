//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// pin moves this process to one core and keeps another for the servers, if it
// may use two.
func (b *bench) pin() {
	var allowed unix.CPUSet
	if err := unix.SchedGetaffinity(0, &allowed); err != nil {
		return
	}
	var cores []int
	for core := range len(allowed) * 64 {
		if allowed.IsSet(core) {
			cores = append(cores, core)
		}
	}
	if len(cores) < 2 {
		return
	}
	b.serverCore.Set(cores[0])
	b.loadCore.Set(cores[1])
	threads, _ := os.ReadDir("/proc/self/task")
	for _, thread := range threads {
		id, _ := strconv.Atoi(thread.Name())
		if err := unix.SchedSetaffinity(id, &b.loadCore); err != nil {
			return
		}
	}
	b.pinned = true
	// The load generator is one thread. A second would only take turns with it.
	runtime.GOMAXPROCS(1)
}

// onServerCore calls a function that starts a process. That inherits the core of
// the thread it is started from.
func (b *bench) onServerCore(start func() error) error {
	if !b.pinned {
		return start()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.SchedSetaffinity(0, &b.serverCore); err != nil {
		return err
	}
	err := start()
	if back := unix.SchedSetaffinity(0, &b.loadCore); err == nil {
		err = back
	}
	return err
}

// cpu returns the CPU time of the server and of the processes that it started.
func (s *process) cpu() time.Duration {
	var total time.Duration
	for _, pid := range family(s.pid) {
		// The CPU clock of another process, of all its threads, also those that
		// have ended. /proc/PID/stat counts in hundredths of a second.
		const scheduler = 2 // CPUCLOCK_SCHED of Linux
		var t unix.Timespec
		if unix.ClockGettime(int32(^pid<<3|scheduler), &t) == nil {
			total += time.Duration(t.Nano())
		}
	}
	return total
}

// family returns a process, the children of all its threads, theirs, and so on.
func family(pid int) []int {
	all := []int{pid}
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, thread := range threads {
		children, _ := os.ReadFile(thread)
		for _, child := range parseChildren(string(children)) {
			all = append(all, family(child)...)
		}
	}
	return all
}

func parseChildren(text string) []int {
	var all []int
	for _, word := range strings.Fields(text) {
		if pid, err := strconv.Atoi(word); err == nil {
			all = append(all, pid)
		}
	}
	return all
}

// memory returns how many bytes the server has taken: pages of its own, not those
// of its program, which are read from a file when they are first needed.
func (s *process) memory() (int64, error) {
	var total int64
	for _, pid := range family(s.pid) {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			return 0, err
		}
		own, err := parseRollup(string(text))
		if err != nil {
			return 0, err
		}
		total += own
	}
	return total, nil
}

// parseRollup finds the Anonymous line.
func parseRollup(text string) (int64, error) {
	for line := range strings.Lines(text) {
		if size, ok := strings.CutPrefix(line, "Anonymous:"); ok {
			kB, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(size), "kB")), 10, 64)
			return kB << 10, err
		}
	}
	return 0, fmt.Errorf("no Anonymous in %.80q", text)
}

// growth samples the memory of a server while do runs, and returns the most that
// was added.
func (s *process) growth(do func() error) (int64, error) {
	before, err := s.memory()
	if err != nil {
		return 0, err
	}
	stop, most := make(chan struct{}), make(chan int64)
	go func() {
		peak := before
		for running := true; running; {
			if now, err := s.memory(); err == nil {
				peak = max(peak, now)
			}
			select {
			case <-stop:
				running = false
			case <-time.After(5 * time.Millisecond):
			}
		}
		most <- peak
	}()
	err = do()
	close(stop)
	return <-most - before, err
}

// machine describes where this was measured.
func machine() string {
	model := runtime.GOARCH
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if key, value, _ := strings.Cut(line, ":"); strings.TrimSpace(key) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return fmt.Sprintf("%s, Linux %s, %s", model, strings.TrimSpace(string(kernel)), runtime.Version())
}
