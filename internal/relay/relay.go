// Package relay stands between clients and a server, and tells what goes by. It
// changes nothing: bytes pass as they come, and connections end as they end.
//
// Read relay.go first: how bytes pass. wire.go finds requests and answers in
// them, and steps.go has our own steps read each head, so that there is
// something to show of any server.
package relay

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"barewire/server"
	listen "barewire/steps/01_listen"
)

const (
	pieceSize   = 32 << 10 // bytes that pass at one time, each way
	connections = 1024     // at one time; further ones wait in the kernel's queue
	dialLimit   = 10 * time.Second
)

// A Relay has for each connection of a client one to the server, made in the same
// order.
type Relay struct {
	To      string             // where the server listens: host:port
	Observe func(server.Event) // is told what goes by, by many goroutines; must not block

	opened, requests atomic.Int64 // how many there were, to number them

	mutex   sync.Mutex
	open    map[*net.TCPConn]bool
	closed  bool
	serving sync.WaitGroup
}

// Serve takes connections from a TCP listener until that is closed.
func (r *Relay) Serve(listener net.Listener) {
	places := make(chan struct{}, connections)
	listen.Accept(listener, func(conn net.Conn) {
		places <- struct{}{}
		client := conn.(*net.TCPConn)
		wire := newWire(r, client)
		target, err := r.reach()
		if err != nil || !r.admit(client, target) {
			reset(client) // nobody is there, or we are about to go
			wire.gone()
			<-places
			return
		}
		go func() {
			defer func() { <-places }()
			defer r.dismiss(client, target)
			pass(client, target, wire)
		}()
	})
}

// reach makes a connection to the server.
func (r *Relay) reach() (*net.TCPConn, error) {
	conn, err := net.DialTimeout("tcp", r.To, dialLimit)
	if err != nil {
		return nil, err
	}
	return conn.(*net.TCPConn), nil
}

// pass lets bytes pass both ways until both have ended.
func pass(client, target *net.TCPConn, wire *wire) {
	defer wire.gone()
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		carry(client, target, wire.sent)
		wire.end(false) // what the server has not said by now it never will
	}()
	carry(target, client, wire.received)
	<-answered
}

// carry carries bytes one way. The end of the stream goes on as such, and so does
// a reset, which ends both ways.
func carry(to, from *net.TCPConn, saw func(piece []byte)) {
	buf := make([]byte, pieceSize)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			saw(buf[:n]) // first, so that nobody has an answer that was not told
			if _, lost := to.Write(buf[:n]); lost != nil {
				err = lost
			}
		}
		switch {
		case err == io.EOF:
			_ = to.CloseWrite() // fails when it is closed already
			return
		case err != nil:
			reset(to)
			reset(from)
			return
		}
	}
}

// reset closes a connection as one that broke.
func reset(conn *net.TCPConn) {
	_ = conn.SetLinger(0) // or else it ends properly, which cannot be helped
	_ = conn.Close()
}

// admit counts connections among the open ones, unless the relay is closed.
func (r *Relay) admit(client, target *net.TCPConn) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.closed {
		reset(target) // which no client will use
		return false
	}
	if r.open == nil {
		r.open = make(map[*net.TCPConn]bool)
	}
	r.open[client], r.open[target] = true, true
	r.serving.Add(1)
	return true
}

func (r *Relay) dismiss(both ...*net.TCPConn) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, conn := range both {
		_ = conn.Close() // again, after a reset
		delete(r.open, conn)
	}
	r.serving.Done()
}

// Close breaks off what is open, and returns when all of it was told. The listener
// is for its owner to close, before.
func (r *Relay) Close() {
	r.mutex.Lock()
	r.closed = true
	for conn := range r.open {
		reset(conn)
	}
	r.mutex.Unlock()
	r.serving.Wait()
}
