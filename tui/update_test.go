package tui

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"barewire/apps/hello"
	"barewire/internal/session"
	"barewire/server"
	wsgi "barewire/steps/06_wsgi"
	"barewire/tui/cells"
	"barewire/tui/explain"
	"barewire/tui/history"
	"barewire/tui/hold"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

// liveScreen is a screen with the session in it.
func liveScreen(t *testing.T, width, height int) *screen {
	t.Helper()
	s := newScreen(t, width, height)
	s.send(eventsMsg(session.All()))
	return s
}

func (s *screen) rows() []string { return strings.Split(s.View(), "\n") }

// shows wants texts on the screen.
func (s *screen) shows(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if !strings.Contains(s.View(), text) {
			s.t.Errorf("the screen does not show %q:\n%s", text, s.View())
		}
	}
}

// hides wants texts not to be on the screen.
func (s *screen) hides(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if strings.Contains(s.View(), text) {
			s.t.Errorf("the screen shows %q, and should not:\n%s", text, s.View())
		}
	}
}

// says wants a text on the last line but one.
func (s *screen) says(text string) {
	s.t.Helper()
	rows := s.rows()
	if got := rows[len(rows)-2]; !strings.Contains(got, text) {
		s.t.Errorf("the last line but one is %q, want %q in it", got, text)
	}
}

var numbered = regexp.MustCompile(`(?m)^(.) *\*?([0-9]+)  c[0-9]+ `)

// listed returns the numbers of the requests that the list shows.
func (s *screen) listed() string {
	var numbers []string
	for _, row := range numbered.FindAllStringSubmatch(s.View(), -1) {
		numbers = append(numbers, row[2])
	}
	return strings.Join(numbers, " ")
}

// on returns the number of the request that the cursor is on.
func (s *screen) on() string {
	for _, row := range numbered.FindAllStringSubmatch(s.View(), -1) {
		if row[1] == "▸" {
			return row[2]
		}
	}
	return ""
}

// standsOn wants the cursor of the list on a request.
func (s *screen) standsOn(number int) {
	s.t.Helper()
	if got := s.on(); got != fmt.Sprint(number) {
		s.t.Errorf("the cursor is on request %s, want %d:\n%s", got, number, s.View())
	}
}

var rung = regexp.MustCompile(`(?m)^▸[ ✓✗‖·] (whole request|\d\d \w+)`)

// looksAt wants the cursor of the ladder on a step.
func (s *screen) looksAt(step string) {
	s.t.Helper()
	if got := rung.FindStringSubmatch(s.View()); got == nil || got[1] != step {
		s.t.Errorf("the ladder is at %q, want %q:\n%s", got, step, s.View())
	}
}

// choose takes an item of the menu that is open.
func (s *screen) choose(name string) {
	s.t.Helper()
	for range 60 {
		for _, row := range s.rows() {
			if strings.HasPrefix(row, "▸ "+name) {
				s.press("enter")
				return
			}
		}
		s.press("down")
	}
	s.t.Fatalf("the menu has no %q:\n%s", name, s.View())
}

// types types a text into the input that is open. What an input asks for, its
// cursor's blinking, is left out.
func (s *screen) types(text string) {
	s.t.Helper()
	for _, letter := range text {
		s.edit(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{letter}})
	}
}

// edit presses a key in an input.
func (s *screen) edit(key tea.KeyMsg) {
	s.t.Helper()
	if s.input == nil {
		s.t.Fatalf("nothing takes a text:\n%s", s.View())
	}
	model, _ := s.Update(key)
	s.Model = model.(Model)
}

var clearLine = tea.KeyMsg{Type: tea.KeyCtrlU}

// isWhole wants as many rows as the window has, each as wide.
func (s *screen) isWhole(width, height int) {
	s.t.Helper()
	rows := s.rows()
	if len(rows) != height {
		s.t.Errorf("%d rows, want %d:\n%s", len(rows), height, s.View())
	}
	for i, row := range rows {
		if got := ansi.StringWidth(row); got != width {
			s.t.Errorf("row %d has %d columns, want %d: %q", i+1, got, width, row)
		}
	}
}

func TestFollow(t *testing.T) {
	t.Run("goes along with the newest", func(t *testing.T) {
		s := liveScreen(t, 80, 24)
		s.standsOn(6)
		s.send(eventsMsg(session.Post(7)))
		s.standsOn(7)
		s.shows("follow")
	})
	for _, key := range []string{"up", "k", "pgup", "ctrl+u", "g"} {
		t.Run(key+" turns it off", func(t *testing.T) {
			s := liveScreen(t, 80, 24)
			s.press(key)
			before := s.on()
			s.hides("follow")
			s.send(eventsMsg(session.Post(7)))
			if got := s.on(); got != before || got == "6" {
				t.Errorf("the cursor went from %s to %s", before, got)
			}
		})
	}
	for _, key := range []string{"F", "G", "end"} {
		t.Run(key+" turns it on", func(t *testing.T) {
			s := liveScreen(t, 80, 24)
			s.press("up", "up", key)
			s.standsOn(6)
			s.send(eventsMsg(session.Post(7)))
			s.standsOn(7)
			s.shows("follow")
		})
	}
	t.Run("F turns it off", func(t *testing.T) {
		s := liveScreen(t, 80, 24)
		s.press("F")
		s.hides("follow")
		s.send(eventsMsg(session.Post(7)))
		s.standsOn(6)
	})
	t.Run("down at the newest leaves it on", func(t *testing.T) {
		s := liveScreen(t, 80, 24)
		s.press("down")
		s.shows("follow")
	})
	t.Run("an error that is jumped to is not left", func(t *testing.T) {
		s := liveScreen(t, 80, 24)
		s.press("{")
		s.send(eventsMsg(session.Post(7)))
		s.standsOn(4)
	})
}

