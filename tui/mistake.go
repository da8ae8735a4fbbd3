package tui

import (
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"
)

// A Mistake is one that the server can make on purpose, in place of a step.
type Mistake struct {
	Name  string
	Step  int
	About string        // what it does, as a sentence
	Curl  string        // what curl will say, as a sentence
	Put   func(in bool) // puts it in, or the step back, for connections that come
}

// String tells which mistake it is, and where.
func (m Mistake) String() string { return fmt.Sprintf("mistake %s at step %02d", m.Name, m.Step) }

// mistake returns the one that is in, nil for none.
func (m *Model) mistake() *Mistake {
	i := slices.IndexFunc(m.config.Mistakes, func(mistake Mistake) bool { return mistake.Name == m.config.Mistake })
	if i < 0 {
		return nil
	}
	return &m.config.Mistakes[i]
}

// mistakeCommand offers the mistakes; while one is in, first what there is to say
// of it.
func (m *Model) mistakeCommand() tea.Cmd {
	if len(m.config.Mistakes) == 0 {
		return told("There is no server here whose steps could be changed.")
	}
	list := &menu{Title: "a mistake in place of a step"}
	if in := m.mistake(); in != nil {
		list.Items = append(list.Items,
			item{Name: "what will curl say?", About: "Guess first, and try it. Then enter tells. " + in.About, Do: func(m *Model) tea.Cmd {
				m.sheet = textSheet(in.String(), "", in.About, "", "What will curl say? "+in.Curl)
				return nil
			}},
			item{Name: "the step back", About: "takes " + in.Name + " out again", Do: func(m *Model) tea.Cmd {
				in.Put(false)
				m.config.Mistake = ""
				return told("Connections that come from now on meet the right step.")
			}})
	}
	for _, mistake := range m.config.Mistakes {
		list.Items = append(list.Items, item{Name: mistake.Name, About: fmt.Sprintf("%02d: %s", mistake.Step, mistake.About), Do: func(m *Model) tea.Cmd {
			mistake.Put(true)
			m.config.Mistake = mistake.Name
			return told("Connections that come from now on meet it. What will curl say? M tells.")
		}})
	}
	m.menu = list
	return nil
}
