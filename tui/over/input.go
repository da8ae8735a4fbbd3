package over

import (
	"barewire/tui/cells"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
)

// An Input takes a line of text.
type Input[M any] struct {
	prompt string
	field  textinput.Model
	accept func(m M, text string) tea.Cmd
}

// NewInput returns one with a text in it that may be changed; accept is for the
// text that comes of it.
func NewInput[M any](prompt, text string, accept func(M, string) tea.Cmd) *Input[M] {
	field := textinput.New()
	field.Prompt = ""
	field.SetValue(text)
	field.CursorEnd()
	field.Focus()
	return &Input[M]{prompt: prompt, field: field, accept: accept}
}

// Press types, or tells that the input is to be closed: by enter with what is to be
// done with the text, by esc without.
func (i *Input[M]) Press(msg tea.KeyMsg) (closes bool, do func(M) tea.Cmd, cmd tea.Cmd) {
	switch msg.String() {
	case "esc":
		return true, nil, nil
	case "enter":
		return true, func(m M) tea.Cmd { return i.accept(m, i.field.Value()) }, nil
	}
	i.field, cmd = i.field.Update(msg)
	return false, nil, cmd
}

// Draw shows what is typed. Of a text that is longer than the line the part with
// the cursor is seen.
func (i *Input[M]) Draw(width int) cells.Row {
	typed, at := []rune(i.field.Value()), i.field.Position()
	row := cells.Row{{Text: " " + i.prompt + " ", Role: cells.Held}}
	room := width - row.Width() - 3
	from := 0
	for from < at && cells.Width(string(typed[from:at])) > room {
		from++
	}
	if from > 0 {
		row = append(row, cells.Span{Text: "…", Role: cells.Quiet})
	}
	row = append(row, cells.Span{Text: string(typed[from:at])})
	if at < len(typed) {
		return append(row, cells.Span{Text: string(typed[at]), Mark: cells.Cursor}, cells.Span{Text: string(typed[at+1:])})
	}
	return append(row, cells.Span{Text: " ", Mark: cells.Cursor})
}
