package history_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"barewire/apps/echo"
	"barewire/internal/session"
	"barewire/server"
	"barewire/tui/history"
)

// at returns a place, so many milliseconds from the beginning.
func at(conn, request, milliseconds int) server.Place {
	return server.Place{Conn: conn, Request: request, At: session.Began.Add(time.Duration(milliseconds) * time.Millisecond)}
}

func opened(conn int) server.Event {
	return server.Opened{Place: at(conn, 0, 0), Client: server.Endpoint{Host: "127.0.0.1", Port: "53124"}}
}

func received(conn, request int, text string) server.Event {
	return server.Received{Place: at(conn, request, 1), Bytes: server.Bytes(text), Size: len(text)}
}

func headOf(conn, request int, head string) server.Event {
	return server.Passed{Place: at(conn, request, 2), Step: 2, Took: time.Millisecond, Head: server.Bytes(head)}
}

// answer answers a GET.
func answer(conn, request int) []server.Event {
	const text = "HTTP/1.1 200 OK\r\n\r\n"
	return []server.Event{
		server.Sent{Place: at(conn, request, 3), Bytes: server.Bytes(text), Size: len(text)},
		server.Ended{Place: at(conn, request, 4), In: int64(len(get)), Out: int64(len(text)), Took: 3 * time.Millisecond, Keep: true},
	}
}

func note(conn, request int, text string) server.Event {
	return server.Noted{Place: at(conn, request, 9), Text: text}
}

// begun begins requests, each on a connection of its own with its number, and
// does not end them.
func begun(h *history.History, numbers ...int) {
	for _, number := range numbers {
		h.Add(opened(number))
		h.Add(received(number, number, get))
		h.Add(headOf(number, number, get))
	}
}

// ended ends such requests.
func ended(h *history.History, numbers ...int) {
	for _, number := range numbers {
		for _, event := range answer(number, number) {
			h.Add(event)
		}
	}
}

func done(h *history.History, numbers ...int) {
	for _, number := range numbers {
		begun(h, number)
		ended(h, number)
	}
}

