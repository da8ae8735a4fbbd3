package response_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	wsgi "barewire/steps/06_wsgi"
	call "barewire/steps/08_call"
	response "barewire/steps/09_response"
)

// A chunk leaves when it is yielded, and nothing leaves before the first that
// is not empty.
func TestChunksLeaveAtOnce(t *testing.T) {
	var out conn
	w := newWriter(&out, get, v11)
	const headBytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n"
	_, err := respond(w, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			checkSent(t, &out, "")
			for _, step := range []struct{ chunk, sent string }{
				{"", ""},
				{"one", headBytes + "3\r\none\r\n"},
				{"", headBytes + "3\r\none\r\n"},
				{"two", headBytes + "3\r\none\r\n3\r\ntwo\r\n"},
			} {
				if !yield([]byte(step.chunk), nil) {
					return
				}
				checkSent(t, &out, step.sent)
			}
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	checkSent(t, &out, headBytes+"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")
}

// A small response is one write, and so is each small chunk: a write is a
// system call and often a packet.
func TestFewWrites(t *testing.T) {
	tests := []struct {
		name string
		body wsgi.Body
		want int
	}{
		{"no chunk", wsgi.List{}, 1},
		{"one chunk", wsgi.Text("hello"), 1},
		{"a stream of two chunks", chunks("hel", "lo"), 3}, // the last tells the end
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out conn
			if _, err := respond(newWriter(&out, get, v11), ok(nil, test.body)); err != nil {
				t.Fatal(err)
			}
			if out.writes != test.want {
				t.Errorf("sent in %d writes, want %d", out.writes, test.want)
			}
		})
	}
}

// A chunk belongs to the application again once yield has returned.
func TestChunkMemoryIsTheApplications(t *testing.T) {
	var out conn
	_, err := respond(newWriter(&out, get, v11), ok(nil, wsgi.Stream(func(yield func([]byte, error) bool) {
		memory := make([]byte, 3, 100)
		for _, text := range []string{"one", "two"} {
			copy(memory, text)
			if !yield(memory, nil) {
				return
			}
			if string(memory) != text || !bytes.Equal(memory[3:100], make([]byte, 97)) {
				t.Errorf("the server wrote into the chunk: %q", memory[:100])
			}
			copy(memory, "###")
		}
	})))
	if err != nil {
		t.Fatal(err)
	}
	checkSent(t, &out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"+ours+"\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")
}

// The Writer uses the memory it is given, and gives it back when it has grown.
func TestBufIsUsed(t *testing.T) {
	memory := make([]byte, 0, 1000)
	var out conn
	w := newWriter(&out, get, v11)
	w.Buf = memory
	if _, err := respond(w, ok(nil, wsgi.Text("hello"))); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(memory[:out.Len()], out.Bytes()) {
		t.Errorf("the memory holds %q, want what was sent, %q", memory[:out.Len()], out.Bytes())
	}
	if len(w.Buf) != 0 || cap(w.Buf) != 1000 {
		t.Errorf("Buf has %d bytes of %d, want none of 1000", len(w.Buf), cap(w.Buf))
	}
}

// Begin is asked once, at the first chunk that is not empty, and only when
// there is an answer to begin.
func TestBegin(t *testing.T) {
	tests := []struct {
		name string
		app  wsgi.Application
		want int
	}{
		{"two chunks", ok(nil, chunks("hel", "lo")), 1},
		{"no chunk", ok(nil, wsgi.List{}), 1},
		{"HEAD of nothing would be the same", with("204 No Content", nil, wsgi.List{}), 1},
		{"an error at once", ok(nil, wsgi.Fail(errBoom)), 0},
		{"a broken rule", with("OK", nil, wsgi.Text("hello")), 0},
		{"all of the length missing", ok(length("5"), wsgi.List{}), 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out conn
			w := newWriter(&out, get, v11)
			asked := 0
			w.Begin = func() (bool, error) {
				if asked++; out.Len() > 0 {
					t.Errorf("asked when %q was out already", out.String())
				}
				return true, nil
			}
			_, _ = respond(w, test.app)
			if asked != test.want {
				t.Errorf("Begin was asked %d times, want %d", asked, test.want)
			}
		})
	}
}

