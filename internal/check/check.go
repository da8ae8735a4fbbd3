// Package check asks a server what it answers to which bytes, over a socket, and
// judges the answer. It does not care what the server is written in.
//
// A [Check] is data: what to send, in which pieces, and what must come back. The
// checks of a step stand in a file of its number; [All] has them in order.
// [Run] says them to a server, one after the other.
//
// Read check.go, then run.go and talk.go, which say a check, then answer.go,
// framing.go and judge.go, which judge, then any of the steps' files.
package check

import (
	"strings"
	"time"
)

// A Check is one rule, and the bytes that show whether a server keeps it.
type Check struct {
	ID       string // "03.4": the step that it is about, and its number there
	Name     string // "two spaces in a row get 400"
	Section  string // where the rule is written: "RFC 9112 §3"
	Core     bool   // one of the few that open the next chapter
	Stricter bool   // the rule is ours: the RFC lets a server be milder
	Needs    Needs  // what has to be served
	From     int    // the first step at which it must hold; 0 for the step in ID

	Say     []Piece       // what the client does, in this order
	Cut     bool          // say it again byte by byte, cut in two at every position, and at random
	Want    []Want        // the answers, in this order on each connection
	Ends    Ending        // how connection 0 must end once all answers are there
	Exclude []string      // bytes that must not come back anywhere
	Limit   time.Duration // for each answer; 0 for 5 s

	Curl    string    // a curl line that shows it, where curl can; "" else. URL is the server
	Hints   [3]string // from a nudge to nearly the answer
	Catches []string  // the mistakes that it must catch
}

// Step returns the step that the check is about: 3 for "03.4".
func (c *Check) Step() int {
	step, _, _ := strings.Cut(c.ID, ".")
	return int(step[0]-'0')*10 + int(step[1]-'0')
}

// Holds returns the first step at which the check must hold.
func (c *Check) Holds() int { return max(c.From, c.Step()) }

// Pauses returns how long the client waits all together, whatever the server does.
func (c *Check) Pauses() (all time.Duration) {
	for _, piece := range c.Say {
		all += piece.After
	}
	return all
}

// Needs tells what a server has to serve for a check to mean anything.
type Needs int

const (
	Anything Needs = iota // only HTTP is looked at: any server, any application
	Demo                  // the text that the demo of the check's own step prints
	App                   // check:App, in Go or in Python, behind all ten steps
)

// A Piece is one thing that a client does on one of its connections.
type Piece struct {
	On    int           // the connection, from 0; it is opened by its first piece
	Bytes string        // said in one write
	After time.Duration // a pause before it
	Await bool          // before it, an answer is read on this connection, all of it, or a 100 (Continue)
	Half  bool          // behind it the client says that it is done sending (FIN)
	Leave bool          // behind it the client is gone, whatever it is sent (RST)
}

// A Want is one answer as it must be. What is not said here is not looked at,
// but for the framing of the answer, which is always looked at. Interim answers
// may come before any answer; a 100 (Continue) must only where a Want has this status.
type Want struct {
	On      int      // the connection that it must come on
	Status  string   // "400", or several: "400 501"
	Head    bool     // it answers a HEAD request, so there is no body whatever its head says
	Fields  []string // fields that it must have: "Content-Length: 12", or just "Date"
	Without []string // names of fields that it must not have
	Body    *string  // its body, to the byte; nil for any
	Has     []string // what its body must hold
	Hasnt   []string // and must not hold
	Short   bool     // the body must break off: visibly shorter than its head promised
	None    bool     // no answer at all comes on this connection; with a Status, it may end without one
	Until   bool     // what is asked here is asked again, on a new connection, until it is right or Limit is over

	// Judge looks at what the other fields cannot say. It returns "", or what is wrong.
	Judge func(Answer) string
}

// Text is for Want.Body.
func Text(body string) *string { return &body }

// An Ending is how the server ends a connection.
type Ending string

const (
	Whatever Ending = ""        // closed or open, but never reset
	Closed   Ending = "closed"  // with FIN, and with no byte behind the last answer
	Open     Ending = "open"    // it stays open for the next request
	Dropped  Ending = "dropped" // closed in any way, a reset too: nothing was promised
)

// An Answer is one response, as it came.
type Answer struct {
	Raw     []byte // all of it
	Version string // "HTTP/1.1"
	Status  string // "400"
	Reason  string // "Bad Request"
	Fields  [][2]string
	Body    []byte   // without the chunk framing
	Chunks  int      // chunks it came in, 0 when it was not chunked
	Framing string   // "Content-Length", "chunked", "until close" or "no body"
	Earlier []Answer // the answers of the same check that were read before it

	Lasted time.Duration // from the first byte behind the head to the last
}

// Field returns the values of a field, joined with ", ", and whether there is one.
func (a Answer) Field(name string) (string, bool) {
	var values []string
	for _, field := range a.Fields {
		if strings.EqualFold(field[0], name) {
			values = append(values, field[1])
		}
	}
	return strings.Join(values, ", "), values != nil
}
