package over

import (
	"fmt"
	"strings"
	"testing"

	"barewire/tui/cells"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
)

// A screen is a model that notes what it was told to do.
type screen struct{ did []string }

// does returns a choice that notes a word.
func does(word string) func(*screen) tea.Cmd {
	return func(s *screen) tea.Cmd {
		s.did = append(s.did, word)
		return nil
	}
}

func painted(width int, rows ...cells.Row) string {
	pen := cells.NewPen(cells.Theme{Profile: termenv.Ascii})
	var lines []string
	for _, row := range rows {
		lines = append(lines, strings.TrimRight(pen.Paint(row, width), " "))
	}
	return strings.Join(lines, "\n")
}

func TestKeyLine(t *testing.T) {
	left, right := []string{"r", "run", "H", "hint"}, []string{"q", "quit"}
	for width, want := range map[int]string{
		30: " r run  H hint         q quit",
		23: " r run  H hint  q quit",
		22: " r run         q quit",
		15: " r run  q quit",
		14: "       q quit",
	} {
		if got := painted(width, KeyLine(left, right, width)); got != want {
			t.Errorf("in %d columns %q, want %q", width, got, want)
		}
	}
}

func TestMoved(t *testing.T) {
	for name, want := range map[string]int{
		"up": -1, "k": -1, "down": 1, "j": 1, "pgup": -9, "ctrl+b": -9, "pgdown": 9, "ctrl+f": 9,
		"ctrl+u": -4, "ctrl+d": 4, "g": -Far, "home": -Far, "G": Far, "end": Far,
	} {
		if got, moves := Moved(KeyNamed(name), 9); got != want || !moves {
			t.Errorf("%s moves by %d, %v, want %d", name, got, moves, want)
		}
	}
	if by, _ := Moved(KeyNamed("ctrl+d"), 1); by != 1 {
		t.Errorf("half a page of one row is %d rows", by)
	}
	if by, moves := Moved(KeyNamed("x"), 9); by != 0 || moves {
		t.Errorf("x moves by %d", by)
	}
}

func TestKeyNamed(t *testing.T) {
	for _, name := range []string{"enter", "esc", "tab", "shift+tab", "ctrl+c", "pgdown", "x", "}", "0"} {
		if got := KeyNamed(name).String(); got != name {
			t.Errorf("the message of %s is one of %s", name, got)
		}
	}
}

func TestSheet(t *testing.T) {
	s := &Sheet[*screen]{Title: "ten", Rows: func(_ *screen, width int) (rows []cells.Row) {
		for i := range 10 {
			rows = append(rows, cells.Text(cells.Plain, fmt.Sprintf("row %d of %d columns", i, width)))
		}
		return rows
	}}
	for _, step := range []struct {
		key  string
		want Outcome
		top  int
	}{
		{"up", Stays, 0}, {"down", Stays, 1}, {"pgdown", Stays, 4}, {"G", Stays, 7}, {"down", Stays, 7},
		{"up", Stays, 6}, {"g", Stays, 0}, {"x", Unknown, 0}, {"esc", Closes, 0}, {"q", Closes, 0},
		{"enter", Closes, 0}, {"?", Closes, 0}, {"Q", Quits, 0},
	} {
		if got := s.Press(KeyNamed(step.key), 3, Help); got != step.want {
			t.Errorf("%s: %d, want %d", step.key, got, step.want)
		}
		want := fmt.Sprintf("─ ten ────── esc closes ─\nrow %d of 25 columns\nrow %d of 25 columns\nrow %d of 25 columns", step.top, step.top+1, step.top+2)
		if got := painted(25, s.Draw(nil, 25, 3)...); got != want {
			t.Errorf("after %s:\n%s\nwant\n%s", step.key, got, want)
		}
	}
	if got := s.Press(KeyNamed("?"), 3); got != Unknown {
		t.Errorf("a key that did not open it: %d", got)
	}
}

