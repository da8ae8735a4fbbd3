//go:build unix

package python_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"barewire/apps/python"
	"barewire/internal/apptest"
	body "barewire/steps/05_body"

	"go.uber.org/goleak"
)

// A changing application is a file that is written again and again.
type changing struct {
	t    *testing.T
	path string
}

func newChanging(t *testing.T) changing {
	t.Setenv("PYTHONDONTWRITEBYTECODE", "") // whoever has it set would not see what it is about
	c := changing{t, filepath.Join(t.TempDir(), "changing.py")}
	c.write("1")
	return c
}

// write makes it an application that answers with a number, or what else can be
// written in Python, and the pid. A request for /held ends when the client says so.
func (c changing) write(answer string) {
	c.t.Helper()
	text := `
import os

ANSWER = ` + answer + `

def app(environ, start_response):
    if environ["PATH_INFO"] == "/held":
        environ["wsgi.input"].read(1)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"%d %d" % (ANSWER, os.getpid())]
`
	if err := os.WriteFile(c.path, []byte(text), 0o644); err != nil {
		c.t.Error(err)
	}
	// What Python has compiled it takes for that of any source of this time.
	if err := os.Chtimes(c.path, time.Time{}, time.Unix(1<<30, 0)); err != nil {
		c.t.Error(err)
	}
}

// ask returns the two numbers of an answer.
func ask(t *testing.T, pool *python.Pool, path string) (answer, pid int) {
	t.Helper()
	return numbers(t, run(pool, path, ""))
}

func numbers(t *testing.T, got apptest.Answer) (answer, pid int) {
	t.Helper()
	if n, err := fmt.Sscan(strings.Join(got.Chunks, ""), &answer, &pid); n != 2 || got.Status != "200 OK" || got.Err != nil {
		t.Errorf("the answer is %+v, %v", got, err)
	}
	return answer, pid
}

// A held request is in the hands of a worker until it is let go.
type held struct {
	asked  chan struct{} // closed when Python waits for the body
	letGo  chan struct{}
	answer chan apptest.Answer
}

func hold(pool *python.Pool, path string) held {
	h := held{make(chan struct{}), make(chan struct{}), make(chan apptest.Answer, 1)}
	environ := environ(path, "", io.Discard)
	environ["QUERY_STRING"] = "0"
	environ["wsgi.input"] = body.NewReader(bufio.NewReader(h), io.Discard, body.Framing{Length: 1}, body.Limits{Bytes: 1})
	go func() { h.answer <- apptest.Run(pool.Application, environ) }()
	return h
}

// Read is that of the client, who sends one byte.
func (h held) Read(block []byte) (int, error) {
	close(h.asked)
	<-h.letGo
	return copy(block, "x"), nil
}

func (h held) end() apptest.Answer {
	close(h.letGo)
	return <-h.answer
}

// awaitKeepers waits until a pool is so many workers, those of old code among them.
func awaitKeepers(t *testing.T, want int) {
	t.Helper()
	await(t, fmt.Sprintf("the end of all workers but %d", want), func() bool {
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		return bytes.Count(stacks, []byte("python.(*Pool).keep(")) == want
	})
}

// isGone tells whether a process has ended.
func isGone(pid int) bool { return syscall.Kill(pid, 0) == syscall.ESRCH }

// Under load each answer is whole, and none is of code that was replaced before it
// was asked for.
func TestReload(t *testing.T) {
	others := goleak.IgnoreCurrent()
	app := newChanging(t)
	pool, _ := start(t, python.Settings{App: app.path, Workers: 2, Reload: true})
	var written, announced atomic.Int64
	written.Store(1)
	announced.Store(1)

	var clients sync.WaitGroup
	var pids sync.Map
	done := make(chan struct{})
	for range 3 {
		clients.Add(1)
		go func() {
			defer clients.Done()
			for !closed(done) {
				least := announced.Load()
				answer, pid := ask(t, pool, "/")
				if most := written.Load(); int64(answer) < least || int64(answer) > most {
					t.Errorf("the answer is %d, want one from %d to %d", answer, least, most)
				}
				pids.Store(pid, true)
			}
		}()
	}
	const last = 5
	for i := int64(2); i <= last; i++ {
		written.Store(i)
		app.write(strconv.FormatInt(i, 10))
		if err := pool.Reload(); err != nil {
			t.Errorf("Reload = %v", err)
		}
		announced.Store(i)
	}
	close(done)
	clients.Wait()
	if answer, _ := ask(t, pool, "/"); answer != last {
		t.Errorf("in the end the answer is %d, want %d", answer, last)
	}
	awaitKeepers(t, 2)
	pool.Close()
	pids.Range(func(pid, _ any) bool {
		if !isGone(pid.(int)) {
			t.Errorf("worker %d is still there", pid)
		}
		return true
	})
	goleak.VerifyNone(t, others)
}