// What somebody reads must not move, whatever arrives and whatever is forgotten.
func TestHoldsStill(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}, {160, 48}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			s := newScreen(t, size[0], size[1])
			s.history = history.New(history.Limits{Exchanges: 20, Bytes: 64 << 20, Body: 1 << 20})
			for number := range 20 {
				s.send(eventsMsg(session.Post(number + 1)))
			}
			s.press("up", "up", "up", "up")
			before := s.rows()[1:]
			list := s.listed()
			if s.standsOn(16); t.Failed() {
				return
			}
			for number := 21; number <= 25; number++ { // 1 to 5 are forgotten
				s.send(eventsMsg(session.Post(number)))
				if got := s.listed(); got != list {
					t.Fatalf("with request %d the list went from %s to %s", number, list, got)
				}
			}
			if after := s.rows()[1:]; strings.Join(after, "\n") != strings.Join(before, "\n") {
				t.Errorf("before:\n%s\nafter:\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
			}
		})
	}
}

// The cursor moves, and the list only when the cursor would leave it.
func TestCursorMovesInItsWindow(t *testing.T) {
	s := liveScreen(t, 80, 24)
	if got := s.listed(); got != "4 5 6" {
		t.Fatalf("the list shows %s, want 4 5 6", got)
	}
	for _, step := range []struct {
		key, listed string
		on          int
	}{
		{"up", "4 5 6", 5}, {"up", "4 5 6", 4}, {"up", "3 4 5", 3}, {"down", "3 4 5", 4}, {"down", "3 4 5", 5},
		{"down", "4 5 6", 6}, {"g", "1 2 3", 1}, {"j", "1 2 3", 2}, {"k", "1 2 3", 1}, {"k", "1 2 3", 1},
		{"pgdown", "2 3 4", 4}, {"G", "4 5 6", 6}, {"down", "4 5 6", 6},
	} {
		s.press(step.key)
		s.standsOn(step.on)
		if got := s.listed(); got != step.listed {
			t.Errorf("after %s the list shows %s, want %s", step.key, got, step.listed)
		}
	}
}

// On the page, the last line but one tells where the row under the cursor comes
// from: that is how a test sees the cursor without colours.
func TestCursorOfThePage(t *testing.T) {
	s := liveScreen(t, 80, 24)
	s.press("tab", "tab")
	s.says("Bytes 1 to 26: step 03")
	s.press("down")
	s.says("Bytes 27 to 48: step 04")
	s.press("down")
	s.says("Bytes 49 to 73: step 04")
	s.press("up")
	s.says("Bytes 27 to 48: step 04")
	s.press("G")
	s.says("chunk 1, 12 bytes")
	s.press("up")
	s.says("head ends at byte 120")
	s.press("g", "up")
	s.says("Bytes 1 to 26: step 03")
	s.press("down", "down")
	s.press("esc", "up", "tab", "tab")
	s.says("Bytes 1 to 16: step 03") // another request, from its beginning
}

// A page that is longer than its window is scrolled by the cursor, and the window
// moves only when the cursor would leave it.
func TestPageScrolls(t *testing.T) {
	s := liveScreen(t, 80, 24)
	s.press("7", "tab", "tab")
	s.shows("REQUEST_METHOD")
	s.hides("wsgi.version")
	s.press("G")
	s.shows("wsgi.version")
	s.hides("REQUEST_METHOD")
	bottom := s.View()
	s.press("up", "up", "up")
	s.shows("wsgi.version")
	s.press("down", "down", "down")
	if got := s.View(); got != bottom {
		t.Errorf("three rows up and down again, and the screen is\n%s\nnot\n%s", got, bottom)
	}
	s.press("pgup", "pgup", "pgup")
	s.shows("REQUEST_METHOD")
}

func TestPanes(t *testing.T) {
	at := map[pane]string{onList: "list", onLadder: "ladder", onPage: "page"}
	for _, test := range []struct {
		name string
		keys []string
		want pane
	}{
		{"first", nil, onList},
		{"tab", []string{"tab"}, onLadder},
		{"tab tab", []string{"tab", "tab"}, onPage},
		{"tab goes round", []string{"tab", "tab", "tab"}, onList},
		{"shift+tab goes round", []string{"shift+tab"}, onPage},
		{"shift+tab", []string{"tab", "tab", "shift+tab"}, onLadder},
		{"l", []string{"l", "l"}, onPage},
		{"h", []string{"l", "l", "h"}, onLadder},
		{"right and left", []string{"right", "right", "left"}, onLadder},
		{"enter goes in", []string{"enter", "enter"}, onPage},
		{"esc goes out", []string{"tab", "tab", "esc"}, onList},
		{"q goes out", []string{"tab", "tab", "q"}, onList},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := liveScreen(t, 80, 24)
			s.press(test.keys...)
			if s.focus != test.want {
				t.Errorf("the keys go to the %s, want the %s", at[s.focus], at[test.want])
			}
		})
	}
	t.Run("the focused pane gets up and down", func(t *testing.T) {
		s := liveScreen(t, 80, 24)
		s.press("tab", "down", "down")
		s.looksAt("02 read")
		s.standsOn(6)
		s.press("up", "up", "up")
		s.looksAt("whole request")
		s.press("G")
		s.looksAt("10 keepalive")
		s.press("esc")
		s.looksAt("whole request")
	})
}

// A letter in an input is a letter.
func TestInputTakesLetters(t *testing.T) {
	s := liveScreen(t, 80, 24)
	s.press("f")
	s.types("qQ?p")
	s.says("filter: qQ?p")
	if !s.quits(tea.KeyMsg{Type: tea.KeyCtrlC}) {
		t.Error("ctrl+c does not quit")
	}
}

// Of a text that is longer than the line, the end is seen, where one types.
func TestLongInput(t *testing.T) {
	s := liveScreen(t, 80, 24)
	s.press("S")
	s.types(strings.Repeat(" -H 'X-Long: value'", 10) + " the-end")
	s.says("the-end")
	s.isWhole(80, 24)
}

// quits tells whether a key ends the program.
func (s *screen) quits(key tea.KeyMsg) bool {
	_, cmd := s.Update(key)
	if cmd == nil {
		return false
	}
	_, is := cmd().(tea.QuitMsg)
	return is
}

