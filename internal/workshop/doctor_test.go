package workshop

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

var large = Terminal{Is: true, Width: 120, Height: 40, Colors: 256, UTF8: true}

func TestDoctor(t *testing.T) {
	w := workspace(t)
	t.Setenv("GOFLAGS", "-trimpath")
	var out bytes.Buffer
	if err := Doctor(t.Context(), &out, w.path("steps"), large); err != nil {
		t.Errorf("Doctor = %v and says\n%s", err, &out)
	}
	for _, want := range []string{
		`✓ go1\.\S+\n`, `· GOFLAGS is "-trimpath"; .*\n`, `[✓·] curl .*\n`, `✓ a free port on 127\.0\.0\.1\n`, `✓ a terminal of 120 columns and 40 rows\n`,
		`✓ 256 colours\n`, `✓ UTF-8\n`, `✓ the workspace ` + regexp.QuoteMeta(w.Dir) + `, step 01\n`, `✓ it builds, without a network\n$`,
	} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("Doctor says\n%s\nand not %s", &out, want)
		}
	}
}

func TestDoctorFindsWhatIsWrong(t *testing.T) {
	w := workspace(t)
	for name, text := range map[string]string{
		target:               "package requestline\n\nfunc parseTarget( {\n",
		"server/run.go":      "package server\n",
		private + "/x":       "",
		progressFile:         "{",
		"steps/02_read/x.go": "package read\n",
	} {
		if err := os.WriteFile(w.path(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"steps/06_wsgi/repr.go", "server/ring.go", "steps/04_headers/host.go"} {
		if err := os.Remove(w.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := Doctor(t.Context(), &out, w.Dir, Terminal{Is: true, Width: 79, Height: 24}); err != ErrIll {
		t.Errorf("Doctor = %v, want %v", err, ErrIll)
	}
	for _, want := range []string{
		"- a terminal of 79 columns and 24 rows: make it 80 by 24 or larger for barewire learn\n", "- no colours; ", "- no UTF-8, ",
		"- .workshop/progress.json is damaged; ", "x steps/06_wsgi/repr.go is missing: barewire init ORIGINAL makes a second workspace, ", "x server/ring.go is missing: barewire init ORIGINAL ",
		"- server/run.go was given and is changed; if that was not meant: barewire init ORIGINAL ", "x it does not build; go build ./... says:\n", "target.go:3:19: ",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("Doctor says\n%s\nand not %q", &out, want)
		}
	}
	if strings.Contains(out.String(), "host.go is missing") {
		t.Errorf("Doctor misses a file that is the learner's:\n%s", &out)
	}
	for i, c := range out.Bytes() {
		if c >= 0x80 {
			t.Fatalf("byte %d of Doctor without UTF-8 is no ASCII:\n%s", i, &out)
		}
	}
}

func TestDoctorWithoutTools(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	var out bytes.Buffer
	if err := Doctor(t.Context(), &out, t.TempDir(), Terminal{UTF8: true}); err != ErrIll {
		t.Errorf("Doctor = %v, want %v", err, ErrIll)
	}
	for _, want := range []string{"✗ go does not run (", ": install Go 1.24.2 or later ", "· curl does not run; ", "· no terminal here, ", "· no workspace here: barewire init DIR makes one\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("Doctor says\n%s\nand not %q", &out, want)
		}
	}
}

func TestDoctorWithAnOldGo(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in is a shell script")
	}
	dir := t.TempDir()
	const old = "#!/bin/sh\necho '{\"GOVERSION\": \"go1.22.1\"}'\n"
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte(old), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	var out bytes.Buffer
	if err := Doctor(t.Context(), &out, t.TempDir(), large); err != ErrIll || !strings.Contains(out.String(), "✗ go1.22.1 is too old: install Go 1.24.2 or later") {
		t.Errorf("Doctor = %v and says\n%s", err, &out)
	}
}
