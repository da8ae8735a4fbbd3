// Your server: the ten steps in a loop, and on the wire an application.
//
//	go run .                             serve check:App on 127.0.0.1:8888
//	go run . 127.0.0.1:0                 on a port that is free
//	go run . 127.0.0.1:8888 hello:App    another application
//	go run . -trace json 127.0.0.1:0     every event as a line of JSON; flags go first
//	barewire watch -- go run . 127.0.0.1:0    the same on the live screen
//
// The file is given. What it serves is yours, all ten steps of it: the first
// function that is not written yet ends the server, and says of which step it is.
// Until then each step has a server of its own: go run ./steps/01_listen/demo
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"barewire/apps/check"
	"barewire/apps/hello"
	"barewire/apps/stream"
	"barewire/server"
	"barewire/server/trace"
	wsgi "barewire/steps/06_wsgi"
)

var apps = map[string]wsgi.Application{
	"check:App":  check.App,
	"hello:App":  hello.App,
	"stream:App": stream.App,
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run serves until it is killed.
func run() error {
	usual := "plain"
	if os.Getenv("BAREWIRE_EVENTS") == "1" {
		usual = "json" // for barewire watch
	}
	form := flag.String("trace", usual, "how to show what happens: plain, json or none")
	flag.Parse()
	address := cmp.Or(flag.Arg(0), "127.0.0.1:8888")
	name := cmp.Or(flag.Arg(1), "check:App")
	for _, word := range flag.Args() {
		if strings.HasPrefix(word, "-") {
			return fmt.Errorf("flags go first: go run . -trace plain %s", address)
		}
	}

	app, found := apps[name]
	if !found {
		return fmt.Errorf("there is no application %q here, only check:App, hello:App and stream:App", name)
	}
	var show interface{ Write(server.Event) error }
	out, end := io.Writer(os.Stdout), "" // of the line that says where it listens
	switch *form {
	case "plain":
		show = &trace.Text{Out: os.Stdout, App: name}
	case "json":
		show, out, end = trace.JSON{Out: os.Stdout}, os.Stderr, " (events on stdout)"
	case "none":
	default:
		return fmt.Errorf("-trace is plain, json or none, not %q", *form)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("%w; a free port is taken with: go run . 127.0.0.1:0", err)
	}
	s := server.New(app)
	s.Remember = false // each step does its work for each request
	if show != nil {
		ring := server.NewRing(16 << 20) // connections never wait for a terminal
		s.Observe, s.Watch = ring.Observe, ring.Room
		go pump(ring, show)
	}
	if _, err := fmt.Fprintf(out, "listening on http://%s%s\n", listener.Addr(), end); err != nil {
		return errors.Join(err, listener.Close())
	}
	s.Serve(listener)
	return nil
}

// pump shows the events, for as long as somebody takes them.
func pump(ring *server.Ring, show interface{ Write(server.Event) error }) {
	for {
		for _, event := range ring.Next() {
			if err := show.Write(event); err != nil {
				ring.Close()
				return
			}
		}
	}
}