func TestMenu(t *testing.T) {
	s := &Menu[*screen]{Title: "three", Items: []Item[*screen]{
		{"one", "the first", does("one")}, {"two", "", does("two")},
		{"three", "has a sentence that takes two lines", does("three")},
	}}
	if got, want := painted(30, s.Draw(30, 4)...), "─ three ───────── esc closes ─\n▸ one     the first\n  two\n  three   has a sentence that…\n"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := painted(30, s.Hint(30)); got != " the first" {
		t.Errorf("the hint is %q", got)
	}
	model := &screen{}
	for _, key := range []string{"enter", "down", "down", "down", "enter"} {
		if outcome, chosen := s.Press(KeyNamed(key), 4); chosen != nil {
			chosen.Do(model)
		} else if outcome != Stays {
			t.Errorf("%s: %d", key, outcome)
		}
	}
	if got := strings.Join(model.did, " "); got != "one three" {
		t.Errorf("chosen was %s", got)
	}
	if got, want := painted(30, s.Draw(30, 2)...), "─ three ───────── esc closes ─\n▸ three   has a sentence that…\n has a sentence that takes"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := painted(30, s.Hint(30)); got != " two lines" {
		t.Errorf("the hint is %q", got)
	}
	for key, want := range map[string]Outcome{"esc": Closes, "q": Closes, "ctrl+c": Quits, "x": Unknown} {
		if got, chosen := s.Press(KeyNamed(key), 4); got != want || chosen != nil {
			t.Errorf("%s: %d, %v", key, got, chosen)
		}
	}
	empty := &Menu[*screen]{Title: "none"}
	empty.Press(KeyNamed("down"), 4)
	if got, chosen := empty.Press(KeyNamed("enter"), 4); got != Unknown || chosen != nil {
		t.Errorf("of nothing %v was chosen: %d", chosen, got)
	}
	if got := painted(30, empty.Draw(30, 1)...); !strings.Contains(got, "none") {
		t.Errorf("%q", got)
	}
}

func TestInput(t *testing.T) {
	model := &screen{}
	in := NewInput("/", "ab", func(s *screen, text string) tea.Cmd { return does(text)(s) })
	for _, key := range []string{"c", "left", "d"} {
		if closes, do, _ := in.Press(KeyNamed(key)); closes || do != nil {
			t.Errorf("%s closes it", key)
		}
	}
	if got := painted(20, in.Draw(20)); got != " / abdc" {
		t.Errorf("%q", got)
	}
	if got := painted(8, in.Draw(8)); got != " / …bdc" {
		t.Errorf("in little room %q", got)
	}
	if closes, do, _ := in.Press(KeyNamed("esc")); !closes || do != nil {
		t.Error("esc does not close it")
	}
	closes, do, _ := in.Press(KeyNamed("enter"))
	if !closes || do == nil {
		t.Fatal("enter does not close it")
	}
	do(model)
	if len(model.did) != 1 || model.did[0] != "abdc" {
		t.Errorf("typed was %q", model.did)
	}
}

func TestHelpAndCommands(t *testing.T) {
	groups := []Group{{"move", Moves}, {"leave", nil}}
	groups[1].Keys = append(groups[1].Keys, Help, Quit)
	narrow := painted(40, HelpSheet[*screen](groups, 40).Rows(nil, 40)...)
	if got := strings.Count(narrow, "\n") + 1; got != 10 || !strings.Contains(narrow, "leave   ?         help") {
		t.Errorf("%d rows:\n%s", got, narrow)
	}
	wide := painted(80, HelpSheet[*screen](groups, 40).Rows(nil, 80)...)
	if got := strings.Count(wide, "\n") + 1; got != 5 || !strings.Contains(wide, "PgDn ^f   a page down") || !strings.Contains(wide, "Q ^c      quit") {
		t.Errorf("%d rows:\n%s", got, wide)
	}
	var pressed []string
	commands := Commands(groups, func(s *screen, msg tea.KeyMsg) tea.Cmd {
		pressed = append(pressed, msg.String())
		return nil
	})
	for _, item := range commands.Items {
		item.Do(nil)
	}
	if got, want := strings.Join(pressed, " "), "up down pgup pgdown ctrl+u ctrl+d g G ? Q"; got != want {
		t.Errorf("the commands press %s, want %s", got, want)
	}
}
