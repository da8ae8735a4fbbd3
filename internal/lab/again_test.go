package lab_test

import (
	"strings"
	"testing"
)

// A server may know a head, or its fields, from the request before. A mistake of the
// steps that it then spares is made all the same: behind requests that are right, and
// with the fields that come here, and once more when it was seen already.
func TestSeenAgain(t *testing.T) {
	for _, test := range seen {
		mistake := find(t, test.mistake)
		if mistake.Step > 7 {
			continue
		}
		t.Run(test.mistake, func(t *testing.T) {
			c := dial(t, start(t, tell, mistake.Put))
			for range 3 {
				c.say("GET /tell HTTP/1.1\r\nHost: x\r\n\r\n")
				c.hear(ok(`"/tell" a="" z="" body=""` + "\n"))
			}
			times := 3
			if strings.HasSuffix(test.wrong, no) || test.mistake == "leftover-environ" {
				times = 1 // it ends the connection, or is another one the next time
			}
			for range times {
				c.say(test.send)
				if times == 1 {
					_ = c.CloseWrite() // for who waits for more; hear tells
				}
				c.hear(test.wrong)
			}
		})
	}
}
