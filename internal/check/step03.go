package check

// step03 is about the request line: three words, and nothing that only looks so.
func step03() []Check {
	return []Check{
		{
			ID: "03.1", Name: "method, target and version are told apart", Section: "RFC 9112 §3", Core: true, Needs: Demo,
			Say:  say(head("GET /hello?x=1 HTTP/1.1", "Host: x")),
			Want: []Want{{Status: "200", Has: []string{`method "GET", target "/hello?x=1", version "HTTP/1.1"`}}},
			Curl: "curl -v URL/hello?x=1",
			Hints: [3]string{
				"Three words, and one space between each two. Where do you cut?",
				"requestline.go, Parse. It gets the line without its CRLF.",
				`strings.Cut(text, " ") twice: the method and the rest, then the target and the version.`,
			},
		},
		{
			ID: "03.2", Name: "HTTP/1.0 and HTTP/1.1 are both served", Section: "RFC 9112 §2.3", Core: true,
			Say:  []Piece{{On: 0, Bytes: head("GET " + path + " HTTP/1.0")}, {On: 1, Bytes: get()}},
			Want: []Want{{On: 0, Status: "200"}, {On: 1, Status: "200"}},
			Curl: "curl -v --http1.0 URL",
			Hints: [3]string{
				"The older of the two is still spoken, by proxies and by small tools. Do you take both?",
				"checkVersion: the name, a slash, a digit, a dot, a digit.",
				`version[:5] is "HTTP/", version[5] is '1', version[6] is '.', and version[7] is any digit.`,
			},
		},
		{
			ID: "03.3", Name: "a version of 2.0 gets 505", Section: "RFC 9110 §15.6.6", Core: true, Stricter: true,
			// RFC 9110 §15.6.6 lets a server refuse it so, and does not ask for it.
			Say: say(head("GET "+path+" HTTP/2.0", "Host: x")), Want: want("505"),
			Hints: [3]string{
				"Is this version written wrongly, or is it one that you do not speak?",
				"checkVersion has two refusals: 400 for what is no version, and another.",
				"If version[5] is a digit but not '1', refuse with refuse.VersionUnsupported.",
			},
		},
		{
			ID: "03.4", Name: "two spaces in a row get 400", Section: "RFC 9112 §3", Core: true, Stricter: true,
			Say: say(head("GET  "+path+" HTTP/1.1", "Host: x")), Want: want("400"),
			Curl: "curl -v -X 'GET ' URL",
			Hints: [3]string{
				"How many spaces has this line, and how many may it have?",
				"Parse: strings.Fields takes any run of white space for one space. strings.Cut does not, but look at what it leaves.",
				`If bytes.Count(line, []byte(" ")) is not 2, refuse with 400.`,
			},
			Catches: []string{"split-line"},
		},
		{
			ID: "03.5", Name: "a line without a version gets 400", Section: "RFC 9112 §3", Core: true, Stricter: true,
			Say: say(head("GET "+path, "Host: x")), Want: want("400"),
			Hints: [3]string{
				"HTTP/0.9 had such lines, and answers without a head. Does anybody have to speak it today?",
				"Parse: what does your last cut give when there is no second space?",
				"Two words have one space between them, so the count of spaces says it already.",
			},
		},
		{
			ID: "03.6", Name: "HEAD gets the head alone", Section: "RFC 9110 §9.3.2",
			Say: say(head("HEAD "+path+" HTTP/1.1", "Host: x")), Want: []Want{{Status: "200", Head: true}},
			Curl: "curl -v -I URL",
			Hints: [3]string{
				"The client asked what it would get. Does it want to get it?",
				"The demo leaves the body away when Parse says that the method is HEAD.",
				"Parse has to return the method in Line.Method, just as it was sent.",
			},
		},
		{
			ID: "03.7", Name: "a refused HEAD gets the head alone too", Section: "RFC 9110 §9.3.2", Stricter: true,
			Say: say(head("HEAD "+path+" HTTP/2.0", "Host: x")), Want: []Want{{Status: "505", Head: true}},
			Hints: [3]string{
				"The answer is an error now. Is the method still HEAD?",
				"Parse returns a Line and an error. The Line need not be empty when there is an error.",
				"As soon as the method is known, every refusal returns Line{Method: method, …} with its error.",
			},
		},
		{
			ID: "03.8", Name: "a tab is no space", Section: "RFC 9112 §3", Stricter: true,
			Say: say(head("GET\t"+path+"\tHTTP/1.1", "Host: x")), Want: want("400"),
			Curl: `curl -v -X "$(printf 'GET\t')" URL`,
			Hints: [3]string{
				"It looks like the right line. Which bytes stand between the words?",
				"Parse: the grammar says SP, which is one byte, 0x20.",
				`Count and cut at " " only; unicode.IsSpace and strings.Fields know too many spaces.`,
			},
			Catches: []string{"split-line"},
		},
		{
			ID: "03.9", Name: "a space behind the version gets 400", Section: "RFC 9112 §3", Stricter: true,
			Say: say(head("GET "+path+" HTTP/1.1 ", "Host: x")), Want: want("400"),
			Hints: [3]string{
				"One byte too many, at the end this time. Who took it away before you looked?",
				"Parse: do you trim the line before you cut it?",
				"Trim nothing. Three spaces are not two.",
			},
			Catches: []string{"split-line"},
		},
		{
			ID: "03.10", Name: "a space before the method gets 400", Section: "RFC 9112 §3", Stricter: true,
			Say: say(head(" GET "+path+" HTTP/1.1", "Host: x")), Want: want("400"),
			Curl: "curl -v -X ' GET' URL",
			Hints: [3]string{
				"And one byte too many at the beginning. What is the method then?",
				"Parse and IsToken: what is the first word of a line that begins with a space?",
				"The method is empty then, and IsToken refuses an empty text.",
			},
			Catches: []string{"split-line"},
		},
		{
			ID: "03.11", Name: "a line of four words gets 400", Section: "RFC 9112 §3", Stricter: true,
			// Of an invalid request line RFC 9112 §3 says should, and lets a 301 mend it.
			Say: say(head("GET / x HTTP/1.1", "Host: x")), Want: want("400"),
			Curl: "curl -v --request-target '/ x' URL",
			Hints: [3]string{
				"A file name may hold a space. May a target?",
				"Parse: which of the three spaces would be the one before the version?",
				"Do not choose. Any number of spaces but two is refused.",
			},
		},
		{
			ID: "03.12", Name: "http/1.1 in small letters gets 400", Section: "RFC 9112 §2.3", Stricter: true,
			// Of an invalid request line RFC 9112 §3 says should, and lets a 301 mend it.
			Say: say(head("GET "+path+" http/1.1", "Host: x")), Want: want("400"),
			Hints: [3]string{
				"Field names are the same in any case. Is this a field name?",
				"checkVersion: the grammar writes %s before \"HTTP\", which means these very letters.",
				`Compare with ==: version[:5] != "HTTP/" is refused.`,
			},
		},
		{
			ID: "03.13", Name: "HTTP/1.10 gets 400", Section: "RFC 9112 §2.3", Stricter: true,
			Say: say(head("GET "+path+" HTTP/1.10", "Host: x")), Want: want("400"),
			Hints: [3]string{
				"Is that version 1.1, or version 1.10, or 1.1 and a zero?",
				"checkVersion: the grammar has one digit, a dot, and one digit.",
				`A version has exactly len("HTTP/1.1") bytes. Check that first, then each byte.`,
			},
		},
		{
			ID: "03.14", Name: "a later 1.x is served as 1.1", Section: "RFC 9110 §2.5", Stricter: true,
			// RFC 9110 §2.5 says should.
			Say: say(head("GET "+path+" HTTP/1.2", "Host: x")), Want: want("200"),
			Hints: [3]string{
				"What can a later minor version bring that you would have to know?",
				"checkVersion: which of the two digits decides whether you understand the message?",
				"Refuse by the first digit alone; any second digit passes.",
			},
		},
		{
			ID: "03.15", Name: "a method that is no token is refused", Section: "RFC 9110 §9.1", Stricter: true,
			// Of an invalid request line RFC 9112 §3 says should, and lets a 301 mend it.
			// 501 says that the method is unknown, which is as true. RFC 9110 §9.1
			Say: say(head("GE(T "+path+" HTTP/1.1", "Host: x")), Want: want("400 501"),
			Curl: "curl -v -X 'GE(T' URL",
			Hints: [3]string{
				"You need not know every method. But what is one made of?",
				"IsToken: letters, digits, and fifteen other characters.",
				"Go through the bytes; one that is not in the list of tchar makes it false. So does an empty text.",
			},
		},
		{
			ID: "03.16", Name: "a target that begins with a letter gets 400", Section: "RFC 9112 §3.2", Stricter: true,
			// Of an invalid request line RFC 9112 §3 says should, and lets a 301 mend it.
			Say: say(head("GET hello HTTP/1.1", "Host: x")), Want: want("400"),
			Curl: "curl -v --request-target hello URL",
			Hints: [3]string{
				"What would the path be? You would have to guess a slash.",
				"target.go, parseTarget: there are four forms, and this is none of them.",
				`A target that does not begin with "/" and is not "*" has to hold "://", or it is refused.`,
			},
		},
		{
			ID: "03.17", Name: "a percent sign without its two digits gets 400", Section: "RFC 3986 §2.1", Stricter: true,
			// Of an invalid request line RFC 9112 §3 says should, and lets a 301 mend it.
			Say: say(head("GET /%zz HTTP/1.1", "Host: x")), Want: want("400"),
			Curl: "curl -v URL/%zz",
			Hints: [3]string{
				"Step 07 will decode this. What could it make of it?",
				"target.go, checkBytes: look at the two bytes behind each percent sign.",
				"isEscape(target[i:]) tells; mind the end of the text.",
			},
		},
		{
			ID: "03.18", Name: "a raw byte in the target gets 400", Section: "RFC 3986 §2.1", Stricter: true,
			Say: say(head("GET /\xff HTTP/1.1", "Host: x")), Want: want("400"),
			Curl: `curl -v --request-target "$(printf '/\377')" URL`,
			Hints: [3]string{
				"Which letter is it? That depends on an encoding that nobody has named.",
				"target.go, checkBytes: a target is printable ASCII.",
				"c <= ' ' || c >= 0x7f is refused.",
			},
		},
		{
			ID: "03.19", Name: "a fragment in the target gets 400", Section: "RFC 9112 §3.2", Stricter: true,
			Say: say(head("GET /#top HTTP/1.1", "Host: x")), Want: want("400"),
			Curl: "curl -v --request-target '/#top' URL",
			Hints: [3]string{
				"What stands behind # is for the browser. Should it have been sent at all?",
				"target.go, checkBytes: none of the forms of a target has a fragment.",
				"checkBytes refuses #, and with it \", < and >.",
			},
		},
		{
			ID: "03.20", Name: "a whole URI is a target too", Section: "RFC 9112 §3.2.2",
			Say: say(head("GET http://x"+path+" HTTP/1.1", "Host: x")), Want: want("200"),
			Curl: "curl -v --proxy URL http://x/",
			Hints: [3]string{
				"To a proxy, clients send this. What is the path in it, and what the host?",
				"target.go, parseAbsolute: scheme, host, path and query.",
				`Cut at "://", then at the first "?", and the host ends at the first "/".`,
			},
		},
		{
			ID: "03.21", Name: "a user name in a URI gets 400", Section: "RFC 9110 §4.2.4", Stricter: true,
			Say: say(head("GET http://bank@x/ HTTP/1.1", "Host: x")), Want: want("400"),
			Curl: "curl -v --request-target http://bank@x/ URL",
			Hints: [3]string{
				"http://bank@evil/ looks like a bank. Who is asked?",
				"authority.go, IsAuthority: a host, and perhaps a port.",
				"@ is in none of the lists that a host is made of, so isRegName refuses it.",
			},
		},
		{
			ID: "03.22", Name: "https in the target is not served here", Section: "RFC 9110 §7.4", Stricter: true,
			Say: say(head("GET https://x/ HTTP/1.1", "Host: x")), Want: want("421"),
			Curl: "curl -v --request-target https://x/ URL",
			Hints: [3]string{
				"The client believes that nobody can listen. Is that so?",
				"target.go, parseAbsolute: the scheme says how the request should have come.",
				"strings.EqualFold(scheme, \"https\") gives 421, refuse.MisdirectedRequest.",
			},
		},
		{
			ID: "03.23", Name: "OPTIONS * asks about the server as a whole", Section: "RFC 9112 §3.2.4", Stricter: true,
			Say: say(head("OPTIONS * HTTP/1.1", "Host: x")), Want: want("200 204 404 405 501"),
			Curl: "curl -v -X OPTIONS --request-target '*' URL",
			Hints: [3]string{
				"Is there a target that is not a path, and still right?",
				"target.go, parseTarget: this form is one byte long.",
				`target == "*" passes if the method is OPTIONS; its Path stays "".`,
			},
		},
		{
			ID: "03.24", Name: "a star for another method gets 400", Section: "RFC 9112 §3.2.4", Stricter: true,
			Say: say(head("GET * HTTP/1.1", "Host: x")), Want: want("400"),
			Curl: "curl -v --request-target '*' URL",
			Hints: [3]string{
				"What would it be that is got?",
				"target.go, parseTarget: the form of the target depends on the method.",
				`target == "*" is refused with 400 unless the method is OPTIONS.`,
			},
		},
		{
			ID: "03.25", Name: "CONNECT opens no tunnel", Section: "RFC 9110 §9.3.6", Stricter: true,
			Say: say(head("CONNECT x:443 HTTP/1.1", "Host: x:443")), Want: want("501"),
			Curl: "curl -v -X CONNECT --request-target x:443 URL",
			Hints: [3]string{
				"What would a 200 promise to this client?",
				"target.go, parseTarget: for CONNECT, the target is a host and a port. Check that, then say no.",
				"refuse.NotImplemented, which is 501, when IsAuthority says yes and the port is there; 400 otherwise.",
			},
		},
		{
			ID: "03.26", Name: "what follows a refused line is not answered", Section: "RFC 9112 §3", Stricter: true,
			// As for 03.3.
			Say: say(head("GET "+path+" HTTP/2.0", "Host: x") + get()), Want: want("505"), Ends: Closed,
			Hints: [3]string{
				"In another version, the head may end elsewhere. So where does the next request begin?",
				"Parse and checkVersion: a version that you do not speak is refused, and nothing is looked for behind it.",
				"Return the refusal at once: one answer, then goodbye.",
			},
		},
	}
}
