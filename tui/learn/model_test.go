package learn

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"barewire/internal/check"
	"barewire/internal/workshop"
	"barewire/tui/cells"
	"barewire/tui/over"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"
)

var update = flag.Bool("update", false, "write what is true into the golden files")

var noon = time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)

// A desk is a Model in the hands of a test, with a workspace that is only values.
type desk struct {
	Model
	t     *testing.T
	did   []string // to the workspace
	hints map[string]int
	now   time.Time
}

func newDesk(t *testing.T, width, height int, change func(*Config)) *desk {
	d := &desk{t: t, hints: map[string]int{}, now: noon}
	config := Config{
		Dir:      t.TempDir(),
		Theme:    cells.Theme{Profile: termenv.Ascii},
		Now:      func() time.Time { return d.now },
		Editor:   "true", // does nothing, and well
		Manual:   true,
		Checks:   sampleChecks(),
		Chapter:  func(int) string { return sampleChapter },
		Progress: func() workshop.Progress { return sampleProgress(d.hints) },
		Written:  func() []int { return []int{1, 2, 3} },
		Output:   func() string { return "listening on http://127.0.0.1:40517\n" },
		Hint: func(id string) error {
			d.hints[id]++
			return nil
		},
		Difference: func(int) ([]byte, error) { return []byte("--- yours\n+++ reference\n-wrong\n+right\n"), nil },
		Reveal: func(out io.Writer, step int, ask workshop.Ask) error {
			fmt.Fprintln(out, "the difference again")
			d.did = append(d.did, fmt.Sprint("reveal ", step, ask("sure?")))
			fmt.Fprintln(out, "The reference is in place.")
			return nil
		},
		Skip: func(out io.Writer, step int, ask workshop.Ask) error {
			d.did = append(d.did, fmt.Sprint("skip ", step, ask("sure?")))
			return nil
		},
		Watch: func(_ context.Context, step int, id string) (string, error) {
			return fmt.Sprintf("< the trace of %s\x1b[2J at step %d\n", id, step), nil
		},
		Mistake: func(context.Context, int) (string, error) { return "split() takes any blanks", nil },
		Keep: func(place Place) error {
			d.did = append(d.did, fmt.Sprint("keep ", place.Step))
			return nil
		},
		Check: func(context.Context, int, func(workshop.Event)) error { return nil },
	}
	if change != nil {
		change(&config)
	}
	d.Model = New(config)
	t.Cleanup(func() {
		d.stop()
		d.started.Wait()
	})
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	return d
}

// send sends a message, and whatever its command says but the clock.
func (d *desk) send(msg tea.Msg) {
	d.t.Helper()
	model, cmd := d.Update(msg)
	d.Model = model.(Model)
	if _, is := msg.(tickMsg); !is {
		d.obey(cmd)
	}
}

func (d *desk) obey(cmd tea.Cmd) {
	d.t.Helper()
	if cmd == nil || d.run != nil || d.input != nil {
		return // what a run says, tests say themselves; and an input only blinks
	}
	switch said := cmd().(type) {
	case tea.BatchMsg:
		if d.fetching != nil {
			said = said[:1] // the other one turns a sign, after a while
		}
		for _, cmd := range said {
			d.obey(cmd)
		}
	case toldMsg, sheetMsg, fetchedMsg, happenedMsg, endedMsg:
		d.send(said)
	}
}

// press presses keys, by the names that they have in Bubble Tea.
func (d *desk) press(keys ...string) {
	d.t.Helper()
	for _, key := range keys {
		d.send(over.KeyNamed(key))
	}
}

// happen has the checks of a step run, and say this.
func (d *desk) happen(step int, events ...workshop.Event) {
	d.t.Helper()
	d.Model.run = &running{steps: []int{step}, cancel: func() {}, said: make(chan tea.Msg)}
	for _, event := range events {
		model, _ := d.Update(happenedMsg{d.run, step, event})
		d.Model = model.(Model)
	}
	d.send(endedMsg{run: d.run})
}

// sees wants texts on the screen.
func (d *desk) sees(texts ...string) {
	d.t.Helper()
	for _, text := range texts {
		if !strings.Contains(d.View(), text) {
			d.t.Errorf("the screen does not show %q:\n%s", text, d.View())
		}
	}
}

// misses wants texts not to be on the screen.
func (d *desk) misses(texts ...string) {
	d.t.Helper()
	for _, text := range texts {
		if strings.Contains(d.View(), text) {
			d.t.Errorf("the screen shows %q:\n%s", text, d.View())
		}
	}
}

