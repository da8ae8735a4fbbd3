package trace_test

import (
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// talk serves app on a loopback address, lets the script speak to it, and
// returns the events once all connections are over.
func talk(t *testing.T, app wsgi.Application, change func(*server.Server), script func(*site)) []server.Event {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, address: listener.Addr().String()}
	s.changed.L = &s.mutex
	web := server.New(app)
	web.Now = func() time.Time { return start }
	web.Observe = func(event server.Event) {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.events = append(s.events, event)
		s.changed.Broadcast()
	}
	if change != nil {
		change(web)
	}
	go web.Serve(listener)
	script(s)
	for _, peer := range s.peers {
		peer.conn.Close()
		s.wait("the end of a connection", func() bool {
			return s.Count(func(e server.Event) bool { _, gone := e.(server.Gone); return gone && e.Where().Conn == peer.number }) == 1
		})
	}
	if err := web.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	return steady(s.events)
}

// A site is a server under test, and what it has told.
type site struct {
	t       *testing.T
	address string
	peers   []*peer

	mutex   sync.Mutex
	changed sync.Cond
	events  []server.Event
}

// wait waits for the events to be as the test wants them.
func (s *site) wait(what string, done func() bool) {
	s.t.Helper()
	safety := time.AfterFunc(20*time.Second, func() { panic("waited too long for " + what) })
	defer safety.Stop()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for !done() {
		s.changed.Wait()
	}
}

func (s *site) Count(is func(server.Event) bool) (n int) {
	for _, event := range s.events {
		if is(event) {
			n++
		}
	}
	return n
}

// A peer is a client.
type peer struct {
	site   *site
	conn   *net.TCPConn
	number int
	said   int
}

// dial connects a client, and returns when the server knows of it.
func (s *site) dial() *peer {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	p := &peer{site: s, conn: conn.(*net.TCPConn), number: len(s.peers) + 1}
	s.peers = append(s.peers, p)
	go io.Copy(io.Discard, conn)
	s.wait("a connection", func() bool {
		return s.Count(func(e server.Event) bool { _, opened := e.(server.Opened); return opened }) == p.number
	})
	return p
}

// say sends each piece when the server has read the one before it.
func (p *peer) say(pieces ...string) {
	p.site.t.Helper()
	for _, piece := range pieces {
		p.push(piece)
		p.said += len(piece)
		p.site.wait("a read", func() bool {
			received := 0
			for _, event := range p.site.events {
				if event, is := event.(server.Received); is && event.Conn == p.number {
					received += event.Size
				}
			}
			return received == p.said
		})
	}
}

// push sends what the server need not read.
func (p *peer) push(text string) {
	p.site.t.Helper()
	if _, err := io.WriteString(p.conn, text); err != nil {
		p.site.t.Fatal(err)
	}
}

// leave says that nothing more will come.
func (p *peer) leave() {
	if err := p.conn.CloseWrite(); err != nil {
		p.site.t.Error(err)
	}
}

// ended waits for the end of so many exchanges.
func (p *peer) ended(n int) {
	p.site.t.Helper()
	p.site.wait("the end of an exchange", func() bool {
		return p.site.Count(func(e server.Event) bool {
			_, ended := e.(server.Ended)
			return ended && e.Where().Conn == p.number
		}) == n
	})
}

// ask says all of a request and waits for the end of the exchange.
func ask(pieces ...string) func(*site) {
	return func(s *site) {
		p := s.dial()
		p.say(pieces...)
		p.ended(1)
	}
}

var start = time.Date(2026, 3, 31, 12, 54, 48, 0, time.UTC)

// steady gives events the times and ports of the picture, instead of those that
// are different each time.
func steady(events []server.Event) []server.Event {
	took := map[int]time.Duration{2: 31, 3: 4, 4: 9, 5: 2, 7: 11, 8: 38, 9: 24, 10: 3}
	steadied := slices.Clone(events)
	for i, event := range steadied {
		switch event := event.(type) {
		case server.Opened:
			event.Client.Port = strconv.Itoa(53123 + event.Conn)
			steadied[i] = event
		case server.Passed:
			event.Took = took[event.Step] * time.Microsecond
			event.Error = varying.ReplaceAllString(event.Error, "$1:0")
			for key := range event.Environ {
				if strings.HasSuffix(key, "_PORT") {
					event.Environ[key] = "'0'"
				}
			}
			steadied[i] = event
		case server.Ended:
			event.Took = 122 * time.Microsecond
			steadied[i] = event
		}
	}
	return steadied
}

// varying matches places that have a number of no meaning.
var varying = regexp.MustCompile(`(_test\.go|127\.0\.0\.1):\d+`)
