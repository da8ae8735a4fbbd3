package trace

import (
	"bytes"
	"slices"

	"barewire/server"
)

// Of a program that is only watched from outside, no step tells what it does. Here
// is what the text has for it: bytes, without anybody's word on them.

// onWire begins an exchange whose head no step has read, if a relay tells of it.
func (t *Text) onWire(place server.Place) *exchange {
	c := t.clients[place.Conn]
	if !t.Wire || c == nil || c.unread == 0 || c.unread != place.Request {
		return nil
	}
	c.exchange = &exchange{conn: place.Conn, request: place.Request, client: c, wire: true}
	c.unread = 0
	t.print(c.exchange, row{"Request:", quiet, note{}})
	return c.exchange
}

// unexplained shows what the client has said and no step has made anything of.
func (t *Text) unexplained(x *exchange) {
	if !x.wire {
		return
	}
	for _, line := range slices.Concat(x.lines, slices.Collect(bytes.Lines(x.client.inbox.bytes))) {
		t.headLine(x, line)
	}
	x.lines, x.client.inbox.bytes = nil, nil
}

// surplus counts bytes behind the end of the answer, which no server should send.
func (t *Text) surplus(x *exchange, behind []byte) {
	if len(behind) > 0 && x.wire {
		_, arrow := t.arrows()
		t.print(x, row{arrow + "… " + bytesOf(int64(len(behind))) + " behind the end of the answer", wrong, note{}})
	}
}
