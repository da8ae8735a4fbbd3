package check

import "strings"

// step04 is about the fields: what a name is, what a value is, and which host.
func step04() []Check {
	return []Check{
		{
			ID: "04.1", Name: "a field is a name and a value", Section: "RFC 9112 §5", Core: true, Needs: Demo,
			Say:  say(get("X:  a b:c \t")),
			Want: []Want{{Status: "200", Has: []string{"\nFields: 2\n  Host: \"x\"\n  X: \"a b:c\"\n"}}},
			Curl: "curl -v -H 'X: a b:c' URL",
			Hints: [3]string{
				"A value may hold a colon. Which one ends the name?",
				"headers.go, ParseLine: the first colon. The white space around the value is no part of it.",
				`name, value, found := strings.Cut(text, ":"), then strings.Trim(value, " \t").`,
			},
		},
		{
			ID: "04.2", Name: "a request without Host gets 400", Section: "RFC 9112 §3.2", Core: true,
			Say: say(head("GET " + path + " HTTP/1.1")), Want: want("400"),
			Curl: "curl -v -H Host: URL",
			Hints: [3]string{
				"Many sites share one address. Which of them is meant?",
				"host.go, CheckHost: count the Host fields.",
				`None of them, and version is not "HTTP/1.0": refuse with 400.`,
			},
		},
		{
			ID: "04.3", Name: "two Host fields get 400", Section: "RFC 9112 §3.2", Core: true,
			Say: say(get("Host: y")), Want: want("400"),
			Hints: [3]string{
				"The proxy before you looked at one of the two. Do you know at which?",
				"host.go, CheckHost: go on counting behind the first.",
				"A second Host field is refused, in any version, even if both say the same.",
			},
			Catches: []string{"first-field-wins"},
		},
		{
			ID: "04.4", Name: "a space before the colon gets 400", Section: "RFC 9112 §5.1", Core: true,
			Say: say(get("X : a")), Want: want("400"),
			Curl: "curl -v -H 'X : a' URL",
			Hints: [3]string{
				"Is the name \"X\" or \"X \"? Two servers have answered differently, and somebody got in between.",
				"headers.go, ParseLine: look at the end of the name. Trim only the value.",
				"A name that ends with a space or a tab is refused; IsToken would say so too.",
			},
		},
		{
			ID: "04.5", Name: "a line without a colon gets 400", Section: "RFC 9112 §5", Core: true, Stricter: true,
			Say: say(get("no field at all")), Want: want("400"),
			Hints: [3]string{
				"Every line of the head but the first is a field. What has every field?",
				"headers.go, ParseLine: strings.Cut tells whether it found the colon.",
				"if !found, refuse with 400.",
			},
		},
		{
			ID: "04.6", Name: "equal Host fields are two all the same", Section: "RFC 9112 §3.2",
			Say: say(get("Host: x")), Want: want("400"),
			Hints: [3]string{
				"They agree today. Does the rule ask for that?",
				"host.go, CheckHost: count the fields, not the different values.",
				"Count before you compare: the second Host field is refused, whatever it says.",
			},
			Catches: []string{"first-field-wins"},
		},
		{
			ID: "04.7", Name: "a second Host in other letters is a second Host", Section: "RFC 9110 §5.1",
			Say: say(get("hOsT: y")), Want: want("400"),
			Hints: [3]string{
				"Is it another name because it is spelt in other letters?",
				"Field.Is compares names for you.",
				"if field.Is(\"Host\"), never field.Name == \"Host\".",
			},
			Catches: []string{"first-field-wins"},
		},
		{
			ID: "04.8", Name: "the case of a name does not count", Section: "RFC 9110 §5.1",
			Say: say(head("GET "+path+" HTTP/1.1", "hOsT: x")), Want: want("200"),
			Curl: "curl -v -H 'hOsT: x' URL",
			Hints: [3]string{
				"HTTP/2 sends all names in small letters, and proxies hand them on so. Do you know them still?",
				"Field.Is: the same name in whatever case.",
				"EqualFold(f.Name, name); the name itself is kept as it was sent.",
			},
		},
		{
			ID: "04.9", Name: "HTTP/1.0 needs no Host", Section: "RFC 9112 §3.2",
			Say: say(head("GET " + path + " HTTP/1.0")), Want: want("200"),
			Curl: "curl -v --http1.0 -H Host: URL",
			Hints: [3]string{
				"Could a client of HTTP/1.0 know this field?",
				"host.go, CheckHost: it gets the version, too.",
				`A missing Host is refused only if version != "HTTP/1.0".`,
			},
		},
		{
			ID: "04.10", Name: "a whole URI does not replace the Host field", Section: "RFC 9112 §3.2.2",
			Say: say(head("GET http://x" + path + " HTTP/1.1")), Want: want("400"),
			Curl: "curl -v -H Host: --request-target http://x/ URL",
			Hints: [3]string{
				"The host stands in the target. Does the rule about the field say anything of that?",
				"host.go, CheckHost: it looks at fields and version, and at nothing else.",
				"Any request in HTTP/1.1 without a Host field gets 400.",
			},
		},
		{
			ID: "04.11", Name: "a Host with a space gets 400", Section: "RFC 9112 §3.2",
			Say: say(head("GET "+path+" HTTP/1.1", "Host: x y")), Want: want("400"),
			Curl: "curl -v -H 'Host: x y' URL",
			Hints: [3]string{
				"There is one field. Does it say one host?",
				"host.go, CheckHost: step 03 knows what a host is.",
				"requestline.IsAuthority(field.Value) has to be true, unless the value is empty.",
			},
		},
		{
			ID: "04.12", Name: "a Host with a user name gets 400", Section: "RFC 9112 §3.2", Stricter: true,
			Say: say(head("GET "+path+" HTTP/1.1", "Host: bank@x")), Want: want("400"),
			Curl: "curl -v -H 'Host: bank@x' URL",
			Hints: [3]string{
				"An application may put this field into a link. Where would it lead?",
				"host.go, CheckHost: Host is a host and perhaps a port, and no user.",
				"IsAuthority refuses @: call it on the value of the Host field.",
			},
		},
		{
			ID: "04.13", Name: "a line that continues the one before gets 400", Section: "RFC 9112 §5.2", Stricter: true,
			Say: say(get("X: a", " b")), Want: want("400"),
			Hints: [3]string{
				"Once, a long value could go on in the next line. Who still reads it so?",
				"headers.go, ParseLine: look at the first byte of the line.",
				"A line that begins with a space or a tab is refused, before it is cut.",
			},
		},
		{
			ID: "04.14", Name: "white space before the first field gets 400", Section: "RFC 9112 §2.2", Stricter: true,
			Say: say(head("GET "+path+" HTTP/1.1", " Host: y", "Host: x")), Want: want("400"),
			Hints: [3]string{
				"Does this line belong to the request line, or is it a field?",
				"headers.go, ParseLine: the rule for the first field is that for all.",
				"Trim nothing before you have looked at the first byte.",
			},
		},
		{
			ID: "04.15", Name: "a field without a name gets 400", Section: "RFC 9110 §5.1", Stricter: true,
			// RFC 9112 §2.2 says should.
			Say: say(get(": a")), Want: want("400"),
			Hints: [3]string{
				"There is a colon. What is missing?",
				"headers.go, ParseLine: a name is a token, and a token has at least one character.",
				"requestline.IsToken(name) says no to the empty text.",
			},
		},
		{
			ID: "04.16", Name: "a space inside a name gets 400", Section: "RFC 9110 §5.1", Stricter: true,
			// RFC 9112 §2.2 says should.
			Say: say(get("X Y: a")), Want: want("400"),
			Curl: "curl -v -H 'X Y: a' URL",
			Hints: [3]string{
				"Step 07 will make a variable of this name. What would it be called?",
				"headers.go, ParseLine: step 03 knows what a token is.",
				"if !requestline.IsToken(name), refuse with 400.",
			},
		},
		{
			ID: "04.17", Name: "an escape byte in a value gets 400", Section: "RFC 9110 §5.5", Stricter: true,
			Say: say(get("X: \x1b[2J")), Want: want("400"), Exclude: []string{"\x1b"},
			Curl: `curl -v -H "X: $(printf '\033[2J')" URL`,
			Hints: [3]string{
				"What happens to the screen of whoever reads this in a log?",
				"headers.go, HasControl: bytes below the space, but not the tab; and DEL.",
				"c < ' ' && c != '\\t' || c == 0x7f is a control byte; ParseLine refuses a value that holds one.",
			},
		},
		{
			ID: "04.18", Name: "bytes from 0x80 in a value are let stand", Section: "RFC 9110 §5.5",
			Say: say(get("X: \xff\xc3\xa4")), Want: want("200"),
			Curl: `curl -v -H "X: $(printf '\377')" URL`,
			Hints: [3]string{
				"You do not know the encoding. Do you need to?",
				"HasControl goes through bytes, not through runes.",
				"for i := range len(text), with c := text[i]; 0x80 and above is no control byte.",
			},
		},
		{
			ID: "04.19", Name: "tabs around a value, or nothing in it, are no fault", Section: "RFC 9112 §5.1",
			Say: say(get("X:\ta\t", "Y:", "Z:a")), Want: want("200"),
			Curl: "curl -v -H 'Y;' -H 'Z:a' URL",
			Hints: [3]string{
				"Is the space behind the colon a rule, or a habit?",
				"headers.go, ParseLine: the white space around a value is any number of spaces and tabs, also none.",
				`strings.Trim(value, " \t"); the value may be empty then.`,
			},
		},
		{
			ID: "04.20", Name: "fields keep their order and their doubles", Section: "RFC 9110 §5.3", Needs: Demo,
			Say:  say(get("X: 1", "Y: 2", "x: 3")),
			Want: []Want{{Status: "200", Has: []string{"\nFields: 4\n  Host: \"x\"\n  X: \"1\"\n  Y: \"2\"\n  x: \"3\"\n"}}},
			Curl: "curl -v -H 'X: 1' -H 'Y: 2' -H 'x: 3' URL",
			Hints: [3]string{
				"A map would forget something here. What?",
				"headers.go, Parse appends to a slice.",
				"fields = append(fields, field) for every line, also when the name was there before.",
			},
			Catches: []string{"first-field-wins"},
		},
		{
			ID: "04.21", Name: "what follows a refused field is not answered", Section: "RFC 9112 §2.2",
			Say: say(get("X : Content-Length: 0") + get()), Want: want("400"), Ends: Closed,
			Hints: [3]string{
				"What might the field have said that you could not read?",
				"headers.go, Parse: a refusal is the last answer on its connection.",
				"Return the error at once; the demo answers and says goodbye.",
			},
		},
		{
			ID: "04.22", Name: "fifty fields are served", Section: "RFC 9110 §5.4",
			Say: say(get(strings.Split(strings.Repeat("X-Some-Field: a,", 50), ",")[:50]...)), Want: want("200"),
			Hints: [3]string{
				"A browser with cookies sends thirty. Is there room?",
				"headers.go, Parse: is there a bound on the number of fields that is too small?",
				"append makes room by itself; the bound on the lines is in read.Limits.",
			},
		},
		{
			// RFC 9110 §5.5 lets a recipient keep other control bytes than CR, LF and NUL.
			ID: "04.23", Name: "a form feed at the end of a value is not trimmed away", Section: "RFC 9110 §5.5", Stricter: true,
			Say: say(get("X: a\f")), Want: want("400"),
			Curl: `curl -v -H "X: $(printf 'a\f')" URL`,
			Hints: [3]string{
				"Which bytes count as white space around a value?",
				"headers.go, ParseLine: strings.TrimSpace knows more of them than HTTP does, and hides them from HasControl.",
				`strings.Trim(value, " \t") first, then HasControl(value) refuses what is left.`,
			},
		},
		{
			ID: "04.24", Name: "a no-break space around a value is part of it", Section: "RFC 9112 §5.1", Needs: Demo,
			Say:  say(get("X: \u00a0a\u00a0")),
			Want: []Want{{Status: "200", Has: []string{"\n  X: \"\\u00a0a\\u00a0\"\n"}}},
			Curl: "curl -v -H 'X: \u00a0a\u00a0' URL",
			Hints: [3]string{
				"Unicode has many kinds of white space. How many has HTTP?",
				"headers.go, ParseLine: optional white space is the space and the tab, and strings.TrimSpace takes off more.",
				`strings.Trim(value, " \t").`,
			},
		},
	}
}
