package check

import (
	"barewire/server/trace"
	"fmt"
	"strings"
	"time"
)

// Step 09 with the applications of check:App.
func step09App() []Check {
	return []Check{
		{
			ID: "09.7", Needs: App, From: 10,
			// PEP 3333: the server can determine the length. It need not.
			Name: "a body of one chunk gets its Content-Length", Section: `PEP 3333 "Handling the Content-Length Header"`, Stricter: true,
			Say:  []Piece{{Bytes: "GET / HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Fields: []string{"Content-Length: 6"}, Without: []string{"Transfer-Encoding"}, Body: Text("check\n")}},
			Curl: "curl -v 'URL/'",
			Hints: [3]string{
				"The application gave no length. Do you know it all the same?",
				"writer.go, Body, yield and Send: a body with a method Len tells how many chunks it has, and w.single is there to remember it.",
				"When Len() is 1, the size of the first chunk is the size of the body. Send hands it to appendHead, and Frame returns ByLength with it.",
			},
		},
		{
			ID: "09.8", Needs: App, From: 10,
			Name: "Content-Length counts bytes, not characters", Section: "RFC 9110 §8.6",
			Say:  []Piece{{Bytes: "GET /utf8 HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Body: Text("café\n")}},
			Curl: "curl -v 'URL/utf8'",
			Hints: [3]string{
				"An é is one character. How many bytes go over the wire for it?",
				"writer.go, Send: how do you take the length of the chunk?",
				"len(chunk) counts bytes. Anything with runes in its name counts something else.",
			},
			Catches: []string{"runes-as-bytes"},
		},
		{
			ID: "09.9", Needs: App, From: 10,
			Name: "a large body arrives whole", Section: `PEP 3333 "Buffering and Streaming"`,
			Say:  []Piece{{Bytes: "GET /big?n=300001 HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Fields: []string{"Content-Length: 300001"}, Body: Text(strings.Repeat("0123456789", 30000) + "0")}},
			Curl: "curl -v -o /dev/null 'URL/big?n=300001'",
			Hints: [3]string{
				"A chunk belongs to you only until yield returns. Do you keep one for later?",
				"pieces.go, write: what happens with w.Buf between two chunks? The application may use its own buffer again.",
				"Write each chunk, all of it, before you ask for the next, and count what is left of the length.",
			},
		},
		{
			ID: "09.10", Needs: App, From: 10,
			Name: "an empty chunk sends nothing", Section: "RFC 9112 §7.1",
			Say:  []Piece{{Bytes: "GET /empty HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Body: Text("x\n")}},
			Curl: "curl -v --raw 'URL/empty'",
			Hints: [3]string{
				"A chunk of size 0 has a meaning of its own. Which one?",
				"writer.go, Send: PEP 3333 lets the head wait for the first chunk that is not empty.",
				"When len(chunk) is 0, Send returns at once: no head, no 0 CRLF. The last chunk is written by end alone.",
			},
			Catches: []string{"missing-last-chunk"},
		},
		{
			ID: "09.11", Needs: App, From: 10,
			Name: "no chunk at all is a body of length 0", Section: "RFC 9110 §8.6",
			Say:  []Piece{{Bytes: "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Body: Text("")}},
			Curl: "curl -v 'URL/nothing'",
			Hints: [3]string{
				"No chunk came, so Send was never called. Who makes the head now?",
				"writer.go, end: once the body is over, its size is known.",
				"end calls appendHead with size 0 when no head is out; Frame then returns ByLength, 0.",
			},
		},
		{
			ID: "09.12", Needs: App, From: 10,
			Name: "each chunk goes out by itself", Section: `PEP 3333 "Buffering and Streaming"`, Stricter: true,
			Say:  []Piece{{Bytes: "GET /stream?n=100 HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Fields: []string{"Transfer-Encoding: chunked"}, Without: []string{"Content-Length"}, Has: []string{"chunk 100\n"}, Judge: chunks(100)}},
			Curl: "curl -v --raw 'URL/stream?n=100'",
			Hints: [3]string{
				"When does the client see a chunk: when it is yielded, or when all are there?",
				"writer.go, Body and Send: between two chunks nothing may be kept back. Sizes are hex, and the last chunk here has ten bytes.",
				"Send each chunk while it is yielded, with strconv.AppendInt(before, int64(len(chunk)), 16) in front.",
			},
			Catches: []string{"missing-last-chunk"},
		},
		{
			ID: "09.13", Needs: App, From: 10,
			Name: "written and yielded chunks get no length of one", Section: `PEP 3333 "Handling the Content-Length Header"`,
			Say:  []Piece{{Bytes: "GET /write HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Body: Text("written\nyielded\n")}},
			Curl: "curl -v --raw 'URL/write'",
			Hints: [3]string{
				"The list has one chunk. Is that the whole body?",
				"writer.go, yield: the application's write sends its chunk while it is still being called. When do you set w.single?",
				"Set w.single in yield only. What was written before has made the head already, without a length.",
			},
		},
		{
			ID: "09.14", Needs: App, From: 10,
			Name: "what exceeds the declared length is cut off", Section: `PEP 3333 "Handling the Content-Length Header"`,
			Say:  []Piece{{Bytes: "GET /long HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Fields: []string{"Content-Length: 5"}, Body: Text("longe")}},
			Curl: "curl -v 'URL/long'",
			Hints: [3]string{
				"The head promised five bytes. For what would the client take the sixth?",
				"writer.go, Send: w.left is what the stated length still promises.",
				"When len(chunk) is more than w.left, send chunk[:w.left] and return ErrSurplus. The answer is whole all the same.",
			},
		},
		{
			ID: "09.15", Needs: App, From: 10,
			Name: "what is missing from the declared length is seen", Section: "RFC 9112 §8",
			Say:  []Piece{{Bytes: "GET /short HTTP/1.1\r\nHost: x\r\n\r\n" + "GET / HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Fields: []string{"Content-Length: 10"}, Short: true, Body: Text("short")}},
			Ends: Dropped,
			Curl: "curl -v 'URL/short'",
			Hints: [3]string{
				"Five bytes are missing. What must not come in their place?",
				"writer.go, end: w.left is not 0. And Whole says whether the connection may go on.",
				"end returns ErrShort and leaves w.Whole false, so the connection closes. The next answer would be taken for the missing bytes.",
			},
		},
		{
			ID: "09.16", Needs: App, From: 10,
			Name: "204 has no body and no length", Section: "RFC 9110 §15.3.5",
			Say: []Piece{
				{Bytes: "GET /status?code=204 HTTP/1.1\r\nHost: x\r\n\r\n"},
				{On: 1, Bytes: "GET /length?code=204&n=7 HTTP/1.1\r\nHost: x\r\n\r\n"},
			},
			Want: []Want{
				{Status: "204", Without: []string{"Content-Length", "Transfer-Encoding"}},
				{On: 1, Status: "204", Without: []string{"Content-Length", "Transfer-Encoding"}},
			},
			Curl: "curl -v 'URL/length?code=204&n=7'",
			Hints: [3]string{
				"The application yielded a body with a 204. Will the client read it as one?",
				"framing.go, Frame, and its table in the task; RFC 9110 §8.6 for Content-Length.",
				`For "204" Frame returns NoBody, -1. AppendHead leaves out a Content-Length that differs from it, and Send drops the chunk.`,
			},
		},
		{
			ID: "09.17", Needs: App, From: 10,
			Name: "304 has no body, and may tell the length that 200 would have", Section: "RFC 9110 §15.4.5",
			Say:  []Piece{{Bytes: "GET /length?code=304&n=7 HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "304", Without: []string{"Transfer-Encoding"}, Judge: lengthIfAny("7")}},
			Curl: "curl -v 'URL/length?code=304&n=7'",
			Hints: [3]string{
				"The client has the body already. What does the length in a 304 speak of?",
				"framing.go, Frame, and its table in the task: 304 is like 204, but for the length.",
				`For "304" Frame returns NoBody, answer.Length. The field stays, and no byte of a body follows it.`,
			},
		},
		{
			ID: "09.18", Needs: App, From: 10,
			Name: "205 has no body", Section: "RFC 9110 §15.3.6",
			Say:  []Piece{{Bytes: "GET /status?code=205 HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "205", Body: Text("")}},
			Curl: "curl -v 'URL/status?code=205'",
			Hints: [3]string{
				"205 has no content either. But does a client know that without being told?",
				"framing.go, Frame, and its table in the task: what is the difference to 204?",
				`For "205" Frame returns ByLength, 0: the length is said, and the body is cut to it.`,
			},
		},
		{
			ID: "09.19", Needs: App, From: 10,
			Name: "HEAD tells the length that GET would have", Section: "RFC 9110 §9.3.2",
			Say: []Piece{
				{Bytes: "HEAD /head HTTP/1.1\r\nHost: x\r\n\r\n"},
				{On: 1, Bytes: "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"},
				{On: 2, Bytes: "GET /head HTTP/1.1\r\nHost: x\r\n\r\n"},
			},
			Want: []Want{
				{Status: "200", Head: true, Fields: []string{"Content-Length: 6"}},
				{On: 1, Status: "200", Head: true, Judge: lengthIfAny("6")},
				{On: 2, Status: "200", Fields: []string{"Content-Length: 6"}, Body: Text("head!\n")},
			},
			Curl: "curl -v -I 'URL/head'",
			Hints: [3]string{
				"The head is to be that of GET. Is a body of length 0 what GET would get?",
				"framing.go, Frame, and its table in the task: HEAD has two lines, for a declared length and for the size of a single chunk.",
				"For HEAD return NoBody with answer.Length, or with size when nothing was declared and the size is more than 0. The body stays here.",
			},
		},
		{
			ID: "09.20", Needs: App, From: 10,
			// No text forbids a server to put its own clock in place of the application's.
			Name: "a Date of the application is kept, and stays the only one", Section: "RFC 9110 §6.6.1", Stricter: true,
			Say: []Piece{{Bytes: "GET /date HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Body: Text("date\n"), Judge: func(answer Answer) string {
				const want = "Sun, 06 Nov 1994 08:49:37 GMT"
				if date, _ := answer.Field("Date"); date != want {
					return fmt.Sprintf("Date is %q, want %q and nothing else", date, want)
				}
				return ""
			}}},
			Curl: "curl -v 'URL/date'",
			Hints: [3]string{
				"The application may know better when its answer was made. Do you say it a second time?",
				"head.go, AppendHead: what do you notice while you write the application's headers?",
				`Remember whether strings.EqualFold(name, "Date") was true for one of them, and add one of your own only when none was there.`,
			},
		},
		{
			ID: "09.21", Needs: App, From: 10,
			Name: "a chunk goes out before the next one is made", Section: `PEP 3333 "Buffering and Streaming"`,
			Say:  []Piece{{Bytes: "GET /stream?n=2&ms=1000 HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Body: Text("chunk 1\nchunk 2\n"), Judge: lasted(500 * time.Millisecond)}},
			Curl: "curl -N 'URL/stream?n=2&ms=1000'",
			Hints: [3]string{
				"There is a second between the two chunks. What does the client look at meanwhile?",
				"Look at yield: does it send the chunk, or collect it? And is there a buffer that is not flushed?",
				"Call send for each chunk as soon as it is there, and write to the connection itself, not to a bufio.Writer.",
			},
			Catches: []string{"buffers"},
		},
	}
}

// lengthIfAny wants a Content-Length that, if it is there, says this. RFC 9110 §8.6
func lengthIfAny(want string) func(Answer) string {
	return func(answer Answer) string {
		if length, said := answer.Field("Content-Length"); said && length != want {
			return fmt.Sprintf("Content-Length is %q, want %q or no such field", length, want)
		}
		return ""
	}
}

// lasted wants a body whose first byte came so long before its last: half the time
// that its application waits in between, for no clock is exact.
func lasted(least time.Duration) func(Answer) string {
	return func(answer Answer) string {
		if answer.Lasted < least {
			return fmt.Sprintf("the first chunk came no earlier than the last, %s before it", trace.Spell(answer.Lasted))
		}
		return ""
	}
}
