package command_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"
)

// TestScreen opens the live screen on a terminal of tmux, asks the server with the
// real curl, and reads what is on the screen. However the screen is left, the
// terminal must be as it was.
func TestScreen(t *testing.T) {
	for _, peer := range []string{"tmux", "curl", "sh", "stty"} {
		missing, err := condition("missing:" + peer)
		if err != nil {
			t.Fatal(err)
		}
		if missing {
			t.Skipf("%s, the peer of this test, is not installed", peer)
		}
	}
	for _, size := range [][2]int{{80, 24}, {160, 48}} {
		t.Run(fmt.Sprintf("%dx%d, q", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			s := openTerminal(t, size[0], size[1])
			url := s.opened()

			asked := curl(t, "-d", "name=ada", url+"/hello?x=1")
			s.sees(`▸ +1  c1 +POST +/hello\?x=1 +200 OK`)
			s.sees(`< POST /hello\?x=1 HTTP/1\.1 .*> Hello, ada!`)
			asked.gets("Hello, ada!\n")

			s.press("p")
			s.sees(`PAUSE ON +0 held +0 waiting`)
			asked = curl(t, url+"/held")
			s.sees(`PAUSE ON +1 held +0 waiting.*‖ held 03`)
			for _, step := range []string{"04 headers", "05 body", "07 environ", "08 call", "09 response", "10 keepalive"} {
				s.press("Space")
				s.sees(`▸ +2  c2 +GET +/held +‖ held ` + step[:2] + `.*▸‖ ` + step)
			}
			s.press("Space")
			s.sees(`▸ +2  c2 +GET +/held +200 OK`)
			asked.gets("Hello, world!\n")

			s.press("q")
			s.isLeft("2 requests, 0 errors")
		})
	}
	t.Run("a mistake is in the title", func(t *testing.T) {
		t.Parallel()
		s := openTerminal(t, 120, 40, "--mistake", "excess")
		asked := curl(t, s.opened())
		s.sees(`barewire  hello:App  mistake excess at step 09 .*200 OK`)
		asked.gets("Hello, world!\n")
		s.press("q")
		s.isLeft("1 request, 0 errors")
	})
	t.Run("a record tells which application it was", func(t *testing.T) {
		t.Parallel()
		s := openTerminal(t, 120, 40, "--record", "trace.jsonl")
		asked := curl(t, s.opened())
		asked.gets("Hello, world!\n")
		s.press("q")
		s.sees(`^ready>`)
		s.tmux("send-keys", "-l", "barewire open trace.jsonl")
		s.press("Enter")
		s.sees(`barewire  trace\.jsonl .*200 OK`)
		s.press("8")
		s.sees(`hello:App\(environ, start_response\)`)
		s.press("q")
		s.sees(`^ready>\n*\z`)
	})
	t.Run("a server that speaks uwsgi is asked by its proxy", func(t *testing.T) {
		t.Parallel()
		s := openTerminal(t, 80, 24, "--protocol", "uwsgi")
		s.sees(`uwsgi://127\.0\.0\.1:\d+ .*or stay here and press  S  for a curl line`)
		s.press("s")
		s.sees(`These are HTTP, and this server speaks uwsgi: ask by its proxy, with S\.`)
		s.press("q")
		s.isLeft("0 requests, 0 errors")
	})
	t.Run("an application in Python is reloaded", func(t *testing.T) {
		t.Parallel()
		if missing, err := condition("missing:python3"); err != nil {
			t.Fatal(err)
		} else if missing {
			t.Skip("python3, which runs the application of this test, is not installed")
		}
		app := filepath.Join(t.TempDir(), "app.py")
		write := func(text string) {
			if err := os.WriteFile(app, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write("def app(environ, start_response): pass\n")
		s := openTerminal(t, 200, 24, "--mount", "/python="+app, "--workers", "1", "--reload")
		s.opened()
		write("nobody\n")
		s.sees(`not reloaded: \S+ goes on with its old code: Traceback .* … NameError: name 'nobody' is not defined`)
		write("def app(environ, start_response): return []\n")
		s.sees(`reloaded: \S+app.py`)
		s.press("q")
		s.isLeft("0 requests, 0 errors")
	})
	for name, leave := range map[string]func(*terminal){
		"Ctrl-C":  func(s *terminal) { s.press("C-c") },
		"SIGTERM": func(s *terminal) { s.signal(syscall.SIGTERM) },
		"SIGHUP":  func(s *terminal) { s.signal(syscall.SIGHUP) },
	} {
		t.Run(name+" while a request is held", func(t *testing.T) {
			t.Parallel()
			s := openTerminal(t, 80, 24)
			url := s.opened()
			s.press("p")
			s.sees(`PAUSE ON`)
			asked := curl(t, url)
			s.sees(`1 held.*‖ held 03`)
			leave(s)
			asked.gets("Hello, world!\n") // it is let go
			s.isLeft("1 request, 0 errors")
		})
	}
}

// A terminal is one of tmux.
type terminal struct {
	t             *testing.T
	width, height int
	sockets       string // the folder of its socket: a server of our own
	folder        string // where its shell stands
}

// openTerminal runs barewire on a terminal, and a shell behind it.
func openTerminal(t *testing.T, width, height int, flags ...string) *terminal {
	t.Helper()
	sockets, err := os.MkdirTemp("", "tmux") // t.TempDir has names too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	s := &terminal{t, width, height, sockets, t.TempDir()}
	script := `stty -g >before
sh -c 'echo $$ >pid; exec barewire hello:App --addr 127.0.0.1:0 ` + strings.Join(flags, " ") + `'
echo "status $?"
stty -g >after
PS1='ready> ' exec sh -i
`
	if err := os.WriteFile(filepath.Join(s.folder, "script"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.command("kill-server").Run() // if there is one
		if err := os.RemoveAll(sockets); err != nil {
			t.Error(err)
		}
	})
	s.tmux("-f", os.DevNull, "new-session", "-d", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height), "-c", s.folder, "exec sh script")
	return s
}

func (s *terminal) command(args ...string) *exec.Cmd {
	tmux := exec.Command("tmux", append([]string{"-u"}, args...)...)
	tmux.Env = append(os.Environ(), "TMUX=", "TMUX_TMPDIR="+s.sockets, "GORACE=atexit_sleep_ms=0", "NO_COLOR=")
	return tmux
}

func (s *terminal) tmux(args ...string) string {
	s.t.Helper()
	out, err := s.command(args...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (s *terminal) press(key string) {
	s.t.Helper()
	s.tmux("send-keys", key)
}

func (s *terminal) screen() string {
	s.t.Helper()
	return s.tmux("capture-pane", "-p")
}

// sees waits until the screen matches, a dot being a line end too.
func (s *terminal) sees(pattern string) []string {
	s.t.Helper()
	wanted := regexp.MustCompile("(?ms)" + pattern)
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		screen := s.screen()
		if match := wanted.FindStringSubmatch(screen); match != nil {
			return match
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("in %v the screen does not match %s:\n%s", patience, pattern, screen)
		}
	}
}

// opened waits for the first screen, and returns the URL that it tells.
func (s *terminal) opened() (url string) {
	s.t.Helper()
	url = s.sees(`(http://127\.0\.0\.1:\d+) .*Nothing has arrived yet.*\? help  q quit`)[1]
	for _, row := range strings.Split(strings.TrimSuffix(s.screen(), "\n"), "\n") {
		if width := utf8.RuneCountInString(row); width > s.width {
			s.t.Errorf("a row has %d columns, and the terminal %d: %q", width, s.width, row)
		}
	}
	return url
}

func (s *terminal) signal(signal os.Signal) {
	s.t.Helper()
	number, err := strconv.Atoi(strings.TrimSpace(s.read("pid")))
	if err != nil {
		s.t.Fatal(err)
	}
	process, err := os.FindProcess(number)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

func (s *terminal) read(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.folder, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// isLeft wants nothing on the terminal but the summary and a prompt, which takes
// lines as before.
func (s *terminal) isLeft(summary string) {
	s.t.Helper()
	s.sees(`\A` + summary + `\nstatus 0\nready>\n*\z`)
	if before, after := s.read("before"), s.read("after"); before != after {
		s.t.Errorf("stty -g says %q, and said %q before", after, before)
	}
	s.tmux("send-keys", "-l", "echo sa''ne")
	s.press("Enter")
	s.sees(`^ready> echo sa''ne\nsane\nready>$`)
}

// An asking is a curl that waits for its answer.
type asking struct {
	t      *testing.T
	answer chan string
}

func curl(t *testing.T, args ...string) asking {
	t.Helper()
	client := exec.Command("curl", append([]string{"-q", "-sS", "--noproxy", "*", "--max-time", fmt.Sprint(int(patience / time.Second))}, args...)...)
	a := asking{t, make(chan string, 1)}
	go func() {
		text, err := client.CombinedOutput()
		if err != nil {
			text = append(text, err.Error()...)
		}
		a.answer <- string(text)
	}()
	return a
}

// gets wants this answer.
func (a asking) gets(want string) {
	a.t.Helper()
	if got := <-a.answer; got != want {
		a.t.Errorf("curl says %q, want %q", got, want)
	}
}
