package command

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/fcgi"
	"os/signal"
	"slices"
	"sync"
	"time"

	"barewire/server"
	"barewire/server/httphandler"
	"barewire/server/uwsgi"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The protocols that serve can speak. Behind the first two is our server, and behind
// the last one Go's.
const (
	overHTTP    = "http"
	overUWSGI   = "uwsgi"
	overFastCGI = "fastcgi"
)

// withFastCGI are the flags of serve that mean something to FastCGI. The others are
// about steps that it does not take.
var withFastCGI = []string{"addr", "protocol", "with", "mount", "trace", "workers", "python", "app-timeout", "debug", "reload"}

// checkProtocol says what the protocol that was asked for cannot do.
func (f serveFlags) checkProtocol(command *cobra.Command, mistake string) (err error) {
	switch f.protocol.word {
	case overUWSGI:
		if mistake != "" {
			return fmt.Errorf("--mistake is about HTTP, which --protocol %s leaves to the proxy", overUWSGI)
		}
	case overFastCGI:
		command.Flags().Visit(func(flag *pflag.Flag) {
			if err == nil && !slices.Contains(withFastCGI, flag.Name) {
				err = fmt.Errorf("--protocol %s has no --%s: it is spoken by Go's net/http/fcgi, whose steps are not ours", overFastCGI, flag.Name)
			}
		})
		if traced := f.trace.word; err == nil && traced != "auto" && traced != "none" {
			err = fmt.Errorf("--protocol %s has no --trace %s: it is spoken by Go's net/http/fcgi, which tells nothing of its steps", overFastCGI, traced)
		}
	}
	return err
}

// putProtocol gives the protocol to a server of ours.
func putProtocol(protocol string, s *server.Server) {
	if protocol == overUWSGI {
		uwsgi.Put(s)
	}
}

// place is where a server of a protocol listens: what to type into curl, or to write
// behind uwsgi_pass and fastcgi_pass. A Unix socket is named as nginx names it.
func place(protocol string, addr net.Addr) string {
	switch {
	case addr.Network() == "unix":
		return onUnix + addr.String()
	case protocol == overHTTP:
		return url(addr)
	}
	return protocol + "://" + addr.String()
}

// serveFastCGI serves until it is told to stop. There is no trace: what the
// application writes to wsgi.errors goes to standard error.
func serveFastCGI(ctx context.Context, world World, app app, listener net.Listener) error {
	ctx, restore := signal.NotifyContext(ctx, endSignals()...)
	defer restore()

	f := &fastCGI{bridge: httphandler.Bridge{App: app.serve, Errors: escaped{world.Err}}}
	fmt.Fprintf(world.Out, "listening on %s\nserving %s   Ctrl-C stops\n", place(overFastCGI, listener.Addr()), app.name)
	ended := make(chan error, 1)
	go func() { ended <- fcgi.Serve(listener, f) }()
	select {
	case err := <-ended:
		return failure{err}
	case <-ctx.Done():
	}
	restore() // so that a second Ctrl-C ends it at once
	_ = listener.Close()
	if !f.finish(stopWithin) {
		fmt.Fprintf(world.Err, "barewire: some requests were not finished after %v and are cut off\n", stopWithin)
	}
	return nil
}

// A fastCGI is the handler of Go's FastCGI server, which cannot stop politely: the
// requests in hand are counted here.
type fastCGI struct {
	bridge http.Handler
	inHand sync.RWMutex
}

func (f *fastCGI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.inHand.RLock()
	defer f.inHand.RUnlock()
	f.bridge.ServeHTTP(w, r)
}

// finish waits until no request is in hand, and tells whether that came in time. No
// other begins then.
func (f *fastCGI) finish(within time.Duration) bool {
	finished := make(chan struct{})
	go func() {
		f.inHand.Lock()
		close(finished)
	}()
	select {
	case <-finished:
		return true
	case <-time.After(within):
		return false
	}
}
