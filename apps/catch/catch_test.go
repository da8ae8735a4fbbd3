package catch_test

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"barewire/apps/catch"
	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

var (
	errDisk = errors.New("the disk is full")
	plain   = wsgi.Headers{{"Content-Type", "text/plain"}}
)

// A counted body counts how often it is closed.
type counted struct {
	wsgi.Body
	closed *int
}

func (c counted) Close() error {
	*c.closed++
	return c.Body.Close()
}

// chunks is a body that yields, as long as it may, and then fails.
func chunks(fail func(yield func([]byte, error) bool), texts ...string) wsgi.Body {
	return wsgi.Stream(func(yield func([]byte, error) bool) {
		for _, text := range texts {
			if !yield([]byte(text), nil) {
				return
			}
		}
		fail(yield)
	})
}

func well(func([]byte, error) bool)            {}
func yieldsErr(yield func([]byte, error) bool) { yield(nil, errDisk) }
func panics(func([]byte, error) bool)          { panic("no more") }
func panicsNil(func([]byte, error) bool)       { panic(nil) }
func panicsErr(func([]byte, error) bool)       { panic(errDisk) }
func indexes(func([]byte, error) bool)         { _ = []int(nil)[len(plain)] }

// goesOn yields once more when nobody listens.
func goesOn(yield func([]byte, error) bool) {
	yield(nil, errDisk)
	yield([]byte("more"), nil)
}

// TestApp fails in each of the ways, once with nobody around it who catches.
func TestApp(t *testing.T) {
	for _, test := range []struct{ path, status, chunk, err string }{
		{"/", "200 OK", "Nothing fails here. Try /error, /panic and /late.\n", ""},
		{"/error", "500 Internal Server Error", "the disk is full\n", ""},
		{"/panic", "500 Internal Server Error", "panic: runtime error: index out of range [0] with length 0\n", ""},
		{"/late", "200 OK", "This is the first half of the answer,\n", "the disk is full"},
	} {
		got := apptest.Run(catch.App, wsgi.Environ{"PATH_INFO": test.path, "wsgi.errors": io.Discard})
		if got.Status != test.status || len(got.Chunks) != 1 || !strings.HasPrefix(got.Chunks[0], test.chunk) || fmt.Sprint(got.Err) != cmp.Or(test.err, "<nil>") {
			t.Errorf("%s = %s, %q, %v, want %s, %q, %s", test.path, got.Status, got.Chunks, got.Err, test.status, test.chunk, test.err)
		}
	}
}

func TestErrors(t *testing.T) {
	const refused = "500 Internal Server Error"
	tests := []struct {
		name   string
		starts bool
		body   wsgi.Body
		status string
		chunks []string
		logged string
	}{
		{"all is well", true, chunks(well, "one", "two"), "200 OK", []string{"one", "two"}, ""},
		{"no chunk", true, chunks(well), "200 OK", nil, ""},
		{"an error", true, chunks(yieldsErr), refused, []string{"Server error\n"}, `catch: "the disk is full"`},
		{"an error behind an empty chunk", true, chunks(yieldsErr, ""), refused, []string{"Server error\n"}, `catch: "the disk is full"`},
		{"an error before the start", false, chunks(yieldsErr), refused, []string{"Server error\n"}, `catch: "the disk is full"`},
		{"a panic", true, chunks(panics), refused, []string{"Server error\n"}, `catch: "panic: no more"`},
		{"a panic before the start", false, chunks(panics), refused, []string{"Server error\n"}, `catch: "panic: no more"`},
		{"a panic with an error", true, chunks(panicsErr), refused, []string{"Server error\n"}, `catch: "panic: the disk is full"`},
		{"a panic with nil", true, chunks(panicsNil), refused, []string{"Server error\n"}, `catch: "panic: panic called with nil`},
		{"a bug", true, chunks(indexes), refused, []string{"Server error\n"}, `catch: "panic: runtime error: index out of range`},
		{"an error that is not the last", true, chunks(goesOn), refused, []string{"Server error\n"}, `catch: "panic: `},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			closed := 0
			app := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				if test.starts {
					start("200 OK", plain)
				}
				return counted{test.body, &closed}
			}
			var log strings.Builder
			got := apptest.Run(catch.Errors(app, false), wsgi.Environ{"wsgi.errors": &log})
			if got.Err != nil || got.Status != test.status {
				t.Errorf("Errors(app) answers %q, %v, want %q", got.Status, got.Err, test.status)
			}
			if !slices.Equal(got.Chunks, test.chunks) {
				t.Errorf("chunks = %q, want %q", got.Chunks, test.chunks)
			}
			if (log.Len() > 0) != (test.logged != "") || !strings.HasPrefix(log.String(), test.logged) {
				t.Errorf("the log = %q, want %q", &log, test.logged)
			}
			if closed != 1 {
				t.Errorf("the body was closed %d times, want once", closed)
			}
		})
	}
}

// TestPanicWhileCalled has no body to close.
func TestPanicWhileCalled(t *testing.T) {
	for _, starts := range []bool{false, true} {
		app := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			if starts {
				start("200 OK", plain)
			}
			panic("no more")
		}
		got := apptest.Run(catch.Errors(app, false), wsgi.Environ{"wsgi.errors": io.Discard})
		want := []string{"Server error\n"}
		if got.Err != nil || got.Status != "500 Internal Server Error" || !slices.Equal(got.Chunks, want) {
			t.Errorf("Errors(app) answers %q, %q, %v, want a 500 and %q", got.Status, got.Chunks, got.Err, want)
		}
	}
}