// golden compares what is on the screen with a file.
func (d *desk) golden(name string) {
	d.t.Helper()
	path := filepath.Join("testdata", strings.ReplaceAll(name, " ", "_")+".golden")
	var got strings.Builder
	for line := range strings.Lines(d.View() + "\n") {
		got.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
			d.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		d.t.Errorf("the screen is not %s (-want +got):\n%s", path, diff)
	}
}

// sampleChecks are 41 core ones and 128 full ones, as the pictures count them.
func sampleChecks() (checks []*check.Check) {
	add := func(step, n int, core bool, name string) {
		checks = append(checks, &check.Check{
			ID: fmt.Sprintf("%02d.%d", step, n), Name: name, Section: "RFC 9112 §3", Core: core,
			Hints: [3]string{"Count the spaces before you cut the line.", "Parse cuts it.", "If it is not 2, refuse."},
		})
	}
	for step, counts := range map[int][2]int{1: {4, 2}, 2: {4, 14}, 4: {7, 26}, 5: {7, 26}, 7: {7, 26}, 8: {7, 25}} {
		for n := range counts[0] + counts[1] {
			add(step, n+1, n < counts[0], "another")
		}
	}
	for i, name := range []string{
		"three parts are told apart", "1.0 and 1.1 are both served", "version 2.0 gets 505",
		"two spaces in a row get 400", "no version gets 400", "a tab is no space", "lower case http/1.1 gets 400",
	} {
		add(3, i+1, i < 5, name)
	}
	for n := 8; n <= 14; n++ {
		add(3, n, false, "one more")
	}
	return checks
}

// sampleProgress is a learner's who has done the steps 01 and 02.
func sampleProgress(hints map[string]int) workshop.Progress {
	p := workshop.Progress{Step: 3, Passed: []int{1, 2}, Results: map[string]bool{}, Hints: hints}
	for n := range 6 {
		p.Results[fmt.Sprintf("01.%d", n+1)] = true
	}
	for n := range 18 {
		p.Results[fmt.Sprintf("02.%d", n+1)] = true
	}
	return p
}

// sampleRun is a run in which two spaces pass.
func sampleRun(checks []*check.Check) []workshop.Event {
	events := []workshop.Event{
		workshop.Building{}, workshop.Built{}, workshop.Tested{Passed: true}, workshop.Listening{Addr: "127.0.0.1:40517"},
	}
	number := 0
	for _, c := range checks {
		if c.Step() != 3 || !c.Core {
			continue
		}
		number++
		result := check.Result{Check: c, Passed: number < 4, At: -1, Alive: true}
		if number >= 4 {
			result.Sent = []byte("GET  /hello HTTP/1.1\r\nHost: x\r\n\r\n")
			result.Got = []byte("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 14\r\n\r\nHello, world!\n")
			result.At, result.Expected, result.Ended = 9, "HTTP/1.1 400", "still open after 300 ms"
		}
		events = append(events, workshop.Checking{Check: c, Number: number, Of: 5, FullToGo: 9}, workshop.Checked{Result: result})
	}
	return append(events, workshop.Finished{Step: 3, Core: 3, CoreOf: 5, FullOf: 9, Tests: true, Ran: 5, Took: 800 * time.Millisecond})
}

const sampleChapter = `# 03 requestline: What do they want?

The request line has three parts and exactly two single spaces between them.
Guessing what a different line could have meant is how two servers come to
disagree about one request, and an attacker lives in the difference.

` + "```\nrequest-line = method SP request-target SP HTTP-version\n                                                 RFC 9112 §3\n```" + `

In     GET /hello HTTP/1.1\
Out    method GET   target /hello   version HTTP/1.1

The tutorial wrote this step in one line:

` + "```\nmethod, path, version = line.split()\n```" + `

split() takes any run of spaces, so GET  /hello passes, and so does\
a line with a tab. Press M to see that mistake on the wire.

Your task: requestline.go, Parse. It gets the line without its CRLF and gives
back the three parts, or an error that says what it wanted and what it got.

Predict first, then look (enter):
1. What does your server answer to two spaces in a row?
2. And to a line that ends after the target?
3. Which of the two does curl let you send?


Left out on purpose: HTTP/0.9 (a line of two parts), URI parsing.\
The request that still breaks us: one with Host written twice.  ] 04
`

// The picture of 80x24 has a shorter chapter, and more of it below.
const shortChapter = `The request line has three parts and exactly two single spaces between them.
Guessing what a different line could have meant is how two servers come to
disagree about one request, and an attacker lives in the difference.

` + "```\nrequest-line = method SP request-target SP HTTP-version   RFC 9112 §3\n```" + `

Your task: requestline.go, Parse. It gets the line without its CRLF.\
Predict first: what will a server answer to a line with two spaces in a row?

1

2

3

4

5

6

7\
8
`
