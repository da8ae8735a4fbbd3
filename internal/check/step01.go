package check

import (
	"strings"
	"time"
)

// path is what the checks ask for where it does not matter what. The demo of
// step 09, which streams, says one line then; nobody else minds. Chapter 01 tells
// that to whoever wonders.
const path = "/?lines=1"

// fine are the answers to a good request with a body. What stands behind a foreign
// server may know no path but / and no method but GET: that is no fault of its HTTP.
const fine = "200 404 405"

// late is long enough for a piece to arrive alone.
const late = 20 * time.Millisecond

// head makes a head of its lines.
func head(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n\r\n" }

// get makes a good request, with more fields if there are any.
func get(fields ...string) string {
	return head(append([]string{"GET " + path + " HTTP/1.1", "Host: x"}, fields...)...)
}

// post makes the head of a request with a body.
func post(fields ...string) string {
	return head(append([]string{"POST " + path + " HTTP/1.1", "Host: x"}, fields...)...)
}

// say says its pieces on connection 0, one write each.
func say(pieces ...string) (said []Piece) {
	for i, bytes := range pieces {
		said = append(said, Piece{Bytes: bytes, After: min(late, late*time.Duration(i))})
	}
	return said
}

// want wants one answer on connection 0.
func want(status string) []Want { return []Want{{Status: status}} }

// step01 is about connections: who calls is served, whoever else has called.
func step01() []Check {
	return []Check{
		{
			ID: "01.1", Name: "a caller gets an answer", Section: "RFC 9110 §3.4", Core: true,
			Say: say(get()), Want: want("200"),
			Curl: "curl -v URL",
			Hints: [3]string{
				"Did no answer come, or did it come and then a reset? Who takes the caller from the listener, and who says goodbye?",
				"listen.go, Accept, for the first: it takes a connection and calls serve. goodbye.go, Goodbye, for the reset: it ends every connection.",
				"In a loop: conn, err := listener.Accept(), and when err is nil, serve(conn). In Goodbye: CloseWrite, read and drop until the client is done, then Close.",
			},
			Catches: []string{"excess"},
		},
		{
			ID: "01.2", Name: "the greeting names who calls, and whom", Section: "RFC 9112 §9", Core: true, Needs: Demo,
			Say: say(get()), Want: []Want{{Status: "200", Fields: []string{"Connection: close"}, Has: []string{"Hello, 127.0.0.1:", "You have called 127.0.0.1:"}}}, Ends: Closed,
			Curl: "curl -v URL",
			Hints: [3]string{
				"A connection has two ends, and each has an address. Is it the right connection, and does it end with FIN?",
				"listen.go, Accept: the demo asks the connection that it is handed for its addresses. goodbye.go, Goodbye: a reset behind the answer is made there.",
				"serve(conn), with the very conn that listener.Accept returned. Goodbye closes for good only after CloseWrite, and after all that the client still says was read.",
			},
		},
		{
			ID: "01.3", Name: "a silent client does not hold up the next", Section: "RFC 9112 §9.4", Core: true,
			Say:  []Piece{{On: 0}, {On: 1, Bytes: get(), After: late}},
			Want: []Want{{On: 1, Status: "200"}},
			Hints: [3]string{
				"The first caller says nothing. Who waits for it, and who waits for them?",
				"The loop in Accept has to be back at listener.Accept while a client is still silent.",
				"The demo gives each client a goroutine: func(conn net.Conn) { go serve(conn) }. In Accept, call serve(conn), and add nothing that waits.",
			},
			Catches: []string{"blocking"},
		},
		{
			ID: "01.4", Name: "of two callers, the second may speak first", Section: "RFC 9112 §9.4", Core: true,
			Say: []Piece{
				{On: 0}, {On: 1, After: late},
				{On: 1, Bytes: get()}, {On: 1, Await: true}, {On: 0, Bytes: get()},
			},
			Want: []Want{{On: 1, Status: "200"}, {On: 0, Status: "200"}},
			Hints: [3]string{
				"Who is served first: who called first, or who speaks first?",
				"listen.go, Accept: a queue of accepted connections is not enough, both must be read at the same time.",
				"The demo's serve has a goroutine for each connection. Accept calls it with each at once, and reads nothing itself.",
			},
			Catches: []string{"blocking"},
		},
		{
			ID: "01.5", Name: "who says more than is read gets the whole answer", Section: "RFC 9112 §9.6", Core: true,
			Say: say(post("Content-Length: 200000") + strings.Repeat("x", 200000)), Want: want(fine),
			Curl: "head -c 200000 /dev/zero | curl -v --data-binary @- URL",
			Hints: [3]string{
				"The answer was sent. What made TCP take it back?",
				"goodbye.go, Goodbye: closing a socket that holds unread bytes sends a reset, and a reset overtakes the answer.",
				"CloseWrite first, then read and drop until the client is done (io.Copy to io.Discard, with bounds), then Close.",
			},
		},
		{
			ID: "01.6", Name: "not even a megabyte that nobody reads costs the answer", Section: "RFC 9112 §9.6", Stricter: true,
			Say: say(post("Content-Length: 1048576") + strings.Repeat("x", 1<<20)), Want: want("200 404 405 413"),
			Curl: "head -c 1048576 /dev/zero | curl -v --data-binary @- URL",
			Hints: [3]string{
				"A client that is still sending does not look at the answer yet. How long do you listen to it?",
				"goodbye.go, Goodbye: how many bytes do you drop before you close? There have to be bounds, but generous ones.",
				"io.CopyN(io.Discard, conn, 32<<20) under a read deadline of two seconds drops enough.",
			},
			Catches: []string{"no-goodbye"},
		},
		{
			ID: "01.7", Name: "one caller after another is served", Section: "RFC 9112 §9",
			Say: []Piece{
				{On: 0, Bytes: get()}, {On: 0, Await: true}, {On: 1, Bytes: get()}, {On: 1, Await: true}, {On: 2, Bytes: get()},
			},
			Want: []Want{{On: 0, Status: "200"}, {On: 1, Status: "200"}, {On: 2, Status: "200"}},
			Hints: [3]string{
				"When is a server done: after its first client?",
				"listen.go, Accept: it returns when the listener is closed, and only then.",
				"Put for around it; errors.Is(err, net.ErrClosed) is the one way out.",
			},
		},
		{
			ID: "01.8", Name: "of three callers, the last may speak first", Section: "RFC 9112 §9.4",
			Say: []Piece{
				{On: 0}, {On: 1, After: late}, {On: 2, After: late},
				{On: 2, Bytes: get()}, {On: 2, Await: true}, {On: 1, Bytes: get()}, {On: 1, Await: true}, {On: 0, Bytes: get()},
			},
			Want: []Want{{On: 2, Status: "200"}, {On: 1, Status: "200"}, {On: 0, Status: "200"}},
			Hints: [3]string{
				"Two workers serve two clients at once. What becomes of the third?",
				"listen.go, Accept: is there a fixed number of goroutines, or a lock that one client keeps while it is silent?",
				"serve(conn) for every connection, at once; the demo starts the goroutine. No pool, no channel in between.",
			},
			Catches: []string{"blocking"},
		},
		{
			ID: "01.9", Name: "twenty silent clients do not hold up the next", Section: "RFC 9112 §9.5",
			Say:  append(silent(20), Piece{On: 20, Bytes: get(), After: late}),
			Want: []Want{{On: 20, Status: "200"}},
			Hints: [3]string{
				"How many silent clients does it take to stop your server?",
				"listen.go, Accept: each silent client may cost a goroutine that sleeps, and nothing that the others need.",
				"No pool of workers and no buffered channel of connections: Accept calls serve(conn), in which the demo says go.",
			},
			Catches: []string{"blocking"},
		},
		{
			ID: "01.10", Name: "a caller that leaves before the answer harms nobody", Section: "RFC 9112 §9.5",
			Say:  []Piece{{On: 0, Bytes: get(), Leave: true}, {On: 1, Bytes: get(), After: late}},
			Want: []Want{{On: 1, Status: "200"}}, Ends: Dropped,
			Hints: [3]string{
				"Writing to somebody who left gives an error. Whose error is it?",
				"Accept and Goodbye: a failed read or write ends this connection, never the program and never the loop.",
				"Nothing may panic or call os.Exit there; in Accept, an error that is not net.ErrClosed waits a moment and goes on.",
			},
		},
		{
			ID: "01.11", Name: "a caller that hangs up without a word gets none", Section: "RFC 9112 §9.5",
			Say:  []Piece{{On: 0, Half: true}, {On: 1, Bytes: get(), After: late}},
			Want: []Want{{On: 0, None: true}, {On: 1, Status: "200"}}, Ends: Closed,
			Hints: [3]string{
				"Browsers open connections in advance and often do not use them. What is there to answer?",
				"goodbye.go, Goodbye: there was no request, so there is nothing to answer. The connection ends all the same.",
				"conn.Close has to run on every path: defer conn.Close() in the first line of Goodbye.",
			},
		},
		{
			ID: "01.12", Name: "who has stopped talking can still listen", Section: "RFC 9112 §9.6", Stricter: true,
			// RFC 9112 §9.5 lets a server close at any time, and close when the client did.
			Say: []Piece{{Bytes: get(), Half: true}}, Want: want("200"),
			Hints: [3]string{
				"A connection has two directions. Which of them did the client close?",
				"goodbye.go, Goodbye: the end of what the client says (io.EOF) does not mean that it left.",
				"Answer first, then Goodbye: CloseWrite, read to the end, Close.",
			},
		},
		{
			ID: "01.13", Name: "the connection ends when the client asked for that", Section: "RFC 9112 §9.6",
			Say: say(get("Connection: close")), Want: want("200"), Ends: Closed,
			Curl: "curl -v -H 'Connection: close' URL",
			Hints: [3]string{
				"Some clients know that an answer is over only when the connection is. When do they learn it from you?",
				"goodbye.go, Goodbye: the server speaks last, and closes its side at once.",
				"CloseWrite sends the FIN that the client waits for. Reading what it still says comes after that.",
			},
		},
	}
}

// silent opens n connections and says nothing on them.
func silent(n int) []Piece {
	pieces := make([]Piece, n)
	for i := range pieces {
		pieces[i].On = i
	}
	return pieces
}
