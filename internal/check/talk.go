package check

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// againPause lies between two times of asking the same.
const againPause = 50 * time.Millisecond

// A talk is a check under way.
type talk struct {
	target Target
	check  *Check
	limit  time.Duration
	wires  map[int]*wire
	wants  map[int][]Want // those not yet read, by connection

	answers []Answer // read so far
}

// once runs a check a single time.
func (target Target) once(ctx context.Context, check *Check, say []Piece) Result {
	t := &talk{
		target: target, check: check, limit: cmp.Or(check.Limit, defaultLimit),
		wires: map[int]*wire{}, wants: map[int][]Want{},
	}
	defer func() {
		for _, w := range t.wires {
			w.close()
		}
	}()
	for _, want := range check.Want {
		t.wants[want.On] = append(t.wants[want.On], want)
	}
	on, wrong := t.say(ctx, say)
	if wrong == nil {
		on, wrong = t.readRest(ctx)
	}
	if wrong == nil {
		on, wrong = t.readEnds()
	}
	if wrong == nil {
		on, wrong = t.readExcluded()
	}
	if w := t.wires[on]; wrong != nil && w != nil && w.waited == 0 {
		w.listen(target.Quiet, t.limit) // all of it is worth seeing
	}
	return t.result(on, wrong)
}

// say does the pieces in order. It returns the first fault, and the connection
// that has it.
func (t *talk) say(ctx context.Context, pieces []Piece) (on int, wrong *fault) {
	for _, piece := range pieces {
		w, wrong := t.wire(ctx, piece.On)
		if wrong != nil {
			return piece.On, wrong
		}
		if piece.Await {
			if wrong := t.readAnswer(piece.On, true); wrong != nil {
				return piece.On, wrong
			}
		}
		if piece.After > 0 {
			select {
			case <-time.After(piece.After):
			case <-ctx.Done():
				return piece.On, cancelled(ctx)
			}
		}
		w.write(piece.Bytes, t.limit)
		switch {
		case piece.Leave:
			w.leave()
		case piece.Half:
			w.half()
		}
	}
	return 0, nil
}

// wire returns a connection, which it opens if there is none yet.
func (t *talk) wire(ctx context.Context, on int) (*wire, *fault) {
	if w := t.wires[on]; w != nil {
		return w, nil
	}
	w, err := dial(ctx, t.target.Addr, t.check.room(on), t.limit)
	if err != nil {
		return nil, &fault{-1, "a server that takes the connection", "there is no connection: " + err.Error()}
	}
	t.wires[on] = w
	return w, nil
}

func cancelled(ctx context.Context) *fault {
	return &fault{-1, "", ctx.Err().Error()}
}

// readAnswer reads and judges the next answer on a connection.
func (t *talk) readAnswer(on int, awaited bool) *fault {
	want, w := Want{On: on}, t.wires[on]
	if rest := t.wants[on]; len(rest) > 0 {
		want, t.wants[on] = rest[0], rest[1:]
	}
	wants100 := strings.Contains(want.Status, "100")
	reply, wrong := w.answer(want.Head, wants100 || awaited, t.limit)
	switch {
	case wrong == nil && reply.Status == "100" && !wants100:
		t.wants[on] = append([]Want{want}, t.wants[on]...) // which is still to come
		return nil
	case want.None && w.endedAt(reply.start):
		return nil
	case wrong == nil, want.Short && reply.broke && w.ended() != nil:
		reply.Earlier = t.answers
		t.answers = append(t.answers, reply.Answer)
		wrong = reply.judge(want)
	}
	if wrong != nil && wrong.expected == "" {
		wrong.expected = want.expected()
	}
	return wrong
}

// readRest reads the answers that no piece has waited for.
func (t *talk) readRest(ctx context.Context) (on int, wrong *fault) {
	for _, want := range t.check.Want {
		if _, wrong := t.wire(ctx, want.On); wrong != nil {
			return want.On, wrong
		}
		for rest := t.wants[want.On]; len(rest) > 0 && !want.silence(); rest = t.wants[want.On] {
			wrong := t.readAnswer(want.On, false)
			for until := time.Now().Add(t.limit); wrong != nil && want.Until && time.Now().Before(until); {
				wrong = t.again(ctx, want)
			}
			if wrong != nil {
				return want.On, wrong
			}
		}
	}
	return 0, nil
}