// Begin may say that the answer comes too late, for the body of the request
// was bad. Then nothing of it goes out.
func TestBeginRefuses(t *testing.T) {
	for _, app := range []wsgi.Application{
		ok(nil, wsgi.Text("hello")),
		ok(nil, wsgi.List{}),
		func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			if err := start("200 OK", nil)([]byte("hello")); err != errBoom {
				t.Errorf("write = %v, want %v", err, errBoom)
			}
			return wsgi.List{}
		},
	} {
		var out conn
		w := newWriter(&out, get, v11)
		w.Begin = func() (bool, error) { return false, errBoom }
		answer, err := respond(w, app)
		checkSent(t, &out, "")
		checkEnd(t, w, err, end{err: errBoom})
		if answer.Sent {
			t.Error("Sent = true, want false: another answer may still be given")
		}
	}
}

// What the client cannot take for granted, the head says.
func TestConnectionField(t *testing.T) {
	tests := []struct {
		name    string
		version string
		keep    bool
		body    wsgi.Body
		want    string
	}{
		{"1.1 stays open", v11, true, wsgi.Text("hello"), ""},
		{"1.1 closes", v11, false, wsgi.Text("hello"), "close"},
		{"1.1 closes, chunked", v11, false, chunks("hello"), "close"},
		{"1.0 stays open", v10, true, wsgi.Text("hello"), "keep-alive"},
		{"1.0 closes", v10, false, wsgi.Text("hello"), "close"},
		{"1.0 cannot stay open without a length", v10, true, chunks("hello"), "close"},
		{"1.0 closes without a length", v10, false, chunks("hello"), "close"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out conn
			w := newWriter(&out, get, test.version)
			w.Begin = func() (bool, error) { return test.keep, nil }
			if _, err := respond(w, ok(nil, test.body)); err != nil {
				t.Fatal(err)
			}
			_, got, _ := strings.Cut(out.String(), "\r\nConnection: ")
			got, _, _ = strings.Cut(got, "\r\n")
			if got != test.want {
				t.Errorf("Connection: %q, want %q, in %q", got, test.want, out.String())
			}
			if w.Keep != (test.want != "close") {
				t.Errorf("Keep = %t, and the head says %q", w.Keep, test.want)
			}
		})
	}
}

// Chunks take their way through send: all of them, one after another, until
// one fails.
func TestBodySendsThroughSend(t *testing.T) {
	var out conn
	w := newWriter(&out, get, v11)
	answer := call.Application(ok(nil, chunks("one", "", "three", "four")), nil, w.Send)
	var seen []string
	err := w.Body(answer, func(to *call.Answer, chunk []byte) error {
		if to != answer {
			t.Error("send got another Answer")
		}
		if seen = append(seen, string(chunk)); len(seen) == 3 {
			return errBoom
		}
		return w.Send(to, chunk)
	})
	if want := []string{"one", "", "three"}; !slices.Equal(seen, want) {
		t.Errorf("send got %q, want %q", seen, want)
	}
	checkSent(t, &out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"+ours+"\r\n3\r\none\r\n")
	checkEnd(t, w, err, end{keep: true, err: errBoom})
}

// HEAD ends, whatever the body of GET would do.
func TestHeadOfAnEndlessBody(t *testing.T) {
	var out conn
	yielded := 0
	_, err := respond(newWriter(&out, head, v11), ok(nil, wsgi.Stream(func(yield func([]byte, error) bool) {
		for yielded < 100 && yield([]byte("and on "), nil) { // or the test would not end
			yielded++
		}
	})))
	if err != nil || yielded > 0 {
		t.Errorf("Body = %v, and asked for %d chunks more behind the first, want none", err, yielded)
	}
	checkSent(t, &out, "HTTP/1.1 200 OK\r\n"+ours+"\r\n")
}

// For HEAD the head is all: what fails behind it breaks nothing.
func TestHeadIsWhole(t *testing.T) {
	var out conn
	w := newWriter(&out, head, v11)
	_, err := respond(w, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		if err := start("200 OK", nil)([]byte("hello")); err != nil {
			return wsgi.Fail(err)
		}
		return wsgi.Fail(errBoom)
	})
	checkSent(t, &out, "HTTP/1.1 200 OK\r\n"+ours+"\r\n")
	checkEnd(t, w, err, end{keep: true, whole: true, err: errBoom})
}

