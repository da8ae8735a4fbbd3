//go:build linux

package main

import (
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

//go:embed pages.py
var pagesPython string

// gunicorn is whom the servers of Python's applications are compared with.
const gunicorn = "gunicorn"

// choosePython has the servers of Python's applications compared that this machine
// has: each with two workers, of the same Python. They share all cores with the load,
// for two workers are to be busy at a time.
func (b *bench) choosePython(temp string, rows, peers *regexp.Regexp) error {
	python, err := findPython()
	if err != nil {
		return err
	}
	root, err := repository(b.ctx)
	if err != nil {
		return err
	}
	barewire := filepath.Join(temp, "barewire")
	if err := build(b.ctx, root, barewire); err != nil {
		return err
	}
	pages := filepath.Join(temp, "pages.py")
	if err := os.WriteFile(pages, []byte(pagesPython), 0o666); err != nil {
		return err
	}
	all := []peer{
		{name: "Barewire", command: func(string) []string {
			return []string{barewire, "serve", pages + ":app", "--python", python, "--workers", "2", "--trace", "none", "--addr", "127.0.0.1:0"}
		}},
		{name: gunicorn, stranger: true, closes: true, command: func(port string) []string {
			return []string{python, "-m", "gunicorn", "--workers", "2", "--bind", "127.0.0.1:" + port, "--log-level", "critical", "--chdir", temp, "pages:app"}
		}},
		{name: "uWSGI", stranger: true, closes: true, command: func(port string) []string {
			return []string{"uwsgi", "--master", "--processes", "2", "--http-socket", "127.0.0.1:" + port, "--plugin", "python3",
				"--disable-logging", "--listen", "100", "--add-header", "Connection: close", "--callable", "app", "--wsgi-file", pages}
		}},
	}
	for _, p := range all {
		_, err := exec.LookPath(p.command("0")[0])
		if err == nil && (p.name == gunicorn || peers.MatchString(p.name)) {
			b.peers = append(b.peers, p)
		}
	}
	for _, row := range pythonRows {
		if rows.MatchString(row.name) {
			b.rows = append(b.rows, row)
		}
	}
	b.python = true
	return nil
}

// findPython returns a Python that has what is to be compared.
func findPython() (string, error) {
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import flask, gunicorn").Run() == nil {
			return name, nil
		}
	}
	return "", errors.New("no Python 3 here has Flask and gunicorn, which the comparison needs")
}

// pythonRows are measured with -python.
var pythonRows = []row{
	{"a plain hello, throughput", "requests/s", throughput, false, everyone, served("/")},
	{"a hello of Flask, throughput", "requests/s", throughput, false, everyone, served("/flask")},
	{"a plain hello, work of server and workers", "µs", asWork, false, everyone, worked("/")},
	{"a hello of Flask, work of server and workers", "µs", asWork, false, everyone, worked("/flask")},
	{"1 GiB up, memory growth", "kB", plainly, false, everyone, transferMemory(uploadStream)},
	{"1 GiB down, memory growth", "kB", plainly, false, everyone, transferMemory(download)},
	{"1 GiB up, speed", "MB/s", throughput, false, everyone, transfer(uploadStream)},
	{"1 GiB down, speed", "MB/s", throughput, false, everyone, transfer(download)},
	{"a worker is killed each second: requests that fail, for each", "", plainly, false, everyone, killed},
}

// visitors are as many as keep two workers busy.
const visitors = 16

// visit is a load for a page. Where the server closes, the clients come again.
func visit(p peer, page string) load {
	if p.closes {
		return load{visitors, 1, []string{strings.Replace(last, "/", page, 1)}, true}
	}
	return load{visitors, 1, []string{strings.Replace(bare, "/", page, 1)}, false}
}

// driven measures answers, and how long they took, and the CPU time.
func driven(b *bench, p peer, page string, figure func(answers int, took, cpu time.Duration) float64) (float64, error) {
	return with(b, p, func(server *process) (float64, error) {
		l := visit(p, page)
		drive := l.drive
		if b.wrk {
			drive = l.wrk
		}
		answers, took, cpu, err := drive(b.ctx, server, 3*b.second)
		return figure(answers, took, cpu), err
	})
}

func served(page string) func(*bench, peer) (float64, error) {
	return func(b *bench, p peer) (float64, error) {
		return driven(b, p, page, func(answers int, took, _ time.Duration) float64 { return float64(answers) / took.Seconds() })
	}
}

func worked(page string) func(*bench, peer) (float64, error) {
	return func(b *bench, p peer) (float64, error) {
		return driven(b, p, page, func(answers int, _, cpu time.Duration) float64 {
			return float64(cpu.Nanoseconds()) / 1e3 / float64(answers)
		})
	}
}

// killsEach is how many workers are killed in a round, one each second.
const killsEach = 20

// killed kills workers under load, and counts the requests that fail for each.
func killed(b *bench, p peer) (float64, error) {
	return with(b, p, func(server *process) (float64, error) {
		if _, err := answerSize(server.addr, last); err != nil {
			return 0, err
		}
		var stop atomic.Bool
		var failed, good atomic.Int64
		var clients sync.WaitGroup
		for range visitors {
			clients.Add(1)
			go func() {
				defer clients.Done()
				for !stop.Load() {
					if _, err := answerSize(server.addr, last); err != nil {
						failed.Add(1)
					} else {
						good.Add(1)
					}
				}
			}()
		}
		var err error
		for range killsEach {
			select {
			case <-time.After(b.second):
			case <-b.ctx.Done():
			}
			workers := family(server.pid)[1:]
			if len(workers) == 0 {
				err = errors.Join(err, fmt.Errorf("%s has no worker", p.name))
				continue
			}
			err = errors.Join(err, syscall.Kill(workers[rand.IntN(len(workers))], syscall.SIGKILL))
		}
		stop.Store(true)
		clients.Wait()
		if good.Load() == 0 {
			err = errors.Join(err, errors.New("nothing was answered"))
		}
		return float64(failed.Load()) / killsEach, err
	})
}
