package check

import (
	"strings"
	"time"
)

// Step 10: Is there more to come? The demo serves hello:App, and holds what the
// whole server holds.
func step10() []Check {
	return []Check{
		{
			ID: "10.1", Core: true, Needs: Anything,
			// RFC 9112 §9.3 says should.
			Name: "the connection stays open for the next request", Section: "RFC 9112 §9.3", Stricter: true,
			Say:  []Piece{{Bytes: oneGet}, {Await: true, Bytes: oneGet}, {Await: true, Bytes: oneGet}},
			Want: []Want{{Status: "200", Judge: keeps}, {Status: "200"}, {Status: "200"}},
			Ends: Open,
			Curl: "curl -v 'URL/' 'URL/'",
			Hints: [3]string{
				"In HTTP/1.1 nobody has to ask for it. Who would have to say that the connection closes?",
				"Persist: what is its answer when no Connection field came? Then Next: what is its answer when there was no body?",
				`Without any option, HTTP/1.1 stays and HTTP/1.0 closes: begin with version != "HTTP/1.0". Without a close, and with the body read, Persist returns true, and Next too.`,
			},
		},
		{
			ID: "10.2", Core: true, Needs: Anything,
			// It has to close, and should say so. RFC 9112 §9.6
			Name: "a client that says close gets close, and the end", Section: "RFC 9112 §9.6", Stricter: true,
			Say: []Piece{
				{Bytes: "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" + oneGet},
				{On: 1, Bytes: "GET / HTTP/1.1\r\nHost: x\r\nConnection: x-foo\r\nconnection: , CLOSE\r\n\r\n" + oneGet},
			},
			Want: []Want{{Status: "200", Fields: []string{"Connection: close"}}, {On: 1, Status: "200", Fields: []string{"Connection: close"}}},
			Ends: Closed,
			Curl: "curl -v -H 'Connection: x-foo, CLOSE' 'URL/'",
			Hints: [3]string{
				"The client tells you that this was its last request. How does it learn that you have understood?",
				"Persist: Connection is a list, in any case, and may come twice. Step 04 has Elements and EqualFold.",
				`When one option of any Connection field is EqualFold to "close", Persist returns false, and the head says Connection: close.`,
			},
			Catches: []string{"first-field-wins"},
		},
		{
			ID: "10.3", Core: true, Needs: Anything,
			Name: "requests that come together are answered in their order", Section: "RFC 9112 §9.3.2",
			Say: []Piece{{Bytes: "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n" + oneGet + "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n" + oneGet}}, Cut: true,
			// It may close instead, but not keep silent. RFC 9112 §9.5
			Want: []Want{{Status: "200", Head: true}, {Status: "200", None: true}, {Status: "200", Head: true, None: true}, {Status: "200", None: true}},
			Ends: Dropped,
			Hints: [3]string{
				"The second request may be in your buffer before the first is answered. Is it still there afterwards?",
				"Next, and Line in step 02: do they leave in the bufio.Reader what is not theirs? It is made once for the connection.",
				"Next reads through input alone, and not at all when input.Left() is 0. Line and Head discard only what they return. What lies in the reader behind that is the next request.",
			},
			Catches: []string{"drops-pipelined"},
		},
		{
			ID: "10.4", Core: true, Needs: Anything,
			Name: "HTTP/1.0 closes unless somebody says keep-alive", Section: "RFC 9112 §9.3",
			Say:  []Piece{{Bytes: "GET / HTTP/1.0\r\nHost: x\r\n\r\n" + oneGet}},
			Want: []Want{{Status: "200"}},
			Ends: Closed,
			Curl: "curl -v --http1.0 'URL/' 'URL/'",
			Hints: [3]string{
				"An old client reads until the connection ends. What if it never does?",
				"Persist: it gets the version.",
				`Begin with version != "HTTP/1.0"; only an option keep-alive makes it true then.`,
			},
		},
		{
			ID: "10.5", Core: true, Needs: Anything,
			// RFC 9112 §9.3 lets a server close instead, of a body that was not read.
			Name: "a body that nobody read is not the next request", Section: "RFC 9112 §9.3", Stricter: true,
			Say: []Piece{{Bytes: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 37\r\n\r\n" + "GET /smuggled HTTP/1.1\r\nHost: xxx\r\n\r\n" + "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"}}, Cut: true,
			Want: []Want{{Status: fine}, {Status: "200", Head: true}},
			Ends: Open,
			Hints: [3]string{
				"The application did not care for the body. Where are its bytes now?",
				"Next: input.Left() tells what lies in front of the next request.",
				"When something is left, Next reads it and drops it: io.CopyN(io.Discard, input, drainBytes+1), and io.EOF means that all is gone.",
			},
			Catches: []string{"no-drain", "body-in-head"},
		},
		{
			ID: "10.6", Needs: Anything,
			// RFC 9112 §9.3: if the recipient wishes to honour it.
			Name: "HTTP/1.0 with keep-alive stays, and is told so", Section: "RFC 9112 §9.3", Stricter: true,
			Say:  []Piece{{Bytes: "GET / HTTP/1.0\r\nHost: x\r\nConnection: Keep-Alive\r\n\r\n"}, {Await: true, Bytes: "GET / HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n"}},
			Want: []Want{{Status: "200", Fields: []string{"Connection: keep-alive"}}, {Status: "200", Fields: []string{"Connection: keep-alive"}}},
			Ends: Open,
			Curl: "curl -v --http1.0 -H 'Connection: keep-alive' 'URL/' 'URL/'",
			Hints: [3]string{
				"An old client asks to stay. Will it believe that it may, when you say nothing?",
				"Persist, for the options; and connection in step 09, for the field of the answer.",
				`With an option EqualFold to "keep-alive", Persist returns true for HTTP/1.0 too. The head then says Connection: keep-alive.`,
			},
		},
		{
			ID: "10.7", Needs: Anything,
			// RFC 9112 §9.3 lets a server close instead, of a body that was not read.
			Name: "a chunked body that nobody read is dropped with its trailer", Section: "RFC 9112 §9.3", Stricter: true,
			Say: []Piece{{Bytes: "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nname=\r\n3;x=y\r\nada\r\n0\r\nX: y\r\n\r\n" + "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"}}, Cut: true,
			Want: []Want{{Status: fine}, {Status: "200", Head: true}},
			Ends: Open,
			Hints: [3]string{
				"Of a chunked body nobody knows how much is left. Is there something left?",
				"Next: Left returns -1 for it, and not 0.",
				"Only 0 means that nothing is left. Read on through the same body.Reader, which takes sizes and trailer away too.",
			},
			Catches: []string{"no-drain", "no-chunked"},
		},
		{
			ID: "10.8", Needs: Anything,
			// RFC 9112 §3 lets a server take several spaces for one.
			Name: "behind a refused request nothing is answered", Section: "RFC 9112 §9.6", Stricter: true,
			Say:  []Piece{{Bytes: "GET  / HTTP/1.1\r\nHost: x\r\n\r\n" + oneGet}},
			Want: []Want{{Status: "400", Fields: []string{"Connection: close"}}},
			Ends: Closed,
			Hints: [3]string{
				"You could not read the first request. Are you sure where the second begins?",
				"Parse in step 03 refuses it; connection in step 09 says so in the head, when Keep is false.",
				"The server never keeps a connection behind a refusal. If a second answer comes, the first request was not refused: count the spaces in Parse.",
			},
			Catches: []string{"split-line"},
		},
		{
			ID: "10.9", Needs: Anything,
			Name: "the answer to a refused request arrives though more is sent", Section: "RFC 9112 §9.6", Stricter: true,
			Say:  []Piece{{Bytes: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 7, 8\r\n\r\n" + strings.Repeat("x", 1<<20)}},
			Want: []Want{{Status: "400"}},
			Ends: Closed,
			Hints: [3]string{
				"The client is still sending when you close. What does its kernel do with the answer that it has not read yet?",
				"Goodbye in step 01: why does it not simply close?",
				"CloseWrite first, then read and drop what still comes, for a bounded time, then Close. A reset would take the answer with it.",
			},
			Catches: []string{"no-goodbye"},
		},
		{
			ID: "10.10", Needs: Anything,
			Name: "an empty line between two requests counts as nothing", Section: "RFC 9112 §2.2", Stricter: true,
			Say:  []Piece{{Bytes: oneGet + "\r\n" + oneGet}, {Await: true}, {Await: true, Bytes: "\r\n" + oneGet}},
			Want: []Want{{Status: "200"}, {Status: "200"}, {Status: "200"}},
			Ends: Open,
			Hints: [3]string{
				"Some old clients send a CRLF too many behind a body. What does it stand in front of now?",
				"Head in step 02: does it skip one empty line in front of a head?",
				"Head skips it before each request, so nothing is to be done here, as long as Next reads nothing behind the body.",
			},
		},
		{
			ID: "10.11", Needs: Anything,
			// RFC 9112 §9.5 lets a server close at any time, and close when the client did.
			Name: "a client that is done sending still gets its answers", Section: "RFC 9112 §9.6", Stricter: true,
			Say: []Piece{
				{Bytes: oneGet + oneGet, Half: true},
				{On: 1, Bytes: oneGet}, {On: 1, Await: true, Half: true},
			},
			Want: []Want{{Status: "200"}, {Status: "200"}, {On: 1, Status: "200"}},
			Ends: Closed,
			Hints: [3]string{
				"A client may close its half of the connection and go on reading. Is that the same as leaving?",
				"Head in step 02, and Persist: the end of the input is seen when the next request is read, and not before.",
				"Head returns io.EOF itself before the first byte of a request, which ends the connection without a word. Persist and Next never look whether the client is done.",
			},
		},
		{
			ID: "10.12", Needs: Anything,
			// RFC 9112 §9.3 says should.
			Name: "fifty requests have one connection", Section: "RFC 9112 §9.3", Stricter: true,
			Say:  []Piece{{Bytes: strings.Repeat(oneGet, 49) + "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"}},
			Want: times(50, Want{Status: "200"}),
			Ends: Closed,
			Curl: "curl -sv 'URL/?[1-50]'",
			Hints: [3]string{
				"What does one request leave behind for the next?",
				"Next, and every variable outside a function in your steps: what lives longer than one request?",
				"The server makes a new body.Reader, environ and Writer for each request. Only the connection and its bufio.Reader stay, so Next must leave that in front of the next request, fifty times.",
			},
		},
		{
			ID: "10.13", Needs: Anything,
			// RFC 9112 §9.3 says should.
			Name: "a connection that waits does not hold up another", Section: "RFC 9112 §9.3", Stricter: true,
			Say: []Piece{
				{Bytes: oneGet},
				{On: 1, After: shortly, Bytes: "GET / HT"},
				{On: 2, After: shortly, Bytes: oneGet},
				{On: 2, Await: true, Bytes: oneGet},
				{On: 1, Bytes: "TP/1.1\r\nHost: x\r\n\r\n"},
				{Await: true, Bytes: oneGet},
			},
			Want: []Want{{Status: "200"}, {Status: "200"}, {On: 1, Status: "200"}, {On: 2, Status: "200"}, {On: 2, Status: "200"}},
			Ends: Open,
			Hints: [3]string{
				"One client has its answer and stays on the line. Who is served meanwhile?",
				"Accept in step 01, and all that your steps share: a lock, a buffer, a variable outside a function.",
				"Each connection has a goroutine of its own, which the given code starts. Accept calls serve and goes on; nothing else may wait for another connection.",
			},
			Catches: []string{"blocking"},
		},
		{
			ID: "10.14", Needs: Demo,
			Name: "a body that is too large to drop costs the connection", Section: "RFC 9112 §9.3", Stricter: true,
			Say:  []Piece{{Bytes: "POST /?name=ada HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n" + strings.Repeat("x", 300000) + oneGet}},
			Want: []Want{{Status: "200", Fields: []string{"Connection: close"}, Body: Text("Hello, ada!\n")}},
			Ends: Closed,
			Hints: [3]string{
				"Reading on saves a connection. How many bytes is a connection worth?",
				"Persist, and drainBytes. The head has to say it, so it is decided before.",
				"When input.Left() is more than drainBytes, Persist returns false.",
			},
		},
	}
}

// oneGet is the least that a client can ask.
const oneGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

// shortly is time enough, as a rule, for what was said before to have arrived. No
// check fails where it was not, but it may miss a mistake then.
const shortly = 50 * time.Millisecond

// keeps wants an answer that does not announce the end. It may say keep-alive.
func keeps(answer Answer) string {
	if options, _ := answer.Field("Connection"); listed(options, "close") {
		return "it says that the connection closes"
	}
	return ""
}

// times is an answer that is wanted n times.
func times(n int, want Want) (wants []Want) {
	for range n {
		wants = append(wants, want)
	}
	return wants
}
