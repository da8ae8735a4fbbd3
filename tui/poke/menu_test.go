package poke_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"barewire/apps/hello"
	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
	"barewire/tui/poke"

	"go.uber.org/goleak"
)

// No request leaves anything behind that still runs.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// probe asks whether a connection is still open for a request.
const probe = "GET /probe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

// The menu says what comes back, and the real server is the judge of that.
func TestMenu(t *testing.T) {
	address := serve(t, hello.App, time.Minute)
	for _, request := range poke.Menu(address) {
		t.Run(request.Name, func(t *testing.T) {
			t.Parallel()
			address, script, want := address, request.Script, request.Answers
			switch last := script[len(script)-1]; {
			case last.Await > 0:
				// It waits for the server to lose its patience.
				address = serve(t, hello.App, 50*time.Millisecond)
			case last.Say != nil:
				script = append(slices.Clone(script), poke.Move{Say: []byte(probe)})
			}
			if request.Kept {
				want = append(slices.Clone(want), "200 OK")
			}
			outcome, got := ask(t, address, script)
			if !slices.Equal(got, want) {
				t.Errorf("came back %q, and the menu says %q\n%q", got, want, outcome.Bytes())
			}
			left := script[len(script)-1].Leave
			if outcome.Ending != poke.Closed && !left || outcome.Ending != poke.Left && left {
				t.Errorf("the end: %s", outcome.Ended())
			}
		})
	}
}

// A request of the menu can be explained on one line, and is what it says, where
// no status would tell.
func TestMenuWords(t *testing.T) {
	telling := map[string]string{
		"a HEAD":                 "HEAD / ",
		"a form":                 "\r\n\r\nname=ada",
		"an upload in chunks":    "\r\n0\r\nX-Checked: yes\r\n\r\n",
		"HTTP/1.0":               "HTTP/1.0\r\n\r\n",
		"HTTP/1.0 that stays":    "HTTP/1.0\r\nConnection: keep-alive\r\n",
		"an empty line before":   "\r\nGET / ",
		"a bare LF":              "HTTP/1.1\n",
		"http/1.1 in lower case": " http/1.1\r\n",
	}
	names := make(map[string]bool)
	for _, request := range poke.Menu("127.0.0.1:8888") {
		if names[request.Name] {
			t.Errorf("there are two of %q", request.Name)
		}
		names[request.Name] = true
		if !regexp.MustCompile(`^[A-Z][^\n]*[.?]$`).MatchString(request.Shows) {
			t.Errorf("%s: %q is no sentence", request.Name, request.Shows)
		}
		if want := telling[request.Name]; !bytes.Contains(said(request.Script), []byte(want)) {
			t.Errorf("%s has no %q", request.Name, want)
		}
		answered := slices.Contains(request.Answers, "200 OK")
		if request.Broken == answered {
			t.Errorf("%s: broken is %v, and the answers are %q", request.Name, request.Broken, request.Answers)
		}
	}
	if len(names) < 25 {
		t.Errorf("the menu has %d requests", len(names))
	}
}

// serve starts the real server, and returns its address. The body is how long
// it waits for each 16 KiB of a body; for all else it has the time that a slow
// machine may need.
func serve(t *testing.T, app wsgi.Application, body time.Duration) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(app)
	s.Errors = io.Discard
	s.Deadlines = server.Deadlines{Idle: time.Minute, Head: time.Minute, Body: body, Write: time.Minute}
	served := make(chan struct{})
	go func() {
		s.Serve(listener)
		close(served)
	}()
	t.Cleanup(func() {
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		<-served
	})
	return listener.Addr().String()
}

// ask sends a script, without its long pauses, and returns the statuses of the
// answers too, as a foreign judge reads them.
func ask(t *testing.T, address string, script []poke.Move) (outcome poke.Outcome, statuses []string) {
	t.Helper()
	quick := slices.Clone(script)
	for i := range quick {
		quick[i].Wait = min(quick[i].Wait, 20*time.Millisecond)
	}
	outcome, err := poke.Server{Address: address, Silence: time.Minute}.Send(context.Background(), quick)
	if err != nil {
		t.Fatalf("Send = %v", err)
	}
	method, _, _ := strings.Cut(string(said(script)), " ")
	reader := bufio.NewReader(bytes.NewReader(outcome.Bytes()))
	for first := true; ; first = false {
		if _, err := reader.Peek(1); err == io.EOF {
			return outcome, statuses
		}
		request := &http.Request{Method: "GET"}
		if first {
			request.Method = method
		}
		answer, err := http.ReadResponse(reader, request)
		if err != nil {
			t.Fatalf("%v in %q", err, outcome.Bytes())
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			t.Fatalf("%v in %q", err, outcome.Bytes())
		}
		statuses = append(statuses, answer.Status)
	}
}

// said returns the bytes of a script.
func said(script []poke.Move) (all []byte) {
	for _, move := range script {
		all = append(all, move.Say...)
	}
	return all
}
