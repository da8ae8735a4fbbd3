package docs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"barewire/internal/lab"
)

// The headings of a step's chapter, in order; more may stand between them.
var stepHeadings = []string{
	"Your task",
	"The code",
	"Watch it work",
	"The classic mistake",
	"Predict, then run",
	"Left out on purpose",
	"The request that still breaks us",
}

// The chapters of the application's side, and those of their headings that differ.
// A chapter leads to the next one, and the last to what comes behind them.
var applicationSide = []struct{ name, last, next string }{
	{"applications", "The request that still breaks us", "middleware"},
	{"middleware", "The request that still breaks us", "errors"},
	{"errors", "The request that still breaks us", "frameworks"},
	{"frameworks", "The request that still breaks us", "runners"},
	{"runners", "Where to go from here", "synchronous"},
}

// TestChapters finds the same shape in the chapter of every step. The transcripts
// and the excerpts in it are checked like those of any page.
func TestChapters(t *testing.T) {
	paths, err := filepath.Glob("[0-9][0-9]_*.md")
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are %d chapters, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(path, func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, complaint := range misshapen(strings.TrimSuffix(path, ".md"), string(text)) {
				t.Error(complaint)
			}
		})
	}
}

// TestApplicationSide finds it in the chapters about applications, as far as they
// have it: they set no task, and show their code where they speak of it.
func TestApplicationSide(t *testing.T) {
	for i, chapter := range applicationSide {
		t.Run(chapter.name, func(t *testing.T) {
			text, err := os.ReadFile(chapter.name + ".md")
			if err != nil {
				t.Fatal(err)
			}
			for _, complaint := range misshapenBeside(i, string(text)) {
				t.Error(complaint)
			}
		})
	}
}

// TestPythonChapter finds what both kinds have in the chapter about applications in
// Python, which is about neither a step nor code of ours.
func TestPythonChapter(t *testing.T) {
	text, err := os.ReadFile("python.md")
	if err != nil {
		t.Fatal(err)
	}
	section, missing := sections(string(text), []string{"The classic mistake", "Predict, then run", "Left out on purpose", "Where to go from here"})
	for _, heading := range missing {
		t.Errorf("the heading %q is not there, or out of order", heading)
	}
	for _, complaint := range misshapenAnyway(string(text), section["Predict, then run"]) {
		t.Error(complaint)
	}
	for _, line := range wideDrawings(string(text)) {
		t.Errorf("a drawing has %d columns: %s", utf8.RuneCountInString(line), line)
	}
}

var (
	question = regexp.MustCompile(`(?m)^// Package \w+ is step (\d\d): (.*)$`)
	aTask    = regexp.MustCompile("(?ms)^Your task: `([^`]+\\.go)`,\\s(.*?)\\.$")
	quoted   = regexp.MustCompile("`([\\w.]+)`")
	look     = regexp.MustCompile("(?m)^<details><summary>Look</summary>\n\n```console\n\\$ ")
	asked    = regexp.MustCompile(`(?m)^([1-9])\. `)

	askingTitle = regexp.MustCompile(`\A# .*\?\n`)
	drawing     = regexp.MustCompile("(?s)\n```\n.*[─│].*\n```\n")
	quotedCode  = regexp.MustCompile("(?m)^<!-- from: .* -->\n```go$")
)

// misshapen tells what the chapter of a step lacks.
func misshapen(step, text string) (complaints []string) {
	complain := func(format string, args ...any) {
		complaints = append(complaints, fmt.Sprintf(format, args...))
	}
	doc, err := os.ReadFile(filepath.Join("..", "steps", step, "doc.go"))
	if err != nil {
		complain("%v", err)
		return complaints
	}
	number, name, _ := strings.Cut(step, "_")
	if asks := question.FindSubmatch(doc); asks == nil || !strings.HasPrefix(text, fmt.Sprintf("# %s %s: %s\n", number, name, asks[2])) {
		complain("the heading is not the question of %s/doc.go", step)
	}

	section, missing := sections(text, stepHeadings)
	for _, heading := range missing {
		complain("the heading %q is not there, or out of order", heading)
	}
	tasks := aTask.FindAllStringSubmatch(section["Your task"], -1)
	if len(tasks) == 0 {
		complain("it names no task")
	}
	for _, task := range tasks {
		names := quoted.FindAllStringSubmatch(task[2], -1)
		if len(names) == 0 {
			complain("of %s, no function is named", task[1])
		}
		for _, name := range names {
			if !slices.Contains(declared(filepath.Join("..", task[1])), name[1]) {
				complain("%s declares no %s", task[1], name[1])
			}
		}
	}
	for _, heading := range []string{"Watch it work", "The classic mistake", "The request that still breaks us"} {
		if !showsTranscript(section[heading]) {
			complain("%q shows no transcript", heading)
		}
	}
	if !bothClients(section["Watch it work"]) {
		complain("it does not show both curl and barewire send")
	}
	for _, line := range wideDrawings(text) {
		complain("a drawing has %d columns: %s", utf8.RuneCountInString(line), line)
	}
	return append(complaints, misshapenAnyway(text, section["Predict, then run"])...)
}

