package learn

import (
	"context"
	"errors"
	"testing"
	"time"

	"barewire/tui/over"
)

// A text that takes its time has a sheet with a sign of life; esc closes that, and
// ends what was started for it.
func TestFetching(t *testing.T) {
	for _, key := range []string{"esc", "q", "ctrl+c"} {
		stopped := make(chan struct{})
		d := newDesk(t, 80, 24, func(c *Config) {
			c.Mistake = func(ctx context.Context, _ int) (string, error) {
				<-ctx.Done()
				close(stopped)
				return "too late", ctx.Err()
			}
		})
		model, cmd := d.Update(over.KeyNamed("M"))
		d.Model = model.(Model)
		if cmd == nil {
			t.Fatal("nothing is fetched")
		}
		d.sees("the classic mistake of 03 requestline", "| a server is asked for it; esc stops", " esc stop")
		late := d.fetching
		model, _ = d.Update(spinMsg{&late.spinner})
		d.Model = model.(Model)
		d.sees("/ a server")
		d.press("enter", "?", "j", "M")
		d.sees("the classic mistake")
		d.press(key)
		select {
		case <-stopped:
		case <-time.After(10 * time.Second):
			t.Fatalf("%s does not stop it", key)
		}
		d.sees("Stopped.", "r run")
		d.misses("the classic mistake")
		d.send(fetchedMsg{late, "too late", nil})
		d.misses("too late")
	}
}

// The screen does not end before what was started for a text has.
func TestFetchingIsWaitedFor(t *testing.T) {
	leave, ended := make(chan struct{}), make(chan struct{})
	d := newDesk(t, 80, 24, func(c *Config) {
		c.Watch = func(context.Context, int, string) (string, error) {
			<-leave
			return "", nil
		}
	})
	d.press("tab")
	d.Update(over.KeyNamed("w"))
	go func() {
		d.started.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		t.Error("nobody waits for it")
	case <-time.After(20 * time.Millisecond):
	}
	close(leave)
	<-ended
}

// An error has one line; all of it would not fit.
func TestFetchingFails(t *testing.T) {
	d := newDesk(t, 80, 24, func(c *Config) {
		c.Mistake = func(context.Context, int) (string, error) { return "", errors.New("no server\nnor client") }
	})
	d.press("M")
	d.sees("no server", "chapter 03")
	d.misses("nor client", "the classic mistake")
}

// In the pane of the checks one is always selected, so that it can be watched.
func TestSelectWhereNoneFails(t *testing.T) {
	d := newDesk(t, 80, 24, nil)
	d.happen(3, sampleRun(d.config.Checks)...)
	for id, outcome := range d.standing(3).results {
		outcome.Passed = true
		d.standing(3).results[id] = outcome
	}
	d.selected = ""
	d.press("w")
	d.sees("Select a check first: tab goes to them.")
	d.press("tab")
	d.sees("▸✓ 03.1")
	d.press("j", "w")
	d.sees("the requests of 03.2")
}
