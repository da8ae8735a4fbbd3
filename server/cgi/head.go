package cgi

import (
	"slices"
	"strconv"
	"strings"

	call "barewire/steps/08_call"
)

// appendHead appends the head of a CGI response. Step 09 calls it, and goes on as
// it would for HTTP/1.0: the end of the output is the end of the body.
//
// The line end is LF, RFC 3875 §7.2; the CR LF of run_with_cgi is what a server
// should accept, too. Status comes always, though §6.3.3 lets 200 go without:
// a Location without one would ask the parent for another page, §6.2.2.
//
//	document-response = Content-Type [ Status ] *other-field NL response-body   §6.2.1
func appendHead(head []byte, answer *call.Answer, length int64) []byte {
	head = appendField(head, "Status", answer.Status)
	typed := false
	for _, field := range answer.Headers {
		switch name := strings.ToLower(field[0]); name {
		case "content-length":
			continue // stands below, if the status allows it
		case "status":
			continue // harmless in HTTP; here it would be a second one
		case "content-type":
			typed = true
		}
		head = appendField(head, field[0], field[1])
	}
	if !typed && hasContent(answer.Status) {
		// A CGI program must tell a type, §6.3.1, and a gateway adds what the
		// application omits, PEP 3333. This is what a client may take for the
		// type of content that has none, RFC 9110 §8.3.
		head = appendField(head, "Content-Type", "application/octet-stream")
	}
	if length >= 0 {
		head = appendField(head, "Content-Length", strconv.FormatInt(length, 10))
	}
	return append(head, '\n')
}

func appendField(head []byte, name, value string) []byte {
	return append(head, name+": "+value+"\n"...)
}

// hasContent tells whether an answer of this status can have content. The type of
// a 304 would be that of the page the client has already. RFC 9110 §15.4.5
func hasContent(status string) bool {
	return !slices.Contains([]string{"204", "205", "304"}, status[:3])
}
