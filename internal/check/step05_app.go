package check

import "strings"

// echo makes the head of a request to check:App, which answers with the body.
func echo(fields ...string) string {
	return head(append([]string{"POST /echo HTTP/1.1", "Host: x"}, fields...)...)
}

// step05App are about the body that reaches the application.
func step05App() []Check {
	return []Check{
		{
			ID: "05.44", Name: "the application gets 5,000 bytes as they were sent", Section: "RFC 9112 §6.2", Needs: App, From: 10,
			Say:  say(echo("Content-Length: 5000")+strings.Repeat("name=ada", 100), strings.Repeat("name=ada", 525)),
			Want: []Want{{Status: "200", Body: Text(strings.Repeat("name=ada", 625))}},
			Curl: "printf %05000d 0 | curl -v -d @- URL/echo",
			Hints: [3]string{
				"800 bytes come with the head, 4,200 after it. Which of them are missing?",
				"reader.go, NewReader and Read: one bufio.Reader for the head and the body, or the 800 are lost.",
				"NewReader keeps the r that it is given, which read.Head has read from, and Read reads from that b.r.",
			},
			Catches: []string{"body-in-head"},
		},
		{
			ID: "05.45", Name: "the application gets 1 MiB in chunks", Section: "RFC 9112 §7.1", Needs: App, From: 10,
			Say:  say(head("POST /count HTTP/1.1", "Host: x", chunked) + strings.Repeat("1000\r\n"+strings.Repeat("x", 1<<12)+"\r\n", 256) + "0\r\n\r\n"),
			Want: []Want{{Status: "200", Body: Text("1048576\n")}},
			Hints: [3]string{
				"There are 256 chunks. What is left over from one when the next begins?",
				"chunked.go, nextChunk: the CRLF behind the data of the one before, and b.left.",
				"b.left is set anew by each nextChunk, and the CRLF behind the data is taken first.",
			},
		},
		{
			ID: "05.46", Name: "the application gets chunks of any spelling", Section: "RFC 9112 §7.1", Needs: App, From: 10,
			Say: say(echo(chunked) + "00a;a=\"b\"\r\nname=ada&x\r\nA\r\n=lovelace&\r\n0;last\r\nX: 1\r\n\r\n"), Cut: true,
			Want: []Want{{Status: "200", Body: Text("name=ada&x=lovelace&")}},
			Hints: [3]string{
				"Zeros, extensions, small and capital letters, fields at the end: which of them do you not take?",
				"chunked.go, chunkSize and trailer.",
				"Read the checks 05.32 to 05.35 one by one.",
			},
			Catches: []string{"body-in-head"},
		},
		{
			ID: "05.47", Name: "the application is not given a body that broke a rule", Section: "RFC 9112 §7.1", Needs: App, From: 10,
			Say: say(echo(chunked) + "5\r\nname=ada\r\n0\r\n\r\n"), Want: want("400"), Ends: Closed,
			Hints: [3]string{
				"The application has read some of it already. What does the client get?",
				"reader.go, Err: it tells what broke the body. As long as nothing is sent, that can become the answer.",
				"Keep the error in b.err, and return it from Err. The server's Begin asks it, and appendHead in step 09 must hand on what Begin says.",
			},
		},
		{
			ID: "05.48", Name: "the application is not given half a body as a whole one", Section: "RFC 9112 §8", Needs: App, From: 10,
			// An error may be answered, and need not. RFC 9112 §8
			Say:  []Piece{{Bytes: echo("Content-Length: 9") + "name=ada", Half: true}},
			Want: []Want{{Status: "400 408 500", None: true}}, Ends: Closed,
			Hints: [3]string{
				"The client left in the middle. What may you answer, and what not?",
				"reader.go, brokenOff: the end of the connection is not the end of the body.",
				"Read returns the refusal instead of io.EOF while b.left > 0.",
			},
		},
		{
			ID: "05.49", Name: "an application that reads lets the client continue", Section: "RFC 9110 §10.1.1", Needs: App, From: 10,
			Say:  []Piece{{Bytes: echo("Content-Length: 8", "Expect: 100-continue")}, {Await: true, Bytes: "name=ada"}},
			Want: []Want{{Status: "100"}, {Status: "200", Body: Text("name=ada")}},
			Curl: "curl -v -H 'Expect: 100-continue' -d name=ada URL/echo",
			Hints: [3]string{
				"Who knows whether the body is wanted, the server or the application?",
				"reader.go, more: the first read is the moment.",
				"NewReader keeps the connection in b.w if framing.Continue; more writes to it.",
			},
		},
		{
			ID: "05.50", Name: "an application that does not read asks for nothing", Section: "RFC 9110 §10.1.1", Needs: App, From: 10, Stricter: true,
			Say:  say(head("POST /unread HTTP/1.1", "Host: x", "Content-Length: 8", "Expect: 100-continue")),
			Want: []Want{{Status: "200", Body: Text("unread\n")}}, Exclude: []string{"HTTP/1.1 100"},
			Curl: "curl -v -H 'Expect: 100-continue' -d name=ada URL/unread",
			Hints: [3]string{
				"The client has a large body, and nobody wants it. Who should tell it so?",
				"reader.go, more: 100 Continue is sent there, and nowhere else.",
				"Frame and NewReader write nothing; the final answer alone tells the client that it need not send.",
			},
		},
		{
			ID: "05.51", Name: "the name Content-Length counts in any letters", Section: "RFC 9110 §5.1", Needs: App, From: 10,
			Say:  say(head("POST /echo HTTP/1.1", "Host: x", "cONTENT-lENGTH: 8") + "name=ada"),
			Want: []Want{{Status: "200", Body: Text("name=ada")}},
			Curl: "curl -v -H 'cONTENT-lENGTH: 8' -d name=ada URL/echo",
			Hints: [3]string{
				"HTTP/2 sends all names in small letters, and proxies hand them on so.",
				"framing.go, Frame: how do you find the field?",
				`field.Is("Content-Length"), never field.Name == "Content-Length".`,
			},
		},
		{
			ID: "05.52", Name: "the coding chunked counts in any letters", Section: "RFC 9112 §7", Needs: App, From: 10,
			Say:  say(head("POST /count HTTP/1.1", "Host: x", "tRANSFER-eNCODING: Chunked") + "8\r\nname=ada\r\n0\r\n\r\n"),
			Want: []Want{{Status: "200", Body: Text("8\n")}},
			Curl: "curl -v -H 'Transfer-Encoding: Chunked' -d name=ada URL/count",
			Hints: [3]string{
				"Names of codings are the same in any case, and so are names of fields.",
				"framing.go, checkCodings: how do you compare?",
				`headers.EqualFold(coding, "chunked").`,
			},
		},
	}
}