func TestQuit(t *testing.T) {
	letter := func(letter rune) tea.KeyMsg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{letter}} }
	ctrlC := tea.KeyMsg{Type: tea.KeyCtrlC}
	for _, test := range []struct {
		name      string
		before    []string
		q, Q, end bool // ctrl+c
	}{
		{"at the top", nil, true, true, true},
		{"on the page", []string{"tab", "tab"}, false, true, true},
		{"on the zoomed list", []string{"+"}, false, true, true},
		{"over help", []string{"?"}, false, true, true},
		{"over a menu", []string{"s"}, false, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := liveScreen(t, 80, 24)
			s.press(test.before...)
			if got := s.quits(letter('q')); got != test.q {
				t.Errorf("q quits: %v, want %v", got, test.q)
			}
			if got := s.quits(letter('Q')); got != test.Q {
				t.Errorf("Q quits: %v, want %v", got, test.Q)
			}
			if got := s.quits(ctrlC); got != test.end {
				t.Errorf("ctrl+c quits: %v, want %v", got, test.end)
			}
		})
	}
}

func TestSteps(t *testing.T) {
	s := liveScreen(t, 80, 24)
	for digit, name := range map[string]string{
		"1": "01 listen", "2": "02 read", "3": "03 requestline", "4": "04 headers", "5": "05 body",
		"6": "06 wsgi", "7": "07 environ", "8": "08 call", "9": "09 response", "0": "10 keepalive",
	} {
		s.press(digit)
		if digit != "6" { // 06 is a line
			s.looksAt(name)
		}
		s.shows(name + " ")
	}
	s.press("6")
	s.shows("06 is the contract", "What do both sides promise?")
	s.press("3", "[")
	s.looksAt("02 read")
	s.press("[", "[", "[")
	s.looksAt("whole request")
	s.press("]")
	s.looksAt("01 listen")
	s.press("0", "]")
	s.looksAt("10 keepalive")
	s.standsOn(6)
}

func TestZoom(t *testing.T) {
	t.Run("the list", func(t *testing.T) {
		s := liveScreen(t, 80, 24)
		s.press("+")
		if got := s.listed(); got != "1 2 3 4 5 6" {
			t.Errorf("the list shows %s", got)
		}
		s.hides("03 requestline")
		s.press("-")
		s.shows("03 requestline")
	})
	t.Run("the page", func(t *testing.T) {
		s := liveScreen(t, 80, 24)
		s.press("9", "tab", "tab", "+")
		s.hides("03 requestline")
		s.shows("> Content-Type: text/plain")
		s.press("-")
		s.shows("03 requestline")
	})
	for _, over := range [][]string{{"?"}, {"s"}, {":"}, {"b"}, {"y"}, {"E"}, {"i"}, {"o"}} {
		t.Run(over[0]+" comes over the zoomed list", func(t *testing.T) {
			s := liveScreen(t, 80, 24)
			s.press("+")
			s.press(over...)
			s.shows("esc closes ─")
		})
	}
}

// Before the first request there is less on the screen, and the menu of requests
// to send is all the more wanted.
func TestOverTheEmptyScreen(t *testing.T) {
	for _, size := range [][2]int{{50, 12}, {80, 24}, {120, 40}, {160, 48}} {
		for _, key := range []string{"s", "?", ":", "b"} {
			t.Run(fmt.Sprintf("%s at %dx%d", key, size[0], size[1]), func(t *testing.T) {
				s := newScreen(t, size[0], size[1])
				s.press(key)
				s.shows("esc closes ─")
				s.isWhole(size[0], size[1])
				if key == "?" {
					s.press("G")
					s.shows("Q ^c")
					return
				}
				for range s.menu.Items {
					if !regexp.MustCompile(`(?m)^▸ `).MatchString(s.View()) {
						t.Fatalf("the cursor of the menu is not on the screen:\n%s", s.View())
					}
					s.press("down")
				}
			})
		}
	}
}

func TestFilter(t *testing.T) {
	t.Run("picks", func(t *testing.T) {
		s := liveScreen(t, 80, 24)
		s.press("f")
		s.types("error")
		s.press("enter")
		if got := s.listed(); got != "2 4" {
			t.Errorf("the list shows %s, want 2 4", got)
		}
		s.shows("filter error", "6 requests")
		s.press("f")
		for range "error" {
			s.edit(tea.KeyMsg{Type: tea.KeyBackspace})
		}
		s.press("enter")
		s.hides("filter")
		if got := s.listed(); got != "4 5 6" {
			t.Errorf("the list shows %s, want 4 5 6", got)
		}
	})
	t.Run("of nothing says so", func(t *testing.T) {
		s := liveScreen(t, 80, 24)
		s.press("f")
		s.types("no:99")
		s.press("enter")
		if got := s.listed(); got != "" {
			t.Errorf("the list shows %s, want nothing", got)
		}
		s.press("tab")
		s.hides("no request yet") // there are six
		s.press("f")
		s.edit(clearLine)
		s.press("enter")
		if got := s.listed(); got != "4 5 6" {
			t.Errorf("the list shows %s, want 4 5 6", got)
		}
	})
	t.Run("that is wrong is told, and kept to be corrected", func(t *testing.T) {
		s := liveScreen(t, 80, 24)
		s.press("f")
		s.types("status:many")
		s.press("enter")
		s.shows("status:many", "at 1:")
		s.edit(clearLine)
		s.types("POST")
		s.press("enter")
		if got := s.listed(); got != "6" {
			t.Errorf("the list shows %s, want 6", got)
		}
	})
	t.Run("esc leaves it as it was", func(t *testing.T) {
		s := liveScreen(t, 80, 24)
		s.press("f")
		s.types("POST")
		s.press("enter", "f")
		s.types(" error")
		s.press("esc")
		s.shows("filter POST ")
	})
	t.Run("new requests pass it or do not", func(t *testing.T) {
		s := liveScreen(t, 80, 24)
		s.press("f")
		s.types("GET")
		s.press("enter")
		s.send(eventsMsg(session.Post(7)))
		if got := s.listed(); got != "1 2 5" {
			t.Errorf("the list shows %s, want 1 2 5", got)
		}
	})
	t.Run("keeps the cursor where it was", func(t *testing.T) {
		s := liveScreen(t, 80, 24)
		s.press("up", "f")
		s.types("GET")
		s.press("enter")
		s.standsOn(5)
	})
}

