// Package call is step 08: What does it answer?
//
// In comes an application and an environ; out comes an [Answer]: a status,
// headers and a body. The application gives them in two halves. Status and
// headers it says to start_response, a function that this step hands it; the
// body it returns. The two may come in any order, for a body that is made while
// it is sent may call start_response as late as at its first chunk. That is why
// the Answer is a pointer: its other half may be filled in later.
//
// start_response keeps the promises that only the server can check: the status
// is a status, no header smuggles in a line of its own, none of them speaks of
// the connection, and a second call has a cause. A broken promise is the
// application's bug, so it is a 500; the rule is named all the same.
//
// An application may have goroutines, and so the Answer has a lock: whoever adds
// to it, or sends of it, holds that.
//
// Left out on purpose: catching a panic. That is done once, around this step
// and the next, in the server.
//
// Read answer.go, then rules.go, then demo/main.go.
//
// PEP 3333 "The start_response() Callable", "The write() Callable".
// Next: step 09 response, which puts the answer into bytes.
package call
