package tui

import (
	"bytes"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"barewire/server/trace"
	"barewire/tui/cells"
	"barewire/tui/explain"
	"barewire/tui/history"
	"barewire/tui/source"
)

// wire shows the whole request: what the client said and what becomes of it, what
// the application did, what the server said and where that comes from.
func (p *page) wire() []pageRow {
	client, server := "< ", "> "
	if p.curl {
		client, server = server, client
	}
	x := p.exchange
	var rows []pageRow
	if p.layout.becomes > 0 {
		rows = append(rows, p.wireHeading("becomes"))
	}
	said := x.RequestLines()
	rows = append(rows, p.stream(client, "read", x.Request(), said, p.values(said[:min(len(said), maxLines)]))...)
	if p.layout.becomes > 0 {
		rows = append(rows, pageRow{})
		rows = append(rows, p.callRows()...)
	} else {
		rows = append(rows, p.workerRows()...)
	}
	if x.Out > 0 {
		rows = append(rows, pageRow{})
		if p.layout.becomes > 0 {
			rows = append(rows, p.wireHeading("comes from"))
		}
		rows = append(rows, p.stream(server, "write", x.Answer(), x.AnswerLines(), nil)...)
	}
	if p.layout.becomes > 0 {
		rows = append(rows, p.closeRow()...)
		rows = append(rows, p.keepaliveRow()...)
	}
	return append(rows, p.forgiven()...)
}

// keepaliveRow says in a row what step 10 has decided, and why.
func (p *page) keepaliveRow() []pageRow {
	why := p.keepaliveReason()
	if why == "" {
		return nil
	}
	return []pageRow{{Row: cells.Columns(
		cells.Column{Width: max(p.layout.text+6, cells.Width(why)+1), Row: cells.Text(cells.Quiet, why)},
		cells.Column{Width: len(stepName(10)) + 1, Row: cells.Text(cells.Quiet, " "+stepName(10))},
	), about: subject{kind: explain.Step, name: "10"}}}
}

func (p *page) wireHeading(becomes string) pageRow {
	return pageRow{Row: cells.Columns(
		cells.Column{Width: p.layout.text + 1, Row: cells.Text(cells.Quiet, "on the wire")},
		cells.Column{Width: beside - 1 + becomesSpace, Row: cells.Text(cells.Quiet, "who")},
		cells.Column{Width: p.layout.becomes, Row: cells.Text(cells.Quiet, becomes)},
	)}
}

// values returns the variables by the line of the request they came from, and the
// body as wsgi.input beside its first line.
func (p *page) values(lines []history.Line) map[int64][]history.Value {
	values := make(map[int64][]history.Value)
	all := p.exchange.Values()
	for _, line := range lines {
		for _, value := range all {
			if len(value.Ranges) > 0 && line.From <= value.Ranges[0].From && value.Ranges[0].To <= line.To {
				values[line.From] = append(values[line.From], value)
			}
		}
		if line.Who == "05" && p.exchange.Framing != nil {
			text := "in chunks"
			if !p.exchange.Framing.Chunked {
				text = count(int(p.exchange.Framing.Length), "byte", "bytes")
			}
			values[line.From] = []history.Value{{Key: "wsgi.input", Text: text, Ranges: []history.Range{{From: line.From, To: p.exchange.In}}, Step: 5}}
			break // nothing behind it is of the head
		}
	}
	return values
}

// A wireLine is one row of the wire, before its bracket is known.
type wireLine struct {
	arrow   string
	line    history.Line   // the zero Line where only what becomes of one is shown
	value   *history.Value // in the third column, or nil
	label   string         // at the right end of the text
	piece   int            // the read or the write it begins in
	bracket string
	about   subject
}

