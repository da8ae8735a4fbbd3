package server

import (
	"errors"
	"io"
	"sync"
	"time"

	wsgi "barewire/steps/06_wsgi"
	call "barewire/steps/08_call"
	"barewire/steps/refuse"
)

// A watch tells an observer about one exchange. What happens between two steps
// the driver says; for what happens inside one, five things are wrapped: the
// connection (in read.go and write.go), wsgi.input, wsgi.errors, start_response, and the
// way of the chunks from 08 to 09. The body itself never is, for watching must
// not change the answer.
//
// A nil watch is that of a request that nobody watches. It wraps nothing.
type watch struct {
	conn    *connection
	request int       // its number; the connection's own moves on
	began   time.Time // the exchange
	in, out int64     // what the connection had read and written by then
	entered time.Time // the stage in hand

	mutex     sync.Mutex    // for what follows, which goroutines of the application use too
	stage     Stage         // the one in hand
	elsewhere time.Duration // spent in what the stage called
	seam      time.Time     // when the last chunk was done with
	chunks    int
}

func newWatch(c *connection) *watch {
	if !c.watched {
		return nil
	}
	return &watch{conn: c, request: c.request, began: time.Now(), in: c.consumed(), out: c.out}
}

// place tells where something happens. An application may have goroutines that
// note something when the exchange is over, so it asks the connection nothing
// that changes.
func (w *watch) place() Place { return Place{w.conn.number, w.request, time.Now()} }

func (w *watch) tell(event Event) { w.conn.server.Observe(event) }

// enter and leave stand around a stage; leave only where somebody watches.
func (w *watch) enter(stage Stage) {
	if w != nil {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		w.stage, w.entered, w.elsewhere = stage, time.Now(), 0
		w.seam = w.entered
	}
}

func (w *watch) leave(x *Exchange, err error) {
	w.mutex.Lock()
	passed := Passed{
		Place: w.place(),
		Step:  w.stage.Number,
		Name:  w.stage.Name,
		Took:  time.Since(w.entered) - w.elsewhere,
	}
	w.mutex.Unlock()
	passed.Refused, passed.Error = outcome(err)
	switch w.stage.Number {
	case 2:
		passed.Head = copied(x.Head)
	case 3:
		line := Line(x.Line)
		passed.Line = &line
	case 4:
		for _, field := range x.Fields {
			passed.Fields = append(passed.Fields, Field{Bytes(field.Name), Bytes(field.Value)})
		}
	case 5:
		framing := Framing(x.Framing)
		passed.Framing = &framing
	case 7:
		passed.Environ = make(map[string]string, len(x.Environ))
		for key, value := range x.Environ {
			passed.Environ[key] = wsgi.Repr(key, value)
		}
	case 9:
		x.Answer.Lock() // against a late start_response
		passed.Status = x.Answer.Status
		x.Answer.Unlock()
	case 10:
		passed.Keep = x.Keep
	}
	w.tell(passed)
}

// outcome tells a refusal from any other error.
func outcome(err error) (*Refusal, string) {
	var refusal *refuse.Error
	switch {
	case errors.As(err, &refusal):
		return &Refusal{refusal.Status, refusal.Rule, refusal.Section, Bytes(refusal.Got)}, ""
	case err != nil:
		return nil, err.Error()
	}
	return nil, ""
}

// ended tells that the exchange is over.
func (w *watch) ended(x *Exchange) {
	if w != nil {
		w.tell(Ended{w.place(), w.conn.consumed() - w.in, w.conn.out - w.out, time.Since(w.began), x.Keep})
	}
}

// app wraps start_response.
func (w *watch) app(app wsgi.Application) wsgi.Application {
	if w == nil {
		return app
	}
	return func(environ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
		return app(environ, func(status string, headers wsgi.Headers, cause ...error) wsgi.Write {
			started := Started{Place: w.place(), Status: status}
			for _, header := range headers {
				started.Headers = append(started.Headers, Field{Bytes(header[0]), Bytes(header[1])})
			}
			if because := errors.Join(cause...); because != nil {
				started.Cause = said(because)
			}
			w.tell(started)
			return start(status, headers, cause...)
		})
	}
}

// send wraps the way of the chunks. Time in 09 is not 08's, nor the other way
// round: while 08 calls, sending is elsewhere; while 09 sends, making is. To be held
// is elsewhere for both. To an application with goroutines that is like a client that
// is slow: whoever sends has the lock of the answer. An answer that is whole is not
// held.
func (w *watch) send(send func(*call.Answer, []byte) error, whole *bool) func(*call.Answer, []byte) error {
	if w == nil {
		return send
	}
	return func(answer *call.Answer, chunk []byte) error {
		now := time.Now()
		w.mutex.Lock()
		w.chunks++
		stage := w.stage
		made := Chunk{w.place(), w.chunks, len(chunk), stage.Number == 8}
		w.mutex.Unlock()
		w.tell(made)
		err := send(answer, chunk)
		sent := time.Now()
		if after := w.conn.server.AfterChunk; after != nil && err == nil && len(chunk) > 0 && !*whole {
			after(w.place(), stage, made.Number, w.conn.left)
		}
		w.mutex.Lock()
		defer w.mutex.Unlock()
		if made.Written {
			w.elsewhere += time.Since(now)
		} else {
			w.elsewhere += now.Sub(w.seam) + time.Since(sent)
			w.seam = time.Now()
		}
		return err
	}
}

// input wraps wsgi.input.
func (w *watch) input(input wsgi.Input) wsgi.Input {
	if w == nil {
		return input
	}
	return watchedInput{input, w}
}

type watchedInput struct {
	wsgi.Input
	watch *watch
}

func (i watchedInput) Read(p []byte) (int, error) {
	begun := time.Now()
	n, err := i.Input.Read(p)
	i.watch.read("read", n, begun, err)
	return n, err
}

func (i watchedInput) ReadLine(max int) ([]byte, error) {
	begun := time.Now()
	line, err := i.Input.ReadLine(max)
	i.watch.read("readline", len(line), begun, err)
	return line, err
}

func (i watchedInput) Lines(yield func(line []byte, err error) bool) {
	begun := time.Now()
	for line, err := range i.Input.Lines {
		i.watch.read("readline", len(line), begun, err)
		if !yield(line, err) {
			return
		}
		begun = time.Now()
	}
}

func (w *watch) read(call string, size int, begun time.Time, err error) {
	took := time.Since(begun)
	read := InputRead{Place: w.place(), Call: call, Size: size, Took: took, End: err == io.EOF}
	if err != io.EOF {
		read.Refused, read.Error = outcome(err)
	}
	w.tell(read)
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.stage.Number == 8 {
		w.elsewhere += took // waiting for the client
	}
}

// note returns barewire.note.
func (w *watch) note() func(text string) {
	if w == nil {
		return func(string) {}
	}
	return func(text string) { w.tell(Noted{w.place(), text, false}) }
}

// errors replaces wsgi.errors, so that its lines find their place on the trace.
func (w *watch) errors(unwatched io.Writer) io.Writer {
	if w == nil {
		return unwatched
	}
	return watchedErrors{w}
}

type watchedErrors struct{ watch *watch }

func (e watchedErrors) Write(text []byte) (int, error) {
	e.watch.tell(Noted{e.watch.place(), string(text), true})
	return len(text), nil
}

// Worked tells of a process of the application's own. An application that has some
// looks whether its wsgi.errors can do this, so that it does nothing for watchers
// that are not there.
func (e watchedErrors) Worked(process int, did string, size int, took time.Duration, stack string) {
	e.watch.tell(Worked{e.watch.place(), process, did, size, took, stack})
}
