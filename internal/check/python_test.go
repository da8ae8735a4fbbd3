package check_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	app "barewire/apps/check"
	"barewire/internal/check"
)

// simple serves check.py with the server of Python's standard library. Its threads
// are not its own, but without them one check would wait for another.
const simple = `
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from check import application

class Quiet(WSGIRequestHandler):
    def log_message(self, *args): pass

class Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128

server = make_server('127.0.0.1', 0, application, server_class=Threads, handler_class=Quiet)
print('listening on http://127.0.0.1:%d' % server.server_port, flush=True)
server.serve_forever()
`

// simpleFails is what wsgiref does not keep, and why. That is no blame: it is there
// to be read and to try things, and says so itself. Where a row does not hold any
// more, the checks or Python have changed.
var simpleFails = []struct{ why, ids string }{
	{"it takes a whole URI for a path", "03.20 04.10 07.22"},
	{"it does not look at Host", "04.2 04.3 04.6 04.7 04.11"},
	{"it reads fields as a mail program does, which stops in silence at what is no field", "04.4 04.21"},
	{"it hands Content-Length on as it came", "05.3 05.6 05.8 05.9 05.10 05.11 05.12"},
	{"it knows no Transfer-Encoding, so a chunked body is none", "05.17 05.18 05.21 05.45 05.46 05.47 05.52"},
	{"it speaks HTTP/1.0, which has no 100 Continue", "05.49"},
	{"it makes up a CONTENT_TYPE", "07.13"},
	{"it says no length and closes properly, so half an answer looks whole", "08.11 08.20"},
	{"it sends the head with the first chunk, an empty one too", "08.19"},
	{"it gives HEAD the body that the application yields", "03.6 08.18 09.5 09.19 10.3"},
	{"it sends all that the application yields, whatever the declared length", "09.14"},
	{"it does not know that some statuses have no body", "09.16 09.17 09.18"},
}

// simpleVaries is what cannot be told beforehand.
var simpleVaries = []struct{ why, ids string }{
	{"it closes with bytes of the body unread, which may reset the connection or not", "05.15 05.16"},
	{"newer versions refuse CR LF in a header", "08.12"},
}

func TestWSGIRef(t *testing.T) {
	interpreter, err := exec.LookPath("python3")
	switch {
	case err != nil && os.Getenv("BAREWIRE_NO_SKIP") != "":
		t.Fatal("python3 is not installed, and BAREWIRE_NO_SKIP is set")
	case err != nil:
		t.Skip("python3, whose server this test asks, is not installed")
	}
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "check.py"), []byte(app.Python), 0o644); err != nil {
		t.Fatal(err)
	}
	python, err := check.Start(t.Context(), dir, []string{interpreter, "-B", "-c", simple})
	if err != nil {
		t.Fatal(err)
	}
	defer python.Stop()

	fails := map[string]string{}
	for _, row := range simpleFails {
		for _, id := range strings.Fields(row.ids) {
			fails[id] = row.why
		}
	}
	varies := map[string]bool{}
	for _, row := range simpleVaries {
		for _, id := range strings.Fields(row.ids) {
			varies[id] = true
		}
	}
	var waiting sync.WaitGroup
	room := make(chan struct{}, 8)
	for _, c := range check.All() {
		if c.Needs == check.Demo || c.Stricter || varies[c.ID] {
			continue
		}
		room <- struct{}{}
		waiting.Add(1)
		go func() {
			defer waiting.Done()
			result := check.Run(t.Context(), check.Target{Addr: python.Addr, App: true, Alive: python.Alive}, c)
			<-room
			switch why, known := fails[c.ID]; {
			case result.Passed && known:
				t.Errorf("%s passes, and should not: %s", c.ID, why)
			case !result.Passed && !known:
				t.Errorf("%s %q fails: %s", c.ID, c.Name, result.Wrong)
			}
		}()
	}
	waiting.Wait()
}