// When the client takes no more, the body is asked for no more.
func TestGone(t *testing.T) {
	const headBytes = len("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n")
	large := strings.Repeat("x", 1<<20)
	tests := []struct {
		name    string
		max     int // bytes that the client takes
		chunks  []string
		yielded int
	}{
		{"in the head", 1, []string{"one", "two"}, 1},
		{"behind the head", headBytes, []string{"one", "two"}, 1},
		{"in the second chunk", headBytes + 12, []string{"one", "two", "three"}, 2},
		{"in a large chunk", headBytes + 1000, []string{large, "two"}, 1},
		{"behind a large chunk", headBytes + 8 + len(large), []string{large, "two"}, 1},
		{"at the last chunk", headBytes + 8, []string{"one"}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out := conn{max: test.max}
			w := newWriter(&out, get, v11)
			yielded := 0
			_, err := respond(w, ok(nil, wsgi.Stream(func(yield func([]byte, error) bool) {
				for _, text := range test.chunks {
					yielded++
					if !yield([]byte(text), nil) {
						return
					}
				}
			})))
			checkEnd(t, w, err, end{keep: true, err: response.ErrGone})
			if !errors.Is(err, errBoom) {
				t.Errorf("Body = %v, want it to say why the client is gone: %v", err, errBoom)
			}
			if yielded != test.yielded {
				t.Errorf("the body yielded %d chunks, want %d", yielded, test.yielded)
			}
		})
	}
}

// An application that does not look at what write returns cannot make a broken
// response whole.
func TestGoneAndDropped(t *testing.T) {
	out := conn{max: 10}
	w := newWriter(&out, get, v11)
	_, err := respond(w, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		_ = start("200 OK", length("5"))([]byte("hello"))
		return wsgi.List{}
	})
	checkEnd(t, w, err, end{keep: true, err: response.ErrGone})
	if out.writes != 1 {
		t.Errorf("there were %d writes, want none behind the one that failed", out.writes)
	}
}

// The Body is closed once, however the response ends.
func TestCloseOnce(t *testing.T) {
	start := func(status string, headers wsgi.Headers, chunks wsgi.Stream) func(*int, error) wsgi.Application {
		return func(closed *int, result error) wsgi.Application {
			return with(status, headers, &body{chunks, func() error { *closed++; return result }})
		}
	}
	usual := start("200 OK", nil, chunks("hel", "lo"))
	tests := []struct {
		name   string
		method string
		max    int
		begin  error
		app    func(closed *int, result error) wsgi.Application
		panics bool
	}{
		{name: "done", method: get, app: usual},
		{name: "nothing to send", method: get, app: start("200 OK", nil, chunks())},
		{name: "HEAD", method: head, app: usual},
		{name: "HEAD, nothing to send", method: head, app: start("200 OK", nil, chunks())},
		{name: "204", method: get, app: start("204 No Content", nil, chunks())},
		{name: "an error at once", method: get, app: start("200 OK", nil, breaks())},
		{name: "an error later", method: get, app: start("200 OK", nil, breaks("hel"))},
		{name: "surplus", method: get, app: start("200 OK", length("3"), chunks("hel", "lo"))},
		{name: "shortage", method: get, app: start("200 OK", length("8"), chunks("hel", "lo"))},
		{name: "nothing of the length", method: get, app: start("200 OK", length("8"), chunks())},
		{name: "a broken rule", method: get, app: start("OK", nil, chunks("hel", "lo"))},
		{name: "a broken rule and no chunk", method: get, app: start("OK", nil, chunks())},
		{name: "client gone in the head", method: get, max: 1, app: usual},
		{name: "client gone at the end", method: get, max: len("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + ours + "\r\n3\r\nhel\r\n2\r\nlo\r\n"), app: usual},
		{name: "too late", method: get, begin: errBoom, app: usual},
		{name: "panic at once", method: get, panics: true, app: start("200 OK", nil, func(func([]byte, error) bool) { panic(errBoom) })},
		{name: "panic later", method: get, panics: true, app: start("200 OK", nil, func(yield func([]byte, error) bool) {
			yield([]byte("hel"), nil)
			panic(errBoom)
		})},
		{name: "a body that does not stop", method: get, max: 1, panics: true, app: start("200 OK", nil, func(yield func([]byte, error) bool) {
			yield([]byte("hel"), nil) // returns false
			yield([]byte("lo"), nil)
		})},
	}
	errClose := errors.New("cannot close")
	for _, test := range tests {
		for _, result := range []error{nil, errClose} {
			t.Run(fmt.Sprintf("%s, Close returns %v", test.name, result), func(t *testing.T) {
				closed := 0
				out := conn{max: test.max}
				w := newWriter(&out, test.method, v11)
				w.Begin = func() (bool, error) { return true, test.begin }
				answer := call.Application(test.app(&closed, result), nil, w.Send)
				if closed > 0 {
					t.Fatal("closed before it was begun")
				}
				defer func() {
					if value := recover(); (value != nil) != test.panics {
						t.Errorf("recover() = %v, want a panic: %t", value, test.panics)
					}
					if closed != 1 {
						t.Errorf("closed %d times, want once", closed)
					}
				}()
				if err := w.Body(answer, w.Send); errors.Is(err, errClose) != (result != nil) {
					t.Errorf("Body = %v, and Close returned %v", err, result)
				}
			})
		}
	}
}

// A Close that fails is reported, and takes nothing back.
func TestCloseFails(t *testing.T) {
	fails := func() error { return errBoom }
	var out conn
	w := newWriter(&out, get, v11)
	_, err := respond(w, ok(length("5"), &body{chunks("hello"), fails}))
	checkSent(t, &out, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"+ours+"\r\nhello")
	checkEnd(t, w, err, end{keep: true, whole: true, err: errBoom})

	_, err = respond(newWriter(new(conn), get, v11), ok(length("3"), &body{chunks("hello"), fails}))
	if !errors.Is(err, errBoom) || !errors.Is(err, response.ErrSurplus) {
		t.Errorf("Body = %v, want %v and %v", err, response.ErrSurplus, errBoom)
	}
}

// Large chunks go another way, and it must lead to the same place: over a real
// socket, with each framing, on both sides of each border.
func TestLargeChunks(t *testing.T) {
	const border = 16 << 10
	sizes := []int{border - 1, border, border + 1, 1 << 20}
	framings := []struct {
		name     string
		version  string
		declared int // of the content's length, in percent; 0 for nothing
		end      end
	}{
		{"chunked", v11, 0, stays},
		{"until close", v10, 0, closes},
		{"by length", v11, 100, stays},
		{"by length, cut", v11, 60, surplus(true)},
	}
	for _, framing := range framings {
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s, %d", framing.name, size), func(t *testing.T) {
				content := strings.Repeat("0123456789abcde\n", size/16+1)[:size] + "and a small one"
				want, headers := content, wsgi.Headers(nil)
				if framing.declared > 0 {
					want = content[:len(content)*framing.declared/100]
					headers = length(fmt.Sprint(len(want)))
				}
				client, server := socket(t)
				done := make(chan error, 1)
				w := newWriter(nil, get, framing.version)
				w.Conn = server
				go func() {
					_, err := respond(w, ok(headers, chunks(content[:size], content[size:])))
					server.Close()
					done <- err
				}()
				sent, err := io.ReadAll(client)
				if err != nil {
					t.Fatal(err)
				}
				checkEnd(t, w, <-done, framing.end)
				got, left := judge(t, sent, get)
				if got.body != want || got.err != nil {
					t.Errorf("the body has %d bytes and %v, want %d", len(got.body), got.err, len(want))
				}
				if left != "" {
					t.Errorf("%d bytes are left behind the response", len(left))
				}
			})
		}
	}
}

