//go:build linux

// Bench measures Barewire beside other servers, on this machine.
//
//	go run . -short          a quick look
//	go run . -markdown       the tables of docs/performance.md
//	go run . -ideas          Barewire beside itself without each of its ideas
//	go run . -python         Python's applications, beside other servers of those
//
// Each server is a process of its own on one core, and the load comes from
// another core. Everything is measured in rounds, one server after the other in
// each, so that a machine that is slow for a while is slow for all of them; what
// is printed are medians of the rounds. The work of a server is its CPU time per
// request, for the load generator may be what bounds the requests per second.
//
// It is a module of its own, so that what it compares with is no dependency of
// Barewire. Read rows.go for what is measured, then peers.go for whom, and ideas.go
// for what has made Barewire as fast as it is.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	var (
		rounds   = flag.Int("rounds", 5, "how often everything is measured")
		rows     = flag.String("rows", "", "measure the rows that match this `regexp`")
		peers    = flag.String("peers", "", "measure the servers, or ideas, that match this `regexp`, and what they are compared with")
		ideas    = flag.Bool("ideas", false, "measure what each idea gains: Barewire as it is, beside itself without it")
		python   = flag.Bool("python", false, "measure servers of Python's applications: Barewire beside gunicorn and uWSGI")
		load     = flag.String("load", "auto", "where the load of the keep-alive rows is from: wrk, own, or auto, which is wrk if it is installed")
		short    = flag.Bool("short", false, "a quick look: two short rounds, and neither strangers nor growth")
		asJSON   = flag.String("json", "", "write all figures of all rounds to this `FILE`")
		markdown = flag.Bool("markdown", false, "print the tables as in docs/performance.md")
		serving  = flag.String("serve", "", "be a server, this `one`: barewire, nethttp, fasthttp or raw")
		profile  = flag.String("profile", "", "of the server that it is, write a CPU profile to this `FILE`, until Ctrl-C")
		exchange = flag.String("exchange", "", "tell what these `requests` take of Barewire in memory, as bench asks another bench")
	)
	flag.Parse()
	if *serving != "" {
		return serve(*serving, *profile)
	}
	if *exchange != "" {
		return tellCost(*exchange)
	}
	rowsWanted, err := regexp.Compile(*rows)
	if err != nil {
		return err
	}
	peersWanted, err := regexp.Compile(*peers)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends it at once

	b := &bench{ctx: ctx, rounds: *rounds, second: time.Second, short: *short}
	if *short {
		b.rounds, b.second = min(*rounds, 2), time.Second/3
	}
	if err := b.findLoad(*load); err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "barewire-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	choose := b.chooseServers
	switch {
	case *ideas:
		choose = b.chooseIdeas
	case *python:
		choose = b.choosePython
	}
	if err := choose(temp, rowsWanted, peersWanted); err != nil {
		return err
	}
	if len(b.rows) == 0 {
		return errors.New("no row matches " + *rows)
	}
	if !b.python {
		b.pin() // now, for building takes all cores
	}

	results := b.measure()
	if *asJSON != "" {
		text, err := json.MarshalIndent(results, "", "\t")
		if err != nil {
			return err
		}
		if err := os.WriteFile(*asJSON, append(text, '\n'), 0o666); err != nil {
			return err
		}
	}
	show := results.text
	if *markdown {
		show = results.markdown
	}
	fmt.Print(show())
	if ctx.Err() != nil {
		return errors.New("interrupted; these are the rounds until then")
	}
	return nil
}

// chooseServers has the servers compared that this machine has.
func (b *bench) chooseServers(temp string, rows, peers *regexp.Regexp) error {
	all, err := installed(b.ctx, temp)
	if err != nil {
		return err
	}
	for _, peer := range all {
		if peer.name == yardstick || peers.MatchString(peer.name) && !(b.short && peer.stranger) {
			b.peers = append(b.peers, peer)
		}
	}
	for _, row := range table {
		if rows.MatchString(row.name) && !(b.short && row.growth) {
			b.rows = append(b.rows, row)
		}
	}
	return nil
}
