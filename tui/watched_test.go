package tui

import (
	"strings"
	"testing"
	"time"

	"barewire/internal/session"
	"barewire/server"
	"barewire/tui/cells"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
)

// A program that is only watched: the screen says what is known of it, and that it
// cannot be held; steps of which nobody tells are not in hand.
func TestWatched(t *testing.T) {
	const known = "This is the wire of theirs; its own steps tell nothing."
	s := &screen{t: t, Model: New(Config{
		App: "application", Title: "the wire of theirs", Watched: known, URL: "http://127.0.0.1:8888",
		Theme: cells.Theme{Profile: termenv.Ascii},
		Now:   func() time.Time { return session.Began },
	})}
	s.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	if view := s.View(); !strings.Contains(view, known) || !strings.Contains(view, "curl 'http://127.0.0.1:8888/'") {
		t.Errorf("before the first request:\n%s", view)
	}
	at := server.Place{Conn: 1, Request: 1, At: session.Began}
	s.send(Events([]server.Event{
		server.Opened{Place: server.Place{Conn: 1}},
		server.Received{Place: at, Bytes: server.Bytes("GET / HTTP/1.0\r\n\r\n"), Size: 18},
		server.Passed{Place: at, Step: 2, Name: "read", Took: -1, Head: server.Bytes("GET / HTTP/1.0\r\n\r\n")},
	}))
	view := s.View()
	if strings.Contains(view, " now") || !strings.Contains(view, "✓ 02 read") || !strings.Contains(view, "· 03 requestline") {
		t.Errorf("with a request under way:\n%s", view)
	}
	s.press("p")
	if view := s.View(); !strings.Contains(view, "A program that is only watched cannot be held.") {
		t.Errorf("after p:\n%s", view)
	}
}
