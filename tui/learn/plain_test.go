package learn

import (
	"context"
	"errors"
	"strings"
	"testing"

	"barewire/internal/workshop"

	"github.com/google/go-cmp/cmp"
)

func TestPlain(t *testing.T) {
	d := newDesk(t, 80, 24, func(c *Config) {
		checks := c.Checks
		c.Chapter = func(int) string {
			return "# 03 requestline: What do they want?\n\nThree words.\n\n## Your task\n\nmore"
		}
		c.Check = func(_ context.Context, _ int, tell func(workshop.Event)) error {
			for _, event := range sampleRun(checks)[:12] {
				tell(event)
			}
			tell(workshop.Died{Faults: []workshop.Fault{{File: "steps/03_requestline/requestline.go", Line: 7, Text: "index out of range"}}})
			return nil
		}
	})
	var out strings.Builder
	if err := Plain(t.Context(), d.config, &out); err != nil {
		t.Fatal(err)
	}
	want := ` barewire learn  03 requestline: What do they want?                step 3 of 10  core 8 of 41  full 16 of 128
 01 ✓   02 ✓   03 ▸   04 ·   05 ·   07 ·   08 ·   09 ·   10 ·


Three words.

 ✓ 03.1  core  three parts are told apart
 ✓ 03.2  core  1.0 and 1.1 are both served
 ✓ 03.3  core  version 2.0 gets 505
 ✗ 03.4  core  two spaces in a row get 400
     RFC 9112 §3, must

     you sent    GET  /hello HTTP/1.1␍␊
                 Host: x␍␊
                 ␍␊
     expected    HTTP/1.1 400
     came back   HTTP/1.1 200 OK␍␊
                          ^ first wrong byte, 10
                 Content-Type: text/plain␍␊
                 Content-Length: 14␍␊
                 ␍␊
                 Hello, world!␊
     ended       still open after 300 ms
     alive       yes

     again with  barewire send 03.4

     your program said
     listening on http://127.0.0.1:40517

✗ ended  your program ended by itself
    steps/03_requestline/requestline.go:7
      index out of range


checks of 03: core 3 of 5, full 0 of 9
barewire hint 3 helps, and barewire check 3 runs them again.
`
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(out.String(), "\n")); diff != "" {
		t.Errorf("Plain (-want +got):\n%s", diff)
	}
}

func TestPlainFails(t *testing.T) {
	failing := errors.New("no go command")
	d := newDesk(t, 80, 24, func(c *Config) {
		c.Check = func(context.Context, int, func(workshop.Event)) error { return failing }
	})
	if err := Plain(t.Context(), d.config, new(strings.Builder)); !errors.Is(err, failing) {
		t.Errorf("the error is %v, want %v", err, failing)
	}
	d.config.Check = func(context.Context, int, func(workshop.Event)) error { return nil }
	if err := Plain(t.Context(), d.config, fullDisk{}); !errors.Is(err, errFull) {
		t.Errorf("the error is %v, want %v", err, errFull)
	}
}

// Where nobody reads on, as behind "| head", what runs is stopped.
func TestPlainStops(t *testing.T) {
	d := newDesk(t, 80, 24, func(c *Config) {
		c.Check = func(ctx context.Context, _ int, tell func(workshop.Event)) error {
			tell(workshop.Building{})
			select {
			case <-ctx.Done():
			default:
				t.Error("the run goes on")
			}
			return ctx.Err()
		}
	})
	if err := Plain(t.Context(), d.config, fullDisk{}); !errors.Is(err, errFull) {
		t.Errorf("the error is %v, want %v", err, errFull)
	}
}

type fullDisk struct{}

var errFull = errors.New("no room")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }
