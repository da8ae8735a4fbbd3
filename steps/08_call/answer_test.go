package call_test

import (
	"errors"
	"slices"
	"testing"

	wsgi "barewire/steps/06_wsgi"
	call "barewire/steps/08_call"
	"barewire/steps/refuse"
)

var (
	errBoom = errors.New("boom")
	plain   = wsgi.Headers{{"Content-Type", "text/plain"}}
)

// nowhere is a send function for applications that do not write.
func nowhere(*call.Answer, []byte) error { return nil }

// begin calls an application that only does what start does.
func begin(start func(wsgi.StartResponse)) *call.Answer {
	return call.Application(func(_ wsgi.Environ, s wsgi.StartResponse) wsgi.Body {
		start(s)
		return wsgi.List(nil)
	}, nil, nowhere)
}

// verdict tells in a word what Ready says: fine, refused, or an error that is
// not of step 08's making.
func verdict(err error) string {
	var refusal *refuse.Error
	switch {
	case err == nil:
		return fine
	case errors.As(err, &refusal) && refusal.Status == refuse.ServerError && refusal.Rule != "" && refusal.Section != "":
		return refused
	}
	return err.Error()
}

const (
	fine    = "fine"
	refused = "refused with 500, a rule and its section"
)

func TestApplication(t *testing.T) {
	environ := wsgi.Environ{"PATH_INFO": "/hello"}
	var got wsgi.Environ
	answer := call.Application(func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		got = environ
		start("200 OK", plain)
		return wsgi.Text("hello")
	}, environ, nowhere)

	if answer.Status != "200 OK" || !slices.Equal(answer.Headers, plain) || answer.Length != -1 || answer.Sent || answer.Err != nil {
		t.Errorf("answer = %+v, want 200 OK, %v, no length, nothing sent and no error", answer, plain)
	}
	if list, ok := answer.Body.(wsgi.List); !ok || len(list) != 1 || string(list[0]) != "hello" {
		t.Errorf("Body = %q, want what the application returned", answer.Body)
	}
	if err := answer.Ready(); err != nil {
		t.Errorf("Ready() = %v, want nil", err)
	}
	if got["PATH_INFO"] = "/changed"; environ.Text("PATH_INFO") != "/changed" {
		t.Error("the application did not get the environ itself")
	}
}

