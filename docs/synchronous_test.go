package docs_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// What synchronous.md claims is proved here, without a clock: who would wait too
// long waits for ever.

// A meeting is an application in which each call waits until all are there. A
// server that makes one of them wait for another's answer never gets past it.
type meeting struct {
	missing atomic.Int32
	all     chan struct{}
}

func newMeeting(size int) *meeting {
	m := &meeting{all: make(chan struct{})}
	m.missing.Store(int32(size))
	return m
}

func (m *meeting) attend(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	if m.missing.Add(-1) == 0 {
		close(m.all)
	}
	<-m.all
	start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
	return wsgi.Text("We are complete.\n")
}

// TestMeeting has a thousand clients in one application at the same time, and
// far fewer threads than that, of all that this process ever had.
func TestMeeting(t *testing.T) {
	const clients = 1000
	listener := listenAnywhere(t)
	serve(t, listener, newMeeting(clients).attend)
	conns := make([]net.Conn, clients)
	for i := range conns {
		conns[i] = dial(t, listener)
		ask(t, conns[i], "/")
	}
	for _, conn := range conns {
		if got := answer(t, bufio.NewReader(conn)); got != "We are complete.\n" {
			t.Fatalf("a client reads %q", got)
		}
	}
	if threads := pprof.Lookup("threadcreate").Count(); threads > clients/4 {
		t.Errorf("this took %d threads, want no more than a quarter of the clients", threads)
	}
}

// TestYieldWaits has a client that is slower than the application. A yield comes
// back when what it yields is taken, so no yield is ahead of the reads. Between
// the two is a pipe, for it has no buffer; TCP has one on either side.
func TestYieldWaits(t *testing.T) {
	const chunks = 1000
	var reads atomic.Int32
	ahead := make(chan string, 1)
	app := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
			for n := int32(1); n <= chunks; n++ {
				if !yield([]byte("much\n"), nil) {
					return
				}
				if taken := reads.Load(); taken < n {
					ahead <- fmt.Sprintf("yield %d is back after %d reads", n, taken)
					return
				}
			}
		})
	}
	client, there := net.Pipe()
	listener := pipes{conns: make(chan net.Conn, 1), Listener: listenAnywhere(t)}
	listener.conns <- there
	serve(t, listener, app)
	ask(t, client, "/")
	got := answer(t, bufio.NewReader(counted{client, &reads}))
	if want := strings.Repeat("much\n", chunks); got != want {
		t.Errorf("the client reads %d bytes, want %d", len(got), len(want))
	}
	select {
	case complaint := <-ahead:
		t.Error(complaint)
	default:
	}
	if err := client.Close(); err != nil {
		t.Error(err)
	}
}

// TestOnlyItsOwn has an application that is slow for one client. Another one is
// served meanwhile, or the test would never end; the slow client's own second
// request is not called before the first has been answered.
func TestOnlyItsOwn(t *testing.T) {
	var slowIsDone atomic.Bool
	release := make(chan struct{})
	listener := listenAnywhere(t)
	serve(t, listener, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		text := "done\n"
		switch environ.Text("PATH_INFO") {
		case "/slow":
			<-release
			slowIsDone.Store(true)
		case "/next":
			if !slowIsDone.Load() {
				text = "called while /slow was waiting\n"
			}
		case "/release":
			close(release)
		}
		start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
		return wsgi.Text(text)
	})
	slow, other := dial(t, listener), dial(t, listener)
	ask(t, slow, "/slow")
	ask(t, slow, "/next")
	ask(t, other, "/release")
	answers := bufio.NewReader(slow)
	for _, from := range []*bufio.Reader{bufio.NewReader(other), answers, answers} {
		if got := answer(t, from); got != "done\n" {
			t.Errorf("a client reads %q", got)
		}
	}
}

// A counter is shared by all who call it.
type counter struct {
	mutex sync.Mutex
	count int
}

