package soak

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A kind of visitor comes again and again.
type kind struct {
	name   string
	number int // of visitors at a time
	rounds int // of each, where there is no time
	visit  func(*visitor) error
}

// all who come: the good ones and the others.
var all = append(good[:len(good):len(good)], bad...)

// A count is what a kind has done so far.
type count struct{ visits, answers atomic.Int64 }

// A visitor is one of a kind. It dials, and sees to it that each question has a
// token that no other has.
type visitor struct {
	*rand.Rand
	site  *site
	count *count
	name  string
	asked int
}

// visit has these kinds come, all at once, for so long or for their rounds. It
// returns when the last of them has left.
func (s *site) visit(kinds []kind, long time.Duration) {
	var (
		visitors sync.WaitGroup
		wrong    atomic.Bool // so all leave
		until    = time.Now().Add(long)
	)
	for k, kind := range kinds {
		for n := range kind.number {
			v := &visitor{
				Rand:  rand.New(rand.NewPCG(uint64(k), uint64(n))),
				site:  s,
				count: &s.counts[k],
				name:  fmt.Sprintf("%d-%d", k, n),
			}
			visitors.Add(1)
			go func() {
				defer visitors.Done()
				for round := 0; !wrong.Load() && (long == 0 && round < kind.rounds || time.Now().Before(until)); round++ {
					if err := kind.visit(v); err != nil {
						wrong.Store(true)
						s.t.Errorf("%s, visitor %d, round %d: %v", kind.name, n, round, err)
					}
					v.count.visits.Add(1)
				}
			}()
		}
	}
	visitors.Wait()
}

// token returns one that nobody else has.
func (v *visitor) token() string {
	v.asked++
	return fmt.Sprintf("%s-%d", v.name, v.asked)
}

// A client is one connection of a visitor.
type client struct {
	*net.TCPConn
	count *count
}

// dial connects. That may take a while: a system has so many ports, and those of
// who has just left are not free at once.
func (v *visitor) dial() (client, error) {
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.DialTimeout("tcp", v.site.addr, patience)
		if err == nil {
			return client{conn.(*net.TCPConn), v.count}, conn.SetDeadline(time.Now().Add(patience))
		}
		if time.Now().After(deadline) {
			return client{}, err
		}
	}
}

// ask asks, and wants the right answer.
func (c client) ask(q question) error {
	first, then := q.head+q.body, ""
	if q.expects {
		first, then = q.head, q.body
	}
	if _, err := io.WriteString(c, first); err != nil {
		return fmt.Errorf("cannot send %.80q: %w", first, err)
	}
	if q.expects {
		if err := c.hear(first, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return err
		}
		if _, err := io.WriteString(c, then); err != nil {
			return fmt.Errorf("cannot send %.80q: %w", then, err)
		}
	}
	if err := c.hear(first, q.answer); err != nil {
		return err
	}
	c.count.answers.Add(1)
	if q.last {
		return c.ends(first)
	}
	return nil
}

// hear reads what the server says next, and wants it to be this.
func (c client) hear(asked, want string) error {
	got := make([]byte, len(want))
	n, err := io.ReadFull(c, got)
	if string(got[:n]) != want {
		return fmt.Errorf("to %.80q the server says %d bytes\n%.300q and %v, want %d\n%.300q", asked, n, got[:n], err, len(want), want)
	}
	return nil
}

// ends wants the server to say no more.
func (c client) ends(asked string) error {
	if rest, err := io.ReadAll(c); len(rest) > 0 || err != nil {
		return fmt.Errorf("behind all that belongs to %.80q the server says %.300q and %v, want the end", asked, rest, err)
	}
	return nil
}

// report says every few seconds how things stand, when it takes so long.
func (s *site) report(long time.Duration) (stop func()) {
	if long < 2*time.Second {
		return func() {}
	}
	stopped, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		begun, before := time.Now(), make([]int64, len(all)) // visits of each kind
		for k := range before {
			before[k] = s.counts[k].visits.Load()
		}
		for tick := time.NewTicker(5 * time.Second); ; {
			select {
			case <-stopped:
				tick.Stop()
				return
			case <-tick.C:
				var memory runtime.MemStats
				runtime.ReadMemStats(&memory)
				fmt.Fprintf(os.Stderr, "%4.0f s  %d goroutines, %d descriptors, %d kB of heap; visits since:", time.Since(begun).Seconds(),
					runtime.NumGoroutine(), descriptors(), memory.HeapAlloc>>10)
				for k, kind := range all {
					now := s.counts[k].visits.Load()
					fmt.Fprintf(os.Stderr, " %s %d", kind.name, now-before[k])
					before[k] = now
				}
				fmt.Fprintln(os.Stderr)
			}
		}
	}()
	return func() {
		close(stopped)
		<-done
	}
}

// tally tells what each kind has done.
func (s *site) tally() string {
	var table strings.Builder
	for k, kind := range all {
		fmt.Fprintf(&table, "\n%-16s %4d at a time %9d visits %9d right answers", kind.name, kind.number, s.counts[k].visits.Load(), s.counts[k].answers.Load())
	}
	return table.String()
}
