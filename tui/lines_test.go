package tui

import (
	"strings"
	"testing"
	"time"

	"barewire/internal/session"

	tea "github.com/charmbracelet/bubbletea"
)

// What is wrong with a line that is typed stands on the line of the keys, however
// long the line is.
func TestInputError(t *testing.T) {
	s := liveScreen(t, 80, 24)
	s.press("f")
	s.types("status:" + strings.Repeat("x", 90))
	s.press("enter")
	rows := s.rows()
	if last := rows[len(rows)-1]; !strings.Contains(last, "status") {
		t.Errorf("the last line is %q, and says nothing of a status", last)
	}
	s.says("filter: …")
	s.isWhole(80, 24)
}

// The sentence about an item of a menu is seen whole, if it takes two lines.
func TestMenuSentence(t *testing.T) {
	s := liveScreen(t, 80, 24)
	s.press("s")
	for _, item := range s.menu.Items {
		rows := s.rows()
		sentence := strings.Join(strings.Fields(rows[len(rows)-3]+" "+rows[len(rows)-2]), " ")
		if !strings.HasSuffix(sentence, strings.Join(strings.Fields(item.About), " ")) {
			t.Errorf("of %q the lines below the menu are %q", item.About, sentence)
		}
		s.press("down")
	}
}

// A note is seen where the list has no column for it.
func TestNoteBelow(t *testing.T) {
	s := liveScreen(t, 80, 24)
	s.press("a")
	s.types("look, a cookie")
	s.press("enter")
	s.says("Note: look, a cookie")
}

// What comes late waits until nothing is over the page.
func TestLate(t *testing.T) {
	s := liveScreen(t, 80, 24)
	late := toldMsg{text: "a GET: 200 OK", late: true}
	for _, open := range []string{"S", "s"} {
		s.press(open)
		s.send(late)
		s.hides("a GET: 200 OK")
		s.press("esc")
		s.says("a GET: 200 OK")
		s.press("esc")
		s.hides("a GET: 200 OK")
	}
	s.send(late)
	s.says("a GET: 200 OK")
}

// Keys that do nothing say so.
func TestIdleKeys(t *testing.T) {
	s := liveScreen(t, 80, 24)
	for _, key := range []string{"[", "-"} {
		s.press(key)
		s.says(key + " does nothing here")
	}
	s.press("?", "p")
	s.says("esc closes this first.")
	s.press("esc", "s", "p")
	s.says("esc closes this first.")
}

// The help follows the window.
func TestHelpFollows(t *testing.T) {
	s := liveScreen(t, 130, 40)
	s.press("?")
	s.send(tea.WindowSizeMsg{Width: 52, Height: 24})
	for _, row := range s.rows()[6:] {
		if strings.HasSuffix(strings.TrimRight(row, " "), "…") {
			t.Errorf("a row is cut: %q", row)
		}
	}
	s.isWhole(52, 24)
}

// The time of what is under way goes on.
func TestUnderWay(t *testing.T) {
	s := newScreen(t, 80, 24)
	events := session.All()
	s.send(eventsMsg(events[:4]))
	s.shows("under way")
	s.send(tickMsg(session.Began.Add(time.Hour)))
	s.shows("3600")
}

// ^z is for the shell.
func TestSuspend(t *testing.T) {
	s := liveScreen(t, 80, 24)
	_, cmd := s.Update(tea.KeyMsg{Type: tea.KeyCtrlZ})
	if _, is := cmd().(tea.SuspendMsg); !is {
		t.Errorf("^z gives %T", cmd())
	}
}

// An application that fails before its head is out has done what it has done; the
// answer is the server's.
func TestFailedApplication(t *testing.T) {
	s := serve(t, 120, 40)
	c := s.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhixx\r\n")
	s.gets(c, "HTTP/1.1 400 Bad Request\r\n")
	s.until("400 at 05", "✗ 05 body", "✓ 08 call", "✓ 09 response")
	s.press("8")
	s.shows("hello:App(environ, start_response)", "wsgi.input.read()", "CRLF follows the data of a chunk", "close()",
		"What the client gets is the server's explanation.")
	s.hides("start_response('400")
}

// What goes on in the next line of a sheet is indented as its beginning is.
func TestWrappedLine(t *testing.T) {
	got := strings.Join(wrappedLine("    one two three", 11), "\n")
	if want := "    one two\n    three"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