// visit is an application: many goroutines are in it at a time.
func (c *counter) visit(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	c.mutex.Lock()
	c.count++
	number := c.count
	c.mutex.Unlock()
	start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
	return wsgi.Text(fmt.Sprintf("You are visitor %d.\n", number))
}

// TestCounter wants each visitor to have a number of their own.
func TestCounter(t *testing.T) {
	const clients, requests = 50, 40
	listener := listenAnywhere(t)
	serve(t, listener, new(counter).visit)
	var crowd sync.WaitGroup
	answers := make([][]string, clients)
	for i := range answers {
		conn := dial(t, listener)
		crowd.Add(1)
		go func() {
			defer crowd.Done()
			reader := bufio.NewReader(conn)
			for range requests {
				ask(t, conn, "/")
				answers[i] = append(answers[i], answer(t, reader))
			}
		}()
	}
	crowd.Wait()
	seen := make(map[string]bool)
	for _, some := range answers {
		for _, one := range some {
			seen[one] = true
		}
	}
	if len(seen) != clients*requests {
		t.Errorf("%d visitors got %d different answers", clients*requests, len(seen))
	}
}

// BenchmarkWaiting measures a request and its answer while others wait inside of
// the application, and the memory that each of these takes. Their clients are in
// this process too, so it is a little too much.
func BenchmarkWaiting(b *testing.B) {
	for _, waiting := range []int{0, 1000} {
		b.Run(fmt.Sprint(waiting), func(b *testing.B) {
			m := newMeeting(waiting + 1) // the last one comes when all is measured
			var inside sync.WaitGroup
			inside.Add(waiting)
			listener := listenAnywhere(b)
			serve(b, listener, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				switch environ.Text("PATH_INFO") {
				case "/wait":
					inside.Done()
					return m.attend(environ, start)
				case "/end":
					return m.attend(environ, start)
				}
				start("200 OK", wsgi.Headers{{"Content-Type", "text/plain"}})
				return wsgi.Text("hi\n")
			})
			one := dial(b, listener)
			reader := bufio.NewReader(one)

			stackBefore, heapBefore := memory()
			for range waiting {
				ask(b, dial(b, listener), "/wait")
			}
			inside.Wait()
			stack, heap := memory()
			for b.Loop() {
				ask(b, one, "/")
				answer(b, reader)
			}
			if waiting > 0 {
				b.ReportMetric(float64(stack-stackBefore)/float64(waiting), "stack-B/waiting")
				b.ReportMetric(float64(heap-heapBefore)/float64(waiting), "heap-B/waiting")
			}
			ask(b, one, "/end")
			answer(b, reader)
		})
	}
}

// memory returns the bytes that are in use, when no rubbish is among them.
func memory() (stack, heap int64) {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.StackInuse), int64(stats.HeapAlloc)
}

func listenAnywhere(t testing.TB) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// serve serves app until the test is over.
func serve(t testing.TB, listener net.Listener, app wsgi.Application) {
	s := server.New(app)
	go s.Serve(listener)
	t.Cleanup(func() {
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func dial(t testing.TB, listener net.Listener) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // before the server stops, and whatever became of it
	return conn
}

// ask sends a request. It is called in goroutines of tests too.
func ask(t testing.TB, conn net.Conn, path string) {
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path); err != nil {
		t.Error(err)
	}
}

// answer reads the body of an answer, "" when there is none.
func answer(t testing.TB, reader *bufio.Reader) string {
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Error(err)
		return ""
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// pipes is a listener whose connections are made by the test.
type pipes struct {
	net.Listener
	conns chan net.Conn
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	default:
		return p.Listener.Accept() // nobody calls there; it ends with the server
	}
}

// counted counts the reads that were begun.
type counted struct {
	net.Conn
	reads *atomic.Int32
}

func (c counted) Read(p []byte) (int, error) {
	c.reads.Add(1)
	return c.Conn.Read(p)
}
