package validator

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"

	"barewire/apps/catch"
	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

// A talk is what a server gets to hear from an application.
type talk struct {
	starts []string
	chunks []string // yielded, empty ones too
	writes []string
	len    string // of the body, "none" when it does not know
	errs   []string
}

// hear is a server that notes everything. It asks for max chunks, or for all.
func hear(app wsgi.Application, environ wsgi.Environ, max int) (heard talk) {
	body := app(environ, func(status string, headers wsgi.Headers, cause ...error) wsgi.Write {
		heard.starts = append(heard.starts, fmt.Sprint(status, headers, cause))
		return func(chunk []byte) error {
			if string(chunk) == "refused" {
				return errBoom
			}
			heard.writes = append(heard.writes, string(chunk))
			return nil
		}
	})
	defer func() { heard.errs = append(heard.errs, fmt.Sprint(body.Close())) }()
	heard.len = "none"
	if list, ok := body.(interface{ Len() int }); ok {
		heard.len = fmt.Sprint(list.Len())
	}
	if max == 0 {
		return heard
	}
	for chunk, err := range body.Chunks {
		if err != nil {
			heard.errs = append(heard.errs, err.Error())
			continue
		}
		if heard.chunks = append(heard.chunks, string(chunk)); len(heard.chunks) == max {
			break
		}
	}
	return heard
}

const (
	all    = -1
	absent = "(absent)" // what a row says about a key that is not there
)