func TestStart(t *testing.T) {
	ok, sorry := "200 OK", "500 Sorry"
	tests := []struct {
		name   string
		start  func(wsgi.StartResponse)
		status string
		length int64
		ready  string // if it is not fine, status and length do not matter
	}{
		{"never", func(start wsgi.StartResponse) {}, "", 0, refused},
		{"once", func(start wsgi.StartResponse) { start(ok, nil) }, ok, -1, fine},
		{"once, with a length", func(start wsgi.StartResponse) { start(ok, length("5")) }, ok, 5, fine},
		{"once, with a cause", func(start wsgi.StartResponse) { start(sorry, nil, errBoom) }, sorry, -1, fine},
		{"once, with a nil cause", func(start wsgi.StartResponse) { start(ok, nil, nil) }, ok, -1, fine},
		{"once, with nil causes", func(start wsgi.StartResponse) { start(ok, nil, nil, nil) }, ok, -1, fine},
		{"twice", func(start wsgi.StartResponse) { start(ok, nil); start(sorry, nil) }, "", 0, refused},
		{"twice the same", func(start wsgi.StartResponse) { start(ok, nil); start(ok, nil) }, "", 0, refused},
		{"twice, with a nil cause", func(start wsgi.StartResponse) { start(ok, nil); start(sorry, nil, nil) }, "", 0, refused},
		{"twice, with a cause", func(start wsgi.StartResponse) { start(ok, nil); start(sorry, nil, errBoom) }, sorry, -1, fine},
		{"twice, with a cause among nils", func(start wsgi.StartResponse) { start(ok, nil); start(sorry, nil, nil, errBoom) }, sorry, -1, fine},
		{"a new length replaces the old", func(start wsgi.StartResponse) { start(ok, length("5")); start(sorry, length("7"), errBoom) }, sorry, 7, fine},
		{"no length does too", func(start wsgi.StartResponse) { start(ok, length("5")); start(sorry, nil, errBoom) }, sorry, -1, fine},
		{"three times, with causes", func(start wsgi.StartResponse) {
			start(ok, nil)
			start(sorry, nil, errBoom)
			start("503 Later", nil, errBoom)
		}, "503 Later", -1, fine},
		{"a broken rule", func(start wsgi.StartResponse) { start("OK", nil) }, "", 0, refused},
		{"a broken rule, mended with a cause", func(start wsgi.StartResponse) { start("OK", nil); start(sorry, nil, errBoom) }, sorry, -1, fine},
		{"a broken rule, and no cause", func(start wsgi.StartResponse) { start("OK", nil); start(ok, nil) }, "", 0, refused},
		{"a second call, mended with a cause", func(start wsgi.StartResponse) { start(ok, nil); start(ok, nil); start(sorry, nil, errBoom) }, sorry, -1, fine},
		{"a cause for what breaks a rule", func(start wsgi.StartResponse) { start(ok, nil); start("x", nil, errBoom) }, "", 0, refused},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer := begin(test.start)
			if test.ready == fine && (answer.Status != test.status || answer.Length != test.length) {
				t.Errorf("Status, Length = %q, %d, want %q, %d", answer.Status, answer.Length, test.status, test.length)
			}
			if err := answer.Ready(); verdict(err) != test.ready {
				t.Errorf("Ready() = %v, want %s", err, test.ready)
			}
		})
	}
}

// The list stays the application's: what it writes into it later is not sent.
func TestStartCopiesTheHeaders(t *testing.T) {
	headers := wsgi.Headers{{"X-A", "1"}, {"Content-Length", "5"}}
	answer := begin(func(start wsgi.StartResponse) { start("200 OK", headers) })
	headers[0], headers[1] = [2]string{"X-A", "1\r\nX-Smuggled: 2"}, [2]string{"Content-Length", "6"}
	if want := (wsgi.Headers{{"X-A", "1"}, {"Content-Length", "5"}}); !slices.Equal(answer.Headers, want) {
		t.Errorf("after the application changed its list, Headers = %q, want a copy of what start was given, %q", answer.Headers, want)
	}
}

func length(value string) wsgi.Headers { return wsgi.Headers{{"Content-Length", value}} }

// When the head is out, nothing of it changes any more. Another start, with a
// cause or without, ends the answer.
func TestStartAfterTheHead(t *testing.T) {
	tests := []struct {
		name  string
		cause []error
		ready string
	}{
		{"with a cause", []error{errBoom}, "boom"},
		{"without", nil, refused},
		{"with a nil cause", []error{nil}, refused},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var start wsgi.StartResponse
			answer := begin(func(s wsgi.StartResponse) { start = s; start("200 OK", length("5")) })
			answer.Sent = true // as step 09 does
			start("500 Sorry", length("7"), test.cause...)
			if answer.Status != "200 OK" || !slices.Equal(answer.Headers, length("5")) || answer.Length != 5 {
				t.Errorf("the answer became %q %v, want it as it was sent", answer.Status, answer.Headers)
			}
			if err := answer.Ready(); verdict(err) != test.ready {
				t.Errorf("Ready() = %v, want %s", err, test.ready)
			}
		})
	}
}

