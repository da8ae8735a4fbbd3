package export_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"barewire/tui/export"
)

// programs puts small programs into a folder that is all of the PATH. What they
// get goes to files beside them.
func programs(t *testing.T, scripts map[string]string) (folder string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the programs are shell scripts")
	}
	folder = t.TempDir()
	for name, script := range scripts {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", folder)
	return folder
}

// takes is a program that takes what it is given, and its arguments.
const takes = `PATH=/usr/bin:/bin; cat > "$0.got"; echo "$@" > "$0.args"`

const copied = "GET /\x1b[2J\xff'\n"

func osc52(text string) string {
	return "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\a"
}

// copies calls Copy and returns what it told, and behind it PATH for the name of
// the file, which it checks.
func copies(t *testing.T, c export.Clipboard, text string) (told string) {
	t.Helper()
	c.Folder = t.TempDir()
	told, toldPath, err := c.Copy([]byte(text), "request-6.http")
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(c.Folder)
	if err != nil || len(files) != 1 {
		t.Fatalf("there are %d files, %v", len(files), err)
	}
	name := files[0].Name()
	if !regexp.MustCompile(`^barewire-\d+-request-6\.http$`).MatchString(name) {
		t.Errorf("the file is called %q", name)
	}
	path := filepath.Join(c.Folder, name)
	if got, err := os.ReadFile(path); string(got) != text {
		t.Errorf("the file holds %q, %v, want %q", got, err, text)
	}
	info, err := files[0].Info()
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 {
		t.Errorf("the file has mode %v", info.Mode())
	}
	if toldPath != path {
		t.Errorf("the file is said to be %q, and is %q", toldPath, path)
	}
	return told + " PATH"
}

func TestCopyTellsWhere(t *testing.T) {
	tests := []struct {
		name     string
		programs map[string]string
		used     string // the program that got it, with its arguments
		want     string
	}{
		{"no program", nil, "", "Copied if OSC 52 works, and in PATH"},
		{"Wayland", map[string]string{"wl-copy": takes}, "wl-copy ", "Copied (wl-copy), and in PATH"},
		{"X11", map[string]string{"xclip": takes}, "xclip -selection clipboard", "Copied (xclip), and in PATH"},
		{"X11, otherwise", map[string]string{"xsel": takes}, "xsel --clipboard --input", "Copied (xsel), and in PATH"},
		{"macOS", map[string]string{"pbcopy": takes}, "pbcopy ", "Copied (pbcopy), and in PATH"},
		{"Windows' Linux", map[string]string{"clip.exe": takes}, "clip.exe ", "Copied (clip.exe), and in PATH"},
		{
			"a program without a screen, and another", map[string]string{"wl-copy": "exit 1", "xsel": takes},
			"xsel --clipboard --input", "Copied (xsel), and in PATH",
		},
		{
			"a program that does not read", map[string]string{"xclip": "exit 1"},
			"", "Copied if OSC 52 works, and in PATH",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			folder := programs(t, test.programs)
			var terminal bytes.Buffer
			if told := copies(t, export.Clipboard{Terminal: &terminal}, copied); told != test.want {
				t.Errorf("told %q, want %q", told, test.want)
			}
			if got, want := terminal.String(), osc52(copied); got != want {
				t.Errorf("the terminal got %q, want %q", got, want)
			}
			name, args, _ := strings.Cut(test.used, " ")
			if name == "" {
				return
			}
			for file, want := range map[string]string{name + ".got": copied, name + ".args": args + "\n"} {
				if got, err := os.ReadFile(filepath.Join(folder, file)); string(got) != want {
					t.Errorf("%s: got %q, %v, want %q", file, got, err, want)
				}
			}
		})
	}
}

// TestCopyIsPatientForAWhile gives up on a program that never ends.
func TestCopyIsPatientForAWhile(t *testing.T) {
	programs(t, map[string]string{"wl-copy": "exec /bin/sleep 1000"})
	told := copies(t, export.Clipboard{Patience: time.Millisecond}, copied)
	if want := "In no clipboard, but in PATH"; told != want {
		t.Errorf("told %q, want %q", told, want)
	}
}

func TestCopyByTmux(t *testing.T) {
	programs(t, nil)
	var terminal bytes.Buffer
	copies(t, export.Clipboard{Terminal: &terminal, Tmux: true}, copied)
	if got, want := terminal.String(), osc52(copied)+"\x1bPtmux;\x1b"+osc52(copied)+"\x1b\\"; got != want {
		t.Errorf("the terminal got %q, want %q", got, want)
	}
}

// TestCopyOfMuch checks that a terminal is not sent what it would throw away.
func TestCopyOfMuch(t *testing.T) {
	programs(t, nil)
	tests := []struct {
		size int
		want string
	}{
		{74_994, "Copied if OSC 52 works, and in PATH"},
		{74_995, "In no clipboard, but in PATH"},
	}
	for _, test := range tests {
		var terminal bytes.Buffer
		if told := copies(t, export.Clipboard{Terminal: &terminal}, strings.Repeat("x", test.size)); told != test.want {
			t.Errorf("told %q, want %q", told, test.want)
		}
		if sent := terminal.Len() > 0; sent != (test.size == 74_994) || terminal.Len() > 100_000+len(osc52("")) {
			t.Errorf("of %d bytes the terminal got %d", test.size, terminal.Len())
		}
	}
}

func TestCopyToABrokenTerminal(t *testing.T) {
	programs(t, nil)
	for _, tmux := range []bool{false, true} {
		told := copies(t, export.Clipboard{Terminal: broken{}, Tmux: tmux}, copied)
		if want := "In no clipboard, but in PATH"; told != want {
			t.Errorf("told %q, want %q", told, want)
		}
	}
}

type broken struct{ io.Writer }

func (broken) Write([]byte) (int, error) { return 0, errors.New("no terminal") }

func TestCopyWithoutAFile(t *testing.T) {
	folder := t.TempDir()
	tests := []struct{ name, folder, file, want string }{
		{"no folder", filepath.Join(folder, "none"), "a", "the copy needs a file: open " + filepath.Join(folder, "none")},
		{"a name that leads elsewhere", folder, "../a", `the copy needs a file: "../a" is no plain name`},
		{"a name with a sign for the terminal", folder, "a\x1b", `the copy needs a file: "a\x1b" is no plain name`},
		{"no name", folder, "", `the copy needs a file: "" is no plain name`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var terminal bytes.Buffer
			told, path, err := export.Clipboard{Terminal: &terminal, Folder: test.folder}.Copy([]byte("x"), test.file)
			if told+path != "" || err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("told %q, %v, want %s", told, err, test.want)
			}
			if terminal.Len() > 0 {
				t.Errorf("the terminal got %q", terminal.String())
			}
		})
	}
}
