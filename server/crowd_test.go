package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"barewire/server"
)

// Two hundred clients at once, each with a connection of its own and many
// requests for it. Every request has something that no other has, and so has
// its answer.
func TestCrowd(t *testing.T) {
	const (
		clients  = 200
		requests = 12
	)
	var connections atomic.Int32
	s := start(t, town, func(s *server.Server) {
		s.Observe = func(event server.Event) {
			if _, opened := event.(server.Opened); opened {
				connections.Add(1)
			}
		}
	})
	// ask makes up a request, and says what belongs into the answer.
	ask := func(client, n int) (request, want string) {
		token := fmt.Sprintf("%d-%d-", client, n) + strings.Repeat("x", client*n%5000)
		switch (client + n) % 5 {
		case 0:
			return "GET /hello?name=" + token + " HTTP/1.1\r\nHost: x\r\n\r\n", "Hello, " + token + "!\n"
		case 1:
			return fmt.Sprintf("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(token), token), token
		case 2:
			return fmt.Sprintf("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(token), token), token
		case 3: // whose body nobody reads
			method := fmt.Sprintf("BREW-%d-%d", client, n)
			return fmt.Sprintf("%s /method HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", method, len(token), token), "Request method: " + method
		}
		lines, want := (client+n)%7, ""
		for i := range lines {
			want += fmt.Sprintf("line %d of %d\n", i+1, lines)
		}
		return fmt.Sprintf("GET /stream?lines=%d&pause=0 HTTP/1.1\r\nHost: x\r\n\r\n", lines), want
	}

	var crowd sync.WaitGroup
	for client := range clients {
		c := s.dial(t)
		crowd.Add(1)
		go func() {
			defer crowd.Done()
			r := bufio.NewReader(c)
			for n := range requests {
				request, want := ask(client, n)
				if _, err := io.WriteString(c, request); err != nil {
					t.Errorf("client %d, request %d: %v", client, n, err)
					return
				}
				answer, err := http.ReadResponse(r, nil)
				if err != nil {
					t.Errorf("client %d, request %d: %v", client, n, err)
					return
				}
				got, err := io.ReadAll(answer.Body)
				if string(got) != want || err != nil {
					t.Errorf("to %.80q the server says %.80q and %v, want %.80q", request, got, err, want)
					return
				}
			}
		}()
	}
	crowd.Wait()
	if got := connections.Load(); got != clients {
		t.Errorf("there were %d connections, want %d", got, clients)
	}
}