// misshapenBeside tells what a chapter of the application's side lacks.
func misshapenBeside(i int, text string) (complaints []string) {
	complain := func(format string, args ...any) {
		complaints = append(complaints, fmt.Sprintf(format, args...))
	}
	chapter := applicationSide[i]
	if !askingTitle.MatchString(text) {
		complain("the heading is no question")
	}
	section, missing := sections(text, []string{"The classic mistake", "Predict, then run", "Left out on purpose", chapter.last})
	for _, heading := range missing {
		complain("the heading %q is not there, or out of order", heading)
	}
	if beginning, _, _ := strings.Cut(text, "\n## "); !drawing.MatchString(beginning) {
		complain("it does not begin with a picture")
	}
	told, _, _ := strings.Cut(text, "\n## Predict, then run\n")
	if !quotedCode.MatchString(told) {
		complain("it quotes no code")
	}
	if !bothClients(told) {
		complain("it does not show both curl and barewire send")
	}
	if !showsTranscript(section["The classic mistake"]) {
		complain("the classic mistake shows no transcript")
	}
	if strings.HasPrefix(chapter.last, "The request") && !showsTranscript(section[chapter.last]) {
		complain("%q shows no transcript", chapter.last)
	}
	if !strings.Contains(section[chapter.last], "]("+chapter.next+".md)") {
		complain("its end does not lead to %s.md", chapter.next)
	}
	return append(complaints, misshapenAnyway(text, section["Predict, then run"])...)
}

// misshapenAnyway tells what a chapter of either kind lacks.
func misshapenAnyway(text, predict string) (complaints []string) {
	if !strings.Contains(text, "\n**The one idea: ") {
		complaints = append(complaints, "there is no one idea")
	}
	if numbers, looks := asked.FindAllString(predict, -1), look.FindAllString(predict, -1); strings.Join(numbers, "") != "1. 2. 3. " || len(looks) != 3 {
		complaints = append(complaints, fmt.Sprintf("there are %d questions and %d looks, want 3 of each", len(numbers), len(looks)))
	}
	for _, line := range tooWide(text) {
		complaints = append(complaints, fmt.Sprintf("a line has %d columns: %s", utf8.RuneCountInString(line), line))
	}
	return complaints
}

func showsTranscript(text string) bool { return strings.Contains(text, "\n```console\n$ ") }

// bothClients tells whether curl asks, and raw bytes are sent.
func bothClients(text string) bool {
	return strings.Contains(text, "\n$ curl ") && strings.Contains(text, "barewire send ")
}

// sections cuts a chapter at its headings, which must come in order.
func sections(text string, headings []string) (section map[string]string, missing []string) {
	section = make(map[string]string)
	for _, heading := range headings {
		_, after, found := strings.Cut(text, "\n## "+heading+"\n")
		if !found {
			missing = append(missing, heading)
			continue
		}
		section[heading], _, _ = strings.Cut(after, "\n## ")
		text = after
	}
	return section, missing
}

// tooWide returns the lines of prose with more than 78 columns. Tables may be
// wider, and so may what is quoted.
func tooWide(text string) (lines []string) {
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = !inside
		case inside || strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "<!-- "):
		case utf8.RuneCountInString(line) > 78:
			lines = append(lines, line)
		}
	}
	return lines
}

// wideDrawings returns the lines of drawings with more than 78 columns, which the
// workshop screen has no room for. A drawing is a block without a language.
func wideDrawings(text string) (lines []string) {
	inside, drawn := false, false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = !inside
			drawn = inside && line == "```"
		case drawn && utf8.RuneCountInString(line) > 78:
			lines = append(lines, line)
		}
	}
	return lines
}

// TestMisshapen takes away or spoils one thing of a chapter after the other.
func TestMisshapen(t *testing.T) {
	const step = "01_listen"
	text, err := os.ReadFile(step + ".md")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ old, new string }{
		{"# 01 listen: ", "# 01 listen: Who? "},
		{"**The one idea: ", "**An idea: "},
		{"## Predict, then run", "## Run, then predict"},
		{"## The code", "## Watch it work"},
		{"`steps/01_listen/goodbye.go`, `Goodbye`", "`steps/01_listen/goodbye.go`, `Farewell`"},
		{"Your task: ", "A task: "},
		{"\n2. ", "\n4. "},
		{"<summary>Look</summary>\n\n```console", "<summary>Look</summary>\n\n```sh"},
		{"barewire send ", "nc "},
		{"\n$ curl ", "\n$ wget "},
		{"\n## The classic mistake\n", "\n## The classic mistake\n\n## Another heading\n"},
		{"\n\n", "\n\n" + strings.Repeat("x", 79) + "\n\n"},
		{"\n\n```\n", "\n\n```\n" + strings.Repeat("x", 79) + "\n"},
	} {
		if spoilt := strings.ReplaceAll(string(text), test.old, test.new); spoilt == string(text) || len(misshapen(step, spoilt)) == 0 {
			t.Errorf("with %q for %q, nothing is missed", test.new, test.old)
		}
	}
}

