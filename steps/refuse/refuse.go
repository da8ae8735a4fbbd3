// Package refuse is how a step says no.
//
// A server meets bytes that no rule allows, and it must not guess what they
// were meant to be: two servers that guess differently about one request are
// an attacker's way in. So a step that cannot go on returns an [Error]: the
// status the client gets, the rule that was broken, where it is written, and
// the bytes that broke it. The server turns it into an answer that teaches.
package refuse

import (
	"errors"
	"fmt"
)

// The statuses that the steps refuse with, as start_response takes them.
const (
	BadRequest         = "400 Bad Request"
	RequestTimeout     = "408 Request Timeout"
	ContentTooLarge    = "413 Content Too Large"
	URITooLong         = "414 URI Too Long"
	ExpectationFailed  = "417 Expectation Failed"
	MisdirectedRequest = "421 Misdirected Request"
	HeadTooLarge       = "431 Request Header Fields Too Large"
	ServerError        = "500 Internal Server Error"
	NotImplemented     = "501 Not Implemented"
	VersionUnsupported = "505 HTTP Version Not Supported"
)

// An Error is one refusal.
type Error struct {
	Status  string // what the client is told: "400 Bad Request"
	Rule    string // the broken rule, as a sentence without a full stop
	Section string // where the rule is written: "RFC 9112 §3"
	Got     string // the bytes that broke it, raw and at most maxGot of them
}

// maxGot bounds how much of a stranger's input an error carries around.
const maxGot = 120

// Because makes the refusal for got, bytes that broke the rule.
func Because(status, rule, section string, got []byte) *Error {
	if len(got) > maxGot {
		got = got[:maxGot]
	}
	return &Error{status, rule, section, string(got)}
}

// Error shows the bytes quoted, so that it is safe to print anywhere.
func (e *Error) Error() string {
	if e.Got == "" {
		return fmt.Sprintf("%s: %s (%s)", e.Status, e.Rule, e.Section)
	}
	return fmt.Sprintf("%s: %s (%s), got %q", e.Status, e.Rule, e.Section, e.Got)
}

// Explain returns the status and the words that a client gets for an error. A
// refusal names its rule, says where to read it, and shows the bytes. Of any
// other error the client learns nothing: that is for whoever runs the server.
func Explain(err error) (status, text string) {
	var refusal *Error
	if !errors.As(err, &refusal) {
		return ServerError, "The application failed. What went wrong is told on the server's side.\n"
	}
	text = fmt.Sprintf("rule    %s\nsource  %s\n", refusal.Rule, refusal.Section)
	if refusal.Got != "" {
		text += fmt.Sprintf("got     %q\n", refusal.Got)
	}
	return refusal.Status, text
}