// socket returns both ends of a connection.
func socket(t *testing.T) (client, server net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if client, err = net.Dial("tcp", listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	if server, err = listener.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	end := time.Now().Add(5 * time.Second) // or a response without end would hold up the test
	if err := errors.Join(client.SetDeadline(end), server.SetDeadline(end)); err != nil {
		t.Fatal(err)
	}
	return client, server
}

// The date is Go's, and a client reads it back.
func TestDateIsRead(t *testing.T) {
	var out conn
	if _, err := respond(newWriter(&out, get, v11), ok(nil, wsgi.List{})); err != nil {
		t.Fatal(err)
	}
	got, _ := judge(t, out.Bytes(), get)
	when, err := http.ParseTime(got.header.Get("Date"))
	if want := noon.Truncate(1e9); err != nil || !when.Equal(want) {
		t.Errorf("the client reads %v, %v, want %v", when, err, want)
	}
}

// A body that fails before the head leaves room for another answer, which an
// application that goes on writing must not spoil.
func TestWriteAfterAFailure(t *testing.T) {
	var out conn
	var write wsgi.Write
	_, err := respond(newWriter(&out, get, v11), func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		write = start("200 OK", nil)
		return wsgi.Fail(errBoom)
	})
	if !errors.Is(err, errBoom) {
		t.Errorf("error %v, want %v", err, errBoom)
	}
	if err := write([]byte("late")); !errors.Is(err, errBoom) {
		t.Errorf("write afterwards = %v, want %v", err, errBoom)
	}
	checkSent(t, &out, "")
}
