package tui

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"barewire/internal/session"
	"barewire/tui/hold"
	"barewire/tui/poke"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/go-cmp/cmp"
)

// What is typed for a breakpoint becomes one that can stop a request, or stays.
func TestBreakpointsTyped(t *testing.T) {
	for _, test := range []struct {
		item, typed string
		want        []hold.Break
		says        string
	}{
		{"method …", "post", []hold.Break{{Method: "POST"}}, "A request stops at method POST."},
		{"method …", " Get ", []hold.Break{{Method: "GET"}}, "A request stops at method GET."},
		{"method …", "purge", []hold.Break{{Method: "purge"}}, "A request stops at method purge."},
		{"method …", "two words", nil, "no request has such a method"},
		{"path …", "/static/*", []hold.Break{{Path: "/static/*"}}, "A request stops at path /static/*."},
		{"path …", "/two words", nil, "a path has no blanks; they are %20"},
		{"path …", "/a?b=1", nil, "a path ends before ? and #"},
		{"path …", "hello", nil, "a path begins with /"},
	} {
		t.Run(test.typed, func(t *testing.T) {
			s := liveScreen(t, 80, 24)
			s.press("b")
			s.choose(test.item)
			s.types(test.typed)
			s.press("enter")
			s.shows(test.says)
			if diff := cmp.Diff(test.want, s.config.Gate.Breaks()); diff != "" {
				t.Errorf("breakpoints: -want +got\n%s", diff)
			}
			if test.want == nil {
				s.says(": " + test.typed) // it can be corrected
			}
		})
	}
}

func TestBreakpointsAreSetOnce(t *testing.T) {
	s := liveScreen(t, 80, 40)
	s.press("b")
	s.choose("on error")
	s.press("b")
	s.shows("- on error")
	s.hides("behind a step that said no")
	s.press("esc")
	for _, says := range []string{"A request stops at path /a.", "A request stops at path /a already."} {
		s.press("b")
		s.choose("path …")
		s.types("/a")
		s.press("enter")
		s.says(says)
	}
	want := []hold.Break{{OnError: true}, {Path: "/a"}}
	if diff := cmp.Diff(want, s.config.Gate.Breaks()); diff != "" {
		t.Errorf("breakpoints: -want +got\n%s", diff)
	}
}

// A record has no server, and its requests went to one all the same.
func TestCopyCurlOfARecord(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	s := liveScreen(t, 80, 24)
	s.config.URL, s.config.Clipboard.Folder = "", t.TempDir()
	s.press("y")
	s.choose("curl")
	files, err := filepath.Glob(filepath.Join(s.config.Clipboard.Folder, "*.sh"))
	if err != nil || len(files) != 1 {
		t.Fatalf("the files are %q, %v:\n%s", files, err, s.View())
	}
	text, err := os.ReadFile(files[0])
	if want := " 'http://127.0.0.1:8888/hello?x=1'\n"; err != nil || !strings.HasSuffix(string(text), want) {
		t.Errorf("the file has %q, %v; want %q at its end", text, err, want)
	}
}