// TestNoBody leaves it to the server to name the rule.
func TestNoBody(t *testing.T) {
	app := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body { return nil }
	got := apptest.Run(catch.Errors(app, false), wsgi.Environ{})
	if got.Err == nil || !strings.Contains(got.Err.Error(), "an application returns a body") {
		t.Errorf("Errors(app) answers %q, %v, want the refusal of step 08", got.Status, got.Err)
	}
}

func TestCause(t *testing.T) {
	var got []error
	start := func(_ string, _ wsgi.Headers, cause ...error) wsgi.Write {
		got = append(got, cause...)
		return nil
	}
	app := func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return wsgi.Fail(errDisk) }
	body := catch.Errors(app, false)(wsgi.Environ{"wsgi.errors": io.Discard}, start)
	for _, err := range body.Chunks {
		if err != nil {
			t.Errorf("the body yields the error %v", err)
		}
	}
	if want := []error{errDisk}; !slices.Equal(got, want) {
		t.Errorf("start_response is told the causes %v, want %v", got, want)
	}
}

// TestTraceback shows the calls that failed, also where they are of this package.
func TestTraceback(t *testing.T) {
	tests := []struct {
		name string
		app  wsgi.Application
		want []string // what the lines of the answer begin with
	}{
		{
			"an error has no calls",
			func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return wsgi.Fail(errDisk) },
			[]string{"the disk is full"},
		},
		{
			"a panic while called",
			func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { panics(nil); return nil },
			[]string{"panic: no more", "", "barewire/apps/catch_test.panics(", "\t", "barewire/apps/catch_test.TestTraceback.func", "\t"},
		},
		{
			"a panic in the body",
			func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return wsgi.Stream(panics) },
			[]string{"panic: no more", "", "barewire/apps/catch_test.panics(", "\t", "barewire/steps/06_wsgi.Stream.Chunks(", "\t"},
		},
		{
			"a panic inside of another layer of the same",
			catch.Errors(func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { panics(nil); return nil }, true),
			[]string{"panic: no more", "", "barewire/apps/catch_test.panics(", "\t", "barewire/apps/catch_test.TestTraceback.func", "\t"},
		},
		{
			"/panic of App",
			catch.App,
			[]string{"panic: runtime error: index out of range [0] with length 0", "", "barewire/apps/catch.failing(", "\t"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var log strings.Builder
			got := apptest.Run(catch.Errors(test.app, true), wsgi.Environ{"PATH_INFO": "/panic", "wsgi.errors": &log})
			text := strings.Join(got.Chunks, "")
			lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
			if !slices.EqualFunc(lines, test.want, strings.HasPrefix) {
				t.Errorf("the traceback is\n%s\nwant lines that begin with %q", text, test.want)
			}
			_, calls, _ := strings.Cut(text, "\n")
			if !strings.HasSuffix(log.String(), calls) {
				t.Errorf("the log is\n%s\nwant the calls in it:\n%s", &log, calls)
			}
		})
	}
}

// TestServersPanic checks that what goes wrong in yield is none of our business,
// and reaches the server as it was.
func TestServersPanic(t *testing.T) {
	tests := []struct {
		name  string
		body  wsgi.Body
		yield func([]byte, error) bool
		want  any
	}{
		{"yield panics", chunks(well, "one", "two"), func([]byte, error) bool { panic(errDisk) }, errDisk},
		{"the body panics when no more is wanted", wsgi.Stream(func(yield func([]byte, error) bool) {
			yield([]byte("one"), nil)
			panic("why not")
		}), func([]byte, error) bool { return false }, "why not"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			yields, starts := 0, 0
			start := func(string, wsgi.Headers, ...error) wsgi.Write { starts++; return nil }
			app := func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return test.body }
			body := catch.Errors(app, true)(wsgi.Environ{"wsgi.errors": io.Discard}, start)
			defer func() {
				if got := recover(); got != test.want {
					t.Errorf("Chunks panics with %v, want %v", got, test.want)
				}
				if yields != 1 || starts != 0 {
					t.Errorf("Chunks yields %d times and starts %d times, want 1 and 0", yields, starts)
				}
			}()
			body.Chunks(func(chunk []byte, err error) bool {
				yields++
				return test.yield(chunk, err)
			})
		})
	}
}

// TestGoexit checks that the end of a goroutine is not taken for a panic.
func TestGoexit(t *testing.T) {
	yields := 0
	app := func(wsgi.Environ, wsgi.StartResponse) wsgi.Body {
		return wsgi.Stream(func(func([]byte, error) bool) { runtime.Goexit() })
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		body := catch.Errors(app, true)(wsgi.Environ{}, nil)
		body.Chunks(func([]byte, error) bool { yields++; return true })
		yields++
	}()
	<-ended
	if yields != 0 {
		t.Error("Chunks went on when its goroutine had ended")
	}
}

func ExampleErrors() {
	app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", wsgi.Headers{{"Content-Type", "text/html"}})
		return wsgi.Fail(errors.New("the database is away"))
	}
	answer := apptest.Run(catch.Errors(app, true), wsgi.Environ{"wsgi.errors": io.Discard})
	fmt.Println(answer.Status)
	fmt.Print(answer.Chunks[0])
	// Output:
	// 500 Internal Server Error
	// the database is away
}
