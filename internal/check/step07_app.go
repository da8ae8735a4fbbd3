package check

import (
	"encoding/json"
	"fmt"

	"barewire/server/trace"
)

// Step 07 seen by the application: /environ of check:App answers its environ as JSON.
func step07App() []Check {
	return []Check{
		{
			ID: "07.11", Needs: App, From: 10,
			Name: "every wsgi key is there", Section: `PEP 3333 "environ Variables"`,
			Say: []Piece{{Bytes: "GET /environ HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Judge: environ(func(env map[string]string) string {
				for _, key := range []string{"wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once"} {
					if env[key] != "True" && env[key] != "False" {
						return fmt.Sprintf("%s is %q, want True or False", key, env[key])
					}
				}
				for _, key := range []string{"wsgi.input", "wsgi.errors"} {
					if env[key] == "" {
						return key + " is missing"
					}
				}
				return tells(env, "wsgi.version", "(1, 0)", "wsgi.url_scheme", "http")
			})}},
			Curl: "curl -v 'URL/environ'",
			Hints: [3]string{
				"PEP 3333 adds names of its own to those of CGI. Which of them are missing?",
				"environ.go, FillContract and FillStreams: the table under \"environ Variables\" in PEP 3333 has seven of them.",
				`wsgi.version is [2]int{1, 0}, wsgi.url_scheme "http", the three of threads and processes are bool, wsgi.input and wsgi.errors come from the Request.`,
			},
		},
		{
			ID: "07.12", Needs: App, From: 10,
			Name: "the server tells its own name and port, never an empty one", Section: `PEP 3333 "environ Variables"`,
			Say: []Piece{{Bytes: "GET /environ HTTP/1.1\r\nHost: made.up:1\r\n\r\n"}},
			Want: []Want{{Status: "200", Judge: environ(func(env map[string]string) string {
				if env["SERVER_NAME"] == "" || env["SERVER_PORT"] == "" || env["SERVER_PORT"] == "1" {
					return fmt.Sprintf("SERVER_NAME is %q and SERVER_PORT %q, want those of the socket", env["SERVER_NAME"], env["SERVER_PORT"])
				}
				return tells(env, "HTTP_HOST", "made.up:1", "SERVER_PROTOCOL", "HTTP/1.1")
			})}},
			Curl: "curl -v -H 'Host: made.up:1' 'URL/environ'",
			Hints: [3]string{
				"The Host field is what a client claims. Who really knows where it called?",
				"environ.go, Fill and inURL: request.Server holds our end of the connection.",
				`SERVER_NAME is inURL(request.Server.Host). SERVER_PORT is request.Server.Port, and "80" when the socket has none.`,
			},
		},
		{
			ID: "07.13", Needs: App, From: 10,
			Name: "without a body there is neither length nor type", Section: "RFC 3875 §4.1.2",
			Say: []Piece{{Bytes: "GET /environ HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Judge: environ(func(env map[string]string) string {
				if env["CONTENT_LENGTH"] != "" || env["CONTENT_TYPE"] != "" {
					return fmt.Sprintf("CONTENT_LENGTH is %q and CONTENT_TYPE %q, want none", env["CONTENT_LENGTH"], env["CONTENT_TYPE"])
				}
				return ""
			})}},
			Curl: "curl -v 'URL/environ'",
			Hints: [3]string{
				"The client said nothing of a body. Should you make something up?",
				"fields.go, fillFields: where are CONTENT_LENGTH and CONTENT_TYPE set, in the loop over the fields or outside it?",
				"Set each only when its own field comes. A request without these fields then has no such variables.",
			},
		},
		{
			ID: "07.14", Needs: App, From: 10,
			Name: "two Cookie fields are joined with a semicolon", Section: "RFC 6265 §5.4", Stricter: true,
			Say:  []Piece{{Bytes: "GET /environ HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n"}},
			Want: []Want{{Status: "200", Judge: told("HTTP_COOKIE", "a=1; b=2")}},
			Curl: "curl -v -H 'Cookie: a=1' -H 'Cookie: b=2' 'URL/environ'",
			Hints: [3]string{
				"A comma may stand inside a cookie. What separates two cookies in one field?",
				"fields.go, fillFields and add: the separator of Cookie is another one.",
				`add(environ, "HTTP_COOKIE", field.Value, "; "), so that it reads as if one field had come.`,
			},
			Catches: []string{"first-field-wins"},
		},
		{
			ID: "07.15", Needs: App, From: 10,
			Name: "each byte of a field is one character of latin-1", Section: `PEP 3333 "Unicode Issues"`,
			Say:  []Piece{{Bytes: "GET /environ HTTP/1.1\r\nHost: x\r\nX-Bytes: \xe9\xff \xc3\xa9\r\n\r\n"}},
			Want: []Want{{Status: "200", Judge: told("HTTP_X_BYTES", "\u00e9\u00ff \u00c3\u00a9")}},
			Curl: "curl -v -H $'X-Bytes: \\xe9\\xff \\xc3\\xa9' 'URL/environ'",
			Hints: [3]string{
				"Nobody said in which encoding a field is. Did you decode it, or let it be?",
				"fields.go, fillFields and add: a Go string is bytes, so there is nothing to convert. Is there a range over a string, or a string(rune), on the way?",
				"Take field.Value as it is. Walk over strings by index when you must; range would read UTF-8 and lose what is none.",
			},
		},
		{
			ID: "07.16", Needs: App, From: 10,
			Name: "of a chunked body the application sees the content alone", Section: "RFC 9112 §7.1.3", Stricter: true,
			Say: []Piece{
				{Bytes: "POST /environ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nname=\r\n3\r\nada\r\n0\r\n\r\n"},
				{Await: true, Bytes: "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nname=\r\n3\r\nada\r\n0\r\n\r\n"},
			},
			Want: []Want{
				{Status: "200", Judge: untold("HTTP_TRANSFER_ENCODING", "CONTENT_LENGTH")},
				{Status: "200", Body: Text("name=ada")},
			},
			Curl: "curl -v -H 'Transfer-Encoding: chunked' -d name=ada 'URL/environ' 'URL/echo'",
			Hints: [3]string{
				"Chunks are a matter between you and the client. Need the application know of them?",
				"fields.go, fillFields, for the field Transfer-Encoding; and environ.go, Fill, for wsgi.input.",
				"Pass over the Transfer-Encoding field; set no length that nobody has told. wsgi.input is the body.Reader of step 05, which takes the chunks apart.",
			},
			Catches: []string{"no-chunked"},
		},
		{
			ID: "07.17", Needs: App, From: 10,
			Name: "wsgi.input ends where the body ends", Section: `PEP 3333 "Input and Error Streams"`,
			Say: []Piece{
				{Bytes: "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello, and more"},
				{On: 1, Bytes: "POST /lines HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 7\r\n\r\na\n\nb\r\nc\nd\n"},
			},
			Want: []Want{{Status: "200", Body: Text("hello")}, {On: 1, Status: "200", Body: Text("4\n")}},
			Ends: Dropped,
			Curl: "curl -v --data-binary $'a\\n\\nb\\r\\nc' 'URL/lines'",
			Hints: [3]string{
				"An application reads until the end. Whose end: that of the body, or that of the connection?",
				"environ.go, Fill: what do you put under wsgi.input? The connection goes on behind the body, with the next request.",
				`environ["wsgi.input"] = request.Input, the body.Reader of step 05, and neither the connection nor its bufio.Reader.`,
			},
			Catches: []string{"body-in-head"},
		},
		{
			ID: "07.18", Needs: App, From: 10,
			Name: "two requests at the same time have an environ each", Section: `PEP 3333 "environ Variables"`,
			Say: []Piece{
				{On: 0, Bytes: "GET /slow?ms=300&name=ada HTTP/1.1\r\nHost: x\r\n\r\n"},
				{On: 1, After: shortly, Bytes: "GET /slow?ms=100&name=grace HTTP/1.1\r\nHost: x\r\n\r\n"},
			},
			Want: []Want{
				{On: 0, Status: "200", Has: []string{"ada"}, Hasnt: []string{"grace"}},
				{On: 1, Status: "200", Has: []string{"grace"}, Hasnt: []string{"ada"}},
			},
			Curl: "curl -Z 'URL/slow?ms=300&name=ada' 'URL/slow?ms=100&name=grace'",
			Hints: [3]string{
				"While one request waits, another is served. Do the two share anything?",
				"environ.go, Fill: does it write into the map that it is given, and into nothing else? The same goes for buffers in the other steps.",
				"The server makes a wsgi.Environ for each request; Fill puts everything into that one. A package variable has no place here.",
			},
			Catches: []string{"shared-state", "blocking"},
		},
		{
			ID: "07.19", Needs: App, From: 10,
			Name: "an encoded path finds its resource, one encoded twice does not", Section: "RFC 3986 §2.4",
			Say: []Piece{
				{Bytes: "GET /%65nvir%6Fn?%65 HTTP/1.1\r\nHost: x\r\n\r\n"},
				{On: 1, Bytes: "GET /%2565nviron HTTP/1.1\r\nHost: x\r\n\r\n"},
			},
			Want: []Want{{Status: "200", Judge: told("PATH_INFO", "/environ", "QUERY_STRING", "%65")}, {On: 1, Status: "404"}},
			Curl: "curl -v 'URL/%65nvir%6Fn?%65' 'URL/%2565nviron'",
			Hints: [3]string{
				"%65 is an e. Should the application find the same thing under both spellings?",
				"environ.go, Fill and decode: decoding is done once, and for the path alone.",
				`environ["PATH_INFO"] = decode(line.Path). Of %2565 the first three bytes become %, and the 65 behind it is left as it is.`,
			},
			Catches: []string{"environ-raw-path"},
		},
		{
			ID: "07.20", Needs: App, From: 10,
			Name: "a request is told nothing of the one before it on its connection", Section: `PEP 3333 "environ Variables"`,
			Say: []Piece{
				{Bytes: "GET /environ?x=1 HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\nX-Leftover: 1\r\n\r\n"},
				{Await: true, Bytes: "GET /environ HTTP/1.1\r\nHost: x\r\n\r\n"},
			},
			Want: []Want{
				{Status: "200", Judge: told("HTTP_COOKIE", "a=1", "HTTP_X_LEFTOVER", "1")},
				{Status: "200", None: true, Judge: untold("HTTP_COOKIE", "HTTP_X_LEFTOVER", "QUERY_STRING")},
			},
			Ends: Dropped,
			Curl: "curl -v -b a=1 'URL/environ?x=1' --next 'URL/environ'",
			Hints: [3]string{
				"Behind a proxy, many users share one connection. Whose cookie is it?",
				"Look where the environ is made: once for the connection, or once for each request?",
				"Make a new wsgi.Environ for each request. What is filled again keeps what nobody has set again.",
			},
			Catches: []string{"leftover-environ"},
		},
		{
			ID: "07.21", Needs: App, From: 10,
			Name: "a plus in a path is a plus, and a query is as it was sent", Section: "RFC 3986 §2.4",
			Say:  []Piece{{Bytes: "GET /environ/a+b%2Bc%20d?x=%20y+z HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Judge: told("PATH_INFO", "/environ/a+b+c d", "QUERY_STRING", "x=%20y+z")}},
			Curl: "curl -v 'URL/environ/a+b%2Bc%20d?x=%20y+z'",
			Hints: [3]string{
				"In a form a plus stands for a space. Is a path a form?",
				"Look at decode: it knows the percent sign, and nothing else.",
				"Use url.PathUnescape or your own decode, never url.QueryUnescape, and leave line.Query alone.",
			},
		},
		{
			ID: "07.22", Needs: App, From: 10,
			Name: "the application is told the host of an absolute target", Section: "RFC 9112 §3.2.2",
			Say:  []Piece{{Bytes: "GET http://there:81/environ?y HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Judge: told("HTTP_HOST", "there:81", "PATH_INFO", "/environ", "QUERY_STRING", "y")}},
			Curl: "curl -v --request-target 'http://there:81/environ?y' 'URL/'",
			Hints: [3]string{
				"Here two places name a host, and the Host field is not the one that counts.",
				"Look at the beginning of fillFields, and at its case for Host.",
				"When request.Line.Authority is not empty, HTTP_HOST is that, and the Host field is passed over.",
			},
		},
		{
			ID: "07.23", Needs: App, From: 10,
			Name: "neither Proxy nor a name with an underscore reaches the application", Section: "RFC 3875 §4.1.18", Stricter: true,
			Say:  []Piece{{Bytes: "GET /environ HTTP/1.1\r\nHost: x\r\nProxy: http://evil\r\nX_Forwarded_For: 127.0.0.1\r\nX-Real: yes\r\n\r\n"}},
			Want: []Want{{Status: "200", Has: []string{`"HTTP_X_REAL"`}, Judge: untold("HTTP_PROXY", "HTTP_X_FORWARDED_FOR")}},
			Curl: "curl -v -H 'Proxy: http://evil' -H 'X_Forwarded_For: 127.0.0.1' -H 'X-Real: yes' 'URL/environ'",
			Hints: [3]string{
				"What a client may not say under one name, it may try under another.",
				"Look at the cases of fillFields that have nothing in them.",
				`One for field.Is("Proxy"), and one for a name in which strings.Contains finds "_".`,
			},
		},
	}
}

// environ judges the answer of /environ, whose values are texts all.
func environ(look func(env map[string]string) string) func(Answer) string {
	return func(answer Answer) string {
		var env map[string]string
		if err := json.Unmarshal(answer.Body, &env); err != nil {
			return "the body is no JSON object of texts: " + trace.Escape([]byte(err.Error()))
		}
		return look(env)
	}
}

// told wants an environ with these keys, each with the value behind it.
func told(pairs ...string) func(Answer) string {
	return environ(func(env map[string]string) string { return tells(env, pairs...) })
}

func tells(env map[string]string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if got, is := env[pairs[i]]; !is || got != pairs[i+1] {
			return fmt.Sprintf("%s is %q, want %q", pairs[i], got, pairs[i+1])
		}
	}
	return ""
}

// untold wants an environ without these keys. An empty value passes for none.
func untold(keys ...string) func(Answer) string {
	return environ(func(env map[string]string) string {
		for _, key := range keys {
			if env[key] != "" {
				return fmt.Sprintf("%s is %q, want none", key, env[key])
			}
		}
		return ""
	})
}
