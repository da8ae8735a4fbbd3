//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"os/exec"
	"runtime"
	"sync"
	"time"

	app "barewire/apps/bench"
	"barewire/server"
)

// inMemory are the servers that can be had in this process. Each serves what its
// listener has.
var inMemory = map[string]func(net.Listener){
	"Barewire": func(listener net.Listener) {
		s := server.New(app.App)
		s.Limits.Requests = math.MaxInt // for they all come on one connection
		s.Serve(listener)
	},
	"net/http": func(listener net.Listener) { _ = nethttpServer().Serve(listener) },
	"fasthttp": func(listener net.Listener) { _ = fasthttpServer().Serve(listener) },
}

// exchange has a server answer so many requests, on one connection that is a piece
// of memory.
func exchange(serve func(net.Listener), requests []string, times int) {
	conn := &memory{requests: requests, left: times, closed: make(chan struct{})}
	listener := make(lone, 1)
	listener <- conn
	go serve(listener)
	<-conn.closed
	close(listener)
}

// inMemoryCost is what one of many exchanges takes.
func inMemoryCost(serve func(net.Listener), requests []string, times int) (took time.Duration, allocations float64) {
	exchange(serve, requests, times/10) // to get warm
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	exchange(serve, requests, times)
	took = time.Since(began)
	runtime.ReadMemStats(&after)
	return took / time.Duration(times), float64(after.Mallocs-before.Mallocs) / float64(times)
}

// inMemory is what one of many exchanges takes of a peer. Another Barewire than that
// of this process is in another bench.
func (p peer) inMemory(ctx context.Context, what string, times int) (took time.Duration, allocations float64, err error) {
	if p.bench == "" {
		took, allocations = inMemoryCost(inMemory[p.name], said[what](), times)
		return took, allocations, nil
	}
	out, err := exec.CommandContext(ctx, p.bench, "-exchange", what).Output()
	if err != nil {
		return 0, 0, fmt.Errorf("%s -exchange %q: %w", p.bench, what, err)
	}
	_, err = fmt.Sscan(string(out), &took, &allocations)
	return took, allocations, err
}

// tellCost says for another bench what an exchange takes of Barewire, in nanoseconds
// and allocations.
func tellCost(what string) error {
	requests, ok := said[what]
	if !ok {
		return fmt.Errorf("nobody says %q here", what)
	}
	took, allocations := inMemoryCost(inMemory["Barewire"], requests(), inMemoryTimes)
	fmt.Println(took.Nanoseconds(), allocations)
	return nil
}

// A memory is a connection whose client says its requests again and again, and
// listens to nobody.
type memory struct {
	net.Conn
	requests []string // asked in turn
	turn     int
	rest     string // of the one begun
	left     int
	once     sync.Once
	closed   chan struct{}
}

func (m *memory) Read(p []byte) (int, error) {
	if m.rest == "" {
		if m.left == 0 {
			return 0, io.EOF
		}
		m.rest = m.requests[m.turn%len(m.requests)]
		m.turn++
		m.left--
	}
	n := copy(p, m.rest)
	m.rest = m.rest[n:]
	return n, nil
}

func (m *memory) Write(p []byte) (int, error) { return len(p), nil }

func (m *memory) Close() error {
	m.once.Do(func() { close(m.closed) })
	return nil
}

func (m *memory) LocalAddr() net.Addr              { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8888} }
func (m *memory) RemoteAddr() net.Addr             { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 53124} }
func (m *memory) SetDeadline(time.Time) error      { return nil }
func (m *memory) SetReadDeadline(time.Time) error  { return nil }
func (m *memory) SetWriteDeadline(time.Time) error { return nil }

// A lone listener has the connections that are put into it.
type lone chan net.Conn

func (l lone) Accept() (net.Conn, error) {
	conn, ok := <-l
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (lone) Close() error   { return nil }
func (lone) Addr() net.Addr { return &net.TCPAddr{} }
