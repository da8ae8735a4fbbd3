// Package headers is step 04: What else did they say?
//
// In come the lines after the request line, out come header fields: pairs of a
// name and a value, in the order and the spelling of the client. A field is a
// name, a colon and a value; white space around the value does not count, and
// white space before the colon is forbidden, because servers used to disagree
// about what it meant.
//
// Nothing is looked up here, joined or dropped. Two fields of one name stay
// two fields; what that means differs from name to name, and the steps behind
// this one decide it. One field they cannot do without, so [CheckHost] asks
// for it: Host, exactly once. It says which site the client wants.
//
// How many lines a head has, and how long they are, step 02 has already
// bounded with 431, so this step need not.
//
// Left out on purpose: folding, which once let a value go on in the next line.
// It is obsolete, and refused. RFC 9112 §5.2
//
// Read headers.go, then host.go, then demo/main.go.
//
// RFC 9112 §5 (field syntax), RFC 9110 §5 (names and values), RFC 9112 §3.2
// (Host). Next: step 05 body, which finds out how long it is.
package headers
