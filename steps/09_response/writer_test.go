package response_test

import (
	"bytes"
	"errors"
	"testing"

	wsgi "barewire/steps/06_wsgi"
	call "barewire/steps/08_call"
	response "barewire/steps/09_response"
)

var errBoom = errors.New("boom")

// with is an application that answers with what it is given.
func with(status string, headers wsgi.Headers, body wsgi.Body) wsgi.Application {
	return func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start(status, headers)
		return body
	}
}

// ok answers 200 OK.
func ok(headers wsgi.Headers, body wsgi.Body) wsgi.Application {
	return with("200 OK", headers, body)
}

func length(value string) wsgi.Headers { return wsgi.Headers{{"Content-Length", value}} }

// chunks is a body whose length nobody can know before.
func chunks(texts ...string) wsgi.Stream {
	return func(yield func([]byte, error) bool) {
		for _, text := range texts {
			if !yield([]byte(text), nil) {
				return
			}
		}
	}
}

// breaks yields some chunks and then an error.
func breaks(texts ...string) wsgi.Stream {
	return func(yield func([]byte, error) bool) {
		for chunk := range chunks(texts...) {
			if !yield(chunk, nil) {
				return
			}
		}
		yield(nil, errBoom)
	}
}

// A conn takes what is written, until it has taken max bytes.
type conn struct {
	bytes.Buffer
	writes int
	max    int // 0 for no bound
}

func (c *conn) Write(p []byte) (int, error) {
	c.writes++
	if c.max > 0 && c.Len()+len(p) > c.max {
		n, _ := c.Buffer.Write(p[:c.max-c.Len()])
		return n, errBoom
	}
	return c.Buffer.Write(p)
}

// newWriter returns a Writer for a connection that may stay open.
func newWriter(c *conn, method, version string) *response.Writer {
	return &response.Writer{
		Conn: c, Method: method, Version: version, Date: func() string { return response.Date(now()) },
		Begin: func() (bool, error) { return true, nil },
	}
}

// respond calls app and sends its answer.
func respond(w *response.Writer, app wsgi.Application) (*call.Answer, error) {
	answer := call.Application(app, nil, w.Send)
	return answer, w.Body(answer, w.Send)
}

const (
	get, head = "GET", "HEAD"
	v10, v11  = "HTTP/1.0", "HTTP/1.1"
)

// How a response can end.
type end struct {
	keep, whole bool
	err         error
}

var (
	stays  = end{keep: true, whole: true}
	closes = end{whole: true}
)

// errAny stands for whatever error says it.
var errAny = errors.New("any error")

// surplus and short end a response that is not as long as it said.
func surplus(keep bool) end { return end{keep, true, response.ErrSurplus} }
func short() end            { return end{true, false, response.ErrShort} }

func checkSent(t *testing.T, out *conn, want string) {
	t.Helper()
	if got := out.String(); got != want {
		t.Errorf("sent %q\nwant %q", got, want)
	}
}

func checkEnd(t *testing.T, w *response.Writer, err error, want end) {
	t.Helper()
	if want.err == errAny && err == nil || want.err != errAny && !errors.Is(err, want.err) {
		t.Errorf("Body = %v, want %v", err, want.err)
	}
	if w.Keep != want.keep || w.Whole != want.whole {
		t.Errorf("Keep, Whole = %t, %t, want %t, %t", w.Keep, w.Whole, want.keep, want.whole)
	}
}

