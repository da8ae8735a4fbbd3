package check

// Step 07: How is the app told? The demo prints its environ.
func step07() []Check {
	return []Check{
		{
			ID: "07.1", Core: true, Needs: Demo,
			Name: "method, path, query and version stand under their CGI names", Section: "RFC 3875 §4.1",
			Say: []Piece{{Bytes: "GET /hello?x=1 HTTP/1.1\r\nHost: x\r\n\r\n"}}, Cut: true,
			Want: []Want{{Status: "200", Has: []string{
				"\nPATH_INFO = '/hello'\n", "\nQUERY_STRING = 'x=1'\n", "\nREQUEST_METHOD = 'GET'\n", "\nSERVER_PROTOCOL = 'HTTP/1.1'\n"}}},
			Ends: Closed,
			Curl: "curl -v 'URL/hello?x=1'",
			Hints: [3]string{
				"Step 03 has found all of this already. Under which names does the application look for it?",
				"environ.go, Fill: each of these keys comes from a field of request.Line. The table in the task has them.",
				`environ["REQUEST_METHOD"] = line.Method, and likewise PATH_INFO from line.Path, QUERY_STRING from line.Query and SERVER_PROTOCOL from line.Version.`,
			},
		},
		{
			ID: "07.2", Core: true, Needs: Demo,
			Name: "the path is percent-decoded, into bytes", Section: "RFC 3875 §4.1.5",
			Say:  []Piece{{Bytes: "GET /a%20b/%C3%a9 HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Has: []string{"\nPATH_INFO = '/a b/Ã©'\n"}}},
			Ends: Closed,
			Curl: "curl -v 'URL/a%20b/%C3%a9'",
			Hints: [3]string{
				"%20 stands for one byte. Who turns it back, you or each application?",
				"environ.go, decode and unhex: PATH_INFO is the decoded path. Hex digits come in both cases.",
				"Walk over the path; at a % append unhex(path[i+1])<<4 | unhex(path[i+2]) and step over the two digits. Bytes stay bytes: é is two of them.",
			},
			Catches: []string{"environ-raw-path"},
		},
		{
			ID: "07.3", Core: true, Needs: Demo,
			Name: "a field becomes HTTP_ and its name in capitals", Section: "RFC 3875 §4.1.18",
			Say:  []Piece{{Bytes: "GET / HTTP/1.1\r\nHost: x\r\nx-cuSTom-name: 7\r\nX-Empty:\r\n\r\n"}},
			Want: []Want{{Status: "200", Has: []string{"\nHTTP_HOST = 'x'\n", "\nHTTP_X_CUSTOM_NAME = '7'\n", "\nHTTP_X_EMPTY = ''\n"}}},
			Ends: Closed,
			Curl: "curl -v -H 'x-cuSTom-name: 7' -H 'X-Empty;' 'URL/'",
			Hints: [3]string{
				"An environment variable may not hold a hyphen, and its name is in capitals. What becomes of x-cuSTom-name?",
				"fields.go, fillFields: it makes the name out of field.Name.",
				`The name is "HTTP_" + strings.ToUpper(strings.ReplaceAll(field.Name, "-", "_")). A field without a value is there all the same, with an empty one.`,
			},
		},
		{
			ID: "07.4", Core: true, Needs: Demo,
			Name: "two fields of one name are joined with a comma", Section: "RFC 9110 §5.3",
			Say:  []Piece{{Bytes: "GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nX-B: between\r\nx-a: 2\r\n\r\n"}},
			Want: []Want{{Status: "200", Has: []string{"\nHTTP_X_A = '1, 2'\n", "\nHTTP_X_B = 'between'\n"}}},
			Ends: Closed,
			Curl: "curl -v -H 'X-A: 1' -H 'X-B: between' -H 'x-a: 2' 'URL/'",
			Hints: [3]string{
				"A map has one place for each name. What happens to the value that is there already?",
				"fields.go, add: RFC 9110 §5.3 says how two values become one, and in which order.",
				"When environ[name] is set, the new value is the earlier one, a comma and a space, and the value that came now.",
			},
			Catches: []string{"first-field-wins"},
		},
		{
			ID: "07.5", Core: true, Needs: Demo,
			Name: "the length and the type of the body have no HTTP_", Section: `PEP 3333 "environ Variables"`,
			Say:  []Piece{{Bytes: "POST / HTTP/1.1\r\nHost: x\r\ncontent-type: text/plain\r\ncontent-length: 8\r\n\r\nname=ada"}},
			Want: []Want{{Status: "200", Has: []string{"CONTENT_LENGTH = '8'\n", "CONTENT_TYPE = 'text/plain'\n"}, Hasnt: []string{"HTTP_CONTENT"}}},
			Ends: Closed,
			Curl: "curl -v -H 'Content-Type: text/plain' -d name=ada 'URL/'",
			Hints: [3]string{
				"Two fields are older than the rule with HTTP_. Which two does every form send?",
				"fields.go, fillFields: RFC 3875 §4.1.2 and §4.1.3 name the two.",
				"field.Is(\"Content-Length\") sets CONTENT_LENGTH, from request.Framing.Length; field.Is(\"Content-Type\") sets CONTENT_TYPE. Neither gets a name with HTTP_ as well.",
			},
		},
		{
			ID: "07.6", Needs: Demo,
			Name: "a name with an underscore is dropped", Section: "RFC 3875 §4.1.18", Stricter: true,
			Say:  []Piece{{Bytes: "GET / HTTP/1.1\r\nHost: x\r\nX_Forwarded_For: 127.0.0.1\r\nX-Real: yes\r\nContent_Length: 5\r\n\r\n"}},
			Want: []Want{{Status: "200", Has: []string{"\nHTTP_X_REAL = 'yes'\n"}, Hasnt: []string{"FORWARDED", "CONTENT_LENGTH"}}},
			Ends: Closed,
			Curl: "curl -v -H 'X_Forwarded_For: 127.0.0.1' -H 'X-Real: yes' 'URL/'",
			Hints: [3]string{
				"X-A and X_A are two fields. Under which name would each of them come out?",
				"fields.go, fillFields: a proxy strips X-Forwarded-For, but not its twin, and both would get one name. Content_Length has a twin as well.",
				`if strings.Contains(field.Name, "_"), leave the field out, before any name is made of it.`,
			},
		},
		{
			ID: "07.7", Needs: Demo,
			Name: "a field named Proxy is dropped", Section: "RFC 3875 §4.1.18", Stricter: true,
			Say:  []Piece{{Bytes: "GET / HTTP/1.1\r\nHost: x\r\npROXY: http://evil\r\nProxy-X: fine\r\n\r\n"}},
			Want: []Want{{Status: "200", Has: []string{"\nHTTP_PROXY_X = 'fine'\n"}, Hasnt: []string{"HTTP_PROXY =", "evil"}}},
			Ends: Closed,
			Curl: "curl -v -H 'Proxy: http://evil' -H 'Proxy-X: fine' 'URL/'",
			Hints: [3]string{
				"What does HTTP_PROXY mean to a program that finds it in its environment?",
				"fields.go, fillFields: the attack is called httpoxy. One field may not get its name.",
				"When field.Is(\"Proxy\"), add nothing: the field is dropped, whatever the case of its letters. Proxy-X is another name and stays.",
			},
		},
		{
			ID: "07.8", Needs: Demo,
			Name: "the path is decoded once and the query never", Section: "RFC 3986 §2.4",
			Say:  []Piece{{Bytes: "GET /%2541%3F%2F?a=%41&b=%26+c?d HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Has: []string{"\nPATH_INFO = '/%41?/'\n", "\nQUERY_STRING = 'a=%41&b=%26+c?d'\n"}}},
			Ends: Closed,
			Curl: "curl -v 'URL/%2541%3F%2F?a=%41&b=%26+c?d'",
			Hints: [3]string{
				"%25 is the percent sign itself. May what comes out of decoding be decoded again?",
				"environ.go, decode and Fill: does decode look again at what it has written? And only the application knows what & and = mean in a query.",
				"Split at the first ? before anything is decoded, as step 03 does. Then decode line.Path alone, in one walk, and take line.Query as it is.",
			},
		},
		{
			ID: "07.9", Needs: Demo,
			Name: "a request without a query has an empty QUERY_STRING", Section: "RFC 3875 §4.1.7",
			Say:  []Piece{{Bytes: "GET /x HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Has: []string{"\nQUERY_STRING = ''\n", "\nSCRIPT_NAME = ''\n", "\nPATH_INFO = '/x'\n"}}},
			Ends: Closed,
			Curl: "curl -v 'URL/x'",
			Hints: [3]string{
				"Is a query that nobody sent missing, or is it empty?",
				"environ.go, Fill: RFC 3875 §4.1.7 wants the variable always.",
				`Set QUERY_STRING and SCRIPT_NAME without any if. Both are "" here: no query, and an application at the root.`,
			},
		},
		{
			ID: "07.10", Needs: Demo,
			Name: "the host of an absolute target counts, not the Host field", Section: "RFC 9112 §3.2.2",
			Say:  []Piece{{Bytes: "GET http://there:81/x?y HTTP/1.1\r\nHost: x\r\n\r\n"}},
			Want: []Want{{Status: "200", Has: []string{"\nHTTP_HOST = 'there:81'\n", "\nPATH_INFO = '/x'\n", "\nQUERY_STRING = 'y'\n"}}},
			Ends: Closed,
			Curl: "curl -v --request-target 'http://there:81/x?y' 'URL/'",
			Hints: [3]string{
				"Here two places name a host. Which one did the client really ask for?",
				"fields.go, fillFields: step 03 keeps the one in request.Line.Authority, and the other is a field named Host.",
				"When Authority is not empty, HTTP_HOST is Authority, and the Host field is passed over.",
			},
		},
	}
}
