package history

import "regexp"

// briefly says what was wrong with a request, in the room that a list has: the rule
// that was broken, as a step states it with each number a 0, and the breach.
var briefly = map[string]string{
	"a request begins with a request line, not with empty lines":                              "two empty lines before the head",
	"a head has at most 0 lines here":                                                         "too many lines in the head",
	"the head did not arrive in time":                                                         "the head took too long",
	"a request line has at most 0 bytes here":                                                 "the request line is too long",
	"a line has at most 0 bytes here, and a head 0":                                           "the head is too long",
	"a line ends with CRLF, not with LF alone":                                                "a line that ends with LF alone",
	"CR stands only before LF":                                                                "a CR inside a line",
	"no line holds a NUL byte":                                                                "a NUL byte in the head",
	"a method is a token: letters, digits and !#$%&'*+-.^_`|~":                                "the method is no token",
	"a target is printable ASCII; other bytes are percent-encoded":                            "the target is not printable ASCII",
	`a target holds none of " < > #`:                                                          "a byte no target may hold",
	"two hex digits follow a percent sign":                                                    "a percent sign without its digits",
	"the target of CONNECT is a host, a colon and a port":                                     "CONNECT without host and port",
	"this server is no proxy and opens no tunnels":                                            "CONNECT, and we are no proxy",
	"the target * is for OPTIONS only":                                                        "the target * without OPTIONS",
	"what https names is served over TLS only":                                                "an https target, without TLS",
	"a target begins with / or http://":                                                       "the target begins with no /",
	"a URI names a host and perhaps a port, and no user":                                      "the target names no host",
	`a version is "HTTP/", a digit, a dot and a digit`:                                        "the version is none",
	"this server speaks HTTP/0.0 and HTTP/0.0":                                                "another version of HTTP",
	"a field is a name, a colon and a value":                                                  "a field without a colon",
	"no white space stands between a field's name and its colon":                              "a blank before a field's colon",
	"a field name is a token: letters, digits and !#$%&'*+-.^_`|~":                            "a field's name is no token",
	"a field value holds no control bytes":                                                    "a control byte in a field",
	"a request has one Host field":                                                            "two Host fields",
	"Host is a host and perhaps a port":                                                       "Host holds no host",
	"a request in HTTP/0.0 has a Host field":                                                  "no Host field",
	"CRLF follows the data of a chunk":                                                        "a chunk longer than its size",
	"the line before a chunk has at most 0 bytes here":                                        "a chunk's line is too long",
	"the size of a chunk is hex digits":                                                       "a chunk's size is no hex number",
	"after the size of a chunk come extensions, ;name=value, or nothing":                      "bad text after a chunk's size",
	"the extensions of all chunks have at most 0 bytes more than the content here":            "too many extensions of chunks",
	"a trailer section has at most 0 bytes here":                                              "the trailers are too long",
	"HTTP/0.0 has no Transfer-Encoding":                                                       "chunks in HTTP/1.0",
	"a request has Transfer-Encoding or Content-Length, not both":                             "a length, and chunks too",
	"Content-Length is decimal digits":                                                        "Content-Length is no number",
	"a request has one length":                                                                "two different lengths",
	"the last transfer coding of a request is chunked":                                        "not chunked at the end",
	"a body is chunked once":                                                                  "chunked twice",
	"this server decodes no transfer coding but chunked":                                      "an unknown transfer coding",
	"the one thing to expect is 0-continue":                                                   "an unknown expectation",
	"a body has at most 0 bytes here":                                                         "the body is too long",
	"the body ended early":                                                                    "the body broke off",
	"the body did not arrive in time":                                                         "the body took too long",
	"an application calls start_response before its first chunk":                              "start_response was not called",
	"an application returns a body, if only an empty one":                                     "the application returned no body",
	"an application yields no more bytes than its Content-Length says":                        "more bytes than it declared",
	"an application yields as many bytes as its Content-Length says":                          "fewer bytes than it declared",
	"an application writes before its body ends, not after":                                   "written behind the end",
	"a line that begins with white space would continue the one before, which is obsolete":    "a folded line",
	"a request line is a method, a target and a version, with exactly one space between them": "not three words, two spaces",
}

var numbers = regexp.MustCompile(`[0-9]+`)

// reason is a broken rule in few words, or as it is where nobody has put it so.
func reason(rule string) string {
	if brief, is := briefly[numbers.ReplaceAllString(rule, "0")]; is {
		return brief
	}
	return rule
}
