package body_test

import (
	"errors"
	"strings"
	"testing"

	body "barewire/steps/05_body"
	"barewire/steps/refuse"
)

// In all of these the limits are 100 bytes of content, 40 of a line and 60 of
// the trailer section.
func TestReadChunked(t *testing.T) {
	const bad = refuse.BadRequest
	hundred := strings.Repeat("x", 100)
	tests := []bodyTest{
		{"no chunk", "0\r\n\r\n", "", noError},
		{"one chunk", "8\r\nname=ada\r\n0\r\n\r\n", "name=ada", noError},
		{"one byte", "1\r\nx\r\n0\r\n\r\n", "x", noError},
		{"three chunks", "4\r\nname\r\n1\r\n=\r\n3\r\nada\r\n0\r\n\r\n", "name=ada", noError},
		{"CRLF inside a chunk", "6\r\n\r\n0\r\n\n\r\n0\r\n\r\n", "\r\n0\r\n\n", noError},

		// Sizes are hex digits.
		{"hex in small letters", "a\r\n0123456789\r\n0\r\n\r\n", "0123456789", noError},
		{"hex in capitals", "A\r\n0123456789\r\n0\r\n\r\n", "0123456789", noError},
		{"two digits", "10\r\n0123456789abcdef\r\n0\r\n\r\n", "0123456789abcdef", noError},
		{"zeros first", "0003\r\none\r\n0\r\n\r\n", "one", noError},
		{"zeros last", "3\r\none\r\n0000\r\n\r\n", "one", noError},
		{"no size", "\r\none\r\n0\r\n\r\n", "", bad},
		{"0x", "0x3\r\none\r\n0\r\n\r\n", "", bad},
		{"a plus", "+3\r\none\r\n0\r\n\r\n", "", bad},
		{"a minus", "-3\r\none\r\n0\r\n\r\n", "", bad},
		{"an underscore", "1_0\r\none\r\n0\r\n\r\n", "", bad},
		{"a letter that is no digit", "g\r\none\r\n0\r\n\r\n", "", bad},
		{"a space first", " 3\r\none\r\n0\r\n\r\n", "", bad},
		{"a space last", "3 \r\none\r\n0\r\n\r\n", "", bad},
		{"a tab last", "3\t\r\none\r\n0\r\n\r\n", "", bad},
		{"a comma", "3,\r\none\r\n0\r\n\r\n", "", bad},
		{"a bad size behind a good chunk", "3\r\none\r\nx\r\ntwo\r\n0\r\n\r\n", "one", bad},

		// Lines end with CRLF, and so do chunks.
		{"bare LF after a size", "3\none\r\n0\r\n\r\n", "", bad},
		{"bare CR after a size", "3\rone\r\n0\r\n\r\n", "", bad},
		{"bare LF after a chunk", "3\r\none\n0\r\n\r\n", "one", bad},
		{"bare LF after the last size", "3\r\none\r\n0\n\r\n", "one", bad},
		{"bare LF at the end", "3\r\none\r\n0\r\n\n", "one", bad},
		{"a chunk longer than its size", "3\r\nones\r\n0\r\n\r\n", "one", bad},
		{"a chunk much longer than its size", "3\r\none and more\r\n0\r\n\r\n", "one", bad},
		{"a chunk shorter than its size", "5\r\none\r\n0\r\n\r\n", "one\r\n", bad},
		{"nothing after a chunk", "3\r\none0\r\n\r\n", "one", bad},
		{"an empty line too many", "3\r\none\r\n\r\n0\r\n\r\n", "one", bad},
		{"NUL in a size", "\x003\r\none\r\n0\r\n\r\n", "", bad},

		// The content is bounded, and so are numbers.
		{"as much as there may be", "64\r\n" + hundred + "\r\n0\r\n\r\n", hundred, noError},
		{"as much in two chunks", "63\r\n" + hundred[1:] + "\r\n1\r\nx\r\n0\r\n\r\n", hundred, noError},
		{"one byte more", "65\r\n" + hundred + "x\r\n0\r\n\r\n", "", refuse.ContentTooLarge},
		{"one byte more in a second chunk", "64\r\n" + hundred + "\r\n1\r\nx\r\n0\r\n\r\n", hundred, refuse.ContentTooLarge},
		{"2^63-1", "7fffffffffffffff\r\none\r\n", "", refuse.ContentTooLarge},
		{"2^63", "8000000000000000\r\none\r\n", "", refuse.ContentTooLarge},
		{"2^63-1 after another chunk", "3\r\none\r\n7fffffffffffffff\r\n", "one", refuse.ContentTooLarge},
		{"2^64+3, which looks like 3 to some", "10000000000000003\r\none\r\n0\r\n\r\n", "", refuse.ContentTooLarge},
		{"thirty digits", strings.Repeat("f", 30) + "\r\none\r\n0\r\n\r\n", "", refuse.ContentTooLarge},

		// Extensions are checked and dropped.
		{"a name", "3;x\r\none\r\n0;y\r\n\r\n", "one", noError},
		{"a name and a value", "3;x=1\r\none\r\n0\r\n\r\n", "one", noError},
		{"several", "3;x=1;y;z=\"3\"\r\none\r\n0\r\n\r\n", "one", noError},
		{"white space around them", "3 \t; \tx \t= \t1 ; y\r\none\r\n0\r\n\r\n", "one", noError},
		{"a quoted value", `3;x="a b;c=d,"` + "\r\none\r\n0\r\n\r\n", "one", noError},
		{"an empty quoted value", `3;x=""` + "\r\none\r\n0\r\n\r\n", "one", noError},
		{"quoted pairs", `3;x="\"\\\;"` + "\r\none\r\n0\r\n\r\n", "one", noError},
		{"bytes from 0x80 in quotes", "3;x=\"\xe4\xff\xc3\xa4\"\r\none\r\n0\r\n\r\n", "one", noError},
		{"a tab in quotes", "3;x=\"a\tb\"\r\none\r\n0\r\n\r\n", "one", noError},
		{"a semicolon alone", "3;\r\none\r\n0\r\n\r\n", "", bad},
		{"two semicolons", "3;;x\r\none\r\n0\r\n\r\n", "", bad},
		{"no name", "3;=1\r\none\r\n0\r\n\r\n", "", bad},
		{"no value", "3;x=\r\none\r\n0\r\n\r\n", "", bad},
		{"two values", "3;x=1=2\r\none\r\n0\r\n\r\n", "", bad},
		{"text without a semicolon", "3 x\r\none\r\n0\r\n\r\n", "", bad},
		{"white space last", "3;x=1 \r\none\r\n0\r\n\r\n", "", bad},
		{"a quote without its end", "3;x=\"a\r\none\r\n0\r\n\r\n", "", bad},
		{"a quote that a backslash keeps open", `3;x="a\"` + "\r\none\r\n0\r\n\r\n", "", bad},
		{"text behind a quote", `3;x="a"b` + "\r\none\r\n0\r\n\r\n", "", bad},
		{"a control byte in quotes", "3;x=\"\x01\"\r\none\r\n0\r\n\r\n", "", bad},
		{"a control byte in a quoted pair", "3;x=\"\\\x01\"\r\none\r\n0\r\n\r\n", "", bad},
		{"DEL in quotes", "3;x=\"\x7f\"\r\none\r\n0\r\n\r\n", "", bad},
		{"a control byte in a name", "3;\x01\r\none\r\n0\r\n\r\n", "", bad},
		{"a byte from 0x80 in a name", "3;\xe4\r\none\r\n0\r\n\r\n", "", bad},
		{"a bad one behind a huge size", strings.Repeat("f", 20) + ";\r\none\r\n0\r\n\r\n", "", bad},
		{"as long as they may be", "3;" + strings.Repeat("x", 40-len("3;\r\n")) + "\r\none\r\n0\r\n\r\n", "one", noError},
		{"one byte longer", "3;" + strings.Repeat("x", 41-len("3;\r\n")) + "\r\none\r\n0\r\n\r\n", "", bad},
		{"as many zeros as there may be", strings.Repeat("0", 37) + "3\r\none\r\n0\r\n\r\n", "one", noError},
		{"one zero more", strings.Repeat("0", 38) + "3\r\none\r\n0\r\n\r\n", "", bad},

		// Each of these lines has 22 bytes more than the longest size. Together they
		// may outweigh the content by 60.
		{"as much beside the content as there may be", strings.Repeat(extended("1", "x"), 2) + "0\r\n\r\n", "xx", noError},
		{"more beside the content", strings.Repeat(extended("1", "x"), 3) + "0\r\n\r\n", "xx", bad},
		{"more beside the content, in zeros", strings.Repeat(strings.Repeat("0", 37)+"1\r\nx\r\n", 3) + "0\r\n\r\n", "xx", bad},
		{"more beside the content, before the last chunk", strings.Repeat(extended("1", "x"), 2) + extended("0", ""), "xx", bad},
		{"as much beside a larger content", strings.Repeat(extended("14", hundred[:20]), 4) + "0\r\n\r\n", hundred[:80], noError},

		// Trailer fields too.
		{"a trailer", "3\r\none\r\n0\r\nX: 1\r\n\r\n", "one", noError},
		{"two trailers", "3\r\none\r\n0\r\nX: 1\r\nY:2\r\n\r\n", "one", noError},
		{"a trailer without chunks", "0\r\nX: 1\r\n\r\n", "", noError},
		{"a trailer that looks like framing", "3\r\none\r\n0\r\nContent-Length: 99\r\n\r\n", "one", noError},
		{"a trailer without a colon", "3\r\none\r\n0\r\nX\r\n\r\n", "one", bad},
		{"a trailer with a space before the colon", "3\r\none\r\n0\r\nX : 1\r\n\r\n", "one", bad},
		{"a folded trailer", "3\r\none\r\n0\r\nX: 1\r\n 2\r\n\r\n", "one", bad},
		{"a control byte in a trailer", "3\r\none\r\n0\r\nX: \x01\r\n\r\n", "one", bad},
		{"bare LF after a trailer", "3\r\none\r\n0\r\nX: 1\n\r\n", "one", bad},
		{"a trailer as long as it may be", "0\r\nX: " + strings.Repeat("x", 60-len("X: \r\n\r\n")) + "\r\n\r\n", "", noError},
		{"a trailer one byte longer", "0\r\nX: " + strings.Repeat("x", 61-len("X: \r\n\r\n")) + "\r\n\r\n", "", refuse.HeadTooLarge},
		{"a trailer much longer", "0\r\nX: " + strings.Repeat("x", 100) + "\r\n\r\n", "", refuse.HeadTooLarge},
		{"too many trailers", "0\r\n" + strings.Repeat("X: 1\r\n", 10) + "\r\n", "", refuse.HeadTooLarge},
	}
	for _, test := range tests {
		test.run(t, body.Framing{Chunked: true})
	}
}

// extended is a chunk whose line is as long as it may be.
func extended(size, data string) string {
	return size + ";" + strings.Repeat("x", 40-len(size+";\r\n")) + "\r\n" + data + "\r\n"
}

func TestReadChunkedRefusalsShowTheBytes(t *testing.T) {
	tests := []struct{ in, want string }{
		{"x\r\n", "x"},
		{"3;\r\n", "3;"},
		{"3\n", "3\n"},
		{"3\r\nones\r\n", "s\r"},
		{strings.Repeat("0", 50), strings.Repeat("0", 40)},
		{"0\r\nX\r\n", "X"},
		{"0\r\nX: " + strings.Repeat("x", 100), "X: " + strings.Repeat("x", 57)},
		{"65\r\n", ""},
		{"", ""},
	}
	for _, test := range tests {
		_, err := body.NewReader(whole(test.in), nil, body.Framing{Chunked: true}, limits).ReadLine(1000)
		var refusal *refuse.Error
		if !errors.As(err, &refusal) || refusal.Got != test.want || refusal.Rule == "" || !strings.HasPrefix(refusal.Section, "RFC ") {
			t.Errorf("reading %q gives %v, want a rule, an RFC section and the bytes %q", test.in, err, test.want)
		}
	}
}
