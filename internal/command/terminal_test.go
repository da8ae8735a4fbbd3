package command_test

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"

	"barewire/internal/command"
)

// TestTerminal serves in this process, as if its output were a terminal: there
// are colours, and Ctrl-C leaves a clean line.
func TestTerminal(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot interrupt itself there")
	}
	for _, test := range []struct {
		name    string
		noColor string
		want    bool
	}{
		{"colours", "", true},
		{"NO_COLOR", "1", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			screen, out := io.Pipe()
			env := map[string]string{"TERM": "xterm", "NO_COLOR": test.noColor}
			status := make(chan int, 1)
			go func() {
				defer out.Close()
				status <- command.Main([]string{"method:App", "--addr", "127.0.0.1:0", "--trace", "plain"}, command.World{
					Name:        "barewire",
					Out:         out,
					Err:         io.Discard,
					OutTerminal: true,
					Env:         func(key string) string { return env[key] },
				})
			}()
			lines := bufio.NewReader(screen)
			_, url, _ := strings.Cut(until(t, lines, "listening on "), "listening on ")
			until(t, lines, "serving method:App")
			answer, err := http.Get(strings.TrimSpace(url))
			if err != nil {
				t.Fatal(err)
			}
			if err := answer.Body.Close(); err != nil {
				t.Fatal(err)
			}
			text := until(t, lines, "== 200 OK ")
			if got := strings.Contains(text, "\x1b["); got != test.want {
				t.Errorf("colours: %v, want %v in\n%s", got, test.want, text)
			}

			self, err := os.FindProcess(os.Getpid())
			if err != nil {
				t.Fatal(err)
			}
			if err := self.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			rest, err := io.ReadAll(lines)
			if string(rest) != "\n" || err != nil {
				t.Errorf("after Ctrl-C: %q, %v, want the end of the line that shows ^C", rest, err)
			}
			if got := <-status; got != 0 {
				t.Errorf("exit status %d, want 0", got)
			}
		})
	}
}

// until reads to the end of a line that contains some text.
func until(t *testing.T, lines *bufio.Reader, text string) string {
	t.Helper()
	read := ""
	for {
		line, err := lines.ReadString('\n')
		read += line
		if err != nil {
			t.Fatalf("no %q, but %v after\n%s", text, err, read)
		}
		if strings.Contains(line, text) {
			return read
		}
	}
}
