package learn

import (
	"strings"
	"testing"
	"time"

	"barewire/internal/check"
	"barewire/internal/workshop"

	"github.com/muesli/termenv"
)

// The names that the picture of 80x24 has room for.
var longNames = map[string]string{
	"03.1": "method, target and version are told apart",
	"03.2": "HTTP/1.0 and HTTP/1.1 are both served",
	"03.3": "a version of 2.0 gets 505",
	"03.5": "a line without a version gets 400",
}

// picture builds the very state of the two pictures.
func picture(t *testing.T, width, height int, changes ...func(*Config)) *desk {
	d := newDesk(t, width, height, func(c *Config) {
		for _, change := range changes {
			change(c)
		}
		if width < sideways {
			c.Chapter = func(int) string { return shortChapter }
			for _, check := range c.Checks {
				if name := longNames[check.ID]; name != "" {
					check.Name = name
				}
			}
		}
	})
	writeFile(t, d.config.Dir, "steps/03_requestline/requestline.go", "package requestline\n\nfunc Parse() {}\n")
	d.send(savedMsg{})
	d.happen(3, sampleRun(d.config.Checks)...)
	d.now = noon.Add(1200 * time.Millisecond)
	d.send(tickMsg(d.now))
	return d
}

// The first two are the pictures to reach, to the column.
func TestPictures(t *testing.T) {
	picture(t, 80, 24).golden("80x24 picture")
	d := picture(t, 120, 40)
	d.press("H")
	d.golden("120x40 picture")
	d = picture(t, 160, 48)
	d.press("H")
	d.golden("160x48 picture")
}

func TestASCII(t *testing.T) {
	picture(t, 80, 24, func(c *Config) { c.Theme.ASCII = true }).golden("80x24 ascii")
}

// What is from before is faint, and what the last run said is not.
func TestDimmed(t *testing.T) {
	d := picture(t, 80, 24, func(c *Config) { c.Theme.Profile, c.Theme.Dark = termenv.ANSI, true })
	const faint, fresh = "\x1b[2m03.3  core", "03.3  core"
	if view := d.View(); strings.Contains(view, faint) || !strings.Contains(view, fresh) {
		t.Errorf("a result of this run is faint:\n%q", view)
	}
	d.happen(3, workshop.Building{}, workshop.Built{Errors: []workshop.Fault{{File: "a.go", Line: 1, Text: "no"}}})
	if view := d.View(); !strings.Contains(view, faint) {
		t.Errorf("a result from before is not faint:\n%q", view)
	}
}

func TestScreens(t *testing.T) {
	sizes := map[string][2]int{"80x24": {80, 24}, "120x40": {120, 40}, "160x48": {160, 48}}
	for size, dimensions := range sizes {
		for _, test := range []struct {
			name string
			keys []string
		}{
			{"checks", []string{"tab"}},
			{"detail", []string{"tab", "enter"}},
			{"help", []string{"?"}},
			{"answer", []string{"A"}},
		} {
			t.Run(size+" "+test.name, func(t *testing.T) {
				d := picture(t, dimensions[0], dimensions[1])
				d.press(test.keys...)
				d.golden(size + " " + test.name)
			})
		}
		t.Run(size+" open", func(t *testing.T) {
			d := picture(t, dimensions[0], dimensions[1], func(c *Config) {
				c.Progress = func() workshop.Progress {
					p := sampleProgress(nil)
					p.Passed, p.Failing = []int{2}, map[int]int{1: 2, 3: 1}
					return p
				}
			})
			var checked []workshop.Event
			for _, c := range d.checksOf(3) {
				checked = append(checked, workshop.Checked{Result: check.Result{Check: c, Passed: true, At: -1, Alive: true}})
			}
			fault := workshop.Fault{File: "steps/03_requestline/requestline_test.go", Line: 12, Text: "Parse(\"GET / HTTP/1.1\") = nil"}
			d.happen(3, workshop.Building{}, workshop.Built{}, workshop.Tested{Failed: []string{"TestParse"}, Stopped: true, Faults: []workshop.Fault{fault}})
			d.happen(3, append(checked, workshop.Finished{Open: true, TestsFailed: 1, Ran: 14, Took: 2 * time.Second})...)
			d.golden(size + " open")
		})
		t.Run(size+" build", func(t *testing.T) {
			d := picture(t, dimensions[0], dimensions[1])
			d.happen(3, workshop.Building{}, workshop.Built{Errors: []workshop.Fault{{File: "steps/03_requestline/requestline.go", Line: 31, Column: 2, Text: "undefined: parts"}}})
			d.golden(size + " build")
		})
	}
}
