package server_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"barewire/server"
)

// A gatekeeper is a Gate that somebody else opens.
type gatekeeper struct {
	asked chan server.Stage // the request stands before this one
	open  chan struct{}     // and goes on
}

func newGatekeeper() gatekeeper {
	return gatekeeper{make(chan server.Stage), make(chan struct{})}
}

func (g gatekeeper) gate(_ server.Place, stage server.Stage) {
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
// client's: its deadlines begin when it goes on.
func TestHeldRequestHasTime(t *testing.T) {
	keeper := newGatekeeper()
	s := start(t, reader, func(s *server.Server) {
		s.Gate = keeper.gate
		s.Deadlines = server.Deadlines{Idle: patience, Head: brief, Body: brief, Write: brief}
	})
	c := s.dial(t)
	c.say("P")
	for _, want := range []int{2, 3, 4, 5, 7, 8, 9, 10} {
		stage := <-keeper.asked
		if stage.Number != want {
			t.Fatalf("the gate is asked for %d, want %d", stage.Number, want)
		}
		time.Sleep(brief * 3 / 2)
		switch stage.Number {
		case 2:
			c.say(post[1:] + "Connection: close\r\nContent-Length: 5\r\n\r\n")
		case 8:
			c.say("hello")
		}
		keeper.open <- struct{}{}
	}
	c.wantRest(ok+plain+"Content-Length: 8\r\n"+stamp+bye+"\r\n\"hello\"\n", fin)
}
