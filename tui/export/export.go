// Package export makes of what was seen something to take away: a curl command,
// raw bytes, a HAR file, a record, each from the exchanges of a history; and it
// brings a text to the clipboard.
//
// message.go reads a request and an answer out of their bytes, with the steps
// that the server uses. Behind it each form has its file.
package export

import (
	"bytes"

	"barewire/server"
	"barewire/server/trace"
	"barewire/tui/history"
)

// Raw returns the request as it arrived, byte for byte, as far as it was kept: of
// a large body the end may be missing, which the Size of x.Request() tells.
func Raw(x *history.Exchange) []byte { return x.Request().Bytes }

// Trace returns a record of the exchanges, as a server would have written it. Read
// back, with trace.ReadAll and a history, it shows them again: each had its
// connection to itself, under the old number, and bytes that had arrived with
// the request before count as a read. Marks and notes stay behind.
func Trace(exchanges []*history.Exchange) ([]byte, error) {
	var out bytes.Buffer
	record := trace.JSON{Out: &out}
	for _, x := range exchanges {
		for _, event := range eventsOf(x) {
			if err := record.Write(event); err != nil {
				return nil, err
			}
		}
	}
	return out.Bytes(), nil
}

// eventsOf returns the events of an exchange, between the beginning and the end
// of a connection.
func eventsOf(x *history.Exchange) (events []server.Event) {
	began := server.Place{Conn: x.Conn, At: x.Began}
	if !beginningLost(x) {
		events = append(events, server.Opened{Place: began, Client: x.Client, Server: x.Server})
		if len(x.Carried) > 0 {
			began.Request = x.Number
			events = append(events, server.Received{Place: began, Bytes: x.Carried, Size: len(x.Carried)})
		}
	}
	events = append(events, x.Events...)
	if x.Done {
		events = append(events, server.Gone{Place: server.Place{Conn: x.Conn, At: x.Began.Add(x.Took)}})
	}
	return events
}

// beginningLost tells whether the exchange was first seen with its head. Then no
// event shall tell of a beginning: that is how it is known.
func beginningLost(x *history.Exchange) bool {
	return x.Gap && x.Server == server.Endpoint{}
}
