package command

import (
	"fmt"
	"io"
	"time"
)

// A clock is a line of a terminal that tells what is under way, and after a while
// for how many seconds. Nobody else writes there until it is stopped.
type clock struct{ halt, halted chan struct{} }

// clearLine goes back to the beginning of the line, and wipes it.
const clearLine = "\r\x1b[K"

func startClock(out io.Writer, text string) *clock {
	c := &clock{make(chan struct{}), make(chan struct{})}
	fmt.Fprint(out, clearLine+text)
	go func() {
		defer close(c.halted)
		second := time.NewTicker(time.Second)
		defer second.Stop()
		for n := 1; ; n++ {
			select {
			case <-second.C:
				fmt.Fprintf(out, "%s%s, %d s", clearLine, text, n)
			case <-c.halt:
				fmt.Fprint(out, clearLine)
				return
			}
		}
	}()
	return c
}

// stop wipes the line.
func (c *clock) stop() {
	close(c.halt)
	<-c.halted
}
