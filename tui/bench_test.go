package tui

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"barewire/apps/hello"
	"barewire/server"
	"barewire/tui/cells"
	"barewire/tui/hold"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
)

// BenchmarkServing serves with the screen open and without, in turns, and reports
// the speed of the one as a ratio to the other. The clients are in this process.
func BenchmarkServing(b *testing.B) {
	const clients = 16
	var took [2]time.Duration
	for b.Loop() {
		for i, open := range []bool{false, true} {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			s := server.New(hello.App)
			stop := func() {}
			if open {
				stop = openScreen(s)
			}
			go s.Serve(listener)
			began := time.Now()
			var crowd sync.WaitGroup
			for range clients {
				crowd.Add(1)
				go func() {
					defer crowd.Done()
					if err := ask(listener.Addr().String(), 2000); err != nil {
						b.Error(err)
					}
				}()
			}
			crowd.Wait()
			took[i] += time.Since(began)
			stop()
			if err := s.Shutdown(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(took[0].Seconds()/took[1].Seconds(), "open/closed")
}

// openScreen shows a server on a screen that nobody sees, as the command does.
func openScreen(s *server.Server) (stop func()) {
	gate, ring := hold.New(), server.NewRing(512<<10)
	s.Gate, s.AfterChunk, s.Watch = gate.Pass, gate.PassChunk, ring.Room
	s.Observe = func(event server.Event) {
		gate.Observe(event)
		ring.Observe(event)
	}
	config := Config{App: "hello:App", URL: "http://x", Theme: cells.Theme{Profile: termenv.TrueColor, Dark: true}, Gate: gate, Next: ring.Next}
	ctx, cancel := context.WithCancel(context.Background())
	in, _ := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		model := New(config)
		model.layout = newLayout(120, 40)
		_ = run(ctx, model, tea.WithInput(in), tea.WithOutput(io.Discard)) // it was told to end
	}()
	return func() {
		cancel()
		gate.Close()
		ring.Close()
		<-done
	}
}

// ask sends so many requests on one connection.
func ask(address string, requests int) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	reader := bufio.NewReader(conn)
	for range requests {
		if _, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			return err
		}
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			return err
		}
	}
	return nil
}
