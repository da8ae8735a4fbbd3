package server_test

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
)

// A gatekeeper is a Gate that somebody else opens.
type gatekeeper struct {
	asked chan server.Stage // the request stands before this one
	open  chan struct{}     // and goes on
}

func newGatekeeper() gatekeeper {
	return gatekeeper{make(chan server.Stage), make(chan struct{})}
}

func (g gatekeeper) gate(_ server.Place, stage server.Stage, _ func() bool) {
	g.asked <- stage
	<-g.open
}

// The gate is asked before each stage, and as long as it is closed nothing of
// that stage happens.
func TestGate(t *testing.T) {
	tests := []struct {
		name, send string
		want       []string // before the gate, and behind it
	}{
		{"a request", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", []string{
			"gate 2", "02 read", "gate 3", "03 requestline", "gate 4", "04 headers", "gate 5", "05 body", "gate 7", "07 environ",
			"gate 8", "08 call", "gate 9", "09 response", "gate 10", "10 keepalive",
		}},
		{"a refusal, which goes on with 08", "GET /\r\n\r\n", []string{
			"gate 2", "02 read", "gate 3", "03 requestline",
			"gate 8", "08 call", "gate 9", "09 response", "gate 10", "10 keepalive",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			keeper := newGatekeeper()
			var got []string
			s := start(t, hi, func(s *server.Server) {
				s.Gate = keeper.gate
				s.Observe = func(event server.Event) {
					if passed, is := event.(server.Passed); is {
						got = append(got, strings.Fields(telling(passed))[0]+" "+passed.Name)
					}
				}
			})
			c := s.dial(t)
			c.say(test.send)
			for range len(test.want) / 2 {
				stage := <-keeper.asked
				got = append(got, "gate "+strconv.Itoa(stage.Number))
				keeper.open <- struct{}{}
			}
			c.rest()
			_ = c.Close()
			s.stop(t)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// A request that is held may be held for long. The time does not count as the
// client's: its deadlines begin when it goes on, and one that passes meanwhile
// is none of a later step. So here each of them passes before each step.
func TestHeldRequestHasTime(t *testing.T) {
	const hold = brief * 3 / 2
	keeper := newGatekeeper()
	said := make(chan struct{})
	s := start(t, reader, func(s *server.Server) {
		s.Gate = keeper.gate
		s.Deadlines = server.Deadlines{Idle: brief, Head: brief, Body: brief, Write: brief}
		s.Observe = func(event server.Event) {
			if _, is := event.(server.Opened); is {
				<-said // for the client is not what is slow here
			}
		}
	})
	c := s.dial(t)
	c.say("P")
	close(said)
	for _, want := range []int{2, 3, 4, 5, 7, 8, 9, 10} {
		keeper.stands(t, want)
		time.Sleep(hold)
		switch want {
		case 2:
			// The next request comes at once, for between two the clock runs.
			c.say(post[1:] + "Content-Length: 5\r\n\r\n")
		case 8:
			c.say("hello" + "GET /\r\n\r\n")
		}
		keeper.open <- struct{}{}
	}
	c.hear(ok + plain + "Content-Length: 8\r\n" + stamp + "\r\n\"hello\"\n")
	for _, want := range []int{2, 3, 8, 9, 10} {
		keeper.stands(t, want)
		time.Sleep(hold)
		keeper.open <- struct{}{}
	}
	c.wantRest(refusal{"", "", "400 Bad Request", "03 requestline",
		"a request line is a method, a target and a version, with exactly one space between them", "RFC 9112 §3", `"GET /"`}.row().want, fin)
}

// A body that nobody has read is dropped in step 10. That read has its whole
// time too, though the time of the read before it passed at the gate.
func TestHeldRequestHasTimeForTheRestOfItsBody(t *testing.T) {
	keeper := newGatekeeper()
	s := start(t, bytewise, func(s *server.Server) {
		s.Gate = keeper.gate
		s.Deadlines.Head, s.Deadlines.Body = brief, brief
	})
	c := s.dial(t)
	c.say(post + "Content-Length: 5\r\n\r\n")
	for _, want := range []int{2, 3, 4, 5, 7, 8, 9} {
		keeper.stands(t, want)
		if want == 8 {
			c.say("h")
		}
		keeper.open <- struct{}{}
	}
	keeper.stands(t, 10)
	c.hear(ok + plain + "Content-Length: 4\r\n" + stamp + "\r\n\"h\"\n")
	time.Sleep(brief * 3 / 2)
	c.say("ello" + "GET /\r\n\r\n")
	keeper.open <- struct{}{}
	for _, want := range []int{2, 3, 8, 9, 10} {
		keeper.stands(t, want)
		keeper.open <- struct{}{}
	}
	if got, _ := c.rest(); !strings.HasPrefix(got, "HTTP/1.1 400 ") {
		t.Errorf("behind the dropped body the server says %q", got)
	}
}

// Behind each chunk that was sent the request can be held too, in the middle of a
// step. The client has the chunk by then, the application is asked for no other one,
// and the deadlines stand still. Of a request that nobody watches nobody is asked.
func TestHeldBehindAChunk(t *testing.T) {
	for _, watched := range []bool{true, false} {
		var got []string
		made := 0
		asked, open := make(chan string), make(chan struct{})
		s := start(t, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			write := start("200 OK", wsgi.Headers{{"Content-Length", "11"}})
			made++
			if err := write([]byte("one")); err != nil {
				return wsgi.Fail(err)
			}
			return wsgi.Stream(func(yield func([]byte, error) bool) {
				for _, chunk := range []string{"two", "", "four", "!"} {
					made++
					if !yield([]byte(chunk), nil) {
						return
					}
				}
			})
		}, func(s *server.Server) {
			s.Deadlines.Write = brief
			s.Observe = func(server.Event) {}
			s.Watch = func() bool { return watched }
			s.AfterChunk = func(_ server.Place, stage server.Stage, chunk int, left func() bool) {
				asked <- fmt.Sprintf("%02d, chunk %d of %d, left: %v", stage.Number, chunk, made, left())
				<-open
			}
		})
		c := s.dial(t)
		c.say("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		if !watched {
			c.wantRest(ok+"Content-Length: 11\r\n"+stamp+"Connection: close\r\n\r\nonetwofour!", fin)
			continue
		}
		c.hear(ok + "Content-Length: 11\r\n" + stamp + "Connection: close\r\n\r\none")
		for _, next := range []string{"two", "four", "!"} {
			got = append(got, <-asked)
			time.Sleep(brief * 3 / 2)
			open <- struct{}{}
			c.hear(next)
		}
		c.wantRest("", fin)
		want := []string{"08, chunk 1 of 1, left: false", "09, chunk 2 of 2, left: false", "09, chunk 4 of 4, left: false"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	}
}

// bytewise reads one byte of its input.
func bytewise(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	first := make([]byte, 1)
	if _, err := io.ReadFull(environ["wsgi.input"].(wsgi.Input), first); err != nil {
		return wsgi.Fail(err)
	}
	return say(start, strconv.Quote(string(first))+"\n")
}

// stands wants a request to stand before this step.
func (g gatekeeper) stands(t *testing.T, want int) {
	t.Helper()
	select {
	case stage := <-g.asked:
		if stage.Number != want {
			t.Fatalf("the gate is asked for %d, want %d", stage.Number, want)
		}
	case <-time.After(patience):
		t.Fatalf("the gate is not asked for %d", want)
	}
}
