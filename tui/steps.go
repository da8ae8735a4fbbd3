package tui

import (
	"fmt"
	"strings"

	"barewire/server/trace"
	headers "barewire/steps/04_headers"
	"barewire/tui/cells"
	"barewire/tui/explain"
	"barewire/tui/history"
)

// fact is a row of two columns, and the step that found it at the right end.
func (p *page) fact(name string, role cells.Role, value string, step int) pageRow {
	found := ""
	if step > 0 {
		found = fmt.Sprintf("%02d", step)
	}
	return pageRow{Row: cells.Columns(
		cells.Column{Width: 2},
		cells.Column{Width: 16, Row: cells.Text(cells.Plain, name)},
		cells.Column{Width: 1},
		cells.Column{Width: max(p.layout.page()-22, 0), Row: cells.Text(role, value)},
		cells.Column{Width: -3, Row: cells.Text(cells.Quiet, found)},
	), about: subject{value: value, kind: explain.Step, name: fmt.Sprintf("%02d", p.step)}}
}

// listen is the page of step 01: who is connected with whom.
func (p *page) listen() []pageRow {
	x := p.exchange
	return []pageRow{
		p.fact("client", cells.Client, trace.Address(x.Client), 0),
		p.fact("server", cells.Server, trace.Address(x.Server), 0),
		p.fact("connection", cells.Plain, fmt.Sprint(x.Conn), 0),
		p.fact("request", cells.Plain, fmt.Sprint(x.Number), 0),
		p.fact("began", cells.Plain, x.Began.Format("15:04:05.000"), 0),
	}
}

// read is the page of step 02: the reads, and where the head ends.
func (p *page) read() []pageRow {
	stream := p.exchange.Request()
	var rows []pageRow
	for i, piece := range stream.Pieces {
		if i == maxCalls {
			rows = append(rows, quiet("  … %s", count(len(stream.Pieces)-i, "more read", "more reads")))
			break
		}
		rows = append(rows, p.fact(fmt.Sprintf("read %d", i+1), cells.Client,
			fmt.Sprintf("%-10s %s", trace.Count(int(piece.Size), "byte", "bytes"), p.since(piece.At)), 0))
	}
	if len(p.exchange.Head) > 0 {
		rows = append(rows, pageRow{}, p.fact("the head", cells.Client, trace.Count(len(p.exchange.Head), "byte", "bytes"), 2))
		rows = append(rows, p.fact("behind it", cells.Client, trace.Count(int(stream.Size)-len(p.exchange.Head), "byte", "bytes"), 0))
	}
	return append(rows, p.requestLines("02")...)
}

// requestLines are the lines of the request that a step used.
func (p *page) requestLines(who string) []pageRow {
	rows := []pageRow{{}}
	arrow := "< "
	if p.curl {
		arrow = "> "
	}
	for _, line := range p.exchange.RequestLines() {
		if len(rows) > maxLines {
			return append(rows, quiet("… more lines; E exports them"))
		}
		if line.Who == who || who == "02" && line.Who != "05" {
			rows = append(rows, pageRow{Row: p.lineText(arrow, line, history.Range{}), about: p.lineSubject(line)})
		}
	}
	return rows
}

// requestLine is the page of step 03.
func (p *page) requestLine() []pageRow {
	var rows []pageRow
	if line := p.exchange.Line; line != nil {
		rows = append(rows, p.fact("method", cells.Client, line.Method, 3), p.fact("target", cells.Client, line.Target, 3))
		if line.Authority != "" {
			rows = append(rows, p.fact("authority", cells.Client, line.Authority, 3))
		}
		rows = append(rows, p.fact("path", cells.Client, line.Path, 3), p.fact("query", cells.Client, line.Query, 3), p.fact("version", cells.Client, line.Version, 3))
	}
	return append(rows, p.requestLines("03")...)
}

// fields is the page of step 04.
func (p *page) fields() []pageRow {
	kind := explain.Header
	if trace.IsPacket(p.exchange.Head) {
		kind = explain.Key
	}
	var rows []pageRow
	for _, field := range p.exchange.Fields {
		row := p.fact(string(field[0]), cells.Client, string(field[1]), 4)
		row.about = subject{kind: kind, name: string(field[0]), value: string(field[1])}
		rows = append(rows, row)
	}
	return append(rows, p.requestLines("04")...)
}

