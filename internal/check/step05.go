package check

import (
	"fmt"
	"strings"
)

// chunked is the field that says so, inChunks the head of a request with such a
// body, and ada what the demo says when it has read the body name=ada.
const chunked = "Transfer-Encoding: chunked"

var (
	inChunks = post(chunked)
	ada      = []Want{{Status: "200", Has: []string{"\nBody: 8 bytes\n  \"name=ada\"\n"}}}
)

// good is a check that a spelling of the body name=ada is read.
func good(id, name, section, request string, hints ...string) Check {
	return Check{ID: id, Name: name, Section: section, Needs: Demo, Say: say(request), Want: ada, Hints: [3]string(hints)}
}

// bad is a check that a body is refused, with one of some statuses, and that the
// connection ends: where the next request begins nobody knows.
func bad(id, name, section string, needs Needs, status, request, curl string, hints ...string) Check {
	return Check{ID: id, Name: name, Section: section, Needs: needs, Say: say(request), Want: want(status), Ends: Closed, Curl: curl, Hints: [3]string(hints)}
}

// step05 is about the body: where it ends. One byte too many or too few, and
// everything behind it is wrong.
func step05() []Check {
	return []Check{
		{
			ID: "05.1", Name: "a body of a known length is read to its last byte", Section: "RFC 9112 §6.2", Core: true, Needs: Demo,
			Say: say(post("Content-Length: 8") + "name=ada"), Cut: true, Want: ada,
			Curl: "curl -v -d name=ada URL",
			Hints: [3]string{
				"Some of the body may have come with the head. Where is it now?",
				"reader.go, Read: the bufio.Reader that the head came from has the rest, too.",
				"Read at most b.left bytes from b.r, take what came off b.left, and return io.EOF at 0.",
			},
			Catches: []string{"body-in-head"},
		},
		{
			ID: "05.2", Name: "a body in chunks is put together", Section: "RFC 9112 §7.1", Core: true, Needs: Demo,
			Say: say(inChunks + "5\r\nname=\r\n3\r\nada\r\n0\r\n\r\n"), Cut: true, Want: ada,
			Curl: "curl -v -H 'Transfer-Encoding: chunked' -d name=ada URL",
			Hints: [3]string{
				"Where does each chunk end, and how do you know which is the last? In which digits is its size?",
				"chunked.go, nextChunk: a line with the size, the data, CRLF. Behind a size of 0 comes what trailer reads. And reader.go, more: it asks nextChunk when a chunk is used up.",
				"Take the CRLF behind the chunk before, then a line, which may come in pieces, with nextLine; chunkSize reads hex. For 0 trailer reads up to the empty line, and the end is io.EOF.",
			},
			Catches: []string{"body-in-head"},
		},
		{
			ID: "05.3", Name: "two different lengths get 400", Section: "RFC 9112 §6.3", Core: true,
			Say: say(post("Content-Length: 8", "Content-Length: 9") + "name=adaX"), Want: want("400"), Ends: Closed,
			Hints: [3]string{
				"Somebody reads 8 bytes and somebody 9. What becomes of the ninth?",
				"framing.go, Frame sees every field; contentLength is told what an earlier one said.",
				"earlier >= 0, and another number now: refused with 400.",
			},
			Catches: []string{"first-field-wins"},
		},
		{
			ID: "05.4", Name: "a length and chunks together get 400", Section: "RFC 9112 §6.1", Core: true, Stricter: true,
			Say: say(post("Content-Length: 3", chunked) + "8\r\nname=ada\r\n0\r\n\r\n"), Want: want("400"), Ends: Closed,
			Curl: "curl -v -H 'Content-Length: 3' -H 'Transfer-Encoding: chunked' -d name=ada URL",
			Hints: [3]string{
				"Two lengths for one body: which of them does the proxy before you believe?",
				"framing.go, Frame: look at both fields before you decide.",
				"If there was a Transfer-Encoding and a length, refuse with 400.",
			},
		},
		{
			ID: "05.5", Name: "5,000 bytes that come in pieces are all read", Section: "RFC 9112 §6.2", Core: true, Needs: Demo,
			Say:  say(post("Content-Length: 5000"), strings.Repeat("x", 863), strings.Repeat("x", 3000), strings.Repeat("x", 1137)),
			Want: []Want{{Status: "200", Has: []string{"\nBody: 5000 bytes\n"}}},
			Curl: "printf %05000d 0 | curl -v -d @- URL",
			Hints: [3]string{
				"One read brings what is there. And what is still to come?",
				"reader.go, Read: a short read is no end. Only b.left tells when the body is over.",
				"Return n and no error as long as b.left > 0; the caller, io.ReadAll, comes again.",
			},
			Catches: []string{"recv1024", "body-in-head"},
		},
		{
			ID: "05.6", Name: "two lengths in one field get 400", Section: "RFC 9112 §6.3",
			Say: say(post("Content-Length: 8, 9") + "name=adaX"), Want: want("400"), Ends: Closed,
			Curl: "curl -v -H 'Content-Length: 8, 9' -d name=ada URL",
			Hints: [3]string{
				"A proxy may have joined two fields into one. Are they any better for it?",
				"framing.go, contentLength: the value can be a list.",
				`for element := range strings.SplitSeq(value, ","), and compare each with the one before.`,
			},
		},
		{
			ID: "05.7", Name: "equal lengths are one length", Section: "RFC 9110 §8.6", Needs: Demo,
			Say: say(post("Content-Length: 8, 8", "Content-Length: 8") + "name=ada"), Want: ada,
			Curl: "curl -v -H 'Content-Length: 8, 8' -d name=ada URL",
			Hints: [3]string{
				"It is said three times. Is that a contradiction?",
				"framing.go, contentLength: what is refused is a difference, not a repetition.",
				"Trim spaces and tabs around each element before you read the number.",
			},
		},
		bad("05.8", "a length with a sign gets 400", "RFC 9110 §8.6", Anything, "400", post("Content-Length: +8")+"name=ada", "curl -v -H 'Content-Length: +8' -d name=ada URL",
			"strconv.Atoi takes a sign. Does Content-Length have one?",
			"framing.go, contentLength: which function reads digits and nothing else?",
			"strconv.ParseUint(text, 10, 63) refuses + and -."),
		bad("05.9", "a negative length gets 400", "RFC 9110 §8.6", Anything, "400", post("Content-Length: -1"), "curl -v -X POST -H 'Content-Length: -1' URL",
			"How many bytes will a loop read that waits for -1?",
			"framing.go, contentLength: a length is digits, and - is none.",
			"strconv.ParseUint, not ParseInt."),
		bad("05.10", "a length with something behind it gets 400", "RFC 9110 §8.6", Anything, "400", post("Content-Length: 8;")+"name=ada", "curl -v -H 'Content-Length: 8;' -d name=ada URL",
			"C's atoi reads 8 here. What does another server read?",
			"framing.go, contentLength: the whole element has to be digits.",
			"strconv.ParseUint looks at the whole text; do not cut it before."),
		bad("05.11", "an empty length gets 400", "RFC 9110 §8.6", Anything, "400", post("Content-Length:"), "curl -v -X POST -H 'Content-Length;' URL",
			"The field is there, and says nothing. Is that 0?",
			"framing.go, contentLength: at least one digit.",
			"strconv.ParseUint gives ErrSyntax for an empty text; make no exception for it."),
		bad("05.12", "a length in hex gets 400", "RFC 9110 §8.6", Anything, "400", post("Content-Length: 0x8")+"name=ada", "curl -v -H 'Content-Length: 0x8' -d name=ada URL",
			"Chunk sizes are hex. Are lengths?",
			"framing.go, contentLength: a base of 0 lets strconv guess.",
			"The base is 10."),
		{
			ID: "05.13", Name: "a length that overflows is refused", Section: "RFC 9110 §8.6", Stricter: true,
			// A server whose numbers have no bound may wait for all of these bytes.
			Say: say(post("Content-Length: 18446744073709551624") + "name=ada"), Want: want("400 413"), Ends: Closed,
			Curl: "curl -v -H 'Content-Length: 18446744073709551624' -d name=ada URL",
			Hints: [3]string{
				"What is this number in 64 bits?",
				"framing.go, contentLength: strconv.ParseUint tells of it. ErrRange is another error than ErrSyntax, and gives the largest number.",
				"Let the largest number stand; it is over the limit, and tooLarge makes 413 of it.",
			},
		},
		{
			ID: "05.14", Name: "no length and no chunks are no body", Section: "RFC 9112 §6.3",
			Say: say(post()), Want: want(fine + " 411"), // RFC 9110 §15.5.12
			Curl: "curl -v -X POST URL",
			Hints: [3]string{
				"The client waits for the answer, and you for a body?",
				"framing.go, Frame: what is the length if no field says one?",
				"Framing{} has Length 0, and a Reader of 0 bytes is at its end at once.",
			},
		},
		{
			ID: "05.15", Name: "a body that looks like a request is a body", Section: "RFC 9112 §6.3",
			Say: say(post(fmt.Sprint("Content-Length: ", len(get()))) + get()), Cut: true, Want: want(fine),
			Hints: [3]string{
				"Who decides what these bytes are: they themselves, or the head before them?",
				"framing.go, Frame, and reader.go, Read: the length alone says what is body, and not a byte behind it is read.",
				"Read returns at most b.left bytes and then io.EOF. From step 10 on, Next drops what nobody read, before the next head is read.",
			},
		},
		{
			ID: "05.16", Name: "chunks that look like a request are chunks", Section: "RFC 9112 §7.1",
			Say: say(inChunks + fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(get()), get())), Cut: true, Want: want(fine),
			Hints: [3]string{
				"This chunk is a whole request. Who decides what it is: its bytes, or its size?",
				"chunked.go, nextChunk, and reader.go, Read: the data of the chunk, and never a byte behind the last.",
				"b.left is the size of this chunk until its data are read. From step 10 on, the rest is dropped through the same Reader, so that it finds the end.",
			},
		},
		bad("05.17", "the coding identity is refused", "RFC 9112 §6.3", Anything, "400 501", post("Transfer-Encoding: identity")+"name=ada", "curl -v -H 'Transfer-Encoding: identity' -d name=ada URL",
			"It was in an older RFC and is gone. Where would this body end?",
			"framing.go, checkCodings: the last coding of a request is chunked.",
			"Any other last coding is refused with 400."),
		bad("05.18", "a coding behind chunked is refused", "RFC 9112 §6.3", Anything, "400 501", post("Transfer-Encoding: chunked, gzip")+"0\r\n\r\n", "curl -v -H 'Transfer-Encoding: chunked, gzip' -d name=ada URL",
			"The last coding is the outermost. Can you take it off?",
			"framing.go, checkCodings: look at the last element of the list.",
			"if the last is not chunked, refuse with 400, whatever stands before it."),
		{
			ID: "05.19", Name: "a body is not chunked twice", Section: "RFC 9112 §6.1", Stricter: true,
			// The sender must not do so; what a recipient makes of it the RFC does not say.
			Say: say(post(chunked, chunked) + "0\r\n\r\n"), Want: want("400 501"), Ends: Closed,
			Curl: "curl -v -H 'Transfer-Encoding: chunked, chunked' -d name=ada URL",
			Hints: [3]string{
				"There are two fields. How many lists?",
				"framing.go, Frame appends the elements of all the fields to one list of codings.",
				"chunked anywhere before the last element is refused with 400.",
			},
		},
		{
			ID: "05.20", Name: "a coding that you cannot decode gets 501", Section: "RFC 9112 §6.1", Stricter: true,
			// RFC 9112 §6.1 says should.
			Say: say(post("Transfer-Encoding: gzip, chunked") + "0\r\n\r\n"), Want: want("501 400"), Ends: Closed,
			Curl: "curl -v -H 'Transfer-Encoding: gzip, chunked' -d name=ada URL",
			Hints: [3]string{
				"You know where it ends. Do you know what it says?",
				"framing.go, checkCodings: this is not the client's fault, so it is not 400.",
				"More than one coding, with chunked at the end alone: refuse.NotImplemented.",
			},
		},
		bad("05.21", "chunKed with a Kelvin sign is not chunked", "RFC 9112 §7", Anything, "400 501", post("Transfer-Encoding: chun\u212aed")+"0\r\n\r\n", "",
			"How many letters does Unicode fold to k?",
			"framing.go, checkCodings: how do you compare? EqualFold of step 04 compares with an ASCII word, and must not fall for this.",
			"headers.EqualFold(coding, \"chunked\") here; and in headers.EqualFold, strings.EqualFold only for words of the same length, for the Kelvin sign has three bytes."),
		{
			ID: "05.22", Name: "chunks in HTTP/1.0 get 400", Section: "RFC 9112 §6.1", Stricter: true,
			Say: say(head("POST "+path+" HTTP/1.0", "Host: x", chunked) + "0\r\n\r\n"), Want: want("400"), Ends: Closed,
			Curl: "curl -v --http1.0 -H 'Transfer-Encoding: chunked' -d name=ada URL",
			Hints: [3]string{
				"HTTP/1.0 did not know this field. Who passed it on?",
				"framing.go, Frame gets the version.",
				`A Transfer-Encoding and version == "HTTP/1.0": refuse with 400.`,
			},
		},
		{
			ID: "05.23", Name: "an unknown expectation gets 417", Section: "RFC 9110 §10.1.1", Stricter: true,
			Say: say(get("Expect: a-miracle")), Want: want("417"),
			Curl: "curl -v -H 'Expect: a-miracle' URL",
			Hints: [3]string{
				"The client expects something. Can you do it?",
				"framing.go, expectation: there is one that anybody knows.",
				"Any element but 100-continue, in whatever case, gives refuse.ExpectationFailed.",
			},
		},
		{
			ID: "05.24", Name: "100 Continue comes before the body", Section: "RFC 9110 §10.1.1", Needs: Demo,
			Say:  []Piece{{Bytes: post("Content-Length: 8", "Expect: 100-continue")}, {Await: true, Bytes: "name=ada"}},
			Want: []Want{{Status: "100"}, ada[0]},
			Curl: "curl -v -H 'Expect: 100-continue' -d name=ada URL",
			Hints: [3]string{
				"The client waits for a word from you, and you for its body. Who speaks first?",
				"reader.go: the moment is when the body is first read, in more.",
				`Write "HTTP/1.1 100 Continue\r\n\r\n" to b.w once, if nothing of the body is there yet.`,
			},
		},
		{
			ID: "05.25", Name: "who did not wait is not told to continue", Section: "RFC 9110 §10.1.1", Needs: Demo, Stricter: true,
			Say: say(post("Content-Length: 8", "Expect: 100-continue") + "name=ada"), Want: ada, Exclude: []string{"HTTP/1.1 100"},
			Hints: [3]string{
				"The body is there already. What is there to continue?",
				"reader.go, more: look whether something is buffered.",
				"Write the interim answer only if b.r.Buffered() == 0, and set b.w to nil in any case.",
			},
		},
		{
			ID: "05.26", Name: "without a body there is nothing to continue", Section: "RFC 9110 §10.1.1", Stricter: true,
			Say: say(get("Expect: 100-continue")), Want: want("200"), Exclude: []string{"HTTP/1.1 100"},
			Curl: "curl -v -H 'Expect: 100-continue' URL",
			Hints: [3]string{
				"It is a GET. What would come if you said continue?",
				"framing.go, Frame: Continue is about a body that is still to come.",
				"If the length is 0 and nothing is chunked, set framing.Continue to false.",
			},
		},
		{
			ID: "05.27", Name: "HTTP/1.0 is never told to continue", Section: "RFC 9110 §10.1.1",
			Say:  say(head("POST "+path+" HTTP/1.0", "Host: x", "Content-Length: 8", "Expect: 100-continue"), "name=ada"),
			Want: want(fine), Exclude: []string{"HTTP/1.1 100", "HTTP/1.0 100"},
			Curl: "curl -v --http1.0 -H 'Expect: 100-continue' -d name=ada URL",
			Hints: [3]string{
				"To this client, the first answer is the only one. What would it take a 100 for?",
				"framing.go, Frame: the field means nothing in HTTP/1.0.",
				`Look at Expect only if version != "HTTP/1.0".`,
			},
		},
		{
			ID: "05.28", Name: "half a body is not taken for a whole one", Section: "RFC 9112 §8", Needs: Demo,
			Say: []Piece{{Bytes: post("Content-Length: 9") + "name=ada", Half: true}}, Want: want("400"), Ends: Closed,
			Hints: [3]string{
				"Nine bytes were promised and eight came. How does the application learn that?",
				"reader.go, brokenOff: what does io.EOF from b.r mean while b.left > 0?",
				"Return the refusal (400) instead of io.EOF, and keep it in b.err.",
			},
		},
		{
			ID: "05.29", Name: "chunks without a last chunk are not a whole body", Section: "RFC 9112 §8", Needs: Demo,
			Say: []Piece{{Bytes: inChunks + "8\r\nname=ada\r\n", Half: true}}, Want: want("400"), Ends: Closed,
			Hints: [3]string{
				"All that was promised so far is there. Was that all?",
				"chunked.go, nextChunk: only the chunk of size 0 tells that the body is over.",
				"An io.EOF of the connection goes through brokenOff in nextLine too, and wherever else nextChunk reads.",
			},
		},
		{
			ID: "05.30", Name: "a body over the limit gets 413", Section: "RFC 9110 §15.5.14", Needs: Demo,
			Say: say(inChunks + "100001\r\n" + strings.Repeat("x", 1<<16)), Want: want("413"), Ends: Dropped,
			Hints: [3]string{
				"Chunks never say how much they are together. Who counts?",
				"chunked.go, nextChunk: b.total is what came so far.",
				"size > b.limits.Bytes-b.total gives tooLarge; written so, nothing can overflow.",
			},
		},
		{
			ID: "05.31", Name: "a body of 1 MiB is read whole", Section: "RFC 9112 §6.2", Needs: Demo,
			Say: say(post("Content-Length: 1048576") + strings.Repeat("x", 1<<20)), Want: []Want{{Status: "200", Has: []string{"\nBody: 1048576 bytes\n"}}},
			Curl: `head -c 1048576 /dev/zero | tr '\0' x | curl -v --data-binary @- URL`,
			Hints: [3]string{
				"It is as long as the limit. Is that too long?",
				"framing.go, contentLength: a body of just limits.Bytes passes.",
				"contentLength refuses what is more than limit, and Read goes on until b.left is 0.",
			},
		},
	}
}
