package check

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Step 08 with worse applications, those of check:App: what start_response has to do.
func step08App() []Check {
	return []Check{
		{
			ID: "08.6", Needs: App, From: 10,
			Name: "start_response may be called with the first chunk", Section: `PEP 3333 "The start_response() Callable"`,
			Say:  []Piece{{Bytes: "GET /late HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Body: Text("late\n")}},
			Curl: "curl -v 'URL/late'",
			Hints: [3]string{
				"A generator does nothing before its first chunk is asked for. When do you need the status?",
				"answer.go, Application and Ready; and in step 09 appendHead, which asks Ready. When Application returns, the status may still be missing.",
				"Return the Answer as a pointer and let start fill it later. Ask Ready when there is a chunk to send, and not before.",
			},
		},
		{
			ID: "08.7", Needs: App, From: 10,
			Name: "a second start_response without a cause is a 500", Section: `PEP 3333 "The start_response() Callable"`,
			Say:  []Piece{{Bytes: "GET /twice HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "500"}},
			Curl: "curl -v 'URL/twice'",
			Hints: [3]string{
				"Two statuses for one answer: which would you send?",
				"answer.go, start, and its table in the task. PEP 3333 calls it a fatal error without exc_info, which is our cause.",
				`When cause == nil and a.Status != "", start returns the broken rule, and Application keeps it in answer.Err.`,
			},
		},
		{
			ID: "08.8", Needs: App, From: 10,
			Name: "a second start_response with a cause replaces the first", Section: `PEP 3333 "The start_response() Callable"`,
			Say:  []Piece{{Bytes: "GET /replace HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "500", Without: []string{"X-Replaced"}, Body: Text("replaced\n")}},
			Curl: "curl -v 'URL/replace'",
			Hints: [3]string{
				"Nothing is sent yet, so the application may still change its mind. Does the old answer go away wholly?",
				"answer.go, start, and its table in the task: with a cause, and Sent false, it goes on like a first call.",
				"Set a.Status, a.Headers and a.Length anew and clear a.Err. Only when a.Sent is true does the cause itself become the error.",
			},
		},
		{
			ID: "08.9", Needs: App, From: 10,
			Name: "an application that never calls start_response is a 500", Section: `PEP 3333 "The start_response() Callable"`,
			Say:  []Piece{{Bytes: "GET /nostart HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "500"}},
			Curl: "curl -v 'URL/nostart'",
			Hints: [3]string{
				"There is a chunk to send. With which status?",
				"answer.go, Ready; and in step 09 appendHead, which asks it before the head is made.",
				`When a.Err is nil and a.Status is "", Ready returns errNoStart.`,
			},
		},
		{
			ID: "08.10", Needs: App, From: 10,
			Name: "an application that fails is a 500, and the server goes on", Section: `PEP 3333 "Error Handling"`,
			Say: []Piece{
				{Bytes: "GET /fail HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"},
				{On: 1, After: shortly, Bytes: "GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
			},
			Want: []Want{{Status: "500"}, {On: 1, Status: "200", Body: Text("check\n")}},
			Ends: Closed,
			Curl: "curl -v 'URL/fail' 'URL/'",
			Hints: [3]string{
				"The application is broken. Who has to tell the client, and what may the next client notice?",
				"step 09, Body: follow the error that the application's body yields. Nothing is out yet, so there is room for an answer.",
				"Body returns the error, and neither it nor end sends a head. The server then makes the 500. Do not end the program.",
			},
		},
		{
			ID: "08.11", Needs: App, From: 10,
			Name: "an answer that fails midway breaks off visibly", Section: "RFC 9112 §8",
			Say:  []Piece{{Bytes: "GET /failmid HTTP/1.1\r\nHost: x\r\n\r\n" + "GET / HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Short: true, Has: []string{"before\n"}, Hasnt: []string{"500"}}},
			Ends: Dropped,
			Curl: "curl -v 'URL/failmid'",
			Hints: [3]string{
				"The head said 200 and is gone. Can it be taken back? And may the client take this for the whole?",
				"step 09, Body: what follows an error behind the head is no last chunk, no second head, no next answer.",
				"Body returns the error before end is reached, and Whole stays false, so the connection closes. The missing last chunk tells the client that something is missing.",
			},
		},
		{
			ID: "08.12", Needs: App, From: 10,
			Name: "CR LF in a header of the application is a 500", Section: "RFC 9110 §5.5",
			Say:     []Piece{{Bytes: "GET /crlf HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want:    []Want{{Status: "500", Without: []string{"Injected"}}},
			Exclude: []string{"\nInjected"},
			Curl:    "curl -v 'URL/crlf'",
			Hints: [3]string{
				"The application put a stranger's text into a header. What ends a header line?",
				"rules.go, checkHeaders; HasControl of step 04 knows the bytes.",
				"Refuse a name that is no token and a value for which headers.HasControl is true. The answer is then a 500 and not a shorter header.",
			},
			Catches: []string{"header-injection"},
		},
		{
			ID: "08.13", Needs: App, From: 10,
			Name: "a hop-by-hop header of the application is a 500", Section: `PEP 3333 "Other HTTP Features"`,
			Say:  []Piece{{Bytes: "GET /hop HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "500"}},
			Curl: "curl -v 'URL/hop'",
			Hints: [3]string{
				"Who decides whether the connection stays open: the application or you?",
				"rules.go, checkHeaders: hopByHop lists the fields that speak of the connection alone.",
				"In checkHeaders compare each name with hopByHop, with strings.EqualFold, and refuse what is found.",
			},
		},
		{
			ID: "08.14", Needs: App, From: 10,
			Name: "a status that is none is a 500", Section: "RFC 9110 §15",
			Say:  []Piece{{Bytes: "GET /badstatus HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "500"}},
			Curl: "curl -v 'URL/badstatus'",
			Hints: [3]string{
				"How many digits has a status, and what comes behind them?",
				"rules.go, checkStatus. The grammar of RFC 9112 §4 is short.",
				"Three digits, then a space, the first digit from 2 to 5, no control byte anywhere. \"2000 no\" has a digit where the space belongs.",
			},
		},
		{
			ID: "08.15", Needs: App, From: 10,
			Name: "an interim status of the application is a 500", Section: "RFC 9110 §15.2", Stricter: true,
			Say:  []Piece{{Bytes: "GET /status?code=101 HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "500"}},
			Curl: "curl -v 'URL/status?code=101'",
			Hints: [3]string{
				"Behind a 1xx the client waits for one more answer. Will the application give it?",
				"rules.go, checkStatus: an application gives final answers, and 100 Continue is the server's word.",
				"Refuse a status whose first digit is below 2 or above 5.",
			},
		},
		{
			ID: "08.16", Needs: App, From: 10,
			Name: "what was written comes before what is yielded", Section: `PEP 3333 "The write() Callable"`,
			Say:  []Piece{{Bytes: "GET /write HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Body: Text("written\nyielded\n")}},
			Curl: "curl -v 'URL/write'",
			Hints: [3]string{
				"start_response returns a function. What should happen to the chunks that it is given?",
				"answer.go, Application: it gets a function send. Both ways of sending should end there.",
				"Return func(chunk []byte) error { return send(answer, chunk) } from the start function. It sends at once, so the order is right by itself.",
			},
		},
		{
			ID: "08.17", Needs: App, From: 10,
			Name: "two Set-Cookie fields stay two, in their order", Section: "RFC 6265 §3",
			Say: []Piece{{Bytes: "GET /cookies HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Judge: func(answer Answer) string {
				var got []string
				for _, field := range answer.Fields {
					if strings.EqualFold(field[0], "Set-Cookie") {
						got = append(got, field[1])
					}
				}
				if !slices.Equal(got, []string{"a=1", "b=2"}) {
					return fmt.Sprintf("the Set-Cookie fields are %q, want a=1 and b=2", got)
				}
				return ""
			}}},
			Curl: "curl -v 'URL/cookies'",
			Hints: [3]string{
				"Most fields of one name may be joined with a comma. Which one may not, and why?",
				"start in step 08, AppendHead in step 09: wsgi.Headers is a list of pairs. Does it become a map anywhere on its way?",
				"Keep the list as it is, with slices.Clone, and write one line for each pair, in the order given.",
			},
		},
		{
			ID: "08.18", Needs: App, From: 10,
			Name: "close() is called once for each body, for HEAD as well", Section: `PEP 3333 "Specification Details"`,
			Say: []Piece{
				{Bytes: "GET /closed HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"}, {Await: true},
				{On: 1, Bytes: "GET /close HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"},
				{On: 2, Bytes: "HEAD /close HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"},
				{On: 3, Bytes: "GET /close HTTP/1.1\r\nHost: x\r\n\r\n"}, {On: 3, Await: true, Leave: true},
				{On: 4, Bytes: "GET /closed HTTP/1.1\r\nHost: x\r\n\r\n"},
			},
			Want: []Want{
				{Status: "200"},
				{On: 1, Status: "200"},
				{On: 2, Status: "200", Head: true},
				{On: 4, Status: "200", Judge: closedThree, Until: true}, // an answer may be here before its close()
			},
			Curl: "curl 'URL/closed' 'URL/close' 'URL/closed'; curl -I 'URL/close'; curl 'URL/closed'",
			Hints: [3]string{
				"An application may hold a file open until you tell it that you are done. On which ways out do you tell it?",
				"step 09, Body: PEP 3333 wants close() \"upon completion of the current request\", however it ended.",
				"Body begins with a defer that calls answer.Body.Close(). Then it runs once after the last chunk, after an error, after HEAD, and when the client has left.",
			},
			Catches: []string{"no-close"},
		},
		{
			ID: "08.19", Needs: App, From: 10,
			Name: "a failure behind an empty chunk is still a 500", Section: `PEP 3333 "The start_response() Callable"`,
			Say:  []Piece{{Bytes: "GET /emptyfail HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "500"}},
			Curl: "curl -v 'URL/emptyfail'",
			Hints: [3]string{
				"The application has yielded. But has anything left the house?",
				"step 09, Send: the headers go out with the first chunk that is not empty.",
				"Send returns at once for a chunk of no bytes, before the head is made. Then the error finds nothing sent, and becomes the answer.",
			},
		},
		{
			ID: "08.20", Needs: App, From: 10,
			Name: "start_response with a cause, behind the head, ends the answer", Section: `PEP 3333 "The start_response() Callable"`,
			Say:  []Piece{{Bytes: "GET /toolate HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Short: true, Has: []string{"before\n"}, Hasnt: []string{"after", "500"}}},
			Ends: Dropped,
			Curl: "curl -v 'URL/toolate'",
			Hints: [3]string{
				"In Python the server raises the exception that it was given. What does raising do to the rest of the body?",
				"answer.go, start: a cause, and the answer is Sent. If that is right, step 09: appendHead asks Ready at each chunk, also when the head is out.",
				"start returns the cause, Application keeps it in answer.Err, and Ready returns it. appendHead returns what Ready says before it looks at Sent, so no further chunk goes out, and no end.",
			},
		},
		{
			ID: "08.21", Needs: App, From: 10,
			Name: "the application's Content-Type arrives", Section: `PEP 3333 "The start_response() Callable"`,
			Say: []Piece{
				{Bytes: "GET /utf8 HTTP/1.1\r\nHost: x\r\n\r\n"},
				{On: 1, Bytes: "GET /environ HTTP/1.1\r\nHost: x\r\n\r\n"},
			},
			Want: []Want{
				{Status: "200", Fields: []string{"Content-Type: text/plain; charset=utf-8"}},
				{On: 1, Status: "200", Fields: []string{"Content-Type: application/json"}},
			},
			Curl: "curl -v 'URL/utf8'",
			Hints: [3]string{
				"A browser decides by this field whether it shows a page, a picture or a box to save a file.",
				"Look at what start keeps of the headers, and at what AppendHead writes of them.",
				"Write each pair of answer.Headers as name, colon, space, value and CRLF. Leave none of them out.",
			},
		},
		{
			ID: "08.22", Needs: App, From: 10,
			// A client should ignore the reason, and a server may leave it out. RFC 9112 §4
			Name: "the application's reason arrives with its status", Section: `PEP 3333 "The start_response() Callable"`, Stricter: true,
			Say: []Piece{{Bytes: "GET /status?code=404 HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "404", Judge: func(answer Answer) string {
				if answer.Reason != "Not Found" {
					return fmt.Sprintf("the reason is %q, want %q", answer.Reason, "Not Found")
				}
				return ""
			}}},
			Curl: "curl -v 'URL/status?code=404'",
			Hints: [3]string{
				"The application says more than three digits. Who reads the rest?",
				"Look at the first line that AppendHead writes.",
				`"HTTP/1.1 " and answer.Status, as it is: the reason is in it.`,
			},
		},
		{
			ID: "08.23", Needs: App, From: 10,
			Name: "an answer has no field of the one before it on its connection", Section: "RFC 6265 §3",
			Say: []Piece{
				{Bytes: "GET /cookies HTTP/1.1\r\nHost: x\r\n\r\n"},
				{Await: true, Bytes: "GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
			},
			Want: []Want{
				{Status: "200", Fields: []string{"Set-Cookie: a=1"}},
				{Status: "200", None: true, Without: []string{"Set-Cookie"}, Body: Text("check\n")},
			},
			Ends: Dropped,
			Curl: "curl -v 'URL/cookies' 'URL/'",
			Hints: [3]string{
				"Behind a proxy, the next answer on this connection goes to somebody else.",
				"Look at everything that outlives an answer: buffers, maps, fields of a struct.",
				"Make a new Answer for each request, with the headers that this start_response was given and no others.",
			},
			Catches: []string{"leftover-cookies"},
		},
	}
}

// closedThree wants /closed to say three more than it said at first.
func closedThree(answer Answer) string {
	if calls := number(answer) - number(answer.Earlier[0]); calls != 3 {
		return fmt.Sprintf("three bodies were answered, and close() was called %d times, want 3", calls)
	}
	return ""
}

// number reads a body that is a number on a line of its own; -1 is none.
func number(answer Answer) int {
	n, err := strconv.Atoi(strings.TrimSuffix(string(answer.Body), "\n"))
	if err != nil {
		return -1
	}
	return n
}