// What keeps the contract goes through unchanged, and nobody complains, however
// many of these layers there are.
func TestLegal(t *testing.T) {
	tests := []struct {
		name    string
		environ wsgi.Environ // beside what is given
		max     int
		app     wsgi.Application
	}{
		{"a text", nil, all, has(plain, "hello")},
		{"a list of one", nil, all, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", plain)
			return wsgi.Text("hello")
		}},
		{"a list of three, one of them empty", nil, all, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", typed("4"))
			return wsgi.List{[]byte("ab"), nil, []byte("cd")}
		}},
		{"no chunk and no headers", nil, all, says("200 OK")},
		{"an empty reason", nil, all, says("299 ")},
		{"the last status", nil, all, says("599 x")},
		{"a reason with spaces, beyond ASCII", nil, all, says("404 Pas trouv\xe9 ici")},
		{"a header without a value", nil, all, says("200 OK", [2]string{"X", ""})},
		{"a header name of odd bytes", nil, all, says("200 OK", [2]string{"!X.y_z~1", "caf\xe9, \"x\""})},
		{"a header name that ends in any byte of a token", nil, all, says("200 OK", [2]string{"X-", "x"}, [2]string{"X_", "x"}, [2]string{"!", "x"})},
		{"headers that look like others", nil, all, says("200 OK", [2]string{"Connection-Info", "x"}, [2]string{"X-Status", "x"})},
		{"two cookies", nil, all, says("200 OK", [2]string{"Set-Cookie", "a=1"}, [2]string{"Set-Cookie", "b=2"})},
		{"as many bytes as the Content-Length", nil, all, has(typed("4"), "ab", "", "cd")},
		{"a number behind the Content-Length", nil, all, has(wsgi.Headers{{"Content-Length", "2"}, {"Age", "1"}, {"Content-Type", "a/b"}}, "ab")},
		{"a length of 0", nil, all, has(typed("0"), "", "")},
		{"204", nil, all, says("204 No Content")},
		{"204 with an empty chunk", nil, all, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("204 No Content", nil)
			return wsgi.Text("")
		}},
		{"205", nil, all, says("205 Reset Content", [2]string{"Content-Length", "0"})},
		{"205 with a Content-Type", nil, all, says("205 Reset Content", [2]string{"Content-Type", "text/plain"})},
		{"304 with the length of a 200", nil, all, says("304 Not Modified", [2]string{"Content-Length", "5"})},
		{"an empty answer of no type", nil, all, says("302 Found", [2]string{"Location", "/x"}, [2]string{"Content-Length", "0"})},
		{"a late start", nil, all, yields(func(start wsgi.StartResponse, yield func([]byte, error) bool) {
			start("200 OK", plain)
			_ = yield([]byte("a"), nil) && yield([]byte("b"), nil)
		})},
		{"empty chunks before a late start", nil, all, yields(func(start wsgi.StartResponse, yield func([]byte, error) bool) {
			if yield(nil, nil) && yield([]byte{}, nil) {
				start("200 OK", plain)
				yield([]byte("a"), nil)
			}
		})},
		{"a start behind all chunks, which are empty", nil, all, yields(func(start wsgi.StartResponse, yield func([]byte, error) bool) {
			yield(nil, nil)
			start("200 OK", plain)
		})},
		{"another start with a cause", nil, all, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", typed("99"))
			start("500 Oh", typed("2"), errBoom)
			return wsgi.Text("oh")
		}},
		{"three starts, and 204 was not it", nil, all, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("204 No Content", nil)
			start("404 Oh", nil, errBoom)
			start("500 Oh", plain, errBoom, errBoom)
			return wsgi.Text("oh")
		}},
		{"a first start with a cause", nil, all, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("500 Oh", plain, errBoom)
			return wsgi.Text("oh")
		}},
		{"a cause when it is too late", nil, all, yields(func(start wsgi.StartResponse, yield func([]byte, error) bool) {
			start("200 OK", typed("5"))
			if yield([]byte("abc"), nil) {
				start("500 Oh", nil, errBoom)
				yield([]byte("nobody gets that"), nil)
			}
		})},
		{"a cause when it is too late, and no more", nil, all, yields(func(start wsgi.StartResponse, yield func([]byte, error) bool) {
			start("200 OK", typed("5"))
			if yield([]byte("abc"), nil) {
				start("500 Oh", nil, errBoom)
			}
		})},
		{"write", nil, all, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			write := start("200 OK", typed("6"))
			if err := errors.Join(write([]byte("ab")), write(nil), write([]byte("cd"))); err != nil {
				return wsgi.Fail(err)
			}
			return wsgi.Text("ef")
		}},
		{"a write that the server refuses", nil, all, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			return wsgi.Fail(start("200 OK", plain)([]byte("refused")))
		}},
		{"an error", nil, all, func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { return wsgi.Fail(errBoom) }},
		{"an error short of the Content-Length", nil, all, yields(func(start wsgi.StartResponse, yield func([]byte, error) bool) {
			start("200 OK", typed("5"))
			if yield([]byte("abc"), nil) {
				yield(nil, errBoom)
			}
		})},
		{"an error short of Len", nil, all, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			return counted{wsgi.Fail(errBoom), 3}
		}},
		{"an error behind all of Len", nil, all, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", plain)
			return counted{wsgi.Stream(func(yield func([]byte, error) bool) {
				if yield([]byte("a"), nil) {
					yield(nil, errBoom)
				}
			}), 1}
		}},
		{"an error that has io.EOF in it", nil, all, func(wsgi.Environ, wsgi.StartResponse) wsgi.Body {
			return wsgi.Fail(fmt.Errorf("the file is short: %w", io.EOF))
		}},
		{"an error of Close", nil, all, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", plain)
			return wsgi.File{Reader: strings.NewReader("file"), Closer: failingClose{}, BlockSize: 2}
		}},
		{"a file", nil, all, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", typed("4"))
			return environ.FileWrapper()(io.NopCloser(strings.NewReader("file")), 3)
		}},
		{"a server that asks for one chunk", nil, 1, has(typed("4"), "ab", "cd")},
		{"a server that asks for one chunk of a list", nil, 1, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", plain)
			return wsgi.List{[]byte("ab"), []byte("cd")}
		}},
		{"a server that closes without asking", nil, 0, has(typed("4"), "ab", "cd")},
		{"a server that closes without asking a generator", nil, 0, yields(nil)},
		{"HEAD without content", wsgi.Environ{"REQUEST_METHOD": "HEAD"}, all, has(typed("4"))},
		{"HEAD with all of it", wsgi.Environ{"REQUEST_METHOD": "HEAD"}, all, has(typed("4"), "ab", "cd")},
		{"HEAD of a server that asks for one chunk", wsgi.Environ{"REQUEST_METHOD": "HEAD"}, 1, has(typed("4"), "ab", "cd")},
		{"a method of one's own", wsgi.Environ{"REQUEST_METHOD": "brew!"}, all, has(plain, "x")},
		{"OPTIONS *", wsgi.Environ{"REQUEST_METHOD": "OPTIONS", "PATH_INFO": ""}, all, has(plain, "x")},
		{"a mounted application", wsgi.Environ{"SCRIPT_NAME": "/app", "PATH_INFO": ""}, all, has(plain, "x")},
		{"an IPv6 server with https", wsgi.Environ{"SERVER_NAME": "[::1]", "wsgi.url_scheme": "https"}, all, has(plain, "x")},
		{"an empty length", wsgi.Environ{"CONTENT_LENGTH": ""}, all, has(plain, "x")},
		{"anything under a name with a dot", wsgi.Environ{"myapp.url_args": []string{"a"}, "HTTP_X.Y": "z"}, all, has(plain, "x")},
		{"what may be left out", wsgi.Environ{
			"SCRIPT_NAME": absent, "CONTENT_LENGTH": absent,
			"wsgi.input_terminated": absent, "wsgi.file_wrapper": absent, "barewire.note": absent,
		}, all, has(plain, "x")},
		{"no PATH_INFO of a mounted application", wsgi.Environ{"SCRIPT_NAME": "/app", "PATH_INFO": absent}, all, has(plain, "x")},
		{"an input that is read and read again", nil, all, readsOn},
		{"an input that is read by lines", nil, all, readsLine},
		{"an input that is read by Lines", nil, all, readsLines},
		{"an input of which one line is read", nil, all, readsOneOfLines},
		{"an input of which lines of no bytes are read", nil, all, func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			n, first := environ.Input().Read(nil)
			line, second := environ.Input().ReadLine(0)
			if n != 0 || line != nil {
				t.Errorf("read %d bytes and the line %q, want nothing", n, line)
			}
			return answers(start, errors.Join(first, second))
		}},
		{"an input that fails", wsgi.Environ{"wsgi.input": &oddInput{read: func([]byte) (int, error) { return 0, errBoom }}}, all, reads},
		{"Lines that fail", wsgi.Environ{"wsgi.input": &oddInput{lines: func(yield func([]byte, error) bool) { yield(nil, errBoom) }}}, all, readsLines},
		{"an input that is slow", wsgi.Environ{"wsgi.input": &slowInput{}}, all, reads},
		{"an application that catches", nil, all, catch.Errors(yields(func(start wsgi.StartResponse, yield func([]byte, error) bool) {
			start("200 OK", typed("5"))
			if yield([]byte("abc"), nil) {
				yield(nil, errBoom)
			}
		}), false)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			run := func(app wsgi.Application) string {
				environ := given()
				maps.Copy(environ, test.environ)
				maps.DeleteFunc(environ, func(_ string, value any) bool { return value == absent })
				if slow, ok := environ["wsgi.input"].(*slowInput); ok {
					*slow = slowInput{}
				}
				log := environ["wsgi.errors"].(*journal)
				heard := fmt.Sprintf("%q", hear(app, environ, test.max))
				return heard + fmt.Sprintf(" %q", log.lines())
			}
			want := run(test.app)
			if got := run(Check(test.app)); got != want {
				t.Errorf("a server hears %s, want %s", got, want)
			}
			if got := run(Check(Check(test.app))); got != want {
				t.Errorf("behind two layers a server hears %s, want %s", got, want)
			}
		})
	}
}

