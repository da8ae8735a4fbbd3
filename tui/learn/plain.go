package learn

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"barewire/internal/workshop"
	"barewire/tui/cells"

	"github.com/muesli/termenv"
)

// Plain is the workshop without a terminal: the head of the chapter, then the checks
// of its step and what came of them, once.
func Plain(ctx context.Context, config Config, out io.Writer) error {
	config.Theme.Profile, config.Theme.NoColor = termenv.Ascii, true
	m := New(config)
	m.layout = newLayout(sideways, 48, onChecks, whole)
	p := &page{out: out, pen: m.pen}
	p.print(m.title())
	p.print(m.ladder())
	p.print(nil)
	for _, row := range head(m.chapter().text) {
		p.print(row)
	}

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	err := config.Check(ctx, m.step, func(event workshop.Event) {
		m.run = &running{}
		m.happened(happenedMsg{m.run, m.step, event})
		m.run = nil
		switch event := event.(type) {
		case workshop.Checked:
			p.checked(&m, event)
		case workshop.Built, workshop.Tested, workshop.Died:
			for _, row := range m.heading()[2:] { // below the counts
				p.print(row)
			}
		}
		if p.err != nil {
			stop() // nobody reads on
		}
	})
	if err := cmp.Or(p.err, err); err != nil {
		return err
	}
	p.print(nil)
	p.print(cells.Text(cells.Plain, m.counts()))
	switch {
	case m.progress.AllDone():
		p.print(cells.Text(cells.Plain, allDone))
	case m.progress.Failing[m.step] > 0:
		p.print(cells.Text(cells.Plain, m.coreHolds()+"."))
	}
	p.print(cells.Text(cells.Plain, fmt.Sprintf("barewire hint %d helps, and barewire check %d runs them again.", m.step, m.step)))
	return p.err
}

// head returns a chapter up to its second heading.
func head(markdown string) (rows []cells.Row) {
	first, rest, _ := strings.Cut(markdown, "\n")
	text, _, _ := strings.Cut(rest, "\n## ")
	if !strings.HasPrefix(first, "# ") {
		text = first + "\n" + text
	}
	for _, line := range typeset(text, prose, nil) {
		rows = append(rows, line.Row)
	}
	return append(rows, nil)
}

// A page prints rows, and remembers the first error.
type page struct {
	out io.Writer
	pen cells.Pen
	err error
}

func (p *page) print(row cells.Row) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.out, strings.TrimRight(p.pen.Paint(row, max(row.Width(), 1)), " "))
	}
}

// checked prints a check, and all of its failure.
func (p *page) checked(m *Model, event workshop.Checked) {
	result := event.Result
	m.selected = ""
	p.print(append(cells.Row{{Text: " "}}, m.checkRow(result.Check, false, len(result.Check.ID))...))
	if result.Passed || result.Skipped != "" {
		return
	}
	m.selected = result.Check.ID
	for _, row := range m.detail(prose, true)[1:] { // below its name
		p.print(append(cells.Row{{Text: "     "}}, row...))
	}
	p.print(nil)
}
