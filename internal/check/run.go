package check

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// A Target is a server that checks are run on.
type Target struct {
	Addr  string        // host:port
	Demo  int           // the step whose demo it is, 0 for a whole server
	App   bool          // it serves check:App
	Quiet time.Duration // so long a silence is the end of an answer; 0 for 300 ms

	// Alive tells what no socket can: whether the process still runs. nil for a
	// server that is not ours. A new connection is tried in any case.
	Alive func() error
}

const (
	defaultLimit = 5 * time.Second
	defaultQuiet = 300 * time.Millisecond
)

// Run says a check to a server, and judges what comes back. A check with Cut is
// said once whole, and then again in pieces: the first way that fails is the
// result.
func Run(ctx context.Context, target Target, check *Check) Result {
	started := time.Now()
	target.Quiet = cmp.Or(target.Quiet, defaultQuiet)
	result := Result{Check: check, Addr: target.Addr, At: -1, Skipped: target.skips(check)}
	if result.Skipped != "" {
		return result
	}
	result = target.once(ctx, check, check.Say)
	if result.Passed && check.Cut {
		result = target.cuts(ctx, check, result)
	}
	if ctx.Err() != nil {
		return Result{Check: check, Addr: target.Addr, At: -1, Skipped: "it was cancelled"}
	}
	if err := target.alive(ctx); err != nil {
		result.Alive = false
		if result.Passed {
			result.Passed = false
			result.Expected, result.Wrong = "a server that still answers", "afterwards the server is dead: "+err.Error()
		}
	}
	result.Took = time.Since(started)
	return result
}

// skips tells why a check cannot be run on the target, "" if it can.
func (target Target) skips(check *Check) string {
	switch {
	case target.Demo > 0 && target.Demo < check.Holds():
		return fmt.Sprintf("it holds from step %02d on", check.Holds())
	case check.Needs == Demo && target.Demo != check.Step():
		return fmt.Sprintf("it needs the demo of step %02d", check.Step())
	case check.Needs == App && !target.App:
		return "it needs check:App"
	}
	return ""
}

// alive tells whether the server takes a new connection and says something. Of a
// demo it is enough that it takes the connection: what it answers is not known.
func (target Target) alive(ctx context.Context) error {
	if target.Alive != nil {
		if err := target.Alive(); err != nil {
			return err
		}
	}
	w, err := dial(ctx, target.Addr, maxBesides, defaultLimit)
	if err != nil {
		return err
	}
	defer w.close()
	if target.Demo > 0 {
		return nil
	}
	w.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", defaultLimit)
	if w.more(0, time.Now().Add(defaultLimit)) != nil {
		return errors.New("it does not answer a GET")
	}
	return nil
}

// Probe asks a server whether it serves check:App.
func Probe(ctx context.Context, addr string) (app bool, err error) {
	w, err := dial(ctx, addr, maxBesides, defaultLimit)
	if err != nil {
		return false, err
	}
	defer w.close()
	w.write("GET /environ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", defaultLimit)
	reply, wrong := w.answer(false, false, defaultLimit)
	if wrong != nil {
		return false, nil // some other server, and not a good one
	}
	var environ map[string]string
	err = json.Unmarshal(reply.Body, &environ)
	return err == nil && environ["REQUEST_METHOD"] == "GET" && environ["PATH_INFO"] == "/environ", nil
}