// TestMisshapenBeside does so with the chapters of the application's side: one
// misshapen case for each chapter, and all of them for the first.
func TestMisshapenBeside(t *testing.T) {
	const all = -1
	for _, test := range []struct {
		chapter  int
		old, new string
	}{
		{all, "\n## The classic mistake\n", "\n## A mistake\n"},
		{all, "\n## Predict, then run\n", "\n## Run, then predict\n"},
		{all, "\n## Left out on purpose\n", "\n## Left out\n"},
		{all, "\n3. ", "\n4. "},
		{all, "?\n\n", ".\n\n"},
		{all, "\n\n", "\n\n" + strings.Repeat("x", 79) + "\n\n"},
		{0, "**The one idea: ", "**An idea: "},
		{0, "```\n  environ: what was asked", "```text\n  environ: what was asked"},
		{0, "<!-- from: ", "<!-- as in: "},
		{0, "<summary>Look</summary>\n\n```console", "<summary>Look</summary>\n\n```sh"},
		{0, "\n## The request that still breaks us\n", "\n## The end\n"},
		{1, "(errors.md)", "(frameworks.md)"},
		{2, "barewire send ", "nc "},
		{2, "\n## The request that still breaks us\n", "\n## The request that still breaks us\n\n## Another heading\n"},
		{3, "\n$ curl ", "\n$ wget "},
		{3, "\n## The classic mistake\n", "\n## The classic mistake\n\n## Another heading\n"},
		{4, "\n## Where to go from here\n", "\n## The request that still breaks us\n"},
		{4, "(synchronous.md)", "(../README.md)"},
	} {
		for i, chapter := range applicationSide {
			if test.chapter != all && test.chapter != i {
				continue
			}
			text, err := os.ReadFile(chapter.name + ".md")
			if err != nil {
				t.Fatal(err)
			}
			if spoilt := strings.ReplaceAll(string(text), test.old, test.new); spoilt == string(text) || len(misshapenBeside(i, spoilt)) == 0 {
				t.Errorf("%s: with %q for %q, nothing is missed", chapter.name, test.new, test.old)
			}
		}
	}
}

var (
	planned       = regexp.MustCompile(`(?m)^\| (\d):(\d\d) \| (\d+) \|`)
	demonstration = regexp.MustCompile(`(?m)^# ([\w-]+), (\d\d): .*\?.*\n(.+)$`)
)

// TestPlan adds up the minutes of the teacher's plan, which fill three hours.
func TestPlan(t *testing.T) {
	text, err := os.ReadFile("teaching.md")
	if err != nil {
		t.Fatal(err)
	}
	clock := time.Duration(0)
	for _, row := range planned.FindAllStringSubmatch(string(text), -1) {
		from, err := time.ParseDuration(row[1] + "h" + row[2] + "m")
		minutes, failed := time.ParseDuration(row[3] + "m")
		if err != nil || failed != nil || from != clock {
			t.Errorf("a row says %s:%s, and by the minutes before it is %v", row[1], row[2], clock)
		}
		clock += minutes
	}
	if clock != 3*time.Hour {
		t.Errorf("the plan takes %v, want three hours", clock)
	}
}

// TestDemonstrations runs the teacher's line for every mistake, with the mistake
// and without. What is printed must differ, or there is nothing to see.
func TestDemonstrations(t *testing.T) {
	need(t, "curl")
	text, err := os.ReadFile("teaching.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := make(map[string]string)
	for _, match := range demonstration.FindAllStringSubmatch(string(text), -1) {
		lines[match[1]+" "+match[2]] = match[3]
	}
	terminals := newTerminals(t)
	for _, mistake := range lab.Mistakes() {
		t.Run(mistake.Name, func(t *testing.T) {
			line := lines[fmt.Sprintf("%s %02d", mistake.Name, mistake.Step)]
			if line == "" {
				t.Fatal("teaching.md has no line for it")
			}
			if mistake.Name == "no-deadline" {
				return // it takes as long to see as the deadline of a head
			}
			seen := func(flags string) string {
				server := terminals.start(t, block{}, "barewire serve check:App --trace none"+flags)
				defer server.stop(t)
				return mask(terminals.run(t, nil, line))
			}
			if right, wrong := seen(""), seen(" --mistake "+mistake.Name); right == wrong {
				t.Errorf("with the mistake and without, %s prints\n%s", line, right)
			}
		})
	}
}