// body is the page of step 05: how the body is framed, and what there is of it.
func (p *page) body() []pageRow {
	framing := p.exchange.Framing
	switch {
	case framing == nil:
		return []pageRow{quiet("Nobody knows how long the body is.")}
	case framing.Chunked:
		return append([]pageRow{said(cells.Plain, "The body comes in chunks, each with its size before it.")}, p.requestLines("05")...)
	case framing.Length == 0:
		return []pageRow{quiet("There is no body.")}
	}
	says := "Content-Length"
	if trace.IsPacket(p.exchange.Head) {
		says = "CONTENT_LENGTH"
	}
	rows := []pageRow{said(cells.Plain, "The body has %s: %s says so.", trace.Count(int(framing.Length), "byte", "bytes"), says)}
	if framing.Continue {
		rows = append(rows, said(cells.Plain, "The client waits for 100 Continue before it sends it."))
	}
	return append(rows, p.requestLines("05")...)
}

// contract is the page of 06, which is no work.
func (p *page) contract() []pageRow {
	rows := wrapped(cells.Plain, "06 is the contract between server and application, PEP 3333, and no work: it has no time, and nothing stops there. "+
		"Above the line the server finds out what the client wants; below it the application is told, and answers.", p.layout.page())
	return append(rows, pageRow{},
		said(cells.App, "body = %s(environ, start_response)", p.app),
		said(cells.App, "for chunk in body: send(chunk)"),
		said(cells.App, "body.close()"))
}

// response is the page of step 09: the answer, and who wrote each line.
func (p *page) response() []pageRow {
	if p.exchange.Out == 0 {
		return []pageRow{quiet("Nothing was sent.")}
	}
	return p.answer(p.exchange.AnswerLines())
}

// answer draws lines of the answer.
func (p *page) answer(lines []history.Line) []pageRow {
	arrow := "> "
	if p.curl {
		arrow = "< "
	}
	return p.stream(arrow, "write", p.exchange.Answer(), lines, nil)
}

// keepalive is the page of step 10.
func (p *page) keepalive() []pageRow {
	if why := p.keepaliveReason(); why != "" {
		return wrapped(cells.Plain, why, p.layout.page())
	}
	return []pageRow{quiet("It is not decided yet.")}
}

// keepaliveReason says why the connection stays open, or does not.
// RFC 9112 §9.3
func (p *page) keepaliveReason() string {
	x := p.exchange
	if !x.Done {
		return ""
	}
	version, asked := "HTTP/1.1", ""
	if x.Line != nil {
		version = x.Line.Version
	}
	for _, field := range x.Fields {
		if !headers.EqualFold(string(field[0]), "Connection") {
			continue
		}
		for option := range headers.Elements(string(field[1])) {
			if headers.EqualFold(option, "close") || headers.EqualFold(option, "keep-alive") && asked == "" {
				asked = strings.ToLower(option)
			}
		}
	}
	switch {
	case x.ExplainedBy > 0:
		return fmt.Sprintf("Step %02d said no, so c%d closes: this answer is the last one.", x.ExplainedBy, x.Conn)
	case x.Steps[x.FailedAt()].State == history.Failed:
		return fmt.Sprintf("The answer broke off, so c%d closes.", x.Conn)
	case trace.IsPacket(x.Head):
		return fmt.Sprintf("A connection carries one packet of uwsgi, so c%d closes.", x.Conn)
	case x.Keep && asked == "keep-alive":
		return fmt.Sprintf("%s and Connection: keep-alive, so c%d stays open.", version, x.Conn)
	case x.Keep:
		return fmt.Sprintf("%s and no Connection: close, so c%d stays open.", version, x.Conn)
	case asked == "close":
		return fmt.Sprintf("%s and Connection: close, so c%d closes.", version, x.Conn)
	case version == "HTTP/1.0" && asked == "":
		return fmt.Sprintf("HTTP/1.0 and no Connection: keep-alive, so c%d closes.", x.Conn)
	}
	return fmt.Sprintf("c%d closes.", x.Conn)
}
