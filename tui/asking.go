package tui

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"barewire/server/trace"
	"barewire/tui/cells"
	"barewire/tui/export"
	"barewire/tui/history"
	"barewire/tui/over"
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
	case key.Matches(msg, keys.Send) && m.config.Protocol != "":
		return told(fmt.Sprintf("These are HTTP, and this server speaks %s: ask by its proxy, with S.", m.config.Protocol))
	case key.Matches(msg, keys.Send):
		m.menu = m.sendMenu()
	case key.Matches(msg, keys.Curl):
		m.input = over.NewInput("$", m.config.example(), (*Model).curlLine)
	case x == nil:
		return told("There is no request yet that could be sent again.")
	case x.Request().Size > int64(len(x.Request().Bytes)):
		return told("Not all of its body was kept, so it cannot be sent again.")
	case key.Matches(msg, keys.Replay):
		return m.send("request "+fmt.Sprint(x.Number)+" again", poke.Whole(export.Raw(x)))
	case key.Matches(msg, keys.Cut):
		m.menu = &menu{Title: fmt.Sprintf("send request %d again, cut into pieces", x.Number)}
		for _, cut := range poke.Cuts(export.Raw(x)) {
			m.menu.Items = append(m.menu.Items, item{Name: cut.Name, About: "", Do: func(m *Model) tea.Cmd { return m.send(cut.Name, cut.Script) }})
		}
	}
	return nil
}

// sendMenu offers good requests, then broken ones, and says what each shows.
func (m *Model) sendMenu() *menu {
	list := &menu{Title: "send a request: good ones first, then broken ones"}
	for _, broken := range []bool{false, true} {
		for _, request := range poke.Menu(m.host()) {
			if request.Broken != broken {
				continue
			}
			about := request.Shows
			if broken && len(request.Answers) > 0 {
				about = strings.Join(request.Answers, ", ") + ". " + about
			}
			list.Items = append(list.Items, item{Name: request.Name, About: about, Do: func(m *Model) tea.Cmd { return m.send(request.Name, request.Script) }})
		}
	}
	return list
}

// host is what a client calls this server. One at a Unix socket has no name.
func (m *Model) host() string {
	if parsed, err := url.Parse(m.config.URL); err == nil && parsed.Host != "" {
		return parsed.Host
	}
	return "localhost"
}

// address is where this server listens.
func (m *Model) address() string {
	if strings.HasPrefix(m.config.URL, poke.OnUnix) {
		return m.config.URL
	}
	return m.host()
}

// send asks the server, says so at once, and tells what came back when it has.
func (m *Model) send(name string, script []poke.Move) tea.Cmd {
	m.list.follow = true
	m.message = toldMsg{text: name + ": sending …"}
	until, gate := m.config.context(), m.config.Gate
	server := poke.Server{Address: m.address(), Held: func() bool { return gate != nil && len(gate.Held()) > 0 }}
	return func() tea.Msg {
		outcome, err := server.Send(until, script)
		if err != nil {
			return toldMsg{text: name + ": " + err.Error(), wrong: true, late: true}
		}
		return toldMsg{text: fmt.Sprintf("%s: %s; %s.", name, outcome.Answered(), outcome.Ended()), late: true}
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
		m.input = over.NewInput("$", line, (*Model).curlLine)
		return failed(err)
	}
	m.list.follow = true
	until, site, before := m.config.context(), m.config.URL, m.history.Requests
	overTCP := strings.HasPrefix(site, "http://")
	if m.config.Protocol != "" {
		site = "" // nobody knows where its proxy is
	}
	return func() tea.Msg {
		output, err := poke.Curl(until, words, site)
		if err != nil {
			return toldMsg{text: err.Error(), wrong: true, late: true}
		}
		if !overTCP {
			output.Conns = nil // they end at a proxy, or have no addresses to be known by
		}
		return curledMsg{output, before}
	}
}

// curled shows curl's view beside the server's: side by side where there is room,
// or one below the other. What the server saw may arrive a moment later.
func curled(msg curledMsg) *sheet {
	title := "curl's view, and the server's"
	if msg.output.Conns == nil {
		title += " of the request that came next"
	}
	return &sheet{Title: title, Rows: func(m *Model, _ int) []cells.Row {
		if m.layout.width < 110 {
			left := curlView(msg.output, true, m.layout.width)
			if right := m.serversView(msg, m.layout.width-2); len(right) > 0 {
				left = append(append(left, nil), right...)
			}
			return left
		}
		width := m.layout.width / 2
		left, right := curlView(msg.output, false, m.layout.width-width-2), m.serversView(msg, width-2)
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
func curlView(output poke.CurlOutput, short bool, width int) (rows []cells.Row) {
	for line := range strings.Lines(string(output.Text)) {
		ofItself := strings.HasPrefix(line, "* ") || strings.HasPrefix(line, "{ [") || strings.HasPrefix(line, "} [")
		if short && ofItself {
			continue
		}
		for _, row := range wrappedLine(strings.TrimRight(line, "\r\n"), width) {
			rows = append(rows, cells.Text(cells.Plain, row))
		}
	}
	if output.Exit != 0 {
		rows = append(rows, cells.Text(cells.Wrong, fmt.Sprintf("curl: exit status %d", output.Exit)))
	}
	return rows
}

// serversView is what this server saw of a curl, and what it did not.
func (m *Model) serversView(msg curledMsg, width int) (rows []cells.Row) {
	first := m.history.Since(msg.before)
	if msg.output.Conns == nil && first != nil {
		return m.serverView(first, width)
	}
	var clients, missed []string
	for _, conn := range msg.output.Conns {
		switch {
		case m.isOurs(conn.Remote):
			clients = append(clients, conn.Local)
		case conn.Remote == "":
			missed = append(missed, "curl got no connection, so this server saw nothing of it.")
		default:
			missed = append(missed, "This server did not see what went to "+conn.Remote+".")
		}
	}
	var since []*history.Exchange
	if first != nil {
		since = m.history.Exchanges[slices.Index(m.history.Exchanges, first):]
	}
	for _, x := range since {
		if !slices.Contains(clients, net.JoinHostPort(x.Client.Host, x.Client.Port)) {
			continue
		}
		if len(rows) > 0 {
			rows = append(rows, nil)
		}
		rows = append(rows, m.serverView(x, width)...)
	}
	for _, sentence := range slices.Compact(missed) {
		for _, row := range wrapped(cells.Held, sentence, width) {
			rows = append(rows, row.Row)
		}
	}
	return rows
}

// isOurs tells whether an address is that of this server, which may listen on all
// of the machine's.
func (m *Model) isOurs(address string) bool {
	host, port, err := net.SplitHostPort(address)
	site, wrong := url.Parse(m.config.URL)
	if err != nil || wrong != nil || port != cmp.Or(site.Port(), "80") {
		return false
	}
	ip := net.ParseIP(site.Hostname())
	return ip == nil || ip.IsUnspecified() || ip.Equal(net.ParseIP(host))
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
