package check

import "strings"

// Step 10 with the applications of check:App.
func step10App() []Check {
	return []Check{
		{
			ID: "10.15", Needs: App, From: 10,
			// RFC 9112 §9.3 lets a server close instead, of a body that was not read.
			Name: "a body that is half read is dropped to its end", Section: "RFC 9112 §9.3", Stricter: true,
			Say:  []Piece{{Bytes: "POST /first?n=5 HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nhello" + strings.Repeat("x", 99995) + oneGet}},
			Want: []Want{{Status: "200", Body: Text("hello")}, {Status: "200", Body: Text("check\n")}},
			Ends: Open,
			Hints: [3]string{
				"Five bytes were read. How many still lie in front of the next request?",
				"Next: it reads through input, which knows how much is left.",
				"io.CopyN(io.Discard, input, drainBytes+1) stops where the body stops. Read from the body.Reader, not from the connection.",
			},
			Catches: []string{"no-drain"},
		},
		{
			ID: "10.16", Needs: App, From: 10,
			// A server may read all of a body before it answers.
			Name: "the rest of an unread body may come behind its answer", Section: "RFC 9112 §9.3", Stricter: true,
			Say: []Piece{
				{Bytes: "POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello"},
				{Await: true, Bytes: "world" + oneGet},
			},
			Want: []Want{{Status: "200", Body: Text("unread\n")}, {Status: "200", Body: Text("check\n")}},
			Ends: Open,
			Hints: [3]string{
				"The answer need not wait for a body that nobody wants. When is it dropped?",
				"Persist is asked before the head, Next when the answer is out. Which of them reads?",
				"Persist only looks at input.Left(). The reading is done by Next.",
			},
			Catches: []string{"body-in-head"},
		},
		{
			ID: "10.17", Needs: App, From: 10,
			Name: "behind a broken body nothing is answered", Section: "RFC 9112 §9.3",
			Say:  []Piece{{Bytes: "POST /unread HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nsize\r\n" + oneGet}},
			Want: []Want{{Status: "200 400"}},
			Ends: Closed,
			Hints: [3]string{
				"What you read to drop it may be broken as well. Do you know where it ends?",
				"Next: what does the error of your last read say? One error only means that all went well.",
				"return err == io.EOF: any other error, and none at all, means that the next request cannot be found.",
			},
		},
		{
			ID: "10.18", Needs: App, From: 10,
			Name: "a client that still waits for 100 Continue is not kept", Section: "RFC 9110 §10.1.1",
			Say:  []Piece{{Bytes: "POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\nExpect: 100-continue\r\n\r\n"}, {Await: true, Bytes: oneGet}},
			Want: []Want{{Status: "200", Fields: []string{"Connection: close"}, Body: Text("unread\n")}},
			Ends: Closed, Stricter: true,
			Curl: "curl -v -H 'Expect: 100-continue' -d name=ada 'URL/unread'",
			Hints: [3]string{
				"The application read nothing, so nobody said 100 Continue. What will the client send now: its body, or a request?",
				"Persist: both are allowed, and you cannot tell them apart. input.Waiting() tells that it may be so.",
				"When input.Waiting() is true, Persist returns false.",
			},
		},
		{
			ID: "10.19", Needs: App, From: 10,
			// A server may wait for the whole body and give it a length; and without
			// keep-alive, an answer of HTTP/1.0 means close without saying so.
			Name: "HTTP/1.0 with keep-alive cannot stay behind a body without a length", Section: "RFC 9112 §9.3", Stricter: true,
			Say:  []Piece{{Bytes: "GET /stream?n=3 HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n" + oneGet}},
			Want: []Want{{Status: "200", Fields: []string{"Connection: close"}, Without: []string{"Transfer-Encoding"}, Body: Text("chunk 1\nchunk 2\nchunk 3\n")}},
			Ends: Closed,
			Curl: "curl -v --http1.0 -H 'Connection: keep-alive' 'URL/stream?n=3'",
			Hints: [3]string{
				"No length, no chunks: what can tell the client where this body ends?",
				"appendHead in step 09: Persist cannot know the framing of the answer, and appendHead does.",
				"In appendHead w.Keep is keep && framing != UntilClose, and the head says close.",
			},
		},
		{
			ID: "10.20", Needs: App, From: 10,
			Name: "a client that leaves in the middle disturbs nobody else", Section: "RFC 9112 §9.5",
			Say: []Piece{
				{Bytes: "GET /big?n=50000000 HTTP/1.1\r\nHost: x\r\n\r\n", Leave: true},
				{On: 1, Bytes: "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf", Leave: true},
				{On: 2, After: shortly, Bytes: oneGet},
			},
			Want: []Want{{On: 2, Status: "200", Body: Text("check\n")}},
			Hints: [3]string{
				"Clients leave all the time. What does a write tell you when nobody is there?",
				"Read in step 05, write in step 09, Goodbye in step 01: each error ends one connection. Does any of them end more?",
				"Return the error, wrapped in ErrGone in write; Body closes the body all the same. Nothing may panic or call os.Exit.",
			},
		},
		{
			ID: "10.21", Needs: App, From: 10,
			Name: "404 keeps the connection like any answer", Section: "RFC 9112 §9.3",
			Say:  []Piece{{Bytes: "GET /nosuch HTTP/1.1\r\nHost: x\r\n\r\n" + oneGet}},
			Want: []Want{{Status: "404"}, {Status: "200", Body: Text("check\n")}},
			Ends: Open, Stricter: true,
			Curl: "curl -v 'URL/nosuch' 'URL/'",
			Hints: [3]string{
				"Is a 404 of the application an error of the connection?",
				"Persist looks at the request and its body. Does it look at the status of the answer?",
				"It does not: the request was understood, so the next one can be found.",
			},
		},
		{
			ID: "10.22", Needs: Anything,
			// A server may also refuse what is no token.
			Name: "close with a long s is another word", Section: "RFC 9110 §7.6.1", Stricter: true,
			Say:  []Piece{{Bytes: "GET / HTTP/1.1\r\nHost: x\r\nConnection: clo\u017fe\r\n\r\n"}, {Await: true, Bytes: oneGet}},
			Want: []Want{{Status: "200", Judge: keeps}, {Status: "200"}},
			Ends: Open,
			Curl: "curl -v -H 'Connection: clo\u017fe' 'URL/' 'URL/'",
			Hints: [3]string{
				"The proxy before you reads bytes here. Does it see the word close?",
				"EqualFold in step 04, and Persist, which should compare with it: Unicode has letters that fold to k and s.",
				"Such a letter has more bytes. So first len(word) == len(ascii), and then strings.EqualFold.",
			},
		},
	}
}