// The name of a file is seen whole, whatever else has to go.
func TestFileNamesAreWhole(t *testing.T) {
	for _, test := range []struct {
		said, path string
		width      int
		want       string
	}{
		{"Copied if OSC 52 works, and in", "/tmp/barewire-1234567890-request-12.http", 80, "Copied if OSC 52 works, and in /tmp/barewire-1234567890-request-12.http"},
		{"Copied (clip.exe), and in", "/tmp/barewire-1234567890-request-12.http", 80, "Copied (clip.exe), and in /tmp/barewire-1234567890-request-12.http"},
		{"Written to", "/a/b/name", 22, "Written to /a/b/name"},
		{"Written to", "/a/b/name", 21, "/a/b/name"},
		{"Written to", "/a/b/name", 10, "…/b/name"},
		{"Written to", "/a/b/name", 9, "…/name"},
		{"Written to", "/a/b/name", 3, "…/name"},
	} {
		if got := saidOfFile(test.said, test.path, test.width); got != test.want {
			t.Errorf("in %d columns, said %q, want %q", test.width, got, test.want)
		}
	}
	deep := filepath.Join(t.TempDir(), strings.Repeat("d", 60))
	if err := os.Mkdir(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", t.TempDir())
	for _, test := range []struct{ key, item, want string }{
		{"y", "bytes", `/barewire-\d+-request-6\.http *$`},
		{"E", "trace of all", `/barewire\.jsonl *$`},
	} {
		s := liveScreen(t, 80, 24)
		s.config.Clipboard.Folder, s.config.Folder = deep, deep
		s.press(test.key)
		s.choose(test.item)
		if row := s.rows()[22]; !regexp.MustCompile(test.want).MatchString(row) {
			t.Errorf("the last line but one is %q", row)
		}
	}
}

// Each request that is sent from inside says that it is under way, and then how all
// of its answers begin. One that is answered whole does not wait for more.
func TestSendSays(t *testing.T) {
	s := serve(t, 120, 40)
	s.config.URL = "http://" + s.addr
	for _, test := range []struct{ item, want string }{
		{"an upload that asks first", "an upload that asks first: HTTP/1.1 200 OK; kept open, so we left."},
		{"two requests in one write", "two requests in one write: HTTP/1.1 200 OK, then 200 OK; kept open, so we left."},
		{"no Host", "no Host: HTTP/1.1 400 Bad Request; the server closed the connection (FIN)."},
	} {
		s.press("s")
		for !strings.Contains(s.View(), "▸ "+test.item) {
			s.press("down")
		}
		model, cmd := s.Update(tea.KeyMsg{Type: tea.KeyEnter})
		s.Model = model.(Model)
		s.says(test.item + ": sending …")
		told, is := cmd().(toldMsg)
		if !is || !told.late {
			t.Errorf("%q covers what the user does meanwhile", told.text)
		}
		s.send(told)
		s.says(test.want)
	}
}

// curls types a curl line. What came meanwhile is what others do before curl runs.
func (s *site) curls(line string, meanwhile func()) {
	s.t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		if os.Getenv("BAREWIRE_NO_SKIP") != "" {
			s.t.Fatal("curl is not installed, and BAREWIRE_NO_SKIP is set")
		}
		s.t.Skip("curl, the peer of this test, is not installed")
	}
	s.t.Setenv("NO_PROXY", "*")
	if s.addr != "" {
		s.config.URL = "http://" + s.addr
	}
	s.press("S")
	s.edit(clearLine)
	s.types(line)
	model, cmd := s.Update(tea.KeyMsg{Type: tea.KeyEnter})
	s.Model = model.(Model)
	meanwhile()
	s.send(cmd())
}

// The server's view is that of curl's own requests, of all of them.
func TestCurlsRequests(t *testing.T) {
	for _, test := range []struct{ name, line, last string }{
		{"two URLs", "curl SITE/mine SITE/too", "GET"},
		{"--next", "curl SITE/mine --next -d name=ada SITE/too", "POST"},
		{"one that is not kept", "curl -H Connection:close SITE/mine SITE/too", "GET"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, 160, 70)
			s.curls(strings.ReplaceAll(test.line, "SITE", "http://"+s.addr), func() {
				s.gets(s.ask(getTwo), "HTTP/1.1 200 OK\r\n")
			})
			s.until("< GET /mine HTTP/1.1", "< "+test.last+" /too HTTP/1.1")
			_, page, _ := strings.Cut(s.View(), "curl's view, and the server's ─")
			if page == "" || strings.Contains(page, "/two") {
				t.Errorf("over the page is\n%s", page)
			}
		})
	}
	t.Run("a line that writes out something else", func(t *testing.T) {
		s := serve(t, 160, 48)
		s.curls("curl -w done", func() {})
		s.until("the server's of the request that came next", "< GET / HTTP/1.1")
	})
}

// A request that went elsewhere is not on this server.
func TestCurlElsewhere(t *testing.T) {
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	address := other.Listener.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	s := serve(t, 80, 40)
	s.curls("curl "+other.URL, func() {
		s.gets(s.ask(getTwo), "HTTP/1.1 200 OK\r\n")
	})
	s.until("404 Not Found", "This server did not see what went to 127.0.0.1:"+port+".")
	s.hides("Host: x")
	s.press("esc")
	s.curls("curl --connect-to ::127.0.0.1:1 "+other.URL, func() {})
	s.until("curl: exit status 7", "curl got no connection, so this server saw nothing of it.")
}

// What curl prints is not cut off at the edge.
func TestCurlWraps(t *testing.T) {
	for _, width := range []int{80, 120} {
		s := newScreen(t, width, 40)
		s.send(eventsMsg(session.All()))
		text := "< X-Long: " + strings.Repeat("word ", 40) + "end\r\n" + strings.Repeat("x", 300) + "y\n"
		s.send(curledMsg{output: poke.CurlOutput{Text: []byte(text), Conns: []poke.Conn{}}, before: 99})
		s.shows("word end", "xy ")
		s.isWhole(width, 40)
	}
}