func TestSearch(t *testing.T) {
	s := liveScreen(t, 80, 24)
	s.press("/")
	s.types("content-")
	s.press("enter")
	s.says("Bytes 87 to 105") // Content-Length of the request
	for _, step := range []struct{ key, says string }{
		{"n", "Bytes 106 to 154"}, {"n", "header 1"}, {"n", "its length is known"}, {"n", "Bytes 87 to 105"}, // round
		{"N", "its length is known"}, {"N", "header 1"},
	} {
		s.press(step.key)
		s.says(step.says)
	}
	s.press("/")
	s.edit(clearLine)
	s.types("nowhere")
	s.press("enter")
	s.says(`"nowhere" is not on this page`)
	s.press("down")
	s.says("its length is known") // from where it was
}

func TestErrorsAndMarks(t *testing.T) {
	s := liveScreen(t, 80, 24)
	s.press("{")
	s.standsOn(4)
	s.press("{")
	s.standsOn(2)
	s.press("{")
	s.standsOn(2)
	s.says("There is no error further up.")
	s.press("}")
	s.standsOn(4)
	s.press("}")
	s.says("There is no error further down.")

	s.press("g", "m", "G", "m", "g", "'")
	s.standsOn(6)
	s.press("'")
	s.standsOn(1)
	s.shows("*1")
	s.press("m", "'", "m", "'")
	s.says("There is no mark; m sets one.")
}

func TestNote(t *testing.T) {
	s := liveScreen(t, 120, 40)
	s.press("up", "a")
	s.types("look, a cookie")
	s.press("enter")
	s.shows("look, a cookie")
	s.press("a", "esc")
	s.shows("look, a cookie")
	s.press("f")
	s.types("note:cookie")
	s.press("enter")
	if got := s.listed(); got != "5" {
		t.Errorf("the list shows %s, want 5", got)
	}
}

func TestClear(t *testing.T) {
	s := liveScreen(t, 80, 24)
	s.press("g", "down", "m", "z")
	if got := s.listed(); got != "2" {
		t.Errorf("the list shows %s, want 2, which is marked", got)
	}
	s.shows("6 requests")
	s.press("m", "z")
	if got := s.listed(); got != "" {
		t.Errorf("the list shows %s, want nothing", got)
	}
	s.isWhole(80, 24)
	s.send(eventsMsg(session.Post(7)))
	if got := s.listed(); got != "7" {
		t.Errorf("the list shows %s, want 7", got)
	}
}

func TestBytes(t *testing.T) {
	s := liveScreen(t, 120, 40)
	s.hides("␍␊")
	s.press("x")
	s.shows("< Host: localhost:8888␍␊", "> Server: barewire␍␊")
	s.press("x")
	s.shows("50 4f 53 54 20", "48 54 54 50 2f", "POST /hello?x=1 ")
	s.press("tab", "tab", "down")
	s.says("Byte 1, 50 P: step 03 used it; it is in REQUEST_METHOD.")
	s.press("right", "right", "right", "right", "l")
	s.says("Byte 6, 2f /: step 03 used it; it is in REQUEST_URI and PATH_INFO.")
	s.press("i")
	s.shows("PATH_INFO")
	s.press("esc", "h", "left")
	s.says("Byte 4, 54 T: step 03 used it; it is in REQUEST_METHOD.")
	s.press("down", "down", "down", "down", "down", "down", "down", "down", "down", "down", "right")
	s.says("Byte 164, 61 a: step 05 used it; it is in the body, wsgi.input.")
	s.press("down", "down")
	s.says("Byte 4, 50 P: the application said it, start_response, status.")
	s.press("tab") // leaves the page, for the list
	s.press("2")
	s.shows("50 4f 53 54 20")
	s.hides("48 54 54 50 2f 31 2e 31  20 32")
	s.press("9")
	s.hides("50 4f 53 54 20")
	s.press("3")
	s.shows("method") // no bytes there: the page stays as it is
	s.press("x", "esc")
	s.hides("␍␊")
	s.shows("< Host: localhost:8888")
}

func TestView(t *testing.T) {
	s := liveScreen(t, 80, 24)
	s.shows("< POST /hello?x=1 HTTP/1.1", "> HTTP/1.1 200 OK", "< client says   > server says")
	s.press("v")
	s.shows("> POST /hello?x=1 HTTP/1.1", "< HTTP/1.1 200 OK", "> client says   < server says")
	s.hides("< POST", "> HTTP/1.1")
	for _, step := range []string{"2", "3", "4", "5"} {
		s.press(step)
		s.hides("< POST", "< Host", "< name=ada")
	}
	s.press("9")
	s.shows("< HTTP/1.1 200 OK")
	s.press("v", "esc")
	s.shows("< POST /hello?x=1 HTTP/1.1")
}

// i on every row of every page explains, or says that there is nothing to
// explain; it never shows an empty sheet.
func TestExplainEverywhere(t *testing.T) {
	for _, width := range []int{80, 120} {
		s := liveScreen(t, width, 40)
		s.press("g")
		for request := range 6 {
			for step := range 11 {
				s.press("esc")
				if step > 0 {
					s.press(fmt.Sprint(step % 10))
				}
				s.press("tab", "tab")
				for row := range len(s.pageOf(s.selected()).rows()) {
					s.press("i")
					if s.sheet == nil {
						s.says("There is nothing to explain here")
					} else {
						if s.sheet.Title == "" || !slices.ContainsFunc(s.sheet.Rows(&s.Model, width), func(row cells.Row) bool { return row.Width() > len("  ") }) {
							t.Errorf("the sheet is empty:\n%s", s.View())
						}
						s.isWhole(width, 40)
						s.press("esc")
					}
					s.press("down")
					if t.Failed() {
						t.Fatalf("request %d, step %d, row %d", request+1, step, row)
					}
				}
			}
			s.press("esc", "down")
		}
	}
}

