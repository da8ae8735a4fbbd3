package command

import (
	"bufio"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"barewire/internal/check"
	"barewire/internal/workshop"
)

func TestNext(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mine")
	if err := workshop.Init(dir, []int{1, 2, 4, 5, 7, 8, 9}); err != nil {
		t.Fatal(err)
	}
	w, _, err := workshop.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		last workshop.Finished
		want string
	}{
		{workshop.Finished{Step: 3}, ""},
		{workshop.Finished{Step: 3, Passed: true, Before: true}, ""},
		{workshop.Finished{Step: 3, Open: true, TestsFailed: 1},
			"\nThe core of step 03 holds; of its tests 1 fails. It is passed when they pass too.\nThe next chapter is open, 10 keepalive; to go on there first   barewire check 10\n"},
		{workshop.Finished{Step: 3, Passed: true}, "\nStep 03 is passed. Next is 10 keepalive: Is there more to come?\n"},
		{workshop.Finished{Step: 10, Open: true, TestsFailed: 2}, "\nThe core of step 10 holds; of its tests 2 fail. It is passed when they pass too.\n"},
		{workshop.Finished{Step: 10, Passed: true}, "\nStep 10 is passed.\n" + finale},
	} {
		if test.last.Passed {
			if _, err := w.Update(func(p *workshop.Progress) { p.Pass(test.last.Step) }); err != nil {
				t.Fatal(err)
			}
		}
		var out strings.Builder
		l := &lesson{report: &report{out: &out}, last: test.last}
		l.next(w)
		if out.String() != test.want {
			t.Errorf("behind %+v comes %q, want %q", test.last, &out, test.want)
		}
	}
}

// A hint that was shown with a failure is not the next one.
func TestHintsOfPictures(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mine")
	if err := workshop.Init(dir, nil); err != nil {
		t.Fatal(err)
	}
	w, _, err := workshop.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	l := &lesson{report: &report{out: &out}, last: workshop.Finished{Step: 3}}
	for _, id := range []string{"03.2", "03.3", "03.4"} {
		l.failed = append(l.failed, check.Result{Check: check.Find(id), At: -1})
	}
	if err := l.end(w); err == nil || err.Error() != "3 checks failed" {
		t.Errorf("it ends with %v", err)
	}
	if got, want := w.Progress.Hints, map[string]int{"03.2": 1, "03.3": 1}; !maps.Equal(got, want) {
		t.Errorf("hints noted are %v, want %v", got, want)
	}
	for id, shown := range map[string]bool{"03.2": true, "03.3": true, "03.4": false} {
		if strings.Contains(out.String(), check.Find(id).Hints[0]) != shown {
			t.Errorf("hint 1 of %s is shown: %v, in\n%s", id, !shown, &out)
		}
	}
}

func TestNamed(t *testing.T) {
	for want, failed := range map[string][]string{
		"one of them ended the program": nil,
		"TestA":                         {"TestA", "TestA/b"},
		"TestA/b":                       {"TestA/b"},
		"TestA, TestB, TestC, TestD and 1 more test": {"TestA", "TestB", "TestC", "TestD", "TestE"},
	} {
		if got := named(failed); got != want {
			t.Errorf("named(%q) = %q, want %q", failed, got, want)
		}
	}
}

// What takes long says so beforehand, and tells the seconds.
func TestAsking(t *testing.T) {
	screen, out := io.Pipe()
	r := &report{out: out, live: true}
	slow := &check.Check{ID: "02.20", Name: strings.Repeat("a slow client ", 10), Say: []check.Piece{{After: 9 * time.Second}, {After: 8 * time.Second}}}
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		r.asking(1, 9, slow)
	}()
	lines := bufio.NewReader(screen)
	said := ""
	for !strings.HasSuffix(said, ", 1 s") {
		b, err := lines.ReadByte()
		if err != nil {
			t.Fatal(err)
		}
		said += string(b)
	}
	row := strings.Split(said, clearLine)[2]
	if !strings.HasPrefix(row, "1 of 9   02.20  a slow") || !strings.HasSuffix(row, " (takes 17 s), 1 s") || len(row) > 79 {
		t.Errorf("it says %q", row)
	}
	<-asked
	go func() {
		r.idle()
		out.Close()
	}()
	if rest, err := io.ReadAll(lines); err != nil || !strings.HasSuffix(string(rest), clearLine) {
		t.Errorf("at the end: %q, %v", rest, err)
	}
}

// Every command that a workspace tells to type is one, with these flags and words.
func TestReadmeCommands(t *testing.T) {
	isCommand := regexp.MustCompile("(?m)(?:^ +|`|//\t)barewire ([^`#\n]*)")
	told := 0
	for _, name := range []string{"README.md", "main.go"} {
		text, err := os.ReadFile(filepath.Join("..", "workshop", "given", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range isCommand.FindAllSubmatch(text, -1) {
			told++
			words, _, _ := strings.Cut(string(match[1]), "    ") // and then what it is for
			world := System()
			command, args, err := rootCommand(world).Find(strings.Fields(words))
			if err == nil && !command.HasParent() {
				t.Errorf("%s: barewire %s is no command", name, words)
				continue
			}
			if err == nil {
				err = command.ParseFlags(args)
			}
			if err == nil {
				err = command.ValidateArgs(command.Flags().Args())
			}
			if err != nil {
				t.Errorf("%s: barewire %s: %v", name, words, err)
			}
		}
	}
	if told < 12 {
		t.Errorf("only %d commands were found", told)
	}
}
