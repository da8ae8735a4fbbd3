//go:build unix

package python_test

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"barewire/apps/python"
	"barewire/internal/apptest"

	"go.uber.org/goleak"
)

// Workers are killed again and again under load. Each kill loses the one request in
// that worker's hands, at most; all others are answered, by the right answer.
func TestKillsUnderLoad(t *testing.T) {
	const (
		workers  = 4
		clients  = 8
		requests = 1200
		between  = 100 // answers, so that there are 12 kills
	)
	others := goleak.IgnoreCurrent()
	pool, _ := start(t, python.Settings{App: "testdata/held.py", Workers: workers})
	url, stop := apptest.Serve(t, pool.Application)

	var next, kills, failures atomic.Int64
	var running sync.WaitGroup
	for range clients {
		running.Add(1)
		go func() {
			defer running.Done()
			for number := next.Add(1); number <= requests; number = next.Add(1) {
				path := "/"
				if number%2 == 0 {
					path = "/yielded" // its head is out before its end
				}
				status, text, err := fetch(fmt.Sprintf("%s%s?%d", url, path, number))
				var asked int64
				var pid int
				n, _ := fmt.Sscanf(text, "%d %d", &asked, &pid)
				switch {
				case err != nil || status == http.StatusBadGateway:
					failures.Add(1)
				case status != http.StatusOK || n != 2 || asked != number:
					t.Errorf("request %d is answered with %d %q", number, status, text)
				case number%between == 0 && syscall.Kill(pid, syscall.SIGKILL) == nil:
					kills.Add(1) // it has most likely the next request in hand
				}
			}
		}()
	}
	running.Wait()
	if failures.Load() > kills.Load() || kills.Load() == 0 {
		t.Errorf("%d requests have failed by %d kills", failures.Load(), kills.Load())
	}

	// So many at a time are in the hands of as many workers.
	var all []held
	for range workers {
		h := hold(pool, "/held")
		<-h.asked
		all = append(all, h)
	}
	pids := make(map[int]bool)
	for _, h := range all {
		_, pid := numbers(t, h.end())
		pids[pid] = true
	}
	if len(pids) != workers {
		t.Errorf("in the end there are the workers %v, want %d", pids, workers)
	}
	stop()
	pool.Close()
	for pid := range pids {
		if !isGone(pid) {
			t.Errorf("worker %d is still there", pid)
		}
	}
	goleak.VerifyNone(t, others)
}

// fetch returns what there is of an answer. The error tells that it was cut off.
func fetch(url string) (status int, text string, err error) {
	response, err := http.Get(url)
	if err != nil {
		return 0, "", err
	}
	all, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	return response.StatusCode, string(all), err
}
