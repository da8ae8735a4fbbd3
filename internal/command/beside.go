package command

import (
	"fmt"
	"io"
	"strings"

	"barewire/server"
)

// A beside writer has the words of a program stand below the exchanges, not inside.
type beside struct {
	out    io.Writer
	name   string
	inHand map[int]bool // connections with an exchange
	words  []string     // that wait for its end
}

const maxWords = 40 // that wait

func (b *beside) say(text string) {
	b.words = append(b.words, text)
	if len(b.inHand) == 0 || len(b.words) == maxWords {
		b.flush()
	}
}

// after takes note of an event that has been shown.
func (b *beside) after(event server.Event) {
	conn := event.Where().Conn
	switch event.(type) {
	case server.Received:
		b.inHand[conn] = true
	case server.Ended, server.Gone:
		delete(b.inHand, conn)
	case server.Dropped:
		clear(b.inHand) // nobody knows which of them have ended
	}
	if len(b.inHand) == 0 {
		b.flush()
	}
}

func (b *beside) flush() {
	var lines strings.Builder
	for _, text := range b.words {
		fmt.Fprintf(&lines, "%s: %s\n", b.name, text)
	}
	b.words = nil
	_, _ = io.WriteString(b.out, lines.String()) // where the trace goes, and that tells
}
