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

// packetScreen is a screen that has seen a packet, through a Unix socket.
func packetScreen(t *testing.T) *screen {
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

// TestPacketWelcome: curl does not speak uwsgi, nor to a Unix socket by a URL.
func TestPacketWelcome(t *testing.T) {
	s := newScreen(t, 80, 24)
	for _, url := range []string{"unix:/run/shop/1", "uwsgi://127.0.0.1:8888"} {
		s.config.URL = url
		s.shows("curl 'http://localhost/'   # or where its proxy is")
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
