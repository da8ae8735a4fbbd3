package check

// Step 08: What does it answer? The demo serves hello:App.
func step08() []Check {
	return []Check{
		{
			ID: "08.1", Core: true, Needs: Demo,
			Name: "the application's status, fields and body are the answer", Section: `PEP 3333 "The Application/Framework Side"`,
			Say: []Piece{{Bytes: "GET /hello?name=grace HTTP/1.1\r\nHost: x\r\n\r\n"}}, Cut: true,
			Want: []Want{{Status: "200", Fields: []string{"Content-Type: text/plain"}, Body: Text("Hello, grace!\n")}},
			Ends: Closed,
			Curl: "curl -v 'URL/hello?name=grace'",
			Hints: [3]string{
				"The application answers in two halves. Which does it say, and which does it return?",
				"answer.go, Application: the function that it hands to app calls answer.start, and what app returns becomes answer.Body.",
				"start keeps the status and slices.Clone(headers) in the Answer; Application sets answer.Body to the result of app and returns the Answer.",
			},
		},
		{
			ID: "08.2", Core: true, Needs: Demo,
			Name: "the application reads a form from wsgi.input", Section: `PEP 3333 "Input and Error Streams"`,
			Say: []Piece{{Bytes: "POST /?name=grace HTTP/1.1\r\nHost: x\r\n" + formField + "Content-Length: 8\r\n\r\nname=ada"}}, Cut: true,
			Want: []Want{{Status: "200", Body: Text("Hello, ada!\n")}},
			Ends: Closed,
			Curl: "curl -v -d name=ada 'URL/?name=grace'",
			Hints: [3]string{
				"The environ of step 07 is for the application. Does it get the very same?",
				"answer.go, Application: it calls app. Nothing should have read the body before.",
				"Pass environ through as it is: app(environ, func(…) wsgi.Write { … }). The body is read by the application, when it likes.",
			},
			Catches: []string{"body-in-head"},
		},
		{
			ID: "08.3", Core: true, Needs: Demo,
			Name: "a form in chunks is the same form", Section: "RFC 9112 §7.1",
			Say:  []Piece{{Bytes: "POST / HTTP/1.1\r\nHost: x\r\n" + formField + "Transfer-Encoding: chunked\r\n\r\n5\r\nname=\r\n3\r\nada\r\n0\r\n\r\n"}},
			Want: []Want{{Status: "200", Body: Text("Hello, ada!\n")}},
			Ends: Closed,
			Curl: "curl -v -H 'Transfer-Encoding: chunked' -d name=ada 'URL/'",
			Hints: [3]string{
				"Does the application notice that the body came in chunks?",
				"If the form with a length works and this one does not: nextChunk in step 05, and Fill in step 07. Who is wsgi.input?",
				"wsgi.input is the body.Reader of step 05, and Application hands the environ on untouched.",
			},
		},
		{
			ID: "08.4", Core: true, Needs: Demo,
			Name: "an error that the application answers is an answer", Section: `PEP 3333 "The start_response() Callable"`,
			Say:  []Piece{{Bytes: "GET /?a;b HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "400", Fields: []string{"Content-Type: text/plain"}, Has: []string{"This is no form"}}},
			Ends: Closed,
			Curl: "curl -v 'URL/?a;b'",
			Hints: [3]string{
				"Who says 400 here, you or the application?",
				"rules.go, checkStatus: which statuses may an application give?",
				"Any status from 200 to 599 passes, and its reason as well. Only a broken one becomes your 500.",
			},
		},
		{
			ID: "08.5", Needs: Demo,
			Name: "a body that breaks off is refused, whatever the application wanted", Section: "RFC 9112 §8",
			Say:  []Piece{{Bytes: "POST / HTTP/1.1\r\nHost: x\r\n" + formField + "Content-Length: 9\r\n\r\nname=ada", Half: true}},
			Want: []Want{{Status: "400", Has: []string{"ended early"}}},
			Ends: Closed,
			Hints: [3]string{
				"Half a form is no form. Who finds that out, and how does it reach you?",
				"answer.go, Application: the app returns wsgi.Fail(err). Its Body yields the error, and start_response was never called.",
				"Application leaves the Body as app returned it. Ready returns a.Err when there is one, and errNoStart only when nothing else is known.",
			},
		},
	}
}

// formField makes hello:App read the body.
const formField = "Content-Type: application/x-www-form-urlencoded\r\n"
