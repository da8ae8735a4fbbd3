// Package docs_test checks what the README files and the pages of this folder
// show. A block marked console is a transcript: its commands are run, and what
// they print must be what stands there (transcripts_test.go). A block marked go
// behind a line <!-- from: FILE NAME --> is an excerpt: the declaration NAME of
// FILE, to the letter; FILE NAME until TEXT is the next piece of it, which ends
// before the statement that begins with TEXT; without NAME it is the whole file, of
// any language (excerpts_test.go). A block behind a line <!-- file: NAME --> is that
// file, or its next piece: commands behind it are typed where it is. The chapters,
// NN_step.md, all have one shape (chapters_test.go). After a change,
//
//	go test ./docs -update
//
// writes what is true into the pages.
package docs_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what is true into the pages")

// A page is a Markdown file, cut at its fenced blocks.
type page struct {
	path   string
	pieces []string // prose and the insides of blocks, in turn
	blocks []block
}

// A block is a fenced block of a page.
type block struct {
	language string
	before   string // the line before the fence
	piece    int    // which piece is its inside
}

// eachPage runs a test for the README files and every page of docs/.
func eachPage(t *testing.T, test func(t *testing.T, p *page)) {
	paths, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(paths, "../README.md", "../steps/README.md") {
		t.Run(strings.TrimPrefix(path, "../"), func(t *testing.T) { test(t, readPage(t, path)) })
	}
}

func readPage(t *testing.T, path string) *page {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p := &page{path: path, pieces: []string{""}}
	inside, before := false, ""
	for line := range strings.Lines(string(text)) {
		language, fence := strings.CutPrefix(line, "```")
		last := len(p.pieces) - 1
		switch {
		case fence && !inside:
			p.pieces[last] += line
			p.pieces = append(p.pieces, "")
			p.blocks = append(p.blocks, block{strings.TrimSpace(language), before, last + 1})
			inside = true
		case fence && strings.TrimSpace(language) != "":
			t.Fatalf("%s: a block begins inside a block: %s", path, line)
		case fence:
			p.pieces = append(p.pieces, line)
			inside = false
		default:
			p.pieces[last] += line
		}
		before = strings.TrimSpace(line)
	}
	if inside {
		t.Fatalf("%s: a block does not end", path)
	}
	return p
}

// check compares what a block says with the truth, both as mask shows them, or
// notes the truth to be written.
func (p *page) check(t *testing.T, b block, truth string, mask func(string) string) {
	t.Helper()
	truth = strings.TrimSuffix(truth, "\n") + "\n" // the fence needs a line of its own
	said := p.pieces[b.piece]
	diff := cmp.Diff(strings.Split(mask(said), "\n"), strings.Split(mask(truth), "\n"))
	switch {
	case diff == "":
	case *update:
		p.pieces[b.piece] = truth
	default:
		t.Errorf("%s is stale (-said +true); go test ./docs -update mends it\n%s", p.path, diff)
	}
}

// write writes the page, when the test updates.
func (p *page) write(t *testing.T) {
	if *update {
		if err := os.WriteFile(p.path, []byte(strings.Join(p.pieces, "")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