type failingClose struct{}

func (failingClose) Close() error { return errBoom }

// A slowInput returns a byte only when it is asked often enough.
type slowInput struct {
	oddInput
	asked int
}

func (s *slowInput) Read(p []byte) (int, error) {
	s.asked++
	if s.asked%patience != 0 {
		return 0, nil
	}
	if s.asked == 3*patience {
		return 0, io.EOF
	}
	return copy(p, "x"), nil
}

// A panic, the application's or the server's, passes as if nobody stood between.
func TestPanicsPass(t *testing.T) {
	panics := yields(func(start wsgi.StartResponse, yield func([]byte, error) bool) {
		start("200 OK", typed("5"))
		if yield([]byte("a"), nil) {
			panic(errBoom)
		}
	})
	tests := []struct {
		name  string
		app   wsgi.Application
		visit func(chunk []byte)
	}{
		{"while it is called", func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { panic(errBoom) }, nil},
		{"while it yields", panics, func([]byte) {}},
		{"in the server", has(typed("5"), "a"), func([]byte) { panic(errBoom) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			environ := given()
			log := environ["wsgi.errors"].(*journal)
			var body wsgi.Body
			defer func() {
				if value := recover(); value != errBoom {
					t.Errorf("recover() = %v, want %v", value, errBoom)
				}
				if body != nil {
					if err := body.Close(); err != nil {
						t.Errorf("Close() = %v, want nil", err)
					}
				}
				if lines := log.lines(); len(lines) > 0 {
					t.Errorf("wsgi.errors has %q, want nothing", lines)
				}
			}()
			body = Check(test.app)(environ, quiet)
			for chunk, err := range body.Chunks {
				if err != nil {
					t.Errorf("the body yields %v", err)
				}
				test.visit(chunk)
			}
		})
	}
}

