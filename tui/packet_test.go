package tui

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"barewire/apps/hello"
	"barewire/server"
	"barewire/server/uwsgi"
	"barewire/tui/export"
	"barewire/tui/poke"
)

// packet is a request for hello:App, as nginx sends it with uwsgi_pass.
const packet = "\x00\x61\x00\x00" +
	"\x0c\x00QUERY_STRING\x03\x00x=1" +
	"\x0e\x00REQUEST_METHOD\x04\x00POST" +
	"\x0e\x00CONTENT_LENGTH\x01\x008" +
	"\x09\x00PATH_INFO\x02\x00/a" +
	"\x11\x00HTTP_X_LONG_FIELD\x01\x001" +
	"name=ada"

// listenUnix listens at a Unix socket.
func listenUnix(t *testing.T) net.Listener {
	t.Helper()
	dir, err := os.MkdirTemp("", "uwsgi") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	listener, err := net.Listen("unix", filepath.Join(dir, "socket"))
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// packetScreen is a screen that has seen a packet, through a Unix socket.
func packetScreen(t *testing.T) *screen {
	t.Helper()
	listener := listenUnix(t)
	var (
		mutex  sync.Mutex
		events []server.Event
	)
	served := server.New(hello.App)
	uwsgi.Put(served)
	served.Errors = io.Discard
	served.Observe = func(event server.Event) {
		mutex.Lock()
		defer mutex.Unlock()
		events = append(events, event)
	}
	go served.Serve(listener)
	at := poke.Server{Address: poke.OnUnix + listener.Addr().String()}
	outcome, err := at.Send(t.Context(), poke.Whole([]byte(packet)))
	if err != nil || !strings.HasSuffix(string(outcome.Bytes()), "Hello, world!\n") {
		t.Fatalf("it answers %q, %v", outcome.Bytes(), err)
	}
	if err := served.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	s := newScreen(t, 160, 48)
	s.send(eventsMsg(events))
	return s
}

// TestPacket: what stood in a packet is not said to be made here, and nothing is said
// of request lines and fields that were never there.
func TestPacket(t *testing.T) {
	s := packetScreen(t)
	for _, test := range []struct {
		key         string
		says, hides []string
	}{
		{"1", []string{"client a Unix socket", "uwsgi"}, []string{"@", "socket:"}},
		{"2", []string{"< \x0e\x00REQUEST_METHOD\x04\x00POST", "< \x00a\x00\x00"}, nil},
		{"3", []string{"path /a", "< \x0e\x00REQUEST_METHOD\x04\x00POST"}, []string{"CONTENT_LENGTH"}},
		{"4", []string{"HTTP_X_LONG_FIE… 1", "< \x0e\x00CONTENT_LENGTH\x01\x008"}, []string{"< \x0e\x00REQUEST_METHOD"}},
		{"5", []string{"The body has 8 bytes: CONTENT_LENGTH says so."}, nil},
		{"7", []string{"from the packet QUERY_STRING 'x=1' 03 REQUEST_METHOD 'POST' 03 CONTENT_LENGTH '8' 04 PATH_INFO '/a' 03 HTTP_X_LONG_FIELD '1' 04 from the server GATEWAY_INTERFACE"}, []string{"from the client"}},
		{"0", []string{"A connection carries one packet of uwsgi, so c1 closes."}, nil},
	} {
		s.press(test.key)
		page := strings.Join(strings.Fields(onPageOf(s)), " ")
		for _, text := range test.says {
			if !strings.Contains(page, text) {
				t.Errorf("%s does not say %q:\n%s", test.key, text, page)
			}
		}
		for _, text := range test.hides {
			if strings.Contains(page, text) {
				t.Errorf("%s says %q:\n%s", test.key, text, page)
			}
		}
	}
}

// onPageOf is the text of the page, all of it.
func onPageOf(s *screen) string {
	var text strings.Builder
	p := s.pageOf(s.selected())
	for _, row := range p.rows() {
		for _, span := range row.Row {
			text.WriteString(span.Text)
		}
		text.WriteString("\n")
	}
	return text.String()
}

// TestPacketCode: the code that is shown is the one that read the packet.
func TestPacketCode(t *testing.T) {
	s := packetScreen(t)
	for key, want := range map[string]string{"2": "server/uwsgi/packet.go", "3": "server/uwsgi/line.go", "7": "server/uwsgi/environ.go", "8": "steps/08_call/answer.go"} {
		s.press(key, "o")
		s.shows(want)
		s.press("esc")
	}
}

// TestPacketExplained: of the steps that are others for a packet, this is what is
// said, and of its variables what they are.
func TestPacketExplained(t *testing.T) {
	s := packetScreen(t)
	s.press("tab") // to the ladder
	for key, says := range map[string][]string{
		"1": {"In comes an address, out come connections"},
		"2": {"out comes one packet", "The uwsgi Protocol"},
		"3": {"No line has to be split", "The uwsgi Protocol"},
		"4": {"out come variables, in the proxy's order", "The uwsgi Protocol"},
		"5": {"In comes CONTENT_LENGTH", "The uwsgi Protocol"},
		"7": {"They have CGI's names already"},
		"8": {"In come application and environ"},
		"0": {"A connection carries one packet here"},
	} {
		s.press(key, "i")
		sheet := strings.Join(strings.Fields(s.View()), " ")
		for _, text := range says {
			if !strings.Contains(sheet, text) {
				t.Errorf("i on step %s does not say %q:\n%s", key, text, s.View())
			}
		}
		s.press("esc")
	}
	s.press("4", "tab", "down", "down", "i")
	s.shows("What the client wants done")
	s.hides("This header is not known here")
}

// TestPacketAsked: requests of HTTP are not offered to a server that speaks uwsgi, but
// a packet can be sent again, and curl ask its proxy.
func TestPacketAsked(t *testing.T) {
	s := packetScreen(t)
	s.config.Protocol = "uwsgi"
	s.hides("s send")
	s.press("p", "p", "tab")
	if tip := s.tip(); !strings.HasPrefix(tip, "Try: x ") {
		t.Errorf("the tip is %q", tip)
	}
	s.press("s")
	s.shows("These are HTTP, and this server speaks uwsgi: ask by its proxy, with S.")
	s.press("S")
	s.shows("$ curl 'http://localhost/'   # or where its proxy is")
	s.press("esc", "y", "enter")
	s.shows("curl speaks no uwsgi; r sends this packet as it is")
}

// TestPacketAgain: what r sends is the packet, byte for byte.
func TestPacketAgain(t *testing.T) {
	served := server.New(hello.App)
	uwsgi.Put(served)
	listener := listenUnix(t)
	s := serveAt(t, 160, 48, listener, served)
	s.config.URL, s.config.Protocol = poke.OnUnix+listener.Addr().String(), "uwsgi"
	at := poke.Server{Address: s.config.URL}
	if _, err := at.Send(t.Context(), poke.Whole([]byte(packet))); err != nil {
		t.Fatal(err)
	}
	s.until("1 request ", "200 OK")
	s.press("r")
	s.says("request 1 again: HTTP/1.1 200 OK; the server closed the connection (FIN).")
	s.until("2 requests")
	s.curls("curl", func() {})
	s.until("no URL specified", "exit status 2")
}

// TestCurlOnUnix: a line without a URL goes to the socket, and what came next is
// beside it, for a client there has no address.
func TestCurlOnUnix(t *testing.T) {
	listener := listenUnix(t)
	s := serveAt(t, 160, 48, listener, server.New(hello.App))
	s.config.URL = poke.OnUnix + listener.Addr().String()
	s.curls("curl -d name=ada", func() {})
	s.until("Hello, ada!", "the server's of the request that came next", "< POST / HTTP/1.1")
	s.hides("curl got no connection")
	s.press("esc")
	s.until("1 request ")
	command, err := export.Curl(s.selected(), s.config.URL)
	if want := "curl --unix-socket '" + listener.Addr().String() + "' --data-binary 'name=ada' 'http://localhost/'"; command != want || err != nil {
		t.Errorf("the command is %s, %v, want %s", command, err, want)
	}
}

// TestPacketWelcome: curl does not speak uwsgi, and to a Unix socket only when it is
// told so.
func TestPacketWelcome(t *testing.T) {
	for _, test := range []struct{ url, protocol, says string }{
		{"unix:/run/shop/1", "uwsgi", "curl 'http://localhost/'   # or where its proxy is"},
		{"uwsgi://127.0.0.1:8888", "uwsgi", "curl 'http://localhost/'   # or where its proxy is"},
		{"unix:/run/ada's/1", "", `curl --unix-socket '/run/ada'\''s/1' 'http://localhost/'`},
	} {
		s := newScreen(t, 80, 24)
		s.config.URL, s.config.Protocol = test.url, test.protocol
		s.shows(test.says)
		letter := "s"
		if test.protocol != "" {
			letter = "S"
		}
		s.shows("or stay here and press  " + letter)
		s.press("S")
		s.shows("$ " + test.says)
	}
}

// TestPacketHeld: what a step is about to make of a packet is what it makes.
func TestPacketHeld(t *testing.T) {
	s := packetScreen(t)
	p := s.pageOf(s.selected())
	p.held = &heldRequest{}
	for step, want := range map[int]string{
		3: "method POST target version",
		4: "QUERY_STRING x=1 REQUEST_METHOD POST",
		7: "QUERY_STRING 'x=1' 03 REQUEST_METHOD 'POST' 03",
	} {
		p.step = step
		var text strings.Builder
		for _, row := range p.makes() {
			for _, span := range row.Row {
				text.WriteString(span.Text)
			}
			text.WriteString(" ")
		}
		if got := strings.Join(strings.Fields(text.String()), " "); !strings.HasPrefix(got, want) {
			t.Errorf("before step %d it is about to make %q, want %q", step, got, want)
		}
	}
}
