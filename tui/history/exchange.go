package history

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"barewire/server"
	response "barewire/steps/09_response"
)

// An Exchange is one request and its answer.
type Exchange struct {
	Number, Conn   int
	Client, Server server.Endpoint
	Began          time.Time
	Events         []server.Event // as they were told; of large bodies without the bytes
	Missing        int            // events that were too many to keep
	Carried        []byte         // bytes that had arrived with the request before
	Gap            bool           // some of it was lost on the way here
	Marked         bool           // it is not to be forgotten
	Note           string         // what somebody has written beside it

	// What came out of the steps, as far as they got.
	Steps   [11]Step // by number; 0 is none
	Head    []byte
	Line    *server.Line
	Fields  []server.Field
	Framing *server.Framing
	Environ map[string]string
	Started []server.Started // calls of start_response, while they could change the answer

	// ExplainedBy is the step whose error became the answer, 0 for none. What is
	// started and yielded from then on is the server's explanation.
	ExplainedBy int

	Worker int // the process that had it, if the application has processes of its own; 0 for none

	// What became of it.
	Status  string // of the answer as it was sent, "" before
	Done    bool
	Keep    bool          // the connection stayed open
	In, Out int64         // bytes
	Took    time.Duration // up to the end

	ordinal   int   // how many had begun, with it
	size      int64 // of its events
	received  int64 // bytes kept of what was read
	sent      int64 // bytes kept of what was written
	forgotten bool

	worked time.Duration // what the worker took, all its turns
	turns  time.Duration // of that, what no step or chunk was told after
	within time.Duration // of that, what the steps count as theirs
}

// A Step is what one step did for one exchange.
type Step struct {
	State   State
	At      time.Time     // when it was done
	Took    time.Duration // by itself
	Refusal *server.Refusal
	Error   string
}

// A State is how far a step has got.
type State int

const (
	Ahead  State = iota // it was not reached, or is in hand
	Passed              // it is done
	Failed              // it refused, or something broke in it
)

// add takes in an event. Of what is read and written it keeps so many bytes.
func (x *Exchange) add(event server.Event, body int64) {
	place := event.Where()
	x.Steps[1] = Step{State: Passed}
	switch e := event.(type) {
	case server.Received:
		x.In += int64(e.Size)
		e.Bytes = cut(e.Bytes, &x.received, body)
		event = e
		x.size += int64(len(e.Bytes))
	case server.Sent:
		if x.Status == "" {
			x.Status = statusOf(e.Bytes)
		}
		x.Out += int64(e.Size)
		e.Bytes = cut(e.Bytes, &x.sent, body)
		event = e
		x.size += int64(len(e.Bytes))
	case server.Passed:
		if e.Step == 8 || e.Step == 9 {
			x.within, x.turns = x.within+x.turns, 0
		}
		x.passed(e)
		x.size += int64(len(e.Head)) + sizeOf(e.Fields)
		for key, value := range e.Environ {
			x.size += int64(len(key) + len(value))
		}
	case server.Started:
		x.size += sizeOf(e.Headers)
		if x.ExplainedBy == 0 && x.Status == "" {
			x.Started = append(x.Started, e)
		}
	case server.InputRead:
		if e.Refused != nil || e.Error != "" {
			// The body broke after step 05 had opened it.
			x.Steps[5] = Step{State: Failed, At: e.At, Took: x.Steps[5].Took, Refusal: e.Refused, Error: e.Error}
		}
	case server.Noted:
		x.size += int64(len(e.Text))
	case server.Worked:
		x.Worker = e.Process
		x.worked, x.turns = x.worked+e.Took, x.turns+e.Took
		x.size += int64(len(e.Did) + len(e.Stack))
	case server.Chunk:
		if !e.Written {
			x.turns = 0 // 09 does not count how long a chunk is made
		}
	case server.Ended:
		x.Done, x.Keep, x.Took = true, e.Keep, e.Took
		x.In, x.Out = e.In, e.Out
	}
	if !x.Done {
		x.Took = place.At.Sub(x.Began)
	}
	if len(x.Events) >= maxEvents && isOneOfMany(event) {
		x.Missing++
		return
	}
	x.size += perEvent
	x.Events = append(x.Events, event)
}

// maxEvents bounds the events of an exchange that goes on and on. What it is worth
// knowing of the end of one is no single read or chunk.
const maxEvents = 10_000

func isOneOfMany(event server.Event) bool {
	switch event.(type) {
	case server.Received, server.Sent, server.Chunk, server.InputRead, server.Noted, server.Worked:
		return true
	}
	return false
}

// perEvent is about what an event takes without what strangers put into it.
const perEvent = 256

func sizeOf(fields []server.Field) (size int64) {
	for _, field := range fields {
		size += int64(len(field[0]) + len(field[1]))
	}
	return size
}

// cut keeps as many bytes as there is still room for. They are copied, or the
// others would stay in memory behind them.
func cut(b server.Bytes, kept *int64, limit int64) server.Bytes {
	if room := max(limit-*kept, 0); int64(len(b)) > room {
		b = append(server.Bytes(nil), b[:room]...)
	}
	*kept += int64(len(b))
	return b
}