// stream draws the lines of one direction, with a bracket for each read or write.
func (p *page) stream(arrow, verb string, stream history.Stream, lines []history.Line, values map[int64][]history.Value) []pageRow {
	var all []wireLine
	more := len(lines) - maxLines
	if more > 0 {
		lines = lines[:maxLines]
	}
	piece := 0 // the read or write that the line begins in
	for _, line := range lines {
		for piece < len(stream.Pieces)-1 && line.From >= stream.Pieces[piece].From+stream.Pieces[piece].Size {
			piece++
		}
		next := wireLine{arrow: arrow, line: line, label: p.label(verb, stream, piece, line), piece: piece, about: p.lineSubject(line)}
		if p.layout.becomes == 0 || len(values[line.From]) == 0 {
			all = append(all, next)
			continue
		}
		for i := range values[line.From] {
			next.value, next.about = &values[line.From][i], valueSubject(values[line.From][i])
			all = append(all, next)
			next = wireLine{piece: piece} // the line stands beside its first value
		}
	}
	var rows []pageRow
	for i := range all {
		line := &all[i]
		first := i == 0 || all[i-1].piece != line.piece
		last := i == len(all)-1 || all[i+1].piece != line.piece
		line.bracket = "│"
		switch {
		case first && last:
			line.bracket = "]"
		case first:
			line.bracket = "┐"
		case last:
			line.bracket = "┘"
		}
		rows = append(rows, pageRow{Row: p.wireRow(*line, history.Range{}), about: line.about, wire: line})
	}
	if more > 0 {
		rows = append(rows, quiet("… %s; E exports them", count(more, "more line", "more lines")))
	}
	return rows
}

// maxLines is how many lines of one direction are shown.
const maxLines = 2000

// wireRow draws a line, with these bytes marked.
func (p *page) wireRow(line wireLine, marked history.Range) cells.Row {
	var text cells.Row
	if line.arrow != "" {
		text = p.lineText(line.arrow, line.line, marked)
	}
	label := cells.Width(line.label)
	row := cells.Columns(
		cells.Column{Width: p.layout.text - label, Row: text},
		cells.Column{Width: label, Row: cells.Text(cells.Quiet, line.label)},
		cells.Column{Width: 1},
		cells.Column{Width: whoWidth, Row: cells.Text(cells.Quiet, line.line.Who)},
		cells.Column{Width: 1},
		cells.Column{Width: 1, Row: cells.Text(cells.Quiet, line.bracket)},
	)
	if p.layout.becomes == 0 {
		return row
	}
	becomes := cells.Text(cells.Quiet, line.line.What)
	if line.value != nil {
		becomes = valueRow(*line.value, marked)
	}
	return append(row, cells.Columns(cells.Column{Width: becomesSpace}, cells.Column{Width: p.layout.becomes, Row: becomes})...)
}

// lineText is the arrow and the line, with these bytes of the same direction marked.
func (p *page) lineText(arrow string, line history.Line, marked history.Range) cells.Row {
	row := cells.Text(cells.Quiet, arrow)
	if line.Summary != "" {
		return append(row, cells.Span{Text: line.Summary, Role: cells.Quiet})
	}
	role, text := roleOf(line.Author), line.Bytes
	end := text[len(bytes.TrimRight(text, "\r\n")):]
	text = text[:len(text)-len(end)]
	from, to := 0, 0
	if isAnswer := line.Author != history.Client; isAnswer == p.inAnswer {
		from = int(max(min(marked.From-line.From, int64(len(text))), 0))
		to = int(max(min(marked.To-line.From, int64(len(text))), int64(from)))
	}
	for _, part := range []cells.Span{{Text: string(text[:from])}, {Text: string(text[from:to]), Mark: cells.Linked}, {Text: string(text[to:])}} {
		part.Role = role
		row = append(row, part)
	}
	if p.bytes == withLineEnds {
		row = append(row, cells.Span{Text: lineEnds.Replace(string(end)), Role: cells.Quiet})
	}
	return row
}

var lineEnds = strings.NewReplacer("\r", "␍", "\n", "␊")

func roleOf(author history.Author) cells.Role {
	return [...]cells.Role{history.Client: cells.Client, history.App: cells.App, history.Server: cells.Server}[author]
}

// label tells of the reads or writes that begin in a line, of which the first ones
// before the given one do not.
func (p *page) label(verb string, stream history.Stream, piece int, line history.Line) string {
	var in []int
	for i := piece; i < len(stream.Pieces) && stream.Pieces[i].From < line.To; i++ {
		if stream.Pieces[i].From >= line.From {
			in = append(in, i)
		}
	}
	if len(in) == 0 {
		return ""
	}
	first := stream.Pieces[in[0]]
	name := verb
	if len(stream.Pieces) > 1 {
		name = fmt.Sprintf("%s %d", verb, in[0]+1)
	}
	switch {
	case len(in) > 1:
		return fmt.Sprintf(" %ss %d-%d", verb, in[0]+1, in[len(in)-1]+1)
	case first.From > line.From:
		return fmt.Sprintf(" %s from byte %d of this line", name, first.From-line.From+1)
	case first.File:
		name += " file"
	}
	label := fmt.Sprintf(" %s %d B", name, first.Size)
	if p.layout.becomes > 0 {
		label += "  " + p.since(first.At)
	}
	return label
}

