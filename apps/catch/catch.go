// Package catch answers for an application that cannot.
//
// It is the tutorials' ExceptionMiddleware: call the application, pass on what
// it yields, and when it fails say so with a 500. Theirs is short because
// except: catches everything, and that is what is wrong with it. Three things
// are different here.
//
//   - start_response is told the cause, exc_info in Python. Without it a second
//     call is an error. With it the 500 replaces what was not yet sent, and
//     when the head is out, the cause ends the answer where it stands.
//   - What goes wrong on the server's side is not the application's failure, and
//     passes through. In Python that is GeneratorExit, by which a server ends a
//     generator when the client has left: their except: catches it too, and
//     yields once more to nobody.
//   - The body is closed all the same. Theirs closes it at the end of a function
//     that may not get there; ours keeps Close of the body inside, and the server
//     calls it, once.
//
// The application in failing.go fails in three ways. The third, /late, curl takes
// for a broken answer, as it should.
//
//	curl -i 'http://127.0.0.1:8888/'
//	curl -i 'http://127.0.0.1:8888/error'
//	curl -i 'http://127.0.0.1:8888/panic'
package catch

import (
	"errors"
	"fmt"
	"log"
	"runtime/debug"
	"strings"

	wsgi "barewire/steps/06_wsgi"
)

// Errors turns the failure of app into an answer: an error that its body yields,
// or a panic, while it is called or while its body is asked for chunks. The
// operator reads about it in wsgi.errors. The client reads "Server error", or,
// with showTraceback, what went wrong and where, which is for the author's eyes.
//
// The body that app returned is hidden behind one that can only yield and close.
// The server does not see that it is a List or a File.
func Errors(app wsgi.Application, showTraceback bool) wsgi.Application {
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		fail := func(cause error) string {
			log.New(environ.Errors(), "catch: ", 0).Printf("%q\n%s", cause, callsOf(cause))
			start("500 Internal Server Error", wsgi.Headers{{"Content-Type", "text/plain; charset=utf-8"}}, cause)
			if showTraceback {
				return cause.Error() + "\n" + callsOf(cause)
			}
			return "Server error\n"
		}
		body, cause := call(app, environ, start)
		if cause != nil {
			return wsgi.Text(fail(cause))
		}
		if body == nil {
			return nil // the server knows the rule that this breaks
		}
		return guarded{body, fail}
	}
}

// call calls app, and returns a panic as an error.
func call(app wsgi.Application, environ wsgi.Environ, start wsgi.StartResponse) (body wsgi.Body, cause error) {
	defer func() {
		if value := recover(); value != nil {
			cause = caught(value)
		}
	}()
	return app(environ, start), nil
}

// A guarded body yields the chunks of another, and what fail says when there
// was an error. Close is that of the other.
type guarded struct {
	wsgi.Body
	fail func(cause error) string
}

// Chunks yields at most one chunk more than the body inside. If the head is
// out, nobody gets it: the cause has ended the answer.
func (g guarded) Chunks(yield func([]byte, error) bool) {
	if cause := g.pass(yield); cause != nil {
		yield([]byte(g.fail(cause)), nil)
	}
}

// pass yields the chunks, and returns the error or the panic of the body. A
// panic that comes out of yield is the server's, not the body's: then recover is
// not even called, so it goes on as if nobody had stood in its way. So does one
// of a body that panics when no more is asked of it.
func (g guarded) pass(yield func([]byte, error) bool) (cause error) {
	serversTurn := false
	defer func() {
		if serversTurn {
			return
		}
		if value := recover(); value != nil {
			cause = caught(value)
		}
	}()
	for chunk, err := range g.Body.Chunks {
		if err != nil {
			return err
		}
		serversTurn = true
		if !yield(chunk, nil) {
			return nil
		}
		serversTurn = false
	}
	return nil
}

// A panicked is a panic as an error.
type panicked struct {
	value any
	calls string
}

func (p panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// caught makes an error of a panic, when called by a deferred function. As in
// Python's traceback, the calls are those between the one that failed and the
// one that caught it. Go says the last one first.
func caught(value any) error {
	_, calls, _ := strings.Cut(string(debug.Stack()), "\npanic(")
	for _, catcher := range []string{"call(", "guarded.pass("} {
		calls, _, _ = strings.Cut(calls, "\nbarewire/apps/catch."+catcher)
	}
	lines := strings.SplitAfterN(calls, "\n", 3)
	return panicked{value, "\n" + lines[len(lines)-1] + "\n"}
}

// callsOf returns the calls that led to a panic, "" for any other error.
func callsOf(cause error) string {
	var p panicked
	if errors.As(cause, &p) {
		return p.calls
	}
	return ""
}