// Bytes that arrive behind a request belong to the next of their connection.
func TestPipelined(t *testing.T) {
	post := func(body string) string {
		return fmt.Sprintf("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	}
	tests := []struct {
		name     string
		requests []string
	}{
		{"two heads", []string{get, get}},
		{"a body between", []string{post("one"), get, post("two")}},
		{"an empty line between", []string{post("one"), "\r\n" + get}},
		{"more than one read", []string{post(strings.Repeat("x", 10_000)), get, post(strings.Repeat("y", 5000)), get}},
		{"a read that ends inside a head", []string{post(strings.Repeat("x", 4000)), post(strings.Repeat("y", 40)), get}},
		{"a read that ends with a request", []string{post(strings.Repeat("x", 4096-len(post(strings.Repeat("x", 4000)))+4000)), get}},
	}
	for _, test := range tests {
		events := told(t, echo.App, strings.Join(test.requests, ""))
		for _, limits := range []history.Limits{history.Usual, {Exchanges: 10, Bytes: 1 << 20, Body: 100}} {
			t.Run(fmt.Sprintf("%s, %d bytes kept", test.name, limits.Body), func(t *testing.T) {
				h := remember(limits, events...)
				if len(h.Exchanges) != len(test.requests) {
					t.Fatalf("there are %d exchanges, want %d", len(h.Exchanges), len(test.requests))
				}
				for i, x := range h.Exchanges {
					request, want := x.Request(), test.requests[i]
					if !strings.HasPrefix(want, string(request.Bytes)) || len(request.Bytes) < min(len(want), 60) || request.Size != int64(len(want)) {
						t.Errorf("request %d is %q, of %d bytes; want %q, of %d", i+1, request.Bytes, request.Size, want, len(want))
					}
					if x.Gap || x.In != int64(len(want)) {
						t.Errorf("of request %d In = %d and Gap = %t, want %d and false", i+1, x.In, x.Gap, len(want))
					}
					checkLines(t, request, x.RequestLines())
				}
			})
		}
	}
}

// The oldest are forgotten, but for those that are under way or marked.
func TestForget(t *testing.T) {
	large := strings.Repeat("x", 100_000)
	tests := []struct {
		name   string
		limits history.Limits
		do     func(h *history.History)
		want   []int
	}{
		{"as many as may be", history.Limits{Exchanges: 3, Bytes: 1 << 20}, func(h *history.History) { done(h, 1, 2, 3) }, []int{1, 2, 3}},
		{"too many", history.Limits{Exchanges: 3, Bytes: 1 << 20}, func(h *history.History) { done(h, 1, 2, 3, 4, 5) }, []int{3, 4, 5}},
		{"too many bytes", history.Limits{Exchanges: 9, Bytes: 150_000}, func(h *history.History) {
			done(h, 1, 2, 3)
			h.Add(note(1, 1, large))
			h.Add(note(2, 2, large))
		}, []int{2, 3}},
		{"too many bytes in header fields", history.Limits{Exchanges: 9, Bytes: 150_000}, func(h *history.History) {
			begun(h, 1, 2)
			fields := []server.Field{{server.Bytes("X-A"), server.Bytes(large)}}
			h.Add(server.Passed{Place: at(1, 1, 2), Step: 4, Fields: fields})
			h.Add(server.Started{Place: at(2, 2, 2), Status: "200 OK", Headers: fields})
			ended(h, 1, 2)
		}, []int{2}},
		{"one that is too large by itself", history.Limits{Exchanges: 9, Bytes: 90_000}, func(h *history.History) {
			done(h, 1, 2)
			h.Add(note(2, 2, large))
		}, nil},
		{"under way", history.Limits{Exchanges: 1, Bytes: 1}, func(h *history.History) { begun(h, 1, 2, 3) }, []int{1, 2, 3}},
		{"no more under way", history.Limits{Exchanges: 2, Bytes: 1 << 20}, func(h *history.History) { begun(h, 1, 2, 3); ended(h, 3, 2) }, []int{1, 2}},
		{"some under way, in their order", history.Limits{Exchanges: 3, Bytes: 1 << 20}, func(h *history.History) {
			begun(h, 1)
			done(h, 2)
			begun(h, 3)
			done(h, 4, 5, 6)
		}, []int{1, 3, 6}},
		{"some marked, in their order", history.Limits{Exchanges: 3, Bytes: 1 << 20}, func(h *history.History) {
			done(h, 1, 2, 3)
			h.Exchanges[0].Marked, h.Exchanges[2].Marked = true, true
			done(h, 4, 5, 6)
		}, []int{1, 3, 6}},
		{"what comes for a forgotten one is forgotten too", history.Limits{Exchanges: 2, Bytes: 150_000}, func(h *history.History) {
			done(h, 1, 2, 3)
			h.Add(note(1, 1, large))
			h.Add(note(1, 1, large))
		}, []int{2, 3}},
		{"what is forgotten takes no room", history.Limits{Exchanges: 2, Bytes: 150_000}, func(h *history.History) {
			for number := range 5 {
				done(h, number+1)
				h.Add(note(number+1, number+1, large[:60_000]))
			}
		}, []int{4, 5}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := history.New(test.limits)
			test.do(h)
			checkNumbers(t, h, test.want...)
			if h.Errors > 0 {
				t.Errorf("there are %d errors, want none", h.Errors)
			}
		})
	}
}

// Of a large body only the first bytes are kept, and not even the memory of the
// others. What is counted is the whole.
func TestBodyLimit(t *testing.T) {
	h := history.New(history.Limits{Exchanges: 1, Bytes: 1 << 20, Body: int64(len(get)) + 10})
	begun(h, 1)
	sent := server.Bytes("HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("y", 1000))
	for range 3 {
		h.Add(received(1, 1, strings.Repeat("x", 1000)))
		h.Add(server.Sent{Place: at(1, 1, 3), Bytes: sent, Size: len(sent)})
	}
	x := h.Exchanges[0]
	if got, want := string(x.Request().Bytes), get+"xxxxxxxxxx"; got != want {
		t.Errorf("of the request is kept %q, want %q", got, want)
	}
	if got, want := string(x.Answer().Bytes), string(sent[:len(get)+10]); got != want {
		t.Errorf("of the answer is kept %q, want %q", got, want)
	}
	if in, out := int64(len(get)+3000), int64(3*len(sent)); x.In != in || x.Request().Size != in || x.Out != out || x.Answer().Size != out {
		t.Errorf("counted are %d and %d bytes, want %d and %d", x.In, x.Out, in, out)
	}
	held := 0
	for _, event := range x.Events {
		switch event := event.(type) {
		case server.Received:
			held += cap(event.Bytes)
		case server.Sent:
			held += cap(event.Bytes)
		}
	}
	if held > 200 {
		t.Errorf("the events hold %d bytes of memory, want hardly more than are kept", held)
	}
	checkLines(t, x.Request(), x.RequestLines())
	checkLines(t, x.Answer(), x.AnswerLines())
}

// Where not even the head was kept whole, a line says so.
func TestHeadNotKept(t *testing.T) {
	h := history.New(history.Limits{Exchanges: 1, Bytes: 1 << 20, Body: 10})
	begun(h, 1)
	const want = "0-10 client 02 \"GET / HTTP\"\n10-27 client 02 … 17 bytes that were not kept\n"
	if got := show(h.Exchanges[0].RequestLines()); got != want {
		t.Errorf("RequestLines() =\n%swant\n%s", got, want)
	}
}

// A Stream has a piece for each read, and of the last those bytes that belong to
// it. Behind bytes that nobody has, no others are joined.
func TestPieces(t *testing.T) {
	h := remember(history.Usual, opened(1), received(1, 1, get[:10]), received(1, 1, get[10:]+get[:5]), headOf(1, 1, get))
	ended(h, 1)
	h.Add(received(1, 2, get[5:]))
	h.Add(server.Received{Place: at(1, 2, 3), Bytes: server.Bytes("abc"), Size: 7})
	h.Add(received(1, 2, "def"))
	tests := []struct {
		bytes string
		size  int64
		ends  []int64 // of the pieces
	}{
		{get, int64(len(get)), []int64{10, int64(len(get))}},
		{get + "abc", int64(len(get)) + 10, []int64{5, int64(len(get)), int64(len(get)) + 7, int64(len(get)) + 10}},
	}
	for i, want := range tests {
		got, ends := h.Exchanges[i].Request(), []int64(nil)
		for _, piece := range got.Pieces {
			ends = append(ends, piece.From+piece.Size)
		}
		if string(got.Bytes) != want.bytes || got.Size != want.size || !slices.Equal(ends, want.ends) {
			t.Errorf("request %d is %q, of %d bytes, in pieces up to %d; want %q, of %d, up to %d", i+1, got.Bytes, got.Size, ends, want.bytes, want.size, want.ends)
		}
	}
}

// When events were lost, the end of what was under way may be among them.
func TestDropped(t *testing.T) {
	h := history.New(history.Usual)
	done(h, 1)
	begun(h, 2)
	h.Add(server.Dropped{Place: at(0, 0, 5), Count: 7})
	seen := len(h.Exchanges[1].Events)
	ended(h, 2)
	whole, cut := h.Exchanges[0], h.Exchanges[1]
	if whole.Gap || whole.Outcome() != "200 OK" || whole.Remark() != "connection kept" {
		t.Errorf("what was over is %q (%s), with Gap = %t; want it as it was", whole.Outcome(), whole.Remark(), whole.Gap)
	}
	if !cut.Gap || !cut.Done || cut.Outcome() != "not seen" || cut.Remark() != "some of it was not seen" || len(cut.Events) != seen {
		t.Errorf("what was under way is %q (%s), with Gap = %t and Done = %t", cut.Outcome(), cut.Remark(), cut.Gap, cut.Done)
	}
	if h.Dropped != 7 || h.Unseen != 0 || h.Errors != 0 || cut.Wrong() {
		t.Errorf("Dropped = %d, Unseen = %d, Errors = %d, Wrong() = %t; want 7, 0, 0, false", h.Dropped, h.Unseen, h.Errors, cut.Wrong())
	}
}

// Later requests on the same connections are seen again: the first from its
// head on, for its first bytes cannot be told from the last of one before.
func TestSeenAgain(t *testing.T) {
	h := history.New(history.Usual)
	begun(h, 1)
	h.Add(server.Dropped{Place: at(0, 0, 5), Count: 1})
	for _, request := range []int{2, 3} {
		h.Add(received(1, request, get))
		h.Add(headOf(1, request, get))
		for _, event := range answer(1, request) {
			h.Add(event)
		}
	}
	checkNumbers(t, h, 1, 2, 3)
	for i, gap := range []bool{true, true, false} {
		x := h.Exchanges[i]
		if x.Gap != gap || string(x.Request().Bytes) != get {
			t.Errorf("of request %d Gap = %t, and it is %q; want %t, and %q", x.Number, x.Gap, x.Request().Bytes, gap, get)
		}
	}
	if got := h.Exchanges[1].Began; !got.Equal(at(0, 0, 1).At) {
		t.Errorf("request 2 began at %v, want it to be when step 02 began", got)
	}
}

// Requests that nobody watched take nothing from the others.
func TestUnseen(t *testing.T) {
	t.Run("what is under way goes on", func(t *testing.T) {
		h := history.New(history.Usual)
		begun(h, 1)
		h.Add(server.Dropped{Place: at(0, 0, 3), Requests: 2})
		ended(h, 1)
		if x := h.Exchanges[0]; x.Gap || x.Outcome() != "200 OK" || h.Dropped != 0 || h.Unseen != 2 {
			t.Errorf("it is %q, with Gap = %t, Dropped = %d and Unseen = %d; want \"200 OK\", false, 0 and 2", x.Outcome(), x.Gap, h.Dropped, h.Unseen)
		}
	})
	t.Run("so does what had arrived with another", func(t *testing.T) {
		h := remember(history.Usual, opened(1), received(1, 1, get+get), headOf(1, 1, get))
		ended(h, 1)
		h.Add(headOf(1, 2, get))
		h.Add(server.Dropped{Place: at(0, 0, 5), Requests: 1})
		for _, event := range answer(1, 2) {
			h.Add(event)
		}
		if x := h.Exchanges[1]; x.Gap || x.Outcome() != "200 OK" || string(x.Request().Bytes) != get {
			t.Errorf("request 2 is %q, with Gap = %t, and %q; want %q, false and \"200 OK\"", x.Request().Bytes, x.Gap, x.Outcome(), get)
		}
	})
	const other = "GET /other HTTP/1.1\r\nHost: h\r\n\r\n"
	t.Run("their bytes are nobody else's", func(t *testing.T) {
		h := remember(history.Usual, opened(1), received(1, 1, get+other), headOf(1, 1, get))
		ended(h, 1)
		h.Add(server.Dropped{Place: at(0, 0, 5), Requests: 1})
		h.Add(received(1, 3, get))
		h.Add(headOf(1, 3, get))
		checkNumbers(t, h, 1, 3)
		if got := string(h.Exchanges[1].Request().Bytes); got != get {
			t.Errorf("request 3 is %q, want %q", got, get)
		}
	})
	t.Run("a head that had arrived with them", func(t *testing.T) {
		h := remember(history.Usual, opened(1), server.Dropped{Place: at(0, 0, 5), Requests: 1}, headOf(1, 2, other))
		checkNumbers(t, h, 2)
		if x := h.Exchanges[0]; string(x.Request().Bytes) != other || !x.Gap {
			t.Errorf("request 2 is %q, with Gap = %t; want %q, with a gap", x.Request().Bytes, x.Gap, other)
		}
	})
}

func TestClear(t *testing.T) {
	h := history.New(history.Limits{Exchanges: 9, Bytes: 250_000})
	done(h, 1, 2, 3)
	begun(h, 4)
	h.Add(note(1, 1, strings.Repeat("x", 200_000)))
	h.Clear(func(x *history.Exchange) bool { return x.Number == 2 })
	checkNumbers(t, h, 2, 4)
	h.Add(note(2, 2, strings.Repeat("x", 200_000))) // there is room again
	ended(h, 4)
	checkNumbers(t, h, 2, 4)
	if h.Requests != 4 || h.Exchanges[1].Outcome() != "200 OK" {
		t.Errorf("of %d requests the last is %q; want it to be of 4, and to have gone on", h.Requests, h.Exchanges[1].Outcome())
	}
}

// Since finds what began behind so many requests, whatever was forgotten.
func TestSince(t *testing.T) {
	h := history.New(history.Usual)
	done(h, 11, 12, 13, 14, 15)
	check := func(want ...int) {
		t.Helper()
		for requests, number := range want {
			got := 0
			if x := h.Since(requests); x != nil {
				got = x.Number
			}
			if got != number {
				t.Errorf("Since(%d) is request %d, want %d", requests, got, number)
			}
		}
	}
	check(11, 12, 13, 14, 15, 0)
	h.Clear(func(x *history.Exchange) bool { return x.Number == 12 || x.Number == 14 })
	check(12, 12, 14, 14, 0, 0)
	done(h, 16)
	check(12, 12, 14, 14, 16, 16, 0)
}

// An application may note something when its answer is out.
func TestLateNotes(t *testing.T) {
	h := history.New(history.Usual)
	done(h, 1)
	x := h.Exchanges[0]
	before, took := len(x.Events), x.Took
	h.Add(note(1, 1, "between two requests"))
	if len(x.Events) != before+1 || x.Took != took || !x.Done {
		t.Errorf("there are %d events more, in %v; want 1, in %v", len(x.Events)-before, x.Took, took)
	}
	h.Add(received(1, 2, get))
	h.Add(note(1, 1, "in the next request"))
	h.Add(server.Gone{Place: at(1, 0, 10)})
	h.Add(note(1, 1, "behind the connection"))
	if len(x.Events) != before+1 || len(h.Exchanges) != 2 || len(h.Exchanges[1].Events) != 1 {
		t.Errorf("later notes are kept, want them to be nobody's")
	}
}

// A connection that is over ends what is under way on it, and nothing else.
func TestGone(t *testing.T) {
	h := history.New(history.Usual)
	begun(h, 1, 2)
	done(h, 3)
	for _, conn := range []int{1, 3, 4} {
		h.Add(server.Gone{Place: at(conn, 0, 8)})
	}
	for i, want := range []history.Exchange{{Done: true, Gap: true, Took: 7 * time.Millisecond}, {Took: time.Millisecond}, {Done: true, Took: 3 * time.Millisecond}} {
		if x := h.Exchanges[i]; x.Done != want.Done || x.Gap != want.Gap || x.Took != want.Took {
			t.Errorf("of request %d Done = %t, Gap = %t, Took = %v; want %t, %t, %v", x.Number, x.Done, x.Gap, x.Took, want.Done, want.Gap, want.Took)
		}
	}
}

// One exchange that never ends does not grow without end, but its numbers do.
func TestEventsOfOneExchange(t *testing.T) {
	h := history.New(history.Usual)
	place := server.Place{Conn: 1, Request: 1}
	h.Add(server.Opened{Place: server.Place{Conn: 1}})
	h.Add(server.Received{Place: place, Bytes: server.Bytes("GET / HTTP/1.1\r\n\r\n"), Size: 18})
	const sent = 20_000
	for range sent {
		h.Add(server.Sent{Place: place, Bytes: server.Bytes("x"), Size: 1})
	}
	x := h.Exchanges[0]
	if len(x.Events) != 10_000 || x.Missing != sent+1-len(x.Events) || x.Out != sent {
		t.Errorf("%d events, %d missing, %d bytes out; want 10000, the others, and %d", len(x.Events), x.Missing, x.Out, sent)
	}
}

// Who looks at one does not lose it.
func TestKeep(t *testing.T) {
	h := history.New(history.Limits{Exchanges: 2, Bytes: 1 << 20, Body: 100})
	for number := 1; number <= 5; number++ {
		for _, event := range session.Post(number) {
			h.Add(event)
		}
		h.Keep = h.Exchanges[0]
	}
	if len(h.Exchanges) != 2 || h.Exchanges[0].Number != 1 || h.Exchanges[1].Number != 5 {
		t.Errorf("kept %d and %d, want 1 and 5", h.Exchanges[0].Number, h.Exchanges[len(h.Exchanges)-1].Number)
	}
}
