package tui

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"barewire/server/trace"
	"barewire/tui/cells"
	"barewire/tui/export"
	"barewire/tui/history"
	"barewire/tui/poke"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// askCommand does what keys mean that ask the server something.
func (m *Model) askCommand(msg tea.KeyMsg) tea.Cmd {
	x := m.selected()
	switch {
	case m.config.URL == "":
		return told("This is a record, and there is no server to ask; barewire open has --to.")
	case key.Matches(msg, keys.Send):
		m.menu = m.sendMenu()
	case key.Matches(msg, keys.Curl):
		m.input = newInput("$", m.config.example(), (*Model).curlLine)
	case x == nil:
		return told("There is no request yet that could be sent again.")
	case x.Request().Size > int64(len(x.Request().Bytes)):
		return told("Not all of its body was kept, so it cannot be sent again.")
	case key.Matches(msg, keys.Replay):
		return m.send("request "+fmt.Sprint(x.Number)+" again", poke.Whole(export.Raw(x)))
	case key.Matches(msg, keys.Cut):
		m.menu = &menu{title: fmt.Sprintf("send request %d again, cut into pieces", x.Number)}
		for _, cut := range poke.Cuts(export.Raw(x)) {
			m.menu.items = append(m.menu.items, item{cut.Name, "", func(m *Model) tea.Cmd { return m.send(cut.Name, cut.Script) }})
		}
	}
	return nil
}

// sendMenu offers good requests, then broken ones, and says what each shows.
func (m *Model) sendMenu() *menu {
	list := &menu{title: "send a request: good ones first, then broken ones"}
	for _, broken := range []bool{false, true} {
		for _, request := range poke.Menu(m.host()) {
			if request.Broken != broken {
				continue
			}
			about := request.Shows
			if broken && len(request.Answers) > 0 {
				about = strings.Join(request.Answers, ", ") + ". " + about
			}
			list.items = append(list.items, item{request.Name, about, func(m *Model) tea.Cmd { return m.send(request.Name, request.Script) }})
		}
	}
	return list
}

// host is what a client calls this server.
func (m *Model) host() string {
	if parsed, err := url.Parse(m.config.URL); err == nil {
		return parsed.Host
	}
	return m.config.URL
}

// send asks the server, and tells what came back when it has.
func (m *Model) send(name string, script []poke.Move) tea.Cmd {
	m.list.follow = true
	gate := m.config.Gate
	server := poke.Server{Address: m.host(), Held: func() bool { return gate != nil && len(gate.Held()) > 0 }}
	return func() tea.Msg {
		outcome, err := server.Send(context.Background(), script)
		if err != nil {
			return toldMsg{text: name + ": " + err.Error(), wrong: true}
		}
		first, _, _ := strings.Cut(string(outcome.Bytes()), "\r\n")
		if first == "" {
			first = "nothing came back"
		}
		return toldMsg{text: fmt.Sprintf("%s: %s; %s.", name, first, outcome.Ended())}
	}
}

// curledMsg brings what curl has printed.
type curledMsg struct {
	output poke.CurlOutput
	before int // requests that there were when it began
}

// curlLine runs a curl line that was typed.
func (m *Model) curlLine(line string) tea.Cmd {
	words, err := poke.Split(line)
	if err != nil {
		m.input = newInput("$", line, (*Model).curlLine)
		return failed(err)
	}
	m.list.follow = true
	site, before := m.config.URL, m.history.Requests
	return func() tea.Msg {
		output, err := poke.Curl(context.Background(), words, site)
		if err != nil {
			return toldMsg{text: err.Error(), wrong: true}
		}
		return curledMsg{output, before}
	}
}

// curled shows curl's view beside the server's: side by side where there is room,
// or one below the other. What the server saw may arrive a moment later.
func curled(msg curledMsg) *sheet {
	return &sheet{title: "curl's view, and the server's of the request that came next", build: func(m *Model) []cells.Row {
		left := curlView(msg.output, m.layout.width < 110)
		x := m.history.Since(msg.before)
		switch {
		case x == nil:
			return left
		case m.layout.width < 110:
			return append(append(left, nil), m.serverView(x, m.layout.width-2)...)
		}
		width := m.layout.width / 2
		right := m.serverView(x, width-2)
		var rows []cells.Row
		for i := range max(len(left), len(right)) {
			rows = append(rows, cells.Columns(
				cells.Column{Width: m.layout.width - width - 2, Row: at(left, i)},
				cells.Column{Width: 2},
				cells.Column{Width: width, Row: at(right, i)},
			))
		}
		return rows
	}}
}

// curlView is what curl has printed. Where there is little room, what it says about
// itself is left out.
func curlView(output poke.CurlOutput, short bool) (rows []cells.Row) {
	for line := range strings.Lines(string(output.Text)) {
		ofItself := strings.HasPrefix(line, "* ") || strings.HasPrefix(line, "{ [") || strings.HasPrefix(line, "} [")
		if short && ofItself {
			continue
		}
		rows = append(rows, cells.Text(cells.Plain, strings.TrimRight(line, "\r\n")))
	}
	if output.Exit != 0 {
		rows = append(rows, cells.Text(cells.Wrong, fmt.Sprintf("curl: exit status %d", output.Exit)))
	}
	return rows
}

// serverView is the wire of an exchange, and what curl did not say about it.
func (m *Model) serverView(x *history.Exchange, width int) []cells.Row {
	p := &page{exchange: x, app: m.config.App, layout: layout{width: width, text: width - beside}, curl: m.curl}
	var rows []cells.Row
	for _, row := range p.wire() {
		rows = append(rows, row.Row)
	}
	return rows
}

// forgiven lists what curl would not mention, under a heading.
func (p *page) forgiven() []pageRow {
	defects := poke.Forgave(p.exchange)
	if len(defects) == 0 {
		return nil
	}
	rows := []pageRow{{}, said(cells.Wrong, "curl forgave %s:", trace.Count(len(defects), "defect", "defects"))}
	for _, defect := range defects {
		rows = append(rows, wrapped(cells.Wrong, defect, p.layout.page())...)
	}
	return rows
}