// again says once more, on a new connection, what was said on the one of a Want, and
// reads the answer.
func (t *talk) again(ctx context.Context, want Want) *fault {
	t.wires[want.On].close()
	delete(t.wires, want.On)
	t.wants[want.On] = []Want{want}
	for _, piece := range t.check.Say {
		if piece.On == want.On {
			piece.After = againPause
			if _, wrong := t.say(ctx, []Piece{piece}); wrong != nil {
				return wrong
			}
		}
	}
	return t.readAnswer(want.On, false)
}

// readEnds hears each connection out. A connection on which nothing is wanted is
// not looked at.
func (t *talk) readEnds() (on int, wrong *fault) {
	heard := map[int]bool{}
	for _, want := range t.check.Want {
		if heard[want.On] {
			continue
		}
		heard[want.On] = true
		if wrong := t.readEnd(want); wrong != nil {
			return want.On, wrong
		}
	}
	return 0, nil
}

func (t *talk) readEnd(want Want) *fault {
	w := t.wires[want.On]
	if w.gone {
		return nil
	}
	ends := Whatever
	if want.On == 0 {
		ends = t.check.Ends
	}
	// What a server does when we say FIN tells nothing of what it would have done
	// else. So whether it keeps the connection open is found out first.
	switch {
	case ends == Closed:
		_ = w.more(w.next, time.Now().Add(t.limit)) // what it waited for is looked at below
	case ends == Open:
		w.listen(t.target.Quiet/3, t.limit)
	case want.silence():
		w.listen(t.target.Quiet, t.limit)
	}
	if wrong := t.surplus(w); wrong != nil {
		if want.silence() {
			wrong.wrong = "an answer came all the same"
			wrong.expected = want.expected()
		}
		return wrong
	}
	got, _ := w.came()
	end := w.ended()
	switch {
	case ends == Closed && end == nil:
		w.waited = t.limit
		return &fault{len(got), "the end of the connection", "the connection stays open"}
	case ends == Open && end == io.EOF:
		return &fault{len(got), "a connection that stays open", "the server closed the connection"}
	}
	if !want.silence() {
		w.half()
		w.listen(t.target.Quiet, t.limit)
	}
	if wrong := t.surplus(w); wrong != nil {
		return wrong
	}
	if end := w.ended(); end != nil && end != io.EOF && ends != Dropped {
		return &fault{len(got), "an end without a reset", "the connection was " + w.spellEnd()}
	}
	return nil
}

// surplus returns the fault of bytes that nobody asked for.
func (t *talk) surplus(w *wire) *fault {
	if got, _ := w.came(); len(got) == w.next {
		return nil
	}
	w.listen(t.target.Quiet, t.limit) // to count them all
	got, _ := w.came()
	return &fault{w.next, "nothing more", fmt.Sprintf("%d B came behind the last answer", len(got)-w.next)}
}

// readExcluded looks for what must not come back anywhere.
func (t *talk) readExcluded() (on int, wrong *fault) {
	for on, w := range t.wires {
		got, _ := w.came()
		for _, text := range t.check.Exclude {
			if at := bytes.Index(got, []byte(text)); at >= 0 {
				return on, &fault{at, quote([]byte(text)) + " nowhere", "it came back"}
			}
		}
	}
	return 0, nil
}

// result writes down what the talk came to, as seen on one connection.
func (t *talk) result(on int, wrong *fault) Result {
	result := Result{Check: t.check, Addr: t.target.Addr, Passed: wrong == nil, On: on, At: -1, Alive: true}
	if w := t.wires[on]; w != nil {
		result.Sent = w.sent
		result.Got, _ = w.came()
		result.Ended = w.spellEnd()
	}
	if wrong != nil {
		result.At, result.Expected, result.Wrong = wrong.at, wrong.expected, wrong.wrong
	}
	result.clip()
	return result
}
