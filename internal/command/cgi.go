package command

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/fcgi"
	"os"
	"os/signal"
	"syscall"

	"barewire/server/cgi"
	"barewire/server/httphandler"
	"barewire/server/trace"

	"github.com/spf13/cobra"
)

func cgiCommand(world World) *cobra.Command {
	var around composition
	cgiOnce := &cobra.Command{
		Use:   "cgi APP",
		Short: "Run an application once as a CGI program",
		Long: `Answer one request as a CGI program: the request comes in environment variables
and on standard input, the answer goes to standard output, errors to standard
error.

A web server with CGI runs it by an executable file of two lines:

  #!/bin/sh
  exec barewire cgi hello:App

One with FastCGI runs the same file, and keeps it: it hands over a listening
socket as standard input, and asks for many requests. Let it do so for "/", the
whole site: the Go library that speaks FastCGI here hides SCRIPT_NAME, so the
application could not tell the path that led to it from the rest.`,
		Example: `  REQUEST_METHOD=GET PATH_INFO=/ barewire cgi hello:App

  REQUEST_METHOD=GET PATH_INFO=/ barewire cgi hello:App --with log,catch`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("cgi takes one application, such as hello:App")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			around.workers = newWorkers(world)
			defer around.workers.stop()
			alone, err := around.workers.find(args[0], world)
			if err != nil {
				return err
			}
			app, err := around.compose(alone, world)
			if err != nil {
				return err
			}
			if socket, err := listenerIn(world.In); err == nil {
				return failure{fcgi.Serve(socket, httphandler.Handler(app.serve))}
			}
			// A parent that reads no further must not kill us before the Body
			// is closed: the write then fails, as it does in a server.
			signal.Ignore(syscall.SIGPIPE)
			err = cgi.Run(app.serve, os.Environ(), world.In, world.Out, escaped{world.Err})
			switch {
			case errors.Is(err, cgi.ErrNoRequest):
				return fmt.Errorf("cgi is run by a web server, which says the request in variables; by hand, type   REQUEST_METHOD=GET PATH_INFO=/ %s cgi %s", world.Name, alone.name)
			case err != nil:
				return failure{errors.New(trace.Escape([]byte(err.Error())))}
			}
			return nil
		},
		ValidArgsFunction: completeApps,
	}
	around.addTo(cgiOnce)
	return cgiOnce
}

// listenerIn returns the socket that a parent with FastCGI gives a program in the
// place of standard input. A socket that is connected is the body of one request:
// some parents with CGI use it like a pipe.
func listenerIn(in io.Reader) (net.Listener, error) {
	file, ok := in.(*os.File)
	if !ok || !isListening(file) {
		return nil, os.ErrInvalid
	}
	return net.FileListener(file)
}