// Of a wrong call nothing is passed on, and the body inside is closed once all
// the same.
func TestNothingWrongIsPassedOn(t *testing.T) {
	closed := 0
	counting := func(body wsgi.Body) wsgi.Body {
		closing := closer{body, func() { closed++ }}
		if list, ok := body.(counted); ok {
			return counted{closing, list.len}
		}
		return closing
	}
	tests := []struct {
		name   string
		app    wsgi.Application
		starts int
		chunks []string
	}{
		{"a wrong start", func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("OK", plain)
			return counting(wsgi.Text("x"))
		}, 0, nil},
		{"a right start behind a wrong one", func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("OK", plain)
			start("200 OK", plain, errBoom)
			return counting(wsgi.Text("x"))
		}, 0, nil},
		{"the chunk that is too much", func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", typed("3"))
			return counting(stream("ab", "cd", "ef"))
		}, 1, []string{"ab"}},
		{"the chunk of which Len knows nothing", func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", plain)
			return counting(counted{stream("a", "b"), 1})
		}, 1, []string{"a"}},
		{"a chunk behind an error", func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", plain)
			return counting(wsgi.Stream(func(yield func([]byte, error) bool) {
				yield(nil, errBoom)
				yield([]byte("x"), nil)
			}))
		}, 1, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			closed = 0
			heard := hear(Check(test.app), given(), all)
			if len(heard.starts) != test.starts || !slices.Equal(heard.chunks, test.chunks) || len(heard.errs) != 2 || closed != 1 {
				t.Errorf("the server hears %d starts, %q, %q and the body is closed %d times, want %d, %q, an error, that of Close, and once",
					len(heard.starts), heard.chunks, heard.errs, closed, test.starts, test.chunks)
			}
		})
	}
	t.Run("a second Close", func(t *testing.T) {
		closed = 0
		body := Check(func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", plain)
			return counting(wsgi.Text("x"))
		})(given(), quiet)
		first, second := body.Close(), body.Close()
		if first != nil || second == nil || closed != 1 {
			t.Errorf("Close() = %v, then %v, and closes the body inside %d times, want an error and once", first, second, closed)
		}
	})
}

// The environ is the caller's own: what an inner layer leaves there, an outer
// one finds.
func TestSameEnviron(t *testing.T) {
	environ := given()
	got := apptest.Run(Check(func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		environ["REMOTE_USER"] = "ada"
		start("200 OK", plain)
		return wsgi.Text("hello")
	}), environ)
	if got.Err != nil || environ["REMOTE_USER"] != "ada" {
		t.Errorf("the answer fails with %v, and REMOTE_USER = %q, want ada", got.Err, environ["REMOTE_USER"])
	}
}

// Of a wsgi.File the server sends Content-Length bytes, and that it is longer is
// no Violation. As the server does not see the File, the validator has to cut it.
func TestFileIsCut(t *testing.T) {
	app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", typed("3"))
		endless := io.MultiReader(strings.NewReader("abcdef"), neverRead{t})
		return environ.FileWrapper()(io.NopCloser(endless), 2)
	}
	for _, checked := range []wsgi.Application{Check(app), Check(Check(app))} {
		heard := hear(checked, given(), all)
		if want := []string{"ab", "c"}; !slices.Equal(heard.chunks, want) || !slices.Equal(heard.errs, []string{"<nil>"}) {
			t.Errorf("a server hears %q, %q, want %q", heard.chunks, heard.errs, want)
		}
	}
}

type neverRead struct{ t *testing.T }

func (n neverRead) Read([]byte) (int, error) {
	n.t.Error("the file is read behind the Content-Length")
	return 0, io.EOF
}

// A closed body is collected without a word.
func TestClosedBodyIsNotLost(t *testing.T) {
	environ := given()
	log := environ["wsgi.errors"].(*journal)
	collected := make(chan bool, 1)
	collect := func() {
		for range 2 { // whatever runs together with the first is done by the second
			runtime.AddCleanup(new([1]*int), func(c chan bool) { c <- true }, collected)
			for done := false; !done; {
				runtime.GC()
				select {
				case done = <-collected:
				default:
				}
			}
		}
	}
	func() {
		body := Check(reads)(environ, quiet)
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	}()
	collect()
	if lines := log.lines(); len(lines) > 0 {
		t.Errorf("wsgi.errors has %q, want nothing", lines)
	}
}
