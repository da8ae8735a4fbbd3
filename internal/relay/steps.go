package relay

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"barewire/server"
	read "barewire/steps/02_read"
	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	framing "barewire/steps/05_body"
	"barewire/steps/refuse"
)

// untimed is how long a step took that the server under watch did, or did not do,
// in its own way and time. RFCs say what a head means, so ours can read it as well.
const untimed time.Duration = -1

// limits are those of a server.
var limits = server.New(nil).Limits

// readRequest follows the request up to its end.
func (w *wire) readRequest(piece []byte) {
	if !w.read {
		w.head = append(w.head, piece[:min(len(piece), maxHead-len(w.head))]...)
		if bytes.IndexByte(piece, '\n') >= 0 || len(w.head) == maxHead {
			w.steps()
		}
	} else if w.framed {
		w.follow(piece)
	}
}

// follow follows the body.
func (w *wire) follow(piece []byte) {
	_, behind := w.body.Add(piece, len(piece))
	w.several = w.several || len(behind) > 0
}

// steps has steps 02 to 05 of the reference read the head, if it is complete, and
// tells what came out. A refusal is no failure of the server under watch, which
// may accept what we do not; so it is only noted.
func (w *wire) steps() {
	reader := bufio.NewReader(bytes.NewReader(w.head))
	head, err := read.Head(reader, limits.Head, nil)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return // more has to come
	}
	w.read, w.head = true, nil
	if !w.passed(server.Passed{Step: 2, Name: "read", Head: head}, err) {
		return
	}
	first, lines, _ := bytes.Cut(head, []byte("\r\n"))
	w.line, err = requestline.Parse(first)
	line := server.Line(w.line)
	if !w.passed(server.Passed{Step: 3, Name: "requestline", Line: &line}, err) {
		return
	}
	fields, err := headers.Parse(lines, nil)
	if err == nil {
		err = headers.CheckHost(fields, w.line.Version)
	}
	passed := server.Passed{Step: 4, Name: "headers"}
	for _, field := range fields {
		passed.Fields = append(passed.Fields, server.Field{server.Bytes(field.Name), server.Bytes(field.Value)})
	}
	if !w.passed(passed, err) {
		return
	}
	framed, err := framing.Frame(w.line.Version, fields, limits.Body)
	if !w.passed(server.Passed{Step: 5, Name: "body", Framing: (*server.Framing)(&framed)}, err) {
		return
	}
	w.framed = true
	if framed.Chunked {
		w.body.InChunks()
	} else {
		w.body.OfLength(framed.Length)
	}
	behind, _ := io.ReadAll(reader) // out of memory: cannot fail
	w.follow(behind)
}

// passed tells that a step of the reference has passed, or what it says instead.
func (w *wire) passed(event server.Passed, err error) bool {
	if err == nil {
		event.Place, event.Took = w.place(), untimed
		w.relay.Observe(event)
		return true
	}
	why := err.Error()
	if refusal := new(refuse.Error); errors.As(err, &refusal) {
		why = fmt.Sprintf("%s (%s)", refusal.Rule, refusal.Section)
	}
	w.note(fmt.Sprintf("the reference refuses this at %02d: %s", event.Step, why))
	return false
}
