package check

import (
	"fmt"
	"time"
)

// Step 09: How is it said? The demo serves stream:App. The requests of Anything
// ask stream:App for few lines; no other application minds.
func step09() []Check {
	return []Check{
		{
			ID: "09.1", Core: true, Needs: Anything,
			Name: "an answer has a Date, and it is now", Section: "RFC 9110 §6.6.1",
			Say:  []Piece{{Bytes: "GET /?lines=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"}},
			Want: []Want{{Status: "200", Fields: []string{"Date"}, Judge: dated(5 * time.Minute)}},
			Ends: Closed,
			Curl: "curl -v 'URL/?lines=1'",
			Hints: [3]string{
				"Did the whole answer come, to its end? And does it say when it was made?",
				"head.go, AppendHead, for the Date: RFC 9110 §5.6.7 has one form, always in GMT. If the answer is not complete: Send and end in writer.go.",
				`Date formats now.UTC(); AppendHead puts that behind "Date: ", unless the application has a Date of its own. A head ends with an empty line, and a chunked body with 0 CRLF CRLF, which end sends.`,
			},
		},
		{
			ID: "09.2", Core: true, Needs: Demo,
			Name: "a body of unknown length goes out in chunks", Section: "RFC 9112 §7.1",
			Say: []Piece{{Bytes: "GET /?lines=2&pause=0 HTTP/1.1\r\nHost: x\r\n\r\n"}}, Cut: true,
			Want: []Want{{Status: "200", Fields: []string{"Transfer-Encoding: chunked"}, Without: []string{"Content-Length"},
				Body: Text("line 1 of 2\nline 2 of 2\n"), Judge: chunks(2)}},
			Ends: Closed,
			Curl: "curl -v --raw 'URL/?lines=2&pause=0'",
			Hints: [3]string{
				"The head has to go out now, and nobody knows how much will follow. How can the client tell the end?",
				"Frame for the choice, Send for each chunk, and end for the last.",
				"Before a chunk goes its size in hex and CRLF, behind it CRLF. Behind the last comes 0 CRLF CRLF.",
			},
			Catches: []string{"missing-last-chunk"},
		},
		{
			ID: "09.3", Core: true, Needs: Demo,
			Name: "HTTP/1.0 gets no chunks, and the connection ends the body", Section: "RFC 9112 §6.3",
			Say: []Piece{{Bytes: "GET /?lines=2&pause=0 HTTP/1.0\r\n\r\n"}},
			Want: []Want{{Status: "200", Without: []string{"Transfer-Encoding", "Content-Length"}, Fields: []string{"Connection: close"},
				Body: Text("line 1 of 2\nline 2 of 2\n")}},
			Ends: Closed,
			Curl: "curl -v --http1.0 'URL/?lines=2&pause=0'",
			Hints: [3]string{
				"Chunks came with HTTP/1.1. What would an older client do with their sizes?",
				"framing.go, Frame, and its table in the task: the last line but one asks for the version.",
				`For version "HTTP/1.0" and an unknown length Frame returns UntilClose, -1. Nothing is put around the chunks, and the connection closes behind them.`,
			},
		},
		{
			ID: "09.4", Core: true, Needs: Demo,
			Name: "HEAD of a stream is answered with a head alone", Section: "RFC 9110 §9.3.2",
			Say:  []Piece{{Bytes: "HEAD /?lines=1000&pause=5000 HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Head: true, Fields: []string{"Date", "Content-Type: text/plain"}, Without: []string{"Content-Length"}}},
			Ends: Closed,
			Curl: "curl -v -I 'URL/?lines=1000&pause=5000'",
			Hints: [3]string{
				"The client wants the head. How long would you ask this body for chunks?",
				"writer.go, yield, and what Frame returns for HEAD.",
				"For HEAD the framing is NoBody: Send writes the head and drops the chunk, and yield says false at once. Body closes the body all the same.",
			},
		},
		{
			ID: "09.5", Core: true, Needs: Anything,
			Name: "not one byte follows the body", Section: "RFC 9112 §6.3",
			Say:  []Piece{{Bytes: "GET /?lines=1 HTTP/1.1\r\nHost: x\r\n\r\n"}, {On: 1, Bytes: "HEAD /?lines=1 HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200"}, {On: 1, Status: "200", Head: true}},
			Curl: "curl -v 'URL/?lines=1'",
			Hints: [3]string{
				"The head says where the body ends. What would the client take the next byte for?",
				"What is written last: in writer.go by Send and end, in pieces.go by write?",
				"Behind a body with a length comes nothing, not even a line end. Behind chunks comes 0 CRLF CRLF, once.",
			},
			Catches: []string{"excess"},
		},
		{
			ID: "09.6", Needs: Anything,
			Name: "a while later the Date is another", Section: "RFC 9110 §6.6.1",
			Say: []Piece{
				{Bytes: "GET /?lines=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"},
				{On: 1, After: while, Bytes: "GET /?lines=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"},
			},
			Want: []Want{{Status: "200"}, {On: 1, Status: "200", Judge: later}},
			Ends: Closed,
			Curl: "curl -sI 'URL/?lines=1'; sleep 2; curl -sI 'URL/?lines=1'",
			Hints: [3]string{
				"When was this Date made: for this answer, or when the server started?",
				"head.go, appendHead: where do you call w.Date? It is a function, and not a text.",
				"Call w.Date() where the head is made, in appendHead, for each answer anew.",
			},
			Catches: []string{"fixed-date"},
		},
	}
}

// imfFixdate is the form of a Date field. RFC 9110 §5.6.7
const imfFixdate = "Mon, 02 Jan 2006 15:04:05 GMT"

// while is longer than a second, which is how exact a Date is.
const while = 1100 * time.Millisecond

// dated wants one Date that is younger than limit, or as much ahead. A client far
// away could not ask for that, but checks run beside their server.
func dated(limit time.Duration) func(Answer) string {
	return func(answer Answer) string {
		date, _ := answer.Field("Date")
		at, err := time.Parse(imfFixdate, date)
		switch {
		case err != nil:
			return fmt.Sprintf("Date is %q, want the form %q", date, imfFixdate)
		case time.Since(at).Abs() >= limit:
			return fmt.Sprintf("Date is %q, and now it is %q", date, time.Now().UTC().Format(imfFixdate))
		}
		return ""
	}
}

// later wants another Date than the first answer has.
func later(answer Answer) string {
	date, _ := answer.Field("Date")
	first, _ := answer.Earlier[0].Field("Date")
	if date == first {
		return fmt.Sprintf("Date is still %q", date)
	}
	return ""
}

// chunks wants a body in so many chunks.
func chunks(want int) func(Answer) string {
	return func(answer Answer) string {
		if answer.Chunks != want {
			return fmt.Sprintf("the body came in %d chunks, want %d", answer.Chunks, want)
		}
		return ""
	}
}
