package tui

import (
	"bytes"
	"fmt"
	"strings"

	"barewire/server/trace"
	"barewire/server/uwsgi"
	requestline "barewire/steps/03_requestline"
	headers "barewire/steps/04_headers"
	body "barewire/steps/05_body"
	wsgi "barewire/steps/06_wsgi"
	environ "barewire/steps/07_environ"
	"barewire/tui/cells"
	"barewire/tui/history"
)

// about is the page of a step that a request stands before: what it takes, and,
// where it depends on nothing else, what it is about to make.
func (p *page) about() []pageRow {
	rows := []pageRow{quiet("it takes")}
	rows = append(rows, p.takes()...)
	rows = append(rows, pageRow{})
	made := p.makes()
	if len(made) > 0 {
		rows = append(rows, quiet("it is about to make"))
	}
	rows = append(rows, made...)
	return append(rows, pageRow{}, heading(stepPlace(p.exchange, p.step).String(), "o shows the code", p.layout.page()))
}

// behindChunk is the page of a step in which a request stands behind a chunk: what
// was done so far, or of the answer what is behind the chunk before.
func (p *page) behindChunk() []pageRow {
	rows := []pageRow{said(cells.Held, "Chunk %d is sent. Nobody has asked for the next one.", p.held.chunk), {}}
	if p.step == 8 {
		return append(rows, p.calls()...)
	}
	lines, first, this := p.exchange.AnswerLines(), 0, fmt.Sprintf("ch%d", p.held.chunk)
	for i, line := range lines {
		if line.Who == this {
			break
		}
		if strings.HasPrefix(line.Who, "ch") || line.What == "end of chunk" {
			first = i + 1
		}
	}
	return append(rows, p.answer(lines[first:])...)
}

// takes lists what the steps before have made.
func (p *page) takes() []pageRow {
	x := p.exchange
	var rows []pageRow
	switch {
	case p.step == 2:
		rows = append(rows, p.fact("bytes", cells.Client, "from the connection, as they come", 0))
	case p.step <= 4:
		rows = append(rows, p.fact("head", cells.Client, fmt.Sprintf("%d bytes", len(x.Head)), 2))
	}
	if p.step >= 5 && x.Line != nil {
		rows = append(rows, p.fact("method", cells.Client, x.Line.Method, 3), p.fact("target", cells.Client, x.Line.Target, 3),
			p.fact("version", cells.Client, x.Line.Version, 3))
	}
	if p.step >= 5 {
		rows = append(rows, p.fact("fields", cells.Client, fmt.Sprint(len(x.Fields)), 4))
	}
	if p.step >= 7 && x.Framing != nil {
		rows = append(rows, p.fact("body", cells.Client, p.bodyInWords(), 5))
	}
	if p.step >= 8 && x.Environ != nil {
		rows = append(rows, p.fact("environ", cells.Client, fmt.Sprintf("%d keys", len(x.Environ)), 7))
	}
	if p.step == 9 || p.step == 10 {
		for _, started := range x.Started {
			rows = append(rows, p.fact("status", cells.App, started.Status, 8))
		}
	}
	return rows
}

func (p *page) bodyInWords() string {
	framing, text := p.exchange.Framing, "in chunks"
	switch {
	case framing.Length > 0:
		text = count(int(framing.Length), "byte", "bytes")
	case !framing.Chunked:
		return "none"
	}
	if p.step <= 8 {
		text += ", none read yet"
	}
	return text
}

// makes runs a step that depends on its input only, and shows what comes out. Of
// the others it says what they will do.
func (p *page) makes() []pageRow {
	x := p.exchange
	first, fields, _ := bytes.Cut(x.Head, []byte("\r\n"))
	line, lineErr := requestline.Parse(first)
	list, fieldsErr := headers.Parse(fields, nil)
	fill := environ.Fill
	packet := trace.IsPacket(x.Head) && x.Steps[2].State == history.Passed
	if packet {
		line, lineErr = uwsgi.Line(x.Head)
		list, fieldsErr = uwsgi.Variables(x.Head)
		fill = uwsgi.Fill
	}
	switch p.step {
	case 2:
		return []pageRow{quiet("It will wait for bytes.")}
	case 3:
		if lineErr != nil {
			return wrapped(cells.Wrong, lineErr.Error(), p.layout.page())
		}
		return []pageRow{p.fact("method", cells.Client, line.Method, 0), p.fact("target", cells.Client, line.Target, 0), p.fact("version", cells.Client, line.Version, 0)}
	case 4:
		if fieldsErr == nil && !packet {
			fieldsErr = headers.CheckHost(list, line.Version)
		}
		if fieldsErr != nil {
			return wrapped(cells.Wrong, fieldsErr.Error(), p.layout.page())
		}
		var rows []pageRow
		for _, field := range list {
			rows = append(rows, p.fact(field.Name, cells.Client, field.Value, 0))
		}
		return rows
	case 5:
		return []pageRow{quiet("It will look where the body ends.")}
	case 7:
		return p.environToBe(fill, line, list)
	case 8:
		if x.ExplainedBy > 0 {
			return wrapped(cells.Quiet, fmt.Sprintf("It will call the application that explains why step %02d said no.", x.ExplainedBy), p.layout.page())
		}
		return []pageRow{quiet("It will call %s with these %d keys.", p.app, len(x.Environ))}
	case 9:
		return []pageRow{quiet("It will ask the body for its first chunk.")}
	}
	return []pageRow{quiet("It will look whether there is more to come.")}
}

// environToBe fills an environ as step 07 is about to.
func (p *page) environToBe(fill func(wsgi.Environ, environ.Request), line requestline.Line, fields []headers.Field) []pageRow {
	filled := wsgi.Environ{}
	framing := body.Framing{}
	if known := p.exchange.Framing; known != nil {
		framing = body.Framing(*known)
	}
	fill(filled, environ.Request{Line: line, Fields: fields, Framing: framing,
		Server: environ.Endpoint(p.exchange.Server), Client: environ.Endpoint(p.exchange.Client)})
	made := *p.exchange
	made.Environ = make(map[string]string)
	for key, value := range filled {
		made.Environ[key] = wsgi.Repr(key, value)
	}
	return p.variables(made.Values(), cells.Client)
}
