package trace

import "barewire/server"

// bodyFramed shows step 05, and what of the body has arrived already.
func (t *Text) bodyFramed(x *exchange, event server.Passed) {
	if event.Refused != nil {
		t.print(x, row{note: failed(event)})
		t.because(x, reasonOf(event.Refused, event.Error))
		x.refusedBy = event.Step
		return
	}
	size := "none"
	switch framing := event.Framing; {
	case framing == nil:
	case framing.Chunked:
		x.body.InChunks()
		size = "chunked"
	case framing.Length > 0:
		x.body.OfLength(framing.Length)
		size = bytesOf(framing.Length)
	}
	x.framed = true
	x.bodyNote = step("05 body", size, event.Took)
	arrived := x.client.inbox.bytes
	x.client.inbox.bytes = nil
	t.bodyArrives(x, arrived, len(arrived))
	if x.bodyNote != (note{}) {
		t.print(x, row{note: x.bodyNote})
		x.bodyNote = note{}
	}
}

// bodyArrives shows bytes of the body.
func (t *Text) bodyArrives(x *exchange, p []byte, size int) {
	lines, behind := x.body.Add(p, size)
	x.client.inbox.keep(behind)
	t.bodyLines(x, lines)
}

func (t *Text) bodyLines(x *exchange, lines []Line) {
	arrow, _ := t.arrows()
	for _, line := range x.body.pick(lines, t.Body) {
		var notes []note
		if x.bodyNote != (note{}) {
			notes = append(notes, x.bodyNote)
			x.bodyNote = note{}
		}
		if line.Framing != "" {
			notes = append(notes, remark(line.Framing))
		}
		t.clientSays(x, arrow+line.Text(), line.Size, notes...)
	}
}