func TestWriter(t *testing.T) {
	alphabet := "abcdefghijklmnopqrstuvwxyz"
	tests := []struct {
		name            string
		method, version string
		app             wsgi.Application
		want            string
		end             end
	}{
		// One chunk: its length is the body's.
		{"one chunk", get, v11, ok(nil, wsgi.Text("hello")),
			"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" + ours + "\r\nhello", stays},
		{"one chunk, HTTP/1.0", get, v10, ok(nil, wsgi.Text("hello")),
			"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" + ours + "Connection: keep-alive\r\n\r\nhello", stays},
		{"one chunk that is empty", get, v11, ok(nil, wsgi.Text("")),
			"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + ours + "\r\n", stays},

		// No content: it is known at the end, and the end comes at once.
		{"no chunk", get, v11, ok(nil, wsgi.List{}),
			"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + ours + "\r\n", stays},
		{"no chunk, HTTP/1.0", get, v10, ok(nil, wsgi.List{}),
			"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + ours + "Connection: keep-alive\r\n\r\n", stays},
		{"empty chunks only", get, v11, ok(nil, chunks("", "", "")),
			"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + ours + "\r\n", stays},

		// More: chunked, or to the end of the connection.
		{"two chunks", get, v11, ok(nil, wsgi.List{[]byte("hel"), []byte("lo")}),
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", stays},
		{"two chunks, HTTP/1.0", get, v10, ok(nil, wsgi.List{[]byte("hel"), []byte("lo")}),
			"HTTP/1.1 200 OK\r\n" + ours + "Connection: close\r\n\r\nhello", closes},
		{"a stream of one chunk", get, v11, ok(nil, chunks("hello")),
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n5\r\nhello\r\n0\r\n\r\n", stays},
		{"the size of a chunk is hex", get, v11, ok(nil, chunks(alphabet)),
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n1a\r\n" + alphabet + "\r\n0\r\n\r\n", stays},
		{"an empty chunk would look like the last one", get, v11, ok(nil, chunks("", "hel", "", "lo", "")),
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", stays},
		{"an empty chunk and another are two", get, v11, ok(nil, wsgi.List{nil, []byte("hello")}),
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n5\r\nhello\r\n0\r\n\r\n", stays},

		// A declared length is kept, to the byte.
		{"as long as declared", get, v11, ok(length("5"), chunks("hel", "lo")),
			"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" + ours + "\r\nhello", stays},
		{"as long as declared, HTTP/1.0", get, v10, ok(length("5"), chunks("hel", "lo")),
			"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" + ours + "Connection: keep-alive\r\n\r\nhello", stays},
		{"longer: the surplus is cut off", get, v11, ok(length("4"), chunks("hel", "lo")),
			"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n" + ours + "\r\nhell", surplus(true)},
		{"longer by a whole chunk", get, v11, ok(length("3"), chunks("hel", "lo")),
			"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" + ours + "\r\nhel", surplus(true)},
		{"longer by an empty chunk, which is nothing", get, v11, ok(length("3"), chunks("hel", "")),
			"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" + ours + "\r\nhel", stays},
		{"longer, in one chunk", get, v11, ok(length("4"), wsgi.Text("hello")),
			"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n" + ours + "\r\nhell", surplus(true)},
		{"longer than 0", get, v11, ok(length("0"), wsgi.Text("hello")),
			"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + ours + "\r\n", surplus(true)},
		{"shorter", get, v11, ok(length("8"), chunks("hel", "lo")),
			"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n" + ours + "\r\nhello", short()},
		{"shorter: all of it is missing, so nothing is sent", get, v11, ok(length("8"), chunks("")),
			"", end{err: response.ErrShort}},

		// HEAD gets the head that GET would get, as far as it is known.
		{"HEAD, one chunk", head, v11, ok(nil, wsgi.Text("hello")),
			"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" + ours + "\r\n", stays},
		{"HEAD, no chunk: no invented 0", head, v11, ok(nil, wsgi.List{}),
			"HTTP/1.1 200 OK\r\n" + ours + "\r\n", stays},
		{"HEAD, two chunks", head, v11, ok(nil, chunks("hel", "lo")),
			"HTTP/1.1 200 OK\r\n" + ours + "\r\n", stays},
		{"HEAD, two chunks, HTTP/1.0", head, v10, ok(nil, chunks("hel", "lo")),
			"HTTP/1.1 200 OK\r\n" + ours + "Connection: keep-alive\r\n\r\n", stays},
		{"HEAD, a declared length", head, v11, ok(length("5"), wsgi.List{}),
			"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" + ours + "\r\n", stays},
		{"HEAD, a declared length and too many chunks", head, v11, ok(length("3"), chunks("hel", "lo")),
			"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" + ours + "\r\n", stays},

		// Statuses that have no body.
		{"204", get, v11, with("204 No Content", nil, wsgi.List{}),
			"HTTP/1.1 204 No Content\r\n" + ours + "\r\n", stays},
		{"204, and a chunk all the same", get, v11, with("204 No Content", length("5"), wsgi.Text("hello")),
			"HTTP/1.1 204 No Content\r\n" + ours + "\r\n", stays},
		{"204, and a stream, HTTP/1.0", get, v10, with("204 No Content", nil, chunks("hel", "lo")),
			"HTTP/1.1 204 No Content\r\n" + ours + "Connection: keep-alive\r\n\r\n", stays},
		{"205", get, v11, with("205 Reset Content", nil, wsgi.List{}),
			"HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n" + ours + "\r\n", stays},
		{"205, and a chunk all the same", get, v11, with("205 Reset Content", length("5"), wsgi.Text("hello")),
			"HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n" + ours + "\r\n", surplus(true)},
		{"304 may tell the length of what it leaves out", get, v11, with("304 Not Modified", length("5"), wsgi.List{}),
			"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n" + ours + "\r\n", stays},
		{"304, and a chunk all the same", get, v11, with("304 Not Modified", nil, wsgi.Text("hello")),
			"HTTP/1.1 304 Not Modified\r\n" + ours + "\r\n", stays},

		// What fails before the head is out leaves no trace.
		{"an error at once", get, v11, ok(nil, wsgi.Fail(errBoom)), "", end{err: errBoom}},
		{"an error behind empty chunks", get, v11, ok(nil, breaks("", "")), "", end{err: errBoom}},
		{"an error, HEAD", head, v11, ok(nil, wsgi.Fail(errBoom)), "", end{err: errBoom}},
		// What fails later ends the response where it is.
		{"an error behind a chunk", get, v11, ok(nil, breaks("hel")),
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n3\r\nhel\r\n", end{keep: true, err: errBoom}},
		{"an error within the length", get, v11, ok(length("5"), breaks("hel")),
			"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" + ours + "\r\nhel", end{keep: true, err: errBoom}},
		{"an error behind the whole length", get, v11, ok(length("3"), breaks("hel")),
			"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" + ours + "\r\nhel", end{keep: true, whole: true, err: errBoom}},

		// The chunk of a body that counts wrong is not trusted twice.
		{"a Len of 1 and two chunks", get, v11, ok(nil, liar{chunks("hel", "lo")}),
			"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" + ours + "\r\nhel", surplus(true)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out conn
			w := newWriter(&out, test.method, test.version)
			answer, err := respond(w, test.app)
			checkSent(t, &out, test.want)
			checkEnd(t, w, err, test.end)
			if sent := test.want != ""; answer.Sent != sent {
				t.Errorf("Sent = %t, want %t", answer.Sent, sent)
			}
		})
	}
}

// A liar says that it has one chunk.
type liar struct{ wsgi.Body }

func (liar) Len() int { return 1 }

// What start does while the body is running.
func TestWriterStart(t *testing.T) {
	const yielded = "5\r\nhello\r\n0\r\n\r\n"
	tests := []struct {
		name string
		app  func(wsgi.StartResponse, func([]byte, error) bool)
		want string
		end  end
	}{
		{"late", func(start wsgi.StartResponse, yield func([]byte, error) bool) {
			start("200 OK", nil)
			yield([]byte("hello"), nil)
		}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n" + yielded, stays},
		{"behind an empty chunk", func(start wsgi.StartResponse, yield func([]byte, error) bool) {
			if yield(nil, nil) {
				start("200 OK", nil)
				yield([]byte("hello"), nil)
			}
		}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n" + yielded, stays},
		{"late, and no chunk", func(start wsgi.StartResponse, _ func([]byte, error) bool) {
			start("200 OK", nil)
		}, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + ours + "\r\n", stays},
		{"replaced before the first chunk", func(start wsgi.StartResponse, yield func([]byte, error) bool) {
			start("200 OK", length("3"))
			if yield(nil, nil) {
				start("500 Sorry", nil, errBoom)
				yield([]byte("hello"), nil)
			}
		}, "HTTP/1.1 500 Sorry\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n" + yielded, stays},
		{"never", func(_ wsgi.StartResponse, yield func([]byte, error) bool) {
			yield([]byte("hello"), nil)
		}, "", end{err: errAny}},
		{"never, and no chunk", func(wsgi.StartResponse, func([]byte, error) bool) {}, "", end{err: errAny}},
		{"against a rule", func(start wsgi.StartResponse, yield func([]byte, error) bool) {
			start("200 OK", wsgi.Headers{{"Connection", "close"}})
			yield([]byte("hello"), nil)
		}, "", end{err: errAny}},
		{"with a cause when the head is out", func(start wsgi.StartResponse, yield func([]byte, error) bool) {
			start("200 OK", nil)
			if yield([]byte("hel"), nil) {
				start("500 Sorry", nil, errBoom)
				yield([]byte("lo"), nil)
			}
		}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n3\r\nhel\r\n", end{keep: true, err: errBoom}},
		{"with a cause at the very end", func(start wsgi.StartResponse, yield func([]byte, error) bool) {
			start("200 OK", nil)
			if yield([]byte("hel"), nil) {
				start("500 Sorry", nil, errBoom)
			}
		}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n3\r\nhel\r\n", end{keep: true, err: errBoom}},
		{"again, without a cause, when the head is out", func(start wsgi.StartResponse, yield func([]byte, error) bool) {
			start("200 OK", nil)
			if yield([]byte("hel"), nil) {
				start("200 OK", nil)
				yield([]byte("lo"), nil)
			}
		}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n3\r\nhel\r\n", end{keep: true, err: errAny}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out conn
			w := newWriter(&out, get, v11)
			_, err := respond(w, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				return wsgi.Stream(func(yield func([]byte, error) bool) { test.app(start, yield) })
			})
			checkSent(t, &out, test.want)
			checkEnd(t, w, err, test.end)
		})
	}
}

func TestWrite(t *testing.T) {
	type write = func(text string) error
	tests := []struct {
		name    string
		version string
		headers wsgi.Headers
		app     func(write) wsgi.Body
		want    string
		end     end
	}{
		{"before one chunk", v11, nil, func(write write) wsgi.Body {
			return orFail(write("hel"), wsgi.Text("lo"))
		}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", stays},
		{"before one chunk, HTTP/1.0", v10, nil, func(write write) wsgi.Body {
			return orFail(write("hel"), wsgi.Text("lo"))
		}, "HTTP/1.1 200 OK\r\n" + ours + "Connection: close\r\n\r\nhello", closes},
		{"alone", v11, nil, func(write write) wsgi.Body {
			return orFail(errors.Join(write("hel"), write("lo")), wsgi.List{})
		}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", stays},
		{"within a declared length", v11, length("5"), func(write write) wsgi.Body {
			return orFail(write("hel"), wsgi.Text("lo"))
		}, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" + ours + "\r\nhello", stays},
		{"nothing, which is not yet an answer", v11, nil, func(write write) wsgi.Body {
			return orFail(write(""), wsgi.Text("hello"))
		}, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" + ours + "\r\nhello", stays},
		{"nothing, and no chunk", v11, nil, func(write write) wsgi.Body {
			return orFail(write(""), wsgi.List{})
		}, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + ours + "\r\n", stays},
		{"between the chunks", v11, nil, func(write write) wsgi.Body {
			return wsgi.Stream(func(yield func([]byte, error) bool) {
				if yield([]byte("one"), nil) && write("two") == nil {
					yield([]byte("three"), nil)
				}
			})
		}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n", stays},
		{"more than declared", v11, length("3"), func(write write) wsgi.Body {
			return orFail(write("hello"), wsgi.List{})
		}, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" + ours + "\r\nhel", surplus(true)},
		{"more than declared, and the error dropped", v11, length("3"), func(write write) wsgi.Body {
			_ = write("hello")
			return wsgi.List{}
		}, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" + ours + "\r\nhel", surplus(true)},
		{"less than declared", v11, length("8"), func(write write) wsgi.Body {
			return orFail(write("hello"), wsgi.List{})
		}, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n" + ours + "\r\nhello", short()},
		{"before an error", v11, nil, func(write write) wsgi.Body {
			return orFail(write("hel"), wsgi.Fail(errBoom))
		}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n3\r\nhel\r\n", end{keep: true, err: errBoom}},
		{"when the body is over", v11, nil, func(write write) wsgi.Body {
			return &body{chunks("hel", "lo"), func() error { return write("too late") }}
		}, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", end{true, true, errAny}},
		{"when the length is used up", v11, length("5"), func(write write) wsgi.Body {
			return &body{chunks("hel", "lo"), func() error { return write("too late") }}
		}, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" + ours + "\r\nhello", end{true, true, errAny}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out conn
			w := newWriter(&out, get, test.version)
			_, err := respond(w, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				send := start("200 OK", test.headers)
				return test.app(func(text string) error { return send([]byte(text)) })
			})
			checkSent(t, &out, test.want)
			checkEnd(t, w, err, test.end)
		})
	}
}

// orFail returns body, unless writing failed.
func orFail(err error, body wsgi.Body) wsgi.Body {
	if err != nil {
		return wsgi.Fail(err)
	}
	return body
}

// A body is a Body with a Close of its own.
type body struct {
	wsgi.Stream
	close func() error
}

func (b *body) Close() error { return b.close() }