func closed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// Code that cannot be imported changes nothing, and the next that can does.
func TestReloadFails(t *testing.T) {
	app := newChanging(t)
	pool, errs := start(t, python.Settings{App: app.path, Workers: 2, Reload: true})
	first := hold(pool, "/held")
	<-first.asked
	_, one := ask(t, pool, "/")
	_, another := numbers(t, first.end())
	old := []int{one, another}

	app.write("]")
	if err := pool.Reload(); !errors.As(err, new(python.LoadError)) || strings.Count(err.Error(), "SyntaxError") != 1 {
		t.Errorf("Reload = %v, want one traceback", err)
	}
	if answer, pid := ask(t, pool, "/"); answer != 1 || !slices.Contains(old, pid) {
		t.Errorf("the answer is %d by %d, want 1 by one of %d", answer, pid, old)
	}
	app.write("2")
	if err := pool.Reload(); err != nil {
		t.Errorf("Reload = %v", err)
	}
	if answer, pid := ask(t, pool, "/"); answer != 2 || slices.Contains(old, pid) {
		t.Errorf("the answer is %d by %d, want 2 by none of %d", answer, pid, old)
	}
	awaitKeepers(t, 2)
	if errs.String() != "" {
		t.Errorf("the pool itself says %q", errs)
	}
}

// A request in hand is answered by the code that it was given to; those that wait
// for its worker do not wait for its end.
func TestReloadBesideRequest(t *testing.T) {
	app := newChanging(t)
	pool, _ := start(t, python.Settings{App: app.path, Reload: true})
	first := hold(pool, "/held")
	<-first.asked
	waiting := make(chan apptest.Answer)
	go func() { waiting <- run(pool, "/", "") }()

	app.write("2")
	if err := pool.Reload(); err != nil {
		t.Fatal(err)
	}
	if answer, _ := numbers(t, <-waiting); answer != 2 {
		t.Errorf("what has waited is answered with %d, want 2", answer)
	}
	answer, old := numbers(t, first.end())
	if answer != 1 {
		t.Errorf("what was in hand is answered with %d, want 1", answer)
	}
	await(t, "the end of the old worker", func() bool { return isGone(old) })
	if answer, _ := ask(t, pool, "/"); answer != 2 {
		t.Errorf("what comes later is answered with %d, want 2", answer)
	}
}

// Nobody is put in the place of an old worker that was killed.
func TestReloadBesideKill(t *testing.T) {
	app := newChanging(t)
	pool, _ := start(t, python.Settings{App: app.path, Workers: 2, Reload: true})
	first := hold(pool, "/held")
	<-first.asked
	_, pid := ask(t, pool, "/")
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	app.write("2")
	if err := pool.Reload(); err != nil {
		t.Fatal(err)
	}
	if answer, _ := numbers(t, first.end()); answer != 1 {
		t.Errorf("what was in hand is answered with %d, want 1", answer)
	}
	for range 20 {
		if answer, _ := ask(t, pool, "/"); answer != 2 {
			t.Errorf("the answer is %d, want 2", answer)
		}
	}
	awaitKeepers(t, 2)
}

// Close does not wait for an import that never ends.
func TestCloseWhileReloading(t *testing.T) {
	app := newChanging(t)
	pool, _ := start(t, python.Settings{App: app.path, Reload: true})
	mark := filepath.Join(filepath.Dir(app.path), "mark")
	app.write(fmt.Sprintf("open(%q, 'w').write('%%d ' %% os.getpid()); __import__('time').sleep(3600)", mark))
	reloaded := make(chan error)
	go func() { reloaded <- pool.Reload() }()
	var importing int
	await(t, "the import", func() bool {
		text, _ := os.ReadFile(mark) // which is not there at first
		n, _ := fmt.Sscanf(string(text), "%d ", &importing)
		return n == 1
	})
	pool.Close()
	if err := <-reloaded; err == nil || errors.As(err, new(python.LoadError)) {
		t.Errorf("Reload = %v, want that the pool is closed", err)
	}
	if !isGone(importing) {
		t.Errorf("worker %d is still there", importing)
	}
	if err := pool.Reload(); err == nil {
		t.Error("Reload of a closed pool has no error")
	}
}
