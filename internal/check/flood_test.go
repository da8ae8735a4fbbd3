package check

import (
	"bufio"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A server that never stops costs neither our memory nor our time, whatever it
// repeats without end.
func TestFloods(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for name, flood := range map[string]struct{ begin, again, wrong string }{
		"body":              {ok + "\r\n", "\n", "the body does not end"},
		"chunks":            {ok + chunked + "\r\n\r\n", "1\r\nx\r\n", "the connection broke off: the server says more than a check reads"},
		"surplus":           {helloAnswer, "\n", ""},
		"head":              {ok, "X: y\r\n", "a field line does not end"},
		"status line":       {"", "HTTP/1.1 200 ", "the status line does not end"},
		"100 Continue":      {"", "HTTP/1.1 100 Continue\r\n\r\n", "more than 32 interim answers come before the answer"},
		"a length too long": {ok + "Content-Length: 100000000\r\n\r\n", "x", "the length is 100000000"},
	} {
		t.Run(name, func(t *testing.T) {
			target := fake(t, func(conn *net.TCPConn, request *bufio.Reader) {
				_, _ = io.WriteString(conn, flood.begin)
				block := []byte(strings.Repeat(flood.again, 1+(1<<16)/len(flood.again)))
				for {
					if _, err := conn.Write(block); err != nil {
						return
					}
				}
			})
			target.Demo = 98
			check := ask(Want{Status: "200", Body: Text("hello")})
			check.ID = "98.1"
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			result := Run(t.Context(), target, check)
			picture := text(t, result)
			runtime.ReadMemStats(&after)

			if result.Passed || result.At < 0 || flood.wrong != "" && result.Wrong != flood.wrong {
				t.Errorf("passed %v, wrong %q at %d, want %q", result.Passed, result.Wrong, result.At, flood.wrong)
			}
			if len(result.Got) > longestGot || result.At > len(result.Got) {
				t.Errorf("kept %d B, wrong at %d", len(result.Got), result.At)
			}
			if all := result.Before + len(result.Got) + result.After; all > check.room(0)+64<<10 {
				t.Errorf("read %d B", all)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
				t.Errorf("allocated %d B", used)
			}
			if strings.Count(picture, "\n") > 40 {
				t.Errorf("the picture is too long:\n%s", picture)
			}
		})
	}
}

// The picture is made of the lines that it shows, not of all.
func TestTextOfAFlood(t *testing.T) {
	result := failed()
	result.Got = []byte(strings.Repeat("\n", 16<<20))
	result.At = len(result.Got) / 2
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	picture := text(t, result)
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("allocated %d B", used)
	}
	for _, want := range []string{"… 8388597 B before", "^ first wrong byte, 8388609", "… 8388607 B more"} {
		if !strings.Contains(picture, want) {
			t.Errorf("there is no %q in\n%s", want, picture)
		}
	}
}

func TestClip(t *testing.T) {
	flood := []byte(strings.Repeat("x", 3*longestGot))
	for _, test := range []struct{ size, at, before, after, clippedAt int }{
		{100, 50, 0, 0, 50},
		{longestGot, 9, 0, 0, 9},
		{3 * longestGot, -1, 0, 2 * longestGot, -1},
		{3 * longestGot, 9, 0, 2 * longestGot, 9},
		{3 * longestGot, 3 * longestGot / 2, longestGot, longestGot, longestGot / 2},
		{3 * longestGot, 3 * longestGot, 2 * longestGot, 0, longestGot},
	} {
		result := Result{Got: flood[:test.size], At: test.at}
		result.clip()
		if result.Before != test.before || result.After != test.after || result.At != test.clippedAt || result.Before+len(result.Got)+result.After != test.size {
			t.Errorf("of %d B, wrong at %d: %d before, %d kept, %d after, wrong at %d", test.size, test.at, result.Before, len(result.Got), result.After, result.At)
		}
	}
}

// What is asked again until it is right may be wrong at first, and not for ever.
func TestUntil(t *testing.T) {
	asked := 0
	target := answers(t, false, func(conn *net.TCPConn) {
		if readHead(bufio.NewReader(conn)) == "" {
			return // it was only asked whether it lives
		}
		asked++
		body := "not yet"
		if asked >= 3 {
			body = "at last"
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n"+body)
	})
	passes(t, target, &Check{ID: "98.1", Say: []Piece{{Bytes: plainGet}}, Want: []Want{{Has: []string{"at last"}, Until: true}}})
	failing(t, target, &Check{ID: "98.1", Say: []Piece{{Bytes: plainGet}}, Limit: 300 * time.Millisecond,
		Want: []Want{{Has: []string{"never"}, Until: true}}}, "the body does not hold it")
}

// How long a body takes is measured from its first byte.
func TestLasted(t *testing.T) {
	const pause = 300 * time.Millisecond
	for name, test := range map[string]struct {
		parts  []string
		passes bool
	}{
		"at once":      {[]string{"HTTP/1.1 200 OK\r\n" + chunked + "\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n"}, false},
		"late at once": {[]string{"HTTP/1.1 200 OK\r\n" + chunked + "\r\n\r\n", "1\r\na\r\n1\r\nb\r\n0\r\n\r\n"}, false},
		"in chunks":    {[]string{"HTTP/1.1 200 OK\r\n" + chunked + "\r\n\r\n1\r\na\r\n", "1\r\nb\r\n0\r\n\r\n"}, true},
		"sized":        {[]string{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na", "b"}, true},
		"until close":  {[]string{"HTTP/1.1 200 OK\r\n\r\na", "b"}, true},
		"no body":      {[]string{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := fake(t, func(conn *net.TCPConn, _ *bufio.Reader) {
				for i, part := range test.parts {
					if i > 0 {
						time.Sleep(pause)
					}
					_, _ = io.WriteString(conn, part)
				}
			})
			target.Demo = 98
			check := ask(Want{Judge: lasted(pause / 2)})
			check.ID = "98.1"
			if result := Run(t.Context(), target, check); result.Passed != test.passes {
				t.Errorf("passed %v: %s", result.Passed, result.Wrong)
			}
		})
	}
}