// Of what a worker does, every row is explained.
func TestExplainWorkers(t *testing.T) {
	for _, width := range []int{80, 120} {
		for _, request := range []string{"g", "G"} {
			s := workerScreen(t, width, 60)
			s.press(request, "8", "tab", "tab")
			for row := range s.pageOf(s.selected()).rows() {
				if s.pageOf(s.selected()).cursor != row {
					continue // a blank one
				}
				s.press("i")
				if s.sheet == nil {
					t.Fatalf("row %d is not explained:\n%s", row, s.View())
				}
				s.press("esc", "down")
			}
		}
	}
	for did := range workerWords {
		if entry := explain.Look(explain.Worker, did); strings.Contains(entry.Text, "no such thing") {
			t.Errorf("%s is not explained: %s", did, entry.Text)
		}
	}
	for _, name := range []string{"worker", "stack", "turns"} {
		if entry := explain.Look(explain.Worker, name); strings.Contains(entry.Text, "no such thing") {
			t.Errorf("%s is not explained: %s", name, entry.Text)
		}
	}
}

func TestExplain(t *testing.T) {
	for _, test := range []struct {
		name string
		keys []string
		want string // the name over the explanation
	}{
		{"a status in the list", nil, "─ 200 OK "},
		{"a client that left", []string{"up", "up"}, ""},
		{"a step", []string{"tab", "7"}, "─ 07 environ "},
		{"a header of the request", []string{"tab", "tab", "down"}, "─ Host "},
		{"another one", []string{"tab", "tab", "down", "down"}, "─ User-Agent "},
		{"the method", []string{"tab", "tab"}, "─ POST "},
		{"the body", []string{"tab", "tab", "down", "down", "down", "down", "down", "down", "down"}, "─ 05 body "},
		{"a key of the environ", []string{"7", "tab", "tab", "down", "down"}, "─ REQUEST_METHOD "},
		{"a status of an answer", []string{"9", "tab", "tab", "down"}, "─ 200 OK "},
		{"a call", []string{"8", "tab", "tab", "down"}, "─ 08 call "},
		{"a title", []string{"3", "tab", "tab"}, "─ 03 requestline "},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := liveScreen(t, 80, 24)
			s.press(test.keys...)
			s.press("i")
			if test.want == "" {
				s.hides("esc closes")
				return
			}
			s.shows(test.want, "esc closes ─")
			s.press("esc")
			s.hides("esc closes ─")
		})
	}
}

func TestCode(t *testing.T) {
	for _, test := range []struct {
		name string
		keys []string
		want string
	}{
		{"a step", []string{"3"}, "steps/03_requestline/"},
		{"a key", []string{"7", "tab", "tab", "down", "down", "down"}, "steps/07_environ/environ.go:"},
		{"the whole request", nil, "steps/02_read/"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := liveScreen(t, 80, 24)
			s.press(test.keys...)
			s.press("o")
			s.shows(test.want, "esc closes ─")
			s.isWhole(80, 24)
		})
	}
}

// What is too long for its column ends with an ellipsis, and enter shows all of it.
func TestEnterShowsLongValuesWhole(t *testing.T) {
	s := liveScreen(t, 80, 24)
	s.press("up", "tab", "tab", "/") // request 5 has a cookie of 462 letters
	s.types("Cookie")
	s.press("enter", "enter")
	s.shows("esc closes ─")
	if got := strings.Count(strings.Join(s.rows()[6:], ""), "c"); got < 462 {
		t.Errorf("%d letters c are on the screen, want at least 462:\n%s", got, s.View())
	}
	s.isWhole(80, 24)
}

func TestCopy(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("PATH", t.TempDir()) // no command of the platform
	for _, test := range []struct {
		item string
		want string // in the file
	}{
		{"curl", "curl "},
		{"bytes", session.PostHead + "name=ada"},
		{"value", "Host: localhost:8888"},
	} {
		t.Run(test.item, func(t *testing.T) {
			s := liveScreen(t, 109, 24)
			s.config.Clipboard.Folder = folder
			s.press("tab", "tab", "down", "y")
			s.shows("copy from request 6")
			s.choose(test.item)
			file := regexp.MustCompile(`In no clipboard, but in (\S+)`).FindStringSubmatch(s.View())
			if file == nil {
				t.Fatalf("no file is named:\n%s", s.View())
			}
			text, err := os.ReadFile(file[1])
			if err != nil || !strings.Contains(string(text), test.want) {
				t.Errorf("the file has %q, %v; want %q in it", text, err, test.want)
			}
		})
	}
}

func TestExport(t *testing.T) {
	for _, test := range []struct {
		item, file, again, want string
	}{
		{"trace of request", "request-6.jsonl", "request-6-2.jsonl", `"request":6`},
		{"HAR of request", "request-6.har", "request-6-2.har", `/hello?x=1`},
		{"trace of all", "barewire.jsonl", "barewire-2.jsonl", `"request":1`},
		{"HAR of all", "barewire.har", "barewire-2.har", `"entries"`},
	} {
		t.Run(test.item, func(t *testing.T) {
			s := liveScreen(t, 200, 24)
			s.config.Folder = t.TempDir()
			s.press("E")
			s.choose(test.item)
			s.says("Written to " + filepath.Join(s.config.Folder, test.file))
			first, err := os.ReadFile(filepath.Join(s.config.Folder, test.file))
			if err != nil || !strings.Contains(string(first), test.want) {
				t.Fatalf("%q, %v", first, err)
			}
			if err := os.WriteFile(filepath.Join(s.config.Folder, test.file), []byte("mine"), 0o600); err != nil {
				t.Fatal(err)
			}
			s.press("E")
			s.choose(test.item)
			s.says("Written to " + filepath.Join(s.config.Folder, test.again))
			if mine, err := os.ReadFile(filepath.Join(s.config.Folder, test.file)); string(mine) != "mine" || err != nil {
				t.Errorf("the file that was there is now %q, %v", mine, err)
			}
		})
	}
	t.Run("a folder that is not there", func(t *testing.T) {
		s := liveScreen(t, 200, 24)
		s.config.Folder = filepath.Join(t.TempDir(), "gone")
		s.press("E", "enter")
		s.says("no such file")
	})
}