// since tells when something happened, from the beginning of the exchange.
func (p *page) since(at time.Time) string {
	if d := at.Sub(p.exchange.Began); d >= time.Microsecond {
		return "+" + trace.Brief(d)
	}
	return "+0 µs"
}

// lineSubject is what a line is about: a header by its name, the first line of
// an answer by its status.
func (p *page) lineSubject(line history.Line) subject {
	text := string(bytes.TrimRight(line.Bytes, "\r\n"))
	about := subject{
		value:    text,
		inAnswer: line.Author != history.Client,
		ranges:   []history.Range{{From: line.From, To: line.From + int64(len(text))}},
		hint:     p.lineHint(line),
	}
	about.step, _ = strconv.Atoi(line.Who) // of other authors it is 0
	name, _, isHeader := strings.Cut(text, ":")
	switch {
	case trace.IsPacket(p.exchange.Head) && line.Author == history.Client && line.Who != "05":
		if key, _, found := trace.Pair(line.Bytes); found {
			about.kind, about.name = explain.Key, string(key)
		}
	case line.Who == "03":
		about.kind, about.name = explain.Method, p.exchange.Method()
	case strings.HasPrefix(text, "HTTP/1.1 "):
		about.kind, about.name = explain.Status, text[len("HTTP/1.1 "):]
	case isHeader && (line.Who == "04" || line.Who == "app" || line.Who == "srv"):
		about.kind, about.name = explain.Header, name
	case line.Who == "05":
		about.kind, about.name = explain.Step, "05"
	}
	return about
}

// lineHint says who wrote a line, or used it.
func (p *page) lineHint(line history.Line) string {
	bytes := fmt.Sprintf("Bytes %d to %d", line.From+1, line.To)
	switch line.Author {
	case history.App:
		return fmt.Sprintf("%s: the application said this, %s.", bytes, line.What)
	case history.Server:
		return fmt.Sprintf("%s: the server said this. %s", bytes, line.What)
	}
	return fmt.Sprintf("%s: step %s used this line.", bytes, line.Who)
}

// valueRow is a variable of the environ in the third column.
func valueRow(value history.Value, marked history.Range) cells.Row {
	mark := cells.None
	if marked != (history.Range{}) && len(value.Ranges) > 0 && value.Ranges[0] == marked {
		mark = cells.Linked
	}
	return cells.Row{
		{Text: fmt.Sprintf("%-16s ", value.Key), Role: cells.Plain, Mark: mark},
		{Text: value.Text, Role: cells.Client},
	}
}

// lineOf names the line of step 07 that makes a variable.
func lineOf(key string) string {
	place := source.Where(key)
	return fmt.Sprintf("%s:%d", path.Base(place.File), place.Line)
}

// valueSubject is what a variable is about.
func valueSubject(value history.Value) subject {
	about := subject{kind: explain.Key, name: value.Key, value: value.Text, ranges: value.Ranges}
	switch {
	case len(value.Ranges) == 0:
		about.hint = fmt.Sprintf("%s: the server knew it by itself, step 07.", value.Key)
	case len(value.Ranges) == 1 && value.Sent:
		about.hint = fmt.Sprintf("%s: bytes %d to %d, found by step %02d, as it stands in the packet.", value.Key, value.Ranges[0].From+1, value.Ranges[0].To, value.Step)
	case len(value.Ranges) == 1:
		about.hint = fmt.Sprintf("%s: bytes %d to %d, found by step %02d, made in %s.", value.Key, value.Ranges[0].From+1, value.Ranges[0].To, value.Step, lineOf(value.Key))
	default:
		about.hint = fmt.Sprintf("%s: joined from %d fields, found by step %02d.", value.Key, len(value.Ranges), value.Step)
	}
	return about
}
