package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"barewire/tui/cells"
	"barewire/tui/export"
	"barewire/tui/history"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// keepCommand offers ways to take something away.
func (m *Model) keepCommand(msg tea.KeyMsg, x *history.Exchange) tea.Cmd {
	if key.Matches(msg, keys.Copy) {
		m.menu = m.copyMenu(x)
	} else {
		m.menu = m.exportMenu(x)
	}
	return nil
}

func (m *Model) copyMenu(x *history.Exchange) *menu {
	list := &menu{Title: fmt.Sprintf("copy from request %d", x.Number), Items: []item{
		{Name: "curl", About: "the command that repeats it", Do: func(m *Model) tea.Cmd {
			command, err := export.Curl(x, m.config.URL)
			if err != nil {
				return failed(err)
			}
			return m.copy([]byte(command+"\n"), fmt.Sprintf("request-%d.sh", x.Number))
		}},
		{Name: "bytes", About: "the request, byte for byte", Do: func(m *Model) tea.Cmd {
			return m.copy(export.Raw(x), fmt.Sprintf("request-%d.http", x.Number))
		}},
	}}
	if about := m.pageOf(x).subject(); m.focus == onPage && about.value != "" {
		list.Items = append([]item{{Name: "value", About: about.value, Do: func(m *Model) tea.Cmd {
			return m.copy([]byte(unquoted(about.value)), "value.txt")
		}}}, list.Items...)
	}
	return list
}

// unquoted is a value without the quotes that Python puts around it.
func unquoted(value string) string {
	if inner, is := strings.CutPrefix(value, "'"); is {
		return strings.TrimSuffix(inner, "'")
	}
	return value
}

// copy brings a text to the clipboard, and always to a file too.
func (m *Model) copy(text []byte, name string) tea.Cmd {
	clipboard, width := m.config.Clipboard, m.layout.width
	return func() tea.Msg {
		told, path, err := clipboard.Copy(text, name)
		if err != nil {
			return toldMsg{text: err.Error(), wrong: true}
		}
		return toldMsg{text: saidOfFile(told, path, width)}
	}
}

// saidOfFile says something of a file in one line. Where there is little room, the
// words go first, then the beginning of the folder, and the file's own name never.
func saidOfFile(said, path string, width int) string {
	const margin = 2
	if whole := said + " " + path; cells.Width(whole) <= width-margin {
		return whole
	}
	for shorter := path; cells.Width(path) > width-margin; path = "…" + shorter {
		next := strings.IndexRune(shorter[1:], filepath.Separator)
		if next < 0 {
			break
		}
		shorter = shorter[1+next:]
	}
	return path
}

func (m *Model) exportMenu(x *history.Exchange) *menu {
	one, all := []*history.Exchange{x}, m.list.exchanges
	har := func(exchanges []*history.Exchange) ([]byte, error) { return export.HAR(exchanges, m.config.Version) }
	return &menu{Title: "export to a file", Items: []item{
		{Name: fmt.Sprintf("trace of request %d", x.Number), About: "barewire open shows it again", Do: m.exporting(export.Trace, one, fmt.Sprintf("request-%d.jsonl", x.Number))},
		{Name: fmt.Sprintf("HAR of request %d", x.Number), About: "for a browser's network panel", Do: m.exporting(har, one, fmt.Sprintf("request-%d.har", x.Number))},
		{Name: "trace of all that the list shows", About: count(len(all), "request", "requests"), Do: m.exporting(export.Trace, all, "barewire.jsonl")},
		{Name: "HAR of all that the list shows", About: count(len(all), "request", "requests"), Do: m.exporting(har, all, "barewire.har")},
	}}
}

// exporting writes a new file, and tells its name. One that is there stays as it is.
func (m *Model) exporting(form func([]*history.Exchange) ([]byte, error), exchanges []*history.Exchange, name string) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		folder, width := m.config.folder(), m.layout.width
		return func() tea.Msg {
			text, err := form(exchanges)
			path := freeName(filepath.Join(folder, name))
			if err == nil {
				err = os.WriteFile(path, text, 0o600)
			}
			if err != nil {
				return toldMsg{text: err.Error(), wrong: true}
			}
			return toldMsg{text: saidOfFile("Written to", path, width)}
		}
	}
}

// freeName returns a name that no file has, with a number in it if need be.
func freeName(path string) string {
	extension := filepath.Ext(path)
	for i, free := 2, path; ; i++ {
		if _, err := os.Lstat(free); os.IsNotExist(err) {
			return free
		}
		free = fmt.Sprintf("%s-%d%s", path[:len(path)-len(extension)], i, extension)
	}
}