// A curl line that cannot be meant is told, and stays to be corrected.
func TestCurlLineThatIsWrong(t *testing.T) {
	for _, test := range []struct{ line, says string }{
		{"curl 'unclosed", "quote"},
		{"curl a | sh", "shell"},
	} {
		t.Run(test.line, func(t *testing.T) {
			s := liveScreen(t, 160, 48)
			s.press("S")
			s.edit(clearLine)
			s.types(test.line)
			s.press("enter")
			s.shows(test.line, test.says)
			s.press("esc")
			s.hides(test.line)
		})
	}
}

func TestCommands(t *testing.T) {
	s := liveScreen(t, 80, 24)
	s.press(":")
	s.choose("arrows from the other side")
	s.shows("> client says   < server says")
	s.press(":")
	s.choose("pause new requests")
	s.shows("PAUSE ON")
	s.press(":")
	s.choose("run the next step")
	s.says("Nothing is held")
	s.press("w")
	s.says("does nothing here")
}

// A record is over: keys that need a server say so, and all others work.
func TestRecord(t *testing.T) {
	record := newScreen(t, 80, 24)
	record.send(eventsMsg(session.All()))
	h := record.history
	config := record.config
	config.Gate, config.URL = nil, ""
	s := &screen{t: t, Model: load(config, h)}
	s.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	s.standsOn(1)
	for _, key := range []string{"p", " ", "c", "C", "b", "s", "S", "r", "R"} {
		t.Run(key, func(t *testing.T) {
			s.t = t
			s.press(key)
			s.says("record")
			s.hides("esc closes ─")
		})
	}
	s.t = t
	s.press("G", "7")
	s.shows("REQUEST_METHOD")
	s.hides(" p pause", " s send", "Try: press p", "Try: press s", "Try: press S")
	s.press("y")
	s.shows("copy from request 6")

	empty := &screen{t: t, Model: load(config, history.New(history.Usual))}
	empty.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	empty.shows("There is no request in this record.")
	empty.isWhole(80, 24)
}

// anywhere is how to come to each part of the screen.
var anywhere = map[string][]string{
	"nothing": nil, "help": {"?"}, "send": {"s"}, "curl": {"S"}, "filter": {"f"}, "search": {"/"}, "breakpoints": {"b"},
	"commands": {":"}, "explained": {"i"}, "code": {"o"}, "copy": {"y"}, "export": {"E"}, "cut": {"R"},
	"zoomed list": {"+"}, "zoomed page": {"tab", "tab", "+"}, "zoomed ladder": {"tab", "+"}, "hex": {"x", "x"},
	"environ": {"7"}, "read": {"2"}, "calls": {"8"}, "paused": {"p"}, "refused": {"{", "{", "4"},
	"end of help": {"?", "G"}, "end of the page": {"7", "tab", "tab", "G"},
}

// With --ascii there is no sign on the screen but ASCII.
func TestASCII(t *testing.T) {
	for name, keys := range anywhere {
		for _, width := range []int{80, 120} {
			t.Run(fmt.Sprintf("%s at %d", name, width), func(t *testing.T) {
				s := liveScreen(t, width, 48)
				s.pen = cells.NewPen(cells.Theme{Profile: termenv.Ascii, ASCII: true})
				s.press(keys...)
				if at := strings.IndexFunc(s.View(), func(r rune) bool { return r > '~' }); at >= 0 {
					t.Errorf("%.20q is on the screen:\n%s", s.View()[at:], s.View())
				}
				s.isWhole(width, 48)
			})
		}
	}
}

func TestSizes(t *testing.T) {
	for _, size := range [][2]int{{50, 12}, {51, 13}, {71, 19}, {72, 20}, {80, 24}, {99, 39}, {100, 40}, {109, 47}, {110, 48}, {120, 40}, {160, 48}, {300, 100}} {
		for name, keys := range anywhere {
			for _, empty := range []bool{false, true} {
				t.Run(fmt.Sprintf("%dx%d %s, empty %v", size[0], size[1], name, empty), func(t *testing.T) {
					s := newScreen(t, size[0], size[1])
					if !empty {
						s.send(eventsMsg(session.All()))
					}
					s.press(keys...)
					s.isWhole(size[0], size[1])
				})
			}
		}
	}
	for _, size := range [][2]int{{49, 12}, {50, 11}, {49, 11}, {20, 5}, {1, 1}} {
		t.Run(fmt.Sprintf("%dx%d is too small", size[0], size[1]), func(t *testing.T) {
			s := newScreen(t, size[0], size[1])
			s.send(eventsMsg(session.All()))
			s.isWhole(size[0], 1)
			if size[0] > 40 {
				s.shows("needs 50x12", fmt.Sprintf("this is %dx%d", size[0], size[1]))
			}
		})
	}
	t.Run("no size yet", func(t *testing.T) {
		if got := (New(Config{})).View(); got != "" {
			t.Errorf("View = %q, want nothing", got)
		}
	})
	t.Run("smaller while a menu is open", func(t *testing.T) {
		s := liveScreen(t, 160, 48)
		s.press("s", "G")
		s.send(tea.WindowSizeMsg{Width: 50, Height: 12})
		s.isWhole(50, 12)
		s.shows("▸ a body that is ")
	})
}

// A site is a server behind the gate of a screen.
type site struct {
	*screen
	addr string

	mutex  sync.Mutex
	events []server.Event
}

// soon bounds what should happen at once, on a machine that is busy.
const soon = 20 * time.Second

// serve has a server answer, and tell the screen.
func serve(t *testing.T, width, height int) *site {
	t.Helper()
	return serveApp(t, width, height, hello.App)
}

func serveApp(t *testing.T, width, height int, app wsgi.Application) *site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := serveAt(t, width, height, listener, server.New(app))
	s.addr = listener.Addr().String()
	return s
}

