package tui

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"barewire/internal/session"
	"barewire/server"
	"barewire/tui/cells"
	"barewire/tui/hold"
	"barewire/tui/over"
	"barewire/tui/poke"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

// A hostile exchange has a stranger's bytes in every field.
type hostile struct {
	method, target, name, value, body, note, status, chunk string
}

// events are those of an exchange that goes well, or is refused by step 04.
func (h hostile) events(number int, refused bool) []server.Event {
	at := func(step int) server.Place {
		return server.Place{Conn: number, Request: number, At: session.Began.Add(time.Duration(step) * time.Millisecond)}
	}
	passed := func(step int, name string) server.Passed {
		return server.Passed{Place: at(step), Step: step, Name: name, Took: time.Millisecond}
	}
	end := server.Endpoint{Host: h.name, Port: h.value}
	head := h.method + " " + h.target + " HTTP/1.1\r\n" + h.name + ": " + h.value + "\r\n\r\n"
	in := head + h.body
	half := len(in) / 2
	read, line, headers := passed(2, "read"), passed(3, "requestline"), passed(4, "headers")
	read.Head = server.Bytes(head)
	line.Line = &server.Line{Method: h.method, Target: h.target, Version: h.status, Authority: h.name, Path: h.target, Query: h.value}
	headers.Fields = []server.Field{{server.Bytes(h.name), server.Bytes(h.value)}, {server.Bytes("Connection"), server.Bytes(h.note)}}
	events := []server.Event{
		server.Opened{Place: server.Place{Conn: number, At: session.Began}, Client: end, Server: end},
		server.Received{Place: at(1), Bytes: server.Bytes(in[:half]), Size: half},
		server.Received{Place: at(2), Bytes: server.Bytes(in[half:]), Size: len(in) - half},
		read, line,
	}
	out := "HTTP/1.1 " + h.status + "\r\n" + h.name + ": " + h.value + "\r\n\r\n" + h.chunk
	response := passed(9, "response")
	response.Status = h.status
	if refused {
		headers.Refused = &server.Refusal{Status: h.status, Rule: h.note, Section: h.value, Got: server.Bytes(h.body)}
		events = append(events, headers)
	} else {
		framed, filled, call := passed(5, "body"), passed(7, "environ"), passed(8, "call")
		framed.Framing = &server.Framing{Length: int64(len(h.body)), Chunked: len(h.body)%2 == 1}
		filled.Environ = map[string]string{"REQUEST_METHOD": h.method, "HTTP_" + h.name: h.value, h.name: h.note}
		call.Error = h.note
		events = append(events, headers, framed, filled,
			server.Worked{Place: at(7), Process: number - 1, Did: "environ", Size: number},
			server.Worked{Place: at(7), Process: number - 1, Did: h.name},
			server.InputRead{Place: at(7), Call: h.name, Size: len(h.body), Error: h.note},
			server.Worked{Place: at(8), Process: number - 1, Did: "start_response", Took: time.Second, Stack: h.note + "\n" + h.value},
			server.Started{Place: at(8), Status: h.status, Headers: headers.Fields, Cause: h.note},
			server.Worked{Place: at(8), Process: number - 1, Did: "failed"},
			server.Noted{Place: at(8), Text: "Traceback (most recent call last):\n" + h.body, Error: true},
			server.Noted{Place: at(8), Text: h.note, Error: true}, server.Noted{Place: at(8), Text: h.body},
			call,
			server.Chunk{Place: at(9), Number: 1, Size: len(h.chunk)})
	}
	return append(events,
		server.Sent{Place: at(9), Bytes: server.Bytes(out), Size: len(out)},
		response,
		passed(10, "keepalive"),
		server.Ended{Place: at(10), In: int64(len(in)), Out: int64(len(out)), Took: time.Second},
		server.Gone{Place: server.Place{Conn: number, At: session.Began}})
}

// fuzzKeys are what random bytes press: every key of the screen, and some that
// mean nothing.
func fuzzKeys() (all []tea.KeyMsg) {
	for _, group := range groups {
		for _, binding := range group.Keys {
			for _, name := range binding.Keys() {
				all = append(all, over.KeyNamed(name))
			}
		}
	}
	for _, name := range []string{"enter", "enter", "enter", "backspace", "delete", "w", "X", "~", "f5"} {
		all = append(all, over.KeyNamed(name))
	}
	return all
}

// isHarmless wants each row as wide as the window, and nothing in it that a
// terminal would obey, or that no eye would see.
func isHarmless(t *testing.T, view string, width, height int) {
	t.Helper()
	rows := strings.Split(view, "\n")
	if want := height; width >= minWidth && height >= minHeight && len(rows) != want {
		t.Fatalf("%d rows, want %d:\n%q", len(rows), want, view)
	}
	for i, row := range rows {
		if got := ansi.StringWidth(row); got != width {
			t.Fatalf("row %d has %d columns, want %d: %q", i+1, got, width, row)
		}
		if !utf8.ValidString(row) {
			t.Fatalf("row %d is no UTF-8: %q", i+1, row)
		}
		if at := strings.IndexFunc(row, obeyed); at >= 0 {
			t.Fatalf("row %d has %q at %d: %q", i+1, row[at:at+1], at, row)
		}
	}
}

