package server

import (
	"bytes"
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
func Pipeline() []Stage {
	return []Stage{
		{2, "read", readHead},
		{3, "requestline", parseLine},
		{4, "headers", parseHeaders},
		{5, "body", openBody},
		{7, "environ", fillEnviron},
		{8, "call", callApplication},
		{9, "response", sendResponse},
		{10, "keepalive", decideNext},
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

	conn    *connection
	app     wsgi.Application
	refused bool   // app is the one that explains an error
	watch   *watch // nil when nobody watches
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
			err = panicError{value, panickedAt()}
		}
		x.watch.leave(x, err)
		if err != nil && x.watch == nil && failed(stage, err) {
			fmt.Fprintf(x.conn.server.Errors, "barewire: step %02d %s: %q\n", stage.Number, stage.Name, err.Error())
		}
	}()
	return stage.Do(x)
}

func readHead(x *Exchange) (err error) {
	x.conn.early.Store(true)
	defer x.conn.early.Store(false)
	x.conn.readWithin(x.conn.server.Deadlines.Head)
	x.Head, err = read.Head(x.conn.reader, x.conn.server.Limits.Head, x.conn.head[:0])
	x.conn.head = x.Head
	if err != nil {
		// For the method: an answer to HEAD has no body, whatever was wrong.
		_ = parseLine(x)
	}
	return err
}

func parseLine(x *Exchange) (err error) {
	line, _, _ := bytes.Cut(x.Head, []byte("\r\n"))
	x.Line, err = requestline.Parse(line)
	return err
}

func parseHeaders(x *Exchange) (err error) {
	_, lines, _ := bytes.Cut(x.Head, []byte("\r\n"))
	x.Fields, err = headers.Parse(lines, x.conn.fields[:0])
	x.conn.fields = x.Fields
	if err != nil {
		return err
	}
	return headers.CheckHost(x.Fields, x.Line.Version)
}

func openBody(x *Exchange) (err error) {
	limits := x.conn.server.Limits.Body
	x.Framing, err = body.Frame(x.Line.Version, x.Fields, limits)
	if err != nil {
		return err
	}
	x.conn.readEach = x.conn.server.Deadlines.Body
	x.Input = body.NewReader(x.conn.reader, x.conn, x.Framing, limits)
	return nil
}

func fillEnviron(x *Exchange) error {
	x.Environ = make(wsgi.Environ, 32)
	environ.Fill(x.Environ, environ.Request{
		Line:    x.Line,
		Fields:  x.Fields,
		Framing: x.Framing,
		Input:   x.watch.input(x.Input),
		Errors:  x.watch.errors(x.conn.server.Errors),
		Server:  x.conn.here,
		Client:  x.conn.there,
	})
	x.Environ["barewire.note"] = x.watch.note()
	return nil
}

func callApplication(x *Exchange) error {
	x.Writer = &response.Writer{
		Conn:    x.conn,
		Buf:     x.conn.buf[:0],
		Method:  x.Line.Method,
		Version: x.Line.Version,
		Now:     x.conn.server.Now,
		Begin:   x.begin,
	}
	x.Answer = call.Application(x.watch.app(x.app), x.Environ, x.watch.send(x.Writer.Send))
	return nil
}

// begin is asked before the head is made: whether the connection stays open,
// and whether the application may have its say at all. A body that broke a rule
// is the answer, whatever the application made of it.
func (x *Exchange) begin() (keep bool, err error) {
	if x.refused {
		return false, nil
	}
	if err := x.Input.Err(); err != nil {
		return false, err
	}
	keep = keepalive.Persist(x.Line.Version, x.Fields, x.Input) && !x.conn.server.stopping()
	x.Input.Answered()
	return keep, nil
}

func sendResponse(x *Exchange) error {
	err := x.Writer.Body(x.Answer, x.watch.send(x.Writer.Send))
	x.conn.buf = x.Writer.Buf
	return err
}

func decideNext(x *Exchange) error {
	if x.Writer.Keep {
		if x.Input.Left() != 0 {
			// All that is left has the time of one read, or a dripping client
			// could make this last for days.
			x.conn.readWithin(x.conn.server.Deadlines.Body)
		}
		x.Keep = keepalive.Next(x.Input)
	}
	return nil
}
