package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"barewire/internal/check"

	"mvdan.cc/sh/v3/shell"
)

// checkForeign checks a server of any kind, which runs or is started for it.
func checkForeign(ctx context.Context, world World, flags checkFlags, chosen chosen) error {
	target := check.Target{Addr: string(flags.addr)}
	var program *check.Program
	if flags.run != "" {
		words, err := shell.Fields(flags.run, world.Env)
		if err != nil {
			return fmt.Errorf("--run: %w", err)
		}
		if program, err = check.Start(ctx, "", words); err != nil {
			return failure{err}
		}
		defer program.Stop()
		target.Addr, target.Alive = program.Addr, program.Alive
	}
	app, err := check.Probe(ctx, target.Addr)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return failure{fmt.Errorf("nobody listens at %s", target.Addr)}
	case err != nil:
		return failure{err}
	}
	target.App = app

	checks, left := fit(chosen, target)
	if len(checks)+left == 0 {
		return failure{errors.New("of these checks none is about a server alone: they need our demos, or ask nothing")}
	}
	r := newReport(world, flags)
	defer flags.board.tell(ctx, world, r)
	gone := false
	for i, c := range checks {
		r.asking(i+1, len(checks), c)
		result := check.Run(ctx, target, c)
		if ctx.Err() != nil {
			r.idle()
			return failure{errors.New("the check was cancelled")}
		}
		if err := r.result(result, c.Stricter); err != nil {
			return failure{err}
		}
		if gone = !result.Alive && result.Skipped == "" && hasGone(target); gone {
			r.line("✗", "the server is gone; %s not run", wereNot(len(checks)-i-1))
			if program != nil {
				r.said(string(program.Output()))
			}
			break
		}
	}
	r.idle()
	return failed(endForeign(r, target, program != nil, gone, left))
}

// fit leaves out the checks that mean nothing on a server: those of the demos'
// own text, and without check:App those of an application. What was asked for by
// itself stays, to be told why it cannot be run.
func fit(chosen chosen, target check.Target) (checks []*check.Check, left int) {
	all := chosen.checks()
	if len(all) == 1 {
		return all, 0
	}
	for _, c := range all {
		switch {
		case c.Needs == check.Anything, c.Needs == check.App && target.App:
			checks = append(checks, c)
		case c.Needs == check.App:
			left++
		}
	}
	return checks, left
}

// hasGone tells whether the program has ended, or nobody listens any more.
func hasGone(target check.Target) bool {
	if target.Alive != nil && target.Alive() != nil {
		return true
	}
	conn, err := net.DialTimeout("tcp", target.Addr, time.Second)
	if err == nil {
		conn.Close()
	}
	return err != nil
}

func wereNot(n int) string {
	if n == 1 {
		return "1 check was"
	}
	return fmt.Sprintf("%d checks were", n)
}

// endForeign shows the first failures. The error tells what failed.
func endForeign(r *report, target check.Target, started, gone bool, left int) error {
	err := r.pictures(func(result check.Result) check.Result {
		quiet := *result.Check
		quiet.Hints = [3]string{} // they are about our steps
		result.Check = &quiet
		if started {
			result.Addr = "HOST:PORT" // it has ended by then
		}
		return result
	})
	if err != nil {
		return err
	}
	if !r.json {
		fmt.Fprintf(r.out, "\n%d passed, %d failed", len(r.passed), len(r.failed))
		if n := len(r.milder); n > 0 {
			fmt.Fprintf(r.out, ", %d where the RFC lets a server be milder", n)
		}
		fmt.Fprintln(r.out)
		if left > 0 {
			fmt.Fprintf(r.out, "%s not run: the server does not serve check:App (barewire check --help)\n", wereNot(left))
		}
	}
	switch n := len(r.failed); {
	case gone:
		return errors.New("the server is gone")
	case n > 0:
		return errors.New(count(n, "check") + " failed")
	}
	return nil
}