// obeyed tells of controls, bidi and zero-width runes, and marks that join the
// rune before them.
func obeyed(r rune) bool {
	return unicode.In(r, unicode.C, unicode.M, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// maxPressed bounds the keys of one round, for each of them draws the screen.
const maxPressed = 24

// FuzzScreen throws bytes at every field of every event, and presses keys.
func FuzzScreen(f *testing.F) {
	sizes := [][2]uint16{{79, 23}, {119, 39}, {49, 11}, {159, 47}, {0, 0}}
	for i := range 11 {
		var pressed []byte // all eleven together, every byte
		for key := range maxPressed {
			pressed = append(pressed, byte(i*maxPressed+key))
		}
		size := sizes[i%len(sizes)]
		add := func(method, target, name, value, body, note, status, chunk string) {
			f.Add(method, target, name, value, body, note, status, chunk, pressed, size[0], size[1])
		}
		add("GET", "/", "Host", "x", "", "", "200 OK", "Hello\n")
		add("\x1b[2J", "/\x1b]0;title\a", "X\x1b[31m", "\u202eevil\u2066", "\x1bc\r\n\b\b", "\u200b\ufeff\u00ad", "2\x9b0 \x1b", "\x00\x7f\xff\xc2")
		add("e\u0301", "/🇩🇪👩\u200d👩\u200d👧", "日本語", "ｆｕｌｌ\t\tﾊ\uff9f", strings.Repeat("\n", 40), "\u1100\u1161\u11a8", "", strings.Repeat("漢", 90))
		add("", "", "", "", "", "", "", "")
		add(strings.Repeat("M", 300), strings.Repeat("/", 300), strings.Repeat("N", 99), strings.Repeat("v v", 99), strings.Repeat("0\r\n\r\n", 9), "\n\n", "100 Continue", "5\r\nabc")
	}
	all := fuzzKeys()
	nowhere := filepath.Join(f.TempDir(), "nowhere")
	f.Fuzz(func(t *testing.T, method, target, name, value, body, note, status, chunk string, pressed []byte, width, height uint16) {
		h := hostile{method, target, name, value, body, note, status, chunk}
		for _, field := range []string{method, target, name, value, body, note, status, chunk} {
			if len(field) > 1000 {
				t.Skip("long enough")
			}
		}
		columns, lines := int(width)%200+1, int(height)%70+1
		gate := hold.New()
		gate.Now = func() time.Time { return session.Began }
		defer gate.Close()
		m := tea.Model(New(Config{
			App: name, URL: "http://" + value, Theme: cells.Theme{Profile: termenv.Ascii}, Gate: gate, Folder: nowhere,
			Now: func() time.Time { return session.Began },
		}))
		update := func(msg tea.Msg) {
			m, _ = m.Update(msg) // what a command does is another test's
			isHarmless(t, m.View(), columns, lines)
		}
		update(tea.WindowSizeMsg{Width: columns, Height: lines})
		update(eventsMsg(h.events(1, true)))
		update(eventsMsg(h.events(2, false)))
		third := h.events(3, false)
		update(eventsMsg(third[:10+len(pressed)%(len(third)-10)]))
		if len(pressed)%3 == 1 {
			gate.SetBreaks([]hold.Break{{Step: 7}, {Method: method, Path: target}})
			go gate.Pass(server.Place{Conn: 3, Request: 3}, server.Stage{Number: 7}, func() bool { return true })
			for len(gate.Held()) == 0 {
				<-gate.Changed()
			}
			update(heldMsg{})
		}
		for i, number := range pressed[:min(len(pressed), maxPressed)] {
			switch {
			case number < 0xf8:
				update(all[int(number)%len(all)])
			case number == 0xf8:
				update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(note), Paste: true})
			case number == 0xf9:
				update(toldMsg{text: note, wrong: i%2 == 0})
			case number == 0xfb:
				update(curledMsg{output: poke.CurlOutput{Text: []byte(body + chunk), Exit: i}})
			case number == 0xfc:
				update(eventsMsg{server.Dropped{Place: server.Place{At: session.Began}, Count: i}})
			case number == 0xfd:
				columns, lines = (columns+37)%200+1, (lines+11)%70+1
				update(tea.WindowSizeMsg{Width: columns, Height: lines})
			case number == 0xfe:
				update(tickMsg(session.Began.Add(time.Hour)))
			default:
				update(eventsMsg(h.events(10+i, i%2 == 0)))
			}
		}
	})
}

// The check itself can fail.
func TestObeyed(t *testing.T) {
	for _, r := range "\x00\a\x1b\x7f\u0085\u009b\u00ad\u200b\u200d\u202e\u2066\u2028\ufeff\ufe0f\u0301\u115f" {
		if !obeyed(r) {
			t.Errorf("%s is not found", fmt.Sprintf("%+q", r))
		}
	}
	for _, r := range "a ~é漢▸✓✗‖·…┄─│┐┘␍␊µ" {
		if obeyed(r) {
			t.Errorf("%q is found", r)
		}
	}
}