// serveAt has this server answer there.
func serveAt(t *testing.T, width, height int, listener net.Listener, served *server.Server) *site {
	t.Helper()
	s := &site{screen: newScreen(t, width, height)}
	gate := s.config.Gate
	gate.After = func(time.Duration) <-chan time.Time { return time.After(time.Millisecond) }
	gate.Now = s.config.Now
	served.Errors = io.Discard
	served.Gate, served.AfterChunk = gate.Pass, gate.PassChunk
	served.Observe = func(event server.Event) {
		gate.Observe(event)
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.events = append(s.events, event)
	}
	go served.Serve(listener)
	t.Cleanup(func() {
		gate.Close()
		if err := served.Shutdown(t.Context()); err != nil && !errors.Is(err, t.Context().Err()) {
			t.Error(err)
		}
	})
	return s
}

// A client gets one answer.
type client struct {
	net.Conn
	answer chan string
}

// ask sends a request on a connection of its own.
func (s *site) ask(request string) client {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, request); err != nil {
		s.t.Fatal(err)
	}
	c := client{conn, make(chan string, 1)}
	go func() {
		answer, _ := io.ReadAll(conn)
		c.answer <- string(answer)
	}()
	return c
}

// until tells the screen what has happened, until it shows these texts.
func (s *site) until(texts ...string) {
	s.t.Helper()
	for deadline := time.Now().Add(soon); ; time.Sleep(time.Millisecond) {
		s.mutex.Lock()
		events := s.events
		s.events = nil
		s.mutex.Unlock()
		if len(events) > 0 {
			s.send(eventsMsg(events))
		}
		s.send(heldMsg{})
		missing := ""
		for _, text := range texts {
			if !strings.Contains(s.View(), text) {
				missing = text
			}
		}
		if missing == "" {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("in %v the screen does not show %q:\n%s", soon, missing, s.View())
		}
	}
}

// gets wants the answer to begin so.
func (s *site) gets(c client, beginning string) {
	s.t.Helper()
	select {
	case answer := <-c.answer:
		if !strings.HasPrefix(answer, beginning) {
			s.t.Errorf("the client gets %q, want %q", answer, beginning)
		}
	case <-time.After(soon):
		s.t.Fatal("the client gets no answer")
	}
}

const (
	getOne  = "GET /one HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	getTwo  = "GET /two HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	postOne = "POST /form HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 8\r\n\r\nname=ada"
)

func TestHold(t *testing.T) {
	t.Run("step by step", func(t *testing.T) {
		s := serve(t, 120, 40)
		s.press("p")
		s.shows("PAUSE ON")
		c := s.ask(postOne)
		s.until("PAUSE ON  1 held  0 waiting", "‖ held 03", "before 03 requestline")
		for _, step := range []struct{ name, makes string }{
			{"04 headers", "application/x-www-form-urlencoded"},
			{"05 body", "It will look where the body ends."},
			{"07 environ", "'POST'"},
			{"08 call", "It will call hello:App with these 26 keys."},
			{"09 response", "It will ask the body for its first chunk."},
			{"10 keepalive", "It will look whether there is more to come."},
		} {
			s.press(" ")
			s.until("held before "+step.name, "1 held  0 waiting", "‖ "+step.name, step.makes)
			s.looksAt(step.name)
			s.shows("Deadlines stand still", "space next step")
		}
		s.press(" ")
		s.until("PAUSE ON  0 held  0 waiting", "200 OK", "connection ") // and it is over
		s.gets(c, "HTTP/1.1 200 OK\r\n")
		s.press(" ")
		s.says("Nothing is held")
	})
	t.Run("the page stays where the user looks", func(t *testing.T) {
		s := serve(t, 120, 40)
		s.press("p")
		s.ask(getOne)
		s.until("held before 03")
		s.press(" ")
		s.until("held before 04")
		s.press(" ")
		s.until("held before 05")
		s.press("3")
		s.looksAt("03 requestline")
		s.ask(getTwo)
		s.until("1 held  1 waiting")
		s.looksAt("03 requestline")
		s.standsOn(1)
		s.press(" ")
		s.until("held before 07")
		s.looksAt("07 environ") // a step that was run is looked at
	})
	t.Run("let go", func(t *testing.T) {
		s := serve(t, 120, 40)
		s.press("p")
		one := s.ask(getOne)
		s.until("1 held  0 waiting")
		two := s.ask(getTwo)
		s.until("1 held  1 waiting", "‖ held 03", "· waits 03")
		s.press("g", "c")
		s.gets(one, "HTTP/1.1 200 OK\r\n")
		s.until("1 held  0 waiting")
		three := s.ask(getOne)
		s.until("1 held  1 waiting")
		s.press("C")
		s.gets(two, "HTTP/1.1 200 OK\r\n")
		s.gets(three, "HTTP/1.1 200 OK\r\n")
		s.until("PAUSE ON  0 held  0 waiting")
		s.press("p")
		s.hides("PAUSE ON")
		s.gets(s.ask(getTwo), "HTTP/1.1 200 OK\r\n")
	})
	t.Run("z leaves it", func(t *testing.T) {
		s := serve(t, 120, 40)
		s.gets(s.ask(getOne), "HTTP/1.1 200 OK\r\n")
		s.until("200 OK")
		s.press("p")
		s.ask(getTwo)
		s.until("‖ held 03")
		s.press("z")
		if got := s.listed(); got != "2" {
			t.Errorf("the list shows %s, want 2", got)
		}
	})
	t.Run("a client that leaves", func(t *testing.T) {
		s := serve(t, 120, 40)
		s.press("p")
		c := s.ask(getOne)
		s.until("1 held  0 waiting")
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		s.until("the client left after 0:00", "the client has left")
		s.send(tickMsg(s.config.Now().Add(102 * time.Second)))
		s.shows("the client left after 0:00") // that does not change any more
	})
	t.Run("the clock", func(t *testing.T) {
		s := serve(t, 120, 40)
		s.press("p")
		s.ask(getOne)
		s.until("the client waits 0:00")
		s.send(tickMsg(s.config.Now().Add(102 * time.Second)))
		s.shows("the client waits 1:42")
	})
}

