package server

import (
	"errors"
	"fmt"

	read "barewire/steps/02_read"
	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	environ "barewire/steps/07_environ"
	call "barewire/steps/08_call"
	response "barewire/steps/09_response"
	keepalive "barewire/steps/10_keepalive"
	"barewire/steps/refuse"
)

// Pipeline returns the table that is the server: what happens to a request,
// from its first byte to the last of its answer. Step 01 and the loop over the
// requests of a connection stand around it, in connection.go. Step 06 is the
// line between 05 and 07: the contract, which has nothing to do.
//
// Each row names the step's function. What is around it here is what a step must
// not know of: deadlines, memory that is used again, and who watches (stages.go).
func Pipeline() []Stage {
	return []Stage{
		{2, "read", ReadHead(read.Head)},
		{3, "requestline", ParseLine(requestline.Parse)},
		{4, "headers", ParseHeaders(headers.Parse)},
		{5, "body", OpenBody(body.Frame, body.NewReader)},
		{7, "environ", FillEnviron(environ.Fill)},
		{8, "call", CallApplication(call.Application)},
		{9, "response", SendResponse((*response.Writer).Body)},
		{10, "keepalive", DecideNext(keepalive.Next)},
	}
}

// A Stage is the server's function around one step.
type Stage struct {
	Number int
	Name   string
	Do     func(*Exchange) error
}

// An Exchange is one request and its answer: what the steps have made so far,
// each in the field beside its number. Only an error sets one again: the method
// is sought in a broken head, and the last steps run for the answer that
// explains it.
type Exchange struct {
	Head    []byte           // 02
	Line    requestline.Line // 03
	Fields  []headers.Field  // 04
	Framing body.Framing     // 05
	Input   *body.Reader     // 05
	Environ wsgi.Environ     // 07
	Answer  *call.Answer     // 08
	Writer  *response.Writer // 08 makes it, for write; 09 uses it
	Keep    bool             // 10

	conn                 *connection
	sameLine, sameFields bool   // as in the head before, and what the steps made of them is known
	input                *input // what the application has of Input
	app                  wsgi.Application
	refused              bool                             // app is the one that explains an error
	send                 func(*call.Answer, []byte) error // the way of the chunks from 08 and 09 to Writer.Send
	watch                *watch                           // nil when nobody watches
}

// run takes an exchange through the table, from a step on. There is one road
// for every answer: an error becomes an application that explains it, and goes
// on at step 08. Only what comes too late, or finds nobody to tell, ends here.
func (s *Server) run(x *Exchange, from int) {
	for _, stage := range s.Pipeline {
		if stage.Number < from {
			continue
		}
		if s.Gate != nil {
			s.Gate(x.conn.place(), stage, x.conn.left)
		}
		err := x.pass(stage)
		switch {
		case err == nil || x.Answer != nil && x.Writer.Whole:
			// Done. Of an error behind a whole response the watcher is told.
		case x.canExplain(stage, err):
			x.app, x.refused = x.explain(stage, err), true
			s.run(x, 8)
			return
		default:
			return
		}
	}
}

// canExplain tells whether an error can still become the answer: nothing of
// another one is out, and somebody is there to read it.
func (x *Exchange) canExplain(stage Stage, err error) bool {
	refusal := new(refuse.Error)
	toTell := errors.As(err, &refusal) || failed(stage, err)
	return toTell && !x.refused && (x.Writer == nil || x.Writer.Framing == "")
}

// failed tells whether an error is the application's or our own: not that of a
// client who broke a rule, or left.
func failed(stage Stage, err error) bool {
	var panicked panicError
	var refusal *refuse.Error
	switch {
	case errors.As(err, &panicked):
		return true
	case errors.As(err, &refusal):
		return refusal.Status == refuse.ServerError
	}
	return stage.Number >= 8 && !errors.Is(err, response.ErrGone)
}

// errExit tells of runtime.Goexit, and of t.Fatal in an application of a test.
// There is no goroutine left that could explain it to the client.
var errExit = errors.New("the application ended its goroutine")

// pass takes the exchange through one stage. This is the one place that
// recovers: a panic ends an answer, and nothing else.
func (x *Exchange) pass(stage Stage) (err error) {
	x.watch.enter(stage)
	err = errExit // stays when nothing below returns
	defer func() {
		if value := recover(); value != nil {
			err = panicError{said(value), panickedAt()}
		}
		if err != nil || stage.Number == 9 {
			x.input.end() // the application has had its say
		}
		if x.watch != nil { // asked here: leave has a large frame, for which every stack would grow
			x.watch.leave(x, err)
		}
		if err != nil && x.watch == nil && failed(stage, err) {
			fmt.Fprintf(x.conn.server.Errors, "barewire: step %02d %s: %q\n", stage.Number, stage.Name, err.Error())
		}
	}()
	return known(stage.Do(x))
}
