package flaskish_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"barewire/apps/flaskish"
	"barewire/internal/apptest"
	wsgi "barewire/steps/06_wsgi"
)

var (
	errDisk = errors.New("the disk is full")
	html    = wsgi.Headers{{"Content-Type", "text/html; charset=utf-8"}}
	json    = wsgi.Headers{{"Content-Type", "application/json"}}
	plain   = wsgi.Headers{{"Content-Type", "text/plain"}}
	get     = wsgi.Environ{"REQUEST_METHOD": "GET", "PATH_INFO": "/"}
)

// returning is a Flask whose one view returns a value.
func returning(value any) wsgi.Application {
	app := flaskish.New()
	app.Route("/", func(*flaskish.Request) any { return value })
	return app.Call
}

// another is an application that starts at its first chunk.
func another(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
	return wsgi.Stream(func(yield func([]byte, error) bool) {
		start("203 Hearsay", wsgi.Headers{{"Content-Type", "text/plain"}, {"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}})
		if yield([]byte("one"), nil) {
			yield([]byte("two"), nil)
		}
	})
}

func TestWhatAViewMayReturn(t *testing.T) {
	anothers := wsgi.Headers{{"Content-Type", "text/plain"}, {"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}}
	tests := []struct {
		name    string
		value   any
		status  string
		headers wsgi.Headers
		chunks  []string
	}{
		{"text", "hé", "200 OK", html, []string{"hé"}},
		{"no text", "", "200 OK", html, nil},
		{"bytes", []byte("a\xff\x00"), "200 OK", html, []string{"a\xff\x00"}},
		{"a body", wsgi.List{[]byte("a"), []byte("b")}, "200 OK", html, []string{"a", "b"}},
		{"a map", map[string]any{"b": []int{1, 2}, "a": nil}, "200 OK", json, []string{`{"a":null,"b":[1,2]}` + "\n"}},
		{"a map of HTML", map[string]any{"a": "</script>"}, "200 OK", json, []string{`{"a":"\u003c/script\u003e"}` + "\n"}},
		{"an application", wsgi.Application(another), "203 Hearsay", anothers, []string{"one", "two"}},
		{"a function that is one", another, "203 Hearsay", anothers, []string{"one", "two"}},
		{"the call of another Flask", returning("inner"), "200 OK", html, []string{"inner"}},
		{"a Response", &flaskish.Response{Application: another}, "203 Hearsay", anothers, []string{"one", "two"}},
		{"a Response that changes the status", &flaskish.Response{Application: another, Status: "200 OK"}, "200 OK", anothers, []string{"one", "two"}},
		{"a tuple with nothing to say", flaskish.Tuple{Body: "a"}, "200 OK", html, []string{"a"}},
		{"a tuple with a status", flaskish.Tuple{Body: "a", Status: "404 NOT FOUND"}, "404 NOT FOUND", html, []string{"a"}},
		{"a tuple with a header more", flaskish.Tuple{Body: "a", Headers: wsgi.Headers{{"X", "y"}}}, "200 OK",
			wsgi.Headers{{"Content-Type", "text/html; charset=utf-8"}, {"X", "y"}}, []string{"a"}},
		{"a tuple with another type, in small letters", flaskish.Tuple{Body: "a", Headers: wsgi.Headers{{"content-type", "text/css"}}}, "200 OK",
			wsgi.Headers{{"content-type", "text/css"}}, []string{"a"}},
		{"a tuple of bytes", flaskish.Tuple{Body: []byte("a"), Headers: plain}, "200 OK", plain, []string{"a"}},
		{"a tuple of a map", flaskish.Tuple{Body: map[string]any{}, Status: "201 CREATED"}, "201 CREATED", json, []string{"{}\n"}},
		{"a tuple of an application", flaskish.Tuple{Body: another, Status: "202 ACCEPTED", Headers: wsgi.Headers{{"Set-Cookie", "c=3"}, {"Set-Cookie", "d=4"}}}, "202 ACCEPTED",
			wsgi.Headers{{"Content-Type", "text/plain"}, {"Set-Cookie", "c=3"}, {"Set-Cookie", "d=4"}}, []string{"one", "two"}},
		{"a tuple of a tuple", flaskish.Tuple{Body: flaskish.Tuple{Body: "a", Status: "201 CREATED", Headers: plain}, Status: "202 ACCEPTED"}, "202 ACCEPTED", plain, []string{"a"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			app := returning(test.value)
			for range 2 { // a value that is returned again is answered alike
				got := apptest.Run(app, get)
				if got.Err != nil || got.Status != test.status {
					t.Errorf("the answer is %q, %v, want %q", got.Status, got.Err, test.status)
				}
				if !slices.Equal(got.Headers, test.headers) {
					t.Errorf("headers = %q, want %q", got.Headers, test.headers)
				}
				if !slices.Equal(got.Chunks, test.chunks) {
					t.Errorf("chunks = %q, want %q", got.Chunks, test.chunks)
				}
			}
		})
	}
}

func TestWhatAViewMayNotReturn(t *testing.T) {
	const rule = `flaskish: the view of "/" failed: a view returns text, bytes, a body, a map, a Tuple, an application or a *Response, not `
	tests := []struct {
		name  string
		value any
		want  string
	}{
		{"nothing", nil, rule + "<nil>"},
		{"a number", 200, rule + "int"},
		{"a map of another type", map[string]string{}, rule + "map[string]string"},
		{"a Flask, and not its call", flaskish.New(), rule + "*flaskish.Flask"},
		{"a tuple of nothing", flaskish.Tuple{Status: "204 NO CONTENT"}, rule + "<nil>"},
		{"a map that is no JSON", map[string]any{"a": func() {}}, `flaskish: the view of "/" failed: json: unsupported type: func()`},
		{"an error", errDisk, `flaskish: the view of "/" failed: the disk is full`},
		{"a tuple of an error", flaskish.Tuple{Body: errDisk, Status: "200 OK"}, `flaskish: the view of "/" failed: the disk is full`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := apptest.Run(returning(test.value), get)
			if got.Status != "" || got.Chunks != nil {
				t.Errorf("the answer is %q, %q, want none", got.Status, got.Chunks)
			}
			// The line of step 08 that nothing was started may follow.
			if message, _, _ := strings.Cut(fmt.Sprint(got.Err), "\n"); message != test.want {
				t.Errorf("the error is %q, want %q", message, test.want)
			}
			if err, ok := test.value.(error); ok && !errors.Is(got.Err, err) {
				t.Errorf("the error is %v, which is not that of the view", got.Err)
			}
		})
	}
}

// A counted body counts how often it is closed.
type counted struct {
	wsgi.Body
	closed int
}

func (c *counted) Close() error {
	c.closed++
	return c.Body.Close()
}

// Whatever is around a body, the server gets the very body, which knows how many
// chunks it has, and is closed once.
func TestTheBodyIsHandedOn(t *testing.T) {
	body := &counted{Body: wsgi.Text("a")}
	values := []any{
		body,
		flaskish.Tuple{Body: body, Status: "202 ACCEPTED"},
		func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", nil)
			return body
		},
	}
	for i, value := range values {
		start := func(string, wsgi.Headers, ...error) wsgi.Write { return nil }
		if got := returning(value)(get, start); got != wsgi.Body(body) {
			t.Errorf("of %T the server gets %T, not the body", value, got)
		}
		if body.closed != i {
			t.Errorf("of %T the body was closed before the server did", value)
		}
		if got := apptest.Run(returning(value), get); got.Err != nil || body.closed != i+1 {
			t.Errorf("of %T the body was closed %d times, %v, want once", value, body.closed-i, got.Err)
		}
	}
	for _, value := range []any{"a", []byte("a"), map[string]any{}, flaskish.Tuple{Body: "a"}} {
		got := returning(value)(get, func(string, wsgi.Headers, ...error) wsgi.Write { return nil })
		if list, ok := got.(interface{ Len() int }); !ok || list.Len() != 1 {
			t.Errorf("of %T the server gets %T, want a list of one chunk", value, got)
		}
	}
}

// Nothing of an application runs ahead: it is asked for a chunk when the server
// asks, and starts when it likes.
func TestAnApplicationStreams(t *testing.T) {
	var log []string
	app := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		log = append(log, "called")
		return wsgi.Stream(func(yield func([]byte, error) bool) {
			start("200 OK", plain)
			for _, chunk := range []string{"one", "two", "three"} {
				log = append(log, "yields "+chunk)
				if !yield([]byte(chunk), nil) {
					log = append(log, "stopped")
					return
				}
			}
		})
	}
	body := returning(flaskish.Tuple{Body: app, Status: "202 ACCEPTED"})(get, func(status string, _ wsgi.Headers, _ ...error) wsgi.Write {
		log = append(log, "starts "+status)
		return nil
	})
	log = append(log, "returned")
	for chunk, err := range body.Chunks {
		log = append(log, fmt.Sprintf("sent %s %v", chunk, err))
		if string(chunk) == "two" {
			break
		}
	}
	want := []string{"called", "returned", "starts 202 ACCEPTED", "yields one", "sent one <nil>", "yields two", "sent two <nil>", "stopped"}
	if !slices.Equal(log, want) {
		t.Errorf("what happened is %q, want %q", log, want)
	}
}

// An application has the whole contract: the environ itself, write, and a second
// start when it has failed, which no tuple calls a success.
func TestAnApplicationHasTheWholeContract(t *testing.T) {
	environ := wsgi.Environ{"REQUEST_METHOD": "GET", "PATH_INFO": "/"}
	app := func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		environ["myapp.seen"] = true
		if err := start("200 OK", plain)([]byte("written")); err != nil {
			return wsgi.Fail(err)
		}
		return wsgi.Text("returned")
	}
	got := apptest.Run(returning(flaskish.Tuple{Body: app, Status: "202 ACCEPTED"}), environ)
	if want := []string{"written", "returned"}; got.Err != nil || got.Status != "202 ACCEPTED" || !slices.Equal(got.Chunks, want) {
		t.Errorf("the answer is %q, %q, %v, want 202 ACCEPTED, %q", got.Status, got.Chunks, got.Err, want)
	}
	if environ["myapp.seen"] != true {
		t.Error("the application got another environ")
	}

	failing := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", html)
		start("500 Sorry", plain, errDisk)
		return wsgi.Text("sorry")
	}
	got = apptest.Run(returning(flaskish.Tuple{Body: failing, Status: "202 ACCEPTED", Headers: json}), get)
	if got.Err != nil || got.Status != "500 Sorry" || !slices.Equal(got.Headers, plain) {
		t.Errorf("the answer is %q, %q, %v, want 500 Sorry, %q", got.Status, got.Headers, got.Err, plain)
	}

	// A nil cause is none, and a second start without one is refused.
	careless := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", html, nil)
		return wsgi.Text("a")
	}
	got = apptest.Run(returning(flaskish.Tuple{Body: careless, Status: "202 ACCEPTED"}), get)
	if got.Err != nil || got.Status != "202 ACCEPTED" {
		t.Errorf("with a nil cause the answer is %q, %v, want 202 ACCEPTED", got.Status, got.Err)
	}
}

// The headers that a view gives are its own; they may be those of every answer.
func TestHeadersAreNotWrittenTo(t *testing.T) {
	room := make(wsgi.Headers, 1, 10)
	room[0] = [2]string{"Content-Type", "text/plain"}
	app := func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", room)
		return wsgi.Text("a")
	}
	apptest.Run(returning(flaskish.Tuple{Body: app, Headers: wsgi.Headers{{"content-type", "text/css"}, {"X", "y"}}}), get)
	if after := room[:2]; after[0] != [2]string{"Content-Type", "text/plain"} || after[1] != [2]string{} {
		t.Errorf("the headers of the application became %q", after)
	}
}