// A request that is stepped stops behind each chunk too: it is sent, and nobody has
// asked for the next one.
func TestHoldBehindChunks(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			s := serveApp(t, size[0], size[1], func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
				write := start("200 OK", nil)
				if err := write([]byte("written\n")); err != nil {
					return wsgi.Fail(err)
				}
				return wsgi.List{[]byte("second\n"), []byte("third\n")}
			})
			s.config.Gate.SetBreaks([]hold.Break{{Step: 8}})
			c := s.ask(getOne)
			s.until("held before 08 call")
			s.press(" ")
			s.until("held in 08 call, after chunk 1", "‖ 08 call", "‖ held 08", "write(chunk 1)")
			s.shows("Chunk 1 is sent. Nobody has asked for the next one.", "Deadlines stand still", "space next step", "the client waits 0:00")
			s.press("g", "9")
			s.send(tickMsg(s.config.Now().Add(42 * time.Second)))
			s.looksAt("09 response")
			s.shows("after chunk 1   the client waits 0:42")
			s.press(" ")
			s.until("held before 09 response")
			s.press(" ")
			s.until("held in 09 response, after chunk 2", "second")
			s.looksAt("09 response")
			s.hides("HTTP/1.1 200 OK", "written") // which were sent before
			if size[0] == 120 {
				page := strings.Join(s.rows()[13:22], "\n")
				if strings.Count(page, "end of chunk") != 1 {
					t.Errorf("the page has more than the chunk:\n%s", page)
				}
			}
			s.isWhole(size[0], size[1])
			s.press("1")
			s.looksAt("01 listen")
			s.press(" ")
			s.until("held in 09 response, after chunk 3", "third")
			s.looksAt("09 response")
			s.hides("second")
			s.press("c")
			s.gets(c, "HTTP/1.1 200 OK\r\n")
			s.until("200 OK", "✓ 09 response")
		})
	}
	t.Run("another one is selected", func(t *testing.T) {
		s := serveApp(t, 80, 24, func(_ wsgi.Environ, start wsgi.StartResponse) wsgi.Body {
			start("200 OK", nil)
			return wsgi.List{[]byte("one"), []byte("two")}
		})
		s.gets(s.ask(getOne), "HTTP/1.1 200 OK\r\n")
		s.config.Gate.SetBreaks([]hold.Break{{Step: 9}})
		s.ask(getTwo)
		s.until("held before 09")
		s.press(" ")
		s.until("after chunk 1")
		s.press("g")
		s.says("Request 2 is held in 09, after chunk 1: space steps it, C lets all go.")
	})
}

func TestBreakpoints(t *testing.T) {
	t.Run("before a step", func(t *testing.T) {
		s := serve(t, 120, 40)
		s.press("b")
		s.choose("before 07 environ")
		s.says("A request stops before 07 environ.")
		c := s.ask(getOne)
		s.until("held before 07 environ", "1 held  0 waiting")
		s.hides("PAUSE ON")
		s.press("b")
		s.choose("- before 07 environ")
		s.press("c")
		s.gets(c, "HTTP/1.1 200 OK\r\n")
		s.gets(s.ask(getTwo), "HTTP/1.1 200 OK\r\n")
		s.press("b")
		s.hides("is set; enter takes it away")
	})
	t.Run("at a method", func(t *testing.T) {
		s := serve(t, 120, 40)
		s.press("b")
		s.choose("method …")
		s.types("POST")
		s.press("enter")
		s.says("A request stops at method POST.")
		s.gets(s.ask(getOne), "HTTP/1.1 200 OK\r\n")
		c := s.ask(postOne)
		s.until("held before 04 headers")
		s.press("c")
		s.gets(c, "HTTP/1.1 200 OK\r\n")
	})
	t.Run("at a path", func(t *testing.T) {
		s := serve(t, 120, 40)
		s.press("b")
		s.choose("path …")
		s.types("/t*")
		s.press("enter")
		s.gets(s.ask(getOne), "HTTP/1.1 200 OK\r\n")
		c := s.ask(getTwo)
		s.until("held before 04 headers")
		s.press("C")
		s.gets(c, "HTTP/1.1 200 OK\r\n")
	})
	t.Run("on error", func(t *testing.T) {
		s := serve(t, 120, 40)
		s.press("b")
		s.choose("on error")
		c := s.ask("GET /one HTTP/1.1\r\n\r\n")
		s.until("1 held", "✗ 04 headers")
		s.press("c")
		s.gets(c, "HTTP/1.1 400 Bad Request\r\n")
	})
	t.Run("nothing typed sets none", func(t *testing.T) {
		s := serve(t, 120, 40)
		s.press("b")
		s.choose("method …")
		s.press("enter", "b")
		s.hides("is set; enter takes it away")
	})
}

// What is sent from inside comes back in a sentence.
func TestSend(t *testing.T) {
	s := serve(t, 120, 40)
	s.config.URL = "http://" + s.addr
	s.press("s")
	s.choose("HTTP/1.0  ") // the answer ends with the connection, so nobody has to wait for more
	s.says("HTTP/1.0: HTTP/1.1 200 OK;")
	s.until("200 OK", "1 request ")
	s.press("r")
	s.says("request 1 again: HTTP/1.1 200 OK;")
	s.until("2 requests")
	s.press("s")
	s.choose("no Host")
	s.says("no Host: HTTP/1.1 400 Bad Request;")
	s.until("400 at 04")
	s.standsOn(3)
	s.press("up", "R")
	s.choose("inside every CRLF")
	s.says("inside every CRLF: HTTP/1.1 200 OK;")
	s.until("4 requests")
}

// The cursor of the page does not stop on blank rows, in neither direction.
func TestCursorPassesBlankRows(t *testing.T) {
	s := liveScreen(t, 80, 24)
	s.press("7", "tab", "tab")
	for _, test := range []struct {
		key  string
		want int
	}{{"down", 2}, {"down", 3}, {"up", 2}, {"up", 0}, {"up", 0}} {
		s.press(test.key)
		if s.page.cursor != test.want {
			t.Errorf("after %s the cursor is on row %d, want %d", test.key, s.page.cursor, test.want)
		}
	}
}
