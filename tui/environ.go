package tui

import (
	"fmt"
	"strings"

	"barewire/server/trace"
	"barewire/tui/cells"
	"barewire/tui/history"

	"github.com/charmbracelet/x/ansi"
)

// environ is the page of step 07.
func (p *page) environ() []pageRow {
	if values := p.exchange.Values(); len(values) > 0 {
		return p.environOf(values)
	}
	return []pageRow{quiet("It was not made.")}
}

// environOf lists what the client put into the environ, then what the server did.
func (p *page) environOf(values []history.Value) []pageRow {
	var fromClient, fromServer []history.Value
	for _, value := range values {
		if len(value.Ranges) > 0 {
			fromClient = append(fromClient, value)
		} else {
			fromServer = append(fromServer, value)
		}
	}
	from := "from the client"
	if trace.IsPacket(p.exchange.Head) {
		from = "from the packet"
	}
	rows := []pageRow{quiet("%s", from)}
	rows = append(rows, p.variables(fromClient, cells.Client)...)
	rows = append(rows, pageRow{}, quiet("from the server"))
	return append(rows, p.variables(fromServer, cells.Server)...)
}

// variables lists some of them, one in a row, with the step that found each.
func (p *page) variables(values []history.Value, role cells.Role) []pageRow {
	width := 16
	for _, value := range values {
		width = min(max(width, len(value.Key)), 28, max(p.layout.page()/2, 1))
	}
	var rows []pageRow
	for _, value := range values {
		rows = append(rows, pageRow{Row: cells.Columns(
			cells.Column{Width: 2},
			cells.Column{Width: width + 1, Row: cells.Text(cells.Plain, value.Key)},
			cells.Column{Width: max(p.layout.page()-width-6, 0), Row: cells.Text(role, value.Text)},
			cells.Column{Width: -3, Row: cells.Text(cells.Quiet, fmt.Sprintf("%02d", value.Step))},
		), about: valueSubject(value)})
	}
	return rows
}

// wrapped breaks a text into rows at its blanks, and a word that is wider than a
// row wherever the row ends.
func wrapped(role cells.Role, text string, width int) []pageRow {
	var rows []pageRow
	for line := range strings.SplitSeq(ansi.Wrap(cells.Harmless(text), max(width, 1), ""), "\n") {
		rows = append(rows, said(role, "%s", line))
	}
	return rows
}
