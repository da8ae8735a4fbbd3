package tui

import (
	"fmt"
	"time"
)

// bytesOf is a size in six columns.
func bytesOf(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%d KB", n/1000)
	}
	return fmt.Sprintf("%d MB", n/1_000_000)
}

// clock is how long somebody has been waiting.
func clock(d time.Duration) string {
	seconds := int(d / time.Second)
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

// stepNames are the names of the ten, by number.
var stepNames = [...]string{1: "listen", "read", "requestline", "headers", "body", "wsgi", "environ", "call", "response", "keepalive"}

// stepQuestions are what each of them asks.
var stepQuestions = [...]string{
	1: "Who is calling?", "Where does the head end?", "What do they want?", "What else did they say?", "How long is the body?",
	"What do both sides promise?", "How is the app told?", "What does it answer?", "How is it said?", "Is there more to come?",
}

func stepName(number int) string { return fmt.Sprintf("%02d %s", number, stepNames[number]) }
