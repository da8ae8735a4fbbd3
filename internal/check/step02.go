package check

import (
	"strings"
	"time"
)

// step02 is about the head: where it ends, however it arrives.
func step02() []Check {
	return []Check{
		{
			ID: "02.1", Name: "the head comes back, to the byte", Section: "RFC 9112 §2.1", Core: true, Needs: Demo,
			Say: say(head("GET /hello?x=1 HTTP/1.1", "Host: x")), Cut: true,
			Want: []Want{{Status: "200", Has: []string{"\nHead: 36 bytes\n", `  "GET /hello?x=1 HTTP/1.1\r\n"`, `  "Host: x\r\n"`, `  "\r\n"`}}},
			Curl: "curl -v URL/hello?x=1",
			Hints: [3]string{
				"A head ends with a line that holds nothing. Is that line part of it?",
				"head.go, Head: take line after line, until one is only CRLF. It belongs to the head.",
				`Call Line again and again, and stop when the head ends with "\r\n\r\n".`,
			},
		},
		{
			ID: "02.2", Name: "a head in any two pieces is one head", Section: "RFC 9112 §2.2", Core: true,
			Say: say(get()), Cut: true, Want: want("200"),
			Hints: [3]string{
				"How many reads of yours does one write of the client take?",
				"line.go, Line: a read that brings no line end is no error. What is there so far is kept.",
				"Loop: Peek(1) waits for more, Peek(Buffered()) shows what came, append it, Discard it, until a LF is in it.",
			},
			Catches: []string{"recv1024"},
		},
		{
			ID: "02.3", Name: "a head of 3,000 bytes is read to its end", Section: "RFC 9112 §2.2", Core: true,
			Say: say(head("GET "+path+" HTTP/1.1", "X-Long: "+strings.Repeat("x", 2950), "Host: x")), Want: want("200"),
			Curl: `curl -v -H "X-Long: $(printf %02950d 0)" URL`,
			Hints: [3]string{
				"How many bytes does one read bring, at most? And a head?",
				"head.go, Head: only the empty line tells where a head ends; no number of bytes does.",
				"Keep reading lines until the empty one; the only number is the limit, and it is much larger.",
			},
			Catches: []string{"recv1024"},
		},
		{
			ID: "02.4", Name: "LF alone ends no line", Section: "RFC 9112 §2.2", Core: true, Stricter: true,
			Say: say("GET " + path + " HTTP/1.1\nHost: x\n\n"), Want: want("400"), Ends: Closed,
			Hints: [3]string{
				"What if the proxy before you thinks that this line goes on?",
				"line.go, checkLine: a line ends with two bytes. Look at both.",
				`bytes.CutSuffix(line, []byte("\r\n")) tells; if it does not, refuse with 400.`,
			},
			Catches: []string{"lf-only"},
		},
		{
			ID: "02.5", Name: "a request line without end is refused", Section: "RFC 9112 §3", Core: true,
			Say: say("GET /" + strings.Repeat("x", 2<<20)), Want: want("414 431"), Ends: Dropped,
			Hints: [3]string{
				"Who decides how long the line gets, the client or you?",
				"line.go, Line gets a limit. It counts bytes as they come, not when the line is complete.",
				"Line returns ErrTooLong when more than limit bytes came without LF; Head makes 414 of it in the first line.",
			},
		},
		{
			ID: "02.6", Name: "a field without end is refused", Section: "RFC 9110 §5.4",
			Say: say("GET " + path + " HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 2<<20)), Want: want("431 400"), Ends: Dropped,
			Curl: `curl -v -H "X-Long: $(printf %099000d 0)" URL`,
			Hints: [3]string{
				"It is the same flood, one line later. Does the bound hold there, too?",
				"head.go, Head: ErrTooLong after the first line is about a field, and has another status.",
				"ErrTooLong of the first line is 414, that of every other line 431. So Head has to know which line it is at.",
			},
		},
		{
			ID: "02.7", Name: "fields without number are refused", Section: "RFC 9110 §5.4",
			Say: say("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X-Some-Field: and its value\r\n", 1<<17)), Want: want("431 400"), Ends: Dropped,
			Hints: [3]string{
				"Every line is short. What bounds all of them together?",
				"head.go, Head: Limits has three numbers. Which of them bound the head as a whole?",
				"Count the lines against limits.Lines, and give Line no more than limits.Bytes less what the head has already.",
			},
		},
		{
			ID: "02.8", Name: "a request line of 8,000 bytes is taken", Section: "RFC 9112 §3", Stricter: true,
			// RFC 9112 §3 recommends it.
			Say: say(head("GET "+path+"&x="+strings.Repeat("x", 7970)+" HTTP/1.1", "Host: x")), Want: want("200"),
			Hints: [3]string{
				"There has to be a bound. Is it above 8,000 bytes, as the RFC advises?",
				"line.go, Line: a bufio.Reader holds 4,096 bytes. A line may be longer than that.",
				"ReadSlice gives up when its buffer is full. Append what is there to buf, Discard it, and go on.",
			},
		},
		{
			ID: "02.9", Name: "an empty line before the request is skipped", Section: "RFC 9112 §2.2", Stricter: true,
			Say: say("\r\n" + get()), Cut: true, Want: want("200"),
			Hints: [3]string{
				"Some old clients end a body with one CRLF too many. Where does it arrive?",
				"head.go, Head: is the first line empty? Then the request has not begun yet.",
				"Once, not in a loop: if the first line is only CRLF, read another into the same buf.",
			},
		},
		{
			ID: "02.10", Name: "a thousand empty lines are no request", Section: "RFC 9112 §2.2", Stricter: true,
			Say: say(strings.Repeat("\r\n", 1000)), Want: want("400"), Ends: Closed,
			Hints: [3]string{
				"One empty line is forgiven. How many do you forgive?",
				"head.go, Head: where you skip the empty line, is there a loop?",
				"When the second line is empty too, refuse with 400.",
			},
		},
		{
			ID: "02.11", Name: "an empty line of LF alone ends no head", Section: "RFC 9112 §2.2", Stricter: true,
			Say: say("GET " + path + " HTTP/1.1\r\nHost: x\r\n\n"), Want: want("400"), Ends: Closed,
			Hints: [3]string{
				"Does the rule for line ends have an exception, for the last one perhaps?",
				"line.go, checkLine: does the empty line go through it like the others?",
				"Let Line check every line that it returns; then Head cannot forget one.",
			},
			Catches: []string{"lf-only"},
		},
		{
			ID: "02.12", Name: "CR alone inside a line gets 400", Section: "RFC 9112 §2.2", Stricter: true,
			Say: say(get("X: a\rb")), Want: want("400"), Ends: Closed,
			Curl: `curl -v -H "X: $(printf 'a\rb')" URL`,
			Hints: [3]string{
				"To some readers a CR is a line end. What is it to you?",
				"line.go, checkLine: look at the text before the CRLF.",
				`bytes.IndexByte(text, '\r') >= 0 is refused.`,
			},
		},
		{
			ID: "02.13", Name: "a NUL byte in the head gets 400", Section: "RFC 9110 §5.5", Stricter: true,
			Say: say(get("X: a\x00b")), Want: want("400"), Ends: Closed,
			Hints: [3]string{
				"To a program in C, the text ends at that byte. Where does it end for you?",
				"line.go, checkLine: one more byte that no line may hold.",
				"bytes.IndexByte(text, 0) >= 0 is refused.",
			},
		},
		{
			ID: "02.14", Name: "what follows a refused head is not answered", Section: "RFC 9112 §2.2", Stricter: true,
			Say: say(get("X: a\x00b") + get()), Want: want("400"), Ends: Closed,
			Hints: [3]string{
				"After a head that you do not understand, do you know where the next begins?",
				"line.go, checkLine, and head.go, Head: a refusal is the last answer on its connection.",
				"Return the error at once. The demo then answers and says goodbye.",
			},
		},
		{
			ID: "02.15", Name: "half a head is no request", Section: "RFC 9112 §8", Stricter: true,
			Say: []Piece{{Bytes: "GET " + path + " HTTP/1.1\r\nHost: x\r\n", Half: true}}, Want: []Want{{None: true}}, Ends: Closed,
			Hints: [3]string{
				"The client went away in the middle. What would it do with an answer?",
				"head.go, Head: io.EOF before the empty line is not the end of the head.",
				"Return an error that wraps io.ErrUnexpectedEOF: it is no *refuse.Error, so nobody is answered.",
			},
			Catches: []string{"recv1024"},
		},
		{
			ID: "02.16", Name: "a slow head does not hold up the next client", Section: "RFC 9112 §9.4",
			Say: []Piece{
				{On: 0, Bytes: get()[:5]}, {On: 1, Bytes: get(), After: late}, {On: 1, Await: true},
				{On: 0, Bytes: get()[5:20]}, {On: 0, Bytes: get()[20:], After: late},
			},
			Want: []Want{{On: 1, Status: "200"}, {On: 0, Status: "200"}},
			Hints: [3]string{
				"One head comes in pieces, and a whole one comes in between. Who waits for whom?",
				"Line and Head: what do the two connections share? A buffer, a reader, a lock?",
				"Each connection has its own bufio.Reader and its own buf: Line and Head use what they are given, and no variable outside.",
			},
			Catches: []string{"blocking"},
		},
		{
			ID: "02.17", Name: "what follows the head is not taken with it", Section: "RFC 9112 §2.1", Needs: Demo,
			Say:  say(post("Content-Length: 8") + "name=ada"),
			Want: []Want{{Status: "200", Has: []string{"\nHead: 55 bytes\n"}, Hasnt: []string{"name"}}},
			Curl: "curl -v -d name=ada URL",
			Hints: [3]string{
				"The body may arrive in the same read as the head. Whose is it?",
				"line.go, Line: Peek shows more bytes than the line has. How many do you Discard?",
				"Cut what you peeked at behind the LF, and Discard just that: the rest stays in the bufio.Reader.",
			},
		},
		{
			ID: "02.18", Name: "of a long head, all comes back", Section: "RFC 9112 §2.1", Needs: Demo,
			Say:  say(get("X-Long: " + strings.Repeat("x", 5000))[:1024], get("X-Long: " + strings.Repeat("x", 5000))[1024:]),
			Want: []Want{{Status: "200", Has: []string{"\nHead: 5045 bytes\n"}}},
			Curl: `curl -v -H "X-Long: $(printf %05000d 0)" URL`,
			Hints: [3]string{
				"The first piece has 1,024 bytes. Do you take it for the whole?",
				"line.go, Line: 5,000 bytes are more than a bufio.Reader holds at once.",
				"Append what is buffered to buf, Discard it, and Peek for more, until the LF is there.",
			},
			Catches: []string{"recv1024"},
		},
		{
			ID: "02.19", Name: "hostile bytes do not come back raw", Section: "RFC 9110 §5.5", Needs: Demo,
			Say:  say(get("X: \x1b[2J\xff")),
			Want: []Want{{Status: "200", Has: []string{`  "X: \x1b[2J\xff\r\n"`}}}, Exclude: []string{"\x1b"},
			Curl: `curl -v -H "X: $(printf '\033[2J')" URL`,
			Hints: [3]string{
				"These bytes would clear the screen of whoever looks at the answer. Who makes them harmless, Head or the demo?",
				"head.go, Head: a head keeps every byte as it came. It is the demo that quotes them.",
				"Head appends the bytes unchanged; nothing trims or converts them.",
			},
		},
		{
			ID: "02.20", Name: "a head that drips is not waited for without end", Section: "RFC 9110 §15.5.9", Stricter: true, From: 10,
			// The other deadlines, of 60 s for a client that is idle and 30 s for one that
			// stops in its body, are tested by the server's own tests: no check waits so long.
			Say: drip(get("X: "+strings.Repeat("x", 40)), 17), Want: want("408"), Ends: Dropped, Limit: 3 * time.Second,
			Hints: [3]string{
				"A byte comes each second. How long does the client hold the connection with that?",
				"head.go, Head: what becomes of os.ErrDeadlineExceeded? The server sets one deadline for the head as a whole.",
				"Behind the first byte, an error for which errors.Is(err, os.ErrDeadlineExceeded) is true becomes 408. Start no deadline anew in Line or Head.",
			},
			Catches: []string{"no-deadline"},
		},
	}
}

// drip says the first n bytes of a request, one each second.
func drip(request string, n int) []Piece {
	pieces := make([]Piece, n)
	for i := range pieces {
		pieces[i] = Piece{Bytes: request[i : i+1], After: time.Second}
	}
	return pieces
}