// A generator calls start at its first chunk. Until then the Answer is not
// ready, and then the same Answer is.
func TestLateStart(t *testing.T) {
	closed := false
	answer := call.Application(func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		return body{
			chunks: func(yield func([]byte, error) bool) {
				start("200 OK", length("5"))
				yield([]byte("hello"), nil)
			},
			close: func() error { closed = true; return nil },
		}
	}, nil, nowhere)

	if err := answer.Ready(); verdict(err) != refused {
		t.Errorf("before the first chunk Ready() = %v, want %s", err, refused)
	}
	chunks := 0
	for chunk, err := range answer.Body.Chunks {
		if string(chunk) != "hello" || err != nil {
			t.Errorf("chunk = %q, %v, want %q", chunk, err, "hello")
		}
		if err := answer.Ready(); err != nil {
			t.Errorf("at the first chunk Ready() = %v, want nil", err)
		}
		chunks++
	}
	if answer.Status != "200 OK" || answer.Length != 5 || chunks != 1 {
		t.Errorf("Status, Length = %q, %d after %d chunks, want 200 OK, 5 after one", answer.Status, answer.Length, chunks)
	}
	if closed {
		t.Error("step 08 closed the body; that is for step 09")
	}
}

// A body is a Body made of two functions.
type body struct {
	chunks wsgi.Stream
	close  func() error
}

func (b body) Chunks(yield func([]byte, error) bool) { b.chunks(yield) }
func (b body) Close() error                          { return b.close() }

func TestNoBody(t *testing.T) {
	answer := call.Application(func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		start("200 OK", nil)
		return nil
	}, nil, nowhere)

	if answer.Body == nil {
		t.Fatal("Body = nil; step 09 would fall over it")
	}
	for chunk, err := range answer.Body.Chunks {
		if chunk != nil || verdict(err) != refused {
			t.Errorf("the body yields %q, %v, want it %s", chunk, err, refused)
		}
	}
	if err := answer.Body.Close(); err != nil {
		t.Errorf("Close() = %v, want nil", err)
	}
}

// write hands its chunk to send at once, together with the Answer as it is at
// that moment, and returns what send says.
func TestWrite(t *testing.T) {
	type sent struct{ status, chunk string }
	var log []sent
	var first *call.Answer
	send := func(answer *call.Answer, chunk []byte) error {
		if first == nil {
			first = answer
		}
		if answer != first {
			t.Error("send got two Answers for one call")
		}
		log = append(log, sent{answer.Status, string(chunk)})
		if len(log) == 3 {
			return errBoom
		}
		return nil
	}
	var results []error
	answer := call.Application(func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		write := start("200 OK", nil)
		results = append(results, write([]byte("one")), write(nil))
		write = start("500 Sorry", nil, errBoom)
		results = append(results, write([]byte("three")))
		log = append(log, sent{"returned", ""})
		return wsgi.Text("four")
	}, nil, send)

	if want := []sent{{"200 OK", "one"}, {"200 OK", ""}, {"500 Sorry", "three"}, {"returned", ""}}; !slices.Equal(log, want) {
		t.Errorf("send got %v, want %v", log, want)
	}
	if want := []error{nil, nil, errBoom}; !slices.Equal(results, want) {
		t.Errorf("write returned %v, want %v", results, want)
	}
	if first != answer {
		t.Error("send got another Answer than the one that is returned")
	}
}

// A start that breaks a rule has no result to say so. It still returns a write,
// and what that is worth send decides, by asking Ready.
func TestWriteAfterABrokenRule(t *testing.T) {
	var result error
	call.Application(func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		result = start("OK", nil)([]byte("hello"))
		return wsgi.List(nil)
	}, nil, func(answer *call.Answer, _ []byte) error { return answer.Ready() })

	if verdict(result) != refused {
		t.Errorf("write returned %v, want %s", result, refused)
	}
}

// Catching a panic is the server's task.
func TestPanicPasses(t *testing.T) {
	defer func() {
		if value := recover(); value != errBoom {
			t.Errorf("recover() = %v, want %v", value, errBoom)
		}
	}()
	call.Application(func(wsgi.Environ, wsgi.StartResponse) wsgi.Body { panic(errBoom) }, nil, nowhere)
}
