package poke_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"barewire/tui/poke"
)

// What is said of the answers, and whether anybody waits for more.
func TestAnswered(t *testing.T) {
	const (
		get  = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
		head = "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"
		five = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
	)
	for _, test := range []struct {
		name, say, back, want string
		ending                poke.Ending
	}{
		{"one", get, five + "hello", "HTTP/1.1 200 OK", poke.Kept},
		{"in chunks", get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HTTP/1.1 200 OK", poke.Kept},
		{"behind 100 Continue", get, "HTTP/1.1 100 Continue\r\n\r\n" + five + "hello", "HTTP/1.1 200 OK", poke.Kept},
		{"100 Continue alone", get, "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 100 Continue, and no final answer", poke.StillOpen},
		{"two", get + get, five + "hello" + "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK, then 404 Not Found", poke.Kept},
		{"one of two", get + get, five + "hello", "HTTP/1.1 200 OK", poke.StillOpen},
		{"to HEAD", head, five, "HTTP/1.1 200 OK", poke.Kept},
		{"to HEAD and GET", head + get, five + five + "hello", "HTTP/1.1 200 OK, then 200 OK", poke.Kept},
		{"without its body", get, five, "HTTP/1.1 200 OK", poke.StillOpen},
		{"with more than its body", get, five + "hello, world", "HTTP/1.1 200 OK", poke.StillOpen},
		{"of no known length", get, "HTTP/1.1 200 OK\r\n\r\nhello", "HTTP/1.1 200 OK", poke.StillOpen},
		{"before a close that does not come", get, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK", poke.StillOpen},
		{"to a broken request", "GET  / HTTP/1.1\r\n\r\n", five + "hello", "HTTP/1.1 200 OK", poke.StillOpen},
		{"to half a request", strings.TrimSuffix(get, "\r\n"), five + "hello", "HTTP/1.1 200 OK", poke.StillOpen},
		{"behind an empty line", "\r\n" + get, five + "hello", "HTTP/1.1 200 OK", poke.Kept},
		{"that is no HTTP", get, "hello\r\nthere", "hello", poke.StillOpen},
		{"none", get, "", "nothing came back", poke.StillOpen},
	} {
		t.Run(test.name, func(t *testing.T) {
			address := meet(t, func(conn *net.TCPConn) {
				read(conn, len(test.say))
				write(conn, test.back)
				read(conn, 1) // until the client has left
			})
			silence := 300 * time.Millisecond
			if test.ending == poke.Kept {
				silence = time.Hour // which nobody waits for
			}
			outcome, err := poke.Server{Address: address, Silence: silence}.Send(context.Background(), []poke.Move{say(test.say)})
			if err != nil || outcome.Answered() != test.want || outcome.Ending != test.ending {
				t.Errorf("Send = %v, %q, %s; want %q", err, outcome.Answered(), outcome.Ended(), test.want)
			}
		})
	}
}
