package command

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"barewire/internal/check"
	"barewire/server"
	"barewire/server/trace"
	"barewire/tui"
	"barewire/tui/export"
)

// A watched program has two sources of events: the relay before it, and the
// program, if it tells its own. Then the relay's are not wanted.
type watched struct {
	name     string // of the program, in a word
	command  string // all of it
	ring     *server.Ring
	record   *record
	tells    atomic.Bool  // the program tells its own events
	requests atomic.Int64 // the highest number of one
	messages chan string  // for the screen
}

func newWatched(command []string, record *record) *watched {
	return &watched{
		name:     trace.Escape([]byte(filepath.Base(command[0]))),
		command:  inWords(command),
		ring:     server.NewRing(ringBytes),
		record:   record,
		messages: make(chan string, 16),
	}
}

// A word is a line that the program has printed. It goes the way of the events, so
// that it comes behind what led to it.
type word struct {
	server.Place
	text string
}

const (
	maxWord     = 400                  // bytes of a line that are shown
	tellsItself = "(events on stdout)" // is at the end of the line that says where it listens
)

// line takes a line that the program prints.
func (w *watched) line(line []byte) (isWord bool) {
	if bytes.HasPrefix(line, []byte(`{"event":`)) {
		err := trace.ReadAll(bytes.NewReader(line), func(event server.Event) error {
			w.tells.Store(true)
			w.observe(event)
			return nil
		})
		if err == nil {
			return false
		}
	}
	text := bytes.TrimSpace(line)
	switch {
	case len(text) == 0:
	case bytes.HasPrefix(text, []byte("listening on http://")):
		if bytes.HasSuffix(text, []byte(tellsItself)) {
			w.tells.Store(true)
		}
	default:
		w.ring.Observe(word{server.Place{At: time.Now()}, trace.Escape(text[:min(len(text), maxWord)])})
	}
	return true
}

// relayed takes an event of the relay.
func (w *watched) relayed(event server.Event) {
	if !w.tells.Load() {
		w.observe(event)
	}
}

func (w *watched) observe(event server.Event) {
	number := int64(event.Where().Request)
	for seen := w.requests.Load(); number > seen && !w.requests.CompareAndSwap(seen, number); {
		seen = w.requests.Load()
	}
	if w.record != nil {
		if err := w.record.Write(event); err != nil {
			w.message(err.Error())
		}
	}
	w.ring.Observe(event)
}

// message says something on the screen. Of many messages the last ones count.
func (w *watched) message(text string) {
	for {
		select {
		case w.messages <- text:
			return
		default:
		}
		select {
		case <-w.messages:
		default:
		}
	}
}

func (w *watched) close() { w.ring.Close() }

// summary is the last line.
func (w *watched) summary() string {
	return trace.Count(int(w.requests.Load()), "request", "requests") + " went by"
}

// known says what can be seen of the program.
func (w *watched) known() string {
	if w.tells.Load() {
		return w.command + " tells its own steps."
	}
	return "This is the wire of " + w.command + "; its own steps tell nothing."
}

// title is what has room at the top of the screen, beside the URL.
func (w *watched) title() string {
	const room = 24
	before := "the wire of "
	if w.tells.Load() {
		before = ""
	}
	if len(before+w.command) <= room {
		return before + w.command
	}
	return before + w.name
}

// onScreen shows it on the live screen, until the user quits or the context ends.
// The end of the program does not end the screen: what it died of is there.
func (w *watched) onScreen(ctx context.Context, world World, url string, flags watchFlags, program *check.Program) error {
	go func() {
		<-program.Done()
		w.ring.Observe(word{text: program.Alive().Error() + "; q leaves, and shows its last words"})
	}()
	err := tui.Run(ctx, tui.Config{
		App:       nameless,
		Title:     w.title(),
		Watched:   w.known(),
		URL:       url,
		Theme:     world.theme(flags.display),
		Curl:      flags.view.word == "curl",
		Next:      w.events,
		Messages:  w.messages,
		Record:    flags.record,
		Clipboard: export.Clipboard{Terminal: world.Out, Tmux: world.Env("TMUX") != ""},
		Version:   version(),
	}, world.Out)
	fmt.Fprintln(world.Out, w.summary())
	return err
}

// events waits for events. What the program prints becomes messages.
func (w *watched) events() []server.Event {
	for {
		all := w.ring.Next()
		var events []server.Event
		for _, event := range all {
			if word, is := event.(word); is {
				w.message(w.name + ": " + word.text)
			} else {
				events = append(events, event)
			}
		}
		if len(events) > 0 || len(all) == 0 {
			return events
		}
	}
}

// inText says where to call and begins to show what happens. The function that it
// returns shows the rest, and the summary.
func (w *watched) inText(world World, url string, flags watchFlags) (rest func()) {
	first, words := world.Out, world.Out
	show := func(server.Event) error { return nil }
	switch flags.trace.word {
	case "json":
		first, words = world.Err, world.Err
		show = trace.JSON{Out: world.Out}.Write
	case "none":
	default:
		text := flags.text(world, nameless)
		show = func(event server.Event) error {
			text.Wire = !w.tells.Load()
			return text.Write(event)
		}
	}
	arrows := "< the client says   > the server says"
	if flags.view.word == "curl" {
		arrows = "> the client says   < the server says"
	}
	fmt.Fprintf(first, "listening on %s\n%s\n%s   Ctrl-C stops\n", url, w.known(), arrows)
	done := make(chan struct{})
	go func() {
		defer close(done)
		beside := &beside{out: words, name: w.name, inHand: make(map[int]bool)}
		for {
			events := w.ring.Next()
			for _, event := range events {
				if word, is := event.(word); is {
					beside.say(word.text)
				} else if err := show(event); err != nil {
					w.ring.Close()
					fmt.Fprintf(world.Err, "barewire: the trace ends here, the program goes on: %v\n", err)
					return
				} else {
					beside.after(event)
				}
			}
			if len(events) == 0 {
				beside.flush()
				return
			}
		}
	}()
	return func() {
		<-done
		fmt.Fprintln(first, w.summary())
	}
}
