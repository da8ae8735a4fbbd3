package export

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"time"

	"barewire/server/trace"

	"github.com/aymanbagabas/go-osc52/v2"
)

// A Clipboard takes copies. There is no way that works everywhere, so each copy
// goes every way: to the platform's own command, to the terminal, which may be
// on another machine, and to a file, because a terminal that does not know how
// says nothing.
type Clipboard struct {
	Terminal io.Writer     // gets the escape sequence OSC 52
	Tmux     bool          // the terminal is one of tmux, which has to pass it on
	Folder   string        // of the files; "" is the system's for temporary ones
	Patience time.Duration // for the platform's command; 0 is two seconds
}

// maxOSC52 is how much terminals take in one sequence: 100,000 bytes, in base64.
const maxOSC52 = 74_994

// commands are those of the platforms, with the arguments that have them take
// their input for the clipboard.
var commands = [][]string{
	{"wl-copy"},
	{"xclip", "-selection", "clipboard"},
	{"xsel", "--clipboard", "--input"},
	{"pbcopy"},
	{"clip.exe"},
}

// Copy copies a text. The name says what it is, as a file name does:
// request-6.http. What is told is for the status line, and ends where the path of
// the file belongs that has the text too; only its owner may read it. An error
// means that there is no such file.
func (c Clipboard) Copy(text []byte, name string) (told, path string, err error) {
	path, err = c.save(text, name)
	if err != nil {
		return "", "", fmt.Errorf("the copy needs a file: %w", err)
	}
	command := c.run(text)
	asked := c.ask(text)
	path = trace.Escape([]byte(path))
	switch {
	case command != "":
		return fmt.Sprintf("Copied (%s), and in", command), path, nil
	case asked:
		return "Copied if OSC 52 works, and in", path, nil
	}
	return "In no clipboard, but in", path, nil
}

// save makes a file of its own for each copy: what was copied before stays, and
// nobody can have put a link in its place.
func (c Clipboard) save(text []byte, name string) (path string, err error) {
	if !plainName.MatchString(name) {
		return "", fmt.Errorf("%q is no plain name", name)
	}
	file, err := os.CreateTemp(cmp.Or(c.Folder, os.TempDir()), "barewire-*-"+name) // with mode 0600
	if err != nil {
		return "", err
	}
	_, err = file.Write(text)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return file.Name(), err
}

var plainName = regexp.MustCompile(`^[A-Za-z0-9][-A-Za-z0-9._]*$`)

// run gives the text to the first of the platform's commands that takes it, and
// returns its name. One that is there may yet have no screen to work for.
func (c Clipboard) run(text []byte) (name string) {
	for _, words := range commands {
		path, err := exec.LookPath(words[0])
		if err != nil {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), cmp.Or(c.Patience, 2*time.Second))
		command := exec.CommandContext(ctx, path, words[1:]...)
		command.Stdin = bytes.NewReader(text)
		command.WaitDelay = time.Second // for a child of its own that does not read on
		err = command.Run()
		cancel()
		if err == nil {
			return words[0]
		}
	}
	return ""
}

// ask asks the terminal to take the text, and tells whether that was possible.
func (c Clipboard) ask(text []byte) bool {
	if c.Terminal == nil || len(text) > maxOSC52 {
		return false
	}
	sequence := osc52.New(string(text))
	if c.Tmux {
		// One for tmux itself, with set-clipboard on, and one for the terminal
		// around it, with allow-passthrough on.
		if _, err := sequence.WriteTo(c.Terminal); err != nil {
			return false
		}
		sequence = sequence.Tmux()
	}
	_, err := sequence.WriteTo(c.Terminal)
	return err == nil
}
