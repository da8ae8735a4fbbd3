package trace_test

import (
	"bytes"
	"testing"

	"barewire/internal/session"
	"barewire/server/trace"
)

// FuzzRead reads any bytes as a line of a record, which may come from anybody. What
// it takes for an event, it can write and read again.
func FuzzRead(f *testing.F) {
	for _, event := range session.Post(1) {
		var line bytes.Buffer
		if err := (trace.JSON{Out: &line}).Write(event); err != nil {
			f.Fatal(err)
		}
		f.Add(line.Bytes())
	}
	for _, line := range []string{"", "{", "{}", "[]", `{"event":"birthday"}`, `{"event":"gone","conn":1e9}`, `{"event":"sent","bytes":"base64:!"}`} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if event, err := trace.Read(line); err == nil {
			roundTrip(t, event)
		}
	})
}