// passed takes note of what a step has made. Of a refused request the last steps
// come too: they say why. They may come for the second time then, and what they
// did at first is what counts.
func (x *Exchange) passed(e server.Passed) {
	step := Step{State: Passed, At: e.At, Took: e.Took, Refusal: e.Refused, Error: e.Error}
	if e.Refused != nil || e.Error != "" {
		step.State = Failed
		if x.Status == "" && x.ExplainedBy == 0 {
			x.ExplainedBy = e.Step
			if x.Steps[5].State == Failed {
				x.ExplainedBy = 5 // whatever the application made of it
			}
		}
	}
	broken := x.Steps[5].Refusal
	if e.Step > 5 && broken != nil && e.Refused != nil && e.Refused.Rule == broken.Rule {
		return // it only passed on what step 05 had said
	}
	if x.Steps[e.Step].State == Ahead {
		x.Steps[e.Step] = step
	}
	switch e.Step {
	case 2:
		x.Head = e.Head
	case 3:
		x.Line = e.Line
	case 4:
		x.Fields = e.Fields
	case 5:
		x.Framing = e.Framing
	case 7:
		x.Environ = e.Environ
	}
}

// statusOf returns the status in the first bytes of an answer, which may be
// 100 Continue: then the final one is yet to come.
func statusOf(answer []byte) string {
	line, _, _ := bytes.Cut(answer, []byte("\r\n"))
	version, status, _ := strings.Cut(string(line), " ")
	if version != "HTTP/1.1" && version != "HTTP/1.0" || strings.HasPrefix(status, "1") {
		return ""
	}
	return status
}

// brokenOff ends an exchange that has no end of its own: its application has
// ended the goroutine.
func (x *Exchange) brokenOff(place server.Place) {
	x.Done, x.Gap, x.Took = true, true, place.At.Sub(x.Began)
}

// Called tells whether the application was called: not the one that explains why
// a step before it said no.
func (x *Exchange) Called() bool { return x.Steps[7].State == Passed }

// FailedAt returns the first step that refused or broke, 0 if none did.
func (x *Exchange) FailedAt() int {
	for number, step := range x.Steps {
		if step.State == Failed {
			return number
		}
	}
	return 0
}

// Left tells whether the client left before its request was whole, so that
// there was nobody to answer.
func (x *Exchange) Left() bool { return x.Done && x.Status == "" && x.FailedAt() == 2 }

// Wrong tells whether something went wrong, on whichever side. What was not
// seen may have gone well.
func (x *Exchange) Wrong() bool {
	return x.FailedAt() != 0 || x.Done && x.Status == "" && !x.Gap
}

// Turns tells how long the worker took, and how long the server's steps did without it.
func (x *Exchange) Turns() (worker, server time.Duration) {
	for _, step := range x.Steps {
		server += max(step.Took, 0) // -1 is not known
	}
	return x.worked, max(server-x.within, 0)
}

// Stack returns the calls that led to start_response, the application's first; none
// if nobody told them.
func (x *Exchange) Stack() []string {
	for _, event := range x.Events {
		if worked, is := event.(server.Worked); is && worked.Stack != "" {
			return strings.Split(worked.Stack, "\n")
		}
	}
	return nil
}

// LastTurn returns what the worker said at its end, nil if it has not.
func (x *Exchange) LastTurn() *server.Worked {
	for _, event := range slices.Backward(x.Events) {
		if worked, is := event.(server.Worked); is {
			if worked.Did == "end" {
				return &worked
			}
			return nil
		}
	}
	return nil
}

// Method returns the method, "-" as long as nobody knows it.
func (x *Exchange) Method() string {
	if x.Line == nil || x.Line.Method == "" {
		return "-"
	}
	return x.Line.Method
}

// Target returns the target, "-" as long as nobody knows it.
func (x *Exchange) Target() string {
	if x.Line == nil || x.Line.Target == "" {
		return "-"
	}
	return x.Line.Target
}

// Outcome says what came of it, in as few words as a list has room for.
func (x *Exchange) Outcome() string {
	at, code := x.FailedAt(), x.Status
	if len(code) > 3 {
		code = code[:3]
	}
	switch {
	case x.Left():
		return "left at 02"
	case at != 0 && x.Status != "":
		return fmt.Sprintf("%s at %02d", code, at)
	case at != 0:
		return fmt.Sprintf("failed at %02d", at)
	case x.Status != "" && !x.Done:
		return code + " so far"
	case x.Status != "":
		return x.Status
	case x.Gap && x.Done:
		return "not seen"
	case x.Done:
		return "broken off"
	}
	return "under way"
}

// Remark says in a few words why it is as it is.
func (x *Exchange) Remark() string {
	connection := "connection kept"
	if !x.Keep {
		connection = "connection closed" // which it will be, if a step said no
	}
	step := x.Steps[x.FailedAt()]
	switch {
	case x.Left():
		return "client left inside the head"
	case step.Refusal != nil:
		return reason(step.Refusal.Rule) + "; " + connection
	case strings.Contains(step.Error, response.ErrGone.Error()):
		return "the client left while it was answered"
	case step.Error != "":
		return step.Error + "; " + connection
	case x.Gap:
		return "some of it was not seen"
	case !x.Done:
		return ""
	case x.Method() == "HEAD":
		return "no body, as HEAD asks"
	}
	return connection
}
