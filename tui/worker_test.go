package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"barewire/internal/session"
	"barewire/server"
	"barewire/server/trace"
	"barewire/tui/cells"
	"barewire/tui/export"
	"barewire/tui/history"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"
)

// Where a stack does not fit, its middle is left out, never its end.
func TestStackLines(t *testing.T) {
	deep := []string{"Wrapper.__call__"}
	for i := range 60 {
		deep = append(deep, fmt.Sprintf("middleware_%d", i))
	}
	for _, test := range []struct {
		name        string
		calls       []string
		width, most int
		want        []string
	}{
		{"in one line", []string{"Flask.__call__", "Flask.wsgi_app", "Response.__call__"}, 62, 3,
			[]string{"Flask.__call__ → wsgi_app → Response.__call__ → start_response"}},
		{"in two", []string{"Flask.__call__", "Flask.wsgi_app", "Response.__call__"}, 61, 3,
			[]string{"Flask.__call__ → wsgi_app → Response.__call__", "→ start_response"}},
		{"a call in each", []string{"Flask.__call__", "Flask.wsgi_app", "Response.__call__"}, 20, 6,
			[]string{"Flask.__call__", "→ wsgi_app", "→ Response.__call__", "→ start_response"}},
		{"the middle is left out", []string{"Flask.__call__", "Flask.wsgi_app", "Response.__call__"}, 20, 3,
			[]string{"Flask.__call__ → …", "→ Response.__call__", "→ start_response"}},
		{"no room at all", []string{"Flask.__call__", "Flask.wsgi_app"}, 16, 1, []string{"…", "→ start_response"}},
		{"a function", []string{"application"}, 40, 3, []string{"application → start_response"}},
		{"classes that begin alike", []string{"App.call", "Apple.call", "App.call"}, 60, 3, []string{"App.call → Apple.call → App.call → start_response"}},
		{"a long name keeps its end", []string{"create_app.<locals>.make_it_so.<locals>.application"}, 30, 3,
			[]string{"…_it_so.<locals>.application", "→ start_response"}},
		{"a deep one", deep, 40, 3, []string{"Wrapper.__call__ → …"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := stackLines(test.calls, test.width, test.most)
			for _, line := range got {
				if cells.Width(line) > test.width {
					t.Errorf("%q has %d columns, and there are %d", line, cells.Width(line), test.width)
				}
			}
			if test.name == "a deep one" {
				if len(got) > 3 || !strings.HasPrefix(got[0], "Wrapper.__call__ → middleware_0") || !strings.HasSuffix(got[2], "→ middleware_59 → start_response") {
					t.Errorf("got %q", got)
				}
				return
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestAtBlanks(t *testing.T) {
	for _, test := range []struct {
		name, line string
		width      int
		want       []string
	}{
		{"it fits", "  return 1 / 0", 14, []string{"  return 1 / 0"}},
		{"at a blank", "  return 1 / 0", 12, []string{"  return 1 /", "  0"}},
		{"not at a hyphen", `  File "/dist-packages/x.py"`, 24, []string{"  File", `  "/dist-packages/x.py"`}},
		{"in a word", "  ^^^^^^^^^^", 8, []string{"  ^^^^^^", "  ^^^^"}},
		{"wide letters", "  漢漢漢 漢", 7, []string{"  漢漢", "  漢 漢"}},
		{"not without end", strings.Repeat("x", 99), 10, []string{"xxxxxxxxxx", "xxxxxxxxxx", "xxxxxxxxxx", "xxxxxxxxxx", "xxxxxxxxxx", strings.Repeat("x", 49)}},
		{"no room", strings.Repeat(" ", 9) + "x", 5, []string{strings.Repeat(" ", 9) + "x"}},
		{"nothing", "", 5, []string{""}},
	} {
		if diff := cmp.Diff(test.want, atBlanks(test.line, test.width)); diff != "" {
			t.Errorf("%s: -want +got\n%s", test.name, diff)
		}
	}
}

// The lanes fit into every window, with ASCII too.
func TestWorkerSizes(t *testing.T) {
	for _, size := range [][2]int{{50, 12}, {72, 20}, {80, 24}, {99, 39}, {109, 47}, {110, 48}, {120, 40}, {300, 100}} {
		for _, keys := range [][]string{nil, {"8"}, {"up"}, {"up", "8"}, {"8", "tab", "tab", "+"}, {"8", "tab", "tab", "G", "enter"}} {
			for _, ascii := range []bool{false, true} {
				s := workerScreen(t, size[0], size[1])
				s.pen = cells.NewPen(cells.Theme{Profile: termenv.Ascii, ASCII: ascii})
				s.press(keys...)
				s.isWhole(size[0], size[1])
				if at := strings.IndexFunc(s.View(), func(r rune) bool { return r > '~' }); ascii && at >= 0 {
					t.Errorf("%.20q is on the screen:\n%s", s.View()[at:], s.View())
				}
			}
		}
	}
}

// What is left out of the stack, enter shows; / finds the worker, and a traceback is
// in the role of what is wrong.
func TestWorkerPage(t *testing.T) {
	s := workerScreen(t, 80, 24)
	s.press("g", "8", "/")
	s.types("response.__call__")
	s.press("enter", "enter")
	s.shows("  Flask.wsgi_app  ", "  start_response  ")
	s.press("esc", "/")
	s.types("worker 4242")
	s.press("enter", "i")
	s.shows("─ worker ─")
	s.press("esc", "esc", "G", "8")
	s.press("/")
	s.types("ZeroDivision")
	s.press("enter")
	row := s.pageOf(s.selected()).rows()[s.page.cursor]
	if row.Row[0].Role != cells.Wrong || !strings.Contains(row.about.value, "return total(cart)") {
		t.Errorf("the reason is %+v", row)
	}
}

// A request that is with its worker shows what it did so far, and no sums yet.
func TestWorkerUnderWay(t *testing.T) {
	s := newScreen(t, 120, 40)
	events := session.Flask(1)
	for shown := range events {
		s.send(eventsMsg(events[shown : shown+1]))
		s.press("8")
		s.isWhole(120, 40)
		if sums := strings.Contains(s.View(), "all its turns"); sums != (shown >= len(events)-2) {
			t.Fatalf("behind event %d there are sums: %v\n%s", shown, sums, s.View())
		}
	}
}

// Exported and opened again, it looks the same.
func TestWorkerRecord(t *testing.T) {
	live := workerScreen(t, 120, 40)
	record, err := export.Trace(live.history.Exchanges)
	if err != nil {
		t.Fatal(err)
	}
	h := history.New(history.Usual)
	if err := trace.ReadAll(strings.NewReader(string(record)), func(event server.Event) error { h.Add(event); return nil }); err != nil {
		t.Fatal(err)
	}
	s := &screen{t: t, Model: load(live.config, h)}
	s.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	for _, step := range []string{"esc", "8"} {
		s.press(step)
		live.press("up", step)
		if diff := cmp.Diff(live.rows()[9:38], s.rows()[9:38]); diff != "" {
			t.Errorf("live and out of a record (-live +record):\n%s", diff)
		}
	}
}

// A worker that does much is shown up to a bound, and a traceback from its end.
func TestWorkerThatDoesMuch(t *testing.T) {
	s := newScreen(t, 80, 24)
	events := session.Failed(1)
	failed := slices.IndexFunc(events, func(event server.Event) bool { _, is := event.(server.Noted); return is })
	at := events[failed].Where()
	long := "Traceback (most recent call last):\n" + strings.Repeat("  File \"x.py\", line 1, in x\n", 500) + strings.Repeat("long ", 1000) + "\nRecursionError: too deep\n"
	events[failed] = server.Noted{Place: at, Text: long, Error: true}
	var more []server.Event
	for i := range 500 {
		more = append(more, server.Worked{Place: at, Process: session.Worker, Did: "chunk", Took: time.Microsecond},
			server.Chunk{Place: at, Number: i + 1, Size: 1}, server.Worked{Place: at, Process: session.Worker, Did: fmt.Sprint("new ", i)})
	}
	s.send(eventsMsg(slices.Concat(events[:failed+1], more, events[failed+1:])))
	s.press("8", "/")
	s.types("too deep")
	s.press("enter")
	s.shows("RecursionError: too deep", "    …")
	rows := s.pageOf(s.selected()).rows()
	if len(rows) > maxCalls+maxTraceback+20 {
		t.Errorf("the page has %d rows", len(rows))
	}
	s.press("g", "/")
	s.types("more calls")
	s.press("enter")
	s.shows("803 more calls") // of 500 chunks, 500 words, environ, traceback, start_response: 1003
}
